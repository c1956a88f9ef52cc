"""The settings of a connection over time: what they were, who changed what, one of them set, all of them restored.

Every way ends in ``change``: verified, refused when somebody else was faster, and noted with who did it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from shopbridge.errors import NotFound, Senseless
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.connections.basics import described
from shopbridge.flows.operations.connections.save import change, setting_changes
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.model.desk_operations import Diff, Restore, SetOne
from shopbridge.model.operations import Change
from shopbridge.model.problems import sentences

MOST = 50
"""Versions that a history tells of."""
LOOK = "`history` tells which versions there are."


def history(bridge: Bridge, connection: ConnectionId) -> dict[str, Any]:
    """Return the versions at which an operator changed settings or secrets, the newest first.

    Returns:
        ``versions``: each with ``version``, ``at`` and ``by`` (empty for those of before), and ``changes`` against the
        one before it; of secrets no version tells.
    """
    stored = load(bridge, connection)
    found = [*_changed(bridge, connection)][: MOST + 1]
    pairs = zip(found, [*found[1:], None], strict=True)
    told = [_told(version, before) for version, before in pairs][:MOST]
    return {**described(stored), "versions": told}


def _told(version: Connection, before: Connection | None) -> dict[str, Any]:
    changes = setting_changes(before.settings, version.settings) if before else []
    return {
        "version": version.settings_version,
        "at": version.changed_at,
        "by": version.changed_by,
        "changes": list(changes),
    }


def _changed(bridge: Bridge, connection: ConnectionId) -> Iterator[Connection]:
    """Of versions with the same settings the oldest; what only pausing and such made is no version to an operator."""
    kept: Connection | None = None
    for version in bridge.connections.versions(connection):
        if kept is not None and kept.settings_version != version.settings_version:
            yield kept
        kept = version
    if kept is not None:
        yield kept


def diff(bridge: Bridge, request: Diff) -> dict[str, Any]:
    """Return what a version's settings have otherwise than those that are stored, from the version's to the stored."""
    stored = load(bridge, request.connection)
    older = version_of(bridge, request.connection, request.to)
    return {**described(stored), "changes": list(setting_changes(older.settings, stored.settings))}


def restore(bridge: Bridge, request: Restore) -> dict[str, Any]:
    """Bring a version's settings back, verified like any change; secrets stay as they are.

    Raises:
        NotFound: There is no such version.
        Conflict, NotVerified: As of ``change``.
    """
    older = version_of(bridge, request.connection, request.to)
    return _change(bridge, request.connection, older.settings, request)


def set_one(bridge: Bridge, request: SetOne) -> dict[str, Any]:
    """Set one setting by its place, or remove it for None; verified like any change.

    Raises:
        Senseless: There is no such setting, or it cannot be that.
        Conflict, NotVerified: As of ``change``.
    """
    stored = load(bridge, request.connection)
    return _change(bridge, stored.id, with_one(stored, request.path, request.value), request)


def with_one(stored: Connection, path: Sequence[str], value: Any) -> ConnectionSettings:
    """Return the settings with one of them set, or removed for None. Raises Senseless as ``set_one``."""
    content = stored.settings.model_dump(mode="json")
    _put(content, path, value)
    try:
        settings = ConnectionSettings.model_validate(content)
    except ValidationError as error:
        raise Senseless(*sentences(error, model=ConnectionSettings)) from error
    if settings.id != stored.id:
        raise Senseless("The id of a connection cannot change. Create another one.")
    return settings


def _change(
    bridge: Bridge, connection: ConnectionId, settings: ConnectionSettings, request: Restore | SetOne
) -> dict[str, Any]:
    version = request.version if request.version is not None else load(bridge, connection).version
    return change(bridge, Change(operation="change", settings=settings, version=version, by=request.by))


def _put(content: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set it where the path leads; parts that are not there are made, and refused by the model if it has none such."""
    *parts, last = path
    place = content
    for part in parts:
        below = place.setdefault(part, {})
        if not isinstance(below, dict):
            raise Senseless(f"{'.'.join(path)} is no place of a setting: {part} has nothing below it. Set it whole.")
        place = below
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value


def version_of(bridge: Bridge, connection: ConnectionId, number: int) -> Connection:
    """Return the connection as it was at a version of its settings. Raises BridgeError when there is none."""
    load(bridge, connection)
    for version in _changed(bridge, connection):
        if version.settings_version == number:
            return version
    raise NotFound(f"There is no version {number} of the settings", where=connection, fix=LOOK)
