"""Many orders at once: nothing is done before it was counted, and nothing but what was counted."""

from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from tests.integration.stage import NewWorld, bring, check_log, copies, events, held, imported
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
CODE = "unmapped_payment"


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


def ask(world: World, action: str = "resend", **fields: Any) -> dict[str, Any]:
    asked = {"connection": world.connection, "code": CODE, **fields}
    return dict(world.ask("bulk", action=action, **asked))


def mapped(world: World) -> None:
    """The operator completes the map."""
    word = next(iter(world.ask("words", connection=world.connection)["office"]["payment"]))
    path = ["orders", "maps", "payment", "entries", "iDEAL"]
    world.ask("set", connection=world.connection, path=path, value=word)


def test_what_waits_for_one_reason_is_counted_and_sent_again_when_the_count_is_confirmed(world: World) -> None:
    orders = [bring(world, payments=IDEAL) for _ in range(3)]
    other = bring(world)
    counted = ask(world)
    assert (counted["count"], counted["done"], counted["connections"]) == (3, 0, {world.connection: 3})
    assert len(counted["examples"]) == 3
    mapped(world)
    world.settle()
    assert all(held(world, order, CODE) for order in orders)
    assert ask(world, confirm=2)["done"] == 0
    assert ask(world, confirm=3, by="ann")["done"] == 3
    world.settle()
    for order in (*orders, other):
        imported(world, order)
    assert ask(world)["count"] == 0
    (line,) = events(world, "bulk_done")
    assert (line["by"], line["count"], line["code"]) == ("ann", 3, CODE)
    check_log(world)


def test_a_day_bounds_what_is_meant(world: World) -> None:
    first = world.clock().date()
    bring(world, payments=IDEAL)
    world.clock.advance(2 * 86_400)
    late = bring(world, payments=IDEAL)
    assert ask(world, until=first.isoformat())["count"] == 1
    assert ask(world, since=world.clock().date().isoformat())["examples"] == [world.record(late).reference]


def test_all_of_one_reason_are_set_aside_with_a_remark(world: World) -> None:
    orders = [bring(world, payments=IDEAL) for _ in range(2)]
    answer = world.invoke("operations", {"operation": "bulk", "action": "skip", "code": CODE})
    assert "say in `remark`" in answer["problems"][0]
    told = ask(world, "skip", remark="booked by hand", confirm=2)
    assert (told["done"], told["left"]) == (2, 0)
    for order in orders:
        assert world.record(order).state == "SKIPPED"
        assert copies(world, order) == []
    again = ask(world, "resend", code="skipped_by_operator")
    assert again["count"] == 2


def test_one_connection_or_all_and_none_of_another_reason(world: World) -> None:
    bring(world, payments=IDEAL)
    assert ask(world, connection="")["connections"][world.connection] == 1
    assert ask(world, code="missing_product")["count"] == 0
