"""Stock pushes are killed at every single outside call; afterwards both sides are as if nothing had happened."""

import pytest

from shopbridge.model.base import CLOCKS_APART
from shopbridge.model.messages import StockRequest
from tests.integration.stage import NewWorld
from tests.integration.world import Calls, Killed, World
from tests.integration.worlds.stock_stage import STOCK, a_stocked_world, in_office, in_shop, send, sweep

MOST_CALLS = 120
EXPIRY = 1200 + int(CLOCKS_APART.total_seconds())
"""Seconds after which every lease of a dead worker is out, by whatever clock."""


def kill(world: World, at: int) -> str:
    """Work until the process ends after this call; at which call it did, empty when it lived."""
    calls = Calls(at=at, when="after")
    world.new_container(calls)
    try:
        while world.work():
            world.clock.advance(1)
    except Killed as death:
        return str(death)
    return ""


def recover(world: World, kind: str) -> None:
    """New containers start; messages come back, and the schedule asks again."""
    world.new_container()
    world.clock.advance(EXPIRY)
    world.settle()
    sweep(world, "stock_comparison" if kind == "stock_comparison" else "stock")


# Between two calls only our own memory changes, so "before" a call is as "after" the one in front of it. Most calls are
# those of the tables and change nothing either; the strides let every kind of call have its turn.
@pytest.mark.parametrize(("kind", "stride"), [("stock", 3), ("stock_comparison", 7), ("at once", 3)])
def test_a_push_killed_after_any_call_leaves_the_shop_right(new_world: NewWorld, kind: str, stride: int) -> None:
    world = a_stocked_world(new_world)
    died = []
    for at in range(0, MOST_CALLS, stride):
        world.office.sell_at_till({"MUG": 1, "LAMP": 1})
        ask(world, kind)
        death = kill(world, at)
        refill(world)  # the source is back where the snapshot may think it still is
        recover(world, kind)
        assert all(in_shop(world, sku) == in_office(world, sku) for sku in STOCK), f"{at}: {death}"
        if not death:
            break
        died.append(death)
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {died}")
    assert len(died) > 15 // stride
    assert any("shop.example" in death for death in died)


def ask(world: World, kind: str) -> None:
    if kind == "at once":
        request = StockRequest(connection=world.connection, skus=("MUG", "LAMP"), because="order 1")
        world.container.bridge.work.send([request])
    else:
        send(world, "stock" if kind == "stock" else "stock_comparison")


def refill(world: World) -> None:
    """New goods arrive."""
    for sku, units in STOCK.items():
        (product,) = world.office.shop.catalogue.numbered("productnumber", sku)
        world.office.change_product(product["id"], stock=units)
