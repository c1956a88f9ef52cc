"""The widgets of the console, worked as an operator works: found, explained, repaired, set up, and on record."""

import json
from typing import Any

import pytest

from sandbox.platforms.shopware import Payment
from shopbridge.desk.widgets import ACTS, DEEDS, LOOKS, TRIES, VIEWS
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.stage import PERSONAL, NewWorld, bring, events, set_up
from tests.integration.world import World
from tests.integration.worlds.desk_pages import Viewer, WidgetPage

IDEAL = (Payment("iDEAL", "paid"),)
BY = "console, request quick"


@pytest.fixture
def world(new_world: NewWorld) -> World:
    return new_world()


@pytest.fixture
def viewer(world: World) -> Viewer:
    return Viewer(world)


@pytest.fixture(scope="module")
def one_world(environment: Environment) -> World:
    """One connection for all tests that leave it as it is."""
    return set_up(environment, ConnectionId("desk"))


def work(viewer: Viewer) -> WidgetPage:
    return viewer.look("work", connection=viewer.world.connection)


# --- work ---------------------------------------------------------------------------------------------------------


def test_nothing_waits(viewer: Viewer) -> None:
    assert "Nothing waits for you." in work(viewer).text


def test_an_order_that_waits_is_found_explained_and_sent_again(world: World, viewer: Viewer) -> None:
    order = bring(world, payments=IDEAL)
    first = work(viewer)
    assert "1 order waits for you" in first.text
    assert "First seen today: 1 order." in first.text
    assert "to orders.maps.payment of the connection, then resend the order." in first.text
    reason = viewer.press(first, "1")
    assert "unmapped_payment" in reason.text
    story = viewer.press(reason, world.record(order).reference)
    assert "Found by webhook." in story.text
    assert story.named("Send again").question == f"Send order {world.record(order).reference} again?"
    world.ask("set", connection=world.connection, path=["orders", "maps", "payment", "entries", "iDEAL"], value="=")
    again = viewer.press(story, "Send again")
    assert "It is tried again." in again.text
    assert f"Sent again by {BY}." in again.text
    world.settle()
    assert world.record(order).state == "DONE"
    assert [line["by"] for line in events(world, "order_resent")] == [BY]


def test_sending_again_twice_makes_one_document(world: World, viewer: Viewer) -> None:
    order = bring(world, payments=IDEAL)
    story = viewer.look("work", view="order", connection=world.connection, order=order)
    world.ask("set", connection=world.connection, path=["orders", "maps", "payment", "entries", "iDEAL"], value="=")
    for _ in range(2):
        viewer.press(story, "Send again")
    world.settle()
    assert len(world.office.orders_by_reference(world.record(order).reference)) == 1


def test_an_order_is_set_aside_with_why_and_by_whom(world: World, viewer: Viewer) -> None:
    order = bring(world, payments=IDEAL)
    story = viewer.look("work", view="order", connection=world.connection, order=order)
    refused = viewer.press(story, "Set aside")
    assert "remark" in refused.text
    viewer.press(story, "Set aside", remark="Booked by hand")
    record = world.record(order)
    assert (record.state, record.reason and record.reason.text) == ("SKIPPED", f"Skipped by {BY}: Booked by hand")
    assert [line["by"] for line in events(world, "order_set_aside")] == [BY]


def test_all_of_a_reason_are_counted_confirmed_and_then_done(world: World, viewer: Viewer) -> None:
    orders = [bring(world, payments=IDEAL) for _ in range(2)]
    reason = viewer.press(work(viewer), "2")
    button = reason.named("Set 2 aside")
    assert button.question == "Set 2 orders with the reason unmapped_payment aside for good?"
    assert button.sends["count"] == 2
    bring(world, payments=IDEAL)
    changed = viewer.press(reason, "Set 2 aside", remark="Booked")
    assert "Nothing was done: by now it is 3 orders." in changed.text
    told = viewer.press(changed, "Set 3 aside", remark="Booked")
    assert "Done for 3 orders." in told.text
    assert {world.record(order).state for order in orders} == {"SKIPPED"}


def test_all_of_a_reason_are_sent_again(world: World, viewer: Viewer) -> None:
    order = bring(world, payments=IDEAL)
    world.ask("set", connection=world.connection, path=["orders", "maps", "payment", "entries", "iDEAL"], value="=")
    reason = viewer.press(work(viewer), "1")
    assert "Done for 1 order." in viewer.press(reason, "Send 1 again").text
    world.settle()
    assert world.record(order).state == "DONE"


def test_orders_are_found_by_number_state_and_address_which_is_never_shown(world: World, viewer: Viewer) -> None:
    order = bring(world)
    number = world.record(order).reference
    page = work(viewer)
    assert "1 order of 1 in this time." in viewer.press(page, "Find", find_text=number).text
    assert "No order is like that" in viewer.press(page, "Find", find_text=number, find_state="held").text
    by_address = viewer.press(page, "Find", find_text="sanne@buyers.example")
    assert "1 order of 1 in this time." in by_address.text
    assert "sanne" not in by_address.page


def test_orders_of_before_are_found_among_all_of_them(world: World, viewer: Viewer) -> None:
    order = bring(world)
    world.clock.advance(20 * 86_400)
    number = world.record(order).reference
    page = viewer.press(work(viewer), "Find", find_text=number)
    assert "No order is like that in this time." in page.text
    assert "1 order of 1" in viewer.press(page, "Search all orders").text
    assert "has it as" in viewer.press(page, "Ask the shop why").text


def test_a_list_goes_on_where_the_page_before_ended(
    world: World, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopbridge.desk.work.PAGE", 1)
    orders = {world.record(bring(world)).reference for _ in range(2)}
    first = viewer.press(work(viewer), "Find")
    second = viewer.press(first, "More")
    assert {number for number in orders if number in first.text + second.text} == orders
    assert not [each for each in second.pressables if each.words == "More"]


def test_what_would_be_sent_is_shown_without_who_bought(world: World, viewer: Viewer) -> None:
    order = bring(world)
    story = viewer.look("work", view="order", connection=world.connection, order=order)
    shown = viewer.press(story, "What would be sent")
    assert "Would be sent" in shown.text
    assert "total_shipping4.99" in shown.text
    assert [word for word in PERSONAL if word in shown.text] == []


# --- runs ---------------------------------------------------------------------------------------------------------


def test_a_run_is_started_stopped_and_let_go_on(new_world: NewWorld) -> None:
    world = new_world(stock={"active": True})
    viewer = Viewer(world)
    none = viewer.look("runs", connection=world.connection)
    assert "There was no run yet." in none.text
    begun = viewer.press(none, "Start stock_comparison")
    assert "running" in begun.text
    assert f"by {BY}" in begun.text
    stopped = viewer.press(begun, "Stop")
    world.settle()
    there = viewer.look("runs", connection=world.connection)
    assert "stopped" in stopped.text + there.text
    resumed = viewer.press(there, "Go on")
    assert "The run of stock_comparison is running." in resumed.text
    world.settle()
    done = viewer.look("runs", connection=world.connection)
    assert "done" in done.text
    assert {line["by"] for line in [*events(world, "run_stop_asked"), *events(world, "run_resumed")]} == {BY}


def test_a_run_that_the_settings_do_not_carry_is_refused_in_a_sentence(world: World, viewer: Viewer) -> None:
    page = viewer.look("runs", connection=world.connection)
    assert "The connection does not carry products" in viewer.press(page, "Start products").text


def test_orders_are_looked_for_now(world: World, viewer: Viewer) -> None:
    page = viewer.look("runs", connection=world.connection)
    assert "The shop is asked for orders now." in viewer.press(page, "Look for orders now").text
    assert world.work()


# --- set-up -------------------------------------------------------------------------------------------------------


def stored(world: World) -> Any:
    return world.ask("show", connection=world.connection)["settings"]["orders"]


def test_a_map_is_tried_on_real_orders_and_then_saved(world: World, viewer: Viewer) -> None:
    order = bring(world, payments=IDEAL)
    page = viewer.press(viewer.look("setup", connection=world.connection), "Map: payment")
    assert page.fields["key_0"] == "Invoice"
    typed = {"key_1": "iDEAL", "value_1": "="}
    tried = viewer.press(page, "Try it on the last 5 orders", **typed)
    assert "1 of the last 1 order would be otherwise. Nothing is saved yet." in tried.text
    assert "held (unmapped_payment) → sent" in tried.text
    assert "iDEAL" not in stored(world)["maps"]["payment"]["entries"]
    assert (tried.fields["key_1"], tried.fields["value_1"]) == ("iDEAL", "=")
    saved = viewer.press(tried, "Save")
    assert 'Saved: orders.maps.payment.entries.iDEAL: none → "=".' in saved.text
    assert stored(world)["maps"]["payment"]["entries"] == {"Invoice": "=", "iDEAL": "="}
    story = viewer.look("work", view="order", connection=world.connection, order=order)
    viewer.press(story, "Send again")
    world.settle()
    assert world.record(order).state == "DONE"
    again = viewer.press(tried, "Save")
    assert "was made from version" in again.text


def test_an_entry_that_is_emptied_is_removed_and_what_is_left_stays_as_it_is_stored(
    world: World, viewer: Viewer
) -> None:
    odd = "Pay\u200b later"
    entries = {"Invoice": "=", odd: "=", "Old": "="}
    world.ask(
        "set",
        connection=world.connection,
        path=["orders", "maps", "payment"],
        value={"entries": entries, "former": [odd, "Old"]},
    )
    page = viewer.press(viewer.look("setup", connection=world.connection), "Map: payment")
    assert page.fields["key_1"] == "Pay\\u200b later"
    viewer.press(page, "Save", key_2="")
    assert stored(world)["maps"]["payment"]["entries"] == {"Invoice": "=", odd: "="}


def test_the_values_of_both_sides_are_told_when_asked_for(world: World, viewer: Viewer) -> None:
    page = viewer.press(viewer.look("setup", connection=world.connection), "Map: payment")
    assert "iDEAL" in viewer.press(page, "What do both sides call their values?").text


def test_one_setting_is_tried_and_saved(world: World, viewer: Viewer) -> None:
    bring(world)
    edit = viewer.look("setup", view="edit", connection=world.connection, path=["orders", "poll_minutes"])
    assert edit.fields["value"] == "5"
    assert (
        "0 of the last 1 order would be otherwise."
        in viewer.press(edit, "Try it on the last 5 orders", value="10").text
    )
    saved = viewer.press(edit, "Save", value="10")
    assert "orders.poll_minutes: 5 → 10" in saved.text
    assert stored(world)["poll_minutes"] == 10


@pytest.mark.parametrize(
    "typed", ["", "ten", "{", "[" * 40_000, "[" * 900 + "]" * 900, "9" * 6_000, "NaN", '"\\ud800"']
)
def test_what_is_no_setting_is_refused_in_a_sentence(world: World, viewer: Viewer, typed: str) -> None:
    edit = viewer.look("setup", view="edit", connection=world.connection, path=["orders", "poll_minutes"])
    for press in ("Save", "Try it on the last 5 orders"):
        assert "sb-note-bad" in viewer.press(edit, press, value=typed).page
    assert stored(world)["poll_minutes"] == 5


def test_settings_are_compared_and_brought_back(world: World, viewer: Viewer) -> None:
    world.ask("set", connection=world.connection, path=["orders", "poll_minutes"], value=10, by="anna")
    history = viewer.press(viewer.look("setup", connection=world.connection), "History")
    assert "anna" in history.text
    older = [each for each in history.pressables if each.words == "What is otherwise now"][-1]
    diff = viewer.look(**older.sends)
    assert "orders.poll_minutes: 5 → 10" in diff.text
    back = [each for each in history.pressables if each.words == "Bring back"][-1]
    assert back.question.startswith("Bring the settings of version 1")
    restored = viewer.look(**back.sends)
    assert "Saved as version" in restored.text
    assert stored(world)["poll_minutes"] == 5


def test_a_connection_is_paused_and_goes_on(world: World, viewer: Viewer) -> None:
    page = viewer.look("setup", connection=world.connection)
    paused = viewer.press(page, "Pause")
    assert "The connection is paused" in paused.text
    assert "Resume" in [each.words for each in paused.pressables]
    assert "The connection goes on." in viewer.press(paused, "Resume").text
    assert {line["by"] for line in events(world, "connection_paused")} == {BY}


# --- activity and changes -----------------------------------------------------------------------------------------


def test_who_changed_what_is_told_the_newest_first(world: World, viewer: Viewer) -> None:
    world.ask("set", connection=world.connection, path=["orders", "poll_minutes"], value=10, by="anna")
    page = viewer.look("changes", connection=world.connection)
    assert "anna" in page.text
    assert "orders.poll_minutes: 5 → 10" in page.text


# --- who may do what ----------------------------------------------------------------------------------------------


def test_the_desk_neither_creates_nor_removes_nor_sees_a_secret() -> None:
    assert not (LOOKS & TRIES)
    assert not (LOOKS & DEEDS)
    assert not (TRIES & DEEDS)
    assert ACTS.isdisjoint({"create", "change", "delete", "forget", "erase", "words_of", "try_side", "rehearse"})


@pytest.mark.parametrize("widget", VIEWS)
def test_who_looks_has_nothing_to_press_that_does_anything(world: World, widget: str) -> None:
    bring(world, payments=IDEAL)
    page = Viewer(world, "watch_widgets").look(widget, connection=world.connection)
    assert [each for each in page.pressables if each.question or "do" in each.sends] == []


@pytest.mark.parametrize(
    "state",
    [
        {"widget": "work", "do": "resend", "view": "order"},
        {"widget": "work", "do": "skip_all", "code": "unmapped_payment", "count": 1},
        {"widget": "setup", "do": "pause"},
        {"widget": "setup", "do": "save_map", "name": "payment"},
        {"widget": "setup", "do": "set", "path": ["orders", "poll_minutes"]},
        {"widget": "runs", "do": "start_run", "job": "stock"},
        {"widget": "work", "view": "preview"},
    ],
)
def test_whoever_only_looks_is_refused_whatever_the_event_says(world: World, state: dict[str, Any]) -> None:
    order = bring(world, payments=IDEAL)
    sent = {**state, "connection": world.connection, "order": order, "role": "admin", "acts": True}
    world.lines.clear()
    event = {**sent, "widgetContext": {"params": {"acts": True}, "forms": {"all": {"value": "10", "remark": "x"}}}}
    page = world.invoke("watch_widgets", event)
    assert "This dashboard only shows" in page
    assert world.record(order).state == "HELD"
    assert world.lines == []


@pytest.mark.parametrize("step", ["watch_widgets", "desk_widgets"])
@pytest.mark.parametrize("widget", VIEWS)
@pytest.mark.parametrize(
    "state",
    [
        {"view": "nowhere"},
        {"do": "explode"},
        {"do": "resend", "order": "\x00"},
        {"do": "bulk"},
        {"view": "order", "order": ""},
        {"view": "order", "order": "x" * 2_000},
        {"view": "find", "after": "yesterday", "days": "-7"},
        {"view": "edit", "path": []},
        {"view": "edit", "path": ["orders", "nothing", "there"]},
        {"view": "edit", "path": ["id"], "also": "trial"},
        {"view": "map", "name": "../../etc"},
        {"view": "diff", "to": 10**30},
        {"view": "diff"},
        {"do": "restore", "to": -1},
        {"do": "start_run", "job": "everything"},
        {"connection": "nobody", "do": "pause"},
        {"connection": "'; DROP TABLE", "view": "history"},
        {"connection": "x" * 2_000},
    ],
)
def test_an_event_that_makes_no_sense_is_answered_and_does_nothing(
    one_world: World, step: str, widget: str, state: dict[str, Any]
) -> None:
    before = one_world.ask("show", connection=one_world.connection)
    event = {"widget": widget, "connection": one_world.connection, **state}
    page = WidgetPage(one_world.invoke(step, event))
    assert page.tree[0].startswith("<div")
    assert one_world.ask("show", connection=one_world.connection) == before


@pytest.mark.parametrize(
    "event",
    [
        {"widget": "work", "order": {"a": 1}},
        {"widget": "work", "order": "x" * 100_000},
        {"widget": "work", "path": ["x"] * 1000},
        {"widget": "work", "widgetContext": []},
        {"widget": "work", "widgetContext": {"forms": [], "timezone": "here"}},
        {"widget": "work", "widgetContext": {"forms": {"all": {"find_text": ["a"]}}}},
        {"widget": "work", "widgetContext": {"forms": {"all": {f"f{n}": "x" for n in range(1000)}}}},
        {"widget": "work", "widgetContext": {"forms": {"all": {"find_text": "x" * 60_000}}}},
        {"widget": "work", "widgetContext": {"timezone": {"offsetISO": "+99:99"}}},
        {"widget": "work", "count": "many"},
    ],
)
def test_an_event_of_another_form_is_answered_with_a_sentence(one_world: World, event: dict[str, Any]) -> None:
    page = one_world.invoke("desk_widgets", event)
    assert WidgetPage(page).text
    assert len(page.encode()) < 250_000
    assert json.dumps(page)
