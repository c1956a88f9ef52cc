"""What every back office promises that tells what became of its orders."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.progress import OrderProgress
from tests.contract.bench import FAULTS, Fault, ProgressBench, at_both_ends, cost, needs, strike, until_done
from tests.contract.hostile import hostile_answers, noted
from tests.contract.suites.order_target import planned

NOBODYS = ExternalId("999999999")
MOST_PAGES = 50


def made(bench: ProgressBench, count: int = 1) -> list[ExternalId]:
    """Orders that the office has from us, some while after they were made."""
    target = bench.connector(**bench.facts.told).order_target
    ids = [target.create(planned(bench, bench.order(), target=target)).id for _ in range(count)]
    bench.clock.advance(minutes=30)
    return ids


def now(bench: ProgressBench) -> datetime:
    """The office's own clock, and a while after it."""
    moment: datetime = bench.part("order_progress").server_time()
    bench.clock.advance(minutes=2)
    return moment


def read_since(bench: ProgressBench, since: datetime) -> Mapping[ExternalId, OrderProgress]:
    """All pages in one container; what comes twice is there as it came last."""
    source, position, seen = bench.part("order_progress"), None, set()
    found: dict[ExternalId, OrderProgress] = {}
    for _ in range(MOST_PAGES):
        page = source.changed(since, position)
        found |= {order.id: order for order in page.orders}
        if page.position is None:
            return found
        assert page.position not in seen, "it goes in a circle"
        seen.add(page.position)
        position = page.position
    raise AssertionError("it has no end")


def one(bench: ProgressBench, order: ExternalId) -> OrderProgress:
    """An order as it is now, by its id."""
    (found,) = bench.part("order_progress").read([order])
    assert isinstance(found, OrderProgress)
    return found


def tells(bench: ProgressBench, fact: str) -> bool:
    """Whether the office tells it."""
    return fact in bench.part("order_progress").tells


# --- what it tells ------------------------------------------------------------------------------------------------


@at_both_ends
def test_it_tells_something_and_has_a_clock(bench: ProgressBench) -> None:
    assert bench.part("order_progress").tells
    assert abs((now(bench) - bench.clock()).total_seconds()) < 24 * 3600


@at_both_ends
def test_an_order_that_people_moved_is_told_with_its_status(bench: ProgressBench) -> None:
    if not tells(bench, "status"):
        return
    order, other = made(bench, 2)
    before, since = one(bench, order), now(bench)
    bench.move(order, bench.stages.next)
    told = read_since(bench, since)[order]
    assert (told.id, told.status) == (order, bench.stages.next)
    assert told.changed_at >= since.replace(microsecond=0)
    assert (one(bench, other).status, before.status) == (bench.stages.first, bench.stages.first)


@at_both_ends
def test_a_status_is_called_as_the_maps_may_name_it(bench: ProgressBench) -> None:
    (order,) = made(bench)
    keys = {choice.key for choice in bench.part("account").vocabulary().get("status", ())}
    for status in (bench.stages.first, bench.stages.next, bench.stages.last) if tells(bench, "status") else ():
        bench.move(order, status)
        told = one(bench, order).status
        assert told == status
        assert not keys or told in keys


@at_both_ends
def test_an_order_that_they_cancelled_is_told_as_that(bench: ProgressBench) -> None:
    if not tells(bench, "cancelled"):
        return
    order, other = made(bench, 2)
    since = now(bench)
    bench.call_off(order)
    assert read_since(bench, since)[order].cancelled
    assert [one(bench, each).cancelled for each in (order, other)] == [True, False]


@at_both_ends
def test_a_shipment_is_told_with_its_code(bench: ProgressBench) -> None:
    if not tells(bench, "shipments"):
        return
    order, other = made(bench, 2)
    assert one(bench, order).shipments == ()
    since = now(bench)
    bench.hand_over(order, "EX123456", "DPD")
    (shipment,) = read_since(bench, since)[order].shipments
    assert shipment.code == "EX123456"
    assert shipment.carrier in ("", "DPD")
    assert one(bench, other).shipments == ()


@at_both_ends
def test_a_document_is_told_once_it_exists(bench: ProgressBench) -> None:
    (order,) = made(bench)
    since = now(bench)
    number, url = bench.bill(order) if tells(bench, "document_url") else ("", "")
    if url:
        told = read_since(bench, since)[order]
        assert told.document_url == url
        assert told.number == number or not tells(bench, "number")


@at_both_ends
def test_what_it_tells_of_an_order_is_the_same_by_its_id_and_in_the_list(bench: ProgressBench) -> None:
    since = now(bench)
    orders = made(bench, 3)
    if tells(bench, "status"):
        bench.move(orders[1], bench.stages.next)
    listed = read_since(bench, since)
    by_id = {each.id: each for each in bench.part("order_progress").read(orders)}
    seen = ("id", "status", "cancelled", "shipments", "number", "document_url")
    for order in orders:
        assert [getattr(listed[order], name) for name in seen] == [getattr(by_id[order], name) for name in seen]


def test_what_it_does_not_tell_is_left_empty(bench: ProgressBench) -> None:
    (order,) = made(bench)
    told = one(bench, order)
    empty = {"shipments": (), "document_url": "", "cancelled": False}
    for fact, nothing in empty.items():
        if not tells(bench, fact):
            assert getattr(told, fact) == nothing


# --- completeness -------------------------------------------------------------------------------------------------


@needs("pages of progress")
def test_nothing_is_lost_between_pages(bench: ProgressBench) -> None:
    bench.shrink_pages()
    since = now(bench)
    orders = made(bench, bench.facts.pages["order_progress"])
    assert set(read_since(bench, since)) >= set(orders)


@needs("pages of progress")
def test_what_changes_while_it_is_read_is_told_by_the_next_reading(bench: ProgressBench) -> None:
    if not tells(bench, "status"):
        return
    bench.shrink_pages()
    since = now(bench)
    orders = made(bench, bench.facts.pages["order_progress"])
    began = now(bench)
    source = bench.part("order_progress")
    page = source.changed(since, None)
    assert page.position is not None
    for order in orders:
        bench.move(order, bench.stages.next)
    while page.position is not None:
        page = source.changed(since, page.position)
    told = read_since(bench, began)
    assert {told[order].status for order in orders} == {bench.stages.next}


def test_orders_are_read_by_their_ids_and_those_it_does_not_know_are_left_out(bench: ProgressBench) -> None:
    first, second, _ = made(bench, 3)
    found = bench.part("order_progress").read([second, NOBODYS, first])
    assert {each.id for each in found} == {first, second}
    assert len(found) == len({first, second})
    assert not bench.part("order_progress").read([])


def test_a_quiet_look_costs_what_it_must(bench: ProgressBench) -> None:
    made(bench, 2)
    since = now(bench)
    source = bench.part("order_progress")
    source.changed(since, None)
    assert cost(bench, lambda: source.changed(since, None)) <= bench.facts.calls["progress"]


# --- what may go wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_look_that_breaks_off_is_taken_again(bench: ProgressBench, fault: Fault) -> None:
    since = now(bench)
    (order,) = made(bench)
    strike(bench, fault, "order_progress")
    with pytest.raises(RetryLater) as caught:
        read_since(bench, since)
    assert caught.value.after > 0
    assert order in until_done(bench, lambda: read_since(bench, since))


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ProgressBench) -> None:
    since = now(bench)
    made(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        read_since(bench, since)
    assert caught.value.fix


def test_whatever_is_answered_no_order_counts_as_changed(bench: ProgressBench) -> None:
    (order,) = made(bench)
    since = now(bench)
    for body, source in hostile_answers(bench, "order_progress"):
        for told in noted(lambda source=source: source.changed(since, None)).given:  # type: ignore[misc]
            assert not told.orders, body
        for read in noted(lambda source=source: source.read([order])).given:  # type: ignore[misc]
            assert not read, body
