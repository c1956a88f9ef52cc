"""The customers of an account, and buyers and addresses in SalesPOS' shape."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from shopbridge.connectors.salespos.api import SIZE, Sweep, created, get, new_records, patch, post, send_change
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import (
    CREATED,
    USERS,
    AddressFields,
    BillingAddress,
    DeliveryAddress,
    PersonalInfo,
    Sent,
    UserInput,
    UserRead,
    body_of,
)
from shopbridge.errors import AlreadyDone, Held
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.street import split_street
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Address, Customer

LONGEST_NUMBER = 9
"""House numbers are integers there; more digits than these are something else."""
_STREET = ("street", "housenumber", "housenumber_suffix")
_LINES = ("address_line_1", "address_line_2")
_BUYERS = ("gender", "initials", "first_name", "last_name", "company", "telephone", "mobile", "fax")
"""What a bill's address says of the buyer, and not of the place."""
_MAY_NOT_BE_BLANK = ("birthdate",)
"""[inferred] A date has a form; only of texts is it known that they can be blank (client S4)."""
Part = TypeVar("Part", bound=Sent)


class SalesPosCustomers:
    """Finds, creates and changes customers."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def changed(self, mark: str | None) -> DirectoryPage:
        """Return one page of customers by ascending id. A changed e-mail of a known customer does not show."""
        place = Sweep.parse(mark)
        page = self._client.read(get("/users/", orderby="id", start=str(place.start), size=SIZE), USERS)
        new, after = new_records(place, page)
        complete = page.next is None and after.start >= place.start
        return DirectoryPage(entries=customer_entries(new), mark=after.text(), complete=complete)

    def check(self, customer: Customer, billing: Address, shipping: Address) -> UserInput:
        """Return the user that would be created, with a password nobody knows. Raises Held when it cannot be."""
        return user_input(customer, billing, shipping, self._settings.customer_group, secrets.token_urlsafe(24))

    def create(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a user with a password nobody knows.

        Raises:
            AlreadyDone: The e-mail is a user's name there already, or SalesPOS created it without naming its id.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check(customer, billing, shipping)
        user = created(self._client.send(post("/users/", body_of(body))), CREATED)
        if user is None:
            raise AlreadyDone("SalesPOS created the customer without naming its id", where="SalesPOS users")
        return ExternalId(str(user.id))

    def update(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write what the shop knows; fields it leaves empty are not sent.

        [inferred] That a PATCH leaves the fields of ``userinfo`` alone that it does not name.
        """
        changes = {"userinfo": body_of(buyer_changes(customer, billing, shipping))}
        send_change(self._client, patch(f"/users/{customer_id}/", changes))


def customer_entries(users: Sequence[UserRead]) -> tuple[DirectoryEntry, ...]:
    """Return each customer under its e-mail, and under its user name where that is another e-mail."""
    return tuple(
        DirectoryEntry(key=key, id=ExternalId(str(user.id))) for user in users for key in dict.fromkeys(_mails(user))
    )


def _mails(user: UserRead) -> Iterator[str]:
    found = (user.userinfo.email if user.userinfo else None, user.username)
    return (mail.strip().casefold() for mail in found if mail and "@" in mail)


def user_input(customer: Customer, billing: Address, shipping: Address, group: int | None, password: str) -> UserInput:
    """Return the body that creates a customer; the unique user name is the e-mail in lower case.

    Raises:
        Held: The customer has no e-mail (code ``customer_without_email``).
    """
    if not customer.match_key:
        raise Held(
            "The customer has no e-mail address",
            code="customer_without_email",
            fix="Enter one in the shop, or use the default customer for such orders; then resend the order.",
        )
    return UserInput(
        username=customer.match_key, password=password, group_id=group, userinfo=buyer(customer, billing, shipping)
    )


def buyer(customer: Customer | None, billing: Address, shipping: Address) -> PersonalInfo:
    """Return the whole ``customer`` block of an order or ``userinfo`` of a user: a company makes it business (b2b)."""
    company = billing.company.strip() or (customer.company.strip() if customer else "")
    return PersonalInfo(
        email=_or_none(customer.email.strip()) if customer else None,
        customertype="b2b" if company else "b2c",
        billingaddress=billing_address(billing, company),
        deliveryaddress=delivery_address(shipping),
        reference=_or_none(customer.number) if customer else None,
        btw=_or_none(customer.vat_id) if customer else None,
    )


def with_blanks(info: PersonalInfo) -> PersonalInfo:
    """Return the block of an order that also names a user.

    What is missing SalesPOS takes from the user (client S4): a private order of a company's user would carry the
    company's VAT number and telephone. So whatever this order does not have is sent blank.
    """
    return _blanked(info, _MAY_NOT_BE_BLANK).model_copy(update=_complete_addresses(info, ()))


def _complete_addresses(info: PersonalInfo, of_the_buyer: Collection[str]) -> dict[str, AddressFields]:
    """Both addresses with all parts of the form they have; ``of_the_buyer`` are left out of the bill's."""
    addresses: dict[str, AddressFields] = {}
    if info.billingaddress:
        addresses["billingaddress"] = _blanked(info.billingaddress, {*_other_form(info.billingaddress), *of_the_buyer})
    if info.deliveryaddress:
        addresses["deliveryaddress"] = _blanked(info.deliveryaddress, _other_form(info.deliveryaddress))
    return addresses


def _other_form(address: AddressFields) -> Collection[str]:
    """The fields that may not stand beside those of this address, blank or not (client S4)."""
    return _LINES if address.housenumber is not None else _STREET


def _blanked(part: Part, left_out: Collection[str]) -> Part:
    missing = [name for name, value in part if value is None and name not in left_out]
    return part.model_copy(update=dict.fromkeys(missing, ""))


def buyer_changes(customer: Customer, billing: Address, shipping: Address) -> PersonalInfo:
    """Return what an update writes: what the shop knows of the buyer, and whole addresses.

    A fact that the shop does not have stays as the office keeps it, and a missing company does not make a company a
    person. But an address is one thing: half of the old one beside half of the new one would lead nowhere.
    """
    known = buyer(customer, billing, shipping)
    known = known if known.customertype == "b2b" else known.model_copy(update={"customertype": None})
    return known.model_copy(update=_complete_addresses(known, _BUYERS))


def billing_address(address: Address, company: str) -> BillingAddress:
    """Return the address of the bill; its person is the company's contact."""
    return BillingAddress(
        first_name=_or_none(address.first_name),
        last_name=_or_none(address.last_name),
        company=_or_none(company),
        **_place(address),
    )


def delivery_address(address: Address) -> DeliveryAddress:
    """Return where it goes."""
    return DeliveryAddress(
        full_name=_or_none(f"{address.first_name} {address.last_name}"),
        company=_or_none(address.company),
        **_place(address),
    )


def _place(address: Address) -> dict[str, Any]:
    return {
        **_street(address),
        "zipcode": _or_none(address.postcode),
        "city": _or_none(address.city),
        "province": _or_none(address.state),
        "country_code": address.country,
        "telephone": _or_none(address.phone),
    }


def _street(address: Address) -> dict[str, Any]:
    """Street, number and suffix apart; the lines as they are where no number was found."""
    found = split_street(address.street, address.country, extra="\n".join(address.extra))
    if not found.number or len(found.number) > LONGEST_NUMBER:
        return {
            "address_line_1": _or_none(address.street),
            "address_line_2": _or_none(", ".join(line for line in address.extra if line.strip())),
            "comment": _or_none(address.department),
        }
    return {
        "street": _or_none(found.street),
        "housenumber": int(found.number),
        "housenumber_suffix": _or_none(found.suffix),
        "comment": _or_none(", ".join(part for part in (address.department.strip(), found.rest) if part)),
    }


def _or_none(text: str) -> str | None:
    return text.strip() or None
