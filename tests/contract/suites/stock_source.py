"""What every source of stock promises."""

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sandbox.platforms.kit.doubles import Doubles
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.stock import StockLevel
from shopbridge.ports import StockSource
from tests.contract.bench import (
    FAULTS,
    Fault,
    StockBench,
    at_both_ends,
    cost,
    in_every_variant,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import POISONS, Replay, hostile_answers, is_key, laid, noted, poisoned

DIGITS = {"serialize_precision = 17": Doubles(17), "serialize_precision = 100": Doubles(100)}
COMPUTED = Doubles(17, ("stock", "stoc_global", "stock_available", "stock_reserved"))


def sweep(source: StockSource, between: Callable[[], None] = lambda: None) -> list[StockLevel]:
    """Every page; positions travel as JSON, as the store keeps them."""
    levels: list[StockLevel] = []
    position: str | None = None
    for _ in range(50):
        page = source.page(position)
        levels += page.levels
        if page.position is None:
            return levels
        position = json.loads(json.dumps(page.position))
        between()
    raise AssertionError("the sweep does not end")


def sellable(levels: list[StockLevel], *skus: str) -> dict[str, int]:
    """What may be sold by the figures, of those SKUs that are named."""
    figures = {level.sku: level.figures[0] for level in levels if level.sku in skus}
    return {sku: int((one.on_hand or 0) - (one.reserved or 0)) for sku, one in figures.items()}


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[StockBench, list[str]]:
    """An account with more than two pages of products; nobody writes to it."""
    make: Callable[[], StockBench] = request.param
    bench = make()
    skus = [f"P-{number}" for number in range(bench.facts.pages["stock_source"])]
    for number, sku in enumerate(skus):
        bench.put(sku, number % 7)
    bench.shrink_pages()
    return bench, skus


# --- a sweep ------------------------------------------------------------------------------------------------------


def test_a_sweep_tells_every_sku_once_by_rising_rank(filled: tuple[StockBench, list[str]]) -> None:
    bench, skus = filled
    levels = sweep(bench.part("stock_source"))
    counted = Counter(level.sku for level in levels)
    assert [counted[sku] for sku in skus] == [1] * len(skus)
    ranks = [level.rank for level in levels]
    assert ranks == sorted(ranks)
    assert min(ranks) > 0


def test_a_sweep_goes_on_in_another_container(filled: tuple[StockBench, list[str]]) -> None:
    bench, skus = filled
    position: str | None = None
    told: list[str] = []
    for _ in range(10):
        page = bench.part("stock_source").page(position)
        told += [level.sku for level in page.levels]
        position = page.position
        if position is None:
            break
    assert sorted(sku for sku in told if sku in skus) == sorted(skus)


def test_ranks_and_records_stay_from_sweep_to_sweep(filled: tuple[StockBench, list[str]]) -> None:
    bench, _ = filled
    first, second = (sweep(bench.part("stock_source")) for _ in range(2))
    assert [(level.sku, level.rank, level.item) for level in first] == [
        (level.sku, level.rank, level.item) for level in second
    ]


@in_every_variant
def test_the_figures_are_the_platforms(bench: StockBench) -> None:
    for sku, stock in (("MUG-1", 5), ("MUG-2", 0), ("MUG-3", 12)):
        bench.put(sku, stock)
    levels = sweep(bench.part("stock_source"))
    assert sellable(levels, "MUG-1", "MUG-2", "MUG-3") == {"MUG-1": 5, "MUG-2": 0, "MUG-3": 12}
    assert all(level.managed for level in levels if level.sku.startswith("MUG-"))


def test_records_are_called_what_other_parts_call_them(bench: StockBench) -> None:
    item = bench.put("MUG-1")
    assert {level.item for level in sweep(bench.part("stock_source")) if level.sku == "MUG-1"} == {item}


@needs("variants")
@at_both_ends
def test_variants_are_told_and_the_product_above_them_is_not(bench: StockBench) -> None:
    items = bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    levels = sweep(bench.part("stock_source"))
    assert sellable(levels, "TEE", "TEE-M", "TEE-L") == {"TEE-M": 3, "TEE-L": 4}
    assert {level.sku: level.item for level in levels} == dict(items)


def test_a_page_costs_what_it_must(bench: StockBench) -> None:
    bench.put("MUG-1")
    source = bench.part("stock_source")
    assert cost(bench, lambda: source.page(None)) == bench.facts.calls["stock page"]


def test_what_is_deleted_between_two_pages_hides_nothing(bench: StockBench) -> None:
    skus = [f"P-{number}" for number in range(bench.facts.pages["stock_source"])]
    for sku in skus:
        bench.put(sku)
    bench.shrink_pages()
    doomed = iter(skus[:2])

    def take_two() -> None:
        for sku in doomed:
            bench.take_away(sku)

    levels = sweep(bench.part("stock_source"), between=take_two)
    assert set(skus[2:]) <= {level.sku for level in levels}


# --- at once ------------------------------------------------------------------------------------------------------


@at_both_ends
def test_single_skus_are_told_as_in_a_sweep_and_unknown_ones_left_out(bench: StockBench) -> None:
    for sku in ("MUG-1", "MUG-2", "MUG-3"):
        bench.put(sku)
    swept = {level.sku: level for level in sweep(bench.part("stock_source"))}
    told = bench.part("stock_source").of(["MUG-3", "NOBODY", "", "MUG-1", "MUG-1"])
    assert sorted(told, key=lambda level: level.sku) == [swept["MUG-1"], swept["MUG-3"]]


def test_one_sku_costs_what_it_must(bench: StockBench) -> None:
    bench.put("MUG-1")
    source = bench.part("stock_source")
    assert cost(bench, lambda: source.of(["MUG-1"])) == bench.facts.calls["stock of one"]


@needs("twins")
def test_an_sku_that_is_there_twice_is_told_twice(bench: StockBench) -> None:
    for stock in (5, 7):
        bench.put("TWIN", stock)
    for levels in (bench.part("stock_source").of(["TWIN"]), sweep(bench.part("stock_source"))):
        twins = [level for level in levels if level.sku == "TWIN"]
        assert sorted(int(level.figures[0].on_hand or 0) for level in twins) == [5, 7]
        assert len({level.item for level in twins}) == 2


def test_an_sku_in_other_capitals_is_another(bench: StockBench) -> None:
    bench.put("Lamp")
    assert list(bench.part("stock_source").of(["LAMP"])) == []


@needs("variants")
@at_both_ends
def test_a_variant_is_found_by_its_own_sku(bench: StockBench) -> None:
    items = bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    (level,) = bench.part("stock_source").of(["TEE", "TEE-L"])
    assert (level.sku, level.item, sellable([level], "TEE-L")) == ("TEE-L", items["TEE-L"], {"TEE-L": 4})


def test_what_was_deleted_is_told_no_more(bench: StockBench) -> None:
    bench.put("MUG-1")
    bench.put("MUG-2")
    source = bench.part("stock_source")
    sweep(source)
    bench.take_away("MUG-1")
    assert [level.sku for level in source.of(["MUG-1", "MUG-2"])] == ["MUG-2"]


# --- when something is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reading_that_breaks_off_is_repeated_later_and_loses_nothing(bench: StockBench, fault: Fault) -> None:
    bench.put("MUG-1")
    for read in (lambda: sweep(bench.part("stock_source")), lambda: bench.part("stock_source").of(["MUG-1"])):
        strike(bench, fault, "stock_source")
        with pytest.raises(RetryLater) as caught:
            read()
        assert caught.value.after > 0
        assert sellable(list(until_done(bench, read)), "MUG-1") == {"MUG-1": 5}


def test_a_limit_between_two_pages_loses_nothing(filled: tuple[StockBench, list[str]]) -> None:
    bench, skus = filled
    source, levels = bench.part("stock_source"), list[StockLevel]()
    page = until_done(bench, lambda: source.page(None))
    levels += page.levels
    while page.position is not None:
        going_on = partial(source.page, page.position)
        strike(bench, "throttled", "stock_source")
        with pytest.raises(RetryLater):
            going_on()
        page = until_done(bench, going_on)
        levels += page.levels
    assert {level.sku for level in levels} >= set(skus)


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: StockBench) -> None:
    bench.put("MUG-1")
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("stock_source").page(None)
    assert caught.value.fix


@pytest.mark.parametrize("value", POISONS.values(), ids=POISONS)
def test_a_poisoned_row_is_told_without_figures_or_logged_and_the_others_count(
    bench: StockBench, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bench.put("BAD", 3)
    bench.put("MUG-1", 3)
    others = {level.sku for level in sweep(bench.part("stock_source"))} - {"BAD"}
    for field in bench.facts.rows["stock_source"].fields:
        with poisoned(bench, bench.facts.rows["stock_source"], "BAD", field, value):
            levels = sweep(bench.part("stock_source"))
        bad = [level for level in levels if level.sku not in others]
        assert sellable(levels, "MUG-1") == {"MUG-1": 3}
        assert len(bad) == 1 or "unexpected form" in caplog.text
        assert all(is_key(level.sku) and is_key(level.item) for level in bad)
        assert all(figures.on_hand is None for level in bad for figures in level.figures)


@needs("doubles")
@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
@at_both_ends
def test_noise_in_numbers_changes_no_figure(bench: StockBench, digits: Doubles) -> None:
    meant = noisy(bench, digits)
    assert sweep(bench.part("stock_source")) == meant


@needs("computed stock")
@at_both_ends
def test_noise_of_computing_changes_no_figure(bench: StockBench) -> None:
    meant = noisy(bench, COMPUTED)
    assert sweep(bench.part("stock_source")) == meant


def noisy(bench: StockBench, doubles: Doubles) -> list[StockLevel]:
    """Some figures as they are told without noise, with which the platform speaks from now on."""
    for stock in (0, 1, 3, 7):
        bench.put(f"MUG-{stock}", stock)
    meant = sweep(bench.part("stock_source"))
    bench.write_numbers(doubles)
    return meant


@needs("pages")
def test_a_list_that_never_ends_is_given_up(filled: tuple[StockBench, list[str]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        sweep(bench.part("stock_source"))


def test_whatever_is_answered_nothing_is_concluded_from_it(bench: StockBench) -> None:
    bench.put("MUG-1")
    for body, source in hostile_answers(bench, "stock_source"):
        read = noted(partial(source.page, None))
        levels = [level for page in read.given for level in page.levels]
        assert read.error or not any(figures.on_hand for level in levels for figures in level.figures), body
