"""Parents, variants and what they inherit in the emulated Shopware."""

from typing import Any

import pytest

from sandbox.platforms.shopware.errors import BLANK
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID
from tests.sandbox.platforms.shopware.catalogue import PRICE, made, one_id, places, post, product, read, tax_id
from tests.sandbox.platforms.shopware.client import Caller, emulate, error

PARENT = f"/api/product/{one_id('SHIRT')}"
INHERIT = {"sw-inheritance": "0"}


def variant(sku: str, option: str, **changes: Any) -> dict[str, Any]:
    return {"id": one_id(sku), "productNumber": sku, "stock": 7, "options": [{"id": one_id(option)}], **changes}


@pytest.fixture
def caller() -> Caller:
    """A shirt in two sizes, with its selector."""
    made_caller = emulate()
    options = [{"id": one_id(name), "name": name} for name in ("M", "L", "XL")]
    made(made_caller, "property-group", {"id": one_id("Size"), "name": "Size", "options": options})
    settings = [{"id": one_id(f"set {name}"), "optionId": one_id(name)} for name in ("M", "L")]
    children = [variant("SHIRT.M", "M"), variant("SHIRT.L", "L", stock=0)]
    body = product(made_caller, "SHIRT", stock=0, isCloseout=True, configuratorSettings=settings, children=children)
    made(made_caller, "product", body)
    return made_caller


def test_a_parent_is_written_with_its_variants(caller: Caller) -> None:
    parent = read(caller, "SHIRT")
    assert (parent["childCount"], [each["productNumber"] for each in parent["children"]]) == (2, ["SHIRT.M", "SHIRT.L"])
    assert [each["optionId"] for each in parent["configuratorSettings"]] == [one_id("M"), one_id("L")]
    assert [each["name"] for each in read(caller, "SHIRT.M")["options"]] == ["M"]


def test_inherited_fields_read_null_unless_the_header_is_there(caller: Caller) -> None:
    bare, full = read(caller, "SHIRT.M"), read(caller, "SHIRT.M", **INHERIT)
    assert {bare[name] for name in ("name", "taxId", "price", "active", "isCloseout", "minPurchase", "tax")} == {None}
    assert bare["translated"]["name"] == "Demo shirt"
    assert (full["name"], full["price"][0]["gross"], full["isCloseout"], full["minPurchase"]) == (
        "Demo shirt",
        59.5,
        True,
        1,
    )
    assert full["tax"]["id"] == tax_id(caller)
    assert (full["stock"], full["ean"], full["productNumber"]) == (7, None, "SHIRT.M")


def test_ean_and_manufacturer_number_are_the_parents_where_the_header_is_there(caller: Caller) -> None:
    caller.http.patch(PARENT, json={"ean": "4000000000017", "manufacturerNumber": "M-1"})
    bare, full = read(caller, "SHIRT.M"), read(caller, "SHIRT.M", **INHERIT)
    assert (bare["ean"], bare["manufacturerNumber"]) == (None, None)
    assert (full["ean"], full["manufacturerNumber"]) == ("4000000000017", "M-1")


def test_inherited_associations_come_from_the_parent_until_the_variant_has_its_own(caller: Caller) -> None:
    caller.http.patch(PARENT, json={"categories": [{"id": one_id("c"), "name": "Shirts"}]})
    assert read(caller, "SHIRT.M")["categories"] == []
    assert [each["name"] for each in read(caller, "SHIRT.M", **INHERIT)["categories"]] == ["Shirts"]
    url = f"/api/product/{one_id('SHIRT.M')}"
    caller.http.patch(url, json={"categories": [{"id": one_id("d"), "name": "Sale"}]})
    assert [each["name"] for each in read(caller, "SHIRT.M", **INHERIT)["categories"]] == ["Sale"]
    caller.http.delete(f"{url}/categories/{one_id('d')}")
    assert [each["name"] for each in read(caller, "SHIRT.M", **INHERIT)["categories"]] == ["Shirts"]


def test_null_restores_the_inheritance(caller: Caller) -> None:
    url = f"/api/product/{one_id('SHIRT.M')}"
    own = {"name": "Shirt M", "price": [{**PRICE, "gross": 70}], "taxId": tax_id(caller)}
    assert caller.http.patch(url, json=own).status_code == 204
    assert read(caller, "SHIRT.M", **INHERIT)["price"][0]["gross"] == 70
    assert caller.http.patch(url, json=dict.fromkeys(own)).status_code == 204
    assert read(caller, "SHIRT.M", **INHERIT)["name"] == "Demo shirt"
    assert places(caller.http.patch(PARENT, json={"name": None})).keys() == {
        f"/0/translations/{SYSTEM_LANGUAGE_ID}/name"
    }


def test_a_variant_needs_only_its_number_and_stock(caller: Caller) -> None:
    answer = post(caller, "product", {"parentId": one_id("SHIRT")})
    assert places(answer) == {"/0/productNumber": BLANK, "/0/stock": BLANK}
    made(caller, "product", variant("SHIRT.XL", "XL", parentId=one_id("SHIRT")))
    assert read(caller, "SHIRT")["childCount"] == 3


def test_a_variant_that_loses_its_parent_must_stand_on_its_own(caller: Caller) -> None:
    url = f"/api/product/{one_id('SHIRT.M')}"
    name = f"/0/translations/{SYSTEM_LANGUAGE_ID}/name"
    alone = caller.http.patch(url, json={"parentId": None})
    assert places(alone) == {"/0/taxId": BLANK, "/0/price": BLANK, name: BLANK}
    whole = {"parentId": None, "name": "Alone", "taxId": tax_id(caller), "price": [PRICE]}
    assert caller.http.patch(url, json=whole).status_code == 204
    assert read(caller, "SHIRT")["childCount"] == 1


def test_a_second_setting_for_an_option_is_a_duplicate_key(caller: Caller) -> None:
    same = {"configuratorSettings": [{"id": one_id("set M"), "optionId": one_id("M"), "position": 3}]}
    assert caller.http.patch(PARENT, json=same).status_code == 204
    other = {"configuratorSettings": [{"optionId": one_id("M")}]}
    answer = caller.http.patch(PARENT, json=other)
    assert (answer.status_code, error(answer)["code"]) == (500, "1062")
    assert len(read(caller, "SHIRT")["configuratorSettings"]) == 2
    alone = {"productId": one_id("SHIRT"), "optionId": one_id("L")}
    assert post(caller, "product-configurator-setting", alone).status_code == 500


def test_an_option_in_use_is_not_deleted_nor_its_group(caller: Caller) -> None:
    for path in (f"property-group-option/{one_id('M')}", f"property-group/{one_id('Size')}"):
        answer = caller.http.delete(f"/api/{path}")
        assert (answer.status_code, error(answer)["code"]) == (409, "FRAMEWORK__DELETE_RESTRICTED")
    assert caller.http.delete(f"/api/property-group-option/{one_id('XL')}").status_code == 204
    assert len(caller.found("property-group-option")) == 2


def test_a_parents_variants_go_along(caller: Caller) -> None:
    assert caller.http.delete(f"/api/product/{one_id('SHIRT.L')}").status_code == 204
    assert read(caller, "SHIRT")["childCount"] == 1
    assert caller.http.delete(PARENT).status_code == 204
    assert caller.found("product") == []
    assert caller.found("product-configurator-setting") == []


def test_variants_of_variants_are_refused(caller: Caller) -> None:
    nested = {"children": [variant("SHIRT.M.1", "L")]}
    answer = caller.http.patch(f"/api/product/{one_id('SHIRT.M')}", json=nested)
    assert (answer.status_code, error(answer)["code"]) == (400, "SANDBOX__NESTED_VARIANT")
    assert len(caller.found("product")) == 3


def test_availability_follows_what_a_variant_inherits(caller: Caller) -> None:
    assert (read(caller, "SHIRT.M")["available"], read(caller, "SHIRT.L")["available"]) == (True, False)
    caller.http.patch(PARENT, json={"minPurchase": 8})
    assert read(caller, "SHIRT.M")["available"] is False
    caller.http.patch(PARENT, json={"isCloseout": False})
    assert (read(caller, "SHIRT.M")["available"], read(caller, "SHIRT.L")["available"]) == (True, True)
