from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from sandbox.demo.judgement.goods import (
    Changes,
    Goods,
    Idle,
    StockCheck,
    Stocktaking,
    changes,
    check_stock,
    mispriced,
    missing,
    overwritten,
    pending_units,
)
from sandbox.demo.judgement.report import Run, as_json, shown
from sandbox.demo.judgement.verdict import Standing, judge
from sandbox.pairs.sides.protocols import Booked, Listed, Ordered, Placed

MUG = Listed("MUG", "MUG", "Mug", "", Decimal("12.50"), None, Decimal(10))
POLO_S = Listed("POLO-S", "POLO", "Polo", "", Decimal("39.95"), None, Decimal(4))
POLO_M = replace(POLO_S, sku="POLO-M")


def offered(listed: Listed, stock: str) -> Listed:
    return replace(listed, stock=Decimal(stock))


def units(**counts: int) -> Mapping[str, Decimal]:
    return {sku: Decimal(count) for sku, count in counts.items()}


def taken(shop: Listed, office: Listed, *, pending: int = 0, sold: int = 0, had: int = 10) -> StockCheck:
    stocktaking = Stocktaking([shop], [office], units(MUG=pending), units(MUG=had), units(MUG=sold), Decimal(2), True)
    return check_stock("till_sale", stocktaking)


# --- stock ------------------------------------------------------------------------------------------------------------


def test_stock_agrees_when_the_shop_offers_what_is_left_over() -> None:
    check = taken(offered(MUG, "5"), offered(MUG, "9"), pending=2, sold=1)
    assert (check.skus, check.agreeing) == (1, 1)
    assert not check.oversold
    assert not check.doubled


def test_halves_and_what_the_buffer_takes_are_not_offered() -> None:
    assert taken(offered(MUG, "5"), offered(MUG, "7.5"), had=10, sold=0).agreeing == 1
    assert taken(offered(MUG, "0"), offered(MUG, "1")).agreeing == 1


def test_a_figure_within_the_buffer_differs_but_oversells_nobody() -> None:
    check = taken(offered(MUG, "9"), MUG)
    assert check.differing == ["the shop offers 9 of MUG instead of 8"]
    assert not check.oversold


def test_units_that_somebody_ordered_already_are_oversold() -> None:
    assert taken(MUG, MUG, pending=1).oversold == ["MUG"]


def test_a_sale_that_was_taken_off_twice_in_the_shop_is_doubled() -> None:
    assert taken(offered(MUG, "6"), offered(MUG, "9"), sold=1).doubled == ["MUG"]


@pytest.mark.parametrize("left", ["8", "10"])
def test_a_back_office_whose_stock_somebody_else_moved_is_doubled(left: str) -> None:
    office = offered(MUG, left)
    assert taken(offered(office, str(int(left) - 2)), office, sold=1).doubled == ["MUG"]


def test_what_is_on_one_side_only_or_twice_is_not_compared() -> None:
    stocktaking = Stocktaking([MUG, POLO_S], [POLO_M, MUG, MUG], {}, {}, {}, Decimal(0), True)
    assert check_stock("first_run", stocktaking).skus == 0


def test_pending_are_orders_that_are_neither_cancelled_nor_booked() -> None:
    orders = [
        Ordered("1", units(MUG=2), cancelled=False),
        Ordered("2", units(MUG=3, POLO=1), cancelled=False),
        Ordered("3", units(MUG=5), cancelled=True),
        Ordered("4", units(MUG=7), cancelled=False),
    ]
    assert pending_units(orders, ["4"]) == units(MUG=5, POLO=1)


# --- prices and products ----------------------------------------------------------------------------------------------


def test_a_cent_and_a_lost_list_price_are_mispriced() -> None:
    dearer = replace(MUG, price=Decimal("12.51"))
    on_sale = replace(POLO_S, price=Decimal("29.95"), list_price=Decimal("39.95"))
    assert mispriced([dearer, replace(on_sale, list_price=None)], [MUG, on_sale]) == ["MUG", "POLO-S"]
    assert mispriced([dearer, replace(on_sale, list_price=None, sales=False)], [MUG, on_sale]) == ["MUG"]
    assert mispriced([on_sale], [on_sale, MUG]) == []


def test_a_product_that_is_not_whole_is_missing_unless_it_is_held() -> None:
    assert missing([MUG, POLO_S], [MUG, POLO_S, POLO_M], []) == ["POLO"]
    assert missing([MUG, POLO_S], [MUG, POLO_S, POLO_M], ["POLO"]) == []
    assert missing([], [POLO_S, POLO_M], ["POLO-M"]) == []


def test_a_text_that_is_not_the_shops_any_more_is_overwritten() -> None:
    assert overwritten([replace(MUG, text="Mug, new"), POLO_S], {"MUG": "Mug, by hand"}) == ["MUG"]
    assert overwritten([replace(MUG, text="Mug, by hand")], {"MUG": "Mug, by hand"}) == []


def test_products_are_created_or_updated_whatever_their_stock_does() -> None:
    before = [MUG, POLO_S]
    after = [offered(MUG, "1"), replace(POLO_S, price=Decimal(1)), replace(MUG, sku="TEA", product="TEA")]
    assert changes(before, after) == Changes(frozenset({"TEA"}), frozenset({"POLO"}))


# --- the table and the file -------------------------------------------------------------------------------------------

RIGHT = StockCheck("till_sale", 12, [], [], [])
GOODS = Goods(
    in_office=9,
    created=3,
    updated=2,
    held={"duplicate_sku": 1},
    fixes={"duplicate_sku": "Keep one."},
    missing=[],
    mispriced=[],
    overwritten=[],
    checks=[RIGHT],
    idle=Idle(8, 0, {"shop": 4, "office": 2, "aws": 11}),
    runs={"done": 6},
)


def run_of(goods: Goods) -> Run:
    verdict = judge([Placed("1", Decimal(1))], [Booked("1", Decimal(1))], {"1": Standing("DONE")})
    return Run("a-b", verdict, goods, {"shop": 6, "office": 4, "aws": 20}, 1.26, 20)


def test_the_file_tells_of_products_stock_and_runs() -> None:
    pair = as_json([run_of(GOODS)])["pairs"]["a-b"]
    assert pair["products"] == {
        "in_office": 9,
        "created": 3,
        "updated": 2,
        "held": {"duplicate_sku": 1},
        "missing": 0,
        "unchanged": 8,
        "price_mismatches": 0,
        "texts_overwritten": 0,
    }
    assert pair["stock"] == {"agreeing": {"till_sale": [12, 12]}, "oversold": 0, "doubled": 0}
    assert pair["runs"] == {"done": 6}
    assert pair["idle_runs"] == {"writes": 0, "calls": {"shop": 4, "office": 2, "aws": 11}}


def test_people_read_what_is_held_and_how_to_settle_it() -> None:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(shown(run_of(GOODS)))
    text = captured.get()
    for part in (
        "held: duplicate_sku",
        "Keep one.",
        "right after till sale",
        "12/12",
        "0 writes; calls: 4 to the shop",
    ):
        assert part in text
    assert "✓ Stock, prices and products" in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"missing": ["POLO"]}, "are neither in the shop nor held: POLO"),
        ({"mispriced": ["MUG"]}, "cost something else in the shop: MUG"),
        ({"overwritten": ["MUG"]}, "lost the text"),
        ({"idle": Idle(8, 1, {})}, "made 1 writing calls"),
        (
            {"checks": [replace(RIGHT, differing=["the shop offers 9 of MUG instead of 8"])]},
            "Stock after till sale: the",
        ),
        ({"checks": [replace(RIGHT, oversold=["MUG"]), RIGHT]}, "were oversold: MUG"),
        ({"checks": [replace(RIGHT, doubled=["MUG"])]}, "had their stock doubled: MUG"),
    ],
)
def test_whatever_is_wrong_is_a_sentence_and_fails_the_run(wrong: dict[str, object], said: str) -> None:
    ran = run_of(replace(GOODS, **wrong))  # type: ignore[arg-type]  # the fields of the cases above
    assert not ran.good
    console = Console(width=200)
    with console.capture() as captured:
        console.print(shown(ran))
    assert said in captured.get()
    assert "✓" not in captured.get()
