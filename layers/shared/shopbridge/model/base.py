"""What every model shares: ids, values that are frozen and closed to unknown fields, batches, and trust in clocks."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from shopbridge.model.basics import SLUG, ConnectionId, ExternalId, OrderId, in_batches, is_slug

__all__ = [
    "CLOCKS_APART",
    "LATE",
    "Code",
    "ConnectionId",
    "CountryCode",
    "CurrencyCode",
    "ExternalId",
    "Model",
    "OrderId",
    "Slug",
    "in_batches",
    "is_slug",
    "time_left",
]

Code = Annotated[str, StringConstraints(strip_whitespace=True)]
"""An SKU or an EAN: blanks around it are typing errors, which one platform keeps and the next one cuts off. So they are
cut wherever a code enters, whichever way it travels."""
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
Slug = Annotated[str, StringConstraints(pattern=rf"^{SLUG}$")]
"""What an operator may call a connection."""

LATE = ConfigDict(defer_build=True)
"""For a union of models: what reads it is built when it is first used, as of the models."""


class Model(BaseModel):
    """A value: frozen, and an unknown field is an error.

    What validates it is built when it is first used: a function meets few of the models that it imports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


CLOCKS_APART = timedelta(minutes=25)
"""More than the clocks of two containers ever differ: AWS refuses what is signed more than five minutes off, and we
allow for ten minutes on either side. What is older than that by two clocks is old by any."""


def time_left(first_seen: datetime, lasts: timedelta, until: datetime, now: datetime) -> timedelta:
    """Return how long another worker may still be at it; zero or less when it surely is not.

    Every container has a clock of its own, and nobody sees when one is wrong. So who waits for another waits on one
    clock: its own, from the moment it first saw what it waits for.

    Args:
        first_seen: When this container saw that it is, by its own clock, as ``now``.
        lasts: How long it may take from when it began.
        until: The other worker's own word, by another clock.
    """
    return min(first_seen + lasts, until + CLOCKS_APART) - now
