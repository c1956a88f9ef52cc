"""What every back office promises that takes orders."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from shopbridge.errors import (
    AlreadyDone,
    AskAPerson,
    Held,
    NeedsAttention,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Unmapped,
)
from shopbridge.mapping.rounding import CENT
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import OrderTarget
from tests.contract.bench import (
    FAULTS,
    Fault,
    OfficeBench,
    at_both_ends,
    cost,
    in_every_variant,
    lacks,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import answering, hostile_answers, noted
from tests.salespos_orders import D, line, orders, shipping, split_line, to_cash

SENDS = frozenset({"POST", "PUT"})
"""How orders are created everywhere."""


@dataclass
class Account:
    """An account that many orders go into, each under a number of its own."""

    bench: OfficeBench
    product: ExternalId
    numbers: Iterator[int] = field(default_factory=lambda: count(20_000))


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> Account:
    """An account that sells a mug."""
    make: Callable[[], OfficeBench] = request.param
    bench = make()
    return Account(bench, bench.put("MUG", 99_999))


def planned(
    bench: OfficeBench,
    of: Order | None = None,
    product: ExternalId | None = None,
    target: OrderTarget | None = None,
    **parts: Any,
) -> OrderDraft:
    """The draft of an order whose products were all found as the mug."""
    ordered = bench.order() if of is None else of
    found = product or bench.put("MUG", 99)
    chosen: OrderTarget = target or bench.part("order_target")
    return chosen.plan(ordered, bench.parts(ordered, found, **parts))


def found(bench: OfficeBench, reference: str, since: datetime) -> list[OrderReceipt] | None:
    """What a search finds; None where the platform cannot be searched."""
    search = noted(lambda: list(bench.part("order_target").find(reference, since, afresh=True)))
    if search.error is None:
        return search.given[0]
    if isinstance(search.error, OutcomeUnknown):
        return None
    raise search.error


def settled(bench: OfficeBench, draft: OrderDraft, since: datetime, *, again: bool = True) -> OrderReceipt:
    """What becomes of a creation in doubt, as the flow settles it: look, then create again if nothing is there.

    Args:
        again: It is in doubt, and was not surely without effect.
    """
    bench.rest()
    known = found(bench, draft.reference, since)
    return known[0] if known else bench.part("order_target").create(draft, again=again)


# --- creating -----------------------------------------------------------------------------------------------------


@in_every_variant
def test_an_order_is_created_once_under_its_reference_with_its_total(bench: OfficeBench) -> None:
    of = bench.order([line(quantity=D(2))], shipping({D(21): D("4.95")}))
    draft = planned(bench, of)
    receipt = bench.part("order_target").create(draft)
    (kept,) = bench.kept()
    assert (kept.id, kept.reference, kept.total) == (receipt.id, draft.reference, of.totals.gross)
    assert receipt.total in (None, of.totals.gross)
    read = bench.part("order_target").read(receipt.id)
    assert read.total in (None, of.totals.gross)
    assert receipt.total is None or read == receipt
    assert (read.id, read.number) == (receipt.id, receipt.number)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(of=orders())
def test_every_order_has_the_shops_total_to_the_cent(filled: Account, of: Order) -> None:
    order = filled.bench.taken(of).model_copy(update={"number": str(next(filled.numbers))})
    filled.bench.rest()
    receipt = filled.bench.part("order_target").create(planned(filled.bench, order, filled.product))
    kept = filled.bench.kept()[-1]
    assert (kept.id, kept.total) == (receipt.id, of.totals.gross)
    assert receipt.tax is None or abs(receipt.tax - of.totals.tax) <= CENT * kept.rows


def test_a_creation_costs_what_it_must(bench: OfficeBench) -> None:
    draft = planned(bench)
    target = bench.part("order_target")
    assert cost(bench, lambda: target.create(draft)) == bench.facts.calls["order created"]


def test_planning_asks_nothing_and_makes_plain_data(bench: OfficeBench) -> None:
    of = bench.order([line(), split_line(2, "Voucher", {D(21): D("-5")}, "gross", "discount")], shipping({D(21): D(5)}))
    parts = bench.parts(of, bench.put("MUG"))
    target: OrderTarget = bench.part("order_target")
    drafts: list[OrderDraft] = []
    assert cost(bench, lambda: drafts.extend(target.plan(of, parts) for _ in range(2))) == 0
    one, other = drafts
    assert one == other
    assert one.reference == target.reference_of(of.number)
    assert json.loads(json.dumps(one.payload, default=str))
    without = {1} if "lines below zero" in bench.facts.lacks else set()
    assert {row for row in one.line_of_row if row is not None} == {0, 1} - without


@pytest.mark.parametrize("number", ["10042", "2026/04 7é", "A" * 40, "007"])
def test_a_number_is_kept_as_it_is_written(bench: OfficeBench, number: str) -> None:
    draft = planned(bench, bench.order(number=number))
    bench.part("order_target").create(draft)
    written = bench.part("order_target").reference_of(number)
    assert [kept.reference for kept in bench.kept()] == [written]
    assert written == (number.replace("/", "-") if "slashes in numbers" in bench.facts.lacks else number)


def test_a_tax_without_an_entry_holds_the_order_with_the_key_to_add(bench: OfficeBench) -> None:
    with pytest.raises(Unmapped) as caught:
        planned(bench, taxes={})
    assert "tax" in caught.value.fix


def test_a_product_without_quantity_or_with_two_rates_cannot_be_expressed(bench: OfficeBench) -> None:
    for odd in (line(quantity=D(0)), split_line(1, "Set", {D(21): D(5), D(9): D(5)}, "gross", "product")):
        with pytest.raises(Held) as caught:
            planned(bench, bench.order([odd]))
        assert caught.value.code


def test_a_total_rounded_to_cash_is_the_shops(bench: OfficeBench) -> None:
    of = bench.order([line(price=D("199.40"))])
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    bench.part("order_target").create(planned(bench, cash))
    assert [kept.total for kept in bench.kept()] == [D(199)]


# --- in doubt -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_creation_that_breaks_off_is_settled_with_one_order(bench: OfficeBench, fault: Fault) -> None:
    draft, since = planned(bench), bench.clock()
    strike(bench, fault, "order_target")
    with pytest.raises(RetryLater if fault == "throttled" else OutcomeUnknown):
        bench.part("order_target").create(draft)
    assert len(bench.kept()) == (1 if fault == "lost_answer" else 0)
    if fault != "throttled" and "repetition" in bench.facts.lacks:
        return  # it waits for a person, see below
    receipt = settled(bench, draft, since, again=fault != "throttled")
    (kept,) = bench.kept()
    assert (kept.id, kept.reference) == (receipt.id, draft.reference)


@pytest.mark.parametrize("fault", FAULTS)
@lacks("repetition")
@at_both_ends
def test_a_creation_in_doubt_is_left_to_a_person_where_nobody_can_look(bench: OfficeBench, fault: Fault) -> None:
    draft, since = planned(bench), bench.clock()
    strike(bench, fault, "order_target")
    assert noted(lambda: bench.part("order_target").create(draft)).error
    bench.rest()
    target = bench.part("order_target")
    before = bench.made()
    with pytest.raises(AskAPerson) as caught:
        list(target.find(draft.reference, since, afresh=True))
    assert draft.reference in str(caught.value)
    assert caught.value.fix
    assert bench.made() == before


def test_a_limit_says_how_long_to_wait(bench: OfficeBench) -> None:
    draft = planned(bench)
    strike(bench, "throttled", "order_target")
    with pytest.raises(RetryLater) as caught:
        bench.part("order_target").create(draft)
    assert 0 < caught.value.after <= 61


@at_both_ends
def test_an_order_of_the_same_number_is_never_taken_for_ours_nor_written_over(bench: OfficeBench) -> None:
    first = bench.order([line(quantity=D(1))])
    bench.part("order_target").create(planned(bench, first))
    (before,) = bench.kept()
    other = bench.order([line(quantity=D(3))]).model_copy(update={"id": "another"})
    again = noted(partial(bench.part("order_target").create, planned(bench, other)))
    assert isinstance(again.error, AlreadyDone) or again.given[0].id != before.id
    assert bench.kept()[0] == before


@needs("search", "orders of the same number")
def test_all_orders_of_a_reference_are_found_the_newest_first_and_none_of_another(bench: OfficeBench) -> None:
    since = bench.clock()
    made = [bench.part("order_target").create(planned(bench)) for _ in range(2)]
    bench.part("order_target").create(planned(bench, bench.order(number="10043")))
    known = found(bench, "10042", since)
    assert known is not None
    assert [(each.id, each.number) for each in known] == [(each.id, each.number) for each in made[::-1]]
    assert found(bench, "SW-10042", since) == []


@needs("search")
def test_an_order_is_found_by_its_reference_as_it_was_made_and_not_before_that(bench: OfficeBench) -> None:
    since, draft = bench.clock(), planned(bench)
    made = bench.part("order_target").create(draft)
    assert [each.id for each in found(bench, draft.reference, since) or ()] == [made.id]
    assert found(bench, f"SW-{draft.reference}", since) == []
    assert found(bench, draft.reference, since + timedelta(days=2)) == []


@needs("search")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_search_that_breaks_off_concludes_nothing(bench: OfficeBench, fault: Fault) -> None:
    since, draft = bench.clock(), planned(bench)
    bench.part("order_target").create(draft)
    strike(bench, fault, "order search")
    with pytest.raises(RetryLater):
        found(bench, draft.reference, since)
    assert until_done(bench, lambda: len(found(bench, draft.reference, since) or ())) == 1


# --- refused ------------------------------------------------------------------------------------------------------


@needs("products of orders")
@at_both_ends
def test_an_order_of_a_product_that_went_meanwhile_is_rejected(bench: OfficeBench) -> None:
    draft = planned(bench)
    bench.take_away("MUG")
    with pytest.raises(Rejected) as caught:
        bench.part("order_target").create(draft)
    assert caught.value.code
    assert bench.kept() == []


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_is_rejected_and_not_in_doubt(bench: OfficeBench, status: int) -> None:
    draft = planned(bench)
    with answering(bench, {"message": "no"}, status, to=SENDS), pytest.raises(Rejected):
        bench.part("order_target").create(draft)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_breakdown_leaves_it_in_doubt(bench: OfficeBench, status: int) -> None:
    draft = planned(bench)
    with answering(bench, "<html>", status, to=SENDS), pytest.raises(OutcomeUnknown):
        bench.part("order_target").create(draft)


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: OfficeBench) -> None:
    draft = planned(bench)
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("order_target").create(draft)
    assert caught.value.fix
    assert bench.kept() == []


def test_whatever_is_answered_the_order_is_in_doubt_or_refused(bench: OfficeBench) -> None:
    """Or surely not made, where it is looked for before it is sent."""
    draft, looks = planned(bench), bench.facts.calls["order created"] > 1
    for body, target in hostile_answers(bench, "order_target"):
        created = noted(partial(target.create, draft))
        unsent = isinstance(created.error, RetryLater) and looks
        assert unsent or isinstance(created.error, OutcomeUnknown | Rejected), body


# --- notes --------------------------------------------------------------------------------------------------------


@needs("notes")
def test_a_first_note_costs_one_call(bench: OfficeBench) -> None:
    receipt = bench.part("order_target").create(planned(bench))
    target = bench.part("order_target")
    assert cost(bench, lambda: target.add_note(receipt.id, "paid with PayPal", first=True)) == 1
    assert bench.notes(receipt.id) == ["paid with PayPal"]


@needs("notes")
@pytest.mark.parametrize("fault", ["throttled", "lost_request", "lost_answer"])
def test_a_note_is_kept_once_whatever_happens(bench: OfficeBench, fault: Fault) -> None:
    receipt = bench.part("order_target").create(planned(bench))
    strike(bench, fault, "order note")
    with pytest.raises(RetryLater):
        bench.part("order_target").add_note(receipt.id, "paid with PayPal", first=True)
    bench.rest()
    for _ in range(2):
        bench.part("order_target").add_note(receipt.id, "paid with PayPal", first=False)
    assert bench.notes(receipt.id) == ["paid with PayPal"]


def test_a_note_without_text_or_place_asks_nothing(bench: OfficeBench) -> None:
    of = bench.order()
    target = bench.part("order_target")
    assert cost(bench, lambda: target.plan_note(of, bench.parts(of, ExternalId("1")))) == 0
