"""What the intake of webhooks reads and hands over; without pydantic, as all of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shopbridge.model.basics import ConnectionId
from shopbridge.model.webhook import HookDoor, WebhookEvent
from shopbridge.store.aws import Aws
from shopbridge.store.items import Item, key, plain, text
from shopbridge.store.sending import UNSENDABLE, Outgoing, send_all
from shopbridge.store.table import Table


@dataclass(frozen=True)
class SqsHookQueue:
    """Messages as ``shopbridge.model.messages`` has them, written by hand; implements the port ``HookQueue``."""

    aws: Aws
    order_url: str
    poll_url: str

    def notify(self, connection: ConnectionId, events: Sequence[WebhookEvent], at: datetime) -> None:
        """Let the import look at the orders that were told of. Raises RetryLater."""
        told = {"kind": "notice", "origin": "webhook", "received_at": at.isoformat()}
        bodies = [_body(connection, {**told, "order_id": event.order_id, "event": event.name}) for event in events]
        send_all(self.aws, [Outgoing(self.order_url, connection, body) for body in bodies])

    def ask_shop(self, connection: ConnectionId, at: datetime) -> None:
        """Let the poll look at the shop now. Raises RetryLater."""
        self._ask("poll", connection, at)

    def ask_office(self, connection: ConnectionId, at: datetime) -> None:
        """Let the poll look at what became of orders in the back office. Raises RetryLater."""
        self._ask("progress", connection, at)

    def _ask(self, kind: str, connection: ConnectionId, at: datetime) -> None:
        body = _body(connection, {"kind": kind, "asked_at": at.isoformat()})
        send_all(self.aws, [Outgoing(self.poll_url, connection, body)])


def _body(connection: ConnectionId, told: Mapping[str, Any]) -> str:
    message = {"connection": connection, **told}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).translate(UNSENDABLE)


@dataclass(frozen=True)
class DynamoDoors:
    """Connections as far as the intake reads them."""

    table: Table

    def get(self, connection: ConnectionId) -> HookDoor | None:
        """Return the connection, or None."""
        item = self.table.get(key(connection, "SETTINGS"))
        return door_of(connection, item) if item else None


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
