"""Stock and products as only UNAS has them: warehouses, combinations of variants, days of a sale, batches that stop."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.unas import ProductSpec, Sale
from shopbridge.model.catalogue import CataloguePrice, Price, Product, ProductChange, ProductDraft
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import StockChange
from shopbridge.ports import CatalogueTarget
from tests.contract.benches.unas import Bench, bench, swift
from tests.contract.suites.catalogue_target import ALL, PRICE, drafted
from tests.contract.suites.stock_source import sweep
from tests.salespos_products import product

D = Decimal
SHIRT = ProductSpec("TEE", D(3175), 5, "Póló", variants={"Szín": ("Kék", "Piros"), "Méret": ("M",)})


def write(at: Bench, figures: dict[str, int], warehouse: str = "", **settings: Any) -> dict[str, Reason]:
    changes = [StockChange(sku=sku, quantity=D(units)) for sku, units in figures.items()]
    return dict(swift(at, **settings).stock_target.write(changes, manage="untouched", warehouse=warehouse))


def test_a_further_warehouse_is_told_where_it_is_named_and_written_alone() -> None:
    at = bench()
    at.put("MUG", 5)
    further = at.shop.add_warehouse("Bolt")
    at.shop.set_stock("MUG", 3, warehouse=further)
    (level,) = sweep(swift(at).stock_source)
    assert [(each.warehouse, each.on_hand) for each in level.figures] == [("main_stock", D(5))]
    (both,) = sweep(swift(at, stock_warehouses=["main_stock", str(further)]).stock_source)
    assert {each.warehouse: each.on_hand for each in both.figures} == {"main_stock": D(5), str(further): D(3)}
    assert write(at, {"MUG": 9}, str(further)) == {}
    assert (at.shop.stock("MUG"), at.shop.stock("MUG", warehouse=further)) == (D(5), D(9))


def test_a_warehouse_that_a_product_has_no_figure_of_is_not_zero() -> None:
    at = bench()
    at.put("MUG", 5)
    (level,) = sweep(swift(at, stock_warehouses=["77"]).stock_source)
    assert [each.on_hand for each in level.figures] == [None]


def test_stock_of_combinations_is_added_up_or_told_and_written_by_joined_skus() -> None:
    at = bench()
    at.shop.add_product(SHIRT)
    (together,) = sweep(swift(at).stock_source)
    assert (together.sku, together.figures[0].on_hand) == ("TEE", D(10))
    assert write(at, {"TEE": 3})["TEE"].code == "sold_otherwise"
    levels = sweep(swift(at, variant_skus="joined").stock_source)
    assert {each.sku: each.figures[0].on_hand for each in levels} == {"TEE-Kék-M": D(5), "TEE-Piros-M": D(5)}
    assert len({each.item for each in levels}) == 2
    assert write(at, {"TEE-Kék-M": 9, "TEE-Zöld-M": 1}, variant_skus="joined").keys() == {"TEE-Zöld-M"}
    assert [at.shop.stock("TEE", values) for values in (("Kék", "M"), ("Piros", "M"))] == [D(9), D(5)]


@pytest.mark.parametrize("alone", [False, True])
def test_a_batch_that_stops_is_sent_on_behind_the_record_that_was_refused(*, alone: bool) -> None:
    at = bench(answers_only_the_failing=alone)
    for sku in ("A", "B", "C", "D"):
        at.put(sku)
    target = swift(at).stock_target
    target.write([StockChange(sku=sku, quantity=D(1)) for sku in "ABCD"], manage="untouched", warehouse="")
    for sku in ("B", "C"):
        at.take_away(sku)
    changes = [StockChange(sku=sku, quantity=D(9)) for sku in "ABCD"]
    refused = target.write(changes, manage="untouched", warehouse="")
    assert {sku: each.code for sku, each in refused.items()} == {"B": "unknown_sku", "C": "unknown_sku"}
    assert [at.shop.stock(sku) for sku in "AD"] == [D(9), D(9)]


def price(amount: str, sale: str | None = None) -> CataloguePrice:
    def gross(text: str) -> Price:
        return Price(amount=D(text), gross=True, currency="HUF")

    return CataloguePrice(regular=gross(amount), sale=gross(sale) if sale else None)


MUG = product("MUG", [], name="Name of MUG", features=(), images=0, tax_rate=D(27))


def bring(at: Bench, wanted: CataloguePrice) -> None:
    target = swift(at).catalogue_target
    (outcome,) = target.write([drafted(target, MUG, PRICE, price=wanted)])
    assert outcome.state == "updated"


def test_a_sale_begins_today_stays_until_it_is_over_and_is_then_past() -> None:
    at = bench()
    at.put("MUG")
    bring(at, price("127", "100"))
    assert at.price("MUG") == 100
    at.clock.advance(seconds=timedelta(days=40).total_seconds())
    assert at.price("MUG") == 100
    bring(at, price("127"))
    assert at.price("MUG") == 127
    (mug,) = swift(at).catalogue_source.page(None).products
    assert {group: each.amount for group, each in mug.prices.items()} == {"regular": D(127)}
    bring(at, price("127", "90"))
    assert at.price("MUG") == 90


def test_a_sale_of_next_month_is_no_price_of_today_and_is_ended_by_ours() -> None:
    at = bench()
    at.put("MUG")
    day = at.clock().date()
    at.shop.set_price("MUG", D(127), Sale(D(50), day + timedelta(days=30), day + timedelta(days=60)))
    (mug,) = swift(at).catalogue_source.page(None).products
    assert mug.prices.keys() == {"regular"}
    bring(at, price("127"))
    at.clock.advance(seconds=timedelta(days=35).total_seconds())
    assert at.price("MUG") == 127


def test_what_a_product_has_beside_is_left_and_nothing_is_passed_over() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("MUG", D(127), 3, "Bögre", short="Rövid", long="Hosszú", weight=D("0.3")))
    before = at.shop.product_as_read("MUG")
    target = swift(at).catalogue_target
    target.write([drafted(target, MUG, ALL)])
    after = at.shop.product_as_read("MUG")
    kept = ("Sku", "Unit", "Weight", "Categories", "Id")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["Description"]["Short"] == "Rövid"
    assert at.shop.ignored == {}


def test_deleted_products_are_told_no_more_and_those_that_are_not_for_sale_are_off() -> None:
    at = bench()
    for sku, status in (("A", 0), ("B", 1), ("C", 2), ("D", 3)):
        at.shop.add_product(ProductSpec(sku, D(127), 3, sku, base_status=status))
    at.put("GONE")
    at.take_away("GONE")
    told = {each.sku: each.active for each in swift(at).catalogue_source.page(None).products}
    assert told == {"A": False, "B": True, "C": True, "D": False}
    assert swift(at).catalogue_target.on_sale(["A", "B", "C", "D", "GONE"]) == told


def test_a_hundred_new_products_cost_one_rare_call_and_four_writes() -> None:
    at = bench()
    target = swift(at).catalogue_target
    wanted = [MUG.model_copy(update={"sku": f"P-{number}", "name": f"P {number}"}) for number in range(target.batch)]
    before = at.shop.calls.by_route.copy()
    found = target.find([each.sku for each in wanted])
    drafts = [planned(target, each) for each in wanted]
    assert {outcome.state for outcome in target.write(drafts)} == {"created"}
    made = at.shop.calls.by_route - before
    assert (found, dict(made)) == ({}, {"login": 1, "getProduct": 1, "setProduct": 4})
    assert {at.shop.stock(each.sku) for each in wanted} == {MUG.stock}


def planned(target: CatalogueTarget, of: Product) -> ProductDraft:
    """A new product with all that it has."""
    change = ProductChange(product=of, known=None, fields=ALL, price=price("127"), variant_prices={}, categories=())
    return target.plan(change)


def test_what_is_sold_as_a_combination_is_found_by_its_joined_sku_so_that_nobody_makes_it_again() -> None:
    at = bench()
    at.shop.add_product(SHIRT)
    target = swift(at, variant_skus="joined", variant_joint="_").catalogue_target
    found = target.find(["TEE_Kek_M", "TEE_M", "TEE"])
    assert {sku: [known.sku for known in each] for sku, each in found.items()} == {"TEE": ["TEE"]}
    at.shop.add_product(ProductSpec("CAP", D(3175), 5, "Sapka", variants={"Meret": ("M", "L")}))
    (cap,) = target.find(["CAP_M", "CAP_XL"])["CAP_M"]
    assert cap.sku == "CAP"
    assert cap.variants == {"CAP_M", "CAP_L"}
    assert swift(at).catalogue_target.find(["CAP_M"]) == {}
