"""The shop knows: its products, prices and stock go into every back office that takes them, whatever is sold."""

import io
from decimal import Decimal

import pytest
from rich.console import Console

from sandbox.demo import catalogue, scripted
from sandbox.demo.connect import made_and_installed
from sandbox.demo.goods import once, pending_units
from sandbox.demo.pairs import PAIRS
from sandbox.demo.phases import Checks
from sandbox.demo.scenes.goods import ask_for
from sandbox.demo.screen import Screen
from sandbox.demo.sides.protocols import Merchant, Side
from sandbox.demo.world import CONNECTION
from sandbox.quick.world import QuickWorld
from shopbridge.connectors.registry import connector_spec

TURNED = {"active": True, "direction": "shop_to_office"}


def takes(pair: str) -> bool:
    """The back office takes stock and products as its settings are at first, and the shop hands them out."""
    shop, office = (connector_spec(name) for name in pair.split("-"))
    targets, sources = {"stock_target", "catalogue_target"}, {"stock_source", "catalogue_source"}
    withheld = office.withheld(office.settings.model_construct(url="")) if office.withheld else {}
    return targets <= {*office.provides} - {*withheld} and sources <= {*shop.provides}


TAKING = [pair for pair in PAIRS if takes(pair)]


def test_every_shop_is_played_with_a_back_office_that_takes_everything() -> None:
    assert {pair.split("-")[0] for pair in TAKING} == {pair.split("-")[0] for pair in PAIRS}


def run(world: QuickWorld, checks: Checks, kind: str) -> None:
    ask_for(world, checks, kind)
    world.settled(1)


def figures(side: Side) -> dict[str, Decimal]:
    return {each.sku: each.stock for each in once(side.shelf())}


def agree(world: QuickWorld) -> None:
    """What lies in the back office is what the shop still offers, and what its open orders will still take there."""
    shop, office = figures(world.shop), figures(world.office)
    both = shop.keys() & office.keys()
    assert len(both) >= len(catalogue.PRODUCTS)
    pending = pending_units(world.shop.ordered(), (order.reference for order in world.office.booked()))
    assert {sku: office[sku] for sku in both} == {sku: shop[sku] + pending.get(sku, 0) for sku in both}


@pytest.mark.parametrize("pair", TAKING)
def test_products_prices_and_stock_of_the_shop_are_those_of_the_back_office(pair: str) -> None:
    screen, checks = Screen(Console(file=io.StringIO())), Checks()
    with QuickWorld(PAIRS[pair], name=pair, currency=PAIRS[pair].market.currency) as world:
        world.shop.add_products(world.here(catalogue.PRODUCTS))
        world.office.add_products(world.here(catalogue.PRODUCTS))
        parts = {**scripted.settings(world, complete=True), "stock": TURNED, "products": TURNED}
        made_and_installed(world, screen, world.settings(**parts))
        shop = world.shop
        if isinstance(shop, Merchant):
            shop.offer(world.here([catalogue.VASE]))
        run(world, checks, "products")
        run_told = world.operations.ask("runs", connection=CONNECTION)
        assert [told["problems"] for told in run_told if told["kind"] == "products"] == [[]]
        prices = {each.sku: each.price for each in world.office.shelf()}
        assert not isinstance(shop, Merchant) or prices[catalogue.VASE.sku] == catalogue.VASE.price
        run(world, checks, "stock")
        agree(world)
        world.place([scripted.PRIVATE, scripted.POLLED[0], scripted.UNPAID])
        world.poll()
        world.settled(1)
        assert {order.reference for order in world.office.booked()} == {"10001", "10011"}
        run(world, checks, "stock")
        agree(world)
        shop.cancel(scripted.PRIVATE.number)
        world.poll()
        world.settled(1)
        run(world, checks, "stock")
        agree(world)
        assert checks.unmet == []
