"""Orders: created, changed, listed; never deleted (platform file, "Orders")."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.salespos.catalogue.products import touch
from sandbox.platforms.salespos.errors import NO_SUCH_REFERENCE, SAME_VALUE, ApiError, invalid
from sandbox.platforms.salespos.orders.record import Order, Row
from sandbox.platforms.salespos.orders.rows import make_rows, move_stock
from sandbox.platforms.salespos.orders.totals import Line, Terms, Totals, compute
from sandbox.platforms.salespos.orders.view import order_view
from sandbox.platforms.salespos.paging import as_flag, as_integer, as_moment, ordered, page
from sandbox.platforms.salespos.people import check_person, override
from sandbox.platforms.salespos.routing import (
    DONE,
    PAGING,
    Answer,
    Call,
    Endpoint,
    Routes,
    created,
    existing,
    found,
)
from sandbox.platforms.salespos.shapes import ORDER_PATCH, ORDER_POST
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record

NEW = 1
_APART = ("customer", "orderrows", "user_id", "is_completed", "note", "mail")


def list_orders(shop: Shop, call: Call) -> Answer:
    """The orders, completed ones unless asked otherwise; there is no filter on the caller's own number."""
    query = {"is_completed": "true", **call.query}
    tests = [_FILTERS[name](text, name) for name, text in query.items() if name in _FILTERS]
    orders = [order for order in shop.orders.values() if all(test(order) for test in tests)]
    return page(call, "/orders/", ordered(call, orders, _ORDER_BY), partial(order_view, shop, call.root))


def show_order(shop: Shop, call: Call) -> Answer:
    """One order."""
    return found(order_view(shop, call.root, existing(shop.orders, call, "order")))


def post_order(shop: Shop, call: Call) -> Answer:
    """A new order; sent twice, it is made twice."""
    return created(order_view(shop, call.root, create_order(shop, call.body)))


def create_order(shop: Shop, body: Record) -> Order:
    """Make an order.

    Raises:
        ApiError: It names what does not exist, or breaks a rule.
    """
    customer = _customer(shop, body)
    fields = {**_defaults(shop), **{name: value for name, value in body.items() if name not in _APART}}
    _check_take_out(fields)
    rows = make_rows(shop, body["orderrows"], untaxed=_untaxed(fields))
    order = Order(
        id=shop.new_id("orders"),
        created=shop.now(),
        user_id=body.get("user_id"),
        fields=fields,
        customer=customer,
        rows=[],
        totals=_totals(fields, rows),
    )
    _take_rows(shop, order, rows)
    shop.orders[order.id] = order
    if shop.settings.stock_deducted_at == "creation":
        _deduct(shop, order)
    if body.get("is_completed", True):
        complete(shop, order)
    shop.emit("orders.created", "orders", order.id)
    return order


def complete(shop: Shop, order: Order) -> None:
    """The order leaves the basket: it gets its number, and its stock if it had none taken yet."""
    order.number = shop.new_id("ordernumbers")
    if order.fields["status"] is None:
        order.fields["status"] = NEW
    _deduct(shop, order)


def patch_order(shop: Shop, call: Call) -> Answer:
    """Change the sent fields; rows replace all rows, and sums are computed again."""
    order = existing(shop.orders, call, "order")
    changes = {name: value for name, value in call.body.items() if name not in _APART}
    after = {**order.fields, **changes}
    check_person(call.body.get("customer", {}), "body.customer")
    _check_take_out(after)
    if changes and set(call.body) <= set(changes) and shop.is_same(order.fields, changes):
        raise ApiError(SAME_VALUE, "nothing changes")
    if "orderrows" in call.body:
        replace_rows(shop, order, make_rows(shop, call.body["orderrows"], untaxed=_untaxed(after)))
    before, order.fields = order.fields, after
    order.customer = override(order.customer, call.body.get("customer", {}))
    recalculate(order)
    _announce(shop, order, before)
    return DONE


def change(shop: Shop, order: Order, fields: Record) -> None:
    """What people change of an order in the back office's own screens."""
    before, order.fields = order.fields, {**order.fields, **fields}
    _announce(shop, order, before)


def put_rows(shop: Shop, call: Call) -> Answer:
    """Replace all rows."""
    order = existing(shop.orders, call, "order")
    replace_rows(shop, order, make_rows(shop, call.body["orderrows"], untaxed=_untaxed(order.fields)))
    recalculate(order)
    return DONE


def replace_rows(shop: Shop, order: Order, rows: list[Row]) -> None:
    """New rows for old; the stock follows."""
    if order.stock_deducted:
        move_stock(shop, order.rows, 1)
        move_stock(shop, rows, -1)
    _take_rows(shop, order, rows)


def recalculate(order: Order) -> None:
    """The sums of the order as it now is."""
    if _untaxed(order.fields):
        for row in order.rows:
            row.tax = Decimal(0)
    order.totals = _totals(order.fields, order.rows)


def _take_rows(shop: Shop, order: Order, rows: list[Row]) -> None:
    for old in order.rows:
        del shop.row_orders[old.id]
    order.rows = rows
    shop.row_orders.update({row.id: order.id for row in rows})


def _deduct(shop: Shop, order: Order) -> None:
    if order.stock_deducted:
        return
    order.stock_deducted = True
    for product in move_stock(shop, order.rows, -1):
        if shop.settings.stock_moves_modifydate:
            touch(shop, product)


def _customer(shop: Shop, body: Record) -> Record:
    """The user's data, overridden by what the order brings."""
    check_person(body["customer"], "body.customer")
    user_id = body.get("user_id")
    if user_id is None:
        return dict(body["customer"])
    if user_id not in shop.users:
        raise ApiError(NO_SUCH_REFERENCE, f"user {user_id} does not exist")
    return override(shop.users[user_id]["userinfo"], body["customer"])


def _defaults(shop: Shop) -> Record:
    """[inferred] What an order is when the caller leaves it open."""
    return {
        **dict.fromkeys(("is_intra_community_order", "is_platform_sale", "safety_deposit_returned"), False),
        **dict.fromkeys(("invoicenumber", "reservationnumber", "deliver_date", "takeoutslot", "status"), None),
        **dict.fromkeys(("extra_costs_description", "track_and_trace_code", "track_and_trace_carrier"), ""),
        "paid": False,
        "currency": shop.settings.currency,
        "orderedinlng": "nl",
        "total_shipping": shop.settings.default_shipping,
        "paymethod_costs": 0,
        "extra_costs": 0,
        "taxes_included": True,
        "order_row_taxes_included": shop.settings.prices_include_vat,
        "shipping_taxes_included": True,
        "deliver_method": "shipping",
    }


def _check_take_out(fields: Record) -> None:
    if fields["takeoutslot"] is not None and fields["deliver_method"] == "shipping":
        raise invalid("body.takeoutslot needs deliver_method delivery or pickup")


def _untaxed(fields: Record) -> bool:
    return bool(fields["is_intra_community_order"] or fields["is_platform_sale"])


def _totals(fields: Record, rows: list[Row]) -> Totals:
    lines: list[Line] = [*rows]
    fees = Decimal(fields["total_shipping"]) + fields["paymethod_costs"] + fields["extra_costs"]
    terms = Terms(
        fees=fees,
        rows_gross=fields["order_row_taxes_included"],
        with_tax=fields["taxes_included"],
        fees_taxed=fields["shipping_taxes_included"],
    )
    return compute(lines, terms)


_WATCHED = {
    "paid": "orders.updated.ispaid",
    "status": "orders.updated.status",
    "track_and_trace_code": "orders.updated.trackandtrace",
}


def _announce(shop: Shop, order: Order, before: Record) -> None:
    for name, event in _WATCHED.items():
        if order.fields[name] != before[name]:
            shop.emit(event, "orders", order.id)


Test = Callable[[Order], bool]


def _equals(value: Callable[[Order], Any], parse: Callable[[str, str], Any]) -> Callable[[str, str], Test]:
    def test(text: str, name: str) -> Test:
        wanted = parse(text, name)
        return lambda order: bool(value(order) == wanted)

    return test


def _as_text(text: str, _: str) -> str:
    return text


def _day(order: Order) -> str | None:
    date = order.fields["deliver_date"]
    return None if date is None else datetime.fromisoformat(date).date().isoformat()


def _created_from(text: str, name: str) -> Test:
    bound = as_moment(text, name)
    return lambda order: order.created >= bound


def _created_until(text: str, name: str) -> Test:
    bound = as_moment(text, name)
    return lambda order: order.created <= bound


_FILTERS: dict[str, Callable[[str, str], Test]] = {
    "ordernumber": _equals(lambda order: order.number, as_integer),
    "status": _equals(lambda order: order.fields["status"], as_integer),
    "is_paid": _equals(lambda order: order.fields["paid"], as_flag),
    "is_completed": _equals(lambda order: order.is_completed, as_flag),
    "deliver_date": _equals(_day, _as_text),
    "take_out_date": _equals(_day, _as_text),
    "min_create_date": _created_from,
    "max_create_date": _created_until,
    "paymethod_id": _equals(lambda order: order.paymethod_id, as_integer),
    "transaction_id": _equals(lambda order: order.transaction_id, _as_text),
}
_ORDER_BY: dict[str, Callable[[Order], Any]] = {
    "id": lambda order: order.id,
    "ordernumber": lambda order: order.number,
    "create_date": lambda order: order.created,
    "deliver_date": lambda order: order.fields["deliver_date"],
}

ROUTES: Routes = {
    "/orders": {
        "GET": Endpoint(list_orders, PAGING | {"orderby"} | set(_FILTERS)),
        "POST": Endpoint(post_order, shape=ORDER_POST),
    },
    "/orders/{id}": {
        "GET": Endpoint(show_order),
        "PATCH": Endpoint(patch_order, shape=ORDER_PATCH),
    },
}
