"""Leases under moto: one owner at a time, and none for ever."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shopbridge.errors import RetryLater
from shopbridge.model.base import CLOCKS_APART, ConnectionId
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.store.leases import lease_key
from tests.integration.conftest import Calls, ManualClock

NAME = "stock-write"
MINUTE = timedelta(minutes=1)


def test_a_lease_has_one_owner_and_the_others_hear_how_long_it_lasts(
    store: Store, connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(20)
    with pytest.raises(RetryLater) as caught:
        store.leases.take(connection_id, NAME, "w2", MINUTE)
    assert caught.value.after == 40
    assert calls.taken() == {"UpdateItem": 2}


def test_a_lease_that_was_given_back_or_ran_out_is_free(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    store.leases.give_back(connection_id, NAME, "w1")
    holder = new_store()
    holder.leases.take(connection_id, NAME, "w2", MINUTE)
    clock.advance(60)
    holder.leases.take(connection_id, NAME, "w3", MINUTE)


def test_a_lease_is_kept_for_a_day_longer_than_it_lasts(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    kept = store.leases.table.get(lease_key(connection_id, NAME)) or {}
    assert int(kept["forget_at"]["N"]) == int((clock() + MINUTE + timedelta(days=1)).timestamp())


@pytest.mark.parametrize("ahead", [-600, 600])
def test_others_wait_as_long_as_a_lease_lasts_by_their_own_clock(
    environment: Environment, store: Store, connection_id: ConnectionId, clock: ManualClock, ahead: float
) -> None:
    other = Store(environment, clock=lambda: clock() + timedelta(seconds=2 * ahead), sleep=clock.sleep).leases
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    for passed in (0, 30, 29):
        clock.advance(passed)
        with pytest.raises(RetryLater):
            other.take(connection_id, NAME, "w2", MINUTE)
    clock.advance(1)
    other.take(connection_id, NAME, "w2", MINUTE)


def test_a_lease_that_its_owner_takes_again_is_another_one_to_those_who_wait(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    other = new_store().leases
    for _ in range(3):
        store.leases.take(connection_id, NAME, "w1", MINUTE)
        with pytest.raises(RetryLater):
            other.take(connection_id, NAME, "w2", MINUTE)
        clock.advance(59)
    clock.advance(1)
    other.take(connection_id, NAME, "w2", MINUTE)


def test_of_two_who_find_a_dead_lease_one_gets_it(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    others = [new_store().leases for _ in range(2)]
    for other in others:
        with pytest.raises(RetryLater):
            other.take(connection_id, NAME, "early", MINUTE)
    clock.advance(60)
    others[0].take(connection_id, NAME, "w2", MINUTE)
    with pytest.raises(RetryLater):
        others[1].take(connection_id, NAME, "w3", MINUTE)


def test_a_lease_that_is_old_by_any_clock_is_free_at_first_sight(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(60 + CLOCKS_APART.total_seconds())
    new_store().leases.take(connection_id, NAME, "w2", MINUTE)


def test_whoever_lost_a_lease_cannot_give_it_back_for_the_new_owner(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(61)
    store.leases.take(connection_id, NAME, "w2", MINUTE)
    store.leases.give_back(connection_id, NAME, "w1")
    with pytest.raises(RetryLater):
        store.leases.take(connection_id, NAME, "w3", MINUTE)


def test_an_owner_may_take_its_lease_again_to_keep_it_longer(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(50)
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(50)
    with pytest.raises(RetryLater) as caught:
        store.leases.take(connection_id, NAME, "w2", MINUTE)
    assert caught.value.after == 10


def test_leases_of_other_names_and_connections_are_others(store: Store, connection_id: ConnectionId) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    store.leases.take(connection_id, "another", "w2", MINUTE)
    store.leases.take(ConnectionId(f"{connection_id}-x"), NAME, "w3", MINUTE)


def test_giving_back_what_nobody_took_does_nothing(store: Store, connection_id: ConnectionId) -> None:
    store.leases.give_back(connection_id, NAME, "w1")
    store.leases.take(connection_id, NAME, "w2", MINUTE)


def test_the_time_left_is_never_told_as_nothing(store: Store, connection_id: ConnectionId, clock: ManualClock) -> None:
    store.leases.take(connection_id, NAME, "w1", MINUTE)
    clock.advance(59.9)
    with pytest.raises(RetryLater) as caught:
        store.leases.take(connection_id, NAME, "w2", MINUTE)
    assert caught.value.after == 1
