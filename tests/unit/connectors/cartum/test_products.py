"""Cartum's products: rows as products with variants, changes as rows, sections, and what the shop says of a write."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic_core import to_json

from shopbridge.connectors.cartum.catalogue.map import features_of, read_group
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    ProductField,
    ProductOutcome,
    UnreadableProduct,
    Variant,
)
from tests.cartum_shapes import settings_of
from tests.recorded import cartum as golden
from tests.salespos_orders import D
from tests.salespos_products import product, variant
from tests.unit.connectors.cartum.test_answers import each_bent
from tests.unit.connectors.cartum.test_stock import Shelf

ROWS = [*golden("products")["response"]["products"], *golden("products_shapes")["response"]["products"]]
FIELDS: frozenset[ProductField] = frozenset(
    {"name", "short_text", "long_text", "ean", "active", "price", "stock", "tax"}
)


def shelf() -> Shelf:
    """A shop with the documented products."""
    return Shelf(*ROWS)


def read(group: str, **settings: Any) -> Product:
    rows = [row for row in ROWS if (row["parent_article"] or row["article"]) == group]
    found = read_group(group, rows, 1, settings_of(**settings))
    assert isinstance(found, Product)
    return found


# --- reading ------------------------------------------------------------------------------------------------------


def test_the_example_of_the_platform_file_becomes_our_product() -> None:
    mug = read("MUG-RED")
    assert (mug.id, mug.sku, mug.name, mug.active, mug.stock) == ("MUG-RED", "MUG-RED", "Cana", True, D(7))
    assert (mug.prices, mug.tax_rate) == ({"regular": Price(amount=D(100), gross=True, currency="RON")}, D(19))
    assert (mug.categories, mug.variants) == (("5",), ())


def test_rows_of_a_group_are_one_product_with_variants() -> None:
    tee = read("TEE")
    assert (tee.id, tee.sku, tee.name, tee.short_text, tee.long_text) == (
        "TEE",
        "TEE",
        "Tricou",
        "Scurt",
        "<p>Tricou</p>",
    )
    assert (tee.stock, tee.ean, tee.images, tee.extras["brand"], tee.active) == (None, "", 2, "Acme", True)
    assert [(each.sku, each.stock, each.active, each.options) for each in tee.variants] == [
        ("TEE-M", D(3), True, {"Modification": "M"}),
        ("TEE-L", D(3), False, {"Modification": "L"}),
    ]
    assert {group: price.amount for group, price in tee.variants[0].prices.items()} == {
        "regular": D(50),
        "sale": D("40.10"),
    }
    assert {group: price.amount for group, price in tee.variants[1].prices.items()} == {"regular": D(41)}


def test_a_group_that_is_called_like_one_of_its_rows_has_no_sku_of_its_own() -> None:
    cup = read("CUP")
    assert (cup.id, cup.sku) == ("CUP", "")
    assert [(each.sku, each.stock, each.options["Modification"]) for each in cup.variants] == [
        ("CUP", D(4), "CUP"),
        ("CUP-B", D(5), "CUP-B"),
    ]


def test_what_is_bare_is_read_as_nothing() -> None:
    bare = read("BARE")
    assert (bare.name, bare.active, bare.stock, bare.categories, bare.features) == ("Simplu", False, None, (), ())
    assert bare.prices["regular"].amount == D("12.5")
    assert bare.extras == {"brand": "", "presence": "Stoc epuizat"}


def test_characteristics_are_read_in_all_four_shapes() -> None:
    told = [(each.name, each.value) for each in read("TEE").features]
    assert told == [
        ("Material", "Bumbac"),
        ("Season", "Vara"),
        ("Care", "30°"),
        ("Care", "Fără uscător"),
        ("Weight", "180"),
    ]
    assert [each.value for each in features_of({"Material": {"id": 3, "value": {"en": "Cotton", "ro": ""}}}, "ro")] == [
        "Cotton"
    ]


def test_a_price_in_another_currency_is_not_taken_and_says_why() -> None:
    euro = read("EUR-1")
    assert euro.prices == {}
    assert euro.prices_held is not None
    assert euro.prices_held.code == "other_currency"
    assert read("EUR-1", currency="EUR").prices["regular"].currency == "EUR"


def test_texts_are_those_of_the_chosen_language_else_of_any() -> None:
    assert [read("TEE", language=language).name for language in ("ro", "en", "de")] == ["Tricou", "Tee", "Tee"]


def test_a_page_is_the_list_and_whole_rows_with_what_is_needed_alone() -> None:
    at = shelf().shop()
    page = at.connector().catalogue_source.page(None)
    assert sorted(each.id for each in page.products) == ["BARE", "CUP", "EUR-1", "MUG-RED", "TEE"]
    assert at.functions() == ["catalog/export"] * 2
    assert "description" not in at.sent(0)["includedParams"]
    assert {"description", "residues"} <= {*at.sent(1)["includedParams"]}
    assert len(at.sent(1)["expr"]["article"]) == len(ROWS)


def test_a_product_of_an_odd_form_is_held_and_keeps_no_other() -> None:
    odd = Shelf(*ROWS, {**ROWS[0], "article": "ODD", "parent_article": "ODD", "price": "many"})
    page = odd.shop().connector().catalogue_source.page(None)
    assert [(each.id, each.reason.code) for each in page.unreadable] == [("ODD", "unexpected_form")]
    assert len(page.products) == 5


def test_bent_rows_are_products_or_are_held() -> None:
    settings = settings_of()
    for row in each_bent(ROWS, "products"):
        if isinstance(row, dict):
            found = read_group("TEE", [row, ROWS[1]], 1, settings)
            assert isinstance(found, Product | UnreadableProduct)
            to_json(found)


# --- sections -----------------------------------------------------------------------------------------------------


def test_sections_come_whole_or_one_below_the_other() -> None:
    at = shelf().shop()
    at.answers["pages/export"] = golden("sections")
    told = at.connector().catalogue_source.categories()
    assert [(each.id, each.parent, each.name) for each in told] == [
        ("5", None, "Ceramică"),
        ("6", "5", "Mugs"),
        ("7", None, "Contact"),
    ]
    assert at.functions() == ["pages/export"]

    def below(request: httpx.Request) -> Any:
        pages = golden("sections")["response"]["pages"]
        answers: Mapping[int, Any] = {0: [pages[0], pages[2]], 5: golden("sections_below")["response"]["pages"]}
        return {"status": "OK", "response": {"pages": answers.get(json.loads(request.content)["parent"], [])}}

    at.answers["pages/export"] = below
    told = at.connector().catalogue_source.categories()
    assert [(each.id, each.parent, each.name) for each in told] == [
        ("5", None, "Ceramică"),
        ("7", None, "Contact"),
        ("8", "5", "Căni"),
    ]


def test_sections_cannot_be_written_and_that_is_said() -> None:
    category = Category(id=ExternalId("x"), parent=None, name="Vaze", active=True)
    with pytest.raises(Held, match="'Vaze'") as caught:
        shelf().shop().connector().catalogue_target.write_category(category, None)
    assert (caught.value.code, "admin" in caught.value.fix) == ("field_not_writable", True)


# --- writing ------------------------------------------------------------------------------------------------------


def priced(regular: str, sale: str = "") -> CataloguePrice:
    def price(amount: str) -> Price:
        return Price(amount=D(amount), gross=True, currency="RON")

    return CataloguePrice(regular=price(regular), sale=price(sale) if sale else None)


def bring(
    connector: RequiredParts, of: Product, fields: frozenset[ProductField] = FIELDS, **more: Any
) -> ProductOutcome:
    target = connector.catalogue_target
    found = {known.id: known for each in target.find(of.skus).values() for known in each}
    values = {"price": priced("30"), "variant_prices": {}, "categories": (), **more}
    change = ProductChange(product=of, known=next(iter(found.values()), None), fields=fields, **values)
    (outcome,) = target.write([target.plan(change)])
    return outcome


def shirt(**changes: Any) -> Product:
    forms = [variant("S-M", {"Size": "M", "Color": "Red"}), variant("S-L", {"Size": "L", "Color": "Red"})]
    return product("SHIRT", forms, name="Cămașă", features=(), images=0, tax_rate=D(19), **changes)


def test_a_new_product_is_a_row_for_each_variant_joined_by_its_article() -> None:
    stock = shelf()
    at = stock.shop()
    outcome = bring(at.connector(section="5"), shirt(short_text="Scurt"))
    assert (outcome.state, outcome.id) == ("created", "SHIRT")
    first, second = at.sent()["products"]
    assert (first["article"], first["parent_article"], first["parent"]) == ("S-M", "SHIRT", {"id": 5})
    assert (first["title"], first["mod_title"]) == ({"ro": "Cămașă"}, {"ro": "M / Red"})
    assert (first["price"], first["display_in_showcase"]) == (30, 1)
    assert first["residues"] == [{"warehouse": "office", "quantity": 3}]
    assert second["article"] == "S-L"
    assert "The VAT was left out: Cartum keeps none; its prices include it." in outcome.remarks


def test_a_new_product_needs_a_section() -> None:
    outcome = bring(shelf().shop().connector(), shirt())
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "no_category")
    at = shelf().shop()
    placed = bring(at.connector(), shirt(), FIELDS | {"categories"}, categories=(ExternalId("7"), ExternalId("8")))
    assert at.sent()["products"][0]["parent"] == {"id": 7}
    assert any("first category" in remark for remark in placed.remarks)


def test_a_known_row_gets_what_is_named_and_nothing_else() -> None:
    at = shelf().shop()
    of = product("MUG-RED", [], name="Nou", features=(), images=0, tax_rate=D(19))
    assert bring(at.connector(), of, frozenset({"price"})).state == "updated"
    assert at.sent()["products"] == [{"article": "MUG-RED", "price": 30}]
    bring(at.connector(), of, frozenset({"name"}), price=None)
    assert at.sent()["products"] == [{"article": "MUG-RED", "title": {"ro": "Nou"}}]


def test_a_new_variant_of_a_known_group_joins_it() -> None:
    at = shelf().shop()
    forms = [variant(sku, {"Size": sku[-1]}) for sku in ("TEE-M", "TEE-L", "TEE-S")]
    of = product("TEE", forms, name="Tricou", features=(), images=0, tax_rate=D(19))
    outcome = bring(at.connector(section="5"), of, frozenset({"price"}), new_variant_fields=frozenset({"stock"}))
    assert (outcome.state, outcome.id) == ("updated", "TEE")
    rows = {row["article"]: row for row in at.sent()["products"]}
    assert rows["TEE-M"] == {"article": "TEE-M", "price": 30, "price_old": 0}
    assert rows["TEE-L"] == {"article": "TEE-L", "price": 30}
    assert (rows["TEE-S"]["parent_article"], rows["TEE-S"]["title"]) == ("TEE", {"ro": "Tricou"})
    assert rows["TEE-S"]["residues"] == [{"warehouse": "office", "quantity": 3}]


def test_a_sale_is_a_price_below_an_old_one() -> None:
    at = shelf().shop()
    of = product("MUG-RED", [], name="Cana", features=(), images=0, tax_rate=D(19))
    bring(at.connector(), of, frozenset({"price"}), price=priced("50", "40.105"))
    assert at.sent()["products"] == [{"article": "MUG-RED", "price": 40.11, "price_old": 50}]


def test_without_prices_a_new_product_is_made_hidden() -> None:
    at = shelf().shop()
    outcome = bring(at.connector(section="5"), shirt(), FIELDS - {"price"}, price=None)
    assert {row["display_in_showcase"] for row in at.sent()["products"]} == {0}
    assert any("hidden" in remark for remark in outcome.remarks)


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (product("MUG-RED", [variant("MUG-RED-A", {"S": "A"}), variant("MUG-RED-B", {"S": "B"})]), "sold_otherwise"),
        (product("NEW", [variant("NEW-1", {"S": "A"})]), "single_variant"),
        (product("NEW", [variant("NEW", {"S": "A"}), variant("N-2", {"S": "B"})]), "duplicate_sku"),
        (product("NEW", [], name=" "), "no_name"),
        (product("", []), "no_sku"),
    ],
)
def test_what_cannot_be_expressed_is_held(of: Product, code: str) -> None:
    with pytest.raises(Held) as caught:
        bring(shelf().shop().connector(), of)
    assert caught.value.code == code


def test_what_the_shop_says_of_each_row_is_told() -> None:
    at = shelf().shop()
    at.answers["catalog/import"] = golden("import_log")
    of = product("MUG-RED", [], name="Cana", features=(), images=0, tax_rate=D(19))
    outcome = bring(at.connector(), of, frozenset({"price"}))
    assert outcome.state == "updated"
    assert outcome.remarks == ("Cartum says of 'MUG-RED': field is not in the template (code 11).",)
    failed = bring(at.connector(), product("TEE", list(two("TEE-M", "TEE-L")), name="T"), frozenset({"price"}))
    assert failed.reason is not None
    assert (failed.state, failed.reason.code) == ("failed", "refused_by_shop")
    assert "title is required (code 6)" in failed.reason.text


def two(*skus: str) -> list[Variant]:
    return [variant(sku, {"Size": sku}) for sku in skus]


def test_what_was_written_meanwhile_leaves_a_sweep_in_its_order() -> None:
    at = shelf().shop()
    connector = at.connector(section="5")
    connector.catalogue_source.page(None)
    for number in range(9):
        of = product(f"P-{number}", [], name="P", features=(), images=0, tax_rate=D(19))
        assert bring(connector, of).state == "created"
    page = connector.catalogue_source.page("0")
    ranks = [each.rank for each in page.products]
    assert (len(ranks), ranks) == (14, sorted(ranks))
    levels = connector.stock_source.page("0").levels
    assert [each.rank for each in levels] == sorted(each.rank for each in levels)


def test_many_products_go_fifty_in_a_call() -> None:
    at = shelf().shop()
    target = at.connector(section="5").catalogue_target
    drafts = [
        target.plan(
            ProductChange(
                product=product(f"P-{number}", [], name="P", features=(), images=0, tax_rate=Decimal(19)),
                known=None,
                fields=FIELDS,
                price=priced("30"),
                variant_prices={},
                categories=(),
            )
        )
        for number in range(120)
    ]
    assert {each.state for each in target.write(drafts)} == {"created"}
    assert [len(at.sent(place)["products"]) for place in (-3, -2, -1)] == [50, 50, 20]


def test_products_and_single_variants_are_hidden_and_what_is_gone_is_not_made() -> None:
    stock = shelf()
    at = stock.shop()
    target = at.connector().catalogue_target
    assert target.deactivate([ExternalId("TEE"), ExternalId("NOBODY"), ExternalId("MUG-RED")]) == {}
    assert sorted(row["article"] for row in at.sent()["products"]) == ["MUG-RED", "TEE-L", "TEE-M"]
    assert target.on_sale(["TEE", "MUG-RED", "CUP", "CUP-B", "NOBODY"]) == {
        "TEE": False,
        "MUG-RED": False,
        "CUP": True,
        "CUP-B": False,
    }
    assert target.deactivate_variants({"CUP": ExternalId("CUP"), "CUP-B": ExternalId("MUG-RED")}) == {}
    assert at.sent()["products"] == [{"article": "CUP", "display_in_showcase": 0}]
    assert "NOBODY" not in stock.rows
