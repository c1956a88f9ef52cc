"""What an order costs. Whether prices include VAT is not confirmed: ``Assumed.prices_include_vat``."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.platforms.gomag.state import Order, OrderLine, Shop

CENT = Decimal("0.01")


def total(shop: Shop, order: Order) -> Decimal:
    """Lines and delivery less discounts, gross."""
    lines = sum((_gross(shop, line) for line in order.lines), Decimal(0))
    return lines + order.spec.shipping - sum((each.value for each in order.spec.discounts), Decimal(0))


def _gross(shop: Shop, line: OrderLine) -> Decimal:
    factor = Decimal(1) if shop.assumed.prices_include_vat else 1 + line.vat / 100
    return (line.price * line.quantity * factor).quantize(CENT, ROUND_HALF_UP)
