"""What InnVoice is documented to answer is understood; whatever else it may answer ends in an error of ours."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.innvoice.api import books, create, limits_of, products
from shopbridge.connectors.innvoice.outcomes import judge
from shopbridge.connectors.innvoice.product_index import read_row
from shopbridge.connectors.parts import RequiredParts
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
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import Limit
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft, OrderReceipt, OrderUpdate
from shopbridge.model.stock import StockChange
from tests.innvoice_orders import SHAPES, Canned, bits, bought, chosen, fixture, talk
from tests.salespos_orders import D

WRITING: dict[str, Any] = {"stand_in_writes": True, "regular_price_group": "Retail", "stand_in_warehouse": "1"}
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


# --- products -----------------------------------------------------------------------------------------------------


def test_every_documented_product_is_read_and_one_without_sku_is_passed_over() -> None:
    office, _ = talk(
        fixture("answer_products"), regular_price_group="retail", sale_price_group="Sale", product_tax="27"
    )
    mug, old = sorted(office.catalogue_source.page(None).products, key=lambda each: each.sku)
    assert (mug.sku, mug.name, mug.ean, mug.stock, mug.tax_rate) == (
        "SKU-1",
        "Blue mug",
        "5990000000016",
        D("15.5"),
        D(27),
    )
    assert {name: (each.amount, each.gross) for name, each in mug.prices.items()} == {
        "regular": (D(1905), True),
        "sale": (D(1690), True),
    }
    assert (mug.categories, old.ean, old.stock, old.prices["regular"].gross) == (("Mugs",), "", None, False)


def test_stock_is_told_by_warehouse_and_what_has_no_entry_keeps_none() -> None:
    levels = talk(fixture("answer_products"))[0].stock_source.page(None).levels
    told = {level.sku: {each.warehouse: each.on_hand for each in level.figures} for level in levels}
    assert told == {"SKU-1": {"Main": 12, "Shop": D("3.5")}, "SKU-2": {"": None}}
    assert {level.sku: level.managed for level in levels} == {"SKU-1": True, "SKU-2": False}
    assert {each.reserved for level in levels for each in level.figures} == {None}


def test_a_single_product_with_a_single_warehouse_and_price_is_read_like_many() -> None:
    office, _ = talk(fixture("answer_products_single"))
    (mug,) = office.catalogue_source.page(None).products
    assert (mug.stock, mug.prices["regular"].amount) == (D(12), D(1905))


def test_entries_without_names_are_known_by_their_place_and_a_price_that_is_neither_net_nor_gross_is_none() -> None:
    office, _ = talk(fixture("answer_products_by_place"), regular_price_group="#1")
    (level,) = office.stock_source.page(None).levels
    assert {each.warehouse: each.on_hand for each in level.figures} == {"#1": 12, "#2": -1}
    assert office.catalogue_source.page(None).products[0].prices == {}


def test_of_several_price_groups_none_is_taken_without_being_chosen() -> None:
    office, _ = talk(fixture("answer_products"))
    prices = {each.sku: set(each.prices) for each in office.catalogue_source.page(None).products}
    assert prices == {"SKU-1": set(), "SKU-2": {"regular"}}


def test_products_of_excluded_groups_are_not_offered_nor_are_their_groups() -> None:
    office, _ = talk(fixture("answer_products"), excluded_groups=["OLD things"])
    assert [each.sku for each in office.catalogue_source.page(None).products] == ["SKU-1"]
    assert [each.name for each in office.catalogue_source.categories()] == ["Mugs"]
    assert len(office.stock_source.page(None).levels) == 2


def test_groups_that_the_list_does_not_tell_cannot_be_left_out_in_silence() -> None:
    with pytest.raises(NeedsAttention) as caught:
        talk(fixture("answer_products_single"), excluded_groups=["Old"])[0].catalogue_source.page(None)
    assert caught.value.fix


def test_a_list_without_any_product_concludes_nothing() -> None:
    for body in (b"<response/>", b"<response><products/></response>", b""):
        with pytest.raises(RetryLater):
            talk(body)[0].stock_source.page(None)


def test_an_odd_product_spoils_no_other() -> None:
    odd = b"<product><CikkSzam>BAD</CikkSzam><Keszletek>7</Keszletek></product></response>"
    office, _ = talk(fixture("answer_products").replace(b"</response>", odd))
    page = office.catalogue_source.page(None)
    assert ({each.sku for each in page.products}, [each.sku for each in page.unreadable]) == (
        {"SKU-1", "SKU-2"},
        ["BAD"],
    )
    levels = {level.sku: level.figures[0].on_hand for level in office.stock_source.page(None).levels}
    assert levels == {"SKU-1": 12, "SKU-2": None, "BAD": None}


# --- the stand-in -------------------------------------------------------------------------------------------------


def write(body: bytes, *skus: str, **given: Any) -> dict[str, str]:
    changes = [StockChange(sku=sku, quantity=D(9)) for sku in skus]
    target = talk(body, **WRITING, **given)[0].stock_target
    return {sku: each.code for sku, each in target.write(changes, manage="untouched", warehouse="").items()}


def test_each_figure_is_taken_or_told_why_not() -> None:
    rows = fixture("stand_in_answer_partly")
    # The list that tells what is there is answered likewise: it holds no product of this name.
    there = b"<product><CikkSzam>SKU-1</CikkSzam><techid>1</techid></product></response>"
    assert write(rows.replace(b"</response>", there), "SKU-1", "NOBODY") == {"NOBODY": "unknown_sku"}


@pytest.mark.parametrize("body", [b"", b"<response/>", fixture("stand_in_answer_partly")])
def test_a_figure_that_is_not_told_of_is_written_again(body: bytes) -> None:
    with pytest.raises(RetryLater):
        write(body, "SKU-1", "SKU-7")


def test_an_account_that_does_not_know_the_stand_in_is_told_what_to_do() -> None:
    for status in (404, 405):
        with pytest.raises(NeedsAttention) as caught:
            write(b"", "SKU-1", status=status)
        assert "stand_in_writes" in caught.value.fix


def test_the_stand_in_is_there_only_when_it_is_switched_on() -> None:
    office = talk(b"")[0]
    assert (office.connector.stock_target, office.connector.catalogue_target) == (None, None)
    with pytest.raises(NeedsAttention):
        _ = office.stock_target
    assert chosen().stand_in_writes is chosen().stand_in_stock_by_sku is False


# --- whatever is answered -----------------------------------------------------------------------------------------

PARSERS: dict[str, Callable[[RequiredParts], object]] = {
    "a document made": lambda office: office.order_target.create(draft()),
    "a document read": lambda office: office.order_target.read(TECHID),
    "invoice books": lambda office: office.account.ping(),
    "products": lambda office: (office.stock_source.page(None), office.catalogue_source.page(None)),
    "rows written": lambda office: office.stock_target.write(
        [StockChange(sku="SKU-1", quantity=D(1))], manage="untouched", warehouse=""
    ),
}
STATUSES = (200,) * 12 + (201, 204, 301, 400, 401, 403, 404, 405, 422, 429, 500, 503)
KINDS = ("text/xml", "text/xml", "text/html", "application/json")
PIECES = (b"", b"<", b"/>", b"<techid>", b"</techid>", b"<error>", b"<message/>", b"]]>", b"<![CDATA[", b"\x00", b"&x;")
ODD = (b"-1", b"1e999", b"NaN", b"9" * 400, b"<a/>", b"0,5", "١٢".encode(), b"a" * 3_000, b"&#0;", b" \n ", b"\xff")
CHILDREN = ("CikkSzam", "Nev", "Arak", "Keszletek", "Keszlet", "Raktar_Keszlet", "Arcsoport_Ar", "Arcsoport_Brutto")
TEXTS = (None, "", " ", "SKU-1", "1", "0", "12.5", "1e999999999", "NaN", "9" * 400, "\ud800", "a" * 3_000, "x\x00")
CASES = settings(max_examples=300, database=None)
"""Of ten cases each: what is drawn costs more than what is tried."""
SEEDS = given(seed=st.integers(0, 2**48))


@cache
def shapes() -> tuple[bytes, ...]:
    return tuple(fixture(name) for name in SHAPES)


def bent(chance: Random) -> bytes:
    """A documented answer, with up to three pieces of it lost, put twice, or replaced."""
    body = chance.choice(shapes())
    for _ in range(chance.randint(0, 3)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice((0, 1, 2, 9, 40)))
        body = body[:start] + chance.choice((*PIECES, *ODD, body[start:end] * 2)) + body[end:]
    return body


def grown(chance: Random, depth: int = 4) -> Any:
    """What an element may hold."""
    match chance.randrange(4 if depth else 1):
        case 0:
            return chance.choice(TEXTS)
        case 1:
            return [grown(chance, depth - 1) for _ in range(chance.randrange(4))]
        case _:
            return {name: grown(chance, depth - 1) for name in chance.sample(CHILDREN, chance.randrange(6))}


@cache
def speaker() -> tuple[RequiredParts, Canned]:
    return talk(b"", **WRITING)


@pytest.mark.parametrize("parser", PARSERS)
@CASES
@SEEDS
def test_whatever_is_answered_ends_in_what_can_be_kept_or_an_error_of_ours(parser: str, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - hypothesis chooses
    office, transport = speaker()
    for _ in range(10):
        transport.body, transport.status, transport.kind = bent(chance), chance.choice(STATUSES), chance.choice(KINDS)
        transport.asked.clear()
        with suppress(BridgeError):
            PARSERS[parser](office)


@CASES
@SEEDS
def test_a_product_of_any_form_is_read_or_told_with_a_problem(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - hypothesis chooses
    for _ in range(10):
        found = read_row(grown(chance))
        assert (found.row is None) == bool(found.problem)
        assert found.row is None or found.row.sku == found.code


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refused_creation_is_rejected_though_it_is_no_xml(status: int) -> None:
    for body in (b"", b"<response><note>No</note></response>"):
        with pytest.raises(Rejected):
            judge(Answer("InnVoice", create({}), status, {"content-type": "text/xml"}, body))


def test_only_creations_are_never_repeated() -> None:
    calls: list[Call] = [create({}), books(), products()]
    assert [call.repeatable for call in calls] == [False, True, True]
    assert httpx.Headers(calls[0].headers)["content-type"].startswith("text/xml")
