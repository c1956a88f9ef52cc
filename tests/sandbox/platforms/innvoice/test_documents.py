"""Invoices, drafts, pro formas and their lines in the emulated InnVoice."""

from decimal import Decimal

import pytest

from sandbox.platforms.innvoice import LineForm, StandIn
from tests.sandbox.platforms.innvoice.calls import HEADER, LINE, Desk, elements, invoice, numbered, turned

TWO_NAMES = ["Blue mug", "Delivery"]
NUMBERED = (numbered(1), numbered(2, TetelNev="Delivery"))
FIRST_BARE = (LINE, numbered(2, TetelNev="Delivery"))
NESTED = "".join(f"<tetel>{elements({**LINE, 'TetelNev': name})}</tetel>" for name in TWO_NAMES)


def test_numbers_are_given_in_sequence_per_book_and_year_to_what_is_closed() -> None:
    desk = Desk()
    desk.office.add_book("Export", "EU", book_id=7)
    bodies = [
        {},
        {"Felretett": "1"},
        {"Proforma": "1"},
        {"SzamlatombID": "7"},
        {"SzamlaKelte": "2031.01.02."},
        {},
    ]
    for fields in bodies:
        desk.done("POST", "invoice", invoice(**fields))
    numbers = ["EX-2030/00001", "", "", "EU-2030/00001", "EX-2031/00001", "EX-2030/00002"]
    assert [document.number for document in desk.office.documents] == numbers


def test_the_same_body_again_is_one_more_invoice() -> None:
    desk = Desk()
    assert desk.create(invoice())["techid"] != desk.create(invoice())["techid"]
    assert [document.number for document in desk.office.documents] == ["EX-2030/00001", "EX-2030/00002"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"VevoNev": " "}, "VevoNev should be a text that is not empty"),
        ({"VevoOrszag": "Hungary"}, "VevoOrszag should be a country such as HU"),
        ({"VevoAdoszam": ""}, "VevoAdoszam should be a tax number such as 12345678-1-23, or no element at all"),
        ({"VevoAdoszam": "HU12345678"}, "VevoAdoszam should be a tax number"),
        ({"SzamlatombID": "three"}, "SzamlatombID should be an id"),
        ({"SzamlatombID": "4"}, "unknown invoice book"),
        ({"SzamlaKelte": "2030.01.15"}, "SzamlaKelte should be a day such as 2030.01.15."),
        ({"TeljesitesKelte": "2030-01-15"}, "TeljesitesKelte should be a day such as 2030.01.15."),
        ({"Hatarido": "2030.02.30."}, "Hatarido should be a day such as 2030.01.15."),
        ({"Hatarido": "2030.1.5."}, "Hatarido should be a day such as 2030.01.15."),
        ({"Devizanem": "EUR"}, "Devizanem should be one of Ft, HUF"),
        ({"FizetesiMod": ""}, "FizetesiMod should be a text that is not empty"),
        ({"Fizetve": "true"}, "Fizetve should be one of 0, 1"),
        ({"Eszamla": "2"}, "Eszamla should be one of 0, 1"),
        ({"Email": "anna@example.test"}, "Email is not a known field"),
    ],
)
def test_a_header_that_breaks_the_contract_makes_nothing(fields: dict[str, str], fault: str) -> None:
    desk = Desk()
    assert fault in desk.refused("invoice", invoice(**fields))
    assert desk.office.documents == []


@pytest.mark.parametrize("currency", ["Ft", "HUF"])
def test_both_words_for_forints_are_taken(currency: str) -> None:
    desk = Desk()
    desk.create(invoice(Devizanem=currency))
    assert desk.office.documents[0].header["Devizanem"] == currency


def test_whether_a_draft_may_be_paid_is_not_known() -> None:
    body = invoice(Fizetve="1", Felretett="1")
    desk = Desk()
    desk.create(body)
    assert desk.office.documents[0].is_paid
    assert Desk(paid_drafts=False).refused("invoice", body) == "a paid document cannot be set aside"


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (invoice(*NUMBERED), LineForm.NUMBERED),
        (invoice(*FIRST_BARE), LineForm.FIRST_BARE),
        (invoice({}, extra=NESTED), LineForm.NESTED),
    ],
)
def test_several_lines_come_in_three_forms(body: str, form: LineForm) -> None:
    desk = Desk(line_forms=frozenset({form}))
    made = desk.create(body)
    (document,) = desk.office.documents
    assert [line.name for line in document.lines] == TWO_NAMES
    read = desk.by_techid(made["techid"])
    assert (read["TetelNev1"], read["TetelNev2"], "TetelNev" in read) == (*TWO_NAMES, False)
    others = Desk(line_forms=frozenset(LineForm) - {form})
    assert others.refused("invoice", body) == f"lines are not taken in the form {form.value}"


def test_a_single_line_has_no_number_in_either_flat_form() -> None:
    for form in (LineForm.NUMBERED, LineForm.FIRST_BARE):
        desk = Desk(line_forms=frozenset({form}))
        assert desk.by_techid(desk.create(invoice())["techid"])["TetelNev"] == "Blue mug"
    assert "a single line is not" in Desk().refused("invoice", invoice(numbered(1)))


def test_ten_lines_keep_their_order() -> None:
    desk = Desk()
    desk.create(invoice(*(numbered(at, TetelNev=f"Line {at}") for at in range(1, 12))))
    assert [line.name for line in desk.office.documents[0].lines] == [f"Line {at}" for at in range(1, 12)]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (invoice({}), "there is no line"),
        (invoice(LINE, extra=NESTED), "two forms of lines are mixed"),
        (invoice(LINE, numbered(1), numbered(2)), "without a gap"),
        (invoice(numbered(1), numbered(3)), "without a gap"),
        (invoice(numbered(2), numbered(3)), "without a gap"),
        (invoice(LINE, numbered(3)), "without a gap"),
        (invoice(numbered("01"), numbered(2)), "without a gap"),
        (invoice(LINE, {"TetelNev02": "x"}), "TetelNev02 is not a known field"),
        (invoice(numbered(1), {"TetelNev2": "x"}), "line 2.Mennyiseg is missing"),
        (invoice(LINE, LINE), "line 1.TetelNev should be"),
        (invoice({**LINE, "Mennyiseg": "0"}), "Mennyiseg should be a number above 0"),
        (invoice({**LINE, "EgysegAr": "1,5"}), "EgysegAr should be a number"),
        (invoice({**LINE, "Brutto": "1905"}), "Brutto should be one of 0, 1"),
        (invoice({**LINE, "AfaSzoveg": "0%"}), "AfaSzoveg should be one of"),
        (invoice({**LINE, "CikkSzam": "MUG"}), "CikkSzam is not a known field"),
        (invoice({}, extra="<tetel>x</tetel>"), "line 1 should be an object"),
    ],
)
def test_lines_that_break_the_contract_make_nothing(body: str, fault: str) -> None:
    desk = Desk()
    assert fault in desk.refused("invoice", body)
    assert desk.office.documents == []


def test_totals_are_gross_to_the_cent() -> None:
    desk = Desk()
    net = {**LINE, "Brutto": "0", "EgysegAr": "99.99", "Mennyiseg": "1.5"}
    desk.create(invoice(net))
    desk.create(invoice({**net, "AfaSzoveg": "0% - AAM"}))
    assert [document.total for document in desk.office.documents] == [Decimal("190.48"), Decimal("149.99")]


def test_a_discount_is_a_line_below_zero_where_that_is_taken() -> None:
    body = invoice(numbered(1), numbered(2, EgysegAr="-100", Mennyiseg="1"))
    desk = Desk()
    desk.create(body)
    assert desk.office.documents[0].total == 3710
    assert "EgysegAr2" not in Desk(negative_prices=False).refused("invoice", body)
    assert "line 2.EgysegAr should be" in Desk(negative_prices=False).refused("invoice", body)


def test_reading_tells_the_printed_number_and_all_that_was_sent() -> None:
    desk = Desk()
    made = desk.create(invoice(VevoAdoszam="12345678-1-23"))
    expected = {**HEADER, **LINE, **made, "VevoAdoszam": "12345678-1-23", "SorszamFormatted": "EX-2030/00001"}
    assert desk.by_techid(made["techid"]) == expected


@pytest.mark.parametrize("fields", [{"Felretett": "1"}, {"Proforma": "1"}])
def test_what_has_no_number_is_read_without_one(fields: dict[str, str]) -> None:
    for desk, told in ((Desk(), None), (Desk(empty_number=True), "")):
        (made,) = desk.done("POST", "invoice", invoice(**fields)).values()
        read = desk.by_techid(made["techid"])
        assert (read.get("SorszamFormatted"), "Sorszam" in read) == (told, False)


def test_an_unknown_techid_is_an_error_under_200() -> None:
    desk = Desk()
    assert desk.call("GET", "invoice/techid/1").status_code == 200
    assert "unknown techid 1" in desk.call("GET", "invoice/techid/1").text


def test_a_pro_forma_becomes_an_invoice_of_its_own_three_days() -> None:
    desk = Desk()
    proforma = desk.create_proforma(Fizetve="1")
    made = desk.turn(proforma["TABLE_ID"])
    assert ("Sorszam" in made, made["techid"] == proforma["techid"]) == (False, False)
    first, second = desk.office.documents
    assert (first.kind, first.number, first.turned_into) == ("proforma_invoice", "", second)
    assert (second.number, second.is_paid, second.lines) == ("EX-2030/00001", True, first.lines)
    days = ("SzamlaKelte", "TeljesitesKelte", "Hatarido")
    assert {second.header[name] for name in days} == {"2030.01.20."}
    assert first.header["SzamlaKelte"] == "2030.01.15."


def test_a_pro_forma_that_was_set_aside_becomes_a_draft() -> None:
    desk = Desk()
    desk.turn(desk.create_proforma(Felretett="1")["TABLE_ID"])
    assert (desk.office.documents[1].set_aside, desk.office.documents[1].number) == (True, "")


def test_only_a_pro_forma_is_turned_and_only_with_all_its_days() -> None:
    desk = Desk()
    made = desk.create(invoice())
    for table_id in (made["TABLE_ID"], "9"):
        assert desk.refused("proforma_invoice", turned(table_id)) == f"unknown pro forma {table_id}"
    proforma = desk.create_proforma()
    body = turned(proforma["TABLE_ID"], Hatarido="2030-01-20")
    assert "Hatarido should be a day" in desk.refused("proforma_invoice", body)
    assert "Fizetve is not a known field" in desk.refused("proforma_invoice", turned("5002", Fizetve="1"))
    assert len(desk.office.documents) == 2


def test_stock_is_booked_when_a_document_closes_and_only_for_known_products() -> None:
    desk = Desk(stand_in=StandIn(line_sku=True))
    desk.office.add_product("MUG", 1905, stock=10)
    lines = (numbered(1, CikkSzam="MUG"), numbered(2, CikkSzam="NONE"), numbered(3))
    for fields in ({}, {"Felretett": "1"}, {"Proforma": "1"}):
        desk.done("POST", "invoice", invoice(*lines, **fields))
    assert desk.office.product("MUG").stock == 8
    desk.office.close(desk.office.documents[1])
    desk.turn(str(desk.office.documents[2].table_id))
    assert desk.office.product("MUG").stock == 4
    assert desk.by_techid("880001")["CikkSzam1"] == "MUG"


def test_the_buyer_may_be_filed_as_a_partner() -> None:
    desk = Desk(files_buyers=True)
    desk.create(invoice())
    desk.create(invoice(VevoAdoszam="12345678-1-23"))
    desk.create(invoice(VevoAdoszam="12345678-1-23", VevoNev="Minta Kft."))
    assert [partner.fields["Nev"] for partner in desk.office.partners] == ["Minta Anna", "Minta Kft."]
    plain = Desk()
    plain.create(invoice())
    assert plain.office.partners == []
