"""After the import: what the shop is told, once and never backwards, and what later changes of the order lead to."""

from typing import Any

import pytest

from shopbridge.flows.orders.differences import CHANGED
from tests.integration.stage import BOOK, NewWorld, an_order, bring, events, imported, told, unannounced
from tests.integration.world import World


def poll(world: World) -> None:
    world.poll()
    world.settle()


def writes(world: World) -> dict[str, int]:
    """Calls that change something in the shop."""
    return {route: count for route, count in world.shop.calls.by_route.items() if "state/" in route or "PATCH" in route}


def history(world: World, order_id: str) -> list[str]:
    """The transitions of the order's state, as the shop wrote them down."""
    rows = world.shop.shop.store.tables["state_machine_history"].values()
    ours = [row.values for row in rows if row.values["entityName"] == "order" and order_id in str(row.values)]
    return [values["transitionActionName"] for values in ours]


def test_the_shop_learns_status_and_document_number_exactly_once(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    for _ in range(3):
        poll(world)
    copy, order = imported(world, order_id), world.shop.order(order_id)
    assert order["customFields"] == {"pos_number": f"W-{copy.number}"}
    assert order["stateMachineState"]["technicalName"] == "in_progress"
    assert history(world, order_id) == ["process"]
    assert sum(writes(world).values()) == 2


def test_nothing_is_written_to_the_shop_where_that_is_switched_off(new_world: NewWorld) -> None:
    world = new_world(write_back={})
    order_id = bring(world)
    imported(world, order_id)
    assert writes(world) == {}


def test_an_order_that_is_further_already_is_not_set_back(new_world: NewWorld) -> None:
    maps = {**STANDARD, "status": {"entries": {}, "fallback": "1"}}
    world = new_world(maps=maps)
    order_id = bring(world, state="completed")
    imported(world, order_id)
    assert world.shop.order(order_id)["stateMachineState"]["technicalName"] == "completed"
    assert "beyond in_progress" in told(world.record(order_id))
    assert history(world, order_id) == []


STANDARD: dict[str, Any] = {
    "payment": {"entries": {}, "fallback": "="},
    "shipping": {"entries": {}, "fallback": "shipping"},
    "tax": {"entries": {}, "fallback": "="},
}


def test_a_status_two_steps_away_is_reached_over_the_one_between(new_world: NewWorld) -> None:
    world = new_world(write_back={"status": "completed"})
    order_id = bring(world)
    imported(world, order_id)
    assert history(world, order_id) == ["process", "complete"]


def test_an_order_cancelled_before_its_status_is_written_back_stays_cancelled(new_world: NewWorld) -> None:
    world = new_world()
    order_id = unannounced(world, an_order())
    world.shop.faults.plan("meanwhile", "PATCH /api/order", detail=lambda: world.shop.cancel(order_id))
    poll(world)
    poll(world)
    assert world.shop.order(order_id)["stateMachineState"]["technicalName"] == "cancelled"
    assert len(world.office.orders) == 1
    assert "not a state we move an order from" in told(world.record(order_id))


def test_a_right_that_is_missing_to_write_back_stops_the_connection_and_a_resume_finishes_the_rest(
    new_world: NewWorld,
) -> None:
    world = new_world()
    app = world.shop.apps.installed["Shopbridge"].integration
    app.privileges = frozenset(f"{name}:read" for name in world.shop.shop.store.schema)
    order_id = bring(world)
    assert len(world.office.orders) == 1
    record = world.record(order_id)
    assert record.state == "DONE"
    assert set(record.follow_ups) == {"document", "status"}
    assert record.reason
    assert "order:update" in record.reason.text
    app.privileges = None
    world.ask("resume", connection=world.connection)
    world.settle()
    imported(world, order_id)


# --- later changes ------------------------------------------------------------------------------------------


def test_a_later_status_is_noted_in_the_story_and_nothing_is_created_again(new_world: NewWorld) -> None:
    world = new_world(write_back={})
    order_id = bring(world)
    poll(world)
    world.shop.move(order_id, "process")
    poll(world)
    imported(world, order_id)
    assert "The shop's status is now 'in_progress'." in told(world.record(order_id))
    assert [line["status"] for line in events(world, "order_status_changed")] == ["in_progress"]


def test_a_cancellation_after_the_import_warns_with_what_to_do(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    world.clock.advance(1)
    world.shop.cancel(order_id)
    world.settle()
    (warning,) = events(world, "order_cancelled_after_import")
    assert warning["level"] == "WARN"
    assert warning["fix"] == f"Cancel order W-{imported(world, order_id, CHANGED).number} in the back office by hand."


def test_an_edited_order_leaves_its_copy_alone(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    before = imported(world, order_id).totals
    world.shop.edit(order_id, an_order(BOOK))
    poll(world)
    assert [order.totals for order in world.office.orders] == [before]
    assert world.record(order_id).state == "DONE"


def test_a_draft_that_somebody_edits_in_the_shop_changes_nothing(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    world.shop.draft(order_id)
    poll(world)
    imported(world, order_id)


def test_an_older_version_that_arrives_late_is_dropped(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    story = world.record(order_id).history
    for delivery in list(world.shop.webhooks.delivered):
        world.shop.webhooks._attempt(delivery)
    world.settle()
    poll(world)
    after = world.record(order_id).history[len(story) :]
    assert {event.text for event in after} <= {"The shop's status is now 'in_progress'."}
    imported(world, order_id)


@pytest.mark.parametrize("kept", ["Lager <b>&</b> \"'\n\t€ 漢字 🎁", "x" * 5000])
def test_a_comment_of_any_kind_is_kept_in_the_one_note(new_world: NewWorld, kept: str) -> None:
    world = new_world()
    order_id = bring(world, comment=kept)
    (note,) = imported(world, order_id).notes
    assert kept.strip() in note["note"]


def test_no_note_is_written_where_that_is_switched_off(new_world: NewWorld) -> None:
    world = new_world(office={"notes": False})
    assert imported(world, bring(world)).notes == []
