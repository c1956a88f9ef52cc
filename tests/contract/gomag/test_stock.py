"""Gomag as a source and as a target of stock."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.gomag import ProductSpec, VersionSpec
from shopbridge.connectors.gomag.product_index import ASKED_AT_MOST
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import RetryLater
from shopbridge.model.stock import StockChange, StockLevel
from tests.contract.benches.gomag import Bench, D, answering, bench, swift
from tests.recorded import gomag as golden

READ, WRITE = "product/read", "product/inventory"


def stocked(products: int = 3, **assumed: Any) -> Bench:
    """Mugs, and one tee in two versions."""
    at = bench(**assumed)
    for number in range(products):
        at.shop.add_product(ProductSpec(f"MUG-{number}", D(10), number))
    at.shop.add_product(ProductSpec("TEE", D(31), 0, versions=(VersionSpec("TEE-R", D(30), 5), VersionSpec("TEE-A"))))
    return at


def sweep(shop: RequiredParts) -> list[StockLevel]:
    found: list[StockLevel] = []
    position: str | None = None
    while True:
        page = shop.stock_source.page(position)
        assert [level.rank for level in page.levels] == sorted(level.rank for level in page.levels)
        assert not found or not page.levels or page.levels[0].rank > found[-1].rank
        found += page.levels
        if page.position is None:
            return found
        position = page.position


def figures(levels: list[StockLevel]) -> dict[str, Decimal | None]:
    return {level.sku: level.figures[0].on_hand for level in levels}


def write(shop: RequiredParts, **quantities: int | str) -> dict[str, str]:
    """Write figures (SKUs with ``_`` for ``-``); the codes of those refused."""
    changes = [StockChange(sku=sku.replace("_", "-"), quantity=D(count)) for sku, count in quantities.items()]
    refused = shop.stock_target.write(changes, manage="untouched", warehouse="")
    return {sku: reason.code for sku, reason in refused.items()}


# --- source -----------------------------------------------------------------------------------------------------------


def test_figures_are_net_where_orders_lower_the_stock_and_else_leave_what_is_reserved_open() -> None:
    at = stocked()
    net, gross = (sweep(swift(at, orders_lower_stock=lowers))[1].figures[0] for lowers in (True, False))
    assert (net.on_hand, net.reserved, net.available) == (D(1), D(0), D(1))
    assert (gross.on_hand, gross.reserved, gross.available) == (D(1), None, None)


def test_a_product_that_comes_between_two_pages_is_met_in_this_sweep_or_the_next() -> None:
    at = stocked(150)
    shop = swift(at)
    first = shop.stock_source.page(None)
    at.shop.add_product(ProductSpec("NEW", D(1), 1))
    rest = shop.stock_source.page(first.position)
    assert "NEW" in {level.sku for level in rest.levels}


def test_a_shop_without_a_product_concludes_nothing() -> None:
    with pytest.raises(RetryLater, match="no products at all"):
        swift(bench()).stock_source.page(None)
    at = stocked()
    at.fault("empty", READ)
    with pytest.raises(RetryLater, match="no products at all"):
        swift(at).stock_source.page(None)


@pytest.mark.parametrize("row", [{"id": "x"}, {}, {"id": None}, {"id": "0"}, {"id": -1}, {"id": "9" * 30}])
def test_a_product_without_an_id_concludes_nothing(row: Any) -> None:
    body = {"total": 1, "page": 1, "pages": 1, "products": [row]}
    with pytest.raises(RetryLater):
        answering(bench(), body).stock_source.page(None)


@pytest.mark.parametrize(
    "name", ["products_versions", "products_versions_as_object", "products_versions_as_variations"]
)
def test_recorded_versions_are_counted_in_every_shape(name: str) -> None:
    levels = answering(bench(), golden(name)).stock_source.page(None).levels
    assert [(level.sku, level.figures[0].on_hand, level.item) for level in levels] == [
        ("DEMO-1-R", D(5), "55/56"),
        ("DEMO-1-A", D(3), "55/57"),
    ]


# --- target -----------------------------------------------------------------------------------------------------------


def test_an_sku_that_is_there_twice_is_not_written() -> None:
    at = stocked()
    at.shop.add_product(ProductSpec("MUG-1", D(1), 7))
    assert write(swift(at), MUG_1=4) == {"MUG-1": "ambiguous_product"}
    assert at.calls(WRITE) == 0


def test_a_version_that_the_filter_does_not_find_is_looked_for_where_it_was() -> None:
    at = stocked(300, sku_filter_finds_versions=False)
    shop = swift(at)
    write(shop, TEE_A=4)
    before = at.calls(READ)
    assert figures(list(shop.stock_source.of(["TEE-A"]))) == {"TEE-A": 4}
    assert at.calls(READ) - before == 2


def test_what_was_seen_lately_is_not_looked_for_again() -> None:
    at = stocked(300)
    shop = swift(at)
    write(shop, **{f"MUG_{number}": 5 for number in range(100)})
    pages = at.calls(READ)
    write(shop, **{f"MUG_{number}": 5 for number in range(100, 200)})
    assert pages <= 6
    assert at.calls(READ) - pages <= 1
    assert at.calls(WRITE) == 2
    assert {each.stock for each in at.shop.shop.sellables() if each.sku.startswith("MUG-1")} == {5}


def test_a_long_list_is_read_in_several_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopbridge.connectors.gomag.product_index.PAGES_AT_ONCE", 3)
    at = stocked(550)
    shop, wanted = swift(at), {f"MUG_{number}": 5 for number in range(ASKED_AT_MOST + 1)}
    with pytest.raises(RetryLater, match="goes on") as caught:
        write(shop, **wanted, NO=1)
    assert caught.value.after == 1
    assert write(shop, **wanted, NO=1) == {"NO": "unknown_sku"}
    assert at.calls(READ) <= 9


def test_a_list_of_more_pages_than_any_has_does_not_end_as_if_it_were_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopbridge.connectors.gomag.api.MOST_PAGES", 3)
    at = stocked(550)
    shop, position = swift(at), None
    for _ in range(3):
        position = shop.stock_source.page(position).position
    with pytest.raises(RetryLater, match="Gomag gives the same page of products again"):
        shop.stock_source.page(position)
    with pytest.raises(RetryLater, match="Gomag gives the same page of products again"):
        write(swift(at), **{f"MUG_{number}": 5 for number in range(ASKED_AT_MOST + 1)})


@pytest.mark.parametrize("snake", [True, False])
def test_either_source_of_field_names_can_be_right(*, snake: bool) -> None:
    at = stocked(snake_case_writes=snake)
    assert write(swift(at, field_names="snake" if snake else "camel"), MUG_0=7) == {}
    refused = write(swift(at, field_names="camel" if snake else "snake"), MUG_0=8, MUG_1=8)
    assert set(refused.values()) == {"refused_by_shop"}
    assert at.shop.sold_as("MUG-0").stock == 7


def test_a_shop_that_says_yes_and_does_nothing_is_found_out() -> None:
    at = stocked()
    at.fault("afterwards", WRITE, detail=lambda: at.shop.set_stock("MUG-1", 1))
    assert write(swift(at), MUG_1=9) == {"MUG-1": "not_written"}


def test_a_figure_is_compared_with_what_was_written_last_not_with_what_was_seen_before_that() -> None:
    at = stocked()
    shop = swift(at)
    assert write(shop, MUG_1=4, MUG_2=5) == {}
    at.fault("afterwards", WRITE, detail=lambda: at.shop.set_stock("MUG-2", 5))
    assert write(shop, MUG_2=9) == {"MUG-2": "not_written"}


def test_a_sale_right_after_the_write_is_no_fault() -> None:
    at = stocked()
    at.fault("afterwards", WRITE, detail=lambda: at.shop.set_stock("MUG-1", 8))
    assert write(swift(at), MUG_1=9) == {}


def test_one_figure_that_is_refused_keeps_no_other() -> None:
    at = stocked()
    assert write(swift(at), MUG_0=7, MUG_1=-1, MUG_2=8, TEE_R=9) == {"MUG-1": "refused_by_shop"}
    assert [at.shop.sold_as(sku).stock for sku in ("MUG-0", "MUG-1", "MUG-2", "TEE-R")] == [7, 1, 8, 9]


def test_a_shop_that_refuses_unknown_skus_altogether_is_served_as_well() -> None:
    at = stocked(unknown_sku_refuses_all=True)
    shop = swift(at)
    write(shop, MUG_0=1, MUG_1=5, MUG_2=5)
    at.shop.delete_product("MUG-0")
    assert write(shop, MUG_0=4, MUG_1=4, MUG_2=4) == {"MUG-0": "unknown_sku"}
    assert at.shop.sold_as("MUG-2").stock == 4


def test_what_gomag_has_no_switch_for_is_told() -> None:
    at = stocked()
    change = [StockChange(sku="MUG-0", quantity=D(1))]
    assert swift(at).stock_target.write(change, manage="managed", warehouse="")["MUG-0"].code == "no_stock_switch"
    assert swift(at).stock_target.write(change, manage="untouched", warehouse="A")["MUG-0"].code == "no_warehouses"
    assert at.shop.calls.total == 0


def test_batches_are_as_large_as_the_settings_say() -> None:
    at = stocked(30, largest_inventory=10)
    shop = swift(at, stock_batch=10)
    assert shop.stock_target.traits.batch == 10
    assert write(shop, **{f"MUG_{number}": 99 for number in range(30)}) == {}
    assert at.calls(WRITE) == 3
