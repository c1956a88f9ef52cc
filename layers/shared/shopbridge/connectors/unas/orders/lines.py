"""The lines of an order: goods, and what UNAS keeps among them by fixed ids (platform file, "Fixed line ids"); pure.

Prices are of one piece, and UNAS computes with exact ones: together the lines are the order's total. It rounds what it
shows, so a difference of a unit of the last digit shown is that, and a greater one stops the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import WireLine, WireOrder
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import LineKind, OrderLine, Shipping, TaxShare, Totals, sum_by_rate

SHIPPING: Final = "shipping-cost"
HANDLING: Final = frozenset({"handel-cost", "handling-cost"})
"""What a payment method costs; the second spelling is one that a client is prepared for (C4)."""
DISCOUNTS: Final = frozenset({"discount-percent", "discount-amount"})
FIXED: Final = frozenset({SHIPPING, *HANDLING, *DISCOUNTS})
WITHOUT_DIGITS: Final = frozenset({"HUF", "JPY"})
"""Currencies of which a shop shows no digits, unless it says otherwise."""
NOTHING, ONE = Decimal(0), Decimal(1)
MOST_SHOWN = 4
"""Digits behind the point, at most."""


@dataclass(frozen=True)
class UnasSums:
    """An order's amounts, all with VAT.

    Attributes:
        lines: Goods, fees and discounts.
        delivery: What it costs by tax rate; empty when there is no such line.
    """

    lines: tuple[OrderLine, ...]
    delivery: tuple[TaxShare, ...]

    @property
    def gross(self) -> Decimal:
        """What it all comes to."""
        return sum((line.total for line in self.lines), NOTHING) + sum((each.gross for each in self.delivery), NOTHING)


def sums_of(wire: WireOrder, settings: UnasSettings) -> UnasSums:
    """Return the order's lines, its delivery apart. Raises Held for a line whose VAT is not told."""
    lines = [_line(at, item, settings) for at, item in enumerate(wire.items) if item.id != SHIPPING]
    delivery = [_share(item) for item in wire.items if item.id == SHIPPING]
    return UnasSums(tuple(lines), sum_by_rate(delivery))


def totals_of(wire: WireOrder, sums: UnasSums) -> Totals:
    """Return the order's own total.

    Raises:
        Held: The lines do not add up to it (code ``totals_differ_in_shop``).
    """
    total = cents(wire.sum_price_gross)
    rounding = total - sums.gross
    if abs(rounding) > unit_shown(wire):
        raise Held(
            f"The lines add up to {sums.gross:f} {wire.currency}, but the total says {total:f}",
            code="totals_differ_in_shop",
            fix="Compare the order with UNAS: points, vouchers and some discounts are no lines there. Book it by hand "
            "and skip it, or correct it in UNAS and resend it.",
        )
    taxes = sum_by_rate([*(share for line in sums.lines for share in line.taxes), *sums.delivery])
    net = total - rounding - sum((share.tax for share in taxes), NOTHING)
    return Totals(gross=total, net=net, taxes=taxes, rounding=rounding)


def unit_shown(wire: WireOrder) -> Decimal:
    """Return one of the last digit that the shop shows of an amount."""
    digits = wire.price_rounding
    if digits is None:
        digits = NOTHING if wire.currency in WITHOUT_DIGITS else Decimal(2)
    return ONE.scaleb(-int(min(max(digits, NOTHING), Decimal(MOST_SHOWN))))


def shipping_of(wire: WireOrder, sums: UnasSums) -> Shipping | None:
    """Return how it travels; None where neither a method nor costs are told."""
    method = wire.shipping
    keys = (method.id, method.name) if method else ()
    if not any(keys) and not sums.delivery:
        return None
    return Shipping(
        method=method.name if method else "",
        method_keys=tuple(filter(None, keys)),
        total=sum((share.gross for share in sums.delivery), NOTHING),
        taxes=sums.delivery,
    )


def line_kind(item: WireLine) -> LineKind:
    """Return what a line is: by its id alone, since a fee may carry the SKU of something (C4)."""
    if item.id in DISCOUNTS:
        return "discount"
    if item.id in HANDLING or not (item.sku or item.id):
        return "discount" if item.price_gross < 0 else "free"
    return "product"


def _line(at: int, item: WireLine, settings: UnasSettings) -> OrderLine:
    share, kind = _share(item), line_kind(item)
    is_product = kind == "product"
    return OrderLine(
        id=str(at),
        kind=kind,
        name=_name(item),
        quantity=item.quantity,
        unit_price=_signed(item, item.price_gross),
        total=share.gross,
        taxes=(share,),
        sku=settings.variant_sku(item.sku, [each.value for each in item.chosen]) if is_product else "",
        ean="",
        fields={"productId": item.id, "productSku": item.sku} if is_product else {},
        options={name: value for name, value in _options(item) if is_product},
    )


def _name(item: WireLine) -> str:
    """The chosen values behind it: an office that keeps no options would not show which one was bought."""
    values = ", ".join(each.value for each in item.chosen if each.value)
    return f"{item.name} ({values})" if values else item.name


def _options(item: WireLine) -> Iterator[tuple[str, str]]:
    """The variants in their order, then what the buyer answered about the product."""
    given: Sequence[tuple[str, str]] = [(each.name, each.value) for each in (*item.chosen, *item.product_params)]
    return ((name, value) for name, value in given if name and value)


def _share(item: WireLine) -> TaxShare:
    """A line's total with its one rate, as the shop has both; of a discount with parts of several rates, too."""
    if item.vat is None:
        raise Held(
            f"The line {item.name or item.sku or item.id!r} has no VAT",
            code="missing_tax",
            fix="Give the line a VAT rate in UNAS, then resend the order.",
        )
    gross, net = (cents(_signed(item, price) * item.quantity) for price in (item.price_gross, item.price_net))
    return TaxShare(rate=item.vat, net=net, tax=gross - net)


def _signed(item: WireLine, price: Decimal) -> Decimal:
    """A discount is taken off, whatever its sign (C3)."""
    return -abs(price) if item.id in DISCOUNTS else price
