"""The initial sync: products first, then stock and orders."""

from typing import Any

import pytest

from shopbridge.flows import runs
from tests.integration.orders.run_steps import counts, deliver, orders_run, refused, shown, start
from tests.integration.stage import NewWorld, an_order, events, imported, unannounced, work_depths
from tests.integration.world import World

STOCK_AND_PRODUCTS: dict[str, Any] = {"stock": {"active": True}, "catalogue": {"active": True}}


def sync(world: World) -> dict[str, Any]:
    if world.catalogue:
        return dict(world.agree("initial_sync", by="anna"))
    return dict(world.ask("initial_sync", connection=world.connection, by="anna"))


def test_an_initial_sync_brings_products_first_then_stock_and_orders(new_world: NewWorld) -> None:
    world = new_world(app=False, office={"tax_tariffs": {"19": "normal"}}, **STOCK_AND_PRODUCTS)
    order_id = unannounced(world, an_order())
    answer = sync(world)
    begun = [(run["kind"], run["state"], run["after_products"], run["started_by"]) for run in answer["runs"]]
    assert begun == [
        ("products", "running", False, "anna"),
        ("stock_comparison", "running", True, "anna"),
        ("orders", "running", True, "anna"),
    ]
    assert any("answers" in remark for remark in answer["remarks"])
    deliver(world)
    world.poll()
    deliver(world)
    assert (counts(world), work_depths(world)) == ({}, (1, 1))
    world.settle()
    imported(world, order_id)
    assert {run["state"] for run in shown(world).values()} == {"done"}
    ends = [line["job"] for line in events(world, "run_done")]
    assert (ends[0], set(ends)) == ("products", {"products", "stock_comparison", "orders"})


def test_without_products_stock_and_orders_begin_at_once(new_world: NewWorld) -> None:
    world = new_world(app=False, stock={"active": True})
    assert [(run["kind"], run["after_products"]) for run in sync(world)["runs"]] == [
        ("stock_comparison", False),
        ("orders", False),
    ]
    deliver(world)
    assert orders_run(world)["state"] == "done"


def test_an_initial_sync_is_refused_while_one_of_its_runs_is_active_or_what_is_set_does_not_verify(
    new_world: NewWorld,
) -> None:
    world = new_world(app=False, **STOCK_AND_PRODUCTS)
    start(world)
    assert "A run of orders is active already" in refused(world, "initial_sync")
    assert set(shown(world)) == {"orders"}
    world.settle()
    consent = world.ask("initial_sync", connection=world.connection)["consent"]
    world.office.faults.plan("unauthorised", times=9)
    assert "SalesPOS refuses our key" in refused(world, "initial_sync", consent=consent)
    world.office.faults._planned.clear()
    assert set(shown(world)) == {"orders"}
    world.ask("pause", connection=world.connection)
    assert "The connection is paused" in refused(world, "initial_sync")


def test_orders_wait_as_long_as_products_are_stopped_unless_somebody_resumes_them(new_world: NewWorld) -> None:
    world = new_world(app=False, **STOCK_AND_PRODUCTS)
    order_id = unannounced(world, an_order())
    sync(world)
    world.ask("stop_run", connection=world.connection, job="products")
    world.poll()
    deliver(world, 2)
    assert (orders_run(world)["after_products"], counts(world)) == (True, {})
    world.ask("stop_run", connection=world.connection, job="orders")
    resumed = world.ask("resume_run", connection=world.connection, job="orders")
    assert (resumed["state"], resumed["after_products"]) == ("running", False)
    world.settle()
    imported(world, order_id)
    assert shown(world)["stock_comparison"]["after_products"]


def test_orders_begin_though_the_end_of_the_products_was_told_to_nobody(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(app=False, office={"tax_tariffs": {"19": "normal"}}, catalogue={"active": True})
    order_id = unannounced(world, an_order())
    sync(world)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "_wake", lambda *_: None)
        world.settle()
    assert (shown(world)["products"]["state"], orders_run(world)["after_products"]) == ("done", True)
    world.poll()
    world.settle()
    imported(world, order_id)
    assert orders_run(world)["state"] == "done"
