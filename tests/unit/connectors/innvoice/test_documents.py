"""Orders as InnVoice's documents: lines to the cent, VAT texts, companies, days, and bodies as they are documented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from shopbridge.connectors.innvoice.orders.payload import body_of, draft_of, line_elements, ready
from shopbridge.connectors.innvoice.settings import VAT_TEXTS, InnVoiceSettings
from shopbridge.connectors.innvoice.wire import DocumentInput
from shopbridge.connectors.kit.order_lines import row_total
from shopbridge.errors import AskAPerson, Held, Unmapped
from shopbridge.mapping.rule_engine import compile_rules
from shopbridge.mapping.rules import FieldRule
from shopbridge.mapping.xml_data import read_xml
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderDraft
from shopbridge.model.order import Order
from tests.examples import examples
from tests.innvoice_orders import (
    ANNA,
    HOME,
    PAID,
    bits,
    bought,
    chosen,
    company,
    courier,
    fixture,
    mugs,
    talk,
)
from tests.salespos_orders import D, line, orders, split_line, to_cash

TODAY = date(2026, 3, 2)
ANSWER = fixture("answer_invoice")


def planned(of: Order, given: InnVoiceSettings | None = None, **parts: Any) -> OrderDraft:
    return draft_of(of, bits(of, **parts), given or chosen())


def document(of: Order, **given: Any) -> DocumentInput:
    return ready(planned(of, chosen(**given)), chosen(**given))


def sent(of: Order, **given: Any) -> bytes:
    """The body that leaves."""
    office, transport = talk(ANSWER, **given)
    office.order_target.create(planned(of, chosen(**given)))
    (call,) = transport.asked
    return call.content


def elements(body: bytes) -> list[tuple[str, Any]]:
    """In their order."""
    return list(read_xml(body)["invoices"]["invoice"].items())


# --- bodies -------------------------------------------------------------------------------------------------------


def test_one_line_has_no_number_and_a_private_buyer_no_tax_number() -> None:
    assert elements(sent(bought())) == elements(fixture("request_one_line"))


def test_every_one_of_several_lines_is_numbered_and_a_company_has_its_tax_number() -> None:
    of = bought([mugs()], courier("1270.50"), payment=PAID, **company("Minta Kft.", "12345678-1-23"))
    office, transport = talk(ANSWER, document="invoice", electronic=True)
    office.order_target.create(office.order_target.plan(of, bits(of, payment="bankkártya")))
    assert elements(transport.asked[0].content) == elements(fixture("request_two_lines"))


def test_the_other_forms_of_lines_are_behind_the_switch() -> None:
    lines = [{"TetelNev": "Mug", "Brutto": 1}, {"TetelNev": "Cup", "Brutto": 1}]
    assert line_elements(lines, "numbered") == {"TetelNev1": "Mug", "Brutto1": 1, "TetelNev2": "Cup", "Brutto2": 1}
    assert line_elements(lines, "first_bare") == {"TetelNev": "Mug", "Brutto": 1, "TetelNev2": "Cup", "Brutto2": 1}
    assert line_elements(lines, "nested") == {"tetel": lines}
    for form in ("numbered", "first_bare"):
        assert line_elements(lines[:1], form) == lines[0]


def test_a_body_is_xml_in_utf_8_and_names_its_type() -> None:
    office, transport = talk(ANSWER)
    office.order_target.create(planned(bought()))
    (call,) = transport.asked
    assert (call.method, str(call.url)) == ("POST", "https://api.innvoice.hu/exampleco/invoice")
    assert call.headers["content-type"] == "text/xml; charset=utf-8"
    assert "xml" in call.headers["accept"]
    assert call.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert call.headers["authorization"] == "Basic ZXhhbXBsZWNvOnMzY3JldC13b3Jk"


@pytest.mark.parametrize(("kind", "flags"), [("draft", ("1", "0")), ("invoice", ("0", "0")), ("proforma", ("0", "1"))])
def test_an_order_becomes_what_is_set_for_the_connection(kind: str, flags: tuple[str, str]) -> None:
    body = dict(elements(sent(bought(), document=kind)))
    assert (body["Felretett"], body["Proforma"]) == flags


@pytest.mark.parametrize(
    ("payment", "setting", "flag"), [(PAID, "as_ordered", "1"), (PAID, "never", "0"), (None, "as_ordered", "0")]
)
def test_a_document_is_paid_when_the_order_is_and_the_settings_want_it(payment: Any, setting: str, flag: str) -> None:
    of = bought() if payment is None else bought(payment=payment)
    assert dict(elements(sent(of, paid=setting)))["Fizetve"] == flag


def test_days_are_those_of_hungary_and_end_with_a_dot() -> None:
    of = bought(placed_at=datetime(2026, 2, 27, 22, 0, tzinfo=UTC))
    body = dict(elements(sent(of, payment_days=0, supplied_on="day_of_order")))
    assert (body["SzamlaKelte"], body["TeljesitesKelte"], body["Hatarido"]) == (
        "2026.03.02.",
        "2026.02.27.",
        "2026.03.02.",
    )


def test_a_day_of_a_merchants_rule_is_kept() -> None:
    given = DocumentInput.model_validate({**planned(bought()).payload, "Hatarido": "2026.12.24."})
    assert body_of(given, TODAY, chosen())["Hatarido"] == "2026.12.24."


def test_neither_the_kind_of_document_nor_its_closing_is_for_rules() -> None:
    fields = talk(ANSWER)[0].order_target.fields()
    assert not {"Felretett", "Proforma"} & set(fields)
    compile_rules(
        [FieldRule(target="tetel[].TetelNev", source="line.name"), FieldRule(target="VevoAdoszam", source="'1'")],
        fields,
    )


def test_skus_are_sent_by_the_stand_in_only() -> None:
    of = bought([mugs(sku="MUG"), line(2, kind="free", rate=D(27), sku="FEE")])
    assert not [name for name, _ in elements(sent(of)) if name.startswith("CikkSzam")]
    body = dict(elements(sent(of, stand_in_stock_by_sku=True)))
    assert {name: body[name] for name in body if name.startswith("CikkSzam")} == {"CikkSzam1": "MUG"}


def test_the_order_number_stands_in_the_first_line_where_the_merchant_wants_it() -> None:
    of = bought([mugs()], courier("100"))
    body = dict(elements(sent(of, order_number="first_line", reference_prefix="SW-")))
    assert (body["TetelNev1"], body["TetelNev2"]) == ("Blue mug & saucer (SW-10042)", "Futár")


# --- lines --------------------------------------------------------------------------------------------------------


def expressed(of: Order, way: str) -> DocumentInput | None:
    """None where a discount is at a rate that was rounded away, or of another rate than its goods."""
    try:
        return document_of(planned(of, chosen(discounts=way)))
    except Held as error:
        if (way, error.code) != ("spread", "discount_too_large"):
            raise
        return None


@settings(max_examples=examples(150))
@given(of=orders())
def test_lines_come_to_the_shops_total_to_the_cent_whether_discounts_have_lines_of_their_own_or_not(of: Order) -> None:
    hungarian = of.model_copy(update={"currency": "HUF", "billing_address": HOME, "shipping_address": HOME})
    for way in ("own_line", "spread"):
        found = expressed(hungarian, way)
        if found:
            below_zero = [each.AfaSzoveg for each in found.tetel if each.EgysegAr < 0]
            assert sum(row_total(each.EgysegAr, each.Mennyiseg) for each in found.tetel) == of.totals.gross
            assert way == "own_line" or below_zero in ([], ["0% - ÁTK"])


def document_of(draft: OrderDraft) -> DocumentInput:
    return DocumentInput.model_validate(draft.payload)


def test_a_discount_is_taken_off_the_lines_of_its_rate_in_proportion() -> None:
    lines = [mugs(1, "3000"), mugs(2, "500"), line(3, price=D(100), rate=D(5)), coupon("-400.01")]
    got = document(bought(lines)).tetel
    assert [(each.Mennyiseg, each.EgysegAr, each.AfaSzoveg) for each in got] == [
        (D(1), D("2699.99"), "27%"),
        (D(2), D("450.00"), "27%"),
        (D(1), D(100), "5%"),
    ]


def coupon(amount: str, rate: int = 27) -> Any:
    return split_line(9, "Kupon", {D(rate): D(amount)}, "gross", "discount")


def test_a_discount_may_take_all_and_no_more() -> None:
    assert [each.EgysegAr for each in document(bought([mugs(1, "400"), coupon("-400")])).tetel] == [0]
    with pytest.raises(Held) as caught:
        planned(bought([mugs(1, "400"), line(2, price=D(900), rate=D(5)), coupon("-400.01")]))
    assert (caught.value.code, "27%" in caught.value.what) == ("discount_too_large", True)


def test_a_discount_is_a_line_of_its_own_where_it_is_wanted() -> None:
    got = document(bought([mugs(1, "400"), coupon("-50.5")]), discounts="own_line").tetel
    assert [(each.TetelNev, each.EgysegAr) for each in got] == [("Blue mug & saucer", D(400)), ("Kupon", D("-50.5"))]


def test_a_price_finer_than_a_cent_becomes_two_lines() -> None:
    got = document(bought([mugs(3, "33.3333", total=D(100))])).tetel
    assert [(each.Mennyiseg, each.EgysegAr) for each in got] == [(D(2), D("33.33")), (D(1), D("33.34"))]


def test_what_is_left_of_a_piece_is_told_by_the_name_where_no_price_makes_it_up() -> None:
    rope = line(price=D("13.335"), quantity=D("7.50"), rate=D(27), total=D("100.01"), name="Rope")
    exact = line(2, price=D(1000), quantity=D("1.5"), rate=D(27), name="Cloth")
    got = document(bought([rope, exact]), stand_in_stock_by_sku=True).tetel
    assert [(each.TetelNev, each.Mennyiseg, each.EgysegAr, each.CikkSzam) for each in got] == [
        ("Rope (7.5)", 1, D("100.01"), ""),
        ("Cloth", D("1.5"), D(1000), "SKU-2"),
    ]


def test_prices_of_a_net_shop_include_the_tax_as_the_shop_computed_it() -> None:
    of = bought([line(mode="net", price=D(1000), quantity=D(3), rate=D(27))], mode="net")
    (got,) = document(of).tetel
    assert (got.EgysegAr * got.Mennyiseg, got.AfaSzoveg) == (of.totals.gross, "27%")


def test_rounding_to_cash_is_a_line_of_its_own_with_the_text_that_is_set() -> None:
    of = bought([mugs(1, "199.40")])
    cash = of.model_copy(update={"totals": to_cash(of.totals, D(1))})
    got = document(cash).tetel
    assert [(each.EgysegAr, each.AfaSzoveg) for each in got] == [(D("199.40"), "27%"), (D("-0.40"), "0% - ÁTK")]
    with pytest.raises(Held) as caught:
        planned(cash, chosen(rounding_vat=""))
    assert caught.value.code == "no_rounding_vat"


# --- VAT ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", VAT_TEXTS)
def test_every_text_of_innvoice_may_be_what_the_tax_map_says(text: str) -> None:
    (got,) = document_of(planned(bought(), taxes={D(27): text})).tetel
    assert got.AfaSzoveg == text


@pytest.mark.parametrize(("entry", "text"), [("27", "27%"), ("5", "5%"), (" 18 ", "18%")])
def test_a_mere_percentage_is_its_own_text(entry: str, text: str) -> None:
    assert document_of(planned(bought(), taxes={D(27): entry})).tetel[0].AfaSzoveg == text


@pytest.mark.parametrize("taxes", [{}, {D(0): "0"}, {D(0): ""}])
def test_a_plain_0_percent_is_unmapped(taxes: dict[Decimal, str]) -> None:
    with pytest.raises(Unmapped) as caught:
        planned(bought([mugs(rate=D(0))]), taxes=taxes)
    assert (caught.value.table, caught.value.value) == ("tax", "0")


def test_a_tax_free_order_needs_an_entry_too() -> None:
    with pytest.raises(Unmapped):
        planned(bought([line(mode="tax_free", price=D(10))], mode="tax_free"), taxes={})


@pytest.mark.parametrize("entry", ["0%", "25", "21%", "AAM", "0% - aam"])
def test_an_entry_that_is_no_text_of_innvoice_is_held_with_all_that_are(entry: str) -> None:
    with pytest.raises(Held) as caught:
        planned(bought(), taxes={D(27): entry})
    assert caught.value.code == "unknown_vat_text"
    assert "0% - AAM" in caught.value.fix


@pytest.mark.parametrize(
    ("country", "number", "text"),
    [("DE", "DE123456789", "0% - KBA"), ("CH", "", "0% - EAM"), ("HU", "", "0% - AAM"), ("DE", "", "0% - AAM")],
)
def test_untaxed_sales_across_the_border_have_the_texts_that_are_set(country: str, number: str, text: str) -> None:
    to = HOME.model_copy(update={"country": country})
    buyer = ANNA.model_copy(update={"vat_id": number})
    of = bought([mugs(rate=D(0))], billing_address=to, shipping_address=to, customer=buyer)
    given = chosen(intra_community_vat="0% - KBA", export_vat="0% - EAM")
    assert document_of(planned(of, given)).tetel[0].AfaSzoveg == text
    assert document_of(planned(of)).tetel[0].AfaSzoveg == "0% - AAM"


# --- buyers -------------------------------------------------------------------------------------------------------

PROPER = "12345678-1-23"


@pytest.mark.parametrize(
    ("name", "number", "kept", "aside"),
    [
        ("Minta Kft.", PROPER, PROPER, False),
        ("Minta Kft.", "", "", True),
        ("MINTA ZRT", "12345678-1-2", "", True),
        ("Minta Kft.", "12345678123", "", True),
        ("Minta Kft.", "HU12345678", "", True),
        ("Minta Kft.", "١٢٣٤٥٦٧٨-1-23", "", True),
        ("Muster GmbH", "DE123456789", "", True),
        ("Iskola", "DE123456789", "", True),
        ("Iskola", "", "", False),
        ("Iskola", PROPER, PROPER, False),
        ("Kftársulat", "", "", False),
        ("Boldog Egyesület", "", "", True),
    ],
)
def test_a_company_without_a_proper_tax_number_gets_a_draft(name: str, number: str, kept: str, aside: bool) -> None:
    of = bought(**company(name, number))
    got = document(of, document="invoice")
    assert (got.VevoAdoszam, got.Felretett) == (kept, aside)
    assert document(of, document="invoice", wrong_tax_number="as_usual").Felretett is False


def test_a_company_without_a_proper_tax_number_is_told_to_a_person() -> None:
    office, transport = talk(ANSWER, document="invoice")
    wrong = bought(**company("Minta Kft.", "4711"))
    note = office.order_target.plan_note(wrong, bits(wrong))
    assert ("written otherwise" in note, "set aside" in note, "4711" in note) == (True, True, False)
    with pytest.raises(Held) as caught:
        office.order_target.add_note(ExternalId("880001"), note, first=True)
    assert (caught.value.code, caught.value.what, bool(caught.value.fix)) == ("no_tax_number", note, True)
    for of in (bought(), bought(**company("Minta Kft.", PROPER))):
        assert office.order_target.plan_note(of, bits(of)) == ""
    assert transport.asked == []


def test_a_rule_may_give_the_tax_number() -> None:
    draft = planned(bought(**company("Minta Kft.", "")), chosen(document="invoice"))
    ruled = draft.with_payload({**draft.payload, "VevoAdoszam": PROPER})
    got = ready(ruled, chosen(document="invoice"))
    assert (got.VevoAdoszam, got.Felretett) == (PROPER, False)


@pytest.mark.parametrize("field", ["postcode", "city"])
def test_an_address_that_is_not_complete_is_held_with_what_is_missing(field: str) -> None:
    with pytest.raises(Held) as caught:
        planned(bought(billing_address=HOME.model_copy(update={field: ""})))
    assert caught.value.code == "invalid_draft"
    assert {"postcode": "VevoIrsz", "city": "VevoTelep"}[field] in caught.value.what


def test_a_currency_without_an_entry_is_held_and_one_with_one_is_sent_so() -> None:
    with pytest.raises(Held) as caught:
        planned(bought(currency="EUR"))
    assert caught.value.code == "currency_not_taken"
    assert document(bought(currency="EUR"), currencies={"EUR": "EUR"}).Devizanem == "EUR"
    assert document(bought(), currencies={"HUF": "Ft"}).Devizanem == "Ft"


@pytest.mark.parametrize("lacking", [{"payment": None}, {"payment": ""}])
def test_an_order_without_a_payment_method_is_held(lacking: dict[str, Any]) -> None:
    with pytest.raises(Held) as caught:
        planned(bought(), **lacking)
    assert caught.value.code == "missing_payment"


# --- in doubt -----------------------------------------------------------------------------------------------------


def test_whether_a_document_is_there_a_person_is_asked_without_a_call() -> None:
    office, transport = talk(ANSWER, document="invoice")
    with pytest.raises(AskAPerson) as caught:
        office.order_target.find("10042", datetime(2026, 3, 1, tzinfo=UTC), afresh=True)
    assert (caught.value.where, bool(caught.value.fix)) == ("InnVoice, order 10042", True)
    assert transport.asked == []


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        {"company": "two words"},
        {"company": "a/b"},
        {"invoice_book": ""},
        {"export_vat": "0%"},
        {"stand_in_writes": True, "regular_price_group": "Retail"},
        {"stand_in_writes": True, "stand_in_warehouse": "1"},
        {"regular_price_group": "Retail", "sale_price_group": "Retail"},
        {"payment_days": -1},
    ],
)
def test_settings_that_cannot_be_right_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        chosen(**given)


def test_the_account_is_told_from_others_by_its_registration_name() -> None:
    assert chosen(company="ExampleCo").place == chosen().place == "exampleco"
