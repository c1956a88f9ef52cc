"""What an order comes to: each amount without and with tax, rounded once where Vendure rounds (platform file, V4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.platforms.vendure.state import Order, OrderLine

HUNDRED = Decimal(100)


def whole(amount: Decimal) -> int:
    """Rounded to whole cents, halves away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Amount:
    """An amount in cents, without tax and with it."""

    net: int
    gross: int

    @classmethod
    def of(cls, own: int, tax: Decimal, *, gross: bool) -> "Amount":
        """An amount of the channel's own kind, and the other one that follows from it."""
        if gross:
            return cls(whole(own * HUNDRED / (HUNDRED + tax)), own)
        return cls(own, whole(own * (HUNDRED + tax) / HUNDRED))

    def __add__(self, other: "Amount") -> "Amount":
        """Both."""
        return Amount(self.net + other.net, self.gross + other.gross)


NOTHING = Amount(0, 0)


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them."""
    return sum(amounts, NOTHING)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole cents by weight that add up to the amount: the largest remainders first, of equal ones the last (V4)."""
    whole_weight = sum(weights)
    if not whole_weight:
        return [0 for _ in weights]
    shares = [amount * weight // whole_weight for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: (amount * weights[place] % whole_weight, place), reverse=True
    )
    for place in by_remainder[: amount - sum(shares)]:
        shares[place] += 1
    return shares


def unit_of(order: Order, line: OrderLine) -> Amount:
    """What one piece costs."""
    return Amount.of(line.price, line.tax, gross=order.channel.gross)


def line_of(order: Order, line: OrderLine) -> Amount:
    """What a line costs before discounts."""
    return Amount.of(line.price * line.quantity, line.tax, gross=order.channel.gross)


def prorated(order: Order, line: OrderLine) -> Amount:
    """What a line costs after all discounts."""
    off = line.off if line.quantity else 0
    return Amount.of(line.price * line.quantity - off, line.tax, gross=order.channel.gross)


def surcharges(order: Order) -> list[Amount]:
    """What is charged beside the goods; nothing of an order that was cancelled."""
    if order.state == "Cancelled":
        return []
    return [Amount.of(each.price, each.tax, gross=order.channel.gross) for each in order.spec.surcharges]


def shipping_of(order: Order) -> Amount:
    """What shipping costs after discounts."""
    return Amount.of(order.shipping - order.shipping_off, order.spec.shipping_tax, gross=order.channel.gross)


def goods_of(order: Order) -> Amount:
    """What the goods and what is charged beside them come to."""
    return total([*(prorated(order, line) for line in order.lines), *surcharges(order)])


def tax_rows(order: Order) -> list[tuple[str, Decimal, Amount]]:
    """By what a tax is called and its rate: what bears it."""
    rows: dict[tuple[str, Decimal], Amount] = {}
    parts = [("Tax Europe", line.tax, prorated(order, line)) for line in order.lines]
    beside = zip(order.spec.surcharges, surcharges(order), strict=False)
    parts += [("Tax Europe", each.tax, amount) for each, amount in beside]
    parts += [("shipping tax", order.spec.shipping_tax, shipping_of(order))]
    for name, rate, amount in parts:
        rows[name, rate] = rows.get((name, rate), NOTHING) + amount
    return [(name, rate, amount) for (name, rate), amount in rows.items()]
