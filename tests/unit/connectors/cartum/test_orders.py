"""Cartum's orders in every documented shape, and in which turns they are read."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from shopbridge.connectors.kit.turns import EPOCH, PIECE, PIECES, TURN, piece_of
from shopbridge.errors import RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order, is_newer, same_version
from tests.cartum_shapes import LONG_AGO, changed, listed, of, read, reply, row, shop
from tests.recorded import cartum as golden
from tests.salespos_orders import D

ZERO = D(0)


def adds_up(order: Order) -> bool:
    parts = sum((line.total for line in order.lines), order.shipping.total if order.shipping else ZERO)
    taxed = sum((share.gross for share in order.totals.taxes), ZERO)
    return order.totals.gross == parts == taxed == order.totals.net + order.totals.tax


def sold(order: Order) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.sku, line.quantity, line.total) for line in order.lines if line.kind == "product"]


# --- shapes -------------------------------------------------------------------------------------------------------


def test_every_documented_order_is_read_and_adds_up_to_the_cent() -> None:
    rows = [*golden("orders")["response"]["orders"], *golden("orders_shapes")["response"]["orders"]]
    orders, unreadable = changed(*rows, other_vat={"STICKER": "9", "TEE-M": "11"})
    assert unreadable == []
    assert len(orders) == len(rows) == 9
    assert all(adds_up(order) for order in orders)


def test_the_example_of_the_platform_file_becomes_our_order() -> None:
    order = of()
    assert (order.id, order.number, order.status, order.cancelled) == ("1042", "1042", "1", False)
    assert order.placed_at.isoformat() == "2025-03-01T10:15:00+02:00"
    assert (order.currency, order.tax_mode, order.channel, order.comment) == (
        "RON",
        "gross",
        "shop.example",
        "call first",
    )
    assert sold(order) == [("MUG-RED", D(2), D(200)), ("MUG-BLUE", D(1), D(100))]
    assert [(line.kind, line.name, line.total) for line in order.lines[2:]] == [("discount", "Discount SPRING", D(-30))]
    assert order.totals.gross == D(270)
    assert (order.totals.net, order.totals.tax) == (D("226.89"), D("43.11"))
    assert order.payment is not None
    assert order.shipping is not None
    assert (order.payment.method_keys, order.payment.paid) == (("13", "Cash"), False)
    assert (order.shipping.method_keys, order.shipping.total) == (("11", "By courier"), ZERO)
    address = order.shipping_address
    assert (address.last_name, address.street, address.city, address.country) == (
        "Ana Pop",
        "Str. Exemplu 5",
        "Cluj-Napoca",
        "RO",
    )
    assert order.customer is not None
    assert (order.customer.email, order.customer.id, order.customer.guest) == ("ana@example.com", "", False)


def test_texts_for_numbers_costs_of_delivery_and_payment_and_a_paid_flag() -> None:
    order = of(1043, delivery_vat="5")
    assert order.payment is not None
    assert order.payment.paid
    assert [(line.kind, line.total) for line in order.lines] == [("product", D("120.30")), ("free", D(5))]
    assert order.shipping is not None
    assert order.shipping.total == D("45.50")
    assert order.totals.gross == D("170.80")
    assert [(share.rate, share.gross) for share in order.totals.taxes] == [(D(19), D("120.30")), (D(5), D("50.50"))]
    assert order.extras["analytics"] == {"utm_source": "(direct)", "utm_medium": "(none)"}


def test_a_price_of_delivery_that_is_not_calculated_costs_nothing_and_is_told() -> None:
    assert of().extras["deliveryIsCalculated"] is False
    assert of(1043).extras["deliveryIsCalculated"] is True


def test_an_address_of_parts_is_taken_apart_and_a_guest_has_no_mail() -> None:
    order = of(1044)
    assert (order.shipping_address.street, order.shipping_address.extra) == ("Str. Lungă 7", ("bl. A", "700001"))
    assert order.shipping_address.city == "Iași"
    assert order.customer is not None
    assert (order.customer.email, order.customer.last_name) == ("", "Ana Pop")
    assert order.extras["trackingCode"] == "20450000000001"
    assert "tnTrackingUpdateDate" not in order.extras["deliveryData"]


def test_what_a_carrier_was_asked_is_no_change_and_what_it_said_is_one() -> None:
    data = row(1044)["delivery_data"]
    asked = of(1044, {"delivery_data": {**data, "tnTrackingUpdateDate": "2025-03-03 08:00:00"}})
    arrived = of(1044, {"delivery_data": {**data, "tnStatusName": "Arrived"}})
    assert same_version(of(1044).revision, asked.revision)
    assert not same_version(of(1044).revision, arrived.revision)


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (1045, [("SET-1", D(1), D(250))]),
        (1046, [("MUG-RED", D(2), D(190)), ("TEE-M", D(1), D(50))]),
        (1047, [("MUG-RED", D(1), D(100)), ("STICKER", D(1), ZERO)]),
        (1048, [("MUG-RED", D(1), D(100)), ("STICKER", D(1), ZERO)]),
    ],
)
def test_sets_and_gifts_count_once(number: int, lines: list[tuple[str, Decimal, Decimal]]) -> None:
    order = of(number)
    assert sold(order) == lines
    assert order.totals.gross == sum(total for _, _, total in lines)


def test_nothing_in_any_spelling_is_nothing_and_a_surcharge_by_hand_is_a_line() -> None:
    order = of(1049)
    assert (order.shipping, order.payment, order.status, order.currency) == (None, None, "7", "EUR")
    assert [(line.kind, line.name, line.total) for line in order.lines][1:] == [("free", "Surcharge", D(10))]
    assert order.shipping_address.street == order.shipping_address.city == ""


def test_an_order_of_nothing_is_paid() -> None:
    order = of(1050)
    assert order.totals.gross == ZERO
    assert order.payment is not None
    assert order.payment.paid


def test_a_discount_goes_over_the_rates_of_the_goods() -> None:
    order = of(1042, other_vat={"MUG-BLUE": "11"})
    assert [(share.rate, share.gross) for share in order.lines[2].taxes] == [(D(19), D(-20)), (D(11), D(-10))]


def test_orders_keyed_by_number_are_the_same() -> None:
    page = shop(orders__get=golden("orders_keyed")).connector().order_source.changed(LONG_AGO, None)
    assert [order.id for order in page.orders] == ["1042"]


@pytest.mark.parametrize("name", ["orders_empty", "orders_empty_bare"])
def test_no_orders_are_none(name: str) -> None:
    page = shop(orders__get=golden(name)).connector().order_source.changed(LONG_AGO, None)
    assert (page.orders, page.position) == ((), None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total_default": 301}, "totals_differ_in_shop"),
        ({"stat_status": ""}, "missing_status"),
        ({"currency": "leu"}, "Order"),
        ({"currency": "lei românești"}, "unknown_currency"),
        ({"stat_created": "01.03.2025"}, "unexpected_form"),
        ({"total_sum": "x"}, "unexpected_form"),
        ({"products": 7}, "unexpected_form"),
        ({"payed": "maybe"}, "unexpected_form"),
    ],
)
def test_what_cannot_be_understood_is_held_and_says_why(changes: dict[str, Any], code: str) -> None:
    found = read(row(**changes))
    assert (found.code if isinstance(found, UnreadableOrder) else type(found).__name__) == code
    assert found.number == "1042"


def test_a_status_that_the_settings_name_is_a_cancelled_one() -> None:
    assert of(1042, {"stat_status": 4}).cancelled
    assert of(1049, cancelled_statuses=("4", "7")).cancelled


def test_times_are_those_of_the_settings_zone() -> None:
    assert of(1042, time_zone="Europe/Chisinau").placed_at.utcoffset() == timedelta(hours=2)
    assert of(1042, time_zone="Europe/Warsaw").placed_at == datetime(2025, 3, 1, 9, 15, tzinfo=UTC)


def test_what_did_not_change_is_the_same_version_whenever_it_is_read() -> None:
    at = shop()
    source = at.connector().order_source
    first = source.changed(LONG_AGO, None).orders[0]
    at.clock.advance(minutes=5)
    again = source.changed(LONG_AGO, None).orders[0]
    at.answers["orders/get"] = listed(row(payed=1))
    at.clock.advance(minutes=5)
    paid = source.changed(LONG_AGO, None).orders[0]
    assert same_version(first.revision, again.revision)
    assert is_newer(paid.revision, first.revision)


# --- whose turn it is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 60])
def test_every_piece_of_two_months_has_its_turn_whatever_the_minutes_between_polls(minutes: int) -> None:
    start = datetime(2026, 11, 29, 14, 0, 3, tzinfo=UTC)
    seen = {piece_of(start + timedelta(minutes=minutes * poll)) for poll in range(PIECES)}
    oldest = start - timedelta(days=60)
    placed = [oldest + timedelta(hours=hour) for hour in range(60 * 24)]
    assert all(any(begin <= moment < end for begin, end in seen) for moment in placed)


def test_a_poll_that_comes_some_seconds_early_or_late_has_the_same_turn() -> None:
    tick = datetime(2026, 11, 29, 14, 5, tzinfo=UTC)
    assert len({piece_of(tick + timedelta(seconds=late)) for late in (-100, -1, 0, 1, 100)}) == 1
    assert piece_of(tick) != piece_of(tick + TURN)


def test_an_order_stays_in_its_piece() -> None:
    assert all(
        (begin - EPOCH) % PIECE == timedelta() for begin, _ in (piece_of(LONG_AGO + TURN * n) for n in range(99))
    )


def test_a_poll_reads_the_last_day_and_a_piece_of_the_older_orders() -> None:
    at = shop()
    source, now = at.connector().order_source, at.clock()
    page = source.changed(now - timedelta(minutes=20), None)
    assert page.position is not None
    assert source.changed(now - timedelta(minutes=20), page.position).position is None
    newest, older = (at.sent(place) for place in (0, 1))
    begin, end = piece_of(now)
    assert (newest["offset"], newest["limit"], "to" in newest) == (0, 500, False)
    assert now - timedelta(days=1, minutes=21) < moment(newest["from"]) < now - timedelta(days=1)
    assert moment(older["from"]) <= begin < end <= moment(older["to"])
    assert (len(at.asked), len(at.logins)) == (2, 1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Bucharest"))


def test_a_first_import_reads_everything_since_its_moment_and_no_piece() -> None:
    at = shop()
    assert at.connector().order_source.changed(LONG_AGO, None).position is None
    assert at.sent()["from"] == "2020-01-01 01:00:00"


SMALL = {**row(1047), "products": [], "total_default": 0, "total_sum": 0, "delivery_data": [], "analytics": []}


class Orders:
    """A shop with many orders, which answers as the filters ask; ``most`` is a limit of its own."""

    def __init__(self, placed: list[datetime], most: int = 1000) -> None:
        self.placed, self.most, self.asked = placed, most, list[dict[str, Any]]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        self.asked.append(asked)
        begin, end = moment(asked["from"]), moment(asked.get("to", "2099-01-01 00:00:00"))
        found = [number for number, at in enumerate(self.placed) if begin <= at <= end]
        page = found[asked["offset"] :][: min(asked["limit"], self.most)]
        return reply(listed(*({**SMALL, "order_id": number} for number in page)) if page else golden("orders_empty"))


def test_a_quiet_poll_with_5000_open_orders_is_three_calls_at_most_and_two_hours_and_a_half_see_all() -> None:
    at = shop()
    start = at.clock()
    orders = Orders([start - timedelta(minutes=17 * number) for number in range(5_000)])
    at.answers["orders/get"] = orders
    seen: set[str] = set()
    costs: list[int] = []
    for _ in range(PIECES):
        before = len(at.asked) + len(at.logins)
        position: str | None = None
        source = at.connector().order_source
        while True:
            page = source.changed(at.clock() - timedelta(minutes=20), position)
            seen |= {order.id for order in page.orders}
            position = page.position
            if position is None:
                break
        costs.append(len(at.asked) + len(at.logins) - before)
        at.clock.advance(minutes=5)
    assert max(costs) <= 3
    assert at.clock() - start == timedelta(hours=2, minutes=35)
    assert len(seen) == 5_000


@pytest.mark.parametrize("most", [1000, 100, 50])
def test_all_pages_are_read_though_the_shop_gives_fewer_orders_than_were_asked_for(most: int) -> None:
    at = shop()
    at.answers["orders/get"] = Orders([at.clock() - timedelta(minutes=number) for number in range(760)], most)
    source, position, seen = at.connector().order_source, None, list[str]()
    while True:
        page = source.changed(LONG_AGO, position)
        seen += [order.id for order in page.orders]
        position = page.position
        if position is None:
            break
    assert sorted(map(int, seen)) == list(range(760))


def test_an_order_that_is_deleted_between_two_pages_hides_none() -> None:
    at = shop()
    orders = Orders([at.clock() - timedelta(minutes=number) for number in range(30)])
    at.answers["orders/get"] = orders
    source = at.connector(page_size=10).order_source
    page = source.changed(LONG_AGO, None)
    seen = {order.id for order in page.orders}
    orders.placed[2] = datetime(1999, 1, 1, tzinfo=UTC)
    while page.position:
        page = source.changed(LONG_AGO, page.position)
        seen |= {order.id for order in page.orders}
    assert seen == {str(number) for number in range(30)}


def test_many_orders_are_read_in_one_call_and_others_than_asked_for_are_not_believed() -> None:
    at = shop(orders__get=listed(row(1042), row(1043)))
    source = at.connector().order_source
    orders, _ = source.read([OrderId("1042"), OrderId("1043"), OrderId("007"), OrderId("x")])
    assert [order.id for order in orders] == ["1042", "1043"]
    assert at.sent() == {"ids": [1042, 1043], "offset": 0, "limit": 2}
    with pytest.raises(RetryLater, match="filter"):
        source.read([OrderId("1043")])
