"""What only RO App does: orders that are filled call by call, contacts by telephone, comments, goods that have left."""

from collections.abc import Callable
from typing import Any

import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderChange, OrderDraft, OrderReceipt
from shopbridge.model.order import Order
from tests.contract.benches.roapp import VARIANTS, Bench, bench
from tests.salespos_orders import ADDRESS, CUSTOMER, D, line, shipping

ITEMS, STATUS, ORDERS = "POST /v2/orders/{id}/items", "POST /v2/orders/{id}/status", "POST /v2/orders"
PEOPLE = "POST /v2/contacts/people"
every_dialect = pytest.mark.parametrize("make", VARIANTS.values(), ids=list(VARIANTS))


def bought(at: Bench) -> Order:
    """Two products and delivery."""
    return at.order([line(1, quantity=D(2)), line(2, price=D("7.50"))], shipping({D(21): D("4.95")}))


def draft(at: Bench, of: Order | None = None, **parts: Any) -> OrderDraft:
    """It as it is sent: a guest's, moved to the second status."""
    of, mug = of or bought(at), at.put("MUG", 99)
    guests = at.parts(of, mug, **{"customer_id": None, "status": "52", **parts})
    planned: OrderDraft = at.part("order_target").plan(of, guests)
    return planned


def made(at: Bench, of: Order | None = None) -> ExternalId:
    receipt: OrderReceipt = at.part("order_target").create(draft(at, of))
    return receipt.id


def spent(at: Bench, work: Callable[[], object]) -> int:
    """What a piece of work costs in calls."""
    before = at.made()
    work()
    return at.made() - before


def told(at: Bench, order: ExternalId, of: Order, change: OrderChange, **settings: Any) -> str:
    """Tell a change of an order whose products are found as before."""
    target = at.connector(**settings).order_changes
    assert target is not None
    mug = ExternalId(str(at.account.products_by_sku("MUG")[0].id))
    return target.tell(order, of, at.parts(of, mug, status="56"), change, first=True).text


def test_a_guests_order_of_two_products_takes_seven_calls_and_one_to_read_it_back() -> None:
    at = bench()
    planned, target = draft(at), at.part("order_target")
    receipts: list[OrderReceipt] = []
    assert spent(at, lambda: receipts.append(target.create(planned))) == 7
    assert spent(at, lambda: target.read(receipts[0].id)) == 1
    assert target.read(receipts[0].id).total == bought(at).totals.gross
    assert at.account.calls.by_route[ITEMS] == 3


def strike(at: Bench, fault: str, route: str, skip: int) -> None:
    """Let a fault happen at a route, once it was called so often."""
    if skip:
        at.plan("afterwards", route, detail=lambda: strike(at, fault, route, skip - 1))
    else:
        at.plan(fault, route)


def settled(at: Bench, planned: OrderDraft) -> OrderReceipt:
    """What becomes of an order as the flow settles it: each try in a new container."""
    since, doubtful = at.clock(), False
    for _ in range(4):
        target = at.part("order_target")
        try:
            found = list(target.find(planned.reference, since, afresh=True)) if doubtful else []
            receipt: OrderReceipt = found[0] if found else target.create(planned)
        except OutcomeUnknown:
            if doubtful:  # the search left it to the creation
                return finished(at, planned)
            doubtful = True
            at.rest()
        else:
            return receipt
    raise AssertionError("it does not end")


def finished(at: Bench, planned: OrderDraft) -> OrderReceipt:
    receipt: OrderReceipt = at.part("order_target").create(planned, again=True)
    return receipt


@every_dialect
@pytest.mark.parametrize("fault", ["lost_answer", "lost_request", "server_error", "error_afterwards", "cut_body"])
@pytest.mark.parametrize(("route", "skip"), [(PEOPLE, 0), (ORDERS, 0), (ITEMS, 0), (ITEMS, 1), (ITEMS, 2), (STATUS, 0)])
def test_whatever_breaks_off_there_is_one_order_with_each_line_once(
    make: Callable[[], Bench], route: str, skip: int, fault: str
) -> None:
    at = make()
    planned = draft(at)
    strike(at, fault, route, skip)
    receipt = settled(at, planned)
    (order,) = at.account.orders
    assert (str(order.id), order.status, order.total) == (receipt.id, 52, bought(at).totals.gross)
    assert [item.comment for item in order.items] == ["SKU-1", "SKU-2", "DHL"]
    assert len([each for each in at.account.contacts if each.values.get("email") == CUSTOMER.email]) == 1


def test_a_buyer_who_is_there_by_telephone_and_name_gets_no_second_contact() -> None:
    at = bench()
    there = at.account.add_person("Sanne", "Visser", phone="0700 000 001")
    at.account.add_person("Sanne", "Visser", phone="+40 700 000 001", email="other@example.com")
    before = len(at.account.contacts)
    home = ADDRESS.model_copy(update={"phone": "+40 (700) 000-001"})
    order = made(at, at.order(billing_address=home))
    assert at.account.order(order).client == there.id
    assert len(at.account.contacts) == before


def test_a_product_that_went_leaves_an_order_in_part_that_is_finished_once_it_is_back() -> None:
    at = bench()
    planned, since = draft(at), at.clock()
    mug = at.account.product("MUG")
    at.account.delete_product(mug)
    with pytest.raises(OutcomeUnknown, match="in part"):
        at.part("order_target").create(planned)
    target = at.part("order_target")
    with pytest.raises(OutcomeUnknown):
        target.find(planned.reference, since, afresh=True)
    with pytest.raises(Rejected, match="entity_id"):
        target.create(planned, again=True)
    at.account.account.products[mug.id] = mug
    at.part("order_target").create(planned, again=True)
    assert [order.total for order in at.account.orders] == [bought(at).totals.gross]


# --- what becomes of it -------------------------------------------------------------------------------------------


@every_dialect
def test_a_changed_delivery_is_a_comment_however_it_is_spelt_or_else_a_note(make: Callable[[], Bench]) -> None:
    at = make()
    of = bought(at)
    order = made(at, of)
    moved = of.model_copy(update={"shipping_address": of.shipping_address.model_copy(update={"city": "Zwolle"})})
    told(at, order, moved, "address")
    kept = at.account.order(order)
    written = [*at.account.comments(order), kept.values["manager_notes"]]
    assert sum("Zwolle" in text for text in written) == 1
    assert all(comment.private for comment in kept.comments)
    assert bool(kept.comments) is bool(at.account.account.assumed.comments)


def test_a_cancellation_moves_it_to_the_mapped_status_unless_goods_have_left() -> None:
    at = bench()
    of = bought(at)
    free, gone = made(at, of), made(at, of.model_copy(update={"number": "10043"}))
    at.account.write_off(gone)
    told(at, free, of, "cancelled")
    assert at.account.status_of(free) == "Cancelled"
    changes: tuple[OrderChange, ...] = ("cancelled", "status", "lines")
    for change in changes:
        with pytest.raises(Held) as caught:
            told(at, gone, of, change)
        assert caught.value.code == "written_off"
    assert at.account.status_of(gone) == "In progress"


@every_dialect
def test_edited_lines_are_written_and_what_people_added_is_told(make: Callable[[], Bench]) -> None:
    at = make()
    of = bought(at)
    order = made(at, of)
    edited = at.order([line(1, quantity=D(3)), line(2, price=D("7.50")), line(3, price=D(2))], of.shipping)
    told(at, order, edited, "lines")
    assert at.account.order(order).total == edited.totals.gross
    at.account.add_item(order, "MUG")
    with pytest.raises(Held, match="Somebody may have added"):
        told(at, order, edited, "lines")
    assert len(at.account.order(order).items) == 5


def test_a_removed_line_waits_or_becomes_nothing() -> None:
    at = bench()
    of = bought(at)
    order = made(at, of)
    less = at.order([line(1, quantity=D(2))], of.shipping)
    at.account.change_product(at.account.product("MUG"), sku="SKU-2")
    at.account.add_product("MUG")
    with pytest.raises(Held, match="SKU-2"):
        told(at, order, less, "lines")
    told(at, order, less, "lines", zero_removed_lines=True)
    assert at.account.order(order).total == less.totals.gross


# --- rights and choices -------------------------------------------------------------------------------------------


def test_a_right_that_is_missing_is_named_and_stops_the_connection() -> None:
    at = bench()
    at.account.forbid("GET /v2/company/employees")
    with pytest.raises(NeedsAttention, match="may not read"):
        at.part("account").ping()


def test_managers_who_left_are_not_dealt_orders() -> None:
    at = bench()
    with pytest.raises(NeedsAttention) as caught:
        at.connector(managers=(33,)).account.ping()
    assert "31 (Max Demo)" in caught.value.what
    target = at.connector(managers=()).order_target
    for number in range(12):
        of = at.order(number=str(number))
        target.create(target.plan(of, at.parts(of, at.put(f"MUG-{number}"))))
    dealt = {order.values["manager_id"] for order in at.account.orders}
    assert dealt == {31, 32}
