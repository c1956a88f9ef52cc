"""What is known of a connection beside its jobs: how far it was read, what waits for a limit, who calls and lets us in.

Everything comes from what is stored anyway. Each fact has its ``name``, a ``text`` for people, and its figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.orders import poll, progress
from shopbridge.model.connection import SIDES, Connection, Side
from shopbridge.model.ledger import IndexedOrder
from shopbridge.model.run import Health, Job
from shopbridge.ports import LimitStanding

RECENT = timedelta(days=14)
"""How long ago an order was first seen at the most to count as being on the way: queues keep no message longer."""
CURSORS: Mapping[Side, str] = {"shop": poll.NAME, "office": progress.NAME}
USED_BY: Mapping[Side, tuple[Job, ...]] = {
    "shop": ("poll", "orders", "stock", "stock_comparison", "products"),
    "office": ("progress", "stock", "stock_comparison", "products"),
}
"""Jobs that come through only where a side let us in."""
APART = timedelta(seconds=5)
"""What clocks may differ without a word: the platform's has whole seconds, and the answer takes a while."""
Fact = dict[str, Any]
HOUR, DAY = 60, 24


def backlog(bridge: Bridge, connection: Connection, standing: Sequence[LimitStanding]) -> Fact:
    """Return how many orders are on the way, and what they wait for as far as the limits tell.

    The estimate takes what an order of the connection usually needs of each limit; one call where none has told yet.
    """
    now = bridge.clock()
    count = bridge.ledger.counted(connection.id, "on_the_way", now - RECENT, now + timedelta(days=1))
    busy = [each for each in standing if each.free_at - now > APART or (count and not each.left)]
    if not busy:
        return {"on_the_way": count, "backlog": _on_the_way(count), "minutes": None}
    usual = bridge.turns.usual(connection.id) if count else {}
    needs = {each: usual.get((each.side, each.bucket), 0.0) if usual is not None else 1.0 for each in busy}
    wait, side = max((each.free_at - now + each.apart * count * calls, each.side) for each, calls in needs.items())
    title = _title(bridge, connection, side)
    whose = f"{title}'" if title[-1] in "sS" else f"{title}'s"
    waits = f"{_orders(count)} for {whose} limit, about {span(wait)}."
    idle = f"{title} can be called again in about {span(wait)}."
    return {"on_the_way": count, "backlog": waits if count else idle, "minutes": round(wait.total_seconds() / 60)}


def read_until(bridge: Bridge, connection: Connection) -> Iterator[Fact]:
    """Tell up to which moment each side was read: what changed there since is not known yet."""
    now = bridge.clock()
    for side, name in CURSORS.items():
        cursor = bridge.cursors.load(connection.id, name)
        if cursor is not None:
            title, lag = _title(bridge, connection, side), max(now - cursor.since, timedelta(0))
            going_on = ", and is being read on" if cursor.window_end else ""
            text = f"{title} is read up to {cursor.since:%Y-%m-%d %H:%M} UTC, {span(lag)} ago{going_on}."
            minutes = round(lag.total_seconds() / 60)
            yield {"name": "read", "side": side, "text": text, "until": cursor.since, "minutes": minutes}


def calls_of_platforms(bridge: Bridge, connection: Connection, health: Health) -> Iterator[Fact]:
    """Tell what the platforms call us for, and when they last did."""
    for side in SIDES:
        traits, last = bridge.platforms.traits(connection, side), health.called.get(side)
        asked = sorted(connection.subscriptions.get(side, ()))
        if side == "office" and not (asked or last):
            continue  # most back offices call nobody
        how = f"was asked to call for {', '.join(asked)}" if asked else "may call by the address that `create` told"
        when = f"It last did {ago(last, bridge.clock())}." if last else "No call of it is known: the poll finds orders."
        text = f"{traits.title} {how}{', signed' if traits.signs else ''}. {when}"
        yield {"name": "webhook", "side": side, "text": text, "events": asked, "last": last}


def credentials(bridge: Bridge, connection: Connection, health: Health, newest: IndexedOrder | None) -> Iterator[Fact]:
    """Tell when each side last let us in, and when one refused us."""
    for side in SIDES:
        title, accepted = _title(bridge, connection, side), _accepted(side, health, newest)
        if accepted is not None:
            text = f"{title} accepted the credentials {ago(accepted, bridge.clock())}."
        else:
            text = f"The credentials of {title} were not used yet."
        yield {"name": "credentials", "side": side, "text": text, "accepted": accepted}
    if health.stopped_at is not None:
        when = ago(health.stopped_at, bridge.clock())
        text = f"The connection was last refused {when}: {health.stopped_for}."
        yield {"name": "refused", "text": text, "at": health.stopped_at, "reason": health.stopped_for}


def _accepted(side: Side, health: Health, newest: IndexedOrder | None) -> datetime | None:
    jobs = [health.succeeded[job] for job in USED_BY[side] if job in health.succeeded]
    imported = [newest.found_at] if newest is not None and side == "office" else []
    return max([*jobs, *imported], default=None)


def clocks(bridge: Bridge, connection: Connection) -> Iterator[Fact]:
    """Tell how far a platform's clock is from ours, where it is asked for it: as it was at the last reading."""
    for side, name in CURSORS.items():
        traits, cursor = bridge.platforms.traits(connection, side), bridge.cursors.load(connection.id, name)
        if not traits.tells_time or cursor is None or cursor.opened_at is None:
            continue
        ahead = (cursor.window_end or cursor.since) - cursor.opened_at
        direction = "ahead of" if ahead > timedelta(0) else "behind"
        text = f"The clock of {traits.title} is {span(abs(ahead))} {direction} ours."
        if abs(ahead) <= APART:
            text = f"The clocks of {traits.title} and the bridge agree."
        yield {"name": "clock", "side": side, "text": text, "seconds": round(ahead.total_seconds())}


def limits(bridge: Bridge, connection: Connection, standing: Sequence[LimitStanding]) -> Iterator[Fact]:
    """Tell what is left of each limit that was drawn from within the last hours."""
    now = bridge.clock()
    for each in sorted(standing, key=lambda one: (one.side, one.bucket)):
        title = _title(bridge, connection, each.side)
        allowed = f"{each.calls} calls in {span(timedelta(seconds=each.seconds))}" if each.calls else "not noted yet"
        left = f"{each.left} can be made now" if each.left else f"the next one in {span(each.free_at - now)}"
        text = f"{title}, {each.bucket}: {allowed}; {left}."
        figures = {"calls": each.calls, "seconds": each.seconds, "left": each.left, "free_at": each.free_at}
        yield {"name": "limit", "side": each.side, "bucket": each.bucket, "text": text, **figures}


def _title(bridge: Bridge, connection: Connection, side: Side) -> str:
    return bridge.platforms.traits(connection, side).title


def _on_the_way(count: int) -> str:
    return f"{'1 order is' if count == 1 else f'{count} orders are'} on the way." if count else ""


def _orders(count: int) -> str:
    return "1 order waits" if count == 1 else f"{count} orders wait"


def span(time: timedelta) -> str:
    """Return a stretch of time in one unit, such as ``25 min``."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return f"{max(0, round(time.total_seconds()))} s"
    if minutes < 2 * HOUR:
        return f"{minutes} min"
    hours = round(minutes / HOUR)
    return f"{hours} h" if hours < 2 * DAY else f"{round(hours / DAY)} days"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment is."""
    return f"{span(now - moment)} ago"


def midnight(now: datetime) -> datetime:
    """Return the beginning of the day, in the zone of ``now``."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
