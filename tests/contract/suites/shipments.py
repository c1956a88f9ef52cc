"""What every shop promises that keeps the tracking codes of its orders."""

from functools import partial

import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.progress import Shipment
from tests.contract.bench import (
    FAULTS,
    Fault,
    ShipmentBench,
    at_both_ends,
    cost,
    in_every_variant,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import hostile_answers, noted
from tests.contract.suites.order_status import gone, place

FIRST = Shipment(code="EX123456", carrier="DPD", url="https://track.example/EX123456")
SECOND = Shipment(code="EX999888", carrier="DPD")


@in_every_variant
def test_a_shipment_is_kept_with_its_order_and_no_other(bench: ShipmentBench) -> None:
    order, other = place(bench, 2)
    told = bench.part("shipments").set_shipments(order, [FIRST])
    assert told.endswith(".")
    assert FIRST.code in told
    assert [bench.shipments(each) for each in (order, other)] == [[FIRST.code], []]


@needs("readable shipments")
@at_both_ends
def test_a_shipment_that_is_there_already_is_not_written_again(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    bench.part("shipments").set_shipments(order, [FIRST])
    target = bench.part("shipments")
    looked = cost(bench, partial(target.set_shipments, order, [FIRST]))
    assert looked < bench.facts.calls["shipment"]
    assert "already" in target.set_shipments(order, [FIRST])
    assert bench.shipments(order) == [FIRST.code]


@needs("several shipments")
@at_both_ends
def test_a_later_shipment_comes_beside_the_one_before(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    bench.part("shipments").set_shipments(order, [FIRST])
    bench.part("shipments").set_shipments(order, [FIRST, SECOND])
    assert sorted(bench.shipments(order)) == [FIRST.code, SECOND.code]


def test_no_shipment_is_nothing_to_write(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    assert bench.part("shipments").set_shipments(order, []).endswith(".")
    assert bench.shipments(order) == []


def test_the_order_stays_where_it_is(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    before = bench.status(order)
    bench.part("shipments").set_shipments(order, [FIRST])
    assert bench.status(order) == before


def test_a_shipment_costs_what_it_must(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    target = bench.part("shipments")
    assert cost(bench, lambda: target.set_shipments(order, [FIRST])) == bench.facts.calls["shipment"]


@at_both_ends
def test_an_order_that_is_gone_is_refused(bench: ShipmentBench) -> None:
    with pytest.raises((Held, Rejected)):
        bench.part("shipments").set_shipments(gone(bench), [FIRST])


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_shipment_whose_writing_breaks_off_is_there_once_in_the_end(bench: ShipmentBench, fault: Fault) -> None:
    (order,) = place(bench)
    strike(bench, fault, "shipments")
    with pytest.raises((RetryLater, OutcomeUnknown)):
        bench.part("shipments").set_shipments(order, [FIRST])
    bench.rest()
    assert until_done(bench, lambda: bench.part("shipments").set_shipments(order, [FIRST]))
    assert bench.shipments(order) == [FIRST.code]


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("shipments").set_shipments(order, [FIRST])
    assert caught.value.fix
    assert bench.shipments(order) == []


def test_whatever_is_answered_no_shipment_counts_as_written(bench: ShipmentBench) -> None:
    (order,) = place(bench)
    for body, target in hostile_answers(bench, "shipments"):
        assert noted(partial(target.set_shipments, order, [FIRST])).error, body
