"""An order that the import meets again: in doubt, waiting for a person, skipped, or in another worker's hands."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

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
from shopbridge.flows.orders.records import LEASE
from shopbridge.flows.orders.steps import TOTALS_DIFFER
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import SETTLING, SKIPPED_BY_OPERATOR, LedgerState, Reason
from shopbridge.model.messages import Origin
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order
from tests.unit.flows.orders.order_world import OrderWorld, placed

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
