"""The examples of the platform file, held against the emulator: the same calls get answers of the same shape."""

from typing import Any

import pytest

from tests.sandbox.platforms.roapp.calls import Client

ORDER_KEYS = {
    *("id", "number", "status", "created_at", "modified_at", "closed_at", "branch_id", "order_type", "manager_id"),
    *("assignee_id", "client", "manager_notes", "malfunction", "urgent", "due_date", "estimated_price", "discount_sum"),
    *("payed", "total", "is_deduction_required", "custom_fields", "ad_campaign_id"),
}
CLIENT_KEYS = {
    *("id", "is_organization", "name", "first_name", "last_name", "email", "phone", "address", "discount_code"),
    "custom_fields",
}


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_list_of_orders_is_paged_and_its_rows_are_as_documented(client: Client) -> None:
    product = client.app.add_product("MUG-RED", 100)
    made = client.order(manager_id=31, manager_notes="Shop order 1042", custom_fields={"f123": "1042"})
    client.line(made["id"], product.id, quantity=3)
    answer = client.get("/v2/orders", {"page": 1, "modified_at[]": "2025-03-01T00:00:00Z", "sort": "modified_at"})
    assert answer["paging"] == {"page": 1, "page_size": 50, "total_pages": 1, "count": 1}
    (row,) = answer["data"]
    assert row.keys() >= ORDER_KEYS
    assert row["client"].keys() == CLIENT_KEYS
    assert (row["status"]["name"], row["order_type"]) == ("New", {"id": 21, "name": "Web order"})
    assert (row["number"], row["total"], row["payed"], row["discount_sum"]) == ("A0107", "270.00", "0.00", 0)
    assert (row["client"]["phone"], row["client"]["email"]) == (["40700000001"], "")
    assert (row["custom_fields"]["f123"], row["is_deduction_required"]) == ("1042", True)
    assert row["modified_at"].endswith("Z")


def test_a_person_is_made_as_documented(client: Client) -> None:
    phone = {"title": "main", "phone": "40700000001", "notify": False}
    body = {"first_name": "Ana", "last_name": "Pop", "email": "ana@example.com", "phones": [phone]}
    answer = client.do("POST", "/v2/contacts/people", body)
    assert (answer["first_name"], answer["last_name"]) == ("Ana", "Pop")
    assert (answer["phones"][0]["title"], answer["phones"][0]["phone"]) == ("main", "40700000001")


@pytest.mark.parametrize(("created", "path"), [("record", ()), ("id", ()), ("data", ("data",)), ("list", ("data", 0))])
def test_a_creation_answers_in_one_of_four_ways(created: Any, path: tuple[Any, ...]) -> None:
    answer = Client(created=created).order()
    for step in path:
        answer = answer[step]
    assert answer["id"]
    assert ("number" in answer) == (created in ("record", "data"))


def test_a_line_is_made_as_documented_and_shows_its_product(client: Client) -> None:
    product, order = client.app.add_product("MUG-RED", 100, title="Mug red"), client.order()
    made = client.line(order["id"], product.id, comment="MUG-RED", tax_ids=[101])
    (row,) = client.get(f"/v2/orders/{order['id']}/items")
    assert row == made
    assert (row["quantity"], row["price"], row["cost"], row["write_offs"]) == ("2", "90.00", "0.00", None)
    assert row["warranty"] == {"period": "0", "unit": "days"}
    assert (row["entity"]["sku"], row["entity"]["type"]) == ("MUG-RED", "product")
    assert row["taxes"][0]["id"] == 101
    assert client.app.order(order["id"]).total == 180


def test_lists_around_orders_come_as_documented(client: Client) -> None:
    statuses = client.get("/v2/orders/statuses")
    assert {"id": 51, "name": "New", "color": "#00aa00", "group": {"type": 1, "name": "Stage 1"}} in statuses
    assert {"id": 21, "title": "Web order"} in client.get("/v2/orders/types")
    (place, _) = client.get("/v2/company/locations")["data"]
    assert (place["id"], place["name"], place["is_archived"]) == (11, "Main", False)
    assert client.get("/v2/company")["currency"] == "RON"
    assert {row["id"] for row in client.get("/v2/orders/custom-fields")} == {123, 124}


def test_a_status_is_set_with_a_comment(client: Client) -> None:
    order = client.order()
    client.do("POST", f"/v2/orders/{order['id']}/status", {"status_id": 52, "comment": "changed in the shop"})
    assert client.app.status_of(order["id"]) == "In progress"
    assert client.app.comments(order["id"]) == ["changed in the shop"]


def test_warehouses_and_goods_come_as_documented(client: Client) -> None:
    client.app.add_product("MUG-RED", 100, 7, title="Mug red", code="1001")
    answer = client.get("/warehouse/", {"type": "product"})
    assert {"id": 61, "title": "Main stock", "is_global": False, "type": "product"} in answer["data"]
    assert answer["success"]
    assert answer["count"] == 2
    answer = client.get("/warehouse/goods/61", {"articles[]": "MUG-RED", "page": 1})
    (row,) = answer["data"]
    assert (row["article"], row["residue"], row["price"], row["code"]) == ("MUG-RED", 7, {"81": 100}, "1001")
    assert row["category"]["title"] == "Goods"


def test_refusals_are_shaped_as_proposed(client: Client) -> None:
    assert client.refused("GET", "/v2/company", headers={"authorization": "Bearer nobody"}) == (401, "Unauthorized")
    status, message = client.refused("POST", "/v2/orders", {"branch_id": 11, "order_type_id": 21})
    assert (status, message) == (400, {"validation": {"client_id": ["required"]}})
    client.app.throttle()
    assert client.refused("GET", "/v2/company") == (429, "Too Many Requests")
