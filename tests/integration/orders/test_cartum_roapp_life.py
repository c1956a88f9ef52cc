"""Cartum and RO App after the import: what either side does to an order, and what the other one knows of it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cartum import Address, Line, Order
from sandbox.platforms.cartum.orders.totals import to_pay
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection, told
from tests.integration.worlds.roapp import MUG, SOAP, RoAppWorld

TICK = 300
STREET = "Str. Noua 9"
WRITES = {"orders/update"}


class Pair:
    """An imported order on both sides."""

    def __init__(self, world: RoAppWorld) -> None:
        self.world = world
        self.order: Order = world.place()
        self.look()
        (self.there,) = world.copies(self.order)

    def look(self) -> None:
        """Five minutes pass, and both sides are read."""
        self.world.clock.advance(TICK)
        self.world.poll()
        self.world.settle()

    @property
    def stands(self) -> tuple[str, str]:
        return str(self.world.shop.order(self.order.id).status), str(self.there.status)

    @property
    def waits(self) -> tuple[str, str]:
        """The code of what a person is asked for, and the sentence."""
        reason = self.world.record(str(self.order.id)).reason
        return (reason.code, reason.text) if reason else ("", "")

    @property
    def story(self) -> str:
        return told(self.world.record(str(self.order.id)))

    def writes(self) -> int:
        """Calls that change something, on both sides."""
        shop, office = self.world.shop.calls.by_route, self.world.office.calls.by_route
        changing = sum(count for route, count in office.items() if not route.startswith("GET "))
        return changing + sum(count for function, count in shop.items() if function in WRITES)


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> RoAppWorld:
    made = RoAppWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


@pytest.fixture
def pair(world: RoAppWorld) -> Pair:
    return Pair(world)


@pytest.mark.parametrize(("there", "here"), [(52, "2"), (54, "6"), (55, "3"), (56, "4")])
def test_a_status_of_ro_app_comes_to_the_shop(pair: Pair, there: int, here: str) -> None:
    pair.world.office.set_status(pair.there.id, there)
    pair.look()
    assert (pair.stands, pair.waits) == ((here, str(there)), ("", ""))


@pytest.mark.parametrize(("here", "there"), [(6, "54"), (3, "55"), (4, "56")])
def test_a_status_of_the_shop_comes_to_ro_app(pair: Pair, here: int, there: str) -> None:
    pair.world.shop.set_status(pair.order.id, here)
    pair.look()
    assert (pair.stands, pair.waits) == ((str(here), there), ("", ""))


@pytest.mark.parametrize("side", ["shop", "office"])
def test_nothing_comes_back_of_what_was_told(pair: Pair, side: str) -> None:
    if side == "shop":
        pair.world.shop.set_status(pair.order.id, 6)
    else:
        pair.world.office.set_status(pair.there.id, 54)
        pair.world.office.set_tracking(pair.there.id, "RO1")
    pair.look()
    before, story = pair.writes(), pair.story
    for _ in range(6):
        pair.look()
    assert (pair.writes(), pair.story) == (before, story)


def test_the_newer_of_two_moves_counts_and_is_written_once(pair: Pair) -> None:
    pair.world.shop.set_status(pair.order.id, 6)
    pair.world.clock.advance(30)
    pair.world.office.set_status(pair.there.id, 55)
    pair.look()
    assert pair.stands == ("3", "55")


def test_a_tracking_code_comes_and_a_corrected_one_too(pair: Pair) -> None:
    shop = pair.world.shop
    for code in ("RO111", "RO222"):
        pair.world.office.set_tracking(pair.there.id, code)
        pair.look()
        assert shop.order(pair.order.id).tracking_code == code


def test_lines_that_are_edited_are_brought_to_the_cent(pair: Pair) -> None:
    lines = Line(MUG, Decimal("33.33"), 5), Line(SOAP, Decimal("7.45"), 3)
    pair.world.shop.edit(pair.order.id, lines=lines)
    pair.look()
    assert pair.world.units(pair.there) == {MUG: 5, SOAP: 3}
    assert pair.there.total == to_pay(pair.world.shop.order(pair.order.id))
    assert pair.waits == ("", "")


def test_a_line_that_is_taken_away_waits_for_a_person_with_what_it_was(pair: Pair) -> None:
    pair.world.shop.edit(pair.order.id, lines=(Line(MUG, Decimal("33.33"), 2),))
    pair.look()
    code, text = pair.waits
    assert code == "follow_up_refused"
    assert SOAP in text
    assert pair.world.units(pair.there) == {MUG: 2, SOAP: 3}


def test_another_address_is_told_in_a_comment(pair: Pair) -> None:
    pair.world.shop.edit(pair.order.id, address=Address(STREET, "Iasi"))
    pair.look()
    said = "\n".join(pair.world.office.comments(pair.there.id))
    assert STREET in said
    assert "Iasi" in said
    assert pair.waits == ("", "")


def test_a_payment_that_comes_later_waits_for_a_person_since_ro_app_takes_none(pair: Pair) -> None:
    pair.look()  # what our own write made of the order is seen first
    pair.world.shop.pay(pair.order.id)
    pair.look()
    code, text = pair.waits
    assert code == "changed_after_import"
    assert "paid" in text
    pair.world.ask("skip", connection=pair.world.connection, order=str(pair.order.id), remark="Entered by hand.")
    pair.look()
    assert pair.waits == ("", "")


def _reorder(pair: Pair) -> None:
    pair.world.shop.edit(pair.order.id, lines=(Line(MUG, Decimal("33.33"), 9), Line(SOAP, Decimal("7.45"), 3)))


def _complete(pair: Pair) -> None:
    pair.world.shop.set_status(pair.order.id, 3)


@pytest.mark.parametrize("change", [_reorder, _complete])
def test_nothing_is_forced_on_an_order_whose_goods_are_written_off(pair: Pair, change: Callable[[Pair], Any]) -> None:
    pair.world.office.write_off(pair.there.id)
    change(pair)
    pair.look()
    code, text = pair.waits
    assert code == "follow_up_refused"
    assert "written off" in text
    assert (pair.world.units(pair.there), pair.there.status) == ({MUG: Decimal(2), SOAP: Decimal(3)}, 51)


def test_an_order_that_ro_app_takes_up_again_is_left_to_a_person(pair: Pair) -> None:
    pair.world.office.cancel(pair.there.id)
    pair.look()
    assert pair.stands == ("4", "56")
    pair.world.office.set_status(pair.there.id, 52)
    pair.look()
    assert pair.stands == ("4", "52")
    code, text = pair.waits
    assert (code, "took the order up again" in text) == ("statuses_differ", True)


def test_an_order_in_another_currency_than_the_accounts_is_held(world: RoAppWorld) -> None:
    world.shop.add_currency("EUR")
    order = world.place(replace(world.place().spec, currency="EUR"))
    world.poll()
    world.settle()
    record = world.record(str(order.id))
    assert (record.state, record.reason and record.reason.code) == ("HELD", "currency_not_taken")
    assert world.copies(order) == []
