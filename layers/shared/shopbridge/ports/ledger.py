"""The ledger: its records as the flows claim, read and erase them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import (
    EffectKey,
    IndexedOrder,
    LedgerRecord,
    LedgerState,
    OrderGroup,
    SkippedOrder,
)
from shopbridge.model.run import OrderCursor, Run


@dataclass(frozen=True)
class Claim:
    """The answer to a claim: whether the record is ours, the record, and whether this claim made it.

    Attributes:
        busy: How long it may still be another worker's; zero when it is not, or is settled.
        sent_seen: Since when this container has known of the try whose outcome is open, by its own clock.
    """

    won: bool
    record: LedgerRecord
    new: bool = False
    busy: timedelta = timedelta(0)
    sent_seen: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """What waits for a person.

    Attributes:
        counts: How many records, by state.
        oldest, newest: Since when the first and the last of them wait; None where none does.
    """

    counts: Mapping[LedgerState, int]
    oldest: datetime | None = None
    newest: datetime | None = None

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class OrderSearch:
    """Which orders are looked for.

    Attributes:
        since, until: When they were first seen.
        group: Where they are; empty for anywhere.
        named: Part of their number on either side, in small letters or capitals; empty for any.
        is_buyers: Whether an order is one buyer's, by its id and the mark of its buyer; None for anybody's.
        few: How many are looked at before more of them are read: about as many as a page shows.
        go_on: Asked before more are read; the search ends where it says no.
    """

    since: datetime
    until: datetime
    group: OrderGroup | Literal[""] = ""
    named: str = ""
    is_buyers: Callable[[OrderId, str], bool] | None = None
    few: int = 0
    go_on: Callable[[], bool] = lambda: True


class FoundOrder(NamedTuple):
    """An order that a search found, and when it was first seen."""

    found_at: datetime
    id: OrderId


class Ledger(Protocol):
    """One record per outside effect."""

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        """Take the record for one worker.

        Wins when there is no record, or when its lease is free or has stood before this container's eyes for as long
        as it lasts, and its state may go on (everything but DONE without follow-ups of the same or a newer revision).
        A lost claim returns the record that stands. A won claim returns the record as it stood, with the lease taken,
        or ``record`` itself when it is new.
        """

    def open(self, records: Sequence[LedgerRecord]) -> Sequence[bool]:
        """Write new records, each for itself, with the leases that they carry; all in one call.

        Returns:
            By record, whether it is ours: where it is not, another one stands, or nobody knows.
        """

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        """Write a claimed record; raises Conflict when the lease is no longer ours."""

    def get(self, key: EffectKey) -> LedgerRecord | None:
        """Return the record, or None."""

    def orders(self, connection: ConnectionId, ids: Sequence[OrderId]) -> Mapping[OrderId, LedgerRecord]:
        """Return the records of these orders; those that have none are left out."""

    def of_office(self, connection: ConnectionId, ids: Sequence[ExternalId]) -> Mapping[ExternalId, LedgerRecord]:
        """Return the imported orders by what the back office calls them; others of its orders are left out."""

    def name_in_office(self, records: Sequence[LedgerRecord]) -> None:
        """Note by which id the back office calls these orders, so that they are found by it; twice does no harm."""

    def name_all_in_office(self, connection: ConnectionId, since: datetime) -> None:
        """Note it of all orders that something became of since then; reads through the connection's orders."""

    def held(self, connection: ConnectionId) -> Sequence[LedgerRecord]:
        """Return records that wait for a person, oldest first."""

    def skipped(self, connection: ConnectionId) -> Sequence[SkippedOrder]:
        """Return orders that were left out, oldest first."""

    def waiting(self, connection: ConnectionId) -> Waiting:
        """Return how many records wait for a person, and since when; from the index, which may lag a moment behind."""

    def counted(self, connection: ConnectionId, group: OrderGroup, since: datetime, until: datetime) -> int:
        """Return how many orders first seen in this time are there; counted by the index, none of them is read."""

    def newest_imported(self, connection: ConnectionId) -> IndexedOrder | None:
        """Return the newest order that is imported, if it is among the last hundred that were first seen."""

    def summary(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        """Return how many orders stand in which state."""

    def listed(self, connection: ConnectionId, since: datetime, until: datetime) -> Iterator[IndexedOrder]:
        """Yield the orders first seen in this time, the newest first, from the index: it may lag a moment behind."""

    def search(self, connection: ConnectionId, wanted: OrderSearch) -> Iterator[FoundOrder]:
        """Yield the orders that are looked for, the newest first, read as they are taken; from the index, as above.

        Those of one moment come by their ids, the last one first.
        """

    def numbered(self, connection: ConnectionId, number: str) -> Sequence[LedgerRecord]:
        """Return the orders with this number on either side, as they stand now, the newest first.

        By the index, which may lag a moment behind and does not have what a worker has in hand.
        """

    def find(self, connection: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        """Return the records of orders with this order number, as they stand now; several may have it."""

    def find_in_office(self, connection: ConnectionId, external_id: str) -> Sequence[LedgerRecord]:
        """Return the orders that are called so in the back office; reads through all, so only a person asks."""


@dataclass(frozen=True)
class Sight:
    """What is known of several orders and of what they refer to, as it stood at one moment.

    Attributes:
        records: Of the orders that the ledger has.
        known: Ids by kind and key, for every key that was looked for; empty ones for those that are not known.
        read_at: By kind, before when the back office's list was read to its end.
    """

    records: Mapping[OrderId, LedgerRecord] = field(default_factory=dict)
    known: dict[tuple[str, str], tuple[ExternalId, ...]] = field(default_factory=dict)
    read_at: dict[str, datetime] = field(default_factory=dict)

    def unknown(self) -> Sequence[tuple[str, str]]:
        """Return what was looked for in vain, by kind and key."""
        return [place for place, ids in self.known.items() if not ids]


@dataclass(frozen=True)
class PollSight:
    """What a poll needs to know before it begins, as it stood at one moment.

    Attributes:
        run: The newest one of orders.
    """

    connection: Connection
    cursor: OrderCursor | None = None
    run: Run | None = None


class Sights(Protocol):
    """What several stores have, read at once."""

    def look(self, connection: ConnectionId, orders: Sequence[OrderId], names: Mapping[str, Sequence[str]]) -> Sight:
        """Return what is known of these orders, and of the directory's keys by kind."""

    def before_poll(self, connection: ConnectionId) -> PollSight | None:
        """Return how a connection stands, and how far its orders were read; None where it is gone."""


class Erasure(Protocol):
    """Ledger records as an erasure finds and changes them."""

    def buyers(self, connection: ConnectionId, after: OrderId | None) -> Iterator[tuple[OrderId, str]]:
        """Yield every order behind ``after`` in the order of the ids, with the mark of its buyer.

        Read as it is asked for.
        """

    def rewrite(self, seen: LedgerRecord, record: LedgerRecord) -> bool:
        """Replace a record that stands as ``seen``; False where somebody is at it, or was meanwhile."""

    def remove(self, seen: LedgerRecord) -> bool:
        """Remove a record that stands as ``seen``; as ``rewrite``."""
