"""Whom a refused sync blames, and getting the others of its batch through."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from shopbridge.connectors.kit import batches
from shopbridge.connectors.shopware.sync import Problem, Refusal
from shopbridge.errors import Unfinished

Item = TypeVar("Item")
Owners = Mapping[str, Sequence[Sequence[int]]]
"""For each operation and each of its records: the places of the items that it was made of."""


Refused = batches.Refused[Problem]


def blame(refusal: Refusal, owners: Owners) -> Refused:
    """The items behind the records that a sync names."""
    at = {
        place: problem
        for (key, number), problem in refusal.at.items()
        for place in (owners[key][number] if number < len(owners.get(key, ())) else ())
    }
    return Refused(refusal.whole, at)


def settle(items: Sequence[Item], send: Callable[[Sequence[Item]], Refused | None]) -> dict[int, Problem]:
    """Send all that can be sent; returns the items that cannot, by their place.

    Args:
        send: Writes a batch as a whole, or refuses it as a whole; one that takes too long is halved, too.

    Raises:
        Unfinished: Not even a single item goes through in time.
        RetryLater: Busy or away; some may be written.
    """

    def attempt(batch: Sequence[Item]) -> Refused | None:
        try:
            return send(batch)
        except Unfinished as error:
            if len(batch) == 1:
                raise
            return Refused(Problem("unfinished", error.what))

    return batches.settle(items, attempt)
