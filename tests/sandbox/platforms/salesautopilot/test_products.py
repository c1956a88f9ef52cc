"""The catalogue of the emulated SalesAutopilot: products by id and by SKU, and flat categories."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.platforms.salesautopilot.calls import Desk, product, without


def test_a_product_is_created_read_listed_and_deleted() -> None:
    desk = Desk()
    made = desk.post("createproduct", product(prod_price=12.5, prod_vat_percent=20.1, prod_currency="EUR"))
    row = desk.get(f"getproduct/{made}")
    assert (row["prod_price"], row["prod_vat_percent"], row["prod_currency"]) == ("12.50", "20.1", "EUR")
    assert (row["prod_id"], row["prodcats"]) == (str(made), [])
    assert desk.get("listproducts") == [row]
    assert [desk.done("DELETE", f"deleteproduct/{made}") for _ in range(2)] == [1, 0]
    assert desk.get("listproducts") == []
    assert desk.refused("GET", f"getproduct/{made}")[0] == 404


@pytest.mark.parametrize("missing", ["prod_sku", "prod_name", "prod_price", "prod_vat_percent", "prod_currency"])
def test_a_product_without_what_it_needs_is_a_406(missing: str) -> None:
    desk = Desk()
    assert desk.refused("POST", "createproduct", without(product(), missing)) == (406, f"body.{missing} is missing")


@pytest.mark.parametrize(
    "change",
    [
        {"prod_currency": "RON"},
        {"prod_currency": "huf"},
        {"prod_price": "free"},
        {"prod_price": -1},
        {"prod_price": "1 500"},
        {"prod_vat_percent": 0.27},
        {"prod_vat_percent": 101},
        {"prod_sku": ""},
        {"prod_sku": 17},
        {"prod_name": " "},
        {"prod_stock": 3},
        {"prod_description": "Blue"},
        {"prodcat_ids": "31"},
        {"prodcat_ids": ["Mugs"]},
    ],
)
def test_a_field_of_another_form_is_a_406_for_both_writes(change: dict[str, Any]) -> None:
    desk = Desk()
    desk.office.add_product("SKU-1", 100)
    assert desk.refused("POST", "createproduct", product(**change))[0] == 406
    assert desk.refused("POST", "modifyproduct/sku/SKU-1", change)[0] == 406
    assert [each.price for each in desk.office.products] == [100]


def test_a_currency_more_may_be_taken() -> None:
    desk = Desk(currencies=frozenset({"RON"}))
    made = desk.post("createproduct", product(prod_currency="RON"))
    assert desk.get(f"getproduct/{made}")["prod_currency"] == "RON"
    assert desk.refused("POST", "createproduct", product(prod_currency="USD"))[0] == 406


def test_a_change_leaves_what_is_not_sent() -> None:
    desk = Desk()
    mugs = desk.office.add_category("Mugs")
    made = desk.office.add_product("SKU-1", 1500, name="Blue mug", categories=[mugs])
    assert desk.post(f"modifyproduct/{made.id}", {"prod_price": "1600"}) == 1
    assert (made.name, made.categories) == ("Blue mug", [mugs.id])
    assert [made.price, made.percent] == [Decimal(1600), Decimal(27)]
    assert desk.post("modifyproduct/sku/SKU-1", {"prodcat_ids": []}) == 1
    assert made.categories == []
    assert desk.refused("POST", f"modifyproduct/{made.id}", {})[0] == 406


def test_a_product_that_is_not_there_is_a_0() -> None:
    desk = Desk()
    assert desk.post("modifyproduct/1", {"prod_price": 1}) == 0
    assert desk.post("modifyproduct/sku/SKU-1", {"prod_price": 1}) == 0


def test_a_product_whose_sku_was_changed_is_found_by_the_new_one() -> None:
    desk = Desk()
    made = desk.office.add_product("SKU-1", 100)
    assert desk.post(f"modifyproduct/{made.id}", {"prod_sku": "SKU-2"}) == 1
    assert desk.post("modifyproduct/sku/SKU-1", {"prod_price": 1}) == 0
    assert desk.post("modifyproduct/sku/SKU-2", {"prod_price": 1}) == 1


def test_an_sku_that_is_there_makes_a_second_product_unless_the_account_refuses_it() -> None:
    twice, once = Desk(), Desk(repeated_sku_is_made=False)
    for desk in (twice, once):
        assert desk.post("createproduct", product()) > 0
    assert (twice.post("createproduct", product()) > 0, once.post("createproduct", product())) == (True, 0)
    assert [len(desk.office.products) for desk in (twice, once)] == [2, 1]


def test_of_two_products_with_one_sku_the_older_is_changed_by_it() -> None:
    desk = Desk()
    old, new = desk.office.add_product("SKU-1", 100), desk.office.add_product("SKU-1", 200)
    desk.post("modifyproduct/sku/SKU-1", {"prod_price": 50})
    desk.post("modifyproduct/sku/SKU-1", {"prod_price": 60})
    assert [old.price, new.price] == [Decimal(60), Decimal(200)]


def test_categories_are_flat_and_deleted_by_a_get() -> None:
    desk = Desk()
    made = desk.post("createprodcategory", {"prodcat_name": "Mugs"})
    again = desk.post("createprodcategory", {"prodcat_name": "Mugs", "prodcat_order": 2})
    assert made != again
    assert desk.post(f"modprodcategory/{made}", {"prodcat_name": "Cups", "prodcat_order": "1"}) == 1
    assert desk.get("listprodcategories") == [
        {"prodcat_id": str(made), "prodcat_name": "Cups", "prodcat_order": "1"},
        {"prodcat_id": str(again), "prodcat_name": "Mugs", "prodcat_order": "2"},
    ]
    sold = desk.office.add_product("SKU-1", 100)
    desk.post(f"modifyproduct/{sold.id}", {"prodcat_ids": [made, str(again), made]})
    assert [each["prodcat_name"] for each in desk.get(f"getproduct/{sold.id}")["prodcats"]] == ["Cups", "Mugs"]
    assert [desk.get(f"delprodcategory/{made}") for _ in range(2)] == [1, 0]
    assert sold.categories == [again]


@pytest.mark.parametrize(
    "body", [{}, {"prodcat_name": ""}, {"prodcat_name": 5}, {"prodcat_name": "A", "prodcat_parent": 1}]
)
def test_a_category_of_another_form_is_a_406(body: dict[str, Any]) -> None:
    desk = Desk()
    mugs = desk.office.add_category("Mugs")
    assert desk.refused("POST", "createprodcategory", body)[0] == 406
    assert desk.refused("POST", f"modprodcategory/{mugs.id}", body)[0] == 406


def test_a_category_that_is_not_there_is_a_0() -> None:
    desk = Desk()
    assert desk.post("modprodcategory/1", {"prodcat_name": "Mugs"}) == 0
    assert desk.post("createproduct", product(prodcat_ids=[1])) == 0
    assert desk.office.products == []


def test_people_edit_a_category_and_delete_a_product_without_any_call() -> None:
    desk = Desk()
    mugs = desk.office.add_category("Mugs")
    desk.office.add_product("SKU-1", 100, categories=[mugs])
    desk.office.edit_category(mugs, name="Cups", order=3)
    desk.office.change_product("SKU-1", name="Cup")
    assert desk.get("listproducts")[0]["prodcats"][0]["prodcat_name"] == "Cups"
    desk.office.delete_product("SKU-1")
    assert desk.get("listproducts") == []
    with pytest.raises(TypeError, match="a category has no parent"):
        desk.office.edit_category(mugs, parent=1)
