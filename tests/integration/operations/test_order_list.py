"""The list of all orders: every one is counted in exactly one place, and pages hold each match once."""

from collections import Counter
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.orders.order_list import GROUPS, list_orders
from shopbridge.flows.orders.privacy import buyer_mark
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.desk_operations import ListOrders
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState, Reason
from shopbridge.model.operations import OPERATION
from shopbridge.store.bundle import Store
from shopbridge.store.ledger.items import to_item
from tests.integration.conftest import Calls, ManualClock
from tests.unit.flow_samples import connection_with

KEY = "5c" * 32
FRESH = count()
STATES: tuple[LedgerState, ...] = ("INTENT", "SENT", "DONE", "SKIPPED", "HELD", "REJECTED", "UNKNOWN")
WHY = Reason(code="unmapped_payment", text="The payment has no entry.", fix="Add it.")


class Desk:
    """Connections with orders in the table, and the question about them."""

    def __init__(self, store: Store, *names: ConnectionId) -> None:
        self.store = store
        self.left = 900.0
        made = (connection_with(id=name).model_copy(update={"name_key": KEY}) for name in names)
        self.known = {one.id: one for one in made}

    @property
    def bridge(self) -> Bridge:
        deadline = SimpleNamespace(remaining=lambda: self.left)
        stores: dict[str, Any] = {"connections": self, "ledger": self.store.ledger, "clock": self.store.clock}
        return cast("Bridge", SimpleNamespace(deadline=deadline, **stores))

    def get(self, name: ConnectionId) -> Connection | None:
        return self.known.get(name)

    def all(self) -> list[Connection]:
        return list(self.known.values())

    def deleted(self, _: object) -> None:
        return None

    def keep(self, name: ConnectionId, number: int, state: LedgerState, **changes: Any) -> str:
        """An order that was seen so many minutes after the first one; its id."""
        found = self.store.clock() + timedelta(minutes=number)
        record = LedgerRecord(
            key=EffectKey(connection=name, kind="order", id=f"a{number:05}"),
            state=state,
            revision="1",
            reference=f"{10_000 + number}",
            found_at=found,
            updated_at=found,
            **changes,
        )
        self.store.ledger.table.put(to_item(record))
        return record.key.id

    def ask(self, **fields: Any) -> dict[str, Any]:
        asked = OPERATION.validate_python({"operation": "orders", **fields})
        assert isinstance(asked, ListOrders)
        return list_orders(self.bridge, asked)


def numbers(answer: dict[str, Any]) -> list[str]:
    return [order["order"] for order in answer["orders"]]


def test_every_order_is_in_exactly_one_place(store: Store, connection_id: ConnectionId) -> None:
    desk = Desk(store, connection_id)
    for number, state in enumerate(STATES):
        desk.keep(connection_id, number, state, reason=WHY if state in ("SKIPPED", "HELD", "REJECTED") else None)
    desk.keep(connection_id, 7, "DONE", reason=WHY)
    answer = desk.ask(connection=connection_id)
    assert answer["counts"] == {"imported": 1, "on_the_way": 2, "held": 3, "skipped": 1, "refused": 1}
    assert (answer["total"], answer["matching"], answer["complete"], answer["next"]) == (8, 8, True, "")
    assert numbers(answer) == [f"{10_007 - number}" for number in range(8)]
    shown = answer["orders"][0]
    assert (shown["group"], shown["code"], shown["fix"]) == ("held", "unmapped_payment", "Add it.")
    assert "story" not in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "held"}, ["10001"]),
        ({"code": "unmapped_payment"}, ["10002", "10001"]),
        ({"text": "so-7"}, ["10000"]),
        ({"text": "0002"}, ["10002"]),
        ({"email": " Sanne@Buyers.example"}, ["10002"]),
        ({"email": "tom@buyers.example"}, []),
        ({"state": "imported", "text": "10001"}, []),
    ],
)
def test_orders_are_found_by_what_people_know_of_them(
    store: Store, connection_id: ConnectionId, asked: dict[str, Any], found: list[str]
) -> None:
    desk = Desk(store, connection_id)
    desk.keep(connection_id, 0, "DONE", external_id=ExternalId("7"), external_number="SO-7")
    desk.keep(connection_id, 1, "HELD", reason=WHY)
    mark = buyer_mark(KEY, OrderId("a00002"), "sanne@buyers.example")
    desk.keep(connection_id, 2, "SKIPPED", reason=WHY, buyer=mark)
    answer = desk.ask(connection=connection_id, **asked)
    assert (numbers(answer), answer["matching"], answer["total"]) == (found, len(found), 3)


def test_a_day_is_counted_for_itself(store: Store, connection_id: ConnectionId, clock: ManualClock) -> None:
    desk = Desk(store, connection_id)
    for day in range(3):
        desk.keep(connection_id, day * 1440, "DONE")
    second = (clock() + timedelta(days=1)).date().isoformat()
    answer = desk.ask(connection=connection_id, since=second, until=second)
    assert (answer["total"], numbers(answer)) == (1, ["11440"])


def test_a_connection_that_is_not_there_and_a_place_that_is_none_are_refused(
    store: Store, connection_id: ConnectionId
) -> None:
    desk = Desk(store, connection_id)
    with pytest.raises(BridgeError, match="no connection"):
        desk.ask(connection="nobody")
    with pytest.raises(BridgeError, match="place in the list"):
        desk.ask(connection=connection_id, after="yesterday")


def test_a_reading_that_ends_early_says_so(store: Store, connection_id: ConnectionId) -> None:
    desk = Desk(store, connection_id)
    desk.keep(connection_id, 0, "DONE")
    desk.left = 10
    assert desk.ask()["complete"] is False


def test_ten_thousand_orders_cost_a_page_of_the_index_each_megabyte(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    desk = Desk(store, connection_id)
    for number in range(60):
        desk.keep(connection_id, number, "DONE")
    calls.taken()
    assert len(desk.ask(connection=connection_id, limit=50)["orders"]) == 50
    assert calls.taken() == {"Query": 1 + len(GROUPS), "BatchGetItem": 1}


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_every_match_once_and_the_newest_first(store: Store, data: st.DataObject) -> None:
    names = [ConnectionId(f"list-{next(FRESH)}") for _ in range(2)]
    desk = Desk(store, *names)
    orders = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(STATES)), max_size=12))
    kept = [(name, desk.keep(name, minute // 2, state), state) for minute, (name, state) in enumerate(orders)]
    once = {(name, order): state for name, order, state in kept}
    wanted = data.draw(st.sampled_from(["", *GROUPS]))
    limit, after, found = data.draw(st.integers(1, 5)), "", list[tuple[str, str]]()
    while True:
        answer = desk.ask(state=wanted, limit=limit, after=after)
        found += [(order["connection"], order["id"]) for order in answer["orders"]]
        assert len(answer["orders"]) <= limit
        if not (after := answer["next"]):
            break
    assert sum(answer["counts"].values()) == answer["total"] == len(once)
    assert Counter(found) == Counter(dict.fromkeys(found, 1))
    assert len(found) == answer["matching"] == (answer["counts"][wanted] if wanted else len(once))
