"""Both sides held against each other: what the shop has, what the ledger knows of it, and what the back office has.

Two readings, in parts as long as the time of a call reaches. First the shop's orders of the days, page by page, each
judged as the import would judge it. Then the ledger's orders that were first seen in these days, each looked for in the
back office. Nothing is remembered between two parts: a place names where the next one goes on, and a part repeats, and
loses, nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Any

from shopbridge.errors import BridgeError, Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge, Job, load, open_job
from shopbridge.flows.operations.orders.unseen import (
    MISSED,
    ShopReading,
    at_a_limit,
    finding,
    in_one_line,
    later,
    reading_of,
    used_up,
    where_it_is,
)
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.starts import stock_compared
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.desk_operations import Reconcile
from shopbridge.model.ledger import IndexedOrder, LedgerRecord
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
ENDS_WITH = 40.0
"""Seconds left at which a part ends: more than a page of a shop takes."""
AT_ONCE = 25
"""Orders of the ledger that are looked for in the back office between two looks at the time."""
IN_A_ROW = 3
"""So often in a row a back office may fail over an order; then it is away, and all wait."""
SHOP, OFFICE, END = "shop", "office", ""
UNREADABLE = "unreadable"
ASK_ON = "Ask on from there with `--after`."


@dataclass
class _ReconciledPart:
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


class _OfficeLook:
    """Looks for imported orders, one after the other.

    Attributes:
        gone: Orders that are not there any more.
        doubles: What is there beside an order of ours under its reference.
        there: How many are.
        unclear: How many nobody can say of.
        unanswered: How many it gave no answer for; others beside them it did.
    """

    def __init__(self, job: Job, since: datetime) -> None:
        self.gone: list[dict[str, Any]] = []
        self.doubles: list[dict[str, Any]] = []
        self.there = 0
        self.unclear = 0
        self.unanswered = 0
        self._job = job
        self._since = since
        self._failed = 0

    def look(self, record: LedgerRecord) -> None:
        """Look for an imported order.

        Raises:
            RetryLater: The back office is away, or its limit is used up.
        """
        try:
            is_there = self._is_there(record)
        except RetryLater:
            self._failed += 1
            if self._failed >= IN_A_ROW or used_up(self._job):
                raise
            self.unanswered += 1
            return
        self._failed = 0
        if is_there is None:
            self.unclear += 1
        elif is_there:
            self.there += 1

    def _is_there(self, record: LedgerRecord) -> bool | None:
        """None where nobody can say; what is not there is told."""
        found = self._search(record)
        beside = self._beside(record, found)
        is_ours = any(each.id == record.external_id for each in found)
        if beside and (is_ours or len(found) > 1):
            self.doubles.append(_double(record, beside))
        if is_ours:
            return True
        return self._read(record, beside)

    def _search(self, record: LedgerRecord) -> Sequence[OrderReceipt]:
        """What is there under its reference; nothing where the back office cannot be searched."""
        target = self._job.office.order_target
        reference = record.sent_as or target.reference_of(record.reference)
        try:
            return list(target.find(reference, self._since, afresh=False))
        except OutcomeUnknown:
            return ()

    def _beside(self, record: LedgerRecord, found: Sequence[OrderReceipt]) -> Sequence[OrderReceipt]:
        """What no record of ours made: two orders of the shop may have one number, and so one reference."""
        if [each.id for each in found] in ([], [record.external_id]):
            return ()
        alike = self._job.bridge.ledger.find(self._job.connection.id, record.reference)
        own = Counter(each.external_id for each in alike if each.sent_as in ("", record.sent_as))
        own[record.external_id] = max(own[record.external_id], 1)
        return [*_without(found, own)]

    def _read(self, record: LedgerRecord, beside: Sequence[OrderReceipt]) -> bool | None:
        office_id = record.external_id or ExternalId("")
        progress, target = self._job.office.order_progress, self._job.office.order_target
        if progress is not None:
            if any(each.id == office_id for each in progress.read([office_id])):
                return True
            self.gone.append(_gone(record, "The back office does not have it any more.", beside))
            return False
        try:
            receipt = target.read(office_id)
        except (Held, Rejected) as error:
            self.gone.append(_gone(record, f"The back office does not give it out: {error.what}.", beside))
            return False
        is_told = bool(receipt.number) or receipt.total is not None  # else nobody was asked
        return True if is_told else None


def reconcile(bridge: Bridge, request: Reconcile) -> dict[str, Any]:
    """Hold the orders of some days against the ledger and the back office, as far as the time reaches.

    Returns:
        ``since`` and ``until``: the days. ``shop``: by id where each order of the shop is, a group of the list of
        orders or ``left_out``, ``not_read``, ``missed``, ``unreadable``. ``ledger``: likewise the ledger's orders.
        ``missing``: orders of the shop that would be taken and are not there; ``gone``: imported ones that the back
        office does not have any more; ``doubles``: what it has beside one under the same reference; ``unclear``: how
        many it cannot be asked for, ``unanswered``: how many it gave no answer for, ``there``: how many it has.
        ``stock``: when it was compared last, with what outcome. ``stops`` and ``fix``: why the part ended early.
        ``next``: where to go on, empty at the end.

    Raises:
        BridgeError: There is no such connection, or ``after`` is no place.
        NeedsAttention, Rejected: A side refuses us.
    """
    connection = with_key(bridge, load(bridge, request.connection))
    if not request.after:  # a list of the back office's orders is kept for an hour, and people look again sooner
        bridge.platforms.start_afresh(connection, "office")
    job = replace(open_job(bridge, connection), planning=True)
    since, until = _days(bridge, request)
    part = _ReconciledPart(job, _midnight(since), _midnight(until + DAY), request.after or SHOP)
    office = _OfficeLook(job, part.since - DAY)
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
        "unanswered": office.unanswered,
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


def _read(part: _ReconciledPart, office: _OfficeLook) -> None:
    step, _, position = part.place.partition(" ")
    if step == SHOP:
        _read_shop(part, position or None)
    elif step != OFFICE:
        raise BridgeError("There is no such place", where="reconcile", fix="Give `next` of the part before as it came.")
    if part.place.startswith(OFFICE):
        _read_ledger(part, office)


# --- the shop's orders --------------------------------------------------------------------------------------------


def _read_shop(part: _ReconciledPart, position: str | None) -> None:
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


def _judge(part: _ReconciledPart, orders: Sequence[Order], reading: ShopReading) -> None:
    job = part.job
    known = job.bridge.ledger.orders(job.connection.id, [order.id for order in orders])
    for order in orders:
        record = known.get(order.id)
        where = where_it_is(job, order, record, reading)
        if where == MISSED and order.id not in part.shop:
            part.missing.append(finding(order, record))
        part.shop[order.id] = where


# --- the ledger's orders ------------------------------------------------------------------------------------------


def _read_ledger(part: _ReconciledPart, office: _OfficeLook) -> None:
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


def _place(part: _ReconciledPart) -> tuple[datetime, str]:
    _, _, rest = part.place.partition(" ")
    moment, _, name = rest.partition(" ")
    try:
        return (datetime.fromisoformat(moment), name) if moment else (part.until, "")
    except ValueError as error:
        raise BridgeError("There is no such place", where="reconcile", fix="Give `next` as it came.") from error


def _look(part: _ReconciledPart, office: _OfficeLook, entries: Sequence[IndexedOrder]) -> bool:
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


# --- what the back office has -------------------------------------------------------------------------------------


def _without(found: Iterable[OrderReceipt], own: Counter[ExternalId | None]) -> Iterable[OrderReceipt]:
    """Each of ours once: a back office may call two orders by one id, as SalesAutopilot does."""
    left = own.copy()
    for each in found:
        if left[each.id] > 0:
            left[each.id] -= 1
        else:
            yield each


def _named(receipts: Iterable[OrderReceipt]) -> list[str]:
    return [each.number or each.id for each in receipts]


def _about(record: LedgerRecord) -> dict[str, Any]:
    return {"order": record.reference, "id": record.key.id, "office": record.office_order, "total": record.total}


def _double(record: LedgerRecord, beside: Sequence[OrderReceipt]) -> dict[str, Any]:
    others, reference = _named(beside), record.sent_as or record.reference
    return {
        **_about(record),
        "others": others,
        "text": f"Under its reference {reference} the back office has {', '.join(others)}, too.",
        "fix": f"Compare them there: the bridge made {record.office_order}. Cancel by hand what is there twice.",
    }


def _gone(record: LedgerRecord, text: str, beside: Sequence[OrderReceipt]) -> dict[str, Any]:
    instead = ""
    if beside:
        instead = f" Under its reference there is {', '.join(_named(beside))}, which the bridge did not make."
    return {
        **_about(record),
        "others": _named(beside),
        "text": f"{text}{instead}",
        "fix": "If it was deleted there on purpose, nothing. Else enter it there by hand: it is not made twice.",
    }
