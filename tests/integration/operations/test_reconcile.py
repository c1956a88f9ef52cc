"""Both sides held against each other: what is missing, gone or there twice, and what a repair does about it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.flows.operations.orders import reconcile as reconciling
from shopbridge.model.base import ConnectionId
from shopbridge.model.run import OrderCursor
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import PREFIX
from tests.integration.stage import (
    NewWorld,
    an_order,
    bring,
    check_log,
    copies,
    events,
    held,
    imported,
    not_imported,
    records,
    set_up,
    unannounced,
)
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
UNPAID = (Payment("Invoice", "open"),)
FRESH = count()


@pytest.fixture
def world(environment: Environment) -> Iterator[World]:
    made = set_up(environment, ConnectionId(f"reconcile-{next(FRESH)}"))
    yield made
    check_log(made)


def part(world: World, **fields: Any) -> dict[str, Any]:
    """One part, after which the ledger is as it was, and so is the back office."""
    before = kept(world), len(world.office.orders)
    found = world.ask("reconcile", connection=world.connection, **fields)
    assert (kept(world), len(world.office.orders)) == before
    return dict(found)


def kept(world: World) -> list[str]:
    """What the ledger has."""
    return [name for name in records(world, world.connection) if name.startswith(PREFIX)]


def reconciled(world: World, **fields: Any) -> dict[str, Any]:
    """All parts, as one."""
    whole = part(world, **fields)
    for _ in range(200):
        if not whole["next"]:
            return whole
        days = {"since": whole["since"].isoformat(), "until": whole["until"].isoformat()}
        more = part(world, **days, after=whole["next"])
        for name in ("shop", "ledger"):
            more[name] = {**whole[name], **more[name]}
        for name in ("missing", "gone", "doubles", "there", "unclear", "unanswered"):
            more[name] = whole[name] + more[name]
        whole = more
    raise AssertionError("the parts do not end")


def passes(world: World) -> None:
    """Two hours later everything up to then has been read, and nothing of what came before is handed over again."""
    world.clock.advance(7200)
    cursors = world.container.bridge.cursors
    standing = cursors.load(world.connection, "orders")
    fresh = OrderCursor(since=world.clock(), version=standing.version if standing else 0)
    cursors.save(world.connection, "orders", fresh)


def missed(world: World, **fields: Any) -> str:
    """An order that neither a webhook told of nor a poll."""
    order = unannounced(world, an_order(**fields))
    passes(world)
    return order


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]


def test_two_sides_that_agree_have_nothing_missing_and_every_order_in_one_place(world: World) -> None:
    there = bring(world)
    waits = bring(world, payments=IDEAL)
    held(world, waits, "unmapped_payment")
    unpaid = bring(world, payments=UNPAID)
    passes(world)
    found = reconciled(world)
    assert (found["since"].isoformat(), found["until"].isoformat()) == ("2026-01-25", "2026-01-31")
    assert found["shop"] == {there: "imported", waits: "held", unpaid: "skipped"} == found["ledger"]
    assert (found["missing"], found["gone"], found["doubles"]) == ([], [], [])
    assert (found["there"], found["unclear"], found["stops"]) == (1, 0, "")
    assert found["stock"]["text"] == "Stock is not carried."


def test_an_order_that_went_by_is_missing_and_a_repair_brings_it_once_however_often_it_is_asked(world: World) -> None:
    order = missed(world)
    found = reconciled(world)
    assert ids(found["missing"]) == [order]
    assert found["shop"] == {order: "missed"}
    counted = world.ask("repair", connection=world.connection, orders=[order])
    assert (counted["count"], counted["done"]) == (1, 0)
    for _ in range(2):
        done = world.ask("repair", connection=world.connection, orders=[order], confirm=1, by="anna")
        assert (done["done"], done["waits"], done["stock"]) == (1, False, "")
    world.settle()
    imported(world, order)
    assert "Handed to the import by anna." in [line.text for line in world.record(order).history]
    (said, _) = events(world, "repaired")
    assert (said["by"], said["count"]) == ("anna", 1)
    again = world.ask("repair", connection=world.connection, orders=[order], confirm=1, by="anna")
    assert (again["count"], again["done"]) == (0, 0)
    assert again["left"] == [{"id": order, "text": "It is not missing any more: imported."}]
    assert reconciled(world)["missing"] == []


def test_an_order_that_was_left_out_and_would_be_taken_by_now_is_missing_but_not_one_that_a_person_skipped(
    world: World,
) -> None:
    unpaid = bring(world, payments=UNPAID)
    skipped = bring(world, payments=IDEAL)
    world.ask("skip", connection=world.connection, order=skipped, remark="booked by hand")
    world.shop.webhooks.hold()
    world.shop.pay(unpaid)
    world.shop.webhooks.drop()
    passes(world)
    found = reconciled(world)
    assert found["shop"] == {unpaid: "missed", skipped: "skipped"}
    (missing,) = found["missing"]
    assert missing["id"] == unpaid
    assert "(payment_not_taken), and would be taken as it is." in missing["text"]
    done = world.ask("repair", connection=world.connection, orders=[unpaid, skipped], confirm=1)
    assert done["left"] == [{"id": skipped, "text": "It is not missing any more: skipped."}]
    world.settle()
    imported(world, unpaid)
    not_imported(world, skipped, "SKIPPED", "skipped_by_operator")


def test_what_is_left_out_not_read_yet_or_of_other_days_is_not_missing(world: World) -> None:
    unpaid = missed(world, payments=UNPAID)
    missed(world, placed_at=datetime(2026, 1, 20, tzinfo=UTC))
    new = unannounced(world, an_order())
    found = reconciled(world)
    assert found["shop"] == {unpaid: "left_out", new: "not_read"}
    assert found["missing"] == []
    wider = reconciled(world, since="2026-01-01", until="2026-01-30")
    assert list(wider["shop"].values()) == ["missed"]


def test_an_order_that_is_gone_from_the_back_office_is_told_and_never_made_again(world: World) -> None:
    order = bring(world)
    stays = bring(world)
    passes(world)
    (copy,) = copies(world, order)
    del world.office.shop.orders[copy.id]
    found = reconciled(world)
    (gone,) = found["gone"]
    assert (gone["id"], gone["text"]) == (order, "The back office does not have it any more.")
    assert "it is not made twice" in gone["fix"]
    assert (found["there"], found["missing"]) == (1, [])
    assert found["ledger"] == {order: "imported", stays: "imported"}
    told = world.ask("repair", connection=world.connection, orders=[order], confirm=0)
    assert told["left"] == [{"id": order, "text": "It is not missing any more: imported."}]
    world.settle()
    assert copies(world, order) == []


def test_an_order_that_the_shop_deleted_is_still_looked_for_in_the_back_office(world: World) -> None:
    order = bring(world)
    passes(world)
    world.shop.delete_order(order)
    found = reconciled(world)
    assert (found["shop"], found["ledger"], found["there"]) == ({}, {order: "imported"}, 1)


def test_two_orders_under_one_reference_are_told_with_the_one_that_is_ours(world: World) -> None:
    order = bring(world)
    (copy,) = copies(world, order)
    twin = replace(copy, id=copy.id + 500)
    world.office.shop.orders[twin.id] = twin
    passes(world)
    found = reconciled(world)
    (double,) = found["doubles"]
    assert (double["id"], double["others"]) == (order, [world.record(order).office_order])
    assert f"the bridge made {world.record(order).office_order}" in double["fix"]
    assert found["there"] == 1
    assert len(copies(world, order)) == 2


def test_a_double_that_was_cancelled_there_is_none_at_the_next_look(world: World) -> None:
    order = bring(world)
    (copy,) = copies(world, order)
    twin = replace(copy, id=copy.id + 500)
    world.office.shop.orders[twin.id] = twin
    passes(world)
    assert ids(reconciled(world)["doubles"]) == [order]
    del world.office.shop.orders[twin.id]
    found = reconciled(world)
    assert (found["doubles"], found["there"]) == ([], 1)


def test_a_back_office_that_went_away_after_a_look_ends_the_next_one(world: World) -> None:
    for _ in range(3):
        bring(world)
    passes(world)
    assert reconciled(world)["there"] == 3
    world.office.faults.plan("html_page", times=99)
    found = part(world)
    assert found["stops"]
    assert (found["there"], found["next"].split()[0]) == (0, "office")


def test_two_orders_that_a_back_office_gives_no_answer_for_are_told_as_that(world: World) -> None:
    for _ in range(2):
        bring(world)
    passes(world)
    world.office.faults.plan("html_page", times=99)
    found = part(world)
    assert (found["there"], found["unclear"], found["unanswered"], found["next"]) == (0, 0, 2, "")
    world.office.faults.forget()
    found = reconciled(world)
    assert (found["there"], found["unanswered"]) == (2, 0)


def test_two_orders_of_the_shop_with_one_number_are_no_double(new_world: NewWorld) -> None:
    world = new_world()
    first = bring(world, number="10042")
    second = bring(world, number="10042", sales_channel="Outlet")
    passes(world)
    assert world.record(first).external_id != world.record(second).external_id
    found = reconciled(world)
    assert found["shop"] == {first: "imported", second: "imported"}
    assert (found["doubles"], found["there"]) == ([], 2)


def test_parts_end_with_the_time_and_go_on_where_they_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciling, "AT_ONCE", 2)
    orders = [bring(world) for _ in range(5)]
    lost = missed(world)
    with monkeypatch.context() as hurried:
        hurried.setattr(reconciling, "ENDS_WITH", float("inf"))
        first = part(world)
        assert first["next"].startswith("shop ")
        found = reconciled(world)
    assert found["shop"] == {**dict.fromkeys(orders, "imported"), lost: "missed"}
    assert found["ledger"] == dict.fromkeys(orders, "imported")
    assert (found["there"], ids(found["missing"])) == (5, [lost])


def test_a_shop_that_is_away_ends_the_part_and_says_when_to_ask_on(world: World) -> None:
    bring(world)
    passes(world)
    world.shop.faults.plan("maintenance", on="POST /api/search/order", times=99)
    found = part(world)
    assert (found["shop"], found["next"]) == ({}, "shop")
    assert found["stops"]
    assert found["fix"].endswith("Ask on from there with `--after`.")
    world.shop.faults.forget()
    assert reconciled(world, after=found["next"])["there"] == 1


def test_a_limit_that_is_used_up_in_the_middle_ends_the_part_and_the_next_one_goes_on(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    orders = [bring(world) for _ in range(3)]
    passes(world)
    office = world.container.store.limiter(world.connection, "office")
    office.pause("orders:GET", 1500)
    world.new_container()
    found = part(world)
    assert (len(found["shop"]), found["there"], found["next"][:6]) == (3, 0, "office")
    assert "The limit of CCV SalesPOS is used up: it can be called again in about 25 min." in found["stops"]
    world.clock.advance(1600)
    world.new_container()
    rest = reconciled(world, after=found["next"])
    assert (rest["there"], rest["ledger"]) == (3, dict.fromkeys(orders, "imported"))


def test_a_paused_connection_is_reconciled_but_not_repaired(world: World) -> None:
    order = missed(world)
    world.ask("pause", connection=world.connection, by="anna")
    assert ids(reconciled(world)["missing"]) == [order]
    fields = {"operation": "repair", "connection": world.connection, "orders": [order], "confirm": 1}
    answer = world.invoke("operations", fields)
    assert answer["problems"] == [
        f"The connection is paused: Paused by the operator ({world.connection}). Resume it first."
    ]


def test_stock_is_compared_with_the_repair_where_it_is_carried(new_world: NewWorld) -> None:
    world = new_world(stock={"active": True, "direction": "office_to_shop"})
    passes(world)
    assert reconciled(world)["stock"] == {"carried": True, "state": "", "text": "Stock was never compared."}
    told = world.ask("repair", connection=world.connection, stock=True, confirm=0, by="anna")
    assert told["stock"].startswith("A comparison of all stock has begun")
    assert reconciled(world)["stock"]["state"] == "running"
    again = world.ask("repair", connection=world.connection, stock=True, confirm=0, by="anna")
    assert "is active already" in again["stock"]
    world.settle()
    found = reconciled(world)["stock"]
    assert (found["state"], found["text"][:29]) == ("done", "Stock was last compared on 20")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"since": "2026-01-31", "until": "2026-01-01"}, "`until` lies before `since`"),
        ({"after": "nowhere"}, "There is no such place"),
        ({"after": "office yesterday x"}, "There is no such place"),
    ],
)
def test_days_and_places_that_are_none_are_refused(world: World, fields: dict[str, str], said: str) -> None:
    answer = world.invoke("operations", {"operation": "reconcile", "connection": world.connection, **fields})
    assert said in answer["problems"][0]
