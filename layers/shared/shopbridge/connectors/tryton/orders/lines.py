"""An order's lines, shipping costs, discounts and rounding as lines of a sale, to the shop's total; pure.

Tryton knows prices without tax, of four decimals. It rounds each line to cents, halves to the even one, and adds the
tax of all lines of one rate, or of each line, likewise (platform file, "Rounding"). Not every amount can be reached so:
what is left over of a cent or two is a line of its own without tax, as is rounding to cash.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import chain, groupby

from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    priced,
    rounding_left,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TaxRounding
from shopbridge.errors import Unmapped
from shopbridge.mapping.rounding import CENT, cents
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order

DECIMALS = 4
HUNDRED = Decimal(100)
DELIVERY, ROUNDING = "Delivery", "Rounding"
SHIFT = 4
"""Cents by which the net amount of a rate may give way, so that with its tax it is the shop's."""


@dataclass(frozen=True)
class PlannedLine:
    """A line as it is sent.

    Attributes:
        line: Index of the order's line; None for delivery and rounding.
        rate: The shop's, in percent; 0 for no tax.
        tax: What Tryton calls it; empty for none.
    """

    line: int | None
    product: ExternalId | None
    name: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    tax: str

    @property
    def value(self) -> Decimal:
        """What it comes to, not rounded: of this Tryton takes the tax."""
        return self.price * self.quantity

    @property
    def amount(self) -> Decimal:
        """What Tryton makes of it, without tax."""
        return half_even(self.value)


def half_even(value: Decimal) -> Decimal:
    """Round to cents as Tryton does."""
    return value.quantize(CENT, rounding=ROUND_HALF_EVEN)


def tax_of(lines: Sequence[PlannedLine], rounding: TaxRounding) -> Decimal:
    """Return the tax that Tryton adds to lines of one tax: those below zero are rounded apart from the others."""
    if rounding == "line":
        return sum((half_even(line.value * line.rate / HUNDRED) for line in lines), NOTHING)
    signed = ([line for line in lines if (line.value < 0) == below] for below in (False, True))
    return sum(
        (half_even(sum((line.value * line.rate / HUNDRED for line in some), NOTHING)) for some in signed), NOTHING
    )


def total_of(lines: Sequence[PlannedLine], rounding: TaxRounding) -> Decimal:
    """Return what a sale of these lines comes to in Tryton."""
    by_tax = groupby(sorted(lines, key=_tax), key=_tax)
    taxes = sum((tax_of([*alike], rounding) for _, alike in by_tax), NOTHING)
    return sum((line.amount for line in lines), NOTHING) + taxes


def plan_lines(order: Order, parts: OrderParts, rounding: TaxRounding) -> Sequence[PlannedLine]:
    """Return the lines of an order; together exactly its total.

    Raises:
        Held: A line cannot be expressed, or the total is off by more than rounding.
        Unmapped: A tax rate has no entry in the map.
    """
    rows = [*_rows(order, parts, gross=False)]
    wanted = {rate: sum((row.total for row in alike), NOTHING) for rate, alike in _by_rate(_rows(order, parts))}
    fitted = [row for rate, alike in _by_rate(rows) for row in _fitted(alike, wanted.get(rate), rounding)]
    in_order = sorted(fitted, key=_place)
    lines = [line for row in in_order for line in _lines(row, _tax_name(row.rate, order, parts))]
    found, cash = total_of(lines, rounding), cents(order.totals.rounding)
    rest = rounding_left(order, cents(order.totals.gross) - cash, found, len(lines), "The lines come to") + cash
    return [*lines, PlannedLine(None, None, ROUNDING, ONE, rest, NOTHING, "")] if rest else lines


def _rows(order: Order, parts: OrderParts, *, gross: bool = True) -> Iterator[PlannedRow]:
    """What becomes a line; of what is no product, what costs nothing is none."""
    lines = rows_of_lines(order, parts.product_ids, gross=gross, platform=TITLE, row="line")
    rows = chain(lines, rows_of_shipping(order, DELIVERY, gross=gross))
    return (row for row in rows if row.total or row.product is not None)


def _by_rate(rows: Iterator[PlannedRow] | Sequence[PlannedRow]) -> Iterator[tuple[Decimal, Sequence[PlannedRow]]]:
    for rate, alike in groupby(sorted(rows, key=lambda row: row.rate), key=lambda row: row.rate):
        yield rate, [*alike]


def _fitted(rows: Sequence[PlannedRow], wanted: Decimal | None, rounding: TaxRounding) -> Sequence[PlannedRow]:
    """Let the largest row of a rate give way by as few cents as make its amount with tax the shop's, if any do."""
    largest = max(rows, key=lambda row: (abs(row.total), row.line is None))

    def moved(step: int) -> Sequence[PlannedRow]:
        return [replace(row, total=row.total + step * CENT) if row is largest else row for row in rows]

    def gross(some: Sequence[PlannedRow]) -> Decimal:
        return total_of([line for row in some for line in _lines(row, "")], rounding)

    steps = sorted(range(-SHIFT, SHIFT + 1), key=lambda step: (abs(step), step))
    return next((some for step in steps if gross(some := moved(step)) == wanted), rows)


def _lines(row: PlannedRow, tax: str) -> Iterator[PlannedLine]:
    """One line, or two with neighbouring prices where one price of four decimals does not make up the amount."""
    pairs, _ = priced(row, DECIMALS)
    for quantity, price in pairs:
        yield PlannedLine(row.line, row.product, row.name, quantity, price, row.rate, tax)


def _tax_name(rate: Decimal, order: Order, parts: OrderParts) -> str:
    """What the tax map says; what bears no tax needs no entry."""
    found = parts.taxes.get(rate, None if rate else "")
    if found is None:
        raise Unmapped("tax", f"{rate.normalize():f}", where=f"order {order.number}")
    return found


def _tax(line: PlannedLine) -> tuple[str, Decimal]:
    return line.tax, line.rate


def _place(row: PlannedRow) -> tuple[bool, int]:
    return row.line is None, row.line or 0
