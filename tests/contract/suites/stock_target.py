"""What every target of stock promises."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Standing, StockChange
from shopbridge.ports import StockTarget
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
from tests.contract.hostile import hostile_answers, noted

D = Decimal
Items = Mapping[str, ExternalId]


def put(bench: StockBench, *skus: str) -> dict[str, ExternalId]:
    """Products with five pieces each, and their records."""
    return {sku: bench.put(sku, 5) for sku in skus}


def changes(target: StockTarget, items: Items, figures: Mapping[str, Any]) -> list[StockChange]:
    """Figures to be written, with the target's records where it asks for them."""
    known = items if target.traits.by_id else {}
    return [StockChange(sku=sku, quantity=D(str(count)), target=known.get(sku)) for sku, count in figures.items()]


def write(target: StockTarget, items: Items, figures: Mapping[str, Any]) -> dict[str, str]:
    """Write figures; the codes of those that were not taken."""
    refused = target.write(changes(target, items, figures), manage="untouched", warehouse="")
    assert all(reason.text for reason in refused.values())
    return {sku: reason.code for sku, reason in refused.items()}


def told(read: Mapping[str, Standing | Reason]) -> dict[str, Any]:
    """What a reader says: both figures, or why there is none."""
    return {
        sku: each.code if isinstance(each, Reason) else (int(each.quantity), int(each.will_deduct))
        for sku, each in read.items()
    }


# --- writing ------------------------------------------------------------------------------------------------------


@in_every_variant
def test_figures_are_the_platforms_afterwards_and_may_be_written_again(bench: StockBench) -> None:
    items = put(bench, "MUG-1", "MUG-2", "MUG-3")
    for _ in range(2):
        target = bench.part("stock_target")
        assert write(target, items, {"MUG-1": 9, "MUG-2": 0}) == {}
        assert [bench.stock(sku) for sku in items] == [9, 0, 5]
    assert told(bench.part("stock_target").reader().read(["MUG-1", "MUG-2"])) == {
        "MUG-1": (9, 0),
        "MUG-2": (0, 0),
    }


@at_both_ends
def test_an_unknown_sku_is_told_and_keeps_no_other_back(bench: StockBench) -> None:
    items = put(bench, "MUG-1", "MUG-2")
    target = bench.part("stock_target")
    assert write(target, items, {"NOBODY": 1, "MUG-1": 9, "NONE": 2, "MUG-2": 8}) == {
        "NOBODY": "unknown_sku",
        "NONE": "unknown_sku",
    }
    assert [bench.stock(sku) for sku in items] == [9, 8]
    assert write(target, items, {"NOBODY": 1}) == {"NOBODY": "unknown_sku"}


def test_a_record_that_went_meanwhile_keeps_no_other_back(bench: StockBench) -> None:
    items = put(bench, "GONE", "MUG-1")
    target = bench.part("stock_target")
    bench.take_away("GONE")
    assert write(target, items, {"GONE": 1, "MUG-1": 9}) == {"GONE": "unknown_sku"}
    assert bench.stock("MUG-1") == 9


@at_both_ends
def test_an_sku_in_other_capitals_is_told_as_that_and_not_written(bench: StockBench) -> None:
    put(bench, "Lamp")
    target = bench.part("stock_target")
    assert told(target.reader().read(["LAMP", "NOBODY"])) == {"LAMP": "other_capitals"}
    refused = target.write(changes(target, {}, {"LAMP": 9}), manage="untouched", warehouse="")
    assert (refused["LAMP"].code, bench.stock("Lamp")) == ("other_capitals", D(5))
    assert "'Lamp'" in refused["LAMP"].text


@needs("variants", "SKU above variants")
@at_both_ends
def test_a_variant_has_a_figure_and_the_product_above_it_has_none(bench: StockBench) -> None:
    items = bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    target = bench.part("stock_target")
    assert write(target, items, {"TEE-M": 9, "TEE": 2}) == {"TEE": "sold_otherwise"}
    assert [bench.stock(sku) for sku in ("TEE-M", "TEE-L")] == [9, 4]
    read = bench.part("stock_target").reader().read(["TEE", "TEE-M"])
    assert told(read) == {"TEE": "sold_otherwise", "TEE-M": (9, 0)}


def test_what_is_left_of_a_piece_is_kept_or_cut_off_as_the_traits_say(bench: StockBench) -> None:
    items = put(bench, "ROPE", "MUG-1")
    target = bench.part("stock_target")
    assert write(target, items, {"ROPE": "7.25", "MUG-1": "2.9999999999999996"}) == {}
    assert bench.stock("ROPE") == (7 if target.traits.whole_units else D("7.25"))
    assert round(bench.stock("MUG-1"), 9) == 3


def test_a_whole_batch_is_taken_at_once(bench: StockBench) -> None:
    target = bench.part("stock_target")
    items = put(bench, *(f"P-{number}" for number in range(target.traits.batch)))
    assert write(target, items, dict.fromkeys(items, 9)) == {}
    assert {bench.stock(sku) for sku in items} == {9}


def test_two_figures_cost_what_they_must_and_none_is_no_problem(bench: StockBench) -> None:
    items = put(bench, "MUG-1", "MUG-2")
    target = bench.part("stock_target")
    assert write(bench.part("stock_target"), items, {}) == {}
    assert cost(bench, lambda: write(target, items, {"MUG-1": 9, "MUG-2": 8})) == bench.facts.calls["stock written"]


def test_nothing_is_written_to_a_warehouse_that_is_not_there(bench: StockBench) -> None:
    items = put(bench, "MUG-1")
    target = bench.part("stock_target")
    told_of: list[str] = []
    try:
        refused = target.write(changes(target, items, {"MUG-1": 9}), manage="untouched", warehouse="main")
        told_of += [refused["MUG-1"].fix]
    except NeedsAttention as error:
        told_of += [error.fix]
    assert all(told_of)
    assert bench.stock("MUG-1") == 5


# --- when something is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_write_that_breaks_off_is_repeated_later_and_loses_nothing(bench: StockBench, fault: Fault) -> None:
    items = put(bench, "MUG-1")
    target = bench.part("stock_target")
    strike(bench, fault, "stock_target")
    with pytest.raises(RetryLater) as caught:
        write(target, items, {"MUG-1": 9})
    assert caught.value.after > 0
    assert until_done(bench, lambda: write(target, items, {"MUG-1": 9})) == {}
    assert bench.stock("MUG-1") == 9


@pytest.mark.parametrize("fault", FAULTS)
def test_a_batch_that_breaks_off_is_whole_when_it_was_repeated(bench: StockBench, fault: Fault) -> None:
    items = put(bench, *(f"P-{number}" for number in range(5)))
    strike(bench, fault, "stock_target")
    assert until_done(bench, lambda: write(bench.part("stock_target"), items, dict.fromkeys(items, 9))) == {}
    assert {bench.stock(sku) for sku in items} == {9}


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: StockBench) -> None:
    items = put(bench, "MUG-1")
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        write(bench.part("stock_target"), items, {"MUG-1": 9})
    assert caught.value.fix
    assert bench.stock("MUG-1") == 5


def test_whatever_is_answered_no_figure_counts_as_written(bench: StockBench) -> None:
    items = put(bench, "MUG-1")
    for body, target in hostile_answers(bench, "stock_target"):
        tried = noted(partial(write, target, items, {"MUG-1": 9}))
        assert tried.error or tried.given[0], body


# --- comparison ---------------------------------------------------------------------------------------------------


@at_both_ends
def test_a_comparison_reads_each_page_once(bench: StockBench) -> None:
    put(bench, "MUG-1", "MUG-2", "MUG-3")
    reader = bench.part("stock_target").reader()
    read: dict[str, Any] = {}
    made = cost(bench, lambda: read.update(told(reader.read(["MUG-1", "MUG-2", "NOBODY"]))))
    assert (read, made) == ({"MUG-1": (5, 0), "MUG-2": (5, 0)}, bench.facts.calls["standings"])


@needs("twins")
def test_an_sku_that_is_there_twice_has_no_figure(bench: StockBench) -> None:
    put(bench, "TWIN")
    put(bench, "TWIN", "MUG-1")
    read = bench.part("stock_target").reader().read(["TWIN", "MUG-1"])
    assert told(read) == {"TWIN": "ambiguous_product", "MUG-1": (5, 0)}


def test_what_nobody_ordered_is_not_deducted_later(bench: StockBench) -> None:
    put(bench, "MUG-1")
    target = bench.part("stock_target")
    found: dict[str, Decimal] = {}
    made = cost(bench, lambda: found.update(target.will_deduct(["MUG-1", "NOBODY"])))
    assert made == bench.facts.calls["will deduct"]
    assert not any(found.values())
