"""Partial updates of records in the emulated Shopware."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import OrderSpec, ProductSpec
from sandbox.platforms.shopware.errors import BLANK, INVALID_UUID, NOT_WRITABLE, WRONG_TYPE
from tests.sandbox.platforms.shopware.client import Caller, emulate, error


@pytest.fixture
def caller() -> Caller:
    return emulate(clock=ManualClock())


def patch_order(caller: Caller, body: dict[str, Any]) -> Any:
    order_id = caller.shop.place_order()
    answer = caller.http.patch(f"/api/order/{order_id}", json=body)
    return caller.order(order_id) if answer.status_code == 204 else answer


def test_custom_fields_merge_key_by_key_and_null_clears(caller: Caller) -> None:
    url = f"/api/order/{caller.shop.place_order(OrderSpec(custom_fields={'a': 1, 'b': 1}))}"
    for sent, stored in (
        ({"b": 2, "c": None}, {"a": 1, "b": 2, "c": None}),
        ({}, {"a": 1, "b": 2, "c": None}),
        (None, None),
        ({"d": 4}, {"d": 4}),
    ):
        assert caller.http.patch(url, json={"customFields": sent}).status_code == 204
        assert caller.http.get(url).json()["data"]["customFields"] == stored


def test_a_patch_that_changes_nothing_still_moves_the_time(caller: Caller) -> None:
    assert patch_order(caller, {})["updatedAt"] == "2026-03-01T10:00:00.000+00:00"


def test_tags_are_added_by_name_or_id_and_never_removed(caller: Caller) -> None:
    order_id = caller.shop.place_order(OrderSpec(tags=("old",)))
    caller.http.patch(f"/api/order/{order_id}", json={"tags": [{"name": "new"}]})
    tags = caller.order(order_id)["tags"]
    assert [tag["name"] for tag in tags] == ["old", "new"]
    caller.http.patch(f"/api/order/{order_id}", json={"tags": [{"id": tags[0]["id"]}]})
    assert caller.order(order_id)["tags"] == tags


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"amountTotal": 5}, NOT_WRITABLE, "/0/amountTotal"),
        ({"updatedAt": None}, NOT_WRITABLE, "/0/updatedAt"),
        ({"stateId": "f" * 32}, NOT_WRITABLE, "/0/stateId"),
        ({"orderNumber": 5}, WRONG_TYPE, "/0/orderNumber"),
        ({"customFields": "x"}, WRONG_TYPE, "/0/customFields"),
        ({"orderDateTime": "soon"}, WRONG_TYPE, "/0/orderDateTime"),
        ({"tags": "vip"}, WRONG_TYPE, "/0/tags"),
        ({"tags": [{}]}, BLANK, "/0/tags/0/name"),
        ({"billingAddressId": "abc"}, INVALID_UUID, "/0/billingAddressId"),
        ({"internalComments": "x"}, "SANDBOX__UNKNOWN_KEY", "/internalComments"),
    ],
)
def test_a_refused_field_is_named_by_a_pointer(caller: Caller, body: dict[str, Any], code: str, pointer: str) -> None:
    answer = patch_order(caller, body)
    assert answer.status_code == 400
    assert (error(answer)["code"], error(answer)["source"]["pointer"]) == (code, pointer)


def test_all_violations_of_a_body_are_answered_together(caller: Caller) -> None:
    answer = patch_order(caller, {"amountTotal": 1, "orderNumber": 5})
    assert len(answer.json()["errors"]) == 2
    assert "title" not in answer.json()["errors"][0]


def test_the_merchants_comment_came_with_6_7(caller: Caller) -> None:
    assert patch_order(caller, {"internalComment": "check"})["internalComment"] == "check"
    assert patch_order(emulate("6.6.10.0"), {"internalComment": "check"}).status_code == 400


def test_nested_writes_beyond_tags_are_not_simulated(caller: Caller) -> None:
    answer = patch_order(caller, {"lineItems": []})
    assert (answer.status_code, error(answer)["code"]) == (501, "SANDBOX__NOT_SIMULATED")


def test_tracking_codes_are_replaced_and_the_orders_time_stays(caller: Caller) -> None:
    order_id = caller.shop.place_order()
    delivery = caller.order(order_id)["deliveries"][0]["id"]
    for codes in (["A", "B"], ["C"]):
        body = {"trackingCodes": codes}
        assert caller.http.patch(f"/api/order-delivery/{delivery}", json=body).status_code == 204
    order = caller.order(order_id)
    assert order["deliveries"][0]["trackingCodes"] == ["C"]
    assert (order["deliveries"][0]["updatedAt"] is None, order["updatedAt"]) == (False, None)


def test_a_patch_of_a_missing_record_hints_at_post(caller: Caller) -> None:
    answer = caller.http.patch(f"/api/order/{'f' * 32}", json={})
    assert (answer.status_code, error(answer)["code"]) == (400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR")
    assert error(answer)["meta"]["parameters"].keys() == {"definition", "expectedClass", "actualClass"}


def test_the_answer_may_be_asked_for(caller: Caller) -> None:
    order_id = caller.shop.place_order()
    answer = caller.http.patch(f"/api/order/{order_id}?_response=basic", json={"customFields": {"a": 1}})
    assert (answer.status_code, answer.json()["data"]["customFields"]) == (200, {"a": 1})


def test_stock_is_written_absolutely_and_moves_the_products_time(caller: Caller) -> None:
    product_id = caller.shop.add_product(ProductSpec("P", "Product", Decimal(10), Decimal(19), stock=5))
    assert caller.http.patch(f"/api/product/{product_id}", json={"stock": 3}).status_code == 204
    (product,) = caller.found("product")
    assert (product["stock"], product["availableStock"], product["available"]) == (3, 3, True)
    assert product["updatedAt"] is not None
    blank = caller.http.patch(f"/api/product/{product_id}", json={"productNumber": None, "availableStock": 1})
    assert [each["code"] for each in blank.json()["errors"]] == [BLANK, NOT_WRITABLE]


def test_what_is_not_writable_here_and_what_is_no_json_is_refused(caller: Caller) -> None:
    country = caller.found("country", limit=1)[0]["id"]
    assert caller.http.patch(f"/api/country/{country}", json={}).status_code == 404
    url = f"/api/order/{caller.shop.place_order()}"
    headers = {"Content-Type": "application/json"}
    assert caller.http.patch(url, content="{", headers=headers).status_code == 400
    assert caller.http.patch(url, content="[]", headers=headers).status_code == 400
