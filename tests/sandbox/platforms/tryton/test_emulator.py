"""The emulated Tryton by itself: what it takes, what it refuses and in which words."""

import base64
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.tryton import PASSWORD, USER, TrytonEmulator

D = Decimal
Price = {"__class__": "Decimal", "decimal": "10.00"}


class Person:
    """Somebody with a session."""

    def __init__(self, office: TrytonEmulator) -> None:
        self.office = office
        self.header: dict[str, str] = {}
        self.http = httpx.Client(transport=in_process(office.app), base_url="http://tryton.example")
        user, key, _ = self.call("common.db.login", USER, {"password": PASSWORD}, "en")["result"]
        self.header = {"Authorization": "Session " + base64.b64encode(f"{USER}:{user}:{key}".encode()).decode()}

    def post(self, body: Any, path: str = "/shop/rpc/", **headers: str) -> httpx.Response:
        given = {"Content-Type": "application/json", **self.header, **headers}
        return self.http.post(path, content=json.dumps(body), headers=given)

    def call(self, method: str, *params: Any) -> Any:
        return self.post({"id": 3, "method": method, "params": list(params)}).json()

    def model(self, method: str, *params: Any, **context: Any) -> Any:
        return self.call(f"model.{method}", *params, {"company": self.office.company, **context})

    def sale(self, **values: Any) -> Any:
        party = self.office.add_party("Anna")
        address = self.office.data.add("party.address", party=party.id, street="A", postal_code="1", city="B")
        product = self.office.product("MUG").id
        line = {"type": "line", "product": product, "unit": self.office.unit, "quantity": 1, "unit_price": Price}
        given = {"party": party.id, "invoice_address": address.id, "shipment_address": address.id}
        lines = [["create", [{**line, **values.pop("line", {})}]]]
        return self.model("sale.sale.create", [{**given, "lines": lines, **values}])


@pytest.fixture
def person() -> Person:
    office = TrytonEmulator(clock=ManualClock())
    office.add_product("MUG", D("10"), 5)
    return Person(office)


def error(answer: Any) -> tuple[str, str]:
    name, args = answer["error"]
    return name, args[0] if isinstance(args, list) else args


def test_only_whoever_has_a_session_is_let_in(person: Person) -> None:
    body = {"id": 0, "method": "model.party.party.search_read", "params": [[], 0, 1, None, ["name"], {}]}
    assert person.post(body).status_code == 200
    wrong = person.post(body, Authorization="Session YTpiOmM=")
    assert (wrong.status_code, wrong.content) == (401, b"")
    person.office.end_sessions()
    assert person.post(body).status_code == 401
    login = {"id": 0, "method": "common.db.login", "params": [USER, {"password": "no"}, "en"]}
    assert (person.post(login).status_code, "json" in person.post(login).headers["content-type"]) == (401, False)
    assert error(person.call("common.db.login", USER, {}, "en"))[0] == "LoginException"


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [
        ({"id": 0, "method": "common.server.version", "params": []}, "/rpc/", 200),
        ({"id": 0, "method": "model.party.party.read", "params": [{}]}, "/other/rpc/", 404),
        ({"jsonrpc": "2.0", "id": 0, "method": "x", "params": []}, "/shop/rpc/", 400),
        ({"id": 0, "method": "model.party.party.search_read", "params": [[]]}, "/shop/rpc/", 422),
        ({"id": 0, "method": "model.party.party.explode", "params": [[1], {}]}, "/shop/rpc/", 403),
    ],
)
def test_what_reaches_no_method_is_a_page(person: Person, body: Any, path: str, status: int) -> None:
    answer = person.post(body, path)
    assert (answer.status_code, "json" in answer.headers["content-type"]) == (status, status == 200)


def test_an_unknown_field_or_model_is_an_error_without_a_class(person: Person) -> None:
    read: tuple[Any, ...] = ("party.party.search_read", [], 0, 1, None)
    assert person.model(*read, ["nofield"]) == {"id": 3, "error": ["'nofield'", ""]} or not person.office.sales
    person.office.add_party("Anna")
    assert person.model(*read, ["nofield"])["error"] == ["'nofield'", ""]
    assert person.model("no.model.search_read", [], 0, 1, None, [])["error"] == ["'no.model'", ""]
    assert person.model("party.party.create", [{"name": "A", "colour": "red"}])["error"] == ["'colour'", ""]


def test_a_price_hangs_on_the_company_and_stock_on_the_warehouse(person: Person) -> None:
    def read(**context: Any) -> Any:
        fields = ["list_price_used", "quantity", "forecast_quantity"]
        return person.model("product.product.search_read", [["code", "=", "MUG"]], 0, 1, None, fields, **context)

    (row,) = read()["result"]
    assert (row["list_price_used"], row["quantity"]) == ({"__class__": "Decimal", "decimal": "10"}, 0)
    (row,) = read(company=None, locations=[person.office.warehouse])["result"]
    assert (row["list_price_used"], row["quantity"], row["forecast_quantity"]) == (None, 5, 5)


def test_what_is_read_through_a_relation_stands_under_its_name_with_a_dot(person: Person) -> None:
    person.office.add_party("Anna", "anna@x.example")
    domain = [["contact_mechanisms", "where", [["type", "=", "email"], ["value", "ilike", "ANNA@x.example"]]]]
    fields = ["name", "contact_mechanisms.value"]
    (row,) = person.model("party.party.search_read", domain, 0, 2, None, fields)["result"]
    assert [each["value"] for each in row["contact_mechanisms."]] == ["anna@x.example"]
    none = [["contact_mechanisms.value", "ilike", "anna_x.example"], ["name", "=", "Bert"]]
    assert person.model("party.party.search_read", none, 0, 2, None, fields)["result"] == []


def test_a_sale_goes_from_button_to_button_and_a_wrong_one_changes_nothing(person: Person) -> None:
    (sale,) = person.sale(reference="1")["result"]
    refused = person.model("sale.sale.confirm", [sale])
    assert error(refused)[0] == "UserError"
    assert "can not call" in error(refused)[1]
    for button in ("quote", "confirm"):
        assert person.model(f"sale.sale.{button}", [sale]) == {"id": 3, "result": None}
    fields = ["state", "shipment_state", "invoice_state", "shipments.state", "invoices.state"]
    (row,) = person.model("sale.sale.search_read", [["id", "=", sale]], 0, 1, None, fields)["result"]
    assert [row[name] for name in fields[:3]] == ["processing", "waiting", "pending"]
    assert error(person.model("sale.sale.cancel", [sale]))[0] == "UserError"
    assert error(person.model("sale.sale.write", [sale], {"description": "x"}))[0] == "UserError"
    assert person.model("sale.sale.write", [sale], {"comment": "x"})["result"] is None
    assert "don't exist" in error(person.model("sale.sale.quote", [99999]))[1]


def test_a_reference_is_not_unique(person: Person) -> None:
    assert person.sale(reference="1")["result"] != person.sale(reference="1")["result"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"unit": None}, "A value is required"),
        ({"unit_price": None}, "A value is required"),
        ({"product": 99999}, "not valid according to its domain"),
        ({"quantity": 1.5}, "exceeds the limit"),
        ({"unit_price": {"__class__": "Decimal", "decimal": "1.23456"}}, "exceeds the limit"),
        ({"taxes": [["add", [99999]]]}, "not valid according to its domain"),
    ],
)
def test_a_line_that_does_not_fit_is_refused_and_nothing_is_made(person: Person, line: Any, message: str) -> None:
    refused = person.sale(line=line)
    assert error(refused)[0] == "UserError"
    assert message in error(refused)[1]
    assert person.office.sales == []


@pytest.mark.parametrize(
    ("price", "quantity", "total"), [("3.465", 1, "3.46"), ("3.475", 1, "3.48"), ("0.3333", 3, "1.00")]
)
def test_a_line_is_rounded_halves_to_the_even_cent(person: Person, price: str, quantity: int, total: str) -> None:
    (sale,) = person.sale(line={"unit_price": {"__class__": "Decimal", "decimal": price}, "quantity": quantity})[
        "result"
    ]
    fields = ["total_amount"]
    (row,) = person.model("sale.sale.search_read", [["id", "=", sale]], 0, 1, None, fields)["result"]
    assert row["total_amount"]["decimal"] == total


def test_wrong_numbers_of_goods_and_companies_are_refused(person: Person) -> None:
    vat = {"name": "A", "identifiers": [["create", [{"type": "eu_vat", "code": "DE1"}]]]}
    assert "not valid" in error(person.model("party.party.create", [vat]))[1]


def test_somebody_looks_at_the_page(person: Person) -> None:
    person.sale(reference="10042")
    assert "10042" in person.http.get("/").text
