"""Shoprenter's products in every documented shape, as a source; and what whatever comes in can do to a parser."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from shopbridge.connectors.shoprenter.api import Request, read_page
from shopbridge.connectors.shoprenter.auth import scopes_of
from shopbridge.connectors.shoprenter.catalogue.categories import with_text
from shopbridge.connectors.shoprenter.catalogue.find import target_product
from shopbridge.connectors.shoprenter.catalogue.map import Family, ShopTerms, read_family, special_now
from shopbridge.connectors.shoprenter.orders.read import read_order
from shopbridge.connectors.shoprenter.wire import (
    WireLanguage,
    WireOpenOrder,
    WireSetting,
    WireStatus,
    WireStatusName,
    link_id,
)
from shopbridge.connectors.shoprenter.wire_products import (
    WireCategory,
    WireClass,
    WireMethod,
    WireSpecial,
    WireStocked,
    WireTaxClass,
)
from shopbridge.errors import BridgeError, Held
from shopbridge.model.catalogue import Product, TargetProduct, UnreadableProduct
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from tests.contract.test_bent_answers import bent
from tests.examples import examples
from tests.recorded import shoprenter as golden
from tests.salespos_orders import D
from tests.shoprenter_shapes import Shop, encoded, row, shop, stocked

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
MUG, TEE, OLD = (encoded(f"product-product_id={number}") for number in (318, 319, 321))


def products(at: Shop | None = None, **settings_: Any) -> dict[str, Product]:
    """Every product by its name, read from a shop whose batches find children."""
    page = (at or stocked()).connector(**settings_).catalogue_source.page(None)
    assert page.unreadable == ()
    return {each.name: each for each in page.products}


def test_a_documented_product_is_read_whole() -> None:
    mug = products()["Termék MUG-BLUE"]
    assert (mug.id, mug.sku, mug.rank, mug.ean, mug.tax_rate) == (MUG, "MUG-BLUE", 318, "5901234123457", D(27))
    assert (mug.short_text, mug.long_text) == ("<p>Rövid</p>", "<p>Kerámia bögre.</p>")
    assert (mug.stock, mug.active, mug.images) == (D(34), True, 2)
    assert {group: (price.amount, price.gross, price.currency) for group, price in mug.prices.items()} == {
        "regular": (D(2540), True, "HUF"),
        "sale": (D(2032), True, "HUF"),
        "6": (D(2286), True, "HUF"),
    }
    assert mug.categories == (encoded("category-category_id=27"),)
    assert [(each.name, each.value) for each in mug.features] == [("material", "Kerámia"), ("ml", "300"), ("kg", "0.3")]
    assert mug.extras == {"modelNumber": "", "manufacturer": "Fazekas Kft.", "status": "1"}


def test_texts_are_read_in_the_language_of_the_settings_else_in_any() -> None:
    assert "Product MUG-BLUE" in products(language="en")
    with pytest.raises(BridgeError, match="no language 'de'"):
        products(language="de")


def test_a_parent_with_a_value_is_one_of_its_versions_and_its_product_has_no_sku_of_its_own() -> None:
    tee = products()["Termék TEE-S"]
    assert (tee.sku, tee.stock) == ("", None)
    assert [(each.sku, each.options, each.active) for each in tee.variants] == [
        ("TEE-S", {"meret": "S"}, True),
        ("TEE-M", {"meret": "M"}, False),
    ]
    assert [each.stock for each in tee.variants] == [D(34), D(34)]


def test_a_product_that_is_disabled_or_lacks_everything_is_read_as_that() -> None:
    old = products()["Termék OLD-1"]
    assert (old.active, old.tax_rate, old.stock, old.images, old.ean) == (False, None, None, 0, "")
    assert {group: (price.amount, price.gross) for group, price in old.prices.items()} == {"regular": (D(2000), False)}


def test_categories_that_are_disabled_are_read_as_disabled() -> None:
    categories = {each.name: each for each in shop().connector().catalogue_source.categories()}
    assert {name: (each.active, each.parent) for name, each in categories.items()} == {
        "Konyha": (True, None),
        "Bögrék": (False, encoded("category-category_id=27")),
    }


def special(price: str = "1000", **changes: Any) -> WireSpecial:
    return WireSpecial.model_validate({"id": price, "price": price, "priority": "1", "minQuantity": "0", **changes})


@pytest.mark.parametrize(
    ("specials", "found"),
    [
        ([special()], "1000"),
        ([special(dateFrom="2026-03-01", dateTo="2026-03-02 00:00:00")], "1000"),
        ([special(dateFrom="2026-03-02")], None),
        ([special(dateTo="2026-03-01")], None),
        ([special(dateFrom="-0001-11-30T00:00:00", dateTo="0000-00-00")], "1000"),
        ([special(customerGroup={"id": "x"})], None),
        ([special(minQuantity="5")], None),
        ([special("900", priority="2"), special("1000", priority="1"), special("800", priority="-1")], "800"),
        ([special(dateFrom="whenever")], "1000"),
        ([special("0")], None),
        ([], None),
    ],
)
def test_the_special_price_is_the_one_that_everybody_pays_now(specials: list[WireSpecial], found: str | None) -> None:
    first = special_now(specials, NOW)
    assert (first.id if first else None) == found


def test_a_text_is_written_back_with_all_others_and_without_doubled_entities() -> None:
    there = golden("product_page")["items"][0]["productDescriptions"]
    hu, en = with_text(
        there, encoded("language-language_id=1"), {"name": "Új"}, ("name", "description", "measurementUnit")
    )
    assert hu == {
        "name": "Új",
        "description": "<p>Kerámia bögre.</p>",
        "measurementUnit": "db",
        "language": {"id": encoded("language-language_id=1")},
    }
    assert (en["name"], en["language"]["id"]) == ("Product MUG-BLUE", encoded("language-language_id=2"))
    (made,) = with_text([], "x", {"name": "Új"}, ("name",))
    assert made == {"name": "Új", "language": {"id": "x"}}


# --- whatever comes in --------------------------------------------------------------------------------------------

ROUNDS = examples(900)
"""Of each parser."""
TERMS = ShopTerms(language="x", currency="HUF", now=NOW, rates={}, parameters={"c": ("a",)})
EVERYTHING = row("order_everything")
LEAN = {
    **{name: each for name, each in EVERYTHING.items() if not isinstance(each, dict | list)},
    **{name: EVERYTHING[name] for name in ("orderStatus", "customer", "paymentCountry", "shippingCountry", "currency")},
    "orderTotals": [
        {name: each[name] for name in ("name", "value", "type", "key")} for each in EVERYTHING["orderTotals"]
    ],
    "orderProducts": EVERYTHING["orderProducts"][1:],
    "orderProductAddons": EVERYTHING["orderProductAddons"],
}
"""An order with less of what nobody reads, for speed."""
PRODUCTS = golden("product_page")["items"]
FACTS = shop().connector().order_source.facts  # type: ignore[attr-defined]


def each_bent(body: Any, name: str) -> Iterator[Any]:
    """A documented body with up to three changes, thousands of times, in every run the same."""
    chance, text = Random(name), json.dumps(body, default=str)  # noqa: S311 - the same changes in every run
    return (bent(json.loads(text), chance) for _ in range(ROUNDS))


def test_any_order_is_read_or_told_and_can_be_stored() -> None:
    for body in each_bent(LEAN, "order"):
        read = read_order(body if isinstance(body, dict) else {}, FACTS, NOW)
        assert isinstance(read, Order | UnreadableOrder)
        to_json(read)


def test_any_family_is_read_or_told_and_can_be_stored() -> None:
    for body in each_bent(PRODUCTS[1:3], "family"):
        rows = [each if isinstance(each, dict) else {} for each in (body if isinstance(body, list) else [body])] or [{}]
        read = read_family(Family(rows[0], tuple(rows[1:])), 7, TERMS)
        assert isinstance(read, Product | UnreadableProduct)
        to_json(read)
        assert isinstance(target_product(Family(rows[0], tuple(rows[1:])), TERMS), TargetProduct | Held)


def test_any_page_is_read_or_ends_in_a_typed_error() -> None:
    for body in each_bent(golden("order_page"), "page"):
        with suppress(BridgeError):
            page = read_page(body, "orderExtend", 0, 200)
            assert all(isinstance(each, dict) for each in page.rows)
            page.last_id.encode(errors="replace")


def test_any_batch_is_read_or_ends_in_a_typed_error() -> None:
    at = shop()
    api = at.connector().order_source.facts.api  # type: ignore[attr-defined]
    requests = [Request("PUT", "/productExtend/a", {}) for _ in range(4)]
    for body in each_bent(golden("batch"), "batch"):
        at.answers["POST batch"] = body
        with suppress(BridgeError):
            assert len(api.batch(requests)) == 4


SHAPES: dict[str, tuple[type[BaseModel], Any]] = {
    "open order": (WireOpenOrder, {**golden("order_head"), "orderProducts": EVERYTHING["orderProducts"]}),
    "stocked": (WireStocked, PRODUCTS[3]),
    "tax class": (WireTaxClass, golden("tax_classes")["items"][0]),
    "class": (WireClass, golden("classes")["items"][1]),
    "category": (WireCategory, golden("categories")["items"][0]),
    "payment mode": (WireMethod, golden("payment_modes")["items"][0]),
    "shipping mode": (WireMethod, golden("shipping_modes")["items"][0]),
    "status": (WireStatus, golden("statuses")["items"][0]),
    "status name": (WireStatusName, golden("status_names")["items"][0]),
    "setting": (WireSetting, golden("settings")["items"][0]),
    "language": (WireLanguage, golden("languages")["items"][0]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_any_record_fits_its_shape_or_is_refused_by_it(name: str) -> None:
    shape, body = SHAPES[name]
    for changed in each_bent(body, name):
        with suppress(ValidationError):
            to_json(shape.model_validate(changed))


def test_any_value_is_taken_for_a_link_a_text_or_a_token() -> None:
    for body in each_bent({"href": "https://x/orders/b3JkZXI=", "id": "b3JkZXI="}, "link"):
        link_id(body)
        scopes_of(f"e30.{base64.urlsafe_b64encode(json.dumps(body, default=str).encode()).decode()}.x")
        scopes_of(str(body))
