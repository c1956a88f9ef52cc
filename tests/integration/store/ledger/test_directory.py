"""The directory: keys to ids, ambiguity never lost."""

from typing import Any

import pytest

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.office import DirectoryEntry
from shopbridge.store.bundle import Store
from shopbridge.store.items import key
from shopbridge.store.ledger.directory import MOST_IDS
from tests.integration.conftest import Calls


def entry(key: str, identity: str) -> DirectoryEntry:
    return DirectoryEntry(key=key, id=ExternalId(identity))


def test_known_keys_are_found_and_unknown_ones_left_out(store: Store, connection_id: ConnectionId) -> None:
    store.directory.remember(connection_id, "product", [entry("SKU-1", "11"), entry("", "12"), entry("ä#b", "13")])
    found = store.directory.lookup(connection_id, "product", ["SKU-1", "SKU-2", "", "ä#b", "SKU-1"])
    assert found == {"SKU-1": ("11",), "": ("12",), "ä#b": ("13",)}
    assert store.directory.lookup(connection_id, "customer", ["SKU-1"]) == {}
    assert store.directory.lookup(connection_id, "product", []) == {}


def test_a_key_with_another_id_becomes_ambiguous_in_one_page_or_in_two(
    store: Store, connection_id: ConnectionId
) -> None:
    store.directory.remember(connection_id, "product", [entry("a", "1"), entry("b", "2"), entry("b", "1")])
    store.directory.remember(connection_id, "product", [entry("a", "3")])
    assert store.directory.lookup(connection_id, "product", ["a", "b"]) == {"a": ("1", "3"), "b": ("1", "2")}


def test_known_entries_cost_no_write(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    page = [entry(f"SKU-{number}", str(number)) for number in range(150)]
    store.directory.remember(connection_id, "product", page)
    assert calls.taken() == {"BatchGetItem": 2, "UpdateItem": 150}
    store.directory.remember(connection_id, "product", [*page, entry("SKU-150", "150")])
    assert calls.taken() == {"BatchGetItem": 2, "UpdateItem": 1}
    assert len(store.directory.lookup(connection_id, "product", [one.key for one in page])) == 150


def test_forgotten_keys_are_gone(store: Store, connection_id: ConnectionId) -> None:
    store.directory.remember(connection_id, "product", [entry(str(number), "1") for number in range(30)])
    store.directory.forget(connection_id, "product", [*map(str, range(29)), "0", "never known"])
    assert store.directory.lookup(connection_id, "product", [*map(str, range(30))]) == {"29": ("1",)}


def test_endless_keys_are_kept_too(store: Store, connection_id: ConnectionId) -> None:
    long, other = "ü" * 2000, "ü" * 2001
    store.directory.remember(connection_id, "product", [entry(long, "1")])
    assert store.directory.lookup(connection_id, "product", [long, other]) == {long: ("1",)}


@pytest.mark.parametrize("kind", ["product", "customer"])
def test_the_mark_is_remembered_by_kind(store: Store, connection_id: ConnectionId, kind: str) -> None:
    started = store.directory.mark(connection_id, kind)
    assert started.value is None
    store.directory.set_mark(connection_id, kind, started.moved_to("page 1"))
    store.directory.set_mark(connection_id, kind, started.moved_to("page 1").moved_to(f"{kind} page 2"))
    assert store.directory.mark(connection_id, kind).value == f"{kind} page 2"


def test_a_list_that_is_to_be_read_anew_is_so_by_whoever_is_reading_it(
    store: Store, connection_id: ConnectionId
) -> None:
    directory = store.directory
    beginning = directory.mark(connection_id, "customer")
    directory.read_anew(connection_id, "customer")
    with pytest.raises(Conflict):
        directory.set_mark(connection_id, "customer", beginning.moved_to("page 1"))
    first = directory.mark(connection_id, "customer").moved_to("page 1")
    directory.set_mark(connection_id, "customer", first)
    directory.set_mark(connection_id, "customer", first)  # its answer was lost, or two read the same page
    directory.read_anew(connection_id, "customer")
    with pytest.raises(Conflict):
        directory.set_mark(connection_id, "customer", first.moved_to("page 2"))
    assert directory.mark(connection_id, "customer").value is None
    further = directory.mark(connection_id, "customer").moved_to("page 1")
    directory.set_mark(connection_id, "customer", further)
    directory.set_mark(connection_id, "customer", further.moved_to("page 2"))
    with pytest.raises(Conflict):
        directory.set_mark(connection_id, "customer", further)


def test_a_mark_of_before_is_moved_on_from(store: Store, connection_id: ConnectionId) -> None:
    item: Any = {**key(connection_id, "MARK#product-sku"), "mark": {"S": "7"}}
    store.aws.dynamodb.put_item(TableName=store.environment.state_table, Item=item)
    store.directory.set_mark(
        connection_id, "product-sku", store.directory.mark(connection_id, "product-sku").moved_to("8")
    )
    assert store.directory.mark(connection_id, "product-sku").value == "8"


def test_a_value_that_thousands_share_stays_small_and_ambiguous(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    for page in range(3):
        store.directory.remember(
            connection_id, "customer", [entry("till@shop.example", str(100 * page + number)) for number in range(50)]
        )
    found = store.directory.lookup(connection_id, "customer", ["till@shop.example"])
    assert len(found["till@shop.example"]) == MOST_IDS
    assert calls.taken()["UpdateItem"] == 1


def test_a_sight_may_be_a_moment_old_and_what_is_looked_up_after_it_may_not(
    store: Store, connection_id: ConnectionId
) -> None:
    asked: list[bool] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.extend(each["ConsistentRead"] for each in params["RequestItems"].values())

    store.aws.dynamodb.meta.events.register("provide-client-params.dynamodb.BatchGetItem", note)
    store.sights.look(connection_id, [], {"customer": ["a"]})
    store.directory.lookup(connection_id, "customer", ["a"])
    assert asked == [False, True]


def test_one_that_was_surely_not_there_is_added_without_a_look(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    store.directory.add(connection_id, "customer", entry("a", "1"))
    assert calls.taken() == {"UpdateItem": 1}
    assert store.directory.lookup(connection_id, "customer", ["a"]) == {"a": ("1",)}
