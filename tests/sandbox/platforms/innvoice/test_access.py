"""Who may call InnVoice, what its addresses are, how its answers are spelt, and what a body may be."""

import pytest

from sandbox.platforms.innvoice import Spelling, StandIn
from tests.sandbox.platforms.innvoice.calls import LINE, Desk, inside, invoice, parsed


@pytest.mark.parametrize("auth", [None, ("api-demo", "mistyped"), ("somebody", "company-secret")])
def test_wrong_credentials_are_a_401_with_the_error_body(auth: tuple[str, str] | None) -> None:
    desk = Desk()
    response = desk.call("GET", "tomb_invoice", auth=auth)
    assert (response.status_code, inside(response)["error"], desk.office.refusals) == (401, "401", 1)
    assert response.headers["www-authenticate"].startswith("Basic")


def test_another_company_is_a_404_whoever_asks() -> None:
    desk = Desk()
    response = desk.client.get("/otherco/tomb_invoice", auth=(desk.office.user, desk.office.password))
    assert (response.status_code, inside(response)) == (404, {"error": "404", "message": "unknown company otherco"})


@pytest.mark.parametrize(
    "path", ["invoices", "invoice/", "invoice?limit=1", "invoice/techid/", "invoice/Sorszam/1", "product/1", "stock"]
)
def test_an_address_nobody_knows_is_a_404(path: str) -> None:
    desk = Desk()
    assert desk.call("GET", path).status_code == 404
    assert desk.office.calls.total == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "invoice"), ("DELETE", "invoice/techid/880001"), ("PUT", "product"), ("POST", "tomb_invoice")],
)
def test_a_wrong_method_is_a_405(method: str, path: str) -> None:
    assert Desk().call(method, path).status_code == 405


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "product"), ("POST", "stock"), ("GET", "product_group"), ("GET", "customer")]
)
def test_what_is_only_proposed_is_off(method: str, path: str) -> None:
    assert Desk().call(method, path).status_code in {404, 405}
    everything = Desk(stand_in=StandIn(products=True, stock=True, groups=True, customers=True))
    assert everything.call(method, path, "<none/>").status_code == 200


def test_books_are_found_by_their_id_whatever_the_elements_are_called() -> None:
    desk = Desk()
    desk.office.add_book("Export", "EU", book_id=7)
    books = [{"TABLE_ID": "3", "Nev": "Webshop"}, {"TABLE_ID": "7", "Nev": "Export"}]
    assert desk.done("GET", "tomb_invoice") == {"tomb_invoice": books}
    other = Desk(book_names=("tomb_invoice", "tomb"))
    response = other.call("GET", "tomb_invoice")
    assert (response.text.splitlines()[1][:14], inside(response)["tomb"]["TABLE_ID"]) == ("<tomb_invoice>", "3")


def test_a_refusal_may_come_under_another_status() -> None:
    response = Desk(refusal_status=400).call("POST", "invoice", invoice(without=["VevoNev"]))
    assert (response.status_code, inside(response)["message"]) == (400, "invoice.VevoNev is missing")


def test_too_many_calls_in_a_minute_are_refused_and_do_nothing() -> None:
    desk = Desk(calls_per_minute=1, retry_after=7)
    desk.create(invoice())
    response = desk.call("POST", "invoice", invoice())
    assert (response.status_code, response.headers["retry-after"], len(desk.office.documents)) == (429, "7", 1)
    desk.clock.advance(seconds=60)
    desk.create(invoice())


def test_the_list_of_products_may_have_a_pace_of_its_own() -> None:
    desk = Desk(product_list_every=600)
    assert desk.products() == []
    assert desk.call("GET", "product").status_code == 429
    desk.done("GET", "tomb_invoice")
    desk.clock.advance(minutes=10)
    assert desk.products() == []


def test_answers_take_turns_in_how_they_spell_texts() -> None:
    desk = Desk(spellings=(Spelling.PLAIN, Spelling.CDATA, Spelling.PADDED, Spelling.LATIN2))
    desk.office.add_product("A&B", 100, name="Kék <bögre> ]]> nagy")
    answers = [desk.call("GET", "product") for _ in range(4)]
    assert [inside(each)["product"]["Nev"] for each in answers] == ["Kék <bögre> ]]> nagy"] * 4
    assert "<CikkSzam>A&amp;B</CikkSzam>" in answers[0].text
    assert "<CikkSzam><![CDATA[A&B]]></CikkSzam>" in answers[1].text
    assert "Kék\n   <bögre>" in answers[2].text
    assert (b'encoding="ISO-8859-2"' in answers[3].content, "Kék".encode("iso-8859-2") in answers[3].content) == (
        True,
        True,
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<invoices>", "the body is no XML"),
        ("", "the body is no XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><invoices/>", "the body is no XML"),
        ("<!DOCTYPE invoices><invoices/>", "the body is no XML"),
        ("<?xml version='1.0' encoding='klingon'?><invoices/>", "the body is no XML"),
        ("<invoice/>", "the root should be invoices, but is invoice"),
        ("<invoices/>", "the body should hold invoice, but holds nothing"),
        ("<invoices><other/></invoices>", "the body should hold invoice, but holds other"),
        ("<invoices><invoice/></invoices>", "invoice is empty"),
        ("<invoices><invoice><VevoNev/></invoice><invoice/></invoices>", "1 invoice a call, not 2"),
        ("<invoices>x<invoice/></invoices>", "invoices has text beside elements"),
        ("<invoices><invoice id='1'/></invoices>", "invoice has attributes or is nested too deeply"),
        ("<invoices>" + "<a>" * 9 + "</a>" * 9 + "</invoices>", "a has attributes or is nested too deeply"),
    ],
)
def test_a_body_that_is_no_such_xml_is_refused(body: str, message: str) -> None:
    desk = Desk()
    assert desk.refused("invoice", body).startswith(message)
    assert desk.office.documents == []


def test_a_body_comes_as_xml_and_may_declare_its_charset() -> None:
    desk = Desk()
    response = desk.call("POST", "invoice", invoice(), headers={"content-type": "application/json"})
    assert inside(response)["message"] == "Content-Type should be text/xml"
    declared = '<?xml version="1.0" encoding="ISO-8859-2"?>' + invoice({**LINE, "TetelNev": "Bögre"})
    response = desk.call(
        "POST", "invoice", declared.encode("iso-8859-2"), headers={"content-type": "text/xml; charset=x"}
    )
    assert "techid" in inside(response)["invoice"]
    assert desk.office.documents[0].lines[0].name == "Bögre"


def test_a_printed_document_needs_its_link_and_no_credentials() -> None:
    desk = Desk()
    made = desk.create(invoice())
    printed = desk.client.get(made["PrintUrl"])
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf")
    assert printed.content.startswith(b"%PDF-1.4")
    assert printed.content.endswith(b"%%EOF\n")
    assert b"EX-2030/00001: 3810.00 HUF" in printed.content
    with_credentials = desk.client.get(made["PrintUrl"], auth=(desk.office.user, desk.office.password))
    assert "credentials" in inside(with_credentials)["message"]
    assert desk.client.get(f"{made['PrintUrl']}x").status_code == 404
    assert desk.client.post(made["PrintUrl"]).status_code == 405


def test_a_document_s_page_is_a_list_for_people() -> None:
    desk = Desk()
    desk.create(invoice(VevoNev="Minta & Fiai"))
    page = desk.client.get("/").text
    assert "1 documents" in page
    assert "Minta &amp; Fiai" in page
    assert parsed("<a><b>1</b><b>2</b></a>") == {"b": ["1", "2"]}
