"""Snapshots under moto: an unchanged sweep reads little, and a crash in a save hides nothing."""

from collections.abc import Callable

import pytest
from botocore.exceptions import EndpointConnectionError

from shopbridge.errors import Conflict, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.snapshot import SHARD_SIZE, Manifest, Shard, ShardMark, digest_of
from shopbridge.store.bundle import Store
from shopbridge.store.items import key
from tests.integration.conftest import Calls

NAME = "stock-office_to_shop"
UNIT = 4096
"""Bytes that one read unit covers, consistently."""
SEED = "b3f0c2"


def marks(shards: dict[int, Shard]) -> tuple[ShardMark, ...]:
    return tuple(
        ShardMark(id=shard, upto=shard * SHARD_SIZE, digest=digest_of(entries, SEED))
        for shard, entries in shards.items()
    )


def manifest(shards: dict[int, Shard], version: int = 0) -> Manifest:
    return Manifest(shards=marks(shards), seed=SEED, refused=("TWICE",), complete=True, version=version)


def full_shard(number: int) -> Shard:
    return {f"SKU-{number:03}-{entry:05}": str(entry) for entry in range(SHARD_SIZE)}


def test_before_the_first_save_the_manifest_is_empty(store: Store, connection_id: ConnectionId) -> None:
    assert store.snapshots.manifest(connection_id, NAME) == Manifest()
    assert store.snapshots.shards(connection_id, NAME, [1, 2]) == {}


def test_a_snapshot_reads_back_as_it_was_saved(store: Store, connection_id: ConnectionId) -> None:
    shards: dict[int, Shard] = {1: {"MUG": "5", "LÄMP/ß #1": "0.5"}, 2: {"BOOK": "!7"}}
    saved = store.snapshots.save(connection_id, NAME, manifest(shards), shards)
    assert saved == manifest(shards, version=1)
    assert store.snapshots.manifest(connection_id, NAME) == saved
    assert store.snapshots.shards(connection_id, NAME, [2, 1, 9]) == shards


def test_snapshots_of_other_names_and_connections_are_kept_apart(store: Store, connection_id: ConnectionId) -> None:
    store.snapshots.save(connection_id, NAME, manifest({1: {"MUG": "5"}}), {1: {"MUG": "5"}})
    assert store.snapshots.manifest(connection_id, "products-office_to_shop") == Manifest()
    assert store.snapshots.shards(connection_id, "stock-shop_to_office", [1]) == {}
    assert store.snapshots.manifest(ConnectionId(f"{connection_id}-x"), NAME) == Manifest()


def test_the_manifest_of_a_hundred_thousand_entries_is_one_read_of_at_most_four_units(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    wide = {number: full_shard(number) for number in range(1, 201)}
    store.snapshots.save(connection_id, NAME, manifest(wide), {1: wide[1]})
    calls.taken()
    assert len(store.snapshots.manifest(connection_id, NAME).shards) == 200
    assert calls.taken() == {"GetItem": 1}
    item = store.snapshots.table.get(key(connection_id, f"SNAPSHOT#{NAME}"))
    assert item is not None
    assert len(item["manifest"]["S"]) < 4 * UNIT


def test_shards_are_written_and_read_many_at_a_time(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    shards = {number: full_shard(number) for number in range(1, 41)}
    store.snapshots.save(connection_id, NAME, manifest(shards), shards)
    assert calls.taken() == {"BatchWriteItem": 2, "PutItem": 1}
    assert store.snapshots.shards(connection_id, NAME, list(shards)) == shards
    assert calls.taken() == {"BatchGetItem": 1}


def test_a_save_that_saw_another_manifest_is_a_conflict(store: Store, connection_id: ConnectionId) -> None:
    first = store.snapshots.save(connection_id, NAME, manifest({}), {})
    second = store.snapshots.save(connection_id, NAME, first.model_copy(update={"seed": "other"}), {})
    for stale in (manifest({}), first):
        with pytest.raises(Conflict):
            store.snapshots.save(connection_id, NAME, stale, {})
    assert store.snapshots.manifest(connection_id, NAME) == second


def test_a_crash_before_the_manifest_leaves_a_digest_that_does_not_fit_its_shard(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: dict[int, Shard] = {1: {"MUG": "5"}}
    saved = store.snapshots.save(connection_id, NAME, manifest(before), before)
    after: dict[int, Shard] = {1: {"MUG": "7"}}
    with monkeypatch.context() as patch:
        patch.setattr(store.aws.dynamodb, "put_item", _unreachable)
        with pytest.raises(RetryLater):
            store.snapshots.save(connection_id, NAME, manifest(after, saved.version), after)
    found = store.snapshots.manifest(connection_id, NAME)
    stored = store.snapshots.shards(connection_id, NAME, [1])
    assert (found, stored) == (saved, after)
    assert digest_of(stored[1], SEED) != found.shards[0].digest


def test_forgotten_shards_are_gone_and_the_others_stay(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    shards: dict[int, Shard] = {1: {"A": "1"}, 2: {"B": "2"}, 3: {"C": "3"}}
    store.snapshots.save(connection_id, NAME, manifest(shards), shards)
    store.snapshots.forget(connection_id, NAME, [1, 3, 3, 8])
    store.snapshots.forget(connection_id, NAME, [])
    assert new_store().snapshots.shards(connection_id, NAME, [1, 2, 3]) == {2: {"B": "2"}}


def _unreachable(**_: object) -> None:
    raise EndpointConnectionError(endpoint_url="https://dynamodb.example")
