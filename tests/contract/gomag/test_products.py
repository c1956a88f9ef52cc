"""Gomag as a source and as a target of products and categories."""

import pytest

from sandbox.platforms.gomag import ProductSpec, VersionSpec
from shopbridge.errors import Held
from shopbridge.model.catalogue import Product
from tests.contract.benches.gomag import D, answering, bench, swift
from tests.recorded import GOMAG as GOLDEN
from tests.recorded import gomag as golden


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
