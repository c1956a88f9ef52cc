"""What the intake of webhooks reads and hands over; without pydantic, as all of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shopbridge.errors import RetryLater
from shopbridge.model.basics import MOST_DELAY, SOON, ConnectionId
from shopbridge.model.webhook import HookDoor, WebhookEvent
from shopbridge.store.aws import Aws
from shopbridge.store.items import Item, key, plain, text
from shopbridge.store.limits.line import DynamoLines, line_key
from shopbridge.store.messages.sending import Outgoing, send_all, sendable
from shopbridge.store.table import Table

if TYPE_CHECKING:
    from shopbridge.ports import Clock

REMEMBERED = timedelta(seconds=60)
"""For so long a call may still be taken with what was withdrawn meanwhile, or for a connection that was deleted."""


@dataclass(frozen=True)
class SqsHookQueue:
    """Messages as ``shopbridge.model.messages`` has them, written by hand; implements the port ``HookQueue``."""

    aws: Aws
    order_url: str
    poll_url: str
    lines: DynamoLines

    def notify(self, connection: ConnectionId, events: Sequence[WebhookEvent], at: datetime) -> None:
        """Ask the import to look at the orders that were told of, each at its turn. Raises RetryLater."""
        send_all(self.aws, [self._notice(connection, event, at) for event in events])

    def _notice(self, connection: ConnectionId, event: WebhookEvent, at: datetime) -> Outgoing:
        told: dict[str, Any] = {"kind": "notice", "origin": "webhook", "received_at": at.isoformat()}
        told |= {"order_id": event.order_id, "event": event.name}
        turn = self._turn(connection) if event.order_id is not None else None
        if turn is None:
            return Outgoing(self.order_url, connection, _body(connection, told))
        wait = (turn - at).total_seconds()
        wait = wait if wait > SOON else 0.0
        rest = max(0.0, wait - MOST_DELAY)
        body = _body(connection, {**told, "turn": {"at": turn.isoformat(), "rest": rest}})
        return Outgoing(self.order_url, connection, body, int(min(wait, MOST_DELAY)))

    def _turn(self, connection: ConnectionId) -> datetime | None:
        """None where it cannot be had yet: a notice is taken all the same, and the import books one."""
        try:
            return self.lines.next_turn(connection)
        except RetryLater:
            return None

    def ask_shop(self, connection: ConnectionId, at: datetime) -> None:
        """Ask the poll to look at the shop now. Raises RetryLater."""
        self._ask("poll", connection, at)

    def ask_office(self, connection: ConnectionId, at: datetime) -> None:
        """Ask the poll to look at what became of orders in the back office. Raises RetryLater."""
        self._ask("progress", connection, at)

    def _ask(self, kind: str, connection: ConnectionId, at: datetime) -> None:
        body = _body(connection, {"kind": kind, "asked_at": at.isoformat()})
        send_all(self.aws, [Outgoing(self.poll_url, connection, body)])


def _body(connection: ConnectionId, told: Mapping[str, Any]) -> str:
    message = {"connection": connection, **told}
    return sendable(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True)
class DynamoDoors:
    """Connections as far as the intake reads them; each is read together with its line of orders."""

    table: Table
    clock: "Clock"
    lines: DynamoLines
    _known: dict[ConnectionId, tuple[datetime, HookDoor]] = field(default_factory=dict, repr=False)

    def get(self, connection: ConnectionId) -> HookDoor | None:
        """Return the connection, or None; one that was read within ``REMEMBERED`` is not read again."""
        read_at, door = self._known.get(connection, (None, None))
        return door if read_at and self.clock() - read_at < REMEMBERED else self.anew(connection)

    def anew(self, connection: ConnectionId) -> HookDoor | None:
        """Return the connection as it stands, or None."""
        item, lines = self.table.get_beside(key(connection, "SETTINGS"), self.lines.table, [line_key(connection)])
        now = self.clock()
        self._known.pop(connection, None)
        if item is None:
            return None
        self._known[connection] = now, door_of(connection, item)
        self.lines.looked_at(connection, next(iter(lines), {}))
        return self._known[connection][1]


@dataclass(frozen=True)
class _Former:
    hash: str
    until: datetime


def door_of(connection: ConnectionId, item: Item) -> HookDoor:
    """Return what the intake needs of a ``SETTINGS`` record."""
    settings, former = plain(item["settings"]), plain(item["former_token"]) if "former_token" in item else None
    return HookDoor(
        connection,
        settings["shop"]["platform"],
        settings["office"]["platform"],
        item["path_token_hash"]["S"],
        _Former(former["hash"], datetime.fromisoformat(former["until"])) if former else None,
        item.get("name_key", text(""))["S"],
        int(item.get("token_round", {"N": "0"})["N"]),
    )
