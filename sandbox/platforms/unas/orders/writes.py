"""What ``setOrder`` does: new orders, changes, deletions (platform file, "Writing orders")."""

from copy import deepcopy
from typing import Any

from sandbox.platforms.unas import stock
from sandbox.platforms.unas.batch import batch
from sandbox.platforms.unas.errors import no_data, refused
from sandbox.platforms.unas.fields import Merge
from sandbox.platforms.unas.orders import placing
from sandbox.platforms.unas.orders.shapes import ORDER
from sandbox.platforms.unas.pricing import net_of, rate_of
from sandbox.platforms.unas.routing import Functions, writing
from sandbox.platforms.unas.state import FIRST_IDS, LANGUAGE, Order, Shop
from sandbox.platforms.unas.wire import Record, amount, below, moment_of, number, rows

SOURCE = "unas_api"
_METHODS = {"Payment": "payment", "Shipping": "shipping"}
_NOT_KEPT = ("Status", "StatusEmail", "OrderEmail")
"""They do something and are no texts of the order."""
_INVOICE = frozenset({"Action", "Key", "Invoice", "Storno"})


def write_order(shop: Shop, action: str, row: Record) -> Record:
    """One order of ``setOrder``."""
    if action == "add":
        return {"Key": _added(shop, row).key}
    order = shop.order_of(row.get("Key", ""))
    if order is None:
        raise refused("order not found")
    if action == "delete":
        placing.delete(shop, order)
    else:
        _modified(shop, order, row)
    return {"Key": order.key}


def _modified(shop: Shop, order: Order, row: Record) -> None:
    merge = Merge(False, shop.ignored)
    status = _status(shop, row)
    nodes = _merged(shop, merge, order.nodes, row)
    moved = status is not None and status != order.status
    if not merge.known or (shop.assumed.unchanged_is_refused and nodes == order.nodes and not moved):
        raise no_data()
    order.nodes = nodes
    if row.get("Items"):
        stock.settle(shop, order)
    if status is not None:
        placing.set_status(shop, order, status, by_api=True)
        # What a status says of the invoice yields to what is written beside it.
        order.nodes["Invoice"] = {**order.nodes.get("Invoice", {}), **_invoice(row)}
    _mail(shop, order, row)
    if shop.assumed.invoice_moves_date_mod or row.keys() - _INVOICE:
        placing.touched(shop, order)


def _invoice(row: Record) -> Record:
    status = below(row, "Invoice", "Status")
    return {"Status": status} if status else {}


def _merged(shop: Shop, merge: Merge, stored: Record, row: Record) -> Record:
    """The nodes after the write; nothing is changed when it is refused."""
    nodes = deepcopy(stored)
    sent = {name: value for name, value in row.items() if name not in ("Action", "Key", "Id")}
    if "Items" in sent and not any(rows(sent["Items"], "Item")):
        raise refused("an order needs an item")
    if not shop.assumed.comments_replace and "Comments" in sent:
        kept = rows(stored.get("Comments", {}), "Comment")
        sent["Comments"] = {"Comment": [*kept, *rows(sent["Comments"], "Comment")]}
    merge.into(nodes, sent, ORDER, "Order")
    for name, kind in _METHODS.items():
        if wanted := below(sent, name, "Id"):
            nodes[name] = {**nodes[name], **_method(shop, kind, wanted)}
    for name in _NOT_KEPT:
        nodes.pop(name, None)
    if "Items" in sent:
        nodes["Items"] = {"Item": [_item(shop, item) for item in nodes["Items"]["Item"]]}
    return nodes


def _method(shop: Shop, kind: str, wanted: str) -> Record:
    try:
        return placing.method_nodes(shop, kind, wanted)
    except ValueError as problem:
        raise refused(str(problem)) from problem


def _status(shop: Shop, row: Record) -> int | None:
    """A status by id or name."""
    if not row.get("Status"):
        return None
    try:
        return placing.status_of(shop, row["Status"])
    except ValueError as problem:
        raise refused(str(problem)) from problem


def _item(shop: Shop, item: Record) -> Record:
    """A line as it was sent; its VAT, which is read-only, follows from its prices."""
    gross = number(item.get("PriceGross"))
    if gross is None or number(item.get("Quantity")) is None:
        raise refused("an item needs Quantity and PriceGross")
    product = shop.product_of(item.get("Sku", ""))
    net = number(item.get("PriceNet"))
    vat = rate_of(net, gross) if net is not None else product.vat if product else amount(27)
    found = {"Id": str(product.id) if product else "", **item}
    return {"Name": found.get("Sku", ""), **found, "PriceNet": net_of(gross, vat) if net is None else net, "Vat": vat}


def _mail(shop: Shop, order: Order, row: Record) -> None:
    if row.get("StatusEmail") == "yes":
        order.mails.append(shop.table("OrderStatus")[order.status]["Name"])
    if row.get("OrderEmail") == "yes":
        order.mails.append("order")


def _added(shop: Shop, row: Record) -> Order:
    """[inferred] A new order needs items and a buyer with a mail address; all else has a usual value."""
    status, merge = _status(shop, row), Merge(True, shop.ignored)
    nodes = _merged(shop, merge, _usual(shop), row)
    if not nodes["Items"].get("Item") or not below(nodes, "Customer", "Email"):
        raise refused("an order needs Items and Customer/Email")
    placed = moment_of(nodes.pop("Date")) if "Date" in nodes else shop.now()
    order = Order(
        id=shop.new_id("order"),
        key=shop.new_key(),
        placed=placed,
        modified=shop.now(),
        status=placing.status_of(shop, None) if status is None else status,
        status_changed=shop.now(),
        nodes=nodes,
        source=SOURCE,
    )
    return placing.enter(shop, order)


def _usual(shop: Shop) -> dict[str, Any]:
    return {
        "Lang": LANGUAGE,
        "Customer": {},
        "Currency": shop.currency,
        "Type": shop.table("OrderType")[FIRST_IDS["type"]]["Name"],
        "Payment": {},
        "Shipping": {},
        "Items": {},
    }


FUNCTIONS: Functions = {
    "setOrder": writing(batch("Order", write_order, ("add", "modify", "delete"), ("Key",)), "Orders", "Order")
}
