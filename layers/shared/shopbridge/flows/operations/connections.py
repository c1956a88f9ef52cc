"""What an operator does with connections: create, change, pause, resume, delete, look."""

import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shopbridge.errors import BridgeError, Conflict
from shopbridge.flows.bridge import Bridge, Job, active, load, open_job
from shopbridge.flows.leases import alone
from shopbridge.flows.operations.accounts import accounts_of, check_pair, is_same_pair
from shopbridge.flows.operations.orders import resend_records
from shopbridge.flows.operations.plan import plan
from shopbridge.flows.operations.setting_changes import MOST, secret_changes, setting_changes
from shopbridge.flows.operations.verify import Report, Secrets, verify
from shopbridge.flows.orders.privacy import new_key, with_key
from shopbridge.flows.orders.records import WAITING
from shopbridge.flows.webhooks import AWAITING_APP, AWAITING_APP_THEN_PAUSED, NOT_STARTED, ONCE_REGISTERED, hash_token
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings, ConnectionStatus, Deleted, Side
from shopbridge.model.messages import PollRequest
from shopbridge.model.operations import Change, Create, Delete, Pause, Resume, SideSecretValues

SIDES: tuple[Side, ...] = ("shop", "office")
MANAGING = timedelta(minutes=3)
"""Longer than the function may run."""
FIRST_OF_ALL = (
    "Nothing is known here yet: this is the first connection of an installation whose ledger is empty. If the "
    "installation takes the place of an earlier one, orders that that one brought will be created once more. Then let "
    "the stack take over the earlier tables first: docs/operations.md, Tables that outlive the stack."
)
"""Remark to the operator: what a stack that was deleted and made anew does not know."""


class NotVerified(BridgeError):  # noqa: N818 - named like what happened
    """Verifying found problems; nothing was stored."""

    def __init__(self, report: Report) -> None:
        super().__init__(" ".join(report.problems), where="verify", fix="Correct this, then try again.")
        self.report = report


def check(bridge: Bridge, connection: Connection) -> Report:
    """Verify a stored connection with its stored secrets."""
    return verify(bridge, connection.settings, _stored(bridge, connection.id), awaiting_app=_awaits_app(connection))


def create(bridge: Bridge, request: Create) -> dict[str, Any]:
    """Verify, then store secrets and settings, in this order: an active connection always has its secrets.

    Two who create the same id at once do so one after the other, or the secrets of one would meet the settings of the
    other. Unless it is to start, the answer ends with what importing would do (``plan``).
    """
    gone = _free(bridge, ConnectionId(request.settings.id))
    secrets = given(request.secrets)
    awaiting = lets_the_app_register(secrets)
    report = _verified(bridge, request.settings, secrets, awaiting_app=awaiting)
    accounts = accounts_of(bridge, request.settings, report.accounts)
    check_pair(bridge, ConnectionId(request.settings.id), accounts, request.beside)
    remarks = (*report.remarks, *_warnings(bridge))
    token = random.token_urlsafe(16)
    status, reason = _beginning(awaiting=awaiting, start=request.start)
    connection = Connection(
        settings=request.settings,
        version=1,
        status=status,
        status_reason=reason,
        path_token_hash=hash_token(token),
        accounts=dict(accounts),
        beside=request.beside,
        created_at=bridge.clock(),
        name_key=new_key(),
        bare_until=bridge.clock(),
    )
    if gone is not None:
        connection = _revived(gone, connection)
    with alone(bridge, connection.id, "manage", MANAGING):
        _free(bridge, connection.id)
        _store_secrets(bridge, connection.id, secrets)
        bridge.connections.save(connection, expected_version=0)
    event = "connection_revived" if gone else "connection_created"
    bridge.activity.info(event, connection.id, by=request.by, status=status)
    if gone and status == "active":
        _take_up(bridge, connection.id)
    shown = {**described(connection), "remarks": remarks, "hooks": hooks(connection.id, token)}
    if request.start or report.shop is None or report.office is None:
        return shown
    return {**shown, "plan": plan(Job(bridge, connection, report.shop, report.office))}


def _warnings(bridge: Bridge) -> Iterator[str]:
    if not bridge.connections.all() and not bridge.connections.all_deleted():
        yield FIRST_OF_ALL


def _beginning(*, awaiting: bool, start: bool) -> tuple[ConnectionStatus, str]:
    """Status and reason of a new connection: nothing begins by itself that nobody has looked at."""
    if awaiting:
        return "paused", AWAITING_APP if start else AWAITING_APP_THEN_PAUSED
    return ("active", "") if start else ("paused", NOT_STARTED)


def planned(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """What importing the connection's orders would do. Raises BridgeError while the shop's app is awaited."""
    stored = load(bridge, connection)
    _refuse_awaiting(stored)
    return {"id": connection, **plan(open_job(bridge, with_key(bridge, stored)))}


def _free(bridge: Bridge, connection: ConnectionId) -> Deleted | None:
    """What stayed of the deleted connection that this id revives; None for an id that nobody had.

    An id is used for one pair of systems: what is kept under it (ledger, cursor, found records) belongs to them.

    Raises:
        Conflict: A connection has it; or one had it of which nobody knows any more what it linked.
    """
    if bridge.connections.get(connection) is not None:
        raise Conflict(f"There is a connection {connection!r} already", where="connections", fix="Choose another id.")
    gone = bridge.connections.deleted(connection)
    if gone is not None and gone.forgetting:
        raise Conflict(
            f"What was kept of {connection!r} has been forgotten in part, so nothing keeps its orders single any more",
            where="connections",
            fix="Let `forget` come to its end first; the id is free then.",
        )
    if gone is not None and gone.accounts:
        return gone
    if gone is not None or (bridge.cursors.load(connection, "orders") or bridge.ledger.summary(connection)):
        raise Conflict(
            f"The id {connection!r} belonged to a connection that was deleted, and what it linked is not known",
            where="connections",
            fix="Choose another id, or `forget` it first: the ledger under this one still keeps its orders single.",
        )
    return None


def _revived(gone: Deleted, connection: Connection) -> Connection:
    """The connection with the ledger, the cursor and the first day of the deleted one. Raises Conflict."""
    if not is_same_pair(connection.accounts, gone.accounts):
        raise Conflict(
            f"The id {gone.id!r} belonged to a connection between other accounts until {gone.deleted_at:%Y-%m-%d}",
            where="connections",
            fix="Choose another id, or `forget` it first: the ledger under this one keeps their orders single.",
        )
    beside = tuple(dict.fromkeys((*gone.beside, *connection.beside)))
    kept = {"created_at": gone.created_at, "revived_at": connection.created_at, "beside": beside}
    names = {"name_key": gone.name_key or connection.name_key, "bare_until": gone.bare_until}
    return connection.model_copy(update={**kept, **names})


def hooks(connection: ConnectionId, token: str) -> dict[str, str]:
    """The addresses, below the API's own, that a shop may call. The token is shown once and stored only as a hash."""
    return {
        "signed": f"/hooks/{connection}",
        "unsigned": f"/hooks/{connection}/token/{token}",
        "app_registration": f"/hooks/{connection}/app/register",
    }


def change(bridge: Bridge, request: Change) -> dict[str, Any]:
    """Verify the new settings with new or stored secrets, then store both, one operator after the other.

    Settings go first: a conflict with another operator then leaves no secrets behind that belong to neither version.
    A secret that is not given, or given empty, stays as it is: an app's registration has filled in some of them.

    Raises:
        Conflict: Settings or secrets were changed since the version that was edited.
    """
    connection = load(bridge, ConnectionId(request.settings.id))
    _refuse_older(connection, request.version)
    stored = _stored(bridge, connection.id)
    new = {side: {k: v for k, v in values.items() if v} for side, values in given(request.secrets).items()}
    secrets: Secrets = {side: {**stored[side], **new.get(side, {})} for side in SIDES}
    report = _verified(bridge, request.settings, secrets, awaiting_app=_awaits_app(connection))
    new_ends = _ends(bridge, connection, request.settings, report, request.beside)
    new_settings = {"settings": request.settings, "settings_version": connection.version + 1}
    with alone(bridge, connection.id, "manage", MANAGING):
        changed = _saved(bridge, connection, **new_settings, **new_ends)
        _store_new(bridge, changed, new)
    changes = [*setting_changes(connection.settings, request.settings), *secret_changes(stored, new)]
    facts = {"by": request.by, "version": changed.version, "count": len(changes)}
    bridge.activity.info("connection_changed", changed.id, **facts, changes=changes[:MOST])
    return {**described(changed), "remarks": report.remarks, "changes": changes}


def _refuse_older(connection: Connection, version: int | None) -> None:
    """Nobody undoes what another has changed meanwhile without knowing it."""
    if version is not None and connection.settings_version <= version <= connection.version:
        return
    read = "names no version" if version is None else f"was made from version {version}"
    raise Conflict(
        f"The change {read}, and what is stored is of version {connection.settings_version}",
        where=connection.id,
        fix=f"Look at what is stored with `export`, make your change there, and say `version: {connection.version}`.",
    )


def _store_new(bridge: Bridge, changed: Connection, new: Mapping[Side, Mapping[str, str]]) -> None:
    """Into what is stored this moment: an app may register at any time."""
    try:
        stored = {side: bridge.credentials.read_now(changed.id, side) for side in new}
        _store_secrets(bridge, changed.id, {side: {**stored[side], **values} for side, values in new.items()})
    except BridgeError as error:
        raise BridgeError(
            f"The settings are stored as version {changed.version}, but not all secrets: {error.what}",
            where=error.where or changed.id,
            fix=f"Ask for the same change again with `version: {changed.version}`.",
        ) from error


def pause(bridge: Bridge, request: Pause) -> dict[str, Any]:
    """No more polls; orders that come in are set aside."""
    running = active(bridge, request.connection)
    return described(_set_status(bridge, running, "paused", "Paused by the operator.", request.by))


def resume(bridge: Bridge, request: Resume) -> dict[str, Any]:
    """Verify, go on, and take up the orders that waited for the connection."""
    stored = load(bridge, request.connection)
    _refuse_awaiting(stored)
    report = check(bridge, stored)
    if report.problems:
        raise NotVerified(report)
    stored = stored.model_copy(update=_ends(bridge, stored, stored.settings, report, request.beside))
    resumed = _set_status(bridge, stored, "active", "", request.by)
    resent = _take_up(bridge, stored.id)
    bridge.polls.send([PollRequest(connection=stored.id)])
    return {**described(resumed), "resent": resent, "remarks": report.remarks}


def _take_up(bridge: Bridge, connection: ConnectionId) -> int:
    """Resend what only waited for the connection; how many orders that is."""
    waiting = [r for r in bridge.ledger.held(connection) if r.reason and r.reason.code in WAITING]
    return resend_records(bridge, waiting)


def delete(bridge: Bridge, request: Delete) -> dict[str, Any]:
    """Forget secrets, then connection: what fails half-way can be asked again. The ledger stays."""
    connection = load(bridge, request.connection).id
    bridge.credentials.delete(connection)
    bridge.connections.delete(connection, bridge.clock())
    bridge.activity.info("connection_deleted", connection, by=request.by)
    return {"id": connection, "status": "deleted", "remarks": tuple(_what_stays(bridge, connection))}


def _what_stays(bridge: Bridge, connection: ConnectionId) -> Iterator[str]:
    orders, waiting = sum(bridge.ledger.summary(connection).values()), len(bridge.ledger.held(connection))
    yield (
        f"What became of its orders stays known ({orders}), so that none is created twice. Creating a connection "
        f"between the same two accounts under the id {connection} revives it with all of this."
    )
    if waiting:
        yield (
            f"Waiting for you were {waiting} of them. They are listed and can be resent only once it is revived; book "
            "them by hand if it is not to be."
        )
    yield "To remove all of this for good, `forget` the connection half an hour from now."


def poll_now(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Ask for a poll outside the schedule."""
    bridge.polls.send([PollRequest(connection=active(bridge, connection).id)])
    return {"id": connection, "poll": "requested"}


def show(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Settings, status and how many orders stand where."""
    stored = load(bridge, connection)
    cursor = bridge.cursors.load(connection, "orders")
    return {
        **described(stored),
        "settings": stored.settings.model_dump(mode="json"),
        "orders": dict(bridge.ledger.summary(connection)),
        "read_up_to": cursor.since if cursor else None,
    }


def described(connection: Connection) -> dict[str, Any]:
    """A connection in one line."""
    return {
        "id": connection.id,
        "name": connection.settings.name,
        "shop": connection.settings.shop.platform,
        "office": connection.settings.office.platform,
        "status": connection.status,
        "reason": connection.status_reason,
        "version": connection.version,
    }


def given(secrets: Mapping[Side, SideSecretValues]) -> dict[Side, dict[str, str]]:
    """The secrets of a request, by side."""
    return {side: plain(values) for side, values in secrets.items()}


def plain(values: SideSecretValues) -> dict[str, str]:
    """Secrets as the store takes them."""
    return {name: value.get_secret_value() for name, value in values.items()}


def _stored(bridge: Bridge, connection: ConnectionId) -> Secrets:
    return {side: bridge.credentials.read_now(connection, side) for side in SIDES}


def _store_secrets(bridge: Bridge, connection: ConnectionId, secrets: Mapping[Side, Mapping[str, str]]) -> None:
    for side, values in secrets.items():
        bridge.credentials.write(connection, side, values)


def _verified(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets, *, awaiting_app: bool) -> Report:
    report = verify(bridge, settings, secrets, awaiting_app=awaiting_app)
    if report.problems:
        raise NotVerified(report)
    return report


def lets_the_app_register(secrets: Mapping[Side, Mapping[str, str]]) -> bool:
    """Whether the shop's credentials are still to come, by its app's registration."""
    shop = secrets.get("shop", {})
    return bool(shop.get("app_secret")) and not shop.get("client_id")


def _awaits_app(connection: Connection) -> bool:
    return connection.status_reason in ONCE_REGISTERED


def _refuse_awaiting(connection: Connection) -> None:
    if _awaits_app(connection):
        raise BridgeError(
            "The connection waits for its app", where=connection.id, fix="Install the app in the shop, then ask again."
        )


def _ends(
    bridge: Bridge, connection: Connection, settings: ConnectionSettings, report: Report, beside: Sequence[str]
) -> dict[str, Any]:
    """What is known of both accounts from now on. Raises Conflict when another connection links them."""
    allowed = tuple(dict.fromkeys((*connection.beside, *beside)))
    accounts = accounts_of(bridge, settings, report.accounts)
    check_pair(bridge, connection.id, accounts, allowed)
    return {"accounts": dict(accounts), "beside": allowed}


def _set_status(bridge: Bridge, connection: Connection, status: ConnectionStatus, reason: str, by: str) -> Connection:
    changed = _saved(bridge, connection, status=status, status_reason=reason)
    bridge.activity.info(f"connection_{status}", connection.id, by=by)
    return changed


def _saved(bridge: Bridge, connection: Connection, **fields: object) -> Connection:
    changed = connection.model_copy(update={**fields, "version": connection.version + 1})
    bridge.connections.save(changed, expected_version=connection.version)
    return changed
