"""Gomag's dates: the wall clock of the shop, without a zone, and days to filter by."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Bucharest")
"""[inferred] Whose wall clock the dates show (platform file, quirk 9)."""
OVERLAP = timedelta(days=1)
"""How much earlier a day filter begins: it knows whole days only, [inferred] of this zone, and pages shift."""


def moment_of(text: str) -> datetime:
    """A date or a time as Gomag writes it, on the shop's clock, with its zone. Raises ValueError when it is none."""
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC).astimezone(ZONE)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def day_of(moment: datetime) -> str:
    """The day of a moment in the shop, such as ``2026-01-31``."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d")


def first_day(since: datetime) -> str:
    """The day from which to read so that nothing since a moment is missed."""
    return day_of(since - OVERLAP)
