"""What only InnVoice's products and stock do: warehouses and groups by name, prices by group, the stand-in's writes."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.innvoice import StandIn
from shopbridge.errors import NeedsAttention
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import CataloguePrice, Category, Price
from shopbridge.model.stock import StockChange
from tests.contract.benches.innvoice import LIST, Bench, bench
from tests.contract.suites.catalogue_target import ALL, bring, drafted, source
from tests.salespos_orders import D


def told(at: Bench, **settings: Any) -> dict[str, dict[str, Decimal | None]]:
    """Stock by SKU and warehouse."""
    levels = at.connector(**settings).stock_source.page(None).levels
    return {level.sku: {each.warehouse: each.on_hand for each in level.figures} for level in levels}


def test_every_warehouse_is_told_on_its_own() -> None:
    at = bench()
    shop = at.company.add_warehouse("Shop")
    at.company.add_product("CUP", 5, stock={at.company.warehouse: 3, shop: D("1.5")})
    at.company.add_product("GIFT", 5)
    assert told(at) == {"MUG": {"Main": 10, "Shop": 0}, "CUP": {"Main": 3, "Shop": D("1.5")}, "GIFT": {"": None}}


def test_warehouses_without_names_are_known_by_their_place() -> None:
    at = bench(names_listed=False, stand_in=StandIn())
    at.company.add_warehouse("Shop")
    assert told(at) == {"MUG": {"#1": 10, "#2": 0}}


def test_prices_are_those_of_the_groups_that_are_named() -> None:
    at = bench()
    sale = at.company.add_price_group("Akció", is_gross=False)
    at.company.set_price("MUG", 17, sale)
    (mug,) = at.connector(sale_price_group="akcio").catalogue_source.page(None).products
    assert {name: (each.amount, each.gross) for name, each in mug.prices.items()} == {
        "regular": (D("24.95"), True),
        "sale": (D(17), False),
    }
    (mug,) = at.connector(regular_price_group="").catalogue_source.page(None).products
    assert mug.prices == {}


def test_products_without_an_sku_are_passed_over() -> None:
    at = bench()
    at.company.add_product("", 5, stock=3)
    assert set(told(at)) == {"MUG"}
    assert len(at.connector().catalogue_source.page(None).products) == 1


def test_products_of_excluded_groups_stay_away_and_unknown_groups_are_no_excuse() -> None:
    at = bench()
    at.company.add_product("CUP", 5, group="Cups")
    catalogue = at.connector(excluded_groups=["CUPS"]).catalogue_source
    assert [each.sku for each in catalogue.page(None).products] == ["MUG"]
    assert [each.name for each in catalogue.categories()] == ["Mugs"]
    with pytest.raises(NeedsAttention):
        bench(stand_in=StandIn()).connector(excluded_groups=["Cups"]).catalogue_source.page(None)


def test_the_list_is_read_once_for_groups_and_all_pages_of_a_sweep_and_then_anew() -> None:
    at = bench(product_list_every=600)
    for number in range(600):
        at.company.add_product(f"C{number}", 5)
    catalogue, position, read = at.connector().catalogue_source, None, 0
    assert catalogue.categories()
    while True:
        page = catalogue.page(position)
        read, position = read + len(page.products), page.position
        if position is None:
            break
    assert (read, at.company.calls.by_route[LIST]) == (601, 1)
    at.clock.advance(minutes=11)
    catalogue.page(None)
    assert at.company.calls.by_route[LIST] == 2


def test_a_sweep_right_after_another_sees_what_changed_in_between() -> None:
    at = bench()
    catalogue = at.connector().catalogue_source
    for count, begins_with_groups in ((1, True), (2, True), (3, False)):
        at.company.add_product(f"NEW-{count}", 5)
        if begins_with_groups:
            catalogue.categories()
        assert {product.sku for product in catalogue.page(None).products} >= {f"NEW-{count}"}


def test_looking_up_and_writing_batch_after_batch_reads_the_list_once() -> None:
    at: Any = bench(product_list_every=600)
    office = at.connector(stand_in_writes=True)
    for sku in ("MUG", "CUP", "PLATE"):
        office.catalogue_target.write([drafted(office.catalogue_target, source(at, sku), ALL)])
        office.stock_target.write([StockChange(sku="NOBODY", quantity=D(1))], manage="untouched", warehouse="")
    assert at.company.calls.by_route[LIST] == 1


# --- the stand-in -------------------------------------------------------------------------------------------------


def test_stock_is_written_to_one_warehouse_and_the_others_are_let_be() -> None:
    at = bench()
    shop = at.company.add_warehouse("Shop")
    at.company.correct_stock("MUG", 4, shop)
    office = at.connector(stand_in_writes=True, stand_in_warehouse=str(shop.id))
    assert office.stock_target.write([StockChange(sku="MUG", quantity=D(9))], manage="untouched", warehouse="") == {}
    assert told(at)["MUG"] == {"Main": 10, "Shop": 9}
    standing = office.stock_target.reader().read(["MUG"])["MUG"]
    assert getattr(standing, "quantity", None) == 9


def test_a_warehouse_that_is_not_there_is_told_of_each_sku() -> None:
    target = bench().connector(stand_in_writes=True, stand_in_warehouse="77").stock_target
    refused = target.write([StockChange(sku="MUG", quantity=D(9))], manage="untouched", warehouse="")
    assert (refused["MUG"].code, "warehouse 77" in refused["MUG"].text) == ("refused", True)


def test_a_company_that_does_not_know_the_stand_in_says_so() -> None:
    target = bench(stand_in=StandIn()).connector(stand_in_writes=True).stock_target
    with pytest.raises(NeedsAttention) as caught:
        target.write([StockChange(sku="MUG", quantity=D(9))], manage="untouched", warehouse="")
    assert "stand_in_writes" in caught.value.fix


def test_a_product_is_made_in_its_group_which_is_made_with_it() -> None:
    at: Any = bench()
    target = at.part("catalogue_target")
    plates = target.write_category(Category(id=ExternalId("s"), parent=None, name=" Plates ", active=True), None)
    bring(at, source(at, "PLATE"), frozenset({"name", "price", "categories"}), categories=(plates,))
    assert (at.company.product("PLATE").group, at.price("PLATE")) == ("Plates", 30)
    assert "Plates" in {each.name for each in at.part("catalogue_target").categories()}


def test_a_sale_price_goes_into_its_group_and_ends_with_the_regular_one() -> None:
    at: Any = bench()
    sale = at.company.add_price_group("Sale")
    for amount in (D(25), None):
        price = CataloguePrice(regular=gross(30), sale=gross(amount) if amount else None)
        target = at.connector(stand_in_writes=True, sale_price_group="Sale").catalogue_target
        change = drafted(target, source(at, "MUG")).change.model_copy(update={"price": price})
        target.write([target.plan(change)])
        assert at.company.product("MUG").prices == {at.company.price_group.id: D(30), sale.id: amount or D(30)}


def gross(amount: Decimal | int) -> Price:
    return Price(amount=D(amount), gross=True, currency="HUF")


def test_what_innvoice_does_not_take_is_remarked() -> None:
    at: Any = bench()
    outcome = bring(at, source(at, "MUG"), frozenset({"price", "long_text", "active"}))
    assert outcome.remarks == ("InnVoice is known to take no active, long_text.",)


def test_an_account_that_refuses_a_product_says_why() -> None:
    at: Any = bench()
    target = at.connector(stand_in_writes=True, regular_price_group="Nobody's").catalogue_target
    (outcome,) = target.write([drafted(target, source(at, "MUG"))])
    assert (outcome.state, outcome.reason and "Nobody" in outcome.reason.text) == ("failed", True)
