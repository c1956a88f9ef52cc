"""Gomag's bucket is everybody's: our share, and the room that other apps need."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.platforms.gomag import OrderSpec, ProductSpec
from shopbridge.errors import RetryLater, Throttled
from shopbridge.model.stock import StockChange
from tests.contract.benches.gomag import LONG_AGO, Bench, D, all_changed, bench

HALF = Decimal("0.5")


def work_for(at: Bench, containers: int = 1, **minutes: float) -> int:
    """Poll, read stock and write stock as fast as the connectors let us, in turns; how many calls that were."""
    shops = [at.connector() for _ in range(containers)]
    end, before, round_ = at.clock() + timedelta(**minutes), at.shop.calls.total, 0
    while at.clock() < end:
        round_ += 1
        shop = shops[round_ % containers]
        shop.order_source.changed(LONG_AGO, None)
        shop.stock_source.page(None)
        shop.stock_target.write([StockChange(sku="A", quantity=D(round_))], manage="untouched", warehouse="")
    return at.shop.calls.total - before


@pytest.mark.parametrize(("offset", "containers"), [(1.7, 3)])
def test_ten_minutes_beside_an_app_that_takes_half_of_one_call_a_second_bring_no_429(
    offset: float, containers: int
) -> None:
    at = bench(rate="1.0", read_burst=2, write_burst=2)
    at.shop.add_product(ProductSpec("A", D(10), 1))
    at.shop.limits.others_pace(reads=HALF, writes=HALF)
    at.clock.advance(seconds=offset)
    made = work_for(at, containers, minutes=10)
    limits = at.shop.limits
    assert (limits.read.refused, limits.write.refused) == (0, 0)
    assert (limits.read.others_refused, limits.write.others_refused) == (0, 0)
    assert limits.read.others_taken >= 299
    assert made >= 200
    assert not any(answer.status == 429 for answer in at.answers)


def test_ten_minutes_at_the_burst_of_the_sample_bring_no_429_either() -> None:
    at = bench(rate="1.0", read_burst=50, write_burst=50)
    at.shop.add_product(ProductSpec("A", D(10), 1))
    at.shop.limits.others_take(reads=40)
    at.shop.limits.others_pace(reads=HALF, writes=HALF)
    work_for(at, minutes=10)
    assert at.shop.limits.read.refused == at.shop.limits.read.others_refused == 0


def test_a_bucket_with_room_is_used_without_waiting_and_then_slowly() -> None:
    at = bench(rate="1.0", read_burst=50)
    shop, begun = at.connector(limit_factor=HALF), at.clock()
    for _ in range(3):
        shop.order_source.changed(LONG_AGO, None)
    assert at.clock() == begun
    shop.order_source.changed(LONG_AGO, None)
    assert timedelta(seconds=2) <= at.clock() - begun <= timedelta(seconds=3)
    assert set(at.limiter.taken) == {"reads 30"}


def test_a_verification_takes_seconds_not_minutes() -> None:
    at = bench(rate="1.0", read_burst=2)
    shop, begun = at.connector(), at.clock()
    shop.account.ping()
    shop.account.vocabulary()
    assert at.clock() - begun <= timedelta(seconds=20)


def test_a_full_bucket_is_waited_for_and_the_call_goes_again() -> None:
    at = bench()
    at.shop.place_order()
    at.fault("throttled", "order/read")
    shop, begun = at.connector(), at.clock()
    assert len(all_changed(shop)) == 1
    assert at.clock() - begun == timedelta(seconds=5)


def test_a_bucket_that_stays_full_is_left_to_the_queue() -> None:
    at = bench()
    at.fault("throttled", "order/read", times=3)
    with pytest.raises(Throttled):
        at.connector().order_source.changed(LONG_AGO, None)


def test_a_long_pause_is_left_to_the_queue() -> None:
    at = bench()
    at.limiter.pause("reads", 60)
    with pytest.raises(RetryLater) as caught:
        at.connector().order_source.changed(LONG_AGO, None)
    assert caught.value.after == 60
    assert at.shop.calls.total == 0


def test_a_list_of_many_pages_is_read_to_its_end_at_our_pace() -> None:
    at = bench(rate="1.0", read_burst=2)
    for number in range(450):
        at.shop.place_order(OrderSpec(number=f"N{number}"))
    begun = at.clock()
    assert len(all_changed(at.connector())) == 450
    assert at.clock() - begun <= timedelta(seconds=15)
