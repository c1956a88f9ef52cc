"""Takes webhook calls: proves who calls, hands the notices to the queue, and does nothing else.

There is no check for duplicates before the hand-over: a crash between the two would lose the order.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopbridge.errors import BridgeError, Forged, NeedsAttention
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import LONGEST_SLUG, ConnectionId
from shopbridge.model.connection import Connection, ConnectionStatus
from shopbridge.model.messages import OrderNotice, PollRequest
from shopbridge.ports import AppHandshake, Event, WebhookReceiver

LARGEST_BODY = 1_000_000

AWAITING_APP = "Waiting for the app to be installed in the shop."
AWAITING_APP_THEN_PAUSED = "Waiting for the app to be installed in the shop; it then stays paused until it is resumed."
NOT_STARTED = "Not started yet: read its plan, then resume it."
ONCE_REGISTERED: Mapping[str, tuple[ConnectionStatus, str]] = {
    AWAITING_APP: ("active", ""),
    AWAITING_APP_THEN_PAUSED: ("paused", NOT_STARTED),
}
"""What becomes of a connection whose shop credentials come from the app's registration, by its status reason."""


class NotFound(BridgeError):  # noqa: N818 - named like the status it becomes
    """No such connection, or it does not take this kind of call."""


class TooLarge(BridgeError):  # noqa: N818
    """The body is over ``LARGEST_BODY`` bytes."""


@dataclass(frozen=True)
class WebhookCall:
    """A call from outside, as it came.

    Attributes:
        query: The query string exactly as sent.
        headers: Names in lower case.
        base_url: How the caller reached us: scheme and host, no slash at the end.
    """

    connection: ConnectionId
    raw: bytes
    query: str
    headers: Mapping[str, str]
    base_url: str


def take_signed(bridge: Bridge, call: WebhookCall) -> int:
    """Enqueue what a signed webhook tells; returns how many notices the queue took.

    Raises:
        NotFound, TooLarge, Forged, Malformed: Nothing was stored.
        RetryLater: The queue did not take it; the shop should send it again.
    """
    connection = _connection(bridge, call)
    receiver = bridge.platforms.webhook(connection)
    if receiver is None:
        raise NotFound("This platform does not sign its calls", where=call.connection, fix="Use the token address.")
    _verify(bridge, connection, receiver, call)
    return _enqueue(bridge, connection, receiver.events(call.raw))


def _verify(bridge: Bridge, connection: Connection, receiver: WebhookReceiver, call: WebhookCall) -> None:
    secrets = _secrets(bridge, connection)
    try:
        receiver.verify(call.raw, call.headers, secrets, bridge.clock())
    except Forged:
        # Another container may have taken over a new secret while ours is still cached.
        renewed = bridge.credentials.read_again(connection.id, "shop")
        if renewed == secrets:
            raise
        receiver.verify(call.raw, call.headers, renewed, bridge.clock())


def take_unsigned(bridge: Bridge, call: WebhookCall, token: str) -> None:
    """Take a call that proves itself only by the token in its path: a hint to poll now, its body is not trusted.

    Raises:
        NotFound: Also for a wrong token, so that nobody learns which connections exist.
    """
    connection = _connection(bridge, call)
    if not hmac.compare_digest(hash_token(token), connection.path_token_hash):
        raise NotFound("There is nothing at this address", where="webhook")
    bridge.polls.send([PollRequest(connection=connection.id)])


def register_app(bridge: Bridge, call: WebhookCall) -> Mapping[str, Any]:
    """Answer a shop that registers our app. Raises NotFound, Forged or Malformed."""
    connection, handshake = _handshake(bridge, call)
    confirmation_url = f"{call.base_url}/hooks/{connection.id}/app/confirm"
    answer, secrets = handshake.register(
        call.query, call.headers, _handshake_secrets(bridge, connection), bridge.clock(), confirmation_url
    )
    bridge.credentials.write(connection.id, "shop", secrets)
    return answer


def confirm_app(bridge: Bridge, call: WebhookCall) -> None:
    """Take over the credentials that a registered shop hands us. Raises NotFound, Forged or Malformed."""
    connection, handshake = _handshake(bridge, call)
    secrets = handshake.confirm(call.raw, call.headers, _handshake_secrets(bridge, connection), bridge.clock())
    bridge.credentials.write(connection.id, "shop", secrets)
    if connection.status_reason in ONCE_REGISTERED:
        status, reason = ONCE_REGISTERED[connection.status_reason]
        connection = connection.model_copy(
            update={"status": status, "status_reason": reason, "version": connection.version + 1}
        )
        bridge.connections.save(connection, expected_version=connection.version - 1)
    bridge.activity.info("app_registered", connection.id, status=connection.status)


def hash_token(token: str) -> str:
    """How a path token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _connection(bridge: Bridge, call: WebhookCall) -> Connection:
    if len(call.raw) > LARGEST_BODY:
        raise TooLarge(f"The body is over {LARGEST_BODY} bytes", where="webhook")
    # What is longer than any id may be longer than a key of the table.
    connection = bridge.connections.get(call.connection) if len(call.connection) <= LONGEST_SLUG else None
    if connection is None:
        raise NotFound("There is nothing at this address", where="webhook")
    return connection


def _handshake(bridge: Bridge, call: WebhookCall) -> tuple[Connection, AppHandshake]:
    connection = _connection(bridge, call)
    handshake = bridge.platforms.handshake(connection)
    if handshake is None:
        raise NotFound("This platform has no app registration", where="webhook")
    return connection, handshake


def _secrets(bridge: Bridge, connection: Connection) -> Mapping[str, str]:
    try:
        return bridge.credentials.read(connection.id, "shop")
    except NeedsAttention as error:
        raise NotFound("The connection has no credentials", where="webhook") from error


def _handshake_secrets(bridge: Bridge, connection: Connection) -> Mapping[str, str]:
    """Past the cache, since each call of a handshake changes them; with the address the shop has to be at."""
    try:
        stored = bridge.credentials.read_now(connection.id, "shop")
    except NeedsAttention as error:
        raise NotFound("The connection has no credentials", where="webhook") from error
    return {**stored, "shop_url": str(connection.settings.shop.settings.get("url", ""))}


def _enqueue(bridge: Bridge, connection: Connection, events: Sequence[Event]) -> int:
    now = bridge.clock()
    notices = [
        OrderNotice(
            connection=connection.id, order_id=event.order_id, origin="webhook", event=event.name, received_at=now
        )
        for event in events
    ]
    bridge.orders.send(notices)
    return len(notices)
