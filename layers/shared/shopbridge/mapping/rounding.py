"""Splitting money so that not a cent is lost or made. Amounts are decimals in major units, such as euros."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")


def cents(value: Decimal) -> Decimal:
    """Round to whole cents, halves away from zero, as invoices do."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Round to so many decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def whole_cent_prices(total: Decimal, quantity: Decimal) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return quantities and whole-cent prices that make up a total: 1000 for 12.50 are 750 at 0.01 and 250 at 0.02.

    Args:
        total: In whole cents, of either sign.
        quantity: Above 0; may be a fraction.

    Returns:
        One or two pairs. The quantities add up to ``quantity``. The pairs' totals, each rounded to cents, add up to
        ``total``, or to a cent off where the quantity is no whole number; then there is one pair.
    """
    price = (total / quantity).quantize(CENT, rounding=ROUND_DOWN)
    step = CENT if total >= 0 else -CENT
    dearer = (total - cents(price * quantity)) / step
    if dearer > quantity:
        return ((quantity, price + step),)
    parts = ((quantity - dearer, price), (dearer, price + step))
    return tuple((count, each) for count, each in parts if count)


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
