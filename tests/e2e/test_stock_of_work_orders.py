"""RO App's products, prices and stock in every shop: what it sells is there until a person writes it off."""

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
from sandbox.quick.world import QuickWorld
from shopbridge.connectors.registry import connector_spec

TO_SHOPS = [
    pair for pair in PAIRS if pair.endswith("-roapp") and "stock_target" in connector_spec(pair.split("-")[0]).provides
]


def agree(world: QuickWorld) -> None:
    """The shop offers what lies there, less what all its open orders take: none of it is written off yet."""
    there = {each.sku: each.stock for each in once(world.office.shelf())}
    offered = {each.sku: each.stock for each in once(world.shop.shelf()) if each.sku in there}
    pending = pending_units(world.shop.ordered(), ())
    assert len(offered) >= len(catalogue.PRODUCTS)
    assert offered == {sku: there[sku] - pending.get(sku, Decimal(0)) for sku in offered}


@pytest.mark.parametrize("pair", TO_SHOPS)
def test_the_shop_offers_what_is_left_and_sells_at_the_back_offices_price(pair: str) -> None:
    checks, screen = Checks(), Screen(Console(file=io.StringIO()))
    carries = "catalogue_target" in connector_spec(pair.split("-", maxsplit=1)[0]).provides
    with QuickWorld(PAIRS[pair], name=pair, currency=PAIRS[pair].market.currency) as world:
        world.shop.add_products(world.here(catalogue.PRODUCTS))
        world.office.add_products(world.here((*catalogue.PRODUCTS, *([catalogue.VASE] if carries else []))))
        parts = {"stock": {"active": True, "formula": "on_hand"}, "products": {"active": carries}}
        settings = world.settings(**{**scripted.settings(world, complete=True), **parts})
        made_and_installed(world, screen, settings)
        world.poll()
        world.settled(1)
        for kind in ["products", "stock"] if carries else ["stock"]:
            ask_for(world, checks, kind)
            world.settled(1)
        agree(world)
        prices = {each.sku: each.price for each in world.shop.shelf()}
        assert not carries or prices[catalogue.VASE.sku] == catalogue.VASE.price
        world.place([scripted.PRIVATE])
        world.poll()
        world.settled(1)
        assert [order.reference for order in world.office.booked()] == [scripted.PRIVATE.number]
        ask_for(world, checks, "stock")
        world.settled(1)
        agree(world)
        assert checks.unmet == []
