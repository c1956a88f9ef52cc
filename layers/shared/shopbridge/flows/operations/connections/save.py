"""Creates and changes connections: verified first, then stored."""

import json
import secrets as random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopbridge.errors import BridgeError, Conflict
from shopbridge.flows import consent
from shopbridge.flows.app_registration import AWAITING_APP, AWAITING_APP_THEN_PAUSED, NOT_STARTED
from shopbridge.flows.bridge import Bridge, Job, load
from shopbridge.flows.failures import accounts_of
from shopbridge.flows.leases import leased
from shopbridge.flows.operations.connections.basics import (
    MANAGING,
    NotVerified,
    awaits_app,
    check_others,
    checked_accounts,
    described,
    given,
    lets_the_app_register,
    resend_waiting,
    saved,
    stored_secrets,
)
from shopbridge.flows.operations.connections.consent import tell_given, waits_for
from shopbridge.flows.operations.connections.hooks import paths, subscribed, unsubscribed
from shopbridge.flows.operations.connections.verify import Report, Secrets, plan, verify
from shopbridge.flows.operations.health.doctor import CONFIRM, SUBSCRIBE
from shopbridge.flows.operations.health.runs import begun
from shopbridge.flows.orders.privacy import new_key
from shopbridge.flows.webhooks import hash_token
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import (
    SIDES,
    Account,
    Connection,
    ConnectionSettings,
    ConnectionStatus,
    Consent,
    Deleted,
    Side,
    is_same_pair,
)
from shopbridge.model.operations import Change, Create

FIRST_CONNECTION = (
    "Nothing is known here yet: this is the first connection of an installation whose ledger is empty. If the "
    "installation takes the place of an earlier one, orders that that one brought will be created once more. Then let "
    "the stack take over the earlier tables first: docs/operations/deployment.md, Tables that outlive the stack."
)
"""Remark to the operator: what a stack that was deleted and made anew does not know."""
PERSONAL = ("name", "orders.customers.default_id", "orders.rules", "products.rules")
"""Settings that may tell of a person, or hold any text: of these only the place is told."""
MOST, LONGEST = 40, 80
"""Changes in one line of the log, and letters of a value."""


def create(bridge: Bridge, request: Create) -> dict[str, Any]:
    """Verify, then store secrets and settings, in this order: an active connection always has its secrets.

    Two who create the same id at once do so one after the other, or the secrets of one would meet the settings of the
    other. Unless it is to start, the answer ends with what importing would do (``plan``).
    """
    gone = free_id(bridge, ConnectionId(request.settings.id))
    secrets = given(request.secrets)
    awaiting = lets_the_app_register(secrets)
    report = _verified(bridge, request.settings, secrets, awaiting_app=awaiting)
    accounts = accounts_of(bridge, request.settings, report.accounts)
    check_others(bridge, request.settings, accounts, report, request.beside)
    remarks = (*report.remarks, *_warnings(bridge))
    token = random.token_urlsafe(16)
    connection = _new(bridge, request, accounts, token, gone, awaiting=awaiting)
    with leased(bridge, connection.id, "manage", MANAGING):
        free_id(bridge, connection.id)
        _store_secrets(bridge, connection.id, secrets)
        bridge.connections.save(connection, expected_version=0)
    event = "connection_revived" if gone else "connection_created"
    bridge.activity.info(event, connection.id, by=request.by, status=connection.status)
    tell_given(bridge, connection)
    if gone and connection.status == "active":
        resend_waiting(bridge, connection.id)
    waits = waits_for(bridge, connection, report)
    if not awaiting:
        connection, unasked = subscribed(bridge, connection)
        remarks = (*remarks, *unasked, *begun(bridge, connection))
    shown = {**described(connection), "remarks": remarks, **waits, "hooks": paths(connection.id, token)}
    if request.start or report.shop is None or report.office is None:
        return shown
    return {**shown, "plan": plan(Job(bridge, connection, report.shop, report.office))}


def _new(
    bridge: Bridge,
    request: Create,
    accounts: Mapping[Side, Account],
    token: str,
    gone: Deleted | None,
    *,
    awaiting: bool,
) -> Connection:
    """The connection as it is first stored; with what stayed of the one that it revives."""
    status, reason = _beginning(awaiting=awaiting, start=request.start)
    now = bridge.clock()
    connection = Connection(
        settings=request.settings,
        version=1,
        status=status,
        status_reason=reason,
        path_token_hash=hash_token(token),
        accounts=dict(accounts),
        beside=request.beside,
        created_at=now,
        changed_by=request.by,
        changed_at=now,
        name_key=new_key(),
        bare_until=now,
        consent=(None if gone else consent.by_settings(bridge, request.settings, request.by)) or Consent(),
    )
    return _revived(gone, connection) if gone else connection


def _warnings(bridge: Bridge) -> Iterator[str]:
    yield from _who_is_told(bridge)
    if not bridge.connections.all() and not bridge.connections.all_deleted():
        yield FIRST_CONNECTION


def _who_is_told(bridge: Bridge) -> Iterator[str]:
    """What waits is told by message, if somebody confirmed to get any."""
    try:
        found = bridge.stack.subscriptions()
    except BridgeError:
        return  # told by the doctor; nothing of the connection depends on it
    if found is not None and not found.confirmed:
        yield f"Nobody is told of troubles by message yet. {CONFIRM if found.pending else SUBSCRIBE}"


def _beginning(*, awaiting: bool, start: bool) -> tuple[ConnectionStatus, str]:
    """Status and reason of a new connection: nothing begins by itself that nobody has looked at."""
    if awaiting:
        return "paused", AWAITING_APP if start else AWAITING_APP_THEN_PAUSED
    return ("active", "") if start else ("paused", NOT_STARTED)


def free_id(bridge: Bridge, connection: ConnectionId) -> Deleted | None:
    """Return what stayed of the deleted connection that this id revives; None for an id that nobody had.

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


def change(bridge: Bridge, request: Change) -> dict[str, Any]:
    """Verify the new settings with new or stored secrets, then store both, one operator after the other.

    Settings go first: a conflict with another operator then leaves no secrets behind that belong to neither version.
    A secret that is not given, or given empty, stays as it is: an app's registration has filled in some of them.

    Raises:
        Conflict: Settings or secrets were changed since the version that was edited.
    """
    connection = load(bridge, ConnectionId(request.settings.id))
    refuse_older(connection, request.version)
    stored = stored_secrets(bridge, connection.id)
    new = {side: {k: v for k, v in values.items() if v} for side, values in given(request.secrets).items()}
    secrets: Secrets = {side: {**stored[side], **new.get(side, {})} for side in SIDES}
    report = _verified(bridge, request.settings, secrets, awaiting_app=awaits_app(connection))
    new_ends = checked_accounts(bridge, connection, request.settings, report, request.beside)
    connection, left = unsubscribed(bridge, connection, _moved(bridge, connection, request.settings))
    new_settings = _edited(bridge, connection, request)
    with leased(bridge, connection.id, "manage", MANAGING):
        changed = saved(bridge, connection, **new_settings, **new_ends)
        _store_new(bridge, changed, new)
    if not awaits_app(changed):
        changed, unasked = subscribed(bridge, changed)
        left = (*left, *unasked)
    changes = [*setting_changes(connection.settings, request.settings), *secret_changes(stored, new)]
    facts = {"by": request.by, "version": changed.version, "count": len(changes)}
    bridge.activity.info("connection_changed", changed.id, **facts, changes=changes[:MOST])
    if changed.consent != connection.consent:
        tell_given(bridge, changed)
    waits = waits_for(bridge, changed, report)
    return {**described(changed), "remarks": (*report.remarks, *left), **waits, "changes": changes}


def _edited(bridge: Bridge, connection: Connection, request: Change) -> Mapping[str, Any]:
    """What a change makes of the stored connection."""
    return {
        "settings": request.settings,
        "settings_version": connection.version + 1,
        "changed_by": request.by,
        "changed_at": bridge.clock(),
        "consent": _consent(bridge, connection, request),
    }


def _consent(bridge: Bridge, connection: Connection, request: Change) -> Consent:
    """What was agreed to before, or is by the new settings."""
    if connection.revived_at is None and (given := consent.by_settings(bridge, request.settings, request.by)):
        return given
    return consent.kept(connection)


def _moved(bridge: Bridge, connection: Connection, settings: ConnectionSettings) -> Sequence[Side]:
    """Sides that are another account from now on, as far as the address tells: the former is not to call any more."""
    place = bridge.platforms.place
    return [side for side in connection.subscriptions if place(connection.settings, side) != place(settings, side)]


def refuse_older(connection: Connection, version: int | None) -> None:
    """Raise Conflict for a version that is older: nobody undoes what another has changed without knowing it."""
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


def _store_secrets(bridge: Bridge, connection: ConnectionId, secrets: Mapping[Side, Mapping[str, str]]) -> None:
    for side, values in secrets.items():
        bridge.credentials.write(connection, side, values)


def _verified(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets, *, awaiting_app: bool) -> Report:
    report = verify(bridge, settings, secrets, awaiting_app=awaiting_app)
    if report.problems:
        raise NotVerified(report)
    return report


def setting_changes(before: ConnectionSettings, after: ConnectionSettings) -> Sequence[str]:
    """Return each changed setting, such as ``orders.poll_minutes: 5 → 10``; an absent one is ``none``.

    Never a secret.
    """
    old, new = (dict(_flat(each.model_dump(mode="json"))) for each in (before, after))
    places = [place for place in {**old, **new} if old.get(place) != new.get(place)]
    return [_change(place, old.get(place), new.get(place)) for place in sorted(places)]


def secret_changes(before: Mapping[Side, Mapping[str, str]], given: Mapping[Side, Mapping[str, str]]) -> Sequence[str]:
    """Return the places of the secrets that are others now, such as ``secrets.office.password``."""
    return [
        f"secrets.{side}.{name}"
        for side, values in given.items()
        for name, value in sorted(values.items())
        if before[side].get(name) != value
    ]


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every single setting with its place; a list is one."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{place}.{name}" if place else name)
    else:
        yield place, value


def _change(place: str, old: object, new: object) -> str:
    if any(place == each or place.startswith(f"{each}.") for each in PERSONAL):
        return place
    return f"{place}: {_shown(old)} → {_shown(new)}"


def _shown(value: object) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
