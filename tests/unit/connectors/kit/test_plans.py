"""What every shop refuses alike of a change of a product, and how fields are chosen."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shopbridge.connectors.kit.plans import (
    Own,
    check_name,
    check_sku,
    check_skus_differ,
    chosen,
    refuse_otherwise,
    whole_units,
)
from shopbridge.errors import Held
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product, ProductChange, ProductField, TargetProduct
from tests.salespos_products import product, variant

D = Decimal
THERE = TargetProduct(id=ExternalId("7"), sku="MUG", filled=frozenset())
OWN: Own = {"name": ("title", "Mug"), "ean": ("gtin", None), "active": ("on", False), "long_text": ("text", "")}


def change(of: Product, *fields: ProductField, known: TargetProduct | None = None) -> ProductChange:
    return ProductChange(
        product=of, known=known, fields=frozenset(fields), price=None, variant_prices={}, categories=()
    )


def code_of(check: Callable[[], Any]) -> str:
    try:
        check()
    except Held as held:
        return held.code if held.fix.endswith(".") else f"{held.code} without a fix"
    return ""


def test_only_what_is_to_be_written_and_there_is_chosen_by_the_platforms_names() -> None:
    assert chosen(change(product("MUG"), "name", "ean", "active", "price"), OWN) == {"title": "Mug", "on": False}
    assert chosen(change(product("MUG"), "long_text"), OWN) == {"text": ""}
    assert chosen(change(product("MUG")), OWN) == {}


@pytest.mark.parametrize(
    ("stock", "units"), [(D("2.9"), D(2)), (D("-1"), D(0)), (D("0.4"), D(0)), (None, None), (D(3), D(3))]
)
def test_what_is_left_of_a_unit_is_not_for_sale(stock: Decimal | None, units: Decimal | None) -> None:
    assert whole_units(stock) == units


@pytest.mark.parametrize(
    ("of", "fields", "known", "code"),
    [
        (product("MUG", name="  "), (), None, "no_name"),
        (product("MUG", name="  "), ("name",), THERE, "no_name"),
        (product("MUG", name="  "), (), THERE, ""),
        (product("MUG"), ("name",), None, ""),
    ],
)
def test_a_name_is_needed_where_one_is_written(
    of: Product, fields: tuple[ProductField, ...], known: TargetProduct | None, code: str
) -> None:
    assert code_of(lambda: check_name(change(of, *fields, known=known))) == code


def test_what_is_sold_has_an_sku_of_its_own() -> None:
    medium, large = variant("TEE-M", {"Size": "M"}), variant("TEE-L", {"Size": "L"})
    assert code_of(lambda: check_sku(product(""))) == "no_sku"
    assert code_of(lambda: check_sku(product("", [medium]))) == ""
    assert code_of(lambda: check_skus_differ(product("TEE", [medium, large]))) == ""
    assert code_of(lambda: check_skus_differ(product("TEE", [medium, medium]))) == "duplicate_sku"
    assert code_of(lambda: check_skus_differ(product("TEE-M", [medium, large]))) == "duplicate_sku"


def test_what_only_happens_to_have_the_sku_is_named_with_its_platform() -> None:
    held = refuse_otherwise("Gomag", THERE, "with versions")
    assert (held.code, held.what) == (
        "sold_otherwise",
        "Gomag sells the product MUG with versions, the source does not",
    )
