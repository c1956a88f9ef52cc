"""Bulk writes of the emulated Shopware, from 6.5 on: forms, answers, one transaction, deletions, faults."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import Line, OrderSpec
from sandbox.platforms.shopware.errors import BLANK, INVALID_UUID, NOT_WRITABLE, WRONG_TYPE
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID
from tests.sandbox.platforms.shopware.catalogue import (
    PRICE,
    checked,
    made,
    one_id,
    places,
    product,
    read,
    remove,
    snapshot,
    sync,
    tax_id,
    upsert,
)
from tests.sandbox.platforms.shopware.client import Caller, emulate, error

SYNC = "/api/_action/sync"
NAME = f"translations/{SYSTEM_LANGUAGE_ID}/name"
MISSING = ("productNumber", "taxId", "price", NAME)


@pytest.fixture
def caller() -> Caller:
    """A shop with the products A and B, both in the category Shirts."""
    found = emulate()
    made(found, "category", {"id": one_id("Shirts"), "name": "Shirts"})
    for sku in "AB":
        made(found, "product", product(found, sku, categories=[{"id": one_id("Shirts")}]))
    return found


def stock(caller: Caller, sku: str) -> int:
    return int(caller.shop.product(sku)["stock"])


def join(sku: str) -> dict[str, str]:
    return {"productId": one_id(sku), "categoryId": one_id("Shirts")}


def test_both_forms_write_and_answer_ids_by_entity(caller: Caller) -> None:
    records = [{"id": one_id("A"), "stock": 1}, {"id": one_id("B"), "stock": 2}]
    for body in ({"write-stock": upsert("product", *records)}, [upsert("product", *records)]):
        answer = checked(caller, "POST", SYNC, body)
        assert (answer.status_code, answer.json()) == (
            200,
            {"extensions": [], "data": {"product": [one_id("A"), one_id("B")]}, "notFound": [], "deleted": []},
        )
    assert (stock(caller, "A"), stock(caller, "B")) == (1, 2)


def test_the_documented_product_with_variants_is_written_by_one_sync(caller: Caller) -> None:
    options = [{"id": one_id(name), "name": name, "position": 1} for name in "ML"]
    sizes = {"id": one_id("Size"), "name": "Size", "sortingType": "position", "options": options}
    channel = caller.found("sales-channel")[0]["id"]
    shirt = {
        **product(caller, "SHIRT", stock=0),
        "categories": [{"id": one_id("Shirts")}],
        "visibilities": [{"id": one_id("V"), "salesChannelId": channel, "visibility": 30}],
        "configuratorSettings": [{"id": one_id("SM"), "optionId": one_id("M")}],
        "children": [
            {"id": one_id("SHIRT.M"), "productNumber": "SHIRT.M", "stock": 7, "options": [{"id": one_id("M")}]},
        ],
    }
    body = {"groups": upsert("property_group", sizes), "products": upsert("product", shirt)}
    answer = checked(caller, "POST", SYNC, body)
    data = answer.json()["data"]
    assert data["product"] == [one_id("SHIRT"), one_id("SHIRT.M")]
    assert data["product_category"] == [{"productId": one_id("SHIRT"), "categoryId": one_id("Shirts")}]
    assert data["product_option"] == [{"productId": one_id("SHIRT.M"), "optionId": one_id("M")}]
    assert data["property_group_option"] == [one_id("M"), one_id("L")]
    assert {"productId": one_id("SHIRT"), "languageId": SYSTEM_LANGUAGE_ID} in data["product_translation"]
    assert list(data) == sorted(data)
    before = snapshot(caller)
    assert sync(caller, body).status_code == 200
    assert {name: len(rows) for name, rows in before.items()} == {
        name: len(rows) for name, rows in snapshot(caller).items()
    }


def test_an_unknown_id_is_an_insert_that_sinks_the_whole_batch(caller: Caller) -> None:
    before = snapshot(caller)
    records = [{"id": one_id("A"), "stock": 9}, {"id": one_id("gone"), "stock": 9}, {"id": one_id("B"), "stock": "x"}]
    answer = sync(caller, {"stock": upsert("product", *records)})
    expected = {f"/stock/1/{name}": BLANK for name in MISSING} | {"/stock/2/stock": WRONG_TYPE}
    assert (answer.status_code, places(answer)) == (400, expected)
    assert snapshot(caller) == before
    assert sync(caller, {"stock": upsert("product", records[0])}).status_code == 200
    assert stock(caller, "A") == 9


def test_the_problems_of_all_operations_are_answered_together_by_position_or_key(caller: Caller) -> None:
    wrong = {"id": one_id("A"), "available": True}
    body = [upsert("product", wrong), upsert("product", wrong) | {"key": "mine"}, upsert("tax", {"name": 5})]
    assert places(sync(caller, body)) == {
        "/0/0/available": NOT_WRITABLE,
        "/mine/0/available": NOT_WRITABLE,
        "/2/0/taxRate": BLANK,
        "/2/0/name": WRONG_TYPE,
    }


def test_the_pointers_go_into_what_is_nested(caller: Caller) -> None:
    child = {"productNumber": "A.1", "stock": None}
    record = {"id": one_id("A"), "children": [child], "visibilities": [{"visibility": "30"}], "colour": "red"}
    found = places(sync(caller, {"write": upsert("product", record)}))
    assert found == {
        "/write/0/children/0/stock": BLANK,
        "/write/0/visibilities/0/salesChannelId": BLANK,
        "/write/0/visibilities/0/visibility": WRONG_TYPE,
        "/write/0/colour": "SANDBOX__UNKNOWN_KEY",
    }


def test_later_operations_may_use_what_earlier_ones_wrote_but_not_the_other_way_round(caller: Caller) -> None:
    group = upsert("property_group", {"id": one_id("g"), "name": "Colour"})
    option = upsert("property_group_option", {"id": one_id("o"), "groupId": one_id("g"), "name": "Red"})
    before = snapshot(caller)
    backwards = sync(caller, [option, group])
    assert (backwards.status_code, error(backwards)["detail"][:15]) == (500, "Malformed UTF-8")
    assert snapshot(caller) == before
    assert sync(caller, [group, option]).status_code == 200


def test_a_failure_of_the_database_late_in_a_sync_takes_all_of_it_back(caller: Caller) -> None:
    before = snapshot(caller)
    taken = product(caller, "C", productNumber="A")
    body = [remove("product", {"id": one_id("B")}), upsert("product", {"id": one_id("A"), "stock": 1}, taken)]
    answer = sync(caller, body)
    assert (answer.status_code, error(answer)["code"]) == (400, "CONTENT__DUPLICATE_PRODUCT_NUMBER")
    assert snapshot(caller) == before
    assert stock(caller, "B") == 5


def test_deleting_tells_what_was_there_and_what_was_not(caller: Caller) -> None:
    body = [
        remove("product", {"id": one_id("A")}, {"id": one_id("none")}),
        remove("product_category", join("B"), join("none")),
    ]
    answer = checked(caller, "POST", SYNC, body)
    assert answer.json() == {
        "extensions": [],
        "data": [],
        "deleted": {"product": [one_id("A")], "product_category": [join("B")]},
        "notFound": {"product": [one_id("none")], "product_category": [join("none")]},
    }
    assert (len(caller.found("product")), read(caller, "B")["categories"]) == (1, [])
    keys = places(sync(caller, [remove("product", {}), remove("product_category", {"productId": one_id("B")})]))
    assert keys == {"/0/0/id": INVALID_UUID, "/1/0/productId": INVALID_UUID}


def test_joins_are_written_as_records_too(caller: Caller) -> None:
    made(caller, "category", {"id": one_id("Sale"), "name": "Sale"})
    row = {"productId": one_id("A"), "categoryId": one_id("Sale")}
    answer = sync(caller, [upsert("product_category", row)])
    assert answer.json()["data"] == {"product_category": [row]}
    assert len(read(caller, "A")["categories"]) == 2
    assert read(caller, "A")["updatedAt"] is None
    nowhere = sync(caller, [upsert("product_category", {**row, "productId": one_id("none")})])
    assert nowhere.status_code == 500


@pytest.mark.parametrize(("version", "works"), [("6.5.8.18", False), ("6.6.0.0", True)])
def test_criteria_delete_what_they_find_from_6_6(version: str, works: bool) -> None:
    other = emulate(version)
    made(other, "category", {"id": one_id("Shirts"), "name": "Shirts"})
    for sku in "AB":
        made(other, "product", product(other, sku, categories=[{"id": one_id("Shirts")}]))
    for entity, field, value in (
        ("product_category", "productId", one_id("A")),
        ("product", "productNumber", "B"),
        ("product", "productNumber", "none"),
    ):
        only = [{"type": "equals", "field": field, "value": value}]
        answer = sync(other, [{"entity": entity, "action": "delete", "criteria": only}])
        if not works:
            assert error(answer)["code"] == "FRAMEWORK__INVALID_SYNC_OPERATION"
            continue
        assert answer.status_code == 200, answer.text
    found = {each["productNumber"]: each["categoryTree"] for each in other.found("product")}
    assert found == ({"A": None} if works else {"A": [one_id("Shirts")], "B": [one_id("Shirts")]})


@pytest.mark.parametrize(
    "operation",
    [
        {"entity": "dragon", "action": "upsert", "payload": [{}]},
        {"entity": "product", "action": "replace", "payload": [{}]},
        {"entity": "product", "action": "upsert", "payload": []},
        {"entity": "product", "action": "delete"},
        {"action": "delete", "payload": [{}]},
    ],
)
def test_an_operation_that_says_nothing_is_invalid(caller: Caller, operation: dict[str, Any]) -> None:
    answer = sync(caller, {"op": operation})
    assert (answer.status_code, error(answer)["code"]) == (400, "FRAMEWORK__INVALID_SYNC_OPERATION")


def test_a_body_that_is_no_sync_is_a_400(caller: Caller) -> None:
    headers = {"Content-Type": "application/json"}
    for body in ("{", '"x"', "[1]", '{"a": []}'):
        assert caller.http.post(SYNC, content=body, headers=headers).status_code == 400
    spare = upsert("product", {"id": one_id("A")}) | {"comment": "x"}
    assert error(sync(caller, [spare]))["code"] == "SANDBOX__UNKNOWN_KEY"
    assert places(sync(caller, [upsert("product", "A")])) == {"/0/0": WRONG_TYPE}


def test_a_restricted_deletion_takes_the_sync_back(caller: Caller) -> None:
    answer = sync(caller, [upsert("product", {"id": one_id("A"), "stock": 1}), remove("tax", {"id": tax_id(caller)})])
    assert (answer.status_code, error(answer)["code"], stock(caller, "A")) == (409, "FRAMEWORK__DELETE_RESTRICTED", 5)


def test_orders_are_changed_but_not_created(caller: Caller) -> None:
    order = caller.shop.place_order(OrderSpec(lines=(Line("A"),)))
    assert sync(caller, [upsert("order", {"id": order, "customFields": {"a": 1}})]).status_code == 200
    assert caller.order(order)["customFields"] == {"a": 1}
    assert sync(caller, [upsert("order", {"id": one_id("o")})]).status_code == 501


def test_a_sync_needs_every_right_it_uses(caller: Caller) -> None:
    poor = Caller(caller.shop, ("product:update",))
    assert sync(poor, [upsert("product", {"id": one_id("A"), "stock": 3})]).status_code == 200
    answer = sync(poor, [upsert("product", {"id": one_id("A"), "stock": 4}), remove("product", {"id": one_id("B")})])
    assert (answer.status_code, stock(caller, "A")) == (403, 3)
    assert json.loads(error(answer)["detail"])["missingPrivileges"] == ["product:delete"]


def test_faults_leave_nothing_done_but_a_lost_answer_does() -> None:
    caller = emulate()
    made(caller, "product", product(caller, "A"))
    body = [upsert("product", {"id": one_id("A"), "stock": 3})]
    for name, status in (("deadlock", 500), ("too_large", 413), ("rate_limited", 429), ("maintenance", 503)):
        caller.shop.faults.plan(name, f"POST {SYNC}", detail=7)
        assert (sync(caller, body).status_code, stock(caller, "A")) == (status, 5)
    caller.shop.faults.plan("lost_answer", f"POST {SYNC}")
    with pytest.raises(Exception, match="lost"):
        sync(caller, body)
    assert stock(caller, "A") == 3


def test_a_web_server_may_limit_the_size_of_a_body(caller: Caller) -> None:
    caller.shop.shop.largest_body = 300
    record = {"id": one_id("A"), "stock": 3}
    large = sync(caller, [upsert("product", *[record] * 9)])
    assert (large.status_code, large.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert sync(caller, [upsert("product", record)]).status_code == 200


def test_indexing_headers_are_taken_and_only_the_documented_ones(caller: Caller) -> None:
    record = {"id": one_id("A"), "stock": 0, "isCloseout": True}
    unknown = sync(caller, [upsert("product", record)], indexing_behavior="later")
    assert error(unknown)["code"] == "SANDBOX__UNKNOWN_KEY"
    for headers, available in (
        ({"indexing_behavior": "disable-indexing"}, True),
        ({"indexing_skip": "product.stock,product.rating"}, True),
        ({"indexing_only": "product.rating"}, True),
        ({"indexing_only": "product.stock"}, False),
        ({"indexing_behavior": "use-queue-indexing"}, False),
    ):
        assert sync(caller, [upsert("product", record)], **headers).status_code == 200
        found = caller.shop.product("A")
        assert (headers, found["available"], found["availableStock"]) == (headers, available, 0)


SHOP = emulate()
GOOD = st.builds(lambda sku, count: (sku, count, True), st.sampled_from("ABCDE"), st.integers(-5, 50))
BAD = st.builds(lambda sku: (sku, None, False), st.sampled_from("ABCDEX"))


@settings(max_examples=60)
@given(st.lists(st.one_of(GOOD, GOOD, GOOD, BAD), min_size=1, max_size=8), st.booleans())
def test_a_sync_is_done_whole_or_not_at_all(records: list[tuple[str, int | None, bool]], deletes: bool) -> None:
    if not SHOP.found("tax", filter={"name": "ours"}):
        made(SHOP, "tax", {"name": "ours", "taxRate": 3})
    known = {"name": "x", "taxId": tax_id(SHOP), "price": [PRICE]}
    for sku in "ABCDE":
        sync(SHOP, [upsert("product", {"id": one_id(sku), "productNumber": sku, "stock": 1, **known})])
    before = snapshot(SHOP)
    payload = [{"id": one_id(sku), "stock": count} for sku, count, _ in records]
    body = [*([remove("product", {"id": one_id("E")})] if deletes else []), upsert("product", *payload)]
    after_deletion = {"A", "B", "C", "D"} | (set() if deletes else {"E"})
    fine = all(good and sku in after_deletion for sku, _, good in records)
    answer = sync(SHOP, body)
    assert answer.status_code == (200 if fine else 400)
    if not fine:
        assert snapshot(SHOP) == before
        return
    wanted = dict.fromkeys(after_deletion, 1) | {sku: count for sku, count, _ in records}
    assert {each["productNumber"]: each["stock"] for each in SHOP.found("product")} == wanted
