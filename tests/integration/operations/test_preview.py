"""A preview tells what the import then does, and writes nothing; other settings are tried on orders that came in."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import PREFIX
from tests.integration.stage import bring, check_log, copies, held, imported, records, set_up
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
FRESH = count()


@pytest.fixture
def world(environment: Environment) -> Iterator[World]:
    made = set_up(environment, ConnectionId(f"preview-{next(FRESH)}"))
    yield made
    check_log(made)


def previewed(world: World, **fields: Any) -> dict[str, Any]:
    """The answer, after which the ledger is as it was, and so is every order in the back office."""
    before = kept(world), len(world.office.orders)
    answer = world.ask("preview", connection=world.connection, **fields)
    assert (kept(world), len(world.office.orders)) == before
    return dict(answer)


def kept(world: World) -> list[str]:
    """What the ledger has."""
    return [name for name in records(world, world.connection) if name.startswith(PREFIX)]


def with_payment(world: World, entries: dict[str, str]) -> dict[str, Any]:
    found = world.ask("show", connection=world.connection)["settings"]
    found["orders"]["maps"]["payment"]["entries"] |= entries
    return dict(found)


def test_an_imported_order_is_shown_as_it_would_be_sent_beside_what_is_there(world: World) -> None:
    order = bring(world)
    imported(world, order)
    record = world.record(order)
    answer = previewed(world, order=record.reference)
    (shown,) = answer["orders"]
    assert (shown["becomes"], shown["state"], answer["complete"]) == ("sent", "DONE", True)
    assert shown["there"]["number"] == record.external_number
    assert shown["there"]["total"] == record.total
    assert shown["draft"]
    assert len(copies(world, order)) == 1


def test_a_held_order_tells_why_and_a_completed_map_what_it_would_make_of_it(world: World) -> None:
    order = bring(world, payments=IDEAL)
    number = held(world, order, "unmapped_payment").reference
    (shown,) = previewed(world, order=number)["orders"]
    assert (shown["becomes"], shown["code"], shown["draft"]) == ("held", "unmapped_payment", None)
    assert shown["fix"]
    word = next(iter(world.ask("words", connection=world.connection)["office"]["payment"]))
    tried = previewed(world, settings=with_payment(world, {"iDEAL": word}))
    assert tried["differ"] == 1
    assert tried["orders"][0]["changes"][0] == "held (unmapped_payment) → sent"
    assert tried["orders"][0]["then"]["draft"]
    held(world, order, "unmapped_payment")


def test_the_last_orders_are_tried_the_newest_first_and_field_by_field(world: World) -> None:
    orders = [bring(world) for _ in range(3)]
    assert [each["id"] for each in previewed(world, last=2)["orders"]] == [orders[2], orders[1]]
    settings = world.ask("show", connection=world.connection)["settings"]
    settings["office"]["settings"]["reference_prefix"] = "NEW-"
    tried = previewed(world, last=3, settings=settings)
    assert tried["differ"] == 3
    assert all(any("NEW-" in change for change in each["changes"]) for each in tried["orders"])
    same = previewed(world, last=3, settings=world.ask("show", connection=world.connection)["settings"])
    assert same["differ"] == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"order": "no-such-order"}, "The shop has no such order"), ({}, "No order has come in yet")],
)
def test_what_cannot_be_previewed_is_refused(world: World, fields: dict[str, Any], said: str) -> None:
    answer = world.invoke("operations", {"operation": "preview", "connection": world.connection, **fields})
    assert said in answer["problems"][0]


def test_settings_that_do_not_fit_are_refused_with_their_place(world: World) -> None:
    settings = world.ask("show", connection=world.connection)["settings"]
    settings["shop"]["settings"]["url"] = "shop.example"
    fields = {"operation": "preview", "connection": world.connection, "settings": settings}
    assert "shop.settings.url" in world.invoke("operations", fields)["problems"][0]


def test_an_earlier_version_s_settings_are_tried(world: World) -> None:
    order = bring(world)
    imported(world, order)
    first = world.ask("show", connection=world.connection)
    world.ask("set", connection=world.connection, path=["office", "settings", "reference_prefix"], value="NEW-")
    tried = previewed(world, to=first["version"])
    assert tried["differ"] == 1
    assert "NEW-" in tried["orders"][0]["changes"][0]
    answer = world.invoke("operations", {"operation": "preview", "connection": world.connection, "to": 77})
    assert "There is no version 77" in answer["problems"][0]
