"""A sweep over the whole source: it sends what differs, and costs nothing where nothing does."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
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
from shopbridge.model.stock import sold_otherwise
from tests.unit.flows.stock.stock_world import Keeper, Order, StockWorld, problem_of
from tests.unit.memory_stores import Killed

PAGES = ("office page", "shop page")


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_SIZE", 3)


def a_world(count: int = 10, **options: Any) -> StockWorld:
    """Both sides have these SKUs, S1 with 1 unit, S2 with 2 …; the first sweep is done."""
    world = StockWorld(**options)
    for number in range(1, count + 1):
        world.source.put(f"S{number}", number)
        world.target.put(f"S{number}", 0)
    world.sweep()
    world.calls.names.clear()
    world.target.writes.clear()
    return world


# --- what it costs ----------------------------------------------------------------------------------------------


def test_the_first_sweep_sends_everything_and_looks_for_skus_that_come_twice_before() -> None:
    world = StockWorld()
    for number in range(1, 11):
        world.office.put(f"S{number}", number)
        world.shop.put(f"S{number}", 0)
    assert world.sweep().counts.model_dump(exclude_defaults=True) == {"found": 10, "updated": 10}
    assert world.stocks == {f"S{number}": number for number in range(1, 11)}
    assert [len(write) for write in world.shop.writes] == [3, 3, 3, 1]
    assert world.counted(*PAGES) == 6  # three pages, twice


def test_an_unchanged_sweep_reads_the_source_and_no_shard_and_writes_nothing() -> None:
    world = a_world()
    run = world.sweep()
    assert run.counts.model_dump(exclude_defaults=True) == {"found": 10, "unchanged": 10}
    assert (run.state, run.percent, run.stage) == ("done", 100, "items")
    names = list(world.calls.names)
    assert names.count("office page") == 3
    assert not {"write", "open orders", "put shards", "target read"} & set(names)
    assert names.count("shards") == 1  # the trail of writes in doubt


def test_changes_of_many_shards_go_out_in_full_batches() -> None:
    world = a_world()
    for number in (1, 3, 4, 6, 7, 9, 10):
        world.office.take(f"S{number}", 1)
    assert world.sweep().counts.model_dump(exclude_defaults=True) == {"found": 10, "updated": 7, "unchanged": 3}
    assert [sorted(write) for write in world.shop.writes] == [["S1", "S3", "S4"], ["S6", "S7", "S9"], ["S10"]]
    assert world.stocks["S10"] == 9


def test_only_what_differs_is_written_so_that_the_shops_own_deductions_stay() -> None:
    world = a_world()
    world.shop.take("S5", 2)  # a web order of which nobody has heard yet
    world.office.take("S6", 1)
    world.sweep()
    assert (world.stocks["S5"], world.stocks["S6"]) == (3, 5)


def test_new_settings_and_a_wish_to_start_afresh_write_everything_anew() -> None:
    world = a_world()
    settings = world.connection.settings
    stock = settings.stock.model_copy(update={"safety_buffer": Decimal(1)})
    buffered = settings.model_copy(update={"stock": stock})
    world.connections.connection = world.connection.model_copy(update={"settings": buffered})
    assert world.sweep().counts.updated == 10
    assert world.stocks["S1"] == 0
    world.start("stock", afresh=True)
    assert world.sweep().counts.updated == 10
    assert world.sweep().counts.updated == 0
    assert world.counted(*PAGES) == 9  # what comes twice is known by now


# --- what is not written ----------------------------------------------------------------------------------------


def test_what_the_source_does_not_know_whole_is_left_as_it_is_and_told_once() -> None:
    world = a_world()
    world.office.record("S2").known = False
    world.office.record("S3").managed = False
    counts = [world.sweep().counts for _ in range(2)]
    assert [count.held for count in counts] == [2, 2]
    assert world.shop.writes == []
    held = [(facts["code"], facts["skus"]) for event, facts in world.log.lines if event == "stock_held"]
    assert held == [("stock_unknown", ["S2"]), ("stock_not_managed", ["S3"])]
    world.office.record("S2").known = True
    assert world.sweep().counts.updated == 1  # sent again, since nobody knows what happened meanwhile


def test_an_sku_that_comes_twice_is_refused_from_the_first_sweep_on_and_told_once() -> None:
    world = StockWorld()
    for sku in ("A", "B", "C", "D", "E", "A"):
        world.office.put(sku, 5)
    for sku in "ABCDE":
        world.shop.put(sku, 0)
    runs = [world.sweep() for _ in range(2)]
    assert [run.counts.held for run in runs] == [2, 2]
    assert world.stocks["A"] == 0
    assert world.log.of("stock_held", "skus") == [["A"]]
    assert {problem.reason.code for problem in runs[1].problems} == {"duplicate_sku"}


def test_an_sku_that_comes_twice_later_is_refused_as_soon_as_both_were_met_and_sent_when_one_is_gone() -> None:
    world = a_world()
    world.office.put("S1", 70)
    assert world.sweep().counts.held == 1
    assert world.sweep().counts.held == 2
    assert world.shop.writes == []
    assert world.log.of("stock_held", "skus") == [["S1"]]
    world.office.records.pop()
    world.sweep()
    assert world.sweep().counts.updated == 1
    assert world.stocks["S1"] == 1


def test_an_sku_that_the_target_does_not_know_is_told_once_and_tried_again_when_its_figure_moves() -> None:
    world = a_world()
    world.office.put("NEW", 7)
    counts = [world.sweep().counts for _ in range(3)]
    assert [(count.held, count.unchanged) for count in counts] == [(1, 10), (0, 11), (0, 11)]
    assert world.snapshot["NEW"] == "!7"
    assert world.counted("write") == 1
    world.shop.put("NEW", 0)
    world.office.take("NEW", 1)
    assert world.sweep().counts.updated == 1
    assert (world.stocks["NEW"], world.snapshot["NEW"]) == (6, "6")
    assert world.log.of("stock_held", "code") == ["unknown_sku"]


def test_an_sku_that_the_source_has_no_longer_is_told_and_its_stock_left() -> None:
    world = a_world()
    world.office.records.remove(world.office.record("S4"))
    world.office.record("S7").rank = 50  # it only moved
    world.office.records.sort(key=lambda record: record.rank)
    world.sweep()
    world.sweep()
    assert world.log.of("stock_gone", "skus") == [["S4"]]
    assert world.stocks["S4"] == 4
    assert set(world.snapshot) == {f"S{number}" for number in range(1, 11)} - {"S4"}


def test_records_without_an_sku_are_counted_and_named_once_in_the_run() -> None:
    world = StockWorld()
    for sku in ("", "", "A"):
        world.office.put(sku, 5)
    world.shop.put("A", 0)
    run = world.sweep()
    assert (run.counts.found, run.counts.held, run.counts.updated) == (3, 2, 1)
    assert [problem.reason.code for problem in run.problems] == ["sku_missing"]


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


@settings(max_examples=60)
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
    world = a_world()
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
    world = a_world()
    world.start("stock")
    begun = world.runs.load(world.connection.id, "stock")
    assert begun is not None
    elsewhere = {"direction": "shop_to_office", "stage": "items", "position": "9", "rank": 9}
    world.runs.save(world.connection.id, begun.model_copy(update=elsewhere))
    assert world.sweep().counts.found == 10


def test_a_duplicate_whose_two_records_fall_into_two_slices_is_noticed() -> None:
    world = a_world()
    world.office.put("S1", 70)
    looks = iter([0, 0])
    world.sweep(slices=lambda: next(looks, None))
    assert world.snapshots.manifests["stock-office_to_shop"].refused == ("S1",)


def test_a_sweep_that_broke_off_forgets_no_duplicate() -> None:
    world = a_world()
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
    world = a_world()
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
    world = a_world()
    world.leases.held["stock-sweep"] = ("somebody", world.clock.now.replace(year=2030))
    world.clock.advance(minutes=1)
    run_slice(world.bridge, RunRequest(connection=world.connection.id, job="stock_comparison"), stock_work)
    assert world.log.of("run_waits", "job") == ["stock_comparison"]
    del world.leases.held["stock-sweep"]
    assert world.sweep("stock_comparison").state == "done"


def test_a_sweep_that_meets_another_writer_leaves_it_alone_and_comes_back() -> None:
    world = a_world()
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
    world = a_world()
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


# --- comparison -------------------------------------------------------------------------------------------------


def test_a_comparison_repairs_what_others_wrote_into_the_target_and_reports_it() -> None:
    world = a_world()
    world.shop.record("S4").stock = 99
    world.office.take("S5", 1)
    assert world.sweep().counts.updated == 1  # a sweep of differences does not see it
    world.office.take("S6", 1)
    counts = world.sweep("stock_comparison").counts
    assert counts.model_dump(exclude_defaults=True) == {"found": 10, "updated": 2, "unchanged": 8}
    assert (world.stocks["S4"], world.stocks["S6"]) == (4, 5)
    assert world.log.of("stock_drift", "figures") == [
        ["S4: 99 in the target instead of 4 (4 = 4 on hand - 0 reserved)"]
    ]


def test_a_comparison_finds_units_of_an_open_order_that_were_written_over() -> None:
    world = a_world()
    world.shop.enter(Order("o1", {"S8": 3}, world.clock()))
    assert world.stocks["S8"] == 5
    assert world.sweep("stock_comparison").counts.updated == 0  # as it should be
    world.shop.record("S8").stock = 8
    assert world.sweep("stock_comparison").counts.updated == 1
    assert world.stocks["S8"] == 5


def test_a_comparison_tries_skus_again_that_the_target_did_not_know_and_learns_of_those_it_lost() -> None:
    world = a_world()
    world.office.put("NEW", 7)
    world.sweep()
    world.shop.put("NEW", 0)
    world.shop.records.remove(world.shop.record("S2"))
    world.log.lines.clear()
    counts = world.sweep("stock_comparison").counts
    assert (counts.updated, counts.held) == (1, 1)
    assert (world.snapshot["NEW"], world.snapshot["S2"], world.stocks["NEW"]) == ("7", "!2", 7)
    assert world.sweep("stock_comparison").counts.held == 1
    assert world.log.of("stock_held", "skus") == [["S2"]]


def test_a_comparison_tells_why_no_figure_can_be_written_for_what_the_target_has() -> None:
    world = a_world()
    world.sweep()
    otherwise = sold_otherwise("The target", "S2", "with variants")
    world.shop.record("S2").stock = 9
    world.shop.unsold["S2"] = otherwise
    world.log.lines.clear()
    assert world.sweep("stock_comparison").counts.held == 1
    assert (world.stocks["S2"], world.snapshot["S2"]) == (9, "!2")
    assert world.log.of("stock_held", "code") == ["sold_otherwise"]


def test_a_comparison_without_drift_writes_nothing_and_takes_no_lease_for_writing() -> None:
    world = a_world()
    world.sweep("stock_comparison")
    world.calls.names.clear()
    world.sweep("stock_comparison")
    assert not {"write", "put shards"} & set(world.calls.names)
    assert world.counted("take lease") == 1


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


def test_a_stock_run_is_refused_while_stock_is_off() -> None:
    world = StockWorld(active=False)
    assert "does not carry stock" in problem_of(lambda: world.start("stock"))


def test_a_checkpoint_in_the_form_of_another_version_only_says_that_something_is_missing() -> None:
    world = StockWorld()
    run = new_run(world.bridge, "stock", "schedule", before=None).model_copy(update={"stage": "items", "rank": 3})
    world.runs.save_checkpoint(world.connection.id, "stock", f'["{run.id}", "items", 3, false]\n'.encode())
    memory = load_memory(Slice(world.bridge, world.connection, run))
    assert (memory.whole, memory.gone, memory.seen.twice) == (False, set(), set())
