"""The examples and tables of the platform's page and its emulator are two readings of one contract: they agree."""

import re
from decimal import Decimal

import pytest

from sandbox.platforms.innvoice import InnVoiceEmulator
from sandbox.platforms.innvoice.shapes import VAT_TEXTS
from sandbox.platforms.kit import ManualClock
from tests.sandbox.platforms.innvoice.calls import (
    CREATED,
    LINE,
    MADE,
    PAGE,
    PRODUCTS,
    REFUSED,
    TURNED,
    Desk,
    invoice,
    parsed,
)

DRAFT, CLOSED = "<Felretett>1</Felretett>", "<Felretett>0</Felretett>"


def section(heading: str) -> str:
    return PAGE.split(f"### {heading}\n")[1].split("\n##")[0]


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, but for its own heading."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_example_of_a_creation_makes_a_draft_without_a_number() -> None:
    desk = Desk()
    made = desk.create(CREATED)
    assert made.keys() == parsed(MADE)["invoice"].keys() - {"Sorszam"}
    (document,) = desk.office.documents
    assert (document.set_aside, document.number, len(document.lines), document.total) == (True, "", 2, Decimal(5080))


def test_closed_at_once_it_is_answered_as_in_the_example() -> None:
    told, made = parsed(MADE)["invoice"], Desk().create(CREATED.replace(DRAFT, CLOSED))
    assert {**made, "PrintUrl": told["PrintUrl"]} == told


def test_an_unknown_book_is_refused_as_in_the_example() -> None:
    desk = Desk()
    response = desk.call("POST", "invoice", CREATED.replace("<SzamlatombID>3<", "<SzamlatombID>4<"))
    told, refusal = parsed(REFUSED), parsed(response.content)
    assert refusal == {**told, "message": told["message"].removeprefix("example: ")}
    assert (response.status_code, desk.office.documents) == (200, [])


def test_the_example_of_a_pro_forma_becomes_an_invoice_once() -> None:
    desk = Desk()
    desk.create(CREATED)
    proforma = CREATED.replace("<Proforma>0<", "<Proforma>1<").replace(DRAFT, CLOSED)
    made = desk.done("POST", "invoice", proforma)["proforma_invoice"]
    assert made.keys() == parsed(MADE)["invoice"].keys() - {"Sorszam"}
    turned = desk.done("POST", "proforma_invoice", TURNED)["proforma_invoice"]
    assert turned.keys() == made.keys()
    assert desk.by_techid(turned["techid"])["SorszamFormatted"] == "EX-2030/00001"
    assert desk.refused("proforma_invoice", TURNED) == "pro forma 5002 was turned into an invoice already"


def test_the_example_of_a_list_of_products_is_answered_to_the_letter() -> None:
    desk = Desk()
    retail, sale = desk.office.price_group, desk.office.add_price_group("Sale")
    main, shop = desk.office.warehouse, desk.office.add_warehouse("Shop")
    prices, stock = {retail: 1905, sale: 1690}, {main: 12, shop: 3}
    desk.office.add_product("SKU-1", prices, stock=stock, name="Blue mug", ean="5990000000017")
    assert desk.done("GET", "product") == parsed(PRODUCTS)


@pytest.mark.parametrize("row", table("`invoice` header fields"), ids=lambda row: row[0])
def test_a_header_field_is_required_where_every_sample_has_it(row: list[str]) -> None:
    name = row[0].strip("`")
    if name == "VevoCim":
        assert Desk().refused("invoice", invoice(VevoCim="1")) == "invoice.VevoCim is not a known field"
    elif row[2].startswith("yes"):
        assert Desk().refused("invoice", invoice(without=[name])) == f"invoice.{name} is missing"
    else:
        Desk().create(invoice(**{name: "12345678-1-23"}))


def test_every_field_of_a_line_is_required() -> None:
    names = [row[0].strip("`") for row in table("Line fields")]
    assert sorted(names) == sorted(LINE)
    for name in names:
        line = {field: value for field, value in LINE.items() if field != name}
        assert Desk().refused("invoice", invoice(line)) == f"line 1.{name} is missing"


def test_exactly_the_vat_texts_of_the_page_are_taken() -> None:
    told, earlier = section("VAT texts (`AfaSzoveg`)").split("An earlier version")
    assert sorted(VAT_TEXTS) == sorted(re.findall("`([^`]+)`", told))
    desk = Desk()
    for text in VAT_TEXTS:
        desk.create(invoice({**LINE, "AfaSzoveg": text}))
    for text in re.findall("`([^`]+)`", earlier):
        assert "AfaSzoveg should be one of" in desk.refused("invoice", invoice({**LINE, "AfaSzoveg": text}))


def test_every_evidenced_call_has_its_route() -> None:
    told = re.findall(r"\| (GET|POST) `/\{company\}/([^`]+)` \|", section("Evidenced calls"))
    desk = Desk()
    made = desk.create(invoice())
    for method, path in told:
        body = None if method == "GET" else "<none/>"
        assert desk.call(method, path.format(techid=made["techid"]), body).status_code == 200
    desk.client.get(made["PrintUrl"])
    routes = {f"{method} {path}" for method, path in told} | {"GET print/{token}"}
    assert set(desk.office.calls.by_route) == routes


def test_a_company_is_ready_as_it_comes() -> None:
    office = InnVoiceEmulator(clock=ManualClock())
    assert (office.base, office.book.id, office.warehouse.name, office.price_group.name) == (
        "/exampleco/",
        3,
        "Main",
        "Retail",
    )
