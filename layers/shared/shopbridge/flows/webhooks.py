"""Takes webhook calls: proves who calls, hands the notices to the queue, and does nothing else.

There is no check for duplicates before the hand-over: a crash between the two would lose the order.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from shopbridge.errors import BridgeError, Forged, NeedsAttention, NotFound, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.model.base import ConnectionId, is_slug
from shopbridge.model.connection import Connection, ConnectionStatus, Side
from shopbridge.model.messages import OrderNotice, PollRequest, ProgressRequest
from shopbridge.ports import AppHandshake, WebhookEvent, WebhookReceiver

LARGEST_BODY = 1_000_000

AWAITING_APP = "Waiting for the app to be installed in the shop."
AWAITING_APP_THEN_PAUSED = "Waiting for the app to be installed in the shop; it then stays paused until it is resumed."
NOT_STARTED = "Not started yet: read its plan, then resume it."
ONCE_REGISTERED: Mapping[str, tuple[ConnectionStatus, str]] = {
    AWAITING_APP: ("active", ""),
    AWAITING_APP_THEN_PAUSED: ("paused", NOT_STARTED),
}
"""What becomes of a connection whose shop credentials come from the app's registration, by its status reason."""

Result = TypeVar("Result")
Read = Callable[[ConnectionId, Side], Mapping[str, str]]
"""One of the ways to read credentials."""


@dataclass(frozen=True)
class Redirect:
    """Where the caller's browser goes next."""

    location: str


class BodyTooLarge(BridgeError):  # noqa: N818
    """The body is over ``LARGEST_BODY`` bytes."""


@dataclass(frozen=True)
class WebhookCall:
    """A call from outside, as it came.

    Attributes:
        query: The query string exactly as sent.
        headers: Names in lower case.
        base_url: How the caller reached us: scheme and host, no slash at the end.
        route: The route's key, such as ``POST /hooks/{connection}``.
        token: The one in the path; empty on routes without.
    """

    connection: ConnectionId
    raw: bytes
    query: str
    headers: Mapping[str, str]
    base_url: str
    route: str = ""
    token: str = ""


def connection_of(bridge: Bridge, call: WebhookCall) -> Connection:
    """Return the connection that a call names.

    Nothing is read for a body too large, or a name that no connection has.

    Raises:
        TooLarge, NotFound
    """
    if len(call.raw) > LARGEST_BODY:
        raise too_large()
    connection = bridge.connections.get(call.connection) if is_slug(call.connection) else None
    if connection is None:
        raise NotFound("There is no connection of this name", where="webhook")
    return connection


def too_large() -> BodyTooLarge:
    """Return what is said of a body over the limit, whoever measured it."""
    return BodyTooLarge(f"The body is over {LARGEST_BODY} bytes", where="webhook")


def take_signed(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Enqueue what a signed webhook tells.

    Raises:
        NotFound, Forged, Malformed: Nothing was stored.
        RetryLater: The queue did not take it; the shop should send it again.
    """
    _enqueue(bridge, connection, _proven_events(bridge, connection, "shop", call))


def take_signed_by_office(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Take a back office's signed webhook for a hint to read what became of its orders; raises as ``take_signed``.

    What it tells is not used: RO App signs the call's id alone, so that its body could be another one.
    """
    if _proven_events(bridge, connection, "office", call):
        _ask_office(bridge, connection)


def _proven_events(bridge: Bridge, connection: Connection, side: Side, call: WebhookCall) -> Sequence[WebhookEvent]:
    receiver = bridge.platforms.webhook(connection, side)
    if receiver is None:
        raise NotFound("This platform does not sign its calls", where=connection.id, fix="Use the token address.")
    _verify(bridge, connection, side, receiver, call)
    return receiver.events(call.raw)


def _verify(bridge: Bridge, connection: Connection, side: Side, receiver: WebhookReceiver, call: WebhookCall) -> None:
    stored = bridge.credentials
    secrets = _secrets(connection, side, stored.read_for_caller)
    try:
        receiver.verify(call.raw, call.headers, secrets, bridge.clock())
    except Forged:
        # Another container may have taken over a new secret while ours is still cached.
        awaited = receiver.is_awaited(call.raw, call.headers, secrets)
        renewed = _secrets(connection, side, stored.read_now if awaited else stored.read_again_for_caller)
        if renewed == secrets:
            raise
        receiver.verify(call.raw, call.headers, renewed, bridge.clock())


def take_unsigned(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Take a call that proves itself only by the token in its path: a hint to poll now, its body is not trusted.

    An order that it names is read by its id besides: the poll may come by an older one only hours later.

    Raises:
        NotFound: The token is another.
        RetryLater: The queue did not take it.
    """
    _check_token(bridge, connection, call)
    order = bridge.platforms.hinted(connection, call.raw)
    _enqueue(bridge, connection, [WebhookEvent("hint", order)] if order is not None else [])
    bridge.polls.send([PollRequest(connection=connection.id, asked_at=bridge.clock())])


def take_unsigned_by_office(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Take such a call of the back office: a hint to read what became of its orders; raises as ``take_unsigned``."""
    _check_token(bridge, connection, call)
    _ask_office(bridge, connection)


def take_ended(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Tell the operator that a shop calls us no more, as Cartum says when somebody removes our address there (C11).

    Raises:
        NotFound: The token is another.
    """
    _check_token(bridge, connection, call)
    fix = f"Polls go on. If it was not meant, let the shop be asked anew: `shopbridge subscribe {connection.id}`."
    bridge.activity.warning("hooks_ended", connection.id, fix=fix, platform=connection.settings.shop.platform)


def _check_token(bridge: Bridge, connection: Connection, call: WebhookCall) -> None:
    """Either the token that was shown to the operator, or the one that a platform was given by us; or those before."""
    hashed = hash_token(call.token)
    if not any(hmac.compare_digest(hashed, each) for each in _known_tokens(connection, bridge.clock())):
        raise NotFound("The token in the path is another", where="webhook")


def _known_tokens(connection: Connection, now: datetime) -> Iterator[str]:
    yield connection.path_token_hash
    former = connection.former_token if connection.former_token and now < connection.former_token.until else None
    if former:
        yield former.hash
    if connection.name_key:
        yield hash_token(hook_token(connection))
    if connection.name_key and former:
        before = connection.model_copy(update={"token_round": connection.token_round - 1})
        yield hash_token(hook_token(before))


def hook_token(connection: Connection) -> str:
    """Return the token in addresses that we give to platforms ourselves.

    It is made of the connection's key, so that nobody has to keep it: a subscription ends by the same address. A
    connection of before, which has no key yet, has no such token either.
    """
    name = f"hooks{connection.token_round or ''}"
    return hmac.new(bytes.fromhex(connection.name_key), name.encode(), hashlib.sha256).hexdigest()[:32]


def _ask_office(bridge: Bridge, connection: Connection) -> None:
    bridge.polls.send([ProgressRequest(connection=connection.id, asked_at=bridge.clock())])


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


def hash_token(token: str) -> str:
    """Return how a path token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


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
    known = _with_address(bridge, connection, _secrets(connection, "shop", stored.read_for_caller))
    try:
        shake(known)
    except Forged:
        renewed = _with_address(bridge, connection, _secrets(connection, "shop", stored.read_again_for_caller))
        if renewed == known:
            raise
        shake(renewed)
    return shake(_with_address(bridge, connection, _secrets(connection, "shop", stored.read_now)))


def _with_address(bridge: Bridge, connection: Connection, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """With the address the shop has to be at, as it is written and in one spelling."""
    url = str(connection.settings.shop.settings.get("url", ""))
    return {**secrets, "shop_url": url, "shop_place": bridge.platforms.place(connection.settings, "shop")}


def _own(secrets: Mapping[str, str]) -> Mapping[str, str]:
    """What is stored of them: without what was only lent."""
    return {name: value for name, value in secrets.items() if name != "shop_place"}


def _secrets(connection: Connection, side: Side, read: Read) -> Mapping[str, str]:
    try:
        return read(connection.id, side)
    except NeedsAttention as error:
        raise NotFound("The connection has no credentials", where=connection.id) from error


def _enqueue(bridge: Bridge, connection: Connection, events: Sequence[WebhookEvent]) -> None:
    now = bridge.clock()
    notices = [
        OrderNotice(
            connection=connection.id, order_id=event.order_id, origin="webhook", event=event.name, received_at=now
        )
        for event in events
    ]
    bridge.orders.send(notices)
