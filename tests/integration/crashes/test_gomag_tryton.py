"""Gomag to Tryton: the bridge is killed before and after every outside call of a poll with one new order.

A sale is made, quoted and confirmed by a call each, and its reference is not unique. Whatever call the process dies at,
there is one sale in the end, which is processed, and the ledger knows it.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.gomag import GomagEmulator, ProductSpec
from sandbox.platforms.gomag.emulator import KEY, PAID, SHOP
from sandbox.platforms.kit import in_process
from sandbox.platforms.tryton import PASSWORD, USER, TrytonEmulator
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import AnyWorld, Calls, Killed, every_other
from tests.integration.worlds.romanian import AT_FIRST, MUG, ON_ITS_WAY, an_order

MOST_CALLS = 150
"""More outside calls than a poll needs; a run that is not killed any more ends the matrix."""
FIRST_NUMBER = 60_001
CALLS = 8
"""Calls to the back office that an order of a new buyer takes at least."""
APART = timedelta(days=1)


@dataclass
class TrytonWorld(AnyWorld):
    """A shop without webhooks, and a back office whose references are not unique."""

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Both have room for every call; a product is on both sides."""
        self.shop = GomagEmulator(clock=self.clock, rate="1000", read_burst=100_000, write_burst=100_000)
        self.shop.add_product(ProductSpec(MUG, Decimal("59.50"), AT_FIRST, vat=Decimal(21)))
        self.office = TrytonEmulator(clock=self.clock, currency="RON")
        self.office.add_product(MUG, Decimal("49.1736"), AT_FIRST)
        return {"api.gomag.ro": in_process(self.shop.app), "tryton.example": in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        """Orders are to be found by polls alone, and become processed sales."""
        new, paid, told = (str(self.shop.status_id(name)) for name in ("Comanda NEW", PAID, ON_ITS_WAY))
        maps = {
            "status": {"entries": dict.fromkeys((new, paid), "processing")},
            "payment": {"entries": {"Ordin de Plata": str(self.office.payment_term)}},
            "shipping": {"entries": {"Curier rapid": "Courier"}},
            "tax": {"entries": {"21": str(self.office.taxes[21])}},
        }
        shop = {"url": "https://api.gomag.ro", "limit_factor": "100", "shop": SHOP, "paid_statuses": [paid]}
        office = {"url": "https://tryton.example", "database": self.office.database, "currency": "RON"}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {"platform": "gomag", "settings": shop},
            "office": {"platform": "tryton", "settings": office},
            "orders": {"maps": maps, "write_back": {"status": told}},
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        """The shop's key, and our user's log-in."""
        return {"shop": {"api_key": KEY}, "office": {"user": USER, "password": PASSWORD}}


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> TrytonWorld:
    made = TrytonWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


def work_off(world: TrytonWorld) -> None:
    """Poll, and import what it finds."""
    world.poll()
    while world.work():
        world.clock.advance(1)


def killed(world: TrytonWorld) -> str:
    """At which call the process ended; empty when it lived."""
    try:
        work_off(world)
    except Killed as death:
        return str(death)
    return ""


def recover(world: TrytonWorld) -> None:
    """New containers start; the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.poll()
    world.settle()


def check(world: TrytonWorld, order_id: int, number: str, context: str) -> None:
    """The order is one processed sale of one party, and the shop was told."""
    sales = [sale for sale in world.office.sales if sale.values["reference"] == number]
    assert len(sales) == 1, f"{context}: {len(sales)} sales"
    record = world.record(f"{order_id}/{number}")
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == str(sales[0].id), context
    assert world.office.total(sales[0]) == world.shop.order_totals()[number] == record.total, context
    assert world.shop.status_of(order_id) == ON_ITS_WAY, context
    assert (sales[0].values["state"], sales[0].values["shipment_state"]) == ("processing", "waiting"), context
    mails = [
        way
        for way in world.office.data.table("party.contact_mechanism").values()
        if way.values["value"] == f"buyer-{number}@example.test"
    ]
    assert len(mails) == 1, f"{context}: {len(mails)} parties"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_outside_call_leaves_one_processed_sale_and_a_truthful_ledger(
    world: TrytonWorld, when: str
) -> None:
    deaths: list[str] = []
    for at in every_other(MOST_CALLS):
        world.new_container(Calls(at=at, when=when))
        number = FIRST_NUMBER + at
        order_id = world.shop.place_order(an_order(number)).id
        death, made = killed(world), world.calls.names
        recover(world)
        check(world, order_id, str(number), f"{when} call {at} ({death})")
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART.total_seconds())
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert len([call for call in made if "tryton" in call]) >= CALLS, made
