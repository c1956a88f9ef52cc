"""What only Cartum does with orders: sets, gifts and coupons, no times of changes, one tracking code, a paid flag."""

from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.platforms.cartum import Address, Coupon, Line, OrderSpec, ProductSpec
from shopbridge.connectors.cartum.webhook import hinted_order
from shopbridge.connectors.kit.turns import PIECES
from shopbridge.model.base import OrderId
from shopbridge.model.order import Order, same_version
from shopbridge.model.progress import Shipment
from tests.contract.benches.cartum import Bench, D, bench, swift

WEEKS = timedelta(days=30)


def of(at: Bench, spec: OrderSpec) -> Order:
    """An order as it is read."""
    number = OrderId(str(at.shop.place_order(spec).id))
    (order,), unreadable = swift(at).order_source.read([number])
    assert unreadable == []
    assert order.totals.gross == at.total(number)
    assert (
        sum((line.total for line in order.lines), order.shipping.total if order.shipping else D(0))
        == order.totals.gross
    )
    return order


def sold(order: Order) -> dict[str, tuple[Decimal, Decimal]]:
    """Units and money by SKU."""
    return {line.sku: (line.quantity, line.total) for line in order.lines if line.kind == "product"}


@pytest.mark.parametrize("money", ["main", "items", "both"])
def test_a_set_is_counted_once_whichever_line_has_the_money(money: str) -> None:
    at = bench(set_money=money)
    at.shop.add_product(ProductSpec("MUG", D(10), 50))
    at.shop.add_product(ProductSpec("TEE", D(20), 50))
    parts = (Line("MUG", D(10), 2), Line("TEE", D(20), 1))
    order = of(at, OrderSpec((Line("SET", D(40), 3, title="Set", parts=parts), Line("MUG", D(10), 1))))
    assert order.totals.gross == D(130)
    units = sold(order)
    assert ("SET" in units) is (money != "items")
    assert ("TEE" in units) is (money == "items")


def test_a_gift_is_a_line_that_costs_nothing() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("MUG", D(10), 50))
    at.shop.add_product(ProductSpec("STICKER", D(2), 50))
    order = of(at, OrderSpec((Line("MUG", D(10), 2, gifts=(Line("STICKER", quantity=1),)),)))
    assert sold(order)["MUG"] == (D(2), D(20))
    assert sold(order)["STICKER"][1] == 0


def test_coupon_discount_delivery_and_payment_costs_add_up() -> None:
    at = bench()
    at.shop.add_product(ProductSpec("MUG", D("33.33"), 50))
    spec = OrderSpec(
        (Line("MUG", quantity=3),),
        coupon=Coupon("SPRING", percent=D(10)),
        delivery_price=D("19.99"),
        payment_price=D(5),
        address=Address(street="Str. Lungă 7@ap. 3"),
    )
    order = of(at, spec)
    assert [line.name for line in order.lines if line.kind == "discount"] == ["Discount SPRING"]
    assert order.shipping is not None
    assert order.shipping.total == D("19.99")
    assert (order.shipping_address.street, order.shipping_address.extra) == ("Str. Lungă 7", ("ap. 3",))


def test_a_change_of_an_old_order_is_found_in_its_turn_and_what_is_quiet_stays_the_same_version() -> None:
    at = bench()
    at.put("MUG", 500)
    old, quiet = at.sell({"MUG": 1}), at.sell({"MUG": 1})
    at.clock.advance(seconds=WEEKS.total_seconds())
    before = {order.id: order.revision for order in swift(at).order_source.read([old, quiet])[0]}
    at.shop.set_status(int(old), 2)
    seen: dict[str, str] = {}
    for _ in range(PIECES):
        position: str | None = None
        source = swift(at).order_source
        while True:
            page = source.changed(at.clock() - timedelta(minutes=20), position)
            seen |= {order.id: order.revision for order in page.orders}
            position = page.position
            if position is None:
                break
        at.clock.advance(minutes=5)
    assert seen.keys() == {old, quiet}
    assert same_version(seen[quiet], before[quiet])
    assert not same_version(seen[old], before[old])


def test_a_status_that_comes_with_the_money_marks_the_order_as_paid() -> None:
    for names in ("both", "paid", "payed"):
        at = bench(paid_names=names)
        at.put("MUG")
        order = at.sell({"MUG": 1})
        swift(at, paid_with_statuses=("3",)).order_status.set_status(order, "3")
        assert (at.status(order), at.shop.order(int(order)).paid) == ("3", True)


def test_an_order_that_the_api_cancelled_is_locked_and_that_is_no_error() -> None:
    at = bench()
    at.put("MUG")
    order = at.sell({"MUG": 1})
    swift(at).order_status.set_status(order, "4")
    assert at.shop.order(int(order)).locked
    assert "was left as it is" in swift(at).order_status.set_status(order, "2")


def test_tracking_codes_of_several_shipments_share_the_one_field() -> None:
    at = bench()
    at.put("MUG")
    order = at.sell({"MUG": 1})
    shipments = swift(at).shipments
    assert shipments is not None
    shipments.set_shipments(order, [Shipment(code="EX1")])
    shipments.set_shipments(order, [Shipment(code="EX1"), Shipment(code="EX2")])
    assert at.shop.order(int(order)).tracking_code == "EX1, EX2"


def test_a_hook_names_its_order_whatever_it_carries() -> None:
    for body in ("order", "number"):
        at = bench(hook_body=body, cron=0)
        at.put("MUG")
        hooks = swift(at).hook_subscriptions
        assert hooks is not None
        assert len(hooks.subscribe("https://bridge.example/hooks/s/token/0123456789abcdef", {})) == 3
        order = at.sell({"MUG": 1})
        at.shop.deliver()
        sent = [hinted_order(call.body) for call in at.shop.webhooks.sent]
        assert sent
        assert set(sent) == {order}
