"""Both sides held against each other: what the shop has, what the ledger knows of it, and what the back office has.

Two readings, in parts as long as the time of a call reaches. First the shop's orders of the days, page by page, each
judged as the import would judge it. Then the ledger's orders that were first seen in these days, each looked for in the
back office. Nothing is remembered between two parts: a place names where the next one goes on, and a part repeats, and
loses, nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Any

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Bridge, Job, load, open_job
from shopbridge.flows.operations.reconcile_office import OfficeLook
from shopbridge.flows.operations.sights import at_a_limit, in_one_line, later
from shopbridge.flows.operations.unseen import LEFT_OUT, MISSED, NOT_READ, ON_THE_WAY, ShopReading, reading_of
from shopbridge.flows.orders.filter import skip_reason
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.starts import stock_compared
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import IndexedOrder, LedgerRecord
from shopbridge.model.order import Order
from shopbridge.model.reconcile_operations import Reconcile

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
ENDS_WITH = 40.0
"""Seconds left at which a part ends: more than a page of a shop takes."""
AT_ONCE = 25
"""Orders of the ledger that are looked for in the back office between two looks at the time."""
SHOP, OFFICE, END = "shop", "office", ""
UNREADABLE = "unreadable"
ASK_ON = "Ask on from there with `--after`."


@dataclass
class _Part:
    """What one call found.

    Attributes:
        stops: Why it ended before its time; empty where it did not.
        place: Where the next part goes on; ``END`` where there is none.
    """

    job: Job
    since: datetime
    until: datetime
    place: str
    shop: dict[str, str] = field(default_factory=dict)
    ledger: dict[str, str] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)
    stops: str = ""
    fix: str = ""

    @property
    def time_is_up(self) -> bool:
        return self.job.bridge.deadline.remaining() < ENDS_WITH

    def stop(self, error: RetryLater) -> None:
        waits = " ".join(at_a_limit(self.job))
        self.stops, self.fix = in_one_line(f"{error.what} ({error.where}). {waits}"), f"{later(error)} {ASK_ON}"


def reconcile(bridge: Bridge, request: Reconcile) -> dict[str, Any]:
    """Hold the orders of some days against the ledger and the back office, as far as the time reaches.

    Returns:
        ``since`` and ``until``: the days. ``shop``: by id where each order of the shop is, a group of the list of
        orders or ``left_out``, ``not_read``, ``missed``, ``unreadable``. ``ledger``: likewise the ledger's orders.
        ``missing``: orders of the shop that would be taken and are not there; ``gone``: imported ones that the back
        office does not have any more; ``doubles``: what it has beside one under the same reference; ``unclear``: how
        many it cannot be asked for, ``there``: how many it has. ``stock``: when it was compared last, with what
        outcome. ``stops`` and ``fix``: why the part ended early. ``next``: where to go on, empty at the end.

    Raises:
        BridgeError: There is no such connection, or ``after`` is no place.
        NeedsAttention, Rejected: A side refuses us.
    """
    connection = with_key(bridge, load(bridge, request.connection))
    job = replace(open_job(bridge, connection), planning=True)
    since, until = _days(bridge, request)
    part = _Part(job, _midnight(since), _midnight(until + DAY), request.after or SHOP)
    office = OfficeLook(job, part.since - DAY)
    try:
        _read(part, office)
    except RetryLater as error:
        part.stop(error)
    return {
        "id": connection.id,
        "since": since,
        "until": until,
        "shop": part.shop,
        "ledger": part.ledger,
        "missing": part.missing,
        "gone": office.gone,
        "doubles": office.doubles,
        "there": office.there,
        "unclear": office.unclear,
        "stock": stock_compared(bridge, connection),
        "stops": part.stops,
        "fix": part.fix,
        "next": part.place,
    }


def _days(bridge: Bridge, request: Reconcile) -> tuple[date, date]:
    until = request.until or bridge.clock().date()
    return request.since or until - WEEK + DAY, until


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _read(part: _Part, office: OfficeLook) -> None:
    step, _, position = part.place.partition(" ")
    if step == SHOP:
        _read_shop(part, position or None)
    elif step != OFFICE:
        raise BridgeError("There is no such place", where="reconcile", fix="Give `next` of the part before as it came.")
    if part.place.startswith(OFFICE):
        _read_ledger(part, office)


# --- the shop's orders --------------------------------------------------------------------------------------------


def _read_shop(part: _Part, position: str | None) -> None:
    source, reading = part.job.shop.order_source, reading_of(part.job)
    while True:
        page = source.changed(part.since, position)
        _judge(part, [order for order in page.orders if part.since <= order.placed_at < part.until], reading)
        for unreadable in page.unreadable:
            part.shop[unreadable.id] = UNREADABLE
        position = page.position
        part.place = f"{SHOP} {position}" if position else OFFICE
        if position is None or part.time_is_up:
            return


def _judge(part: _Part, orders: Sequence[Order], reading: ShopReading) -> None:
    job = part.job
    known = job.bridge.ledger.orders(job.connection.id, [order.id for order in orders])
    for order in orders:
        record = known.get(order.id)
        where = where_it_is(job, order, record, reading)
        if where == MISSED and order.id not in part.shop:
            part.missing.append(finding(order, record))
        part.shop[order.id] = where


def where_it_is(job: Job, order: Order, record: LedgerRecord | None, reading: ShopReading) -> str:
    """Return where an order of the shop is: ``missed`` where it would be taken, and nothing is on its way to do so."""
    if record is not None:
        is_out = record.state == "SKIPPED" and not record.is_set_aside
        return MISSED if is_out and skip_reason(job.connection, order, record.origin) is None else record.group
    if skip_reason(job.connection, order, reading.origin(job, order)):
        return LEFT_OUT
    if reading.handed_over(order):
        return ON_THE_WAY
    return MISSED if reading.has_passed(order) else NOT_READ


def finding(order: Order, record: LedgerRecord | None) -> dict[str, Any]:
    """Return an order that is missing, as an operator reads it."""
    text = "It is in the shop and would be taken, and nothing is known of it."
    if record is not None and record.reason is not None:
        text = f"It was left out on {record.updated_at:%Y-%m-%d} ({record.reason.code}), and would be taken as it is."
    return {
        "order": order.number,
        "id": order.id,
        "placed_at": order.placed_at,
        "total": order.totals.gross,
        "text": text,
    }


# --- the ledger's orders ------------------------------------------------------------------------------------------


def _read_ledger(part: _Part, office: OfficeLook) -> None:
    """Newest first. A place is a moment and an id, since several orders may have been seen in one moment."""
    job, (moment, name) = part.job, _place(part)
    listed = _in_order(job.bridge.ledger.listed(job.connection.id, part.since, moment))
    left = (each for each in listed if not name or (each.found_at, each.id) < (moment, name))
    while batch := list(islice(left, AT_ONCE)):
        if not _look(part, office, batch) or part.time_is_up:
            return
    part.place = END


def _in_order(listed: Iterable[IndexedOrder]) -> Iterator[IndexedOrder]:
    """Those of one moment by their ids: an index keeps them in any order."""
    for _, alike in groupby(listed, key=lambda each: each.found_at):
        yield from sorted(alike, key=lambda each: each.id, reverse=True)


def _place(part: _Part) -> tuple[datetime, str]:
    _, _, rest = part.place.partition(" ")
    moment, _, name = rest.partition(" ")
    try:
        return (datetime.fromisoformat(moment), name) if moment else (part.until, "")
    except ValueError as error:
        raise BridgeError("There is no such place", where="reconcile", fix="Give `next` as it came.") from error


def _look(part: _Part, office: OfficeLook, entries: Sequence[IndexedOrder]) -> bool:
    """Look for these in the back office; False where it has to be asked later, from the order on that it broke at."""
    job = part.job
    known = job.bridge.ledger.orders(job.connection.id, [OrderId(each.id) for each in entries])
    for entry in entries:
        record = known.get(OrderId(entry.id))
        if record is not None and record.state == "DONE" and record.external_id is not None:
            try:
                office.look(record)
            except RetryLater as error:
                part.stop(error)
                return False
        part.ledger[entry.id] = record.group if record else entry.group
        part.place = f"{OFFICE} {entry.found_at.isoformat()} {entry.id}"
    return True
