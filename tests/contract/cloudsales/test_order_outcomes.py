"""Orders that CloudSales refuses, and those whose answer is lost: there is one, whatever happens."""

from datetime import date

import pytest

from sandbox.platforms.cloudsales import Spelling
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected, RetryLater
from tests.contract.benches.cloudsales import CREATE, UPDATE, Bench, bench, bought, planned
from tests.salespos_orders import D, line


def with_receipts(at: Bench) -> None:
    at.account.connector.receipts_from = date(2026, 1, 1)


def documents(at: Bench) -> tuple[int, int, int]:
    return len(at.account.orders), len(at.account.proformas), len(at.account.receipts)


# --- refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", Spelling)
@pytest.mark.parametrize("status", [200, 400, 404, 422])
def test_an_unknown_product_is_refused_with_bocps_own_words(spelling: Spelling, status: int) -> None:
    at = bench(spellings=[spelling], refusal_status=status)
    plan = planned(at.connector(), bought(), product_ids={"l1": "GONE"})
    with pytest.raises(Rejected, match="unknown product code GONE"):
        at.connector().order_target.create(plan)
    assert at.calls(CREATE) == 1
    assert at.account.orders == []


def test_a_throttled_creation_created_nothing_and_pauses_the_connectors_bucket() -> None:
    at = bench()
    at.fault("throttled", CREATE)
    with pytest.raises(RetryLater):
        at.connector().order_target.create(planned(at.connector(), bought()))
    assert at.limiter.paused == {"connector": 60.0}
    assert at.account.orders == []


# --- once, whatever happens ---------------------------------------------------------------------------------

AFTER_THE_WORK = [("lost_answer", True), ("error_afterwards", True), ("cut_body", True), ("error_afterwards", 502)]


@pytest.mark.parametrize(("name", "detail"), AFTER_THE_WORK)
@pytest.mark.parametrize("exists_status", [200, 400, 409, 500])
def test_a_lost_answer_leaves_it_open_and_the_next_try_confirms_the_same_order(
    name: str, detail: object, exists_status: int
) -> None:
    at = bench(exists_status=exists_status)
    with_receipts(at)
    plan = planned(at.connector(), bought(), payment="bank_transfer")
    at.fault(name, CREATE, detail=detail)
    with pytest.raises(OutcomeUnknown):
        at.connector().order_target.create(plan)
    with pytest.raises(OutcomeUnknown, match="cannot be searched"):
        at.connector().order_target.find(plan.reference, at.clock(), afresh=True)
    at.clock.advance(minutes=5)
    receipt = at.connector().order_target.create(plan, again=True)
    assert receipt.id == str(at.account.orders[0].id)
    assert documents(at) == (1, 1, 1)
    assert (at.calls(CREATE), at.calls(UPDATE)) == (2, 1)


@pytest.mark.parametrize("spelling", Spelling)
def test_exists_is_understood_wherever_and_however_it_is_said(spelling: Spelling) -> None:
    at = bench(spellings=[spelling])
    plan = planned(at.connector(), bought())
    first = at.connector().order_target.create(plan)
    assert at.connector().order_target.create(plan, again=True) == first
    with pytest.raises(AlreadyDone):
        at.connector().order_target.create(plan)
    assert documents(at)[0] == 1


@pytest.mark.parametrize("name", ["lost_answer", "lost_request", "error_afterwards", "cut_body", "throttled"])
def test_a_confirmation_that_goes_wrong_leaves_it_open(name: str) -> None:
    at = bench()
    plan = planned(at.connector(), bought())
    at.connector().order_target.create(plan)
    at.fault(name, UPDATE, times=3)
    with pytest.raises(OutcomeUnknown):
        at.connector().order_target.create(plan, again=True)
    at.limiter.paused.clear()
    at.account.faults.forget()
    at.connector().order_target.create(plan, again=True)
    assert documents(at)[0] == 1


def test_a_success_without_an_id_is_confirmed_at_once() -> None:
    at = bench()
    at.fault("no_data", CREATE)
    receipt = at.connector().order_target.create(planned(at.connector(), bought()))
    assert receipt.id == str(at.account.orders[0].id)
    assert at.calls(UPDATE) == 1


def test_a_success_that_never_names_its_id_is_open() -> None:
    at = bench()
    at.fault("no_data", CREATE)
    at.fault("no_data", UPDATE)
    with pytest.raises(OutcomeUnknown, match="without naming"):
        at.connector().order_target.create(planned(at.connector(), bought()))
    assert documents(at)[0] == 1


def test_something_else_that_does_not_exist_is_a_refusal_with_both_messages() -> None:
    at = bench()
    plan = planned(at.connector(), bought(), product_ids={"l1": "product that does not exist"})
    with pytest.raises(Rejected, match=r"does not exist.*bring it up to date.*order 10042 does not exist"):
        at.connector().order_target.create(plan, again=True)
    assert at.account.orders == []


def test_an_order_that_may_not_be_changed_any_more_is_refused_and_stays_one() -> None:
    at = bench()
    with_receipts(at)
    at.connector().order_target.create(planned(at.connector(), bought()))
    other = planned(at.connector(), bought([line(quantity=D(3))]))
    with pytest.raises(Rejected, match="cannot be changed"):
        at.connector().order_target.create(other, again=True)
    assert documents(at) == (1, 0, 1)
    assert at.account.stock("MUG").total == 9


def test_a_changed_order_is_confirmed_with_its_changes_while_it_may_be() -> None:
    at = bench()
    at.connector().order_target.create(planned(at.connector(), bought()))
    at.connector().order_target.create(planned(at.connector(), bought([line(quantity=D(3))])), again=True)
    assert at.account.order_totals() == {"10042": D("74.85")}
    assert at.account.stock("MUG").reserved == 3
