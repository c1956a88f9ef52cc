"""Bulk writes of the emulated Shopware 6.4: record by record, unless one operation is asked for."""

import pytest

from sandbox.platforms.shopware.errors import BLANK, WRONG_TYPE
from tests.sandbox.platforms.shopware.catalogue import made, one_id, places, product, remove, snapshot, sync, upsert
from tests.sandbox.platforms.shopware.client import Caller, emulate

GOOD_A, GOOD_B = {"id": one_id("A"), "stock": 8}, {"id": one_id("B"), "stock": 9}
BAD = {"id": one_id("B"), "stock": "x"}


@pytest.fixture
def caller() -> Caller:
    found = emulate("6.4.20.2")
    for sku in "AB":
        made(found, "product", product(found, sku))
    return found


def stocks(caller: Caller) -> tuple[int, int]:
    return caller.shop.product("A")["stock"], caller.shop.product("B")["stock"]


def test_each_record_is_answered_by_itself(caller: Caller) -> None:
    answer = sync(caller, {"stock": upsert("product", GOOD_A, GOOD_B)})
    results = [{"entities": {"product": [one_id(sku)]}, "errors": []} for sku in "AB"]
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "success": True,
            "data": {"stock": {"result": results, "extensions": []}},
            "deleted": [],
            "notFound": [],
            "extensions": [],
        },
    )
    assert stocks(caller) == (8, 9)


def test_an_error_takes_all_back_and_is_told_in_the_same_shape(caller: Caller) -> None:
    before = snapshot(caller)
    answer = sync(caller, {"one": upsert("product", GOOD_A), "two": upsert("product", GOOD_A, BAD)})
    body = answer.json()
    assert (answer.status_code, body["success"], "errors" in body) == (400, False, False)
    (first,), (second, third) = body["data"]["one"]["result"], body["data"]["two"]["result"]
    assert (first, second) == ({"entities": [], "errors": []}, {"entities": [], "errors": []})
    assert [(each["code"], each["source"]["pointer"]) for each in third["errors"]] == [(WRONG_TYPE, "/1/stock")]
    assert snapshot(caller) == before


def test_with_fail_on_error_off_only_the_failing_operation_is_taken_back(caller: Caller) -> None:
    body = {"bad": upsert("product", GOOD_A, BAD), "good": upsert("product", GOOD_B)}
    answer = sync(caller, body, fail_on_error="false")
    assert (answer.status_code, answer.json()["success"]) == (200, False)
    assert stocks(caller) == (5, 9)
    entries = answer.json()["data"]["bad"]["result"]
    assert [bool(each["errors"]) for each in entries] == [False, True]


@pytest.mark.parametrize("value", ["1", "true"])
def test_a_single_operation_answers_as_later_releases_do(caller: Caller, value: str) -> None:
    fine = sync(caller, {"stock": upsert("product", GOOD_A)}, single_operation=value, fail_on_error="1")
    assert fine.json() == {
        "success": True,
        "extensions": [],
        "data": {"product": [one_id("A")]},
        "notFound": [],
        "deleted": [],
    }
    wrong = sync(caller, {"stock": upsert("product", GOOD_B, {"id": one_id("X")})}, single_operation=value)
    assert wrong.status_code == 400
    assert places(wrong)["/stock/1/productNumber"] == BLANK
    assert stocks(caller) == (8, 5)


def test_deletions_are_answered_record_by_record_too(caller: Caller) -> None:
    answer = sync(caller, [remove("product", {"id": one_id("A")}, {"id": one_id("none")})])
    entries = answer.json()["data"]["0"]["result"]
    assert [each["entities"] for each in entries] == [{"product": [one_id("A")]}, []]
    assert len(caller.found("product")) == 1


def test_these_headers_have_no_effect_from_6_5_on() -> None:
    other = emulate("6.5.0.0")
    made(other, "product", product(other, "A"))
    answer = sync(other, {"s": upsert("product", GOOD_A, BAD)}, fail_on_error="false", single_operation="0")
    assert (answer.status_code, "errors" in answer.json()) == (400, True)
    assert other.shop.product("A")["stock"] == 5
