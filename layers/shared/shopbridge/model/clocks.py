"""What two clocks may be trusted with.

Every container has a clock of its own, and nobody sees when one is wrong. So who waits for another waits on one clock:
its own, from the moment it first saw what it waits for.
"""

from datetime import datetime, timedelta

CLOCKS_APART = timedelta(minutes=25)
"""More than the clocks of two containers ever differ: AWS refuses what is signed more than five minutes off, and we
allow for ten minutes on either side. What is older than that by two clocks is old by any."""


def time_left(first_seen: datetime, lasts: timedelta, until: datetime, now: datetime) -> timedelta:
    """How long another worker may still be at it; zero or less when it surely is not.

    Args:
        first_seen: When this container saw that it is, by its own clock, as ``now``.
        lasts: How long it may take from when it began.
        until: The other worker's own word, by another clock.
    """
    return min(first_seen + lasts, until + CLOCKS_APART) - now
