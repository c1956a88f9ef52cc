"""Products made in a Gomag shop: once, whole, and told what it has no field for."""

import pytest

from sandbox.platforms.gomag import ProductSpec
from shopbridge.errors import Rejected, RetryLater
from tests.contract.benches.gomag import D, bench, swift
from tests.contract.gomag.target_products import ALL, WRITE, bring, category, change, price, product, variant


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
