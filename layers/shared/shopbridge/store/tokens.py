"""Access tokens that all containers of one connection side share."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.ports import Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, forget_after, key, moment, read_moment, text
from shopbridge.store.table import Table

MARGIN = 0.1
"""The share of its lifetime that a token is given up early, so that none runs out on the way."""


@dataclass(frozen=True)
class _Kept:
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class SharedTokens:
    """Tokens in the state table, with the container's memory in front."""

    table: Table
    connection: ConnectionId
    side: Side
    clock: Clock
    memory: dict[str, _Kept] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str | None:
        """A token that is still valid, or None."""
        kept = self._valid(self.memory.get(name)) or self._valid(self._read(name))
        if kept is None:
            return None
        self.memory[name] = kept
        return kept.token

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for nine tenths of ``lifetime``."""
        now = self.clock()
        kept = _Kept(token, now + lifetime * (1 - MARGIN))
        self.memory[name] = kept
        item = {
            **self._key(name),
            "token": text(token),
            "expires_at": moment(kept.expires_at),
            "forget_at": forget_after(now, lifetime),
        }
        self.table.put(item)

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already).

        The token is emptied, not deleted: order_poll and order_import have no right to delete.
        """
        kept = self.memory.get(name)
        if kept and kept.token == token:
            del self.memory[name]
        try:
            self.table.update(self._key(name), "REMOVE #token", "#token = :token", token=text(token))
        except ConditionFailed:
            return

    def _read(self, name: str) -> _Kept | None:
        item = self.table.get(self._key(name))
        if item is None or "token" not in item:
            return None
        return _Kept(item["token"]["S"], read_moment(item["expires_at"]))

    def _valid(self, kept: _Kept | None) -> _Kept | None:
        return kept if kept and self.clock() < kept.expires_at else None

    def _key(self, name: str) -> Item:
        return key(self.connection, f"TOKEN#{self.side}#{name}")
