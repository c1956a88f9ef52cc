"""The buckets of a side's limits as they are stored: one record for all of them, so that one write draws from several.

An order that calls two routes of a back office, each with a limit, has the tokens of both by one write or of neither.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Side
from shopbridge.ports import Clock, LimitStanding
from shopbridge.store.items import Item, key, number, text
from shopbridge.store.limits.pace import MICROSECOND, SECOND, Pace, microseconds_of, moment_of, stated_pace
from shopbridge.store.table import Table

LIMITS = "LIMITS#"
BOOKED, PAUSED, STATED = "booked ", "paused ", "stated "
NOT_PAUSED = "(attribute_not_exists({paused}) OR {paused} <= :now)"
AT_REST = f"(attribute_not_exists({{booked}}) OR {{booked}} <= :now) AND {NOT_PAUSED}"
RUNNING = f"{{booked}} > :now AND {{booked}} <= {{latest}} AND {NOT_PAUSED}"
LONGER = "attribute_not_exists(#paused) OR #paused < :until"
SHOWN = 2 * 3600 * SECOND
"""How long a limit is told of that nobody draws from any more."""


@dataclass(frozen=True)
class Bucket:
    """A bucket as last seen; the truth may only be later.

    Attributes:
        stated: Its limit, calls and seconds; empty for one that was never drawn from.
    """

    booked: int = 0
    paused_until: int = 0
    stated: str = ""


AT_ITS_BEGINNING = Bucket()
"""One that nobody drew from yet, or that is forgotten."""


@dataclass(frozen=True)
class Draw:
    """Tokens that are wanted of a bucket.

    Attributes:
        ahead: Microseconds by which the last of them may become usable later than now.
    """

    bucket: str
    pace: Pace
    tokens: int
    ahead: int

    @property
    def cost(self) -> int:
        """What they move the bucket by."""
        return self.tokens * self.pace.spacing

    def latest(self, now: int) -> int:
        """Return where the bucket may stand at most, for them to be had."""
        return now + self.ahead + self.pace.burst * self.pace.spacing - self.cost


def limits_key(connection: ConnectionId, side: Side) -> Item:
    """Return the primary key of a side's buckets."""
    return key(connection, f"{LIMITS}{side}")


def buckets_of(item: Item) -> Mapping[str, Bucket]:
    """Return the buckets of a record, by name."""
    names = {name.partition(" ")[2] for name in item if name.startswith((BOOKED, PAUSED))}
    return {name: _bucket(item, name) for name in names}


def draw(table: Table, place: Item, draws: Sequence[Draw], seen: Mapping[str, Bucket], now: int, keep: Item) -> Item:
    """Take all tokens by one write, or none; returns the record as it then stands.

    Args:
        seen: What decides how each bucket is written; if it has moved since, nothing is.

    Raises:
        ConditionFailed: A bucket stands too late by now, or is paused.
    """
    sets, adds, only_if = ["#forget_at = :forget_at"], [], []
    names: dict[str, str] = {}
    values = {"now": number(now), "forget_at": keep}
    for place_of, each in enumerate(draws):
        booked, paused, stated, latest = (f"{mark}{place_of}" for mark in ("#booked", "#paused", "#stated", ":latest"))
        names |= {booked: BOOKED + each.bucket, paused: PAUSED + each.bucket, stated: STATED + each.bucket}
        values |= {f"stated{place_of}": text(each.pace.stated)}
        sets.append(f"{stated} = :stated{place_of}")
        if seen.get(each.bucket, AT_ITS_BEGINNING).booked <= now:
            sets.append(f"{booked} = :booked{place_of}")
            values |= {f"booked{place_of}": number(now + each.cost)}
            only_if.append(AT_REST.format(booked=booked, paused=paused))
        else:
            adds.append(f"{booked} :cost{place_of}")
            values |= {f"cost{place_of}": number(each.cost), f"latest{place_of}": number(each.latest(now))}
            only_if.append(RUNNING.format(booked=booked, paused=paused, latest=latest))
    change = f"SET {', '.join(sets)}{' ADD ' if adds else ''}{', '.join(adds)}"
    return table.update(place, change, " AND ".join(only_if), names, **values)


def pause(table: Table, place: Item, bucket: str, until: int, keep: Item) -> Item:
    """Hold all draws back until then. Raises ConditionFailed where a longer pause runs already."""
    change = "SET #paused = :until, #forget_at = :forget_at"
    return table.update(place, change, LONGER, {"#paused": PAUSED + bucket}, until=number(until), forget_at=keep)


@dataclass(frozen=True)
class DynamoLimits:
    """The buckets of a connection, as others see them."""

    table: Table
    clock: Clock

    def standing(self, connection: ConnectionId) -> Sequence[LimitStanding]:
        """Return the limits that calls drew from within the last hours, by side and bucket."""
        sides = {limits_key(connection, side)["record"]["S"]: side for side in SIDES}
        items = self.table.get_many([limits_key(connection, side) for side in SIDES])
        found = {sides[item["record"]["S"]]: buckets_of(item) for item in items}
        return [each for side in SIDES for each in self._standing(side, found.get(side, {}))]

    def _standing(self, side: Side, buckets: Mapping[str, Bucket]) -> Iterator[LimitStanding]:
        now = microseconds_of(self.clock())
        for name, bucket in sorted(buckets.items()):
            if max(bucket.booked, bucket.paused_until) > now - SHOWN:
                yield _told(side, name, bucket, now)


def _told(side: Side, name: str, bucket: Bucket, now: int) -> LimitStanding:
    paused = bucket.paused_until > now
    if not bucket.stated:  # paused before anybody drew from it
        free_at = moment_of(max(now, bucket.paused_until))
        return LimitStanding(side, name, calls=0, seconds=60, left=0, free_at=free_at, apart=timedelta(0))
    pace = stated_pace(bucket.stated)
    calls, _, seconds = bucket.stated.partition("/")
    free_at = moment_of(max(pace.usable_from(bucket.booked + pace.spacing, now), bucket.paused_until))
    left = 0 if paused else pace.affordable(bucket.booked, now)
    return LimitStanding(side, name, int(calls), int(seconds), left, free_at, apart=pace.spacing * MICROSECOND)


def _bucket(item: Item, name: str) -> Bucket:
    return Bucket(_number(item, BOOKED, name), _number(item, PAUSED, name), _stated(item, name))


def _number(item: Item, kind: str, bucket: str) -> int:
    return int(item[kind + bucket]["N"]) if kind + bucket in item else 0


def _stated(item: Item, bucket: str) -> str:
    return item[STATED + bucket]["S"] if STATED + bucket in item else ""
