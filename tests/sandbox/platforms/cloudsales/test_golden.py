"""The golden payloads of CloudSales and its emulator are two readings of one contract: they have to agree."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.platforms.cloudsales import CloudSalesEmulator, Spelling, StandIn
from sandbox.platforms.kit import ManualClock
from tests.sandbox.platforms.cloudsales.calls import CONNECTOR, PERSON, Desk, item, order

GOLDEN = Path(__file__).parents[3] / "golden" / "cloudsales"
LISTS = {
    "products": "product/list/",
    "orders": "marketplace/orders/list/",
    "connectors": "marketplace/connectors/list/",
    "invoices": "invoices/list/",
    "proformas": "proformas/list/",
    "contacts": "contacts/list/include:address,pricelist/",
    "contacts_bare": "contacts/list/",
    "products_images": "product/list/include:images/",
    "stand_in_work_points": "workpoint/list/",
}
PAGES = sorted(path.stem for path in GOLDEN.glob("*.json") if "data_count" in path.read_text())
SENT = ("order_company", "order_person", "order_bank_transfer")
SPELLINGS = {"text": Spelling.TEXT, "numbers": Spelling.NUMBER, "booleans": Spelling.BOOLEAN}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


def _desk(*spellings: Spelling) -> Desk:
    """An account with one of everything."""
    desk = Desk(stand_in=StandIn(writes=True, work_points=True), spellings=spellings or (Spelling.TEXT,))
    for code in ("DEMO-1-R", "DEMO-2", "DEMO-4"):
        desk.office.add_product(code, 65, stock=5, images=("https://images.example.test/demo.jpg",))
    desk.send("POST", order("HUB-1", item("DEMO-1-R"), client=PERSON, payment_method="bank_transfer"))
    desk.office.invoice(desk.office.orders[0])
    return desk


def names(value: Any) -> Any:
    """The field names of a payload, all the way down; lists by their first entry."""
    if isinstance(value, dict):
        return {name: names(inner) for name, inner in value.items()}
    return [names(each) for each in value[:1]] if isinstance(value, list) else None


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"products_more_fields", "products_empty"}])
def test_rows_have_the_fields_the_emulator_shows(name: str) -> None:
    path = LISTS.get(name) or LISTS[name.partition("_")[0]]
    assert names(golden(name)) == names(_desk().page(path))


@pytest.mark.parametrize("name", [name for name in PAGES if name.split("_")[1:2] and name.split("_")[1] in SPELLINGS])
def test_flags_of_a_page_are_spelt_as_the_emulator_spells_them(name: str) -> None:
    page = golden(name)
    shown = json.loads(_desk(SPELLINGS[name.split("_")[1]]).call("GET", LISTS["products"]).text)
    kinds = {"is_error": type(page["is_error"]), "data_next_page_exists": type(page["data_next_page_exists"])}
    assert kinds == {field: type(shown[field]) for field in kinds}


@pytest.mark.parametrize("name", SENT)
def test_golden_orders_are_taken(name: str) -> None:
    desk = _desk()
    assert names(golden(name)) == names(order())
    desk.create(golden(name))


def test_a_golden_cancellation_is_taken_as_a_partial_put() -> None:
    desk = _desk()
    desk.create(golden("order_company"))
    desk.done("PUT", golden("order_cancelled"))
    assert desk.office.orders[-1].is_voided


@pytest.mark.parametrize(("what", "name"), [("stock", "stand_in_stock"), ("price", "stand_in_price")])
def test_golden_stand_in_writes_are_taken(what: str, name: str) -> None:
    desk = _desk()
    path = f"connector/{desk.office.connector.id}/{what}/"
    response = desk.call("PUT", path, golden(name), by=CONNECTOR)
    assert response.json() == golden("stand_in_answer_written")


@pytest.mark.parametrize(
    ("spelling", "exists", "refused"),
    [
        (Spelling.BOOLEAN, "answer_exists_text", "answer_refused_message"),
        (Spelling.NUMBER, "", "answer_refused_texts"),
        (Spelling.TEXT, "answer_exists_errors", "answer_refused_objects"),
    ],
)
def test_golden_refusals_look_like_the_emulators(spelling: Spelling, exists: str, refused: str) -> None:
    desk = _desk(spelling)
    if exists:
        assert names(golden(exists)) == names(desk.send("POST", order("HUB-1")).json())
    assert names(golden(refused)) == names(desk.send("POST", order("HUB-2", item("DEMO-X"))).json())


def test_no_golden_payload_is_forgotten() -> None:
    known = {*PAGES, *SENT, "order_cancelled"}
    rest = {path.stem for path in GOLDEN.glob("*.json")} - known
    assert all(name.startswith(("answer_", "stand_in_")) for name in rest)
    assert all(isinstance(golden(name), dict) for name in rest)


def test_an_account_is_ready_as_it_comes() -> None:
    office = CloudSalesEmulator(clock=ManualClock())
    assert (office.base, office.work_point.name, office.connector.type) == (
        "/app/rest/v1/100200/",
        "Depozit",
        "BOCP REST API",
    )
