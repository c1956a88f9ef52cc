"""State transitions of the emulated Shopware: tables, history, times, and what they do to stock."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import Line, OrderSpec, Payment, ProductSpec, Shipping
from sandbox.platforms.shopware.orders.states import MACHINES
from tests.sandbox.platforms.shopware.client import RELEASES, Caller, emulate, error

START = "2026-03-01T10:00:00.000+00:00"
LATER = "2026-03-01T10:05:00.000+00:00"


def history(caller: Caller) -> list[dict[str, Any]]:
    states: dict[str, Any] = {"fromStateMachineState": {}, "toStateMachineState": {}}
    return caller.found("state-machine-history", sort="createdAt,id", associations=states)


def test_a_transition_answers_the_bare_new_state_and_writes_history() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    answer = caller.move(order_id, "process")
    assert (answer.status_code, answer.json()["technicalName"]) == (200, "in_progress")
    assert caller.order(order_id)["stateId"] == answer.json()["id"]
    (entry,) = history(caller)
    assert (entry["entityName"], entry["referencedId"]) == ("order", order_id)
    assert entry["transitionActionName"] == "process"
    assert entry["fromStateMachineState"]["technicalName"] == "open"
    assert entry["toStateMachineState"]["technicalName"] == "in_progress"
    assert entry["integrationId"] == caller.integration.id


def test_up_to_6_5_history_keeps_the_row_id_in_a_json_field() -> None:
    caller = emulate("6.5.8.18")
    order_id = caller.shop.place_order()
    caller.move(order_id, "process")
    (entry,) = caller.found("state-machine-history", filter={"entityId.id": order_id})
    assert entry["entityId"]["id"] == order_id
    assert entry["referencedId"] is None


def test_an_illegal_transition_names_the_possible_ones() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    answer = caller.move(order_id, "complete")
    assert (answer.status_code, error(answer)["code"]) == (400, "SYSTEM__ILLEGAL_STATE_TRANSITION")
    parameters = error(answer)["meta"]["parameters"]
    assert parameters["possibleTransitions"] == ["process", "cancel"]
    assert parameters["possibleTransitionsString"] == "process, cancel"
    assert parameters["currentState"] == caller.order(order_id)["stateId"]
    assert parameters["transition"] == "complete"


def test_an_unknown_record_is_a_400() -> None:
    answer = emulate().move("f" * 32, "process")
    assert (answer.status_code, error(answer)["code"]) == (400, "SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID")


def test_repeating_a_transition_is_harmless() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    for _ in range(3):
        assert caller.move(order_id, "process").json()["technicalName"] == "in_progress"
    assert len(history(caller)) == 1


@pytest.mark.parametrize(("version", "entries"), [("6.6.10.0", 2), ("6.7.0.0", 1)])
def test_cancelling_twice_is_done_twice_up_to_6_6(version: str, entries: int) -> None:
    caller = emulate(version)
    order_id = caller.shop.place_order()
    assert [caller.move(order_id, "cancel").status_code for _ in range(2)] == [200, 200]
    assert len(history(caller)) == entries


@pytest.mark.parametrize(("version", "status"), [("6.6.10.0", 200), ("6.7.0.0", 400)])
def test_a_completed_order_can_be_cancelled_only_up_to_6_6(version: str, status: int) -> None:
    caller = emulate(version)
    order_id = caller.shop.place_order(OrderSpec(state="completed"))
    assert caller.move(order_id, "cancel").status_code == status


def test_cancelling_an_order_leaves_payment_and_delivery_alone() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    caller.shop.cancel(order_id)
    order = caller.order(order_id)
    states = [part["stateMachineState"]["technicalName"] for part in (*order["transactions"], *order["deliveries"])]
    assert states == ["open", "open"]  # fmt: skip


def test_only_writes_of_the_order_row_move_its_time() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    order_id = caller.shop.place_order()
    clock.advance(minutes=5)
    caller.shop.pay(order_id)
    caller.shop.ship(order_id)
    order = caller.order(order_id)
    assert order["updatedAt"] is None
    assert (order["transactions"][0]["updatedAt"], order["deliveries"][0]["updatedAt"]) == (LATER, LATER)
    clock.advance(minutes=4)
    caller.move(order_id, "process")
    order = caller.order(order_id)
    assert order["updatedAt"] == "2026-03-01T10:09:00.000+00:00"
    assert order["createdAt"] == START
    assert order["transactions"][0]["updatedAt"] == LATER


def test_the_state_machine_path_lists_and_wraps() -> None:
    caller = emulate()
    order_id = caller.shop.place_order()
    transaction = caller.order(order_id)["transactions"][0]["id"]
    base = f"/api/_action/state-machine/order_transaction/{transaction}/state"
    listed = caller.http.get(base).json()["transitions"]
    assert {"actionName": "paid", "fromStateName": "open", "toStateName": "paid"}.items() <= {
        key: value for each in listed if each["actionName"] == "paid" for key, value in each.items()
    }.items()
    answer = caller.http.post(f"{base}/paid", json={})
    assert answer.json()["data"]["technicalName"] == "paid"


@pytest.mark.parametrize(("version", "status"), [("6.7.7.0", 400), ("6.7.8.0", 200)])
def test_a_comment_on_a_transition_came_with_6_7_8(version: str, status: int) -> None:
    caller = emulate(version)
    url = f"/api/_action/order/{caller.shop.place_order()}/state/process"
    assert caller.http.post(url, json={"internalComment": "ok", "sendMail": False}).status_code == status
    assert caller.http.post(url, json={"sendMails": False}).status_code == 400


def test_a_changed_payment_method_is_a_further_transaction() -> None:
    clock = ManualClock()
    caller = emulate(clock=clock)
    order_id = caller.shop.place_order(OrderSpec(payments=(Payment("PayPal", "failed"),)))
    clock.advance(minutes=1)
    made = caller.shop.add_payment(order_id, Payment("Invoice"))
    order = caller.order(order_id)
    assert order["primaryOrderTransactionId"] == made
    assert [part["paymentMethod"]["name"] for part in order["transactions"]] == ["PayPal", "Invoice"]


PATHS = [
    (entity, state, action, target)
    for entity, machine in MACHINES.items()
    for state, moves in machine.moves.items()
    for action, target in moves.items()
]


@pytest.mark.parametrize("version", RELEASES)
def test_every_documented_transition_works(version: str) -> None:
    caller = emulate(version)
    for entity, state, action, target in PATHS:
        at = {"order": "open", "order_delivery": "open", "order_transaction": "open"} | {entity: state}
        spec = OrderSpec(
            state=at["order"],
            shipping=(Shipping(state=at["order_delivery"]),),
            payments=(Payment("Invoice", at["order_transaction"]),),
        )
        order_id = caller.shop.place_order(spec)
        order = caller.shop.order(order_id)
        parts = {"order": order_id, "order_delivery": order["deliveries"][0]["id"]}
        row_id = parts.get(entity, order["transactions"][0]["id"])
        answer = caller.http.post(f"/api/_action/{entity}/{row_id}/state/{action}")
        assert (entity, state, action, answer.json()["technicalName"]) == (entity, state, action, target)


ACTIONS = sorted({action for _, _, action, _ in PATHS})


@settings(max_examples=30)
@given(st.lists(st.sampled_from(ACTIONS), max_size=8), st.sampled_from(["6.6.10.0", "6.7.8.1"]))
def test_history_tells_exactly_the_way_a_payment_went(actions: list[str], version: str) -> None:
    caller = SHARED[version]
    transaction = caller.shop.order(caller.shop.place_order())["transactions"][0]["id"]
    state, steps = "open", 0
    for action in actions:
        answer = caller.http.post(f"/api/_action/order_transaction/{transaction}/state/{action}")
        moves = MACHINES["order_transaction"].moves[state]
        anywhere = {**moves, "cancel": "cancelled"} if version < "6.7" else moves
        there = state in MACHINES["order_transaction"].leads_to(action)
        assert answer.status_code == (200 if action in anywhere or there else 400)
        repeats = there and not (action == "cancel" and version < "6.7")
        if answer.status_code == 200 and not repeats:
            state, steps = anywhere[action], steps + 1
    entries = caller.found("state-machine-history", filter={"referencedId": transaction})
    assert len(entries) == steps


SHARED = {version: emulate(version) for version in ("6.6.10.0", "6.7.8.1")}


def stock_of(caller: Caller) -> tuple[int, int, bool]:
    (product,) = caller.found("product", filter={"productNumber": "P"})
    assert product["updatedAt"] is None
    return product["stock"], product["availableStock"], product["available"]


def sell(caller: Caller, quantity: int) -> str:
    caller.shop.add_product(ProductSpec("P", "Product", Decimal(10), Decimal(19), stock=5, closeout=True))
    return caller.shop.place_order(OrderSpec(lines=(Line("P", quantity=quantity),)))


def test_from_6_6_an_order_takes_stock_when_placed_and_gives_it_back_when_cancelled() -> None:
    caller = emulate("6.7.8.1")
    order_id = sell(caller, 5)
    assert stock_of(caller) == (0, 0, False)
    caller.shop.cancel(order_id)
    assert stock_of(caller) == (5, 5, True)
    caller.shop.move(order_id, "reopen")
    assert stock_of(caller) == (0, 0, False)
    caller.shop.edit(order_id, OrderSpec(lines=(Line("P", quantity=2),)))
    assert stock_of(caller) == (3, 3, True)


def test_in_6_6_a_second_cancel_takes_the_stock_once_more() -> None:
    caller = emulate("6.6.10.0")
    order_id = sell(caller, 2)
    caller.shop.cancel(order_id)
    caller.shop.cancel(order_id)
    assert stock_of(caller) == (3, 3, True)


@pytest.mark.parametrize("version", ["6.4.20.2", "6.5.8.18"])
def test_up_to_6_5_stock_falls_when_completed_and_open_orders_only_reserve(version: str) -> None:
    caller = emulate(version)
    order_id = sell(caller, 2)
    assert stock_of(caller) == (5, 3, True)
    caller.shop.move(order_id, "process")
    caller.shop.move(order_id, "complete")
    assert stock_of(caller) == (3, 3, True)
    caller.shop.move(order_id, "reopen")
    assert stock_of(caller) == (5, 3, True)
    caller.shop.cancel(order_id)
    assert stock_of(caller) == (5, 5, True)
