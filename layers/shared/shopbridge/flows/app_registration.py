"""Takes over what a shop hands us that registers our app."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from shopbridge.errors import Forged, NotFound, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.webhooks import Redirect, WebhookCall, secrets_for
from shopbridge.model.connection import Connection, ConnectionStatus
from shopbridge.model.messages import PollRequest
from shopbridge.ports import AppHandshake

AWAITING_APP = "Waiting for the app to be installed in the shop."
AWAITING_APP_THEN_PAUSED = "Waiting for the app to be installed in the shop; it then stays paused until it is resumed."
NOT_STARTED = "Not started yet: read its plan, then resume it."
ONCE_REGISTERED: Mapping[str, tuple[ConnectionStatus, str]] = {
    AWAITING_APP: ("active", ""),
    AWAITING_APP_THEN_PAUSED: ("paused", NOT_STARTED),
}
"""What becomes of a connection whose shop credentials come from the app's registration, by its status reason."""

Result = TypeVar("Result")


def register_app(bridge: Bridge, connection: Connection, call: WebhookCall) -> Mapping[str, Any] | Redirect:
    """Answer a shop that registers our app. Raises NotFound, Forged or Malformed."""
    handshake = _handshake(bridge, connection)
    confirmation_url = f"{call.base_url}/hooks/{connection.id}/app/confirm"
    made = _proven(
        bridge,
        connection,
        lambda known: handshake.register(call.query, call.headers, known, bridge.clock(), confirmation_url),
    )
    bridge.credentials.write(connection.id, "shop", _own(made.secrets))
    if made.complete:
        _installed(bridge, connection)
    return Redirect(made.redirect) if made.redirect else made.body


def confirm_app(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Take over the credentials that a registered shop hands us. Raises NotFound, Forged or Malformed."""
    handshake = _handshake(bridge, connection)
    secrets = _proven(
        bridge, connection, lambda known: handshake.confirm(call.raw, call.headers, known, bridge.clock())
    )
    bridge.credentials.write(connection.id, "shop", _own(secrets))
    _installed(bridge, connection)


def _installed(bridge: Bridge, connection: Connection) -> None:
    """A connection that waited for it goes on as it was asked for."""
    if connection.status_reason in ONCE_REGISTERED:
        status, reason = ONCE_REGISTERED[connection.status_reason]
        connection = connection.model_copy(
            update={"status": status, "status_reason": reason, "version": connection.version + 1}
        )
        bridge.connections.save(connection, expected_version=connection.version - 1)
    bridge.activity.info("app_registered", connection.id, status=connection.status)
    if connection.status == "active" and connection.settings.begins:
        # The schedule polls it anyway, so no shop is to take its app back for a queue that is busy.
        with suppress(RetryLater):
            bridge.polls.send([PollRequest(connection=connection.id)])


def _handshake(bridge: Bridge, connection: Connection) -> AppHandshake:
    handshake = bridge.platforms.handshake(connection)
    if handshake is None:
        raise NotFound("This platform has no app registration", where=connection.id)
    return handshake


def _proven(bridge: Bridge, connection: Connection, shake: Callable[[Mapping[str, str]], Result]) -> Result:
    """A step of the handshake with the secrets as they are stored this moment, since each step changes them.

    They are read only for a caller who fits those in memory.
    """
    stored = bridge.credentials
    known = _with_address(bridge, connection, secrets_for(connection, "shop", stored.read_for_caller))
    try:
        shake(known)
    except Forged:
        renewed = _with_address(bridge, connection, secrets_for(connection, "shop", stored.read_again_for_caller))
        if renewed == known:
            raise
        shake(renewed)
    return shake(_with_address(bridge, connection, secrets_for(connection, "shop", stored.read_now)))


def _with_address(bridge: Bridge, connection: Connection, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """With the address the shop has to be at, as it is written and in one spelling."""
    url = str(connection.settings.shop.settings.get("url", ""))
    return {**secrets, "shop_url": url, "shop_place": bridge.platforms.place(connection.settings, "shop")}


def _own(secrets: Mapping[str, str]) -> Mapping[str, str]:
    """What is stored of them: without what was only lent."""
    return {name: value for name, value in secrets.items() if name != "shop_place"}
