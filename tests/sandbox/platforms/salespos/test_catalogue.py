"""Categories, features and photos of the emulated SalesPOS."""

from typing import Any

import pytest

from tests.sandbox.platforms.salespos.calls import Till


def category(till: Till, name: str, parent: int | None = None, **fields: Any) -> int:
    below = {} if parent is None else {"parentcategory_id": parent}
    return int(till.post("/categories", {"name": name, **below, **fields})["id"])


def text_property(till: Till, group: int, name: str, **fields: Any) -> int:
    return int(till.post(f"/productpropertygroups/{group}/productproperties", {"name": name, **fields})["id"])


def attached(till: Till, product: int, group: int) -> None:
    till.post("/producttopropertygroups", {"product_id": product, "product_property_group_id": group})


def test_the_tree_shows_every_category_below_its_parent() -> None:
    till = Till()
    kitchen = category(till, "Kitchen")
    mugs = category(till, "Mugs", kitchen, show_on_website=False)
    till.done("PATCH", f"/categories/{mugs}", {"name": "Cups"})
    (root,) = till.get("/categorytree")["root_categories"]
    assert [(each["name"], each["show_on_website"]) for each in root["children"]] == [("Cups", False)]
    assert till.get(f"/categories/{mugs}")["parentcategory"]["id"] == kitchen
    assert [each["id"] for each in till.get(f"/categories/{kitchen}/categories")["items"]] == [mugs]


def test_a_category_cannot_hang_below_itself_or_nothing() -> None:
    till = Till()
    kitchen = category(till, "Kitchen")
    mugs = category(till, "Mugs", kitchen)
    assert till.refused("PATCH", f"/categories/{kitchen}", {"parentcategory_id": mugs}) == "400.10"
    assert till.refused("POST", "/categories", {"name": "x", "parentcategory_id": 1}) == "400.20"


def test_a_product_is_in_a_category_once_until_one_of_them_goes() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 8)["id"]
    kitchen, sale = category(till, "Kitchen"), category(till, "Sale")
    body = {"product_id": mug, "category_id": kitchen}
    link = till.post("/producttocategories", body)
    till.post("/producttocategories", {**body, "category_id": sale})
    assert till.refused("POST", "/producttocategories", body) == "500.40"
    assert till.refused("POST", "/producttocategories", {**body, "category_id": 1}) == "400.20"
    assert till.refused("POST", "/producttocategories", {**body, "product_id": 1}) == "400.20"
    assert till.refused("GET", "/producttocategories") == "405.10"
    expanded = till.get("/products", expand="producttocategories")["items"][0]["producttocategories"]["items"]
    assert expanded == till.get(f"/products/{mug}/producttocategories")["items"]
    assert [each["category_id"] for each in expanded] == [kitchen, sale]
    till.done("DELETE", f"/categories/{sale}")
    till.done("DELETE", f"/producttocategories/{link['id']}")
    assert till.get(f"/products/{mug}/producttocategories")["items"] == []
    assert till.get(f"/categories/{kitchen}/producttocategories")["items"] == []


def test_a_feature_needs_its_group_on_the_product_and_is_listed_there() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 8)["id"]
    group = till.post("/productpropertygroups", {"name": "Facts"})["id"]
    height = text_property(till, group, "Height")
    body = {"product_id": mug, "product_property_id": height, "value": "9 cm"}
    assert till.refused("POST", "/productpropertyvalues", body) == "400.20"
    attached(till, mug, group)
    value = till.post("/productpropertyvalues", body)
    assert till.refused("POST", "/productpropertyvalues", body) == "500.40"
    till.done("PATCH", f"/productpropertyvalues/{value['id']}", {"value": "10 cm"})
    (shown,) = till.get(f"/products/{mug}/producttopropertygroups")["items"]
    assert [each["value"] for each in shown["values"]["collection"]] == ["10 cm"]
    product = till.get(f"/products/{mug}", expand="producttopropertygroups")
    assert product["producttopropertygroups"]["items"] == [shown]
    till.done("DELETE", f"/productpropertyvalues/{value['id']}")
    assert till.refused("GET", f"/productpropertyvalues/{value['id']}") == "404.10"


def test_properties_are_listed_in_their_group_only() -> None:
    till = Till()
    group = till.post("/productpropertygroups", {"name": "Facts"})["id"]
    height = text_property(till, group, "Height")
    (shown,) = till.get(f"/productpropertygroups/{group}/productproperties")["items"]
    assert (shown["id"], shown["type"]) == (height, "Text")
    assert till.refused("GET", "/productproperties") == "404.20"
    assert till.refused("POST", f"/productpropertygroups/{group}/productproperties", {"name": "x", "type": "text"}) == (
        "400.10"
    )


def test_a_property_with_options_takes_only_the_id_of_one() -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 8)["id"]
    group = till.post("/productpropertygroups", {"name": "Facts"})["id"]
    material = text_property(till, group, "Material", type="Option")
    clay = till.post(f"/productproperties/{material}/productpropertyoptions", {"name": "Clay"})["id"]
    attached(till, mug, group)
    body = {"product_id": mug, "product_property_id": material}
    assert till.refused("POST", "/productpropertyvalues", {**body, "value": "Clay"}) == "400.20"
    till.post("/productpropertyvalues", {**body, "value": str(clay)})
    assert [each["name"] for each in till.get(f"/productproperties/{material}/productpropertyoptions")["items"]] == [
        "Clay"
    ]


@pytest.mark.parametrize("count", [0, 2])
def test_photos_are_only_counted(count: int) -> None:
    till = Till()
    mug = till.shop.add_product("MUG", 8)["id"]
    for _ in range(count):
        till.shop.add_photo(mug)
    photos = till.get(f"/products/{mug}", expand="productphotos")["productphotos"]["items"]
    assert len(photos) == count


def test_a_value_is_linked_to_a_product_once() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"M": 0}})["id"]
    (link,) = till.get(f"/products/{tee}/productattributevalues")["items"]
    body = {"optionvalue": link["optionvalue_id"], "price": 0}
    assert till.refused("POST", f"/products/{tee}/productattributevalues", body) == "500.40"


def test_an_order_s_row_names_the_chosen_values_but_no_combination() -> None:
    till = Till()
    tee = till.shop.add_product("TEE", 10, variants={"Size": {"M": 0}})
    (medium,) = till.shop.combinations(tee["id"])
    row = {"product_id": tee["id"], "attribute_combination_id": medium["id"], "count": 1}
    made = till.post("/orders", {"customer": {}, "orderrows": [row], "total_shipping": 0})
    (shown,) = till.get(f"/orders/{made['id']}/orderrows")["items"]
    assert [(each["option_name"], each["value_name"]) for each in shown["attributes"]] == [("Size", "M")]
    assert "attribute_combination_id" not in shown
    assert (shown["product_number"], shown["sub_product_number"]) == ("TEE", "TEE-M")
