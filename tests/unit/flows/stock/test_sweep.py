"""A sweep over the whole source: it sends what differs, and costs nothing where nothing does."""

from decimal import Decimal

import pytest

from shopbridge.flows import shards
from tests.unit.flows.stock.stock_world import StockWorld, a_swept_world, problem_of

PAGES = ("office page", "shop page")


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_SIZE", 3)


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
    world = a_swept_world()
    run = world.sweep()
    assert run.counts.model_dump(exclude_defaults=True) == {"found": 10, "unchanged": 10}
    assert (run.state, run.percent, run.stage) == ("done", 100, "items")
    names = list(world.calls.names)
    assert names.count("office page") == 3
    assert not {"write", "open orders", "put shards", "target read"} & set(names)
    assert names.count("shards") == 1  # the trail of writes in doubt


def test_changes_of_many_shards_go_out_in_full_batches() -> None:
    world = a_swept_world()
    for number in (1, 3, 4, 6, 7, 9, 10):
        world.office.take(f"S{number}", 1)
    assert world.sweep().counts.model_dump(exclude_defaults=True) == {"found": 10, "updated": 7, "unchanged": 3}
    assert [sorted(write) for write in world.shop.writes] == [["S1", "S3", "S4"], ["S6", "S7", "S9"], ["S10"]]
    assert world.stocks["S10"] == 9


def test_only_what_differs_is_written_so_that_the_shops_own_deductions_stay() -> None:
    world = a_swept_world()
    world.shop.take("S5", 2)  # a web order of which nobody has heard yet
    world.office.take("S6", 1)
    world.sweep()
    assert (world.stocks["S5"], world.stocks["S6"]) == (3, 5)


def test_new_settings_and_a_wish_to_start_afresh_write_everything_anew() -> None:
    world = a_swept_world()
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
    world = a_swept_world()
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
    world = a_swept_world()
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
    world = a_swept_world()
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
    world = a_swept_world()
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


# --- starting -----------------------------------------------------------------------------------------------------


def test_a_stock_run_is_refused_while_stock_is_off() -> None:
    world = StockWorld(active=False)
    assert "does not carry stock" in problem_of(lambda: world.start("stock"))
