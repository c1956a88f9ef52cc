"""Vendure's orders as a real server told them: every total to the cent, in net and gross channels."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shopbridge.connectors.vendure.orders.read import OrderWalk, read_order
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.mapping.json_data import read_json
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, TaxShare

D = Decimal
FIXTURES = Path(__file__).parents[3] / "fixtures" / "vendure"
NOW = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)
Row = dict[str, Any]


def rows() -> dict[str, Row]:
    """The recorded orders by id."""
    answer = read_json((FIXTURES / "orders.json").read_bytes())
    return {row["id"]: row for row in answer["data"]["orders"]["items"]}


def of(number: str, change: Callable[[Row], object] = lambda row: row, **settings: Any) -> Order:
    """A recorded order as ours, after a change of its row."""
    read = tried(number, change, **settings)
    assert isinstance(read, Order), read
    return read


def tried(number: str, change: Callable[[Row], object] = lambda row: row, **settings: Any) -> Order | UnreadableOrder:
    row = rows()[number]
    change(row)
    return read_order(row, VendureSettings(url="https://shop.example", **settings), 2, NOW)


def shares(taxes: tuple[TaxShare, ...]) -> Mapping[str, tuple[str, str]]:
    return {f"{each.rate:f}": (f"{each.net:.2f}", f"{each.tax:.2f}") for each in taxes}


@pytest.mark.parametrize("number", rows())
def test_every_recorded_order_comes_to_what_the_server_says(number: str) -> None:
    order, row = of(number), rows()[number]
    assert order.totals.gross == D(row["totalWithTax"]) / 100
    assert order.totals.net == D(row["total"]) / 100
    parts = [*(share for line in order.lines for share in line.taxes)]
    parts += order.shipping.taxes if order.shipping else ()
    assert sum((each.net for each in parts), D(0)) == order.totals.net
    assert sum((each.gross for each in parts), D(0)) == order.totals.gross
    own = order.totals.gross if order.tax_mode == "gross" else order.totals.net
    assert sum((line.total for line in order.lines), order.shipping.total if order.shipping else D(0)) == own


def test_an_order_of_a_net_channel_with_ten_percent_off() -> None:
    order = of("4")
    assert (order.tax_mode, order.currency, order.status, order.channel) == (
        "net",
        "EUR",
        "PaymentSettled",
        "shop.example",
    )
    assert [(line.kind, line.sku, f"{line.total:.2f}") for line in order.lines] == [
        ("product", "MUG-BLU", "38.85"),
        ("product", "BK-FG", "24.99"),
        ("product", "CAP-1", "22.50"),
        ("discount", "", "-8.63"),
    ]
    assert order.lines[-1].name == "TEN"
    assert shares(order.lines[-1].taxes) == {"21": ("-6.31", "-1.33"), "9": ("-2.32", "-0.21")}
    assert order.shipping is not None
    assert (order.shipping.method_keys, shares(order.shipping.taxes)) == (
        ("standard-shipping", "Standard Shipping"),
        {"21": ("4.95", "1.04")},
    )
    assert shares(order.totals.taxes) == {"21": ("59.99", "12.60"), "9": ("22.67", "2.04")}


def test_an_order_of_a_gross_channel_has_the_amounts_that_were_entered() -> None:
    order = of("8")
    assert (order.tax_mode, order.channel) == ("gross", "gross")
    assert [(line.unit_price, line.total) for line in order.lines[:3]] == [
        (D("15.67"), D("47.01")),
        (D("27.24"), D("27.24")),
        (D("9.08"), D("27.24")),
    ]
    assert order.lines[3].total == D("-10.15")


def test_shipping_that_a_promotion_pays_costs_nothing_at_a_rate_of_the_goods() -> None:
    for number in ("6", "10"):
        order = of(number)
        assert order.shipping is not None
        assert (order.shipping.total, shares(order.shipping.taxes)) == (D(0), {"21": ("0.00", "0.00")})


def test_guests_and_registered_buyers_and_what_an_address_calls_them() -> None:
    guest, known = of("4"), of("14")
    assert guest.customer is not None
    assert known.customer is not None
    assert (guest.customer.guest, known.customer.guest) == (True, False)
    assert (known.customer.first_name, known.customer.last_name, known.customer.company) == ("Reg", "Ister", "Test BV")
    assert (known.billing_address.first_name, known.billing_address.last_name) == ("", "Bob Gast")
    assert (guest.billing_address.first_name, guest.billing_address.last_name) == ("Bob", "Gast")


def test_the_day_of_an_order_is_the_shops() -> None:
    def late(row: Row) -> None:
        row["orderPlacedAt"] = "2026-11-29T23:30:00.000Z"

    assert of("4", late).placed_at.isoformat() == "2026-11-30T01:30:00+02:00"
    assert of("4", late, time_zone="Europe/London").placed_at.date().isoformat() == "2026-11-29"


def test_a_cancelled_order_is_off_tells_whose_stock_came_back_and_stays_paid() -> None:
    order = of("12")
    assert (order.cancelled, order.status, order.totals.gross) == (True, "Cancelled", D(0))
    assert {line.sku for line in order.lines} == {"MUG-BLU", "BK-FG"}
    assert {(line.quantity, line.total) for line in order.lines} == {(D(0), D(0))}
    assert order.payment is not None
    assert (order.payment.paid, order.payment.captured) == (True, D("64.57"))


def pay(*payments: tuple[int, str], refunds: tuple[tuple[int, str], ...] = ()) -> Callable[[Row], None]:
    """Other payments of the order, whose total is 97.30; refunds of the first."""

    def change(row: Row) -> None:
        row["payments"] = [
            {"id": str(place), "method": "card", "amount": amount, "state": state, "refunds": []}
            for place, (amount, state) in enumerate(payments, 1)
        ]
        if refunds:
            row["payments"][0]["refunds"] = [{"total": total, "state": state} for total, state in refunds]

    return change


@pytest.mark.parametrize(
    ("change", "standing", "paid"),
    [
        (pay((9730, "Settled")), "paid", True),
        (pay((9730, "Authorized")), "authorized", False),
        (pay((9730, "Declined"), (9730, "Settled")), "paid", True),
        (pay((5000, "Settled"), (4730, "Authorized")), "authorized", False),
        (pay((5000, "Settled")), "paid_in_part", False),
        (pay((9730, "Error"), (9730, "Cancelled")), "open", False),
        (pay((9730, "Settled"), refunds=((1000, "Settled"),)), "refunded_in_part", True),
        (pay((9730, "Settled"), refunds=((9730, "Settled"),)), "refunded", True),
        (pay((9730, "Settled"), refunds=((9730, "Pending"),)), "paid", True),
    ],
)
def test_payments_are_judged_together(change: Callable[[Row], None], standing: str, *, paid: bool) -> None:
    payment = of("4", change).payment
    assert payment is not None
    assert (payment.standing, payment.status, payment.paid) == (standing, standing, paid)


def test_a_payment_state_of_the_shops_own_holds_until_it_is_explained() -> None:
    held = tried("4", pay((9730, "Invoiced")))
    assert isinstance(held, UnreadableOrder)
    assert (held.code, "own_payment_states" in held.fix) == ("unknown_payment_state", True)
    payment = of("4", pay((9730, "Invoiced")), own_payment_states={"Invoiced": True}).payment
    assert payment is not None
    assert payment.paid
    assert of("4", pay()).payment is None


def test_what_is_charged_beside_the_goods_is_a_line_of_its_own() -> None:
    def wrap(row: Row) -> None:
        row["surcharges"] = [
            {"id": "1", "description": "Gift wrap", "sku": "", "price": 300, "priceWithTax": 363, "taxRate": 21},
            {"id": "2", "description": "Bonus", "sku": "", "price": -100, "priceWithTax": -121, "taxRate": 21},
        ]
        row["total"] += 200
        row["totalWithTax"] += 242
        row["taxSummary"][0]["taxBase"] += 200
        row["taxSummary"][0]["taxTotal"] += 42

    order = of("4", wrap)
    assert [(line.kind, line.name, line.total) for line in order.lines[3:5]] == [
        ("free", "Gift wrap", D(3)),
        ("discount", "Bonus", D(-1)),
    ]


def test_sums_that_do_not_add_up_hold_the_order() -> None:
    def spoil(row: Row) -> None:
        row["totalWithTax"] += 1

    held = tried("4", spoil)
    assert isinstance(held, UnreadableOrder)
    assert held.code == "totals_differ_in_shop"
    assert "97.31" in held.text


def test_an_address_that_is_missing_is_the_other_one_and_none_at_all_holds() -> None:
    empty = dict.fromkeys(rows()["4"]["billingAddress"])

    def unbilled(row: Row) -> None:
        row["billingAddress"] = empty

    def nowhere(row: Row) -> None:
        row["billingAddress"], row["shippingAddress"] = empty, None

    def abroad(row: Row) -> None:
        row["shippingAddress"]["countryCode"] = None

    assert of("4", unbilled).billing_address == of("4").shipping_address
    for change, code in ((nowhere, "missing_address"), (abroad, "missing_country")):
        held = tried("4", change)
        assert isinstance(held, UnreadableOrder)
        assert held.code == code


def test_amounts_have_the_decimals_that_the_server_tells() -> None:
    read = read_order(rows()["4"], VendureSettings(url="https://shop.example"), 3, NOW)
    assert isinstance(read, Order)
    assert read.totals.gross == D("9.730")


def test_a_poll_asks_for_what_was_placed_or_changed_and_a_piece_of_the_older() -> None:
    walk = OrderWalk.first(datetime(2026, 11, 29, 21, 55, tzinfo=UTC), NOW)
    assert (walk.since, walk.placed) == ("2026-11-29T21:54:59.000Z", "2026-11-28T21:55:00.000Z")
    asked = walk.options(0, 100)
    assert [sorted(each) for each in asked["filter"]["_or"]] == [["updatedAt"], ["orderPlacedAt"], ["orderPlacedAt"]]
    begin, end = (datetime.fromisoformat(each) for each in walk.piece)
    assert 2 <= (end - begin).total_seconds() / 86_400 < 2.1
    assert json.loads(json.dumps(asked)) == asked


def test_a_first_reading_asks_for_all_since_its_moment_and_no_piece() -> None:
    walk = OrderWalk.first(datetime(2026, 1, 1, tzinfo=UTC), NOW)
    assert (walk.piece, len(walk.options(0, 100)["filter"]["_or"])) == ((), 2)
