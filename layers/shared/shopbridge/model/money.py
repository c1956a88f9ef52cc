"""Money as the bridge sees it: decimals, with net and tax kept apart per rate."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from shopbridge.model.base import Model

TaxMode = Literal["gross", "net", "tax_free"]
"""What the prices of an order are: tax included, tax on top, or no tax at all."""


class TaxShare(Model):
    """The part of an amount that one tax rate applies to.

    Attributes:
        rate: Percent, for example ``Decimal("19")``.
        net: The amount without tax, in the order's currency.
        tax: The tax on it, as the shop computed it.
    """

    rate: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """The amount with tax."""
        return self.net + self.tax


def sum_by_rate(shares: Iterable[TaxShare]) -> tuple[TaxShare, ...]:
    """Add up shares of the same rate; ordered by rate, highest first."""
    sums: dict[Decimal, TaxShare] = {}
    for share in shares:
        before = sums.get(share.rate, TaxShare(rate=share.rate, net=Decimal(0), tax=Decimal(0)))
        sums[share.rate] = TaxShare(rate=share.rate, net=before.net + share.net, tax=before.tax + share.tax)
    return tuple(sums[rate] for rate in sorted(sums, reverse=True))
