"""Receives calls from outside: whatever comes is answered; whoever proves nothing learns nothing and costs little."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shopbridge.errors import BridgeError, Malformed
from shopbridge.flows.answers import UNPROVEN, answer, refusal, status_of, webhook_call
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.webhooks import WebhookCall, admitted
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.ports import Activity

Step = Callable[[Bridge, Connection, WebhookCall], Mapping[str, Any] | None]
"""What a route does; returns the body of a 200, or None for a 202."""

BEAT = timedelta(seconds=0.2)
"""Refusals leave at whole beats: what a look into a table or a parameter took does not show."""
TOLD_EVERY = timedelta(seconds=60)


@dataclass
class Tally:
    """Refusals since the last line of the log, and the reason of the latest."""

    told_at: datetime
    count: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Refusals:
    """Counts refusals by connection and status: the first is told at once, the others once a minute.

    What was counted last is told with the next call; a container that ends before takes it along.
    """

    tallies: dict[tuple[ConnectionId, int], Tally] = field(default_factory=dict)

    def add(self, activity: Activity, connection: ConnectionId, status: int, reason: str, now: datetime) -> None:
        """One more; ``connection`` is empty for one that is not known."""
        if (connection, status) in self.tallies:
            tally = self.tallies[connection, status]
            tally.count, tally.reason = tally.count + 1, reason
        else:
            self.tallies[connection, status] = Tally(now)
            activity.info("webhook_refused", connection, status=status, count=1, reason=reason)

    def tell(self, activity: Activity, now: datetime) -> None:
        """Write what is due, and forget where it is quiet again."""
        for (connection, status), tally in list(self.tallies.items()):
            if now - tally.told_at < TOLD_EVERY:
                continue
            del self.tallies[connection, status]
            if tally.count:
                self.tallies[connection, status] = Tally(now)
                activity.info("webhook_refused", connection, status=status, count=tally.count, reason=tally.reason)


@dataclass(frozen=True)
class Reception:
    """Answers the events of the HTTP API. Keep one per container: it counts."""

    bridge: Bridge
    sleep: Callable[[float], None]
    refusals: Refusals = field(default_factory=Refusals)

    def answer(self, event: Any, steps: Mapping[str, Step]) -> Mapping[str, Any]:
        """Do the step of the event's route, by its ``routeKey``; every event gets an answer, however malformed."""
        began, known = self.bridge.clock(), ConnectionId("")
        self.refusals.tell(self.bridge.activity, began)
        try:
            call = webhook_call(event)
            step = _step(steps, call.route)
            connection = admitted(self.bridge, call)
            known = connection.id
            body = step(self.bridge, connection, call)
        except BridgeError as error:
            return self._refuse(error, known, began)
        return answer(202, {"taken": True}) if body is None else answer(200, body)

    def _refuse(self, error: BridgeError, known: ConnectionId, began: datetime) -> Mapping[str, Any]:
        status, now = status_of(error), self.bridge.clock()
        self.refusals.add(self.bridge.activity, known, status, error.what, now)
        if status == UNPROVEN:
            self.sleep((BEAT - (now - began) % BEAT).total_seconds())
        return refusal(error)


def _step(steps: Mapping[str, Step], route: str) -> Step:
    if route not in steps:
        raise Malformed("The call has none of the routes that are served here", where="webhook")
    return steps[route]
