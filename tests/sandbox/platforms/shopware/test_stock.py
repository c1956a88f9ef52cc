"""Stock of the emulated Shopware: what orders do to it, what writes do, and who hears of it."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import Line, OrderSpec, ShopwareEmulator
from tests.sandbox.platforms.shopware.catalogue import made, one_id, product, sync, upsert
from tests.sandbox.platforms.shopware.client import RELEASES, Caller, emulate

OLD, NEW = ("6.4.20.2", "6.5.8.18"), ("6.6.10.0", "6.7.8.1")
URL = f"/api/product/{one_id('P')}"


def shop(version: str = "6.7.8.1", **changes: Any) -> Caller:
    caller = emulate(version)
    made(caller, "product", product(caller, **{"isCloseout": True, **changes}))
    return caller


def sell(caller: Caller, quantity: int = 2) -> str:
    return caller.shop.place_order(OrderSpec(lines=(Line("P", quantity=quantity),)))


def levels(caller: Caller) -> tuple[int, int, bool]:
    found = caller.shop.product("P")
    return found["stock"], found["availableStock"], found["available"]


def hearing(version: str) -> tuple[Caller, list[dict[str, Any]]]:
    """A shop with one product, and the webhooks about products it sends."""
    heard: list[dict[str, Any]] = []

    def hear(request: httpx.Request) -> httpx.Response:
        heard.append(json.loads(request.content)["data"])
        return httpx.Response(204)

    client = httpx.Client(transport=httpx.MockTransport(hear))
    caller = Caller(ShopwareEmulator(version, ManualClock(), client=client))
    made(caller, "product", product(caller))
    caller.shop.subscribe("product.written", "https://app.test/hook")
    return caller, heard


@pytest.mark.parametrize("version", RELEASES)
def test_orders_move_stock_without_moving_the_time_or_telling_anybody(version: str) -> None:
    caller, heard = hearing(version)
    order = sell(caller)
    caller.shop.move(order, "process")
    caller.shop.move(order, "complete")
    found = caller.shop.product("P")
    assert (found["stock"], found["updatedAt"], heard) == (3, None, [])


@pytest.mark.parametrize("version", RELEASES)
def test_writes_move_the_time_and_tell_which_fields_changed(version: str) -> None:
    caller, heard = hearing(version)
    assert caller.http.patch(URL, json={"stock": 3}).status_code == 204
    assert sync(caller, {"s": upsert("product", {"id": one_id("P"), "stock": 4})}).status_code == 200
    assert sync(caller, {"s": upsert("product", {"id": one_id("P"), "stock": "x"})}).status_code == 400
    assert caller.shop.product("P")["updatedAt"] is not None
    told = [payload for each in heard for payload in each["payload"]]
    assert [each["primaryKey"] for each in told] == [one_id("P")] * 2
    assert all("stock" in each["updatedFields"] for each in told)


def test_one_webhook_tells_of_all_products_of_a_sync() -> None:
    caller, heard = hearing("6.7.8.1")
    made(caller, "product", product(caller, "Q"))
    heard.clear()
    sync(caller, [upsert("product", *({"id": one_id(sku), "stock": 1} for sku in "PQ"))])
    (only,) = heard
    assert [each["primaryKey"] for each in only["payload"]] == [one_id("P"), one_id("Q")]


@pytest.mark.parametrize("version", OLD)
def test_up_to_6_5_a_written_stock_still_holds_the_open_orders(version: str) -> None:
    caller = shop(version)
    order = sell(caller)
    assert levels(caller) == (5, 3, True)
    caller.http.patch(URL, json={"stock": 2})
    assert levels(caller) == (2, 0, False)
    caller.shop.move(order, "process")
    caller.shop.move(order, "complete")
    assert levels(caller) == (0, 0, False)
    caller.shop.move(order, "reopen")
    assert levels(caller) == (2, 0, False)


@pytest.mark.parametrize("version", NEW)
def test_from_6_6_a_written_stock_is_what_is_left(version: str) -> None:
    caller = shop(version)
    order = sell(caller)
    assert levels(caller) == (3, 3, True)
    caller.http.patch(URL, json={"stock": 1})
    assert levels(caller) == (1, 1, True)
    caller.shop.move(order, "process")
    caller.shop.move(order, "complete")
    assert levels(caller) == (1, 1, True)


def test_a_second_cancel_takes_stock_once_more_in_6_6_only() -> None:
    for version, left in (("6.6.10.0", 3), ("6.7.0.0", 5)):
        caller = shop(version)
        order = sell(caller)
        assert [caller.move(order, "cancel").status_code for _ in range(2)] == [200, 200]
        assert levels(caller)[0] == left


@pytest.mark.parametrize("version", NEW)
def test_changing_or_deleting_lines_moves_the_difference(version: str) -> None:
    caller = shop(version)
    order = sell(caller, 2)
    line = caller.order(order)["lineItems"][0]["id"]
    assert caller.http.patch(f"/api/order-line-item/{line}", json={"quantity": 4}).status_code == 204
    assert levels(caller)[0] == 1
    caller.shop.delete_order(order)
    assert levels(caller)[0] == 5
    cancelled = sell(caller)
    caller.shop.cancel(cancelled)
    caller.shop.delete_order(cancelled)
    assert levels(caller)[0] == 5


def test_up_to_6_5_a_deleted_order_frees_what_it_held() -> None:
    caller = shop("6.5.8.18")
    order = sell(caller)
    caller.shop.delete_order(order)
    assert levels(caller) == (5, 5, True)


@pytest.mark.parametrize(
    ("closeout", "stock", "minimum", "available"),
    [(False, -3, 1, True), (True, 0, 1, False), (True, 1, 1, True), (True, 3, 4, False), (True, 4, 4, True)],
)
def test_available_follows_closeout_and_the_smallest_purchase(
    closeout: bool, stock: int, minimum: int, available: bool
) -> None:
    caller = shop(isCloseout=closeout, stock=stock, minPurchase=minimum)
    assert levels(caller) == (stock, stock, available)


def test_stock_may_fall_below_zero() -> None:
    caller = shop(isCloseout=False, stock=1)
    sell(caller, 3)
    assert levels(caller) == (-2, -2, True)


@pytest.mark.parametrize(("version", "kept"), [("6.5.8.18", (5, True)), ("6.6.10.0", (0, True))])
def test_without_indexing_available_is_stale(version: str, kept: tuple[int, bool]) -> None:
    caller = shop(version)
    body = {"s": upsert("product", {"id": one_id("P"), "stock": 0})}
    assert sync(caller, body, indexing_behavior="disable-indexing").status_code == 200
    assert levels(caller) == (0, *kept)
    sync(caller, body)
    assert levels(caller) == (0, 0, False)


def test_the_mechanism_can_be_switched_off_and_on_early() -> None:
    caller = shop()
    caller.shop.shop.manages_stock = False
    sell(caller)
    assert levels(caller)[0] == 5
    for version, left in (("6.5.4.0", 5), ("6.5.5.0", 3)):
        early = shop(version)
        early.shop.shop.handles_stock_early = True
        sell(early)
        assert levels(early)[0] == left


STEPS = st.lists(st.sampled_from(["process", "complete", "cancel", "reopen", "write"]), max_size=7)


@settings(max_examples=40)
@given(STEPS, st.sampled_from([*OLD, *NEW]), st.integers(1, 4))
def test_stock_is_what_the_orders_states_say(steps: list[str], version: str, quantity: int) -> None:
    caller = SHOPS[version]
    caller.http.patch(URL, json={"stock": 50})
    order = sell(caller, quantity)
    counted = 50 - (quantity if version in NEW else 0)
    state = "open"
    for step in steps:
        if step == "write":
            counted = 20
            caller.http.patch(URL, json={"stock": counted})
            continue
        answer = caller.move(order, step)
        after = caller.shop.order(order)["stateMachineState"]["technicalName"]
        if version in NEW:
            repeated = state == after == "cancelled" and step == "cancel" and version < "6.7"
            counted += quantity * ((after == "cancelled") - (state == "cancelled") - repeated)
        else:
            counted += quantity * ((state == "completed") - (after == "completed"))
        assert answer.status_code in {200, 400}
        state = after
    open_now = quantity if version in OLD and state not in {"completed", "cancelled"} else 0
    assert levels(caller)[:2] == (counted, counted - open_now)
    caller.shop.delete_order(order)


SHOPS = {version: shop(version) for version in (*OLD, *NEW)}
