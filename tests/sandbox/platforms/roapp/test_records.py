"""Contacts, catalogue, stock and webhooks of the emulated RO App."""

import hmac
import json
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.roapp.webhooks import signature
from tests.sandbox.platforms.roapp.calls import Client


@pytest.fixture
def client() -> Client:
    return Client()


# --- contacts --------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_and_digits_of_the_phone_and_never_by_mail(client: Client) -> None:
    ana = client.app.add_person("Ana", "Pop", phone="+40 700-000-001", email="ana@example.com")
    client.app.add_person("Bob", phone="40700000001")
    client.app.add_organization("Ana SRL", phone="40700000001")

    def ids(**params: str) -> list[int]:
        return [
            row["id"] for row in client.get("/v2/contacts/people", {f"{k}[]": v for k, v in params.items()})["data"]
        ]

    assert len(ids(phones="+40700000001")) == 2
    assert ids(names="ana p") == [ana.id]
    assert ids(phones="40700000001", names="Ana") == [ana.id]
    assert client.refused("GET", "/v2/contacts/people", params={"emails[]": "ana@example.com"})[0] == 400
    assert len(client.get("/v2/contacts/organizations")["data"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        ("people", {"last_name": "Pop"}, ["first_name"]),
        ("people", {"first_name": " "}, ["first_name"]),
        ("people", {"first_name": "Ana", "name": "x"}, ["name"]),
        ("people", {"first_name": "Ana", "phones": ["0700"]}, ["phones[0]"]),
        ("organizations", {"first_name": "Ana"}, ["first_name", "name"]),
    ],
)
def test_a_contact_that_cannot_be_is_refused(client: Client, path: str, body: Any, names: list[str]) -> None:
    status, message = client.refused("POST", f"/v2/contacts/{path}", body)
    assert (status, list(message["validation"])) == (400, names)


def test_a_contact_is_changed_and_is_of_one_kind_only(client: Client) -> None:
    made = client.do("POST", "/v2/contacts/organizations", {"name": "Pop SRL", "tax_identification_number": "RO1"})
    client.do("PATCH", f"/v2/contacts/organizations/{made['id']}", {"address": "Str. 5"})
    shown = client.get(f"/v2/contacts/organizations/{made['id']}")
    assert (shown["name"], shown["address"], shown["tax_identification_number"]) == ("Pop SRL", "Str. 5", "RO1")
    assert client.refused("GET", f"/v2/contacts/people/{made['id']}")[0] == 404


@pytest.mark.parametrize(
    ("how", "asked"),
    [
        ("part", ["700000001", "40700000001", "+40 700 000 001"]),
        ("digits", ["40700000001", "+40 700 000 001"]),
        ("text", ["+40 700 000 001"]),
    ],
)
def test_how_a_phone_is_searched_is_not_known(how: Any, asked: list[str]) -> None:
    client = Client(phones=how)
    client.order()
    spellings = ["700000001", "40700000001", "+40 700 000 001", "0040700000001", "-"]
    for path, name in (("/v2/contacts/people", "phones[]"), ("/v2/orders", "client_phones[]")):
        assert [each for each in spellings if client.get(path, {name: each})["data"]] == asked


def test_a_second_contact_with_a_phone_is_made_or_refused_where_the_account_wants_that(client: Client) -> None:
    body = {"name": "Pop SRL", "phones": [{"phone": "40700000001"}]}
    for each in (client, strict := Client(one_contact_a_phone=True)):
        each.app.add_person("Ana", phone="+40 700 000 001")
    client.do("POST", "/v2/contacts/organizations", body)
    assert strict.refused("POST", "/v2/contacts/organizations", body) == (
        400,
        {"validation": {"phones": ["another contact has it"]}},
    )
    assert (len(client.app.contacts), len(strict.app.contacts)) == (2, 1)


# --- catalogue -------------------------------------------------------------------------------------------------------


def test_products_are_looked_up_and_an_sku_may_be_there_twice(client: Client) -> None:
    first = client.app.add_product("MUG", title="Mug", code="1001", barcodes=("594",))
    second = client.app.add_product("MUG", title="Mug large")

    def ids(**params: Any) -> list[int]:
        return [row["id"] for row in client.get("/products/", params)["data"]]

    assert ids(**{"articles[]": "MUG"}) == [first.id, second.id]
    assert ids(title="Mug") == ids(**{"barcodes[]": "594"}) == ids(q="1001") == ids(**{"ids[]": first.id}) == [first.id]
    assert ids(q="mug l") == [second.id]
    assert ids(**{"articles[]": "mug"}) == []


@pytest.mark.parametrize(("prices", "shown"), [("list", [{"id": 81, "price": "9.50"}]), ("map", {"81": "9.50"})])
def test_prices_and_barcodes_come_in_two_forms(prices: Any, shown: Any) -> None:
    client = Client(prices=prices, barcodes="texts")
    body = {"title": "Mug", "category_id": 91, "article": "MUG", "prices": {"81": "9.50"}, "barcodes": ["594"]}
    made = client.do("POST", "/products/", body)["data"][0]["id"]
    (row,) = client.get("/v2/catalog/products")["data"]
    assert (row["id"], row["sku"], row["prices"], row["barcodes"]) == (made, "MUG", shown, ["594"])


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"title": "Mug"}, ["category_id"]),
        ({"title": "Mug", "category_id": 9}, ["category_id"]),
        ({"title": "Mug", "category_id": 91, "prices": {"9": 1}}, ["prices.9"]),
        ({"title": "Mug", "category_id": 91, "sku": "MUG"}, ["sku"]),
    ],
)
def test_a_product_that_cannot_be_is_refused(client: Client, body: Any, names: list[str]) -> None:
    status, message = client.refused("POST", "/products/", body)
    assert (status, list(message["validation"])) == (400, names)
    assert not client.app.products


def test_a_product_is_changed_by_put_and_on_some_accounts_by_patch(client: Client) -> None:
    product = client.app.add_product("MUG")
    client.do("PUT", f"/products/{product.id}", {"title": "Cup"})
    client.do("PATCH", f"/products/{product.id}", {"prices": {"82": 5}})
    assert (product.title, product.prices[82]) == ("Cup", Decimal(5))
    assert Client(patches_products=False).refused("PATCH", "/products/1", {})[0] == 405


def test_what_no_source_shows_is_off(client: Client) -> None:
    product = client.app.add_product("MUG")
    assert client.refused("POST", "/v2/catalog/products", {"title": "Mug", "category_id": 91})[0] == 405
    assert client.refused("GET", f"/v2/catalog/products/{product.id}")[0] == 404
    bold = Client(products_of_v2_are_made=True, one_product_of_v2=True)
    made = bold.do("POST", "/v2/catalog/products", {"title": "Mug", "category_id": 91, "sku": "MUG"})
    assert bold.get(f"/v2/catalog/products/{made['id']}")["sku"] == "MUG"


def test_services_are_apart(client: Client) -> None:
    work = client.app.add_product("WORK", kind="service")
    (row,) = client.get("/v2/catalog/services")["data"]
    assert row["id"] == work.id
    one = client.get(f"/v2/catalog/services/{work.id}")
    assert one.get("data", one)["id"] == work.id
    assert client.get("/v2/catalog/products")["data"] == []
    assert client.get("/v2/catalog/services/categories")["data"][0]["title"] == "Works"


# --- stock -----------------------------------------------------------------------------------------------------------


def test_figures_are_by_warehouse_and_empty_ones_may_be_left_out(client: Client) -> None:
    client.app.add_product("MUG", stock=7)
    client.app.add_product("CUP", stock=0)
    client.app.set_stock("MUG", 2, 62)
    assert [row["residue"] for row in client.get("/warehouse/goods/61")["data"]] == [7, 0]
    assert [row["residue"] for row in client.get("/warehouse/goods/62")["data"]] == [2]
    shown = client.get("/warehouse/goods/61", {"exclude_zero_residue": "1"})
    assert (shown["count"], shown["data"][0]["article"]) == (1, "MUG")
    assert client.refused("GET", "/warehouse/goods/99")[0] == 404
    assert client.get("/warehouse/", {"branch_id": 12})["data"] == []


def test_stock_is_changed_by_documents_only(client: Client) -> None:
    mug = client.app.add_product("MUG", stock=1)
    rows = [{"entity_id": mug.id, "quantity": 5, "cost": "2.00"}]
    body = {"branch_id": 11, "warehouse_id": 61, "supplier_id": 1, "products": rows}
    client.do("POST", "/warehouse/postings/", body)
    assert client.app.stock("MUG") == 6
    out = {"warehouse": 61, "entities": [{"entity_id": mug.id, "quantity": 4}]}
    client.do("POST", "/warehouse/outcome-transactions/", out)
    assert client.app.stock("MUG") == 2
    assert client.refused("POST", "/warehouse/outcome-transactions/", out)[0] == 400
    assert client.app.stock("MUG") == 2
    assert client.refused("POST", "/warehouse/postings/", {**body, "warehouse_id": 9})[0] == 400
    assert client.get("/warehouse/postings/")["count"] == client.get("/warehouse/outcome-transactions/")["count"] == 1


def test_a_sale_over_the_counter_takes_goods(client: Client) -> None:
    client.app.add_product("MUG", 10, 3)
    client.app.sell({"MUG": 2})
    assert client.app.stock("MUG") == 1
    (sale,) = client.get("/v2/sales")["data"]
    (line,) = client.get(f"/v2/sales/{sale['id']}")["items"]
    assert (line["quantity"], line["entity"]["sku"]) == ("2", "MUG")


# --- webhooks --------------------------------------------------------------------------------------------------------


def hooked(client: Client, *events: str) -> Client:
    """With an endpoint for these events, or all."""
    client.app.add_endpoint("https://bridge.example/hook", "s3cret", *([events] if events else []))
    return client


def test_a_change_is_told_with_a_signature_over_the_id_alone(client: Client) -> None:
    order = hooked(client).order()
    client.hooked.clear()
    client.app.set_status(order["id"], "Ready")
    (request,) = client.hooked
    body = json.loads(request.content)
    assert (body["event_name"], body["context"]) == (
        "Order.Status.Changed",
        {"object_id": order["id"], "object_type": "order"},
    )
    assert (body["metadata"]["old"], body["metadata"]["new"]) == ({"id": 51}, {"id": 53})
    assert body["metadata"]["order"] == {"id": order["id"], "name": "A0107"}
    assert (body["employee"]["id"], body["employee"]["full_name"]) == (32, "Eva Demo")
    assert request.headers["x-webhook-id"] == body["id"]
    assert request.headers["x-signature"] == hmac.new(b"s3cret", body["id"].encode(), "sha256").hexdigest()
    assert signature("s3cret", body["id"]) == request.headers["x-signature"]


def test_changes_by_our_own_key_are_told_too_and_name_its_owner(client: Client) -> None:
    order = hooked(client, "Order.Created", "Order.Status.Changed").order()
    client.do("POST", f"/v2/orders/{order['id']}/status", {"status_id": 52})
    bodies = [json.loads(request.content) for request in client.hooked]
    assert [body["event_name"] for body in bodies] == ["Order.Created", "Order.Status.Changed"]
    assert {body["employee"]["id"] for body in bodies} == {31}
    client.do("POST", f"/v2/orders/{order['id']}/status", {"status_id": 52})
    assert len(client.hooked) == 2


def test_an_endpoint_that_takes_nothing_is_switched_off(client: Client) -> None:
    order = hooked(client, "Order.Updated").order()
    client.hook_status = 500
    for number in range(12):
        client.app.write(order["id"], manager_notes=str(number))
    assert len(client.hooked) == 10


def test_calls_are_held_dropped_doubled_and_turned_round(client: Client) -> None:
    order = hooked(client, "Order.Status.Changed").order()
    client.app.webhooks.hold()
    client.app.set_status(order["id"], "Ready")
    client.app.set_status(order["id"], "Shipped")
    assert client.hooked == []
    client.app.webhooks.release(reversed, 2)
    told = [json.loads(request.content)["metadata"]["new"]["id"] for request in client.hooked]
    assert told == [54, 54, 53, 53]
    client.app.webhooks.hold()
    client.app.set_status(order["id"], "New")
    assert client.app.webhooks.drop() == 1
    assert len(client.hooked) == 4


def test_a_call_may_be_missing_doubled_or_signed_wrongly(client: Client) -> None:
    order = hooked(client, "Order.Updated").order()
    for fault, calls in (("missing_webhook", 0), ("duplicate_webhook", 2), ("wrong_signature", 1)):
        client.hooked.clear()
        client.app.faults.plan(fault, "Order.Updated")
        client.app.write(order["id"], manager_notes=fault)
        assert len(client.hooked) == calls
    assert client.hooked[0].headers["x-signature"] == "0" * 64


def test_a_call_may_have_its_id_in_the_body_alone_and_tell_nothing_more() -> None:
    client = hooked(Client(hooks_tell_their_id=False, hooks_are_sparse=True))
    order = client.order()
    body = json.loads(client.hooked[-1].content)
    assert "x-webhook-id" not in client.hooked[-1].headers
    assert client.hooked[-1].headers["x-signature"] == signature("s3cret", body["id"])
    assert (body["context"]["object_id"], body["metadata"]) == (order["id"], {})
