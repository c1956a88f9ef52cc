"""Connections: versions, conflicts, and the index that lists them without a scan."""

from collections.abc import Callable
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Account, Connection, ConnectionSettings, ConnectionStatus, Side
from shopbridge.ports import Scheduled
from shopbridge.store.bundle import Store
from shopbridge.store.items import key
from tests.integration.conftest import Calls

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def connection(
    name: str,
    *,
    minutes: int = 5,
    status: ConnectionStatus = "active",
    title: str = "Shop",
    stock: int | None = None,
    products: int | None = None,
) -> Connection:
    settings = ConnectionSettings.model_validate(
        {
            "id": name,
            "name": title,
            "shop": {"platform": "shopware", "settings": {"url": "https://shop.example", "limit_factor": "0.5"}},
            "office": {"platform": "salespos", "settings": {"webshop": 7}},
            "orders": {"poll_minutes": minutes, "maps": {"tax": {"entries": {"19": "=", "5.5": "low"}}}},
            "stock": {"active": True, "every_minutes": stock} if stock else {},
            "products": {"active": True, "every_minutes": products} if products else {},
        }
    )
    return Connection(
        settings=settings,
        version=0,
        status=status,
        status_reason="",
        path_token_hash="ab" * 32,
        created_at=datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC),
    )


def names_in_lane(store: Store, lane: int) -> list[str]:
    return [due.connection for due in store.connections.scheduled(lane)]


def at_version(connection: Connection, version: int) -> Connection:
    return connection.model_copy(update={"version": version})


def test_a_connection_reads_back_as_it_was_saved_with_its_version(store: Store, connection_id: ConnectionId) -> None:
    saved = connection(connection_id)
    store.connections.save(saved, expected_version=0)
    assert store.connections.get(connection_id) == at_version(saved, 1)


def test_settings_are_parsed_once_a_version(store: Store, connection_id: ConnectionId) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    with patch.object(ConnectionSettings, "model_validate_json", wraps=ConnectionSettings.model_validate_json) as read:
        first = [store.connections.get(connection_id) for _ in range(3)]
        store.connections.save(connection(connection_id, title="Renamed"), expected_version=1)
        second = [store.connections.get(connection_id) for _ in range(3)]
    assert read.call_count == 2
    assert [each.settings.name for each in (*first, *second) if each] == ["Shop"] * 3 + ["Renamed"] * 3


def test_an_unknown_connection_is_none(store: Store) -> None:
    assert store.connections.get(ConnectionId("nobody")) is None


def test_a_save_costs_one_transaction_and_keeps_every_version(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    store.connections.save(connection(connection_id, title="First"), expected_version=0)
    store.connections.save(connection(connection_id, title="Second"), expected_version=1)
    assert calls.taken() == {"TransactWriteItems": 2}
    versions = [store.connections.table.get(key(connection_id, f"VERSION#00000{number}")) for number in (1, 2)]
    titles = [ConnectionSettings.model_validate_json((item or {})["settings"]["S"]).name for item in versions]
    assert titles == ["First", "Second"]


@pytest.mark.parametrize("expected", [0, 2])
def test_a_save_that_saw_another_version_is_a_conflict_and_changes_nothing(
    store: Store, connection_id: ConnectionId, expected: int
) -> None:
    saved = connection(connection_id)
    store.connections.save(saved, expected_version=0)
    with pytest.raises(Conflict):
        store.connections.save(connection(connection_id, title="Late"), expected_version=expected)
    assert store.connections.get(connection_id) == at_version(saved, 1)


def test_a_save_repeated_after_a_lost_answer_is_a_success(store: Store, connection_id: ConnectionId) -> None:
    for _ in range(2):
        store.connections.save(connection(connection_id), expected_version=0)
    assert store.connections.get(connection_id) == at_version(connection(connection_id), 1)


def test_every_connection_is_listed_by_id_and_only_active_ones_are_scheduled(
    store: Store, new_store: Callable[[], Store]
) -> None:
    wanted = [
        connection("list-c", minutes=10),
        connection("list-a", minutes=15),
        connection("list-d", minutes=60),
        connection("list-b", minutes=10, status="paused"),
        connection("list-e", status="stopped"),
    ]
    for one in wanted:
        store.connections.save(one, expected_version=0)
    listed = [one.id for one in new_store().connections.all() if one.id.startswith("list-")]
    assert listed == ["list-a", "list-b", "list-c", "list-d", "list-e"]
    lanes = {
        lane: [
            (due.connection, due.poll_minutes) for due in store.connections.scheduled(lane) if due.connection in listed
        ]
        for lane in (5, 10)
    }
    assert lanes == {5: [("list-a", 15)], 10: [("list-c", 10), ("list-d", 60)]}


@pytest.mark.parametrize(
    ("polls", "stock", "products", "lane"),
    [(10, 10, 20, 10), (10, 15, 20, 5), (10, 10, 5, 5), (5, 10, 20, 5), (30, None, None, 10), (30, 20, None, 10)],
)
def test_one_interval_that_ten_minutes_do_not_divide_brings_all_into_the_faster_lane(
    store: Store, connection_id: ConnectionId, polls: int, stock: int | None, products: int | None, lane: int
) -> None:
    wanted = connection(connection_id, minutes=polls, stock=stock, products=products)
    store.connections.save(wanted, expected_version=0)
    found = {
        each: [due for due in store.connections.scheduled(each) if due.connection == connection_id] for each in (5, 10)
    }
    assert found == {15 - lane: [], lane: [Scheduled(connection_id, polls, stock, products)]}


def test_an_interval_of_a_flow_that_is_switched_off_neither_shows_nor_counts(
    store: Store, connection_id: ConnectionId
) -> None:
    wanted = connection(connection_id, minutes=10)
    stock = wanted.settings.stock.model_copy(update={"every_minutes": 5})
    settings = wanted.settings.model_copy(update={"stock": stock})
    store.connections.save(wanted.model_copy(update={"settings": settings}), expected_version=0)
    assert Scheduled(connection_id, 10) in store.connections.scheduled(10)


def test_a_stop_takes_the_connection_out_of_the_schedule_and_says_why(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    calls.taken()
    store.connections.stop(connection_id, "The shop refuses our credentials.")
    assert calls.taken() == {"UpdateItem": 1}
    stopped = store.connections.get(connection_id)
    assert stopped is not None
    assert (stopped.status, stopped.status_reason) == ("stopped", "The shop refuses our credentials.")
    assert connection_id not in names_in_lane(store, 5)
    assert connection_id in [one.id for one in store.connections.all()]


def test_an_operator_who_did_not_see_the_stop_cannot_undo_it(store: Store, connection_id: ConnectionId) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    store.connections.stop(connection_id, "Refused.")
    with pytest.raises(Conflict):
        store.connections.save(connection(connection_id), expected_version=1)
    store.connections.save(connection(connection_id), expected_version=2)
    assert connection_id in names_in_lane(store, 5)


def test_a_stop_leaves_paused_and_unknown_connections_alone(store: Store, connection_id: ConnectionId) -> None:
    store.connections.save(connection(connection_id, status="paused"), expected_version=0)
    store.connections.stop(connection_id, "Refused.")
    store.connections.stop(ConnectionId("nobody"), "Refused.")
    assert store.connections.get(connection_id) == at_version(connection(connection_id, status="paused"), 1)
    assert store.connections.get(ConnectionId("nobody")) is None


def test_a_deleted_connection_is_gone_with_its_versions_and_its_id_is_free(
    store: Store, connection_id: ConnectionId
) -> None:
    for version in range(30):
        store.connections.save(connection(connection_id), expected_version=version)
    ends: dict[Side, Account] = {"shop": Account(platform="shopware", place="shop.example", ids=("a", "b"))}
    kept = connection(connection_id).model_copy(update={"accounts": ends, "beside": ("other",)})
    store.connections.save(kept, expected_version=30)
    store.connections.delete(connection_id, NOON)
    assert store.connections.get(connection_id) is None
    gone = store.connections.deleted(connection_id)
    assert gone is not None
    assert (gone.id, gone.accounts, gone.beside, gone.deleted_at) == (connection_id, ends, ("other",), NOON)
    assert gone in store.connections.all_deleted()
    assert connection_id not in [one.id for one in store.connections.all()]
    assert store.connections.table.get(key(connection_id, "VERSION#000007")) is None
    store.connections.save(connection(connection_id), expected_version=0)
    assert store.connections.get(connection_id) == at_version(connection(connection_id), 1)
    assert store.connections.deleted(connection_id) is None
    assert gone not in store.connections.all_deleted()


def test_only_a_stopped_connection_that_nobody_changed_goes_on(store: Store, connection_id: ConnectionId) -> None:
    store.connections.save(connection(connection_id), expected_version=0)
    active = store.connections.get(connection_id)
    assert active is not None
    assert not store.connections.reactivate(active)
    assert [store.connections.stop(connection_id, "Refused.") for _ in range(2)] == [True, False]
    stopped = store.connections.get(connection_id)
    assert stopped is not None
    assert not store.connections.reactivate(active)
    assert store.connections.reactivate(stopped)
    assert not store.connections.reactivate(stopped)
    assert store.connections.get(connection_id) == active.model_copy(update={"version": stopped.version + 1})
    assert connection_id in names_in_lane(store, 5)
