"""Orders come in: from an outside webshop with its own words, or with SalesAutopilot's ids (S5, S6, S7)."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.salesautopilot.errors import MALFORMED_ADDRESS, failed, wrong
from sandbox.platforms.salesautopilot.fields import check, kept, values_for
from sandbox.platforms.salesautopilot.inferred import WEBSHOP_FIELDS, is_address
from sandbox.platforms.salesautopilot.records import Consent, Form, Line, ListKind, MailList, Product, Record
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import saved_order, webshop_order
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.submissions import submit
from sandbox.platforms.salesautopilot.wire import Body, money

ORDERED = "1"
SAVED = frozenset({"shipping_method", "prod_id", "products"})
"""What ``saveOrder`` takes beside fields of the list."""


def take_webshop_order(account: Account, call: Call) -> int:
    """The id of the record, new or there already."""
    into, form = _through(account, call)
    check(call.body, webshop_order(account.assumed))
    number = kept(call.body["order_id"])
    known = next(into.having("mssys_shoprenter_id", number), None)
    if known is not None and account.assumed.repeated_order_is_found:
        return known.id
    if not is_address(call.body["email"]):
        raise failed(f"{call.body['email']!r} is no address", MALFORMED_ADDRESS)
    account.take_quota()
    lines = [_webshop_line(account, row, call.body.get("currency", "")) for row in call.body["products"]]
    return _add(account, into, form, _webshop_values(into, call.body), lines).id


def save_order(account: Account, call: Call) -> int:
    """The new record's id."""
    into, form = _through(account, call)
    if not isinstance(call.body, dict):
        raise wrong("the body should be an object")
    own = {name: value for name, value in call.body.items() if name in SAVED}
    check(own, saved_order(account.assumed))
    if ("prod_id" in own) == ("products" in own):
        raise wrong("either prod_id or products")
    values = values_for(into, {name: value for name, value in call.body.items() if name not in SAVED})
    lines = own_lines(account, own.get("products") or [{"prod_id": own["prod_id"], "qty": 1}])
    shipping = _shipping(account, int(own["shipping_method"]))
    return _add(account, into, form, {**values, **shipping, "mssys_bill_currency": lines[0].currency}, lines).id


def own_lines(account: Account, rows: list[Body]) -> list[Line]:
    """Lines by SalesAutopilot's own ids of products.

    Raises:
        ApiError: 0 under 200: there is no such product.
    """
    products = [account.products.get(int(row["prod_id"])) for row in rows]
    return [_own_line(account, product, row) for product, row in zip(products, rows, strict=True)]


def _through(account: Account, call: Call) -> tuple[MailList, Form]:
    into = account.list_of(call.number("nl_id"), ListKind.ORDERS)
    return into, account.form_of(into, call.number("ns_id"))


def _add(account: Account, into: MailList, form: Form, values: dict[str, str], lines: list[Line]) -> Record:
    record = account.add_record(into, {"mssys_order_status": ORDERED, **values}, form.id, Consent.GIVEN)
    record.lines = lines
    account.sum_up(record)
    account.note("subscribe", into, record, form.id)
    submit(account, into, form, record)
    return record


def _webshop_values(into: MailList, body: Body) -> dict[str, str]:
    named = {WEBSHOP_FIELDS.get(name, name): value for name, value in body.items()}
    values = {name: kept(value) for name, value in named.items() if name in into.fields}
    costs = ("mssys_netto_shipping_cost", "mssys_shipping_cost")
    return values | {name: money(Decimal(values.get(name, "0"))) for name in costs}


def _webshop_line(account: Account, row: Body, currency: str) -> Line:
    product = account.product_by_sku(row["prod_id"]) or _made_of(account, row, currency)
    return _line(account, product, row, sent=(row["prod_id"], row["prod_name"], row["tax"]), currency=currency)


def _made_of(account: Account, row: Body, currency: str) -> Product:
    """A product that nobody knew, of what an order says about it."""
    made = Product(
        id=account.new_id("product"),
        sku=row["prod_id"],
        name=row["prod_name"],
        price=account.price(row["prod_price"]),
        percent=Decimal(row["tax"]),
        currency=currency,
        categories=_categories(account, row),
    )
    return account.put_product(made)


def _categories(account: Account, row: Body) -> list[int]:
    rows = [*row.get("categories", []), *([row] if row.get("category_id") else [])]
    return list(dict.fromkeys(_category(account, each["category_id"], each.get("category_name", "")) for each in rows))


def _category(account: Account, key: str, name: str) -> int:
    """By the shop's key, else by the name, else a new one."""
    if account.shop_categories.get(key) not in account.categories:
        same = (each for each in account.categories.values() if each.name == name)
        account.shop_categories[key] = (next(same, None) or account.add_category(name)).id
    return account.shop_categories[key]


def _own_line(account: Account, product: Product | None, row: Body) -> Line:
    if product is None:
        raise failed(f"no such product {row['prod_id']}")
    sent = (product.sku, row.get("prod_name", product.name), product.percent)
    return _line(account, product, {"prod_price": product.price, **row}, sent=sent, currency=product.currency)


def _line(account: Account, product: Product, row: Body, *, sent: tuple[str, str, Any], currency: str) -> Line:
    sku, name, percent = sent
    return Line(
        id=account.new_id("line"),
        product_id=product.id,
        sku=sku,
        name=name,
        price=account.price(row["prod_price"]),
        quantity=Decimal(row["qty"]),
        percent=Decimal(percent),
        currency=currency,
    )


def _shipping(account: Account, number: int) -> dict[str, str]:
    method = account.shipping_methods.get(number)
    if method is None:
        raise failed(f"no such shipping method {number}")
    return {
        "mssys_shipping_modetype": str(method.id),
        "mssys_shipping_mode": method.name,
        "mssys_netto_shipping_cost": money(method.net),
        "mssys_shipping_cost": money(method.gross),
    }


ROUTES: Routes = {
    "processWebshopOrder/{nl_id}/ns_id/{ns_id}": {"POST": take_webshop_order},
    "saveOrder/{nl_id}/form/{ns_id}": {"POST": save_order},
}
