"""Cursors: moved only by whoever saw where they stood."""

from datetime import UTC, datetime, timedelta

import pytest

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.run import OrderCursor
from shopbridge.store.bundle import Store
from tests.integration.conftest import Calls

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
CURSOR = OrderCursor(
    since=NOON, window_end=NOON + timedelta(minutes=5), position='{"page": 2}', seen={OrderId("a"): "2026-01-31T11"}
)


def test_there_is_no_cursor_before_the_first_read(store: Store, connection_id: ConnectionId) -> None:
    assert store.cursors.load(connection_id, "orders") is None


def test_a_cursor_reads_back_as_saved_and_each_save_is_one_write(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    first = store.cursors.save(connection_id, "orders", CURSOR)
    second = store.cursors.save(connection_id, "orders", first.model_copy(update={"position": None, "seen": {}}))
    assert calls.taken() == {"PutItem": 2}
    assert (first.version, second.version) == (1, 2)
    assert first.model_copy(update={"version": 0}) == CURSOR
    assert store.cursors.load(connection_id, "orders") == second
    assert store.cursors.load(connection_id, "other") is None


@pytest.mark.parametrize("seen_version", [0, 1])
def test_a_cursor_that_somebody_moved_is_a_conflict(
    store: Store, connection_id: ConnectionId, seen_version: int
) -> None:
    moved = store.cursors.save(connection_id, "orders", store.cursors.save(connection_id, "orders", CURSOR))
    late = CURSOR.model_copy(update={"version": seen_version, "position": "elsewhere"})
    with pytest.raises(Conflict):
        store.cursors.save(connection_id, "orders", late)
    assert store.cursors.load(connection_id, "orders") == moved
