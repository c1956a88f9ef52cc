"""Getting a batch through that one record would sink: those to blame are left out, else the batch is halved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Problem = TypeVar("Problem")


@dataclass(frozen=True)
class Refused(Generic[Problem]):
    """Nothing of a batch was written.

    Attributes:
        whole: Why, of the batch as a whole.
        at: The items that are to blame, by their place in the batch; empty when nobody knows.
    """

    whole: Problem
    at: Mapping[int, Problem] = field(default_factory=dict)


Send = Callable[[Sequence[Item]], Refused[Problem] | None]
"""Writes a batch as a whole, or refuses it as a whole."""


def settle(items: Sequence[Item], send: Send[Item, Problem]) -> dict[int, Problem]:
    """Send all that can be sent, in fewer calls than two for each item.

    Returns:
        Why the others cannot, by their place. What ``send`` raises ends it; some may be written then.
    """
    refused: dict[int, Problem] = {}
    waiting: list[Sequence[int]] = [range(len(items))] if items else []
    while waiting:
        batch = waiting.pop()
        answer = send([items[place] for place in batch])
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
