"""Moving an order's state forward, never back and never twice (platform file, "Order states and transitions")."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shopbridge.connectors.shopware.wire import WireOffer
from shopbridge.errors import Rejected

ROUTE: Final = ("open", "in_progress", "completed")
"""Shopware's own way of an order, in order; each state is one transition from the one before."""

MOST_STEPS = 4
"""More steps than any sensible machine needs: a shop's own machine must not lead us in a circle."""


@dataclass(frozen=True)
class Step:
    """One transition to send."""

    action: str
    to: str


@dataclass(frozen=True)
class Stay:
    """Nothing to send, and why, for the order's story."""

    why: str


def next_step(offers: Sequence[WireOffer], target: str) -> Step | Stay:
    """The next transition towards ``target``, from what the shop offers in the order's present state.

    Only an order that is open or in progress is moved: ``completed`` and ``cancelled`` are ends, and whether a
    state of the shop's own comes before or after the target is not ours to guess.

    Raises:
        Rejected: The shop offers no way to the target.
    """
    if not offers:
        return Stay("was left as it is: it allows no change")
    current = offers[0].from_state_name
    if stay := _reason_to_stay(current, target):
        return Stay(stay)
    wanted = [target, *_on_the_way(current, target)]
    step = next((Step(offer.action_name, offer.to_state_name) for name in wanted for offer in _to(offers, name)), None)
    if step is None:
        raise _no_way(offers, target)
    return step


def _reason_to_stay(current: str, target: str) -> str:
    if current == target:
        return f"is {target} already"
    if current not in ROUTE:
        return f"was left as it is: {current} is not a state we move an order from"
    if current == ROUTE[-1] or (target in ROUTE and ROUTE.index(target) < ROUTE.index(current)):
        return f"was left as it is: {current} is beyond {target}"
    return ""


def _on_the_way(current: str, target: str) -> Sequence[str]:
    """The states between, farthest first; only the standard route is known beforehand."""
    if target not in ROUTE:
        return ()
    return ROUTE[ROUTE.index(current) + 1 : ROUTE.index(target)][::-1]


def _to(offers: Sequence[WireOffer], state: str) -> Sequence[WireOffer]:
    return [offer for offer in offers if offer.to_state_name == state]


def _no_way(offers: Sequence[WireOffer], target: str) -> Rejected:
    possible = ", ".join(sorted({offer.to_state_name for offer in offers}))
    return Rejected(
        f"An order that is {offers[0].from_state_name} cannot become {target!r}",
        code="no_way_to_status",
        where="Shopware order state",
        fix=f"Possible now: {possible}. Choose one of these to write back, or change the state in Shopware.",
    )
