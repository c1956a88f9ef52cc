"""What an order's transactions come to, whichever of them Shopware calls the primary one; 112.09 EUR are to be paid."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.connectors.shopware.orders.changes import ORDERS
from shopbridge.connectors.shopware.orders.payments import PAYMENT_STATES
from shopbridge.connectors.shopware.orders.read import read_order
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, Payment

FIXTURE = (Path(__file__).parents[3] / "fixtures" / "shopware" / "order.json").read_text()
TOTAL = "112.09"


def order_row(*transactions: tuple[str, str], primary: int | None = None, total: str = TOTAL) -> dict[str, Any]:
    """The fixture with these transactions, pairs of state and amount, the oldest first."""
    row: dict[str, Any] = json.loads(FIXTURE, parse_float=Decimal)
    row["price"]["totalPrice"] = Decimal(total)
    row["transactions"] = [
        {
            "id": f"t{at}",
            "stateMachineState": {"technicalName": state},
            "paymentMethod": {"id": f"t{at}", "name": f"Method t{at}", "translated": []},
            "amount": {"unitPrice": Decimal(amount), "quantity": 1, "totalPrice": Decimal(amount)},
            "createdAt": f"2026-03-01T10:{at:02}:00.000+00:00",
        }
        for at, (state, amount) in enumerate(transactions)
    ][::-1]
    return row | {"primaryOrderTransactionId": None if primary is None else f"t{primary}"}


def payment_of(row: dict[str, Any], **own_states: bool) -> Payment:
    order = read_order(ORDERS.read([row])[0], own_states)
    assert isinstance(order, Order), order
    assert order.payment is not None
    return order.payment


def counted(payment: Payment) -> tuple[str, str, str, bool]:
    """Method, state, standing, and whether it is paid."""
    return payment.method.removeprefix("Method "), payment.status, payment.standing, payment.paid


@pytest.mark.parametrize(
    ("states", "primary", "chosen"),
    [
        pytest.param(["paid"], None, "t0", id="the only one"),
        pytest.param(["failed", "paid"], 0, "t1", id="a retry went well, a plugin left the failed one as primary"),
        pytest.param(["paid", "open"], 1, "t0", id="a paid one beside a newer open one"),
        pytest.param(["paid", "open"], None, "t0", id="likewise, before there were primary ones"),
        pytest.param(["open", "paid", "failed"], 2, "t1", id="open, paid and failed side by side"),
        pytest.param(["paid", "cancelled"], 1, "t0", id="a cancelled one after a paid one"),
        pytest.param(["refunded", "paid"], 0, "t1", id="paid again after a refund"),
        pytest.param(["chargeback", "paid"], 0, "t1", id="paid again after a chargeback"),
        pytest.param(["paid", "authorized"], 1, "t0", id="paid and authorized"),
    ],
)
def test_what_is_paid_and_covers_the_total_wins(states: list[str], primary: int | None, chosen: str) -> None:
    payment = payment_of(order_row(*((state, TOTAL) for state in states), primary=primary))
    assert counted(payment) == (chosen, "paid", "paid", True)


@pytest.mark.parametrize("primary", [None, 0, 1])
def test_what_is_authorized_and_covers_the_total_wins_over_what_is_neither(primary: int | None) -> None:
    payment = payment_of(order_row(("authorized", TOTAL), ("failed", TOTAL), ("open", TOTAL), primary=primary))
    assert counted(payment) == ("t0", "authorized", "authorized", False)
    assert (payment.captured, payment.authorized) == (Decimal(0), Decimal(TOTAL))


@pytest.mark.parametrize(
    ("states", "primary", "chosen"),
    [
        (["open", "cancelled"], None, "t0"),
        (["open", "failed", "cancelled"], 2, "t0"),
        (["failed", "cancelled"], None, "t1"),
        (["open", "in_progress"], None, "t1"),
        (["open", "in_progress"], 0, "t0"),
        (["open", "reminded"], 7, "t1"),
        (["refunded", "open"], 0, "t1"),
        (["cancelled", "unconfirmed", "failed"], 0, "t1"),
    ],
)
def test_where_nothing_came_in_the_one_that_may_still_be_paid_is_told(
    states: list[str], primary: int | None, chosen: str
) -> None:
    payment = payment_of(order_row(*((state, TOTAL) for state in states), primary=primary))
    assert counted(payment) == (chosen, states[int(chosen[1:])], "open", False)


def test_an_order_that_was_raised_after_it_was_paid_is_paid_in_part_with_both_figures() -> None:
    payment = payment_of(order_row(("paid", "28.79"), total="88.29"))
    assert counted(payment) == ("t0", "paid_partially", "paid_in_part", False)
    assert (payment.captured, payment.secured) == (Decimal("28.79"), Decimal("28.79"))


def test_several_paid_parts_are_added_up_and_the_largest_names_the_method() -> None:
    parts = [("paid", "12.09"), ("open", "112.09"), ("paid", "60.00"), ("paid", "40.00")]
    payment = payment_of(order_row(*parts))
    assert counted(payment) == ("t2", "paid", "paid", True)
    assert payment.captured == Decimal(TOTAL)
    assert not payment_of(order_row(*parts[:-1])).paid


def test_a_rest_that_is_only_authorized_is_not_paid_yet() -> None:
    payment = payment_of(order_row(("paid", "28.79"), ("authorized", "83.30")))
    assert counted(payment) == ("t1", "authorized", "authorized", False)
    short = payment_of(order_row(("authorized", "28.79")))
    assert (short.standing, short.secured) == ("paid_in_part", Decimal("28.79"))


def test_an_order_that_was_paid_twice_keeps_both_figures() -> None:
    payment = payment_of(order_row(("paid", TOTAL), ("paid", TOTAL)))
    assert counted(payment) == ("t1", "paid", "paid", True)
    assert payment.secured == Decimal("224.18")


def test_an_order_that_was_lowered_after_it_was_paid_is_paid() -> None:
    payment = payment_of(order_row(("paid", "150.00")))
    assert (payment.paid, payment.captured) == (True, Decimal("150.00"))


@pytest.mark.parametrize(
    ("state", "standing", "paid"),
    [
        ("refunded_partially", "refunded_in_part", True),
        ("refunded", "refunded", True),
        ("chargeback", "charged_back", False),
    ],
)
def test_what_was_paid_and_given_back_is_neither_paid_alone_nor_unpaid(state: str, standing: str, paid: bool) -> None:
    payment = payment_of(order_row(("failed", TOTAL), (state, TOTAL), primary=0))
    assert counted(payment) == ("t1", state, standing, paid)
    assert payment.captured == Decimal(TOTAL)
    assert payment.refunded == (None if state == "refunded_partially" else Decimal(TOTAL))


def test_a_part_that_was_given_back_of_less_than_the_total_is_paid_in_part() -> None:
    payment = payment_of(order_row(("refunded_partially", "28.79")))
    assert (payment.standing, payment.paid) == ("paid_in_part", False)


def test_the_shops_own_word_for_a_part_tells_no_figure() -> None:
    payment = payment_of(order_row(("paid_partially", TOTAL)))
    assert counted(payment) == ("t0", "paid_partially", "paid_in_part", False)
    assert payment.captured is None


@pytest.mark.parametrize("state", [state for state in PAYMENT_STATES if "part" not in state and state != "authorized"])
def test_nothing_to_pay_is_paid_whatever_the_shop_calls_it(state: str) -> None:
    payment = payment_of(order_row((state, "0"), total="0"))
    assert counted(payment) == ("t0", state, "paid", True)


@pytest.mark.parametrize("digits", ["112.09", "112.0899999999999999", "112.09000000000000341"])
def test_a_hair_less_or_more_is_the_same_amount(digits: str) -> None:
    assert payment_of(order_row(("paid", digits))).captured == Decimal(TOTAL)


def test_an_order_without_a_transaction_has_no_payment() -> None:
    order = read_order(ORDERS.read([order_row()])[0], {})
    assert isinstance(order, Order)
    assert order.payment is None


# --- states of the shop's own --------------------------------------------------------------------------------------


@pytest.mark.parametrize("paid", [True, False])
def test_a_payment_state_of_the_shops_own_counts_as_the_settings_say(paid: bool) -> None:
    payment = payment_of(order_row(("in_escrow", TOTAL)), in_escrow=paid)
    assert (payment.status, payment.paid) == ("in_escrow", paid)


@pytest.mark.parametrize("others", [[], [("paid", "28.79")], [("authorized", TOTAL)]])
def test_an_unknown_payment_state_stops_that_order_and_names_the_setting(others: list[tuple[str, str]]) -> None:
    stopped = read_order(ORDERS.read([order_row(*others, ("in_escrow", TOTAL))])[0], {})
    assert isinstance(stopped, UnreadableOrder)
    assert stopped.code == "unknown_payment_state"
    assert "own_payment_states" in stopped.fix
    assert "'in_escrow'" in stopped.fix


def test_an_unknown_payment_state_matters_to_nobody_where_the_rest_covers_the_total() -> None:
    payment = payment_of(order_row(("in_escrow", TOTAL), ("paid", TOTAL), primary=0))
    assert counted(payment) == ("t1", "paid", "paid", True)


# --- what holds for any mixture ------------------------------------------------------------------------------------

MIXTURES = st.lists(
    st.tuples(st.sampled_from(sorted(PAYMENT_STATES)), st.integers(0, 12000).map(lambda cent: f"{cent / 100:.2f}")),
    min_size=1,
    max_size=5,
)


@given(MIXTURES, st.none() | st.integers(0, 4))
def test_an_order_counts_as_paid_only_where_the_money_that_came_in_covers_it(
    transactions: list[tuple[str, str]], primary: int | None
) -> None:
    payment = payment_of(order_row(*transactions, primary=primary))
    came_in = sum(Decimal(amount) for state, amount in transactions if state in ("paid", "refunded_partially"))
    if payment.standing in ("paid", "refunded_in_part"):
        assert payment.paid
        assert came_in >= Decimal(TOTAL)
    else:
        assert sum(Decimal(amount) for state, amount in transactions if state == "paid") < Decimal(TOTAL)
    assert payment == payment_of(order_row(*transactions, primary=None if payment.standing != "open" else primary))
