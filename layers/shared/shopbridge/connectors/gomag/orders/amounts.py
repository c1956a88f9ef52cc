"""The sums of an order: what a line costs with VAT, and whether it all adds up; pure.

Nobody has confirmed whether line prices include VAT, what sign discounts have, or where the delivery costs stand
(platform file, open question 3). So the order's own total decides: of the readings below, the one that adds up to the
cent is taken, and where none does the order is held.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.gomag.wire import WireLine, WireOrder
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, split_by_rate
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.model.order import TaxShare

NOTHING = Decimal(0)

Reading = Callable[[WireLine, Decimal], Decimal]
"""What a line costs with VAT; the second argument is its rate."""


def rate_of(line: WireLine) -> Decimal:
    """Return the line's VAT in percent."""
    return line.vat if line.vat is not None else NOTHING


def share_of(gross: Decimal, rate: Decimal) -> TaxShare:
    """Return a gross amount taken apart, to the cent."""
    net = cents(without_tax(gross, rate))
    return TaxShare(rate=rate, net=net, tax=gross - net)


def _gross(line: WireLine, _rate: Decimal) -> Decimal:
    return cents(line.price * line.quantity)


def _net_by_line(line: WireLine, rate: Decimal) -> Decimal:
    return cents(with_tax(line.price * line.quantity, rate))


def _net_by_piece(line: WireLine, rate: Decimal) -> Decimal:
    return cents(cents(with_tax(line.price, rate)) * line.quantity)


GROSS: Final[Sequence[Reading]] = (_gross,)
NET: Final[Sequence[Reading]] = (_net_by_line, _net_by_piece)


@dataclass(frozen=True)
class Sums:
    """An order's amounts, all with VAT.

    Attributes:
        lines: In the order of its lines.
        net_prices: The lines' prices turned out to be without VAT.
        discounts: Each as what it takes off, below zero.
    """

    lines: tuple[Decimal, ...]
    net_prices: bool
    delivery: Decimal
    discounts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        """What it all comes to."""
        return sum(self.lines, NOTHING) + self.delivery + sum(self.discounts, NOTHING)


def sums_of(order: WireOrder, *, prices_include_vat: bool) -> Sums:
    """Return the amounts that add up to the order's total.

    Args:
        prices_include_vat: Which reading is tried first; where there is no VAT they are the same.

    Raises:
        Held: None adds up.
    """
    tried = [_sums(order, reading) for reading in ((*GROSS, *NET) if prices_include_vat else (*NET, *GROSS))]
    fitting = next((sums for sums in tried if abs(sums.total - order.total) < CENT), None)
    if fitting is None:
        raise _does_not_add_up(order, tried)
    return fitting


def rate_shares(order: WireOrder, sums: Sums) -> Mapping[Decimal, Decimal]:
    """Return what the goods cost with VAT by rate: what delivery and discounts, which name no rate, are taxed by."""
    shares: dict[Decimal, Decimal] = {}
    for line, gross in zip(order.items, sums.lines, strict=True):
        shares[rate_of(line)] = shares.get(rate_of(line), NOTHING) + max(gross, NOTHING)
    return shares


def main_rate(shares: Mapping[Decimal, Decimal]) -> Decimal:
    """Return the rate of most of the goods."""
    return max(shares, key=lambda rate: (shares[rate], rate), default=NOTHING)


def spread(amount: Decimal, shares: Mapping[Decimal, Decimal]) -> tuple[TaxShare, ...]:
    """[inferred] Return a discount over the rates of the goods, in proportion: Gomag does not tell its VAT."""
    if not any(shares.values()):
        return (share_of(amount, main_rate(shares)),)
    return tuple(share_of(part, rate) for rate, part in split_by_rate(amount, shares).items() if part) or (
        share_of(amount, main_rate(shares)),
    )


def _sums(order: WireOrder, reading: Reading) -> Sums:
    price = order.delivery.price if order.delivery else None
    return Sums(
        lines=tuple(reading(line, rate_of(line)) for line in order.items),
        net_prices=reading in NET,
        delivery=cents(price or NOTHING),
        discounts=tuple(-abs(cents(each.value)) for each in order.discounts if each.value),
    )


def _does_not_add_up(order: WireOrder, tried: Sequence[Sums]) -> Held:
    figures = " or ".join(dict.fromkeys(f"{sums.total:f}" for sums in tried))
    parts = f"delivery {tried[0].delivery:f}, discounts {sum(tried[0].discounts, NOTHING):f}"
    return Held(
        f"Lines, delivery and discounts add up to {figures} {order.currency} ({parts}), but the total says "
        f"{order.total:f}",
        code="totals_differ_in_shop",
        fix="Compare the order with Gomag: if its admin shows the same sum, tell our support which amount is missing "
        "here; else save the order there once more. Then resend it.",
    )
