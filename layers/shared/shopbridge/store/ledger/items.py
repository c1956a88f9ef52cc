"""A record of the ledger as an item of the state table, and back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.ledger import (
    FORMS,
    EffectKey,
    Event,
    IndexedOrder,
    LedgerRecord,
    OfficeFacts,
    OrderFacts,
    PaymentFacts,
    Reason,
    SkippedOrder,
)
from shopbridge.model.office import OfficeDocument
from shopbridge.ports import FoundOrder
from shopbridge.store.items import Item, brief, compact, forget_after, key, moment, plain, read_moment, sentence, text

PREFIX = "LEDGER#"
IN_OFFICE = "OFFICE#"
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
    ("lease_until", "moved_at", "sent_at", "updated_at", "found_at"),
    ("sent_total", "total"),
)
FACTS = ("facts", "newer", "office")
_NAMES_OF_FACTS = tuple(OrderFacts.model_fields)
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def item_key(effect: EffectKey) -> Item:
    """Return the primary key of an effect."""
    return key(effect.connection, f"{PREFIX}{effect.kind}#{effect.id}")


def office_key(connection: ConnectionId, effect: ExternalId) -> Item:
    """Return the primary key under which an order is found by what the back office calls it."""
    return key(connection, f"{IN_OFFICE}{effect}")


def office_item(record: LedgerRecord) -> Item:
    """Return what leads to an imported order from there."""
    return {**office_key(record.key.connection, record.external_id or ExternalId("")), "order": text(record.key.id)}


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
        "history": compact(_story(record.history[-LONGEST_STORY:])),
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
    history = tuple(_read_story(plain(item["history"])))
    found: dict[str, Any] = {name: item[name]["S"] for name in (*WORDS, *LATER_WORDS, *NAMES) if name in item}
    found |= {name: read_moment(item[name]) for name in MOMENTS if name in item}
    found |= {name: Decimal(item[name]["S"]) for name in AMOUNTS if name in item}
    return LedgerRecord(
        key=EffectKey(connection=ConnectionId(item["connection"]["S"]), kind=kind, id=effect),
        facts=_facts(item, "facts"),
        newer=_facts(item, "newer"),
        office=OfficeFacts(**plain(item["office"])) if "office" in item else None,
        left=_reason_or_none(item, "left"),
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
    return SkippedOrder(
        id=order_of(entry),
        reference=entry["reference"]["S"],
        reason=_reason_or_none(entry) or NO_REASON,
        since=read_moment(entry["skipped_at"]),
    )


def order_of(entry: Item) -> OrderId:
    """Return which order an entry of an index is of."""
    return OrderId(entry["record"]["S"].split("#", 2)[2])


def listed_order(entry: Item) -> FoundOrder:
    """Return the order of an entry of the index ``orders``, and its place there."""
    return FoundOrder(read_moment(entry["found_at"]), order_of(entry))


def indexed_order(entry: Item) -> IndexedOrder:
    """Return the order of an entry of the index ``orders``."""
    return IndexedOrder(
        id=order_of(entry),
        reference=entry["reference"]["S"],
        external_number=entry["external_number"]["S"],
        found_at=read_moment(entry["found_at"]),
        state=entry["state"]["S"],
        waits="held_in" in entry,
        buyer=entry["buyer"]["S"] if "buyer" in entry else "",
    )


def _reason_or_none(item: Item, name: str = "reason") -> Reason | None:
    return Reason(**plain(item[name])) if name in item else None


def _lease(record: LedgerRecord) -> Item:
    if record.lease_owner is None or record.lease_until is None:
        return {}
    return {"lease_owner": text(record.lease_owner), "lease_until": moment(record.lease_until)}


def _outcome(record: LedgerRecord) -> Item:
    found = {
        "found_at": moment(record.found_at) if record.found_at else None,
        "sent_at": moment(record.sent_at) if record.sent_at else None,
        "moved_at": moment(record.moved_at) if record.moved_at else None,
        "external_id": text(record.external_id) if record.external_id is not None else None,
        "reason": compact(_reason(record.reason)) if record.reason else None,
        "left": compact(_reason(record.left)) if record.left else None,
    }
    found |= {name: _facts_item(facts) for name in FACTS if (facts := getattr(record, name))}
    amounts = {name: text(str(amount)) for name in AMOUNTS if (amount := getattr(record, name)) is not None}
    return {**{name: value for name, value in found.items() if value is not None}, **amounts}


def _marks(record: LedgerRecord) -> Item:
    # One that a worker has in hand is written again within seconds: then it costs the index one write, not two.
    in_hand = record.state in ("INTENT", "SENT") and record.lease_owner is not None
    listed = record.key.kind == "order" and record.found_at is not None and not in_hand
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


def _facts_item(facts: OrderFacts | OfficeFacts) -> Item:
    """Those of an order without their names, which would be half of it: a record is to cost one write unit, 1 KB."""
    if isinstance(facts, OfficeFacts):
        return text(facts.model_dump_json(exclude_defaults=True))
    return compact([_fact(getattr(facts, name)) for name in _NAMES_OF_FACTS])


def _fact(value: object) -> object:
    if isinstance(value, PaymentFacts):
        return [_fact(getattr(value, name)) for name in PaymentFacts.model_fields]
    return str(value) if isinstance(value, Decimal) else value


def _facts(item: Item, name: str) -> OrderFacts | None:
    """Facts of a form that nobody makes any more are as good as none: they are learnt anew."""
    found: Any = plain(item[name]) if name in item else {}
    if isinstance(found, list):  # records of before have the names as well
        found = dict(zip(_NAMES_OF_FACTS, found, strict=True))
        paid = found["payment"]
        found["payment"] = dict(zip(PaymentFacts.model_fields, paid, strict=True)) if paid else None
    return OrderFacts(**found) if found.get("form") in FORMS else None


def _reason(reason: Reason) -> Mapping[str, str]:
    return {"code": reason.code, "text": sentence(reason.text), "fix": brief(reason.fix)}


def _story(events: Sequence[Event]) -> Sequence[tuple[int, str]]:
    """Each line with the microseconds since the one before it; the first with those since 1970."""
    before, lines = _EPOCH, []
    for event in events:
        lines.append(((event.at - before) // _TICK, sentence(event.text)))
        before = event.at
    return lines


def _read_story(lines: Sequence[Any]) -> Iterator[Event]:
    """Records of before have a moment in each line."""
    at = _EPOCH
    for line in lines:
        if isinstance(line, dict):
            yield Event(**line)
        else:
            passed, words = line
            at += passed * _TICK
            yield Event(at=at, text=words)
