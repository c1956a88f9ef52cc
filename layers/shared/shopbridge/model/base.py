"""What every model shares: ids, values that are frozen and closed to unknown fields, batches, and trust in clocks."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, NewType, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

ConnectionId = NewType("ConnectionId", str)
OrderId = NewType("OrderId", str)
"""The shop's own id of an order."""
ExternalId = NewType("ExternalId", str)
"""An id in the back office, as text; only its connector reads its inside."""
Code = Annotated[str, StringConstraints(strip_whitespace=True)]
"""An SKU or an EAN: blanks around it are typing errors, which one platform keeps and the next one cuts off. So they are
cut wherever a code enters, whichever way it travels."""
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
_SLUG = r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]"
Slug = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}$")]
"""What an operator may call a connection: it becomes part of URLs, table keys and parameter names."""


def is_slug(text: str) -> bool:
    """Tell whether a connection could be called so."""
    return re.fullmatch(_SLUG, text, re.ASCII) is not None


LATE = ConfigDict(defer_build=True)
"""For a union of models: what reads it is built when it is first used, as of the models."""


class Model(BaseModel):
    """A value: frozen, and an unknown field is an error.

    What validates it is built when it is first used: a function meets few of the models that it imports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


Item = TypeVar("Item")


def in_batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield the items in their order, ``size`` at a time; the last batch may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


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
