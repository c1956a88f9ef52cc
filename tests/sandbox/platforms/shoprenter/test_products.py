"""Products and stock of the emulated Shoprenter: found, shown, made, changed, deleted."""

import base64
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shoprenter import ProductSpec, SpecialSpec
from tests.sandbox.platforms.shoprenter.calls import Bolt

D = Decimal


def _id(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


MUG = _id("product-product_id=318")
TAX, HUNGARIAN, ENGLISH = _id("taxClass-tax_class_id=10"), _id("language-language_id=1"), _id("language-language_id=2")
RESELLERS, EVERYBODY = _id("customerGroup-customer_group_id=6"), _id("customerGroup-customer_group_id=8")


def _bolt(spec: ProductSpec | None = None, **assumed: Any) -> Bolt:
    bolt = Bolt(**assumed)
    bolt.shop.add_product(spec or ProductSpec("MUG", D(1000), 5, "Bögre", description="<p>Kék & fehér</p>"))
    return bolt


def _mug(bolt: Bolt) -> Any:
    return bolt.get(f"productExtend/{MUG}")


def _skus(bolt: Bolt, resource: str = "productExtend", **query: Any) -> list[str]:
    return [product["sku"] for product in bolt.items(resource, **query)]


def test_products_are_found_by_sku_parent_state_and_date() -> None:
    bolt = _bolt()
    bolt.shop.add_product(ProductSpec("MUG-S", parent="MUG", status=0))
    bolt.later(minutes=90)
    bolt.shop.set_stock("MUG", 3)
    assert _skus(bolt, sku="MUG") == _skus(bolt, "products", sku="MUG") == ["MUG"]
    assert _skus(bolt, sku="mug") == []
    assert _skus(bolt, parentProductId=318) == ["MUG-S"]
    assert _skus(bolt, published=0) == ["MUG-S"]
    assert _skus(bolt, innerId=318) == ["MUG"]
    assert _skus(bolt, updatedAfter="2026-03-01T12:30:00") == ["MUG"]
    assert _skus(bolt, updatedBefore="2026-03-01T12:29:59") == ["MUG-S"]
    assert _skus(bolt, createdAfter="2026-03-01T12:00:00") == []
    assert _skus(bolt, createdBefore="2026-03-01T12:00:00", updatedAt="2026-03-01") == ["MUG", "MUG-S"]
    assert bolt.get("productExtend", full=1)["requestTime"] == "2026-03-01T12:30:00"
    assert bolt.refused("GET", "productExtend", updatedAtMin="2026-03-01T12:00:00") == (400, 40010)
    assert bolt.refused("GET", "products", updatedAfter="2026-03-01T12:00:00") == (400, 40010)


def test_a_search_by_sku_may_find_other_cases_beginnings_and_the_parent() -> None:
    bolt = _bolt(sku_any_case=True, sku_prefix=True, parent_among_children=True)
    bolt.shop.add_product(ProductSpec("MUG-S", parent="mug"))
    assert _skus(bolt, sku="mug") == _skus(bolt, parentProductId=318) == ["MUG", "MUG-S"]
    assert bolt.refused("POST", "productExtend", {"sku": "mug"}) == (409, 40901)


def test_products_have_links_and_product_extend_what_is_behind_them() -> None:
    bolt = _bolt()
    plain = bolt.items("products")[0]
    for name in ("productDescriptions", "productSpecials", "taxClass", "parentProduct", "productCategoryRelations"):
        assert set(plain[name]) == {"href"}, name
    product = _mug(bolt)
    assert (product["price"], product["stock1"], product["quantity"]) == ("1000.0000", "5", "0.0000")
    assert product["parentProduct"]["href"].endswith(MUG)
    assert product["productDescriptions"][0]["description"] == "&lt;p&gt;Kék &amp; fehér&lt;/p&gt;"
    assert bolt.items("productDescriptions", productId=MUG)[0]["name"] == "Bögre"
    assert _mug(_bolt(encoded_texts=False))["productDescriptions"][0]["description"] == "<p>Kék & fehér</p>"


def test_prices_are_told_for_each_group_with_specials_discounts_and_the_multiplier() -> None:
    special = SpecialSpec(D(800), begins="2026-02-01", ends="2026-03-01")
    bolt = _bolt(ProductSpec("MUG", D(1000), specials=(special,), group_prices={6: D(900)}))
    everybody, resellers = _mug(bolt)["productPrices"]
    assert (everybody["customerGroup"]["default"], everybody["currencyCode"]) == (True, "HUF")
    assert [everybody[name] for name in ("net", "netOriginal", "gross", "grossOriginal", "grossSpecial")] == [
        "800.0000",
        "1000.0000",
        "1016.0000",
        "1270.0000",
        "1016.0000",
    ]
    assert resellers["netOriginal"] == "900.0000"
    bolt.later(days=1)
    assert [_mug(bolt)["productPrices"][0][name] for name in ("net", "netSpecial")] == ["1000.0000", None]
    bolt.shop.shop.customer_groups[6].percent = D(10)
    bolt.done("DELETE", f"customerGroupProductPrices/{bolt.items('customerGroupProductPrices')[0]['id']}")
    assert _mug(bolt)["productPrices"][1]["net"] == "900.0000"
    bolt.shop.add_special("MUG", SpecialSpec(D(700), group=6, priority=-1))
    bolt.shop.add_special("MUG", SpecialSpec(D(650), group=6, least=10))
    assert [prices["net"] for prices in _mug(bolt)["productPrices"]] == ["1000.0000", "700.0000"]


def test_bands_multiply_every_price_that_is_written_unless_it_is_locked() -> None:
    bolt = _bolt(price_multiplier=D("1.1"))
    bolt.done("PUT", f"productExtend/{MUG}", {"price": "2000"})
    assert (_mug(bolt)["multiplier"], _mug(bolt)["productPrices"][0]["net"]) == ("1.1000", "2200.0000")
    bolt.done("PUT", f"productExtend/{MUG}", {"multiplierLock": "1", "multiplier": "1"})
    assert _mug(bolt)["productPrices"][0]["net"] == "2000.0000"


def test_put_replaces_the_lists_that_are_sent_and_leaves_the_others() -> None:
    kitchen = _id("category-category_id=27")
    bolt = Bolt()
    bolt.shop.add_category("Konyha")
    bolt.shop.add_product(
        ProductSpec("MUG", D(1000), categories=(27,), names={"en": "Mug"}, specials=(SpecialSpec(D(900)),))
    )
    path = f"productExtend/{MUG}"
    bolt.done("PUT", path, {"productDescriptions": [{"name": "Csésze", "language": {"id": HUNGARIAN}}]})
    product = _mug(bolt)
    assert [text["name"] for text in product["productDescriptions"]] == ["Csésze"]
    assert [len(product[name]) for name in ("productSpecials", "productCategoryRelations")] == [1, 1]
    bolt.done("PUT", path, {"productSpecials": [], "productCategoryRelations": [{"category": {"id": kitchen}}]})
    product = _mug(bolt)
    assert [len(product[name]) for name in ("productSpecials", "productCategoryRelations")] == [0, 1]


def test_post_adds_to_the_lists_and_what_is_there_is_a_409() -> None:
    bolt = _bolt()
    path = f"productExtend/{MUG}"
    english = {"name": "Mug", "language": {"id": ENGLISH}}
    bolt.done("POST", path, {"productDescriptions": [english], "productSpecials": [{"price": "900"}]})
    assert [text["name"] for text in _mug(bolt)["productDescriptions"]] == ["Bögre", "Mug"]
    before = _mug(bolt)
    assert bolt.refused("POST", path, {"price": "1", "productDescriptions": [english]}) == (409, 40901)
    assert bolt.refused("POST", path, {"price": "1", "productSpecials": [{"price": "800"}]}) == (409, 40901)
    assert _mug(bolt) == before


def test_a_field_that_is_not_sent_is_as_it_was() -> None:
    bolt = _bolt()
    before = _mug(bolt)
    bolt.later(minutes=1)
    after = bolt.done("PUT", f"productExtend/{MUG}", {"stock2": "7"})
    assert {name for name in before if before[name] != after[name]} == {"stock2", "dateUpdated"}
    assert bolt.done("PUT", f"products/{MUG}", {"stock1": 4})["stock1"] == "4"
    assert bolt.shop.product("MUG").stock == [4, 7, 0, 0]


def test_an_sku_exists_once_and_a_second_one_is_told_the_first_ones_id() -> None:
    bolt = _bolt()
    answer = bolt.send("POST", "productExtend", {"sku": "MUG", "price": "1"})
    assert (answer.status_code, answer.json()["id"]) == (409, MUG)
    bolt.shop.add_product(ProductSpec("CUP"))
    cup = _id("product-product_id=319")
    assert bolt.refused("PUT", f"productExtend/{cup}", {"sku": "MUG"}) == (409, 40901)
    bolt.done("PUT", f"productExtend/{cup}", {"sku": "CUP-2"})
    assert (_skus(bolt, sku="CUP"), _skus(bolt, sku="CUP-2")) == ([], ["CUP-2"])


def test_writes_may_name_the_product_by_its_sku() -> None:
    bolt = _bolt()
    assert bolt.done("PUT", "productExtend", {"price": "5"}, sku="MUG")["price"] == "5.0000"
    assert bolt.done("POST", "productExtend", {"price": "6"}, sku="MUG")["price"] == "6.0000"
    assert bolt.refused("POST", "productExtend", {"sku": "CUP"}, sku="CUP") == (404, 40033)
    assert bolt.refused("PUT", "products", {"price": "5"}, sku="MUG") == (400, 40010)
    assert bolt.send("DELETE", "productExtend", sku="MUG").status_code == 204
    assert bolt.refused("DELETE", f"productExtend/{MUG}") == (404, 40401)


def test_a_caller_may_choose_the_id() -> None:
    bolt = Bolt()
    made = bolt.done("POST", "products/MUG-1", {"sku": "MUG", "price": "1"})
    assert (made["id"], made["innerId"]) == ("MUG-1", "318")
    assert made["href"].endswith("/products/MUG-1")
    bolt.done("POST", "productExtend", {"id": "MUG-1", "price": "2"})
    assert bolt.get(f"products/{MUG}")["id"] == "MUG-1"
    assert bolt.shop.product("MUG").price == 2
    assert bolt.refused("PUT", "productExtend/MUG-2", {"price": "2"}) == (400, 40007)
    bolt.shop.delete_product("MUG")
    assert bolt.refused("POST", "products/MUG-1", {"sku": "MUG"}) == (404, 40401)


def test_a_new_product_is_on_sale_unless_it_says_otherwise() -> None:
    bolt = Bolt()
    assert bolt.done("POST", "productExtend", {"sku": "A"})["status"] == "1"
    assert bolt.done("POST", "productExtend", {"sku": "B", "status": "0"})["status"] == "0"
    assert bolt.send("POST", "productExtend", {"sku": "C"}, emptyBody=1).json()["sku"] == "C"
    small = Bolt(products_at_most=1, created=200)
    assert small.send("POST", "productExtend", {"sku": "A"}).status_code == 200
    assert small.refused("POST", "productExtend", {"sku": "B"}) == (400, 40015)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"price": "1"}, (400, 40003)),
        ({"sku": "A", "innerId": "7"}, (400, 40002)),
        ({"sku": "A", "colour": "red"}, (400, 40005)),
        ({"sku": "A", "price": "-1"}, (400, 40005)),
        ({"sku": "A", "price": "abc"}, (400, 40005)),
        ({"sku": "A", "stock1": "sok"}, (400, 40005)),
        ({"sku": "A", "status": "3"}, (400, 40005)),
        ({"sku": "A", "taxClass": {"id": HUNGARIAN}}, (400, 40005)),
        ({"sku": "A", "taxClass": {"id": _id("taxClass-tax_class_id=99")}}, (400, 40006)),
        ({"sku": "A", "taxClass": {"href": "https://x", "id": TAX}}, (400, 40005)),
        ({"sku": "A", "productDescriptions": [{"name": "A"}]}, (400, 40005)),
        ({"sku": "A", "productDescriptions": [{"language": {"id": _id("language-language_id=9")}}]}, (400, 40006)),
        ({"sku": "A", "customerGroupProductPrices": [{"price": 1, "customerGroup": {"id": EVERYBODY}}]}, (400, 40005)),
        ({"sku": "A", "productSpecials": [{"price": 1, "dateFrom": "tomorrow"}]}, (400, 40005)),
        ({"sku": "A", "productTags": []}, (501, 501)),
    ],
)
def test_a_product_is_refused_with_its_number_and_not_made(body: Any, expected: tuple[int, int]) -> None:
    bolt = Bolt()
    assert bolt.refused("POST", "productExtend", body) == expected
    assert bolt.shop.products == []


def test_special_prices_are_written_by_themselves_and_never_for_everybody_again() -> None:
    bolt = _bolt()
    sent = {"product": {"id": MUG}, "price": "800", "dateFrom": "2026-03-01", "customerGroup": {"id": RESELLERS}}
    made = bolt.done("POST", "productSpecials", sent)
    assert (made["dateFrom"], made["dateTo"]) == ("2026-03-01 00:00:00", "0000-00-00 00:00:00")
    again = bolt.send("POST", "productSpecials", sent)
    assert (again.status_code, again.json()["id"]) == (409, made["id"])
    changed = bolt.done("PUT", f"productSpecials/{made['id']}", {"price": "700", "customerGroup": None})
    assert (changed["price"], changed["customerGroup"]["href"].endswith(RESELLERS)) == ("700.0000", True)
    assert [each["id"] for each in bolt.items("productSpecials", productId=MUG)] == [made["id"]]
    assert bolt.send("DELETE", f"productSpecials/{made['id']}").status_code == 204
    assert _mug(bolt)["productSpecials"] == []
    assert bolt.refused("POST", "productSpecials", {"price": "1"}) == (400, 40003)


def test_group_prices_are_not_for_the_default_group() -> None:
    bolt = _bolt()
    sent = {"product": {"id": MUG}, "price": "800"}
    assert bolt.refused("POST", "customerGroupProductPrices", {**sent, "customerGroup": {"id": EVERYBODY}}) == (
        400,
        40005,
    )
    made = bolt.done("POST", "customerGroupProductPrices", {**sent, "customerGroup": {"id": RESELLERS}})
    assert made["id"] == _id("customerGroupProductPrice-customer_group_id=6&product_id=318")
    assert bolt.done("PUT", f"customerGroupProductPrices/{made['id']}", {"price": "750"})["price"] == "750.0000"
    assert bolt.refused("POST", "customerGroupProductPrices", {**sent, "customerGroup": {"id": RESELLERS}}) == (
        409,
        40901,
    )


def test_texts_are_written_by_themselves() -> None:
    bolt = _bolt()
    sent = {"product": {"id": MUG}, "language": {"id": ENGLISH}, "name": "Mug"}
    made = bolt.done("POST", "productDescriptions", sent)
    assert made["id"] == _id("productDescription-product_id=318&language_id=2")
    assert bolt.done("PUT", f"productDescriptions/{made['id']}", {"description": "<b>"})["name"] == "Mug"
    assert bolt.shop.product("MUG").texts[2]["description"] == "<b>"
    assert bolt.send("DELETE", f"productDescriptions/{made['id']}").status_code == 204
    assert len(_mug(bolt)["productDescriptions"]) == 1


def test_variants_are_products_with_a_parent_and_values_of_their_class() -> None:
    bolt = _bolt()
    for size in ("S", "M"):
        bolt.shop.add_product(ProductSpec(f"MUG-{size}", D(1000), 2, parent="MUG", options={"Méret": size}))
    small, medium = bolt.items("productExtend", parentProductId=318)
    assert small["parentProduct"]["href"].endswith(MUG)
    assert small["productAttributeExtend"][0]["type"] == "LIST"
    values = [each["productAttributeExtend"][0]["value"] for each in (small, medium)]
    assert [[row["value"] for row in rows] for rows in values] == [["S", "S"], ["M", "M"]]
    bolt.shop.add_product_class("Másként", "Méret")
    (kind,) = bolt.items("productClasses")
    assert kind["firstVariantParameter"]["href"].endswith(_id("listAttribute-attribute_id=2"))
    assert len(bolt.items("listAttributeValues", listAttributeId=_id("listAttribute-attribute_id=2"))) == 2
    bolt.shop.delete_product("MUG")
    assert bolt.get(f"products/{small['id']}")["parentProduct"]["href"].endswith(small["id"])


def test_a_variant_is_made_over_the_api() -> None:
    bolt = _bolt()
    attribute = bolt.done("POST", "listAttributes", {"name": "meret"})["id"]
    value = bolt.done("POST", "listAttributeValues", {"listAttribute": {"id": attribute}})["id"]
    text = {"name": "XL", "listAttributeValue": {"id": value}, "language": {"id": HUNGARIAN}}
    bolt.done("POST", "listAttributeValueDescriptions", text)
    assert bolt.items("listAttributeValueDescriptions", listAttributeValueId=value)[0]["name"] == "XL"
    kind = bolt.done("POST", "productClasses", {"name": "Pólók", "firstVariantParameter": {"id": attribute}})["id"]
    child = bolt.done("POST", "productExtend", {"sku": "MUG-XL", "parentProduct": {"id": MUG}})
    wanted = {"product": {"id": child["id"]}, "listAttributeValue": {"id": value}}
    assert bolt.refused("POST", "productListAttributeValueRelations", wanted) == (400, 40012)
    bolt.done("PUT", f"productExtend/{child['id']}", {"productClass": {"id": kind}})
    bolt.done("POST", "productListAttributeValueRelations", wanted)
    assert bolt.refused("POST", "productListAttributeValueRelations", wanted) == (409, 40901)
    shown = bolt.items("productExtend", sku="MUG-XL")[0]["productAttributeExtend"]
    assert shown == [{"type": "LIST", "name": "meret", "value": shown[0]["value"]}]
    other = bolt.done("POST", "productClasses", {"name": "Más"})["id"]
    bolt.done("PUT", f"productExtend/{child['id']}", {"productClass": {"id": other}})
    assert bolt.shop.product("MUG-XL").values == []
    assert bolt.refused("POST", "productListAttributeValueRelations", wanted) == (400, 40021)
    twice = {"name": "X", "firstVariantParameter": {"id": attribute}, "secondVariantParameter": {"id": attribute}}
    assert bolt.refused("POST", "productClasses", twice) == (400, 40023)
    assert bolt.refused("POST", "listAttributes", {"name": "meret"}) == (409, 40901)


def test_a_manufacturer_is_linked_made_or_renamed_with_its_product() -> None:
    bolt = _bolt()
    path = f"productExtend/{MUG}"
    made = bolt.done("PUT", path, {"manufacturer": {"name": "Zsolnay"}})["manufacturer"]
    assert (made["name"], made["id"]) == ("Zsolnay", _id("manufacturer-manufacturer_id=2"))
    assert bolt.done("PUT", path, {"manufacturer": {"id": made["id"], "name": "Herend"}})["manufacturer"]["name"] == (
        "Herend"
    )
    assert [each["name"] for each in bolt.items("manufacturers")] == ["Herend"]
    assert bolt.refused("POST", "manufacturers", {"name": "Herend"}) == (409, 40901)
    assert bolt.done("POST", "manufacturers", {"name": "Hollóház"})["innerId"] == "3"
    assert bolt.done("PUT", path, {"manufacturer": None})["manufacturer"] is None


def test_stock_is_absolute_and_a_sale_may_move_the_date() -> None:
    for moves in (False, True):
        bolt = _bolt(sale_moves_product=moves)
        bolt.later(minutes=5)
        bolt.shop.sell({"MUG": 7})
        product = _mug(bolt)
        assert product["stock1"] == "-2"
        assert (product["dateUpdated"] != product["dateCreated"]) == moves
        bolt.done("PUT", f"products/{MUG}", {"stock1": "12"})
        assert bolt.shop.product("MUG").stock[0] == 12


def test_categories_keep_their_texts_and_disabled_ones_are_read_too() -> None:
    bolt = Bolt()
    kitchen = bolt.shop.add_category("Konyha", en="Kitchen")
    bolt.shop.add_category("Bögrék", kitchen, enabled=False)
    bolt.later(hours=1)
    first, second = bolt.items("categoryExtend")
    assert [text["name"] for text in first["categoryDescriptions"]] == ["Konyha", "Kitchen"]
    assert (second["status"], second["parentCategory"]["href"].endswith(first["id"])) == ("0", True)
    assert first["parentCategory"] is None
    assert bolt.items("categoryExtend", createdAfter="2026-03-01T11:30:00") == []
    assert bolt.refused("GET", "categoryExtend", updatedAfter="2026-03-01T00:00:00") == (400, 40010)
    assert bolt.items("categoryDescriptions", categoryId=first["id"])[1]["name"] == "Kitchen"
    assert set(bolt.items("categories")[0]["categoryDescriptions"]) == {"href"}


def test_categories_are_made_changed_moved_and_deleted() -> None:
    bolt = _bolt()
    texts = [{"name": "Konyha", "language": {"id": HUNGARIAN}}]
    root = bolt.done("POST", "categoryExtend", {"status": "1", "categoryDescriptions": texts})
    child = bolt.done("POST", "categoryExtend", {"parentCategory": {"id": root["id"]}, "categoryDescriptions": texts})
    path = f"categoryExtend/{child['id']}"
    english = [{"name": "Mugs", "language": {"id": ENGLISH}}]
    assert len(bolt.done("POST", path, {"categoryDescriptions": english})["categoryDescriptions"]) == 2
    assert bolt.refused("POST", path, {"categoryDescriptions": english}) == (409, 40901)
    assert len(bolt.done("PUT", path, {"categoryDescriptions": english})["categoryDescriptions"]) == 1
    below = {"parentCategory": {"id": child["id"]}}
    assert bolt.refused("PUT", f"categoryExtend/{root['id']}", below) == (400, 40005)
    assert bolt.done("PUT", path, {"parentCategory": None, "status": "0"})["status"] == "0"
    relation = {"product": {"id": MUG}, "category": {"id": root["id"]}}
    made = bolt.done("POST", "productCategoryRelations", relation)
    assert made["id"] == _id("productCategory-product_id=318&category_id=27")
    assert bolt.refused("POST", "productCategoryRelations", relation) == (409, 40901)
    assert len(bolt.items("productCategoryRelations", categoryId=root["id"])) == 1
    assert bolt.send("DELETE", f"productCategoryRelations/{made['id']}").status_code == 204
    assert _mug(bolt)["productCategoryRelations"] == []
    assert bolt.send("DELETE", f"categories/{root['id']}").status_code == 204
    assert bolt.refused("DELETE", f"categories/{root['id']}") == (404, 40401)


def test_texts_of_categories_are_written_by_themselves() -> None:
    bolt = Bolt()
    bolt.shop.add_category("Konyha")
    category = bolt.items("categories")[0]["id"]
    sent = {"category": {"id": category}, "language": {"id": ENGLISH}, "name": "Kitchen"}
    made = bolt.done("POST", "categoryDescriptions", sent)
    assert bolt.refused("POST", "categoryDescriptions", sent) == (409, 40901)
    assert bolt.done("PUT", f"categoryDescriptions/{made['id']}", {"description": "x"})["name"] == "Kitchen"
    assert bolt.send("DELETE", f"categoryDescriptions/{made['id']}").status_code == 204
    assert len(bolt.items("categoryExtend")[0]["categoryDescriptions"]) == 1


def test_the_merchant_changes_products() -> None:
    bolt = _bolt()
    bolt.later(minutes=1)
    bolt.shop.change_product("MUG", price=D(2), name="Csésze", sku="CUP", description="új")
    product = _mug(bolt)
    assert (product["sku"], product["price"], product["productDescriptions"][0]["name"]) == (
        "CUP",
        "2.0000",
        "Csésze",
    )
    assert product["dateUpdated"] == "2026-03-01T11:01:00"
    with pytest.raises(ValueError, match="colour"):
        bolt.shop.change_product("CUP", colour="red")
    bolt.shop.add_product(ProductSpec("MUG"))
    with pytest.raises(ValueError, match="MUG"):
        bolt.shop.change_product("CUP", sku="MUG")
    with pytest.raises(ValueError, match="MUG"):
        bolt.shop.add_product(ProductSpec("MUG"))
    with pytest.raises(ValueError, match="NO"):
        bolt.shop.add_product(ProductSpec("X", parent="NO"))
