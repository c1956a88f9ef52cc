"""One order on its way into the back office, with stores in memory: what is done, what is kept, what is said."""

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from shopbridge.errors import OutcomeUnknown, RetryLater
from shopbridge.flows.orders.messages import import_or_hold
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import SETTLING, Reason
from shopbridge.model.messages import OrderFound, OrderNotice, Origin
from shopbridge.model.order import Order
from tests.unit.flows.orders.order_world import MAPS, OrderWorld, placed

NEWER = "2026-03-02T10:00:00.000Z"
NOT_FOUND = "Not in the back office."
LOST = OutcomeUnknown("The answer was lost", where="office")
SAID_NO = Reason(code="odd", text="It is odd.", fix="Look at it.")


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


def lost(world: OrderWorld, order: Order, *, took_it: bool) -> None:
    """A first try whose answer was lost, and the time that it takes to settle."""
    world.office.refusal, world.office.took_it = LOST, took_it
    with pytest.raises(RetryLater) as later:
        world.bring(order)
    assert later.value.after == SETTLING.total_seconds()
    world.office.refusal = None
    world.clock.advance(seconds=SETTLING.total_seconds())


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
