"""Keys, limits, addresses, parameters and faults of the emulated RO App."""

from typing import Any

import httpx
import pytest

from sandbox.platforms.kit.doubles import Doubles
from tests.sandbox.platforms.roapp.calls import Client


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic roapp-key-emul-01", "roapp-key-emul-01", "Bearer x"])
def test_only_a_bearer_key_of_the_account_lets_in(authorization: str) -> None:
    assert Client().refused("GET", "/v2/company", headers={"authorization": authorization})[0] == 401


def test_three_calls_a_second_and_no_more() -> None:
    client = Client(calm=False)
    found = [client.send("GET", "/v2/company").status_code for _ in range(5)]
    assert found == [200, 200, 200, 429, 429]
    client.clock.advance(seconds=1)
    assert client.send("GET", "/v2/company").status_code == 200


def test_a_limit_may_tell_how_long_to_wait() -> None:
    client = Client(retry_after=2)
    client.app.throttle()
    assert client.send("GET", "/v2/company").headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "path",
    ["/", "/v2/nothing", "/v2/orders/", "/v2/orders/x", "/orders", "/v2/warehouse/", "/v2/contacts/people/custom"],
)
def test_what_is_no_address_is_not_found(path: str) -> None:
    answer = Client().send("POST", path, {})
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("path", ["/warehouse", "/warehouse/", "/margins", "/products"])
def test_a_closing_slash_of_the_unversioned_api_does_not_matter(path: str) -> None:
    assert Client().get(path)["success"]


def test_what_is_real_and_not_emulated_says_so() -> None:
    assert Client().refused("GET", "/v2/invoices/statuses")[0] == 501


def test_a_call_that_the_employee_may_not_make_is_forbidden() -> None:
    client = Client()
    client.app.forbid("POST /v2/orders")
    assert client.refused("POST", "/v2/orders", {"branch_id": 1, "order_type_id": 1, "client_id": 1})[0] == 403


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"colour": "red"}, "colour"),
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"statuses[]": "new"}, "statuses"),
        ({"modified_at[]": "yesterday"}, "modified_at"),
        ({"modified_at[]": "2025-03-01T00:00:00.5Z"}, "modified_at"),
        ({"modified_at[]": "2025-03-01T00:00:00"}, "modified_at"),
        ({"sort": "colour"}, "sort"),
    ],
)
def test_a_parameter_that_is_none_is_named(params: dict[str, str], name: str) -> None:
    status, message = Client().refused("GET", "/v2/orders", params=params)
    assert (status, list(message["validation"])) == (400, [name])


@pytest.mark.parametrize("spelling", ["ids[]={0}&ids[]={1}", "ids={0}&ids={1}", "ids={0},{1}", "ids[]={0},{1}"])
def test_arrays_are_taken_in_three_spellings(spelling: str) -> None:
    client = Client()
    first, second, _ = (client.order()["id"] for _ in range(3))
    answer = client.get(f"/v2/orders?{spelling.format(first, second)}")
    assert [row["id"] for row in answer["data"]] == [first, second]


def test_pages_have_fifty_rows() -> None:
    client = Client()
    for number in range(51):
        client.app.add_product(f"SKU-{number}")
    assert len(client.get("/v2/catalog/products")["data"]) == 50
    second = client.get("/v2/catalog/products", {"page": 2})
    assert (len(second["data"]), second["paging"]["total_pages"], second["paging"]["count"]) == (1, 2, 51)
    assert client.get("/v2/catalog/products", {"page": 3})["data"] == []
    assert (client.get("/products/", {"page": 2})["count"], len(client.get("/products/", {"page": 2})["data"])) == (
        51,
        1,
    )


@pytest.mark.parametrize(
    ("fault", "status"),
    [("server_error", 502), ("html_page", 200), ("empty_body", 200), ("unauthorised", 401), ("throttled", 429)],
)
def test_a_fault_instead_of_the_work_does_nothing(fault: str, status: int) -> None:
    client = Client()
    client.app.faults.plan(fault, "POST /v2/contacts/people")
    answer = client.send("POST", "/v2/contacts/people", {"first_name": "Ana"})
    assert answer.status_code == status
    assert not client.app.contacts
    assert client.send("POST", "/v2/contacts/people", {"first_name": "Ana"}).json()["id"]


@pytest.mark.parametrize(("fault", "kept"), [("lost_request", 0), ("lost_answer", 1)])
def test_a_lost_call_is_a_time_out(fault: str, kept: int) -> None:
    client = Client()
    client.app.faults.plan(fault, "POST /v2/contacts/people")
    with pytest.raises(httpx.ReadTimeout):
        client.send("POST", "/v2/contacts/people", {"first_name": "Ana"})
    assert len(client.app.contacts) == kept


def test_faults_after_the_work_and_beside_it() -> None:
    client, happened = Client(), list[str]()
    client.app.faults.plan("error_afterwards", "POST /v2/contacts/people")
    client.app.faults.plan("meanwhile", "POST /v2/contacts/people", detail=lambda: happened.append("meanwhile"))
    client.app.faults.plan("afterwards", "POST /v2/contacts/people", detail=lambda: happened.append("afterwards"))
    assert client.send("POST", "/v2/contacts/people", {"first_name": "Ana"}).status_code == 500
    assert (len(client.app.contacts), happened) == (1, ["meanwhile", "afterwards"])
    client.app.faults.plan("error", "GET /v2/company", detail=(422, {"validation": {"x": ["odd"]}}))
    assert client.refused("GET", "/v2/company") == (422, {"validation": {"x": ["odd"]}})
    client.app.faults.plan("cut_body", "GET /v2/company")
    assert not client.send("GET", "/v2/company").text.endswith("}")


def test_a_slow_answer_lets_time_pass() -> None:
    waited: list[float] = []
    client = Client(sleep=waited.append)
    client.app.faults.plan("slow", "GET /v2/company", detail=7)
    client.get("/v2/company")
    assert waited == [7]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), (b"{", 400), (b"[]", 400), (b'"x"', 400), (b"[" * 50_000, 400), (b"\xff", 400)]
)
def test_a_body_that_is_no_object_is_refused(body: bytes, status: int) -> None:
    answer = Client().send("POST", "/v2/orders", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["success"] is False


def test_a_body_of_another_type_is_refused() -> None:
    assert Client().send("POST", "/v2/orders", data={"branch_id": "11"}).status_code == 415


def test_numbers_may_be_written_with_noise() -> None:
    client = Client()
    client.app.add_product("MUG", 10, 3)
    client.app.doubles = Doubles(computed=("residue",))
    answer = client.send("GET", "/warehouse/goods/61")
    assert b"2.9999999999999996" in answer.content


def test_the_page_for_people_shows_the_orders_and_escapes_them() -> None:
    client = Client()
    client.order(manager_notes="<b>1042</b>")
    page = client.http.get("/").text
    assert "A0107" in page
    assert "<b>1042" not in page


@pytest.mark.parametrize(
    ("options", "path", "shape"),
    [
        ({"bare_categories": True}, "/v2/catalog/products/categories", list),
        ({}, "/v2/catalog/products/categories", dict),
        ({"bare_employees": True}, "/v2/company/employees", list),
        ({}, "/v2/company/employees", dict),
    ],
)
def test_some_lists_come_with_or_without_an_envelope(options: dict[str, Any], path: str, shape: type) -> None:
    assert isinstance(Client(**options).get(path), shape)


def test_a_refusal_that_names_fields_may_be_a_422() -> None:
    client = Client(invalid=422)
    assert client.refused("POST", "/v2/contacts/people", {}) == (422, {"validation": {"first_name": ["required"]}})
    assert client.refused("POST", "/v2/orders", content=b"{", headers={"content-type": "application/json"})[0] == 400
    assert client.refused("GET", "/v2/orders/1")[0] == 404
