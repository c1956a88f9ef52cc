"""What every source of products promises."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sandbox.platforms.kit.doubles import Doubles
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.catalogue import Product, ProductPage
from shopbridge.ports import CatalogueSource
from tests.contract.bench import (
    FAULTS,
    CatalogueBench,
    Fault,
    at_both_ends,
    cost,
    in_every_variant,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import POISONS, Replay, hostile_answers, is_key, laid, noted, poisoned

DIGITS = {"serialize_precision = 17": Doubles(17), "serialize_precision = 100": Doubles(100)}


def pages(source: CatalogueSource, between: Callable[[], None] = lambda: None) -> list[ProductPage]:
    """Every page; positions travel as JSON, as the store keeps them."""
    found: list[ProductPage] = []
    position: str | None = None
    for _ in range(50):
        found.append(source.page(position))
        if found[-1].position is None:
            return found
        position = json.loads(json.dumps(found[-1].position))
        between()
    raise AssertionError("the sweep does not end")


def products(bench: CatalogueBench) -> dict[str, Product]:
    """Every product by its SKU; none of them unreadable."""
    read = pages(bench.part("catalogue_source"))
    assert not any(page.unreadable for page in read)
    return {product.sku: product for page in read for product in page.products}


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[CatalogueBench, list[str]]:
    """An account with more than two pages of products; nobody writes to it."""
    make: Callable[[], CatalogueBench] = request.param
    bench = make()
    skus = [f"P-{number}" for number in range(bench.facts.pages["catalogue_source"])]
    for sku in skus:
        bench.put(sku)
    bench.shrink_pages()
    return bench, skus


# --- a sweep ------------------------------------------------------------------------------------------------------


def test_every_product_is_told_once_by_rising_rank(filled: tuple[CatalogueBench, list[str]]) -> None:
    bench, skus = filled
    told = [product for page in pages(bench.part("catalogue_source")) for product in page.products]
    counted = Counter(product.sku for product in told)
    assert [counted[sku] for sku in skus] == [1] * len(skus)
    ranks = [product.rank for product in told]
    assert ranks == sorted(ranks)


def test_a_sweep_goes_on_in_another_container(filled: tuple[CatalogueBench, list[str]]) -> None:
    bench, skus = filled
    position: str | None = None
    told: list[str] = []
    for _ in range(10):
        page = bench.part("catalogue_source").page(position)
        told += [product.sku for product in page.products]
        position = page.position
        if position is None:
            break
    assert sorted(sku for sku in told if sku in skus) == sorted(skus)


@in_every_variant
def test_a_product_has_the_platforms_name_price_and_stock_and_reads_the_same_each_time(bench: CatalogueBench) -> None:
    bench.put("MUG-1", 5)
    mug = products(bench)["MUG-1"]
    assert (mug.name, mug.prices["regular"].amount) == (bench.name("MUG-1"), bench.price("MUG-1"))
    assert (mug.stock, mug.active, mug.tax_rate, mug.variants) == (Decimal(5), True, bench.facts.tax, ())
    assert products(bench)["MUG-1"] == mug


@needs("variants", "SKU above variants")
@at_both_ends
def test_a_product_comes_whole_with_its_variants(bench: CatalogueBench) -> None:
    bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    tee = products(bench)["TEE"]
    assert {variant.sku: variant.stock for variant in tee.variants} == {"TEE-M": 3, "TEE-L": 4}
    assert tee.stock is None
    assert len({tuple(variant.options.items()) for variant in tee.variants}) == 2


def test_what_is_deleted_between_two_pages_hides_nothing(bench: CatalogueBench) -> None:
    skus = [f"P-{number}" for number in range(bench.facts.pages["catalogue_source"])]
    for sku in skus:
        bench.put(sku)
    bench.shrink_pages()
    doomed = iter(skus[:2])

    def take_two() -> None:
        for sku in doomed:
            bench.take_away(sku)

    told = {each.sku for page in pages(bench.part("catalogue_source"), between=take_two) for each in page.products}
    assert set(skus[2:]) <= told


def test_a_page_and_the_categories_cost_what_they_must(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    source = bench.part("catalogue_source")
    assert cost(bench, lambda: source.page(None)) == bench.facts.calls["product page"]
    again = bench.part("catalogue_source")
    assert cost(bench, again.categories) == bench.facts.calls["categories"]


# --- when something is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_reading_that_breaks_off_is_repeated_later_and_loses_nothing(bench: CatalogueBench, fault: Fault) -> None:
    bench.put("MUG-1")
    strike(bench, fault, "catalogue_source")
    with pytest.raises(RetryLater) as caught:
        products(bench)
    assert caught.value.after > 0
    assert "MUG-1" in until_done(bench, partial(products, bench))


def test_a_limit_between_two_pages_loses_nothing(filled: tuple[CatalogueBench, list[str]]) -> None:
    bench, skus = filled
    source = bench.part("catalogue_source")
    page = until_done(bench, partial(source.page, None))
    told = {product.sku for product in page.products}
    while page.position is not None:
        page = until_done(bench, partial(source.page, page.position))
        told |= {product.sku for product in page.products}
    assert told >= set(skus)


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    bench.spoil_credentials()
    for attempt in (lambda: bench.part("catalogue_source").page(None), bench.part("catalogue_source").categories):
        with pytest.raises(NeedsAttention) as caught:
            attempt()
        assert caught.value.fix


@pytest.mark.parametrize("value", POISONS.values(), ids=POISONS)
def test_a_poisoned_product_is_held_or_left_out_and_the_others_travel(
    bench: CatalogueBench, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bench.put("BAD", 3)
    bench.put("MUG-1", 3)
    row = bench.facts.rows["stock_source"]
    for field in row.fields:
        with poisoned(bench, row, "BAD", field, value):
            read = pages(bench.part("catalogue_source"))
        told = {product.sku: product for page in read for product in page.products}
        held = [each for page in read for each in page.unreadable]
        assert "MUG-1" in told
        assert held or "BAD" not in told or told["BAD"].stock is None
        assert held or "unexpected form" in caplog.text or "BAD" in told
        assert all(each.reason.code and is_key(each.id) and is_key(each.sku) for each in held)


@needs("doubles")
@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
@at_both_ends
def test_noise_in_numbers_changes_no_product(bench: CatalogueBench, digits: Doubles) -> None:
    for stock in (0, 1, 7):
        bench.put(f"MUG-{stock}", stock)
    meant = products(bench)
    bench.write_numbers(digits)
    assert products(bench) == meant


@needs("pages")
def test_a_list_that_never_ends_is_given_up(filled: tuple[CatalogueBench, list[str]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        pages(bench.part("catalogue_source"))


def test_whatever_is_answered_no_product_is_told(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    for body, source in hostile_answers(bench, "catalogue_source"):
        page = noted(partial(source.page, None))
        assert page.error or not any(given.products for given in page.given), body
        noted(source.categories)
