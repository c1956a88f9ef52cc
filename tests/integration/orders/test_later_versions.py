"""What becomes of an order after its import is told once, with both figures, whatever brings the news."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.platforms.gomag import Line as GomagLine
from sandbox.platforms.gomag.emulator import PAID as GOMAG_PAID
from shopbridge.flows.orders.differences import facts_of
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import EffectKey
from shopbridge.model.messages import OrderFound, Origin
from shopbridge.model.order import Order
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import item_key
from tests.integration.conftest import ManualClock
from tests.integration.stage import (
    LAMP,
    NAME_KEY,
    PAID,
    PERSONAL,
    SANNE,
    UTRECHT,
    NewWorld,
    an_order,
    bring,
    copies,
    empty_queues,
    events,
    store_connection,
    told,
)
from tests.integration.stage import MUG as TWO_MUGS
from tests.integration.world import AnyWorld, World
from tests.integration.worlds.romanian import CANCELLED, MUG, ON_ITS_WAY, RomanianWorld
from tests.integration.worlds.romanian import an_order as a_romanian_order

NEWS = "order_changed_after_import"
EDITED = an_order(replace(TWO_MUGS, quantity=2), LAMP)
"""28.79 becomes 88.29."""


def poll(world: World) -> None:
    world.poll()
    world.settle()


def codes(world: AnyWorld) -> list[str]:
    return [line["code"] for line in events(world, NEWS)]


def by_poll(world: World, _order_id: str) -> None:
    poll(world)


def by_webhook(world: World, order_id: str) -> None:
    """Somebody moves the order, which the shop announces."""
    world.shop.move(order_id, "process")
    world.settle()


def by_resend(world: World, order_id: str) -> None:
    """It came while the connection was paused."""
    world.ask("pause", connection=world.connection)
    poll(world)
    world.shop.move(order_id, "process")
    world.settle()
    world.ask("resume", connection=world.connection)
    world.settle()


def by_run(origin: Origin) -> Callable[[World, str], None]:
    return lambda world, order_id: hand_over(world, read(world, order_id), origin)


# --- Shopware -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arrive",
    [by_poll, by_webhook, by_resend, by_run("backfill"), by_run("first_import")],
    ids=["poll", "webhook", "resend", "backfill", "first_import"],
)
def test_an_edit_is_told_once_with_both_figures_whatever_brings_it(
    new_world: NewWorld, arrive: Callable[[World, str], None]
) -> None:
    world = new_world()
    order_id = bring(world)
    world.clock.advance(60)
    world.shop.edit(order_id, EDITED)
    arrive(world, order_id)
    for _ in range(2):
        poll(world)
    number = copies(world, order_id)[0].number
    assert codes(world) == ["total_changed", "payment_changed", "lines_changed"]
    total, payment, lines = events(world, NEWS)
    assert total["level"] == "WARN"
    assert total["reason"] == "The order's total was 28.79 EUR (tax 4.60) and is 88.29 EUR (tax 14.10) now."
    assert total["fix"].startswith(f"Correct order W-{number} in the back office")
    assert total["office_order"] == f"W-{number}"
    assert payment["reason"] == ("The order was paid (28.79 EUR paid) and is paid in part (28.79 EUR paid) now.")
    assert lines["reason"] == "The order had 1 line of 2 pieces and has 2 lines of 3 pieces now."
    story = told(world.record(order_id))
    assert all(story.count(line["reason"]) == 1 for line in events(world, NEWS))
    assert len(copies(world, order_id)) == 1


def test_each_further_edit_is_told_against_the_last(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    for spec in (EDITED, an_order(LAMP), an_order(LAMP)):
        world.clock.advance(60)
        world.shop.edit(order_id, spec)
        poll(world)
    totals = [line["reason"] for line in events(world, NEWS) if line["code"] == "total_changed"]
    assert [text.split(" (")[0] for text in totals] == [
        "The order's total was 28.79 EUR",
        "The order's total was 88.29 EUR",
    ]


CHANGES: dict[str, tuple[Callable[[World, str], object], str]] = {
    "refund": (lambda world, order: world.shop.pay(order, "refund"), "payment_changed"),
    "refund in part": (lambda world, order: world.shop.pay(order, "refund_partially"), "payment_changed"),
    "corrected address": (
        lambda world, order: world.shop.readdress(order, replace(UTRECHT, street="Dorpsstraat 13"), SANNE),
        "address_changed",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_happens_to_an_order_later_is_one_warning_without_anybodys_data(new_world: NewWorld, change: str) -> None:
    world = new_world()
    order_id = bring(world)
    poll(world)
    world.clock.advance(60)
    happens, code = CHANGES[change]
    happens(world, order_id)
    for _ in range(3):
        poll(world)
    assert codes(world) == [code]
    story = told(world.record(order_id))
    assert not [word for word in PERSONAL if word in story]


def test_a_return_of_goods_is_told(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    for action in ("ship", "retour_partially", "retour"):
        world.clock.advance(60)
        world.shop.ship(order_id, action)
        poll(world)
    assert [line["reason"] for line in events(world, NEWS)] == [
        "Of its goods none had come back before, and a part now.",
        "Of its goods a part had come back before, and all now.",
    ]


def test_a_payment_that_comes_after_the_import_is_told(new_world: NewWorld) -> None:
    world = new_world(payment_statuses=["open", "paid"])
    order_id = bring(world, payments=(replace(PAID[0], state="open"),))
    poll(world)
    world.clock.advance(60)
    world.shop.pay(order_id)
    poll(world)
    (news,) = events(world, NEWS)
    assert news["reason"] == "The order was not paid and is paid (28.79 EUR paid) now."
    assert news["fix"] == f"Mark order {news['office_order']} as paid in the back office."


def test_our_own_write_back_and_a_touched_row_are_no_news(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    kept = world.record(order_id).facts
    for _ in range(3):
        world.clock.advance(60)
        world.shop.touch(order_id)
        poll(world)
    assert world.shop.order(order_id)["customFields"], "nothing was written back"
    assert events(world, NEWS) == []
    assert events(world, "order_status_changed") == []
    assert world.record(order_id).facts == kept


def test_a_cancelled_order_is_told_as_before(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    world.clock.advance(60)
    world.shop.cancel(order_id)
    poll(world)
    assert events(world, NEWS) == []
    assert len(events(world, "order_cancelled_after_import")) == 1


def forget_facts(world: AnyWorld, order_id: str) -> None:
    """Leave the record as it was before facts were kept."""
    key = item_key(EffectKey(connection=world.connection, kind="order", id=order_id))
    world.container.store.ledger.table.update(key, "REMOVE #facts")


def test_an_order_imported_before_facts_were_kept_is_learnt_in_silence(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    poll(world)
    forget_facts(world, order_id)
    for spec, told_by_then in ((EDITED, []), (an_order(LAMP), ["total_changed", "lines_changed"])):
        world.clock.advance(60)
        world.shop.edit(order_id, spec)
        poll(world)
        assert [code for code in codes(world) if code != "payment_changed"] == told_by_then


def test_what_was_edited_before_a_lost_creation_is_found_again_is_told(new_world: NewWorld) -> None:
    world = new_world(app=False)
    order_id = world.place(an_order())
    world.office.faults.plan("lost_answer", "POST /orders")
    world.poll()
    world.work()
    world.work()
    assert world.record(order_id).state == "SENT"
    empty_queues()  # the version that was sent never comes again
    world.shop.edit(order_id, EDITED)
    poll(world)
    assert "Found in the back office after an interrupted try." in told(world.record(order_id))
    assert len(copies(world, order_id)) == 1
    assert codes(world) == ["total_changed", "payment_changed", "lines_changed"]


def test_a_version_that_arrives_late_while_something_is_open_takes_nothing_back(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    old = read(world, order_id)
    world.clock.advance(60)
    world.shop.edit(order_id, EDITED)
    poll(world)
    told_by_then = codes(world)
    key = item_key(EffectKey(connection=world.connection, kind="order", id=order_id))
    world.container.store.ledger.table.update(key, "SET #follow_ups = :open", open={"S": '["note"]'})
    hand_over(world, old, "poll")
    record = world.record(order_id)
    assert record.follow_ups == ()
    assert record.newer == facts_of(read(world, order_id), NAME_KEY)
    assert codes(world) == told_by_then
    assert events(world, "order_status_changed") == []


def test_facts_of_before_the_key_are_compared_once_more_and_learnt_with_it(new_world: NewWorld) -> None:
    world = new_world()
    same, changed = bring(world), bring(world)
    for order_id in (same, changed):
        bare = facts_of(read(world, order_id)).model_dump_json(exclude_none=True)
        key = item_key(EffectKey(connection=world.connection, kind="order", id=order_id))
        world.container.store.ledger.table.update(key, "SET #facts = :facts", facts={"S": bare})
    world.clock.advance(60)
    world.shop.edit(changed, EDITED)
    poll(world)
    world.shop.move(same, "process")
    poll(world)
    assert codes(world) == ["total_changed", "payment_changed", "lines_changed"]
    world.ask("skip", connection=world.connection, order=changed, remark="done by hand")
    for order_id in (same, changed):
        world.clock.advance(60)
        world.shop.readdress(order_id, replace(UTRECHT, street="Dorpsstraat 13"), SANNE)
        poll(world)
    assert codes(world)[3:] == ["address_changed", "address_changed"]


# --- Gomag ----------------------------------------------------------------------------------------------------


@pytest.fixture
def romania(environment: Environment, connection_id: ConnectionId) -> RomanianWorld:
    empty_queues()
    made = RomanianWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


def later(world: RomanianWorld) -> None:
    for _ in range(3):
        world.clock.advance(300)
        world.poll()
        world.settle()


def placed(world: RomanianWorld, number: int, **fields: Any) -> int:
    """An imported order's internal id."""
    order = world.shop.place_order(replace(a_romanian_order(number), **fields))
    later(world)
    assert world.shop.status_of(order.id) == ON_ITS_WAY, world.lines
    assert events(world, NEWS) == []
    return order.id


def test_gomag_an_edit_is_told_once_with_both_figures(romania: RomanianWorld) -> None:
    order = placed(romania, 71_001)
    romania.shop.edit(order, lines=(GomagLine(MUG, quantity=3),))
    later(romania)
    assert codes(romania) == ["total_changed", "lines_changed"]
    total, lines = (line["reason"] for line in events(romania, NEWS))
    assert total.startswith("The order's total was 138.99 RON (tax ")
    assert " and is 198.49 RON (tax " in total
    assert lines == "The order had 1 line of 2 pieces and has 1 line of 3 pieces now."


def test_gomag_a_corrected_address_is_told_once(romania: RomanianWorld) -> None:
    order = placed(romania, 71_002)
    romania.shop.edit(order, billing=replace(romania.shop.order(order).spec.billing, street="Strada Lunga 99"))
    later(romania)
    assert codes(romania) == ["address_changed"]


def test_gomag_tells_statuses_by_name(romania: RomanianWorld) -> None:
    order = placed(romania, 71_003)
    for name in ("Livrata", CANCELLED):
        romania.shop.set_status(order, name)
        later(romania)
    (changed,) = events(romania, "order_status_changed")
    assert changed["status"] == f"Livrata ({romania.shop.status_id('Livrata')})"
    (cancelled,) = events(romania, "order_cancelled_after_import")
    assert cancelled["status"].startswith(f"{CANCELLED} (")
    assert codes(romania) == []


def test_gomag_a_return_is_told_and_a_paid_order_that_moves_on_stays_paid(romania: RomanianWorld) -> None:
    order = placed(romania, 71_004)
    romania.shop.add_status("Returnata")
    for name in ("Livrata", GOMAG_PAID, "Returnata"):
        romania.shop.set_status(order, name)
        later(romania)
    assert codes(romania) == ["goods_returned"]


def test_gomag_a_payment_that_comes_after_the_import_is_told(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = RomanianWorld(environment, ManualClock(), connection_id)
    store_connection(world, world.secrets()["shop"])
    bridge = world.container.bridge
    connection = stored(world)
    orders = connection.settings.orders.model_copy(update={"payment_statuses": ("open", "paid")})
    settings = connection.settings.model_copy(update={"orders": orders})
    bridge.connections.save(connection.model_copy(update={"settings": settings, "version": 2}), expected_version=1)
    order = placed(world, 71_005, status="Comanda NEW")
    world.shop.pay(order)
    later(world)
    (news,) = events(world, NEWS)
    assert news["reason"] == "The order was not paid and is paid now."


def stored(world: AnyWorld) -> Connection:
    found = world.container.bridge.connections.get(world.connection)
    assert found
    return found


def read(world: AnyWorld, order_id: str) -> Order:
    """The order as the shop has it now."""
    (order,), _ = world.container.bridge.platforms.parts(stored(world), "shop").order_source.read([OrderId(order_id)])
    return order


def hand_over(world: AnyWorld, order: Order, origin: Origin) -> None:
    world.container.bridge.orders.send([OrderFound(connection=world.connection, order=order, origin=origin)])
    world.settle()
