"""Asks platforms that have to be asked to call us, ends it, and makes the token in their addresses anew.

Their calls are hints, polls are the truth: so a platform that cannot be asked stops nothing, and the operator is told.
A crash between a platform's answer and our note of it leaves a subscription that nobody can end from here; it calls the
same address, and two hints are one poll.
"""

import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shopbridge.errors import BridgeError, NotFound
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.connections.basics import described, saved
from shopbridge.flows.webhooks import hash_token, hook_token
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import SIDES, Connection, FormerToken, Side
from shopbridge.model.operations import MakeManifest, RotateToken, Subscribe
from shopbridge.ports import HookSubscriptions

PATHS: Mapping[Side, str] = {"shop": "/hooks/{}/token/{}", "office": "/hooks/{}/office/token/{}"}
"""Of the addresses that need no signature, by side, below the API's own."""


def paths(connection: ConnectionId, token: str) -> dict[str, str]:
    """Return the addresses, below the API's own, that a platform may call.

    The token is shown once and stored only as a hash.
    """
    return {
        "signed": f"/hooks/{connection}",
        "unsigned": PATHS["shop"].format(connection, token),
        "app_registration": f"/hooks/{connection}/app/register",
        "office_signed": f"/hooks/{connection}/office",
        "office_unsigned": PATHS["office"].format(connection, token),
    }


def subscribe(bridge: Bridge, request: Subscribe) -> dict[str, Any]:
    """Ask anew for calls: what was asked for before is ended first."""
    connection = load(bridge, request.connection)
    connection, _ = unsubscribed(bridge, connection, SIDES)
    connection, remarks = subscribed(bridge, connection)
    asked = {side: sorted(events) for side, events in connection.subscriptions.items() if events}
    bridge.activity.info("hooks_asked_for", connection.id, by=request.by)
    return {**described(connection), "subscriptions": asked, "remarks": remarks}


def subscribed(bridge: Bridge, connection: Connection) -> tuple[Connection, tuple[str, ...]]:
    """Ask each side that has to be asked and was not; returns the connection as it is stored then, and remarks.

    Raises:
        Conflict: Somebody changed the connection meanwhile.
    """
    remarks: list[str] = []
    for side in SIDES:
        part, known = _part(bridge, connection, side), connection.subscriptions.get(side, {})
        if part is None:
            continue
        try:
            events = part.subscribe(_address(bridge, connection, side), known)
        except BridgeError as error:
            remarks.append(_not_subscribed(bridge, connection, side, error))
            continue
        if events != known:
            connection = _kept(bridge, connection, side, events)
            bridge.activity.info("hooks_subscribed", connection.id, side=side, events=sorted(events))
    return connection, tuple(remarks)


def unsubscribed(bridge: Bridge, connection: Connection, sides: Sequence[Side]) -> tuple[Connection, tuple[str, ...]]:
    """End the calls of these sides; returns the connection as it is stored then, and remarks on what could not be.

    Raises:
        Conflict: Somebody changed the connection meanwhile.
    """
    remarks: list[str] = []
    for side in sides:
        known = connection.subscriptions.get(side, {})
        part = _part(bridge, connection, side) if known else None
        if part is None:
            continue
        try:
            part.unsubscribe(_address(bridge, connection, side), known)
        except BridgeError as error:
            platform = connection.settings.side(side).platform
            remarks.append(f"The calls of {platform} could not be ended: {error} They do no harm.")
        connection = _kept(bridge, connection, side, {})
    return connection, tuple(remarks)


def rotate_token(bridge: Bridge, request: RotateToken) -> dict[str, Any]:
    """Make the token anew, and ask platforms anew that we asked for calls ourselves.

    Asked for again before the overlap ends, what counted at its beginning goes on counting: that is what stands at the
    platforms. A crash on the way leaves a connection that is polled; `subscribe` asks for the calls then.

    Returns:
        ``public_url`` and the addresses below it (``hooks``), which are told only now; ``former_until``: when those of
        before end; ``remarks``: what is to be done.

    Raises:
        NotFound: There is no such connection.
        Conflict: Somebody changed it meanwhile.
    """
    connection, unasked = unsubscribed(bridge, load(bridge, request.connection), SIDES)
    token, now = random.token_urlsafe(16), bridge.clock()
    former = _former_token(connection, now, timedelta(days=request.overlap_days))
    made = {"path_token_hash": hash_token(token), "former_token": former, "token_round": connection.token_round + 1}
    connection, unanswered = subscribed(bridge, saved(bridge, connection, **made))
    bridge.activity.info("token_rotated", connection.id, by=request.by)
    return {
        **described(connection),
        "public_url": bridge.public_url,
        "hooks": paths(connection.id, token),
        "former_until": former.until,
        "remarks": [*_advice(connection, former, now), *unasked, *unanswered],
    }


def _former_token(connection: Connection, now: datetime, overlap: timedelta) -> FormerToken:
    standing = connection.former_token
    if overlap and standing and now < standing.until:
        return standing
    return FormerToken(hash=connection.path_token_hash, until=now + overlap)


def _advice(connection: Connection, former: FormerToken, now: datetime) -> Iterator[str]:
    asked = [connection.settings.side(side).platform for side in SIDES if connection.subscriptions.get(side)]
    if asked:
        yield f"{' and '.join(asked)} was asked anew by ourselves: nothing is to be entered there."
    if now < former.until:
        yield (
            "Enter the new address where the one before stands. "
            f"That one counts until {former.until:%Y-%m-%d %H:%M} UTC."
        )
    else:
        yield "The address of before counts no more: until the new one is entered, polls bring the orders."


def make_manifest(bridge: Bridge, request: MakeManifest) -> dict[str, Any]:
    """Return the file by which a shop installs our app, with a secret that is made anew and kept nowhere.

    Returns:
        ``text`` of the file, and ``app_secret``, which the connection is created with.

    Raises:
        NotFound: Nothing is installed that way on this platform.
        BridgeError: Nobody told us under which address we are reached.
        NeedsAttention: There is no such platform.
    """
    if not bridge.public_url:
        raise BridgeError("The deployment does not know its own address", where="operations", fix="Deploy it anew.")
    secret = random.token_hex(32)
    text = bridge.platforms.app_manifest(request.platform, bridge.public_url, ConnectionId(request.connection), secret)
    if not text:
        raise NotFound(
            f"{request.platform} installs no app by a file",
            where="app-manifest",
            fix="docs/connections.md tells how to connect it.",
        )
    return {"id": request.connection, "platform": request.platform, "text": text, "app_secret": secret}


def _part(bridge: Bridge, connection: Connection, side: Side) -> HookSubscriptions | None:
    """None also where nobody told us under which address we are reached."""
    return bridge.platforms.parts(connection, side).hook_subscriptions if bridge.public_url else None


def _address(bridge: Bridge, connection: Connection, side: Side) -> str:
    return bridge.public_url + PATHS[side].format(connection.id, hook_token(connection))


def _kept(bridge: Bridge, connection: Connection, side: Side, events: Mapping[str, str]) -> Connection:
    rest = {name: each for name, each in connection.subscriptions.items() if name != side}
    return saved(bridge, connection, subscriptions={**rest, **({side: dict(events)} if events else {})})


def _not_subscribed(bridge: Bridge, connection: Connection, side: Side, error: BridgeError) -> str:
    platform = connection.settings.side(side).platform
    fix = f"Polls bring all orders meanwhile. {error.fix} Then ask again: `shopbridge subscribe {connection.id}`."
    bridge.activity.warning("hooks_not_subscribed", connection.id, fix=fix, platform=platform, reason=error.what)
    return f"{platform} could not be asked to call us: {error.what}. {fix}"
