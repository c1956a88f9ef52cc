"""What every shop promises that is told what became of an order."""

from functools import partial

import pytest

from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.model.base import OrderId
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
from tests.contract.hostile import hostile_answers, noted


def place(bench: ShopBench, count: int = 1) -> list[OrderId]:
    """Orders of a mug."""
    bench.put("MUG", 999)
    return [bench.sell({"MUG": 1}) for _ in range(count)]


def gone(bench: ShopBench) -> OrderId:
    """An order that is not there any more."""
    (order,) = place(bench)
    bench.delete_order(order)
    return order


# --- statuses -----------------------------------------------------------------------------------------------------


@in_every_variant
def test_an_order_is_moved_and_no_other(bench: ShopBench) -> None:
    order, other = place(bench, 2)
    told = bench.part("order_status").set_status(order, bench.statuses.next)
    assert told.startswith("The shop's order status was set to ")
    assert (bench.status(order), bench.status(other)) == (bench.statuses.next, bench.statuses.first)


@at_both_ends
def test_an_order_that_is_there_already_is_not_moved_again(bench: ShopBench) -> None:
    (order,) = place(bench)
    for status in (bench.statuses.first, bench.statuses.next):
        bench.part("order_status").set_status(order, status)
        looked = cost(bench, partial(bench.part("order_status").set_status, order, status))
        assert looked < bench.facts.calls["move"]
        assert "already" in bench.part("order_status").set_status(order, status)


@at_both_ends
def test_an_order_is_never_taken_back(bench: ShopBench) -> None:
    (order,) = place(bench)
    bench.part("order_status").set_status(order, bench.statuses.last)
    told = bench.part("order_status").set_status(order, bench.statuses.next)
    assert "was left as it is" in told
    assert bench.status(order) == bench.statuses.last


@at_both_ends
def test_a_cancelled_order_stays_cancelled(bench: ShopBench) -> None:
    (order,) = place(bench)
    bench.cancel(order)
    cancelled = bench.status(order)
    assert "was left as it is" in bench.part("order_status").set_status(order, bench.statuses.next)
    assert bench.status(order) == cancelled


def test_a_move_costs_what_it_must(bench: ShopBench) -> None:
    (order,) = place(bench)
    target = bench.part("order_status")
    assert cost(bench, lambda: target.set_status(order, bench.statuses.next)) == bench.facts.calls["move"]


@at_both_ends
def test_an_order_that_is_gone_is_refused(bench: ShopBench) -> None:
    with pytest.raises(Rejected, match="not in the shop any more"):
        bench.part("order_status").set_status(gone(bench), bench.statuses.next)


def test_a_status_that_the_shop_does_not_have_is_refused_with_the_choices(bench: ShopBench) -> None:
    (order,) = place(bench)
    with pytest.raises(Rejected) as caught:
        bench.part("order_status").set_status(order, bench.statuses.unknown)
    assert bench.statuses.next in caught.value.fix
    assert bench.status(order) == bench.statuses.first


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_move_that_breaks_off_is_looked_at_and_made_once(bench: ShopBench, fault: Fault) -> None:
    (order,) = place(bench)
    move = partial(bench.part("order_status").set_status, order, bench.statuses.next)
    strike(bench, fault, "order_status")
    with pytest.raises(RetryLater) as caught:
        move()
    assert caught.value.after > 0
    assert bench.status(order) == (bench.statuses.next if fault == "lost_answer" else bench.statuses.first)
    assert ("already" in until_done(bench, move)) is (fault == "lost_answer")
    assert bench.status(order) == bench.statuses.next


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ShopBench) -> None:
    (order,) = place(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("order_status").set_status(order, bench.statuses.next)
    assert caught.value.fix
    assert bench.status(order) == bench.statuses.first


def test_whatever_is_answered_no_order_counts_as_moved(bench: ShopBench) -> None:
    (order,) = place(bench)
    for body, target in hostile_answers(bench, "order_status"):
        assert noted(partial(target.set_status, order, bench.statuses.next)).error, body


# --- our number ---------------------------------------------------------------------------------------------------


@needs("our number")
@at_both_ends
def test_our_number_is_written_into_the_order(bench: ShopBench) -> None:
    order, other = place(bench, 2)
    assert bench.part("order_status").set_document(order, "demo_number", "R-1")
    (written,) = bench.documents(order)
    assert "R-1" in written
    assert bench.documents(other) == []


@needs("document field")
@at_both_ends
def test_our_number_is_written_once_however_often_it_is_told(bench: ShopBench) -> None:
    (order,) = place(bench)
    target = bench.part("order_status")
    target.set_document(order, "demo_number", "R-1")
    looked = cost(bench, lambda: target.set_document(order, "demo_number", "R-1"))
    assert looked == 1
    assert "already" in target.set_document(order, "demo_number", "R-1")
    assert bench.documents(order) == ["R-1"]


@needs("our number")
@pytest.mark.parametrize("fault", ["throttled", "lost_answer"])
def test_our_number_is_not_written_twice_after_a_lost_answer(bench: ShopBench, fault: Fault) -> None:
    (order,) = place(bench)
    strike(bench, fault, "order document")
    assert until_done(bench, lambda: bench.part("order_status").set_document(order, "demo_number", "R-1"))
    assert len(bench.documents(order)) == 1


def test_our_number_for_an_order_that_is_gone_is_refused(bench: ShopBench) -> None:
    with pytest.raises(Rejected):
        bench.part("order_status").set_document(gone(bench), "demo_number", "R-1")
