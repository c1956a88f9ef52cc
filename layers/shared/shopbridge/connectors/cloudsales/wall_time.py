"""BOCP's times: the wall clock of Bucharest, without a zone (client B3)."""

from datetime import UTC, datetime, timedelta

WINTER, SUMMER = timedelta(hours=2), timedelta(hours=3)
_MARCH, _OCTOBER = 3, 10


def in_bucharest(moment: datetime) -> datetime:
    """What the wall clock shows; naive.

    By the rule that holds in the whole EU, since a function's image need not bring a table of time zones: summer time
    from the last Sunday of March to the last of October, each at 1:00 UTC.
    """
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    is_summer = _last_sunday(utc.year, _MARCH) <= utc < _last_sunday(utc.year, _OCTOBER)
    return utc + (SUMMER if is_summer else WINTER)


def moment_text(moment: datetime) -> str:
    """``YYYY-MM-DD HH:MM:SS``."""
    return in_bucharest(moment).strftime("%Y-%m-%d %H:%M:%S")


def _last_sunday(year: int, month: int) -> datetime:
    """At 1:00; both months have 31 days."""
    last = datetime(year, month, 31, 1)  # noqa: DTZ001 - compared with naive times only
    return last - timedelta(days=(last.weekday() + 1) % 7)
