"""What people do in the account or in their mailbox; none of it is an API call."""

from decimal import Decimal

from sandbox.platforms.salesautopilot.fields import COMMON, ORDERS
from sandbox.platforms.salesautopilot.records import (
    Category,
    Consent,
    Form,
    FormKind,
    ListKind,
    MailList,
    Product,
    Record,
    ShippingMethod,
)
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.submissions import add_subscriber, withdraw


def add_list(account: Account, number: int, name: str, kind: ListKind, *, unique_address: bool) -> MailList:
    """One more list, without forms."""
    fields = {**COMMON, **(ORDERS if kind is ListKind.ORDERS else {})}
    account.lists[number] = made = MailList(number, name, kind, fields, unique_address)
    return made


def add_form(into: MailList, number: int, name: str, kind: FormKind, **fields: object) -> Form:
    """One more form of a list; ``fields`` are any other field of ``Form``."""
    into.forms[number] = made = Form(number, name, kind)
    for attribute, value in fields.items():
        if attribute not in vars(made):
            raise TypeError(f"a form has no {attribute}")
        setattr(made, attribute, value)
    return made


def fill(account: Account) -> None:
    """What a new account of the sandbox has: two lists with their forms, and a shipping method."""
    orders = add_list(account, 90001, "Webshop orders", ListKind.ORDERS, unique_address=False)
    add_form(orders, 70002, "Order", FormKind.ORDER, letters=("Thank you for your order",))
    add_form(orders, 70003, "Paid", FormKind.UPDATE, invoices=True)
    add_form(orders, 70004, "Status change", FormKind.UPDATE)
    people = add_list(account, 90010, "Newsletter", ListKind.NEWSLETTER, unique_address=True)
    add_form(people, 70011, "Sign-up", FormKind.SIGNUP, letters=("Welcome",))
    add_form(people, 70012, "Double opt-in", FormKind.SIGNUP, double_opt_in=True)
    add_form(people, 70013, "Change", FormKind.UPDATE)
    method = ShippingMethod(account.new_id("shipping"), "Courier", Decimal(1000), Decimal(1270))
    account.shipping_methods[method.id] = method


def sign_up(account: Account, into: MailList, form: Form, email: str, **values: str) -> Record:
    """A person fills a form in.

    Raises:
        ApiError: As for a call: the address is there, or is none.
    """
    return add_subscriber(account, into, form, {"email": email, **values})


def confirm(account: Account, into: MailList, record: Record) -> None:
    """A person follows the link of a double opt-in letter.

    Raises:
        ValueError: There was none.
    """
    if record.consent is not Consent.WAITING:
        raise ValueError(f"{record.email} does not wait for a confirmation")
    account.give(record, Consent.GIVEN)
    account.note("double_optin_confirm", into, record)


def unsubscribe(account: Account, into: MailList, record: Record) -> None:
    """A person follows the link below a letter."""
    withdraw(account, into, record)


def add_product(account: Account, sku: str, price: Decimal, percent: Decimal, **fields: object) -> Product:
    """Put a product into the catalogue; an SKU that is there is put in twice."""
    made = Product(account.new_id("product"), sku, sku, price, percent, "HUF")
    account.put_product(made)
    account.change_product(made, **fields)
    return made


def edit_category(category: Category, **values: object) -> None:
    """Change name or order of a category."""
    for name, value in values.items():
        if name not in {"name", "order"}:
            raise TypeError(f"a category has no {name} to change")
        setattr(category, name, value)
