"""An hour on PREMIUM's limits: no function above its own, and no order later than five minutes."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import pytest

from sandbox.platforms.unas import Line, OrderSpec, ProductSpec
from sandbox.platforms.unas.limits import QUOTAS
from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import BridgeError, RetryLater, Throttled
from shopbridge.model.base import OrderId
from shopbridge.model.stock import StockChange
from tests.contract.benches.unas import Bench, bench, key_of

D = Decimal
EVERY = timedelta(minutes=5)
LATE = timedelta(minutes=5)


def strict(plan: str = "premium", **assumed: Any) -> Bench:
    """A shop whose limits hold."""
    at = bench(**assumed)
    at.shop.guard.clock = at.clock
    at.shop.shop.plan = plan
    return at


def tried(attempt: Any) -> Any:
    """What the queue repeats later."""
    try:
        return attempt()
    except RetryLater:
        return None


def test_a_busy_hour_on_premium_breaks_no_limit_and_no_order_is_more_than_five_minutes_late() -> None:
    at = strict()
    skus = [f"P-{number}" for number in range(60)]
    for sku in skus:
        at.shop.add_product(ProductSpec(sku, D(1270), 500))
    shops = [at.connector() for _ in range(3)]
    turn, placed, seen = count(), dict[OrderId, datetime](), dict[OrderId, datetime]()
    since = polled = at.clock()
    for minute in range(75):
        shop = shops[next(turn) % 3]
        for _ in range(2):
            order = at.sell({skus[(minute * 7) % 60]: 1, skus[(minute * 11) % 60]: 2})
            placed[order] = at.clock()
        if at.clock() - polled >= EVERY or minute == 0:
            began = at.clock()
            page = shop.order_source.changed(since - timedelta(minutes=20), None)
            seen |= {each.id: at.clock() for each in page.orders if each.id not in seen}
            since = polled = began
            for order in list(seen)[-10:]:
                tried(partial(shop.order_status.set_status, order, at.statuses.next))
                tried(partial(shop.order_status.set_document, order, "invoice", f"R-{key_of(order)}"))
                tried(partial(push, shop, skus[minute % 60], minute))
        if minute % 10 == 0:
            tried(partial(shop.open_orders.of, skus, since - timedelta(days=30)))
            tried(partial(shop.stock_source.page, None))
            tried(partial(shop.catalogue_source.page, None))
            tried(partial(shop.stock_target.reader().read, skus))
            tried(shop.account.vocabulary)
        at.clock.advance(minutes=1)
    assert at.shop.guard.bans == 0
    most = at.shop.guard.most
    assert {name: calls for name, calls in most.items() if calls > QUOTAS[name].premium} == {}
    assert 12 <= most["getOrder several"] <= 30
    due = {order for order, moment in placed.items() if moment <= at.clock() - LATE - timedelta(minutes=1)}
    assert due <= seen.keys()
    assert max(seen[order] - placed[order] for order in seen) <= LATE
    assert len(due) > 120
    assert at.shop.calls.by_route["login"] <= 4


def push(shop: RequiredParts, sku: str, figure: int) -> None:
    """What follows an imported order."""
    shop.open_orders.of([sku], datetime.fromisoformat("2020-01-01T00:00:00+00:00"))
    shop.stock_target.write([StockChange(sku=sku, quantity=D(figure))], manage="untouched", warehouse="")


@pytest.mark.parametrize(("plan", "lists"), [("premium", 30), ("vip", 90)])
def test_whoever_reads_as_fast_as_the_limits_let_him_is_not_banned(plan: str, lists: int) -> None:
    at = strict(plan)
    at.put("MUG")
    shop, made = at.connector(plan=plan), 0
    end = at.clock() + timedelta(hours=3)
    while at.clock() < end:
        for read in (shop.stock_source.page, shop.catalogue_source.page):
            made += tried(partial(read, None)) is not None
        tried(partial(shop.order_source.changed, at.clock(), None))
        tried(partial(shop.open_orders.of, ["MUG"], at.clock()))
        at.clock.advance(seconds=10)
    assert at.shop.guard.bans == 0
    most = at.shop.guard.most
    assert max(most["getOrder several"], most["getStock several"], most["getProduct several"]) <= lists
    assert made >= 3 * lists


def test_polls_are_never_kept_waiting_by_whoever_looks_for_open_orders() -> None:
    at = strict()
    shop = at.connector()
    for minute in range(60):
        tried(partial(shop.open_orders.of, ["MUG"], at.clock() - timedelta(days=1)))
        if minute % 5 == 0:
            shop.order_source.changed(at.clock() - timedelta(hours=1), None)
        at.clock.advance(minutes=1)
    assert at.shop.guard.bans == 0


def test_a_ban_is_recognised_waited_out_by_all_containers_and_over_by_itself() -> None:
    at = strict()
    at.put("MUG")
    at.plan("banned", "getStock")
    with pytest.raises(Throttled, match="banned"):
        at.connector().stock_source.page(None)
    before = at.shop.calls.total
    for _ in range(60):
        with pytest.raises(RetryLater):
            at.connector().order_source.changed(at.clock(), None)
        at.clock.advance(minutes=1)
    assert at.shop.calls.total == before
    at.clock.advance(minutes=6)
    assert at.connector().order_source.changed(at.clock(), None).position is None
    assert at.shop.guard.bans == 1


def test_a_token_that_is_good_no_more_costs_one_login_and_no_silence() -> None:
    for refusal in (400, 401):
        at = strict(token_refusal=refusal)
        at.sell({"MUG": 1}) if at.put("MUG") else None
        at.connector().order_source.changed(at.clock() - EVERY, None)
        at.shop.expire_tokens()
        assert at.connector().order_source.changed(at.clock() - EVERY, None).orders
        assert at.shop.calls.by_route["login"] == 2


def test_a_wrong_key_is_not_tried_until_the_shop_bans_us() -> None:
    at = strict()
    at.secrets.values = {"api_key": "WRONG"}
    for _ in range(90):
        with pytest.raises(BridgeError):
            at.connector().account.ping()
        at.clock.advance(minutes=1)
    assert at.shop.guard.bans == 0
    assert at.shop.calls.by_route["login"] <= 6


def test_orders_of_many_pages_are_read_though_a_limit_stops_the_reading() -> None:
    at = strict()
    at.put("MUG", 5000)
    for _ in range(40):
        at.shop.place_order(OrderSpec((Line("MUG"),)))
        at.clock.advance(seconds=7)
    at.page_size = 3
    shop, since, told, position = at.connector(), at.clock() - timedelta(hours=1), set[str](), None
    for _ in range(200):
        try:
            page = shop.order_source.changed(since, position)
        except RetryLater as error:
            at.clock.advance(seconds=error.after)
            continue
        told |= {order.id for order in page.orders}
        if page.position is None:
            break
        position = page.position
    assert len(told) == 40
    assert at.shop.guard.bans == 0


def test_a_run_over_old_orders_keeps_no_poll_waiting() -> None:
    at = strict()
    at.put("MUG", 5000)
    for _ in range(90):
        at.shop.place_order(OrderSpec((Line("MUG"),)))
    at.clock.advance(days=3)
    at.page_size = 3
    shop, begin, position = at.connector(), at.clock() - timedelta(days=10), None
    for minute in range(60):
        if page := tried(partial(shop.order_source.changed, begin, position)):
            position = page.position
        if minute % 5 == 0:
            shop.order_source.changed(at.clock() - timedelta(minutes=20), None)
        at.clock.advance(minutes=1)
    assert at.shop.guard.bans == 0
    assert position
