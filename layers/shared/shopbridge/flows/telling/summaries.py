"""What became of a connection's orders in a day, told to people once at an hour of their choice.

The watch looks twice an hour whether one is due: only then are the connection's settings read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.notices import announce, grouped, letter
from shopbridge.flows.schedule import Watched
from shopbridge.flows.telling.troubles import UNSAID, name_of
from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import OrderGroup, Reason
from shopbridge.model.run import RunKind
from shopbridge.model.settings import NoticeSettings
from shopbridge.ports import Notice

LOOKS_APART = 1800
"""Seconds: there are zones of a half hour."""
DAY = timedelta(days=1)
SHOWN: Mapping[OrderGroup, str] = {
    "imported": "imported",
    "on_the_way": "on the way",
    "refused": "refused",
    "skipped": "left out",
}
"""What is counted of the orders of the day, in the words of the message; what waits is counted of all days."""
OF_GOODS: tuple[RunKind, ...] = ("products", "stock_comparison")
"""Runs whose problems are told with the day: those of the schedule tell nobody."""


def sum_up(bridge: Bridge, seen: Sequence[Watched]) -> None:
    """Tell what is due; a connection that an operator paused has no days."""
    for each in seen:
        if each.status != "paused" and _is_looked_at(each, bridge.clock()):
            _look(bridge, each)


def _is_looked_at(seen: Watched, now: datetime) -> bool:
    last = seen.health.summary_looked_at
    return last is None or now.timestamp() // LOOKS_APART != last.timestamp() // LOOKS_APART


def _look(bridge: Bridge, seen: Watched) -> None:
    connection, since, now = bridge.connections.get(seen.connection), seen.health.summed_until, bridge.clock()
    if connection is None:
        return
    due = due_at(connection.settings.notices, now)
    told = since is not None and since < due and connection.settings.notices.summary != "never"
    if told and since is not None and not _told(bridge, connection, seen, since, due):
        return  # tried again at the next look
    bridge.health.summed(seen.connection, now if since is None else max(since, due))


def due_at(settings: NoticeSettings, now: datetime) -> datetime:
    """Return when the last summary was due, in the zone of the settings."""
    here = now.astimezone(_zone(settings.time_zone))
    due = here.replace(hour=settings.summary_hour, minute=0, second=0, microsecond=0)
    return due if due <= here else due - DAY


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    return UTC if name == "UTC" else ZoneInfo(name)


def _told(bridge: Bridge, connection: Connection, seen: Watched, since: datetime, due: datetime) -> bool:
    counted = bridge.ledger.counted
    counts = {group: counted(connection.id, group, since, due) for group in SHOWN}
    held = _held(bridge, seen)
    goods = [*_of_goods(bridge, connection, since)]
    if not (any(counts.values()) or held or goods or seen.troubles) and connection.settings.notices.summary != "always":
        return True
    figures = [*_figures(counts, len(held))]
    first = f"{connection.id}, {since.astimezone(due.tzinfo):%Y-%m-%d %H:%M} to {due:%Y-%m-%d %H:%M} ({due.tzname()}):"
    lines = (first, f"{', '.join(figures)}.", *_body(connection, seen, held, goods), *_ends(connection, since))
    subject = f"Shopbridge {connection.id}: {', '.join(figures[:3])}"
    return announce(bridge, Notice(connection.id, f"summary {due.astimezone(UTC).isoformat()}", subject, letter(lines)))


def _figures(counts: Mapping[OrderGroup, int], held: int) -> Iterator[str]:
    """What was imported and what waits is always told; the rest where there is any."""
    yield from (f"{counts['imported']} imported", f"{held} held")
    yield from (f"{count} {SHOWN[group]}" for group, count in counts.items() if count and group != "imported")


def _held(bridge: Bridge, seen: Watched) -> Sequence[tuple[Reason, str]]:
    records = bridge.ledger.held(seen.connection) if seen.waiting.total else ()
    return [(record.reason or UNSAID, name_of(record)) for record in records]


def _of_goods(bridge: Bridge, connection: Connection, since: datetime) -> Iterator[tuple[Reason, str]]:
    for kind in OF_GOODS:
        run = bridge.runs.load(connection.id, kind)
        if run is not None and run.updated_at >= since:
            yield from ((problem.reason, problem.item) for problem in run.problems)


def _body(
    connection: Connection, seen: Watched, held: Sequence[tuple[Reason, str]], goods: Sequence[tuple[Reason, str]]
) -> Iterator[str]:
    for trouble in seen.troubles:
        yield from ("", f"{trouble.name}:", f"  {mask_patterns(trouble.reason.text)}")
        if trouble.reason.fix:
            yield f"  What to do: {trouble.reason.fix}"
    if held:
        yield from ("", "Orders that wait for you:", *grouped(held))
        yield from ("", f"  shopbridge held -c {connection.id}")
    if goods:
        yield from ("", "Products that wait for you:", *grouped(goods))
        yield from ("", f"  shopbridge runs show -c {connection.id}")


def _ends(connection: Connection, since: datetime) -> Iterator[str]:
    day = f"{since.astimezone(UTC):%Y-%m-%d}"
    yield from ("", "All orders of the day:", f"  shopbridge orders --since {day} -c {connection.id}")
