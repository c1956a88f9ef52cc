"""What only Shoprenter's products have: parents that are sold, groups of customers, sales, several languages."""

from typing import Any

import pytest

from sandbox.platforms.shoprenter import ProductSpec, SpecialSpec
from shopbridge.errors import Held, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Category, Price, Product
from tests.contract.benches.shoprenter import D, bench, product_id
from tests.contract.suites.catalogue_target import ALL, PRICE, bring, drafted, source


def shop(**assumed: Any) -> Any:
    """An account as the suites see it."""
    return bench(**assumed)


def family(at: Any) -> None:
    """A parent that is itself one of its versions."""
    at.shop.shop.settings["fictive_parent"] = "0"
    at.shop.add_product(ProductSpec("TEE-S", D(1000), 3, name="Póló", options={"Size": "S"}))
    at.shop.add_product(ProductSpec("TEE-M", D(1000), 4, name="Póló", parent="TEE-S", options={"Size": "M"}))


def read(at: Any, name: str) -> Product:
    page = at.part("catalogue_source").page(None)
    assert page.unreadable == ()
    found: Product = next(each for each in page.products if each.name == name)
    return found


def sale(regular: str, special: str | None) -> CataloguePrice:
    prices = [Price(amount=D(each), gross=True, currency="HUF") if each else None for each in (regular, special)]
    assert prices[0]
    return CataloguePrice(regular=prices[0], sale=prices[1])


def test_a_parent_that_is_sold_is_a_version_and_has_stock() -> None:
    at = shop()
    family(at)
    tee = read(at, "Póló")
    assert (tee.sku, {each.sku: each.options for each in tee.variants}) == (
        "",
        {"TEE-S": {"Size": "S"}, "TEE-M": {"Size": "M"}},
    )
    assert {level.sku for level in at.part("stock_source").page(None).levels} == {"TEE-S", "TEE-M"}
    (known,) = at.part("catalogue_target").find(["TEE-S"])["TEE-S"]
    assert (known.sku, known.variants) == ("", {"TEE-S", "TEE-M"})


def test_versions_are_added_to_a_parent_that_is_sold_and_it_stays_one() -> None:
    at = shop()
    family(at)
    of = source(at, "", "TEE-S", "TEE-M", "TEE-L")
    named = {"TEE-S": "S", "TEE-M": "M", "TEE-L": "L"}
    variants = tuple(each.model_copy(update={"options": {"Size": named[each.sku]}}) for each in of.variants)
    assert bring(at, of.model_copy(update={"variants": variants}), ALL).state == "updated"
    assert {each.sku for each in read(at, "Name of").variants} == {"TEE-S", "TEE-M", "TEE-L"}
    assert at.stock("TEE-L") == 3
    refused = at.part("catalogue_target").deactivate_variants({"TEE-S": product_id(at.shop.product("TEE-S").id)})
    assert refused["TEE-S"].code == "no_version_switch"
    assert at.part("catalogue_target").on_sale(["TEE-S", "TEE-M", "TEE-L"]) == dict.fromkeys(named, True)


def tee(at: Any, sku: str, *sizes: str) -> Product:
    of = source(at, sku, *(f"{sku}-{size}" for size in sizes))
    variants = (each.model_copy(update={"options": {"Size": each.sku[-1]}}) for each in of.variants)
    return of.model_copy(update={"variants": tuple(variants)})


def test_values_that_versions_take_are_read_once_in_some_minutes() -> None:
    at = shop()
    target, read_values = at.part("catalogue_target"), []
    for sku, passed in (("A", 0), ("B", 0), ("C", 599), ("D", 1)):
        at.clock.advance(seconds=passed)
        (outcome,) = target.write([drafted(target, tee(at, sku, "S", "M"), ALL)])
        assert outcome.state == "created"
        read_values.append(at.shop.calls.by_route["GET listAttributeValueDescriptions"])
    assert read_values == [1, 1, 1, 2]
    assert [[each.options["Size"] for each in read(at, f"Name of {sku}").variants] for sku in "AD"] == [["S", "M"]] * 2


def test_a_value_that_was_deleted_in_the_shop_meanwhile_is_made_anew() -> None:
    at = shop()
    target = at.part("catalogue_target")
    target.write([drafted(target, tee(at, "A", "S", "M"), ALL)])
    at.shop.shop.list_values.clear()
    for product in at.shop.shop.products.values():
        product.values.clear()
    with pytest.raises(RetryLater):
        target.write([drafted(target, tee(at, "B", "S", "M"), ALL)])
    (outcome,) = target.write([drafted(target, tee(at, "B", "S", "M"), ALL)])
    assert outcome.state == "updated"
    chosen = {sku: at.shop.product(sku).values for sku in ("B-S", "B-M")}
    values = at.shop.shop.list_values
    assert {sku: [set(values[each].names.values()) for each in found] for sku, found in chosen.items()} == {
        "B-S": [{"S"}],
        "B-M": [{"M"}],
    }


def test_versions_that_differ_in_what_no_class_has_are_held() -> None:
    at = shop()
    of = source(at, "TEE", "TEE-M", "TEE-L")
    odd = tuple(each.model_copy(update={"options": {"Weight class": each.sku}}) for each in of.variants)
    outcome = bring(at, of.model_copy(update={"variants": odd}), ALL)
    assert outcome.reason
    assert (outcome.state, outcome.reason.code) == ("held", "attributes_differ")


def test_customer_groups_are_price_groups_and_stay_when_the_price_is_written() -> None:
    at = shop()
    at.shop.add_product(ProductSpec("MUG", D(1000), 1, name="Bögre", group_prices={6: D(800)}))
    assert {group: price.amount for group, price in read(at, "Bögre").prices.items()} == {"regular": 1270, "6": 1016}
    bring(at, source(at, "MUG"), amount="2540")
    assert {group: price.amount for group, price in read(at, "Bögre").prices.items()} == {"regular": 2540, "6": 1016}


def test_a_sale_is_made_changed_and_ended_and_others_specials_stay() -> None:
    at = shop()
    at.shop.add_product(ProductSpec("MUG", D(1000), 1, name="Bögre", specials=(SpecialSpec(D(700), group=6),)))
    for price, expected in (
        (sale("1270", "1016"), {"regular": 1270, "sale": 1016}),
        (sale("1270", "889"), {"regular": 1270, "sale": 889}),
        (sale("1270", None), {"regular": 1270}),
    ):
        bring(at, source(at, "MUG"), price=price)
        found = {group: each.amount for group, each in read(at, "Bögre").prices.items() if group != "6"}
        assert found == expected
        assert len(at.shop.product("MUG").specials) == len(expected)


def test_texts_in_other_languages_stay_as_they_are() -> None:
    at = shop()
    at.shop.add_product(
        ProductSpec("MUG", D(1000), 1, name="Bögre", names={"en": "Mug"}, description="<p>Kék &amp; zöld</p>")
    )
    bring(at, source(at, "MUG"), ALL)
    texts = at.shop.product("MUG").texts
    assert (texts[1]["name"], texts[2]["name"]) == ("Name of MUG", "Mug")
    bring(at, source(at, "MUG").model_copy(update={"long_text": "<b>x & y</b>"}), frozenset({"long_text"}))
    assert at.shop.product("MUG").texts[1]["name"] == "Name of MUG"


def test_a_price_that_the_shop_multiplies_is_told() -> None:
    at = shop(price_multiplier=D("1.2"))
    at.put("MUG")
    outcome = bring(at, source(at, "MUG"))
    assert outcome.state == "updated"
    assert any("multiplies" in remark for remark in outcome.remarks)


def test_a_disabled_category_is_read_and_renamed_without_losing_other_languages() -> None:
    at = shop()
    number = at.shop.add_category("Konyha", en="Kitchen", enabled=False)
    (found,) = at.part("catalogue_target").categories()
    assert (found.name, found.active) == ("Konyha", False)
    renamed = Category(id=ExternalId("source"), parent=None, name="Konyhai", active=True)
    at.part("catalogue_target").write_category(renamed, found.id)
    texts = at.shop.shop.categories[number].texts
    assert (texts[1]["name"], texts[2]["name"]) == ("Konyhai", "Kitchen")


def test_a_plan_that_holds_no_more_products_is_told() -> None:
    at = shop(products_at_most=0)
    outcome = bring(at, source(at, "MUG"), ALL)
    assert outcome.reason
    assert (outcome.state, outcome.reason.code) == ("failed", "40015")
    assert "plan" in outcome.reason.fix


def test_a_tax_that_the_shop_does_not_have_is_held_and_a_new_product_needs_one() -> None:
    at = shop()
    of = source(at, "MUG").model_copy(update={"tax_rate": D(21)})
    outcome = bring(at, of, ALL)
    assert outcome.reason
    assert outcome.reason.code == "unknown_tax"
    with pytest.raises(Held) as caught:
        drafted(at.part("catalogue_target"), source(at, "MUG"), PRICE)
    assert caught.value.code == "no_tax_rate"
