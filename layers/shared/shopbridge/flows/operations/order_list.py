"""The list of all orders: how many are where, and those that are looked for, the newest first.

Both come from one reading of the index by time. It has what an order is called on both sides, where it is, and the mark
of its buyer; whole records are read only of the orders on the page.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, get_args

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.orders import described
from shopbridge.flows.orders.privacy import buyer_mark
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.desk_operations import ListOrders
from shopbridge.model.ledger import IndexedOrder, LedgerRecord, OrderGroup

GROUPS: tuple[OrderGroup, ...] = get_args(OrderGroup)
ENDS_WITH = 20.0
"""Seconds left at which the reading ends; the answer says so."""
LOOK_EVERY = 1000
"""Orders read between two looks at the time."""
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
Test = Callable[[IndexedOrder], bool]


@dataclass(frozen=True)
class _ListEntry:
    """An order with its connection."""

    connection: ConnectionId
    order: IndexedOrder

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Where it stands in the list; no two stand in the same place."""
        return self.order.found_at, self.connection, self.order.id


def list_orders(bridge: Bridge, request: ListOrders) -> dict[str, Any]:
    """Count the orders of a time by where they are, and return those that are looked for, the newest first.

    Returns:
        ``counts`` of all orders of the time, which add up to ``total``; ``orders``: a page of those that match;
        ``matching``: how many do; ``next``: where the next page goes on, empty at the end; ``complete``: False where
        the time ended before all were read.

    Raises:
        BridgeError: There is no such connection, or ``after`` is no place in the list.
    """
    found = [load(bridge, request.connection)] if request.connection else list(bridge.connections.all())
    after = _place(request.after) if request.after else None
    tests = {one.id: _test(bridge, one, request) for one in found}
    counts: Counter[OrderGroup] = Counter(dict.fromkeys(GROUPS, 0))
    matching, page, complete = 0, list[_ListEntry](), True
    for number, each in enumerate(_newest_first(bridge, found, request)):
        if number % LOOK_EVERY == 0 and bridge.deadline.remaining() < ENDS_WITH:
            complete = False
            break
        counts[each.order.group] += 1
        if not tests[each.connection](each.order):
            continue
        matching += 1
        if len(page) <= request.limit and (after is None or each.place < after):
            page.append(each)
    following = _name(page[request.limit - 1]) if len(page) > request.limit else ""
    shown = _whole(bridge, page[: request.limit])
    return {
        "counts": dict(counts),
        "total": sum(counts.values()),
        "matching": matching,
        "orders": shown,
        "next": following,
        "complete": complete,
    }


def _newest_first(bridge: Bridge, connections: Sequence[Connection], request: ListOrders) -> Iterator[_ListEntry]:
    since = _midnight(request.since) if request.since else FIRST_DAY
    until = _midnight(request.until + timedelta(days=1)) if request.until else bridge.clock() + timedelta(days=1)
    lists = [_entries(bridge, one.id, since, until) for one in connections]
    return heapq.merge(*lists, key=lambda each: each.place, reverse=True)


def _entries(bridge: Bridge, connection: ConnectionId, since: datetime, until: datetime) -> Iterator[_ListEntry]:
    return (_ListEntry(connection, each) for each in bridge.ledger.listed(connection, since, until))


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _test(bridge: Bridge, connection: Connection, request: ListOrders) -> Test:
    """What an order of this connection has to be to match."""
    tests: list[Test] = []
    if request.state:
        tests.append(lambda order: order.group == request.state)
    if request.text:
        wanted = request.text.casefold()
        tests.append(lambda order: any(wanted in name.casefold() for name in _names(order)))
    if request.code:
        ids = _of_reason(bridge, connection.id, request.code)
        tests.append(lambda order: order.id in ids)
    if request.email is not None:
        address = request.email.get_secret_value().strip().casefold()
        tests.append(lambda order: _is_buyers(connection, order, address))
    return lambda order: all(test(order) for test in tests)


def _names(order: IndexedOrder) -> tuple[str, ...]:
    return order.reference, order.external_number, order.id


def _is_buyers(connection: Connection, order: IndexedOrder, address: str) -> bool:
    if not (order.buyer and connection.name_key):
        return False
    return order.buyer == buyer_mark(connection.name_key, OrderId(order.id), address)


def _of_reason(bridge: Bridge, connection: ConnectionId, code: str) -> frozenset[str]:
    held = (each.key.id for each in bridge.ledger.held(connection) if each.reason and each.reason.code == code)
    skipped = (each.id for each in bridge.ledger.skipped(connection) if each.reason.code == code)
    return frozenset((*held, *skipped))


def _whole(bridge: Bridge, page: Sequence[_ListEntry]) -> list[dict[str, Any]]:
    """As an operator reads them, without their stories; one that was forgotten in this moment is left out."""
    records: dict[ConnectionId, Mapping[OrderId, LedgerRecord]] = {}
    for connection in {each.connection for each in page}:
        ids = [OrderId(each.order.id) for each in page if each.connection == connection]
        records[connection] = bridge.ledger.orders(connection, ids)
    found = ((each, records[each.connection].get(OrderId(each.order.id))) for each in page)
    return [_shown(each, record) for each, record in found if record]


def _shown(each: _ListEntry, record: LedgerRecord) -> dict[str, Any]:
    told = {name: value for name, value in described(record).items() if name not in ("story", "open_steps")}
    return {"connection": each.connection, "group": each.order.group, "found_at": each.order.found_at, **told}


def _name(each: _ListEntry) -> str:
    moment, connection, order = each.place
    return f"{moment.isoformat()} {connection} {order}"


def _place(name: str) -> tuple[datetime, str, str]:
    moment, _, rest = name.partition(" ")
    connection, _, order = rest.partition(" ")
    try:
        return datetime.fromisoformat(moment), connection, order
    except ValueError as error:
        raise BridgeError(
            "There is no such place in the list", where="orders", fix="Give `next` of the page before as it came."
        ) from error
