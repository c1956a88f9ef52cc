"""Reconciling and `why` with every shop and every kind of back office: what each can say, and what it cannot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.orders.reconcile import reconcile
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.desk_operations import Reconcile
from shopbridge.model.ledger import EffectKey, LedgerRecord
from shopbridge.model.office import OrderPage, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.model.run import OrderCursor
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.store.ledger.items import to_item
from tests.integration.conftest import Calls, ManualClock
from tests.integration.stage import store_connection
from tests.integration.world import AnyWorld
from tests.integration.worlds.hungarian import HungarianWorld, order_id
from tests.integration.worlds.hungarian import an_order as hungarian
from tests.integration.worlds.roapp import RoAppWorld
from tests.integration.worlds.romanian import RomanianWorld
from tests.integration.worlds.romanian import an_order as romanian
from tests.integration.worlds.unas import UnasWorld, record_of
from tests.unit.flow_samples import an_order, connection_with

FIRST = 80_001


def at_work(world: Any) -> Any:
    """Connected, with its first import behind it."""
    store_connection(world, world.secrets()["shop"])
    world.poll()
    world.settle()
    world.clock.advance(600)
    return world


def work_off(world: AnyWorld) -> None:
    world.poll()
    world.settle()


def passes(world: AnyWorld) -> None:
    """Two hours later everything up to then has been read, whatever was there."""
    world.clock.advance(7200)
    cursors = world.container.bridge.cursors
    standing = cursors.load(world.connection, "orders")
    fresh = OrderCursor(since=world.clock(), version=standing.version if standing else 0)
    cursors.save(world.connection, "orders", fresh)


def reconciled(world: AnyWorld) -> dict[str, Any]:
    found = dict(world.ask("reconcile", connection=world.connection))
    assert (found["next"], found["stops"]) == ("", "")
    return found


def why(world: AnyWorld, number: str) -> dict[str, Any]:
    (order,) = world.ask("why", connection=world.connection, order=number)["orders"]
    return dict(order)


def repaired(world: AnyWorld, order: str) -> dict[str, Any]:
    done = dict(world.ask("repair", connection=world.connection, orders=[order], confirm=1, by="anna"))
    assert done["done"] == 1
    world.settle()
    return done


def test_invoices_that_nobody_can_look_up_are_never_made_by_a_repair(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = at_work(HungarianWorld(environment, ManualClock(), connection_id))
    world.shop.place_order(hungarian(FIRST))
    work_off(world)
    world.shop.place_order(hungarian(FIRST + 1))
    passes(world)
    assert why(world, str(FIRST))["document"]["number"]
    assert why(world, str(FIRST + 1))["group"] == "missed"
    found = reconciled(world)
    assert (found["there"], found["unclear"], found["gone"]) == (1, 0, [])
    assert [each["order"] for each in found["missing"]] == [str(FIRST + 1)]
    assert repaired(world, order_id(FIRST + 1))["waits"] is True
    record = world.record(order_id(FIRST + 1))
    assert (record.state, record.reason and record.reason.code) == ("HELD", "in_doubt")
    assert len(world.documents(FIRST + 1)) == 0
    world.ask("resend", connection=world.connection, order=str(FIRST + 1))
    world.settle()
    assert len(world.documents(FIRST + 1)) == 1


def test_an_office_that_tells_no_order_leaves_it_open_and_makes_none_twice(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = at_work(RomanianWorld(environment, ManualClock(), connection_id))
    world.shop.place_order(romanian(FIRST))
    work_off(world)
    lost = world.shop.place_order(romanian(FIRST + 1))
    passes(world)
    assert why(world, str(FIRST))["group"] == "imported"
    assert why(world, str(FIRST + 1))["group"] == "missed"
    found = reconciled(world)
    assert (found["there"], found["unclear"], found["gone"], found["doubles"]) == (0, 1, [], [])
    (missing,) = found["missing"]
    assert missing["id"] == f"{lost.id}/{FIRST + 1}"
    for _ in range(2):
        world.ask("repair", connection=world.connection, orders=[missing["id"]], confirm=1, by="anna")
    world.settle()
    assert world.record(missing["id"]).state == "DONE"
    assert len(world.office.orders) == 2


def test_an_order_of_one_number_that_is_there_twice_is_told_where_ids_are_numbers(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = at_work(UnasWorld(environment, ManualClock(), connection_id))
    order = world.place()
    work_off(world)
    lost = world.place()
    passes(world)
    assert why(world, order.key)["group"] == "imported"
    found = reconciled(world)
    assert (found["there"], found["doubles"]) == (1, [])
    assert [each["id"] for each in found["missing"]] == [record_of(lost)]
    assert repaired(world, record_of(lost))["waits"] is False
    assert len(world.copies(lost)) == 1
    twin(world, order.key)
    (double,) = reconciled(world)["doubles"]
    assert double["id"] == record_of(order)


def twin(world: UnasWorld, number: str) -> None:
    """Somebody sends an order into SalesAutopilot once more."""
    (there,) = world.office.orders_by_number(number)
    world.office.order_list.records[there.id + 900] = replace(there, id=there.id + 900)


def test_a_work_order_is_linked_and_a_missing_one_made_once(
    environment: Environment, connection_id: ConnectionId
) -> None:
    world = at_work(RoAppWorld(environment, ManualClock(), connection_id))
    order = world.place()
    work_off(world)
    lost = world.place()
    passes(world)
    record = world.record(str(order.id))
    told = why(world, str(order.id))
    assert told["links"] == {"office": f"https://web.roapp.io/orders/table/{record.external_id}"}
    assert told["document"]["number"] == record.external_number
    found = reconciled(world)
    assert (found["there"], [each["id"] for each in found["missing"]]) == (1, [str(lost.id)])
    repaired(world, str(lost.id))
    world.check(lost)


# --- many ---------------------------------------------------------------------------------------------------------

MANY, PAGE = 2500, 500


class ManyOrders:
    """A shop with so many orders and an office that has all but two of them, over the real ledger."""

    def __init__(self, store: Store, connection: ConnectionId) -> None:
        self.store = store
        self.left = 900.0
        self.searched = 0
        settings = connection_with(id=connection, orders={"payment_statuses": []})
        self.connection = settings.model_copy(update={"name_key": "5c" * 32, "created_at": store.clock()})
        start = store.clock() - timedelta(days=2)
        self.orders = [
            an_order(id=OrderId(f"a{number}"), number=str(number), placed_at=start + timedelta(minutes=number % 1440))
            for number in range(MANY)
        ]
        items = [to_item(self._record(order)) for order in self.orders[:-1]]
        store.ledger.table.put_many(items)

    def _record(self, order: Order) -> LedgerRecord:
        return LedgerRecord(
            key=EffectKey(connection=self.connection.id, kind="order", id=order.id),
            state="DONE",
            revision="1",
            reference=order.number,
            sent_as=order.number,
            external_id=ExternalId(f"w{order.number}"),
            external_number=f"W-{order.number}",
            found_at=order.placed_at,
            updated_at=order.placed_at,
        )

    @property
    def bridge(self) -> Bridge:
        cursor = OrderCursor(since=self.store.clock() + timedelta(hours=2))
        parts = SimpleNamespace(order_source=self, order_target=self, order_progress=None)
        stores: dict[str, Any] = {
            "connections": SimpleNamespace(get=lambda _: self.connection),
            "cursors": SimpleNamespace(load=lambda *_: cursor, handed_over=lambda *_: ()),
            "limits": SimpleNamespace(standing=lambda _: ()),
            "platforms": SimpleNamespace(parts=lambda *_: parts, start_afresh=lambda *_: None),
            "deadline": SimpleNamespace(remaining=self._remaining),
        }
        return cast("Bridge", SimpleNamespace(ledger=self.store.ledger, clock=self.store.clock, **stores))

    def _remaining(self) -> float:
        """A look at the time takes a fifth of a call's."""
        self.left = self.left - 20 if self.left > 20 else 120.0
        return self.left

    def changed(self, _: object, position: str | None) -> OrderPage:
        start = int(position or 0)
        following = str(start + PAGE) if start + PAGE < MANY else None
        return OrderPage(orders=tuple(self.orders[start : start + PAGE]), position=following)

    def find(self, reference: str, *_: object, afresh: bool) -> Sequence[OrderReceipt]:
        assert not afresh
        self.searched += 1
        return [self.read(ExternalId(f"w{reference}"))] if reference != "7" else []

    def read(self, name: ExternalId) -> OrderReceipt:
        return OrderReceipt(id=name, number="", total=None if name == "w7" else Decimal(1), tax=None)

    def ask(self, after: str) -> dict[str, Any]:
        self.left = 120.0
        asked = Reconcile(operation="reconcile", connection=self.connection.id, after=after)
        return reconcile(self.bridge, asked)


def test_2500_orders_are_told_in_parts_by_the_index_alone_and_each_is_looked_for_once(
    store: Store, calls: Calls, connection_id: ConnectionId
) -> None:
    desk = ManyOrders(store, connection_id)
    calls.taken()
    parts = [desk.ask("")]
    while parts[-1]["next"]:
        parts.append(desk.ask(parts[-1]["next"]))
        assert len(parts) < 100
    assert len(parts) > 3
    shop = {order: where for part in parts for order, where in part["shop"].items()}
    assert (len(shop), sum(where == "imported" for where in shop.values())) == (MANY, MANY - 1)
    assert [each["id"] for part in parts for each in part["missing"]] == [f"a{MANY - 1}"]
    assert sum(len(part["ledger"]) for part in parts) == desk.searched == MANY - 1
    assert (sum(part["there"] for part in parts), sum(part["unclear"] for part in parts)) == (MANY - 2, 1)
    assert set(calls.taken()) <= {"Query", "BatchGetItem"}


@pytest.mark.parametrize("fields", [{"after": "x" * 10_001}, {"since": "soon"}])
def test_what_is_no_request_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Reconcile.model_validate({"operation": "reconcile", "connection": "my-shop", **fields})
