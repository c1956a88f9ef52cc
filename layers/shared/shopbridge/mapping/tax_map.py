"""Tax rates of the shop as a back office has them, where it takes percentages."""

from collections.abc import Mapping
from decimal import Decimal

from shopbridge.errors import Held, Unmapped


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
