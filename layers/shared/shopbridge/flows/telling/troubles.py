"""People are told of the first trouble of a kind, with the order, the exact problem and what to type, and of its end.

A kind is what the watch calls a trouble, or the reason for which orders wait. What is new of a connection at one look
goes into one message. A kind that was told is not told again while it lasts, nor within the hour after it was told.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.errors import RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.leases import leased
from shopbridge.flows.notices import announce, grouped, letter
from shopbridge.flows.operations.health.facts import ago
from shopbridge.flows.orders.records import WAITING
from shopbridge.flows.schedule import Watched
from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.run import Health, ToldOf
from shopbridge.ports import Notice

UNSAID = Reason(code="in_doubt", text="Nobody noted why it waits.", fix="Read its story, then resend or skip it.")
"""Of a record that waits without a reason, which none is known to."""
QUIET = timedelta(hours=1)
"""So long a kind that was told is not told again, whatever becomes of it."""
TELLING = timedelta(minutes=4)
"""How long the watch may take to tell: as long as its function may run."""
LEASE = "notices"
HELD = "held "
"""What the kinds of waiting orders begin with; the reason's code follows."""
COMMANDS: Mapping[str, str] = {
    "stopped": "shopbridge verify -c {connection}",
    "refused poll": "shopbridge verify -c {connection}",
}
"""What to type for a trouble of the connection, where it is not its health."""


@dataclass(frozen=True)
class Kind:
    """A kind of trouble as it is at this look.

    Attributes:
        orders: Those that wait for it, the oldest first: what people call them, or their ids.
    """

    name: str
    reason: Reason
    orders: tuple[str, ...] = ()


def tell_people(bridge: Bridge, seen: Sequence[Watched]) -> None:
    """Tell what is new of each connection, and what is over."""
    for each in seen:
        if _may_have_news(each, bridge.clock()):
            _look_closer(bridge, each)


def _mark(seen: Watched) -> str:
    """Another one whenever an order begins or ends to wait."""
    newest = seen.waiting.newest
    return f"{seen.waiting.total} {newest.isoformat()}" if newest else ""


def _may_have_news(seen: Watched, now: datetime) -> bool:
    """Whether anything moved since the last look, or may be told by now; costs no call."""
    health = seen.health
    kinds = {*(trouble.name for trouble in seen.troubles), *health.held_kinds}
    lasting = {name for name, told in health.told_of.items() if told.lasts}
    due = [name for name in kinds - lasting if _may_be_told(name, health, now)]
    return _mark(seen) != health.held_mark or bool(due or lasting - kinds)


def _may_be_told(name: str, health: Health, now: datetime) -> bool:
    told = health.told_of.get(name)
    return told is None or (not told.lasts and now - told.at >= QUIET)


def _look_closer(bridge: Bridge, seen: Watched) -> None:
    connection = bridge.connections.get(seen.connection)
    if connection is None or not connection.settings.notices.troubles:
        return
    try:
        # Two ticks may run at once: whoever comes second leaves it to the first.
        with leased(bridge, seen.connection, LEASE, TELLING):
            health = bridge.health.of([seen.connection]).get(seen.connection, Health())
            held = _held(bridge, seen.connection) if seen.waiting.total else {}
            kinds = [*(Kind(trouble.name, trouble.reason) for trouble in seen.troubles), *held.values()]
            _tell(bridge, connection, health, kinds)
            bridge.health.held_seen(seen.connection, _mark(seen), [*held])
    except RetryLater:
        return


def _tell(bridge: Bridge, connection: Connection, health: Health, kinds: Sequence[Kind]) -> None:
    now, names = bridge.clock(), {kind.name for kind in kinds}
    fresh = [kind for kind in kinds if _may_be_told(kind.name, health, now)]
    over = {name: told for name, told in health.told_of.items() if told.lasts and name not in names}
    if not fresh and not over:
        return
    if announce(bridge, _notice(connection, fresh, over, health, now)):
        ended = {name: ToldOf(at=told.at, lasts=False) for name, told in over.items()}
        begun = {kind.name: ToldOf(at=now) for kind in fresh}
        bridge.health.told_people(connection.id, {**health.told_of, **ended, **begun})


def _held(bridge: Bridge, connection: ConnectionId) -> Mapping[str, Kind]:
    """What waits for a person, by kind; not what only waits for the connection, which is told of itself."""
    kinds: dict[str, Kind] = {}
    for record in bridge.ledger.held(connection):
        reason = record.reason or UNSAID
        if reason.code not in WAITING:
            before = kinds.get(HELD + reason.code, Kind(HELD + reason.code, reason))
            kinds[before.name] = Kind(before.name, before.reason, (*before.orders, name_of(record)))
    return kinds


def name_of(record: LedgerRecord) -> str:
    """Return what a command takes for an order: its number, or its id where it has none."""
    return record.reference or record.key.id


def _notice(
    connection: Connection, fresh: Sequence[Kind], over: Mapping[str, ToldOf], health: Health, now: datetime
) -> Notice:
    subject = f"Shopbridge {connection.id}: {_subject(fresh, [*over])}"
    return Notice(connection.id, _once(fresh, over, health), subject, letter(_lines(connection, fresh, over, now)))


def _once(fresh: Sequence[Kind], over: Mapping[str, ToldOf], health: Health) -> str:
    """The same again after a crash before it was noted, so that it is sent once; another one when it begins anew."""
    begun = [f"{kind.name} after {told.at if (told := health.told_of.get(kind.name)) else ''}" for kind in fresh]
    ended = [f"{name} since {told.at}" for name, told in over.items()]
    return f"troubles {hashlib.sha256('; '.join(sorted([*begun, *ended])).encode()).hexdigest()[:32]}"


def _subject(fresh: Sequence[Kind], over: Sequence[str]) -> str:
    if not fresh:
        return f"over: {', '.join(_words(name) for name in over)}"
    first = fresh[0]
    more = f", and {len(fresh) - 1} more" if len(fresh) > 1 else ""
    waits = f"{len(first.orders)} {'order waits' if len(first.orders) == 1 else 'orders wait'} ("
    return f"{waits}{_words(first.name)}){more}" if first.orders else f"{_words(first.name)}{more}"


def _words(name: str) -> str:
    return name.removeprefix(HELD)


def _lines(connection: Connection, fresh: Sequence[Kind], over: Mapping[str, ToldOf], now: datetime) -> Iterator[str]:
    settings = connection.settings
    yield f"{connection.id} carries orders from {settings.shop.platform} to {settings.office.platform}."
    for kind in fresh:
        yield from _of_orders(connection, kind) if kind.orders else _of_connection(connection, kind)
    if over:
        yield from ("", "Over:")
        yield from (f"  {_words(name)}, told {ago(told.at, now)}" for name, told in over.items())
    yield from ("", "How it does otherwise:", f"  shopbridge health -c {connection.id}")


def _of_orders(connection: Connection, kind: Kind) -> Iterator[str]:
    yield from grouped((kind.reason, order) for order in kind.orders)
    yield "  See the order, and send all of them again once that is done:"
    yield f"    shopbridge order {kind.orders[0]} -c {connection.id}"
    yield f"    shopbridge resend --code {kind.reason.code} -c {connection.id}"


def _of_connection(connection: Connection, kind: Kind) -> Iterator[str]:
    yield from ("", f"{kind.name}:", f"  {mask_patterns(kind.reason.text)}")
    if kind.reason.fix:
        yield f"  What to do: {kind.reason.fix}"
    if kind.name in COMMANDS:
        yield f"    {COMMANDS[kind.name].format(connection=connection.id)}"
