"""What SalesAutopilot alone does with products: flat categories, its own ids, any SKU, what is gone."""

from typing import Any

import pytest

from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, ProductField
from tests.contract.bench import until_done
from tests.contract.benches.salesautopilot import OTHERWISE, bench
from tests.contract.suites.catalogue_target import PRICE, bring, drafted, source
from tests.salesautopilot_orders import bits, bought, mugs
from tests.salespos_orders import D

MADE: frozenset[ProductField] = frozenset({"name", "price", "tax", "categories"})


def category(name: str, parent: str | None = None, *, active: bool = True) -> Category:
    return Category(id=ExternalId("s"), parent=ExternalId(parent) if parent else None, name=name, active=active)


def names(at: Any) -> list[str]:
    return [each.name for each in at.office.categories if not each.name.startswith("All of")]


@pytest.mark.parametrize("sku", ["SKU-1", "kék/2 é", "a b", "#7?x=1&y", "100%", "0007", "☃"])
@pytest.mark.parametrize("assumed", [{}, OTHERWISE])
def test_an_sku_may_be_any_text(sku: str, assumed: dict[str, Any]) -> None:
    at: Any = bench(**assumed)
    assert bring(at, source(at, sku), MADE).state == "created"
    assert bring(at, source(at, sku), PRICE, amount="35.00").state == "updated"
    assert at.price(sku) == D(35)
    assert len([each for each in at.office.products if each.sku == sku]) == 1


def test_a_product_that_an_order_made_is_brought_up_to_date_and_not_made_again() -> None:
    at: Any = bench()
    target = at.part("catalogue_target")
    draft = drafted(target, source(at, "SKU-1"), MADE)
    at.clock.advance(minutes=3)
    of = bought([mugs()])
    office = at.connector()
    office.order_target.create(office.order_target.plan(of, bits(of)))
    assert until_done(at, lambda: target.write([drafted(target, source(at, "SKU-1"), MADE)]))[0].state == "updated"
    assert len([each for each in at.office.products if each.sku == "SKU-1"]) == 1
    assert draft.change.known is None


def test_a_product_follows_its_categories_and_loses_them_when_it_is_gone() -> None:
    at: Any = bench()
    target = at.part("catalogue_target")
    house, sale = (target.write_category(category(name), None) for name in ("House", "Sale"))
    for wanted in ((house,), (house, sale), (sale,)):
        bring(at, source(at, "MUG-1"), MADE, categories=wanted)
        assert {str(each) for each in at.office.product("MUG-1").categories} == set(wanted)
    gone = at.part("catalogue_target")
    assert gone.on_sale(["MUG-1"]) == {"MUG-1": True}
    assert gone.deactivate([ExternalId(str(at.office.product("MUG-1").id))]) == {}
    assert at.office.product("MUG-1").categories == []


def test_a_tree_of_categories_is_flattened_and_renamed_as_a_whole_also_in_pieces() -> None:
    at: Any = bench()
    target = at.part("catalogue_target")
    house = target.write_category(category("House"), None)
    kitchen = target.write_category(category("Kitchen", house, active=False), None)
    target.write_category(category("Mugs", kitchen), None)
    assert names(at) == ["House", "House > Kitchen", "House > Kitchen > Mugs"]
    route = "POST modprodcategory/{prodcat_id}"
    at.plan("afterwards", route, detail=lambda: at.plan("throttled", route))
    renamed = category("Home")
    assert until_done(at, lambda: at.part("catalogue_target").write_category(renamed, house)) == house
    assert names(at) == ["Home", "Home > Kitchen", "Home > Kitchen > Mugs"]
    there = {each.name: each.parent for each in at.part("catalogue_target").categories()}
    assert (there["Kitchen"], there["Mugs"]) == (house, kitchen)


def test_the_catalogue_is_read_once_for_many_products_and_again_after_some_minutes() -> None:
    at: Any = bench()
    target = at.part("catalogue_target")
    for number in range(6):
        target.write([drafted(target, source(at, f"P-{number}"), MADE)])
    assert at.office.calls.by_route["GET listproducts"] == 1
    at.clock.advance(minutes=3)
    target.write([drafted(target, source(at, "P-6"), MADE)])
    assert at.office.calls.by_route["GET listproducts"] == 2
    assert at.made() == 2 + 7


@pytest.mark.parametrize("currency", ["HUF", "EUR", "USD"])
def test_each_of_the_three_currencies_is_taken(currency: str) -> None:
    at: Any = bench()
    target = at.connector(currency=currency).catalogue_target
    target.write([drafted(target, source(at, "MUG-1"), MADE)])
    assert at.office.product("MUG-1").currency == currency
