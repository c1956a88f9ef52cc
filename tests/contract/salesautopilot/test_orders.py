"""What SalesAutopilot alone does with orders: forms and what hangs on them, numbers, consent, quotas."""

from typing import Any

import pytest

from sandbox.platforms.salesautopilot.records import Action, FormKind
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import AlreadyDone, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft
from tests.contract.benches.salesautopilot import CREATE, OTHERWISE, SEARCH, UPDATE, Bench, bench
from tests.salesautopilot_orders import PAID, bits, bought, courier, mugs
from tests.salespos_orders import D

NUMBER = ExternalId("50123")
BOTH: list[dict[str, Any]] = [{}, OTHERWISE]


def planned(office: RequiredParts, **other: Any) -> OrderDraft:
    of = bought([mugs()], courier(), **{"number": NUMBER, **other})
    return office.order_target.plan(of, bits(of))


def sent(at: Bench, **settings: Any) -> RequiredParts:
    office = at.connector(**settings)
    office.order_target.create(planned(office))
    return office


@pytest.mark.parametrize("assumed", BOTH)
def test_an_order_is_kept_whole_and_read_back_with_its_total(assumed: dict[str, Any]) -> None:
    at = bench(**assumed)
    office = sent(at)
    (kept,) = at.office.orders_by_number("50123")
    assert kept.values["mssys_bill_country"] == "hu"
    assert kept.values["mssys_shipping_cost"] == "1270.00"
    assert [(each.sku, each.quantity, each.gross) for each in kept.lines] == [("SKU-1", D(2), D("3810.00"))]
    receipt = office.order_target.read(NUMBER)
    assert (receipt.id, receipt.total, receipt.number) == (NUMBER, D("5080.00"), "")
    assert at.made() == 3


@pytest.mark.parametrize("assumed", BOTH)
@pytest.mark.parametrize("fault", ["lost_answer", "error_afterwards", "page_afterwards", "cut_body", "empty_body"])
def test_however_an_answer_is_lost_one_order_is_made(assumed: dict[str, Any], fault: str) -> None:
    at = bench(**assumed)
    office, since = at.connector(), at.clock()
    draft = planned(office)
    at.plan(fault, CREATE)
    try:
        office.order_target.create(draft)
    except OutcomeUnknown:
        assert [each.id for each in office.order_target.find("50123", since, afresh=True)] == [NUMBER]
        assert office.order_target.create(draft, again=True).id == NUMBER
    assert len(at.office.orders_by_number("50123")) == 1
    assert len(at.office.events_of("email_sent")) == 1


def test_a_second_order_of_the_number_is_not_sent_where_it_would_make_a_second_record() -> None:
    at = bench(**OTHERWISE)
    office = sent(at)
    with pytest.raises(AlreadyDone):
        office.order_target.create(planned(office, comment="another"))
    assert len(at.office.orders) == 1


def test_nothing_is_sent_where_the_look_before_breaks_off() -> None:
    for fault in ("throttled", "lost_request", "lost_answer", "server_error", "cut_body", "empty_body", "html_page"):
        at = bench()
        office = at.connector()
        for _ in range(3):
            at.plan(fault, SEARCH)
        with pytest.raises(RetryLater):
            office.order_target.create(planned(office))
        assert at.office.orders == []


def test_a_quota_that_is_used_up_is_a_refusal() -> None:
    at = bench()
    at.office.limit_orders(0)
    with pytest.raises(Rejected) as caught:
        sent(at)
    assert caught.value.code == "0"
    assert at.office.orders == []


def test_an_order_through_the_wrong_form_or_list_is_refused_by_its_address() -> None:
    for wrong in ({"order_form": 79999}, {"order_list": 99999}):
        at = bench()
        with pytest.raises(Rejected) as caught:
            sent(at, **wrong)
        assert caught.value.fix
        assert at.office.orders == []


def test_nobody_is_subscribed_but_by_the_form_of_those_who_agreed_and_a_rule_that_says_so() -> None:
    at = bench()
    into = at.office.newsletter
    agreed = at.office.add_form(at.office.order_list, "Agreed", FormKind.ORDER, actions=(Action("subscribe", into.id),))
    office = at.connector(consent_form=agreed.id)
    office.order_target.create(planned(office))
    assert at.office.contacts == []
    draft = planned(office, number="50124")
    told = draft.with_payload({**draft.payload, "consent": True})
    office.order_target.create(told)
    assert [each.email for each in at.office.contacts] == ["vevo@example.test"]
    at.office.unsubscribe("vevo@example.test")
    for number in ("50125", "50126"):
        office.order_target.create(planned(office, number=number))
    assert at.office.contact("vevo@example.test").values.get("active") != "1"


@pytest.mark.parametrize("assumed", BOTH)
def test_a_payment_of_before_the_import_starts_one_invoice_whose_number_is_read(assumed: dict[str, Any]) -> None:
    at = bench(**assumed)
    office = sent(at, paid_at_import=True)
    note = office.order_target.plan_note(bought(payment=PAID), bits(bought()))
    assert note
    at.plan("lost_answer", UPDATE)
    with pytest.raises(OutcomeUnknown):
        office.order_target.add_note(NUMBER, note, first=True)
    for _ in range(2):
        office.order_target.add_note(NUMBER, note, first=False)
    (invoice,) = at.office.events_of("invoice")
    assert office.order_target.read(NUMBER).number == invoice.detail
    assert at.office.orders[0].values["mssys_order_status"] == "2"


def test_a_payment_of_an_order_that_is_gone_is_told() -> None:
    at = bench()
    office = sent(at, paid_at_import=True)
    at.office.delete_order(at.office.orders[0])
    for first in (True, False):
        with pytest.raises(Rejected) as caught:
            office.order_target.add_note(NUMBER, "paid", first=first)
        assert caught.value.code == "404"


def test_verifying_looks_at_the_list_and_every_form() -> None:
    at = bench()
    identity = at.connector().account.ping()
    assert identity.name == "SalesAutopilot, list Webshop orders"
    assert at.made() == 4
    for wrong in ({"order_list": 90010}, {"order_form": 70011}, {"paid_form": 70012}, {"status_form": 70013}):
        with pytest.raises(NeedsAttention):
            at.connector(**wrong).account.ping()
