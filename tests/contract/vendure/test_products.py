"""What only Vendure does with products: options that variants differ in, tax categories, products half made."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.vendure import ProductSpec
from shopbridge.errors import Held, RetryLater
from shopbridge.model.catalogue import CataloguePrice, Category, Price, Product
from tests.contract.benches.vendure import bench
from tests.contract.suites.catalogue_target import ALL, CATEGORIES, bring, drafted, source
from tests.salespos_products import variant

D = Decimal
TEE = ("TEE", "TEE-M", "TEE-L")


def shelf(**shape: Any) -> Any:
    """A shop as the suites see it."""
    return bench(**shape)


def read(at: Any) -> dict[str, Product]:
    """What the shop sells, by name."""
    return {each.name: each for each in at.connector().catalogue_source.page(None).products}


def test_a_product_has_its_options_its_tax_and_its_figures() -> None:
    at = shelf()
    bring(at, source(at, *TEE).model_copy(update={"tax_rate": D(9)}), ALL)
    (tee,) = read(at).values()
    assert (tee.tax_rate, tee.prices["regular"].amount, tee.active) == (D(9), D(30), True)
    assert {each.sku: (each.options, each.stock) for each in tee.variants} == {
        "TEE-M": ({"Size": "TEE-M"}, D(3)),
        "TEE-L": ({"Size": "TEE-L"}, D(3)),
    }


def test_a_variant_that_is_new_joins_its_siblings() -> None:
    at = shelf()
    bring(at, source(at, *TEE), ALL)
    assert bring(at, source(at, *TEE, "TEE-XL"), ALL).state == "updated"
    (tee,) = read(at).values()
    assert [each.options["Size"] for each in tee.variants] == ["TEE-M", "TEE-L", "TEE-XL"]
    assert [len(each.options) for each in at.shop.shop.groups.values()] == [3]


@pytest.mark.parametrize("step", ["createOptionGroup", "addOptionGroup", "createVariants"])
def test_a_product_that_was_made_in_part_is_gone_on_with(step: str) -> None:
    at = shelf()
    at.plan("lost_request", step)
    with pytest.raises(RetryLater):
        bring(at, source(at, *TEE), ALL)
    assert [each.variants for each in at.shop.shop.products.values()] == [[]]
    renamed = source(at, *TEE).model_copy(update={"name": "Another name"})
    assert bring(at, renamed, ALL).state == "created"
    assert [each.name for each in at.shop.shop.products.values()] == ["Another name"]


def test_single_variants_are_taken_off_sale_and_what_is_elsewhere_is_let_be() -> None:
    at = shelf()
    tee, mug = (bring(at, of, ALL).id for of in (source(at, *TEE), source(at, "MUG-1")))
    assert tee is not None
    assert mug is not None
    for _ in range(2):
        target = at.connector().catalogue_target
        assert target.deactivate_variants({"TEE-M": tee, "TEE-L": mug, "NOBODY": tee}) == {}
    sold = at.connector().catalogue_target.on_sale(["TEE-M", "TEE-L", "MUG-1", "NOBODY", "mug-1"])
    assert sold == {"TEE-M": False, "TEE-L": True, "MUG-1": True}
    bring(at, source(at, *TEE), ALL)
    assert at.connector().catalogue_target.on_sale(["TEE-M"]) == {"TEE-M": True}


def test_a_net_channel_gets_net_prices_and_of_a_sale_the_price_that_buyers_pay() -> None:
    at = shelf(gross=False)
    of = source(at, "MUG-1")
    regular, sale = (Price(amount=D(amount), gross=True, currency="EUR") for amount in ("36.30", "24.20"))
    outcome = bring(at, of, ALL, price=CataloguePrice(regular=regular, sale=sale))
    assert any("sale" in remark for remark in outcome.remarks)
    (mug,) = read(at).values()
    assert mug.prices["regular"] == Price(amount=D("20.00"), gross=False, currency="EUR")


def test_a_product_without_a_price_is_made_switched_off() -> None:
    at = shelf()
    outcome = bring(at, source(at, "MUG-1"), ALL - {"price"})
    assert "without a price" in " ".join(outcome.remarks)
    assert at.connector().catalogue_target.on_sale(["MUG-1"]) == {"MUG-1": False}


def test_collections_are_left_to_the_merchant() -> None:
    at = shelf()
    target = at.connector().catalogue_target
    with pytest.raises(Held) as caught:
        target.write_category(read_category(at), None)
    assert caught.value.code == "field_not_writable"
    outcome = bring(at, source(at, "MUG-1"), ALL | CATEGORIES, categories=(read_category(at).id,))
    assert "collections" in " ".join(outcome.remarks)


def read_category(at: Any) -> Category:
    """A collection that is there."""
    at.shop.add_product(ProductSpec("LAMP", collections=("House",)))
    (house,) = at.connector().catalogue_source.categories()
    assert isinstance(house, Category)
    return house


def test_what_the_shop_cannot_express_is_held() -> None:
    at = shelf()
    target = at.connector().catalogue_target
    unknown = source(at, "MUG-1").model_copy(update={"tax_rate": D(13)})
    (outcome,) = target.write([drafted(target, unknown, ALL)])
    assert (outcome.state, outcome.reason and outcome.reason.code) == ("held", "unknown_tax")
    at.put("CUP")
    bring(at, source(at, *TEE), ALL)
    bare = source(at, "HAT").model_copy(update={"variants": (variant("HAT-1", {}),)})
    color = source(at, "TEE").model_copy(update={"variants": (variant("TEE-M", {"Color": "Red"}),)})
    alone = source(at, "TEE-M")
    for of, code in ((bare, "incomplete_variant"), (color, "attributes_differ"), (alone, "sold_otherwise")):
        with pytest.raises(Held) as caught:
            drafted(target, of)
        assert caught.value.code == code
