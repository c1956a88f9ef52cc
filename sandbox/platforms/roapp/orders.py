"""Work orders: read, made empty, changed, moved to a status, commented on (M1, L1, L2)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sandbox.platforms.kit.fields import required, requiring
from sandbox.platforms.roapp.contacts import has_phone
from sandbox.platforms.roapp.errors import ApiError, invalid, not_found, refused
from sandbox.platforms.roapp.fields import BOOL, FULL, INT, ORDER, TEXT
from sandbox.platforms.roapp.inferred import CANCELLED_GROUP, CLOSED_GROUP
from sandbox.platforms.roapp.order_view import order_view
from sandbox.platforms.roapp.query import Query, Times, is_within, paged, sorted_by
from sandbox.platforms.roapp.routing import Call, Route, Routes, created, found, get
from sandbox.platforms.roapp.state import Account, Comment, Order
from sandbox.platforms.roapp.webhooks import announce_order
from sandbox.platforms.roapp.wire import Record, moment_of, stamp

FILTERS = (
    *("page", "types", "branches", "ids", "numbers", "statuses", "managers", "clients_ids", "client_names"),
    *("client_phones", "created_at", "modified_at", "closed_at", "scheduled_for", "due_date", "asset_uid", "sort"),
)
PLANNED = "scheduled_for"
TIMES = frozenset({PLANNED, "scheduled_to", "due_date"})


def listed(account: Account, call: Call) -> Record:
    """A page of orders; no filter knows the fields of the account's own (M1)."""
    query = call.query
    tests = [*_by_values(query), *_by_client(account, query)]
    rows = [order for order in account.orders.values() if all(test(order) for test in tests)]
    keys = {
        "id": lambda order: order.id,
        "created_at": lambda order: (order.created, order.id),
        "modified_at": lambda order: (order.modified, order.id),
    }
    return paged(sorted_by(rows, query, keys), query, lambda order: order_view(account, order))


def _by_values(query: Query) -> Iterable[Any]:
    """What the order itself has to be."""
    numbers = query.many("numbers")
    of_ids = {"types": "order_type_id", "branches": "branch_id", "managers": "manager_id", "clients_ids": "client_id"}
    wanted = {name: query.numbers(name) for name in (*of_ids, "ids", "statuses")}
    made, changed, closed = (query.times(name) for name in ("created_at", "modified_at", "closed_at"))
    yield lambda order: not wanted["ids"] or order.id in wanted["ids"]
    yield lambda order: not wanted["statuses"] or order.status in wanted["statuses"]
    yield lambda order: not numbers or order.number in numbers
    yield lambda order: all(not wanted[name] or order.values.get(key) in wanted[name] for name, key in of_ids.items())
    yield lambda order: is_within(order.created, made) and is_within(order.modified, changed)
    yield lambda order: _is_at(order.closed, closed)
    for name in ("scheduled_for", "due_date"):
        yield _planned(name, query.times(name))
    yield lambda _: not query.many("asset_uid")


def _is_at(moment: datetime | None, times: Times) -> bool:
    """Whether a time that may not have come lies between both; without a filter any does."""
    return times == (None, None) or (moment is not None and is_within(moment, times))


def _planned(name: str, times: Times) -> Callable[[Order], bool]:
    def is_meant(order: Order) -> bool:
        text = order.values.get(name)
        return _is_at(moment_of(text) if text else None, times)

    return is_meant


def _by_client(account: Account, query: Query) -> Iterable[Any]:
    names = [name.casefold() for name in query.many("client_names")]
    phones = query.many("client_phones")
    yield lambda order: not names or any(name in account.contacts[order.client].name.casefold() for name in names)
    yield lambda order: not phones or has_phone(account, account.contacts[order.client], phones)


def one(account: Account, call: Call) -> Record:
    """One order."""
    return order_view(account, _order(account, call))


def make(account: Account, call: Call) -> Any:
    """An empty order in its type's first status, with the next number; nobody can give it either (M1)."""
    values = call.body
    check_references(account, values)
    _refuse_missing(account, values)
    now = account.now()
    order = Order(
        id=account.new_id("order"),
        number=account.new_number(),
        status=account.order_types[values["order_type_id"]].first_status,
        values=_kept(values),
        created=now,
        modified=now,
        created_by=account.key_owner,
    )
    account.orders[order.id] = order
    announce_order(account, "Order.Created", order, account.key_owner)
    return created(account, order_view(account, order))


def change(account: Account, call: Call) -> Record:
    """Other values of an order; fields of the account's own are written one by one."""
    order = _order(account, call)
    check_references(account, call.body)
    write(account, order, call.body, account.key_owner)
    return order_view(account, order)


def write(account: Account, order: Order, values: Record, employee: int) -> None:
    """Put values on an order; another time that it is planned for is an event beside the change [inferred]."""
    custom = {**order.values.get("custom_fields", {}), **values.get("custom_fields", {})}
    before = order.values.get(PLANNED)
    order.values.update(_kept(values))
    if custom:
        order.values["custom_fields"] = custom
    account.touch(order)
    announce_order(account, "Order.Updated", order, employee)
    if order.values.get(PLANNED) != before:
        new = order.values[PLANNED] and int(moment_of(order.values[PLANNED]).timestamp() * 1000)
        announce_order(account, "Order.ScheduledTime.Changed", order, employee, new=new)


def _kept(values: Record) -> Record:
    """What was written, its times in UTC."""
    return {name: stamp(moment_of(value)) if name in TIMES and value else value for name, value in values.items()}


def set_status(account: Account, call: Call) -> Record:
    """Move an order."""
    order, number = _order(account, call), call.body["status_id"]
    if number not in account.statuses:
        raise invalid(status_id="unknown")
    ended = account.statuses[order.status].group in (CLOSED_GROUP, CANCELLED_GROUP)
    if account.assumed.transitions_are_checked and ended and number != order.status:
        raise refused("status_id", "this transition is not allowed")
    if text := call.body.get("comment"):
        order.comments.append(Comment(text, private=True, at=account.now()))
        account.touch(order)
    move(account, order, number, account.key_owner)
    return order_view(account, order)


def move(account: Account, order: Order, status: int, employee: int) -> None:
    """Give an order a status; one that is there is no change."""
    before = order.status
    if before == status:
        return
    order.status = status
    now, is_closed = account.now(), account.statuses[status].group == CLOSED_GROUP
    order.closed, order.closed_by = (now, employee) if is_closed else (None, None)
    account.touch(order)
    metadata = {"old": {"id": before}, "new": {"id": status}}
    announce_order(account, "Order.Status.Changed", order, employee, **metadata)


def comment(account: Account, call: Call) -> Any:
    """A line in the order's feed; under which name its text is taken is not agreed on (L1, L2)."""
    name = account.assumed.comments
    if not name:
        raise not_found("Comments")
    order, text = _order(account, call), call.body.get(name)
    if not text:
        raise refused(name, "required")
    order.comments.append(Comment(text, call.body.get("is_private", False), account.now()))
    account.touch(order)
    announce_order(account, "Order.Updated", order, account.key_owner)
    return {"data": {"id": account.new_id("comment")}, "success": True}


def check_references(account: Account, values: Record) -> None:
    """Nothing, when all that is named exists.

    Raises:
        ApiError: 400 with each that does not.
    """
    known: dict[str, Any] = {
        "asset_id": (),
        "resource_id": (),
        "ad_campaign_id": account.campaigns,
        "branch_id": {each.id for each in account.branches.values() if not each.archived},
        "order_type_id": account.order_types,
        "client_id": account.contacts,
        "payer_id": account.contacts,
        "manager_id": account.employees,
        "assignee_id": account.employees,
    }
    unknown = [name for name, ids in known.items() if values.get(name) is not None and values[name] not in ids]
    missing = [name for name in values.get("custom_fields", {}) if int(name[1:]) not in account.custom_fields]
    if unknown or missing:
        raise ApiError(400, {"validation": {name: ["unknown"] for name in (*unknown, *missing)}})


def _refuse_missing(account: Account, values: Record) -> None:
    given = {**values, **values.get("custom_fields", {})}
    missing = [name for name in account.assumed.notes_are_required if not given.get(name)]
    if missing:
        raise ApiError(400, {"validation": {name: ["required"] for name in missing}})


def _order(account: Account, call: Call) -> Order:
    order: Order = found(account.orders, call.id(), "Order")
    return order


ROUTES: Routes = {
    "GET /v2/orders": get(listed, *FILTERS),
    "POST /v2/orders": Route(make, requiring(ORDER, {"branch_id", "order_type_id", "client_id"})),
    "GET /v2/orders/{id}": get(one),
    "PATCH /v2/orders/{id}": Route(change, ORDER),
    "POST /v2/orders/{id}/status": Route(set_status, {"status_id": required(INT), "comment": TEXT}),
    "POST /v2/orders/{id}/comments": Route(comment, {"comment": FULL, "message": FULL, "is_private": BOOL}),
}
