"""The list of all orders: how many are where, and those that are looked for, the newest first.

DynamoDB counts the first; the second are read from the index by time only until a page is full. Whole records are read
of the orders on the page alone.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import groupby, islice
from typing import Any, get_args

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.orders.single import described
from shopbridge.flows.orders.privacy import buyer_mark
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.desk_operations import ListOrders
from shopbridge.model.ledger import LedgerRecord, OrderGroup
from shopbridge.ports import FoundOrder, OrderSearch

GROUPS: tuple[OrderGroup, ...] = get_args(OrderGroup)
ENDS_WITH = 20.0
"""Seconds left at which the reading ends; the answer says so."""
FEW = 200
"""Orders of a connection that are looked at before whole pages of the index are."""
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class _ListPlace:
    """Where an order stands in the list; no two stand in the same place."""

    found_at: datetime
    connection: ConnectionId
    id: OrderId

    def __str__(self) -> str:
        return f"{self.found_at.isoformat()} {self.connection} {self.id}"


def list_orders(bridge: Bridge, request: ListOrders) -> dict[str, Any]:
    """Count the orders of a time by where they are, and return those that are looked for, the newest first.

    Returns:
        ``counts`` of all orders of the time, which add up to ``total``; ``orders``: a page of those that match;
        ``matching``: how many do, None where that is known only once the last page is read; ``next``: where the next
        page goes on, empty at the end; ``complete``: False where the time ended before all were read.

    Raises:
        BridgeError: There is no such connection, or ``after`` is no place in the list.
    """
    found = [load(bridge, request.connection)] if request.connection else list(bridge.connections.all())
    since, until = _time(bridge, request)
    after = _place(request.after) if request.after else None
    last = min(until, after.found_at) if after else until
    lists = (_found(bridge, one, request, since, last) for one in found)
    places = (place for place, _ in groupby(heapq.merge(*lists, reverse=True)) if after is None or place < after)
    page = list(islice(places, request.limit + 1))
    counts = _counts(bridge, found, since, until)
    following = str(page[request.limit - 1]) if len(page) > request.limit else ""
    return {
        "counts": counts,
        "total": sum(counts.values()),
        "matching": _matching(request, counts, len(page), more=bool(after or following)),
        "orders": _whole(bridge, page[: request.limit]),
        "next": following,
        "complete": _has_time(bridge),
    }


def _has_time(bridge: Bridge) -> bool:
    return bridge.deadline.remaining() >= ENDS_WITH


def _time(bridge: Bridge, request: ListOrders) -> tuple[datetime, datetime]:
    since = _midnight(request.since) if request.since else FIRST_DAY
    return since, _midnight(request.until + timedelta(days=1)) if request.until else bridge.clock() + timedelta(days=1)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _counts(
    bridge: Bridge, connections: Sequence[Connection], since: datetime, until: datetime
) -> dict[OrderGroup, int]:
    counts: Counter[OrderGroup] = Counter(dict.fromkeys(GROUPS, 0))
    for one in connections:
        if _has_time(bridge):
            counts.update({group: bridge.ledger.counted(one.id, group, since, until) for group in GROUPS})
    return dict(counts)


def _matching(request: ListOrders, counts: Mapping[OrderGroup, int], shown: int, *, more: bool) -> int | None:
    if request.text or request.code or request.email is not None:
        return None if more else shown
    return counts[request.state] if request.state else sum(counts.values())


def _found(
    bridge: Bridge, connection: Connection, request: ListOrders, since: datetime, until: datetime
) -> Iterator[_ListPlace]:
    """The orders of one connection that match, the newest first."""
    wanted = OrderSearch(
        since,
        until,
        group=request.state,
        named=request.text,
        is_buyers=_is_buyers(connection, request),
        few=max(FEW, request.limit + 1),
        go_on=partial(_has_time, bridge),
    )
    by_id = _by_id(bridge, connection, wanted)
    found = heapq.merge(by_id, bridge.ledger.search(connection.id, wanted), reverse=True)
    if request.code:
        ids = _of_reason(bridge, connection.id, request.code)
        return (_ListPlace(each.found_at, connection.id, each.id) for each in found if each.id in ids)
    return (_ListPlace(each.found_at, connection.id, each.id) for each in found)


def _by_id(bridge: Bridge, connection: Connection, wanted: OrderSearch) -> Sequence[FoundOrder]:
    """The order whose id is asked for in the place of a number."""
    named = OrderId(wanted.named)
    record = bridge.ledger.orders(connection.id, [named]).get(named) if named else None
    if record is None or record.found_at is None or not wanted.since <= record.found_at <= wanted.until:
        return ()
    is_there = wanted.group in ("", record.group)
    is_theirs = wanted.is_buyers is None or wanted.is_buyers(named, record.buyer)
    return (FoundOrder(record.found_at, named),) if is_there and is_theirs else ()


def _is_buyers(connection: Connection, request: ListOrders) -> Callable[[OrderId, str], bool] | None:
    if request.email is None:
        return None
    key, address = connection.name_key, request.email.get_secret_value().strip().casefold()
    return lambda order, buyer: bool(buyer and key) and buyer == buyer_mark(key, order, address)


def _of_reason(bridge: Bridge, connection: ConnectionId, code: str) -> frozenset[str]:
    held = (each.key.id for each in bridge.ledger.held(connection) if each.reason and each.reason.code == code)
    skipped = (each.id for each in bridge.ledger.skipped(connection) if each.reason.code == code)
    return frozenset((*held, *skipped))


def _whole(bridge: Bridge, page: Sequence[_ListPlace]) -> list[dict[str, Any]]:
    """As an operator reads them, without their stories; one that was forgotten in this moment is left out."""
    records: dict[ConnectionId, Mapping[OrderId, LedgerRecord]] = {}
    for connection in {each.connection for each in page}:
        ids = [each.id for each in page if each.connection == connection]
        records[connection] = bridge.ledger.orders(connection, ids)
    found = ((each, records[each.connection].get(each.id)) for each in page)
    return [_shown(each, record) for each, record in found if record]


def _shown(each: _ListPlace, record: LedgerRecord) -> dict[str, Any]:
    told = {name: value for name, value in described(record).items() if name not in ("story", "open_steps")}
    return {"connection": each.connection, "group": record.group, "found_at": each.found_at, **told}


def _place(name: str) -> _ListPlace:
    moment, _, rest = name.partition(" ")
    connection, _, order = rest.partition(" ")
    try:
        return _ListPlace(datetime.fromisoformat(moment), ConnectionId(connection), OrderId(order))
    except ValueError as error:
        raise BridgeError(
            "There is no such place in the list", where="orders", fix="Give `next` of the page before as it came."
        ) from error
