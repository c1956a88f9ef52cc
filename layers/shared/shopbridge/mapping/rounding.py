"""Splitting money so that not a cent is lost or made. Amounts are decimals in major units, such as euros."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Round to whole cents, halves away from zero, as invoices do."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def split_by_rate(amount: Decimal, shares: Mapping[Decimal, Decimal]) -> dict[Decimal, Decimal]:
    """Split an amount over tax rates in proportion to their shares, by largest remainder.

    Args:
        amount: What to split, for example shipping costs or a discount; of either sign. Rounded to cents first.
        shares: Tax rate in percent to its weight, for example the goods' total at that rate. None is negative.

    Returns:
        One part per rate, in the order of ``shares``: whole cents that add up to ``amount`` exactly, none of the
        other sign, none a full cent off its exact part. Equal remainders favour the higher rate.

    Raises:
        ValueError: A share is negative, or all are zero while the amount is not: nothing says where it belongs.
    """
    total = sum(map(Fraction, shares.values()))
    if any(share < 0 for share in shares.values()) or (amount and not total):
        raise ValueError(f"cannot split {amount} over shares {dict(shares)}")
    whole = abs(int(cents(amount) / CENT))
    exact = {rate: whole * Fraction(share) / total if total else Fraction(0) for rate, share in shares.items()}
    parts = {rate: int(part) for rate, part in exact.items()}
    by_remainder = sorted(exact, key=lambda rate: (exact[rate] - parts[rate], rate), reverse=True)
    for rate in by_remainder[: whole - sum(parts.values()) if parts else 0]:
        parts[rate] += 1
    sign = 1 if amount >= 0 else -1
    return {rate: sign * part * CENT for rate, part in parts.items()}
