"""What only Tryton does with orders: a sale is made, quoted and confirmed by a call each, and called off in steps."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order
from tests.contract.benches.tryton import PROCESSING, QUOTATION, bench
from tests.contract.hostile import laid
from tests.contract.suites.order_target import planned, settled
from tests.salespos_orders import ADDRESS, CUSTOMER, D

BUTTONS = ("model.sale.sale.quote", "model.sale.sale.confirm")


@dataclass
class Losing(httpx.BaseTransport):
    """The answer to the n-th call is lost."""

    inner: httpx.BaseTransport
    left: list[int]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        self.left[0] -= b"common.db.login" not in request.content
        if self.left[0] == 0:
            raise httpx.ReadError("The answer is lost", request=request)
        return response


@pytest.fixture
def at() -> Any:
    return bench(stage=PROCESSING)


def made(at: Any, **parts: Any) -> tuple[ExternalId, Order]:
    of = at.order()
    return at.part("order_target").create(planned(at, of, **parts)).id, of


def told(at: Any, sale: ExternalId, of: Order, change: str, **parts: Any) -> str:
    known: OrderParts = at.parts(of, ExternalId("1"), **parts)
    return str(at.part("order_changes").tell(sale, of, known, change, first=True).text)


def state(at: Any) -> tuple[str, str, str]:
    (sale,) = at.office.sales
    return sale.values["state"], sale.values["shipment_state"], sale.values["invoice_state"]


# --- creating -----------------------------------------------------------------------------------------------------


def test_an_order_is_processed_with_a_shipment_and_an_invoice_in_six_calls(at: Any) -> None:
    draft, target = planned(at), at.part("order_target")
    before = at.made()
    receipt = target.create(draft)
    assert at.made() - before == 6
    assert state(at) == ("processing", "waiting", "pending")
    assert (receipt.number, receipt.total) == (at.office.sales[0].values["number"], at.kept()[0].total)


def lost_at() -> Iterator[int]:
    yield from range(1, 7)


@pytest.mark.parametrize("call", list(lost_at()))
def test_wherever_an_answer_is_lost_there_is_one_sale_in_the_end_and_it_is_processed(at: Any, call: int) -> None:
    draft, since = planned(at), at.clock()
    with laid(at, partial(Losing, left=[call])):
        target = at.part("order_target")
        with pytest.raises(Exception, match=r"lost|reached"):
            target.create(draft)
    settled(at, draft, since)
    assert state(at) == ("processing", "waiting", "pending")


def test_a_sale_in_part_is_not_found_but_finished(at: Any) -> None:
    draft, since = planned(at), at.clock()
    at.plan("error", BUTTONS[1], detail=("UserError", "No", "", None))
    with pytest.raises(OutcomeUnknown, match="in part"):
        at.part("order_target").create(draft)
    assert state(at)[0] == "quotation"
    with pytest.raises(OutcomeUnknown, match="finishes it"):
        at.part("order_target").find(draft.reference, since, afresh=True)
    at.part("order_target").create(draft, again=True)
    assert state(at)[0] == "processing"


def test_what_is_refused_on_the_second_try_is_told_as_it_is(at: Any) -> None:
    draft = planned(at)
    at.plan("error", BUTTONS[0], detail=("UserError", "The fiscal year is closed.", "", None), times=2)
    with suppress(OutcomeUnknown):
        at.part("order_target").create(draft)
    with pytest.raises(Rejected, match="fiscal year is closed"):
        at.part("order_target").create(draft, again=True)
    assert len(at.kept()) == 1


def test_a_sale_that_somebody_called_off_is_not_taken_up_by_a_second_try(at: Any) -> None:
    draft, since = planned(at, status=QUOTATION), at.clock()
    at.part("order_target").create(draft)
    at.office.press(at.office.sales[0], "cancel")
    assert [each.id for each in at.part("order_target").find(draft.reference, since, afresh=True)]


def test_a_sale_of_another_total_stays_a_quotation(at: Any) -> None:
    draft: OrderDraft = planned(at)
    wrong = draft.with_payload({**draft.payload, "total": D("1.00")})
    receipt = at.part("order_target").create(wrong)
    assert state(at) == ("quotation", "none", "none")
    assert receipt.total == at.order().totals.gross


def test_a_buyer_without_a_party_gets_one_with_both_addresses_and_is_found_the_next_time(at: Any) -> None:
    to = ADDRESS.model_copy(update={"city": "Zwolle", "first_name": "Bert"})
    for number in ("1", "2"):
        of = at.order(number=number, shipping_address=to)
        at.part("order_target").create(planned(at, of, customer_id=None))
    one, other = at.office.sales
    names = ("party", "invoice_address", "shipment_address")
    assert [one.values[name] for name in names] == [other.values[name] for name in names]
    assert one.values["invoice_address"] != one.values["shipment_address"]
    party = at.office.data.table("party.party")[one.values["party"]]
    assert party.values["name"] == f"{CUSTOMER.first_name} {CUSTOMER.last_name}"


def test_a_country_that_is_not_there_holds_the_order(at: Any) -> None:
    of = at.order(shipping_address=ADDRESS.model_copy(update={"country": "JP"}))
    with pytest.raises(Held, match="JP") as caught:
        at.part("order_target").create(planned(at, of))
    assert (caught.value.code, at.kept()) == ("country_not_there", [])


def test_a_wrong_vat_number_is_refused_by_tryton_or_kept_in_the_comment(at: Any) -> None:
    of = at.order(customer=CUSTOMER.model_copy(update={"company": "ACME", "vat_id": "DE1"}))
    with pytest.raises(Rejected, match="not valid"):
        at.part("order_target").create(planned(at, of, customer_id=None))
    target = at.connector(send_vat_ids=False).order_target
    target.create(planned(at, of, target=target, customer_id=None))
    assert "VAT number: DE1" in at.office.sales[0].values["comment"]


# --- what becomes of it -------------------------------------------------------------------------------------------


def test_a_processed_sale_is_called_off_with_its_shipment_and_invoice_and_reserves_nothing(at: Any) -> None:
    sale, of = made(at)
    sku = "MUG"
    (level,) = at.part("stock_source").of([sku])
    assert (level.figures[0].on_hand, level.figures[0].reserved) == (D(99), D(1))
    assert told(at, sale, of, "cancelled").endswith("called off.")
    assert state(at) == ("done", "none", "none")
    (progress,) = at.part("order_progress").read([sale])
    assert progress.cancelled
    assert at.part("stock_source").of([sku])[0].figures[0].reserved == 0
    assert told(at, sale, of, "cancelled") == "Its sale in Tryton is cancelled already."


@pytest.mark.parametrize("call", range(2, 11))
def test_wherever_calling_off_breaks_off_it_is_finished_by_the_next_try(at: Any, call: int) -> None:
    sale, of = made(at)
    with laid(at, partial(Losing, left=[call])), suppress(OutcomeUnknown, Exception):
        told(at, sale, of, "cancelled")
    at.rest()
    assert told(at, sale, of, "cancelled").endswith(("called off.", "already."))
    assert state(at) == ("done", "none", "none")


def test_what_was_sent_or_invoiced_is_left_to_a_person(at: Any) -> None:
    sale, of = made(at)
    at.office.post(at.office.sales[0])
    with pytest.raises(Held, match="invoice") as caught:
        told(at, sale, of, "cancelled")
    assert caught.value.code == "sale_under_way"
    assert state(at) == ("processing", "waiting", "pending")


def test_an_order_that_is_paid_later_goes_on_from_quotation_to_processing(at: Any) -> None:
    sale, of = made(at, status=QUOTATION)
    assert told(at, sale, of, "status") == "Its sale in Tryton is Processing."
    assert state(at)[0] == "processing"


def test_a_sale_that_was_called_off_after_it_was_processed_is_not_taken_up_again(at: Any) -> None:
    sale, of = made(at)
    told(at, sale, of, "cancelled")
    with pytest.raises(Held) as caught:
        told(at, sale, of, "status")
    assert caught.value.code == "called_off"


def test_the_number_of_an_invoice_is_told_once_it_is_posted_though_its_sale_did_not_change(at: Any) -> None:
    sale, _ = made(at)
    source = at.connector(told_number="invoice").order_progress
    assert source is not None
    at.clock.advance(hours=1)
    since = at.clock()
    at.clock.advance(minutes=1)
    assert source.changed(since, None).orders == ()
    number = at.office.post(at.office.sales[0])
    (progress,) = source.changed(since, None).orders
    assert (progress.id, progress.number) == (sale, number)


def test_a_session_that_ended_is_made_anew_within_the_call(at: Any) -> None:
    account = at.part("account")
    account.ping()
    at.office.end_sessions()
    assert account.ping().name == "Bridge Trading"


def test_a_company_with_several_warehouses_has_to_choose_one_and_is_told_which(at: Any) -> None:
    outlet = at.office.add_warehouse("Outlet", "OUT")
    with pytest.raises(NeedsAttention, match="Outlet") as caught:
        at.connector(warehouse=None).account.ping()
    assert caught.value.setting == "warehouse"
    assert at.connector(warehouse=outlet).account.ping().name
    target = at.connector(warehouse=None).order_target
    with pytest.raises(OutcomeUnknown, match="must enter a warehouse"):
        target.create(planned(at, target=target))
