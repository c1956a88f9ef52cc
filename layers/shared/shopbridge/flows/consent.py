"""Nothing is overwritten that nobody has agreed to: runs of products wait for a person's consent to what they write.

A consent is bound to the settings that decide what is written, and to both sides. When one of these changes, runs wait
until somebody has agreed anew. A connection of before goes on as it was, until its settings change.
"""

from datetime import datetime

from shopbridge.flows.bridge import Bridge
from shopbridge.mapping.json_data import short_hash
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings, Consent
from shopbridge.model.ledger import Reason
from shopbridge.model.run import RunKind

BESIDE_THE_POINT = {"active", "every_minutes", "run_when_connected"}
"""Settings of products that say whether and when, but not what."""


def token_of(settings: ConnectionSettings) -> str:
    """Return what has to be given back to agree: another one when the settings would write something else.

    A setting that is left at its default does not count, or a release with a new one would stop every connection.
    """
    products = settings.products.model_dump(mode="json", exclude=BESIDE_THE_POINT, exclude_defaults=True)
    return short_hash([settings.id, products, settings.ends], size=6)


def is_given(connection: Connection) -> bool:
    """Tell whether runs of products may write what the connection's settings say."""
    return connection.consent is None or connection.consent.given == token_of(connection.settings)


def given_to(settings: ConnectionSettings, by: str, at: datetime) -> Consent:
    """Return a person's consent to these settings."""
    return Consent(given=token_of(settings), by=by, at=at)


def kept(connection: Connection) -> Consent:
    """Return what was agreed to so far; to a connection of before that carries products, by letting it work."""
    if connection.consent is not None:
        return connection.consent
    carries = connection.settings.products.active
    return Consent(given=token_of(connection.settings)) if carries else Consent()


def by_settings(bridge: Bridge, settings: ConnectionSettings, by: str) -> Consent | None:
    """Return the consent of who has a new connection begin by itself; None where the settings do not, or no more do.

    It is given to the run that has not been yet: with one behind it, what the settings change is agreed to anew.
    """
    asks = settings.products.active and settings.products.run_when_connected
    if not asks or bridge.runs.load(ConnectionId(settings.id), "products") is not None:
        return None
    return given_to(settings, by, bridge.clock())


def may_write(bridge: Bridge, connection: Connection, kind: RunKind) -> bool:
    """Tell the same of any kind of run; that it waits is noted, so that the watch tells it."""
    if kind != "products" or is_given(connection):
        return True
    reason = missing(connection)
    bridge.health.failed(connection.id, kind, reason)
    bridge.activity.info("run_waits", connection.id, job=kind, reason=reason.text)
    return False


def missing(connection: Connection) -> Reason:
    """Return why runs of products wait."""
    return Reason(
        code="consent_missing",
        text="Runs of products wait: nobody has agreed yet to what they overwrite with these settings.",
        fix=f"Look at what that is, and agree: `shopbridge consent -c {connection.id}`.",
    )
