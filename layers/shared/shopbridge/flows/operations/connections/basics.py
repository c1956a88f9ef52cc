"""What operations have in common: a connection as it is told, verified and stored; and looking at one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shopbridge.errors import BridgeError, Conflict
from shopbridge.flows.app_registration import ONCE_REGISTERED
from shopbridge.flows.bridge import Bridge, active, load, open_job
from shopbridge.flows.failures import accounts_of
from shopbridge.flows.operations.connections.sharing import sharing_problems
from shopbridge.flows.operations.connections.verify import Report, Secrets, plan, verify
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.orders.records import WAITING, resend_records
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import (
    SIDES,
    Accounts,
    Connection,
    ConnectionSettings,
    Deleted,
    Side,
    is_same_pair,
)
from shopbridge.model.messages import PollRequest
from shopbridge.model.operations import SideSecretValues

MANAGING = timedelta(minutes=3)
"""Longer than the function may run."""


class NotVerified(BridgeError):  # noqa: N818 - named like what happened
    """Verifying found problems; nothing was stored."""

    def __init__(self, report: Report) -> None:
        super().__init__(" ".join(report.problems), where="verify", fix="Correct this, then try again.")
        self.report = report


def check(bridge: Bridge, connection: Connection) -> Report:
    """Verify a stored connection with its stored secrets."""
    return verify(
        bridge, connection.settings, stored_secrets(bridge, connection.id), awaiting_app=awaits_app(connection)
    )


def planned(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Return what importing the connection's orders would do. Raises BridgeError while the shop's app is awaited."""
    stored = load(bridge, connection)
    refuse_awaiting(stored)
    return {"id": connection, **plan(open_job(bridge, with_key(bridge, stored)))}


def poll_now(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Ask for a poll outside the schedule."""
    bridge.polls.send([PollRequest(connection=active(bridge, connection).id)])
    return {"id": connection, "poll": "requested"}


def show(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Return settings and status."""
    stored = load(bridge, connection)
    return {**described(stored), "settings": stored.settings.model_dump(mode="json")}


def progress(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Return how many orders stand where, and how far the shop was read."""
    cursor = bridge.cursors.load(connection, "orders")
    orders = dict(bridge.ledger.summary(connection))
    return {"orders": orders, "read_up_to": cursor.since if cursor else None}


def described(connection: Connection) -> dict[str, Any]:
    """Return a connection in one line."""
    return {
        "id": connection.id,
        "name": connection.settings.name,
        "shop": connection.settings.shop.platform,
        "office": connection.settings.office.platform,
        "status": connection.status,
        "reason": connection.status_reason,
        "version": connection.version,
    }


def check_others(
    bridge: Bridge, settings: ConnectionSettings, accounts: Accounts, report: Report, beside: Sequence[str]
) -> None:
    """Refuse what other connections forbid this one: the same two accounts, see ``check_pair``, and shared ones.

    Raises:
        Conflict: Another connection links the same two accounts.
        NotVerified: This one and another would undo each other's figures, or mistake each other's orders.
    """
    check_pair(bridge, ConnectionId(settings.id), accounts, beside)
    target = report.office.order_target if report.office else None
    if problems := tuple(sharing_problems(bridge, settings, accounts, target, beside)):
        raise NotVerified(replace(report, problems=problems))


def check_pair(bridge: Bridge, connection: ConnectionId, accounts: Accounts, beside: Sequence[str]) -> None:
    """Refuse a pair of accounts that another connection links, or linked before it was deleted.

    The ledger of a connection keeps its orders single; that of another knows nothing of them. So a second connection
    between the same two makes every order once more, and has to be asked for by name.

    Args:
        beside: Connections that may link the same two; one that names this one may, too.

    Raises:
        Conflict: With the other's id.
    """
    for other in _others(bridge, connection):
        if other.id not in beside and connection not in other.beside and is_same_pair(accounts, other.accounts):
            raise _linked_already(connection, other)


def _others(bridge: Bridge, connection: ConnectionId) -> Iterator[Connection | Deleted]:
    yield from (each for each in bridge.connections.all() if each.id != connection)
    yield from (each for each in bridge.connections.all_deleted() if each.id != connection)


def _linked_already(connection: ConnectionId, other: Connection | Deleted) -> Conflict:
    if isinstance(other, Deleted):
        links, instead = f"linked until it was deleted on {other.deleted_at:%Y-%m-%d}", "create it anew under that id"
    else:
        links, instead = "links", "change that one"
    return Conflict(
        f"{connection} would link two accounts that {other.id} {links}; the ledger of {other.id} keeps their orders "
        "single, and another connection would create them once more",
        where="connections",
        fix=f"Rather {instead}. If both are to be, say so by name: beside {other.id}.",
    )


def resend_waiting(bridge: Bridge, connection: ConnectionId) -> int:
    """Resend what only waited for the connection; how many orders that is."""
    waiting = [r for r in bridge.ledger.held(connection) if r.reason and r.reason.code in WAITING]
    return resend_records(bridge, waiting)


def given(secrets: Mapping[Side, SideSecretValues]) -> dict[Side, dict[str, str]]:
    """Return the secrets of a request, by side."""
    return {side: plain(values) for side, values in secrets.items()}


def plain(values: SideSecretValues) -> dict[str, str]:
    """Return secrets as the store takes them."""
    return {name: value.get_secret_value() for name, value in values.items()}


def stored_secrets(bridge: Bridge, connection: ConnectionId) -> Secrets:
    """Return the secrets of both sides as they are stored this moment."""
    return {side: bridge.credentials.read_now(connection, side) for side in SIDES}


def lets_the_app_register(secrets: Mapping[Side, Mapping[str, str]]) -> bool:
    """Tell whether the shop's credentials are still to come, by its app's registration."""
    shop = secrets.get("shop", {})
    return bool(shop.get("app_secret")) and not shop.get("client_id")


def awaits_app(connection: Connection) -> bool:
    """Tell whether its shop has not registered our app yet."""
    return connection.status_reason in ONCE_REGISTERED


def refuse_awaiting(connection: Connection) -> None:
    """Raise BridgeError while the shop has not registered our app yet."""
    if awaits_app(connection):
        raise BridgeError(
            "The connection waits for its app", where=connection.id, fix="Install the app in the shop, then ask again."
        )


def checked_accounts(
    bridge: Bridge, connection: Connection, settings: ConnectionSettings, report: Report, beside: Sequence[str]
) -> dict[str, Any]:
    """Return what is known of both accounts from now on. Raises Conflict when another connection links them."""
    allowed = tuple(dict.fromkeys((*connection.beside, *beside)))
    accounts = accounts_of(bridge, settings, report.accounts)
    check_others(bridge, settings, accounts, report, allowed)
    return {"accounts": dict(accounts), "beside": allowed}


def saved(bridge: Bridge, connection: Connection, **fields: object) -> Connection:
    """Store a changed connection as its next version. Raises Conflict when another operator was faster."""
    changed = connection.model_copy(update={**fields, "version": connection.version + 1})
    bridge.connections.save(changed, expected_version=connection.version)
    return changed
