"""Which orders are taken, and which no back office could book."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import Held
from shopbridge.flows.orders.filter import check_order, skip_reason
from shopbridge.model.order import Delivery, Order
from tests.unit.flow_samples import CREATED, a_connection, an_order

PAYMENT = an_order().payment
assert PAYMENT
UNPAID = PAYMENT.model_copy(update={"status": "open", "paid": False, "standing": "open"})

SOME = PAYMENT.model_copy(update={"status": "paid_partially", "paid": False, "standing": "paid_in_part"})
IN_PART = SOME.model_copy(update={"captured": Decimal("28.79")})
FREE = an_order().totals.model_copy(update={"gross": Decimal("0.00")})


def code(settings: dict[str, Any], order: Order, origin: str = "webhook") -> str | None:
    reason = skip_reason(a_connection(**settings), order, origin)
    return reason.code if reason else None


@pytest.mark.parametrize(
    ("settings", "changes", "expected"),
    [
        pytest.param({}, {}, None, id="a paid open order is taken"),
        pytest.param({}, {"cancelled": True, "status": "cancelled"}, "cancelled", id="cancelled"),
        pytest.param(
            {"statuses": ["cancelled"]}, {"cancelled": True, "status": "cancelled"}, None, id="cancelled is wanted"
        ),
        pytest.param(
            {"statuses": ["open"]}, {"cancelled": True, "status": "cancelled"}, "cancelled", id="cancelled not wanted"
        ),
        pytest.param({"statuses": ["open", "new"]}, {}, None, id="one of the statuses"),
        pytest.param({"statuses": ["new"]}, {}, "status_not_taken", id="another status"),
        pytest.param({}, {"payment": UNPAID}, "payment_not_taken", id="unpaid"),
        pytest.param({}, {"payment": None}, "payment_not_taken", id="no payment at all"),
        pytest.param({"payment_statuses": []}, {"payment": UNPAID}, None, id="paid or not"),
        pytest.param({"payment_statuses": []}, {"payment": None}, None, id="no payment and none asked for"),
        pytest.param({"payment_statuses": ["open"]}, {"payment": UNPAID}, None, id="a chosen payment status"),
        pytest.param({"payment_statuses": ["none"]}, {"payment": None}, None, id="no payment at all is wanted"),
        pytest.param({}, {"payment": UNPAID, "totals": FREE}, None, id="nothing to pay"),
        pytest.param({}, {"payment": None, "totals": FREE}, None, id="nothing to pay and no payment"),
        pytest.param({}, {"payment": IN_PART}, None, id="less than the total is for check_order to hold"),
        pytest.param({}, {"payment": SOME}, "payment_not_taken", id="the shop itself calls it paid in part"),
        pytest.param({"from_date": "2026-03-01"}, {}, None, id="on the start day"),
        pytest.param({"from_date": "2026-03-02"}, {}, "before_start_date", id="before the start day"),
        pytest.param({}, {"placed_at": CREATED - timedelta(days=61)}, None, id="two months ago"),
        pytest.param({}, {"placed_at": CREATED - timedelta(days=61, seconds=1)}, "before_start_date", id="longer ago"),
    ],
)
def test_settings_decide_which_orders_are_taken(
    settings: dict[str, Any], changes: dict[str, Any], expected: str | None
) -> None:
    assert code(settings, an_order(**changes)) == expected


@pytest.mark.parametrize("origin", ["webhook", "poll", "first_import", "backfill", "resend"])
def test_statuses_left_out_of_the_first_import_are_left_out_of_that_only(origin: str) -> None:
    found = code({"first_import_without": ["open"]}, an_order(), origin)
    assert found == ("status_not_in_first_import" if origin == "first_import" else None)


def test_a_backfill_reaches_behind_the_start_date() -> None:
    old = an_order(placed_at=CREATED - timedelta(days=400))
    assert code({}, old, "backfill") is None
    assert code({}, old, "poll") == "before_start_date"


def test_a_skip_names_what_was_found_in_a_sentence() -> None:
    reason = skip_reason(a_connection(from_date="2026-03-02"), an_order(), "poll")
    assert reason
    assert reason.text == "The order is older than 02 March 2026."
    unpaid = skip_reason(a_connection(), an_order(payment=None), "poll")
    assert unpaid
    assert "'none'" in unpaid.text


@pytest.mark.parametrize(
    ("settings", "changes", "origin", "named"),
    [
        ({}, {"cancelled": True, "status": "cancelled"}, "poll", ["orders.statuses", "'cancelled'"]),
        ({"statuses": ["new"]}, {}, "poll", ["orders.statuses", "'open'"]),
        ({"first_import_without": ["open"]}, {}, "first_import", ["orders.first_import_without", "resend it"]),
        ({"from_date": "2026-03-02"}, {}, "poll", ["orders.from_date"]),
        ({}, {"payment": UNPAID}, "poll", ["orders.payment_statuses", f"'{UNPAID.status}'"]),
        ({}, {"payment": None}, "poll", ["orders.payment_statuses", "'none'"]),
    ],
)
def test_a_skip_names_the_setting_that_would_make_it_go(
    settings: dict[str, Any], changes: dict[str, Any], origin: str, named: list[str]
) -> None:
    reason = skip_reason(a_connection(**settings), an_order(**changes), origin)
    assert reason
    assert reason.fix.endswith(".")
    assert [word for word in named if word not in reason.fix] == []


def test_a_status_is_skipped_by_name_and_its_setting_is_told_by_key() -> None:
    reason = skip_reason(a_connection(statuses=["7"]), an_order(status="5", status_name="Livrata"), "poll")
    assert reason
    assert reason.text == "Orders with the status 'Livrata (5)' are not taken."
    assert "add '5' there" in reason.fix


# --- orders nobody could book ---------------------------------------------------------------------------------

LINE = an_order().lines[0]


def line(**changes: Any) -> Any:
    return LINE.model_copy(update=changes)


def totals(gross: str, net: str = "0") -> Any:
    return an_order().totals.model_copy(update={"gross": Decimal(gross), "net": Decimal(net)})


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({"lines": ()}, "empty_order", "no lines"),
        ({"lines": (line(quantity=Decimal(0)),)}, "odd_quantity", "quantity 0"),
        ({"lines": (line(quantity=Decimal(-2)),)}, "odd_quantity", "quantity -2"),
        ({"lines": (line(total=Decimal("-48.40")),)}, "negative_line", "negative total -48.40"),
        ({"totals": totals("-1.00")}, "negative_total", "-1.00 EUR"),
        ({"totals": totals("60.00")}, "totals_differ_in_shop", "add up to 53.24 EUR, but the order's total says 60.00"),
        ({"shipping": None}, "totals_differ_in_shop", "add up to 48.40"),
    ],
)
def test_an_order_that_nobody_could_book_is_held_with_line_and_figures(
    changes: dict[str, Any], expected: str, words: str
) -> None:
    with pytest.raises(Held) as held:
        check_order(a_connection(), an_order(**changes))
    assert (held.value.code, held.value.where) == (expected, "order 10042")
    assert words in held.value.what
    assert held.value.fix.endswith(".")


def test_money_that_does_not_cover_the_total_holds_the_order_with_both_figures() -> None:
    with pytest.raises(Held) as held:
        check_order(a_connection(), an_order(payment=IN_PART))
    assert (held.value.code, held.value.where) == ("paid_in_part", "order 10042")
    assert "28.79 EUR is paid or authorized, but the order's total is 53.24" in held.value.what
    assert "'paid_partially'" in held.value.fix


@pytest.mark.parametrize("taken", [[], ["paid", "paid_partially"]])
def test_money_that_does_not_cover_the_total_is_taken_where_the_settings_say_so(taken: list[str]) -> None:
    check_order(a_connection(payment_statuses=taken), an_order(payment=IN_PART))


def test_an_order_that_goes_to_several_addresses_is_held_and_parts_to_one_are_not() -> None:
    home = an_order().shipping_address
    elsewhere = home.model_copy(update={"street": "Secret Lane 9"})
    check_order(a_connection(), an_order(further_deliveries=(Delivery(method="Express", address=home),)))
    parts = tuple(Delivery(method="Standard", address=address) for address in (home, elsewhere, elsewhere))
    with pytest.raises(Held) as held:
        check_order(a_connection(), an_order(further_deliveries=parts))
    assert (held.value.code, held.value.where) == ("several_deliveries", "order 10042")
    assert "2 different addresses" in held.value.what
    assert "Secret" not in str(held.value)


def test_a_reduction_and_a_free_position_are_no_reason_to_hold() -> None:
    lines = (LINE, line(kind="discount", total=Decimal("-5.00")), line(kind="free", total=Decimal("5.00")))
    check_order(a_connection(), an_order(lines=lines))


def test_what_rounding_to_cash_added_or_took_is_no_reason_to_hold() -> None:
    for rounding in ("-0.24", "0.26"):
        whole = totals("53.24").model_copy(update={"gross": Decimal("53.24") + Decimal(rounding)})
        check_order(a_connection(), an_order(totals=whole.model_copy(update={"rounding": Decimal(rounding)})))
        with pytest.raises(Held):
            check_order(a_connection(), an_order(totals=whole))


def test_net_orders_are_added_up_net() -> None:
    net = an_order(tax_mode="net", totals=totals("64.42", "53.24"))
    check_order(a_connection(), net)


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=30))
def test_a_cent_of_rounding_for_each_line_is_no_reason_to_hold(off: list[int]) -> None:
    """Each line, and shipping, may be rounded on its own."""
    lines = tuple(line(id=str(number)) for number, _ in enumerate(off))
    whole = LINE.total * len(lines) + Decimal("4.84")
    drift = Decimal(sum(off)) / 10_000
    order = an_order(lines=lines, totals=totals(str(whole + drift)))
    if abs(drift) <= Decimal("0.01") * (len(lines) + 1):
        check_order(a_connection(), order)
    else:
        with pytest.raises(Held):
            check_order(a_connection(), order)


def test_sums_may_be_off_by_a_cent_for_each_line_and_the_shipping_and_no_more() -> None:
    order = an_order()
    room = Decimal("0.01") * (len(order.lines) + 1)
    for off, refused in ((room, False), (-room, False), (room + Decimal("0.01"), True)):
        gross = order.totals.gross + off
        shifted = an_order(totals=order.totals.model_copy(update={"gross": gross}))
        with pytest.raises(Held, match="add up to") if refused else nullcontext():
            check_order(a_connection(payment_statuses=[]), shifted)


def test_an_order_for_nothing_is_no_refund() -> None:
    given = line(total=Decimal(0), unit_price=Decimal(0))
    check_order(a_connection(), an_order(lines=(given,), shipping=None, totals=totals("0.00"), payment=None))
