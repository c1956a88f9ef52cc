"""Vendure to Tryton: the bridge is killed before and after every outside call of an order, from the plugin's call on.

Vendure tells by webhook, repeats what was not answered, and has no field for the number of a document: it becomes a
note, which stands there twice when it is written twice. An authorised order is captured when its import is told.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import in_process
from sandbox.platforms.tryton import PASSWORD, USER, TrytonEmulator
from sandbox.platforms.vendure import API_KEY, Buyer, Line, OrderSpec, ProductSpec, VendureEmulator
from sandbox.platforms.vendure.state import Order
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import AnyWorld, Calls, Killed

MOST_CALLS = 150
"""More outside calls than an order needs; a run that is not killed any more ends the matrix."""
SHOP, OFFICE = "shop.example", "tryton.example"
MUG, AT_FIRST = "MUG", 10_000
PROMISED, PAID = "PaymentAuthorized", "PaymentSettled"
HOOK_SECRET = "made-up-secret-of-the-plugin"
APART = 25 * 3600
"""Seconds between two orders: a poll reads the last day again."""


@dataclass
class VendureWorld(AnyWorld):
    """A shop with our plugin, and a back office whose references are not unique."""

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """A product is on both sides."""
        hooks = httpx.Client(transport=httpx.MockTransport(self._from_shop))
        self.shop = VendureEmulator(clock=self.clock, call=hooks.send)
        self.shop.add_product(ProductSpec(MUG, 5950, AT_FIRST))
        self.shop.install_plugin(f"https://bridge.example/hooks/{self.connection}", HOOK_SECRET)
        self.office = TrytonEmulator(clock=self.clock, currency="EUR")
        self.office.add_product(MUG, Decimal("49.1736"), AT_FIRST)
        return {SHOP: in_process(self.shop.app), OFFICE: in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        """Orders become processed sales; the shop is told the sale's number."""
        maps = {
            "status": {"entries": {PROMISED: "processing", PAID: "processing"}},
            "payment": {"entries": {"bank-transfer": str(self.office.payment_term)}},
            "shipping": {"entries": {"standard-shipping": "Courier"}},
            "tax": {"entries": {"21": str(self.office.taxes[21])}},
        }
        office = {"url": f"https://{OFFICE}", "database": self.office.database, "currency": "EUR"}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {"platform": "vendure", "settings": {"url": f"https://{SHOP}"}},
            "office": {"platform": "tryton", "settings": office},
            "orders": {"maps": maps, "payment_statuses": [], "write_back": {"status": PAID, "document_field": "sale"}},
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        """The shop's key and the plugin's secret, and our user's log-in."""
        shop = {"api_key": API_KEY, "webhook_secret": HOOK_SECRET}
        return {"shop": shop, "office": {"user": USER, "password": PASSWORD}}

    def place(self, number: int) -> Order:
        """Somebody whom the back office does not know orders, and promises to pay; the plugin waits with its call."""
        self.shop.webhooks.hold()
        return self.shop.place_order(OrderSpec((Line(MUG, 2),), str(number), Buyer(f"buyer-{number}@example.test")))


@pytest.fixture
def world(environment: Environment, connection_id: ConnectionId) -> VendureWorld:
    made = VendureWorld(environment, ManualClock(), connection_id)
    store_connection(made, made.secrets()["shop"])
    return made


def work_off(world: VendureWorld, delivery: str) -> None:
    """Let the bridge hear of the order in this way, and work off what it enqueued."""
    if delivery == "poll":
        world.shop.webhooks.drop()
        world.poll()
    else:
        world.shop.webhooks.release(times=2)
    while world.work():
        world.clock.advance(1)


def killed(world: VendureWorld, delivery: str) -> str:
    """At which call the process ended; empty when it lived. An intake that dies is a 502 to the plugin."""
    try:
        work_off(world, delivery)
    except Killed as death:
        return str(death)
    return f"intake, {world.calls.names[-1]}" if world.calls.struck else ""


def recover(world: VendureWorld) -> None:
    """New containers start; the plugin calls again, and the shop is polled as always."""
    world.new_container()
    world.clock.advance(200)
    world.shop.deliver()
    world.poll()
    world.settle()


def check(world: VendureWorld, order: Order, context: str) -> None:
    """The order is one processed sale of one party, paid in the shop, and noted there once."""
    sales = [sale for sale in world.office.sales if sale.values["reference"] == order.code]
    assert len(sales) == 1, f"{context}: {len(sales)} sales"
    record = world.record(str(order.id))
    assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
    assert record.external_id == str(sales[0].id), context
    assert world.office.total(sales[0]) == world.shop.total(order.id) == record.total, context
    assert sales[0].values["state"] == "processing", context
    assert (order.state, [each.state for each in order.payments]) == (PAID, ["Settled"]), context
    assert order.notes == [(f"sale: {record.external_number}", False)], context


@pytest.mark.parametrize(("delivery", "when"), [("webhook", "before"), ("poll", "after")])
def test_a_kill_at_any_outside_call_leaves_one_sale_one_note_and_a_truthful_ledger(
    world: VendureWorld, delivery: str, when: str
) -> None:
    deaths: list[str] = []
    for at in range(MOST_CALLS):
        order = world.place(10_000 + at)
        world.new_container(Calls(at=at, when=when))
        death = killed(world, delivery)
        recover(world)
        check(world, order, f"{delivery}, {when} call {at} ({death})")
        if not death:
            break
        deaths.append(death)
        world.clock.advance(APART)
    else:
        pytest.fail(f"more than {MOST_CALLS} outside calls: {deaths}")
    assert len([death for death in deaths if OFFICE in death]) >= 8, deaths
    assert len([death for death in deaths if SHOP in death]) >= 4, deaths
