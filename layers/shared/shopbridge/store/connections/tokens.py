"""Access tokens that all containers of one connection side share."""

from contextlib import suppress
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


FETCHING = timedelta(seconds=45)
"""How long a login may take: longer than any call does, so that one is over before the next container tries."""
RESERVE = "SET #fetched_until = :until, #forget_at = :forget_at"
UNRESERVED = "attribute_not_exists(#fetched_until) OR #fetched_until <= :now"


@dataclass(frozen=True)
class _Kept:
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class OwnTokens:
    """Tokens of secrets that are only tried out: nobody else may use them, so they stay in memory."""

    clock: Clock
    memory: dict[str, _Kept] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str | None:
        """Return a token that is still valid, or None."""
        kept = self.memory.get(name)
        return kept.token if kept and self.clock() < kept.expires_at else None

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for nine tenths of ``lifetime``."""
        self.memory[name] = _Kept(token, self.clock() + lifetime * (1 - MARGIN))

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already)."""
        kept = self.memory.get(name)
        if kept and kept.token == token:
            del self.memory[name]

    def reserve(self, name: str) -> bool:
        """Return True: nobody else asks for these."""
        del name
        return True


@dataclass(frozen=True)
class SharedTokens:
    """The token of a side in the state table, with the container's own in front.

    A side is one platform, so its record is found before anybody knows which; its name is kept in it, so that no token
    ever goes to another.
    """

    table: Table
    connection: ConnectionId
    side: Side
    own: OwnTokens

    def get(self, name: str) -> str | None:
        """Return a token that is still valid, or None."""
        return self.own.get(name) or self._shared(name)

    def put(self, name: str, token: str, lifetime: timedelta) -> None:
        """Keep a token for nine tenths of ``lifetime``."""
        self.own.put(name, token, lifetime)
        item = {
            **token_key(self.connection, self.side),
            "name": text(name),
            "token": text(token),
            "expires_at": moment(self.own.memory[name].expires_at),
            "forget_at": forget_after(self.own.clock(), lifetime),
        }
        self.table.put(item)

    def drop(self, name: str, token: str) -> None:
        """Forget ``token`` (unless it was replaced already).

        The token is emptied, not deleted: order_poll and order_import have no right to delete.
        """
        self.own.drop(name, token)
        with suppress(ConditionFailed):
            self.table.update(
                token_key(self.connection, self.side), "REMOVE #token", "#token = :token", token=text(token)
            )

    def reserve(self, name: str) -> bool:
        """Return True when no other container is fetching this token; its right lasts ``FETCHING`` at most."""
        del name
        now = self.own.clock()
        until = {"until": moment(now + FETCHING), "forget_at": forget_after(now, FETCHING)}
        with suppress(ConditionFailed):
            place = token_key(self.connection, self.side)
            self.table.update(place, RESERVE, UNRESERVED, now=moment(now), **until)
            return True
        return False

    def saw(self, item: Item) -> None:
        """Take a token over from its record, as it was read with others."""
        if "token" in item:
            self.own.memory[item["name"]["S"]] = _Kept(item["token"]["S"], read_moment(item["expires_at"]))

    def _shared(self, name: str) -> str | None:
        self.saw(self.table.get(token_key(self.connection, self.side)) or {})
        return self.own.get(name)


def token_key(connection: ConnectionId, side: Side) -> Item:
    """Return the primary key of a side's token."""
    return key(connection, f"TOKEN#{side}")
