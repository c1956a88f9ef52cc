"""What an order costs (platform file, "Orders"): lines first, then what is taken off the whole order."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.platforms.cartum.state import Order, OrderLine

CENT = Decimal("0.01")


def total_default(order: Order) -> Decimal:
    """All lines, each after its own discount; a set once."""
    return sum((line_total(line) for line in order.lines if line.counts), Decimal(0))


def line_total(line: OrderLine) -> Decimal:
    """What a line tells."""
    return (line.price * line.quantity).quantize(CENT, ROUND_HALF_UP)


def coupon_discount(order: Order) -> Decimal:
    """What the coupon takes off; the lines' prices stay as they are."""
    coupon = order.spec.coupon
    if coupon is None:
        return Decimal(0)
    if not coupon.percent:
        return coupon.value
    return (total_default(order) * coupon.percent / 100).quantize(CENT, ROUND_HALF_UP)


def total_sum(order: Order) -> Decimal:
    """After all discounts, without delivery and without what the payment costs."""
    return total_default(order) - coupon_discount(order) - order.spec.discount


def to_pay(order: Order) -> Decimal:
    """With delivery, where it was calculated, and with what the payment costs."""
    return total_sum(order) + (order.spec.delivery_price or Decimal(0)) + order.spec.payment_price
