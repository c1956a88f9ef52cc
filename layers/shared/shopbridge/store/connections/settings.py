"""Connections: settings as versions, and the index that lists them by how often they have something to do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Account, Connection, ConnectionSettings, Consent, Deleted, FormerToken, Side
from shopbridge.ports import Scheduled
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, compact, key, moment, number, plain, read_moment, sentence, text
from shopbridge.store.table import Backwards, Table

SETTINGS = "SETTINGS"
INDEX = "by-schedule"
LANES = (5, 10)
INTERVALS = ("poll_minutes", "stock_minutes", "product_minutes")
TOMBSTONE = "DELETED"
DELETED_LANE = "deleted"
"""The schedule of what stays of deleted connections."""
IDLE = "none"
"""The schedule of connections that are not at work: they stay in the index, so listing needs no scan."""


@dataclass(frozen=True)
class DynamoConnections:
    """The connections table: one ``SETTINGS`` record each, and a ``VERSION#…`` record for every save.

    Of a deleted connection one ``DELETED`` record stays.
    """

    table: Table

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return the connection, or None."""
        item = self.table.get(key(connection, SETTINGS))
        return from_item(item) if item else None

    anew = get

    def get_beside(
        self, connection: ConnectionId, other: Table, keys: Sequence[Item], *, newest: bool = False
    ) -> tuple[Connection | None, Sequence[Item]]:
        """Return the connection, or None, and items of another table, by one call; as ``Table.get_beside``."""
        item, items = self.table.get_beside(key(connection, SETTINGS), other, keys, newest=newest)
        return (from_item(item) if item else None), items

    def save(self, connection: Connection, *, expected_version: int) -> None:
        """Store as version ``expected_version + 1``, whatever version the value carries. Raises Conflict."""
        stored = connection.model_copy(update={"version": expected_version + 1})
        item = to_item(stored)
        try:
            self._write(item, expected_version)
        except ConditionFailed:
            if self.table.get(key(connection.id, SETTINGS)) != item:
                raise

    def _write(self, item: Item, expected_version: int) -> None:
        version = {**item, "record": text(f"VERSION#{expected_version + 1:06}")}
        del version["schedule"]
        version.pop("name_key", None)
        if expected_version:
            self.table.put_together(item, "#version = :seen", version, seen=number(expected_version))
        else:
            self.table.put_together(item, "attribute_not_exists(#record)", version)

    def delete(self, connection: ConnectionId, at: datetime) -> None:
        """Remove the connection and its versions, but what is to be known of it later; its ledger stays."""
        standing = self.get(connection)
        if standing is not None:
            self.table.put(tombstone(standing, at))
        self.table.delete(key(connection, SETTINGS))
        records = self.table.query(
            "#connection = :connection", only=("connection", "record"), connection=text(connection)
        )
        self.table.delete_many([record for record in records if record["record"] != text(TOMBSTONE)])

    def deleted(self, connection: ConnectionId) -> Deleted | None:
        """Return what stayed of a deleted connection, or None; one that was revived is not deleted."""
        item = self.table.get(key(connection, TOMBSTONE))
        return from_tombstone(item) if item and self.get(connection) is None else None

    def forgetting(self, connection: ConnectionId) -> None:
        """Note on what stayed of a deleted connection that the rest is being removed, so that nobody revives it."""
        with suppress(ConditionFailed):
            self.table.update(
                key(connection, TOMBSTONE), "SET #forgetting = :yes", "attribute_exists(#record)", yes={"BOOL": True}
            )

    def all_deleted(self) -> Sequence[Deleted]:
        """Return the same of all, by id."""
        ids = [ConnectionId(entry["connection"]["S"]) for entry in self._lane(DELETED_LANE)]
        standing = {item["connection"]["S"] for item in self.table.get_many([key(each, SETTINGS) for each in ids])}
        found = self.table.get_many([key(each, TOMBSTONE) for each in ids if each not in standing])
        return sorted(map(from_tombstone, found), key=lambda deleted: deleted.id)

    def all(self) -> Sequence[Connection]:
        """Return every connection, by id."""
        lanes = [*map(str, LANES), IDLE]
        keys = [key(ConnectionId(entry["connection"]["S"]), SETTINGS) for lane in lanes for entry in self._lane(lane)]
        found = (from_item(item) for item in self.table.get_many(keys))
        return sorted(found, key=lambda connection: connection.id)

    def versions(self, connection: ConnectionId) -> Iterator[Connection]:
        """Yield the connection as each save left it, the newest first; without its key."""
        where = "#connection = :connection AND begins_with(#record, :version)"
        found = self.table.query(where, backwards=Backwards(), connection=text(connection), version=text("VERSION#"))
        return map(from_item, found)

    def stop(self, connection: ConnectionId, reason: str) -> bool:
        """Take an active connection out of the schedule and say why; any other stays as it is, which is False."""
        try:
            self.table.update(
                key(connection, SETTINGS),
                "SET #status = :stopped, #status_reason = :reason, #schedule = :idle ADD #version :one",
                "#status = :active",
                stopped=text("stopped"),
                reason=text(sentence(reason)),
                idle=text(IDLE),
                one=number(1),
                active=text("active"),
            )
        except ConditionFailed:
            return False
        return True

    def reactivate(self, connection: Connection) -> bool:
        """Bring a stopped connection back into the schedule; False when somebody changed it meanwhile."""
        active = connection.model_copy(update={"status": "active"})
        try:
            self.table.update(
                key(connection.id, SETTINGS),
                "SET #status = :active, #status_reason = :nothing, #schedule = :lane ADD #version :one",
                "#status = :stopped AND #version = :seen",
                active=text("active"),
                nothing=text(""),
                lane=text(lane_of(active)),
                one=number(1),
                stopped=text("stopped"),
                seen=number(connection.version),
            )
        except ConditionFailed:
            return False
        return True

    def give_key(self, connection: ConnectionId, name_key: str) -> Connection:
        """Store the key if there is none yet; returns the connection as it then stands. Raises Conflict if gone."""
        try:
            item = self.table.update(
                key(connection, SETTINGS),
                "SET #name_key = :made ADD #version :one",
                "attribute_exists(#record) AND attribute_not_exists(#name_key)",
                made=text(name_key),
                one=number(1),
            )
        except ConditionFailed as error:
            if "name_key" not in error.standing:
                raise
            return from_item(error.standing)
        return from_item(item)

    def names_moved(self, connection: ConnectionId, bare_until: datetime) -> None:
        """Note that addresses have their keyed names; the version rises, so that no save overwrites it."""
        with suppress(ConditionFailed):
            self.table.update(
                key(connection, SETTINGS),
                "SET #bare_until = :until ADD #version :one",
                "attribute_exists(#record) AND attribute_not_exists(#bare_until)",
                until=moment(bare_until),
                one=number(1),
            )

    def scheduled(self, lane: int) -> Sequence[Scheduled]:
        """Return active connections of a schedule lane (5 or 10) with their intervals, from the index alone."""
        return [
            Scheduled(
                ConnectionId(entry["connection"]["S"]), **{name: int(entry[name]["N"]) for name in _listed(entry)}
            )
            for entry in self._lane(str(lane))
        ]

    def resting(self) -> Sequence[Connection]:
        """Return connections that are not at work: paused or stopped."""
        keys = [key(ConnectionId(entry["connection"]["S"]), SETTINGS) for entry in self._lane(IDLE)]
        return [from_item(item) for item in self.table.get_many(keys)]

    def _lane(self, lane: str) -> Iterator[Item]:
        return self.table.query("#schedule = :lane", index=INDEX, lane=text(lane))


def _listed(entry: Item) -> Sequence[str]:
    return [name for name in INTERVALS if name in entry]


def intervals(settings: ConnectionSettings) -> Mapping[str, int]:
    """Return minutes between two polls, stock pushes and product runs, for what the connection does at all."""
    stock, products = settings.stock, settings.products
    return {
        "poll_minutes": settings.orders.poll_minutes,
        **({"stock_minutes": stock.every_minutes} if stock.active else {}),
        **({"product_minutes": products.every_minutes} if products.active else {}),
    }


def lane_of(connection: Connection) -> str:
    """Return the schedule that serves the connection: the ten-minute one where it suffices for all its intervals."""
    if connection.status != "active":
        return IDLE
    return "5" if any(minutes % 10 for minutes in intervals(connection.settings).values()) else "10"


def to_item(connection: Connection) -> Item:
    """Return a connection as its ``SETTINGS`` record."""
    return {
        **key(connection.id, SETTINGS),
        "settings": text(connection.settings.model_dump_json()),
        "version": number(connection.version),
        "settings_version": number(connection.settings_version),
        **({"changed_by": text(connection.changed_by)} if connection.changed_by else {}),
        **({"changed_at": moment(connection.changed_at)} if connection.changed_at else {}),
        "status": text(connection.status),
        "status_reason": text(sentence(connection.status_reason)),
        "path_token_hash": text(connection.path_token_hash),
        "created_at": moment(connection.created_at),
        "accounts": compact({side: account.model_dump() for side, account in connection.accounts.items()}),
        "beside": compact(list(connection.beside)),
        **({"revived_at": moment(connection.revived_at)} if connection.revived_at else {}),
        **({"name_key": text(connection.name_key)} if connection.name_key else {}),
        **({"bare_until": moment(connection.bare_until)} if connection.bare_until else {}),
        **({"consent": compact(connection.consent.model_dump(mode="json"))} if connection.consent else {}),
        **({"subscriptions": compact(connection.subscriptions)} if connection.subscriptions else {}),
        **_token(connection),
        **{name: number(minutes) for name, minutes in intervals(connection.settings).items()},
        "schedule": text(lane_of(connection)),
    }


def _token(connection: Connection) -> Item:
    """What is known of a token that was made anew."""
    former = connection.former_token
    return {
        **({"former_token": compact(former.model_dump(mode="json"))} if former else {}),
        **({"token_round": number(connection.token_round)} if connection.token_round else {}),
    }


def tombstone(connection: Connection, at: datetime) -> Item:
    """Return what stays of a connection."""
    kept = ("accounts", "beside", "created_at", "name_key", "bare_until")
    return {
        **key(connection.id, TOMBSTONE),
        "name": text(connection.settings.name),
        "deleted_at": moment(at),
        "schedule": text(DELETED_LANE),
        **{name: value for name, value in to_item(connection).items() if name in kept},
    }


def from_tombstone(item: Item) -> Deleted:
    """Return what stayed of the connection of a ``DELETED`` record."""
    return Deleted(
        id=ConnectionId(item["connection"]["S"]),
        name=item["name"]["S"],
        accounts=_accounts(item),
        beside=plain(item["beside"]),
        created_at=read_moment(item["created_at"]),
        deleted_at=read_moment(item["deleted_at"]),
        forgetting="forgetting" in item,
        **_names(item),
    )


def _names(item: Item) -> dict[str, Any]:
    until = read_moment(item["bare_until"]) if "bare_until" in item else None
    return {"name_key": item["name_key"]["S"] if "name_key" in item else "", "bare_until": until}


def _accounts(item: Item) -> dict[Side, Account]:
    told: dict[Side, Any] = plain(item["accounts"]) if "accounts" in item else {}
    return {side: Account.model_validate(account) for side, account in told.items()}


@lru_cache(maxsize=64)
def _settings(stored: str) -> ConnectionSettings:
    """Every message asks for its connection, and one of them in thousands finds other settings."""
    return ConnectionSettings.model_validate_json(stored)


def from_item(item: Item) -> Connection:
    """Return the connection of a ``SETTINGS`` record."""
    return Connection(
        settings=_settings(item["settings"]["S"]),
        version=int(item["version"]["N"]),
        settings_version=int(item.get("settings_version", item["version"])["N"]),
        changed_by=item["changed_by"]["S"] if "changed_by" in item else "",
        changed_at=read_moment(item["changed_at"]) if "changed_at" in item else None,
        status=item["status"]["S"],
        status_reason=item["status_reason"]["S"],
        path_token_hash=item["path_token_hash"]["S"],
        created_at=read_moment(item["created_at"]),
        accounts=_accounts(item),
        beside=plain(item["beside"]) if "beside" in item else (),
        revived_at=read_moment(item["revived_at"]) if "revived_at" in item else None,
        consent=Consent(**plain(item["consent"])) if "consent" in item else None,
        subscriptions=plain(item["subscriptions"]) if "subscriptions" in item else {},
        former_token=FormerToken(**plain(item["former_token"])) if "former_token" in item else None,
        token_round=int(item["token_round"]["N"]) if "token_round" in item else 0,
        **_names(item),
    )
