"""What orders and products of the emulated Cartum name, and who bought."""

from typing import Any

import pytest

from sandbox.platforms.cartum import Buyer, ProductSpec
from tests.sandbox.platforms.cartum.calls import Store


def test_statuses_are_an_object_by_their_ids() -> None:
    statuses = Store().get("orders/get_available_statuses")["statuses"]
    assert list(statuses) == ["1", "2", "3", "4", "6"]
    assert statuses["3"] == {"id": 3, "title": {"en": "Delivered", "ro": "Livrat"}, "is_successful": 1}
    assert [row["id"] for row in statuses.values() if row["is_successful"]] == [3]


def test_statuses_may_be_a_list_and_are_added_and_renamed() -> None:
    store = Store(statuses_as_list=True)
    assert store.shop.add_status("Collected", successful=True, ro="Ridicat") == 7
    store.shop.rename_status("New", "Just in", ro="Nou intrat")
    rows = {row["id"]: row for row in store.get("orders/get_available_statuses")["statuses"]}
    assert rows[7] == {"id": 7, "title": {"en": "Collected", "ro": "Ridicat"}, "is_successful": 1}
    assert rows[1]["title"] == {"en": "Just in", "ro": "Nou intrat"}
    assert store.shop.status_id("Ridicat") == 7


def test_ways_to_deliver_name_the_payments_they_allow() -> None:
    store = Store()
    store.shop.add_delivery("By drone", ro="Cu drona")
    rows = store.get("delivery/export")["delivery"]
    assert [row["id"] for row in rows] == [11, 12, 13]
    assert rows[0] == {
        "id": 11,
        "title": {"en": "By courier", "ro": "Prin curier"},
        "type": "courier",
        "by_carrier": False,
        "enabled": True,
        "payment": [13, 14, 15],
        "price_options": [{"min": 0, "price": 0, "by_carrier": False}],
    }
    assert len(store.get("delivery/exportTypes")["deliveryTypes"]) == 2


def test_ways_to_pay_say_whether_they_lead_to_a_gateway() -> None:
    store = Store()
    store.shop.add_payment("On account", ro="Pe cont")
    rows = store.get("payment/export")["payment"]
    assert [(row["id"], row["title"]["en"], row["payment_method"]) for row in rows] == [
        (13, "Cash", "simple"),
        (14, "Bank transfer", "simple"),
        (15, "Card online", "gateway"),
        (16, "On account", "simple"),
    ]
    methods = {row["id"]: row["is_simple"] for row in store.get("payment/exportMethods")["paymentMethods"]}
    assert methods == {"simple": True, "gateway": False}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ["RON"]),
        ({"iso": "EUR"}, ["RON"]),
        ({"enabledOnly": False}, ["RON", "EUR"]),
        ({"enabledOnly": False, "iso": "EUR"}, ["EUR"]),
        ({"enabledOnly": False, "id": 2}, ["EUR"]),
        ({"id": 2}, []),
    ],
)
def test_a_currency_is_found_by_its_code_only_among_all(body: dict[str, Any], found: list[str]) -> None:
    assert [row["iso"] for row in Store().get("currency/export", **body)["currency"]] == found


def test_a_shop_may_use_more_currencies() -> None:
    store = Store()
    assert store.shop.add_currency("HUF") == 3
    assert [row["iso"] for row in store.get("currency/export")["currency"]] == ["RON", "HUF"]


def test_pages_and_sections_lie_in_one_tree() -> None:
    store = Store()
    store.shop.add_product(ProductSpec("MUG", category=("Catalog", "Mugs")))
    page = store.shop.add_page("About us")
    top = store.get("pages/export")["pages"]
    assert [(row["title"]["en"], row["parent"], "image" in row) for row in top] == [
        ("Catalog", 0, True),
        ("About us", 0, False),
    ]
    (below,) = store.get("pages/export", parent=top[0]["id"])["pages"]
    assert below["title"]["ro"] == "Mugs"
    assert store.envelope("pages/export", parent=page) == {"status": "EMPTY", "response": {"pages": []}}
    assert [section.id for section in store.shop.categories] == [top[0]["id"], below["id"]]


def test_users_are_those_who_registered() -> None:
    store = Store()
    assert store.envelope("users/export") == {"status": "EMPTY", "response": {"users": []}}
    user = store.shop.register(Buyer("Dan Popa", "dan@example.test", "+40 700"))
    store.shop.place_order()
    store.clock.advance(days=1)
    store.shop.register(Buyer("Eva Pop", "eva@example.test"))
    rows = store.get("users/export")["users"]
    assert rows[0] == {
        "id": user.id,
        "title": "Dan Popa",
        "email": "dan@example.test",
        "phone": "+40 700",
        "country": "",
        "city": "",
        "address": "",
        "registered": "2026-03-01 12:00:00",
    }
    assert store.shop.user_as_read(user.id) == rows[0]
    pages: list[tuple[dict[str, Any], list[str]]] = [
        ({"from": "2026-03-02"}, ["Eva Pop"]),
        ({"to": "2026-03-01"}, ["Dan Popa"]),
        ({"limit": 1, "offset": 1}, ["Eva Pop"]),
        ({"offset": 1}, ["Dan Popa", "Eva Pop"]),
    ]
    for body, found in pages:
        assert [row["title"] for row in store.get("users/export", **body)["users"]] == found, body


def test_users_are_imported_by_e_mail() -> None:
    store = Store()
    store.shop.register(Buyer("Dan Popa", "dan@example.test", "+40 700"))
    rows: list[Any] = [
        {"email": "DAN@example.test", "title": "Dan P.", "city": "Cluj-Napoca"},
        {"email": "new@example.test", "title": "New", "discount_card": {"discount": 5, "status": 1}},
        {"email": "new@example.test"},
        {"email": "nowhere", "title": "No"},
        {"email": "x@example.test", "title": "X", "discount_card": {"status": 9}},
    ]
    answer = store.envelope("users/import", users=rows)
    assert (answer["status"], [row["code"] for row in answer["response"]["log"]]) == ("WARNING", [0, 0, 1, 2, 2])
    users = store.get("users/export")["users"]
    assert [(row["title"], row["phone"], row["city"]) for row in users] == [
        ("Dan P.", "+40 700", "Cluj-Napoca"),
        ("New", "", ""),
    ]
