"""How connections do, in sentences: what came through, what waits and for how long, what is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.flows.operations.health.facts import backlog
from shopbridge.model.ledger import EffectKey, IndexedOrder, LedgerRecord
from shopbridge.ports import LimitStanding
from shopbridge.store.items import Item
from shopbridge.store.ledger.items import indexed_order
from tests.integration.stage import NewWorld, an_order, bring
from tests.integration.world import World

IDEAL = (Payment("iDEAL", "paid"),)
BEGAN = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


def of(world: World) -> dict[str, Any]:
    answer = world.ask("health", connection=world.connection)
    (each,) = answer["connections"]
    assert answer["well"] == each["well"]
    return dict(each)


def test_a_connection_at_work_is_well_and_tells_when_it_read_last(world: World) -> None:
    world.poll()
    world.settle()
    world.clock.advance(180)
    told = of(world)
    assert (told["well"], told["verdict"], told["backlog"]) == (True, "All is well.", "")
    (job,) = told["jobs"]
    assert (job["what"], job["failure"]) == ("orders read", "")
    assert job["ago"] in ("3 min ago", "4 min ago")


def test_what_waits_for_a_person_is_no_health(world: World) -> None:
    world.poll()
    bring(world, payments=IDEAL)
    told = of(world)
    assert (told["well"], told["held"], told["verdict"]) == (False, 1, "1 order waits for you.")


def test_orders_that_wait_for_a_limit_tell_how_long(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    world.poll()
    world.settle()
    world.place(an_order())
    world.container.store.limiter(world.connection, "office").pause("orders:POST", 1500)
    for _ in range(4):
        world.work()
    told = of(world)
    assert told["backlog"] == "1 order waits for CCV SalesPOS' limit, about 25 min."
    assert (told["on_the_way"], told["minutes"], told["today"]["on_the_way"]) == (1, 25, 1)


@pytest.mark.parametrize(
    ("usual", "minutes"),
    [
        (None, 10),  # one call an order, as long as none has told
        ({("office", "orders:POST"): 3.0, ("office", "tasks"): 0.0}, 30),
        ({("office", "orders:POST"): 3.0, ("office", "tasks"): 4.0}, 80),
        ({}, 0),
    ],
)
def test_how_long_orders_wait_goes_by_what_one_usually_needs(
    new_world: NewWorld, usual: dict[tuple[str, str], float] | None, minutes: int
) -> None:
    world, now = new_world(), BEGAN
    bridge = world.container.bridge
    connection = bridge.connections.get(world.connection)
    assert connection
    limit = LimitStanding("office", "orders:POST", 60, 3600, 0, now, timedelta(minutes=1))
    slower = replace(limit, bucket="tasks", apart=timedelta(minutes=2), left=1)
    ledger = SimpleNamespace(counted=lambda *_: 10)
    turns = SimpleNamespace(usual=lambda _: usual)
    asked: Any = replace(bridge, ledger=cast("Any", ledger), turns=cast("Any", turns), clock=lambda: now)
    standing = [limit, replace(slower, left=0 if usual else 1)]
    assert backlog(asked, connection, standing)["minutes"] == minutes


def test_what_an_order_needs_is_learnt_from_orders(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    assert world.container.bridge.turns.usual(world.connection) is None
    bring(world)
    learnt = world.container.bridge.turns.usual(world.connection)
    assert learnt is not None
    assert learnt["office", "orders:POST"] == 1


def test_a_stopped_connection_tells_why_and_what_to_do(world: World) -> None:
    world.poll()
    world.settle()
    world.container.bridge.connections.stop(world.connection, "Shopware does not accept the access key.")
    told = of(world)
    assert (told["well"], told["status"]) == (False, "stopped")
    assert told["verdict"] == "Stopped: Shopware does not accept the access key."
    (trouble,) = told["troubles"]
    assert trouble["fix"]


def test_a_poll_that_stands_still_is_told_first(world: World) -> None:
    world.poll()
    world.settle()
    world.invoke("watch", {})
    world.clock.advance(3600)
    told = of(world)
    assert told["verdict"].startswith("No poll came through since")
    assert told["jobs"][0]["ago"] in ("60 min ago", "61 min ago")


def test_all_connections_are_told_and_one_that_is_none_is_refused(world: World) -> None:
    found = world.ask("health")["connections"]
    assert world.connection in {each["id"] for each in found}
    assert len(found) == 1 or not [each for each in found if "facts" in each]
    answer = world.invoke("operations", {"operation": "health", "connection": "nobody"})
    assert "There is no connection 'nobody'" in answer["problems"][0]


def fact(told: dict[str, Any], name: str, side: str = "") -> dict[str, Any]:
    (found,) = [each for each in told["facts"] if each["name"] == name and side in ("", each.get("side"))]
    return dict(found)


def test_how_far_each_side_was_read_and_who_let_us_in_is_told(world: World) -> None:
    world.poll()
    bring(world)
    world.clock.advance(240)
    told = of(world)
    read = fact(told, "read", "shop")
    assert (read["minutes"], read["text"]) == (5, "Shopware is read up to 2026-01-31 12:00 UTC, 5 min ago.")
    assert fact(told, "credentials", "shop")["text"] == "Shopware accepted the credentials 5 min ago."
    assert fact(told, "credentials", "office")["text"] == "CCV SalesPOS accepted the credentials 5 min ago."
    assert told["imported"]["ago"] == "5 min ago"
    assert told["today"] == {"imported": 1, "on_the_way": 0, "held": 0, "skipped": 0, "refused": 0}


def test_a_refusal_of_credentials_stays_known_after_the_connection_goes_on(world: World) -> None:
    world.shop.faults.plan("token_revoked", "POST /api/search/order", times=2)
    bring(world)
    world.clock.advance(7200)
    world.ask("resume", connection=world.connection)
    assert fact(of(world), "refused")["text"].startswith("The connection was last refused 2 h ago: ")


def test_a_shop_whose_clock_goes_wrong_is_told(world: World) -> None:
    world.poll()
    world.settle()
    assert fact(of(world), "clock")["text"] == "The clocks of Shopware and the bridge agree."
    cursors = world.container.bridge.cursors
    cursor = cursors.load(world.connection, "orders")
    assert cursor is not None
    cursors.save(world.connection, "orders", cursor.model_copy(update={"since": cursor.since + timedelta(minutes=9)}))
    assert fact(of(world), "clock")["text"] == "The clock of Shopware is 9 min ahead of ours."


def test_what_a_platform_calls_for_and_when_it_last_did_is_told(world: World) -> None:
    assert "No call of it is known" in fact(of(world), "webhook", "shop")["text"]
    bring(world)  # it pushes what it places
    world.clock.advance(180)
    hook = fact(of(world), "webhook", "shop")
    assert hook["text"].endswith(", signed. It last did 4 min ago."), hook


def test_what_is_left_of_each_limit_is_told(new_world: NewWorld) -> None:
    world = new_world(limits=True)
    bring(world)
    limits = [each for each in of(world)["facts"] if each["name"] == "limit"]
    made = next(each for each in limits if each["bucket"] == "orders:POST")
    assert (made["calls"], made["seconds"], made["left"], made["side"]) == (10000, 60, 10, "office")
    assert made["text"] == "CCV SalesPOS, orders:POST: 10000 calls in 1 min; 10 can be made now."


def test_health_reads_no_more_than_the_newest_orders_however_many_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(250):
        key, now = EffectKey(connection=world.connection, kind="order", id=f"{number:032x}"), world.clock()
        made = LedgerRecord(key=key, state="DONE", revision="1", reference="1", found_at=now, updated_at=now)
        world.container.bridge.ledger.claim(made, owner=str(number), lease=timedelta(0))
        world.container.bridge.ledger.save(made, owner=str(number))
    read: list[IndexedOrder] = []

    def reading(entry: Item) -> IndexedOrder:
        read.append(indexed_order(entry))
        return read[-1]

    monkeypatch.setattr("shopbridge.store.ledger.effects.indexed_order", reading)
    assert of(world)["today"]["imported"] == 250
    assert len(read) <= 100
