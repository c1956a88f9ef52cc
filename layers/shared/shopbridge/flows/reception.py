"""Receives calls from outside: whatever comes is answered; whoever proves nothing learns nothing and costs little.

Calls are the events of API Gateway (payload format 2.0), and so are the answers.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from shopbridge.errors import BridgeError, Forged, Malformed, NotFound
from shopbridge.flows.webhooks import (
    LARGEST_BODY,
    BodyTooLarge,
    Redirect,
    WebhookCall,
    door_of,
    too_large,
)
from shopbridge.model.basics import ConnectionId

if TYPE_CHECKING:
    from shopbridge.ports import Activity, Gate

LONGEST_BODY = 4 * (LARGEST_BODY // 3 + 1)
"""Characters in base64 of the largest body: more need not be read to be refused."""
UNPROVEN = 401
"""For a caller who proves nothing, whatever the reason: nobody learns which connections there are."""
_STATUS: tuple[tuple[type[BridgeError], int], ...] = (
    (NotFound, UNPROVEN),
    (Forged, UNPROVEN),
    (BodyTooLarge, 413),
    (Malformed, 400),
)
_NOTHING_PROVEN = "The call does not prove that it comes from a connected shop"
Step = Callable[[Any, Any, WebhookCall], Mapping[str, Any] | Redirect | None]
"""What a route does with the gate and its door, or with a whole bridge and its connection; returns the body of the
answer, where to go next, or None for ``TAKEN``."""
TAKEN: Mapping[str, Any] = {"taken": True}
"""Told with a 200, which every platform takes for success; UNAS sends again after any other 2xx (S3)."""
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

    def add(self, activity: "Activity", connection: ConnectionId, status: int, reason: str, now: datetime) -> None:
        """Count one more; ``connection`` is empty for one that is not known."""
        if (connection, status) in self.tallies:
            tally = self.tallies[connection, status]
            tally.count, tally.reason = tally.count + 1, reason
        else:
            self.tallies[connection, status] = Tally(now)
            activity.info("webhook_refused", connection, status=status, count=1, reason=reason)

    def tell(self, activity: "Activity", now: datetime) -> None:
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

    gate: "Gate"
    sleep: Callable[[float], None]
    refusals: Refusals = field(default_factory=Refusals)

    def answer(self, event: Any, steps: Mapping[str, Step]) -> Mapping[str, Any]:
        """Do the step of the event's route, by its ``routeKey``; every event gets an answer, however malformed."""
        began, known = self.gate.clock(), ConnectionId("")
        self.refusals.tell(self.gate.activity, began)
        try:
            call = webhook_call(event)
            step = _step(steps, call.route)
            door = door_of(self.gate, call)
            known = door.id
            body = step(self.gate, door, call)
        except BridgeError as error:
            return self._refuse(error, known, began)
        return _answer_of(body)

    def _refuse(self, error: BridgeError, known: ConnectionId, began: datetime) -> Mapping[str, Any]:
        status, now = status_of(error), self.gate.clock()
        self.refusals.add(self.gate.activity, known, status, error.what, now)
        if status == UNPROVEN:
            self.sleep((BEAT - (now - began) % BEAT).total_seconds())
        return refusal(error)


def _answer_of(done: Mapping[str, Any] | Redirect | None) -> dict[str, Any]:
    if isinstance(done, Redirect):
        moved = answer(302, {})
        return {**moved, "headers": {**moved["headers"], "location": done.location}}
    return answer(200, TAKEN if done is None else done)


def _step(steps: Mapping[str, Step], route: str) -> Step:
    if route not in steps:
        raise Malformed("The call has none of the routes that are served here", where="webhook")
    return steps[route]


Type = TypeVar("Type")
_HALF = re.compile("[\ud800-\udfff]")


def _member(of: Any, name: str, kind: type[Type], default: Type | None = None) -> Type:
    """What API Gateway tells under a name; a default for what it may leave out."""
    return _exact(of.get(name, default) if isinstance(of, dict) else None, kind)


def _exact(value: Any, kind: type[Type]) -> Type:
    """A value in exactly the type that API Gateway gives it.

    JSON can spell half a surrogate, which no table key, hash or signature can be made of.
    """
    if type(value) is not kind or (isinstance(value, str) and _HALF.search(value)):
        raise Malformed("The call is no event of the HTTP API", where="webhook")
    return value


def webhook_call(event: Any) -> WebhookCall:
    """Return the call inside an event; the body byte for byte, since a signature covers it.

    Raises Malformed, TooLarge.
    """
    path, context = _member(event, "pathParameters", dict), _member(event, "requestContext", dict)
    headers, domain = _headers(event), _member(context, "domainName", str)
    return WebhookCall(
        connection=ConnectionId(_member(path, "connection", str)),
        raw=_bytes(event),
        query=_member(event, "rawQueryString", str, ""),
        headers=headers,
        base_url=f"{headers.get('x-forwarded-proto', 'https')}://{domain}",
        route=_member(event, "routeKey", str),
        token=_member(path, "token", str, ""),
    )


def _headers(event: Any) -> Mapping[str, str]:
    told = _member(event, "headers", dict)
    headers = {_exact(name, str).lower(): _exact(value, str) for name, value in told.items()}
    if len(headers) < len(told):
        raise Malformed("The call has a header twice", where="webhook")
    return headers


def _bytes(event: Any) -> bytes:
    body = "" if event.get("body") is None else _member(event, "body", str)
    if len(body) > LONGEST_BODY:
        raise too_large()
    try:
        return (
            base64.b64decode(body, validate=True) if _member(event, "isBase64Encoded", bool, False) else body.encode()
        )
    except ValueError as error:
        raise Malformed("The body is no base64", where="webhook") from error


def status_of(error: BridgeError) -> int:
    """Return what the caller is told: 401, 413, 400, or 503 for everything that may pass by itself."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def refusal(error: BridgeError) -> dict[str, Any]:
    """Return the answer to a call that was not taken; the same to all who prove nothing."""
    status = status_of(error)
    return answer(status, {"error": _NOTHING_PROVEN if status == UNPROVEN else error.what})


def answer(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer as API Gateway wants it."""
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
