"""What every shop promises that keeps the tracking codes of its orders."""

from functools import partial

import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.progress import Shipment
from tests.contract.bench import (
    FAULTS,
    Fault,
    ParcelBench,
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
def test_a_parcel_is_kept_with_its_order_and_no_other(bench: ParcelBench) -> None:
    order, other = place(bench, 2)
    told = bench.part("shipments").set_shipments(order, [FIRST])
    assert told.endswith(".")
    assert FIRST.code in told
    assert [bench.parcels(each) for each in (order, other)] == [[FIRST.code], []]


@needs("readable parcels")
@at_both_ends
def test_a_parcel_that_is_there_already_is_not_written_again(bench: ParcelBench) -> None:
    (order,) = place(bench)
    bench.part("shipments").set_shipments(order, [FIRST])
    target = bench.part("shipments")
    looked = cost(bench, partial(target.set_shipments, order, [FIRST]))
    assert looked < bench.facts.calls["parcel"]
    assert "already" in target.set_shipments(order, [FIRST])
    assert bench.parcels(order) == [FIRST.code]


@needs("several parcels")
@at_both_ends
def test_a_later_parcel_comes_beside_the_one_before(bench: ParcelBench) -> None:
    (order,) = place(bench)
    bench.part("shipments").set_shipments(order, [FIRST])
    bench.part("shipments").set_shipments(order, [FIRST, SECOND])
    assert sorted(bench.parcels(order)) == [FIRST.code, SECOND.code]


def test_no_parcel_is_nothing_to_write(bench: ParcelBench) -> None:
    (order,) = place(bench)
    assert bench.part("shipments").set_shipments(order, []).endswith(".")
    assert bench.parcels(order) == []


def test_the_order_stays_where_it_is(bench: ParcelBench) -> None:
    (order,) = place(bench)
    before = bench.status(order)
    bench.part("shipments").set_shipments(order, [FIRST])
    assert bench.status(order) == before


def test_a_parcel_costs_what_it_must(bench: ParcelBench) -> None:
    (order,) = place(bench)
    target = bench.part("shipments")
    assert cost(bench, lambda: target.set_shipments(order, [FIRST])) == bench.facts.calls["parcel"]


@at_both_ends
def test_an_order_that_is_gone_is_refused(bench: ParcelBench) -> None:
    with pytest.raises((Held, Rejected)):
        bench.part("shipments").set_shipments(gone(bench), [FIRST])


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_parcel_whose_writing_breaks_off_is_there_once_in_the_end(bench: ParcelBench, fault: Fault) -> None:
    (order,) = place(bench)
    strike(bench, fault, "shipments")
    with pytest.raises((RetryLater, OutcomeUnknown)):
        bench.part("shipments").set_shipments(order, [FIRST])
    bench.rest()
    assert until_done(bench, lambda: bench.part("shipments").set_shipments(order, [FIRST]))
    assert bench.parcels(order) == [FIRST.code]


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: ParcelBench) -> None:
    (order,) = place(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("shipments").set_shipments(order, [FIRST])
    assert caught.value.fix
    assert bench.parcels(order) == []


def test_whatever_is_answered_no_parcel_counts_as_written(bench: ParcelBench) -> None:
    (order,) = place(bench)
    for body, target in hostile_answers(bench, "shipments"):
        assert noted(partial(target.set_shipments, order, [FIRST])).error, body
