"""Stock from the back office to the shop and back, with the real connectors and tables."""

from decimal import Decimal

import pytest

from sandbox.platforms.shopware import Payment
from tests.integration.stage import PAID, NewWorld, events, unannounced
from tests.integration.world import World
from tests.integration.worlds.stock_stage import (
    STOCK,
    SYNC,
    a_stocked_world,
    an_order_of,
    figures_of,
    in_office,
    in_shop,
    skus_of,
    sweep,
)

UNPAID = (Payment("Invoice", "open"),)
OLD, NEW = "6.4.20.2", "6.6.10.0"


@pytest.mark.parametrize("version", [OLD, NEW])
def test_stock_reaches_the_shop_and_stays_right_through_web_and_till_sales(new_world: NewWorld, version: str) -> None:
    world = a_stocked_world(new_world, version=version)
    assert {sku: in_shop(world, sku) for sku in STOCK} == STOCK
    world.place(an_order_of())
    assert in_shop(world) == 8
    world.settle()  # imported, and its stock sent at once
    assert (in_office(world), in_shop(world)) == (8, 8)
    assert figures_of(world)[-1] == "MUG: 8 = 8 on hand - 0 reserved → 8" or version == OLD
    world.office.sell_at_till({"MUG": 3})
    run = sweep(world)
    assert (run.counts.found, run.counts.updated, run.counts.unchanged) == (3, 1, 2)
    assert (in_office(world), in_shop(world)) == (5, 5)
    writes = world.shop.calls.by_route[SYNC]
    sweep(world)
    assert world.shop.calls.by_route[SYNC] == writes


def test_an_unpaid_order_that_nobody_announced_stays_taken_off(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world)
    unannounced(world, an_order_of(payments=UNPAID))
    world.office.sell_at_till({"MUG": 1})
    sweep(world)
    assert (in_office(world), in_shop(world)) == (9, 7)
    assert figures_of(world)[-1] == "MUG: 9 = 9 on hand - 0 reserved; 2 pending → 7"


@pytest.mark.parametrize("paid", [True, False])
def test_a_cancelled_orders_units_are_sent_at_once_imported_or_not(new_world: NewWorld, paid: bool) -> None:
    world = a_stocked_world(new_world)
    order = world.place(an_order_of(payments=PAID if paid else UNPAID))
    world.settle()
    world.clock.advance(60)
    world.shop.cancel(order)
    world.settle()
    because = [line["because"] for line in events(world, "stock_pushed") if line["because"] != "stock"]
    number = world.shop.order(order)["orderNumber"]
    assert because == [f"order {number}"] * (2 if paid else 1)
    assert in_shop(world) == in_office(world) == (8 if paid else 10)


def test_an_order_is_imported_even_while_nothing_can_be_sent_at_once(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world, at_once=False)
    order = world.place(an_order_of())
    world.settle()
    assert world.record(order).state == "DONE"
    assert len(events(world, "stock_pushed")) == 1
    sweep(world)
    assert in_shop(world) == 8


def test_stock_travels_from_the_shop_to_the_back_office_by_its_ids(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world, direction="shop_to_office")
    assert {sku: in_office(world, sku) for sku in STOCK} == STOCK
    world.place(an_order_of())
    world.settle()
    assert (in_shop(world), in_office(world)) == (8, 8)
    world.clock.advance(120)
    sweep(world)
    sweep(world, "stock_comparison")
    assert (in_shop(world), in_office(world)) == (8, 8)
    assert events(world, "stock_drift") == []


def test_an_sku_that_the_shop_does_not_have_keeps_no_other_from_being_sent(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world, swept=False)
    world.office.add_product("ONLY-HERE", Decimal(1), stock=4)
    run = sweep(world)
    assert (run.counts.updated, run.counts.held) == (3, 1)
    assert {sku: in_shop(world, sku) for sku in STOCK} == STOCK
    sweep(world)
    assert skus_of(world, "stock_held") == [["ONLY-HERE"]]
    assert [problem.reason.code for problem in run.problems] == ["unknown_sku"]


def test_a_comparison_repairs_and_reports_what_somebody_changed_in_the_shop(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world)
    change_in_shop(world, 99)
    run = sweep(world, "stock_comparison")
    assert (run.counts.updated, run.counts.unchanged, in_shop(world)) == (1, 2, 10)
    assert figures_of(world, "stock_drift") == ["MUG: 99 in the target instead of 10 (10 = 10 on hand - 0 reserved)"]
    assert sweep(world, "stock_comparison").counts.updated == 0


def change_in_shop(world: World, stock: int) -> None:
    shop = world.shop.shop
    shop.store.write(shop.store.get("product", world.shop.product("MUG")["id"]), {"stock": stock})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "on", "detail"),
    [
        ("rate_limited", SYNC, 9),
        ("lost_answer", SYNC, True),
        ("maintenance", "POST /api/search/order", True),
    ],
)
def test_a_fault_of_the_shop_delays_a_sweep_and_changes_nothing_else(
    new_world: NewWorld, fault: str, on: str, detail: object
) -> None:
    world = a_stocked_world(new_world)
    world.office.sell_at_till({"MUG": 3, "LAMP": 1})
    world.shop.faults.plan(fault, on, times=2, detail=detail)
    sweep(world)
    world.office.sell_at_till({"MUG": 1})
    for _ in range(2):
        world.clock.advance(600)
        sweep(world)
    assert (in_shop(world, "MUG"), in_shop(world, "LAMP")) == (6, 4)
    assert world.shop.faults.due(fault, on) is None


@pytest.mark.parametrize("fault", ["rate_limit_failure", "lost_answer"])
def test_a_fault_of_the_back_office_delays_stock_and_changes_nothing_else(new_world: NewWorld, fault: str) -> None:
    world = a_stocked_world(new_world)
    world.office.sell_at_till({"MUG": 3})
    world.office.faults.plan(fault, "GET /products", times=2)
    world.place(an_order_of())
    world.settle()
    for _ in range(3):
        world.clock.advance(600)
        sweep(world)
    assert in_shop(world) == in_office(world) == 5


def test_runs_are_started_watched_stopped_and_refused_by_operators(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world)
    started = world.ask("start_run", connection=world.connection, job="stock", by="Ann", afresh=True)
    assert (started["state"], started["started_by"]) == ("running", "Ann")
    with pytest.raises(AssertionError, match="active already"):
        world.ask("start_run", connection=world.connection, job="stock")
    world.settle()
    (run,) = world.ask("runs", connection=world.connection)
    assert (run["kind"], run["state"], run["percent"], run["counts"]["updated"]) == ("stock", "done", 100, 3)
    world.ask("start_run", connection=world.connection, job="stock_comparison")
    assert world.ask("stop_run", connection=world.connection, job="stock_comparison")["state"] == "stopped"
    assert world.ask("resume_run", connection=world.connection, job="stock_comparison")["state"] == "running"
    world.settle()
    shown = world.ask("show", connection=world.connection)["runs"]
    assert [(run["kind"], run["state"]) for run in shown] == [("stock", "done"), ("stock_comparison", "done")]
    with pytest.raises(AssertionError, match="does not carry products"):
        world.ask("start_run", connection=world.connection, job="products")
    world.ask("pause", connection=world.connection)
    with pytest.raises(AssertionError, match="Resume it first"):
        world.ask("start_run", connection=world.connection, job="stock")


def test_verifying_reads_a_first_page_of_the_source(new_world: NewWorld) -> None:
    world = a_stocked_world(new_world, swept=False, formula="available")
    answer = world.ask("verify", connection=world.connection)
    assert [problem.partition(".")[0] for problem in answer["problems"]] == ["stock"]
    world = a_stocked_world(new_world, swept=False, direction="shop_to_office")
    answer = world.ask("verify", connection=world.connection)
    assert answer["problems"] == ()
    assert any("sold at the till" in remark for remark in answer["remarks"])
