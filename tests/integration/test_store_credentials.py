"""Credentials: encrypted, remembered for a while, and never read more often than SSM likes."""

from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest

from shopbridge.errors import NeedsAttention
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


def test_secrets_are_read_once_in_five_minutes(
    new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    new_store().credentials.write(connection_id, "shop", VALUES)
    container = new_store()
    calls = Calls(container)
    for _ in range(4):
        assert container.credentials.read(connection_id, "shop") == VALUES
        clock.advance(99)
    assert calls.taken() == {"GetParameters": 1}
    container.credentials.read(connection_id, "shop")
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
