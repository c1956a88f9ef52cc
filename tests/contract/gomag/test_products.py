"""Gomag as a source and as a target of products and categories."""

from typing import Any

import pytest

from sandbox.platforms.gomag import ProductSpec, VersionSpec
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import Held, Rejected, RetryLater
from shopbridge.flows.products.change import price_of
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    TargetProduct,
    Variant,
)
from shopbridge.model.product_settings import PriceSettings
from tests.contract.benches.gomag import D, answering, bench, swift
from tests.recorded import GOMAG as GOLDEN
from tests.recorded import gomag as golden

READ, WRITE, PATCH, INVENTORY = "product/read", "product/write", "product/patch", "product/inventory"
ALL: frozenset[ProductField] = frozenset(
    {"name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features"}
)


def price(amount: str, sale: str = "", *, gross: bool = True) -> CataloguePrice:
    def of(text: str) -> Price:
        return Price(amount=D(text), gross=gross, currency="RON")

    return CataloguePrice(regular=of(amount), sale=of(sale) if sale else None)


def variant(sku: str, stock: int = 1) -> Variant:
    return Variant(
        id=ExternalId(sku), sku=sku, ean=f"59{len(sku)}", active=True, options={"V": sku}, prices={}, stock=D(stock)
    )


def product(sku: str = "LAMP", *variants: Variant, **other: Any) -> Product:
    given: dict[str, Any] = {
        "id": ExternalId(f"src-{sku}"),
        "rank": 1,
        "sku": sku,
        "name": f"Lampă {sku}",
        "short_text": "",
        "long_text": "<p>Luminează</p>",
        "ean": "5940000000012",
        "active": True,
        "tax_rate": D(21),
        "prices": {},
        "stock": None if variants else D(3),
        "categories": (),
        "features": (),
        "variants": variants,
        "images": 0,
        "extras": {},
    }
    return Product(**{**given, **other})


def change(of: Product, known: TargetProduct | None = None, **other: Any) -> ProductChange:
    given: dict[str, Any] = {
        "fields": ALL,
        "new_variant_fields": frozenset(),
        "price": price("120.00"),
        "variant_prices": {},
        "categories": of.categories,
    }
    return ProductChange(product=of, known=known, **{**given, **other})


def bring(shop: RequiredParts, of: Product, **other: Any) -> ProductOutcome:
    """Look the product up and write it, as the flow does."""
    found = {target.id: target for each in shop.catalogue_target.find(of.skus).values() for target in each}
    assert len(found) <= 1
    draft = shop.catalogue_target.plan(change(of, next(iter(found.values()), None), **other))
    return shop.catalogue_target.write([draft])[0]


# --- source -----------------------------------------------------------------------------------------------------------


def read(name: str) -> list[Product]:
    """A recorded page, with the categories of the recorded tree."""
    shop = answering(bench(), golden(name), {"/api/v1/category/read/json": golden("categories_page")})
    page = shop.catalogue_source.page(None)
    assert page.unreadable == ()
    return list(page.products)


@pytest.mark.parametrize("name", [name for name in GOLDEN if name.startswith("products_") and name != "products_empty"])
def test_every_recorded_product_is_read(name: str) -> None:
    products = read(name)
    assert products
    for each in products:
        assert each.name == "Cană demo"
        assert each.long_text in ("<p>Ceramică &amp; email</p>", "<p>Ceramică</p>")
        assert each.tax_rate == 21
        assert each.prices["regular"].amount == D("65.75")
        assert each.prices["base"].amount == D("70.00")
        assert each.images in (0, 1)
    assert {category for each in products for category in each.categories} <= {"8", "9", "7"}


def test_categories_are_understood_in_every_shape() -> None:
    assert [each.categories for each in read("products_categories")[:2]] == [("8",), ("8",)]


def test_a_special_price_above_nothing_is_a_sale() -> None:
    first, second = read("products_special_price")
    assert first.prices["sale"].amount == D("49.90")
    assert "sale" not in second.prices


def test_a_version_has_what_it_lacks_from_its_product() -> None:
    (inherits,) = read("products_versions_inherit")
    assert [each.prices for each in inherits.variants] == [{}, {}]
    assert [each.stock for each in inherits.variants] == [5, 3]
    assert inherits.stock is None
    (own,) = read("products_versions")
    assert [each.prices["regular"].amount for each in own.variants] == [D("65.75"), D("67.00")]
    assert [each.options for each in own.variants] == [{"Version": "DEMO-1-R"}, {"Version": "DEMO-1-A"}]


def test_attributes_with_several_values_are_several_features() -> None:
    first, second = read("products_attributes")
    assert [(each.name, each.value) for each in first.features] == [("Culoare", "roșu"), ("Culoare", "alb")]
    assert second.features == ()


def test_a_switched_off_product_is_read_as_one() -> None:
    off, sold_out = read("products_disabled_and_sold_out")
    assert (off.active, sold_out.active, sold_out.stock) == (False, True, D(-1))


def test_pages_tell_whole_products_in_every_shape() -> None:
    at = bench()
    for number in range(130):
        versions = (VersionSpec(f"V{number}-A"), VersionSpec(f"V{number}-B", D(2))) if number % 3 else ()
        attributes = {"Material": ("X", "Y")}
        at.shop.add_product(
            ProductSpec(
                f"P{number}", D(1), versions=versions, categories=(("Casa", f"C{number % 7}"),), attributes=attributes
            )
        )
    shop = swift(at)
    first = shop.catalogue_source.page(None)
    second = shop.catalogue_source.page(first.position)
    products = (*first.products, *second.products)
    assert [each.sku for each in products] == [f"P{number}" for number in range(130)]
    assert first.unreadable == second.unreadable == ()
    assert all(len(each.categories) == 1 and len(each.features) == 2 for each in products)
    assert [each.rank for each in products] == sorted({each.rank for each in products})
    assert at.calls("category/read") == 1


def test_a_category_that_was_made_meanwhile_is_looked_for_once_more() -> None:
    at = bench(varied=False)
    at.shop.add_product(ProductSpec("A", D(1), categories=(("Casa",),)))
    shop = swift(at)
    shop.catalogue_source.page(None)
    at.clock.advance(minutes=5)
    at.shop.add_product(ProductSpec("B", D(1), categories=(("Gradina", "Scaune"),)))
    assert shop.catalogue_source.page(None).products[1].categories == ("9",)


def test_one_odd_product_hides_no_other() -> None:
    at = bench()
    body = golden("products_as_list")
    body["products"][0]["price"] = "much"
    page = answering(at, {**body, "categories": {}}).catalogue_source.page(None)
    assert [each.sku for each in page.unreadable] == ["MUG-1", "MUG-2"]
    assert [each.reason.code for each in page.unreadable] == ["unexpected_form", "unknown_category"]


def test_an_odd_product_is_met_under_its_sku_as_it_would_be_written() -> None:
    """Or it would be made a second time beside itself."""
    body = golden("products_as_list")
    first, second = body["products"]
    odd = [{**first, "price": "much", "stock": "some", "sku": " MUG-1 "}, {**second, "id": [], "versions": "none"}]
    shop = answering(bench(), {**body, "products": odd})
    for sku in ("MUG-1", "MUG-2"):
        with pytest.raises(Held, match="unexpected form"):
            shop.catalogue_target.find([sku])


@pytest.mark.parametrize("odd", [None, "none", 7, [], {}, {"id": {}, "sku": []}])
def test_an_odd_row_hides_no_product_of_its_page(odd: object) -> None:
    body = golden("products_as_list")
    elsewhere = {"/api/v1/category/read/json": golden("categories_page")}
    shop = answering(bench(), {**body, "products": [*body["products"], odd]}, elsewhere)
    page = shop.catalogue_source.page(None)
    assert [each.sku for each in page.products] == ["MUG-1", "MUG-2"]
    assert len(page.unreadable) == 1
    levels = shop.stock_source.page(None).levels
    assert [level.sku for level in levels][:2] == ["MUG-1", "MUG-2"]


# --- categories -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["categories_page", "categories_tree", "categories_as_list", "categories_empty"])
def test_recorded_categories_hang_below_their_parents(name: str) -> None:
    found = {each.name: each.parent for each in answering(bench(), golden(name)).catalogue_source.categories()}
    assert found in ({"Casa": None, "Bucătărie": "7", "Căni": "8"}, {})
    assert bool(found) is (name != "categories_empty")


def test_many_categories_are_read_page_by_page() -> None:
    at = bench()
    for number in range(150):
        at.shop.add_product(ProductSpec(f"P{number}", categories=(("Casa", f"C{number}", "Jos"),)))
    found = {each.id: each for each in swift(at).catalogue_source.categories()}
    assert len(found) == 301
    assert {found[each.parent].name for each in found.values() if each.name == "Jos" and each.parent} == {
        f"C{number}" for number in range(150)
    }


def category(name: str, parent: str | None = None, **other: Any) -> Category:
    return Category(id=ExternalId("x"), parent=ExternalId(parent) if parent else None, name=name, active=True, **other)


# --- target: new products ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("varied", [True, False])
def test_a_simple_product_is_created_and_found(*, varied: bool) -> None:
    at = bench(varied=varied)
    shop = swift(at)
    casa = shop.catalogue_target.write_category(category("Casa"), None)
    lamps = shop.catalogue_target.write_category(category("Lumini", casa), None)
    outcome = bring(shop, product(categories=(lamps,)), price=price("120.00", "99.90"))
    (made,) = at.shop.products
    assert (outcome.state, outcome.id, outcome.remarks) == ("created", str(made.id), ())
    assert (made.sku, made.names, made.enabled, made.vat, made.ean) == (
        "LAMP",
        {"ro": "Lampă LAMP"},
        True,
        D(21),
        "5940000000012",
    )
    assert (made.price, made.special_price, made.own_stock) == (D(120), D("99.9"), D(3))
    assert made.categories == [(int(casa), int(lamps))]
    assert made.descriptions["ro"] == "<p>Luminează</p>"


def test_a_product_with_versions_is_created_with_all_of_them() -> None:
    at = bench()
    of = product("TEE", variant("TEE-R", 4), variant("TEE-A", 5))
    outcome = bring(swift(at), of, variant_prices={"TEE-A": price("130", "125")})
    (made,) = at.shop.products
    assert outcome.state == "created"
    assert any("versions differ" in remark for remark in outcome.remarks)
    assert [(each.sku, each.price, each.stock, each.special_price) for each in made.versions] == [
        ("TEE-R", D(120), D(4), None),
        ("TEE-A", D(130), D(5), D(125)),
    ]


def test_a_product_that_somebody_made_meanwhile_is_not_made_again() -> None:
    at = bench()
    shop = swift(at)
    draft = shop.catalogue_target.plan(change(product()))
    at.shop.add_product(ProductSpec("LAMP", D(1)))
    with pytest.raises(RetryLater, match="by now"):
        shop.catalogue_target.write([draft])
    assert len(at.shop.products) == 1
    assert bring(shop, product()).state == "updated"


def test_without_prices_a_product_is_created_switched_off() -> None:
    at = bench()
    outcome = bring(swift(at), product(), price=None, fields=ALL - {"price"})
    assert not at.shop.products[0].enabled
    assert any("switched off" in remark for remark in outcome.remarks)


def test_what_gomag_has_no_field_for_is_told() -> None:
    at = bench()
    of = product(short_text="Scurt", features=({"name": "Material", "value": "Lemn"},))
    remarks = bring(swift(at), of).remarks
    assert [remark.split(":")[0] for remark in remarks] == ["The short text was left out", "The features were left out"]


def test_a_created_product_that_does_not_show_is_tried_again_later() -> None:
    at = bench()
    shop = swift(at)
    draft = shop.catalogue_target.plan(change(product()))
    at.fault("afterwards", WRITE, detail=lambda: at.shop.delete_product("LAMP"))
    outcome = shop.catalogue_target.write([draft])[0]
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("failed", "not_listed")


def test_a_batch_that_is_refused_is_left_to_the_flow_which_sends_each_alone() -> None:
    at = bench()
    shop = swift(at)
    good, bad = shop.catalogue_target.plan(change(product("A"))), shop.catalogue_target.plan(change(product("B")))
    bad = bad.model_copy(update={"payload": {**bad.payload, "vat": "a lot"}})
    with pytest.raises(Rejected):
        shop.catalogue_target.write([good, bad])
    assert at.shop.products == []
    assert shop.catalogue_target.write([good])[0].state == "created"
    with pytest.raises(Rejected, match="vat"):
        shop.catalogue_target.write([bad])


# --- target: known products -------------------------------------------------------------------------------------------


def test_a_known_product_is_brought_up_to_date_by_its_id_and_sku() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("LAMP", D(100), 1, "Vechi", special_price=D(90), brand="Demo"))
    shop = swift(at)
    outcome = bring(shop, product(name="Nou"), price=price("150"))
    (made,) = at.shop.products
    assert (outcome.state, outcome.id) == ("updated", str(made.id))
    assert (made.names["ro"], made.price, made.special_price, made.own_stock, made.brand) == (
        "Nou",
        D(150),
        None,
        D(3),
        "Demo",
    )
    assert (at.calls(WRITE), at.calls(PATCH), at.calls(INVENTORY)) == (0, 1, 1)


@pytest.mark.parametrize("adds", [True, False])
def test_versions_are_changed_and_new_ones_added_where_gomag_does_it(*, adds: bool) -> None:
    at = bench(patch_adds_versions=adds)
    versions = (VersionSpec("TEE-R", D(1), 1), VersionSpec("TEE-OLD", D(1), 1))
    at.shop.add_product(ProductSpec("TEE", D(1), versions=versions))
    outcome = bring(swift(at), product("TEE", variant("TEE-R", 4), variant("TEE-A", 5)))
    there = {each.sku: (each.price, each.stock) for each in at.shop.products[0].versions}
    assert there["TEE-R"] == (D(120), D(4))
    assert there.get("TEE-A") == ((D(120), D(5)) if adds else None)
    assert any("TEE-OLD" in remark for remark in outcome.remarks)
    assert any("did not add these versions" in remark for remark in outcome.remarks) is not adds


def test_prices_are_converted_to_what_the_shop_has() -> None:
    at = bench()
    bring(swift(at, prices_include_vat=True), product("A"), price=price("100.00", gross=False))
    bring(swift(at, prices_include_vat=False), product("B"), price=price("121.00"))
    assert [made.price for made in at.shop.products] == [121, 100]


@pytest.mark.parametrize(
    ("of", "known", "code"),
    [
        (product("TEE", variant("A"), variant("B")), ProductSpec("A", D(1)), "sold_otherwise"),
        (product("A"), ProductSpec("A", D(1), versions=(VersionSpec("X"), VersionSpec("Y"))), "sold_otherwise"),
        (product("A", variant("B")), None, "single_variant"),
        (product("A", variant("B"), variant("B")), None, "duplicate_sku"),
        (product("A", variant("B"), variant("")), None, "incomplete_variant"),
        (product("", name="x"), None, "no_sku"),
        (product(name=" "), None, "no_name"),
    ],
)
def test_what_cannot_be_expressed_is_held(of: Product, known: ProductSpec | None, code: str) -> None:
    at = bench()
    if known:
        at.shop.add_product(known)
    with pytest.raises(Held) as caught:
        bring(swift(at), of)
    assert caught.value.code == code
    assert caught.value.fix


@pytest.mark.parametrize(
    ("settings", "rate", "code"),
    [({"currency": "EUR"}, 21, "other_currency"), ({"prices_include_vat": False}, None, "no_tax_rate")],
)
def test_a_price_that_cannot_be_written_is_held(settings: dict[str, Any], rate: int | None, code: str) -> None:
    with pytest.raises(Held) as caught:
        bring(swift(bench(), **settings), product(tax_rate=None if rate is None else D(rate)))
    assert caught.value.code == code


def test_a_rule_may_not_write_another_tax_than_a_price_was_converted_with() -> None:
    at = bench()
    shop = swift(at)

    def outcome(*, gross: bool, vat: int) -> ProductOutcome:
        draft = shop.catalogue_target.plan(change(product("A"), price=price("12.00", gross=gross)))
        return shop.catalogue_target.write([draft.model_copy(update={"payload": {**draft.payload, "vat": D(vat)}})])[0]

    refused = outcome(gross=False, vat=11)
    assert refused.reason is not None
    assert (refused.state, refused.reason.code, at.calls(WRITE)) == ("held", "tax_by_rule", 0)
    assert outcome(gross=True, vat=11).state == "created"


OWN = ("currency", "priceIncludesVat")
APART: list[tuple[dict[str, Any], str]] = [
    ({"currency": "EUR"}, "other_currency"),
    ({"with_vat": False}, "other_vat_terms"),
]


@pytest.mark.parametrize(("own", "code"), APART)
def test_a_product_in_terms_of_its_own_is_given_no_price_in_the_shops(own: dict[str, Any], code: str) -> None:
    at = bench(own_terms=OWN)
    at.shop.add_product(ProductSpec("LAMP", D(99), **own))
    at.shop.add_product(ProductSpec("PLAIN", D(99)))
    shop = swift(at)
    found = shop.catalogue_target.find(["LAMP", "PLAIN"])
    with pytest.raises(Held) as caught:
        shop.catalogue_target.plan(change(product("LAMP"), *found["LAMP"], fields=frozenset({"price"})))
    assert (caught.value.code, bool(caught.value.fix)) == (code, True)
    only_texts = change(product("LAMP"), *found["LAMP"], fields=frozenset({"name"}), price=None)
    assert shop.catalogue_target.plan(only_texts).payload["name"] == "Lampă LAMP"
    plain = change(product("PLAIN"), *found["PLAIN"], fields=frozenset({"price"}))
    assert shop.catalogue_target.plan(plain).payload["price"] == D("120.00")


@pytest.mark.parametrize(("own", "code"), APART)
def test_a_price_in_terms_of_its_own_does_not_leave_the_shop(own: dict[str, Any], code: str) -> None:
    at = bench(own_terms=OWN)
    versions = (VersionSpec("A", D(1)), VersionSpec("B", D(2)))
    at.shop.add_product(ProductSpec("LAMP", D(99), versions=versions, **own))
    at.shop.add_product(ProductSpec("PLAIN", D(99)))
    lamp, plain = swift(at).catalogue_source.page(None).products
    assert lamp.prices_held is not None
    assert (lamp.prices_held.code, lamp.prices, [each.prices for each in lamp.variants]) == (code, {}, [{}, {}])
    with pytest.raises(Held) as caught:
        price_of(lamp, PriceSettings(), "RON")
    assert caught.value.code == code
    assert plain.prices_held is None
    assert plain.prices["regular"].amount == 99


def test_a_category_that_is_gone_holds_its_product_only() -> None:
    at = bench()
    shop = swift(at)
    drafts = [
        shop.catalogue_target.plan(change(product("A", categories=(ExternalId("999"),)))),
        shop.catalogue_target.plan(change(product("B"))),
    ]
    held, created = shop.catalogue_target.write(drafts)
    assert held.reason is not None
    assert (held.state, held.reason.code, created.state) == ("held", "unknown_category", "created")


def test_a_products_rules_may_set_further_fields() -> None:
    at = bench()
    shop = swift(at)
    draft = shop.catalogue_target.plan(change(product()))
    shop.catalogue_target.write(
        [draft.model_copy(update={"payload": {**draft.payload, "brand": "Demo", "weight": D("1.5")}})]
    )
    assert (at.shop.products[0].brand, at.shop.products[0].weight) == ("Demo", D("1.5"))
    assert {"brand", "weight", "variants[].price"} <= shop.catalogue_target.fields().keys()


def test_a_version_cannot_be_switched_off_but_is_not_sold_without_stock() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("TEE", D(31), 0, versions=(VersionSpec("TEE-R", D(30), 5), VersionSpec("TEE-A"))))
    at.shop.add_product(ProductSpec("MUG", D(1), 0))
    off = at.shop.add_product(ProductSpec("CAP", D(1), 3)).id
    shop = swift(at)
    assert shop.catalogue_target.deactivate([ExternalId(str(off))]) == {}
    skus = ["TEE", "TEE-R", "TEE-A", "MUG", "CAP", "tee-r", "NONE"]
    assert shop.catalogue_target.on_sale(skus) == {
        "TEE": True,
        "TEE-R": True,
        "TEE-A": False,
        "MUG": True,
        "CAP": False,
    }
    refused = shop.catalogue_target.deactivate_variants({"TEE-R": ExternalId("1")})
    assert (refused["TEE-R"].code, at.shop.sold_as("TEE-R").stock) == ("no_version_switch", D(5))


# --- looking up -------------------------------------------------------------------------------------------------------


def test_what_a_product_holds_is_told() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("A", D(1)))
    at.shop.add_product(
        ProductSpec("B", D(1), name="B", description="x", ean="1", categories=(("C",),), attributes={"M": "y"})
    )
    found = swift(at).catalogue_target.find(["A", "B"])
    always = {"active", "price", "stock", "tax", "name"}
    assert found["A"][0].filled == always
    assert found["B"][0].filled == always | {"long_text", "ean", "categories", "features"}


def test_an_odd_product_is_held_when_it_is_asked_for() -> None:
    body = golden("products_simple")
    next(iter(body["products"].values()))["price"] = "much"
    with pytest.raises(Held, match="unexpected form"):
        answering(bench(), body).catalogue_target.find(["MUG-1"])
