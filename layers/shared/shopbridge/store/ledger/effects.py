"""The ledger: who may work on an effect, and what became of it. The heart of "exactly once"."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, ExternalId, OrderId, time_left
from shopbridge.model.ledger import (
    EffectKey,
    IndexedOrder,
    LedgerRecord,
    LedgerState,
    OrderGroup,
    SkippedOrder,
    is_settled,
)
from shopbridge.ports import Claim, Clock, FoundOrder, OrderSearch, Waiting
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, key, moment, read_moment, text
from shopbridge.store.leases import Sightings, place_of
from shopbridge.store.ledger.items import (
    PREFIX,
    follow_ups,
    from_item,
    indexed_order,
    item_key,
    listed_order,
    office_item,
    office_key,
    skipped_order,
    to_item,
)
from shopbridge.store.ledger.search import FOUND, attributes_of, filter_of, is_wanted, values_of, within
from shopbridge.store.table import Backwards, Table

TRIES = 5
TAKE = "SET #lease_owner = :owner, #lease_until = :until REMOVE #forget_at"
# Nothing that the decision rested on has moved since; no clock is compared.
UNMOVED = "#state = :state AND #revision = :revision AND #follow_ups = :follow_ups"
FREE = f"attribute_not_exists(#lease_owner) AND {UNMOVED}"
DEAD = f"#lease_owner = :seen_owner AND #lease_until = :seen_until AND {UNMOVED}"
NOBODY = timedelta(0)
LATEST = 100
ORDERS = "#connection = :connection AND begins_with(#record, :orders)"


@dataclass(frozen=True)
class _Lease:
    owner: str
    until: datetime


@dataclass(frozen=True)
class DynamoLedger:
    """Ledger records in the state table. Only ``save`` and ``claim`` write, and only under a condition."""

    table: Table
    clock: Clock
    seen: Sightings

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        """Take the record for one worker; see the port. One conditional write when the record is new.

        Args:
            record: As it would be opened; also carries the incoming revision and origin.
            owner: Names one attempt; never used twice, or two attempts could both believe to own the record.
            lease: How long the others keep away, each by its own clock from when it saw this lease; longer than the
                attempt can take.

        Raises:
            RetryLater: Others kept changing the record; nothing was taken.
            Conflict: The record was forgotten in this very moment; claim again.
        """
        now = self.clock()
        ours = _Lease(owner, until=now + lease)
        opened = record.model_copy(update={"lease_owner": ours.owner, "lease_until": ours.until})
        standing = self._open(opened)
        if standing is None:
            self._owned_for(opened, lease)
            return Claim(won=True, record=opened, new=True, sent_seen=self._sent_seen(opened))
        for _ in range(TRIES):
            busy, sent_seen = self._owned_for(standing, lease), self._sent_seen(standing)
            if busy or is_settled(standing, record):
                return Claim(won=False, record=standing, busy=busy)
            taken, standing = self._take(standing, ours)
            if taken:
                self._owned_for(taken, lease)
                return Claim(won=True, record=taken, sent_seen=sent_seen)
        raise RetryLater("Several workers want the same record", after=1, where=record.reference)

    def open(self, records: Sequence[LedgerRecord]) -> Sequence[bool]:
        """Write new records, each under its own condition; see the port. One alone is written as a claim is."""
        if len(records) == 1:
            ours: Sequence[bool] = [self._open(records[0]) is None]
        else:
            ours = self.table.insert([to_item(record) for record in records])
        for record, is_ours in zip(records, ours, strict=True):
            if is_ours and record.lease_until:
                self._owned_for(record, record.lease_until - self.clock())
                self._sent_seen(record)
        return ours

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        """Write a claimed record; without ``lease_owner`` the lease ends. Raises Conflict when it is not ours."""
        self.table.put(to_item(record), "#lease_owner = :owner", owner=text(owner))
        self._sent_seen(record)

    def get(self, key: EffectKey) -> LedgerRecord | None:
        """Return the record, or None."""
        item = self.table.get(item_key(key))
        return from_item(item) if item else None

    def orders(self, connection: ConnectionId, ids: Sequence[OrderId]) -> Mapping[OrderId, LedgerRecord]:
        """Return the records of these orders; those that have none are left out."""
        keys = [item_key(EffectKey(connection=connection, kind="order", id=order)) for order in ids]
        records = (from_item(item) for item in self.table.get_many(keys))
        return {OrderId(record.key.id): record for record in records}

    def of_office(self, connection: ConnectionId, ids: Sequence[ExternalId]) -> Mapping[ExternalId, LedgerRecord]:
        """Return the imported orders by what the back office calls them; others of its orders are left out."""
        known = self.table.get_many([office_key(connection, each) for each in dict.fromkeys(ids)])
        found = self.orders(connection, [OrderId(item["order"]["S"]) for item in known]).values()
        return {record.external_id: record for record in found if record.external_id and record.state == "DONE"}

    def name_in_office(self, records: Sequence[LedgerRecord]) -> None:
        """Note by which id the back office calls these orders, so that they are found by it; twice does no harm."""
        named = {record.external_id: office_item(record) for record in records if record.external_id}
        self.table.put_many(list(named.values()))

    def name_all_in_office(self, connection: ConnectionId, since: datetime) -> None:
        """Note it of all orders that something became of since then; reads through the connection's orders."""
        keep, values = "#state = :done AND #updated_at >= :since", {"done": text("DONE"), "since": moment(since)}
        records = map(from_item, self._orders(connection, keep=keep, newest=True, **values))
        self.table.put_many([office_item(record) for record in records if record.external_id])

    def held(self, connection: ConnectionId) -> Sequence[LedgerRecord]:
        """Return records that wait for a person, oldest first, as they stand now (the index may lag a moment)."""
        entries = self.table.query(
            "#held_in = :connection", index="held", only=("connection", "record"), connection=text(connection)
        )
        keys = [key(connection, entry["record"]["S"]) for entry in entries]
        found = {item["record"]["S"]: from_item(item) for item in self.table.get_many(keys)}
        ordered = (found[entry["record"]["S"]] for entry in keys if entry["record"]["S"] in found)
        return [record for record in ordered if record.waits]

    def waiting(self, connection: ConnectionId) -> Waiting:
        """Return how many records wait for a person, and since when; from the index, which may lag a moment behind."""
        only = ("state", "held_at")
        entries = self.table.query("#held_in = :connection", index="held", only=only, connection=text(connection))
        found = [(entry["state"]["S"], entry["held_at"]) for entry in entries]
        moments = [read_moment(held_at) for _, held_at in (found[:1] + found[-1:])]
        return Waiting(Counter(state for state, _ in found), *moments)

    def skipped(self, connection: ConnectionId) -> Sequence[SkippedOrder]:
        """Return orders that were left out, oldest first, from the index alone: it may lag a moment behind."""
        entries = self.table.query("#skipped_in = :connection", index="skipped", connection=text(connection))
        return [skipped_order(entry) for entry in entries]

    def listed(self, connection: ConnectionId, since: datetime, until: datetime) -> Iterator[IndexedOrder]:
        """Yield the orders first seen in this time, the newest first, from the index alone: it may lag a moment."""
        found = within(connection, OrderSearch(since, until))
        entries = self.table.query(FOUND, index="orders", backwards=Backwards(), **found)
        return map(indexed_order, entries)

    def counted(self, connection: ConnectionId, group: OrderGroup, since: datetime, until: datetime) -> int:
        """Return how many orders first seen in this time are there; DynamoDB counts, and sends none of them."""
        wanted = OrderSearch(since, until, group=group)
        values = {**within(connection, wanted), **values_of(wanted)}
        return self.table.count(FOUND, index="orders", keep=filter_of(wanted), **values)

    def search(self, connection: ConnectionId, wanted: OrderSearch) -> Iterator[FoundOrder]:
        """Yield the orders that are looked for, the newest first; see the port. The index may lag a moment behind."""
        entries = self.table.query(
            FOUND,
            index="orders",
            keep=filter_of(wanted),
            only=attributes_of(wanted),
            backwards=Backwards(wanted.few, wanted.go_on),
            **within(connection, wanted),
            **values_of(wanted),
        )
        orders = (listed_order(entry) for entry in entries if is_wanted(wanted, entry))
        # The index keeps those of one moment in any order.
        for _, alike in groupby(orders, key=lambda order: order.found_at):
            yield from sorted(alike, reverse=True)

    def newest_imported(self, connection: ConnectionId) -> IndexedOrder | None:
        """Return the newest order that is imported, if it is among the last hundred that were first seen."""
        where = "#orders_of = :connection"
        orders = map(indexed_order, self.table.last(where, LATEST, index="orders", connection=text(connection)))
        return next((order for order in orders if order.state == "DONE"), None)

    def numbered(self, connection: ConnectionId, number: str) -> Sequence[LedgerRecord]:
        """Return the orders with this number on either side, as they stand now; see the port."""
        entries = self.table.query(
            "#orders_of = :connection",
            index="orders",
            keep="#reference = :number OR #external_number = :number",
            only=("record", "found_at"),
            backwards=Backwards(),
            connection=text(connection),
            number=text(number),
        )
        ids = [listed_order(entry).id for entry in entries]
        known = self.orders(connection, ids) if ids else {}
        return [known[each] for each in ids if each in known]

    def find(self, connection: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        """Return the records of orders with this order number, as they stand now.

        Reads through the connection's orders (about 1,000 a page): only orders whose outcome is in doubt are looked
        for, and what the index does not have, while a pointer would cost a write for every order.
        """
        items = self._orders(connection, keep="#reference = :reference", newest=True, reference=text(reference))
        return [from_item(item) for item in items]

    def find_in_office(self, connection: ConnectionId, external_id: str) -> Sequence[LedgerRecord]:
        """Return the orders that are called so in the back office; reads as ``find`` does."""
        items = self._orders(connection, keep="#external_id = :external_id", external_id=text(external_id))
        return [from_item(item) for item in items]

    def summary(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        """Return how many orders stand in each state; reads through the connection's orders."""
        counts: Counter[LedgerState] = Counter()
        for item in self._orders(connection, only=("state",)):
            counts[item["state"]["S"]] += 1
        return counts

    def _orders(self, connection: ConnectionId, **options: Any) -> Iterator[Item]:
        return self.table.query(ORDERS, connection=text(connection), orders=text(f"{PREFIX}order#"), **options)

    def _open(self, record: LedgerRecord) -> LedgerRecord | None:
        try:
            self.table.put(to_item(record), "attribute_not_exists(#record)")
        except ConditionFailed as error:
            return from_item(error.standing)
        return None

    def _take(self, standing: LedgerRecord, ours: _Lease) -> tuple[LedgerRecord | None, LedgerRecord]:
        try:
            item = self.table.update(
                item_key(standing.key),
                TAKE,
                DEAD if standing.lease_owner else FREE,
                owner=text(ours.owner),
                until=moment(ours.until),
                state=text(standing.state),
                revision=text(standing.revision),
                follow_ups=follow_ups(standing),
                **_dead_lease(standing),
            )
        except ConditionFailed as error:
            return _after_a_lost_race(error, ours)
        return from_item(item), standing

    def _owned_for(self, record: LedgerRecord, lease: timedelta) -> timedelta:
        """How long the record may still be another worker's; zero when it is not."""
        if record.lease_owner is None or record.lease_until is None:
            return NOBODY
        mark = f"{record.lease_owner} {record.lease_until.isoformat()}"
        first = self.seen.since(f"{_place(record)} lease", mark)
        return max(time_left(first, lease, record.lease_until, self.clock()), NOBODY)

    def _sent_seen(self, record: LedgerRecord) -> datetime | None:
        """Since when this container knows of the try that may still take effect; None when none may."""
        if not record.may_take_effect:
            return None
        return self.seen.since(f"{_place(record)} sent", (record.sent_at or record.updated_at).isoformat())


def _place(record: LedgerRecord) -> str:
    return place_of(item_key(record.key))


def _dead_lease(standing: LedgerRecord) -> dict[str, Item]:
    if standing.lease_owner is None or standing.lease_until is None:
        return {}
    return {"seen_owner": text(standing.lease_owner), "seen_until": moment(standing.lease_until)}


def _after_a_lost_race(error: ConditionFailed, ours: _Lease) -> tuple[LedgerRecord | None, LedgerRecord]:
    if not error.standing:
        raise error
    standing = from_item(error.standing)
    # The client repeats a write whose answer was lost: the lease it then meets is ours.
    is_ours = (standing.lease_owner, standing.lease_until) == (ours.owner, ours.until)
    return (standing if is_ours else None), standing
