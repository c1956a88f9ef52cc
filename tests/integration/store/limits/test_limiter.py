"""The shared limit: never too many calls in any minute, whoever makes them, and few writes for it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import cycle

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shopbridge.errors import LimitReached, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.store.bundle import Store
from shopbridge.store.limits.limiter import AHEAD, LIST_AHEAD, SharedLimiter, Tokens
from shopbridge.store.limits.pace import LAPSE, SECOND, SPARED, Rhythm, pace_of
from tests.integration.conftest import Calls, ManualClock

BUCKET = "orders:POST"
MINUTE_LONG = timedelta(seconds=60)


def most_within(moments: Sequence[datetime], window: timedelta = MINUTE_LONG) -> int:
    """The largest number of calls in any half-open window."""
    ordered = sorted(moments)
    return max((sum(first <= other < first + window for other in ordered) for first in ordered), default=0)


def calls_for(limiters: Sequence[SharedLimiter], clock: ManualClock, per_minute: int, seconds: int) -> list[datetime]:
    """Containers in turn call whenever they may, looking again every 50 ms."""
    made: list[datetime] = []
    end = clock() + timedelta(seconds=seconds)
    for limiter in cycle(limiters):
        if clock() >= end:
            return made
        try:
            limiter.take(BUCKET, per_minute)
            made.append(clock())
            clock.advance(0.05)
        except RetryLater as error:
            clock.advance(min(error.after, 1))
    return made


def test_a_call_may_be_made_at_once_and_costs_one_write(
    store: Store, connection_id: ConnectionId, calls: Calls, clock: ManualClock
) -> None:
    store.limiter(connection_id, "office").take(BUCKET, 100)
    assert clock.slept == []
    assert calls.taken() == {"UpdateItem": 1}


def test_a_busy_container_reserves_in_growing_blocks(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    for _ in range(7):
        store.limiter(connection_id, "office").take(BUCKET, 1000)
    assert calls.taken() == {"UpdateItem": 3}


def test_reserved_calls_lapse_and_the_next_block_is_smaller(
    store: Store, connection_id: ConnectionId, calls: Calls, clock: ManualClock
) -> None:
    limiter = store.limiter(connection_id, "office")
    for _ in range(4):
        limiter.take(BUCKET, 1000)
    assert (limiter.held[BUCKET].size, limiter.held[BUCKET].left) == (4, 3)
    clock.advance(2)
    calls.taken()
    limiter.take(BUCKET, 1000)
    assert calls.taken() == {"UpdateItem": 1}
    assert (limiter.held[BUCKET].size, limiter.held[BUCKET].left) == (1, 0)


@pytest.mark.parametrize("containers", [1, 4])
def test_greedy_containers_get_nearly_the_limit_and_never_more(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, containers: int
) -> None:
    limiters = [new_store().limiter(connection_id, "office") for _ in range(containers)]
    made = calls_for(limiters, clock, per_minute=100, seconds=180)
    assert most_within(made) <= 100
    assert len(made) >= 3 * 95


def test_a_short_wait_is_slept_and_a_long_one_is_for_the_queue(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    limiter = store.limiter(connection_id, "office")
    for _ in range(3):
        limiter.take(BUCKET, 60)
    assert clock.slept == [pytest.approx(61 / 59, abs=1e-5)]
    store.limiter(connection_id, "shop").take(BUCKET, 1)
    with pytest.raises(RetryLater, match="limit is used up") as caught:
        store.limiter(connection_id, "shop").take(BUCKET, 1)
    assert caught.value.after == pytest.approx(61)
    assert len(clock.slept) == 1


def test_a_used_up_limit_is_remembered_without_asking_again(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    limiter = store.limiter(connection_id, "office")
    limiter.take(BUCKET, 1)
    calls.taken()
    for _ in range(3):
        with pytest.raises(RetryLater):
            limiter.take(BUCKET, 1)
    assert calls.taken() == {}


def test_a_pause_stops_every_container_and_its_reserved_calls(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    first, second = (new_store().limiter(connection_id, "office") for _ in range(2))
    for _ in range(4):
        first.take(BUCKET, 1000)
    first.pause(BUCKET, 60)
    for limiter in (first, second):
        with pytest.raises(RetryLater) as caught:
            limiter.take(BUCKET, 100)
        assert caught.value.after == pytest.approx(60)
    clock.advance(59.9)
    with pytest.raises(RetryLater):
        second.take(BUCKET, 100)
    clock.advance(0.1)
    for limiter in (first, second):
        limiter.take(BUCKET, 100)
    assert clock.slept == []


def test_a_shorter_pause_does_not_end_a_longer_one(new_store: Callable[[], Store], connection_id: ConnectionId) -> None:
    first, second, third = (new_store().limiter(connection_id, "office") for _ in range(3))
    first.pause(BUCKET, 60)
    second.pause(BUCKET, 5)
    for limiter in (first, second, third):
        with pytest.raises(RetryLater) as caught:
            limiter.take(BUCKET, 100)
        assert caught.value.after == pytest.approx(60)


def test_buckets_sides_and_connections_do_not_share_a_limit(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    for connection in (connection_id, ConnectionId(f"{connection_id}-b")):
        for side in ("shop", "office"):
            for bucket in ("orders:GET", "orders:POST"):
                store.limiter(connection, side).take(bucket, 1)
    assert clock.slept == []


@given(st.integers(-3, 200_000), st.sampled_from([1, 2, 9, 10, 60, 600, 3600]))
@example(3, 1)
@example(30, 3600)
def test_the_arithmetic_keeps_every_limit(calls: int, seconds: int) -> None:
    pace = pace_of(calls, seconds)
    most = pace.burst - 1 + -(-(seconds * SECOND + pace.lapse) // pace.spacing)
    assert 1 <= pace.burst <= (10 if seconds <= 60 else 100)
    assert most <= max(1, calls)
    assert seconds < 60 or pace.lapse == LAPSE


@pytest.mark.parametrize(
    ("calls", "seconds", "share"),
    [(3, 1, 0.96), (100, 60, 0.96), (2, 1, 0.96), (31, 60, 0.95), (1000, 3600, 0.96), (30, 3600, 0.6)],
)
def test_most_of_a_limit_is_used_in_the_long_run_whatever_its_window(calls: int, seconds: int, share: float) -> None:
    pace = pace_of(calls, seconds)
    assert seconds * SECOND / pace.spacing >= share * calls


steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([0.0, 0.01, 0.4, 1.9, 2.0, 7.0, 30.0, 58.0, 60.0]),
        st.sampled_from([1, 2, 11]),
        st.sampled_from([0, 0, 3, 12]),
        st.booleans(),
    ),
    max_size=40,
)


def test_no_minute_sees_more_calls_than_the_limit_however_containers_interleave(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    containers = [new_store() for _ in range(3)]
    runs = iter(range(10_000))

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @example(
        limit=(100, 60), plan=[(0, 0.0, 10, 0, False)] + [(number % 3, 1.99, 11, 0, False) for number in range(40)]
    )
    @example(limit=(3, 1), plan=[(number % 3, 0.0, 2, 0, False) for number in range(20)])
    @example(limit=(100, 60), plan=[(number % 3, 0.4, 2, 12, False) for number in range(40)])
    @example(limit=(60, 60), plan=[(number % 3, 0.4, 11, 12 * (number % 2), True) for number in range(40)])
    @given(limit=st.sampled_from([(1, 60), (2, 60), (13, 60), (60, 60), (100, 60), (3, 1), (2, 5)]), plan=steps)
    def keeps_the_limit(limit: tuple[int, int], plan: list[tuple[int, float, int, int, bool]]) -> None:
        connection = ConnectionId(f"{connection_id}-{next(runs)}")
        made = []
        for container, pause, wanted, expected, listed in plan:
            clock.advance(pause)
            limiter = containers[container].limiter(connection, "office")
            if listed:
                limiter.expect_list({BUCKET: expected})
            else:
                limiter.expect({BUCKET: (expected, pace_of(*limit))} if expected else {})
            for _ in range(wanted):
                try:
                    limiter.take(BUCKET, *limit)
                except RetryLater:
                    break
                made.append(clock())
        assert most_within(made, timedelta(seconds=limit[1])) <= limit[0]

    keeps_the_limit()


def test_calls_that_are_expected_have_their_tokens_by_one_write_each_from_its_own_moment(
    store: Store, connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    limiter, pace = store.limiter(connection_id, "office"), pace_of(100)
    limiter.expect({BUCKET: (8, pace), "notes:POST": (8, pace)})
    began = clock()
    for _ in range(8):
        limiter.take(BUCKET, 100)
        limiter.take("notes:POST", 100)
    assert calls.taken() == {"UpdateItem": 1}
    assert (clock() - began).total_seconds() == pytest.approx(5 * pace.spacing / SECOND)


def test_a_share_that_was_lowered_counts_at_once_whatever_earlier_orders_told(
    store: Store, connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    limiter, told, made = store.limiter(connection_id, "office"), pace_of(100), []
    for _ in range(20):
        limiter.expect({BUCKET: (2, told), "notes:POST": (2, told)})
        for bucket in [BUCKET, "notes:POST"] * 2:
            limiter.take(bucket, 40)
            made += [clock()] if bucket != BUCKET else []
    assert most_within(made) <= 40
    assert limiter.held["notes:POST"].pace == pace_of(40)
    assert calls.taken() == {"UpdateItem": 20 + 1}


def test_a_list_of_many_pages_is_read_on_one_write_and_whoever_comes_meanwhile_waits_for_its_end(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    reader, other = (new_store().limiter(connection_id, "shop") for _ in range(2))
    reader.expect_list({"reads": 51})
    reader.take("reads", 30)
    calls.taken()
    with pytest.raises(LimitReached) as refused:
        other.take("reads", 30)
    assert 100 < refused.value.after <= LIST_AHEAD / SECOND
    calls.taken()
    for _ in range(50):
        clock.advance(0.3)
        reader.take("reads", 30)
    assert calls.taken() == {}
    clock.advance(5.0)
    other.take("reads", 30)


def test_who_is_slower_than_the_limit_reserves_no_more_than_it_will_use(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    limiter, sizes = store.limiter(connection_id, "office"), []
    for _ in range(3):
        limiter.expect({BUCKET: (10, pace_of(100))})
        for _ in range(10):
            limiter.take(BUCKET, 100)
            clock.advance(1.5)
        sizes.append(limiter.held[BUCKET].size)
    assert sizes[-1] == 2 + SPARED


def test_what_was_expected_in_vain_is_not_reserved_for_others(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    limiter, pace = store.limiter(connection_id, "office"), pace_of(100)
    limiter.expect({BUCKET: (8, pace), "notes:POST": (8, pace)})
    limiter.take(BUCKET, 100)
    limiter.expect({})
    clock.advance(20)
    limiter.take("notes:POST", 100)
    assert limiter.held["notes:POST"].size <= 8
    assert clock.slept == []


@given(
    limit=st.sampled_from([(3, 1), (30, 60), (100, 60), (1000, 3600)]),
    at=st.integers(-5, 20),
    wanted=st.integers(0, 30),
    lag=st.floats(0, 3),
    cycle=st.floats(0, 3),
)
def test_a_schedule_has_no_token_that_lapses_before_its_call(
    limit: tuple[int, int], at: int, wanted: int, lag: float, cycle: float
) -> None:
    pace, now = pace_of(*limit), 1000 * SECOND
    booked, call = now + at * pace.spacing, now + int(lag * SECOND)
    size = pace.fitting(booked, now, wanted, AHEAD, Rhythm(int(lag * SECOND), int(cycle * SECOND)))
    tokens = Tokens(pace, now, max(booked, now), size, size)
    while (usable := tokens.take(call)) is not None:
        assert usable <= max(call, now + AHEAD)
        call = usable + int(cycle * SECOND)
    assert size - tokens.used <= SPARED
    assert tokens.used <= wanted
    assert size == 0 or tokens.used


def test_a_limit_that_was_forgotten_starts_anew(store: Store, connection_id: ConnectionId, clock: ManualClock) -> None:
    limiter = store.limiter(connection_id, "office")
    limiter.take(BUCKET, 1)
    limiter.table.delete({"connection": {"S": connection_id}, "record": {"S": "LIMITS#office"}})
    clock.advance(7200)
    limiter.take(BUCKET, 1)
    assert clock.slept == []


def test_what_is_left_of_a_limit_is_told_as_it_was_stated(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    limiter = store.limiter(connection_id, "office")
    limiter.take(BUCKET, 100)
    limiter.take("calls", 3, 1)
    limiter.pause("calls", 90)
    slow, fast = sorted(store.limits.standing(connection_id), key=lambda each: each.bucket)
    assert (slow.bucket, slow.calls, slow.seconds, slow.left) == ("calls", 3, 1, 0)
    assert slow.free_at == clock() + timedelta(seconds=90)
    assert (fast.bucket, fast.side, fast.calls, fast.seconds) == (BUCKET, "office", 100, 60)
    assert (fast.left, fast.free_at) == (pace_of(100).burst - 1, clock())
    assert timedelta(seconds=0.6) < fast.apart < timedelta(seconds=0.7)
    clock.advance(3 * 3600)
    assert store.limits.standing(connection_id) == []
