"""Asking Cartum to call us when an order is placed, changed or paid (platform file, "Webhooks").

The calls are unsigned and hints only. The answers have no envelope: 201 with an id is a subscription, 410 is the end of
one. They cannot be listed, so what was asked for is kept outside. The newer two events are not documented for every
shop: one that is refused is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shopbridge.connectors.cartum.api import CartumApi
from shopbridge.connectors.cartum.outcomes import MISSING, UNAUTHORIZED, judge, word_of
from shopbridge.connectors.kit.loose import as_text
from shopbridge.errors import Rejected
from shopbridge.http.answer import Answer

EVENTS: Final = ("order_created", "order_update", "order_paid")
SUBSCRIBE, UNSUBSCRIBE = "hooks/subscribe", "hooks/unSubscribe"
CREATED, GONE = 201, 410
REFUSALS: Final = frozenset(range(400, 500)) - {UNAUTHORIZED, 403, 408, 425, 429}
"""Of a subscription itself; the others are of the call. A page that says 404 is a shop without the API."""


@dataclass(frozen=True)
class CartumHooks:
    """The subscriptions of one shop; it takes five for each event."""

    api: CartumApi

    def subscribe(self, url: str, known: Mapping[str, str]) -> Mapping[str, str]:
        """Ask for calls to ``url``, one call for each event that is not ``known``; ids by event.

        An event that the shop refuses, or has no room for, is left out.

        Raises:
            RetryLater, OutcomeUnknown: Some may have been made.
        """
        asked = {event: self._subscribed(event, url) for event in EVENTS if event not in known}
        return {**known, **{event: number for event, number in asked.items() if number}}

    def unsubscribe(self, url: str, known: Mapping[str, str]) -> None:
        """End them, one call each; one that is gone already is no problem."""
        for number in known.values():
            self._ask(UNSUBSCRIBE, {"id": as_number(number), "target_url": url}, repeatable=True)

    def _subscribed(self, event: str, url: str) -> str:
        """The id, empty where the shop refuses: only 201 with an id is a yes."""
        status, body = self._ask(SUBSCRIBE, {"event": event, "target_url": url}, repeatable=False)
        number = as_text(body.get("id")) if status == CREATED and isinstance(body, Mapping) else ""
        return number if isinstance(number, str) else ""

    def _ask(self, function: str, asked: Mapping[str, Any], *, repeatable: bool) -> tuple[int, Any]:
        api = replace(self.api, client=replace(self.api.client, judge=judge_hook))
        try:
            return api.bare(function, asked, repeatable=repeatable)
        except Rejected:
            return GONE, None


def as_number(number: str) -> int | str:
    """Return an id as Cartum gave it."""
    return int(number) if number.isascii() and number.isdecimal() else number


def judge_hook(answer: Answer) -> None:
    """Judge an answer without an envelope: whatever refuses the subscription alone is left to the caller.

    Raises as ``outcomes.judge``.
    """
    own = answer.status in REFUSALS and (answer.status != MISSING or answer.is_data)
    if own and not word_of(answer.json()):
        return
    judge(answer)
