"""The shop knows: its products, prices and stock go into every back office that takes them, whatever is sold."""

import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from rich.console import Console

from sandbox.demo.connect import made_and_installed
from sandbox.demo.judgement.goods import once, pending_units
from sandbox.demo.quick.world import QuickWorld
from sandbox.demo.screen import Screen
from sandbox.demo.story import scripted
from sandbox.demo.story.phases import Checks
from sandbox.demo.story.scenes.goods import ask_for
from sandbox.demo.story.scenes.life import as_part
from sandbox.demo.world import CONNECTION
from sandbox.pairs import catalogue
from sandbox.pairs.all_pairs import PAIRS
from sandbox.pairs.pair import Pair
from sandbox.pairs.sides.protocols import Merchant, Side
from shopbridge.connectors.registry import KEYS, connector_spec

TURNED = {"active": True, "direction": "shop_to_office"}
DEARER = Decimal("94.50")


BY_ITSELF = frozenset({"salespos"})
"""Back offices that take stock and products as they are; of the others a setting, or a stand-in, has to."""
MADE = frozenset({"salespos", "innvoice", "roapp"})
"""Those in which products are made; in the others their prices are written."""
PLAYED = frozenset({"salesautopilot"})
"""One whose products come from the shop in the story already."""


def can(platform: str, *parts: str) -> bool:
    return {*parts} <= {*connector_spec(platform).provides}


TAKING = [pair for pair in PAIRS if can(pair.split("-")[1], "catalogue_target") and pair.split("-")[1] not in PLAYED]


def test_every_pair_whose_back_office_takes_products_or_stock_is_turned_round() -> None:
    targets = {
        key for key in KEYS if can(key, "order_target") and (can(key, "catalogue_target") or can(key, "stock_target"))
    }
    assert {pair.split("-")[1] for pair in TAKING} == targets - PLAYED
    assert all(can(pair.split("-")[0], "stock_source", "catalogue_source") for pair in TAKING)


def turned(name: str) -> Pair:
    """The pair, with a back office whose settings let it be written to."""
    pair = PAIRS[name]
    make_office: Any = pair.office
    return pair if name.split("-")[1] in BY_ITSELF else replace(pair, office=partial(make_office, writes=True))


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


def make(world: QuickWorld, parts: dict[str, Any]) -> None:
    """Both have the goods of the story, the connection carries these, and its first poll finds an empty shop."""
    world.shop.add_products(world.here(catalogue.PRODUCTS))
    world.office.add_products(world.here(catalogue.PRODUCTS))
    alike = world.office.platform in BY_ITSELF
    products = TURNED if alike else {**TURNED, "categories": False, "fields": {"tax": "always"}}
    settings = world.settings(**{**scripted.settings(world, complete=True), "products": products, **parts})
    made_and_installed(world, Screen(Console(file=io.StringIO())), settings)
    world.poll()
    world.settled(1)


def carry_products(world: QuickWorld, checks: Checks, *, makes: bool) -> None:
    """What the merchant offers is made there, and costs what it costs in the shop, as what it makes dearer does."""
    shop, wanted = as_part(world.shop, Merchant), {catalogue.LAMP.sku: DEARER}
    shop.reprice(catalogue.LAMP.sku, catalogue.LAMP.name, DEARER)
    if makes:
        shop.offer(world.here([catalogue.VASE]))
        wanted[catalogue.VASE.sku] = catalogue.VASE.price
    run(world, checks, "products")
    told = world.operations.ask("runs", connection=CONNECTION)
    assert [each["problems"] for each in told if each["kind"] == "products"] == [[]]
    prices = {each.sku: each.price for each in world.office.shelf()}
    assert {sku: prices.get(sku) for sku in wanted} == wanted


def carry_stock(world: QuickWorld, checks: Checks) -> None:
    """Whatever is sold, and cancelled, in the shop."""
    run(world, checks, "stock")
    agree(world)
    world.place([scripted.PRIVATE, scripted.POLLED[0], scripted.UNPAID])
    world.poll()
    world.settled(1)
    assert {order.reference for order in world.office.booked()} == {"10001", "10011"}
    run(world, checks, "stock")
    agree(world)
    world.shop.cancel(scripted.PRIVATE.number)
    world.poll()
    world.settled(1)
    run(world, checks, "stock")
    agree(world)


@pytest.mark.parametrize("pair", TAKING)
def test_products_prices_and_stock_of_the_shop_are_those_of_the_back_office(pair: str) -> None:
    checks, office = Checks(), pair.split("-")[1]
    takes_stock = can(office, "stock_target")
    with QuickWorld(turned(pair), name=pair, currency=PAIRS[pair].market.currency) as world:
        make(world, {"stock": TURNED} if takes_stock else {"stock": {}})
        carry_products(world, checks, makes=office in MADE)
        if takes_stock:
            carry_stock(world, checks)
        assert checks.unmet == []


# --- the table of capabilities, and what is played -------------------------------------------------------------------

ELSEWHERE = {("innvoice", "order_changes")}
"""What no story plays: a pro forma that is paid and becomes an invoice, see tests/contract/innvoice."""


def told_on_both_sides(name: str) -> Iterator[tuple[str, str]]:
    """What the story of a pair asks of either platform, and judges there; with what it asks turned round."""
    (shop, office), pair = name.split("-"), PAIRS[name]
    for part in ("order_source", "order_status", "open_orders"):
        yield shop, part
    for part in ("order_target", "customers", "order_products"):
        yield office, part
    told = {"order_changes": pair.life.takes, "order_progress": pair.life.tells, "document_source": pair.mails}
    yield from ((office, part) for part, played in told.items() if played)
    yield from ((shop, part) for part in ("shipments",) if pair.life.changes.get("shipments"))
    yield from ((shop, part) for part in ("hook_subscriptions",) if shop == "cartum")
    goods = (office, shop) if pair.carries_goods else (shop, office) if pair.brings_products else ()
    yield from zip(goods, ("catalogue_source", "catalogue_target"), strict=False)
    if pair.carries_goods:
        yield from zip(goods, ("stock_source", "stock_target"), strict=True)
    if name in TAKING:
        yield from ((shop, "catalogue_source"), (office, "catalogue_target"))
        yield from ((shop, "stock_source"), (office, "stock_target")) if can(office, "stock_target") else ()


def test_whatever_the_table_says_that_a_connector_can_is_played_by_some_pair() -> None:
    played = {each for name in PAIRS for each in told_on_both_sides(name)}
    written = {(key, part) for key in KEYS for part in connector_spec(key).provides}
    assert written - played == ELSEWHERE
