"""What several stores have, read at once."""

from collections.abc import Callable
from datetime import UTC, datetime

from shopbridge.model.base import ConnectionId
from shopbridge.model.run import OrderCursor, Run
from shopbridge.store.bundle import Store
from tests.integration.conftest import Calls
from tests.integration.store.connections.test_connections import connection

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def test_a_poll_knows_what_it_needs_by_one_call(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    cursor = store.cursors.save(connection_id, "orders", OrderCursor(since=NOON))
    fresh = Run(id="r1", kind="orders", state="running", started_by="Ann", started_at=NOON, updated_at=NOON, stage="")
    run = store.runs.save(connection_id, fresh)
    calls.taken()
    sight = store.sights.before_poll(connection_id)
    assert calls.taken() == {"BatchGetItem": 1}
    assert sight is not None
    assert (sight.connection, sight.cursor, sight.run) == (store.connections.get(connection_id), cursor, run)


def test_a_connection_that_was_never_polled_has_no_cursor_and_no_run(store: Store, connection_id: ConnectionId) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    store.cursors.save(connection_id, "progress", OrderCursor(since=NOON))
    sight = store.sights.before_poll(connection_id)
    assert sight is not None
    assert (sight.cursor, sight.run) == (None, None)


def test_a_poll_of_a_connection_that_is_gone_finds_nothing(
    new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    store = new_store()
    store.cursors.save(connection_id, "orders", OrderCursor(since=NOON))
    assert store.sights.before_poll(connection_id) is None
