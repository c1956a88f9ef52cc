"""Ledger records as items, attribute by attribute."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.ledger import EffectKey, Event, LedgerRecord, Reason, SkippedOrder
from shopbridge.model.order_facts import FORMS, OrderFacts
from shopbridge.store.items import Item, brief, compact, forget_after, key, moment, plain, read_moment, sentence, text

PREFIX = "LEDGER#"
KEEP_SKIPPED = timedelta(days=60)
"""What was skipped left nothing behind, so it may be forgotten; should it change later, it is judged anew."""
KEEP_CUSTOMERS = timedelta(days=30)
"""The record of a created customer counts while the back office's list may not show it yet, which is minutes."""
NO_REASON = Reason(code="", text="")
LONGEST_STORY = 40
WORDS = ("state", "revision", "reference", "origin", "source_status", "external_number")
LATER_WORDS = ("channel", "sent_as", "buyer")
"""Words that records of before do not have; left out when they are empty."""


def record_name(effect: EffectKey) -> str:
    """The range key of an effect."""
    return f"{PREFIX}{effect.kind}#{effect.id}"


def item_key(effect: EffectKey) -> Item:
    """The primary key of an effect."""
    return key(effect.connection, record_name(effect))


def to_item(record: LedgerRecord) -> Item:
    """A record as it is stored; what is empty is left out, a free lease too."""
    return {
        **item_key(record.key),
        "state": text(record.state),
        "revision": text(record.revision),
        "reference": text(record.reference),
        "origin": text(record.origin),
        "source_status": text(record.source_status),
        "external_number": text(record.external_number),
        **{name: text(getattr(record, name)) for name in LATER_WORDS if getattr(record, name)},
        "follow_ups": follow_ups(record),
        "history": compact([_story_line(event) for event in record.history[-LONGEST_STORY:]]),
        "updated_at": moment(record.updated_at),
        **_lease(record),
        **_outcome(record),
        **_marks(record),
    }


def follow_ups(record: LedgerRecord) -> Item:
    """What is still to be done, as stored; a claim compares it."""
    return compact(list(record.follow_ups))


def from_item(item: Item) -> LedgerRecord:
    """The record of an item."""
    _, kind, effect = item["record"]["S"].split("#", 2)
    words: dict[str, Any] = {name: item[name]["S"] for name in (*WORDS, *LATER_WORDS) if name in item}
    return LedgerRecord(
        key=EffectKey(connection=ConnectionId(item["connection"]["S"]), kind=kind, id=effect),
        lease_owner=_text_or_none(item, "lease_owner"),
        lease_until=_moment_or_none(item, "lease_until"),
        sent_at=_moment_or_none(item, "sent_at"),
        external_id=ExternalId(item["external_id"]["S"]) if "external_id" in item else None,
        sent_total=_amount_or_none(item, "sent_total"),
        total=_amount_or_none(item, "total"),
        facts=_facts(item),
        reason=_reason_or_none(item),
        follow_ups=tuple(plain(item["follow_ups"])),
        history=tuple(Event(**line) for line in plain(item["history"])),
        updated_at=read_moment(item["updated_at"]),
        **words,
    )


def skipped_order(entry: Item) -> SkippedOrder:
    """The order of an entry of the index ``skipped``."""
    _, _, order = entry["record"]["S"].split("#", 2)
    return SkippedOrder(
        id=order,
        reference=entry["reference"]["S"],
        reason=_reason_or_none(entry) or NO_REASON,
        since=read_moment(entry["skipped_at"]),
    )


def _reason_or_none(item: Item) -> Reason | None:
    return Reason(**plain(item["reason"])) if "reason" in item else None


def _lease(record: LedgerRecord) -> Item:
    if record.lease_owner is None or record.lease_until is None:
        return {}
    return {"lease_owner": text(record.lease_owner), "lease_until": moment(record.lease_until)}


def _outcome(record: LedgerRecord) -> Item:
    found = {
        "sent_at": moment(record.sent_at) if record.sent_at else None,
        "external_id": text(record.external_id) if record.external_id is not None else None,
        "sent_total": text(str(record.sent_total)) if record.sent_total is not None else None,
        "total": text(str(record.total)) if record.total is not None else None,
        "facts": text(record.facts.model_dump_json(exclude_none=True)) if record.facts else None,
        "reason": compact(_reason(record.reason)) if record.reason else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _marks(record: LedgerRecord) -> Item:
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


def _text_or_none(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _amount_or_none(item: Item, name: str) -> Decimal | None:
    return Decimal(item[name]["S"]) if name in item else None


def _moment_or_none(item: Item, name: str) -> Any:
    return read_moment(item[name]) if name in item else None
