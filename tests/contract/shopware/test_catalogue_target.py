"""Products made in a Shopware shop: whole, in few calls, found again by what the shop calls them."""

from decimal import Decimal

import pytest

from sandbox.platforms.shopware import ProductSpec
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Feature, Price
from tests.contract.benches.shopware import ENDS, bench
from tests.contract.shopware.catalogue_products import (
    NINETEEN,
    SYNC,
    axis,
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

PROPERTIES = ("POST /api/search/property-group", "POST /api/search/property-group-option")


@pytest.mark.parametrize("version", ENDS)
def test_a_product_with_variants_is_made_whole_in_few_calls(version: str) -> None:
    shop = bench(version)
    channel = table(shop, "sales_channel")[0]["id"]
    connector = shop.connector(visible_in=[channel], short_text_field="metaDescription")
    features = (Feature(name="Material", value="Cotton"), Feature(name="Material", value="Wool"))
    (outcome,) = carried(connector, shirt(features=features, short_text="In short", active=False))
    assert (outcome.state, outcome.reason, outcome.remarks) == ("created", None, ())
    made = shop.shop.product("SHIRT")
    assert made["id"] == outcome.id
    assert (made["name"], made["description"], made["metaDescription"]) == ("Demo SHIRT", "Soft", "In short")
    assert (made["active"], made["stock"], made["childCount"], made["ean"]) == (False, 0, 2, "4000000000017")
    assert (made["price"][0]["gross"], made["price"][0]["net"], made["price"][0]["linked"]) == (119, 100, True)
    assert [axis(shop, f"SHIRT.{letter}") for letter in "ML"] == [["M"], ["L"]]
    assert [shop.shop.product(f"SHIRT.{letter}")["stock"] for letter in "ML"] == [7, 7]
    assert [row["visibility"] for row in table(shop, "product_visibility")] == [30]
    assert len(table(shop, "product_configurator_setting")) == 2
    assert sorted(row["name"] for row in table(shop, "property_group")) == ["Material", "Size"]
    assert shop.calls(SYNC) == 2


def test_a_simple_product_is_made_with_its_stock_and_shown_where_orders_come_from() -> None:
    shop = bench()
    channel = table(shop, "sales_channel")[0]["id"]
    carried(shop.connector(sales_channels=[channel]), source("CAP"))
    made = shop.shop.product("CAP")
    assert (made["stock"], made["active"], made["name"]) == (5, True, "Demo CAP")
    assert [row["salesChannelId"] for row in table(shop, "product_visibility")] == [channel]


def test_what_is_left_out_of_a_new_product_is_told() -> None:
    shop = bench()
    (outcome,) = carried(
        shop.connector(), shirt(short_text="Short"), fields=frozenset({"short_text", "active"}), price=None
    )
    made = shop.shop.product("SHIRT")
    assert (outcome.state, made["active"], made["price"][0]["gross"], made["stock"]) == ("created", False, 0, 0)
    assert (made["description"], made["ean"], shop.shop.product("SHIRT.M")["active"]) == (None, None, None)
    told = " ".join(outcome.remarks)
    assert all(word in told for word in ("without a price", "no sales channel", "short text was left out"))


@pytest.mark.parametrize("version", ENDS)
def test_property_values_are_found_by_name_and_shared(version: str) -> None:
    shop = bench(version)
    shop.shop.add_product(ProductSpec("OLD", "Old", Decimal(1), NINETEEN, properties={"SIZE": "m", "Material": "Wool"}))
    connector = shop.connector()
    carried(connector, shirt("A", features=(Feature(name="material", value="wool "),)), shirt("B"))
    carried(connector, shirt("C"))
    assert sorted(row["name"] for row in table(shop, "property_group")) == ["Material", "SIZE"]
    assert sorted(row["name"] for row in table(shop, "property_group_option")) == ["L", "Wool", "m"]
    assert len({tuple(shop.shop.product(f"{sku}.M")["optionIds"]) for sku in "ABC"}) == 1


def test_a_value_that_was_renamed_in_the_shop_is_still_ours() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, shirt("A"))
    for entity, name in (("property_group", "Größe"), ("property_group_option", "Medium")):
        shop.shop.shop.store.write(next(iter(shop.shop.shop.store.all(entity))), {"name": name})
    carried(shop.connector(), shirt("B"))
    assert [row["name"] for row in table(shop, "property_group")] == ["Größe"]
    assert sorted(row["name"] for row in table(shop, "property_group_option")) == ["L", "Medium"]


def test_properties_are_asked_for_once_in_some_minutes_however_many_products_name_them() -> None:
    shop = bench()
    connector = shop.connector()
    looked_up = []
    for sku, passed in (("A", 0), ("B", 0), ("C", 599), ("D", 1)):
        shop.clock.advance(seconds=passed)
        carried(connector, shirt(sku))
        looked_up.append(sum(map(shop.calls, PROPERTIES)))
    carried(connector, source("E", [size("E.M", "M"), size("E.S", "S")]))
    assert [*looked_up, sum(map(shop.calls, PROPERTIES))] == [1, 1, 1, 3, 4]
    assert {sku: axis(shop, f"{sku}.M") for sku in "ABCDE"} == {sku: ["M"] for sku in "ABCDE"}


@pytest.mark.parametrize("gone", [["property_group_option"], ["property_group_option", "property_group"]])
def test_a_property_that_was_deleted_in_the_shop_meanwhile_is_made_anew(gone: list[str]) -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, shirt("A"))
    for row in [row for entity in gone for row in list(shop.shop.shop.store.all(entity))]:
        shop.shop.shop.store.delete(row)
    odd = change(source("ODD"), categories=(ExternalId("f" * 32),))
    states = [each.state for each in written(connector, change(shirt("B")), odd, change(shirt("C")))]
    assert states == ["created", "failed", "created"]
    assert {sku: axis(shop, f"{sku}.L") for sku in "BC"} == {sku: ["L"] for sku in "BC"}


def test_prices_become_list_price_and_price_from_either_amount() -> None:
    shop = bench()
    net = Price(amount=Decimal("100.00"), gross=False, currency="EUR")
    connector = shop.connector()
    carried(connector, source("A"), price=CataloguePrice(regular=gross("119"), sale=gross("59.5")))
    carried(connector, source("B"), price=CataloguePrice(regular=net, sale=None))
    (first,) = shop.shop.product("A")["price"]
    assert (first["gross"], first["net"]) == (59.5, 50)
    assert (first["listPrice"]["gross"], first["listPrice"]["net"]) == (119, 100)
    (second,) = shop.shop.product("B")["price"]
    assert (second["gross"], second["net"], second.get("listPrice")) == (119, 100, None)
    carried(connector, source("A"))
    assert shop.shop.product("A")["price"][0].get("listPrice") is None


def test_other_currencies_and_the_lowest_price_stay_in_the_list() -> None:
    shop = bench()
    dollars = next(row["id"] for row in table(shop, "currency") if row["isoCode"] == "USD")
    connector = shop.connector()
    carried(connector, source("A"))
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    lowest = {"gross": 99, "net": 83.19, "linked": True, "extensions": []}
    other = {
        "currencyId": dollars,
        "gross": 130,
        "net": 109.2,
        "linked": False,
        "percentage": None,
        "apiAlias": "price",
    }
    shop.shop.shop.store.write(row, {"price": [{**row.values["price"][0], "regulationPrice": lowest}, other]})
    carried(connector, source("A"), price=CataloguePrice(regular=gross("238"), sale=None))
    prices = {each["currencyId"]: each for each in shop.shop.product("A")["price"]}
    assert (prices[DEFAULT_CURRENCY_ID]["gross"], prices[dollars]["gross"], prices[dollars]["linked"]) == (
        238,
        130,
        False,
    )
    assert prices[DEFAULT_CURRENCY_ID]["regulationPrice"]["gross"] == 99
    in_dollars = shop.connector(currency="USD")
    carried(in_dollars, source("A"), price=CataloguePrice(regular=gross("140", "USD"), sale=None))
    assert {each["gross"] for each in shop.shop.product("A")["price"]} == {238, 140}
    (outcome,) = carried(in_dollars, source("B"), price=CataloguePrice(regular=gross("1", "USD"), sale=None))
    assert outcome.reason is not None
    assert outcome.reason.code == "no_own_currency"


def test_new_texts_are_written_in_the_chosen_language_and_the_shops_own() -> None:
    shop = bench()
    german = shop.shop.add_language("German", "de-DE")
    connector = shop.connector(language="de-DE")
    carried(connector, source("A"))
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    assert (row.values["name"], row.texts[german]["name"]) == ("Demo A", "Demo A")
    known = found(connector, source("A"))
    carried(connector, source("A", name="Kappe"))
    assert (row.values["name"], row.texts[german]["name"]) == ("Demo A", "Kappe")
    assert known is not None
    shop.shop.shop.store.translate(row, german, {"description": None})
    again = found(connector, source("A"))
    assert again is not None
    assert known.filled - again.filled == {"long_text"}
