"""What a call or a person does in the emulated RO App, and who hears of it: times, references, documents, events."""

import json

import pytest

from tests.sandbox.platforms.roapp.calls import LINE, Client


@pytest.fixture
def client() -> Client:
    return Client()


def hooked(client: Client) -> None:
    """Let somebody hear of all events from now on."""
    client.app.add_endpoint("https://bridge.example/hook", "s3cret")


def told(client: Client) -> list[tuple[str, int]]:
    """What was told since the last time: event and employee."""
    bodies = [json.loads(request.content) for request in client.hooked]
    client.hooked.clear()
    return [(body["event_name"], body["employee"]["id"]) for body in bodies]


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["scheduled_for", "due_date"])
def test_orders_are_found_by_when_they_are_planned(client: Client, name: str) -> None:
    early = client.order(**{name: "2026-04-01T10:00:00Z"})["id"]
    late = client.order(**{name: "2026-04-03T10:00:00+02:00"})["id"]
    client.order()

    def ids(*times: str) -> list[int]:
        return [row["id"] for row in client.get("/v2/orders", {f"{name}[]": times})["data"]]

    assert ids("2026-04-01T10:00:00Z") == [early, late]
    assert ids("2026-04-01T10:00:01Z") == [late]
    assert ids("2026-04-01T00:00:00Z", "2026-04-03T07:59:59Z") == [early]
    assert ids("2026-04-03T08:00:00Z", "2026-04-03T08:00:00Z") == [late]


def test_no_order_has_an_asset(client: Client) -> None:
    client.order()
    assert client.get("/v2/orders", {"asset_uid[]": "ABC"})["data"] == []


def test_closed_orders_are_found_by_when_they_were_closed(client: Client) -> None:
    closed = client.order()["id"]
    client.order()
    client.app.set_status(closed, "Completed")
    at = client.get(f"/v2/orders/{closed}")["closed_at"]
    assert [row["id"] for row in client.get("/v2/orders", {"closed_at[]": at})["data"]] == [closed]


def test_times_are_told_in_utc(client: Client) -> None:
    made = client.order(scheduled_for="2026-04-03T10:00:00+02:00", due_date="2026-04-04T00:00:00+03:00")
    assert (made["scheduled_for"], made["due_date"]) == ("2026-04-03T08:00:00Z", "2026-04-03T21:00:00Z")
    changed = client.do("PATCH", f"/v2/orders/{made['id']}", {"due_date": None})
    assert (changed["scheduled_for"], changed["due_date"]) == ("2026-04-03T08:00:00Z", None)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "2026-04-03T10:00:00.5Z", "2026-04-03T10:00:00"])
def test_a_time_that_is_none_in_utc_is_refused(client: Client, time: str) -> None:
    order = client.order()["id"]
    status, message = client.refused("PATCH", f"/v2/orders/{order}", {"due_date": time})
    assert (status, list(message["validation"])) == (400, ["due_date"])


def test_the_account_is_as_old_as_it_is(client: Client) -> None:
    paths = ("/v2/company", "/v2/company/locations", "/v2/company/employees")
    before = [client.get(path) for path in paths]
    client.clock.advance(days=3)
    assert [client.get(path) for path in paths] == before


# --- what is named has to exist --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["asset_id", "resource_id", "ad_campaign_id", "payer_id", "assignee_id"])
def test_an_order_refers_to_what_exists(client: Client, name: str) -> None:
    order = client.order()["id"]
    status, message = client.refused("PATCH", f"/v2/orders/{order}", {name: 99})
    assert (status, message) == (400, {"validation": {name: ["unknown"]}})


def test_an_advertising_source_is_listed_and_taken(client: Client) -> None:
    (source,) = client.get("/marketing/campaigns/")["data"]
    assert source == {"id": 111, "name": "Web shop"}
    assert client.order(ad_campaign_id=source["id"])["ad_campaign_id"] == 111


@pytest.mark.parametrize(
    ("values", "name"), [({"manager_id": 9}, "manager_id"), ({"ad_campaign_id": 9}, "ad_campaign_id")]
)
def test_a_contact_refers_to_what_exists(client: Client, values: dict[str, int], name: str) -> None:
    person = client.app.add_person("Ana")
    for method, path in (("POST", "/v2/contacts/people"), ("PATCH", f"/v2/contacts/people/{person.id}")):
        status, message = client.refused(method, path, {"first_name": "Eve", **values})
        assert (status, message) == (400, {"validation": {name: ["unknown"]}})
    assert [each.name for each in client.app.contacts] == ["Ana"]


def test_a_contact_has_no_fields_of_the_account_s_own(client: Client) -> None:
    body = {"first_name": "Ana", "custom_fields": {"f123": "x"}}
    assert client.refused("POST", "/v2/contacts/people", body)[1] == {"validation": {"f123": ["unknown"]}}


@pytest.mark.parametrize("spelling", ["public-url", "public_url"])
def test_the_public_link_is_real_and_not_emulated(client: Client, spelling: str) -> None:
    assert client.refused("GET", f"/v2/orders/{client.order()['id']}/{spelling}")[0] == 501


# --- products and documents ------------------------------------------------------------------------------------------


def test_a_product_that_was_deleted_stays_in_the_orders_that_have_it(client: Client) -> None:
    product, order = client.app.add_product("MUG", stock=7, title="Mug"), client.order()["id"]
    item = client.line(order, product.id)["id"]
    client.app.delete_product(product)
    (row,) = client.get(f"/v2/orders/{order}/items")
    assert (row["entity"]["sku"], row["entity"]["title"]) == ("MUG", "Mug")
    assert client.do("PATCH", f"/v2/orders/{order}/items/{item}", {"quantity": 1})["quantity"] == "1"
    body = {**LINE, "entity_id": product.id}
    assert client.refused("POST", f"/v2/orders/{order}/items", body)[1] == {"validation": {"entity_id": ["unknown"]}}
    assert client.get("/products/")["count"] == client.get("/warehouse/goods/61")["count"] == 0
    client.app.write_off(order)
    assert client.get(f"/v2/orders/{order}")["is_deduction_required"] is False


def test_a_write_off_takes_no_more_than_there_is_however_it_is_cut(client: Client) -> None:
    mug = client.app.add_product("MUG", stock=7)
    rows = [{"entity_id": mug.id, "quantity": quantity} for quantity in (5, 3)]
    status, message = client.refused("POST", "/warehouse/outcome-transactions/", {"warehouse": 61, "entities": rows})
    assert (status, list(message["validation"])) == (400, ["entities"])
    assert client.app.stock("MUG") == 7


def test_a_posting_may_tell_what_is_paid(client: Client) -> None:
    mug = client.app.add_product("MUG")
    rows = [{"entity_id": mug.id, "quantity": "2.5", "cost": 1}]
    body = {"branch_id": 11, "warehouse_id": 62, "supplier_id": 1, "products": rows, "cashflow": {"amount": 5}}
    client.do("POST", "/warehouse/postings/", body)
    (row,) = client.get("/warehouse/goods/62")["data"]
    assert row["residue"] == 2.5


def test_large_lines_can_be_read(client: Client) -> None:
    product, order = client.app.add_product("MUG"), client.order()["id"]
    off = {"type": "percentage", "percentage": "99999999999", "amount": 0, "sponsor": "company"}
    status, message = client.refused(
        "POST", f"/v2/orders/{order}/items", {**LINE, "entity_id": product.id, "discount": off}
    )
    assert (status, list(message["validation"])) == (400, ["discount.percentage"])
    client.line(order, product.id, quantity="99999999999", price="99999999999.99")
    assert client.get(f"/v2/orders/{order}")["total"] == "9999999999899000000000.01"


# --- events ----------------------------------------------------------------------------------------------------------


def test_another_planned_time_is_told_in_milliseconds_beside_the_change(client: Client) -> None:
    order = client.order()["id"]
    hooked(client)
    client.do("PATCH", f"/v2/orders/{order}", {"scheduled_for": "2026-04-03T10:00:00+02:00"})
    first, second = (json.loads(request.content) for request in client.hooked)
    assert (first["event_name"], second["event_name"]) == ("Order.Updated", "Order.ScheduledTime.Changed")
    assert second["metadata"]["new"] == 1775203200000
    client.hooked.clear()
    client.do("PATCH", f"/v2/orders/{order}", {"scheduled_for": "2026-04-03T08:00:00Z"})
    assert told(client) == [("Order.Updated", 31)]
    client.app.write(order, scheduled_for=None)
    assert json.loads(client.hooked[1].content)["metadata"]["new"] is None
    assert told(client) == [("Order.Updated", 32), ("Order.ScheduledTime.Changed", 32)]


def test_every_change_by_a_person_names_the_person(client: Client) -> None:
    client.app.add_product("MUG", stock=9)
    order = client.order()["id"]
    hooked(client)
    item = client.app.add_item(order, "MUG", 2)
    assert item.assignee == 32
    client.app.change_item(order, item, quantity=1)
    client.app.remove_item(order, item)
    client.app.add_comment(order, "by courier", employee=33)
    client.app.pay(order)
    client.app.write_off(order)
    client.app.set_tracking(order, "T-1")
    assert told(client) == [("Order.Updated", 32)] * 3 + [("Order.Updated", 33)] + [("Order.Updated", 32)] * 3
    client.app.cancel(order)
    client.app.delete_order(order)
    assert told(client) == [("Order.Status.Changed", 32), ("Order.Deleted", 32)]
    client.app.add_person("Ana")
    client.app.add_organization("Pop SRL")
    client.do("POST", "/v2/contacts/people", {"first_name": "Eve"})
    assert told(client) == [("Client.Created", 32), ("Client.Created", 32), ("Client.Created", 31)]


def test_every_change_by_a_call_names_the_key_s_owner(client: Client) -> None:
    product, order = client.app.add_product("MUG"), client.order()["id"]
    hooked(client)
    item = client.line(order, product.id)["id"]
    client.do("PATCH", f"/v2/orders/{order}/items/{item}", {"quantity": 0})
    client.do("PATCH", f"/v2/orders/{order}", {"urgent": True})
    client.do("POST", f"/v2/orders/{order}/comments", {"comment": "x"})
    assert told(client) == [("Order.Updated", 31)] * 4


def test_a_comment_with_the_status_that_is_there_is_a_change_too(client: Client) -> None:
    order = client.order()
    client.do("POST", f"/v2/orders/{order['id']}/status", {"status_id": 51, "comment": "x"})
    assert client.get(f"/v2/orders/{order['id']}")["modified_at"] > order["modified_at"]


def test_what_was_refused_changes_nothing_and_is_not_told(client: Client) -> None:
    product, order = client.app.add_product("MUG"), client.order()["id"]
    before = client.get(f"/v2/orders/{order}")
    hooked(client)
    client.refused("PATCH", f"/v2/orders/{order}", {"manager_notes": "x", "manager_id": 99})
    client.refused("POST", f"/v2/orders/{order}/status", {"status_id": 99, "comment": "x"})
    client.refused("POST", f"/v2/orders/{order}/items", {**LINE, "entity_id": product.id, "assignee_id": 99})
    assert (client.get(f"/v2/orders/{order}"), client.app.comments(order), told(client)) == (before, [], [])


def test_nobody_answers_a_webhook_and_a_taken_call_makes_good_for_failures(client: Client) -> None:
    order = client.order()["id"]
    endpoint = client.app.add_endpoint("https://bridge.example/hook", "s3cret", ["Order.Updated"])
    for answer in (500, 500, 200, 500):
        client.hook_status = answer
        client.app.write(order, manager_notes=str(answer))
    assert (endpoint.failures, endpoint.on, len(client.app.webhooks.failed)) == (1, True, 3)
