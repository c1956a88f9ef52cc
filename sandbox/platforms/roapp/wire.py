"""How values travel: money as texts, times in ISO 8601 without fractions of a second."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

Record = dict[str, Any]
CENT = Decimal("0.01")
LARGEST = Decimal(10**12)


def money(value: Decimal) -> str:
    """An amount as v2 writes it: ``"100.00"`` (L4)."""
    return f"{value.quantize(CENT, ROUND_HALF_UP):f}"


def stamp(moment: datetime) -> str:
    """A moment in UTC, such as ``2025-03-01T08:20:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(moment: datetime | None) -> str | None:
    """The same, or nothing."""
    return stamp(moment) if moment else None


def moment_of(text: str) -> datetime:
    """The moment of a text with its zone.

    Raises:
        ValueError: It is none, or has fractions of a second, which are to be avoided (L4, L11).
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.microsecond:
        raise ValueError(f"{text!r} is no time with its zone")
    return found


def number(value: Any) -> Decimal | None:
    """What a number or its text says; None when it is neither."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < LARGEST else None


def amount_of(value: Any) -> Decimal:
    """The number of a value that was accepted as one."""
    found = number(value)
    if found is None:
        raise ValueError(f"{value!r} is no number")
    return found


def plain(value: Decimal) -> Decimal | int:
    """A number without zeros at its end."""
    return int(value) if value == value.to_integral_value() else value.normalize()
