"""The sums of an order, computed by the server.

All of it is [inferred]: the platform documents which flags exist and what they mean, not how it rounds.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

CENT = Decimal("0.01")


class Line(Protocol):
    """What counts of an order row."""

    @property
    def count(self) -> Decimal: ...  # noqa: D102 - a Protocol's member

    @property
    def selling_price(self) -> Decimal: ...  # noqa: D102

    @property
    def surcharge(self) -> Decimal: ...  # noqa: D102

    @property
    def discount(self) -> Decimal: ...  # noqa: D102

    @property
    def tax(self) -> Decimal: ...  # noqa: D102


@dataclass(frozen=True)
class Terms:
    """How an order's amounts are meant.

    Args:
        fees: Shipping, payment method costs and extra costs together.
        rows_gross: The rows' prices, and with them the fees, contain VAT.
        with_tax: Tax counts at all; otherwise it is hidden.
        fees_taxed: The fees' VAT is part of the total tax.
    """

    fees: Decimal
    rows_gross: bool
    with_tax: bool
    fees_taxed: bool


@dataclass(frozen=True)
class Totals:
    """The sums as an order shows them."""

    orderrows: Decimal
    discounts: Decimal
    price: Decimal
    tax: Decimal
    fee_tax_rate: Decimal


def cents(amount: Decimal) -> Decimal:
    """[inferred] Commercial rounding to two decimals, used once per row and once per tax rate."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def row_total(line: Line) -> Decimal:
    """Count times price less discount, a variant's surcharge included, rounded."""
    return cents(line.count * (line.selling_price + line.surcharge))


def fee_tax_rate(lines: Iterable[Line]) -> Decimal:
    """[inferred] Shipping and the other fees bear the highest rate among the rows."""
    return max((line.tax for line in lines), default=Decimal(0))


def compute(lines: list[Line], terms: Terms) -> Totals:
    """The sums of an order; rows' tax rates are already 0 where the order forces them to."""
    goods = sum((row_total(line) for line in lines), Decimal(0))
    rate = fee_tax_rate(lines)
    tax = _tax(lines, terms, rate)
    return Totals(
        orderrows=goods,
        discounts=cents(sum((line.count * line.discount for line in lines), Decimal(0))),
        price=goods + cents(terms.fees) + (Decimal(0) if terms.rows_gross else tax),
        tax=tax,
        fee_tax_rate=rate,
    )


def _tax(lines: list[Line], terms: Terms, fee_rate: Decimal) -> Decimal:
    if not terms.with_tax:
        return Decimal(0)
    by_rate: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        by_rate[line.tax] += row_total(line)
    if terms.fees_taxed:
        by_rate[fee_rate] += terms.fees
    return sum((_part(base, rate, gross=terms.rows_gross) for rate, base in by_rate.items()), Decimal(0))


def _part(base: Decimal, rate: Decimal, *, gross: bool) -> Decimal:
    return cents(base * rate / (100 + rate if gross else Decimal(100)))
