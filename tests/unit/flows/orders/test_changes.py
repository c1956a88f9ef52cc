"""What becomes of an order after its import is told to the office: as it stands, once, and with care where it must."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import AskAPerson, BridgeError, Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.orders.differences import CHANGED
from shopbridge.flows.orders.records import LEASE, drop_follow_ups
from shopbridge.model.ledger import SETTLING, Reason
from shopbridge.model.order import Order, Payment
from tests.unit.flows.orders.memory_platforms import MemoryChanges
from tests.unit.flows.orders.order_world import MAPS, OrderWorld, placed

ALL: frozenset[Any] = frozenset({"status", "paid", "cancelled"})
TAKES_NOTHING: frozenset[Any] = frozenset()


def owed(order: Order, *, paid: bool = False) -> Order:
    payment = Payment(method="Transfer", method_keys=("transfer",), status="open", paid=paid)
    return order.model_copy(update={"payment": payment})


def later(order: Order, number: int, **changes: Any) -> Order:
    """The same order at its next version."""
    return order.model_copy(update={"revision": f"2026-03-05T10:{number:02}:00.000Z", **changes})


def world_that_takes(kinds: frozenset[Any] = ALL, **settings: Any) -> tuple[OrderWorld, MemoryChanges, Order]:
    world = OrderWorld(payment_statuses=[], **settings)
    world.office.changes = MemoryChanges(kinds)
    order = owed(placed(world))
    world.bring(order)
    assert world.record(order).state == "DONE"
    return world, world.office.changes, order


def test_a_new_status_is_told_in_the_offices_words_and_the_same_version_not_again() -> None:
    world, office, order = world_that_takes()
    moved = later(order, 1, status="shipped")
    world.bring(moved)
    world.bring(moved)
    assert office.told == [("status", "shipped", True)]
    assert "Told: status, shipped." in world.told(order)


def test_an_order_that_was_only_read_again_tells_nothing() -> None:
    world, office, order = world_that_takes()
    world.bring(later(order, 1))
    assert office.told == []


def test_a_payment_that_came_in_is_told_with_the_number_it_gives_and_left_to_nobody() -> None:
    world, office, order = world_that_takes(write_back={"document_field": "invoice"})
    office.number = "2026/17"
    world.bring(owed(later(order, 1), paid=True))
    assert office.told == [("paid", order.status, True)]
    assert world.shop.documents[-1] == ("invoice", "2026/17")
    assert world.record(order).external_number == "2026/17"
    assert world.log.of("order_changed_after_import") == []
    world.bring(owed(later(order, 2), paid=True))
    assert len(office.told) == 1


def test_a_cancellation_is_told_instead_of_its_status() -> None:
    world, office, order = world_that_takes()
    world.bring(later(order, 1, status="cancelled", cancelled=True))
    assert [change for change, *_ in office.told] == ["cancelled"]
    assert world.log.of("order_cancelled_after_import") == []


@pytest.mark.parametrize("word", ["", "off"])
def test_a_cancellation_needs_no_entry_of_the_status_map_and_has_its_word_where_there_is_one(word: str) -> None:
    entries = {"open": "2", **({"cancelled": word} if word else {})}
    world, office, order = world_that_takes(maps={**MAPS, "status": {"entries": entries}})
    world.bring(later(order, 1, status="cancelled", cancelled=True))
    assert office.told == [("cancelled", word, True)]


@pytest.mark.parametrize("takes", [TAKES_NOTHING, None])
def test_what_cannot_be_told_is_left_to_a_person(takes: frozenset[Any] | None) -> None:
    world = OrderWorld(payment_statuses=[])
    world.office.changes = MemoryChanges(takes) if takes is not None else None
    order = owed(placed(world))
    world.bring(order)
    world.bring(owed(later(order, 1, status="cancelled", cancelled=True), paid=True))
    assert len(world.log.of("order_cancelled_after_import")) == 1
    assert world.log.of("order_changed_after_import", "code") == ["payment_changed"]


@pytest.mark.parametrize(
    ("lost", "wait", "surely_not"),
    [(OutcomeUnknown("Lost"), SETTLING, False), (RetryLater("Busy", after=9), timedelta(seconds=9), True)],
)
def test_a_telling_that_broke_off_is_made_again_as_no_first_one_if_it_may_have_arrived(
    lost: BridgeError, wait: timedelta, *, surely_not: bool
) -> None:
    world, office, order = world_that_takes()
    office.refusal = lost
    moved = later(order, 1, status="shipped")
    with pytest.raises(RetryLater) as caught:
        world.bring(moved)
    assert caught.value.after == wait.total_seconds()
    office.refusal = None
    world.bring(moved)
    world.bring(later(order, 2, status="done"))
    assert office.told == [("status", "shipped", True), ("status", "shipped", surely_not), ("status", "done", True)]


def test_what_was_told_is_not_in_doubt_when_a_step_after_it_breaks_off() -> None:
    world, office, order = world_that_takes(write_back={"document_field": "invoice"})
    office.number = "2026/17"
    paid = owed(later(order, 1), paid=True)
    with patch.object(world.shop, "set_document", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        world.bring(paid, owner="died")
    record = world.record(order)
    assert (record.trying, record.follow_ups, record.external_number) == ("", ("document",), "2026/17")
    world.clock.advance(seconds=3600)
    world.bring(paid)
    assert len(office.told) == 1
    assert world.shop.documents[-1] == ("invoice", "2026/17")


def test_what_may_have_been_told_stays_so_through_whatever_keeps_the_next_try_from_it() -> None:
    world, office, order = world_that_takes()
    moved = later(order, 1, status="shipped")
    for refusal in (OutcomeUnknown("Lost"), RetryLater("Busy", after=9)):
        office.refusal = refusal
        with pytest.raises(RetryLater):
            world.bring(moved)
    office.refusal = None
    world.bring(moved)
    assert [first for *_, first in office.told] == [True, False, False]


def test_a_resend_for_totals_keeps_the_telling_that_is_open_as_one_that_may_have_arrived() -> None:
    world, office, order = world_that_takes()
    off = {"total": order.totals.gross + 1}
    with patch.object(world.office, "read", lambda at: world.office.orders[0].model_copy(update={"id": at, **off})):
        other = placed(world, id="other", number="other")
        world.office.orders.clear()
        world.bring(other)
        office.refusal = OutcomeUnknown("Lost")
        moved = later(other, 1, status="shipped")
        with pytest.raises(RetryLater):
            world.bring(moved)
        office.refusal = None
        world.bring(moved, "resend")
    assert [(change, first) for change, _, first in office.told] == [("status", True), ("status", False)]


def test_a_crash_within_the_call_is_known_to_whoever_comes_next() -> None:
    world, office, order = world_that_takes()
    office.refusal = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        world.bring(later(order, 1, status="shipped"), owner="died")
    office.refusal = None
    world.clock.advance(seconds=3600)
    world.bring(later(order, 1, status="shipped"))
    assert office.told == [("status", "shipped", True), ("status", "shipped", False)]


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (AskAPerson("Nobody can tell", fix="Look."), "follow_up_refused"),
        (Held("It has no words for it", code="x", fix="Look."), "follow_up_refused"),
        (Rejected("No", code="7", fix="Look."), "follow_up_refused"),
    ],
)
def test_what_is_refused_waits_for_a_person_and_a_resend_tells_it_again(refusal: BridgeError, code: str) -> None:
    world, office, order = world_that_takes()
    office.refusal = refusal
    moved = owed(later(order, 1), paid=True)
    world.bring(moved)
    record = world.record(order)
    assert record.reason is not None
    assert (record.reason.code, record.undone, record.follow_ups) == (code, ("tell_paid",), ())
    office.refusal = None
    world.bring(moved, "resend")
    assert office.told == [("paid", order.status, True), ("paid", order.status, True)]
    assert (world.record(order).reason, world.record(order).undone) == (None, ())
    assert len(world.office.drafts) == 1


def test_a_status_without_words_there_waits_with_the_key_to_add() -> None:
    maps = {name: {"fallback": "="} for name in ("payment", "shipping", "tax")}
    world = OrderWorld(maps={**maps, "status": {"entries": {"open": "new"}}}, payment_statuses=[])
    world.office.changes = MemoryChanges(ALL)
    order = owed(placed(world, status="open"))
    world.bring(order)
    world.bring(later(order, 1, status="odd"))
    reason = world.record(order).reason
    assert reason is not None
    assert "odd" in reason.text
    assert world.office.changes.told == []


STATUSES = st.lists(
    st.tuples(st.sampled_from(["open", "packed", "shipped"]), st.booleans(), st.sampled_from(["", "busy", "lost"])),
    max_size=8,
)


@given(STATUSES)
def test_however_it_flips_the_office_ends_where_the_shop_stands_with_a_call_for_each_change(
    story: list[tuple[str, bool, str]],
) -> None:
    world, office, order = world_that_takes()
    version, calls, before = order, 0, order.status
    for number, (status, paid, trouble) in enumerate(story, 1):
        version = owed(later(order, number, status=status), paid=paid)
        office.refusal = {"busy": RetryLater("Busy", after=1), "lost": OutcomeUnknown("Lost"), "": None}[trouble]
        try:
            world.bring(version)
        except RetryLater:
            office.refusal = None
            world.bring(version)
            calls += 1
        calls, before = calls + (status != before), status
    last = [status for change, status, _ in office.told if change == "status"]
    assert (last[-1] if last else order.status) == version.status
    assert len([each for each in office.told if each[0] == "status"]) <= calls
    assert len(world.office.drafts) == 1


def test_a_doubt_is_settled_before_anything_newer_is_told() -> None:
    world, office, order = world_that_takes()
    office.refusal = OutcomeUnknown("Lost")
    with pytest.raises(RetryLater):
        world.bring(owed(later(order, 1), paid=True))
    office.refusal = None
    world.bring(owed(later(order, 2, status="shipped"), paid=True))
    assert office.told == [("paid", order.status, True), ("paid", "shipped", False), ("status", "shipped", True)]


# --- what waits for a person --------------------------------------------------------------------------------------


def moved_house(order: Order, number: int, street: str = "Elsewhere 1") -> Order:
    """The same order, to be sent to another street."""
    address = order.shipping_address.model_copy(update={"street": street})
    return later(order, number, shipping_address=address)


def twice_as_many(order: Order, number: int) -> Order:
    """The same order with more pieces of its first line."""
    first, *rest = order.lines
    return later(order, number, lines=(first.model_copy(update={"quantity": first.quantity * 2}), *rest))


def test_all_that_nobody_is_told_of_is_one_item_that_says_what_to_do() -> None:
    world, _, order = world_that_takes(TAKES_NOTHING)
    edited = twice_as_many(moved_house(order, 1), 2)
    world.bring(moved_house(order, 1))
    world.bring(edited)
    reason = world.record(order).reason
    assert reason
    assert reason.code == CHANGED
    assert world.record(order).waits
    for word in ("shipping address", "pieces"):
        assert word in reason.text
    assert reason.fix.count("in the back office") == 2
    assert "skip the order" in reason.fix
    assert world.log.of("order_changed_after_import", "code") == ["address_changed", "lines_changed"]


def test_what_was_edited_is_nothing_to_do_any_more_once_the_order_is_off() -> None:
    world, _, order = world_that_takes(TAKES_NOTHING)
    edited = twice_as_many(order, 1)
    world.bring(edited)
    world.bring(later(edited, 2, status="cancelled", cancelled=True))
    reason = world.record(order).reason
    assert reason
    assert (reason.code, reason.fix.count("in the back office")) == (CHANGED, 1)
    assert reason.text == "The order was cancelled in the shop."


def test_a_version_that_is_again_as_imported_waits_for_nobody() -> None:
    world, _, order = world_that_takes(TAKES_NOTHING)
    world.bring(moved_house(order, 1))
    assert world.record(order).waits
    world.bring(later(order, 2))
    record = world.record(order)
    assert (record.waits, record.newer, record.reason) == (False, None, None)


def test_what_was_done_by_hand_is_no_difference_afterwards() -> None:
    world, _, order = world_that_takes(TAKES_NOTHING)
    world.bring(moved_house(order, 1))
    claim = world.ledger.claim(world.record(order).model_copy(update={"origin": "resend"}), owner="p", lease=LEASE)
    drop_follow_ups(world.bridge, claim.record, Reason(code="skipped_by_operator", text="Done."), "p")
    world.bring(moved_house(order, 2))
    assert not world.record(order).waits
    world.bring(moved_house(order, 3, "Third street 3"))
    assert world.record(order).waits


@pytest.mark.parametrize(
    ("change", "edit"), [("address", moved_house), ("lines", twice_as_many)], ids=["address", "lines"]
)
def test_an_edit_is_told_where_it_can_be_and_waits_for_nobody(change: Any, edit: Any) -> None:
    world, office, order = world_that_takes(frozenset({change}))
    world.bring(edit(order, 1))
    world.bring(later(edit(order, 1), 2))
    assert [each for each, *_ in office.told] == [change]
    assert not world.record(order).waits
    assert world.log.of("order_changed_after_import") == []


def test_lines_are_told_with_the_products_that_the_office_has_and_a_status_without() -> None:
    world, office, order = world_that_takes(frozenset({"lines", "status"}))
    world.bring(twice_as_many(order, 1).model_copy(update={"status": "shipped"}))
    lines, status = office.products
    assert set(lines) == {line.id for line in order.lines if line.kind == "product"}
    assert status == {}


def test_a_status_that_nobody_takes_is_no_work_for_a_person() -> None:
    world, office, order = world_that_takes(TAKES_NOTHING)
    world.bring(later(order, 1, status="shipped"))
    assert office.told == []
    assert not world.record(order).waits


@pytest.mark.parametrize(("wanted", "told"), [(True, ["refunded"]), (False, [])])
def test_a_refund_is_told_only_where_that_is_switched_on(wanted: bool, told: list[str]) -> None:
    world, office, order = world_that_takes(frozenset({"refunded", "paid"}), changes={"refunds": wanted})
    paid = Payment(method="Card", method_keys=("card",), status="paid", paid=True, captured=Decimal(9))
    world.bring(later(order, 1, payment=paid))
    back = {"standing": "refunded_in_part", "refunded": Decimal(3)}
    for number in (2, 3):
        world.bring(later(order, number, payment=paid.model_copy(update=back)))
    assert [change for change, *_ in office.told][1:] == told
    assert world.record(order).waits is not wanted


def test_a_refusal_and_a_difference_are_one_item_and_each_goes_on_its_own() -> None:
    world, office, order = world_that_takes(frozenset({"paid"}))
    office.refusal = Rejected("No", code="7", fix="Look.")
    world.bring(moved_house(owed(order, paid=True), 1))
    reason = world.record(order).reason
    assert reason
    assert reason.code == "follow_up_refused"
    assert "shipping address" in reason.text
    world.bring(owed(later(order, 2), paid=True))
    reason = world.record(order).reason
    assert reason
    assert "shipping address" not in reason.text
    office.refusal = None
    world.bring(owed(later(order, 2), paid=True), "resend")
    assert not world.record(order).waits


def test_an_order_of_before_whose_end_nobody_noted_is_not_held_for_it_again() -> None:
    world, _, order = world_that_takes(TAKES_NOTHING)
    record = world.record(order)
    assert record.facts
    before = {"facts": record.facts.model_copy(update={"cancelled": None}), "source_status": "cancelled"}
    world.ledger.records[record.key] = record.model_copy(update=before)
    world.bring(later(order, 1, status="cancelled", cancelled=True))
    assert not world.record(order).waits
