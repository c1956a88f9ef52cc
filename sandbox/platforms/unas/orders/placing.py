"""Orders come into being and change: by buyers, by marketplaces, by people of the shop and by ``setOrder``."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from sandbox.platforms.unas import stock
from sandbox.platforms.unas.customers import register
from sandbox.platforms.unas.hook_bodies import announce_order
from sandbox.platforms.unas.orders import lines
from sandbox.platforms.unas.pricing import items_of, paid, total
from sandbox.platforms.unas.specs import Address, Buyer, DeliveryPoint, Line, OrderSpec
from sandbox.platforms.unas.state import FIRST_IDS, Order, Shop
from sandbox.platforms.unas.wire import Record, amount, time_text

INVOICE_OF = {"not_billable": "0", "billable": "1", "billed": "2"}
TOPICS = {"shop": "order_send", "admin": "order_add_admin"}
"""Who made an order decides what is announced; anything else is a third party."""


def place(shop: Shop, spec: OrderSpec) -> Order:
    """Make an order.

    Raises:
        ValueError: A line has neither product nor price, or a status or method does not exist.
    """
    placed = (spec.placed_at or shop.now()).astimezone(UTC)
    status = status_of(shop, spec.status)
    order = Order(shop.new_id("order"), spec.key or "", placed, placed, status, placed, _nodes(shop, spec))
    if spec.marketplace:
        order.source, order.internal_key = spec.marketplace, shop.new_key()
    order.key = spec.key or shop.new_key()
    if spec.paid:
        _take_money(shop, order, total(order))
    if not spec.buyer.guest:
        order.nodes["Customer"]["Id"] = str(register(shop, spec.buyer, spec.billing).id)
    return enter(shop, order)


def enter(shop: Shop, order: Order) -> Order:
    """Put a new order into the shop: it takes its goods, and it is announced."""
    shop.orders[order.id] = order
    stock.settle(shop, order)
    _invoice_by_status(shop, order)
    announce_order(shop, TOPICS.get(order.source, "order_send_thirdparty"), order)
    return order


def _nodes(shop: Shop, spec: OrderSpec) -> Record:
    return {
        "Lang": spec.lang,
        "Customer": customer_nodes(spec.buyer, spec.billing, spec.delivery or spec.billing, spec.point),
        "Currency": spec.currency or shop.currency,
        "ExchangeValue": spec.exchange_value if spec.currency not in ("", shop.currency) else "",
        "VatCountryCode": spec.vat_country,
        "Type": shop.table("OrderType")[FIRST_IDS["type"]]["Name"],
        "Payment": method_nodes(shop, "payment", spec.payment),
        "Shipping": method_nodes(shop, "shipping", spec.shipping_method),
        "Invoice": {"Status": "1"},
        "Params": {"Param": [{"Id": at, "Name": name, "Value": value} for at, (name, value) in spec.params.items()]},
        "Referer": "shop.example.test",
        "Coupon": spec.coupon,
        "Comments": {"Comment": list(_comments(spec))},
        "Items": {"Item": _items(shop, spec)},
    }


def _comments(spec: OrderSpec) -> list[Record]:
    texts = {"customer": spec.comment, "admin": spec.admin_comment}
    return [{"Type": kind, "Text": text} for kind, text in texts.items() if text]


def customer_nodes(buyer: Buyer, billing: Address, delivery: Address, point: DeliveryPoint | None = None) -> Record:
    """Who ordered; the billing name is that of the invoice's address."""
    taxed = {"TaxNumber": buyer.tax_number, "EUTaxNumber": buyer.eu_tax_number, "CustomerType": buyer.customer_type}
    invoice = {**_address(billing, buyer.company or buyer.name), **taxed}
    shipping = {**_address(delivery, buyer.name), **_point(point)}
    contact = {"Name": buyer.name, "Phone": buyer.phone, "Mobile": buyer.mobile}
    return {"Email": buyer.email, "Contact": contact, "Addresses": {"Invoice": invoice, "Shipping": shipping}}


def _address(address: Address, name: str) -> Record:
    return {
        "Name": address.name or name,
        "ZIP": address.zipcode,
        "City": address.city,
        "Street": address.street,
        "County": address.county,
        "Country": address.country,
        "CountryCode": address.country_code,
    }


def _point(point: DeliveryPoint | None) -> Record:
    if point is None:
        return {}
    names = ("DeliveryPointID", "DeliveryPointGroup", "DeliveryPointSubGroup", "RecipientName")
    return dict(zip(names, (point.id, point.group, point.sub_group, point.recipient), strict=True))


def method_nodes(shop: Shop, kind: str, wanted: int | str) -> Record:
    """A payment or shipping method as an order names it.

    Raises:
        ValueError: There is none.
    """
    for method in shop.table("Method").values():
        if method["Type"] == kind and str(wanted) in (method["Id"], method["Name"]):
            return {"Id": method["Id"], "Name": method["Name"]}
    raise ValueError(f"No {kind} method is {wanted!r}")


def _items(shop: Shop, spec: OrderSpec) -> list[Record]:
    items = [lines.goods(shop, line) for line in spec.lines]
    more = []
    if spec.discount_percent:
        more.append(lines.percent_off(items, spec.discount_percent, spec.fee_vat))
    for line_id, gross in (
        ("discount-amount", -spec.discount_amount),
        ("shipping-cost", spec.shipping),
        ("handel-cost", spec.handling),
    ):
        if gross:
            more.append(lines.fee(line_id, gross, spec.fee_vat))
    return [*items, *more]


def edit(shop: Shop, order: Order, changes: dict[str, Any]) -> None:
    """A person changes an order: ``lines``, ``shipping``, ``handling``, ``discount_amount``, ``buyer`` or ``delivery``.

    Raises:
        ValueError: There is no such thing to change.
    """
    for name, value in changes.items():
        if name not in _EDITS:
            raise ValueError(f"An order's {name} cannot be edited")
        _EDITS[name](shop, order, value)
    touched(shop, order)
    stock.settle(shop, order)
    announce_order(shop, "order_modify_admin", order)


def _edit_lines(shop: Shop, order: Order, new: tuple[Line, ...]) -> None:
    others = [item for item in items_of(order) if not lines.is_goods(item)]
    items = [*(lines.goods(shop, line) for line in new), *others]
    for item in others:
        if item["Id"] == "discount-percent":
            items = lines.with_line(items, lines.percent_off(items, Decimal(item["Percent"]), Decimal(item["Vat"])))
    order.nodes["Items"]["Item"] = items


def _edit_fee(line_id: str, sign: int = 1) -> Any:
    def change(_: Shop, order: Order, gross: Decimal) -> None:
        vat = next((Decimal(item["Vat"]) for item in items_of(order) if item.get("Id") == line_id), Decimal(27))
        order.nodes["Items"]["Item"] = lines.with_line(items_of(order), lines.fee(line_id, sign * gross, vat))

    return change


def _edit_buyer(_: Shop, order: Order, buyer: Buyer) -> None:
    customer = order.nodes["Customer"]
    customer["Email"] = buyer.email
    customer["Contact"] |= {"Name": buyer.name, "Phone": buyer.phone, "Mobile": buyer.mobile}


def _edit_delivery(_: Shop, order: Order, place: Address) -> None:
    shipping = order.nodes["Customer"]["Addresses"]["Shipping"]
    shipping |= _address(place, shipping["Name"])


_EDITS: dict[str, Any] = {
    "lines": _edit_lines,
    "shipping": _edit_fee("shipping-cost"),
    "handling": _edit_fee("handel-cost"),
    "discount_amount": _edit_fee("discount-amount", -1),
    "buyer": _edit_buyer,
    "delivery": _edit_delivery,
}


def set_status(shop: Shop, order: Order, status: int, *, by_api: bool = False) -> None:
    """Give an order another status; the same one again changes nothing."""
    if order.status == status:
        return
    order.status, order.status_changed = status, shop.now()
    touched(shop, order)
    stock.settle(shop, order)
    _invoice_by_status(shop, order)
    if shop.assumed.api_changes_are_announced or not by_api:
        announce_order(shop, "order_status_modify", order)


def _invoice_by_status(shop: Shop, order: Order) -> None:
    """A status may itself say whether its orders are billable or billed."""
    told = INVOICE_OF.get(shop.table("OrderStatus")[order.status].get("InvoiceStatus", ""))
    if told is not None:
        order.nodes.setdefault("Invoice", {})["Status"] = told


def pay(shop: Shop, order: Order, money: Decimal | None = None) -> None:
    """Money arrives through a payment provider: what is open, unless less or more is said."""
    _take_money(shop, order, total(order) - paid(order) if money is None else money)
    touched(shop, order)
    announce_order(shop, "successful_payment", order)


def _take_money(shop: Shop, order: Order, money: Decimal) -> None:
    told = {"Status": "finish", "Date": time_text(shop.now()), "Amount": money}
    row = {"Id": f"TX-{shop.new_id('transaction')}", "AuthCode": "123456", **told}
    order.nodes["Payment"].setdefault("Transactions", {}).setdefault("Transaction", []).append(row)


def delete(shop: Shop, order: Order) -> None:
    """Delete an order: its goods go back [inferred], and its key may be given again."""
    stock.give_back(shop, order)
    del shop.orders[order.id]
    announce_order(shop, "order_delete", order)


def touched(shop: Shop, order: Order) -> None:
    """An order was changed just now."""
    order.modified = shop.now()


def status_of(shop: Shop, wanted: int | str | None) -> int:
    """A status by id or name; None is the first that is open.

    Raises:
        ValueError: There is none.
    """
    for status_id, status in shop.table("OrderStatus").items():
        if (wanted is None and status["Type"] == "open_normal") or str(wanted) in (status["Id"], status["Name"]):
            return status_id
    raise ValueError(f"No status is {wanted!r}")


def weight(shop: Shop, order: Order) -> Decimal:
    """What an order weighs, in kg."""
    found = ((shop.product_of(item.get("Sku", "")), amount(item["Quantity"])) for item in items_of(order))
    return sum((amount(product.nodes.get("Weight")) * count for product, count in found if product), Decimal(0))
