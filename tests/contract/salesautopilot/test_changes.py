"""What SalesAutopilot is told of its orders: each by a form of its own, and never twice by the same."""

from functools import partial
from typing import Any

import pytest

from shopbridge.errors import BridgeError, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderUpdate
from tests.contract.benches.salesautopilot import OTHERWISE, UPDATE, bench
from tests.contract.hostile import BODIES, answering, noted
from tests.salesautopilot_orders import bits, bought, mugs

NUMBER = ExternalId("50123")
BOTH: list[dict[str, Any]] = [{}, OTHERWISE]
OF = bought([mugs()], number=NUMBER)


def office(**assumed: Any) -> Any:
    at = bench(**assumed)
    target = at.part("order_target")
    target.create(target.plan(OF, bits(OF)))
    return at


def told(at: Any, change: OrderChange, status: str = "sent", *, first: bool = True) -> OrderUpdate:
    done: OrderUpdate = at.part("order_changes").tell(NUMBER, OF, bits(OF, status=status), change, first=first)
    return done


def says(at: Any) -> tuple[str, str]:
    values = at.office.orders_by_number(NUMBER)[0].values
    return values["mssys_webshop_status"], values["mssys_order_status"]


@pytest.mark.parametrize("assumed", BOTH)
def test_each_change_is_seen_in_the_order_and_uses_its_own_form(assumed: dict[str, Any]) -> None:
    at = office(**assumed)
    assert says(at) == ("new", "1")
    assert "'sent'" in told(at, "status").text
    assert (says(at), at.office.events_of("invoice")) == (("sent", "1"), [])
    assert "paid" in told(at, "paid", "done").text
    assert says(at) == ("done", "2")
    (invoice,) = at.office.events_of("invoice")
    assert invoice.ns_id == 70003
    assert at.office.orders_by_number(NUMBER)[0].values["mssys_pay_date"] == f"{at.clock():%Y-%m-%d}"


def test_what_has_no_form_is_not_taken_and_never_called() -> None:
    at = office()
    for given, takes in (({"paid_form": None}, {"status"}), ({"status_form": None}, {"paid"})):
        changes = at.connector(**given).order_changes
        assert changes is not None
        assert changes.takes == takes
        before = at.made()
        for change in {"status", "paid", "cancelled"} - takes:
            with pytest.raises(NeedsAttention):
                changes.tell(NUMBER, OF, bits(OF), change, first=True)
        assert at.made() == before
    none = at.connector(paid_form=None, status_form=None).order_changes
    assert none.takes == set()


@pytest.mark.parametrize("assumed", BOTH)
@pytest.mark.parametrize("fault", ["lost_answer", "error_afterwards", "page_afterwards", "cut_body", "empty_body"])
@pytest.mark.parametrize("change", ["status", "paid"])
def test_a_change_that_may_have_been_told_runs_its_form_once(
    assumed: dict[str, Any], fault: str, change: OrderChange
) -> None:
    at = office(**assumed)
    at.plan(fault, UPDATE)
    broken = noted(lambda: told(at, change))
    assert broken.given or isinstance(broken.error, OutcomeUnknown)
    for _ in range(2):
        assert told(at, change, first=False).text.endswith("already.")
    assert at.office.calls.by_route[UPDATE] == 1
    assert len(at.office.events_of("invoice")) == (1 if change == "paid" else 0)
    assert says(at) == ("sent", "2" if change == "paid" else "1")


def test_telling_costs_one_call_and_a_second_time_a_look() -> None:
    at = office()
    for change in ("status", "paid"):
        before = at.made()
        told(at, change)
        assert at.made() == before + 1
        told(at, change, first=False)
        assert at.made() == before + 2


def test_a_status_that_flips_is_told_as_it_stands() -> None:
    at = office()
    for status in ("sent", "new", "sent"):
        told(at, "status", status, first=False)
        assert says(at)[0] == status


def test_an_update_that_says_what_is_there_is_no_failure() -> None:
    at = office(unchanged_counts=False)
    told(at, "status")
    assert told(at, "status").text.endswith("already.")


def test_an_order_that_is_gone_is_named() -> None:
    at = office()
    at.office.delete_order(at.office.orders[0])
    for first in (True, False):
        with pytest.raises(Rejected) as caught:
            told(at, "paid", first=first)
        assert (caught.value.code, NUMBER in caught.value.what, bool(caught.value.fix)) == ("404", True, True)


def test_whatever_is_answered_a_change_is_told_or_in_doubt_or_refused() -> None:
    for body in BODIES:
        at = office()
        with answering(at, body, to=frozenset({"POST"})):
            changes = at.part("order_changes")
        done = noted(partial(changes.tell, NUMBER, OF, bits(OF), "paid", first=True))
        assert body == 7 or isinstance(done.error, OutcomeUnknown | Rejected), body
        with answering(at, body):
            changes = at.part("order_changes")
        again = noted(partial(changes.tell, NUMBER, OF, bits(OF), "paid", first=False))
        assert isinstance(again.error, RetryLater | Rejected), body
        assert isinstance(again.error, BridgeError)
