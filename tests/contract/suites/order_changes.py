"""What every back office promises that is told what becomes of its orders."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from shopbridge.errors import AskAPerson, BridgeError, Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderUpdate
from shopbridge.model.order import Order
from tests.contract.bench import FAULTS, Fault, OfficeBench, at_both_ends, strike
from tests.contract.suites.order_target import planned

NOBODYS = ExternalId("999999999")


def told(bench: OfficeBench, to: ExternalId, of: Order, change: OrderChange, *, first: bool = True) -> OrderUpdate:
    """Tell one change in a new container."""
    parts = bench.parts(of, bench.put("MUG", 99))
    done: OrderUpdate = bench.part("order_changes").tell(to, of, parts, change, first=first)
    return done


def made(bench: OfficeBench) -> tuple[ExternalId, Order]:
    """An order that the office has."""
    order, target = bench.order(), bench.connector(**bench.facts.told).order_target
    return target.create(planned(bench, order, target=target)).id, order


def changes(bench: OfficeBench) -> Iterator[OrderChange]:
    """What this office takes."""
    yield from sorted(bench.part("order_changes").takes)


@at_both_ends
def test_a_change_is_told_with_a_sentence_for_the_story_and_makes_no_other_order(bench: OfficeBench) -> None:
    order_id, order = made(bench)
    for change in changes(bench):
        assert told(bench, order_id, order, change).text.endswith(".")
    assert len(bench.kept()) == 1


@at_both_ends
def test_telling_it_again_is_harmless_or_left_to_a_person(bench: OfficeBench) -> None:
    order_id, order = made(bench)
    for change in changes(bench):
        told(bench, order_id, order, change)
        with suppress(AskAPerson):
            told(bench, order_id, order, change, first=False)
    assert len(bench.kept()) == 1


@at_both_ends
def test_an_order_that_is_not_there_is_told_to_a_person(bench: OfficeBench) -> None:
    made(bench)
    for change in changes(bench):
        with pytest.raises((Held, Rejected)):
            told(bench, NOBODYS, bench.order(), change)


@at_both_ends
def test_spoilt_credentials_stop_the_connection(bench: OfficeBench) -> None:
    order_id, order = made(bench)
    bench.spoil_credentials()
    for change in changes(bench):
        with pytest.raises((NeedsAttention, RetryLater)) as caught:
            told(bench, order_id, order, change)
        assert isinstance(caught.value, BridgeError)


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_what_breaks_off_is_told_once_more_or_by_a_person(bench: OfficeBench, fault: Fault) -> None:
    order_id, order = made(bench)
    for change in changes(bench):
        own = f"order_changes {change}"
        place = own if own in bench.facts.routes else "order_changes"
        unsure = OutcomeUnknown if not bench.facts.routes[place].startswith("GET ") else RetryLater
        strike(bench, fault, place)
        with pytest.raises(RetryLater if fault == "throttled" else unsure):
            told(bench, order_id, order, change)
        bench.rest()
        with suppress(AskAPerson):
            assert told(bench, order_id, order, change, first=fault == "throttled").text
    assert len(bench.kept()) == 1
