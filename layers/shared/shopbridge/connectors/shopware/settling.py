"""Getting a batch through that one record would sink: those named are left out, else the batch is halved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shopbridge.connectors.shopware.sync import Problem, Refusal
from shopbridge.errors import Unfinished

Item = TypeVar("Item")
Owners = Mapping[str, Sequence[Sequence[int]]]
"""For each operation and each of its records: the places of the items that it was made of."""


@dataclass(frozen=True)
class Refused:
    """Nothing of a batch was written.

    Attributes:
        at: The items that are to blame, by their place in the batch; empty when nobody knows.
    """

    whole: Problem
    at: Mapping[int, Problem]


def blame(refusal: Refusal, owners: Owners) -> Refused:
    """The items behind the records that a sync names."""
    at = {
        place: problem
        for (key, number), problem in refusal.at.items()
        for place in (owners[key][number] if number < len(owners.get(key, ())) else ())
    }
    return Refused(refusal.whole, at)


def settle(items: Sequence[Item], send: Callable[[Sequence[Item]], Refused | None]) -> dict[int, Problem]:
    """Send all that can be sent; returns the items that cannot, by their place. Fewer calls than two for each item.

    Args:
        send: Writes a batch as a whole, or refuses it as a whole.

    Raises:
        Unfinished: Not even a single item goes through in time.
        RetryLater: Busy or away; some may be written.
    """
    refused: dict[int, Problem] = {}
    waiting: list[Sequence[int]] = [range(len(items))] if items else []
    while waiting:
        batch = waiting.pop()
        answer = _attempt([items[place] for place in batch], send)
        if answer is None:
            continue
        if not answer.at and len(batch) > 1:
            middle = len(batch) // 2
            waiting += [batch[middle:], batch[:middle]]
            continue
        named = answer.at or {0: answer.whole}
        refused |= {batch[place]: problem for place, problem in named.items()}
        if rest := [each for place, each in enumerate(batch) if place not in named]:
            waiting.append(rest)
    return refused


def _attempt(batch: Sequence[Item], send: Callable[[Sequence[Item]], Refused | None]) -> Refused | None:
    try:
        return send(batch)
    except Unfinished as error:
        if len(batch) == 1:
            raise
        return Refused(Problem("unfinished", error.what), {})
