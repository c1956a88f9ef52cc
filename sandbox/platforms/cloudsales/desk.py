"""What people do in the back office and at the till, and what BOCP does by itself; none of it is an API call."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sandbox.platforms.cloudsales.documents import new_receipt
from sandbox.platforms.cloudsales.orders import create_order
from sandbox.platforms.cloudsales.records import Connector, Line, Order, Product, Receipt, WorkPoint, net_of
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.stock import move, move_lines, reserve_lines
from sandbox.platforms.cloudsales.wire import Record

Counts = Mapping[str, Decimal | int]
"""Product code to quantity."""

_EMPTY_PARTS = ("number", "building", "stair", "floor", "apartment", "GLN")


def client(name: str, **fields: str) -> Record:
    """A client as an order carries one.

    Args:
        fields: ``street``, ``city``, ``county``, ``zip`` and other address parts, ``email``, ``phone``, ``vat_id``,
            ``registration_number``.
    """
    own = {part: fields.pop(part, "") for part in ("email", "phone", "vat_id", "registration_number")}
    place = {"street": "Str. Fictiva 3", "city": "Cluj-Napoca", "county": "Cluj", "zip": "400000"}
    address = {**dict.fromkeys(_EMPTY_PARTS, ""), **place, "country": "Romania", **fields}
    contact = {"shipping_contact_name": name, "shipping_contact_phone": own["phone"]}
    return {
        "name": name,
        "representative": name,
        **own,
        "invoice_address": address,
        "delivery_address": {**address, **contact},
    }


def fetch_order(account: Account, connector: Connector, reference: str, counts: Counts, buyer: Record) -> Order:
    """A connector that fetches by itself brings an order in, at the catalogue's prices."""
    today = account.today().isoformat()
    body = {
        "order_unique_id": reference,
        "order_reference": reference,
        "order_date": today,
        "order_updated_at": account.now(),
        "order_status": "new",
        "order_cancelled": 0,
        "order_mentions": "",
        "order_currency_code": "RON",
        "shipping_method": "personal_pickup",
        "cod_amount": 0,
        "cod_currency": "RON",
        "client": buyer,
        "items": [_item(account, connector.work_point, code, Decimal(count)) for code, count in counts.items()],
        "payment_method": "credit",
        "payments": [],
    }
    return create_order(account, connector, reference, body)


def sell_at_till(account: Account, counts: Counts, work_point: WorkPoint) -> Receipt:
    """A buyer in the store: a receipt, and the goods leave at once."""
    lines = tuple(_line(account, work_point, code, Decimal(count)) for code, count in counts.items())
    move_lines(account, lines, work_point, -1)
    return new_receipt(account, lines, work_point)


def receive(account: Account, counts: Counts, work_point: WorkPoint) -> None:
    """Goods come in."""
    for code, count in counts.items():
        move(account, account.item(code), work_point, Decimal(count))


def transfer(account: Account, counts: Counts, source: WorkPoint, target: WorkPoint) -> None:
    """Goods move between work points."""
    receive(account, {code: -Decimal(count) for code, count in counts.items()}, source)
    receive(account, counts, target)


def change(account: Account, product: Product, **fields: object) -> None:
    """A person edits a product: any field of ``Product``."""
    for name, value in fields.items():
        if name not in vars(product):
            raise TypeError(f"a product has no {name}")
        setattr(product, name, value)
    product.modified = account.now()


def archive(account: Account, product: Product) -> None:
    """Take a product out of the lists.

    Raises:
        ValueError: There is stock of it.
    """
    stock = product.stock()
    if stock is not None and stock.total:
        raise ValueError(f"{product.code} is archived at stock zero only")
    change(account, product, archived=True)


def delete(account: Account, product: Product) -> None:
    """Delete a product.

    Raises:
        ValueError: It has moved; it can be archived only.
    """
    if product.moved:
        raise ValueError(f"{product.code} has stock movements and can be archived only")
    change(account, product, deleted=True)


def void(account: Account, order: Order, *, deleted: bool = False) -> None:
    """A person cancels or deletes an order; its goods are free again, its proforma stays."""
    if order.holds_stock:
        reserve_lines(account, order.lines, order.connector.work_point, -1)
        order.holds_stock = False
    order.body = {**order.body, "order_status": "cancelled", "order_cancelled": 1}
    order.deleted = order.deleted or deleted
    order.modified = account.now()


def gift_lines(product: Product, price: Decimal) -> tuple[Line, Line]:
    """A free gift: the product at full price, and a line below zero that names it (client B3)."""
    given = Line(product.name, Decimal(1), price, product)
    return given, replace(given, name=f"Discount {product.name}", value=-price, product=None)


def _item(account: Account, work_point: WorkPoint, code: str, count: Decimal) -> Record:
    line = _line(account, work_point, code, count)
    product, gross = account.item(code), _price(account.item(code), work_point)
    return {
        "type": "product",
        "code": code,
        "item_name": product.name,
        "item_quantity": count,
        "item_price": net_of(gross, product.percent),
        "item_vat_percent": product.percent,
        "item_price_with_vat": gross,
        "line_value_with_vat": line.value,
    }


def _line(account: Account, work_point: WorkPoint, code: str, count: Decimal) -> Line:
    product = account.item(code)
    return Line(product.name, count, round(_price(product, work_point) * count, 2), product)


def _price(product: Product, work_point: WorkPoint) -> Decimal:
    price = product.price(work_point.id)
    if price is None:
        raise ValueError(f"{product.code} has no price")
    return price
