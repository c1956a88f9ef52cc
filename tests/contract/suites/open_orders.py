"""What every shop promises that tells which of its orders may still hold units."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from sandbox.platforms.kit.doubles import Doubles
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import OrderId
from tests.contract.bench import FAULTS, Fault, ShopBench, at_both_ends, cost, in_every_variant, strike, until_done
from tests.contract.hostile import Replay, hostile_answers, laid, noted

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def stocked(bench: ShopBench) -> ShopBench:
    """Two products with plenty of pieces."""
    bench.put("MUG", 500)
    bench.put("CUP", 500)
    return bench


def units(bench: ShopBench, skus: Sequence[str], since: datetime = LONG_AGO) -> Mapping[str, Mapping[str, int]]:
    """By order and SKU, in a new container."""
    found = bench.part("open_orders").of(skus, since)
    assert len({order.id for order in found}) == len(found)
    return {order.id: {sku: int(count) for sku, count in order.units.items() if count} for order in found}


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[ShopBench, list[OrderId]]:
    """A shop with more than two pages of open orders."""
    make: Callable[[], ShopBench] = request.param
    bench = stocked(make())
    orders = [bench.sell({"MUG": 1}) for _ in range(bench.facts.pages["open_orders"])]
    bench.shrink_pages()
    return bench, orders


@in_every_variant
def test_orders_hold_the_units_of_their_products_only(bench: ShopBench) -> None:
    stocked(bench)
    first, second = bench.sell({"MUG": 2, "CUP": 1}), bench.sell({"CUP": 4})
    assert units(bench, ["MUG", "CUP"]) == {first: {"MUG": 2, "CUP": 1}, second: {"CUP": 4}}
    assert units(bench, ["MUG"]) == {first: {"MUG": 2}}
    assert units(bench, ["NOBODY"]) == units(bench, []) == {}


@at_both_ends
def test_a_cancelled_order_holds_nothing(bench: ShopBench) -> None:
    stocked(bench)
    cancelled, open_one = bench.sell({"MUG": 1}), bench.sell({"MUG": 1})
    bench.cancel(cancelled)
    assert units(bench, ["MUG"]).keys() == {open_one}


def test_an_order_from_before_the_first_moment_is_not_told(bench: ShopBench) -> None:
    stocked(bench).sell({"MUG": 1})
    bench.clock.advance(days=2)
    since = bench.clock()
    late = bench.sell({"MUG": 1})
    (order,) = bench.part("open_orders").of(["MUG"], since)
    assert (order.id, order.placed_at) == (late, since)
    assert units(bench, ["MUG"], since + timedelta(days=2)) == {}


def test_what_is_ordered_a_moment_later_is_told_by_the_same_container(bench: ShopBench) -> None:
    first = stocked(bench).sell({"MUG": 1})
    shop = bench.part("open_orders")
    assert [order.id for order in shop.of(["MUG"], LONG_AGO)] == [first]
    bench.clock.advance(minutes=1)
    second = bench.sell({"MUG": 1})
    bench.cancel(first)
    assert [order.id for order in shop.of(["MUG"], LONG_AGO)] == [second]


def test_all_pages_are_read_and_each_order_is_told_once(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, orders = filled
    assert units(bench, ["MUG", "CUP", "MUG"]) == {order: {"MUG": 1} for order in orders}


def test_asking_costs_what_it_must(bench: ShopBench) -> None:
    stocked(bench).sell({"MUG": 1})
    shop = bench.part("open_orders")
    assert cost(bench, lambda: shop.of(["MUG", "CUP"], LONG_AGO)) == bench.facts.calls["open orders"]


@in_every_variant
def test_the_stock_falls_when_the_shop_says_it_does(bench: ShopBench) -> None:
    stocked(bench)
    bench.sell({"MUG": 2})
    assert bench.stock("MUG") == (498 if bench.part("open_orders").deducts_at_order() else 500)


@pytest.mark.parametrize("digits", [Doubles(17), Doubles(100)], ids=["17 digits", "100 digits"])
def test_noise_in_numbers_changes_no_unit(bench: ShopBench, digits: Doubles) -> None:
    stocked(bench).sell({"MUG": 3})
    meant = units(bench, ["MUG"])
    bench.write_numbers(digits)
    assert units(bench, ["MUG"]) == meant


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_reading_that_breaks_off_concludes_nothing_and_is_repeated_later(bench: ShopBench, fault: Fault) -> None:
    order = stocked(bench).sell({"MUG": 1})
    strike(bench, fault, "open_orders")
    with pytest.raises(RetryLater) as caught:
        units(bench, ["MUG"])
    assert caught.value.after > 0
    assert until_done(bench, partial(units, bench, ["MUG"])).keys() == {order}


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ShopBench) -> None:
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        units(bench, ["MUG"])
    assert caught.value.fix


def test_a_list_that_never_ends_is_given_up(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        units(bench, ["MUG"])


def test_whatever_is_answered_no_order_is_concluded_from_it(bench: ShopBench) -> None:
    stocked(bench).sell({"MUG": 1})
    for body, shop in hostile_answers(bench, "open_orders"):
        read = noted(partial(shop.of, ["MUG"], LONG_AGO))
        assert read.error or not any(read.given), body
