"""What InnVoice is documented to answer of documents, payments and accounts is understood."""

from functools import cache
from typing import Any

import httpx
import pytest

from shopbridge.connectors.innvoice.api import books, create, limits_of, products
from shopbridge.errors import (
    AskAPerson,
    BridgeError,
    Held,
    NeedsAttention,
    Obstructed,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
)
from shopbridge.http.answer import Call
from shopbridge.http.client import Limit
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt, OrderUpdate
from tests.innvoice_orders import Canned, bits, bought, fixture, talk
from tests.salespos_orders import D

TECHID, PROFORMA = ExternalId("880001"), ExternalId("880002/5002")


@cache
def draft() -> OrderDraft:
    of = bought()
    return talk(b"")[0].order_target.plan(of, bits(of))


def made(body: bytes, **answer: Any) -> OrderReceipt:
    return talk(body, **answer)[0].order_target.create(draft())


# --- documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "receipt"),
    [
        ("answer_invoice", ("880001", "EX-2030/00001")),
        ("answer_invoice_without_number", ("880001", "")),
        ("answer_proforma", ("880002/5002", "")),
    ],
)
def test_a_document_is_made_when_its_technical_id_is_there(name: str, receipt: tuple[str, str]) -> None:
    got = made(fixture(name))
    assert (got.id, got.number, got.total) == (*receipt, None)


@pytest.mark.parametrize("kind", ["text/xml", "application/xml; charset=utf-8", "text/html", ""])
def test_the_type_that_an_answer_names_makes_no_difference(kind: str) -> None:
    assert made(fixture("answer_invoice"), kind=kind).id == "880001"


@pytest.mark.parametrize("name", ["answer_refused", "answer_refused_deeper"])
@pytest.mark.parametrize("status", [200, 400, 422])
def test_an_error_in_the_body_is_a_refusal_whatever_the_status(name: str, status: int) -> None:
    with pytest.raises(Rejected) as caught:
        made(fixture(name), status=status)
    assert caught.value.code == "500"
    assert "invoice book" in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<response/>"),
        (200, b"<response><invoice><TABLE_ID>5001</TABLE_ID></invoice></response>"),
        (200, b"<response><invoice><techid> </techid></invoice><error>1</error></response>"),
        (200, b"<response><invoice><techid>1</techid></invoice><invoice><techid>2</techid></invoice></response>"),
        (200, b"<response><invoice><techid>1</techid><techid>2</techid></invoice></response>"),
        (200, b"<response><error>500</error><message>cut o"),
        (200, b"<html><body>Welcome</body></html>"),
        (200, b'{"techid": 1}'),
        (302, b""),
        (500, b"<response><error>500</error></response>"),
        (502, b"<html>"),
        (504, b""),
    ],
)
def test_what_names_no_document_and_refuses_none_leaves_it_open(status: int, body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        made(body, status=status)


def test_a_document_is_read_with_its_number_as_it_is_printed() -> None:
    office, transport = talk(fixture("answer_read"))
    receipt = office.order_target.read(TECHID)
    assert (receipt.id, receipt.number, receipt.total) == (TECHID, "EX-2030/00001", None)
    assert transport.asked[0].url.path == "/exampleco/invoice/techid/880001"
    with pytest.raises(RetryLater):
        office.order_target.read(ExternalId("880009"))


def test_a_pro_forma_is_read_by_its_technical_id_and_keeps_its_name() -> None:
    office, transport = talk(fixture("answer_proforma"))
    assert office.order_target.read(PROFORMA).id == PROFORMA
    assert transport.asked[0].url.path.endswith("/techid/880002")


def test_a_document_that_is_gone_stops_no_connection() -> None:
    with pytest.raises(Rejected):
        talk(b"<response/>", 404)[0].order_target.read(TECHID)


# --- a pro forma becomes an invoice -------------------------------------------------------------------------------


def paid(body: bytes, to: ExternalId = PROFORMA, *, first: bool = True) -> tuple[OrderUpdate, Canned]:
    """What becomes of the document of an order that was paid, where InnVoice answers this to everything."""
    office, transport = talk(body, document="proforma")
    assert office.order_changes
    return office.order_changes.tell(to, bought(), bits(bought()), "paid", first=first), transport


def test_a_pro_forma_becomes_an_invoice_of_today_whose_number_is_read() -> None:
    update, transport = paid(fixture("answer_invoice_of_proforma"))
    made, read = transport.asked
    assert (made.method, made.url.path) == ("POST", "/exampleco/proforma_invoice")
    assert made.content.split() == fixture("request_invoice_of_proforma").split()
    assert (read.method, read.url.path) == ("GET", "/exampleco/invoice/techid/880003")
    assert update.number == "880003"
    assert update.text == "The pro forma 880002 became the document 880003, of which InnVoice tells no number."


def test_only_a_pro_forma_of_ours_becomes_an_invoice() -> None:
    with pytest.raises(Held) as caught:
        paid(fixture("answer_invoice"), TECHID)
    assert (caught.value.code, bool(caught.value.fix)) == ("no_proforma", True)


def test_what_may_be_done_already_a_person_looks_at() -> None:
    with pytest.raises(AskAPerson) as caught:
        paid(fixture("answer_invoice_of_proforma"), first=False)
    assert "pro forma 880002 may have become an invoice" in caught.value.what
    assert "Minta" not in str(caught.value)


@pytest.mark.parametrize(("body", "error"), [(fixture("answer_refused"), Rejected), (b"", OutcomeUnknown)])
def test_an_invoice_of_a_pro_forma_is_refused_or_in_doubt(body: bytes, error: type[BridgeError]) -> None:
    with pytest.raises(error):
        paid(body)


@pytest.mark.parametrize(
    ("settings", "takes"),
    [({"document": "proforma"}, True), ({"document": "proforma", "paid": "never"}, False), ({}, False)],
)
def test_payments_are_taken_where_there_are_pro_formas_and_the_shop_is_believed(
    settings: dict[str, Any], *, takes: bool
) -> None:
    office, _ = talk(b"", **settings)
    assert (office.order_changes is not None) is takes


# --- who answers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answer_books", "answer_books_named_otherwise"])
def test_the_account_answers_where_it_has_the_invoice_book(name: str) -> None:
    identity = talk(fixture(name))[0].account.ping()
    assert (identity.name, identity.accounts) == ("InnVoice exampleco", ("exampleco",))


def test_an_invoice_book_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(NeedsAttention) as caught:
        talk(fixture("answer_books"), invoice_book="7")[0].account.ping()
    assert "3 (Webshop), 5" in caught.value.what


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, b"<html>", NeedsAttention),
        (401, b"", NeedsAttention),
        (403, b"<response/>", NeedsAttention),
        (403, b"<html></html>", Obstructed),
        (404, b"", NeedsAttention),
        (404, b"<html></html>", Obstructed),
        (429, b"", Throttled),
        (301, b"", Obstructed),
        (503, b"", RetryLater),
        (200, b"<response/>", RetryLater),
        (200, fixture("answer_refused"), RetryLater),
        (200, b"<html></html>", Obstructed),
    ],
)
def test_each_refusal_of_a_verification_is_one_clear_sentence(
    status: int, body: bytes, error: type[BridgeError]
) -> None:
    with pytest.raises(error) as caught:
        talk(body, status, "text/html" if b"html" in body else "text/xml")[0].account.ping()
    assert type(caught.value) is error or error is RetryLater
    assert "s3cret-word" not in str(caught.value)


def test_what_is_set_aside_or_final_and_what_is_our_own_invention_is_told() -> None:
    for kind, told in (("draft", "set aside"), ("invoice", "closed at once")):
        assert any(told in note for note in talk(fixture("answer_books"), document=kind)[0].account.ping().notes)
    identity = talk(fixture("answer_books"), stand_in_stock_by_sku=True)[0].account.ping()
    assert any("our own invention" in note for note in identity.notes)


def test_limits_are_one_call_a_second_and_one_list_in_ten_minutes() -> None:
    post = create({})
    whole, third, twice = limits_of(D(1)), limits_of(D("0.3")), limits_of(D(2))
    assert list(whole(post)) == list(whole(books())) == [Limit("calls", 1, 1)]
    assert list(whole(products())) == [Limit("product_list", 1, 600), Limit("calls", 1, 1)]
    assert list(third(products())) == [Limit("product_list", 1, 2000), Limit("calls", 1, 4)]
    assert list(twice(post)) == [Limit("calls", 2, 1)]


# --- what is sent again -------------------------------------------------------------------------------------------


def test_only_creations_are_never_repeated() -> None:
    calls: list[Call] = [create({}), books(), products()]
    assert [call.repeatable for call in calls] == [False, True, True]
    assert httpx.Headers(calls[0].headers)["content-type"].startswith("text/xml")
