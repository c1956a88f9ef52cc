"""Natural keys in place of ids in a sync of the emulated Shopware."""

from typing import Any

import pytest

from sandbox.platforms.shopware.errors import INVALID_UUID, WRONG_TYPE
from tests.sandbox.platforms.shopware.catalogue import PRICE, made, one_id, places, product, read, sync, upsert
from tests.sandbox.platforms.shopware.client import Caller, emulate, error


def by(resolver: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"resolver": resolver, "value": value, **more}


def shop(version: str = "6.7.12.0") -> Caller:
    caller = emulate(version)
    made(caller, "product", product(caller, "A"))
    return caller


def test_a_stock_is_written_by_product_number() -> None:
    caller = shop("6.5.2.0")
    answer = sync(caller, {"s": upsert("product", {"id": by("product.number", "A"), "stock": 2})})
    assert answer.json()["data"] == {"product": [one_id("A")]}
    assert caller.shop.product("A")["stock"] == 2


@pytest.mark.parametrize("number", ["a", "A ", " A"])
def test_a_number_counts_exactly_although_a_search_finds_it_in_other_capitals(number: str) -> None:
    caller = shop()
    answer = sync(caller, {"s": upsert("product", {"id": by("product.number", number), "stock": 2})})
    assert error(answer)["code"] == "FRAMEWORK__API_INVALID_SYNC_RESOLVERS"
    found = caller.found("product", filter=[{"type": "equals", "field": "productNumber", "value": number}])
    assert [row["productNumber"] for row in found] == ([] if number.startswith(" ") else ["A"])


@pytest.mark.parametrize("version", ["6.4.20.2", "6.5.1.0"])
def test_before_6_5_2_a_resolver_is_no_id(version: str) -> None:
    body = {"s": upsert("product", {"id": by("product.number", "A"), "stock": 2})}
    assert places(sync(shop(version), body, single_operation="1")) == {"/s/0/id": INVALID_UUID}


def test_foreign_keys_are_resolved_inside_what_is_nested() -> None:
    caller = shop()
    child = {"productNumber": "A.1", "stock": 1, "taxId": by("tax.tax_rate", 7)}
    records = [
        {"id": by("product.number", "A"), "children": [child]},
        product(caller, "B", taxId=by("tax.tax_rate", "19")),
        {"id": one_id("C"), "productNumber": "C", "stock": 1, "parentId": by("product.number", "A")},
    ]
    assert sync(caller, {"s": upsert("product", *records)}).status_code == 200
    rates = {tax["id"]: tax["taxRate"] for tax in caller.found("tax")}
    assert rates[read(caller, "A.1")["taxId"]] == 7
    assert rates[read(caller, "B")["taxId"]] == 19
    assert read(caller, "A")["childCount"] == 2


def test_what_leads_nowhere_is_listed_with_its_places_and_nothing_is_done() -> None:
    caller = shop()
    records = [
        {"id": by("product.number", "A"), "stock": 9},
        {"id": by("product.number", "gone"), "stock": 9},
        {"id": one_id("X"), "parentId": by("product.number", "none")},
    ]
    answer = sync(caller, {"s": upsert("product", *records)})
    assert (answer.status_code, error(answer)["code"]) == (400, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS")
    assert error(answer)["meta"]["parameters"] == {
        "pointer-0": "s/1/id",
        "field-0": "product.id",
        "pointer-1": "s/2/parentId",
        "field-1": "product.parentId",
    }
    assert caller.shop.product("A")["stock"] == 5


def test_null_on_missing_lets_the_field_be_null_and_the_own_id_be_new() -> None:
    caller = shop()
    lenient = by("product.number", "none", nullOnMissing=True)
    assert sync(caller, [upsert("product", product(caller, "B", parentId=lenient))]).status_code == 200
    assert read(caller, "B")["parentId"] is None
    assert sync(caller, [upsert("product", {**product(caller, "C"), "id": lenient})]).status_code == 200
    assert read(caller, "C")["id"] != one_id("C")


@pytest.mark.parametrize(("version", "status"), [("6.7.10.0", 400), ("6.7.11.0", 200)])
def test_more_natural_keys_came_with_6_7_11(version: str, status: int) -> None:
    caller = shop(version)
    answer = sync(caller, [upsert("product", product(caller, "B", taxId=by("tax.tax_rate", 19)))])
    assert answer.status_code == status
    if status == 400:
        assert error(answer)["code"] == "API_RESOLVER_NOT_FOUND_EXCEPTION"


def test_a_rate_that_two_taxes_share_is_not_resolved() -> None:
    caller = shop()
    made(caller, "tax", {"name": "also 19", "taxRate": 19})
    answer = sync(caller, [upsert("product", {"id": one_id("A"), "taxId": by("tax.tax_rate", 19)})])
    assert error(answer)["code"] == "FRAMEWORK__API_INVALID_SYNC_RESOLVERS"


def test_a_record_of_the_same_sync_is_not_found() -> None:
    caller = shop()
    new = product(caller, "NEW")
    answer = sync(caller, [upsert("product", new), upsert("product", {"id": by("product.number", "NEW"), "stock": 1})])
    assert error(answer)["code"] == "FRAMEWORK__API_INVALID_SYNC_RESOLVERS"


def test_a_resolver_inside_the_price_list_stays_unresolved() -> None:
    caller = shop()
    price = {**PRICE, "currencyId": by("currency.iso_code", "EUR")}
    answer = sync(caller, {"s": upsert("product", {"id": one_id("A"), "price": [price]})})
    assert places(answer).keys() == {"/s/0/price/0/currencyId", "/s/0/price"}


def test_a_resolver_in_a_field_that_is_no_key_is_a_wrong_value() -> None:
    answer = sync(shop(), {"s": upsert("product", {"id": one_id("A"), "stock": by("product.number", "A")})})
    assert places(answer) == {"/s/0/stock": WRONG_TYPE}
