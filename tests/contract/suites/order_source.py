"""What every shop promises whose orders are read."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sandbox.platforms.kit.doubles import Doubles
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderPage
from shopbridge.model.order import Order, is_newer, same_version
from shopbridge.ports import KnownRows, OrderSource, none_known
from tests.contract.bench import (
    FAULTS,
    Fault,
    ShopBench,
    at_both_ends,
    cost,
    in_every_variant,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import POISONS, Replay, beside_nothing, hostile_answers, is_key, laid, noted, poisoned

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
DIGITS = {"serialize_precision = 17": Doubles(17), "serialize_precision = 100": Doubles(100)}


def pages(source: OrderSource, since: datetime = LONG_AGO, known: KnownRows = none_known) -> list[OrderPage]:
    """Every page; positions travel as JSON, as the store keeps them."""
    found: list[OrderPage] = []
    position: str | None = None
    for _ in range(50):
        found.append(source.changed(since, position, known))
        if found[-1].position is None:
            return found
        position = json.loads(json.dumps(found[-1].position))
    raise AssertionError("the pages do not end")


def changed(bench: ShopBench, since: datetime = LONG_AGO) -> dict[str, Order]:
    """The orders that changed, by id; none of them unreadable."""
    read = pages(bench.part("order_source"), since)
    assert not any(page.unreadable for page in read)
    return {order.id: order for page in read for order in page.orders}


def place(bench: ShopBench, count: int = 1) -> list[OrderId]:
    """Orders of a mug."""
    bench.put("MUG", 999)
    return [bench.sell({"MUG": 1 + number % 3}) for number in range(count)]


def content(orders: Sequence[Order]) -> list[Order]:
    """The orders as they are, whenever they were read."""
    known = [order.model_copy(update={"revision": order.revision.rpartition("#")[2]}) for order in orders]
    return sorted(known, key=lambda order: order.id)


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[ShopBench, list[OrderId]]:
    """A shop with more than two pages of orders."""
    make: Callable[[], ShopBench] = request.param
    bench = make()
    orders = place(bench, bench.facts.pages["order_source"])
    bench.shrink_pages()
    return bench, orders


# --- by number ----------------------------------------------------------------------------------------------------


@in_every_variant
def test_an_order_is_found_by_what_people_call_it(bench: ShopBench) -> None:
    place(bench, 3)
    for order in changed(bench).values():
        (found,) = bench.part("order_source").named(order.number)
        assert (content([found.order]), found.left_out) == (content([order]), None)


@pytest.mark.parametrize("number", ["999999999", "", "/", "no such order", "\ud800", "9" * 400, "1\n2"])
def test_a_number_that_no_order_has_finds_none(bench: ShopBench, number: str) -> None:
    place(bench)
    assert list(bench.part("order_source").named(number)) == []


def test_an_order_that_was_deleted_is_not_found_by_its_number(bench: ShopBench) -> None:
    (order,) = place(bench)
    number = changed(bench)[order].number
    bench.delete_order(order)
    assert list(bench.part("order_source").named(number)) == []


def test_finding_an_order_by_its_number_costs_as_much_as_reading_it(bench: ShopBench) -> None:
    (order,) = place(bench)
    number = changed(bench)[order].number
    reading = cost(bench, lambda: bench.part("order_source").read([order]))
    assert cost(bench, lambda: bench.part("order_source").named(number)) == reading


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_an_order_is_looked_for_is_told_and_looking_again_finds_it(
    bench: ShopBench, fault: Fault
) -> None:
    (order,) = place(bench)
    number = changed(bench)[order].number
    strike(bench, fault, "order_source")
    found = until_done(bench, lambda: bench.part("order_source").named(number))
    assert [each.order.id for each in found] == [order]


# --- changes ------------------------------------------------------------------------------------------------------


def test_every_order_is_told_once(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, orders = filled
    told = Counter(order.id for page in pages(bench.part("order_source")) for order in page.orders)
    assert told == Counter(orders)


def test_pages_go_on_in_another_container(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, orders = filled
    told: set[str] = set()
    position: str | None = None
    for _ in range(50):
        page = bench.part("order_source").changed(LONG_AGO, position)
        told |= {order.id for order in page.orders}
        position = page.position
        if position is None:
            break
    assert told == set(orders)


@in_every_variant
def test_an_order_is_told_to_the_cent_and_its_parts_add_up(bench: ShopBench) -> None:
    orders = place(bench, 3)
    for order_id, order in changed(bench).items():
        parts = sum((line.total for line in order.lines), order.shipping.total if order.shipping else Decimal(0))
        assert order.totals.gross == bench.total(OrderId(order_id)) == parts
        assert order.totals.net + order.totals.tax + order.totals.rounding == order.totals.gross
        assert [line.sku for line in order.lines if line.kind == "product"] == ["MUG"]
    assert len(orders) == 3


@at_both_ends
def test_single_orders_are_read_as_the_changes_tell_them(bench: ShopBench) -> None:
    orders = place(bench, 3)
    read, unreadable = bench.part("order_source").read([*orders, orders[0]])
    assert (content(read), list(unreadable)) == (content(list(changed(bench).values())), [])


@pytest.mark.parametrize("order", ["901/1", "999999", "", "/", "x/y", "f" * 32, "no id at all", "\ud800", "9" * 400])
def test_an_order_that_the_shop_does_not_have_is_left_out(bench: ShopBench, order: str) -> None:
    (known,) = place(bench)
    read, unreadable = bench.part("order_source").read([OrderId(order), known])
    assert ([each.id for each in read], list(unreadable)) == ([known], [])


@at_both_ends
def test_what_did_not_change_is_the_same_version_and_what_did_a_newer_one(bench: ShopBench) -> None:
    (order,) = place(bench)
    first = changed(bench)[order]
    bench.clock.advance(minutes=5)
    again = changed(bench)[order]
    assert same_version(first.revision, again.revision)
    bench.clock.advance(minutes=5)  # a version without a time of its own is as old as its reading
    bench.pay(order)
    paid = changed(bench)[order]
    assert is_newer(paid.revision, again.revision)


@at_both_ends
def test_a_row_that_is_known_is_left_out_until_it_changes(bench: ShopBench) -> None:
    still, paid = place(bench, 2)
    source = bench.part("order_source")
    marks = {order: mark for page in pages(source) for order, mark in page.rows.items()}
    assert marks.keys() == {still, paid}
    bench.clock.advance(minutes=5)
    again = pages(bench.part("order_source"), known=frozenset(marks.values()).__contains__)
    assert all((page.orders, page.unreadable, page.rows) == ((), (), {}) for page in again)
    bench.pay(paid)
    changed_pages = pages(bench.part("order_source"), known=frozenset(marks.values()).__contains__)
    assert {order.id for page in changed_pages for order in page.orders} == {paid}


@needs("times of changes")
@at_both_ends
def test_a_window_tells_what_changed_in_it_and_nothing_of_days_ago(bench: ShopBench) -> None:
    old, paid = place(bench, 2)
    bench.clock.advance(days=3)
    since = bench.part("order_source").server_time()
    assert changed(bench, since) == {}
    new = bench.sell({"MUG": 1})
    bench.pay(paid)
    assert changed(bench, since).keys() == {new, paid}
    assert old not in changed(bench, since)


def test_windows_by_the_shops_clock_lose_nothing(bench: ShopBench) -> None:
    bench.put("MUG", 999)
    placed, found = set[str](), set[str]()
    since = bench.part("order_source").server_time()
    for _ in range(5):
        placed.add(bench.sell({"MUG": 1}))
        bench.clock.advance(minutes=190)
        end = bench.part("order_source").server_time()
        found |= changed(bench, since - timedelta(seconds=1)).keys()
        since = end
    assert found == placed


@at_both_ends
def test_a_cancelled_order_is_told_as_cancelled(bench: ShopBench) -> None:
    cancelled, other = place(bench, 2)
    bench.cancel(cancelled)
    assert {order.id: order.cancelled for order in changed(bench).values()} == {cancelled: True, other: False}


def test_orders_that_come_between_two_pages_hide_none(bench: ShopBench) -> None:
    orders = place(bench, bench.facts.pages["order_source"])
    bench.shrink_pages()
    source = bench.part("order_source")
    page = source.changed(LONG_AGO, None)
    told = {order.id for order in page.orders}
    while page.position is not None:
        if len(told) < len(orders):
            bench.sell({"MUG": 1})
        page = source.changed(LONG_AGO, page.position)
        told |= {order.id for order in page.orders}
    assert told >= set(orders)


def test_pages_and_single_orders_cost_what_they_must(bench: ShopBench) -> None:
    (order,) = place(bench)
    source = bench.part("order_source")
    assert cost(bench, lambda: pages(source)) == bench.facts.calls["order page"]
    assert cost(bench, lambda: source.read([order])) == bench.facts.calls["one order"]
    assert cost(bench, lambda: source.read([])) == 0


# --- when something is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_reading_that_breaks_off_is_repeated_later_and_loses_nothing(bench: ShopBench, fault: Fault) -> None:
    (order,) = place(bench)
    for read in (partial(changed, bench), lambda: {o.id: o for o in bench.part("order_source").read([order])[0]}):
        strike(bench, fault, "order_source")
        with pytest.raises(RetryLater) as caught:
            read()
        assert caught.value.after > 0
        assert until_done(bench, read).keys() == {order}


def test_a_limit_between_two_pages_loses_nothing(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, orders = filled
    source = bench.part("order_source")
    page = until_done(bench, partial(source.changed, LONG_AGO, None))
    told = {order.id for order in page.orders}
    while page.position is not None:
        going_on = partial(source.changed, LONG_AGO, page.position)
        if len(told) < len(orders):
            strike(bench, "throttled", "order_source")
            with pytest.raises(RetryLater):
                going_on()
        page = until_done(bench, going_on)
        told |= {order.id for order in page.orders}
    assert told == set(orders)


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ShopBench) -> None:
    place(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("order_source").changed(LONG_AGO, None)
    assert caught.value.fix


@pytest.mark.parametrize("value", POISONS.values(), ids=POISONS)
def test_a_poisoned_order_is_held_under_a_sound_id_and_the_others_travel(bench: ShopBench, value: Any) -> None:
    bad, good = place(bench, 2)
    row = bench.facts.rows["order_source"]
    for field in row.fields:
        with poisoned(bench, row, bench.key_of(bad), field, value):
            source = bench.part("order_source")
            read, (once_more, *_) = pages(source), source.changed(LONG_AGO, None).unreadable
        assert {order.id for page in read for order in page.orders} == {good}
        held, *_ = (each for page in read for each in page.unreadable)
        assert held.code == "unexpected_form"
        assert held.id == once_more.id
        assert is_key(held.id)
        assert is_key(held.number)


def test_a_row_that_is_no_object_ends_no_page(bench: ShopBench) -> None:
    (order,) = place(bench)
    with beside_nothing(bench, bench.facts.rows["order_source"], bench.key_of(order)):
        read = pages(bench.part("order_source"))
    assert {each.id for page in read for each in page.orders} == {order}


@pytest.mark.parametrize("digits", DIGITS.values(), ids=DIGITS)
@at_both_ends
def test_noise_in_numbers_changes_no_order(bench: ShopBench, digits: Doubles) -> None:
    place(bench, 3)
    meant = changed(bench)
    bench.write_numbers(digits)
    assert changed(bench) == meant


def test_pages_that_never_end_are_given_up(filled: tuple[ShopBench, list[OrderId]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        pages(bench.part("order_source"))


def test_whatever_is_answered_is_told_by_an_error_or_tells_no_order(bench: ShopBench) -> None:
    (order,) = place(bench)
    for body, source in hostile_answers(bench, "order_source"):
        read = noted(partial(source.changed, LONG_AGO, None))
        assert read.error or not any(page.orders for page in read.given), body
        alone = noted(partial(source.read, [order]))
        assert alone.error or not any(found for found, _ in alone.given), body
