"""Stock of a Shopware shop, read and written, as each release keeps it."""

from collections.abc import Sequence
from decimal import Decimal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import Line, OrderSpec, ProductSpec
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.connector import STOCK_RIGHTS
from shopbridge.connectors.shopware.stock import open_orders
from shopbridge.connectors.shopware.stock import read as stock
from shopbridge.connectors.shopware.stock import write as stock_writing
from shopbridge.connectors.shopware.sync import Problem, Refused
from shopbridge.errors import NeedsAttention, RetryLater, Throttled
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import ManageStock, Standing, StockChange, StockLevel
from tests.contract.benches.shopware import ENDS, LONG_AGO, NEWEST, RELEASES, SYNCS, Bench, bench

NET = {"6.6.10.13", NEWEST}
"""Releases whose stock falls when an order is placed."""
SEARCH, SYNC, VERSION = "POST /api/search/product", "POST /api/_action/sync", "GET /api/_info/version"


def shop_with(version: str, *skus: str, stock: int = 5) -> Bench:
    shop = bench(version)
    for sku in skus:
        shop.shop.add_product(ProductSpec(sku, "Shirt", Decimal(10), Decimal(19), stock=stock))
    return shop


def sell(shop: Bench, *lines: tuple[str, int]) -> str:
    return shop.shop.place_order(OrderSpec(lines=tuple(Line(sku, quantity=count) for sku, count in lines)))


def swept(connector: RequiredParts) -> list[StockLevel]:
    levels: list[StockLevel] = []
    page = connector.stock_source.page(None)
    levels += page.levels
    while page.position is not None:
        page = connector.stock_source.page(page.position)
        levels += page.levels
    return levels


def push(
    connector: RequiredParts, figures: dict[str, int | str], manage: ManageStock = "untouched"
) -> dict[str, Reason]:
    changes = [StockChange(sku=sku, quantity=Decimal(quantity)) for sku, quantity in figures.items()]
    return dict(connector.stock_target.write(changes, manage=manage, warehouse=""))


def left(shop: Bench, *skus: str) -> list[int]:
    return [shop.shop.product(sku)["stock"] for sku in skus]


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", RELEASES)
def test_open_orders_are_reserved_until_6_5_and_gone_from_the_stock_since(version: str) -> None:
    shop = shop_with(version, "A")
    sell(shop, ("A", 2))
    (level,) = shop.connector().stock_source.of(["A"])
    (figures,) = level.figures
    told = [int(figure) for figure in (figures.on_hand, figures.reserved, figures.available) if figure is not None]
    assert told == ([3, 0, 3] if version in NET else [5, 2, 3])
    assert (level.sku, level.managed, level.item) == ("A", True, shop.shop.product("A")["id"])


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["add", "sell", "write"])), max_size=8))
def test_whatever_happens_between_pages_each_sku_that_was_there_is_told_once(actions: list[tuple[int, str]]) -> None:
    shop = shop_with("6.6.10.13", *"ABCDEFGH")
    connector = shop.connector()
    told: list[str] = []
    position: str | None = None
    with patch.object(stock, "STOCK_PAGE", 3):
        for number in range(20):
            page = connector.stock_source.page(position)
            told += [level.sku for level in page.levels]
            for place, (_, action) in enumerate(each for each in actions if each[0] == number):
                disturb(shop, f"{number}-{place}", action)
            position = page.position
            if position is None:
                break
    assert len(told) == len(set(told))
    assert set("ABCDEFGH") <= set(told)


def disturb(shop: Bench, name: str, action: str) -> None:
    if action == "add":
        shop.shop.add_product(ProductSpec(name, "Shirt", Decimal(10), Decimal(19)))
    elif action == "sell":
        sell(shop, ("B", 1))
    else:
        push(shop.connector(), {"C": 1})


@pytest.mark.parametrize("version", ENDS)
def test_a_comparison_sees_the_figure_and_what_the_shop_will_take_from_it(version: str) -> None:
    shop = shop_with(version, "A", "B")
    sell(shop, ("A", 2))
    standings = shop.connector().stock_target.reader().read(["A", "B", "NONE"])
    told = {
        sku: (int(each.quantity), int(each.will_deduct))
        for sku, each in standings.items()
        if isinstance(each, Standing)
    }
    assert told == {"A": (3, 0) if version in NET else (5, 2), "B": (5, 0)}


@pytest.mark.parametrize("version", RELEASES)
def test_what_will_be_deducted_costs_no_search_from_6_6_on(version: str) -> None:
    shop = shop_with(version, "A")
    sell(shop, ("A", 2))
    connector = shop.connector()
    assert connector.open_orders.deducts_at_order() is (version in NET)
    assert connector.stock_target.will_deduct(["A", "NONE"]) == ({} if version in NET else {"A": 2})
    assert shop.calls(SEARCH) == (0 if version in NET else 1)


def test_stale_figures_are_no_negative_reservation() -> None:
    shop = shop_with("6.5.8.18", "A", stock=50)
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    shop.shop.shop.store.write(row, {"stock": 5})
    (level,) = shop.connector().stock_source.of(["A"])
    assert level.figures[0].reserved == 0
    shop.shop.shop.store.write(row, {"availableStock": None})
    (level,) = shop.connector().stock_source.of(["A"])
    assert (level.figures[0].reserved, level.figures[0].available) == (None, None)


@pytest.mark.parametrize("named", [{}, {"productNumber": None}, {"productNumber": " "}])
def test_a_product_of_no_number_is_sold_under_none(named: dict[str, str | None]) -> None:
    (row,) = stock.STOCK.read([{"id": "a1" * 16, "autoIncrement": 7, "stock": 3, **named}])
    assert (type(row), row.product_number) == (stock.WireStock, "")


# --- writing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ENDS)
def test_a_blank_behind_a_number_is_none_of_it_in_either_direction(version: str) -> None:
    shop = shop_with(version, "LAMP ")
    connector = shop.connector()
    order = sell(shop, ("LAMP ", 2))
    assert [level.sku for level in (*swept(connector), *connector.stock_source.of(["LAMP"]))] == ["LAMP", "LAMP"]
    assert units(shop, ["LAMP"]) == {order: {"LAMP": 2}}
    assert push(connector, {"LAMP": 9}) == {}
    assert left(shop, "LAMP ") == [9]
    assert connector.stock_target.reader().read(["LAMP"]).keys() == {"LAMP"}


def test_a_figure_the_shop_does_not_take_is_told_in_its_words() -> None:
    shop = shop_with(NEWEST, *"AB")
    too_much = Refused(Problem("0", "Out of range"), {0: Problem("0", "Out of range")})
    with patch.object(stock_writing, "upsert_each", side_effect=[too_much, None]):
        reasons = push(shop.connector(), {"A": 10**12, "B": 1})
    assert {sku: reason.code for sku, reason in reasons.items()} == {"A": "refused_by_shop"}
    assert "Out of range" in reasons["A"].text


@pytest.mark.parametrize("version", SYNCS)
def test_a_product_deleted_between_the_search_and_the_write_is_left_out(version: str) -> None:
    shop = shop_with(version, *"ABC")
    gone = shop.shop.shop.store.children("product", "productNumber", "B")[0]
    shop.shop.faults.plan("meanwhile", SEARCH, detail=lambda: shop.shop.shop.store.delete(gone))
    reasons = push(shop.connector(), {"A": 1, "B": 2, "C": 3})
    assert {sku: reason.code for sku, reason in reasons.items()} == {"B": "unknown_sku"}
    assert left(shop, *"AC") == [1, 3]


@pytest.mark.parametrize(("manage", "flag"), [("untouched", False), ("managed", True), ("unmanaged", False)])
def test_close_out_is_set_only_when_asked_for(manage: ManageStock, flag: bool) -> None:
    shop = shop_with(NEWEST, "A")
    shop.shop.add_product(ProductSpec("B", "Shirt", Decimal(10), Decimal(19), closeout=True))
    push(shop.connector(), {"A": 1, "B": 1}, manage)
    assert shop.shop.product("A")["isCloseout"] is flag
    assert shop.shop.product("B")["isCloseout"] is (manage != "unmanaged")


def test_a_batch_that_is_too_much_is_halved() -> None:
    shop = shop_with(NEWEST, *"ABCDE")
    shop.shop.faults.plan("too_large", SYNC)
    shop.shop.faults.plan("lost_answer", SYNC)
    assert push(shop.connector(), dict.fromkeys("ABCDE", 1)) == {}
    assert left(shop, *"ABCDE") == [1] * 5
    shop.shop.faults.plan("meanwhile", SEARCH, detail=lambda: setattr(shop.shop.shop, "largest_body", 100))
    with pytest.raises(RetryLater, match="of this size"):
        push(shop.connector(), dict.fromkeys("ABCDE", 2))


def test_a_rate_limit_and_a_lost_race_are_waited_for() -> None:
    shop = shop_with(NEWEST, "A")
    shop.shop.faults.plan("rate_limited", SYNC, detail=9)
    with pytest.raises(Throttled):
        push(shop.connector(), {"A": 1})
    shop.shop.faults.plan("deadlock", SYNC)
    assert push(shop.connector(), {"A": 1}) == {}
    assert shop.waits == [2.0]


RIGHTS = [f"{entity}:read" for entity in STOCK_RIGHTS.split(", ")]


@pytest.mark.parametrize("version", ENDS)
def test_the_listed_rights_are_enough_for_stock(version: str) -> None:
    shop = bench(version, (*RIGHTS, "product:update"))
    shop.shop.add_product(ProductSpec("A", "Shirt", Decimal(10), Decimal(19), stock=5))
    sell(shop, ("A", 1))
    connector = shop.connector()
    assert push(connector, {"A": 1, "NONE": 1}).keys() == {"NONE"}
    assert len(connector.open_orders.of(["A"], LONG_AGO)) == len(swept(connector)) == 1


@pytest.mark.parametrize("right", [*RIGHTS, "product:update"])
def test_each_right_for_stock_is_needed_and_named_when_missing(right: str) -> None:
    shop = bench(privileges=tuple({*RIGHTS, "product:update"} - {right}))
    shop.shop.add_product(ProductSpec("A", "Shirt", Decimal(10), Decimal(19), stock=5))
    with pytest.raises(NeedsAttention, match=right):
        _ = (
            push(shop.connector(), {"A": 1}),
            shop.connector().open_orders.of(["A"], LONG_AGO),
            swept(shop.connector()),
        )


# --- open orders ----------------------------------------------------------------------------------------------------


def units(shop: Bench, skus: Sequence[str]) -> dict[str, dict[str, int]]:
    found = shop.connector().open_orders.of(skus, LONG_AGO)
    return {str(order.id): {sku: int(count) for sku, count in order.units.items()} for order in found}


@pytest.mark.parametrize("version", ENDS)
def test_cancelled_orders_are_not_open_and_completed_ones_for_two_weeks(version: str) -> None:
    shop = shop_with(version, "A")
    completed, cancelled, waiting = (sell(shop, ("A", 1)) for _ in range(3))
    shop.shop.move(completed, "process")
    shop.shop.move(completed, "complete")
    shop.shop.cancel(cancelled)
    assert set(units(shop, ["A"])) == {completed, waiting}
    shop.clock.advance(days=15)
    assert set(units(shop, ["A"])) == {waiting}


def test_only_orders_of_the_chosen_sales_channels_are_open() -> None:
    shop = shop_with(NEWEST, "A")
    placed = shop.shop.place_order(OrderSpec(lines=(Line("A"),), sales_channel="Outlet"))
    sell(shop, ("A", 1))
    channel = shop.shop.order(placed)["salesChannelId"]
    assert [o.id for o in shop.connector(sales_channels=[channel]).open_orders.of(["A"], LONG_AGO)] == [placed]


def test_open_orders_are_paged_and_skus_asked_for_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_orders, "OPEN_PAGE", 2)
    monkeypatch.setattr(open_orders, "SKUS_AT_ONCE", 1)
    shop = shop_with(NEWEST, *"AB")
    placed = [sell(shop, ("A", 1), ("B", 2)) for _ in range(3)]
    assert units(shop, ["A", "B", "A"]) == {order: {"A": 1, "B": 2} for order in placed}
    assert shop.calls("POST /api/search/order") == 4
