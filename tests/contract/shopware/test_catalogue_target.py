"""Products written to a Shopware shop: made once, changed only where told, none spoilt by another."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from sandbox.platforms.shopware import ProductSpec
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.catalogue import references
from shopbridge.connectors.shopware.catalogue import write as product_writing
from shopbridge.connectors.shopware.connector import PRODUCT_RIGHTS, PRODUCT_WRITE_RIGHTS
from shopbridge.connectors.shopware.facts import Features
from shopbridge.connectors.shopware.sync import Operation, Problem, Refusal, sync
from shopbridge.errors import Held, RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Feature,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    TargetProduct,
    Variant,
)
from tests.contract.benches.shopware import ENDS, LONG_AGO, SYNCS, Bench, api_of, bench
from tests.contract.hostile import Changing, Instead, laid, rows_with

SYNC, SEARCH = "POST /api/_action/sync", "POST /api/search/product"
ALL: frozenset[ProductField] = frozenset(
    {"name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features"}
)
NINETEEN = Decimal(19)


def gross(amount: str, currency: str = "EUR") -> Price:
    return Price(amount=Decimal(amount), gross=True, currency=currency)


def size(sku: str, value: str, **changes: Any) -> Variant:
    values = {"id": sku, "ean": "", "active": True, "options": {"Size": value}, "prices": {}, "stock": Decimal(7)}
    return Variant.model_validate({"sku": sku, **values, **changes})


def source(sku: str = "SHIRT", variants: Sequence[Variant] = (), **changes: Any) -> Product:
    values: dict[str, Any] = {
        "id": f"id of {sku}",
        "rank": 1,
        "sku": sku,
        "name": f"Demo {sku}",
        "short_text": "",
        "long_text": "Soft",
        "ean": "4000000000017",
        "active": True,
        "tax_rate": NINETEEN,
        "prices": {},
        "stock": Decimal("5.5"),
        "categories": (),
        "features": (),
        "images": 0,
        "extras": {},
    }
    return Product.model_validate({**values, "variants": tuple(variants), **changes})


def shirt(sku: str = "SHIRT", **changes: Any) -> Product:
    return source(sku, [size(f"{sku}.M", "M"), size(f"{sku}.L", "L")], **changes)


def change(product: Product, known: TargetProduct | None = None, **changes: Any) -> ProductChange:
    values: dict[str, Any] = {
        "fields": ALL,
        "price": CataloguePrice(regular=gross("119"), sale=None),
        "variant_prices": {},
        "categories": (),
    }
    return ProductChange(product=product, known=known, **{**values, **changes})


def found(connector: RequiredParts, product: Product) -> TargetProduct | None:
    """As the flow looks a product up: by all its SKUs, in one place at most."""
    hits = [hit for hits in connector.catalogue_target.find(product.skus).values() for hit in hits]
    by_id = {hit.id: hit for hit in hits}
    assert len(by_id) <= 1
    return next(iter(by_id.values()), None)


def written(connector: RequiredParts, *changes: ProductChange) -> list[ProductOutcome]:
    return list(connector.catalogue_target.write([connector.catalogue_target.plan(each) for each in changes]))


def carried(connector: RequiredParts, *products: Product, **changes: Any) -> list[ProductOutcome]:
    """Write products as a run would: looked up first."""
    return written(connector, *(change(each, found(connector, each), **changes) for each in products))


def table(shop: Bench, entity: str) -> list[dict[str, Any]]:
    return [dict(row.values) for row in shop.shop.shop.store.all(entity)]


def end_state(shop: Bench) -> dict[str, Any]:
    """All that writing products leaves behind, without times."""
    entities = ("product", "product_visibility", "product_configurator_setting", "property_group")
    return {
        name: [{key: row[key] for key in row if key not in {"createdAt", "updatedAt"}} for row in table(shop, name)]
        for name in (*entities, "property_group_option", "category")
    }


def axis(shop: Bench, sku: str) -> list[str]:
    names = {row["id"]: row["name"] for row in table(shop, "property_group_option")}
    return sorted(names[option] for option in shop.shop.product(sku)["optionIds"])


# --- creation -------------------------------------------------------------------------------------------------------


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
    carried(connector, shirt("B"))
    assert [row["name"] for row in table(shop, "property_group")] == ["Größe"]
    assert sorted(row["name"] for row in table(shop, "property_group_option")) == ["L", "Medium"]


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


# --- looking up -----------------------------------------------------------------------------------------------------


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
    carried(connector, shirt(features=(Feature(name="Fit", value="Slim"),)), source("NEW", [size("NEW.M", "M")]))
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


# --- refusals, crashes and repeats ----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", SYNCS)
def test_a_product_the_shop_refuses_keeps_no_other_from_being_written(version: str) -> None:
    shop = bench(version)
    shop.shop.add_product(ProductSpec("taken", "Taken", Decimal(1), NINETEEN))
    connector = shop.connector()
    drafts = [connector.catalogue_target.plan(change(source(sku))) for sku in ("A", "B", "TAKEN", "C", "D")]
    drafts[1] = drafts[1].model_copy(update={"payload": {**drafts[1].payload, "name": ""}})
    outcomes = connector.catalogue_target.write(drafts)
    assert [each.state for each in outcomes] == ["created", "failed", "failed", "created", "created"]
    assert outcomes[1].reason is not None
    assert "name: This value should not be blank" in outcomes[1].reason.text
    assert outcomes[2].reason is not None
    assert "already exists" in outcomes[2].reason.text
    assert {row["productNumber"] for row in table(shop, "product")} == {"taken", "A", "C", "D"}


def test_a_product_that_refers_to_what_is_gone_is_found_by_halving() -> None:
    shop = bench()
    connector = shop.connector()
    outcomes = written(
        connector, *(change(source(sku), categories=(ExternalId("f" * 32),) if sku == "C" else ()) for sku in "ABCDE")
    )
    assert [each.state for each in outcomes] == ["created", "created", "failed", "created", "created"]


def test_a_property_value_the_shop_refuses_holds_only_the_variants_made_of_it() -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("OLD", "Old", Decimal(1), NINETEEN, properties={"Size": "M", "Care": "Cold"}))
    connector = shop.connector()
    odd = "X" * 300

    def choosy(client: PlatformClient, operations: Sequence[Operation], features: Features) -> Refusal | None:
        long = {
            (operation.key, number): Problem("x", "too long")
            for operation in operations
            for number, record in enumerate(operation.payload)
            if record["name"] == odd
        }
        return Refusal(Problem("x", "too long"), long) if long else sync(client, operations, features)

    held = source("A", [size("A.M", "M"), size("A.X", odd)])
    fine = source("B", features=(Feature(name="Care", value=odd), Feature(name=odd, value="1")))
    with patch.object(references, "sync", choosy):
        first, second = carried(connector, held, fine)
    assert first.reason is not None
    assert (first.state, first.reason.code) == ("held", "refused_property")
    assert second.state == "created"
    assert sum("Shopware refuses it (too long)" in remark for remark in second.remarks) == 2
    assert shop.shop.product("B")["propertyIds"] is None


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ("product", lambda connector: connector.stock_source.page(None)),
        ("product", lambda connector: connector.catalogue_source.page(None)),
        ("product", lambda connector: connector.catalogue_target.find(["A"])),
        ("product", lambda connector: connector.catalogue_target.on_sale(["A"])),
        ("product", lambda connector: connector.catalogue_target.deactivate([ExternalId("a" * 32)])),
        ("order", lambda connector: connector.open_orders.of(["A"], LONG_AGO)),
        ("order", lambda connector: connector.order_status.set_document(OrderId("a" * 32), "demo_number", "R-1")),
        ("currency", lambda connector: connector.catalogue_target.currency),
        ("category", lambda connector: connector.catalogue_source.categories()),
        ("tax", lambda connector: written(connector, change(source()))),
        ("property-group", lambda connector: written(connector, change(shirt()))),
        ("sales-channel", lambda connector: connector.account.ping()),
        ("state-machine-state", lambda connector: connector.account.vocabulary()),
        ("payment-method", lambda connector: connector.account.vocabulary()),
    ],
)
def test_rows_of_an_unexpected_form_conclude_nothing(listed: str, read: Callable[[RequiredParts], object]) -> None:
    shop: Any = bench()
    with laid(shop, partial(Instead, answer=partial(odd_rows, listed))):
        connector = shop.connector()
    with pytest.raises(RetryLater, match="unexpected form"):
        read(connector)
    assert shop.calls(SYNC) == 0


def odd_rows(listed: str, request: httpx.Request) -> httpx.Response | None:
    """One row of which nothing is as it should be."""
    if request.url.path != f"/api/search/{listed}":
        return None
    return httpx.Response(200, json={"data": [{"id": 7, "customFields": "none"}]})


@pytest.mark.parametrize(
    "odd",
    [{"listPrice": 5}, {"regulationPrice": "none"}, {"net": None}, {"currencyId": None}],
    ids=lambda odd: next(iter(odd)),
)
def test_a_price_list_that_cannot_be_understood_is_not_written_over(odd: dict[str, Any]) -> None:
    shop: Any = bench()
    carried(shop.connector(), source("A"))

    def spoil(body: Any) -> None:
        for row in rows_with(body, "linked"):
            row.update(odd if "currencyId" in row else {})

    with laid(shop, partial(Changing, change=spoil)):
        connector = shop.connector()
    before = shop.shop.product("A")["price"]
    with pytest.raises(RetryLater, match="unexpected form"):
        carried(connector, source("A"))
    assert shop.shop.product("A")["price"] == before


def test_a_product_with_very_many_variants_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_writing, "VARIANTS_AT_ONCE", 4)
    monkeypatch.setattr(product_writing, "ROWS_AT_ONCE", 6)
    shop = bench()
    many = source("A", [size(f"A.{number}", str(number)) for number in range(10)])
    assert [each.state for each in carried(shop.connector(), many, source("B"))] == ["created", "created"]
    assert shop.shop.product("A")["childCount"] == 10
    assert shop.calls(SYNC) == 4


def test_a_product_that_got_another_number_in_the_shop_is_not_taken_back() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, source("A"))
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    shop.shop.shop.store.write(row, {"productNumber": "B"})
    (outcome,) = carried(connector, source("A"))
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "renumbered")
    assert shop.shop.product("B")["name"] == "Demo A"


@pytest.mark.parametrize("version", ENDS)
def test_products_are_taken_off_sale_with_their_variants_and_missing_ones_are_no_problem(version: str) -> None:
    shop = bench(version)
    connector = shop.connector()
    ids = [each.id for each in carried(connector, shirt(), source("CAP")) if each.id]
    assert connector.catalogue_target.deactivate([*ids, ExternalId("f" * 32)]) == {}
    rows = {row["productNumber"]: row["active"] for row in table(shop, "product")}
    assert rows == dict.fromkeys(("SHIRT", "SHIRT.M", "SHIRT.L", "CAP"), False)
    assert connector.catalogue_target.on_sale(["SHIRT.M", "CAP"]) == {"SHIRT.M": False, "CAP": False}


# --- categories -----------------------------------------------------------------------------------------------------


def tree(connector: RequiredParts) -> dict[str, str | None]:
    rows = connector.catalogue_source.categories()
    names: dict[str | None, str] = {row.id: row.name for row in rows}
    return {row.name: names.get(row.parent) for row in rows}


@pytest.mark.parametrize("version", ENDS)
def test_categories_are_made_once_and_keep_their_place(version: str) -> None:
    shop = bench(version)
    plain = shop.connector()
    root = plain.catalogue_target.write_category(
        Category(id=ExternalId("0"), parent=None, name="Catalogue", active=True), None
    )
    connector = shop.connector(root_category=root)
    shop.shop.faults.plan("lost_answer", "POST /api/category", times=3)
    wear = Category(id=ExternalId("1"), parent=None, name="Wear", active=True)
    with pytest.raises(RetryLater):
        connector.catalogue_target.write_category(wear, None)
    shop.shop.faults = type(shop.shop.faults)()
    made = repeated(connector, wear)
    below = connector.catalogue_target.write_category(
        Category(id=ExternalId("2"), parent=made, name="Shirts", active=False), None
    )
    assert tree(connector) == {"Wear": None, "Shirts": "Wear"}
    connector.catalogue_target.write_category(
        Category(id=ExternalId("2"), parent=made, name="Fine shirts", active=True), below
    )
    assert tree(connector) == {"Wear": None, "Fine shirts": "Wear"}
    assert len(table(shop, "category")) == 3


def repeated(connector: RequiredParts, category: Category) -> ExternalId:
    """Until the lost answers are used up."""
    while True:
        try:
            return connector.catalogue_target.write_category(category, None)
        except RetryLater:
            continue


def test_siblings_of_one_name_are_two_categories() -> None:
    connector = bench().connector()
    first, second = (Category(id=ExternalId(each), parent=None, name="Wear", active=True) for each in "12")
    assert connector.catalogue_target.write_category(first, None) != connector.catalogue_target.write_category(
        second, None
    )
    assert [each.name for each in connector.catalogue_source.categories()] == ["Wear", "Wear"]


def test_a_category_that_was_renamed_in_the_shop_is_used_as_it_is() -> None:
    shop = bench()
    connector = shop.connector()
    wear = Category(id=ExternalId("1"), parent=None, name="Wear", active=True)
    made = connector.catalogue_target.write_category(wear, None)
    connector.catalogue_target.write_category(wear.model_copy(update={"name": "Clothes"}), made)
    assert connector.catalogue_target.write_category(wear, None) == made
    assert tree(connector) == {"Clothes": None}


def test_every_field_a_rule_may_set_can_be_written() -> None:
    shop = bench()
    connector = shop.connector()
    draft = connector.catalogue_target.plan(change(shirt()))
    samples = {"text": "5", "integer": 5, "decimal": Decimal("5.5"), "boolean": True}
    fields = {path: samples[field.type] for path, field in connector.catalogue_target.fields().items()}
    rows = [{**row, **_below("variants[].", fields)} for row in draft.payload["variants"]]
    own = {path: value for path, value in fields.items() if "[]" not in path}
    payload = {**draft.payload, **own, "variants": rows}
    (outcome,) = connector.catalogue_target.write([draft.model_copy(update={"payload": payload})])
    assert (outcome.state, outcome.reason) == ("created", None)
    assert (shop.shop.product("SHIRT")["weight"], shop.shop.product("SHIRT.M")["weight"]) == (5.5, 5.5)


def _below(prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {path.removeprefix(prefix): value for path, value in fields.items() if path.startswith(prefix)}
