"""Gomag as a source of orders."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.platforms.gomag import Discount, Line, OrderSpec, ProductSpec, VersionSpec
from shopbridge.connectors.gomag.api import ZONE, first_day
from shopbridge.errors import RetryLater
from shopbridge.model.base import OrderId
from shopbridge.model.order import same_version
from tests.contract.benches.gomag import LONG_AGO, Bench, D, all_changed, answering, bench, numbers, swift
from tests.gomag_orders import adds_up
from tests.recorded import gomag as golden


def stocked(**assumed: object) -> Bench:
    at = bench(**assumed)
    at.shop.add_product(ProductSpec("MUG", D("65.75"), 50, "Cana demo", ean="5940000000012"))
    versions = (VersionSpec("TEE-R", D("30.10"), 9), VersionSpec("TEE-A", stock=9))
    at.shop.add_product(ProductSpec("TEE", D("31"), 0, "Tricou", versions))
    return at


# --- sums -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("varied", [True, False])
@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize("guess", [True, False])
def test_an_orders_own_sum_tells_whether_prices_include_vat(*, include: bool, guess: bool, varied: bool) -> None:
    at = stocked(prices_include_vat=include, discounts_below_zero=include, varied=varied)
    lines = (Line("MUG", quantity=3), Line("TEE-R", quantity=D("1.5"), vat=D(11)), Line(name="Cutie", price=D("0.99")))
    for _ in range(6):
        at.shop.place_order(OrderSpec(lines, shipping=D("19.99"), discounts=(Discount("V", D("7.77")),)))
    orders = all_changed(swift(at, prices_include_vat=guess))
    assert len(orders) == 6
    assert all(adds_up(order) for order in orders)
    assert {order.totals.gross for order in orders} == {sum(at.shop.order_totals().values()) / 6}
    assert {order.tax_mode for order in orders} == {"gross"}


# --- polling ----------------------------------------------------------------------------------------------------------


def test_a_change_of_settings_that_changes_the_order_is_a_new_version() -> None:
    at = stocked()
    at.shop.place_order(OrderSpec((Line("MUG"),)))
    one, other = all_changed(swift(at))[0], all_changed(swift(at, paid_statuses=["1"]))[0]
    assert not same_version(one.revision, other.revision)


def test_no_change_is_missed_in_the_night_in_which_summer_time_begins() -> None:
    at = stocked()
    at.clock.moment = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
    shop, since, found = swift(at), at.clock(), set()
    placed = []
    for _ in range(12):
        placed.append(at.shop.place_order(OrderSpec((Line("MUG"),))).number)
        at.clock.advance(minutes=30)
        end = shop.order_source.server_time()
        found |= set(numbers(all_changed(shop, since)))
        since = end
    assert found == set(placed)


def test_our_own_clock_is_the_shops_without_a_call() -> None:
    at = bench()
    assert swift(at).order_source.server_time() == at.clock()
    assert at.shop.calls.total == 0


# --- single orders ----------------------------------------------------------------------------------------------------


def test_an_answer_with_other_orders_is_no_answer() -> None:
    at = stocked()
    placed = at.shop.place_order()
    wanted = OrderId(f"{placed.id}/{placed.number}")
    assert len(swift(at).order_source.read([wanted])[0]) == 1
    body = golden("orders_foreign")
    with pytest.raises(RetryLater, match="does not look at the filter"):
        answering(at, body).order_source.read([wanted])


def test_an_order_without_an_id_is_read_again_by_the_name_that_it_was_told_under() -> None:
    body = golden("orders_foreign")
    (row,) = body["orders"].values()
    shop = answering(stocked(), {**body, "orders": [{**row, "id": ["925"]}]})
    (told,) = shop.order_source.changed(LONG_AGO, None).unreadable
    assert told.number == "70036"
    orders, unreadable = shop.order_source.read([OrderId(told.id)])
    assert (orders, [each.id for each in unreadable]) == ([], [told.id])
    assert unreadable[0].text == told.text


@pytest.mark.parametrize("odd", [None, "none", 7, [], {}, {"id": "926", "number": "70036", "total": []}])
def test_an_odd_order_hides_no_other_of_its_page_or_number(odd: object) -> None:
    body = golden("orders_foreign")
    (row,) = body["orders"].values()
    row = {**row, "currency": "RON"}
    page = answering(stocked(), {**body, "orders": [odd, row]}).order_source.changed(LONG_AGO, None)
    assert [order.number for order in page.orders] == ["70036"]
    assert len(page.unreadable) == 1


def test_an_order_whose_amounts_are_odd_is_still_moved_beside_another_of_its_number() -> None:
    body = golden("orders_foreign")
    (row,) = body["orders"].values()
    rows = [{**row, "id": "1", "total": "much"}, {**row, "id": [], "date": {}}]
    shop = answering(stocked(), {**body, "orders": rows}, {"/api/v1/order/status/read/json": golden("statuses")})
    assert "is Comanda NEW already" in shop.order_status.set_status(OrderId("1/70036"), "1")


def test_two_orders_with_the_same_number_are_told_apart_by_their_ids() -> None:
    at = stocked()
    ids = [at.shop.place_order(OrderSpec((Line("MUG", quantity=count),), number="SAME")).id for count in (1, 2)]
    orders = [swift(at).order_source.read([OrderId(f"{each}/SAME")])[0][0] for each in ids]
    assert [order.lines[0].quantity for order in orders] == [1, 2]


def test_a_moment_of_reading_never_goes_back() -> None:
    at = stocked()
    at.shop.place_order()
    revisions = []
    for _ in range(3):
        revisions.append(all_changed(swift(at))[0].revision)
        at.clock.moment += timedelta(milliseconds=1)
    assert revisions == sorted(revisions)


@pytest.mark.parametrize(
    "since", ["2026-10-26T23:59:59+02:00", "2026-03-30T00:00:00+03:00", "2026-07-01T12:00:00+00:00"]
)
def test_no_reading_begins_earlier_than_by_its_reach(since: str) -> None:
    moment = datetime.fromisoformat(since)
    begins = datetime.fromisoformat(first_day(moment)).replace(tzinfo=ZONE)
    assert begins >= moment - swift(bench()).order_source.reach
