"""Faults of the emulated InnVoice: a document that was made stays made, whatever becomes of the answer."""

import httpx
import pytest
from defusedxml import DefusedXmlException, ElementTree

from sandbox.platforms.innvoice.odd import ODD
from sandbox.platforms.kit import Loopback
from tests.sandbox.platforms.innvoice.calls import Desk, inside, invoice, turned

CREATION, TURNING, LIST = "POST invoice", "POST proforma_invoice", "GET product"


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_error", 502), ("html_page", 200), ("redirect", 302), ("unauthorised", 401), ("throttled", 429)],
)
def test_a_planned_refusal_does_no_work(fault: str, status: int) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION)
    response = desk.call("POST", "invoice", invoice())
    assert response.status_code == status
    assert "techid" not in response.text
    assert desk.office.documents == []
    desk.create(invoice())


@pytest.mark.parametrize(("fault", "made"), [("lost_request", 0), ("lost_answer", 1)])
def test_a_time_out_strikes_before_or_after_the_work(fault: str, made: int) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION)
    with pytest.raises(httpx.ReadTimeout):
        desk.call("POST", "invoice", invoice())
    assert len(desk.office.documents) == made


@pytest.mark.parametrize(
    ("fault", "status", "detail"),
    [
        ("error_afterwards", 503, 503),
        ("html_afterwards", 200, True),
        ("no_techid", 200, True),
        ("cut_body", 200, True),
        *(("odd_xml", 200, name) for name in sorted(ODD) if name != "other_root"),
    ],
)
def test_a_bad_answer_hides_that_a_document_was_made(fault: str, status: int, detail: object) -> None:
    desk = Desk()
    desk.office.faults.plan(fault, CREATION, detail=detail)
    response = desk.call("POST", "invoice", invoice())
    assert response.status_code == status
    assert _techid(response.content) is None
    assert [document.number for document in desk.office.documents] == ["EX-2030/00001"]


def _techid(body: bytes) -> str | None:
    try:
        return ElementTree.fromstring(body).findtext(".//techid")
    except (ElementTree.ParseError, DefusedXmlException, RecursionError):
        return None


def test_the_root_may_have_another_name() -> None:
    desk = Desk()
    desk.office.faults.plan("odd_xml", CREATION, detail="other_root")
    response = desk.call("POST", "invoice", invoice())
    assert "<valasz>" in response.text
    assert inside(response)["invoice"]["techid"] == "880001"


def test_an_answer_is_lost_over_loopback_too_and_a_link_leads_there() -> None:
    desk = Desk()
    desk.office.faults.plan("lost_answer", CREATION)
    auth, headers = (desk.office.user, desk.office.password), {"content-type": "text/xml"}
    with Loopback(desk.office.app) as server, httpx.Client(auth=auth, headers=headers) as client:
        url = f"{server.url}{desk.office.base}invoice"
        with pytest.raises(httpx.TransportError):
            client.post(url, content=invoice())
        link = inside(client.post(url, content=invoice()))["invoice"]["PrintUrl"]
        assert link.startswith(f"{server.url}/print/")
        assert httpx.get(link).content.startswith(b"%PDF")
    assert len(desk.office.documents) == 2


def test_a_pro_forma_whose_turning_was_not_heard_of_is_turned() -> None:
    desk = Desk()
    proforma = desk.create_proforma()
    desk.office.faults.plan("lost_answer", TURNING)
    with pytest.raises(httpx.ReadTimeout):
        desk.call("POST", "proforma_invoice", turned(proforma["TABLE_ID"]))
    assert "turned into an invoice already" in desk.refused("proforma_invoice", turned(proforma["TABLE_ID"]))
    assert [document.number for document in desk.office.documents] == ["", "EX-2030/00001"]


def test_a_refusal_may_be_odd_too() -> None:
    desk = Desk()
    desk.office.faults.plan("odd_xml", CREATION, detail="unescaped")
    response = desk.call("POST", "invoice", invoice(without=["VevoNev"]))
    assert "<error>500</error>" in response.text
    with pytest.raises(ElementTree.ParseError):
        inside(response)


def test_a_slow_answer_takes_its_time() -> None:
    desk = Desk()
    before = desk.clock()
    desk.office.faults.plan("slow", LIST, detail=110)
    assert desk.products() == []
    assert (desk.clock() - before).total_seconds() == 110


def test_the_world_moves_around_a_call() -> None:
    desk = Desk()
    desk.office.faults.plan("meanwhile", LIST, detail=lambda: desk.office.add_product("MUG", 1))
    desk.office.faults.plan("afterwards", LIST, detail=lambda: desk.office.remove_product("MUG"))
    assert [row["CikkSzam"] for row in desk.products()] == ["MUG"]
    assert desk.products() == []


def test_calls_are_counted_by_route() -> None:
    desk = Desk()
    made = desk.create(invoice())
    desk.by_techid(made["techid"])
    desk.client.get(made["PrintUrl"])
    desk.call("GET", "nothing")
    assert desk.office.calls.by_route == {
        CREATION: 1,
        "GET invoice/techid/{techid}": 1,
        "GET print/{token}": 1,
        "GET unknown": 1,
    }
