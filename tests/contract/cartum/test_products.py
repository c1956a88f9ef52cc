"""What only Cartum does with products: imports that break above a size, stock without accounting, hidden rows."""

from collections.abc import Mapping
from typing import Any

import pytest

from shopbridge.model.stock import StockChange
from tests.contract.benches.cartum import D, bench, swift
from tests.contract.suites.catalogue_target import ALL, bring, drafted, source

WORDS: Mapping[str, Any] = {"stock_as": "presence", "in_stock": "In stock", "out_of_stock": "Out of stock"}


def shelf(**assumed: Any) -> Any:
    """A shop as the suites see it."""
    return bench(**assumed)


@pytest.mark.parametrize("oversized", ["page", "silence"])
def test_products_with_long_texts_go_in_calls_that_the_shop_takes(oversized: str) -> None:
    at = shelf(oversized=oversized)
    target = swift(at).catalogue_target
    drafts = [
        drafted(
            target, source(at, f"P-{number}").model_copy(update={"long_text": "<p>ă</p>" * 4_000}), ALL | {"long_text"}
        )
        for number in range(12)
    ]
    assert {outcome.state for outcome in target.write(drafts)} == {"created"}
    assert len(at.shop.products) == 12
    assert at.shop.calls.by_route["catalog/import"] > 3


def test_figures_that_a_shop_without_accounting_drops_are_told() -> None:
    at = shelf()
    at.put("MUG", 5)
    at.shop.set_stock_accounting(on=False)
    target = swift(at).stock_target
    refused = target.write([StockChange(sku="MUG", quantity=D(9))], manage="untouched", warehouse="")
    assert refused.keys() <= {"MUG"}
    told = target.write([StockChange(sku="MUG", quantity=D(0))], manage="untouched", warehouse="")
    assert told.keys() | refused.keys() == {"MUG"}


def test_a_shop_without_accounting_is_told_whether_a_product_can_be_bought() -> None:
    at = shelf(stock_accounting=False)
    at.put("MUG", 5)
    target = swift(at, **WORDS).stock_target
    assert target.write([StockChange(sku="MUG", quantity=D(0))], manage="untouched", warehouse="") == {}
    assert "Out of stock" in str(at.shop.product_as_read("MUG")["presence"])
    assert target.write([StockChange(sku="MUG", quantity=D(3))], manage="untouched", warehouse="") == {}
    assert "Out of stock" not in str(at.shop.product_as_read("MUG")["presence"])


def test_a_new_product_can_be_bought_and_one_without_a_price_is_hidden() -> None:
    at = shelf()
    assert bring(at, source(at, "MUG"), ALL).state == "created"
    assert bring(at, source(at, "CUP"), ALL - {"price"}).state == "created"
    assert swift(at).catalogue_target.on_sale(["MUG", "CUP"]) == {"MUG": True, "CUP": False}


def test_a_price_and_its_old_one_are_a_sale_there_and_back() -> None:
    at = shelf()
    at.put("MUG")
    at.shop.set_price("MUG", D(40), D(50))
    (mug,) = swift(at).catalogue_source.page(None).products
    assert {group: price.amount for group, price in mug.prices.items()} == {"regular": D(50), "sale": D(40)}
    bring(at, source(at, "MUG"))
    (mug,) = swift(at).catalogue_source.page(None).products
    assert {group: price.amount for group, price in mug.prices.items()} == {"regular": D(30)}
