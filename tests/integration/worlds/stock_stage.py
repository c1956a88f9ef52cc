"""Worlds for the tests of the stock flow, with the real connectors, emulated platforms and tables."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware import Line, OrderSpec, ProductSpec
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import Run, RunKind
from tests.integration.stage import NewWorld, an_order, events
from tests.integration.world import World

STOCK = {"MUG": 10, "LAMP": 5, "BOOK": 3}
SYNC = "POST /api/_action/sync"


def a_stocked_world(new_world: NewWorld, *, swept: bool = True, version: str = "6.6.10.0", **stock: Any) -> World:
    """Both sides have three products; the shop knows nothing of their stock before the first sweep."""
    world = new_world(products=(), stock={"active": True, **stock}, version=version)
    to_shop = world.stock.get("direction", "office_to_shop") == "office_to_shop"
    for sku, units in STOCK.items():
        world.office.add_product(sku, Decimal(10), stock=units if to_shop else 0)
        spec = ProductSpec(sku, name=sku, price=Decimal("11.90"), tax=Decimal(19), stock=0 if to_shop else units)
        world.shop.add_product(spec)
    if swept:
        sweep(world)
    return world


def send(world: World, kind: RunKind = "stock") -> None:
    """The schedule asks for a run."""
    world.container.bridge.work.send([RunRequest(connection=world.connection, job=kind)])


def sweep(world: World, kind: RunKind = "stock") -> Run:
    """A whole run."""
    send(world, kind)
    world.settle()
    run = world.container.bridge.runs.load(world.connection, kind)
    assert run is not None
    return run


def in_shop(world: World, sku: str = "MUG") -> int:
    """What the shop sells of it."""
    return int(world.shop.product(sku)["availableStock"])


def in_office(world: World, sku: str = "MUG") -> int:
    """What the back office has of it."""
    (product,) = world.office.shop.catalogue.numbered("productnumber", sku)
    return int(product["stock"])


def an_order_of(sku: str = "MUG", quantity: int = 2, **fields: Any) -> OrderSpec:
    return an_order(Line(sku, quantity=quantity), **fields)


def skus_of(world: World, event: str) -> list[Any]:
    return [line["skus"] for line in events(world, event)]


def figures_of(world: World, event: str = "stock_pushed") -> list[str]:
    return [figure for line in events(world, event) for figure in line["figures"]]
