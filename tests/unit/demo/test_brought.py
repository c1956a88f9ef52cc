"""What the demo says of products that come from the shop into the back office."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from rich.console import Console

from sandbox.demo.judgement.brought import Brought, Delivery
from sandbox.demo.judgement.goods import Idle
from sandbox.demo.judgement.report import Run, as_json, shown
from sandbox.demo.judgement.verdict import Standing, judge
from sandbox.demo.story.scenes.catalogue import DEARER, DROPPED, NEW_PRODUCTS, RENAMED, SCARF
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.market import HUNGARY, Market
from sandbox.pairs.sides.cartum import CartumSide
from sandbox.pairs.sides.gomag import GomagSide
from sandbox.pairs.sides.protocols import Booked, Catalogue, Listed, Merchant, Placed
from sandbox.pairs.sides.salesautopilot import SalesAutopilotSide
from sandbox.pairs.sides.shoprenter import ShoprenterSide
from sandbox.pairs.sides.shopware import ShopwareSide
from sandbox.pairs.sides.unas import UnasSide

MUG = Listed("MUG", "MUG", "Mug", "", Decimal("12.50"), None, Decimal(10))
TEA = replace(MUG, sku="TEA", product="TEA", price=Decimal("6.80"))
SILENT = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
BROUGHT = Brought(
    in_shop=10,
    created=7,
    updated=1,
    taken_off=2,
    held={"no_sku": 1},
    fixes={"no_sku": "Give it one."},
    missing=[],
    doubled=[],
    mispriced=[],
    unlisted=[],
    left=[],
    idle=Idle(10, 0, {"shop": 4, "office": 2, "aws": 11}),
    runs={"done": 6},
)


def delivery(shop: list[Listed], office: list[Listed], *gone: str, sold: tuple[str, ...] = ("MUG", "TEA")) -> Delivery:
    return Delivery(shop, office, frozenset(gone), frozenset({"MUG", "TEA"}), lambda sku: sku in sold)


# --- the judgement ------------------------------------------------------------------------------------------------


def test_what_arrived_as_it_is_in_the_shop_is_right() -> None:
    there = delivery([MUG, TEA], [MUG, TEA])
    assert [there.missing([]), there.doubled(), there.mispriced(), there.unlisted(), there.left()] == [[]] * 5


def test_what_did_not_arrive_is_missing_unless_it_is_held_or_gone() -> None:
    assert delivery([MUG, TEA], [MUG]).missing([]) == ["TEA"]
    assert delivery([MUG, TEA], [MUG]).missing(["TEA"]) == []
    assert delivery([MUG, TEA], [MUG], "TEA").missing([]) == []


def test_a_product_that_is_there_twice_and_a_cent_are_wrong() -> None:
    assert delivery([MUG, TEA], [MUG, MUG, TEA]).doubled() == ["MUG"]
    assert delivery([MUG, TEA], [replace(MUG, price=Decimal("12.51")), TEA]).mispriced() == ["MUG"]


def test_what_is_sold_must_count_as_sold_and_what_is_gone_must_not() -> None:
    assert delivery([MUG, TEA], [MUG, TEA], sold=("MUG",)).unlisted() == ["TEA"]
    assert delivery([MUG], [MUG, TEA], "TEA").left() == ["TEA"]
    assert delivery([MUG], [MUG, TEA], "TEA", sold=("MUG",)).left() == []


# --- the table and the file ---------------------------------------------------------------------------------------


def run_of(brought: Brought) -> Run:
    verdict = judge([Placed("1", Decimal(1))], [Booked("1", Decimal(1))], {"1": Standing("DONE")})
    return Run("a-b", verdict, brought, {"shop": 6, "office": 4, "aws": 20}, 1.26, 20)


def seen(brought: Brought) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(shown(run_of(brought)))
    return captured.get()


def test_the_file_and_the_table_tell_what_came() -> None:
    pair = as_json([run_of(BROUGHT)])["pairs"]["a-b"]
    assert pair["brought"] == {
        "in_shop": 10,
        "created": 7,
        "updated": 1,
        "taken_off": 2,
        "held": {"no_sku": 1},
        "unchanged": 10,
        "missing": 0,
        "doubled": 0,
        "price_mismatches": 0,
        "unlisted": 0,
        "left": 0,
    }
    assert (pair["runs"], pair["idle_runs"]["writes"]) == ({"done": 6}, 0)
    assert not {"products", "stock"} & pair.keys()
    for part in ("held: no_sku", "Give it one.", "created in the back office", "✓ Products and prices are in the back"):
        assert part in seen(BROUGHT)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"missing": ["POLO"]}, "are neither in the back office nor held: POLO"),
        ({"doubled": ["MUG"]}, "are in the back office twice: MUG"),
        ({"mispriced": ["MUG"]}, "cost something else in the back office: MUG"),
        ({"unlisted": ["MUG"]}, "count as not sold in the back office, though the shop sells them: MUG"),
        ({"left": ["MUG"]}, "count as sold in the back office, though the shop sells them no more: MUG"),
        ({"idle": Idle(8, 1, {})}, "made 1 writing calls"),
    ],
)
def test_whatever_is_wrong_is_a_sentence_and_fails_the_run(wrong: dict[str, Any], said: str) -> None:
    assert not run_of(replace(BROUGHT, **wrong)).good
    assert said in seen(replace(BROUGHT, **wrong))


# --- the sides ------------------------------------------------------------------------------------------------------


def now() -> datetime:
    return datetime(2026, 2, 1, tzinfo=UTC)


SHOPS: dict[str, Callable[[], Any]] = {
    "shopware": lambda: ShopwareSide(now, "HUF", SILENT),
    "gomag": lambda: GomagSide(now, "HUF"),
    "shoprenter": lambda: ShoprenterSide(now, "HUF", SILENT),
    "unas": lambda: UnasSide(now, "HUF", SILENT),
    "cartum": lambda: CartumSide(now, "HUF", SILENT),
}


def offered(shop: Any, market: Market = HUNGARY) -> Any:
    shop.offer([market.product(each) for each in NEW_PRODUCTS if not each.options or shop.makes_variants])
    return shop


def listed(shop: Any) -> dict[str, Listed]:
    return {each.sku: each for each in shop.shelf()}


@pytest.mark.parametrize("name", SHOPS)
def test_a_merchant_offers_products_whose_variants_cost_what_the_product_does(name: str) -> None:
    shop = offered(SHOPS[name]())
    prices = {sku: each.price for sku, each in listed(shop).items()}
    wanted = [each for each in NEW_PRODUCTS if not each.options or shop.makes_variants]
    assert prices == {sku: each.price for each in wanted for sku in each.skus}
    assert all(shop.sells(sku) for sku in prices)


@pytest.mark.parametrize("name", SHOPS)
def test_a_merchant_changes_and_deletes_what_is_offered(name: str) -> None:
    shop = offered(SHOPS[name]())
    shop.reprice(catalogue.TEA.sku, RENAMED, DEARER)
    assert (listed(shop)[catalogue.TEA.sku].name, listed(shop)[catalogue.TEA.sku].price) == (RENAMED, DEARER)
    gone = [SCARF.sku, *([DROPPED] if shop.makes_variants else [])]
    for sku in gone:
        shop.discard(sku)
    assert not set(gone) & listed(shop).keys()
    assert {f"{catalogue.POLO.sku}-M"} <= listed(shop).keys() or not shop.makes_variants


@pytest.mark.parametrize("name", sorted(SHOPS.keys() - {"gomag"}))  # where only an empty shelf stops a sale
def test_a_merchant_switches_off_and_on(name: str) -> None:
    shop = offered(SHOPS[name]())
    for on in (False, True):
        shop.switch(catalogue.VASE.sku, on=on)
        assert shop.sells(catalogue.VASE.sku) is on


def test_pairs_bring_products_where_both_sides_can() -> None:
    bringing = {name: pair for name, pair in PAIRS.items() if pair.brings_products}
    assert set(bringing) >= {f"{shop}-salesautopilot" for shop in SHOPS}
    for pair in bringing.values():
        assert isinstance(pair.shop(now, "HUF"), Merchant)
        assert isinstance(pair.office(now, "HUF"), Catalogue)
    assert not any(pair.brings_products and pair.carries_goods for pair in PAIRS.values())


def test_a_product_of_the_crm_counts_as_sold_while_it_is_in_a_category() -> None:
    office = SalesAutopilotSide(now, "HUF")
    office.add_products([HUNGARY.product(catalogue.MUG)])
    assert not office.lists(catalogue.MUG.sku)
