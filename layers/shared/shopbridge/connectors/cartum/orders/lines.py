"""The lines of an order and what they come to; pure. All amounts include VAT, which the settings tell.

A set comes as a line of its own beside a line for each of its parts, and which of them has the money nobody documents
(platform file, open question 10). Counting both would sell the goods twice. So the order's own total decides: of the
readings below the first that adds up to the cent is taken, and where none does the order is held.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import WireLine, WireOrder, title_in
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, split_by_rate
from shopbridge.mapping.taxes import without_tax
from shopbridge.model.order import OrderLine, Shipping, TaxShare, Totals, sum_by_rate

NOTHING, ONE = Decimal(0), Decimal(1)
GIFT, SET_MAIN, SET_ITEM = "gift", "set_main", "set_item"
LEFT_OUT: Final = (SET_ITEM, SET_MAIN)
"""The two ways to count a set: as itself, or as its parts."""


@dataclass(frozen=True)
class CountedLine:
    """A line that counts.

    Attributes:
        at: Its place in the order.
        total: What it costs; nothing for a gift whose price the total does not hold.
    """

    at: int
    line: WireLine
    total: Decimal


def counted_lines(lines: Sequence[WireLine], total: Decimal) -> Sequence[CountedLine] | None:
    """Return the lines that make up an order's ``total_default``; None when no reading does."""
    sums = ((reading, sum((each.total for each in reading), NOTHING)) for reading in _readings(lines))
    return next((reading for reading, found in sums if abs(found - total) < CENT), None)


def _readings(lines: Sequence[WireLine]) -> Iterator[Sequence[CountedLine]]:
    for left_out in LEFT_OUT:
        for unpaid in ("", GIFT):
            yield [
                CountedLine(at, line, NOTHING if line.type == unpaid else cents(line.total_price))
                for at, line in enumerate(lines)
                if line.type != left_out
            ]


@dataclass(frozen=True)
class CartumSums:
    """An order's amounts, all with VAT.

    Attributes:
        lines: What is sold, what the order as a whole takes off, and what the payment costs.
        delivery: What the delivery costs.
    """

    lines: tuple[OrderLine, ...]
    delivery: TaxShare

    @property
    def totals(self) -> Totals:
        """What it all comes to."""
        taxes = sum_by_rate([*(share for line in self.lines for share in line.taxes), self.delivery])
        kept = tuple(share for share in taxes if share.net or share.tax) or taxes[:1]
        return Totals(
            gross=sum((share.gross for share in taxes), NOTHING),
            net=sum((share.net for share in taxes), NOTHING),
            taxes=kept,
        )


def sums_of(wire: WireOrder, settings: CartumSettings) -> CartumSums:
    """Return the order's lines and its delivery.

    Raises:
        Held: The lines do not add up to the order's own total (code ``totals_differ_in_shop``).
    """
    counted = counted_lines(wire.products, wire.total_default)
    if counted is None:
        raise _does_not_add_up(wire)
    lines = [_line(each, settings) for each in counted]
    off = cents(wire.total_sum) - sum((line.total for line in lines), NOTHING)
    whole = [_off(wire, off, lines, settings)] if off else []
    costs = cents(wire.payment_price or NOTHING)
    payment = [_payment_costs(wire, costs, settings)] if costs else []
    return CartumSums((*lines, *whole, *payment), share_of(delivery_costs(wire), settings.vat_of_costs))


def delivery_costs(wire: WireOrder) -> Decimal:
    """Return what the delivery costs; nothing while that is not calculated, which -1 says."""
    return max(cents(wire.delivery_price or NOTHING), NOTHING)


def shipping_of(wire: WireOrder, sums: CartumSums, settings: CartumSettings) -> Shipping | None:
    """Return how it travels; None where neither a way nor costs are told."""
    way = wire.delivery_type
    title = title_in(way.title, settings.language) if way else ""
    keys = tuple(filter(None, (way.id if way else "", title)))
    if not keys and not sums.delivery.gross:
        return None
    return Shipping(method=title, method_keys=keys, total=sums.delivery.gross, taxes=(sums.delivery,))


def share_of(gross: Decimal, rate: Decimal) -> TaxShare:
    """Return a gross amount taken apart, to the cent."""
    net = cents(without_tax(gross, rate))
    return TaxShare(rate=rate, net=net, tax=gross - net)


def _line(counted: CountedLine, settings: CartumSettings) -> OrderLine:
    line, total = counted.line, counted.total
    return OrderLine(
        id=str(counted.at),
        kind="product" if line.article else "discount" if total < 0 else "free",
        name=title_in(line.title, settings.language),
        quantity=line.quantity,
        unit_price=line.price if total or line.type != GIFT else NOTHING,
        total=total,
        taxes=(share_of(total, settings.vat_of(line.article)),),
        sku=line.article,
        ean="",
        fields={},
        options={},
    )


def _off(wire: WireOrder, amount: Decimal, lines: Sequence[OrderLine], settings: CartumSettings) -> OrderLine:
    """What the order as a whole takes off, by a coupon or by hand, over the rates of the goods; or puts on top."""
    goods: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = line.taxes[0].rate
        goods[rate] = goods.get(rate, NOTHING) + max(line.total, NOTHING)
    name = " ".join(filter(None, ("Discount" if amount < 0 else "Surcharge", wire.coupon_code)))
    return _amount("discount", name, amount, _spread(amount, goods, settings.vat))


def _spread(amount: Decimal, goods: Mapping[Decimal, Decimal], usual: Decimal) -> tuple[TaxShare, ...]:
    if not any(goods.values()):
        return (share_of(amount, usual),)
    return tuple(share_of(part, rate) for rate, part in split_by_rate(amount, goods).items() if part)


def _payment_costs(wire: WireOrder, costs: Decimal, settings: CartumSettings) -> OrderLine:
    title = title_in(wire.payment_type.title, settings.language) if wire.payment_type else ""
    shares = (share_of(costs, settings.vat_of_costs),)
    return _amount("payment", title or "Payment costs", costs, shares)


def _amount(key: str, name: str, amount: Decimal, taxes: tuple[TaxShare, ...]) -> OrderLine:
    """A line that sells nothing."""
    return OrderLine(
        id=key,
        kind="discount" if amount < 0 else "free",
        name=name,
        quantity=ONE,
        unit_price=amount,
        total=amount,
        taxes=taxes,
        sku="",
        ean="",
        fields={},
        options={},
    )


def _does_not_add_up(wire: WireOrder) -> Held:
    figures = {f"{sum((each.total for each in reading), NOTHING):f}" for reading in _readings(wire.products)}
    return Held(
        f"The lines add up to {' or '.join(sorted(figures))} {wire.currency}, but the order says "
        f"{wire.total_default:f} before its discount",
        code="totals_differ_in_shop",
        fix="Compare the order with Cartum's admin: if it shows the same sum, tell our support which amount is missing "
        "here; else save the order there once more. Then resend it.",
    )
