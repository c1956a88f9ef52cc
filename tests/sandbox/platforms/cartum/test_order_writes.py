"""What the API writes to orders of the emulated Cartum, and what the manager does."""

from typing import Any

import pytest

from sandbox.platforms.cartum import Line, OrderSpec, ProductSpec
from tests.sandbox.platforms.cartum.calls import Store


def _sold(**settings: Any) -> tuple[Store, int]:
    store = Store(**settings)
    store.shop.add_product(ProductSpec("MUG", stock=9))
    return store, store.shop.sell({"MUG": 2}).id


def test_some_rows_fail_and_the_others_are_written() -> None:
    store, order = _sold()
    status, log = store.update(
        {"order_id": order, "status": 2}, {"order_id": 9, "status": 2}, {"order_id": order, "status": 999}
    )
    assert status == "WARNING"
    assert log == [
        {"order_id": order, "status": "OK", "message": "UPDATED"},
        {"order_id": 9, "status": "ERROR", "message": "order is not found"},
        {"order_id": order, "status": "ERROR", "message": "status is not defined"},
    ]
    assert store.shop.status_of(order) == "Processing"


def test_the_log_has_two_spellings_and_may_not_name_its_order() -> None:
    store, order = _sold(log_text="messages", log_names_order=False)
    status, log = store.update({"order_id": order, "status": 2}, {"order_id": 9})
    assert (status, log[0]) == ("WARNING", {"status": "OK", "messages": "UPDATED"})
    assert log[1] == {"status": "ERROR", "messages": "order is not found"}


@pytest.mark.parametrize("name", ["paid", "payed"])
def test_the_paid_flag_has_two_names(name: str) -> None:
    store, order = _sold()
    assert store.update({"order_id": order, name: 1})[0] == "OK"
    assert store.orders()[0]["payed"] == 1
    assert store.update({"order_id": order, name: 0})[0] == "OK"
    assert store.orders()[0]["payed"] == 0


def test_both_names_at_once_are_one_flag() -> None:
    store, order = _sold()
    assert store.update({"order_id": order, "paid": 1, "payed": 1})[0] == "OK"
    assert store.update({"order_id": order, "paid": 0, "payed": 1})[0] == "WARNING"
    assert store.shop.order(order).paid


@pytest.mark.parametrize(("known", "unknown"), [("paid", "payed"), ("payed", "paid")])
def test_a_shop_may_take_one_of_the_names_only(known: str, unknown: str) -> None:
    store, order = _sold(paid_names=known)
    status, log = store.update({"order_id": order, unknown: 1})
    assert (status, log[0]["message"]) == ("WARNING", f"order.{unknown} is not a known field")
    assert store.update({"order_id": order, known: 1})[0] == "OK"


def test_the_manager_takes_a_payment_back() -> None:
    store, order = _sold()
    store.shop.pay(order)
    store.shop.unpay(order)
    assert store.orders()[0]["payed"] == 0


def test_a_payment_may_not_be_withdrawn() -> None:
    store, order = _sold(paid_only=True)
    store.shop.pay(order)
    assert store.update({"order_id": order, "paid": 0})[0] == "WARNING"


def test_a_tracking_code_is_kept_and_not_told_by_reads() -> None:
    store, order = _sold()
    assert store.update({"order_id": order, "tracking_code": "UA123"})[0] == "OK"
    assert store.shop.order(order).tracking_code == "UA123"
    assert "tracking_code" not in store.orders()[0]


def test_an_own_tracking_code_is_not_released_everywhere() -> None:
    assert [
        store.update({"order_id": order, "own_tracking_code": "X"})[0]
        for store, order in (_sold(), _sold(own_tracking_code=True))
    ] == ["WARNING", "OK"]


@pytest.mark.parametrize(
    "field",
    [{"total_sum": 1}, {"comment": "x"}, {"products": []}, {"delivery_name": "x"}, {"payed": 2}, {"status": "x"}],
)
def test_nothing_else_is_writable_and_a_faulty_row_writes_nothing(field: dict[str, Any]) -> None:
    store, order = _sold()
    status, log = store.update({"order_id": order, "tracking_code": "X", **field})
    assert (status, log[0]["status"], store.shop.order(order).tracking_code) == ("WARNING", "ERROR", "")


def test_orders_are_updated_by_put_too() -> None:
    store, order = _sold()
    response = store.send("orders/update", _method="PUT", orders=[{"order_id": str(order), "status": "6"}])
    assert response.json()["status"] == "OK"
    assert store.shop.order(order).status == 6


def test_rows_are_a_list() -> None:
    store, _ = _sold()
    assert store.error("orders/update") == "body.orders is missing"
    assert store.error("orders/update", orders=[]) == "body.orders should be a list with rows"
    assert store.update("nonsense")[0] == "WARNING"


def test_cancelling_by_the_api_keeps_the_goods_and_locks_the_order() -> None:
    store, order = _sold()
    assert store.update({"order_id": order, "status": 4})[0] == "OK"
    assert [store.shop.stock("MUG"), store.shop.order(order).locked] == [7, True]
    for more in ({"status": 2}, {"paid": 1}, {"tracking_code": "X"}):
        status, log = store.update({"order_id": order, **more})
        assert (status, log[0]["message"]) == ("WARNING", "order is locked")
    assert store.update({"order_id": order, "status": 4})[0] == "OK"
    with pytest.raises(ValueError, match="locked"):
        store.shop.edit(order, comment="x")


def test_a_locked_order_may_refuse_its_own_status_too() -> None:
    store, order = _sold(locked_takes_same_status=False)
    assert [store.update({"order_id": order, "status": 4})[0] for _ in range(2)] == ["OK", "WARNING"]


@pytest.mark.parametrize(("restock", "left"), [(True, 9), (False, 7)])
def test_the_manager_cancels_with_or_without_the_goods(restock: bool, left: int) -> None:
    store, order = _sold()
    store.shop.cancel(order, restock=restock)
    assert [store.shop.stock("MUG"), store.shop.order(order).locked] == [left, True]
    store.shop.cancel(order, restock=restock)
    assert store.shop.stock("MUG") == left


def test_the_managers_cancellation_may_not_lock() -> None:
    store, order = _sold(manager_locks=False)
    other = store.shop.place_order().id
    assert store.update({"order_id": other, "status": 4}, {"order_id": other, "status": 2})[0] == "WARNING"
    store.shop.cancel(order)
    assert store.update({"order_id": order, "status": 2})[0] == "OK"
    assert store.shop.stock("MUG") == 7


def test_the_manager_takes_a_cancelled_order_up_again() -> None:
    store, order = _sold()
    store.shop.cancel(order)
    store.shop.set_status(order, "Processing")
    assert [store.shop.stock("MUG"), store.shop.order(order).locked] == [7, False]
    assert store.update({"order_id": order, "status": 3})[0] == "OK"


def test_an_order_that_comes_cancelled_takes_no_goods() -> None:
    store, _ = _sold()
    store.shop.place_order(OrderSpec((Line("MUG"),), status="Canceled"))
    assert store.shop.stock("MUG") == 7
