"""What leaves the source and what leaves the target: nothing stays on sale unseen, and nothing stays away for good."""

from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest

from shopbridge.model.catalogue import Product, Variant
from shopbridge.model.ledger import Reason
from tests.unit.flows.products.catalogue_world import World, a_product, a_variant, euro, with_variants
from tests.unit.memory_stores import Killed

BAD = Reason(code="bad", text="No.", fix="Mend it.")
DAY = 24 * 3600


def a_world(*products: Product, **settings: Any) -> World:
    world = World(**settings)
    world.source.put(*(products or (with_variants(1, "S", "M", "L"), a_product(2))))
    return world


def runs(world: World, count: int) -> None:
    for _ in range(count):
        world.run()


def variants(world: World, product: str = "SKU-1") -> dict[str, bool]:
    """Whether each variant is on sale in the target."""
    return {sku: row.get("active") is not False for sku, row in world.sold()[product]["variants"].items()}


def without(world: World, *sizes: str) -> None:
    kept = tuple(each for each in with_variants(1, "S", "M", "L").variants if each.options["Size"] not in sizes)
    world.source.change(1, variants=kept)


def switch(world: World, size: str, *, on: bool) -> None:
    def switched(variant: Variant) -> Variant:
        return variant.model_copy(update={"active": on}) if variant.options["Size"] == size else variant

    record = world.source.shelf[1]
    assert isinstance(record, Product)
    world.source.change(1, variants=tuple(map(switched, record.variants)))


def told(world: World) -> dict[str, tuple[str, int]]:
    """The run's problems, and how many it counts as held."""
    return {item: (code, world.standing().counts.held) for item, code in world.codes().items()}


# --- variants ---------------------------------------------------------------------------------------------------------


def test_a_deleted_variant_is_told_in_every_run_and_counted() -> None:
    world = a_world()
    world.run()
    without(world, "M")
    world.run()
    assert (world.codes(), world.counts()) == ({}, (2, 0, 1, 1, 0, 0))
    for _ in range(3):
        world.run()
        assert told(world) == {"SKU-1-M": ("deleted_at_source", 1)}
    assert world.log.of("product_gone") == ["SKU-1-M"]
    assert all(variants(world).values())


def test_a_deleted_variant_is_taken_off_sale_and_comes_back() -> None:
    world = a_world(gone="deactivate", with_stock={"active": True})
    world.run()
    without(world, "M")
    runs(world, 2)
    assert variants(world) == {"SKU-1-S": True, "SKU-1-M": False, "SKU-1-L": True}
    assert (world.counts(), world.log.of("product_deactivated")) == ((2, 0, 1, 2, 0, 0), ["SKU-1-M"])
    world.calls.names.clear()
    world.run()
    assert (world.counts(), world.calls.counted("deactivate", "find", "on sale")) == ((2, 0, 0, 2, 0, 0), 0)
    world.queue.stock.clear()
    without(world)
    world.run()
    assert all(variants(world).values())
    assert "SKU-1-M" in world.queue.stock[0].skus


def test_a_variant_that_is_switched_off_leaves_at_once_and_comes_back() -> None:
    world = a_world(gone="deactivate")
    world.run()
    switch(world, "M", on=False)
    world.run()
    assert variants(world) == {"SKU-1-S": True, "SKU-1-M": False, "SKU-1-L": True}
    runs(world, 2)
    assert len(world.target.off) == 1
    switch(world, "M", on=True)
    world.run()
    assert all(variants(world).values())


def test_a_variant_that_is_switched_off_is_reported_until_it_is_off_or_on_again() -> None:
    world = a_world()
    world.run()
    switch(world, "M", on=False)
    for _ in range(3):
        world.run()
        assert told(world) == {"SKU-1-M": ("disabled_at_source", 1)}
    switch(world, "M", on=True)
    world.run()
    assert world.codes() == {}


@pytest.mark.parametrize("how", [{"include_disabled": True}, {"fields": {"active": "always"}}])
def test_variants_whose_switch_travels_are_no_leavers(how: dict[str, Any]) -> None:
    world = a_world(**how)
    switch(world, "M", on=False)
    runs(world, 2)
    assert world.codes() == {}
    assert not variants(world)["SKU-1-M"]


def test_a_variant_that_was_created_switched_off_goes_on_sale_when_the_source_switches_it_on() -> None:
    world = a_world()
    switch(world, "M", on=False)
    runs(world, 2)
    assert (world.codes(), variants(world)["SKU-1-M"]) == ({}, False)
    switch(world, "M", on=True)
    world.run()
    assert variants(world)["SKU-1-M"]


def test_what_the_target_does_not_sell_anyway_is_not_told() -> None:
    world = a_world()
    world.target.products = {"x": {"sku": "SKU-1", "variants": {"SKU-1-M": {"active": False}}}}
    switch(world, "M", on=False)
    runs(world, 2)
    assert (world.codes(), world.log.of("product_gone")) == ({}, [])


def test_what_a_person_took_off_sale_is_told_no_more_within_a_day_or_when_somebody_asks() -> None:
    world = a_world()
    world.run()
    without(world, "M")
    del world.source.shelf[2]
    runs(world, 3)
    assert set(world.codes()) == {"SKU-1-M", "SKU-2"}
    world.sold()["SKU-1"]["variants"]["SKU-1-M"]["active"] = False
    world.sold()["SKU-2"]["active"] = False
    world.run()
    assert set(world.codes()) == {"SKU-1-M", "SKU-2"}
    world.clock.advance(seconds=DAY)
    runs(world, 1)
    assert world.codes() == {}
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("on sale", "find") == 0


def test_a_variant_that_another_record_took_over_stays_on_sale() -> None:
    world = a_world(gone="deactivate")
    world.run()
    without(world, "M")
    world.source.put(a_product(9, sku="OTHER", variants=(a_variant("SKU-1-M", "M"),), stock=None))
    runs(world, 3)
    assert "SKU-1-M" not in world.target.off
    assert variants(world)["SKU-1-M"]


def test_a_variant_that_was_taken_off_and_comes_back_under_another_record_is_on_sale_again() -> None:
    world = a_world(gone="deactivate")
    world.run()
    without(world, "M")
    runs(world, 2)
    assert not variants(world)["SKU-1-M"]
    world.source.put(a_product(9, sku="OTHER", variants=(a_variant("SKU-1-M", "M"),), stock=None))
    world.run()
    assert variants(world)["SKU-1-M"]


def test_a_variant_that_cannot_be_taken_off_is_told_and_tried_again() -> None:
    world = a_world(gone="deactivate")
    world.run()
    without(world, "M")
    world.target.refusals["SKU-1-M"] = BAD
    runs(world, 2)
    assert (world.codes(), world.counts()) == ({"SKU-1-M": "bad"}, (2, 0, 0, 2, 0, 1))
    world.target.refusals.clear()
    world.run()
    assert (world.codes(), world.target.off) == ({}, ["SKU-1-M"])


def test_a_product_that_waits_keeps_what_it_sells() -> None:
    world = a_world(gone="deactivate")
    world.run()
    without(world, "M")
    world.source.change(1, prices={})
    runs(world, 3)
    assert (world.codes(), world.target.off) == ({"SKU-1": "no_price"}, [])


def test_a_source_that_hides_most_variants_takes_none_off_sale_unless_somebody_says_so() -> None:
    sizes = [f"{number}" for number in range(30)]
    world = a_world(with_variants(1, *sizes), a_product(2), gone="deactivate")
    world.run()
    world.source.put(with_variants(1, *sizes[:5]))
    runs(world, 3)
    assert (world.codes(), world.target.off) == ({"products.gone": "too_many_gone"}, [])
    world.run(by="anna")
    assert len(world.target.off) == 25


# --- former SKUs ------------------------------------------------------------------------------------------------------


def test_a_renamed_sku_is_told_in_every_run_and_the_old_one_is_taken_off_where_the_settings_say_so() -> None:
    world = a_world(a_product(1), a_product(2))
    world.run()
    world.source.change(1, sku="NEW")
    world.run()
    assert (set(world.sold()), world.codes()) == ({"SKU-1", "SKU-2", "NEW"}, {})
    for _ in range(2):
        world.run()
        assert told(world) == {"SKU-1": ("renamed_at_source", 1)}
    assert world.log.of("product_gone") == ["SKU-1"]
    world.set(gone="deactivate")
    runs(world, 2)
    assert (world.codes(), world.sold()["SKU-1"]["active"], world.target.off) == ({}, False, ["t1"])


def test_a_former_sku_that_comes_back_is_on_sale_again() -> None:
    world = a_world(a_product(1), a_product(2), gone="deactivate")
    world.run()
    world.source.change(1, sku="NEW")
    runs(world, 2)
    assert world.sold()["SKU-1"]["active"] is False
    world.source.put(a_product(3, sku="SKU-1"))
    runs(world, 2)
    assert world.sold()["SKU-1"]["active"] is True


def test_two_products_that_change_skus_stay_on_sale() -> None:
    world = a_world(a_product(1), a_product(2), gone="deactivate")
    world.run()
    world.source.change(1, sku="SKU-2")
    world.source.change(2, sku="SKU-1")
    runs(world, 3)
    assert (world.target.off, world.codes()) == ([], {})


# --- whole products ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", ["delete", "disable"])
def test_a_product_that_leaves_is_told_in_every_run_and_counted_until_it_is_back(leave: str) -> None:
    world = a_world()
    world.run()
    gone = world.source.shelf[2]
    if leave == "delete":
        del world.source.shelf[2]
        world.run()
    else:
        world.source.change(2, active=False)
    for _ in range(3):
        world.run()
        assert told(world) == {"SKU-2": (f"{leave}d_at_source", 1)}
    assert world.log.of("product_gone") == ["SKU-2"]
    world.source.put(gone)
    world.run()
    assert world.codes() == {}


# --- deleted in the target --------------------------------------------------------------------------------------------


def test_what_was_deleted_in_the_target_is_back_within_a_day_with_its_stock() -> None:
    world = a_world(with_stock={"active": True})
    world.run()
    world.queue.stock.clear()
    del world.target.products[next(key for key, each in world.target.products.items() if each["sku"] == "SKU-2")]
    del world.sold()["SKU-1"]["variants"]["SKU-1-M"]
    world.run()
    assert world.counts() == (2, 0, 0, 2, 0, 0)
    world.clock.advance(seconds=DAY)
    world.run()
    assert set(world.sold()) == {"SKU-1", "SKU-2"}
    assert set(variants(world)) == {"SKU-1-S", "SKU-1-M", "SKU-1-L"}
    assert {"SKU-1-M", "SKU-2"} <= {sku for request in world.queue.stock for sku in request.skus}
    assert world.log.of("product_lost", "skus") == [["SKU-1-M"], ["SKU-2"]]


def test_a_run_that_somebody_starts_looks_at_once() -> None:
    world = a_world()
    world.run()
    world.target.products.clear()
    world.run(by="anna")
    assert set(world.sold()) == {"SKU-1", "SKU-2"}
    assert world.counts() == (2, 2, 0, 0, 0, 0)


def test_what_is_made_again_for_another_reason_has_its_stock_as_well() -> None:
    world = a_world(with_stock={"active": True})
    world.run()
    world.target.products.clear()
    world.queue.stock.clear()
    world.source.change(2, prices={"regular": euro("11.00")})
    world.run()
    assert [request.skus for request in world.queue.stock] == [("SKU-2",)]
    world.queue.stock.clear()
    world.start_afresh()
    world.settle()
    assert [request.skus for request in world.queue.stock] == [("SKU-1-S", "SKU-1-M", "SKU-1-L")]


@pytest.mark.parametrize(("settings", "lost"), [({"create": False}, "SKU-2"), ({"update": False}, "SKU-1-M")])
def test_where_it_may_not_be_made_again_it_is_held_by_name_in_every_run(settings: dict[str, Any], lost: str) -> None:
    world = a_world()
    world.run()
    world.set(**settings)
    world.run()
    if lost == "SKU-2":
        del world.target.products[next(key for key, each in world.target.products.items() if each["sku"] == "SKU-2")]
    else:
        del world.sold()["SKU-1"]["variants"][lost]
    world.clock.advance(seconds=DAY)
    for _ in range(3):
        world.run()
        assert set(world.codes().values()) == {"deleted_in_target"}
    assert list(world.codes()) == [lost.removesuffix("-M")]


def test_the_target_is_asked_once_a_day_whatever_breaks_off() -> None:
    world = a_world(*(a_product(number) for number in range(1, 12)))
    world.run()
    world.clock.advance(seconds=DAY)
    world.calls.names.clear()
    world.lengths = repeat(3)
    world.tick()
    world.settle()
    assert 1 <= world.calls.counted("on sale") <= 11
    world.lengths = repeat(None)
    runs(world, 1)
    world.calls.names.clear()
    world.clock.advance(seconds=timedelta(hours=2).total_seconds())
    runs(world, 3)
    assert world.calls.counted("on sale") == 0


def left_and_lost() -> World:
    """Variants, SKUs and products leave the source, and others vanish from the target."""
    world = a_world(
        with_variants(1, "S", "M", "L"),
        *(a_product(number) for number in range(2, 5)),
        gone="deactivate",
        with_stock={"active": True},
    )
    world.run()
    without(world, "M")
    world.source.change(2, sku="NEW")
    del world.source.shelf[3]
    del world.target.products["t4"], world.target.products["t1"]["variants"]["SKU-1-S"]
    world.queue.stock.clear()
    world.calls.names.clear()
    return world


def four_days(world: World) -> tuple[Any, ...]:
    """What comes of it; a worker that is killed leaves its run to the next tick."""
    for _ in range(4):
        world.clock.advance(seconds=DAY)
        try:
            world.run()
        except Killed:
            world.calls.at = -1
            world.clock.advance(seconds=DAY)
            world.queue.runs.clear()
            world.tick()
            world.settle()
    asked = {sku for request in world.queue.stock for sku in request.skus}
    on_sale = {sku for sku, on in world.target._on_sale().items() if on}
    return on_sale, {"SKU-1-S", "SKU-4", "NEW"} <= asked, world.codes()


def test_a_kill_before_any_call_leads_to_the_same_end() -> None:
    calm = left_and_lost()
    end = four_days(calm)
    assert calm.log.of("product_lost", "skus") == [["SKU-1-S"], ["SKU-4"]]
    assert end == ({"SKU-1", "SKU-1-S", "SKU-1-L", "NEW", "SKU-4"}, True, {})
    for at in range(len(calm.calls.names)):
        world = left_and_lost()
        world.calls.at, world.calls.when = at, "before"
        assert four_days(world) == end, (at, calm.calls.names[at])
