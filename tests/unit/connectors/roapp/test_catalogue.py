"""Products written to RO App: only where it is allowed, with all that is known of one that is there."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from shopbridge.errors import Held, NeedsAttention, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Category, Price, Product, ProductChange, ProductField
from tests.roapp_orders import golden, talk
from tests.salespos_orders import D

WRITES: dict[str, Any] = {"product_writes": "update", "regular_price_type": "81", "sale_price_type": "82"}
EVERYTHING = frozenset[ProductField]({"name", "long_text", "ean", "price", "categories"})


def price(amount: str, **other: Any) -> Price:
    return Price.model_validate({"amount": Decimal(amount), "gross": True, "currency": "RON", **other})


def product(**other: Any) -> Product:
    """A product of a source."""
    values: dict[str, Any] = {
        "id": "s1",
        "rank": 1,
        "sku": "MUG-RED",
        "name": "Mug",
        "short_text": "",
        "long_text": "New text",
        "ean": "",
        "active": True,
        "tax_rate": D(19),
        "prices": {},
        "stock": None,
        "categories": (),
        "features": (),
        "variants": (),
        "images": 0,
        "extras": {},
    }
    return Product.model_validate({**values, **other})


def change(known: Any, fields: frozenset[ProductField] = EVERYTHING, **other: Any) -> ProductChange:
    values: dict[str, Any] = {"price": CataloguePrice(regular=price("120"), sale=None), "variant_prices": {}}
    if "price" not in fields:
        values["price"] = None
    made = {
        "product": product(),
        "known": known,
        "fields": fields,
        "categories": (ExternalId("91"),),
        **values,
        **other,
    }
    return ProductChange.model_validate(made)


def listing(request: httpx.Request) -> Any:
    """The list, and a receipt for whatever is written."""
    return golden("products") if request.method == "GET" else {"data": {"id": 5001}, "success": True}


def test_products_are_not_written_until_it_is_allowed() -> None:
    with pytest.raises(NeedsAttention, match="product_writes"):
        _ = talk(listing)[0].catalogue_target


def test_a_change_goes_with_all_that_is_known_and_leaves_other_prices_and_barcodes() -> None:
    office, asked = talk(listing, **WRITES)
    target = office.catalogue_target
    (known,) = target.find(["mug-red"])["mug-red"]
    draft = target.plan(change(known, frozenset({"price", "long_text"})))
    (outcome,) = target.write([draft])
    assert outcome.state == "updated"
    assert asked.calls[-1] == "PUT /products/5001"
    assert asked.body() == {
        "title": "Mug red",
        "description": "New text",
        "article": "MUG-RED",
        "code": 1001,
        "category_id": 91,
        "barcodes": ["2000000000015"],
        "prices": {"81": "120.00", "82": "120.00"},
    }


def test_what_is_so_already_costs_no_call() -> None:
    office, asked = talk(listing, **WRITES)
    target = office.catalogue_target
    (known,) = target.find(["MUG-RED"])["MUG-RED"]
    same = CataloguePrice(regular=price("100"), sale=price("80"))
    (outcome,) = target.write([target.plan(change(known, frozenset({"price"}), price=same))])
    assert (outcome.state, [call[:4] for call in asked.calls]) == ("unchanged", ["GET "])


def test_where_only_new_ones_are_made_the_others_stay() -> None:
    office, asked = talk(listing, **{**WRITES, "product_writes": "create"})
    target = office.catalogue_target
    (known,) = target.find(["MUG-RED"])["MUG-RED"]
    (outcome,) = target.write([target.plan(change(known))])
    assert outcome.state == "unchanged"
    assert "product_writes" in outcome.remarks[-1]
    (made,) = target.write([target.plan(change(None))])
    assert (made.state, made.id) == ("created", "5001")
    assert asked.body() == {
        "title": "Mug",
        "category_id": 91,
        "description": "New text",
        "barcodes": [],
        "prices": {"81": "120.00", "82": "120.00"},
        "article": "MUG-RED",
    }


def test_a_lost_creation_is_looked_for_before_it_is_made_again() -> None:
    def lost(request: httpx.Request) -> Any:
        if request.method == "POST":
            raise httpx.ReadTimeout("lost", request=request)
        return golden("products")

    target = talk(lost, **WRITES)[0].catalogue_target
    with pytest.raises(RetryLater):
        target.write([target.plan(change(None))])
    assert [each.id for each in target.find(["MUG-RED"])["MUG-RED"]] == ["5001"]


@pytest.mark.parametrize(
    ("of", "given", "code"),
    [
        ({"sku": ""}, {}, "no_sku"),
        ({"name": ""}, {}, "no_name"),
        ({}, {"categories": ()}, "product_not_creatable"),
        ({}, {"price": CataloguePrice(regular=price("1", currency="EUR"), sale=None)}, "other_currency"),
    ],
)
def test_what_cannot_be_made_is_held(of: Any, given: Any, code: str) -> None:
    target = talk(listing, **WRITES)[0].catalogue_target
    with pytest.raises(Held) as caught:
        target.plan(change(None, product=product(**of), **given))
    assert caught.value.code == code


def test_a_price_type_that_is_not_set_is_asked_for() -> None:
    target = talk(listing, product_writes="create")[0].catalogue_target
    with pytest.raises(Held, match="price type"):
        target.plan(change(None))


def test_a_category_is_made_by_hand() -> None:
    target = talk(listing, **WRITES)[0].catalogue_target
    with pytest.raises(Held, match="by a call"):
        target.write_category(Category(id=ExternalId("1"), parent=None, name="Jars", active=True), None)
