"""SalesPOS as a source of products."""

from typing import Any

import pytest

from sandbox.platforms.salespos.catalogue import categories as kept_categories
from sandbox.platforms.salespos.catalogue import features as kept_features
from sandbox.platforms.salespos.catalogue import links
from sandbox.platforms.salespos.routing import Call
from shopbridge.connectors.parts import RequiredParts
from shopbridge.model.catalogue import Feature, Product, ProductPage
from tests.contract.benches.salespos import Bench, bench
from tests.salespos_orders import D
from tests.salespos_products import price


def pages(office: RequiredParts) -> list[ProductPage]:
    found: list[ProductPage] = []
    position: str | None = None
    while True:
        found.append(office.catalogue_source.page(position))
        position = found[-1].position
        if position is None:
            return found


def products(office: RequiredParts) -> dict[str, Product]:
    return {product.sku: product for page in pages(office) for product in page.products}


def category(at: Bench, name: str, parent: int | None = None, **fields: Any) -> int:
    body = {"name": name, **({} if parent is None else {"parentcategory_id": parent}), **fields}
    made = kept_categories.post_category(at.account.shop, Call("POST", "", "", body=body))
    return int(made.body["id"])


def feature(at: Bench, product: int, name: str, value: str, options: tuple[str, ...] = ()) -> None:
    """Give a product a feature in a group of its own; with options, ``value`` is one of them."""
    shop = at.account.shop
    group = kept_features.post_group(shop, Call("POST", "", "", body={"name": f"{name} group"})).body["id"]
    kind = "Option" if options else "Text"
    made = kept_features.post_property(shop, Call("POST", "", "", (group,), body={"name": name, "type": kind})).body
    ids = {
        each: kept_features.post_option(shop, Call("POST", "", "", (made["id"],), body={"name": each})).body["id"]
        for each in options
    }
    links.add(shop, "producttopropertygroups", {"product_id": product, "product_property_group_id": group})
    text = str(ids[value]) if options else value
    body = {"product_id": product, "product_property_id": made["id"], "value": text}
    links.add(shop, "productpropertyvalues", body)


def test_a_simple_product_is_read_whole_in_one_call() -> None:
    at = bench()
    kitchen = category(at, "Kitchen")
    mug = int(
        at.product(
            "MUG",
            name="Mug",
            shortdescription="Blue",
            description="<p>Big.</p>",
            eannumber="8712345000011",
            mpnnumber="M-1",
            stock=7,
        )
    )
    links.add(at.account.shop, "producttocategories", {"product_id": mug, "category_id": kitchen})
    at.account.add_photo(mug)
    at.account.add_photo(mug)
    (product,) = products(at.connector()).values()
    assert (product.id, product.rank, product.name) == (str(mug), mug, "Mug")
    assert (product.short_text, product.long_text, product.ean) == ("Blue", "<p>Big.</p>", "8712345000011")
    assert (product.active, product.tax_rate, product.stock) == (True, D(21), D(7))
    assert product.prices == {"regular": price("24.95")}
    assert (product.categories, product.images, product.variants) == ((str(kitchen),), 2, ())
    assert product.extras["mpn"] == "M-1"
    assert at.calls("GET /products") == 1
    assert at.account.calls.total == 3  # the page, and once which shop it is and how it is set


def test_a_discount_is_a_sale_price() -> None:
    at = bench(prices_include_vat=False, currency="GBP")
    at.product("MUG", discount=D("5.05"))
    prices = products(at.connector())["MUG"].prices
    assert prices == {
        "regular": price("24.95", gross=False, currency="GBP"),
        "sale": price("19.90", gross=False, currency="GBP"),
    }


def test_variants_have_their_options_numbers_stock_and_a_price_of_their_own_only_with_a_surcharge() -> None:
    at = bench()
    tee = at.product("TEE", stock=3, discount=D(5), variants={"Size": {"M": 0, "XL": D("2.50")}})
    medium, large = at.account.combinations(int(tee))
    large["active"] = False
    read = products(at.connector())["TEE"]
    assert read.stock is None
    first, second = read.variants
    assert (first.sku, first.options, first.stock) == ("TEE-M", {"Size": "M"}, D(3))
    assert first.prices == {}
    assert first.id == f"{tee}/{medium['id']}"
    assert second.prices == {"regular": price("27.45"), "sale": price("22.45")}
    assert not second.active


def test_a_product_at_nothing_is_no_matter_when_each_of_its_variants_adds_something() -> None:
    at = bench()
    first = at.product("TEE", discount=D(5), variants={"Size": {"M": D(20), "XL": D(25)}})
    second = at.product("CAP", discount=D(5), variants={"Size": {"M": 0, "XL": D(25)}})
    for product in (first, second):
        at.account.change_product(int(product), price=D(0))
    (page,) = pages(at.connector())
    (tee,) = page.products
    assert tee.prices == {"regular": price("0")}
    assert [each.prices["sale"] for each in tee.variants] == [price("15"), price("20")]
    assert [(held.sku, held.reason.code) for held in page.unreadable] == [("CAP", "price_below_zero")]


def test_two_attributes_of_one_name_hold_their_product() -> None:
    at = bench()
    tee = at.product("TEE", variants={"Size": {"S": 0}, "Fit": {"wide": 0}})
    for combination in at.account.combinations(int(tee)):
        for part in combination["combination"]:
            part["attribute"]["name"] = "Size"
    ((unreadable,),) = [page.unreadable for page in pages(at.connector())]
    assert (unreadable.sku, unreadable.reason.code) == ("TEE", "unclear_variants")


def test_combinations_that_nobody_sells_are_no_variants() -> None:
    at = bench()
    tee, (_, large) = at.variants("TEE", "M", "L")
    at.account.shop.combinations[large].update(active=False, product_number="", sku_number="")
    assert [each.sku for each in products(at.connector())["TEE"].variants] == ["TEE-M"]
    assert tee


def test_variants_that_share_the_products_stock_tell_none() -> None:
    at = bench()
    at.product("TEE", stock=3, stocktype="Product", variants={"Size": {"M": 0}})
    assert [each.stock for each in products(at.connector())["TEE"].variants] == [None]


def test_features_have_their_names_and_the_names_of_their_options() -> None:
    at = bench()
    mug = int(at.product("MUG"))
    feature(at, mug, "Height", "9 cm")
    feature(at, mug, "Material", "Clay", options=("Glass", "Clay"))
    read = products(at.connector())["MUG"]
    assert set(read.features) == {Feature(name="Height", value="9 cm"), Feature(name="Material", value="Clay")}


def test_the_names_of_features_are_read_once_a_sweep() -> None:
    at = bench()
    for number in range(260):
        mug = int(at.product(f"P-{number}"))
        if number in (0, 255):
            feature(at, mug, "Height", f"{number} cm")
    office = at.connector()
    assert len(pages(office)) == 2
    assert at.calls("GET /productpropertygroups") == 1
    pages(office)
    assert at.calls("GET /productpropertygroups") == 2


@pytest.mark.parametrize(
    ("tariffs", "code"),
    [
        ({"21": "normal"}, "unknown_tax_tariff"),
        ({"9": "low a", "6": "low a"}, "ambiguous_tax_tariff"),
        ({"reduced": "low a"}, "unknown_tax_tariff"),
    ],
)
def test_a_tariff_without_one_percentage_holds_that_product_and_names_the_setting(
    tariffs: dict[str, str], code: str
) -> None:
    at = bench()
    at.product("BOOK", taxtariff="low a")
    at.product("MUG")
    (page,) = pages(at.connector(tax_tariffs={"21": "normal", **tariffs}))
    assert [product.sku for product in page.products] == ["MUG"]
    (held,) = page.unreadable
    assert (held.sku, held.reason.code) == ("BOOK", code)
    assert "tax_tariffs" in held.reason.fix


def test_the_same_percentage_written_twice_is_one() -> None:
    at = bench()
    at.product("BOOK", taxtariff="low a")
    assert products(at.connector(tax_tariffs={"9": "low a", "9.0": "low a"}))["BOOK"].tax_rate == 9


def test_a_price_below_nothing_and_an_odd_record_hold_only_their_product() -> None:
    at = bench()
    at.product("CHEAP", discount=D(30))
    odd = at.product("ODD")
    at.product("MUG")
    kept = at.account.shop.catalogue.get(int(odd))
    assert kept is not None
    kept["discount"] = {"amount": 5}
    (page,) = pages(at.connector())
    assert [product.sku for product in page.products] == ["MUG"]
    assert {held.sku: held.reason.code for held in page.unreadable} == {
        "CHEAP": "price_below_zero",
        "ODD": "unreadable_product",
    }


def test_a_discount_below_nothing_is_told_since_it_makes_the_price_higher() -> None:
    at = bench()
    at.product("DEAR", discount=D("-5.00"))
    at.product("MUG")
    (page,) = pages(at.connector())
    assert [product.sku for product in page.products] == ["MUG"]
    ((sku, reason),) = [(held.sku, held.reason) for held in page.unreadable]
    assert (sku, reason.code) == ("DEAR", "negative_discount")
    assert "-5 EUR" in reason.text


def test_the_tree_of_categories_is_one_call() -> None:
    at = bench()
    kitchen = category(at, "Kitchen")
    mugs = category(at, "Mugs", kitchen, show_on_website=False)
    found = at.connector().catalogue_source.categories()
    assert [(each.id, each.parent, each.name, each.active) for each in found] == [
        (str(kitchen), None, "Kitchen", True),
        (str(mugs), str(kitchen), "Mugs", False),
    ]
    assert at.account.calls.total == 1


def test_the_vocabulary_names_price_groups_currency_and_the_way_to_each_category() -> None:
    at = bench()
    mugs = category(at, "Mugs", category(at, "Kitchen"))
    words = at.connector().account.vocabulary()
    assert [choice.key for choice in words["price_group"]] == ["regular", "sale"]
    assert [choice.key for choice in words["currency"]] == ["EUR"]
    assert {choice.key: choice.title for choice in words["category"]}[str(mugs)] == "Kitchen / Mugs"


def test_products_are_read_in_the_chosen_language() -> None:
    at = bench()
    at.product("MUG")
    office = at.connector(language="de")
    office.catalogue_source.page(None)
    office.catalogue_source.categories()
    spoken = {answer.call.path: answer.call.headers.get("Accept-Language") for answer in at.answers}
    assert (spoken["/products/"], spoken["/categorytree/"]) == ("de", "de")


def test_settings_that_a_merchant_changes_are_seen_after_a_while() -> None:
    at = bench()
    at.product("MUG")
    office = at.connector()
    assert products(office)["MUG"].prices["regular"].gross
    object.__setattr__(at.account.shop.settings, "prices_include_vat", False)
    at.clock.advance(minutes=20)
    assert not products(office)["MUG"].prices["regular"].gross
