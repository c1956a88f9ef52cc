"""What merchants complain of: products switched off by mistake, doubled or mixed up, and runs that leave things out."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

import pytest

from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Product, TargetProduct
from tests.unit.flows.products.catalogue_world import World, a_category, a_product, a_variant, euro, with_variants


def a_world(*products: Product, **settings: Any) -> World:
    world = World(**settings)
    world.source.put(*(products or (a_product(1), a_product(2))))
    return world


# --- taken off sale by mistake ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["report", "deactivate"])
def test_a_product_that_was_deleted_and_made_again_is_not_gone(gone: str) -> None:
    world = a_world(gone=gone)
    world.run()
    del world.source.shelf[1]
    world.source.put(a_product(9, sku="SKU-1"))
    for _ in range(3):
        world.run()
        assert (world.codes(), world.target.off) == ({}, [])
    assert len(world.target.products) == 2


def test_a_product_that_is_made_again_after_it_was_taken_off_is_on_sale_again() -> None:
    world = a_world(gone="deactivate")
    world.run()
    del world.source.shelf[1]
    world.run()
    world.run()
    assert world.sold()["SKU-1"]["active"] is False
    world.source.put(a_product(9, sku="SKU-1"))
    world.run()
    assert world.sold()["SKU-1"]["active"] is True


@pytest.mark.parametrize("gone", ["report", "deactivate"])
def test_a_record_that_takes_over_from_one_that_was_switched_off_stays_on_sale(gone: str) -> None:
    world = a_world(gone=gone)
    world.run()
    world.source.change(1, active=False)
    world.source.put(a_product(9, sku="SKU-1"))
    world.run()
    world.run()
    assert (world.codes(), world.sold()["SKU-1"]["active"]) == ({}, True)


def test_both_records_of_a_product_gone_at_once_are_gone() -> None:
    world = a_world(gone="deactivate")
    world.run()
    world.source.change(1, active=False)
    world.source.put(a_product(9, sku="SKU-1"))
    world.run()
    del world.source.shelf[1], world.source.shelf[9]
    world.run()
    world.run()
    assert world.sold()["SKU-1"]["active"] is False


def test_an_sku_that_a_record_gave_up_before_another_took_the_record_over_is_on_sale_when_it_is_back() -> None:
    world = a_world(a_product(1), gone="deactivate")
    world.run()
    for product in (a_product(1, sku="NEW"), a_product(9, sku="NEW"), a_product(9, sku="SKU-1")):
        world.source.shelf = {product.rank: product}
        for _ in range(3):
            world.run(by="anna")
        assert world.sold()[product.sku].get("active") is True, product
    assert world.sold()["NEW"]["active"] is False


@pytest.mark.parametrize("rank", [2, 1], ids=["itself", "another record"])
def test_what_comes_back_is_on_sale_though_everything_near_it_was_taken_off(rank: int) -> None:
    world = a_world(*(a_product(number) for number in (1, 2, 3, 9)), gone="deactivate")
    world.lengths = repeat(2)  # so that a page is a shard
    world.run()
    for number in (1, 2, 3):
        del world.source.shelf[number]
    world.run(by="anna")
    world.run(by="anna")
    assert world.sold()["SKU-2"]["active"] is False
    world.source.put(a_product(rank, sku="SKU-2"))
    world.run(by="anna")
    assert world.sold()["SKU-2"]["active"] is True


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "as another product waits to be written"])
def test_a_record_that_another_takes_over_in_another_shard_at_its_second_absence_stays_on_sale(beside: bool) -> None:
    world = a_world(*(a_product(number) for number in range(1, 10)), gone="deactivate")
    world.lengths = repeat(2)  # so that a page is a shard
    world.target.batch = 3
    world.run()
    del world.source.shelf[2]
    world.run()
    world.source.put(a_product(10, id="another", sku="SKU-2", prices={"regular": euro("8.00")}))
    if beside:
        world.source.change(1, prices={"regular": euro("9.00")})
    world.lengths = repeat(None)
    world.run()
    sold = world.sold()["SKU-2"]
    assert (sold["price"][0].regular, sold["active"], world.codes()) == (euro("8.00"), True, {})


@pytest.mark.parametrize("rank", [9, 1], ids=["behind it", "in its place"])
def test_a_record_that_comes_back_after_another_sold_its_sku_for_less_brings_its_price_back(rank: int) -> None:
    world = a_world(a_product(1), a_product(5, sku="OTHER"))
    world.run()
    before = world.source.shelf.pop(1)
    world.source.put(a_product(rank, id="another", sku="SKU-1", prices={"regular": euro("1.00")}))
    world.run()
    assert world.sold()["SKU-1"]["price"][0].regular == euro("1.00")
    del world.source.shelf[rank]
    world.source.put(before)
    world.run()
    assert world.sold()["SKU-1"]["price"][0].regular == euro("10.00")


@pytest.mark.parametrize("gone", ["report", "deactivate"])
@pytest.mark.parametrize("how", ["deleted", "switched off"])
def test_a_former_sku_of_a_record_that_is_gone_is_gone_too(gone: str, how: str) -> None:
    world = a_world(gone=gone)
    world.run()
    world.source.change(1, sku="NEW")
    world.run()
    if how == "deleted":
        del world.source.shelf[1]
    else:
        world.source.change(1, active=False)
    for _ in range(3):
        world.run()
    if gone == "report":
        assert set(world.codes()) == {"SKU-1", "NEW"}
        assert sorted(world.log.of("product_gone")) == ["NEW", "SKU-1"]
    else:
        assert sorted(world.target.off) == ["t1", "t3"]
        world.calls.names.clear()
        world.run()
        assert (world.codes(), world.calls.counted("deactivate", "on sale", "put shards")) == ({}, 0)


def test_a_source_that_hides_most_of_its_products_takes_none_off_sale_unless_somebody_says_so() -> None:
    world = a_world(*(a_product(number) for number in range(1, 41)), gone="deactivate")
    world.run()
    world.source.shelf = {1: world.source.shelf[1]}
    for _ in range(3):
        world.run()
    assert (world.codes(), world.target.off) == ({"products.gone": "too_many_gone"}, [])
    world.run(by="anna")
    assert len(world.target.off) == 39


def test_some_deleted_products_of_a_large_catalogue_are_taken_off_sale() -> None:
    world = a_world(*(a_product(number) for number in range(1, 151)), gone="deactivate")
    world.run()
    for number in range(1, 26):
        del world.source.shelf[number]
    world.run()
    world.run()
    assert (len(world.target.off), world.codes()) == (25, {})


# --- doubled and mixed up --------------------------------------------------------------------------------------------


def test_a_new_sku_above_the_same_variants_leaves_nothing_behind() -> None:
    world = a_world(with_variants(1))
    world.run()
    world.source.change(1, sku="NEW")
    world.run()
    assert (len(world.target.products), world.codes()) == (1, {})


def test_blanks_around_an_sku_or_an_ean_are_none_of_it() -> None:
    product = Product.model_validate({**a_product(1).model_dump(), "sku": " SKU-1\u00a0", "ean": "  "})
    assert (product.sku, product.ean) == ("SKU-1", "")
    world = a_world(product, Product.model_validate({**a_product(2).model_dump(), "sku": "   "}))
    world.run()
    assert (list(world.sold()), world.codes()) == (["SKU-1"], {"s2": "no_sku"})


@pytest.mark.parametrize(
    ("product", "there", "code"),
    [
        (a_product(1), {"sku": "SKU-1", "variants": {"SKU-1-M": {}}}, "sold_otherwise"),
        (a_product(1), {"sku": "TEE", "variants": {"SKU-1": {}}}, "sold_otherwise"),
        (with_variants(1), {"sku": "SKU-1-M", "variants": {}}, "sold_otherwise"),
        (with_variants(1), {"sku": "SKU-1", "variants": {}}, None),
        (with_variants(1), {"sku": "OLD", "variants": {"SKU-1-M": {}}}, None),
    ],
)
def test_what_only_happens_to_sell_the_same_sku_is_not_written_over(product: Product, there: Any, code: str) -> None:
    world = a_world(product)
    world.target.products = {"x": there}
    world.run()
    assert world.codes() == ({"SKU-1": code} if code else {})
    assert len(world.target.products) == 1


def test_an_sku_in_other_capitals_is_not_doubled() -> None:
    world = a_world(a_product(1))
    world.target.products = {"x": {"sku": "sku-1", "variants": {}}}
    real = world.target.find

    def find(skus: Sequence[str]) -> Mapping[str, Sequence[TargetProduct]]:
        return {sku: real([sku.lower()])[sku.lower()] for sku in skus}

    world.target.find = find  # type: ignore[method-assign]
    world.run()
    assert (world.codes(), len(world.target.products)) == ({"SKU-1": "other_capitals"}, 1)


def test_a_variant_in_other_capitals_is_neither_doubled_nor_overwritten() -> None:
    world = a_world(with_variants(1))
    world.target.products = {"x": {"sku": "SKU-1", "variants": {"sku-1-m": {}}}}
    world.run()
    assert (world.codes(), world.target.sent) == ({"SKU-1": "other_capitals"}, [])


def test_an_sku_that_is_there_as_written_counts_before_one_in_other_capitals() -> None:
    world = a_world(a_product(1))
    world.target.products = {"x": {"sku": "sku-1", "variants": {}}, "y": {"sku": "SKU-1", "variants": {}}}
    real = world.target.find
    world.target.find = lambda skus: {  # type: ignore[method-assign]
        sku: [*real([sku.lower()])[sku.lower()], *real([sku])[sku]] for sku in skus
    }
    world.run()
    assert (world.codes(), [change.known.id for change in world.target.sent if change.known]) == ({}, ["y"])


def test_values_that_differ_in_capitals_or_blanks_tell_no_variants_apart() -> None:
    world = a_world(a_product(1, variants=(a_variant("A", "X L"), a_variant("B", "x  l "))))
    world.run()
    assert world.codes() == {"SKU-1": "unclear_variants"}


@pytest.mark.parametrize("amount", ["-0.01", "1e12", "1e30"])
@pytest.mark.parametrize("group", ["regular", "sale"])
def test_a_price_that_nobody_meant_holds_its_product_only(amount: str, group: str) -> None:
    world = a_world(a_product(1, prices={"regular": euro("10"), group: euro(amount)}), a_product(2))
    world.run()
    assert (world.codes(), list(world.sold())) == ({"SKU-1": "impossible_price"}, ["SKU-2"])


def test_a_sale_price_without_tax_is_not_compared_with_a_price_that_includes_it() -> None:
    sale = euro("11").model_copy(update={"gross": False})
    world = a_world(a_product(1, prices={"regular": euro("10"), "sale": sale}))
    world.run()
    assert world.codes() == {"SKU-1": "mixed_prices"}


# --- left out, or taken along ----------------------------------------------------------------------------------------


def test_categories_that_do_not_come_let_no_excluded_product_travel() -> None:
    world = a_world(a_product(1, categories=("a",)), a_product(2), exclude_categories=["A"])
    world.source.tree = [a_category("a")]
    world.run()
    world.source.tree = []
    run = world.run()
    assert run.reason is not None
    assert (run.state, run.reason.code, list(world.sold())) == ("failed", "empty_source", ["SKU-2"])


def test_a_run_that_was_begun_in_the_other_direction_begins_anew() -> None:
    world = a_world(*(a_product(number) for number in range(1, 9)))
    world.lengths = iter([5, *repeat(None, 50)])
    world.tick()
    assert (world.standing().state, world.standing().rank > 0) == ("running", True)
    world.set(direction="shop_to_office")
    world.settle()
    assert world.standing().counts.found == 8


def test_remarks_on_an_unchanged_product_are_told() -> None:
    world = a_world(a_product(1))
    real = world.target.write
    world.target.write = lambda drafts: [  # type: ignore[method-assign]
        outcome.model_copy(update={"state": "unchanged", "remarks": ("A value stays.",)}) for outcome in real(drafts)
    ]
    world.run()
    assert world.log.of("product_unchanged", "remarks") == [("A value stays.",)]


def test_parent_and_child_that_change_places_make_no_circle_where_the_top_cannot_be_reached() -> None:
    world = a_world(a_product(1, categories=("a",)))
    world.source.tree = [a_category("a"), a_category("b", "a")]
    world.run()
    real = world.target._write_category

    def stay_at_the_top(category: Category, known: ExternalId | None) -> ExternalId:
        there = world.target.tree[known].parent if known else None
        return real(category.model_copy(update={"parent": category.parent or there}), known)

    world.target._write_category = stay_at_the_top  # type: ignore[method-assign]
    world.source.tree = [a_category("b"), a_category("a", "b")]
    world.run()
    assert (world.paths(), world.codes()) == (["A", "A > B"], {"A": "category_circle"})
    key = next(key for key, each in world.target.tree.items() if each.name == "B")
    world.target.tree[key] = world.target.tree[key].model_copy(update={"parent": None})
    world.run()
    assert (world.paths(), world.codes()) == (["B", "B > A"], {})
