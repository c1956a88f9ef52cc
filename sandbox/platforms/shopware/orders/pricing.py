"""Prices and taxes of an order, calculated as the shop's cart does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.platforms.shopware.values import number

HUNDRED = Decimal(100)
MOST_DECIMALS_WITH_INTERVAL = 2
_SHARE = Decimal("0.00000001")
"""Shares of a position that spans several rates are not rounded to cents; eight places stand for that."""


@dataclass(frozen=True)
class Rounding:
    """How amounts are rounded: to decimals, then to a multiple of the interval (0.05 for Swiss cash).

    With more than two decimals Shopware ignores the interval.
    """

    decimals: int = 2
    interval: Decimal = Decimal("0.01")

    def __call__(self, amount: Decimal) -> Decimal:
        """The rounded amount, halves away from zero."""
        if self.decimals > MOST_DECIMALS_WITH_INTERVAL:
            return self._cut(amount)
        steps = (self._cut(amount) / self.interval).quantize(Decimal(1), ROUND_HALF_UP)
        return self._cut(steps * self.interval)

    def _cut(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)

    def to_json(self) -> dict[str, Any]:
        """As in ``itemRounding``."""
        return {"decimals": self.decimals, "interval": number(self.interval), "roundForNet": True}


@dataclass(frozen=True)
class Taxing:
    """How an order is taxed.

    Args:
        status: ``gross`` (prices include tax), ``net`` (tax is added to the order) or ``tax-free``.
        calculation: ``horizontal`` rounds the tax of each position, ``vertical`` that of the sums.
    """

    status: str = "gross"
    calculation: str = "horizontal"
    item: Rounding = field(default_factory=Rounding)
    total: Rounding = field(default_factory=Rounding)

    def tax_of(self, price: Decimal, rate: Decimal) -> Decimal:
        """The tax in, or on, a price."""
        base = HUNDRED + rate if self.status == "gross" else HUNDRED
        return Rounding(self.item.decimals, Decimal(1).scaleb(-self.item.decimals))(price * rate / base)


Shares = Mapping[Decimal, Decimal]
"""Tax rates and what part of a price they apply to, in percent."""


@dataclass(frozen=True)
class Price:
    """A calculated price.

    Args:
        taxes: By rate: the tax, and the price it belongs to.
        shares: By rate: percentage of the price.
    """

    unit: Decimal
    quantity: int
    total: Decimal
    taxes: Mapping[Decimal, tuple[Decimal, Decimal]]
    shares: Shares

    def to_json(self) -> dict[str, Any]:
        """As in a line's ``price``, in ``shippingCosts`` and in a transaction's ``amount``."""
        return {
            "unitPrice": number(self.unit),
            "quantity": self.quantity,
            "totalPrice": number(self.total),
            "calculatedTaxes": taxes_json(self.taxes),
            "taxRules": rules_json(self.shares),
            "referencePrice": None,
            "listPrice": None,
            "regulationPrice": None,
            "extensions": [],
            "apiAlias": "calculated_price",
        }


def calculate(unit: Decimal, quantity: int, shares: Shares, taxing: Taxing) -> Price:
    """The price of a position."""
    unit = taxing.item(unit)
    total = taxing.item(unit * quantity)
    if taxing.status == "tax-free":
        return Price(unit, quantity, total, {}, {})
    parts = split(total, shares)
    taxes = {rate: (taxing.tax_of(part, rate), part) for rate, part in parts.items()}
    return Price(unit, quantity, total, taxes, shares)


def untaxed(amount: Decimal) -> Price:
    """An amount that says nothing of its taxes."""
    return Price(amount, 1, amount, {}, {})


def split(total: Decimal, shares: Shares) -> dict[Decimal, Decimal]:
    """The parts of a price by rate; they add up to it."""
    parts = {rate: (total * percent / HUNDRED).quantize(_SHARE) for rate, percent in shares.items()}
    if len(parts) == 1:
        return dict.fromkeys(parts, total)
    last = list(parts)[-1]
    parts[last] += total - sum(parts.values())
    return parts


def contained(prices: Sequence[Price]) -> Price:
    """The price of a container: the sum of its children's."""
    total = sum((price.total for price in prices), Decimal(0))
    taxes = merged(prices)
    return Price(total, 1, total, taxes, shares_of(prices))


def shares_of(prices: Iterable[Price]) -> Shares:
    """How much of these prices each rate makes, in percent; a discount spreads over the rates this way."""
    parts = {rate: part for rate, (_, part) in merged(prices).items() if part}
    total = sum(parts.values())
    if not total:
        return dict.fromkeys(parts or {Decimal(0): HUNDRED}, HUNDRED)
    if len(parts) == 1:
        return dict.fromkeys(parts, HUNDRED)
    return {rate: (part / total * HUNDRED).quantize(_SHARE) for rate, part in parts.items()}


def merged(prices: Iterable[Price]) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """The taxes of several prices, added up by rate."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for price in prices:
        for rate, (tax, part) in price.taxes.items():
            so_far = sums.get(rate, (Decimal(0), Decimal(0)))
            sums[rate] = so_far[0] + tax, so_far[1] + part
    return sums


@dataclass(frozen=True)
class CartPrice:
    """The price of a whole order."""

    net: Decimal
    total: Decimal
    positions: Decimal
    raw: Decimal
    taxing: Taxing
    taxes: Mapping[Decimal, tuple[Decimal, Decimal]]

    def to_json(self) -> dict[str, Any]:
        """As in the order's ``price``."""
        return {
            "netPrice": number(self.net),
            "totalPrice": number(self.total),
            "calculatedTaxes": taxes_json(self.taxes),
            "taxRules": rules_json(dict.fromkeys(self.taxes, HUNDRED)),
            "positionPrice": number(self.positions),
            "taxStatus": self.taxing.status,
            "rawTotal": number(self.raw),
            "extensions": [],
            "apiAlias": "cart_price",
        }


def cart_price(lines: Sequence[Price], shipping: Sequence[Price], taxing: Taxing) -> CartPrice:
    """The order's price from its top-level lines and its deliveries."""
    positions = sum((price.total for price in lines), Decimal(0))
    amount = positions + sum((price.total for price in shipping), Decimal(0))
    taxes = merged([*lines, *shipping])
    if taxing.calculation == "vertical":
        taxes = {rate: (taxing.tax_of(part, rate), part) for rate, (_, part) in taxes.items()}
    tax = sum((tax for tax, _ in taxes.values()), Decimal(0))
    raw = amount + tax if taxing.status == "net" else amount
    total = raw if taxing.status == "tax-free" else taxing.total(raw)
    net = amount if taxing.status == "net" else raw - tax
    return CartPrice(net, total, positions, raw, taxing, taxes)


def taxes_json(taxes: Mapping[Decimal, tuple[Decimal, Decimal]]) -> list[dict[str, Any]]:
    """As in ``calculatedTaxes``."""
    return [
        {
            "tax": number(tax),
            "taxRate": number(rate),
            "price": number(part),
            "extensions": [],
            "apiAlias": "cart_tax_calculated",
        }
        for rate, (tax, part) in taxes.items()
    ]


def rules_json(shares: Shares) -> list[dict[str, Any]]:
    """As in ``taxRules``."""
    return [
        {
            "taxRate": number(rate),
            "percentage": number(percent),
            "extensions": [],
            "apiAlias": "cart_tax_rule",
        }
        for rate, percent in shares.items()
    ]
