"""The token in the addresses that platforms call without a signature: made anew, the one before counts for a while."""

import secrets as random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.connections import described, saved
from shopbridge.flows.operations.hooks import paths, subscribed, unsubscribed
from shopbridge.flows.webhooks import hash_token
from shopbridge.model.connection import SIDES, Connection, FormerToken
from shopbridge.model.operations import RotateToken


def rotate(bridge: Bridge, request: RotateToken) -> dict[str, Any]:
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
    former = _former(connection, now, timedelta(days=request.overlap_days))
    made = {"path_token_hash": hash_token(token), "former_token": former, "token_round": connection.token_round + 1}
    connection, unanswered = subscribed(bridge, saved(bridge, connection, **made))
    bridge.activity.info("token_rotated", connection.id, by=request.by)
    return {
        **described(connection),
        "public_url": bridge.public_url,
        "hooks": paths(connection.id, token),
        "former_until": former.until,
        "remarks": [*_remarks(connection, former, now), *unasked, *unanswered],
    }


def _former(connection: Connection, now: datetime, overlap: timedelta) -> FormerToken:
    standing = connection.former_token
    if overlap and standing and now < standing.until:
        return standing
    return FormerToken(hash=connection.path_token_hash, until=now + overlap)


def _remarks(connection: Connection, former: FormerToken, now: datetime) -> Iterator[str]:
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
