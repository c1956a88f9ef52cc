"""AWB (shipping notes) and invoices of orders; every write is unverified in the platform file.

[inferred]: what a read shows, that the carrier of the newest AWB is the order's ``carrier``, that a print is answered
like any write, and that ``updateOrderStatus`` changes nothing here.
"""

from dataclasses import dataclass

from sandbox.platforms.gomag.errors import SUCCESS, no_data
from sandbox.platforms.gomag.fields import DAY, FLAG, ID, NUMBER, TEXT, amount, check
from sandbox.platforms.gomag.orders.view import GIVEN_ON
from sandbox.platforms.gomag.orders.writes import order_of
from sandbox.platforms.gomag.paging import day, page
from sandbox.platforms.gomag.routing import PAGING, Call, Routes, reading, writing
from sandbox.platforms.gomag.spellings import AWB, AWB_ID, INVOICE_ID, spelled
from sandbox.platforms.gomag.state import Order, Shop
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit.fields import Shape, required

_GENERATED: Shape = {
    "orderId": required(ID),
    "carrierId": required(ID),
    "packages": NUMBER,
    "weight": NUMBER,
}
_ADDED: Shape = {**_GENERATED, "awbNumber": required(TEXT)}
_ONE: Shape = {"id": required(ID)}
_MOVED: Shape = {**_ONE, "status": required(TEXT), "updateOrderStatus": FLAG}
_INVOICE: Shape = {
    "orderId": required(ID),
    "series": required(TEXT),
    "number": required(TEXT),
    "date": required(DAY),
    "dueDate": DAY,
}


@dataclass(frozen=True)
class _Awb:
    id: int
    record: Record


def list_awbs(shop: Shop, call: Call) -> Record:
    """The AWBs every filter leaves; filters are spelled as the writes are."""
    first = {each: AWB[each] for each in ("orderId", "awbNumber", "carrierId")}
    names = {name: (second if shop.assumed.snake_case_writes else name) for name, second in first.items()}
    wanted = {name: call.query[asked] for name, asked in names.items() if call.query.get(asked)}
    rows = [_Awb(awb_id, record) for order in shop.orders.values() for awb_id, record in order.awbs.items()]
    found = [row for row in rows if all(str(row.record[name]) == value for name, value in wanted.items())]
    return page(shop, call, "awbs", found, lambda row: row.record)


def add_awb(shop: Shop, call: Call) -> Record:
    """An AWB that was made elsewhere."""
    body = check(spelled(shop, call.data, AWB), _ADDED)
    _keep(shop, body, body["awbNumber"])
    return SUCCESS


def generate_awb(shop: Shop, call: Call) -> Record:
    """An AWB the shop makes with its carrier."""
    body = check(spelled(shop, call.data, AWB), _GENERATED)
    _keep(shop, body, f"AWB{body['orderId']}")
    return SUCCESS


def _keep(shop: Shop, body: Record, number: str) -> None:
    order, carriers = order_of(shop, body["orderId"]), shop.table("carriers")
    carrier = int(amount(body["carrierId"]))
    if carrier not in carriers:
        raise no_data()
    awb_id = shop.new_id("awb")
    order.awbs[awb_id] = {
        "id": str(awb_id),
        "orderId": str(order.id),
        "carrierId": str(carrier),
        "awbNumber": number,
        "packages": str(body.get("packages", 1)),
        "weight": str(body.get("weight", 1)),
        "status": "",
        GIVEN_ON: {"id": str(carrier), "name": carriers[carrier]["name"]},
    }
    order.updated = shop.now()


def delete_awb(shop: Shop, call: Call) -> Record:
    """An AWB that is gone."""
    order, awb_id = _awb(shop, check(spelled(shop, call.data, AWB_ID), _ONE))
    del order.awbs[awb_id]
    return SUCCESS


def print_awb(shop: Shop, call: Call) -> Record:
    """A print of an AWB."""
    _awb(shop, check(spelled(shop, call.data, AWB_ID), _ONE))
    return SUCCESS


def move_awb(shop: Shop, call: Call) -> Record:
    """An AWB's state, in the carrier's words."""
    body = check(spelled(shop, call.data, {"updateOrderStatus": AWB["updateOrderStatus"]}), _MOVED)
    order, awb_id = _awb(shop, body)
    order.awbs[awb_id]["status"] = body["status"]
    return SUCCESS


def _awb(shop: Shop, body: Record) -> tuple[Order, int]:
    awb_id = int(amount(body["id"]))
    for order in shop.orders.values():
        if awb_id in order.awbs:
            return order, awb_id
    raise no_data()


def add_invoice(shop: Shop, call: Call) -> Record:
    """An invoice that was made elsewhere."""
    body = check(call.data, _INVOICE)
    _invoice(shop, order_of(shop, body["orderId"]), body["series"], body["number"], body["date"])
    return SUCCESS


def generate_invoice(shop: Shop, call: Call) -> Record:
    """An invoice the shop numbers itself."""
    body = check(call.data, {"orderId": required(ID), "series": TEXT})
    order = order_of(shop, body["orderId"])
    _invoice(shop, order, body.get("series", "GM"), str(order.id), day(shop.now()))
    return SUCCESS


def cancel_invoice(shop: Shop, call: Call) -> Record:
    """An order without its invoice."""
    body = check(spelled(shop, call.data, INVOICE_ID), _ONE)
    for order in shop.orders.values():
        if order.invoice and int(order.invoice["id"]) == amount(body["id"]):
            order.invoice = {}
            order.updated = shop.now()
            return SUCCESS
    raise no_data()


def _invoice(shop: Shop, order: Order, series: str, number: str, date: str) -> None:
    order.invoice = {"id": str(shop.new_id("invoice")), "series": series, "number": number, "date": date}
    order.updated = shop.now()


ROUTES: Routes = {
    "awb/read/json": reading(
        list_awbs,
        "awb",
        PAGING | {"orderId", "awbNumber", "carrierId", "order_id", "awb_number", "carrier_id"},
        "awbs",
    ),
    "awb/add/json": writing(add_awb, "awb"),
    "awb/generate/json": writing(generate_awb, "awb"),
    "awb/delete/json": writing(delete_awb, "awb"),
    "awb/print/json": writing(print_awb, "awb"),
    "awb/status/update/json": writing(move_awb, "awb"),
    "invoice/add/json": writing(add_invoice, "invoice"),
    "invoice/generate/json": writing(generate_invoice, "invoice"),
    "invoice/cancel/json": writing(cancel_invoice, "invoice"),
}
