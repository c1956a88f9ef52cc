"""Shoprenter's orders page by page, and which of them are open."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from shopbridge.errors import RetryLater
from tests.salespos_orders import D
from tests.shoprenter_shapes import LONG_AGO, Shop, encoded, listed, refused, row, shop


def numbered(number: int) -> dict[str, Any]:
    return row(id=encoded(f"order-order_id={number}"), innerId=str(number))


def pages(request: httpx.Request) -> Any:
    """450 orders, two hundred a page."""
    number, limit = (int(request.url.params[name]) for name in ("page", "limit"))
    rows = [numbered(n) for n in range(1, 451)][number * limit : (number + 1) * limit]
    if not rows:
        return refused(400, 40008)
    following = {"href": "https://demobolt.api.myshoprenter.hu/x"} if (number + 1) * limit < 450 else None
    return listed(*rows, page=str(number), limit=str(limit), next=following)


def test_pages_go_on_by_their_number_and_never_to_the_address_that_an_answer_names() -> None:
    at = shop(orderExtend=pages)
    position, seen = None, []
    while True:
        page = at.connector().order_source.changed(LONG_AGO, position)
        seen += [int(order.number) for order in page.orders]
        position = page.position
        if position is None:
            break
    assert seen == list(range(1, 451))
    assert {each.url.host for each in at.asked} == {"demobolt.api2.myshoprenter.hu"}
    first = next(each for each in at.asked if each.url.path == "/api/orderExtend").url.params
    assert dict(first) == {
        "full": "1",
        "limit": "200",
        "page": "0",
        "excludeAbandonedCart": "1",
        "updatedAtMin": "2019-12-31T22:00:00",
    }


def test_rows_that_moved_up_between_two_pages_are_read_once_more() -> None:
    gone: set[int] = set()

    def shrinking(request: httpx.Request) -> Any:
        number, limit = (int(request.url.params[name]) for name in ("page", "limit"))
        left = [n for n in range(1, 451) if n not in gone]
        rows = [numbered(n) for n in left[number * limit : (number + 1) * limit]]
        return listed(*rows, page=number, limit=limit, next={} if (number + 1) * limit >= len(left) else {"href": "x"})

    source = shop(orderExtend=shrinking).connector().order_source
    page = source.changed(LONG_AGO, None)
    seen = {int(order.number) for order in page.orders}
    gone |= {5, 6}
    while page.position is not None:
        page = source.changed(LONG_AGO, page.position)
        seen |= {int(order.number) for order in page.orders}
    assert seen == set(range(1, 451))


def test_a_page_past_the_end_is_the_end_and_another_page_than_asked_for_is_no_answer() -> None:
    assert shop(orderExtend=refused(400, 40008)).connector().order_source.changed(LONG_AGO, None).orders == ()
    wrong = shop(orderExtend=listed(row(), page=3)).connector().order_source
    with pytest.raises(RetryLater, match="gives page 3 instead of 0"):
        wrong.changed(LONG_AGO, None)


def test_windows_overlap_by_three_hours_on_the_shops_own_clock() -> None:
    at = shop()
    at.connector().order_source.changed(datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC), None)
    (asked,) = (each.url.params["updatedAtMin"] for each in at.asked if "updatedAtMin" in each.url.params)
    assert asked == "2026-07-01T11:00:00"


def test_one_order_is_read_by_its_id_and_what_the_shop_does_not_have_is_left_out() -> None:
    order = encoded("order-order_id=1042")
    at = shop(**{f"orderExtend/{order}": row()})
    found, unreadable = at.connector().order_source.read([order, order, "OTHER", "", "\ud800"])  # type: ignore[list-item]
    assert ([each.number for each in found], list(unreadable)) == (["1042"], [])
    assert b"%3D" in at.asked[0].url.raw_path


def open_units(at: Shop, since: datetime = LONG_AGO) -> dict[str, dict[str, Decimal]]:
    orders = at.connector().open_orders.of(["MUG-BLUE", "CUP-1", "NOBODY"], since)
    return {order.id: order.units for order in orders}


def test_open_orders_hold_their_units_and_final_ones_for_two_weeks() -> None:
    first, final = (encoded(f"order-order_id={number}") for number in (1042, 1043))
    at = shop(orderExtend=listed(row(), row("order_everything"), row("order_cart")))
    at.clock.advance(seconds=(datetime(2026, 3, 10, tzinfo=UTC) - at.clock()).total_seconds())
    assert open_units(at) == {first: {"MUG-BLUE": D(2)}, final: {"CUP-1": D(3)}}
    assert open_units(at, datetime(2026, 3, 3, tzinfo=UTC)) == {}
    at.clock.advance(days=30)
    assert open_units(at) == {first: {"MUG-BLUE": D(2)}}


def test_older_open_orders_are_asked_for_status_by_status() -> None:
    at = shop()
    at.connector().open_orders.of(["MUG-BLUE"], LONG_AGO)
    statuses = [each.url.params.get("orderStatusId") for each in at.asked if each.url.path.endswith("orderExtend")]
    assert statuses == [None, *(encoded(f"orderStatus-order_status_id={n}") for n in (1, 2))]


def test_an_open_order_that_cannot_be_read_ends_the_reading() -> None:
    for odd in (row(orderProducts=7), row(dateCreated="yesterday"), row(orderStatus={"id": "other"})):
        with pytest.raises(RetryLater):
            open_units(shop(orderExtend=listed(odd)))
