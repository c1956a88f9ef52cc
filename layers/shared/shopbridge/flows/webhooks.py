"""Takes webhook calls: proves who calls, hands the notices to the queue, and does nothing else.

There is no check for duplicates before the hand-over: a crash between the two would lose the order.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shopbridge.errors import BridgeError, Forged, NeedsAttention, NotFound
from shopbridge.model.basics import ConnectionId, is_slug
from shopbridge.model.webhook import Door, WebhookEvent

# The intake starts without pydantic, on which the ports' own imports stand.
if TYPE_CHECKING:
    from shopbridge.model.connection import Side
    from shopbridge.ports import Gate, WebhookReceiver

LARGEST_BODY = 1_000_000

Read = Callable[[ConnectionId, "Side"], Mapping[str, str]]
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


def door_of(gate: "Gate", call: WebhookCall) -> Door:
    """Return the connection that a call names.

    Nothing is read for a body too large, or a name that no connection has.

    Raises:
        TooLarge, NotFound
    """
    if len(call.raw) > LARGEST_BODY:
        raise too_large()
    door = gate.connections.get(call.connection) if is_slug(call.connection) else None
    if door is None:
        raise NotFound("There is no connection of this name", where="webhook")
    return door


def too_large() -> BodyTooLarge:
    """Return what is said of a body over the limit, whoever measured it."""
    return BodyTooLarge(f"The body is over {LARGEST_BODY} bytes", where="webhook")


def take_signed(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Enqueue what a signed webhook tells.

    Raises:
        NotFound, Forged, Malformed: Nothing was stored.
        RetryLater: The queue did not take it; the shop should send it again.
    """
    gate.hooks.notify(door.id, _proven_events(gate, door, "shop", call), gate.clock())


def take_signed_by_office(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Take a back office's signed webhook for a hint to read what became of its orders; raises as ``take_signed``.

    What it tells is not used: RO App signs the call's id alone, so that its body could be another one.
    """
    if _proven_events(gate, door, "office", call):
        gate.hooks.ask_office(door.id, gate.clock())


def _proven_events(gate: "Gate", door: Door, side: "Side", call: WebhookCall) -> Sequence[WebhookEvent]:
    receiver = gate.platforms.webhook(door, side)
    if receiver is None:
        raise NotFound("This platform does not sign its calls", where=door.id, fix="Use the token address.")
    _verify(gate, door, side, receiver, call)
    return receiver.events(call.raw)


def _verify(gate: "Gate", door: Door, side: "Side", receiver: "WebhookReceiver", call: WebhookCall) -> None:
    stored = gate.credentials
    secrets = secrets_for(door, side, stored.read_for_caller)
    try:
        receiver.verify(call.raw, call.headers, secrets, gate.clock())
    except Forged:
        # Another container may have taken over a new secret while ours is still cached.
        awaited = receiver.is_awaited(call.raw, call.headers, secrets)
        renewed = secrets_for(door, side, stored.read_now if awaited else stored.read_again_for_caller)
        if renewed == secrets:
            raise
        receiver.verify(call.raw, call.headers, renewed, gate.clock())


def take_unsigned(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Take a call that proves itself only by the token in its path: a hint to poll now, its body is not trusted.

    An order that it names is read by its id besides: the poll may come by an older one only hours later.

    Raises:
        NotFound: The token is another.
        RetryLater: The queue did not take it.
    """
    _check_token(gate, door, call)
    order = gate.platforms.hinted(door, call.raw)
    if order is not None:
        gate.hooks.notify(door.id, [WebhookEvent("hint", order)], gate.clock())
    gate.hooks.ask_shop(door.id, gate.clock())


def take_unsigned_by_office(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Take such a call of the back office: a hint to read what became of its orders; raises as ``take_unsigned``."""
    _check_token(gate, door, call)
    gate.hooks.ask_office(door.id, gate.clock())


def take_ended(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Tell the operator that a shop calls us no more, as Cartum says when somebody removes our address there (C11).

    Raises:
        NotFound: The token is another.
    """
    _check_token(gate, door, call)
    fix = f"Polls go on. If it was not meant, let the shop be asked anew: `shopbridge subscribe {door.id}`."
    gate.activity.warning("hooks_ended", door.id, fix=fix, platform=door.platform("shop"))


def _check_token(gate: "Gate", door: Door, call: WebhookCall) -> None:
    """Either the token that was shown to the operator, or the one that a platform was given by us; or those before."""
    if _is_known(gate, door, call):
        return
    # What a container remembers of a connection may be from before its token was made anew.
    now = gate.connections.anew(door.id)
    if now is None or not _is_known(gate, now, call):
        raise NotFound("The token in the path is another", where="webhook")


def _is_known(gate: "Gate", door: Door, call: WebhookCall) -> bool:
    hashed = hash_token(call.token)
    return any(hmac.compare_digest(hashed, each) for each in _known_tokens(door, gate.clock()))


def _known_tokens(door: Door, now: datetime) -> Iterator[str]:
    yield door.path_token_hash
    former = door.former_token if door.former_token and now < door.former_token.until else None
    if former:
        yield former.hash
    if door.name_key:
        yield hash_token(hook_token(door))
    if door.name_key and former:
        yield hash_token(_token_of(door.name_key, door.token_round - 1))


def hook_token(door: Door) -> str:
    """Return the token in addresses that we give to platforms ourselves.

    It is made of the connection's key, so that nobody has to keep it: a subscription ends by the same address. A
    connection of before, which has no key yet, has no such token either.
    """
    return _token_of(door.name_key, door.token_round)


def _token_of(name_key: str, token_round: int) -> str:
    name = f"hooks{token_round or ''}"
    return hmac.new(bytes.fromhex(name_key), name.encode(), hashlib.sha256).hexdigest()[:32]


def hash_token(token: str) -> str:
    """Return how a path token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def secrets_for(door: Door, side: "Side", read: Read) -> Mapping[str, str]:
    """Return the secrets of a side for a caller. Raises NotFound when there are none."""
    try:
        return read(door.id, side)
    except NeedsAttention as error:
        raise NotFound("The connection has no credentials", where=door.id) from error
