"""Shoprenter to InnVoice: the bridge is killed before and after every outside call of a poll with one new order.

An invoice is a legal document, and nothing in InnVoice tells which order it is of. So a creation whose outcome is
unknown is never sent again: it waits for a person. Every other death leaves one invoice. The same of an invoice that is
made of a pro forma.
"""

from collections.abc import Callable
from datetime import timedelta

import boto3
import pytest

from sandbox.platforms.shoprenter.furnish import ON_ITS_WAY, PENDING, PROCESSING
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import records, store_connection
from tests.integration.world import Calls, Killed, every_other
from tests.integration.worlds.hungarian import OFFICE, HungarianWorld, an_order, order_id

MOST_CALLS = 150
"""More outside calls than a poll needs; a run that is not killed any more ends the matrix."""
FIRST_NUMBER = 70_001
CREATION = f"{OFFICE} POST"
ORDER = order_id(FIRST_NUMBER)
IN_DOUBT = 4
"""Calls between the ledger's word that an order is about to be sent, and its word that it was made."""
APART = timedelta(days=3)
"""Between two orders: a poll reads whole days again, and should find one order only."""


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> HungarianWorld:
    return at_work(HungarianWorld(environment, ManualClock(), connection_id))


def at_work(world: HungarianWorld) -> HungarianWorld:
    """Connected, with its first import behind it: what that finds may be there already, and waits for a person."""
    store_connection(world, world.secrets()["shop"])
    work_off(world)
    world.clock.advance(60)
    return world


def work_off(world: HungarianWorld) -> None:
    """Poll, and import what it finds."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: HungarianWorld) -> str:
    """At which call the process ended; empty when it lived."""
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def recover(world: HungarianWorld) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def is_in_doubt(record: LedgerRecord) -> bool:
    return (record.state, record.reason and record.reason.code) == ("UNKNOWN", "in_doubt")


def check(world: HungarianWorld, number: int, context: str) -> bool:
    """The order has one invoice and the shop knows it, or waits for a person; whether it waits."""
    documents, record = world.documents(number), world.record(order_id(number))
    assert len(documents) <= 1, f"{context}: {len(documents)} invoices"
    assert (record.follow_ups, record.lease_owner) == ((), None), f"{context}: {record}"
    if is_in_doubt(record):
        return True
    assert (record.state, record.external_id) == ("DONE", str(documents[0].techid)), f"{context}: {record}"
    assert documents[0].total == world.shop.order(number).total, context
    assert world.shop.order(number).status == ON_ITS_WAY, context
    # The shop's list of invoices cannot be searched by order: it may have the same one twice.
    assert {invoice["invoiceId"] for invoice in world.shop.invoices_of(number)} == {documents[0].number}, context
    return False


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_invoice_at_most_and_a_truthful_ledger(
    world: HungarianWorld, when: str
) -> None:
    deaths: list[str] = []
    doubts: list[str] = []
    for at in every_other(MOST_CALLS):
        world.new_container(Calls(at=at, when=when))
        number = world.shop.place_order(an_order(FIRST_NUMBER + at)).id
        death = killed(world)
        recover(world)
        if check(world, number, f"{when} call {at} ({death})"):
            doubts.append(death)
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert deaths
    assert 0 < len(doubts) <= IN_DOUBT, doubts


def killed_at_the_creation(world: HungarianWorld, when: str) -> LedgerRecord:
    """What became of an order whose creation was cut off, once new containers have worked on."""
    world.shop.place_order(an_order(FIRST_NUMBER))
    world.new_container(Calls(on=CREATION, when=when))
    assert CREATION in killed(world)
    recover(world)
    return world.record(ORDER)


def resend(world: HungarianWorld) -> LedgerRecord:
    world.ask("resend", connection=world.connection, order=ORDER)
    world.settle()
    return world.record(ORDER)


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_an_invoice_in_doubt_waits_for_a_person_and_is_never_sent_again(
    world: HungarianWorld, when: str, made: int
) -> None:
    record = killed_at_the_creation(world, when)
    for _ in range(2):
        assert is_in_doubt(record)
        assert record.reason is not None
        assert record.sent_at is not None
        known = f"It was sent as {FIRST_NUMBER} at {record.sent_at:%Y-%m-%d %H:%M:%S} UTC, its total 5300.00"
        assert record.reason.text.startswith(known)
        assert record.reason.fix
        assert len(world.office.documents) == made
        world.clock.advance(86_400)
        world.poll()
        record = resend(world)


def test_what_a_person_found_in_the_back_office_is_skipped_and_what_is_not_there_is_sent_as_a_new_one(
    world: HungarianWorld,
) -> None:
    killed_at_the_creation(world, "before")
    world.ask("skip", connection=world.connection, order=ORDER, remark="It is not in InnVoice.")
    assert resend(world).state == "DONE"
    assert len(world.office.documents) == 1


def anew(world: HungarianWorld) -> None:
    """The connection is made anew under another id."""
    world.connection = ConnectionId(f"{world.connection}-anew")
    store_connection(world, world.secrets()["shop"])


def without_its_ledger(world: HungarianWorld) -> None:
    """The state table is lost, and with it what was sent."""
    table = boto3.resource("dynamodb").Table(world.environment.state_table)
    for name in records(world, world.connection):
        table.delete_item(Key={"connection": world.connection, "record": name})


@pytest.mark.parametrize("lose", [anew, without_its_ledger])
def test_what_a_lost_ledger_may_have_made_is_made_again_only_when_a_person_sends_it(
    world: HungarianWorld, lose: Callable[[HungarianWorld], None]
) -> None:
    world.shop.place_order(an_order(FIRST_NUMBER))
    work_off(world)
    lose(world)
    world.shop.set_status(FIRST_NUMBER, PROCESSING)  # as before it was imported
    for _ in range(2):
        recover(world)
        record = world.record(ORDER)
        assert (record.state, record.reason and record.reason.code) == ("HELD", "in_doubt")
        assert len(world.office.documents) == 1
        world.clock.advance(86_400)
    assert resend(world).state == "DONE"
    assert len(world.office.documents) == 2


def test_an_order_whose_status_flips_five_times_in_a_minute_becomes_one_invoice(world: HungarianWorld) -> None:
    number = world.shop.place_order(an_order(FIRST_NUMBER, PENDING)).id
    for status in (PROCESSING, PENDING, PROCESSING, PENDING, PROCESSING):
        world.shop.set_status(number, status)
        world.poll()
        world.work(twice=True)
        world.clock.advance(10)
    world.poll()
    world.settle()
    assert world.record(order_id(number)).state == "DONE"
    assert [document.total for document in world.office.documents] == [world.shop.order(number).total]


# --- pro formas ---------------------------------------------------------------------------------------------------

INVOICING = "POST proforma_invoice"


@pytest.fixture
def proformas(environment: Environment, connection_id: ConnectionId) -> HungarianWorld:
    """A world in which orders become pro formas; one has, and was paid since."""
    world = at_work(HungarianWorld(environment, ManualClock(), connection_id, "proforma"))
    world.shop.place_order(an_order(FIRST_NUMBER, PENDING))
    work_off(world)
    recover(world)  # the shop shows the status that we set
    (proforma,) = world.office.documents
    assert proforma.kind == "proforma_invoice"
    world.clock.advance(86_400)
    world.shop.set_status(FIRST_NUMBER, PROCESSING)
    return world


def left_undone(record: LedgerRecord) -> str:
    assert (record.state, record.follow_ups, record.reason and record.reason.code) == ("DONE", (), "follow_up_refused")
    return record.reason.text if record.reason else ""


@pytest.mark.parametrize("fault", ["", "throttled"])
def test_a_pro_forma_becomes_one_invoice_once_its_order_is_paid_and_the_shop_knows_its_number(
    proformas: HungarianWorld, fault: str
) -> None:
    world = proformas
    if fault:
        world.office.faults.plan(fault, INVOICING)
    for _ in range(2):
        recover(world)
    proforma, invoice = world.office.documents
    record = world.record(ORDER)
    assert (record.state, record.reason, record.external_number) == ("DONE", None, invoice.number)
    assert proforma.turned_into == invoice
    assert invoice.number in {each["invoiceId"] for each in world.shop.invoices_of(FIRST_NUMBER)}


@pytest.mark.parametrize(("when", "made"), [("before", 1), ("after", 2)])
def test_an_invoice_of_a_pro_forma_in_doubt_is_made_again_only_when_a_person_sends_it(
    proformas: HungarianWorld, when: str, made: int
) -> None:
    world = proformas
    world.new_container(Calls(on="/proforma_invoice", when=when))
    assert "/proforma_invoice" in killed(world)
    for _ in range(2):
        recover(world)
        text = left_undone(world.record(ORDER))
        assert "may have become an invoice already" in text
        assert len(world.office.documents) == made
    record = resend(world)
    assert len(world.office.documents) == 2  # InnVoice refuses a second one
    assert record.reason is None if when == "before" else "already" in left_undone(record)


def test_a_kill_at_any_outside_call_while_a_payment_is_told_leaves_one_invoice_at_most(
    proformas: HungarianWorld,
) -> None:
    world, doubts = proformas, 0
    for at in range(MOST_CALLS):
        number = FIRST_NUMBER + 1 + at
        world.new_container()
        world.shop.place_order(an_order(number, PENDING))
        recover(world)
        recover(world)
        world.shop.set_status(number, PROCESSING)
        world.new_container(Calls(at=at, when="after"))
        death = killed(world)
        recover(world)
        record = world.record(order_id(number))
        invoices = [each for each in world.documents(number) if each.kind == "invoice"]
        if record.reason:
            assert "may have become an invoice already" in left_undone(record), death
            doubts += 1
        else:
            assert [record.external_number] == [each.number for each in invoices], death
        assert len(invoices) <= 1, death
        if not death:
            break
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls")
    assert 0 < doubts <= IN_DOUBT + 2  # and the calls that read its number
