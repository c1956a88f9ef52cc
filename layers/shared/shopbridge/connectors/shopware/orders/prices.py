"""Calculated prices as net and tax by rate, in all three tax modes (platform file, C7 and D8)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from shopbridge.connectors.shopware.wire import WirePrice, WireRounding, WireTax, WireTotals
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import TaxMode, TaxShare, Totals, sum_by_rate

_MODES: dict[Literal["gross", "net", "tax-free"], TaxMode] = {"gross": "gross", "net": "net", "tax-free": "tax_free"}
_NOTHING = Decimal(0)


def tax_mode(price: WireTotals) -> TaxMode:
    """What the prices of the order are."""
    return _MODES[price.tax_status]


def totals(price: WireTotals, rounded: WireRounding | None = None) -> Totals:
    """The order's totals: ``totalPrice`` is what the buyer pays, in every mode.

    Args:
        rounded: How the shop says that the total was rounded.
    """
    shares = tuple(_share(tax, tax_mode(price)) for tax in price.calculated_taxes)
    return Totals(
        gross=price.total_price,
        net=price.net_price,
        taxes=shares or _untaxed(price.net_price),
        rounding=_rounding(price, rounded or WireRounding()),
    )


def _rounding(price: WireTotals, rounded: WireRounding) -> Decimal:
    """What rounding added to the sum before it; nothing where it is more than rounding to this interval can make.

    The rest of an order whose total differs for another reason, such as a plugin's gift card, is no rounding.
    """
    tax = sum((tax.tax for tax in price.calculated_taxes), _NOTHING)
    raw = price.raw_total if price.raw_total is not None else price.net_price + tax
    added = cents(price.total_price - raw)
    return added if abs(added) * 2 <= rounded.interval else _NOTHING


def tax_shares(price: WirePrice, mode: TaxMode) -> tuple[TaxShare, ...]:
    """A price by tax rate, at least one share: a tax-free price is all net, at rate 0."""
    shares = sum_by_rate(_share(tax, mode) for tax in price.calculated_taxes)
    if shares or mode == "tax_free" or price.total_price or not price.tax_rules:
        return shares or _untaxed(price.total_price)
    return _untaxed(price.total_price, price.tax_rules[0].tax_rate)


def tax_rest(price: WirePrice, parts: Sequence[WirePrice], mode: TaxMode) -> tuple[TaxShare, ...]:
    """What is left of a price by rate once the prices of its parts are taken away."""
    taken = (share for part in parts for share in tax_shares(part, mode))
    minus = (TaxShare(rate=share.rate, net=-share.net, tax=-share.tax) for share in taken)
    left = sum_by_rate([*tax_shares(price, mode), *minus])
    rest = price.total_price - sum((part.total_price for part in parts), _NOTHING)
    return tuple(share for share in left if share.net or share.tax) or _untaxed(rest, left[0].rate)


def _share(tax: WireTax, mode: TaxMode) -> TaxShare:
    net = tax.price - tax.tax if mode == "gross" else tax.price
    return TaxShare(rate=tax.tax_rate, net=net, tax=tax.tax)


def _untaxed(amount: Decimal, rate: Decimal = _NOTHING) -> tuple[TaxShare, ...]:
    return (TaxShare(rate=rate, net=amount, tax=_NOTHING),)
