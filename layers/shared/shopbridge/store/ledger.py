"""The ledger: who may work on an effect, and what became of it. The heart of "exactly once"."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, OrderId, time_left
from shopbridge.model.ledger import (
    FORMS,
    EffectKey,
    Event,
    IndexedOrder,
    LedgerRecord,
    LedgerState,
    OrderFacts,
    Reason,
    SkippedOrder,
    is_settled,
)
from shopbridge.model.office import OfficeDocument
from shopbridge.ports import Claim, Clock
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, brief, compact, forget_after, key, moment, plain, read_moment, sentence, text
from shopbridge.store.leases import Sightings, place_of
from shopbridge.store.table import Table

PREFIX = "LEDGER#"
KEEP_SKIPPED = timedelta(days=60)
"""What was skipped left nothing behind, so it may be forgotten; should it change later, it is judged anew."""
KEEP_CUSTOMERS = timedelta(days=30)
"""The record of a created customer counts while the back office's list may not show it yet, which is minutes."""
NO_REASON = Reason(code="", text="")
LONGEST_STORY = 40
WORDS = ("state", "revision", "reference", "origin", "source_status", "external_number")
LATER_WORDS = ("channel", "sent_as", "buyer", "trying")
"""Words that records of before do not have; left out when they are empty."""
NAMES, MOMENTS, AMOUNTS = (
    ("lease_owner", "external_id"),
    ("lease_until", "sent_at", "updated_at", "found_at"),
    ("sent_total", "total"),
)
TRIES = 5
TAKE = "SET #lease_owner = :owner, #lease_until = :until REMOVE #forget_at"
# Nothing that the decision rested on has moved since; no clock is compared.
UNMOVED = "#state = :state AND #revision = :revision AND #follow_ups = :follow_ups"
FREE = f"attribute_not_exists(#lease_owner) AND {UNMOVED}"
DEAD = f"#lease_owner = :seen_owner AND #lease_until = :seen_until AND {UNMOVED}"
NOBODY = timedelta(0)
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

    def held(self, connection: ConnectionId) -> Sequence[LedgerRecord]:
        """Return records that wait for a person, oldest first, as they stand now (the index may lag a moment)."""
        entries = self.table.query(
            "#held_in = :connection", index="held", only=("connection", "record"), connection=text(connection)
        )
        keys = [key(connection, entry["record"]["S"]) for entry in entries]
        found = {item["record"]["S"]: from_item(item) for item in self.table.get_many(keys)}
        ordered = (found[entry["record"]["S"]] for entry in keys if entry["record"]["S"] in found)
        return [record for record in ordered if record.waits]

    def waiting(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        """Return how many records wait for a person, by state; from the index, which may lag a moment behind."""
        entries = self.table.query("#held_in = :connection", index="held", only=("state",), connection=text(connection))
        return Counter(entry["state"]["S"] for entry in entries)

    def skipped(self, connection: ConnectionId) -> Sequence[SkippedOrder]:
        """Return orders that were left out, oldest first, from the index alone: it may lag a moment behind."""
        entries = self.table.query("#skipped_in = :connection", index="skipped", connection=text(connection))
        return [skipped_order(entry) for entry in entries]

    def listed(self, connection: ConnectionId, since: datetime, until: datetime) -> Iterator[IndexedOrder]:
        """Return the orders first seen in this time, the newest first, from the index alone: it may lag a moment."""
        entries = self.table.query(
            "#orders_of = :connection AND #found_at BETWEEN :since AND :until",
            index="orders",
            backwards=True,
            connection=text(connection),
            since=moment(since),
            until=moment(until),
        )
        return map(indexed_order, entries)

    def find(self, connection: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        """Return the records of orders with this order number, as they stand now.

        Reads through the connection's orders (about 1,000 a page): only operators ask, a few times a day, and orders
        whose outcome is in doubt, while an index or a pointer would cost a write for every order.
        """
        items = self._orders(connection, keep="#reference = :reference", newest=True, reference=text(reference))
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


def item_key(effect: EffectKey) -> Item:
    """Return the primary key of an effect."""
    return key(effect.connection, f"{PREFIX}{effect.kind}#{effect.id}")


def to_item(record: LedgerRecord) -> Item:
    """Return a record as it is stored; what is empty is left out, a free lease too."""
    return {
        **item_key(record.key),
        **{name: text(getattr(record, name)) for name in WORDS},
        **{name: text(getattr(record, name)) for name in LATER_WORDS if getattr(record, name)},
        "follow_ups": follow_ups(record),
        **({"undone": compact(list(record.undone))} if record.undone else {}),
        **({"document": compact(record.document.model_dump())} if record.document else {}),
        **({"mailed": compact(list(record.mailed))} if record.mailed else {}),
        "history": compact([_story_line(event) for event in record.history[-LONGEST_STORY:]]),
        "updated_at": moment(record.updated_at),
        **_lease(record),
        **_outcome(record),
        **_marks(record),
    }


def follow_ups(record: LedgerRecord) -> Item:
    """Return what is still to be done, as stored; a claim compares it."""
    return compact(list(record.follow_ups))


def from_item(item: Item) -> LedgerRecord:
    """Return the record of an item."""
    _, kind, effect = item["record"]["S"].split("#", 2)
    history = tuple(Event(**line) for line in plain(item["history"]))
    found: dict[str, Any] = {name: item[name]["S"] for name in (*WORDS, *LATER_WORDS, *NAMES) if name in item}
    found |= {name: read_moment(item[name]) for name in MOMENTS if name in item}
    found |= {name: Decimal(item[name]["S"]) for name in AMOUNTS if name in item}
    return LedgerRecord(
        key=EffectKey(connection=ConnectionId(item["connection"]["S"]), kind=kind, id=effect),
        facts=_facts(item),
        reason=_reason_or_none(item),
        follow_ups=tuple(plain(item["follow_ups"])),
        undone=tuple(plain(item["undone"])) if "undone" in item else (),
        document=OfficeDocument(**plain(item["document"])) if "document" in item else None,
        mailed=tuple(plain(item["mailed"])) if "mailed" in item else (),
        history=history,
        # Of records of before the story's first line tells it.
        **({"found_at": history[0].at} if history else {}) | found,
    )


def skipped_order(entry: Item) -> SkippedOrder:
    """Return the order of an entry of the index ``skipped``."""
    _, _, order = entry["record"]["S"].split("#", 2)
    return SkippedOrder(
        id=order,
        reference=entry["reference"]["S"],
        reason=_reason_or_none(entry) or NO_REASON,
        since=read_moment(entry["skipped_at"]),
    )


def indexed_order(entry: Item) -> IndexedOrder:
    """Return the order of an entry of the index ``orders``."""
    _, _, order = entry["record"]["S"].split("#", 2)
    return IndexedOrder(
        id=order,
        reference=entry["reference"]["S"],
        external_number=entry["external_number"]["S"],
        found_at=read_moment(entry["found_at"]),
        state=entry["state"]["S"],
        waits="held_in" in entry,
        buyer=entry["buyer"]["S"] if "buyer" in entry else "",
    )


def _reason_or_none(item: Item) -> Reason | None:
    return Reason(**plain(item["reason"])) if "reason" in item else None


def _lease(record: LedgerRecord) -> Item:
    if record.lease_owner is None or record.lease_until is None:
        return {}
    return {"lease_owner": text(record.lease_owner), "lease_until": moment(record.lease_until)}


def _outcome(record: LedgerRecord) -> Item:
    found = {
        "found_at": moment(record.found_at) if record.found_at else None,
        "sent_at": moment(record.sent_at) if record.sent_at else None,
        "external_id": text(record.external_id) if record.external_id is not None else None,
        "facts": text(record.facts.model_dump_json(exclude_none=True)) if record.facts else None,
        "reason": compact(_reason(record.reason)) if record.reason else None,
    }
    amounts = {name: text(str(amount)) for name in AMOUNTS if (amount := getattr(record, name)) is not None}
    return {**{name: value for name, value in found.items() if value is not None}, **amounts}


def _marks(record: LedgerRecord) -> Item:
    listed = record.key.kind == "order" and record.found_at is not None
    return {**({"orders_of": text(record.key.connection)} if listed else {}), **_waiting_marks(record)}


def _waiting_marks(record: LedgerRecord) -> Item:
    if record.waits:
        return {"held_in": text(record.key.connection), "held_at": moment(record.updated_at)}
    if record.state == "SKIPPED":
        forget = {} if record.is_set_aside else {"forget_at": forget_after(record.updated_at, KEEP_SKIPPED)}
        return {"skipped_in": text(record.key.connection), "skipped_at": moment(record.updated_at), **forget}
    if record.key.kind == "customer":
        return {"forget_at": forget_after(record.updated_at, KEEP_CUSTOMERS)}
    return {}


def _facts(item: Item) -> OrderFacts | None:
    """Facts of a form that nobody makes any more are as good as none: they are learnt anew."""
    found = plain(item["facts"]) if "facts" in item else {}
    return OrderFacts(**found) if found.get("form") in FORMS else None


def _reason(reason: Reason) -> Mapping[str, str]:
    return {"code": reason.code, "text": sentence(reason.text), "fix": brief(reason.fix)}


def _story_line(event: Event) -> Mapping[str, str]:
    return {"at": moment(event.at)["S"], "text": sentence(event.text)}
