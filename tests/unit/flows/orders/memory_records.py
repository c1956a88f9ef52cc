"""What the bridge keeps of orders, in memory: ledger, directory, what was handed over, and messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopbridge.errors import Conflict
from shopbridge.flows.orders.records import order_key
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.handed_over import PageRecord
from shopbridge.model.ledger import EffectKey, LedgerRecord, is_settled
from shopbridge.model.messages import OrderFound
from shopbridge.model.office import DirectoryEntry
from shopbridge.model.order import Order
from shopbridge.model.run import OrderCursor
from shopbridge.ports import Claim, Sight
from tests.unit.memory_stores import Clock


@dataclass
class MemoryLedger:
    """The ledger's rules over a dictionary; every state that was stored of a record is kept in ``story``."""

    clock: Clock
    records: dict[EffectKey, LedgerRecord] = field(default_factory=dict)
    story: list[LedgerRecord] = field(default_factory=list)
    named: set[EffectKey] = field(default_factory=set)

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        standing = self.records.get(record.key)
        taken = {"lease_owner": owner, "lease_until": self.clock() + lease}
        if standing is None:
            self.records[record.key] = record.model_copy(update=taken)
            return Claim(won=True, record=self.records[record.key], new=True)
        busy = max((standing.lease_until or self.clock()) - self.clock(), timedelta(0))
        if busy or is_settled(standing, record):
            return Claim(won=False, record=standing, busy=busy)
        self.records[record.key] = standing.model_copy(update=taken)
        sent = (standing.sent_at or standing.updated_at) if standing.may_take_effect else None
        return Claim(won=True, record=self.records[record.key], sent_seen=sent)

    def get(self, key: EffectKey) -> LedgerRecord | None:
        return self.records.get(key)

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        if self.records[record.key].lease_owner != owner:
            raise Conflict("Somebody else has the record")
        self.records[record.key] = record
        self.story.append(record)

    def find(self, _: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        return [record for record in self.records.values() if record.reference == reference]

    def open(self, records: Sequence[LedgerRecord]) -> Sequence[bool]:
        return [self._open(record) for record in records]

    def _open(self, record: LedgerRecord) -> bool:
        if record.key in self.records:
            return False
        self.records[record.key] = record
        self.story.append(record)
        return True

    def name_in_office(self, records: Sequence[LedgerRecord]) -> None:
        self.named |= {record.key for record in records}

    def name_all_in_office(self, _: ConnectionId, since: datetime) -> None:
        self.named |= {record.key for record in self.records.values() if record.updated_at >= since}

    def of_office(self, _: ConnectionId, ids: Sequence[ExternalId]) -> Mapping[ExternalId, LedgerRecord]:
        done = (record for key, record in self.records.items() if record.state == "DONE" and key in self.named)
        return {record.external_id: record for record in done if record.external_id in ids and record.external_id}


@dataclass
class MemoryDirectory:
    """Knows an id for everything that is looked up."""

    forgotten: list[tuple[str, str]] = field(default_factory=list)

    def lookup(self, _: ConnectionId, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[ExternalId, ...]]:
        return {key: (ExternalId(f"{kind}-1"),) for key in keys}

    def remember(self, _: ConnectionId, kind: str, entries: Sequence[DirectoryEntry]) -> None:
        raise AssertionError((kind, entries))

    def forget(self, _: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        self.forgotten += [(kind, key) for key in keys]


@dataclass(frozen=True)
class MemorySights:
    """Both at once."""

    ledger: MemoryLedger
    directory: MemoryDirectory

    def look(self, connection: ConnectionId, orders: Sequence[OrderId], names: Mapping[str, Sequence[str]]) -> Sight:
        found = [self.ledger.get(order_key(connection, order)) for order in orders]
        known = {
            (kind, key): ids
            for kind, keys in names.items()
            for key, ids in self.directory.lookup(connection, kind, keys).items()
        }
        return Sight({OrderId(record.key.id): record for record in found if record}, known)


@dataclass
class MemoryCursors:
    """A cursor, and the log beside it."""

    cursor: OrderCursor | None = None
    log: dict[str, PageRecord] = field(default_factory=dict)

    def load(self, _: ConnectionId, __: str) -> OrderCursor | None:
        return self.cursor

    def save(self, _: ConnectionId, __: str, cursor: OrderCursor) -> OrderCursor:
        self.cursor = cursor
        return cursor

    def handed_over(self, _: ConnectionId, since: datetime) -> Iterator[PageRecord]:
        return (page for name, page in sorted(self.log.items()) if name >= since.isoformat(timespec="microseconds"))

    def note(self, connection: ConnectionId, page: PageRecord, until: datetime) -> None:
        del connection, until
        self.log[page.name] = page


@dataclass
class Sent:
    """The order queue."""

    messages: list[OrderFound] = field(default_factory=list)

    def send(self, messages: Sequence[OrderFound]) -> None:
        self.messages += messages

    @property
    def orders(self) -> list[Order]:
        """Whole orders, alone or in parcels."""
        return [order for message in self.messages for order in message.orders]
