"""The rows below an order (platform file, "Orders"): goods net, tax by rate, goods gross, fees gross, to pay.

[inferred]: that addons are among the goods, and where prices are rounded (``Assumed.rounding``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sandbox.platforms.shoprenter import inferred
from sandbox.platforms.shoprenter.records import Currency, OrderLine, OrderTotal
from sandbox.platforms.shoprenter.specs import OrderSpec
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import plain

Row = tuple[int, str, str, Decimal, str]
"""Place, type, name, value and key."""


def rows(shop: Shop, order: int, spec: OrderSpec, lines: Iterable[OrderLine]) -> list[OrderTotal]:
    """The rows of an order, in their order."""
    now, factor = shop.now(), Decimal(1) if shop.assumed.totals_in_base else spec.exchange
    return [
        OrderTotal(shop.new_id("total"), order, name, value * factor, sort, kind, now, key)
        for sort, kind, name, value, key in _with_total(shop.currency, spec, list(_goods(shop.currency, spec, lines)))
    ]


def text(currency: Currency, value: Decimal) -> str:
    """An amount as buyers see it: ``4.000 Ft``."""
    written = f"{currency.rounded(value):,f}".translate(str.maketrans(",.", ".,"))
    return f"{written} {currency.sign}"


def gross_unit(shop: Shop, net: Decimal, tax: Decimal) -> Decimal:
    """What one piece costs with tax."""
    gross = net * (1 + tax / 100)
    return shop.currency.rounded(gross) if shop.assumed.rounding == "unit" else gross.quantize(Decimal("0.0001"))


def _goods(currency: Currency, spec: OrderSpec, lines: Iterable[OrderLine]) -> Iterator[Row]:
    net, taxes = Decimal(0), defaultdict[Decimal, Decimal](Decimal)
    for line in lines:
        net += line.price * line.quantity
        taxes[line.tax] += (line.gross - line.price) * line.quantity
    for addon in spec.addons:
        gross = currency.rounded(addon.price * (1 + addon.tax / 100))
        net += addon.price * addon.quantity
        taxes[addon.tax] += (gross - addon.price) * addon.quantity
    yield 1, "SUB_TOTAL", "Nettó részösszeg:", net, ""
    for rate in sorted(taxes, reverse=True):
        yield 2, "TAX", f"ÁFA ({plain(rate)}%):", taxes[rate], ""
    yield 3, "SUB_TOTAL_WITH_TAX", "Bruttó részösszeg:", net + sum(taxes.values()), ""


def _with_total(currency: Currency, spec: OrderSpec, goods: list[Row]) -> Iterator[Row]:
    below = [goods[-1], *_fees(spec)]
    yield from goods
    yield from below[1:]
    yield 10, "TOTAL", "Bruttó összesen:", currency.rounded(sum((row[3] for row in below), Decimal(0))), ""


def _fees(spec: OrderSpec) -> Iterator[Row]:
    if spec.coupon:
        yield 4, "COUPON", f"Kupon ({spec.coupon.code}):", -spec.coupon.gross, ""
    if spec.cart_discount:
        yield 5, inferred.CART_DISCOUNT_TYPE, "Kosárkedvezmény:", -spec.cart_discount, "CART_AMOUNT_DISCOUNT"
    yield 6, "SHIPPING", f"{spec.shipping.name}:", spec.shipping.gross, ""
    if spec.payment.gross:
        yield 7, "PAYMENT", f"{spec.payment.name}:", spec.payment.gross, ""
    if spec.points_used:
        yield 8, "LOYALTYPOINTS_TO_USE", "Felhasznált hűségpontok:", -spec.points_used, ""
