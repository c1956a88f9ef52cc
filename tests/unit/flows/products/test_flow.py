"""The product flow from page to page: what is written, what is not, and how a run starts."""

from itertools import repeat

import pytest

from shopbridge.errors import BridgeError
from tests.unit.flows.products.catalogue_world import World, a_category, a_product, euro, with_variants, world_of

WRITES = ("write", "write category", "deactivate")


def test_products_arrive_once_and_an_unchanged_run_asks_the_target_nothing() -> None:
    world = world_of()
    world.run()
    assert sorted(world.sold()) == ["SKU-1", "SKU-2", "SKU-3", "SKU-4", "SKU-5"]
    assert world.counts() == (5, 5, 0, 0, 0, 0)
    world.calls.names.clear()
    run = world.run()
    assert (run.state, run.percent, world.counts()) == ("done", 100, (5, 0, 0, 5, 0, 0))
    assert world.calls.counted("find", *WRITES, "target categories", "shards", "put shards", "put manifest") == 0
    assert world.calls.counted("page") == 2


def test_a_first_run_counts_what_there_is_and_tells_how_far_it_is() -> None:
    world = world_of(*(a_product(number) for number in range(1, 21)))
    world.lengths = repeat(3)
    world.tick()
    told = [world.standing()]
    while world.slice():
        told.append(world.standing())
    assert {run.percent for run in told if run.stage == "survey"} == {None}
    shown = [run.percent or 0 for run in told if run.stage == "items"]
    assert shown == sorted(set(shown))
    assert shown[-1] == 100
    assert len([each for each in shown if 0 < each < 100]) > 1
    assert {run.expected for run in told if run.stage == "items"} == {20}
    assert world.counts() == (20, 20, 0, 0, 0, 0)


def test_only_what_changed_is_looked_up_and_written() -> None:
    world = world_of()
    world.run()
    world.source.change(3, prices={"regular": euro("12.00")})
    world.calls.names.clear()
    world.target.sent.clear()
    world.run()
    assert world.counts() == (5, 0, 1, 4, 0, 0)
    assert [(change.product.sku, set(change.fields)) for change in world.target.sent] == [("SKU-3", {"price"})]
    assert world.calls.counted("find") == world.calls.counted("write") == 1


def test_what_changed_here_and_there_is_looked_up_and_written_together() -> None:
    world = World()
    world.source.put(*(a_product(number) for number in range(1, 13)))
    world.lengths = repeat(2)  # so that a page is a shard
    world.run()
    world.lengths = repeat(None)
    world.target.batch = 3
    for number in (1, 5, 7, 12):
        world.source.change(number, prices={"regular": euro("9.00")})
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("find") == 2, "three of four shards together, and one at the end"
    assert world.counts() == (12, 0, 4, 8, 0, 0)
    assert {sku for sku, each in world.sold().items() if each["price"][0].regular == euro("9.00")} == {
        f"SKU-{number}" for number in (1, 5, 7, 12)
    }


def test_what_the_policies_leave_alone_is_no_change() -> None:
    world = world_of()
    world.run()
    world.calls.names.clear()
    world.source.change(1, name="New name", long_text="Other", short_text="Other", ean="5901234123457", stock=None)
    world.run()
    assert world.counts() == (5, 0, 0, 5, 0, 0)
    assert world.calls.counted("find") == 0


def test_a_text_that_the_source_has_at_last_fills_an_empty_one_and_never_overwrites() -> None:
    world = world_of(a_product(1, long_text="", short_text=""))
    world.run()
    key = next(iter(world.target.products))
    world.target.products[key]["short_text"] = "Enriched by hand"
    world.source.change(1, long_text="Now there", short_text="Now there too")
    world.run()
    sold = world.sold()["SKU-1"]
    assert (sold["long_text"], sold["short_text"]) == ("Now there", "Enriched by hand")


def test_a_text_that_the_source_empties_stays_in_the_target_even_under_always() -> None:
    world = world_of(a_product(1), fields={"long_text": "always"})
    world.run()
    world.source.change(1, long_text="")
    world.run()
    assert world.sold()["SKU-1"]["long_text"] == "Long"


def test_a_change_of_settings_looks_at_every_product_again() -> None:
    world = world_of()
    world.run()
    world.set(fields={"name": "always"})
    world.run()
    assert world.counts() == (5, 0, 5, 0, 0, 0)


def test_one_that_is_switched_off_neither_creates_nor_updates_and_is_not_looked_up_each_time() -> None:
    world = world_of(a_product(1), create=False)
    world.run()
    assert (world.sold(), world.counts()) == ({}, (1, 0, 0, 1, 0, 0))
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("find") == 0
    world.set(create=True, update=False)
    world.run()
    world.source.change(1, prices={"regular": euro("99.00")})
    world.run()
    assert world.sold()["SKU-1"]["price"][0].regular == euro("10.00")


def test_a_new_variant_travels_with_all_that_makes_it() -> None:
    world = world_of(with_variants(1, "S"))
    world.run()
    world.source.put(with_variants(1, "S", "L"))
    world.run()
    change = world.target.sent[-1]
    assert set(world.sold()["SKU-1"]["variants"]) == {"SKU-1-S", "SKU-1-L"}
    assert change.fields == {"price"}
    assert change.new_variant_fields == {"name", "short_text", "long_text", "ean", "active", "tax"}


# --- what is told ------------------------------------------------------------------------------------------------


def test_stock_is_asked_for_when_the_target_learns_a_new_sku() -> None:
    world = World(with_stock={"active": True})
    world.source.put(a_product(1), with_variants(2))
    world.run()
    assert {sku for request in world.queue.stock for sku in request.skus} == {"SKU-1", "SKU-2-S", "SKU-2-M"}
    world.queue.stock.clear()
    world.source.change(1, prices={"regular": euro("1.00")})
    world.source.put(with_variants(2, "S", "M", "L"))
    world.run()
    assert [request.skus for request in world.queue.stock] == [("SKU-2-S", "SKU-2-M", "SKU-2-L")]


# --- rules ---------------------------------------------------------------------------------------------------------


def test_the_merchants_rules_fill_further_fields_and_what_they_read_counts_as_content() -> None:
    rules = [
        {"target": "memo", "source": "product.extras.shelf"},
        {"target": "variants[].memo", "source": "variant.options.Maat", "convert": "lower"},
    ]
    world = world_of(a_product(1, extras={"shelf": "A1"}), with_variants(2), rules=rules)
    world.run()
    assert world.sold()["SKU-1"]["memo"] == "A1"
    assert world.sold()["SKU-2"]["variants"]["SKU-2-S"]["memo"] == "s"
    world.source.change(1, extras={"shelf": "B2"})
    world.run()
    assert (world.sold()["SKU-1"]["memo"], world.counts()) == ("B2", (2, 0, 1, 1, 0, 0))


def test_a_rule_that_fails_on_a_product_holds_that_product_only() -> None:
    rules = [{"target": "memo", "source": "product.name", "convert": "house_number"}]
    world = world_of(a_product(1, name="none"), a_product(2, name="Road 12"), rules=rules)
    world.run()
    assert world.codes() == {"SKU-1": "rule_failed"}
    assert "the next run tries again" in world.standing().problems[0].reason.fix


# --- starting ---------------------------------------------------------------------------------------------------


def test_a_second_start_is_refused_while_a_run_is_active() -> None:
    world = world_of()
    world.lengths = repeat(0)
    world.tick()
    with pytest.raises(BridgeError, match="active already"):
        world.run(by="anna")


def test_a_run_afresh_looks_at_everything_again_and_at_nothing_twice() -> None:
    world = world_of()
    world.source.tree = [a_category("a"), a_category("b", "a")]
    world.run()
    world.lengths = repeat(0)
    world.start_afresh()
    world.calls.names.clear()
    world.settle()
    assert world.counts() == (5, 0, 5, 0, 0, 0)
    assert world.calls.counted("write category") == 0
