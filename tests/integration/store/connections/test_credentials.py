"""Credentials: encrypted, remembered for a while, and never read more often than SSM likes."""

from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.store.bundle import Store
from tests.integration.conftest import Calls, ManualClock

SIDES: tuple[Side, ...] = ("shop", "office")
VALIDITY = timedelta(minutes=10)
VALUES = {"client_id": "id", "client_secret": "gehéim"}


def test_secrets_are_stored_encrypted_under_connection_and_side(store: Store, connection_id: ConnectionId) -> None:
    store.credentials.write(connection_id, "shop", VALUES)
    parameter = boto3.client("ssm").get_parameter(Name=f"/shopbridge/test/connections/{connection_id}/shop")
    assert parameter["Parameter"]["Type"] == "SecureString"
    assert (
        "gehéim"
        in boto3.client("ssm").get_parameter(
            Name=f"/shopbridge/test/connections/{connection_id}/shop", WithDecryption=True
        )["Parameter"]["Value"]
    )


@pytest.mark.parametrize(("caller", "lasts"), [(False, timedelta(minutes=15)), (True, timedelta(minutes=5))])
def test_secrets_are_remembered_for_longer_than_two_polls_lie_apart_and_those_of_callers_less(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, caller: bool, lasts: timedelta
) -> None:
    new_store().credentials.write(connection_id, "shop", VALUES)
    container = new_store()
    calls, read = Calls(container), container.credentials.read_for_caller if caller else container.credentials.read
    for _ in range(2):
        assert read(connection_id, "shop") == VALUES
        clock.advance(lasts.total_seconds() - 1)
    assert calls.taken() == {"GetParameters": 1}
    read(connection_id, "shop")
    assert calls.taken() == {"GetParameters": 1}


def test_missing_secrets_need_attention_and_are_looked_for_each_time(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    with pytest.raises(NeedsAttention, match=f"No credentials are stored .{connection_id}, office"):
        store.credentials.read(connection_id, "office")
    new_store().credentials.write(connection_id, "office", VALUES)
    assert store.credentials.read(connection_id, "office") == VALUES


def test_refused_secrets_are_read_again_at_most_every_five_seconds(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    store.credentials.write(connection_id, "shop", {"key": "old"})
    new_store().credentials.write(connection_id, "shop", {"key": "new"})
    calls.taken()
    clock.advance(4)
    assert store.credentials.read_again(connection_id, "shop") == {"key": "old"}
    assert calls.taken() == {}
    clock.advance(1)
    assert store.credentials.read_again(connection_id, "shop") == {"key": "new"}
    assert store.credentials.read_again(connection_id, "shop") == {"key": "new"}
    assert calls.taken() == {"GetParameters": 1}


def test_a_caller_who_proves_nothing_costs_a_read_a_minute(
    store: Store, connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    store.credentials.write(connection_id, "shop", {"key": "old"})
    calls.taken()
    for _ in range(180):
        clock.advance(1)
        store.credentials.read_for_caller(connection_id, "shop")
        store.credentials.read_again_for_caller(connection_id, "shop")
    assert calls.taken() == {"GetParameters": 3}


def test_a_caller_who_proves_nothing_costs_no_read_of_what_was_just_read(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    new_store().credentials.write(connection_id, "shop", {"key": "old"})
    store.credentials.read_for_caller(connection_id, "shop")
    store.credentials.read_again_for_caller(connection_id, "shop")
    assert calls.taken() == {"GetParameters": 1}
    clock.advance(5)
    new_store().credentials.write(connection_id, "shop", {"key": "new"})
    assert store.credentials.read_again_for_caller(connection_id, "shop") == {"key": "new"}


def test_secrets_that_changed_were_not_asked_for_in_vain(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.credentials.write(connection_id, "shop", {"key": "0"})
    for number in range(1, 4):
        new_store().credentials.write(connection_id, "shop", {"key": str(number)})
        clock.advance(6)
        assert store.credentials.read_again_for_caller(connection_id, "shop") == {"key": str(number)}


def test_missing_secrets_are_looked_for_once_a_minute_for_callers(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock, calls: Calls
) -> None:
    for _ in range(60):
        with pytest.raises(NeedsAttention):
            store.credentials.read_for_caller(connection_id, "shop")
        clock.advance(1)
    assert calls.taken() == {"GetParameters": 1}
    new_store().credentials.write(connection_id, "shop", VALUES)
    assert store.credentials.read_for_caller(connection_id, "shop") == VALUES


def test_what_this_container_stores_is_there_for_callers_at_once(store: Store, connection_id: ConnectionId) -> None:
    with pytest.raises(NeedsAttention):
        store.credentials.read_for_caller(connection_id, "shop")
    store.credentials.write(connection_id, "shop", VALUES)
    assert store.credentials.read_for_caller(connection_id, "shop") == VALUES


def test_a_read_that_failed_is_not_repeated_for_callers_at_once(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    asked: list[str] = []

    def away(**_: object) -> None:
        asked.append("GetParameters")
        raise EndpointConnectionError(endpoint_url="https://ssm.example")

    store.aws.ssm.meta.events.register("before-call.ssm.GetParameters", away)
    for _ in range(10):
        with pytest.raises(RetryLater, match="AWS is busy"):
            store.credentials.read_for_caller(connection_id, "shop")
    assert len(asked) == 1
    clock.advance(5)
    with pytest.raises(RetryLater):
        store.credentials.read_for_caller(connection_id, "shop")
    assert len(asked) == 2


def test_a_side_tells_whether_its_secrets_changed(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.credentials.write(connection_id, "shop", {"key": "old"})
    secrets = store.secrets(connection_id, "shop")
    clock.advance(60)
    assert secrets.renew() is False
    new_store().credentials.write(connection_id, "shop", {"key": "new"})
    clock.advance(60)
    assert secrets.current() == {"key": "old"}
    assert secrets.renew() is True
    assert secrets.current() == {"key": "new"}


def test_secrets_that_do_not_fit_are_refused_with_a_sentence(store: Store, connection_id: ConnectionId) -> None:
    with pytest.raises(NeedsAttention, match="The secrets have 4106 bytes together, 4096 fit"):
        store.credentials.write(connection_id, "shop", {"key": "é" * 2048})
    store.credentials.write(connection_id, "shop", {"key": "é" * 2043})


def test_deleted_secrets_are_gone_on_both_sides_and_from_memory(store: Store, connection_id: ConnectionId) -> None:
    store.credentials.write(connection_id, "shop", VALUES)
    store.credentials.write(connection_id, "office", VALUES)
    store.credentials.delete(connection_id)
    store.credentials.delete(connection_id)
    for side in SIDES:
        with pytest.raises(NeedsAttention):
            store.credentials.read(connection_id, side)


def test_secrets_do_not_show_when_a_store_is_printed(store: Store, connection_id: ConnectionId) -> None:
    store.credentials.write(connection_id, "shop", VALUES)
    store.tokens(connection_id, "shop").put("api", "token-4711", lifetime=VALIDITY)
    assert not [secret for secret in ("gehéim", "token-4711") if secret in repr(vars(store)) + repr(store)]
