"""Work orders of the emulated RO App: made empty, filled, moved, commented on, written off."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.platforms.roapp.calls import LINE, Client


@pytest.fixture
def client() -> Client:
    return Client()


def test_an_order_begins_in_its_type_s_status_with_the_next_number(client: Client) -> None:
    first, second = client.order(), client.order(order_type_id=22)
    assert (first["status"]["id"], second["status"]["id"]) == (51, 52)
    assert (first["number"], second["number"]) == ("A0107", "A0108")
    assert (first["total"], first["created_by_id"]) == ("0.00", 31)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"number": "1042"}, ["number"]),
        ({"status_id": 51}, ["status_id"]),
        ({"branch_id": 99}, ["branch_id"]),
        ({"branch_id": 12}, ["branch_id"]),
        ({"client_id": 1}, ["client_id"]),
        ({"manager_id": 99, "order_type_id": 9}, ["order_type_id", "manager_id"]),
        ({"custom_fields": {"f999": "x"}}, ["f999"]),
        ({"custom_fields": {"123": "x"}}, ["custom_fields"]),
        ({"urgent": "yes"}, ["urgent"]),
        ({"due_date": "2025-03-01"}, ["due_date"]),
        ({"branch_id": True}, ["branch_id"]),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_no_order_is_made(
    client: Client, values: dict[str, Any], names: list[str]
) -> None:
    person = client.app.add_person("Ana")
    body = {"branch_id": 11, "order_type_id": 21, "client_id": person.id, **values}
    status, message = client.refused("POST", "/v2/orders", body)
    assert (status, list(message["validation"])) == (400, names)
    assert not client.app.orders


def test_an_account_may_make_fields_mandatory() -> None:
    client = Client(notes_are_required=("malfunction", "f123"))
    person = client.app.add_person("Ana")
    body = {"branch_id": 11, "order_type_id": 21, "client_id": person.id}
    assert client.refused("POST", "/v2/orders", body)[1] == {
        "validation": {"malfunction": ["required"], "f123": ["required"]}
    }
    client.do("POST", "/v2/orders", {**body, "malfunction": "none", "custom_fields": {"f123": "1"}})


def test_orders_are_found_by_what_is_documented(client: Client) -> None:
    first = client.order(manager_id=31)
    client.clock.advance(hours=1)
    second = client.order(order_type_id=22)
    client.app.set_status(second["id"], "Ready")
    client.app.add_person("Bob", phone="0711")

    def numbers(**params: Any) -> list[str]:
        asked = {f"{name}[]": value for name, value in params.items()}
        return [row["number"] for row in client.get("/v2/orders", asked)["data"]]

    assert numbers(types=22) == numbers(statuses=53) == numbers(ids=second["id"]) == ["A0108"]
    assert numbers(managers=31) == numbers(numbers="A0107") == ["A0107"]
    assert numbers(client_phones="700000001") == numbers(client_names="pop") == ["A0107", "A0108"]
    assert numbers(client_phones="0711") == []
    assert numbers(created_at=[first["created_at"], first["created_at"]]) == ["A0107"]
    assert numbers(modified_at=second["created_at"]) == ["A0108"]
    assert client.get("/v2/orders", {"sort": "-created_at"})["data"][0]["number"] == "A0108"


def test_every_change_bumps_the_time(client: Client) -> None:
    product, order = client.app.add_product("MUG"), client.order()
    item = client.line(order["id"], product.id)
    changes: list[Callable[[], object]] = [
        lambda: client.do("PATCH", f"/v2/orders/{order['id']}", {"manager_notes": "x"}),
        lambda: client.do("PATCH", f"/v2/orders/{order['id']}/items/{item['id']}", {"quantity": 5}),
        lambda: client.do("POST", f"/v2/orders/{order['id']}/status", {"status_id": 52}),
        lambda: client.do("POST", f"/v2/orders/{order['id']}/comments", {"comment": "x"}),
        lambda: client.app.set_tracking(order["id"], "T-1"),
        lambda: client.app.pay(order["id"]),
        lambda: client.app.write_off(order["id"]),
    ]
    seen = [client.app.order(order["id"]).modified]
    for change in changes:
        client.clock.advance(minutes=1)
        change()
        seen.append(client.app.order(order["id"]).modified)
    assert seen == sorted(set(seen))


def test_a_patch_changes_what_it_names_and_each_custom_field_for_itself(client: Client) -> None:
    order = client.order(manager_notes="a", custom_fields={"f123": "1042"})
    client.do("PATCH", f"/v2/orders/{order['id']}", {"custom_fields": {"f124": "T-1"}})
    shown = client.get(f"/v2/orders/{order['id']}")
    assert (shown["manager_notes"], shown["custom_fields"]) == ("a", {"f123": "1042", "f124": "T-1"})
    assert client.refused("PATCH", f"/v2/orders/{order['id']}", {"colour": "red"})[0] == 400
    assert client.refused("PATCH", "/v2/orders/1", {"urgent": True})[0] == 404


@pytest.mark.parametrize("name", sorted({*LINE, "entity_id"}))
def test_every_field_of_a_line_is_required(client: Client, name: str) -> None:
    product, order = client.app.add_product("MUG"), client.order()
    body = {key: value for key, value in {**LINE, "entity_id": product.id}.items() if key != name}
    status, message = client.refused("POST", f"/v2/orders/{order['id']}/items", body)
    assert (status, message) == (400, {"validation": {name: ["required"]}})


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"entity_id": 1}, ["entity_id"]),
        ({"assignee_id": 99}, ["assignee_id"]),
        ({"tax_ids": [9]}, ["tax_ids"]),
        ({"quantity": -1}, ["quantity"]),
        ({"price": "cheap"}, ["price"]),
        ({"discount": {"type": "gift", "percentage": 0, "amount": 0, "sponsor": "company"}}, ["discount.type"]),
        ({"warranty": {"period": "0", "unit": "days"}}, ["warranty.unit", "warranty.periodUnits"]),
    ],
)
def test_a_line_of_what_is_not_there_is_refused(client: Client, values: dict[str, Any], names: list[str]) -> None:
    product, order = client.app.add_product("MUG"), client.order()
    body = {**LINE, "entity_id": product.id, **values}
    status, message = client.refused("POST", f"/v2/orders/{order['id']}/items", body)
    assert (status, list(message["validation"])) == (400, names)
    assert not client.app.order(order["id"]).items


def test_discounts_and_services_make_up_the_total(client: Client) -> None:
    mug, work = client.app.add_product("MUG"), client.app.add_product("WORK", kind="service")
    order = client.order()
    off = {"type": "value", "percentage": 0, "amount": "10.50", "sponsor": "company"}
    percent = {"type": "percentage", "percentage": 10, "amount": 0, "sponsor": "staff"}
    client.line(order["id"], mug.id, discount=off)
    client.line(order["id"], work.id, quantity="1.5", price="20.00", discount=percent)
    shown = client.get(f"/v2/orders/{order['id']}")
    assert (shown["total"], shown["discount_sum"]) == ("196.50", 13.5)


def test_a_line_is_changed_and_set_to_nothing_but_not_taken_away(client: Client) -> None:
    product, order = client.app.add_product("MUG"), client.order()
    item = client.line(order["id"], product.id)
    path = f"/v2/orders/{order['id']}/items/{item['id']}"
    assert client.do("PATCH", path, {"quantity": 0})["quantity"] == "0"
    assert client.app.order(order["id"]).total == 0
    assert client.refused("DELETE", path)[0] == 405
    assert client.refused("PATCH", f"/v2/orders/{order['id']}/items/1", {"quantity": 1})[0] == 404


def test_a_line_moves_no_stock_until_it_is_written_off_and_is_fixed_then(client: Client) -> None:
    product, order = client.app.add_product("MUG", stock=7), client.order()
    item = client.line(order["id"], product.id)
    assert client.app.stock("MUG") == 7
    client.app.write_off(order["id"])
    assert client.app.stock("MUG") == 5
    shown = client.get(f"/v2/orders/{order['id']}")
    assert shown["is_deduction_required"] is False
    (row,) = client.get(f"/v2/orders/{order['id']}/items")
    assert (row["write_offs"][0]["quantity"], row["write_offs"][0]["warehouseId"]) == ("2", 61)
    status, message = client.refused("PATCH", f"/v2/orders/{order['id']}/items/{item['id']}", {"quantity": 1})
    assert (status, message) == (400, {"validation": {"id": ["the line was written off"]}})


def test_statuses_are_checked_and_a_closed_order_tells_when(client: Client) -> None:
    order = client.order()
    path = f"/v2/orders/{order['id']}/status"
    assert client.refused("POST", path, {"status_id": 99})[1] == {"validation": {"status_id": ["unknown"]}}
    closed = client.do("POST", path, {"status_id": 55})
    assert (closed["closed_by_id"], closed["closed_at"] is None) == (31, False)
    assert client.do("POST", path, {"status_id": 51})["closed_at"] is None


def test_an_account_may_forbid_transitions() -> None:
    client = Client(transitions_are_checked=True)
    order = client.order()
    client.app.cancel(order["id"])
    assert client.refused("POST", f"/v2/orders/{order['id']}/status", {"status_id": 51})[0] == 400


@pytest.mark.parametrize(
    ("name", "other", "status"), [("comment", "message", 400), ("message", "comment", 400), ("", "comment", 404)]
)
def test_under_which_name_a_comment_goes_is_not_agreed_on(name: Any, other: str, status: int) -> None:
    client = Client(comments=name)
    order = client.order()
    path = f"/v2/orders/{order['id']}/comments"
    assert client.refused("POST", path, {other: "x"})[0] == status
    if name:
        client.do("POST", path, {name: "by courier", "is_private": True})
        assert client.app.comments(order["id"]) == ["by courier"]


def test_people_pay_edit_and_delete(client: Client) -> None:
    client.app.add_product("MUG", 25)
    order = client.order(custom_fields={"f123": "1042"})
    item = client.app.add_item(order["id"], "MUG", 2)
    client.app.pay(order["id"], Decimal(20))
    assert client.get(f"/v2/orders/{order['id']}")["payed"] == "20.00"
    client.app.pay(order["id"])
    assert client.app.order(order["id"]).paid == 50
    client.app.change_item(order["id"], item, quantity=1)
    assert client.app.order_totals() == {"1042": Decimal(25)}
    assert [each.id for each in client.app.orders_by_reference("1042")] == [order["id"]]
    client.app.remove_item(order["id"], item)
    assert client.get(f"/v2/orders/{order['id']}/items") == []
    client.app.delete_order(order["id"])
    assert client.refused("GET", f"/v2/orders/{order['id']}")[0] == 404
