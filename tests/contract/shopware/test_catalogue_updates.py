"""Products changed in a Shopware shop: only where told."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Category, Feature, ProductField
from tests.contract.benches.shopware import ENDS, Bench, bench
from tests.contract.shopware.catalogue_products import axis, carried, gross, shirt, size, source, table


def end_state(shop: Bench) -> dict[str, Any]:
    """All that writing products leaves behind, without times."""
    entities = ("product", "product_visibility", "product_configurator_setting", "property_group")
    return {
        name: [{key: row[key] for key in row if key not in {"createdAt", "updatedAt"}} for row in table(shop, name)]
        for name in (*entities, "property_group_option", "category")
    }


# --- update ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ENDS)
def test_only_named_fields_are_written(version: str) -> None:
    shop = bench(version)
    connector = shop.connector()
    carried(connector, shirt(features=(Feature(name="Material", value="Wool"),)))
    before = end_state(shop)
    richer = shirt(name="New name", long_text="Other", ean="1", active=False, stock=Decimal(1))
    (outcome,) = carried(connector, richer, fields=frozenset({"name"}), price=None)
    assert outcome.state == "updated"
    expected = {**before, "product": [dict(row) for row in before["product"]]}
    expected["product"][0]["name"] = "New name"
    assert end_state(shop) == expected


def test_a_new_variant_joins_and_a_foreign_one_stays() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, shirt())
    shop.shop.add_product(ProductSpec("SHIRT.S", parent="SHIRT", options={"Size": "S"}, stock=1))
    larger = source("SHIRT", [size("SHIRT.M", "M"), size("SHIRT.L", "L"), size("SHIRT.XL", "XL", ean="5")])
    fields: dict[str, Any] = {"fields": frozenset[ProductField](), "price": None}
    (outcome,) = carried(connector, larger, **fields, new_variant_fields=frozenset[ProductField]({"ean", "stock"}))
    assert outcome.state == "updated"
    assert "SHIRT.S" in outcome.remarks[0]
    new = shop.shop.product("SHIRT.XL")
    assert (new["ean"], new["stock"], new["parentId"], axis(shop, "SHIRT.XL")) == ("5", 7, outcome.id, ["XL"])
    assert len(table(shop, "product_configurator_setting")) == 3
    assert shop.shop.product("SHIRT.M")["updatedAt"] is None


def test_a_variant_that_changed_its_option_changes_it_in_the_shop() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, shirt())
    carried(connector, source("SHIRT", [size("SHIRT.M", "Medium"), size("SHIRT.L", "L")]), fields=frozenset({"name"}))
    assert [axis(shop, sku) for sku in ("SHIRT.M", "SHIRT.L")] == [["Medium"], ["L"]]


def test_a_variants_own_price_comes_and_goes() -> None:
    shop = bench()
    connector = shop.connector()
    own = {"SHIRT.L": CataloguePrice(regular=gross("238"), sale=None)}
    carried(connector, shirt(), variant_prices=own)
    assert shop.shop.product("SHIRT.L")["price"][0]["gross"] == 238
    assert shop.shop.product("SHIRT.M")["price"] is None
    carried(connector, shirt())
    assert shop.shop.product("SHIRT.L")["price"] is None


def test_categories_and_properties_follow_the_source_when_written() -> None:
    shop = bench()
    connector = shop.connector()
    shirts, caps, shop_own = (
        connector.catalogue_target.write_category(
            Category(id=ExternalId("s"), parent=None, name=name, active=True), None
        )
        for name in ("Shirts", "Caps", "Sale")
    )
    wool, cotton = (Feature(name="Material", value=value) for value in ("Wool", "Cotton"))
    carried(connector, source("A", features=(wool,)), categories=(shirts, shop_own))
    carried(connector, source("A", features=(cotton,)), categories=(caps,))
    made = shop.shop.product("A")
    names = {row["id"]: row["name"] for row in table(shop, "property_group_option")}
    assert (made["categoryIds"], [names[each] for each in made["propertyIds"]]) == ([caps], ["Cotton"])
    carried(connector, source("A"), fields=frozenset({"name"}), price=None)
    assert shop.shop.product("A")["categoryIds"] == [caps]


def test_categories_outside_the_chosen_part_of_the_tree_stay() -> None:
    shop = bench()
    plain = shop.connector()
    root, outside = (
        plain.catalogue_target.write_category(Category(id=ExternalId("s"), parent=None, name=name, active=True), None)
        for name in ("Catalogue", "Sale")
    )
    connector = shop.connector(root_category=root)
    shirts = connector.catalogue_target.write_category(
        Category(id=ExternalId("s"), parent=None, name="Shirts", active=True), None
    )
    carried(plain, source("A"), categories=(outside, shirts))
    carried(connector, source("A"), categories=())
    assert shop.shop.product("A")["categoryIds"] == [outside]


def test_a_tax_of_the_same_rate_stays_and_another_one_is_found_by_rate() -> None:
    shop = bench()
    connector = shop.connector()
    second = shop.shop.shop.insert("tax", {"taxRate": 19, "name": "Special", "position": 99}).id
    carried(connector, source("A"))
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    assert row.values["taxId"] != second
    shop.shop.shop.store.write(row, {"taxId": second})
    carried(connector, source("A"))
    assert row.values["taxId"] == second
    carried(connector, source("A", tax_rate=Decimal("7.00")), price=CataloguePrice(regular=gross("107"), sale=None))
    assert (row.values["price"][0]["net"], row.values["taxId"] == second) == (100, False)


def test_a_tax_made_meanwhile_is_found() -> None:
    shop = bench()
    connector = shop.connector()
    odd = source("A", tax_rate=Decimal("5.5"))
    (outcome,) = carried(connector, odd)
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "unknown_tax")
    assert "5.5 %" in outcome.reason.fix
    shop.shop.shop.insert("tax", {"taxRate": 5.5, "name": "Odd"})
    assert [each.state for each in carried(connector, odd)] == ["created"]
