"""A comparison with the target: it repairs what others wrote there, and writes nothing else."""

import pytest

from shopbridge.flows import shards
from shopbridge.model.stock import sold_otherwise
from tests.unit.flows.stock.stock_world import Order, a_swept_world


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_SIZE", 3)


def test_a_comparison_repairs_what_others_wrote_into_the_target_and_reports_it() -> None:
    world = a_swept_world()
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
    world = a_swept_world()
    world.shop.enter(Order("o1", {"S8": 3}, world.clock()))
    assert world.stocks["S8"] == 5
    assert world.sweep("stock_comparison").counts.updated == 0  # as it should be
    world.shop.record("S8").stock = 8
    assert world.sweep("stock_comparison").counts.updated == 1
    assert world.stocks["S8"] == 5


def test_a_comparison_tries_skus_again_that_the_target_did_not_know_and_learns_of_those_it_lost() -> None:
    world = a_swept_world()
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
    world = a_swept_world()
    world.sweep()
    otherwise = sold_otherwise("The target", "S2", "with variants")
    world.shop.record("S2").stock = 9
    world.shop.unsold["S2"] = otherwise
    world.log.lines.clear()
    assert world.sweep("stock_comparison").counts.held == 1
    assert (world.stocks["S2"], world.snapshot["S2"]) == (9, "!2")
    assert world.log.of("stock_held", "code") == ["sold_otherwise"]


def test_a_comparison_without_drift_writes_nothing_and_takes_no_lease_for_writing() -> None:
    world = a_swept_world()
    world.sweep("stock_comparison")
    world.calls.names.clear()
    world.sweep("stock_comparison")
    assert not {"write", "put shards"} & set(world.calls.names)
    assert world.counted("take lease") == 1
