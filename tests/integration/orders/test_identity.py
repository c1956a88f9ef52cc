"""A number is no identity: two orders of one number, ranges that begin anew, answers that are lost between them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sandbox.platforms.gomag.emulator import PAID
from shopbridge.flows.orders.references import TAKEN
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import to_item
from tests.integration.conftest import ManualClock
from tests.integration.stage import (
    BOOK,
    LAMP,
    NewWorld,
    an_order,
    bring,
    copies,
    imported,
    store_connection,
    told,
    unannounced,
)
from tests.integration.world import World, as_json
from tests.integration.worlds.romanian import RomanianWorld
from tests.integration.worlds.romanian import an_order as a_romanian_order

SAME = {"number": "10001", "sales_channel": "Netherlands"}
OTHER = {"number": "10001", "sales_channel": "Germany"}


def copy_of(world: World, order_id: str) -> Decimal:
    """The total of an order's own copy."""
    record = world.record(order_id)
    assert record.state == "DONE", record
    (copy,) = [each for each in world.office.orders if str(each.id) == record.external_id]
    return copy.totals.price


def waits(record: LedgerRecord, state: str) -> str:
    """The words of a record that is held since its reference is another's, with what to do."""
    assert (record.state, record.reason and record.reason.code) == (state, TAKEN), record
    assert record.reason is not None
    assert record.reason.fix.endswith(".")
    return record.reason.text


def tick(world: World) -> None:
    """Lost answers are looked up once they have settled."""
    world.clock.advance(60)
    world.settle()


# --- an office that can be searched ---------------------------------------------------------------------------


def test_two_orders_of_one_number_are_two_orders(new_world: NewWorld) -> None:
    world = new_world()
    first, second = bring(world, **SAME), bring(world, LAMP, **OTHER)
    assert world.record(first).external_id != world.record(second).external_id
    assert (copy_of(world, first), copy_of(world, second)) == (Decimal("28.79"), Decimal("64.49"))


@pytest.mark.parametrize("lines", [(), (LAMP,)], ids=["same total", "other total"])
def test_a_lost_request_does_not_find_the_other_order_of_its_number(new_world: NewWorld, lines: tuple[()]) -> None:
    world = new_world()
    first = bring(world, **SAME)
    world.office.faults.plan("lost_request", "POST /orders")
    second = bring(world, *lines, **OTHER)
    assert len(copies(world, second)) == 2
    assert world.record(first).external_id != world.record(second).external_id
    assert "Not in the back office." in told(world.record(second))


def test_a_lost_answer_finds_its_own_order_behind_the_other_of_its_number(new_world: NewWorld) -> None:
    world = new_world()
    first = bring(world, **SAME)
    world.office.faults.plan("lost_answer", "POST /orders")
    second = bring(world, **OTHER)
    assert len(copies(world, second)) == 2
    assert world.record(first).external_id != world.record(second).external_id
    assert "Found in the back office after an interrupted try." in told(world.record(second))


def test_two_lost_answers_of_one_number_are_told_apart_by_their_totals(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders", times=2)
    first, second = (unannounced(world, an_order(*lines, **who)) for lines, who in (((), SAME), ((BOOK,), OTHER)))
    world.poll()
    world.settle()
    assert len(copies(world, first)) == 2
    assert (copy_of(world, first), copy_of(world, second)) == (Decimal("28.79"), Decimal("15.69"))


def test_what_cannot_be_told_apart_waits_with_both_named_and_a_skip_and_a_resend_solve_it(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    first = unannounced(world, an_order(**SAME))
    world.poll()
    world.work()
    world.work()
    assert world.record(first).state == "SENT"
    world.office.faults.plan("lost_request", "POST /orders")
    second = unannounced(world, an_order(**OTHER))
    world.poll()
    world.settle()
    for order_id in (first, second):
        text = waits(world.record(order_id), "UNKNOWN")
        assert first in text
        assert second in text
    assert len(copies(world, first)) == 1
    world.ask("skip", connection=world.connection, order=second, remark="not the one that is there")
    world.ask("resend", connection=world.connection, order=first)
    world.settle()
    world.ask("resend", connection=world.connection, order=second)
    world.settle()
    assert len(copies(world, first)) == 2
    assert world.record(first).external_id != world.record(second).external_id
    assert {world.record(each).state for each in (first, second)} == {"DONE"}


def test_a_new_order_costs_no_look_at_the_ledger_or_the_office(new_world: NewWorld) -> None:
    world = new_world()
    bring(world, **SAME)
    world.new_container(replace(world.calls, names=[]))
    bring(world, **OTHER)
    assert "Query" not in world.calls.names
    assert not [name for name in world.calls.names if "GET /api/rest/v1/orders/" in name and name.endswith("orders/")]


def test_the_channel_is_part_of_the_reference_where_the_settings_say_so(new_world: NewWorld) -> None:
    world = new_world(reference="channel_number", channel_codes={"Germany": "DE"})
    world.office.faults.plan("lost_answer", "POST /orders", times=2)
    first, second = (unannounced(world, an_order(**who)) for who in (SAME, OTHER))
    world.poll()
    world.settle()
    found = [
        [order.id for order in world.office.orders_by_reference(name)] for name in ("Netherlands-10001", "DE-10001")
    ]
    assert [[str(each) for each in ids] for ids in found] == [
        [world.record(first).external_id],
        [world.record(second).external_id],
    ]


def test_an_order_in_doubt_is_looked_up_as_it_was_sent_though_the_setting_changed(new_world: NewWorld) -> None:
    world = new_world()
    world.office.faults.plan("lost_answer", "POST /orders")
    order_id = world.place(an_order())
    world.work()
    assert (world.record(order_id).state, world.record(order_id).sent_as) == ("SENT", "10001")
    world.changes = {**world.changes, "reference": "channel_number"}
    world.office_changes = {"reference_prefix": "SW-"}
    world.ask("change", settings=world.settings())
    tick(world)
    imported(world, order_id)
    assert world.office.calls.by_route["POST /orders"] == 1


# --- orders that are older than the connection ----------------------------------------------------------------


def begin_anew(world: World) -> None:
    """Another connection knows nothing of what the first one brought."""
    world.clock.advance(3600)
    world.connection = ConnectionId(f"{world.connection}-anew")
    store_connection(world, world.secrets()["shop"])


def test_the_first_import_of_a_second_connection_takes_what_is_there_instead_of_making_it_again(
    new_world: NewWorld,
) -> None:
    world = new_world(app=False)
    placed = [unannounced(world, an_order(number=str(number))) for number in range(20_001, 20_006)]
    world.poll()
    world.settle()
    begin_anew(world)
    before = world.office.calls.by_route["GET /orders"]
    world.poll()
    world.settle()
    assert [len(copies(world, order_id)) for order_id in placed] == [1] * len(placed)
    for order_id in placed:
        assert "where it was before this connection" in told(imported_record(world, order_id))
    assert world.office.calls.by_route["GET /orders"] - before == 2, "both lists, once for all orders"


def imported_record(world: World, order_id: str) -> LedgerRecord:
    imported(world, order_id)
    return world.record(order_id)


def test_an_older_order_whose_number_another_one_has_waits_instead_of_being_taken_for_it(new_world: NewWorld) -> None:
    world = new_world(app=False)
    gone = unannounced(world, an_order(number="20001"))
    world.poll()
    world.settle()
    twin = unannounced(world, an_order(LAMP, number="20001"))
    world.shop.delete_order(gone)
    begin_anew(world)
    world.poll()
    world.settle()
    text = waits(world.record(twin), "HELD")
    assert "28.79" in text
    assert "64.49" in text
    assert len(copies(world, twin)) == 1


# --- an office that keeps one order of a reference --------------------------------------------------------------


@pytest.fixture
def romanian(environment: Environment, connection_id: ConnectionId) -> RomanianWorld:
    world = RomanianWorld(environment, ManualClock(), connection_id)
    store_connection(world, world.secrets()["shop"])
    return world


def order_again(world: RomanianWorld, number: int) -> str:
    """An order of this number is placed and polled; its id."""
    order = world.shop.place_order(a_romanian_order(number))
    world.poll()
    world.settle()
    return f"{order.id}/{order.number}"


def test_a_range_that_begins_anew_a_year_later_overwrites_nothing(romanian: RomanianWorld) -> None:
    first = order_again(romanian, 10_001)
    before = romanian.office.orders[0].body
    romanian.clock.advance(365 * 86_400)
    second = order_again(romanian, 10_001)
    text = waits(romanian.record(second), "HELD")
    assert f"id {first}" in text
    assert f"({second})" in text
    assert romanian.office.orders[0].body == before
    assert not [name for name in romanian.calls.names if "bocp.eu PUT" in name]
    assert romanian.record(first).state == "DONE"


def test_a_reference_that_somebody_elses_order_has_is_told_as_that(romanian: RomanianWorld) -> None:
    gone = order_again(romanian, 10_001)
    romanian.shop.set_status(int(gone.partition("/")[0]), PAID)
    romanian.connection = ConnectionId(f"{romanian.connection}-other")
    store_connection(romanian, romanian.secrets()["shop"])
    romanian.poll()
    romanian.settle()
    assert "an order there that no record of this connection names" in waits(romanian.record(gone), "HELD")
    assert len(romanian.office.orders) == 1


def test_an_order_in_doubt_is_not_sent_to_an_address_that_another_record_owns(romanian: RomanianWorld) -> None:
    first = order_again(romanian, 10_001)
    romanian.clock.advance(86_400)
    romanian.office.faults.plan("lost_request", "POST connector/{id}/order/{id}")
    second = order_again(romanian, 10_001)
    text = waits(romanian.record(second), "UNKNOWN")
    assert f"id {first}" in text
    assert not [name for name in romanian.calls.names if "bocp.eu PUT" in name]


def test_a_record_of_before_that_kept_no_reference_owns_its_number_all_the_same(romanian: RomanianWorld) -> None:
    first = order_again(romanian, 10_001)
    old = romanian.record(first).model_copy(update={"sent_as": ""})
    romanian.container.store.ledger.table.put(to_item(old))
    romanian.clock.advance(86_400)
    romanian.office.faults.plan("lost_request", "POST connector/{id}/order/{id}")
    waits(romanian.record(order_again(romanian, 10_001)), "UNKNOWN")


def test_the_log_names_the_code(romanian: RomanianWorld) -> None:
    order_again(romanian, 10_001)
    romanian.clock.advance(86_400)
    order_again(romanian, 10_001)
    (line,) = [each for each in map(as_json, romanian.lines) if each["event"] == "order_held"]
    assert line["code"] == TAKEN
