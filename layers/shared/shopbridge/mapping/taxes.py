"""Tax rates, in percent: amounts with and without the tax, and what a back office calls a rate of the shop."""

from collections.abc import Mapping
from decimal import Decimal

from shopbridge.errors import Held, Unmapped

_HUNDRED = Decimal(100)


def with_tax(net: Decimal, rate: Decimal) -> Decimal:
    """A net amount with its tax, not rounded."""
    return net * (_HUNDRED + rate) / _HUNDRED


def without_tax(gross: Decimal, rate: Decimal) -> Decimal:
    """A gross amount without its tax, not rounded."""
    return gross * _HUNDRED / (_HUNDRED + rate)


def percentage_of(rate: Decimal, taxes: Mapping[Decimal, str], where: str) -> Decimal:
    """The back office's percentage for a rate of the shop; what bears no tax needs no entry.

    Args:
        taxes: What the connection's tax map makes of each rate.
        where: The record, for the error.

    Raises:
        Unmapped: The rate has no entry.
        Held: Its entry is no percentage (code ``tax_not_a_percentage``).
    """
    text = taxes.get(rate, None if rate else "0")
    if text is None:
        raise Unmapped("tax", f"{rate.normalize():f}", where=where)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise Held(
            f"The tax map translates {rate.normalize():f} % to {text!r}, which is no percentage",
            code="tax_not_a_percentage",
            where=where,
            fix="The back office takes percentages such as `21`: correct orders.maps.tax, then resend the order.",
        ) from error
