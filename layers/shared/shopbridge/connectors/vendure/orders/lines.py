"""The lines of an order and what they come to; pure. Every amount is told without and with tax, so nothing is computed.

A line's tax is rounded once for the line, and an order's discount is spread over the lines by Vendure itself. What all
discounts take off a line is the difference of two of its amounts, which adds up to the cent where the single discounts
do not (platform file, "Orders", V4). What shipping bears at which rate is what the tax summary holds beside the goods.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.vendure.wire import WireLine, WireOrder, WireSurcharge
from shopbridge.errors import Held
from shopbridge.model.order import LineKind, OrderLine, TaxMode, TaxShare, Totals, sum_by_rate

NOTHING, ONE = Decimal(0), Decimal(1)
CANCELLED: Final = "Cancelled"
"""The state of an order that is off as a whole."""
DISCOUNTS = "discounts"
"""The id of the line that takes off what the discounts do."""


@dataclass(frozen=True)
class VendureSums:
    """An order's amounts, in the currency's units.

    Attributes:
        lines: What is sold, what is charged beside it, and what the discounts take off.
        shipping: What shipping costs, by tax rate; at least one share.
    """

    lines: tuple[OrderLine, ...]
    shipping: tuple[TaxShare, ...]
    totals: Totals


@dataclass(frozen=True)
class MinorUnits:
    """Amounts of one shop, which come in the currency's smallest units.

    Attributes:
        decimals: How many of their digits are behind the point.
        mode: Which of the two amounts is the order's own.
    """

    decimals: int
    mode: TaxMode

    def units(self, amount: Decimal) -> Decimal:
        """Return an amount in the currency's units."""
        return amount.scaleb(-self.decimals)

    def share(self, rate: Decimal, net: Decimal, gross: Decimal) -> TaxShare:
        """Return what one rate applies to."""
        return TaxShare(rate=plain(rate), net=self.units(net), tax=self.units(gross - net))

    def total(self, shares: Iterable[TaxShare]) -> Decimal:
        """Return what shares come to in the order's own mode."""
        return sum((share.gross if self.mode == "gross" else share.net for share in shares), NOTHING)


def plain(rate: Decimal) -> Decimal:
    """Return a rate as people write it: 21 and not 2.1E+1."""
    return rate.quantize(ONE) if rate == rate.to_integral_value() else rate.normalize()


def sums_of(wire: WireOrder, money: MinorUnits) -> VendureSums:
    """Return the order's lines, its shipping and its totals.

    A line whose units were cancelled is none; of an order that is cancelled as a whole they tell whose stock came back.

    Raises:
        Held: They do not add up to the order's own totals (code ``totals_differ_in_shop``).
    """
    sold = [line for line in wire.lines if line.quantity or wire.state == CANCELLED]
    lines = [_line(line, money) for line in sold]
    charged = [_surcharge(each, money) for each in wire.surcharges if each.price or each.price_with_tax]
    off = list(_taken_off(sold, money))
    goods = sum_by_rate(share for line in (*lines, *charged, *off) for share in line.taxes)
    told = (money.share(row.tax_rate, row.tax_base, row.tax_base + row.tax_total) for row in wire.tax_summary)
    taxes = sum_by_rate(told)
    shipping = _shipping(taxes, goods)
    _check(wire, shipping, taxes, money)
    totals = Totals(
        gross=money.units(wire.total_with_tax),
        net=money.units(wire.total),
        taxes=tuple(share for share in taxes if share.net or share.tax) or taxes[:1] or (_nothing_at(NOTHING),),
    )
    return VendureSums((*lines, *charged, *off), shipping, totals)


def _line(line: WireLine, money: MinorUnits) -> OrderLine:
    variant = line.product_variant
    share = money.share(line.tax_rate, line.line_price, line.line_price_with_tax)
    return OrderLine(
        id=line.id,
        kind="product",
        name=variant.name or variant.sku,
        quantity=Decimal(line.quantity),
        unit_price=money.units(line.unit_price_with_tax if money.mode == "gross" else line.unit_price),
        total=money.total([share]),
        taxes=(share,),
        sku=variant.sku,
        ean="",
        fields={"variantId": variant.id},
        options={each.group.name or each.group.code: each.name for each in variant.options},
    )


def _surcharge(each: WireSurcharge, money: MinorUnits) -> OrderLine:
    share = money.share(each.tax_rate, each.price, each.price_with_tax)
    return _beside(each.id, each.description or each.sku, (share,), money)


def _taken_off(lines: Iterable[WireLine], money: MinorUnits) -> Iterator[OrderLine]:
    """One line for all discounts, named by them; none where there are none."""
    shares = sum_by_rate(
        money.share(
            line.tax_rate,
            line.prorated_line_price - line.line_price,
            line.prorated_line_price_with_tax - line.line_price_with_tax,
        )
        for line in lines
    )
    taken = tuple(share for share in shares if share.net or share.tax)
    if taken:
        names = dict.fromkeys(each.description for line in lines for each in line.discounts if each.description)
        yield _beside(DISCOUNTS, ", ".join(names) or "Discount", taken, money)


def _beside(line_id: str, name: str, shares: tuple[TaxShare, ...], money: MinorUnits) -> OrderLine:
    total = money.total(shares)
    kind: LineKind = "discount" if total < 0 else "free"
    return OrderLine(
        id=line_id,
        kind=kind,
        name=name,
        quantity=ONE,
        unit_price=total,
        total=total,
        taxes=shares,
        sku="",
        ean="",
        fields={},
        options={},
    )


def _shipping(taxes: Iterable[TaxShare], goods: Iterable[TaxShare]) -> tuple[TaxShare, ...]:
    """What the summary holds beside the goods; where that is nothing, at the highest rate of the goods."""
    minus = [TaxShare(rate=share.rate, net=-share.net, tax=-share.tax) for share in goods]
    rest = tuple(share for share in sum_by_rate([*taxes, *minus]) if share.net or share.tax)
    return rest or (_nothing_at(max((share.rate for share in minus), default=NOTHING)),)


def _nothing_at(rate: Decimal) -> TaxShare:
    return TaxShare(rate=rate, net=NOTHING, tax=NOTHING)


def _check(wire: WireOrder, shipping: Iterable[TaxShare], taxes: Iterable[TaxShare], money: MinorUnits) -> None:
    told = [(wire.shipping, wire.shipping_with_tax), (wire.total, wire.total_with_tax)]
    for (net, gross), shares in zip(told, (tuple(shipping), tuple(taxes)), strict=True):
        sums = (sum((each.net for each in shares), NOTHING), sum((each.gross for each in shares), NOTHING))
        if sums != (money.units(net), money.units(gross)):
            raise Held(
                f"The order's parts come to {sums[1]:f} with tax, and Vendure says {money.units(gross):f}",
                code="totals_differ_in_shop",
                fix="Look at the order in Vendure: a plugin that computes prices or taxes is the usual cause.",
            )
