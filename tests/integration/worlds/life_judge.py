"""What is promised of orders at every moment of their life, and at its end."""

from dataclasses import dataclass, field
from datetime import timedelta

from chaos.ledgers import END_STATES
from shopbridge.flows.orders.references import DOUBTED, TAKEN
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import SKIPPED_BY_OPERATOR, LedgerRecord
from tests.integration.worlds.life_world import NAMES, LifeWorld

OVERLAP = timedelta(minutes=10)

Known = dict[str, dict[str, LedgerRecord]]


@dataclass
class OrderFates:
    """Which orders were placed, by connection, and what people did to them."""

    placed: list[tuple[str, OrderId]] = field(default_factory=list)
    unwanted: set[OrderId] = field(default_factory=set)
    """Cancelled before the bridge knew of them."""
    set_aside: set[OrderId] = field(default_factory=set)
    skipped_in_doubt: set[OrderId] = field(default_factory=set)


def judge_moment(world: LifeWorld, fates: OrderFates) -> None:
    known = {name: world.records(name) for name in NAMES}
    no_order_has_two_documents_and_none_is_anothers(world)
    no_order_is_there_that_nobody_wants(world, fates, known)
    the_cursor_never_passes_what_nobody_was_handed(world, fates, known)


def judge_end(world: LifeWorld, fates: OrderFates) -> None:
    for name, order_id in fates.placed:
        judge_order(world, fates, name, order_id)


def no_order_has_two_documents_and_none_is_anothers(world: LifeWorld) -> None:
    for name in NAMES:
        office = world.office(name)
        office.catch_up()
        references = [each.reference for each in office.made]
        assert len(references) == len(set(references)), references
        strangers = [each for each in office.made if each.shop != world.linked(name, each.made_at)]
        assert not strangers, strangers


def no_order_is_there_that_nobody_wants(world: LifeWorld, fates: OrderFates, known: Known) -> None:
    for name, order_id in fates.placed:
        if order_id in fates.unwanted:
            assert not world.office(name).copies(order_id), order_id
        if order_id in fates.set_aside:
            assert known[name][order_id].is_set_aside, known[name][order_id]


def the_cursor_never_passes_what_nobody_was_handed(world: LifeWorld, fates: OrderFates, known: Known) -> None:
    for name in NAMES:
        cursor = world.cursor(name)
        if cursor is None or world.status(name) == "deleted":
            continue
        safe = cursor.since - OVERLAP
        for order_id in (each for owner, each in fates.placed if owner == name):
            shown = world.shop(name).shown(order_id)
            passed = shown is not None and shown.at < safe
            assert not passed or order_id in known[name] or world.waits(name, order_id), (order_id, cursor)


def judge_order(world: LifeWorld, fates: OrderFates, name: str, order_id: OrderId) -> None:
    record = world.records(name).get(order_id)
    order, copies = world.shop(name).newest(order_id), world.office(name).copies(order_id)
    told = (order_id, record, copies)
    assert record is not None, told
    assert record.state in END_STATES, told
    assert record.lease_owner is None, told
    code = record.reason.code if record.reason else ""
    if record.state == "DONE":
        assert [each.receipt.id for each in copies] == [record.external_id], told
    elif record.state == "UNKNOWN":
        assert code in (TAKEN, DOUBTED), told
    else:
        assert not copies or code in (TAKEN, DOUBTED, SKIPPED_BY_OPERATOR), told
        assert code, told
    wanted = order.payment is not None and order.payment.paid and not order.cancelled
    nobody_can_tell = code == TAKEN and order_id in fates.skipped_in_doubt
    if wanted and record.state != "UNKNOWN" and code != SKIPPED_BY_OPERATOR and not nobody_can_tell:
        assert record.state == "DONE", told
