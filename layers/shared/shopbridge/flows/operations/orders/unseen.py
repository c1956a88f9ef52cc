"""Why an order that the shop has never came in: judged as it stands now, by everything that may be in its way.

First what leaves it out, for whoever settles that has settled all; then what it waits for; then what went by it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.operations.health.facts import span
from shopbridge.flows.operations.orders.preview import outcome_of
from shopbridge.flows.orders.filter import skip_reason
from shopbridge.flows.orders.poll import LEAST_OVERLAP, NAME
from shopbridge.model.connection import Side
from shopbridge.model.handed_over import HandedOver, Version
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.messages import Origin
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.model.run import OrderCursor
from shopbridge.ports import Sighting

WORTH_TELLING = timedelta(seconds=10)
LONGEST_WAIT = timedelta(days=2)
"""How long an order may wait for its turn behind a first import; what is not begun by then was lost."""
LEFT_OUT, NOT_READ, ON_THE_WAY, MISSED = "left_out", "not_read", "on_the_way", "missed"


class OrderAnswer(NamedTuple):
    """What is to be said of an order, and what to do about it; ``fix`` is empty where nothing needs doing."""

    answer: str
    fix: str


class Judgement(NamedTuple):
    """Where an order is that never came in, the code of why, and what is said of it."""

    group: str
    code: str
    verdict: OrderAnswer


@dataclass(frozen=True)
class ShopReading:
    """How far a shop's orders were read.

    Attributes:
        cursor: None before the first poll.
        lately: What was handed to the import within the time that an order may wait for its turn.
    """

    cursor: OrderCursor | None
    lately: HandedOver

    def origin(self, job: Job, order: Order) -> Origin:
        """Return how it would come in, or would have come."""
        is_first = self.cursor is None or self.cursor.first or order.placed_at < job.connection.began
        return "first_import" if is_first else "poll"

    def handed_over(self, order: Order) -> bool:
        """Tell whether a poll gave it to the import lately, whichever version of it."""
        return self.lately.last(Version.of(order.id, order.revision, "")) is not None

    def has_passed(self, order: Order) -> bool:
        """Tell whether the shop was read beyond the moment when it was placed, so that no poll brings it by itself."""
        if self.cursor is None or self.cursor.first:
            return False
        return order.placed_at < self.cursor.since - LEAST_OVERLAP


def reading_of(job: Job) -> ShopReading:
    """Return how far the connection's shop was read."""
    cursors, connection = job.bridge.cursors, job.connection.id
    since = job.bridge.clock() - LONGEST_WAIT
    return ShopReading(cursors.load(connection, NAME), HandedOver.read(cursors.handed_over(connection, since)))


def judged(job: Job, sighting: Sighting) -> Judgement:
    """Return why this order never came in, and what to do about it. Nothing is written."""
    order = sighting.order
    if sighting.left_out is not None:
        return _left_out(job, sighting.left_out)
    if isinstance(order, UnreadableOrder):
        text = f"The shop has it, but it cannot be read: {order.text}."
        return Judgement(NOT_READ, code=order.code, verdict=_beside(job, text, order.fix))
    reading = reading_of(job)
    if skipped := skip_reason(job.connection, order, reading.origin(job, order)):
        return _left_out(job, skipped)
    for look in _WAITS:
        if (found := look(job, order, reading)) is not None:
            return found
    return _missed(job, order, reading)


def _left_out(job: Job, reason: Reason) -> Judgement:
    verdict = _beside(job, f"It is left out. {reason.text}", reason.fix)
    return Judgement(LEFT_OUT, code=reason.code, verdict=verdict)


def _beside(job: Job, text: str, fix: str) -> OrderAnswer:
    """A connection that rests takes nothing, whatever else is settled."""
    if job.connection.status == "active":
        return OrderAnswer(text, fix)
    return OrderAnswer(
        f"{text} Besides, the connection is {job.connection.status}.", f"{fix} Then `resume` the connection."
    )


def _rests(job: Job, order: Order, _: ShopReading) -> Judgement | None:
    status, why = job.connection.status, job.connection.status_reason
    if status == "active":
        return None
    text = f"It would be taken, but the connection is {status}: {why.rstrip('.')}. {_becomes(job, order)}".rstrip()
    fix = "`resume` the connection: it then reads on from where it stopped."
    if status == "stopped":
        fix = "Settle what stopped it, then `resume` it; else it looks by itself every hour whether it can go on."
    return Judgement(NOT_READ, f"connection_{status}", OrderAnswer(text, fix))


def _is_queued(job: Job, order: Order, reading: ShopReading) -> Judgement | None:
    if not reading.handed_over(order):
        return None
    waits = " ".join(at_a_limit(job))
    text = f"It was read and waits for its turn. {waits} {_becomes(job, order)}"
    verdict = OrderAnswer(in_one_line(text), "Nothing: it goes on by itself; `health` tells what waits.")
    return Judgement(ON_THE_WAY, code="in_queue", verdict=verdict)


def _is_behind_a_run(job: Job, order: Order, _: ShopReading) -> Judgement | None:
    run = job.bridge.runs.load(job.connection.id, "orders")
    if run is None or run.state != "running" or (run.since is not None and order.placed_at < run.since):
        return None
    text = f"A run of orders is on its way to it: it has read {run.counts.found} so far. {_becomes(job, order)}"
    verdict = OrderAnswer(in_one_line(text), "Nothing: `runs show` tells how far it came.")
    return Judgement(NOT_READ, code="run_active", verdict=verdict)


def _is_unread(job: Job, order: Order, reading: ShopReading) -> Judgement | None:
    if reading.has_passed(order):
        return None
    text = " ".join((_read_up_to(reading), *_polls(job), *at_a_limit(job), _becomes(job, order)))
    return Judgement(NOT_READ, code="not_read_yet", verdict=OrderAnswer(in_one_line(text), "`poll` reads it now."))


def _read_up_to(reading: ShopReading) -> str:
    cursor = reading.cursor
    if cursor is None:
        return "It is not read yet: the shop's orders have not been read at all."
    if cursor.first:
        return "It is not read yet: the first import is under way."
    return f"It is not read yet: the shop's orders were read up to {cursor.since:%Y-%m-%d %H:%M} UTC."


def _polls(job: Job) -> Iterator[str]:
    health = job.bridge.health.of([job.connection.id]).get(job.connection.id)
    every = timedelta(minutes=job.settings.poll_minutes)
    last = health.succeeded.get("poll") if health else None
    yield _next_poll(last + every if last else None, every, job.bridge.clock())
    failure = health.failures.get("poll") if health else None
    if failure is not None:
        yield f"The last one failed: {failure.text} {failure.fix}"


def _next_poll(due: datetime | None, every: timedelta, now: datetime) -> str:
    if due is None or due < now:
        return f"The next poll is due within {every.total_seconds() / 60:.0f} min."
    return f"The next poll is due at about {due:%H:%M} UTC."


_WAITS: tuple[Callable[[Job, Order, ShopReading], Judgement | None], ...] = (
    _rests,
    _is_queued,
    _is_behind_a_run,
    _is_unread,
)
"""What an order that is taken may wait for, in this order."""


def _missed(job: Job, order: Order, reading: ShopReading) -> Judgement:
    read = f"{reading.cursor.since:%Y-%m-%d %H:%M}" if reading.cursor else ""
    text = (
        f"It was placed on {order.placed_at:%Y-%m-%d} and would be taken, but the shop was read beyond that (up to "
        f"{read} UTC) and nothing is known of it: it was not to be taken then, or it is forgotten since. "
        f"{_becomes(job, order)}"
    )
    day = f"{order.placed_at:%Y-%m-%d}"
    fix = f"`reconcile --since {day} --until {day}` finds it and hands it to the import once you agree."
    return Judgement(MISSED, code="missed", verdict=OrderAnswer(in_one_line(text), fix))


def _becomes(job: Job, order: Order) -> str:
    """What the import would make of it, where that is not a sale that goes through."""
    try:
        outcome = outcome_of(job, order, "backfill")
    except BridgeError as error:
        return f"What the back office makes of it cannot be said now: {error.what}. {later(error)}"
    if outcome.becomes != "held" or outcome.reason is None:
        return ""
    return f"It would then wait for you ({outcome.reason.code}): {outcome.reason.text} {outcome.reason.fix}"


# --- orders that the shop has and nobody else ---------------------------------------------------------------------


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


# --- what is in the way -------------------------------------------------------------------------------------------


def used_up(job: Job) -> Mapping[Side, datetime]:
    """Return from when a side can be called again whose limit is used up for longer than a call waits for it."""
    now, free = job.bridge.clock(), dict[Side, datetime]()
    for limit in job.bridge.limits.standing(job.connection.id):
        if limit.left == 0 and limit.free_at - now > WORTH_TELLING:
            free[limit.side] = max(limit.free_at, free.get(limit.side, now))
    return free


def at_a_limit(job: Job) -> Iterator[str]:
    """Yield a sentence for each side whose limit is used up."""
    now = job.bridge.clock()
    for side, until in sorted(used_up(job).items()):
        title = job.bridge.platforms.traits(job.connection, side).title
        yield f"The limit of {title} is used up: it can be called again in about {span(until - now)}."


def later(error: BridgeError) -> str:
    """Return what to do about a platform that could not be asked."""
    if error.fix or not isinstance(error, RetryLater):
        return error.fix or "Verify the connection: it tells what is wrong."
    return f"Ask again in about {max(1, round(error.after / 60))} min."


def in_one_line(text: str) -> str:
    """Return sentences that were put together with one blank between two words, whichever of them are empty."""
    return " ".join(text.split())
