"""Categories, customers, statuses and other reference data of the emulated Gomag."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.gomag import Buyer, OrderSpec, ProductSpec
from tests.sandbox.platforms.gomag.calls import NO_DATA, Market

CASA = {"id": "7", "name": "Casa", "depth": "1", "position": "1", "parents": []}
BUCATARIE = {"id": "8", "name": "Bucatarie", "depth": "2", "position": "1", "parents": {"7": "Casa"}}


def _house() -> Market:
    market = Market()
    market.post("category/write", [{"name": {"ro": "Casa", "en": "House"}}])
    market.post("category/write", [{"name": {"ro": "Bucatarie"}, "parent_id": 7, "enabled": 1, "image": "i.jpg"}])
    return market


def test_without_a_page_the_whole_tree_comes_without_counters() -> None:
    assert _house().get("category/read") == {"categories": {"7": CASA, "8": BUCATARIE}}
    assert Market().get("category/read") == {"categories": []}


@pytest.mark.parametrize(
    ("query", "found"),
    [({"parentId": 0}, ["7"]), ({"parentId": 7}, ["8"]), ({"id": 8}, ["8"]), ({"id": 9}, [])],
)
def test_categories_are_found_by_id_and_parent(query: dict[str, int], found: list[str]) -> None:
    assert list(_house().get("category/read", **query)["categories"]) == found


def test_a_page_of_categories_has_counters_and_another_language() -> None:
    page = _house().get("category/read", page=1, limit=1, view="en")
    assert page == {"total": 2, "page": 1, "pages": 2, "categories": {"7": {**CASA, "name": "House"}}}


def test_the_order_of_parents_tells_nothing() -> None:
    market = Market(varied=True)
    market.shop.add_product(ProductSpec("A", categories=(("1", "2", "3", "4"),)))
    orders = [list(each["parents"]) for each in market.get("category/read")["categories"].values() if each["parents"]]
    assert orders == [["7"], ["7", "8"], ["9", "8", "7"]]


def test_categories_are_renamed_and_moved_but_not_below_themselves() -> None:
    market = _house()
    market.post("category/patch", [{"id": 8, "name": {"ro": "Gatit"}, "parent_id": 0}])
    assert market.get("category/read", id=8)["categories"]["8"] == {**BUCATARIE, "name": "Gatit"} | {
        "depth": "1",
        "parents": [],
    }
    market.post("category/patch", [{"id": 8, "parent_id": 7}])
    assert market.refused("category/patch", [{"id": 7, "parent_id": 8}])[0] == "400"
    assert market.refused("category/patch", [{"id": 99, "enabled": 0}]) == NO_DATA
    assert market.refused("category/write", [{"name": {"ro": "X"}, "parent_id": 99}]) == NO_DATA


def test_only_empty_categories_can_go() -> None:
    market = _house()
    market.shop.add_product(ProductSpec("A", categories=(("Casa", "Bucatarie"),)))
    assert market.refused("category/delete", [{"id": 7}])[0] == "400"
    assert market.refused("category/delete", [{"id": 8}])[0] == "400"
    market.shop.delete_product("A")
    market.post("category/delete", [{"id": 8}])
    market.post("category/delete", [{"id": 7}])
    assert market.shop.categories == []


def test_statuses_are_a_bare_object_of_the_shops_own() -> None:
    market = Market()
    market.shop.add_status("", color="#ff0000")
    market.shop.rename_status("Livrata", " livrată ")
    statuses = market.get("order/status/read")
    assert statuses["1"] == {"id": "1", "name": "Comanda NEW"}
    assert statuses["9"] == {"id": "9", "name": " livrată "}
    assert statuses["14"] == {"id": "14", "name": "", "color": "#ff0000"}
    assert len(statuses) == 14
    market.shop.shop.statuses.clear()
    assert market.get("order/status/read") == {}


def test_registered_customers_are_listed_once_and_guests_never() -> None:
    market = Market()
    for guest in (True, False, False):
        market.shop.place_order(OrderSpec(buyer=Buyer(guest=guest)))
    assert market.get("customer/read") == {
        "total": 1,
        "page": 1,
        "pages": 1,
        "customers": {
            "8001": {
                "id": "8001",
                "firstname": "Ana",
                "lastname": "Exemplu",
                "email": "ana@example.test",
                "phone": "0700000001",
            }
        },
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"id": 8001}, 1),
        ({"email": "ana@example.test"}, 1),
        ({"phone": "1"}, 0),
        ({"updated": "2026-03-01"}, 1),
        ({"updated": "2026-03-02"}, 0),
        ({"lastname": "Nimeni"}, 1),
    ],
)
def test_customers_are_filtered(query: dict[str, Any], found: int) -> None:
    market = Market()
    market.shop.place_order()
    assert len(market.get("customer/read", **query)["customers"]) == found


def test_what_a_customer_ordered_adds_up() -> None:
    market = Market()
    market.shop.add_product(ProductSpec("MUG", Decimal(1), 9))
    market.shop.sell({"MUG": 1})
    market.shop.sell({"MUG": 2})
    bought = {"products": {"55": {"id": "55", "sku": "MUG", "quantity": "3"}}}
    assert market.get("customer/orderedproducts", email="ana@example.test") == bought
    assert market.get("customer/orderedproducts", id="1")["error"] == "404"
    assert market.get("customer/orderedproducts")["error"] == "404"


def test_customers_register_and_change() -> None:
    market = Market()
    new = {"email": "ion@example.test", "firstname": "Ion", "lastname": "Exemplu", "password": "x"}
    assert market.refused("customer/add", {**new, "confirmPassword": "y"})[0] == "400"
    market.post("customer/add", {**new, "confirmPassword": "x", "newsletter": 1})
    assert market.refused("customer/add", {**new, "confirmPassword": "x"})[0] == "400"
    market.post("customer/update", {"email": "ion@example.test", "phone": "07"})
    market.post("customer/update", {"id": 8001, "email": "ioan@example.test", "firstname": "Ioan"})
    customer = market.get("customer/read", id=8001)["customers"]["8001"]
    assert (customer["firstname"], customer["email"], customer["phone"]) == ("Ioan", "ioan@example.test", "07")
    assert "x" not in customer.values()
    assert market.refused("customer/update", {"email": "nobody@example.test"}) == NO_DATA
    assert market.refused("customer/update", {"phone": "07"})[0] == "400"


def test_payments_currencies_and_brands_are_lists() -> None:
    market = Market()
    payments = market.get("payment/read")["payments"]
    assert payments["601"] == {"id": "601", "code": "cod", "name": "Plata ramburs"}
    assert [each["code"] for each in market.get("currency/read")["currencies"].values()] == ["RON"]
    assert market.get("brand/read")["brands"] == []


def test_filters_need_their_category() -> None:
    market = Market()
    market.shop.shop.table("filters")[401] = {"id": "401", "category": 7, "name": "Culoare"}
    assert market.get("filter/read")["error"] == "400"
    assert list(market.get("filter/read", category=7)["filters"]) == ["401"]
    assert market.get("filter/read", category=8)["filters"] == []


def test_attributes_are_written_and_renamed() -> None:
    market = Market()
    market.post("attribute/write", [{"name": {"ro": "Culoare"}}, {"name": {"ro": "Marime"}}])
    market.post("attribute/patch", [{"id": 202, "name": {"ro": "Dimensiune"}}])
    assert market.get("attribute/read")["attributes"] == {
        "201": {"id": "201", "name": "Culoare"},
        "202": {"id": "202", "name": "Dimensiune"},
    }
    assert market.refused("attribute/patch", [{"id": 999, "name": {"ro": "X"}}]) == NO_DATA
    assert market.refused("attribute/write", [{"title": "X"}])[0] == "400"
