"""Orders are changed through the API: status, paid flag and tracking code, and nothing else (C4)."""

from sandbox.platforms.cartum.errors import RowError
from sandbox.platforms.cartum.fields import FLAG, ROWS, TEXT, rows, whole
from sandbox.platforms.cartum.orders import placing
from sandbox.platforms.cartum.routing import POST, PUT, Answer, Function, Functions, logged
from sandbox.platforms.cartum.state import CANCELLED, Order, Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Field, Shape, first_fault, required

ID = Field("a whole number", lambda value: whole(value) is not None)
PAID_NAMES = ("paid", "payed")


def _shape(shop: Shop) -> Shape:
    names = PAID_NAMES if shop.assumed.paid_names == "both" else (shop.assumed.paid_names,)
    own = {"own_tracking_code": TEXT} if shop.assumed.own_tracking_code else {}
    return {"order_id": required(ID), "status": ID, **dict.fromkeys(names, FLAG), "tracking_code": TEXT, **own}


def update_orders(shop: Shop, body: Record) -> Answer:
    """Change orders one by one; the log has a row for each, in their order."""
    log = [_updated(shop, row) for row in rows(body["orders"])]
    return logged(log, any(row["status"] == "ERROR" for row in log))


def _updated(shop: Shop, row: Record) -> Record:
    try:
        _write(shop, row)
    except RowError as refusal:
        return _refused_row(shop, row, str(refusal))
    return _log_row(shop, row["order_id"], "OK", "UPDATED")


def _refused_row(shop: Shop, row: Record, text: str) -> Record:
    return _log_row(shop, row.get("order_id"), "ERROR", text)


def _log_row(shop: Shop, order_id: object, status: str, text: str) -> Record:
    """A row of the log, whose documentation contradicts itself (C4)."""
    named = {"order_id": order_id} if shop.assumed.log_names_order else {}
    return {**named, "status": status, shop.assumed.log_text: text}


def _write(shop: Shop, row: Record) -> None:
    """Everything a row asks for, or nothing of it."""
    if fault := first_fault(row, _shape(shop), "order"):
        raise RowError(fault)
    order = shop.orders.get(whole(row["order_id"]) or 0)
    if order is None:
        raise RowError("order is not found")
    status = whole(row["status"]) if "status" in row else order.status
    if status not in shop.statuses:
        raise RowError("status is not defined")
    paid = _paid(shop, order, row)
    if order.locked and not _changes_nothing(shop, order, status, paid, row):
        raise RowError("order is locked")
    _take_over(shop, order, row, paid=paid)
    placing.set_status(shop, order, status, by_api=True)


def _paid(shop: Shop, order: Order, row: Record) -> bool:
    """The flag under either name; two that differ are refused [inferred]."""
    told = {whole(row[name]) == 1 for name in PAID_NAMES if name in row}
    if len(told) > 1:
        raise RowError("paid and payed differ")
    paid = told.pop() if told else order.paid
    if shop.assumed.paid_only and order.paid and not paid:
        raise RowError("payment cannot be withdrawn")
    return paid


def _changes_nothing(shop: Shop, order: Order, status: int, paid: bool, row: Record) -> bool:
    same = status == CANCELLED and paid == order.paid and row.get("tracking_code", "") in ("", order.tracking_code)
    return shop.assumed.locked_takes_same_status and same


def _take_over(shop: Shop, order: Order, row: Record, *, paid: bool) -> None:
    placing.set_paid(shop, order, paid=paid, by_api=True)
    for name in ("tracking_code", "own_tracking_code"):
        order.tracking_code = row.get(name, order.tracking_code)


FUNCTIONS: Functions = {
    "orders/update": Function(
        update_orders, {"orders": required(ROWS)}, (POST, PUT), rows="orders", refused=_refused_row
    )
}
