"""The sums of an order: what each part of it costs with VAT, and that all of it makes the total; pure.

Lines are net, the fees and discounts among ``orderTotals`` are gross (platform file, "Orders"). A net price has
four decimals and its gross one is rounded by piece, by line, or to whole units of the currency: which, the order's own
total decides, and where no way makes it up, the order is held.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from shopbridge.connectors.shoprenter.wire import NOTHING, WireAddon, WireLine, WireOrder, WireTotal
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, rounded, split_by_rate
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.model.order import TaxShare

TOTAL, SHIPPING, PAYMENT, COUPON, POINTS = "TOTAL", "SHIPPING", "PAYMENT", "COUPON", "LOYALTYPOINTS_TO_USE"
CART_DISCOUNT: Final = "CART_AMOUNT_DISCOUNT"
"""The key of a discount on the whole cart."""
OF_THE_GOODS: Final = frozenset({"SUB_TOTAL", "TAX", "SUB_TOTAL_WITH_TAX", "LOYALTYPOINTS_TO_GET"})
"""Rows that only tell what the lines come to, or are no money at all."""
MOST_DECIMALS = 4
ONE, HALF = Decimal(1), Decimal("0.5")


def share_of(gross: Decimal, rate: Decimal) -> TaxShare:
    """Return a gross amount taken apart, to the cent."""
    net = cents(without_tax(gross, rate))
    return TaxShare(rate=rate, net=net, tax=gross - net)


@dataclass(frozen=True)
class Discount:
    """What an order takes off: below zero; ``rate`` None where it goes over the rates of the goods."""

    name: str
    amount: Decimal
    rate: Decimal | None


@dataclass(frozen=True)
class OrderSums:
    """An order's amounts, all with VAT and in its own currency.

    Attributes:
        lines, addons: In the order in which they come.
        rounding: What rounding the total to the currency's smallest coin added.
    """

    lines: tuple[Decimal, ...]
    addons: tuple[Decimal, ...]
    shipping: Decimal
    payment: Decimal
    discounts: tuple[Discount, ...]
    total: Decimal
    rounding: Decimal = NOTHING

    @property
    def parts(self) -> Decimal:
        """What the parts come to."""
        fees = self.shipping + self.payment + sum((each.amount for each in self.discounts), NOTHING)
        return sum((*self.lines, *self.addons), NOTHING) + fees


def sums_of(order: WireOrder) -> OrderSums:
    """Return the amounts that make up the order's total.

    Raises:
        Held: None do, or a row of the totals is of a kind that we do not know.
    """
    fees = _fees(order)
    addons = {tuple(cents(way(each, order)) for each in order.order_product_addons): None for way in _ADDON_READINGS}
    tried = [_with_lines(order, replace(fees, addons=each), way) for way in _READINGS for each in addons]
    exact = (each for each in tried if each.parts == each.total)
    near = (each for each in tried if abs(each.total - each.parts) <= _coin(order))
    found = next(exact, None) or next(near, None)
    if found is None:
        raise _does_not_add_up(tried, order)
    return replace(found, rounding=found.total - found.parts)


def rate_shares(order: WireOrder, sums: OrderSums) -> Mapping[Decimal, Decimal]:
    """Return what the goods cost with VAT by rate: what a discount without a rate is taxed by."""
    shares: dict[Decimal, Decimal] = {}
    for line, gross in zip(order.order_products, sums.lines, strict=True):
        shares[line.tax_rate] = shares.get(line.tax_rate, NOTHING) + max(gross, NOTHING)
    return shares


def discount_shares(discount: Discount, goods: Mapping[Decimal, Decimal]) -> tuple[TaxShare, ...]:
    """Return a discount by rate; [inferred] over the rates of the goods, in proportion, where it has none itself."""
    if discount.rate is not None:
        return (share_of(discount.amount, discount.rate),)
    if not any(goods.values()):
        return (share_of(discount.amount, max(goods, default=NOTHING)),)
    parts = split_by_rate(discount.amount, goods).items()
    return tuple(share_of(part, rate) for rate, part in parts if part) or (share_of(discount.amount, max(goods)),)


def fee_rate(rate: Decimal | None, fee: str) -> Decimal:
    """Return the VAT of a fee. Raises Held where the order does not tell it."""
    if rate is None or rate < 0:
        raise Held(
            f"The order does not tell the VAT of its {fee} fee",
            code="missing_tax",
            fix=f"Choose the {fee} method of the order once more in the shop's admin, then resend the order.",
        )
    return rate


def in_currency(amount: Decimal, order: WireOrder) -> Decimal:
    """[inferred] Return an amount of the base currency in the order's: totals and net prices are in the base one.

    ``value`` is what it was multiplied by when the order was placed (platform file, "Orders").
    """
    return amount * _factor(order)


def _factor(order: WireOrder) -> Decimal:
    return order.value or ONE


def _unit(order: WireOrder) -> Decimal:
    """The currency's smallest coin."""
    return Decimal(1).scaleb(-_decimals(order))


def _decimals(order: WireOrder) -> int:
    told = order.currency.decimal_place
    return int(told) if told is not None and 0 <= told <= MOST_DECIMALS else 2


def _coin(order: WireOrder) -> Decimal:
    """How far parts and total may lie apart by rounding: half a coin, and as much for each part of another currency."""
    whole = max(_unit(order), CENT) if _decimals(order) < 2 or _factor(order) != ONE else NOTHING  # noqa: PLR2004
    parts = len(order.order_products) + len(order.order_product_addons) + len(order.order_totals)
    return whole * HALF * (parts if _factor(order) != ONE else 1)


Reading = Callable[[WireLine, WireOrder], Decimal]
"""What a line costs with VAT, in the order's currency, not yet rounded to cents."""


def gross_price(line: WireLine, order: WireOrder) -> Decimal:
    """Return what one piece costs with VAT, as the shop says it, else from its net price."""
    if line.gross_price_currency is not None:
        return line.gross_price_currency
    known = line.gross_price if line.gross_price is not None else with_tax(line.price, line.tax_rate)
    return in_currency(known, order)


def _by_piece(line: WireLine, order: WireOrder) -> Decimal:
    return cents(gross_price(line, order)) * line.quantity


def _by_line(line: WireLine, order: WireOrder) -> Decimal:
    net = line.total if line.total is not None else line.price * line.quantity
    return with_tax(in_currency(net, order), line.tax_rate)


def _by_whole_piece(line: WireLine, order: WireOrder) -> Decimal:
    return rounded(gross_price(line, order), _decimals(order)) * line.quantity


def _by_whole_line(line: WireLine, order: WireOrder) -> Decimal:
    return rounded(_by_line(line, order), _decimals(order))


_READINGS: Final[Sequence[Reading]] = (_by_piece, _by_line, _by_whole_piece, _by_whole_line)


def _addon_by_line(addon: WireAddon, order: WireOrder) -> Decimal:
    return in_currency(with_tax(addon.total, addon.tax_rate), order)


def _addon_by_whole_piece(addon: WireAddon, order: WireOrder) -> Decimal:
    return rounded(in_currency(with_tax(addon.price, addon.tax_rate), order), _decimals(order)) * addon.quantity


_ADDON_READINGS: Final = (_addon_by_line, _addon_by_whole_piece)


def _with_lines(order: WireOrder, fees: OrderSums, reading: Reading) -> OrderSums:
    return replace(fees, lines=tuple(cents(reading(line, order)) for line in order.order_products))


def _fees(order: WireOrder) -> OrderSums:
    """Everything but lines and addons. Raises Held for a row that we do not know."""
    rows = {kind: [row for row in order.order_totals if _kind(row) == kind] for kind in map(_kind, order.order_totals)}
    if strange := [row for kind in rows if kind not in _KNOWN for row in rows[kind] if row.value]:
        raise _unknown_row(strange[0])
    taken_off = [row for kind in (COUPON, CART_DISCOUNT, POINTS) for row in rows.get(kind, ()) if row.value]
    return OrderSums(
        lines=(),
        addons=tuple(
            cents(in_currency(with_tax(each.total, each.tax_rate), order)) for each in order.order_product_addons
        ),
        shipping=_sum(rows.get(SHIPPING, ()), order),
        payment=_sum(rows.get(PAYMENT, ()), order),
        discounts=tuple(_discount(row, order) for row in taken_off),
        total=_total(rows.get(TOTAL, ()), order),
    )


_KNOWN: Final = OF_THE_GOODS | {TOTAL, SHIPPING, PAYMENT, COUPON, POINTS, CART_DISCOUNT}


def _kind(row: WireTotal) -> str:
    return CART_DISCOUNT if row.key.upper() == CART_DISCOUNT else row.type.upper()


def _sum(rows: Sequence[WireTotal], order: WireOrder) -> Decimal:
    return sum((cents(in_currency(row.value, order)) for row in rows), NOTHING)


def _discount(row: WireTotal, order: WireOrder) -> Discount:
    """[inferred] What is taken off, whatever its sign: one client saw it below zero, nobody says it always is."""
    told = {COUPON: order.coupon_tax_rate, POINTS: order.loyalty_points_tax_rate}.get(_kind(row))
    rate = told if told is not None and told >= 0 else None
    return Discount(row.name.rstrip(":") or "Discount", -abs(cents(in_currency(row.value, order))), rate)


def _total(rows: Sequence[WireTotal], order: WireOrder) -> Decimal:
    """The row, which is what the buyer was shown; the order's own field says the same. Raises Held when it does not."""
    told = [cents(in_currency(row.value, order)) for row in rows] or [cents(in_currency(order.total, order))]
    if any(abs(each - cents(in_currency(order.total, order))) > CENT for each in told):
        raise Held(
            f"The order's total is {order.total:f}, but its totals say {told[0]:f}",
            code="totals_differ_in_shop",
            fix="Save the order once more in the shop's admin, so that its totals are computed anew; then resend it.",
        )
    return told[0]


def _unknown_row(row: WireTotal) -> Held:
    return Held(
        f"The order's totals have a row of an unknown kind: {row.name.rstrip(':')!r} ({row.type}, {row.value:f})",
        code="totals_differ_in_shop",
        fix="Tell our support what this row of the order is; until then book the order by hand, and skip it here.",
    )


def _does_not_add_up(tried: Sequence[OrderSums], order: WireOrder) -> Held:
    figures = " or ".join(dict.fromkeys(f"{sums.parts:f}" for sums in tried))
    wrapped = " It has gift wrapping, whose price the bridge does not know." if order.order_gift_wrappings else ""
    return Held(
        f"Lines, fees and discounts add up to {figures} {order.currency.code}, but the total says {tried[0].total:f}."
        f"{wrapped}".rstrip("."),
        code="totals_differ_in_shop",
        fix="Compare the order with the shop's admin: if its lines were changed there, save it once more; if the sum "
        "there is the same, tell our support which amount is missing here. Then resend it.",
    )
