"""Every connection of an interval is due exactly once in it, and equal intervals spread over the ticks."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shopbridge.flows.schedule import is_due
from shopbridge.model.base import ConnectionId

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]", fullmatch=True).map(ConnectionId)
INTERVALS = st.integers(1, 288).map(lambda steps: steps * 5)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone


def lane(minutes: int) -> int:
    """The schedule that an interval is left to."""
    return 5 if minutes % 10 else 10


def ticks(start: datetime, every: int, minutes: int) -> list[datetime]:
    return [start + timedelta(minutes=passed) for passed in range(0, minutes, every)]


@given(NAMES, INTERVALS, MOMENTS)
def test_a_connection_is_due_exactly_once_in_each_interval_from_any_moment_on(
    name: ConnectionId, minutes: int, start: datetime
) -> None:
    every = lane(minutes)
    due = [is_due(name, minutes, every, tick) for tick in ticks(start, every, 2 * minutes)]
    assert [sum(due[: len(due) // 2]), sum(due[len(due) // 2 :])] == [1, 1]


@given(NAMES, INTERVALS.filter(lambda minutes: minutes % 10 == 0), MOMENTS)
def test_the_faster_lane_serves_slower_intervals_as_well(name: ConnectionId, minutes: int, start: datetime) -> None:
    assert sum(is_due(name, minutes, 5, tick) for tick in ticks(start, 5, minutes)) == 1


@given(NAMES, INTERVALS, MOMENTS)
def test_two_times_due_are_one_interval_apart(name: ConnectionId, minutes: int, start: datetime) -> None:
    every = lane(minutes)
    due = [tick for tick in ticks(start, every, 3 * minutes) if is_due(name, minutes, every, tick)]
    assert {later - earlier for earlier, later in pairwise(due)} == {timedelta(minutes=minutes)}


@given(NAMES, MOMENTS, st.integers(0, 299))
def test_a_tick_that_comes_late_within_its_slot_decides_the_same(
    name: ConnectionId, start: datetime, late: int
) -> None:
    slot = start.replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
    assert is_due(name, 60, 5, slot) == is_due(name, 60, 5, slot + timedelta(seconds=late))


def test_connections_of_one_interval_spread_over_its_ticks() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    names = [ConnectionId(f"shop-{number}") for number in range(600)]
    counts = Counter(tick for tick in ticks(start, 10, 60) for name in names if is_due(name, 60, 10, tick))
    assert sum(counts.values()) == 600
    assert all(60 < count < 140 for count in counts.values()), counts
