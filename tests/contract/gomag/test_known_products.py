"""Products that a Gomag shop has: brought up to date by id and SKU, or held with the reason."""

from typing import Any

import pytest

from sandbox.platforms.gomag import ProductSpec, VersionSpec
from shopbridge.errors import Held
from shopbridge.flows.products.change import price_of
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Product, ProductOutcome
from shopbridge.model.product_settings import PriceSettings
from tests.contract.benches.gomag import D, answering, bench, swift
from tests.contract.gomag.target_products import INVENTORY, PATCH, WRITE, bring, change, price, product, variant
from tests.recorded import gomag as golden


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
