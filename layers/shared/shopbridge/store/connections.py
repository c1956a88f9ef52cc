"""Connections: settings as versions, and the index that lists them by how often they are polled."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection, ConnectionSettings
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, brief, key, moment, number, read_moment, text
from shopbridge.store.table import Table

SETTINGS = "SETTINGS"
INDEX = "by-schedule"
LANES = (5, 10)
IDLE = "none"
"""The schedule of connections that are not polled: they stay in the index, so listing needs no scan."""


@dataclass(frozen=True)
class DynamoConnections:
    """The connections table: one ``SETTINGS`` record each, and a ``VERSION#…`` record for every save."""

    table: Table

    def get(self, connection: ConnectionId) -> Connection | None:
        """The connection, or None."""
        item = self.table.get(key(connection, SETTINGS))
        return from_item(item) if item else None

    def save(self, connection: Connection, *, expected_version: int) -> None:
        """Store as version ``expected_version + 1``, whatever version the value carries; 0 creates.

        Raises:
            Conflict: Somebody saved in between, or the connection exists already.
        """
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
        if expected_version:
            self.table.put_together(item, "#version = :seen", version, seen=number(expected_version))
        else:
            self.table.put_together(item, "attribute_not_exists(#record)", version)

    def delete(self, connection: ConnectionId) -> None:
        """Remove the connection and its versions; its ledger stays."""
        self.table.delete(key(connection, SETTINGS))
        records = self.table.query(
            "#connection = :connection", only=("connection", "record"), connection=text(connection)
        )
        self.table.delete_many(list(records))

    def all(self) -> Sequence[Connection]:
        """Every connection, by id."""
        lanes = [*map(str, LANES), IDLE]
        keys = [key(ConnectionId(entry["connection"]["S"]), SETTINGS) for lane in lanes for entry in self._lane(lane)]
        found = (from_item(item) for item in self.table.get_many(keys))
        return sorted(found, key=lambda connection: connection.id)

    def stop(self, connection: ConnectionId, reason: str) -> None:
        """Take an active connection out of the schedule and say why; any other stays as it is."""
        with suppress(ConditionFailed):
            self.table.update(
                key(connection, SETTINGS),
                "SET #status = :stopped, #status_reason = :reason, #schedule = :idle ADD #version :one",
                "#status = :active",
                stopped=text("stopped"),
                reason=text(brief(reason)),
                idle=text(IDLE),
                one=number(1),
                active=text("active"),
            )

    def scheduled(self, lane: int) -> Sequence[tuple[ConnectionId, int]]:
        """Active connections of a schedule lane (5 or 10) with their poll interval in minutes."""
        return [
            (ConnectionId(entry["connection"]["S"]), int(entry["poll_minutes"]["N"])) for entry in self._lane(str(lane))
        ]

    def _lane(self, lane: str) -> Iterator[Item]:
        return self.table.query("#schedule = :lane", index=INDEX, lane=text(lane))


def lane_of(connection: Connection) -> str:
    """The schedule that polls the connection: the ten-minute one where it suffices."""
    if connection.status != "active":
        return IDLE
    return "5" if connection.settings.orders.poll_minutes % 10 else "10"


def to_item(connection: Connection) -> Item:
    """A connection as its ``SETTINGS`` record."""
    return {
        **key(connection.id, SETTINGS),
        "settings": text(connection.settings.model_dump_json()),
        "version": number(connection.version),
        "status": text(connection.status),
        "status_reason": text(brief(connection.status_reason)),
        "path_token_hash": text(connection.path_token_hash),
        "created_at": moment(connection.created_at),
        "poll_minutes": number(connection.settings.orders.poll_minutes),
        "schedule": text(lane_of(connection)),
    }


def from_item(item: Item) -> Connection:
    """The connection of a ``SETTINGS`` record."""
    return Connection(
        settings=ConnectionSettings.model_validate_json(item["settings"]["S"]),
        version=int(item["version"]["N"]),
        status=item["status"]["S"],
        status_reason=item["status_reason"]["S"],
        path_token_hash=item["path_token_hash"]["S"],
        created_at=read_moment(item["created_at"]),
    )
