"""What a Cartum order is told of its way: status, payment, shipments, each once."""

from typing import Any

import httpx
import pytest

from shopbridge.errors import Rejected, RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.progress import Shipment
from tests.cartum_shapes import listed, row, shop
from tests.recorded import cartum as golden


def test_statuses_come_as_an_object_as_a_list_or_not_at_all() -> None:
    listings = [golden("statuses"), golden("statuses_listed")]
    words = [shop(orders__get_available_statuses=each).connector().account.vocabulary()["status"] for each in listings]
    assert words[0] == words[1]
    assert [(each.key, each.title, each.off) for each in words[0]] == [
        ("1", "Nou", False),
        ("2", "Procesare", False),
        ("3", "Livrat", False),
        ("4", "Anulat", True),
        ("6", "În livrare", False),
        ("7", "Picked up", False),
    ]
    old = shop(orders__get_available_statuses=golden("undefined")).connector().account.vocabulary()["status"]
    assert [each.key for each in old] == ["1", "2", "3", "4", "6"]


def test_an_order_is_moved_with_the_paid_flag_under_both_names_where_the_settings_say_so() -> None:
    at = shop()
    told = at.connector(paid_with_statuses=("3",)).order_status.set_status(OrderId("1042"), "3")
    assert told == "The shop's order status was set to Livrat, and the order is marked as paid."
    assert at.sent() == {"orders": [{"order_id": 1042, "status": 3, "paid": 1, "payed": 1}]}
    assert at.functions() == ["orders/get_available_statuses", "orders/get", "orders/update"]
    at.connector().order_status.set_status(OrderId("1042"), "2")
    assert at.sent() == {"orders": [{"order_id": 1042, "status": 2}]}


@pytest.mark.parametrize(
    ("now", "to", "told"),
    [("2", "2", "is Procesare already"), ("4", "2", "was left as it is"), ("7", "2", "was left as it is")],
)
def test_an_order_is_not_moved_twice_nor_out_of_its_end(now: str, to: str, told: str) -> None:
    at = shop(orders__get=listed(row(stat_status=now)))
    assert told in at.connector().order_status.set_status(OrderId("1042"), to)
    assert "orders/update" not in at.functions()


def test_a_change_whose_answer_is_lost_is_not_sent_again_for_its_buyer_may_get_a_mail() -> None:
    at = shop(orders__update=lambda _: httpx.Response(503, headers={"retry-after": "1"}))
    with pytest.raises(RetryLater):
        at.connector().order_status.set_status(OrderId("1042"), "2")
    assert at.functions().count("orders/update") == 1


@pytest.mark.parametrize("answer", ["update_refused", "update_partly"])
def test_a_refused_change_says_why_in_the_shops_words(answer: str) -> None:
    at = shop(orders__update=golden(answer), orders__get=listed(row(order_id=9)))
    with pytest.raises(Rejected, match="status is not defined"):
        at.connector().order_status.set_status(OrderId("9"), "2")


@pytest.mark.parametrize(
    "answer", [{"status": "OK", "response": {"log": []}}, {"status": "OK", "response": {"log": 7}}, {"status": "EMPTY"}]
)
def test_a_change_of_which_nothing_is_told_is_looked_at_again(answer: Any) -> None:
    with pytest.raises(RetryLater):
        shop(orders__update=answer).connector().order_status.set_status(OrderId("1042"), "2")


def test_the_codes_of_all_shipments_go_into_the_one_field() -> None:
    at = shop()
    shipments = [Shipment(code="EX1", carrier="DPD"), Shipment(code=" EX2 "), Shipment(code="EX1"), Shipment(code="")]
    told = at.shipments.set_shipments(OrderId("1042"), shipments)
    assert told == "The tracking code EX1, EX2 was written into the shop's order."
    assert at.sent() == {"orders": [{"order_id": 1042, "tracking_code": "EX1, EX2"}]}


def test_a_waybill_that_was_made_in_the_shop_is_not_written_again() -> None:
    at = shop(orders__get=listed(row(1044)))
    told = at.shipments.set_shipments(OrderId("1044"), [Shipment(code="20450000000001")])
    assert "already" in told
    assert at.functions() == ["orders/get"]


def test_a_document_number_has_no_place_and_that_is_said() -> None:
    with pytest.raises(Rejected) as caught:
        shop().connector().order_status.set_document(OrderId("1042"), "demo", "R-1")
    assert (caught.value.code, "document_field" in caught.value.fix) == ("no_document_field", True)


def test_statuses_are_read_again_after_an_hour_only() -> None:
    at = shop()
    target = at.connector().order_status
    for _ in range(3):
        target.set_status(OrderId("1042"), "2")
    assert at.functions().count("orders/get_available_statuses") == 1
