"""One order on its way into the back office, with stores in memory: what is done, what is kept, what is said."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from shopbridge.errors import (
    AlreadyDone,
    BridgeError,
    Held,
    NeedsAttention,
    OutcomeUnknown,
    Rejected,
    RetryLater,
    Throttled,
)
from shopbridge.flows.orders.attempt import LOOK_BACK
from shopbridge.flows.orders.messages import import_or_hold
from shopbridge.flows.orders.records import LEASE
from shopbridge.flows.orders.steps import TOTALS_DIFFER
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.ledger import SETTLING, SKIPPED_BY_OPERATOR, LedgerState, Reason
from shopbridge.model.messages import OrderFound, OrderNotice, Origin
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order
from tests.unit.flows.orders.order_world import MAPS, OrderWorld, placed

NEWER = "2026-03-02T10:00:00.000Z"
FOUND_AGAIN = "Found in the back office after an interrupted try."
NOT_FOUND = "Not in the back office."
LOST = OutcomeUnknown("The answer was lost", where="office")
SAID_NO = Reason(code="odd", text="It is odd.", fix="Look at it.")
BY_HAND = Reason(code=SKIPPED_BY_OPERATOR, text="Skipped by the operator.")
IN_OFFICE = OrderReceipt(id=ExternalId("77"), number="B77", total=Decimal("53.24"), tax=None)


@pytest.fixture
def world() -> OrderWorld:
    return OrderWorld()


@pytest.fixture
def order(world: OrderWorld) -> Order:
    return placed(world)


# --- created once ---------------------------------------------------------------------------------------------------


def test_an_office_that_keeps_no_products_takes_lines_as_they_are(world: OrderWorld, order: Order) -> None:
    world.office.products = None
    world.bring(order)
    ((draft, _),) = world.office.drafts
    assert draft.payload["products"] == {}
    assert world.record(order).state == "DONE"


def test_an_order_that_came_in_a_message_is_not_looked_at_again(world: OrderWorld, order: Order) -> None:
    with patch.object(Order, "__init__", side_effect=AssertionError("it was made anew")):
        world.bring(order)
    assert world.record(order).state == "DONE"


def test_a_new_order_is_created_once_with_what_it_refers_to(world: OrderWorld, order: Order) -> None:
    world.bring(order)
    ((draft, again),) = world.office.drafts
    assert (draft.reference, draft.payload["total"], again) == ("W-10042", Decimal("53.24"), False)
    assert draft.payload["products"] == {"line-1": "product-sku-1"}
    record = world.record(order)
    assert (record.state, record.external_id, record.external_number, record.total) == (
        "DONE",
        "900",
        "B900",
        Decimal("53.24"),
    )
    assert (record.reason, record.follow_ups, record.lease_owner, record.lease_until) == (None, (), None, None)
    assert (record.sent_as, record.sent_total, record.origin) == ("W-10042", Decimal("53.24"), "poll")


@pytest.mark.parametrize(("lines", "more"), [(5, ""), (6, " and 1 more")])
def test_of_many_missing_products_five_are_named(world: OrderWorld, order: Order, lines: int, more: str) -> None:
    (line,) = order.lines
    gift = line.model_copy(update={"unit_price": Decimal(0), "total": Decimal(0), "taxes": ()})
    rows = [
        (gift if n else line).model_copy(update={"id": f"{n}", "sku": "", "name": f"Hat {n}"}) for n in range(lines)
    ]
    mixed = order.model_copy(update={"lines": tuple(rows)})
    world.bring(mixed)
    reason = world.record(mixed).reason
    assert reason is not None
    named = ", ".join(f"none (Hat {n})" for n in range(5))
    assert (reason.code, reason.text) == (
        "missing_product",
        f"The back office has no product with the sku {named}{more} (order 10042).",
    )


def test_it_is_in_doubt_before_the_creating_call_leaves(world: OrderWorld, order: Order) -> None:
    world.bring(order)
    before = world.ledger.story[0]
    assert (before.state, before.sent_at, before.sent_as) == ("SENT", world.clock(), "W-10042")
    assert before.lease_owner is not None


def test_an_import_is_told_with_what_it_is_called_there(world: OrderWorld, order: Order) -> None:
    world.bring(order, "webhook")
    assert world.log.lines[0] == (
        "order_imported",
        {
            "order": "10042",
            "office_order": "B900",
            "total": Decimal("53.24"),
            "currency": "EUR",
            "origin": "webhook",
        },
    )
    assert world.told(order)[:2] == ["Found by webhook.", "Created in the back office as B900."]
    assert world.office.notes == ["Please ring twice"]


def test_nothing_is_found_in_the_back_office_where_nobody_looked(world: OrderWorld, order: Order) -> None:
    world.bring(order)
    assert world.office.searches == []
    assert not [text for text in world.told(order) if "ound in the back office" in text or text == NOT_FOUND]


@pytest.mark.parametrize("origin", ["poll", "webhook", "first_import", "backfill"])
def test_the_same_version_again_does_nothing(world: OrderWorld, order: Order, origin: Origin) -> None:
    world.bring(order)
    record = world.record(order)
    world.bring(order, origin)
    assert world.record(order) == record
    assert len(world.office.orders) == 1


# --- in doubt -------------------------------------------------------------------------------------------------------


def lost(world: OrderWorld, order: Order, *, took_it: bool) -> None:
    """A first try whose answer was lost, and the time that it takes to settle."""
    world.office.refusal, world.office.took_it = LOST, took_it
    with pytest.raises(RetryLater) as later:
        world.bring(order)
    assert later.value.after == SETTLING.total_seconds()
    world.office.refusal = None
    world.clock.advance(seconds=SETTLING.total_seconds())


def test_a_lost_answer_leaves_it_in_doubt_and_free(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=True)
    record = world.record(order)
    assert (record.state, record.lease_owner, record.external_id) == ("SENT", None, None)


def test_what_a_lost_try_made_is_found_and_said_so_and_not_made_again(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=True)
    world.bring(order)
    assert len(world.office.drafts) == 1
    assert (world.record(order).state, world.record(order).external_id) == ("DONE", "900")
    assert FOUND_AGAIN in world.told(order)
    assert NOT_FOUND not in world.told(order)


def test_what_a_lost_try_did_not_make_is_said_not_to_be_there_and_made(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=False)
    world.bring(order)
    assert [again for _, again in world.office.drafts] == [False, False]
    assert world.record(order).state == "DONE"
    assert NOT_FOUND in world.told(order)
    assert FOUND_AGAIN not in world.told(order)


def test_it_is_looked_for_since_a_while_before_the_try(world: OrderWorld, order: Order) -> None:
    tried = world.clock()
    lost(world, order, took_it=True)
    world.bring(order)
    assert world.office.searches == [tried - LOOK_BACK]


def test_it_is_not_looked_for_before_the_try_has_settled(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=True)
    world.clock.advance(seconds=-1)
    with pytest.raises(RetryLater, match="may still take effect") as later:
        world.bring(order)
    assert later.value.after == 1
    assert world.office.searches == []


def test_where_nobody_can_look_it_is_sent_again_as_the_same_order(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=False)
    world.office.unsearchable = LOST
    world.bring(order)
    assert [again for _, again in world.office.drafts] == [False, True]
    assert any("cannot be searched" in text for text in world.told(order))
    assert FOUND_AGAIN not in world.told(order)


@pytest.mark.parametrize(
    "refusal",
    [
        Rejected("No", code="422", where="office", fix="Look."),
        Held("No", code="no", where="office", fix="Look."),
        NeedsAttention("No", where="office", fix="Look."),
        Throttled("Slow", after=60, buckets=("a",), where="office"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("doubtful", [False, True])
def test_a_refused_creation_leaves_no_doubt_and_none_that_was_there_goes(
    world: OrderWorld, order: Order, refusal: BridgeError, doubtful: bool
) -> None:
    """A refusal says that *this* call made nothing; of an earlier one it says nothing."""
    if doubtful:
        lost(world, order, took_it=False)
        world.office.unsearchable = LOST
    world.office.refusal = refusal
    with suppress(NeedsAttention, RetryLater):
        world.bring(order)
    certain: dict[type[BridgeError], LedgerState] = {Rejected: "REJECTED", Throttled: "INTENT"}
    open_state: LedgerState = "SENT" if isinstance(refusal, RetryLater) else "UNKNOWN"
    record = world.record(order)
    assert record.state == (open_state if doubtful else certain.get(type(refusal), "HELD"))
    assert (record.lease_owner, record.external_id) == (None, None)
    assert (record.sent_at is not None) is doubtful, "a call that surely made nothing is no try"


def test_a_refusal_forgets_the_products_that_were_used(world: OrderWorld, order: Order) -> None:
    world.office.refusal = Rejected("No such product", code="404", where="office", fix="Look.")
    world.bring(order)
    assert ("product-sku", "TEE-RED-M") in world.directory.forgotten
    reason = world.record(order).reason
    assert reason is not None
    assert (reason.code, reason.text) == ("404", "No such product (office).")
    assert world.log.of("order_held", "code") == ["404"]


def test_an_order_of_the_same_reference_is_not_taken_for_ours(world: OrderWorld, order: Order) -> None:
    world.office.refusal = AlreadyDone("It is there", where="office")
    world.bring(order)
    reason = world.record(order).reason
    assert reason is not None
    assert (world.record(order).state, reason.code) == ("HELD", "reference_taken")


# --- before the connection ------------------------------------------------------------------------------------------


def test_an_order_from_before_that_is_there_is_said_to_be_found(world: OrderWorld) -> None:
    old = placed(world).model_copy(update={"placed_at": world.clock() - timedelta(days=3)})
    world.office.orders.append(IN_OFFICE)
    world.bring(old, "first_import")
    assert world.office.drafts == []
    assert world.record(old).external_id == "77"
    assert [text for text in world.told(old) if text.startswith("Found in the back office, where it was before")]


def test_an_order_from_before_that_is_not_there_is_made_without_a_word_of_it(world: OrderWorld) -> None:
    old = placed(world).model_copy(update={"placed_at": world.clock() - timedelta(days=3)})
    world.bring(old, "first_import")
    assert len(world.office.drafts) == 1
    assert not [text for text in world.told(old) if "Found in the back office" in text]


# --- met again ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["backfill", "first_import", "poll", "webhook"])
@pytest.mark.parametrize("state", ["HELD", "REJECTED"])
def test_what_waits_for_a_person_is_left_alone_by_whoever_meets_it_again(
    world: OrderWorld, order: Order, state: LedgerState, origin: Origin
) -> None:
    """Also by those who read all orders whether they changed or not: they would send a refused order for ever."""
    stood = world.stands(order, state=state, reason=SAID_NO)
    world.bring(order, origin)
    assert world.record(order) == stood
    assert world.office.drafts == []


@pytest.mark.parametrize("state", ["HELD", "REJECTED"])
@pytest.mark.parametrize("change", [{"origin": "resend"}, {"revision": NEWER}])
def test_what_waits_goes_on_by_a_resend_or_a_newer_version(
    world: OrderWorld, order: Order, state: LedgerState, change: dict[str, Any]
) -> None:
    world.stands(order, state=state, reason=SAID_NO)
    newer = order.model_copy(update={"revision": change.get("revision", order.revision)})
    world.bring(newer, change.get("origin", "poll"))
    assert (world.record(order).state, world.record(order).reason) == ("DONE", None)
    assert world.record(order).revision == newer.revision


def imported(world: OrderWorld, order: Order, **changes: Any) -> None:
    """The order stands as imported; the office has it with its total."""
    world.office.orders.append(IN_OFFICE)
    world.stands(order, state="DONE", external_id=IN_OFFICE.id, external_number="B77", **changes)


def test_an_imported_order_that_waits_for_a_person_is_looked_at_anew_when_it_is_resent(
    world: OrderWorld, order: Order
) -> None:
    imported(world, order, reason=Reason(code=TOTALS_DIFFER, text="The totals differ.", fix="Compare."))
    world.bring(order, "resend")
    record = world.record(order)
    assert (record.state, record.reason, record.total, record.follow_ups) == ("DONE", None, Decimal("53.24"), ())
    assert "Total read back: 53.24 EUR, as in the shop." in world.told(order)
    assert world.office.drafts == []


def test_an_imported_order_that_still_differs_waits_on_after_its_resend(world: OrderWorld, order: Order) -> None:
    reason = Reason(code=TOTALS_DIFFER, text="The totals differ.", fix="Compare.")
    imported(world, order, reason=reason)
    world.office.orders = [IN_OFFICE.model_copy(update={"total": Decimal("53.00")})]
    world.bring(order, "resend")
    left = world.record(order).reason
    assert left is not None
    assert (left.code, world.record(order).state) == (TOTALS_DIFFER, "DONE")
    assert "Shop: 53.24" in left.text


def test_what_an_imported_order_waits_for_is_not_done_again_for_a_newer_version(
    world: OrderWorld, order: Order
) -> None:
    reason = Reason(code=TOTALS_DIFFER, text="The totals differ.", fix="Compare.")
    imported(world, order, reason=reason)
    world.bring(order.model_copy(update={"revision": NEWER}))
    record = world.record(order)
    assert (record.reason, record.total, record.revision) == (reason, None, NEWER)


def test_an_imported_order_with_nothing_open_is_not_touched_by_a_resend(world: OrderWorld, order: Order) -> None:
    imported(world, order)
    stood = world.record(order)
    world.bring(order, "resend")
    assert world.record(order) == stood


@pytest.mark.parametrize("origin", ["poll", "webhook", "backfill", "first_import"])
def test_an_order_skipped_by_hand_keeps_the_newest_version_that_was_seen(
    world: OrderWorld, order: Order, origin: Origin
) -> None:
    world.stands(order, state="SKIPPED", reason=BY_HAND)
    world.bring(order.model_copy(update={"revision": NEWER}), origin)
    record = world.record(order)
    assert (record.state, record.reason, record.revision) == ("SKIPPED", BY_HAND, NEWER)
    assert (record.lease_owner, record.lease_until) == (None, None)
    assert world.office.drafts == []


def test_an_order_skipped_by_hand_is_taken_up_by_a_resend(world: OrderWorld, order: Order) -> None:
    world.stands(order, state="SKIPPED", reason=BY_HAND)
    world.bring(order, "resend")
    assert world.record(order).state == "DONE"


# --- leases ---------------------------------------------------------------------------------------------------------


def test_an_order_that_another_worker_has_is_tried_when_its_lease_is_out(world: OrderWorld, order: Order) -> None:
    world.stands(order, lease_owner="other", lease_until=world.clock() + LEASE)
    with pytest.raises(RetryLater, match="Another worker") as later:
        world.bring(order)
    assert (later.value.after, later.value.where) == (LEASE.total_seconds(), "order 10042")
    world.clock.advance(seconds=LEASE.total_seconds())
    world.bring(order)
    assert world.record(order).state == "DONE"


@pytest.mark.parametrize("state", ["DONE", "HELD", "REJECTED", "SKIPPED"])
def test_a_settled_record_whose_worker_died_is_settled_all_the_same(
    world: OrderWorld, order: Order, state: LedgerState
) -> None:
    """Its lease ran out and nobody let go of it: nothing waits for it, and nothing is done again."""
    reason = None if state == "DONE" else SAID_NO
    until = world.clock() - timedelta(seconds=1)
    stood = world.stands(order, state=state, reason=reason, lease_owner="dead", lease_until=until)
    world.bring(order)
    assert world.record(order) == stood
    assert world.office.drafts == []


def test_a_settled_record_whose_worker_died_moves_with_a_newer_version(world: OrderWorld, order: Order) -> None:
    until = world.clock() - timedelta(seconds=1)
    world.stands(order, state="HELD", reason=SAID_NO, lease_owner="dead", lease_until=until)
    world.bring(order.model_copy(update={"revision": NEWER}))
    assert (world.record(order).state, world.record(order).lease_owner) == ("DONE", None)


# --- judged ---------------------------------------------------------------------------------------------------------


def test_an_order_that_is_not_taken_is_skipped_with_its_reason(world: OrderWorld) -> None:
    order = placed(world, cancelled=True)
    world.bring(order)
    record = world.record(order)
    assert (record.state, record.reason and record.reason.code) == ("SKIPPED", "cancelled")
    assert world.log.of("order_skipped", "code") == ["cancelled"]
    assert world.office.drafts == []


def test_an_order_that_may_be_there_is_not_skipped_but_left_to_a_person(world: OrderWorld, order: Order) -> None:
    lost(world, order, took_it=False)
    world.office.unsearchable = LOST
    world.bring(order.model_copy(update={"cancelled": True, "revision": NEWER}))
    record = world.record(order)
    assert (record.state, record.reason and record.reason.code) == ("UNKNOWN", "in_doubt")


def test_an_order_with_a_value_that_no_map_knows_is_held_before_anything_is_sent() -> None:
    world = OrderWorld(maps={**MAPS, "payment": {}})
    order = placed(world)
    world.bring(order)
    record = world.record(order)
    assert (record.state, record.reason and record.reason.code) == ("HELD", "unmapped_payment")
    assert (world.office.drafts, record.sent_at) == ([], None)


def test_an_order_that_a_backfill_reached_for_keeps_to_it_when_it_is_resent(world: OrderWorld) -> None:
    old = placed(world).model_copy(update={"placed_at": world.clock() - timedelta(days=300)})
    world.stands(old, state="HELD", reason=SAID_NO, origin="backfill")
    world.bring(old, "resend")
    assert (world.record(old).state, world.record(old).origin) == ("DONE", "backfill")


def test_the_shop_is_told_after_the_import(order: Order) -> None:
    world = OrderWorld(write_back={"status": "in_progress"})
    world.bring(order)
    assert world.shop.statuses == ["in_progress"]
    assert world.record(order).source_status == "in_progress"


# --- messages -------------------------------------------------------------------------------------------------------


def away(world: OrderWorld) -> None:
    world.office.refusal = RetryLater("The back office is away", after=30, where="POST /orders")


def found(world: OrderWorld, order: Order) -> OrderFound:
    return OrderFound(connection=world.connections.connection.id, order=order, origin="poll")


def notice(world: OrderWorld, order: Order) -> OrderNotice:
    connection = world.connections.connection.id
    return OrderNotice(
        connection=connection, order_id=order.id, origin="webhook", event="order", received_at=world.clock()
    )


def test_an_order_that_waits_is_told_with_its_number_and_why(world: OrderWorld, order: Order) -> None:
    away(world)
    with pytest.raises(RetryLater):
        import_or_hold(world.bridge, found(world, order), last_try=False)
    facts = {"order": "10042", "reason": "The back office is away (POST /orders)."}
    assert world.log.lines == [("order_waits", facts)]


def test_an_announced_order_that_waits_is_told_with_its_id(world: OrderWorld, order: Order) -> None:
    world.shop.shown = [order]
    away(world)
    with pytest.raises(RetryLater):
        import_or_hold(world.bridge, notice(world, order), last_try=False)
    assert world.log.of("order_waits", "order") == [order.id]


def test_at_its_last_try_it_is_held_for_a_person_instead(world: OrderWorld, order: Order) -> None:
    away(world)
    import_or_hold(world.bridge, found(world, order), last_try=True)
    reason = world.record(order).reason
    assert reason is not None
    assert (world.record(order).state, reason.code) == ("HELD", "gave_up")
    assert "The back office is away" in reason.text
    assert world.log.of("order_waits") == []


def test_what_waited_under_the_name_a_webhook_has_for_it_is_settled_when_the_order_is_known(
    world: OrderWorld, order: Order
) -> None:
    world.shop.shown = [order]
    named = notice(world, order).model_copy(update={"order_id": OrderId("/10042")})
    away(world)
    import_or_hold(world.bridge, named, last_try=True)
    world.office.refusal = None
    import_or_hold(world.bridge, named.model_copy(update={"origin": "resend"}), last_try=True)
    (other,) = (record for key, record in world.ledger.records.items() if key.id == "/10042")
    assert other.reason is not None
    assert (other.state, other.reason.code, world.record(order).state) == ("SKIPPED", "known_otherwise", "DONE")
    import_or_hold(world.bridge, named, last_try=True)
    assert len(world.office.drafts) == 2


def test_an_import_is_stored_before_the_shop_is_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What we write into the shop makes another version of the order, by which nobody would import it."""
    world = OrderWorld(write_back={"status": "in_progress"})
    order, stood = placed(world), list[str]()

    def set_status(*_: object) -> str:
        stood.append(world.record(order).state)
        return "Set."

    monkeypatch.setattr(world.shop, "set_status", set_status)
    world.bring(order)
    assert stood == ["DONE"]
    assert [record.state for record in world.ledger.story] == ["SENT", "DONE", "DONE"]


def test_a_new_order_of_which_nobody_is_told_costs_two_writes(world: OrderWorld, order: Order) -> None:
    world.bring(order)
    assert [(record.state, record.lease_owner is None) for record in world.ledger.story] == [
        ("SENT", False),
        ("DONE", True),
    ]
