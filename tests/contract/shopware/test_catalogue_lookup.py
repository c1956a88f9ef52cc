"""Products looked up in a Shopware shop, and what it cannot express."""

from decimal import Decimal

import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.connectors.shopware.connector import PRODUCT_RIGHTS, PRODUCT_WRITE_RIGHTS
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Category, Feature, Price, Product
from tests.contract.benches.shopware import ENDS, api_of, bench
from tests.contract.shopware.catalogue_products import (
    NINETEEN,
    carried,
    change,
    found,
    gross,
    shirt,
    size,
    source,
    table,
    written,
)


@pytest.mark.parametrize("version", ENDS)
def test_a_variants_sku_leads_to_its_product(version: str) -> None:
    shop = bench(version)
    connector = shop.connector()
    carried(connector, shirt(), source("CAP", ean="", long_text=""))
    hits = connector.catalogue_target.find(["SHIRT.M", "SHIRT", "CAP", "NONE", "cap", ""])
    assert {sku: [hit.sku for hit in each] for sku, each in hits.items()} == {
        "SHIRT.M": ["SHIRT"],
        "SHIRT": ["SHIRT"],
        "CAP": ["CAP"],
        "cap": ["CAP"],
    }
    assert hits["CAP"][0].filled == {"name", "active", "tax", "price", "stock"}
    assert hits["SHIRT"][0].filled == {"name", "active", "tax", "price", "stock", "ean", "long_text"}
    assert connector.catalogue_target.find([]) == {}


def test_a_variant_with_another_number_in_the_shop_is_not_doubled() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, shirt())
    (outcome,) = carried(connector, source("SHIRT", [size("SHIRT.MEDIUM", "M"), size("SHIRT.L", "L")]))
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "variant_has_other_number")
    (swapped,) = carried(connector, source("SHIRT", [size("SHIRT.M", "L"), size("SHIRT.L", "M")]))
    assert swapped.state == "updated"


def test_a_product_keeps_to_the_property_group_that_it_uses_among_several_of_one_name() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, source("SHIRT", [size("SHIRT.M", "M")], features=(Feature(name="Fit", value="Slim"),)))
    (ours,) = (row["id"] for row in table(shop, "property_group") if row["name"] == "Size")
    lower = "0" * 32
    api_of(connector).create("property-group", {"id": lower, "name": "Size"})
    api_of(connector).create("property-group-option", {"id": "1" * 32, "groupId": lower, "name": "M"})
    before = shop.shop.product("SHIRT.M")["optionIds"]
    carried(shop.connector(), shirt(features=(Feature(name="Fit", value="Slim"),)), source("NEW", [size("NEW.M", "M")]))
    assert shop.shop.product("SHIRT.M")["optionIds"] == before
    groups = {row["id"]: row["groupId"] for row in table(shop, "property_group_option")}
    owners = {sku: groups[shop.shop.product(sku)["optionIds"][0]] for sku in ("SHIRT.M", "SHIRT.L", "NEW.M")}
    assert owners == {"SHIRT.M": ours, "SHIRT.L": ours, "NEW.M": lower}


@pytest.mark.parametrize(
    ("product", "code"),
    [
        (source(name=" "), "no_name"),
        (source(""), "no_sku"),
        (source("A", [size("A", "M")]), "duplicate_sku"),
        (source("A", [size("B", "M"), size("b", "L")]), "duplicate_sku"),
        (source("A", [size("", "M")]), "incomplete_variant"),
        (source("A", [size("B", "M", options={})]), "incomplete_variant"),
        (source("A", [size("B", " ")]), "incomplete_variant"),
    ],
)
def test_what_shopware_cannot_express_is_held(product: Product, code: str) -> None:
    with pytest.raises(Held) as caught:
        bench().connector().catalogue_target.plan(change(product))
    assert caught.value.code == code
    assert caught.value.fix


def test_prices_are_converted_by_the_tax_that_a_product_and_its_variant_keep() -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("SHIRT", "Shirt", Decimal(1), NINETEEN))
    for value, tax in (("M", None), ("L", Decimal(7))):
        shop.shop.add_product(ProductSpec(f"SHIRT.{value}", parent="SHIRT", options={"Size": value}, tax=tax))
    connector = shop.connector()
    net = CataloguePrice(regular=Price(amount=Decimal(100), gross=False, currency="EUR"), sale=None)
    of = shirt(tax_rate=Decimal(9))
    known = found(connector, of)
    assert known is not None
    assert known.tax_rate == NINETEEN
    own = {variant.sku: net for variant in of.variants}
    written(connector, change(of, known, fields=frozenset({"price"}), price=net, variant_prices=own))
    figures = {sku: shop.shop.product(sku)["price"][0]["gross"] for sku in ("SHIRT", "SHIRT.M", "SHIRT.L")}
    assert figures == {"SHIRT": 119, "SHIRT.M": 119, "SHIRT.L": 107}


def test_a_product_without_tax_or_in_another_currency_is_held_alone() -> None:
    shop = bench()
    connector = shop.connector()
    outcomes = written(
        connector,
        change(source("A", tax_rate=None)),
        change(source("B"), price=CataloguePrice(regular=gross("1", "HUF"), sale=None)),
        change(source("C")),
    )
    codes = [each.reason.code if each.reason else each.state for each in outcomes]
    assert codes == ["no_tax_rate", "other_currency", "created"]


WRITE = {
    f"{entity}:{action}" for entity in PRODUCT_WRITE_RIGHTS.split(", ") for action in ("create", "update", "delete")
}


READ = {f"{entity}:read" for entity in PRODUCT_RIGHTS.split(", ")}


@pytest.mark.parametrize("version", ENDS)
def test_the_listed_rights_are_enough_to_write_products(version: str) -> None:
    shop = bench(version, (*WRITE, *READ))
    channel = table(shop, "sales_channel")[0]["id"]
    connector = shop.connector(visible_in=[channel])
    wear = connector.catalogue_target.write_category(
        Category(id=ExternalId("1"), parent=None, name="Wear", active=True), None
    )
    wool, cotton = (Feature(name="Material", value=value) for value in ("Wool", "Cotton"))
    carried(connector, shirt(features=(wool,)), categories=(wear,))
    other = source("SHIRT", [size("SHIRT.M", "S"), size("SHIRT.L", "L")], features=(cotton,))
    (outcome,) = carried(connector, other)
    assert (outcome.state, outcome.reason) == ("updated", None)
    assert connector.catalogue_target.deactivate([outcome.id or ExternalId("")]) == {}
