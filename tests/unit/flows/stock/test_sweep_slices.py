"""A sweep in slices: whatever interrupts it and whoever writes meanwhile, the target ends up as the source is."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.flows import shards
from shopbridge.flows.runs import Slice, new_run, run_slice
from shopbridge.flows.shards import SeenSkus, load_memory
from shopbridge.flows.stock.sweep import stock_work
from shopbridge.model.messages import RunRequest
from shopbridge.model.snapshot import NO_END
from tests.examples import examples
from tests.unit.flows.stock.stock_world import Keeper, StockWorld, a_swept_world
from tests.unit.memory_stores import Killed


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_SIZE", 3)


# --- slices, and being interrupted ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """What happens before a sweep, and to it."""

    puts: tuple[tuple[int, int], ...]
    gone: tuple[int, ...]
    slices: tuple[int, ...]
    killed_at: int


RANK = st.integers(1, 25)
ROUNDS = st.lists(
    st.builds(
        Round,
        puts=st.lists(st.tuples(RANK, st.integers(0, 3)), max_size=8).map(tuple),
        gone=st.lists(RANK, max_size=4).map(tuple),
        slices=st.lists(st.integers(0, 4), max_size=6).map(tuple),
        killed_at=st.integers(-1, 60),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=examples(60))
@given(ROUNDS, st.sampled_from(["stock", "stock_comparison"]))
def test_after_any_sweeps_in_any_slices_snapshot_and_target_are_the_source(rounds: list[Round], kind: Any) -> None:
    world = StockWorld()
    for rank in range(1, 26):
        world.shop.put(f"S{rank}", 0)
    broken_off = False
    for each in rounds:
        change(world.office, each)
        world.calls.names.clear()
        world.calls.at, world.calls.when = each.killed_at, "after" if each.killed_at % 2 else "before"
        try:
            world.sweep(kind, slices=partial(next, iter(each.slices), None))
        except Killed:
            broken_off = True
            continue
        finally:
            world.calls.at = -1
            world.queue.runs.clear()
            world.clock.advance(minutes=20)
        if broken_off:
            world.sweep(kind)  # the one before only ended what was broken off
        broken_off = False
        check(world)
    world.sweep(kind)
    world.sweep(kind)
    check(world)
    world.sweep(kind)  # the last shard may have gone, so that another one is the last now
    world.calls.names.clear()
    world.sweep("stock")
    assert not {"write", "put shards"} & set(world.calls.names)


def change(office: Keeper, each: Round) -> None:
    kept = {record.rank: record for record in office.records if record.rank not in each.gone}
    office.records = list(kept.values())
    for rank, stock in each.puts:
        if rank in kept:
            kept[rank].stock = stock
        else:
            kept[rank] = office.put(f"S{rank}", stock, rank)


def check(world: StockWorld) -> None:
    """But for what changed behind a sweep's back, which these sweeps have none of."""
    found = {record.sku: record.stock for record in world.office.records}
    assert world.snapshot == {sku: str(stock) for sku, stock in found.items()}
    assert {sku: world.stocks[sku] for sku in found} == found
    marks = world.snapshots.manifests["stock-office_to_shop"].shards
    assert len({mark.upto for mark in marks}) == len(marks)
    assert all(mark.upto <= NO_END for mark in marks)


def test_a_slice_ends_between_shards_and_the_next_one_goes_on_there() -> None:
    world = a_swept_world()
    for number in range(1, 11):
        world.office.take(f"S{number}", 1)
    looks: Iterator[int] = iter([0, 0, 0])
    run = world.sweep(slices=lambda: next(looks, None))
    assert run.counts.model_dump(exclude_defaults=True) == {"found": 10, "updated": 10}
    assert [sorted(write) for write in world.shop.writes] == [
        ["S1", "S2", "S3"],
        ["S4", "S5", "S6"],
        ["S7", "S8", "S9"],
        ["S10"],
    ]


def test_a_run_whose_direction_was_turned_round_meanwhile_begins_anew() -> None:
    world = a_swept_world()
    world.start("stock")
    begun = world.runs.load(world.connection.id, "stock")
    assert begun is not None
    elsewhere = {"direction": "shop_to_office", "stage": "items", "position": "9", "rank": 9}
    world.runs.save(world.connection.id, begun.model_copy(update=elsewhere))
    assert world.sweep().counts.found == 10


def test_a_duplicate_whose_two_records_fall_into_two_slices_is_noticed() -> None:
    world = a_swept_world()
    world.office.put("S1", 70)
    looks = iter([0, 0])
    world.sweep(slices=lambda: next(looks, None))
    assert world.snapshots.manifests["stock-office_to_shop"].refused == ("S1",)


def test_a_sweep_that_broke_off_forgets_no_duplicate() -> None:
    world = a_swept_world()
    world.office.put("S1", 70)
    world.sweep()
    world.clock.advance(minutes=1)
    world.calls.at, world.calls.when = 14, "before"
    looks = iter([0, 0, 0, 0])
    try:
        world.sweep(slices=lambda: next(looks, None))
    except Killed:
        world.clock.advance(minutes=20)
    world.calls.at = -1
    world.sweep()
    assert world.snapshots.manifests["stock-office_to_shop"].refused == ("S1",)


def test_a_write_that_nobody_recorded_is_made_again_even_if_the_figure_went_back() -> None:
    """The target has 4, the snapshot says 5, and the source says 5 again: nothing else would ever tell."""
    world = a_swept_world()
    world.office.take("S5", 1)
    at = calls_until(world, "write")
    world.office.take("S5", -1)
    world.shop.record("S5").stock = 5
    world.sweep()
    world.office.take("S5", 1)
    world.calls.names.clear()
    world.calls.at, world.calls.when = at, "after"
    with pytest.raises(Killed):
        world.sweep()
    assert world.stocks["S5"] == 4
    world.calls.at = -1
    world.office.take("S5", -1)
    world.clock.advance(minutes=20)
    world.sweep()
    assert world.stocks["S5"] == 5


def calls_until(world: StockWorld, name: str) -> int:
    world.calls.names.clear()
    world.sweep()
    return world.calls.names.index(name)


# --- others at work ---------------------------------------------------------------------------------------------


def test_a_comparison_waits_for_a_sweep_and_goes_on_afterwards() -> None:
    world = a_swept_world()
    world.leases.held["stock-sweep"] = ("somebody", world.clock.now.replace(year=2030))
    world.clock.advance(minutes=1)
    run_slice(world.bridge, RunRequest(connection=world.connection.id, job="stock_comparison"), stock_work)
    assert world.log.of("run_waits", "job") == ["stock_comparison"]
    del world.leases.held["stock-sweep"]
    assert world.sweep("stock_comparison").state == "done"


def test_a_sweep_that_meets_another_writer_leaves_it_alone_and_comes_back() -> None:
    world = a_swept_world()
    world.office.take("S1", 1)
    world.leases.held["stock-write"] = ("somebody", world.clock.now.replace(year=2030))
    released = iter([None, None])

    def slices() -> int | None:
        if len(world.queue.runs) == 0 and next(released, 0) is None and world.calls.names:
            world.leases.held.pop("stock-write", None)
        return None

    run = world.sweep(slices=slices)
    assert (run.state, run.counts.updated, world.stocks["S1"]) == ("done", 1, 0)


def test_figures_that_were_written_from_a_newer_reading_meanwhile_are_left() -> None:
    world = a_swept_world()
    world.office.take("S1", 1)

    def meanwhile(name: str) -> None:
        if name == "take lease" and world.calls.names.count("office page") == 3 and not pushed:
            pushed.append(name)
            world.office.record("S1").stock = 9
            world.push("S1")

    pushed: list[str] = []
    world.calls = world.shop.calls = meddled(world, meanwhile)
    run = world.sweep()
    assert pushed
    assert world.stocks["S1"] == 9
    assert world.snapshot["S1"] == "9"
    assert run.counts.updated == 0


def meddled(world: StockWorld, meanwhile: Any) -> Any:
    """Let something else happen right before a call."""
    through = world.calls.through

    def watched(name: str, work: Any) -> Any:
        meanwhile(name)
        return through(name, work)

    world.calls.through = watched  # type: ignore[method-assign]
    return world.calls


# --- SKUs met -----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from("ABCDEFG"), st.integers(1, 5).map(str)), max_size=30), st.integers(0, 30))
def test_skus_met_in_two_slices_come_twice_exactly_when_two_records_have_them(
    records: list[tuple[str, str]], cut: int
) -> None:
    first = SeenSkus()
    for sku, record in records[:cut]:
        first.add(sku, record)
    second = SeenSkus(first.packed())
    for sku, record in records[cut:]:
        second.add(sku, record)
    owners: dict[str, set[str]] = {}
    for sku, record in records:
        owners.setdefault(sku, set()).add(record)
    assert second.twice == {sku for sku, found in owners.items() if len(found) > 1}
    assert {sku for sku in "ABCDEFG" if sku in second} == set(owners)


def test_memory_of_a_hundred_thousand_skus_is_a_megabyte() -> None:
    seen = SeenSkus()
    for number in range(1000):
        seen.add(f"SKU-{number}", str(number))
    assert len(seen.packed()) <= 1000 * 10 + 10
    assert seen.twice == set()


def test_a_checkpoint_in_the_form_of_another_version_only_says_that_something_is_missing() -> None:
    world = StockWorld()
    run = new_run(world.bridge, "stock", "schedule", before=None).model_copy(update={"stage": "items", "rank": 3})
    world.runs.save_checkpoint(world.connection.id, "stock", f'["{run.id}", "items", 3, false]\n'.encode())
    memory = load_memory(Slice(world.bridge, world.connection, run))
    assert (memory.whole, memory.gone, memory.seen.twice) == (False, set(), set())
