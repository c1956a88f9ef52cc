"""Cursors: moved only by whoever saw where they stood."""

from datetime import UTC, datetime, timedelta

import pytest

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.handed_over import PageRecord
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


# --- what was handed over -------------------------------------------------------------------------------------


def page(minute: int, poll: str = "1a2b3c4d", **parts: bytes) -> PageRecord:
    """A page that was read so many minutes after noon."""
    moment = (NOON + timedelta(minutes=minute)).isoformat(timespec="microseconds")
    return PageRecord(f"{moment}#{poll}#000000", **parts)


def test_the_log_is_read_from_a_moment_on_in_the_order_of_readings_with_one_call(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    pages = [page(0, handed=b"1" * 20), page(1, begun=b"2" * 6), page(2, "00000000", handed=bytes(range(40)))]
    for each in reversed(pages):
        store.cursors.note(connection_id, each, NOON + timedelta(days=9))
    store.cursors.save(connection_id, "orders", CURSOR)
    calls.taken()
    assert list(store.cursors.handed_over(connection_id, NOON)) == pages
    assert calls.taken() == {"Query": 1}
    assert list(store.cursors.handed_over(connection_id, NOON + timedelta(minutes=1))) == pages[1:]
    assert list(store.cursors.handed_over(connection_id, NOON + timedelta(minutes=3))) == []
    assert list(store.cursors.handed_over(ConnectionId("another"), NOON)) == []


def test_a_page_is_noted_with_one_write_in_the_place_of_its_beginning(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    store.cursors.note(connection_id, page(0, begun=b"2" * 6), NOON)
    store.cursors.note(connection_id, page(0, handed=b"1" * 20), NOON)
    assert calls.taken() == {"PutItem": 2}
    assert list(store.cursors.handed_over(connection_id, NOON)) == [page(0, handed=b"1" * 20)]


def test_the_log_is_forgotten_by_itself(store: Store, connection_id: ConnectionId) -> None:
    store.cursors.note(connection_id, page(0, handed=b"1" * 20), NOON + timedelta(days=9))
    where = "#connection = :connection AND begins_with(#record, :log)"
    table = store._state
    (item,) = table.query(where, connection={"S": connection_id}, log={"S": "HANDED#"})
    assert item["forget_at"] == {"N": str(int((NOON + timedelta(days=9)).timestamp()))}
