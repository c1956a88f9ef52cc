"""What became of orders in the back office: read page by page, handed on once it is news, brought to the shop once."""

from datetime import timedelta
from typing import Any

import pytest

from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.flows.orders.poll import LEAST_OVERLAP
from shopbridge.flows.orders.progress import ask_for_progress, read_progress, read_progress_or_leave
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.messages import OrderMoved, PollRequest, ProgressRequest
from shopbridge.model.progress import Shipment
from tests.unit.flows.orders.memory_platforms import MemoryProgress
from tests.unit.flows.orders.order_world import OrderWorld, placed
from tests.unit.flows.orders.two_sides import FOLLOWING, SHOP, TwoSides

SHOP_ID = ConnectionId("my-shop")
ASKED = ProgressRequest(connection=SHOP_ID)
EVERYTHING: dict[str, Any] = {"shipments": True, "document_number": True, "document_link_field": "link"}
DPD = Shipment(code="EX1", carrier="DPD")


def following(orders: int = 1, **changes: Any) -> OrderWorld:
    """Imported orders of a connection that follows its back office, which was read once."""
    world = OrderWorld(changes=changes or FOLLOWING, write_back={"document_field": "invoice"})
    world.office.progress = MemoryProgress(world.clock)
    for number in range(orders):
        order = placed(world, id=OrderId(f"o{number}"), number=str(number))
        world.bring(order)
        world.office.progress.shows(world.record(order).external_id or "", order.status)
    read_progress(world.bridge, ASKED)
    world.orders.messages.clear()
    world.clock.advance(minutes=5)
    return world


def read(world: OrderWorld) -> list[str]:
    """The orders that a reading hands on, by what the office calls them."""
    read_progress(world.bridge, ASKED)
    sent: list[Any] = world.orders.messages
    found: list[str] = [each.office_id for each in sent if isinstance(each, OrderMoved)]
    sent.clear()
    return found


def office(world: OrderWorld) -> MemoryProgress:
    assert world.office.progress
    return world.office.progress


# --- reading ------------------------------------------------------------------------------------------------------


def test_only_orders_with_news_that_came_through_us_are_handed_on() -> None:
    world = following(3)
    office(world).shows("901", "2")
    office(world).shows("5000", "2")
    assert read(world) == ["901"]


def test_all_pages_are_read_and_the_next_window_begins_where_this_one_was_opened() -> None:
    world = following(5)
    for number in range(5):
        office(world).shows(f"90{number}", "2")
    opened = world.clock()
    assert len(read(world)) == 5
    assert world.cursors.cursor
    assert (world.cursors.cursor.since, world.cursors.cursor.position) == (opened, None)
    world.clock.advance(minutes=5)
    read(world)
    assert office(world).asked_since[-1] == opened - LEAST_OVERLAP


def test_a_reading_that_breaks_off_goes_on_from_its_place() -> None:
    world = following(5)
    for number in range(5):
        office(world).shows(f"90{number}", "2")
    office(world).busy = RetryLater("Busy", after=9)
    with pytest.raises(RetryLater):
        read_progress(world.bridge, ASKED)
    assert world.cursors.cursor
    assert world.cursors.cursor.position == "2"
    office(world).busy = None
    assert set(read(world)) == {f"90{number}" for number in range(5)}


def test_one_reading_answers_all_hints_before_it() -> None:
    world = following()
    asked = world.clock() - timedelta(minutes=9)
    before = len(office(world).asked_since)
    read_progress(world.bridge, ProgressRequest(connection=SHOP_ID, asked_at=asked))
    assert len(office(world).asked_since) == before
    read_progress(world.bridge, ProgressRequest(connection=SHOP_ID, asked_at=world.clock()))
    assert len(office(world).asked_since) == before + 1


def test_an_office_that_calls_for_each_of_our_own_lines_is_read_twice_a_minute_at_the_most() -> None:
    """RO App calls when its API key's own employee changes something, too (platform file, "Webhooks")."""
    world = following()
    before, put_off, late = len(office(world).asked_since), 0, list[ProgressRequest]()
    for _ in range(120):
        world.clock.advance(seconds=1)
        late.append(ProgressRequest(connection=SHOP_ID, asked_at=world.clock()))
        try:
            read_progress(world.bridge, late[-1])
        except RetryLater as wait:
            put_off += 0 < wait.after <= 30
    world.clock.advance(seconds=31)
    for request in late:
        read_progress(world.bridge, request)
    readings = len(office(world).asked_since) - before
    assert (readings, put_off) == (5, 116)


def test_who_follows_nothing_reads_nothing() -> None:
    world = OrderWorld()
    world.office.progress = MemoryProgress(world.clock)
    assert read_progress(world.bridge, ASKED) == 0
    assert office(world).asked_since == []


def test_a_reading_that_keeps_failing_is_left_to_the_next_tick_and_told() -> None:
    world = following(5)
    office(world).busy = RetryLater("Busy", after=9)
    with pytest.raises(RetryLater):
        read_progress_or_leave(world.bridge, ASKED, tries=1)
    read_progress_or_leave(world.bridge, ASKED, tries=3)
    assert len(world.log.of("progress_failed")) == 1


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (Rejected("No", code="7", where="POS", fix="Look."), "progress_refused"),
        (NeedsAttention("No", where="POS", fix="Look."), "connection_stopped"),
    ],
)
def test_a_refused_reading_is_told(error: Exception, event: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = following()

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(office(world), "changed", refuse)
    assert read_progress(world.bridge, ASKED) == 0
    assert len(world.log.of(event)) == 1


@pytest.mark.parametrize(
    ("request_", "asks"),
    [
        (PollRequest(connection=SHOP_ID), True),
        (PollRequest(connection=SHOP_ID, hops=1), False),
        (PollRequest(connection=SHOP_ID, asked_at=placed(OrderWorld()).placed_at), False),
    ],
)
def test_the_office_is_asked_with_each_tick_that_polls_the_shop(request_: PollRequest, asks: bool) -> None:
    for changes, wanted in ((FOLLOWING, asks), ({}, False)):
        world = OrderWorld(changes=changes)
        ask_for_progress(world.bridge, world.connection, request_)
        sent: list[Any] = world.polls.messages
        assert sent == ([ASKED] if wanted else [])


# --- what is brought ----------------------------------------------------------------------------------------------


def test_a_tracking_code_is_written_once_and_a_second_one_beside_it() -> None:
    town = TwoSides({"shipments": True})
    for shipments in ((DPD,), (DPD,), (DPD, Shipment(code="EX2"))):
        town.tick()
        town.office.progress and town.office.progress.shows(town.office.now.id, "1", shipments=shipments)
        town.settle()
    assert town.shop.shipments == [("EX1",), ("EX1", "EX2")]
    assert town.shop.writes.done == []
    assert town.world.told(town.shop.now).count("Noted the shipments.") == 2


def test_the_documents_number_and_link_are_written_once_they_exist() -> None:
    town = TwoSides(EVERYTHING, write_back={"document_field": "invoice"})
    before = len(town.shop.documents)
    for _ in range(2):
        town.tick()
        assert town.office.progress
        town.office.progress.shows(town.office.now.id, "1", number="R-7", document_url="https://pos.example/7")
        town.settle()
    assert town.shop.documents[before:] == [("link", "https://pos.example/7"), ("invoice", "R-7")]
    assert town.record.external_number == "R-7"


@pytest.mark.parametrize("name", ["set_shipments", "set_document"])
def test_what_the_shop_refuses_waits_for_a_person_and_is_not_tried_by_itself(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, tries = TwoSides(EVERYTHING), []

    def refuse(*_: object) -> str:
        tries.append(1)
        raise Rejected("No", code="gone", fix="Look.")

    monkeypatch.setattr(town.shop, name, refuse)
    assert town.office.progress
    told: dict[str, Any] = {"shipments": (DPD,)} if name == "set_shipments" else {"document_url": "https://x.example"}
    town.tick()
    town.office.progress.shows(town.office.now.id, "1", **told)
    for _ in range(3):
        town.settle()
    assert len(tries) == 1
    assert town.record.waits
    monkeypatch.undo()
    town.world.bring(town.shop.now, "resend")
    assert town.record.reason is None
    assert town.shop.shipments or town.shop.documents


def test_nothing_of_it_is_written_unless_it_is_chosen() -> None:
    town = TwoSides({"shipments": True})
    assert town.office.progress
    town.tick()
    town.office.progress.shows(town.office.now.id, "3", number="R-7", document_url="https://pos.example/7")
    town.settle()
    assert (town.shop.now.status, town.shop.documents, town.shop.shipments) == (SHOP[0], [], [])


def test_an_order_that_is_gone_on_one_side_is_left_alone() -> None:
    town = TwoSides()
    town.move("office", 2)
    town.read_office()
    assert town.office.progress
    town.office.progress.orders.clear()
    town.deliver(0)
    assert (town.inbox, town.written, town.record.lease_owner) == ([], 0, None)
