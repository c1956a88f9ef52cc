"""What only InnVoice's documents do: kinds, forms of lines, stock by SKU, pro formas, answers that leave it open."""

from typing import Any

import pytest

from sandbox.platforms.innvoice import Document, StandIn
from sandbox.platforms.innvoice.odd import ODD
from shopbridge.connectors.innvoice.orders.create import InnVoiceOrders
from shopbridge.errors import AskAPerson, Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.model.office import OfficeDocument, OrderReceipt, OrderUpdate
from tests.contract.benches.innvoice import CREATE, Bench, bench
from tests.contract.hostile import noted
from tests.innvoice_orders import bits, bought, company, courier, mugs
from tests.salespos_orders import D, line


def documents_of(at: Bench, **settings: Any) -> InnVoiceOrders:
    target = at.connector(**settings).connector.order_target
    assert isinstance(target, InnVoiceOrders)
    return target


def made(at: Bench, of: Any = None, **settings: Any) -> tuple[OrderReceipt, Document]:
    """What becomes of an order, by its receipt and in the program."""
    ordered = of or bought([mugs()], courier("1270.50"))
    target = documents_of(at, **settings)
    receipt = target.create(target.plan(ordered, bits(ordered)))
    return receipt, at.company.documents[-1]


@pytest.mark.parametrize("form", ["numbered", "first_bare", "nested"])
@pytest.mark.parametrize("count", [1, 2, 11])
def test_lines_arrive_one_by_one_in_every_form(form: str, count: int) -> None:
    of = bought([line(number, price=D(100 + number), rate=D(27)) for number in range(1, count + 1)])
    at = bench()
    receipt, there = made(at, of, line_form=form)
    assert [(each.price, each.quantity, each.vat, each.is_gross) for each in there.lines] == [
        (D(100 + number), D(1), "27%", True) for number in range(1, count + 1)
    ]
    assert there.total == of.totals.gross
    assert receipt.id == str(there.techid)


def test_a_draft_has_no_number_until_a_person_closes_it() -> None:
    at = bench()
    receipt, draft = made(at, document="draft")
    assert (receipt.number, draft.set_aside) == ("", True)
    at.company.close(draft)
    assert documents_of(at).read(receipt.id).number == draft.number == "EX-2026/00001"


def test_a_company_without_a_tax_number_gets_a_draft_though_invoices_are_closed() -> None:
    at = bench()
    assert made(at, bought(**company("Minta Kft.", "12345678123")))[1].set_aside
    assert not made(at, bought(**company("Minta Kft.", "12345678-1-23")))[1].set_aside


def test_stock_is_booked_by_sku_when_it_is_found_and_else_the_line_is_invoiced_without() -> None:
    at = bench()
    of = bought([mugs(2, sku="MUG"), mugs(3, id="l2", sku="NOBODY")])
    _, there = made(at, of, stand_in_stock_by_sku=True)
    assert ([each.quantity for each in there.lines], at.stock("MUG")) == ([D(2), D(3)], D(8))
    made(at, of)
    assert at.stock("MUG") == 8


def test_a_company_that_does_not_know_the_stand_in_refuses_skus_on_lines() -> None:
    at = bench(stand_in=StandIn())
    with pytest.raises(Rejected) as caught:
        made(at, bought([mugs(sku="MUG")]), stand_in_stock_by_sku=True)
    assert "CikkSzam" in caught.value.what


# --- pro formas ---------------------------------------------------------------------------------------------------


def paid(at: Bench, receipt: OrderReceipt, *, first: bool = True) -> OrderUpdate:
    """The order of a pro forma was paid."""
    target, of = at.connector(document="proforma").order_changes, bought()
    assert target
    return target.tell(receipt.id, of, bits(of), "paid", first=first)


def test_a_pro_forma_becomes_one_invoice_with_a_number_of_its_own() -> None:
    at = bench()
    receipt, proforma = made(at, document="proforma")
    assert (receipt.id, receipt.number) == (f"{proforma.techid}/{proforma.table_id}", "")
    at.clock.advance(days=2)
    update = paid(at, receipt)
    there = proforma.turned_into
    assert there
    assert (there.total, there.day.isoformat()) == (proforma.total, "2026-03-03")
    assert (update.number, there.number) == ("EX-2026/00001", "EX-2026/00001")
    assert update.text == f"The pro forma {proforma.techid} became the invoice EX-2026/00001."
    with pytest.raises(Rejected) as caught:
        paid(at, receipt)
    assert "already" in caught.value.what
    assert caught.value.fix
    assert len(at.company.documents) == 2


@pytest.mark.parametrize("fault", ["throttled", "lost_answer", "server_error", "unauthorised", "no_techid"])
def test_an_invoice_whose_number_cannot_be_read_is_made_and_goes_by_its_technical_id(fault: str) -> None:
    at = bench()
    receipt, proforma = made(at, document="proforma")
    at.plan(fault, "GET invoice/techid/{techid}")
    update = paid(at, receipt)
    assert proforma.turned_into
    assert update.number == str(proforma.turned_into.techid)


def test_a_pro_forma_that_was_set_aside_becomes_a_draft_without_a_number() -> None:
    at = bench()
    receipt, proforma = made(at, bought(**company("Minta Kft.", "")), document="proforma")
    update = paid(at, receipt)
    assert proforma.turned_into
    assert proforma.turned_into.set_aside
    assert update.text.endswith(f"became the document {update.number}, of which InnVoice tells no number.")


@pytest.mark.parametrize("fault", ["lost_request", "lost_answer", "server_error", "no_techid", "cut_body"])
def test_an_invoice_of_a_pro_forma_in_doubt_says_so(fault: str) -> None:
    at = bench()
    receipt, _ = made(at, document="proforma")
    at.plan(fault, "POST proforma_invoice")
    with pytest.raises(OutcomeUnknown):
        paid(at, receipt)
    before = len(at.company.documents)
    with pytest.raises(AskAPerson) as caught:
        paid(at, receipt, first=False)
    assert receipt.id.partition("/")[0] in caught.value.what
    assert len(at.company.documents) == before


# --- answers that leave it open -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind != "other_root"])
def test_a_document_whose_answer_is_odd_may_be_there(kind: str) -> None:
    at = bench()
    at.plan("odd_xml", CREATE, detail=kind)
    with pytest.raises(OutcomeUnknown):
        made(at)
    assert len(at.company.documents) == 1


@pytest.mark.parametrize(
    "fault", ["no_techid", "cut_body", "html_afterwards", "error_afterwards", "redirect", "html_page"]
)
def test_what_names_no_document_leaves_it_open(fault: str) -> None:
    at = bench()
    at.plan(fault, CREATE)
    with pytest.raises(OutcomeUnknown):
        made(at)


def test_the_name_of_an_answers_root_makes_no_difference() -> None:
    at = bench()
    at.plan("odd_xml", CREATE, detail="other_root")
    assert made(at)[0].number == "EX-2026/00001"


@pytest.mark.parametrize("status", [200, 400, 422])
def test_a_refusal_made_nothing_and_is_told_in_innvoices_words(status: int) -> None:
    at = bench(refusal_status=status)
    with pytest.raises(Rejected) as caught:
        made(at, currencies={"HUF": "Forint"})
    assert "Devizanem" in caught.value.what
    assert at.company.documents == []


def test_a_limit_made_nothing_and_pauses_our_calls() -> None:
    at = bench(retry_after=7)
    at.plan("throttled", CREATE)
    with pytest.raises(RetryLater) as caught:
        made(at)
    assert (caught.value.after, at.limiter.paused, at.company.documents) == (7, {"calls": 7}, [])


def test_a_link_to_a_printed_document_is_kept_nowhere() -> None:
    at = bench()
    receipt, there = made(at)
    told = noted(lambda: documents_of(at).read(receipt.id))
    assert there.token not in f"{receipt} {told} {at.answers}"


# --- the account --------------------------------------------------------------------------------------------------


def test_a_company_that_nobody_knows_is_told_with_what_to_compare() -> None:
    with pytest.raises(NeedsAttention) as caught:
        bench().connector(company="someone-else").account.ping()
    assert "company" in caught.value.fix


def test_books_are_known_whatever_the_list_calls_them() -> None:
    at = bench(book_names=("books", "book"))
    at.company.add_book("Other", "OT", book_id=7)
    with pytest.raises(NeedsAttention) as caught:
        at.connector(invoice_book="4").account.ping()
    assert "3 (Webshop), 7 (Other)" in caught.value.what
    assert at.connector(invoice_book="7").account.ping().name


# --- documents to be mailed -----------------------------------------------------------------------------------------


def file_of(at: Bench, document: OfficeDocument, **settings: Any) -> bytes:
    source = at.connector(**settings).connector.document_source
    assert source
    return source.read(document)


@pytest.mark.parametrize(
    ("settings", "buyer", "kind"),
    [
        ({"document": "invoice"}, {}, "invoice"),
        ({"document": "proforma"}, {}, "proforma"),
        ({"document": "draft"}, {}, "draft"),
        ({"document": "invoice"}, company("Minta Kft.", ""), "draft"),
        ({"document": "proforma"}, company("Minta Kft.", ""), "draft"),
        ({"document": "invoice", "wrong_tax_number": "as_usual"}, company("Minta Kft.", ""), "invoice"),
    ],
)
def test_a_document_says_what_was_asked_for_so_that_nothing_set_aside_is_mailed(
    settings: dict[str, Any], buyer: dict[str, Any], kind: str
) -> None:
    at = bench()
    receipt, there = made(at, bought(**buyer), **settings)
    assert receipt.document
    assert (receipt.document.id, receipt.document.kind) == (str(there.techid), kind)
    assert there.set_aside == (kind == "draft")
    assert receipt.document.url.endswith(there.token)
    assert (at.connector(**settings).connector.document_source is None) == (settings["document"] == "draft")


@pytest.mark.parametrize("buyer", [{}, company("Minta Kft.", "")])
def test_what_a_pro_forma_became_is_named_with_its_file(buyer: dict[str, Any]) -> None:
    at = bench()
    receipt, proforma = made(at, bought(**buyer), document="proforma")
    became = paid(at, receipt).document
    there = proforma.turned_into
    assert became
    assert there
    assert (became.id, became.number) == (str(there.techid), there.number)
    assert became.kind == ("draft" if there.set_aside else "invoice")
    assert there.number.encode() in file_of(at, became)


def test_a_file_elsewhere_is_read_only_where_the_host_is_confirmed() -> None:
    at = bench(print_host="https://print.example.test")
    receipt, _ = made(at)
    assert receipt.document
    with pytest.raises(Held) as caught:
        file_of(at, receipt.document)
    assert "print.example.test" in caught.value.what
    assert "print_hosts" in caught.value.fix
    assert file_of(at, receipt.document, print_hosts=["print.example.test"]).startswith(b"%PDF")


@pytest.mark.parametrize("host", ["www.innvoice.hu", "innvoice.hu", "print.api.innvoice.hu"])
def test_what_lies_with_innvoice_needs_no_word(host: str) -> None:
    at = bench(print_host=f"https://{host}")
    receipt, _ = made(at)
    assert receipt.document
    assert file_of(at, receipt.document).startswith(b"%PDF")


@pytest.mark.parametrize("told", [True, False])
def test_a_document_whose_making_told_no_address_is_read_once_more(*, told: bool) -> None:
    at = bench(print_url_on_reading=told)
    receipt, _ = made(at)
    assert receipt.document
    nameless = receipt.document.model_copy(update={"url": ""})
    if told:
        assert file_of(at, nameless).startswith(b"%PDF")
        return
    with pytest.raises(Held) as caught:
        file_of(at, nameless)
    assert caught.value.code == "no_document_file"
