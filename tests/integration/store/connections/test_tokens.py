"""Access tokens: shared by all containers, given up in time, dropped only when they are the refused ones."""

from collections.abc import Callable
from datetime import timedelta

from shopbridge.model.base import ConnectionId
from shopbridge.store.bundle import Store
from shopbridge.store.connections.tokens import FETCHING
from tests.integration.conftest import Calls, ManualClock

LIFETIME = timedelta(seconds=600)


def test_a_token_is_shared_by_containers_but_not_by_sides(
    new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    new_store().tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    assert new_store().tokens(connection_id, "shop").get("shopware") == "t1"
    assert new_store().tokens(connection_id, "office").get("shopware") is None
    assert new_store().tokens(connection_id, "shop").get("other") is None


def test_a_token_is_read_once_per_container(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, calls: Calls
) -> None:
    new_store().tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    assert {store.tokens(connection_id, "shop").get("shopware") for _ in range(5)} == {"t1"}
    assert calls.taken() == {"GetItem": 1}


def test_a_new_container_reads_a_token_with_all_else_that_an_order_begins_with(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, calls: Calls
) -> None:
    new_store().tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    with store.turns.begin(connection_id, old=False):
        found = [store.tokens(connection_id, "shop").get(name) for name in ("shopware", "shopware", "other")]
    assert found == ["t1", "t1", None]
    assert calls.taken() == {"BatchGetItem": 1, "GetItem": 1}, "only another platform's is looked for"


def test_trial_tokens_are_shared_with_nobody(store: Store, calls: Calls, clock: ManualClock) -> None:
    tokens = store.trial_tokens()
    tokens.put("shopware", "t1", LIFETIME)
    assert (tokens.get("shopware"), store.trial_tokens().get("shopware")) == ("t1", None)
    tokens.drop("shopware", "other")
    clock.advance(539)
    assert tokens.get("shopware") == "t1"
    clock.advance(1)
    assert tokens.get("shopware") is None
    tokens.drop("shopware", "t1")
    assert calls.taken() == {}


def test_a_token_is_given_up_before_it_runs_out(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    clock.advance(539)
    assert new_store().tokens(connection_id, "shop").get("shopware") == "t1"
    clock.advance(1)
    assert store.tokens(connection_id, "shop").get("shopware") is None
    assert new_store().tokens(connection_id, "shop").get("shopware") is None


def test_a_refused_token_is_dropped_for_everybody(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    store.tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    store.tokens(connection_id, "shop").drop("shopware", "t1")
    assert store.tokens(connection_id, "shop").get("shopware") is None
    assert new_store().tokens(connection_id, "shop").get("shopware") is None


def test_a_token_that_was_replaced_already_is_not_dropped(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    store.tokens(connection_id, "shop").put("shopware", "t1", LIFETIME)
    new_store().tokens(connection_id, "shop").put("shopware", "t2", LIFETIME)
    store.tokens(connection_id, "shop").drop("shopware", "t1")
    assert store.tokens(connection_id, "shop").get("shopware") == "t2"
    store.tokens(connection_id, "shop").drop("shopware", "t1")
    assert store.tokens(connection_id, "shop").get("shopware") == "t2"
    store.tokens(connection_id, "shop").drop("unknown", "t1")


def test_one_container_fetches_a_token_while_the_others_wait(
    new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    first, second = new_store().tokens(connection_id, "shop"), new_store().tokens(connection_id, "shop")
    assert first.reserve("unas")
    assert not second.reserve("unas")
    first.put("unas", "t1", LIFETIME)
    assert second.get("unas") == "t1"
    first.drop("unas", "t1")
    assert (second.reserve("unas"), first.reserve("unas")) == (True, False)


def test_a_container_that_died_at_its_login_blocks_nobody_for_long(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    first, second = new_store().tokens(connection_id, "shop"), new_store().tokens(connection_id, "shop")
    assert first.reserve("unas")
    clock.advance(FETCHING.total_seconds())
    assert second.reserve("unas")


def test_secrets_that_are_tried_out_wait_for_nobody(store: Store) -> None:
    tokens = store.trial_tokens()
    assert (tokens.reserve("unas"), tokens.reserve("unas")) == (True, True)
