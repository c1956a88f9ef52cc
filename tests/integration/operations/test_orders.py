"""What an operator does with single orders: each answer is plain data, each refusal a sentence."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.store.ledger.effects import DynamoLedger
from tests.integration.operations.asking import IDEAL, MAPS, ask, one_world, problems, world
from tests.integration.stage import NewWorld, bring, copies, depths, held, imported, not_imported, told
from tests.integration.world import World

__all__ = ["one_world", "world"]

OPEN = (Payment("Invoice", "open"),)


# --- single orders ------------------------------------------------------------------------------------------------


def test_the_story_tells_an_order_from_the_first_line_to_the_last(new_world: NewWorld) -> None:
    world = new_world()
    bring(world)
    (story,) = ask(world, "story", connection=world.connection, order="10001")["result"]
    assert (story["state"], story["total"], story["open_steps"]) == ("DONE", "28.79", [])
    texts = [line["text"] for line in story["story"]]
    assert texts[0] == "Found by webhook."
    assert texts[1].startswith("Created in the back office as W-")
    assert "Total read back: 28.79 EUR, as in the shop." in texts


def test_an_order_is_found_by_its_number_without_reading_through_all_of_them(new_world: NewWorld) -> None:
    world = new_world()
    number = world.record(bring(world, payments=IDEAL)).reference
    bring(world)
    world.calls.names.clear()
    for operation, fields in (("story", {}), ("resend", {}), ("skip", {"remark": "no"}), ("preview", {})):
        world.ask(operation, connection=world.connection, order=number, **fields)
        assert world.calls.names.count("Query") == 1, operation
        world.calls.names.clear()


def test_an_order_that_the_index_does_not_have_is_found_by_reading_through(
    new_world: NewWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world()
    number = world.record(bring(world)).reference
    monkeypatch.setattr(DynamoLedger, "numbered", lambda *_: ())
    (told_,) = world.ask("story", connection=world.connection, order=number)
    assert told_["order"] == number


def test_an_order_that_never_came_is_told_with_what_to_do(world: World) -> None:
    for operation, more in (("story", {}), ("resend", {}), ("skip", {"remark": "gone"})):
        found = problems(world, operation, connection=world.connection, order="4711", **more)
        assert "No order '4711' has come in" in found
        assert "`why` tells whether the shop has it" in found


@pytest.mark.parametrize("operation", ["story", "resend", "skip"])
def test_a_number_that_two_orders_have_asks_which_and_an_id_answers(new_world: NewWorld, operation: str) -> None:
    world = new_world(maps=MAPS)
    first = bring(world, payments=IDEAL, number="10001", sales_channel="Netherlands")
    second = bring(world, payments=IDEAL, number="10001", sales_channel="Germany")
    asked: dict[str, Any] = {"connection": world.connection, **({"remark": "twice"} if operation == "skip" else {})}
    found = problems(world, operation, order="10001", **asked)
    assert "2 orders have the number 10001" in found
    assert f"{first} (from Netherlands, found on 2026-01-31, HELD)" in found
    assert f"{second} (from Germany, found on 2026-01-31, HELD)" in found
    assert depths(world) == (0, 0, 0)
    ask(world, operation, order=second, **asked)
    stories = [told(world.record(order_id)) for order_id in (first, second)]
    assert ["Skipped by the operator" in story for story in stories] == [False, operation == "skip"]
    assert depths(world)[1] == (operation == "resend")


def test_held_lists_reason_and_fix_and_forgets_what_was_released(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    (entry,) = ask(world, "held", connection=world.connection)["result"]
    assert (entry["order"], entry["code"]) == ("10001", "unmapped_payment")
    assert "orders.maps.payment" in entry["fix"]
    world.changes = {"maps": {**MAPS, "payment": {"fallback": "="}}}
    ask(world, "change", settings=world.settings())
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)
    assert ask(world, "held", connection=world.connection)["result"] == []


def test_resending_what_is_imported_creates_nothing(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    assert "imported already as W-" in problems(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)


def test_resend_by_a_code_that_nothing_waits_for_resends_nothing(world: World) -> None:
    assert ask(world, "resend", connection=world.connection, code="gave_up")["result"] == {"resent": 0, "note": ""}
    assert depths(world) == (0, 0, 0)


def test_a_resend_without_change_leads_back_to_the_same_reason(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    held(world, order_id, "unmapped_payment")


def test_a_resend_of_an_order_that_was_deleted_in_the_shop_says_so(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    world.shop.delete_order(order_id)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    (entry,) = ask(world, "held", connection=world.connection)["result"]
    assert entry["code"] == "gone_from_shop"
    ask(world, "skip", connection=world.connection, order="10001", remark="Deleted by the buyer")
    assert ask(world, "held", connection=world.connection)["result"] == []


def test_a_skipped_order_stays_skipped_whatever_changes_until_it_is_resent(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    answer = ask(world, "skip", connection=world.connection, order="10001", remark="Booked by hand")
    assert answer["result"] == {"skipped": 1}
    world.changes = {"maps": {**MAPS, "payment": {"fallback": "="}}}
    ask(world, "change", settings=world.settings())
    world.clock.advance(5)
    world.shop.touch(order_id)
    world.poll()
    ask(world, "start_run", connection=world.connection, job="orders", since="2026-01-01T00:00:00Z")
    world.settle()
    record = not_imported(world, order_id, "SKIPPED", "skipped_by_operator")
    assert "Skipped by the operator: Booked by hand" in told(record)
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)


def test_skipped_orders_are_listed_by_reason_and_every_order_is_counted_once(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    for payments in (OPEN, OPEN, (Payment("Invoice", "paid"),)):
        bring(world, payments=payments)
    bring(world, payments=IDEAL)
    by_hand = bring(world, payments=IDEAL)
    ask(world, "skip", connection=world.connection, order=by_hand, remark="Booked by hand")
    listed = ask(world, "skipped", connection=world.connection)["result"]
    unpaid, operator = listed["reasons"]
    assert (unpaid["code"], unpaid["count"]) == ("payment_not_taken", 2)
    assert [each["order"] for each in unpaid["orders"]] == ["10002", "10001"]
    assert unpaid["reason"] == "Orders with the payment status 'open' are not taken yet."
    assert "add 'open' there" in unpaid["fix"]
    assert (operator["code"], operator["count"]) == ("skipped_by_operator", 1)
    counts = ask(world, "show", connection=world.connection)["result"]["orders"]
    assert counts == {"SKIPPED": listed["count"], "DONE": 1, "HELD": 1}
    assert len(ask(world, "held", connection=world.connection)["result"]) == 1
    one = ask(world, "skipped", connection=world.connection, code="skipped_by_operator")["result"]
    assert [each["id"] for each in one["reasons"][0]["orders"]] == [by_hand]


def test_a_skipped_order_tells_what_a_resend_comes_to_and_what_would_make_it_go(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world, payments=OPEN)
    (shown,) = ask(world, "story", connection=world.connection, order="10001")["result"]
    assert shown["fix"].startswith("It goes by itself once its payment has a status that orders.payment_statuses names")
    answer = ask(world, "resend", connection=world.connection, order="10001")["result"]
    assert answer["resent"] == 1
    assert answer["note"] == (
        "It is skipped (payment_not_taken): Orders with the payment status 'open' are not taken yet. It is judged "
        "again as it stands in the shop now, and skipped again for the same reason unless that is gone. " + shown["fix"]
    )
    world.settle()
    not_imported(world, order_id, "SKIPPED", "payment_not_taken")
    by_reason = ask(world, "resend", connection=world.connection, code="payment_not_taken")["result"]
    assert by_reason["resent"] == 0
    assert by_reason["note"].startswith("1 order is skipped for that reason. Resend them by number")
    world.changes = {"payment_statuses": ["open", "paid"]}
    ask(world, "change", settings=world.settings())
    ask(world, "resend", connection=world.connection, order="10001")
    world.settle()
    imported(world, order_id)
    assert ask(world, "skipped", connection=world.connection)["result"] == {"count": 0, "reasons": []}


def test_what_an_operator_skipped_is_taken_up_by_a_resend_and_says_so(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    bring(world, payments=IDEAL)
    ask(world, "skip", connection=world.connection, order="10001", remark="Booked by hand")
    answer = ask(world, "resend", connection=world.connection, order="10001")["result"]
    assert answer["note"].startswith("It was skipped (skipped_by_operator), which does not count for a resend")


def test_what_is_imported_cannot_be_skipped_any_more(new_world: NewWorld) -> None:
    world = new_world()
    order_id = bring(world)
    found = problems(world, "skip", connection=world.connection, order="10001", remark="too late")
    assert "imported already as W-" in found
    imported(world, order_id)


def test_an_order_that_is_being_worked_on_is_not_skipped(new_world: NewWorld) -> None:
    world = new_world(maps=MAPS)
    order_id = bring(world, payments=IDEAL)
    record = world.record(order_id)
    resent = record.model_copy(update={"origin": "resend"})
    world.container.bridge.ledger.claim(resent, owner="somebody", lease=timedelta(seconds=60))
    found = problems(world, "skip", connection=world.connection, order="10001", remark="now")
    assert "being worked on" in found
    assert copies(world, order_id) == []


@pytest.mark.parametrize(
    "asked", [{"operation": "poll_now"}, {"operation": "start_run", "job": "orders"}, {"operation": "initial_sync"}]
)
def test_a_connection_that_is_paused_says_so_instead_of_promising(new_world: NewWorld, asked: dict[str, str]) -> None:
    world = new_world()
    world.ask("pause", connection=world.connection)
    answer = world.invoke("operations", {**asked, "connection": world.connection})
    assert answer["ok"] is False
    assert "The connection is paused" in answer["problems"][0]
