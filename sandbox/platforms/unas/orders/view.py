"""An order as ``getOrder`` shows it."""

from decimal import Decimal

from sandbox.platforms.unas.fields import shown
from sandbox.platforms.unas.inferred import INVOICE_TEXTS
from sandbox.platforms.unas.orders.lines import is_goods
from sandbox.platforms.unas.orders.placing import weight
from sandbox.platforms.unas.orders.shapes import ORDER
from sandbox.platforms.unas.pricing import items_of, paid, pending, total
from sandbox.platforms.unas.state import Order, Shop
from sandbox.platforms.unas.stock import product_of_item
from sandbox.platforms.unas.wire import Record, amount, plain, time_text

WITHOUT_DIGITS = ("HUF",)
"""Currencies that are shown in whole units."""


def order_view(shop: Shop, order: Order) -> Record:
    """All nodes that have something to say, and those that are shown empty."""
    status = shop.table("OrderStatus")[order.status]
    told = {
        **order.nodes,
        "Key": order.key,
        "InternalKey": order.internal_key,
        "Id": str(order.id),
        "Date": time_text(order.placed),
        "DateMod": time_text(order.modified),
        "PriceRounding": "0" if order.nodes["Currency"] in WITHOUT_DIGITS else "2",
        "Status": status["Name"],
        "StatusType": status["Type"] if shop.assumed.status_type_shown else "",
        "StatusID": status["Id"],
        "StatusDateMod": time_text(order.status_changed),
        "Authenticated": "yes",
        "Payment": _payment(shop, order),
        "Invoice": _invoice(order.nodes.get("Invoice", {})),
        "Weight": weight(shop, order) or "",
        "SumPriceGross": total(order),
        "Items": {"Item": [_item(shop, order, item) for item in items_of(order)]},
    }
    return {**shown(told, ORDER), "Items": told["Items"]}


def _payment(shop: Shop, order: Order) -> Record:
    nodes, due, got = order.nodes.get("Payment", {}), total(order), paid(order)
    method = shop.table("Method").get(int(nodes.get("Id") or 0), {})
    money = {"Paid": got, "Pending": pending(order), "Unpaid": max(due - got, Decimal(0))}
    return {**nodes, "Type": method.get("SubType", ""), "Status": _paid_status(due, got), **money}


def _paid_status(due: Decimal, got: Decimal) -> str:
    if got == 0 and due > 0:
        return "unpaid"
    if got < due:
        return "partly paid"
    return "paid" if got == due else "overpaid"


def _invoice(invoice: Record) -> Record:
    status = invoice.get("Status", "0")
    return {**invoice, "Status": status, "StatusText": INVOICE_TEXTS[status]}


def _item(shop: Shop, order: Order, item: Record) -> Record:
    percent = "%" if shop.assumed.vat_with_percent else ""
    inside = ORDER["Items"].inside or {}
    told = shown({**item, "Vat": f"{plain(amount(item['Vat']))}{percent}"}, inside["Item"].inside or {})
    if is_goods(item):
        told.setdefault("Status", "")
        told |= _consumed(shop, order, item)
    return told


def _consumed(shop: Shop, order: Order, item: Record) -> Record:
    """Where the stock of a line was taken from; nothing where none was."""
    product = product_of_item(shop, item)
    if product is None or all(each.product != product.id for each in order.taken):
        return {}
    row = {"Id": "main_stock", "Name": "Main stock", "Quantity": item["Quantity"]}
    return {"StockConsumptions": {"StockConsumption": [row]}}
