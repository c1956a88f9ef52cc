"""Products of a Shopware shop, read whole."""

from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.shopware import ProductSpec
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.catalogue import read as products
from shopbridge.connectors.shopware.catalogue.read import SMALL_PAGE
from shopbridge.connectors.shopware.connector import PRODUCT_RIGHTS
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.catalogue import Feature, Product, ProductPage
from tests.contract.benches.shopware import ENDS, Bench, bench
from tests.contract.hostile import Instead, laid

SEARCH = "POST /api/search/product"
NINETEEN = Decimal(19)


def shirt(shop: Bench, sku: str = "SHIRT", sizes: str = "ML") -> None:
    spec = ProductSpec(
        sku,
        "Demo shirt",
        Decimal("59.50"),
        NINETEEN,
        ean="4000000000017",
        properties={"Material": "Cotton", "Care": "Cold"},
        categories=("Shirts", "New"),
        custom_fields={"demo_note": "soft"},
        images=2,
    )
    shop.shop.add_product(spec)
    for size in sizes:
        options = {"Size": size, "Colour": "Red"}
        shop.shop.add_product(ProductSpec(f"{sku}.{size}", parent=sku, options=options, stock=7, ean=f"40000000{size}"))


def change(shop: Bench, sku: str, **values: Any) -> None:
    """Change a row past the API, as the merchant might have long ago."""
    row = shop.shop.shop.store.children("product", "productNumber", sku)[0]
    shop.shop.shop.store.write(row, values)


def pages(connector: RequiredParts) -> list[ProductPage]:
    found = [connector.catalogue_source.page(None)]
    while found[-1].position is not None:
        found.append(connector.catalogue_source.page(found[-1].position))
    return found


def only(shop: Bench, **chosen: Any) -> Product:
    (page,) = pages(shop.connector(**chosen))
    assert page.unreadable == ()
    (product,) = page.products
    return product


@pytest.mark.parametrize("version", ENDS)
def test_a_variant_has_its_parents_ean_unless_it_has_its_own_or_none_at_all(version: str) -> None:
    shop = bench(version)
    shirt(shop, sizes="MLX")
    change(shop, "SHIRT.M", ean=None)
    change(shop, "SHIRT.X", ean="")
    eans = {variant.sku: variant.ean for variant in only(shop).variants}
    assert eans == {"SHIRT.M": "4000000000017", "SHIRT.L": "40000000L", "SHIRT.X": ""}


@pytest.mark.parametrize("version", ENDS)
def test_a_product_is_read_with_everything_that_hangs_on_it(version: str) -> None:
    shop = bench(version)
    shirt(shop)
    product = only(shop)
    assert (product.sku, product.name, product.ean, product.active) == ("SHIRT", "Demo shirt", "4000000000017", True)
    assert (product.tax_rate, product.stock, product.images) == (NINETEEN, None, 2)
    assert {group: (p.amount, p.gross, p.currency) for group, p in product.prices.items()} == {
        "regular": (Decimal("59.5"), True, "EUR")
    }
    assert product.features == (Feature(name="Care", value="Cold"), Feature(name="Material", value="Cotton"))
    names = {each.id: each.name for each in shop.connector().catalogue_source.categories()}
    assert sorted(names[each] for each in product.categories) == ["New", "Shirts"]
    assert product.extras["customFields"] == {"demo_note": "soft"}
    assert [(v.sku, v.options, v.stock, v.active, v.prices) for v in product.variants] == [
        (f"SHIRT.{size}", {"Colour": "Red", "Size": size}, Decimal(7), True, {}) for size in "ML"
    ]


def test_a_simple_product_has_its_stock_and_a_disabled_one_comes_along_as_such() -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("A", "Cap", Decimal(10), NINETEEN, stock=3, active=False))
    product = only(shop)
    assert (product.active, product.stock, product.variants) == (False, Decimal(3), ())


def test_a_variant_has_its_own_price_and_is_switched_off_alone() -> None:
    shop = bench()
    shirt(shop, sizes="M")
    shop.shop.add_product(
        ProductSpec("SHIRT.XL", None, Decimal("69.50"), NINETEEN, parent="SHIRT", options={"Size": "XL"}, active=False)
    )
    _, large = only(shop).variants
    assert (large.prices["regular"].amount, large.active) == (Decimal("69.5"), False)


ENTRY = {"currencyId": DEFAULT_CURRENCY_ID, "gross": 119, "net": 100, "linked": True}


@pytest.mark.parametrize(
    ("crossed_out", "groups"),
    [(None, {"regular": 119}), (238, {"regular": 238, "sale": 119}), (119, {"regular": 119}), (60, {"regular": 119})],
)
def test_a_higher_list_price_makes_the_price_a_sale(crossed_out: int | None, groups: dict[str, int]) -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("A", "Cap", Decimal(10), NINETEEN))
    listed = {"gross": crossed_out, "net": (crossed_out or 0) / 1.19, "linked": True} if crossed_out else None
    change(shop, "A", price=[{**ENTRY, "listPrice": listed}])
    assert {name: price.amount for name, price in only(shop).prices.items()} == groups


def test_net_prices_and_another_currency_are_read_when_chosen() -> None:
    shop = bench()
    dollars = next(row.id for row in shop.shop.shop.store.all("currency") if row.values["isoCode"] == "USD")
    shop.shop.add_product(ProductSpec("A", "Cap", Decimal(10), NINETEEN))
    change(shop, "A", price=[ENTRY, {**ENTRY, "currencyId": dollars, "gross": 130, "net": 109.243697479}])
    net = only(shop, price_kind="net").prices["regular"]
    assert (net.amount, net.gross, net.currency) == (Decimal(100), False, "EUR")
    assert only(shop, currency="USD").prices["regular"].amount == 130
    assert only(shop, currency="GBP").prices == {}


def test_texts_come_in_the_chosen_language_and_else_in_the_shops_own() -> None:
    shop = bench()
    german = shop.shop.add_language("German", "de-DE")
    shirt(shop, sizes="")
    row = shop.shop.shop.store.children("product", "productNumber", "SHIRT")[0]
    shop.shop.shop.store.write(row, {"description": "Soft", "metaDescription": "In short"})
    shop.shop.shop.store.translate(row, german, {"name": "Hemd"})
    product = only(shop, language="de-de", short_text_field="metaDescription")
    assert (product.name, product.long_text, product.short_text) == ("Hemd", "Soft", "In short")
    assert only(shop).short_text == ""
    with pytest.raises(NeedsAttention, match="no language fr-FR") as caught:
        shop.connector(language="fr-FR").catalogue_source.page(None)
    assert "de-DE, en-GB" in caught.value.fix


def test_only_the_chosen_part_of_the_tree_is_told() -> None:
    shop = bench()
    shirt(shop, sizes="")
    root, shirts, long = (f"{number}" * 32 for number in "abc")
    rows: list[dict[str, Any]] = [
        {"id": root, "name": "Catalogue"},
        {"id": shirts, "name": "Fine shirts", "parentId": root, "active": False, "path": f"|{root}|"},
        {"id": long, "name": "Long sleeves", "parentId": shirts, "path": f"|{root}|{shirts}|"},
    ]
    for values in rows:
        shop.shop.shop.insert("category", values)
    change(shop, "SHIRT", categoryIds=[root, shirts])
    connector = shop.connector(root_category=root)
    assert [(each.name, each.parent, each.active) for each in connector.catalogue_source.categories()] == [
        ("Fine shirts", None, False),
        ("Long sleeves", shirts, True),
    ]
    assert only(shop, root_category=root).categories == (shirts,)
    everything = {each.name: each.parent for each in shop.connector().catalogue_source.categories()}
    assert everything["Fine shirts"] == root
    assert everything["Catalogue"] is None


ODD: dict[str, tuple[str, dict[str, Any]]] = {
    "variant_tax": ("SHIRT.M", {"taxId": "0" * 32}),
    "unclear_variants": ("SHIRT.M", {"optionIds": None}),
    "unexpected_form": ("SHIRT.M", {"stock": "many"}),
}


@pytest.mark.parametrize("code", ODD)
def test_a_product_that_cannot_be_understood_stops_no_other(code: str) -> None:
    shop = bench("6.6.10.13")
    shirt(shop)
    shop.shop.add_product(ProductSpec("B", "Cap", Decimal(10), NINETEEN))
    change(shop, ODD[code][0], **ODD[code][1])
    (page,) = pages(shop.connector())
    assert [product.sku for product in page.products] == ["B"]
    assert [(each.sku, each.reason.code) for each in page.unreadable] == [("SHIRT", code)]


def test_a_page_that_lacks_a_part_is_no_page() -> None:
    def parts(request: httpx.Request) -> httpx.Response | None:
        odd = httpx.Response(200, json={"data": [{"id": "a", "productNumber": "A"}]})
        return odd if request.url.path == "/api/search/product" else None

    shop: Any = bench()
    with laid(shop, partial(Instead, answer=parts)), pytest.raises(RetryLater, match="unexpected form"):
        shop.connector().catalogue_source.page(None)


@pytest.mark.parametrize("version", ENDS)
def test_products_come_whole_however_many_variants_they_have(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "PRODUCT_PAGE", 2)
    shop = bench(version)
    sizes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for sku in ("X", "Y", "Z"):
        shirt(shop, sku, sizes if sku == "Y" else "M")
    found = [product for page in pages(shop.connector()) for product in page.products]
    assert [(product.sku, len(product.variants)) for product in found] == [("X", 1), ("Y", 26), ("Z", 1)]
    assert shop.calls(SEARCH) == 2


def test_products_that_are_too_much_for_one_answer_are_read_in_smaller_pages() -> None:
    shop = bench()
    for number in range(SMALL_PAGE + 1):
        shop.shop.add_product(ProductSpec(f"P{number}", "Cap", Decimal(10), NINETEEN))
    shop.shop.faults.plan("lost_answer", SEARCH)
    assert [len(page.products) for page in pages(shop.connector())] == [SMALL_PAGE, 1]


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=6))
def test_nothing_is_skipped_or_told_twice_while_products_and_variants_are_added(added: list[tuple[int, bool]]) -> None:
    shop = bench("6.6.10.13")
    for sku in "ABCDE":
        shop.shop.add_product(ProductSpec(sku, "Cap", Decimal(10), NINETEEN))
    connector, told, position = shop.connector(), [], None
    with patch.object(products, "PRODUCT_PAGE", 2):
        for number in range(12):
            page = connector.catalogue_source.page(position)
            told += [(product.rank, product.sku) for product in page.products]
            for place, (_, is_variant) in enumerate(each for each in added if each[0] == number):
                sku = f"{number}-{place}"
                variant = ProductSpec(sku, parent="B", options={"Size": sku})
                shop.shop.add_product(variant if is_variant else ProductSpec(sku, "Cap", Decimal(1), NINETEEN))
            position = page.position
            if position is None:
                break
    assert told == sorted(set(told))
    assert set("ABCDE") <= {sku for _, sku in told}


def test_an_unchanged_product_reads_the_same_each_time() -> None:
    shop = bench()
    shirt(shop)
    before = only(shop)
    change(shop, "SHIRT", propertyIds=list(reversed(shop.shop.product("SHIRT")["propertyIds"])))
    assert only(shop) == before


RIGHTS = tuple(f"{entity}:read" for entity in PRODUCT_RIGHTS.split(", "))


def test_the_listed_rights_are_enough_to_read_products() -> None:
    shop = bench(privileges=RIGHTS)
    shop.shop.add_language("German", "de-DE")
    shirt(shop)
    connector = shop.connector(language="de-DE")
    assert len(connector.catalogue_source.categories()) == 2
    assert [product.sku for page in pages(connector) for product in page.products] == ["SHIRT"]
