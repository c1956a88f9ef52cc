"""Variants on their way into a target without variants: each is a product of its own there, whatever becomes of it."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.flows.products.flat import record_of, split
from shopbridge.model.catalogue import Product, UnreadableProduct
from shopbridge.model.ledger import Reason
from tests.examples import examples
from tests.unit.flows.products.catalogue_world import World, a_category, a_product, a_variant, euro, with_variants
from tests.unit.memory_stores import Killed

BAD = Reason(code="bad", text="No.", fix="Mend it.")


def a_world(*products: Product, **settings: Any) -> World:
    world = World(attributes={}, **settings)
    world.target.is_flat = True
    world.source.put(*(products or (with_variants(1, "S", "M", "L"), a_product(2))))
    return world


def runs(world: World, count: int) -> None:
    for _ in range(count):
        world.run()


def on_sale(world: World) -> set[str]:
    world.sold()
    return {sku for sku, on in world.target._on_sale().items() if on}


def prices(world: World) -> dict[str, Decimal]:
    return {sku: product["price"][0].regular.amount for sku, product in world.sold().items()}


# --- what is made of a product ---------------------------------------------------------------------------------------


def test_a_simple_product_is_itself() -> None:
    mug = a_product(1)
    assert split(mug, "regular") == (mug,)


def test_each_variant_has_its_own_and_the_rest_of_its_product() -> None:
    tee = a_product(
        7,
        stock=None,
        name="Tee",
        variants=(
            a_variant("TEE-M", stock=Decimal(4), ean="5901234123457", options={"Size": "M", "Colour": "Blue"}),
            a_variant("TEE-L", active=False, prices={"regular": euro("12")}, options={"Colour": "Red", "Size": "L"}),
        ),
    )
    medium, large = split(tee, "regular")
    assert (medium.name, large.name) == ("Tee (Blue, M)", "Tee (Red, L)")
    assert (medium.sku, medium.ean, medium.stock, medium.active) == ("TEE-M", "5901234123457", Decimal(4), True)
    assert (medium.prices, large.prices, large.active) == (tee.prices, {"regular": euro("12")}, False)
    assert (medium.rank, medium.long_text, medium.tax_rate, medium.variants) == (7, "Long", Decimal(21), ())
    assert medium.extras == {
        "productName": "Tee",
        "productSku": "SKU-7",
        "options": {"Size": "M", "Colour": "Blue"},
    }
    assert {record_of(each.id) for each in (medium, large)} == {"s7"}


def test_a_price_in_another_group_alone_is_none_of_a_variants_own() -> None:
    variant = a_variant("TEE-M", prices={"sale": euro("1")})
    (piece,) = split(a_product(1, variants=(variant,)), "regular")
    assert piece.prices == {"regular": euro("10.00")}


@given(
    st.lists(st.dictionaries(st.sampled_from("ABC"), st.text("xyz", max_size=2)), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_names_do_not_depend_on_the_order_in_which_options_and_variants_are_told(
    told: list[dict[str, str]], chance: Any
) -> None:
    variants = [a_variant(f"V-{at}", options=options) for at, options in enumerate(told)]
    tee = a_product(1, variants=tuple(variants))
    shuffled = [
        each.model_copy(update={"options": dict(_shuffled([*each.options.items()], chance))}) for each in variants
    ]
    other = tee.model_copy(update={"variants": tuple(_shuffled(shuffled, chance))})
    facts = [{(piece.id, piece.sku, piece.name) for piece in split(each, "regular")} for each in (tee, other)]
    assert facts[0] == facts[1]
    assert len({piece.id for piece in split(tee, "regular")}) == len(told)


def _shuffled(items: list[Any], chance: Any) -> list[Any]:
    chance.shuffle(items)
    return items


def test_variants_of_which_nobody_tells_the_options_are_told_apart_by_their_skus() -> None:
    pieces = split(a_product(1, variants=(a_variant("V-1", options={}), a_variant("V-2", options={"": ""}))), "regular")
    assert [piece.name for piece in pieces] == ["Product 1 (V-1)", "Product 1 (V-2)"]


def test_a_product_without_a_name_gives_none() -> None:
    (piece,) = split(a_product(1, name=" ", variants=(a_variant("V"),)), "regular")
    assert piece.name == " "


# --- in the target ---------------------------------------------------------------------------------------------------


def test_each_variant_arrives_once_without_a_map_of_attributes_in_the_categories_of_its_product() -> None:
    world = a_world(with_variants(1, "S", "M", categories=("c",)), a_product(2), fields={"categories": "always"})
    world.source.tree = [a_category("c")]
    world.run()
    assert {sku: product["name"] for sku, product in world.sold().items()} == {
        "SKU-1-S": "Product 1 (S)",
        "SKU-1-M": "Product 1 (M)",
        "SKU-2": "Product 2",
    }
    (category,) = world.target.tree
    assert [product.get("categories") for product in world.sold().values()] == [(category,), (category,), None]
    assert (world.counts(), world.codes()) == ((3, 3, 0, 0, 0, 0), {})
    world.calls.names.clear()
    world.run()
    assert world.counts() == (3, 0, 0, 3, 0, 0)
    assert world.calls.counted("find", "write", "put shards") == 0


def test_what_joins_variants_stays_behind_and_the_log_says_so_once() -> None:
    world = a_world()
    runs(world, 2)
    remarks = world.log.of("product_created", "remarks")
    assert [len(each) for each in remarks] == [1, 1, 1, 0]
    assert "cannot keep together" in remarks[0][0]


def test_one_variant_that_changes_is_written_alone() -> None:
    world = a_world()
    world.run()
    world.target.sent.clear()
    variants = [each.model_copy(update={"prices": {"regular": euro("9")}}) for each in with_variants(1, "S").variants]
    world.source.put(with_variants(1, "S", "M", "L"))
    world.source.change(1, variants=(*variants, *with_variants(1, "M", "L").variants))
    world.run()
    assert [change.product.sku for change in world.target.sent] == ["SKU-1-S"]
    assert prices(world)["SKU-1-S"] == 9


def test_a_variant_that_is_gone_is_taken_off_sale_after_two_readings_and_comes_back() -> None:
    world = a_world(gone="deactivate", with_stock={"active": True})
    world.run()
    world.source.put(with_variants(1, "S", "L"))
    world.run()
    assert on_sale(world) == {"SKU-1-S", "SKU-1-M", "SKU-1-L", "SKU-2"}
    world.run()
    assert on_sale(world) == {"SKU-1-S", "SKU-1-L", "SKU-2"}
    world.source.put(with_variants(1, "S", "M", "L"))
    world.run()
    assert on_sale(world) == {"SKU-1-S", "SKU-1-M", "SKU-1-L", "SKU-2"}
    assert len(world.target.products) == 4


def test_a_variant_that_is_switched_off_never_comes_and_leaves_at_once() -> None:
    world = a_world(gone="deactivate")
    off = (a_variant("SKU-1-S", "S", active=False), *with_variants(1, "M").variants)
    world.source.change(1, variants=off)
    world.run()
    assert set(world.sold()) == {"SKU-1-M", "SKU-2"}
    world.source.change(1, variants=with_variants(1, "S", "M").variants)
    world.run()
    world.source.change(1, variants=off)
    world.run()
    assert on_sale(world) == {"SKU-1-M", "SKU-2"}


def test_a_variant_with_another_sku_is_another_product() -> None:
    world = a_world(with_variants(1, "S", "M"), gone="deactivate")
    world.run()
    renamed = a_variant("NEW", "S", id="v-SKU-1-S")
    world.source.change(1, variants=(renamed, *with_variants(1, "M").variants))
    runs(world, 2)
    assert on_sale(world) == {"NEW", "SKU-1-M"}


@pytest.mark.parametrize("sku", ["SKU-1", "SKU-1-S"], ids=["another SKU", "the SKU of a variant"])
def test_a_simple_product_that_gets_variants_and_loses_them_is_followed(sku: str) -> None:
    world = a_world(a_product(1, sku=sku), a_product(2), gone="deactivate")
    for simple in (True, False, True):
        world.source.put(a_product(1, sku=sku) if simple else with_variants(1, "S", "M", sku=sku))
        runs(world, 3)
        assert on_sale(world) == ({sku, "SKU-2"} if simple else {"SKU-1-S", "SKU-1-M", "SKU-2"})
    assert set(world.sold()) == {sku, "SKU-1-S", "SKU-1-M", "SKU-2"}


def test_an_sku_that_a_variant_and_a_product_have_goes_to_neither() -> None:
    world = a_world(with_variants(1, "S", "M"), a_product(2, sku="sku-1-m"))
    world.run()
    assert set(world.sold()) == {"SKU-1-S"}
    assert world.codes() == {"SKU-1-M": "duplicate_sku", "sku-1-m": "duplicate_sku"}


def test_two_variants_with_one_sku_hold_each_other_alone() -> None:
    twins = (a_variant("TWIN", id="a"), a_variant("TWIN", "L", id="b"), a_variant("OTHER", "S"))
    world = a_world(a_product(1, variants=twins))
    world.run()
    assert (set(world.sold()), world.codes()) == ({"OTHER"}, {"TWIN": "duplicate_sku"})


def test_the_sku_above_variants_is_nobodys() -> None:
    world = a_world(with_variants(1, "S"), a_product(2, sku="SKU-1"))
    world.run()
    assert (set(world.sold()), world.codes()) == ({"SKU-1-S", "SKU-1"}, {})


def test_a_variant_without_an_sku_waits_alone() -> None:
    world = a_world(a_product(1, variants=(a_variant("", id="bare"), a_variant("SKU-1-M"))))
    world.run()
    assert set(world.sold()) == {"SKU-1-M"}
    assert [*world.codes().values()] == ["no_sku"]


def test_a_product_that_cannot_be_read_keeps_its_variants_on_sale() -> None:
    world = a_world(gone="deactivate")
    world.run()
    world.source.put(UnreadableProduct(id="s1", rank=1, sku="SKU-1", reason=BAD))
    runs(world, 3)
    assert (on_sale(world), world.codes()) == ({"SKU-1-S", "SKU-1-M", "SKU-1-L", "SKU-2"}, {"SKU-1": "bad"})
    assert world.target.off == []


def test_a_product_in_a_category_that_is_left_out_leaves_with_all_its_variants() -> None:
    world = a_world(with_variants(1, "S", "M", categories=("c",)), exclude_categories=["c"])
    world.source.tree = [a_category("c")]
    world.run()
    assert (world.sold(), world.counts()) == ({}, (0, 0, 0, 0, 0, 0))


# --- whatever breaks off ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("looks", range(1, 12))
def test_a_slice_may_end_between_the_variants_of_a_product(looks: int) -> None:
    sizes = [f"{number}" for number in range(7)]
    world = a_world(with_variants(1, *sizes), a_product(2), with_variants(3, *sizes), gone="deactivate")
    world.lengths = repeat(looks)
    world.run()
    assert (world.counts()[0], sum(world.counts()[1:])) == (15, 15)
    runs(world, 2)
    skus = {f"SKU-{rank}-{size}" for rank in (1, 3) for size in sizes} | {"SKU-2"}
    assert (on_sale(world), world.target.off) == (skus, [])
    assert (world.counts(), world.codes()) == ((15, 0, 0, 15, 0, 0), {})
    assert len(world.target.sent) == 15


def test_a_kill_before_or_after_any_call_leads_to_the_same_end() -> None:
    for when in ("before", "after"):
        for at in range(200):
            world = a_world(with_variants(1, "S", "M", "L"), a_product(2), gone="deactivate")
            world.calls.at, world.calls.when = at, when
            world.lengths = repeat(4)
            try:
                world.tick()
            except Killed:
                world.calls.at = -1
            world.settle()
            assert on_sale(world) == {"SKU-1-S", "SKU-1-M", "SKU-1-L", "SKU-2"}
            if world.calls.at >= 0 and len(world.calls.names) <= at:
                break
        else:
            raise AssertionError("the run has more calls than were tried")


SKUS = [f"SKU-{number}" for number in range(6)]


@st.composite
def catalogues(draw: st.DrawFn) -> list[Product]:
    """A source in which every SKU is offered at most once: by a simple product, or as a variant of one."""
    owners = draw(st.lists(st.sampled_from((0, 1, 2, 3)), min_size=len(SKUS), max_size=len(SKUS)))
    by_place = draw(st.booleans())
    return [
        product
        for rank in (1, 2, 3)
        if (
            product := _made(
                draw, rank, [sku for sku, owner in zip(SKUS, owners, strict=True) if owner == rank], by_place
            )
        )
    ]


def _made(draw: st.DrawFn, rank: int, skus: list[str], by_place: bool) -> Product | None:
    cost = {"regular": euro(str(draw(st.integers(1, 3))))}
    if not skus:
        return None
    if len(skus) == 1 and draw(st.booleans()):
        return a_product(rank, sku=skus[0], prices=cost)
    ids = (f"{at}" if by_place else sku for at, sku in enumerate(skus))
    variants = [
        a_variant(sku, sku, id=key, active=draw(st.booleans()), prices=draw(st.sampled_from(({}, cost))))
        for key, sku in zip(ids, skus, strict=True)
    ]
    return a_product(rank, sku=draw(st.sampled_from(["", f"PARENT-{rank}"])), variants=tuple(variants), stock=None)


def offered(products: list[Product]) -> Iterator[tuple[str, Decimal]]:
    """What is on sale at the source, each with what it costs."""
    for product in products:
        for each in product.variants or (product,):
            if each.active:
                yield each.sku, (each.prices or product.prices)["regular"].amount


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(catalogues(), st.integers(1, 2)), min_size=2, max_size=4), st.sampled_from((2, 5, 50)))
def test_whatever_becomes_of_variants_the_target_sells_what_the_source_offers_and_each_sku_once(
    history: list[tuple[list[Product], int]], looks: int
) -> None:
    world = a_world(gone="deactivate")
    world.lengths = repeat(looks)
    always = a_product(9, sku="ALWAYS")
    wanted: dict[str, Decimal] = {}
    for products, readings in (*history, (history[-1][0], 2)):
        world.source.shelf = {9: always, **{product.rank: product for product in products}}
        for _ in range(readings):
            world.run(by="anna")
        wanted = dict(offered([always, *products]))
        assert on_sale(world) >= set(wanted)
        assert {sku: amount for sku, amount in prices(world).items() if sku in wanted} == wanted
    assert on_sale(world) == set(wanted)
