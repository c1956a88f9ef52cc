"""An order's lines as the rows of a target: by tax rate, exact to the cent, the rest told or held; pure.

What a row looks like, under which code it goes and where a rest of cents is booked is the target's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, rounded, whole_cent_prices
from shopbridge.model.base import ExternalId
from shopbridge.model.order import Order, OrderLine, Payment, PaymentStanding, TaxMode, TaxShare

NOTHING, ONE = Decimal(0), Decimal(1)
FEW = 5
"""Cents that rounding may make however few rows there are."""
Amounts = Mapping[Decimal, Decimal]
"""The shop's tax rate in percent to an amount in whole cents."""


@dataclass(frozen=True)
class PlannedRow:
    """What becomes a row.

    Attributes:
        line: Index of the order's line; None for shipping costs.
        sold: The order's line, where the row is the line as it was sold; None where it only holds an amount.
        product: What the target knows it as; None for a free row.
        quantity: Above 0; 1 where the row only holds an amount.
        rate: The shop's, in percent.
        total: Of the whole row, in whole cents.
        one_rate: No other row stands for the same line.
    """

    line: int | None
    sold: OrderLine | None
    product: ExternalId | None
    name: str
    quantity: Decimal
    rate: Decimal
    total: Decimal
    one_rate: bool


def rows_of_lines(
    order: Order, products: Mapping[str, ExternalId], *, gross: bool, platform: str, row: str
) -> Iterator[PlannedRow]:
    """Yield each line as it was sold, or else an amount for each of its tax rates.

    Args:
        products: What the target knows the lines as, by line id.
        gross: Whether totals are to include tax; see ``amounts_by_rate``.
        platform: The target, for messages; likewise ``row``, what it calls one.

    Raises:
        Held: A product's line has no quantity, or several rates (code ``line_not_expressible``).
    """
    for index, line in enumerate(order.lines):
        amounts = amounts_by_rate(line.total, line.taxes, order.tax_mode, gross=gross)
        product = products.get(line.id) if line.kind == "product" else None
        as_sold = line.quantity > 0 and len(amounts) == 1
        if product is not None and not as_sold:
            raise _not_expressible(order, line, amounts, platform, row)
        sold = line if as_sold and (product is not None or line.kind != "discount") else None
        yield from _by_rate(line.name.strip() or line.sku.strip() or "-", amounts, index, sold, product)


def rows_of_shipping(order: Order, otherwise: str, *, gross: bool) -> Iterator[PlannedRow]:
    """Yield the shipping costs by tax rate, under the method's name or ``otherwise``."""
    if order.shipping is not None:
        amounts = amounts_by_rate(order.shipping.total, order.shipping.taxes, order.tax_mode, gross=gross)
        yield from _by_rate(order.shipping.method.strip() or otherwise, {rate: a for rate, a in amounts.items() if a})


def _by_rate(
    name: str,
    amounts: Amounts,
    line: int | None = None,
    sold: OrderLine | None = None,
    product: ExternalId | None = None,
) -> Iterator[PlannedRow]:
    for rate, total in amounts.items():
        yield PlannedRow(line, sold, product, name, sold.quantity if sold else ONE, rate, total, len(amounts) == 1)


def amounts_by_rate(total: Decimal, shares: Sequence[TaxShare], mode: TaxMode, *, gross: bool) -> Amounts:
    """Return an amount by tax rate; what bears no tax has the one rate 0.

    Where ``total`` is meant as the amounts are, they add up to it: the largest gives way if the shop's shares do not.

    Args:
        total: In the order's tax mode.
        gross: Whether the amounts are to include tax.
    """
    if mode == "tax_free" or not shares:
        return {NOTHING: cents(total)}
    amounts: dict[Decimal, Decimal] = defaultdict(Decimal)
    for share in shares:
        amounts[share.rate] += cents(share.gross if gross else share.net)
    if gross == (mode == "gross"):
        largest = max(amounts, key=lambda rate: (abs(amounts[rate]), rate))
        amounts[largest] += cents(total) - sum(amounts.values())
    return dict(amounts)


def priced(row: PlannedRow, decimals: int) -> tuple[Sequence[tuple[Decimal, Decimal]], Decimal]:
    """Return quantities and prices for a row, and the rest that they leave of its total: a cent at most.

    It is the shop's own price where that makes up the total, else the nearest, else two neighbouring ones.

    Args:
        decimals: How fine a price of the target may be.
    """
    nearest = row.total / row.quantity
    for exact in (row.sold.unit_price if row.sold else nearest, nearest):
        price = rounded(exact, decimals)
        if row_total(price, row.quantity) == row.total:
            return ((row.quantity, price),), NOTHING
    pairs: Sequence[tuple[Decimal, Decimal]] = ((row.quantity, cents(nearest)),)
    if abs(row.total - row_total(cents(nearest), row.quantity)) > CENT:
        pairs = whole_cent_prices(row.total, row.quantity)
    return pairs, row.total - sum(row_total(price, count) for count, price in pairs)


def row_total(price: Decimal, quantity: Decimal) -> Decimal:
    """Return what a row comes to: price times quantity, rounded to cents."""
    return cents(price * quantity)


def rounding_left(order: Order, wanted: Decimal, found: Decimal, rows: int, found_by: str) -> Decimal:
    """Return what is missing to the total that is wanted.

    Args:
        rows: How many rows were rounded, a cent each at most.
        found_by: What ``found`` is, as the beginning of a sentence.

    Raises:
        Held: It is more than rounding makes (code ``totals_differ``).
    """
    if abs(wanted - found) > CENT * (max(rows, FEW) if rows else 0):
        raise Held(
            f"{found_by} {found:f} {order.currency} where the shop has {wanted:f}",
            code="totals_differ",
            where=f"order {order.number}",
            fix="Compare lines, discounts and shipping of the order with its total in the shop, and the tax map.",
        )
    return wanted - found


def _not_expressible(order: Order, line: OrderLine, amounts: Amounts, platform: str, row: str) -> Held:
    why = f"the quantity {line.quantity:f}" if line.quantity <= 0 else f"{len(amounts)} tax rates"
    return Held(
        f"The line {line.name!r} has {why}, which a {row} of {platform} cannot have",
        code="line_not_expressible",
        where=f"order {order.number}",
        fix=f"Book this order by hand in {platform}, then skip it here.",
    )


NOTES: Final[Mapping[PaymentStanding, str]] = {
    "open": "to be paid with {}",
    "authorized": "authorized, to be paid with {}",
    "paid_in_part": "paid in part with {}",
    "paid": "paid with {}",
    "refunded_in_part": "was paid with {}, in part given back",
    "refunded": "was paid with {}, given back",
    "charged_back": "was paid with {}, taken back by the buyer's bank",
}


def payment_note(payment: Payment, method: str) -> str:
    """Return a text such as ``paid with PayPal``, or ``was paid with PayPal, in part given back (20.00)``."""
    note = NOTES[payment.standing].format(method)
    match payment.standing, payment.captured, payment.refunded:
        case "paid_in_part", captured, _ if captured:
            return f"{note} ({captured})"
        case "refunded_in_part" | "refunded", _, refunded if refunded:
            return f"{note} ({refunded})"
    return note
