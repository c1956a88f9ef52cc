"""Why an order is where it is: in a sentence, with what to do, what it holds, and what is there on either side.

An order that the ledger knows has its conclusion; one that it never saw is looked for in the shop, and judged as the
import would judge it. Nothing is written on either side, nor in the ledger.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shopbridge.errors import Held, NeedsAttention, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge, Job, load, open_job
from shopbridge.flows.operations.orders.unseen import OrderAnswer, at_a_limit, judged, later
from shopbridge.flows.orders.filter import skip_reason
from shopbridge.flows.orders.privacy import with_key
from shopbridge.flows.orders.records import order_key
from shopbridge.model.base import ConnectionId, ExternalId, OrderId
from shopbridge.model.desk_operations import Why
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.office import UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Sighting


@dataclass(frozen=True)
class _Looked:
    """What the shop told of the orders that are asked for; ``silent`` says why it told nothing, ``fix`` what to do."""

    found: tuple[Sighting, ...] = ()
    silent: str = ""
    fix: str = ""

    def of(self, order_id: str) -> Sighting | None:
        """The order with this id."""
        return next((each for each in self.found if each.order.id == order_id), None)


def why(bridge: Bridge, request: Why) -> dict[str, Any]:
    """Tell why an order is where it is, or why it never came in.

    Returns:
        ``answer`` and ``fix``: what is to be said of the number as a whole. ``orders``: each order that has it, with
        ``group`` (one of those of the list of orders; ``left_out``, ``not_read`` or ``missed`` for one
        that never came in), ``code``, ``answer`` and ``fix``; ``shop``: what it is there, with its lines, None where
        the shop does not tell it (``shop_says``: why not); ``document``: what the back office has of it, None where
        there is nothing (``office_says``); ``links``: where people look at it on either side, by side.

    Raises:
        BridgeError: There is no such connection.
    """
    connection = with_key(bridge, load(bridge, request.connection))
    job = replace(open_job(bridge, connection), planning=True)
    records = _known(bridge, connection.id, request.order)
    looked = _look(job, records, request.order)
    is_number = all(request.order == record.reference != record.key.id for record in records)
    if is_number:  # an id, and a number of the back office, name one order; others may share its number in the shop
        records += _known_by_shop(job, records, looked, request.order)
    known = {record.key.id for record in records}
    told = [_known_order(job, record, looked) for record in records]
    if is_number:
        told += [_unseen_order(job, each) for each in looked.found if each.order.id not in known]
    return {"id": connection.id, "order": request.order, **_whole(job, request.order, told, looked), "orders": told}


def _known(bridge: Bridge, connection: ConnectionId, name: str) -> list[LedgerRecord]:
    """By their id; or else by number on either side, from the index of all orders; or by the back office's id."""
    if by_id := bridge.ledger.get(order_key(connection, name)):
        return [by_id]
    if named := bridge.ledger.of_office(connection, [ExternalId(name)]):
        return list(named.values())
    return list(bridge.ledger.numbered(connection, name) or bridge.ledger.find_in_office(connection, name))


def _known_by_shop(job: Job, records: Sequence[LedgerRecord], looked: _Looked, name: str) -> Sequence[LedgerRecord]:
    """What the index does not have: orders of before, and those that a worker has in hand.

    Where the shop tells an order's id, the ledger is asked for it; all orders are read through for the rest alone.
    """
    ledger, connection = job.bridge.ledger, job.connection.id
    known = {record.key.id for record in records}
    ids = [OrderId(each.order.id) for each in looked.found if each.order.id not in known]
    found = list(ledger.orders(connection, ids).values()) if ids else []
    return found if found or records or looked.found else ledger.find(connection, name)


def _look(job: Job, records: Sequence[LedgerRecord], asked: str) -> _Looked:
    """Ask the shop for the numbers of these records, or for the number that is asked for where there are none."""
    numbers = list(dict.fromkeys(record.reference for record in records if record.reference)) or [asked]
    nameless = [OrderId(record.key.id) for record in records if not record.reference]
    try:
        source = job.shop.order_source
        found = [each for number in numbers for each in source.named(number)] if not nameless else []
        if nameless or not (found or records):
            orders, unreadable = source.read(nameless or [OrderId(asked)])
            found += [*map(Sighting, orders), *map(Sighting, unreadable)]
    except (RetryLater, NeedsAttention, Rejected) as error:
        return _Looked(silent=f"The shop cannot be asked: {error.what}.", fix=later(error))
    return _Looked(tuple({each.order.id: each for each in found}.values()))


def _whole(job: Job, number: str, told: Sequence[Mapping[str, Any]], looked: _Looked) -> dict[str, str]:
    if len(told) > 1:
        fix = "Name the one you mean by its id."
        return {"answer": f"{len(told)} orders have the number {number}.", "fix": fix}
    if told:
        return {"answer": told[0]["answer"], "fix": told[0]["fix"]}
    if looked.silent:
        return {"answer": f"No order {number} has come in. {looked.silent}", "fix": looked.fix}
    shop = job.bridge.platforms.traits(job.connection, "shop").title
    fix = "Compare the number with the shop's own list: it was deleted there, or belongs to another shop."
    return {"answer": f"The shop ({shop}) has no order {number}, and none has come in.", "fix": fix}


# --- orders that the ledger knows ---------------------------------------------------------------------------------


def _known_order(job: Job, record: LedgerRecord, looked: _Looked) -> dict[str, Any]:
    sighting = looked.of(record.key.id)
    order = sighting.order if sighting and isinstance(sighting.order, Order) else None
    document, office_says = _document(job, record)
    return {
        "order": record.reference or record.key.id,
        "id": record.key.id,
        "channel": record.channel,
        "group": record.group,
        "code": record.reason.code if record.reason else "",
        "since": record.updated_at,
        **_conclusion(job, record, order)._asdict(),
        "shop": _told_of(order) if order else None,
        "shop_says": "" if order else _missing(sighting, looked),
        "document": document,
        "office_says": office_says,
        "links": _links(job, record.key.id, record.external_id),
    }


def _missing(sighting: Sighting | None, looked: _Looked) -> str:
    if looked.silent:
        return looked.silent
    if sighting is not None and isinstance(sighting.order, UnreadableOrder):
        return sighting.order.text
    return "The shop does not give out the order any more: it was deleted there, or its sales channel is not read."


def _conclusion(job: Job, record: LedgerRecord, order: Order | None) -> OrderAnswer:
    match record.group:
        case "imported":
            return _imported(job, record)
        case "on_the_way":
            return _on_the_way(job, record)
        case "skipped":
            return _skipped(job, record, order)
    done = f"It is imported as {record.office_order}, and waits for you. " if record.state == "DONE" else ""
    reason = record.reason
    text = reason.text if reason else "It waits for you."
    return OrderAnswer(f"{done}{text}", reason.fix if reason else "Look at its story, then `resend` or `skip` it.")


def _imported(job: Job, record: LedgerRecord) -> OrderAnswer:
    text = f"It is imported: the back office has it as {record.office_order}."
    if not record.follow_ups:
        return OrderAnswer(text, "")
    waits = " ".join(at_a_limit(job))
    text = f"{text} Still to be done: {', '.join(record.follow_ups)}. {waits}".rstrip()
    return OrderAnswer(text, "Nothing: it goes on by itself.")


def _on_the_way(job: Job, record: LedgerRecord) -> OrderAnswer:
    last = f" {record.history[-1].text}" if record.history else ""
    waits = " ".join(at_a_limit(job))
    text = f"It is on its way since {record.updated_at:%Y-%m-%d %H:%M} UTC.{last} {waits}".rstrip()
    return OrderAnswer(text, f"Nothing: it goes on by itself. If it stays so for hours, `resend {record.reference}`.")


def _skipped(job: Job, record: LedgerRecord, order: Order | None) -> OrderAnswer:
    text = record.reason.text if record.reason else "It was left out."
    fix = record.reason.fix if record.reason else ""
    if order is None or record.is_set_aside or skip_reason(job.connection, order, record.origin):
        return OrderAnswer(f"It was left out. {text}", fix)
    return OrderAnswer(
        f"It was left out. {text} As it stands in the shop now, it would be taken.",
        f"`poll` brings it if it changed a moment ago; `resend {record.reference}` does in any case.",
    )


def _document(job: Job, record: LedgerRecord) -> tuple[dict[str, Any] | None, str]:
    """What the back office has of the order, and what stands in the way of telling all of it."""
    if record.external_id is None:
        return None, ""
    known = {"id": record.external_id, "number": record.external_number, "total": record.total, "tax": None, "url": ""}
    try:
        seen = _seen_there(job, record.external_id)
    except (RetryLater, NeedsAttention) as error:
        return known, f"The back office cannot be asked: {error.what}."
    except (Held, Rejected) as error:
        return known, f"The back office does not give it out: {error.what}."
    if seen is None:
        return known, "The back office does not have it any more."
    return {**known, **{name: value for name, value in seen.items() if value not in (None, "")}}, ""


def _seen_there(job: Job, office_id: ExternalId) -> dict[str, Any] | None:
    """As of now; None where it is not there, what is not told is empty."""
    progress = job.office.order_progress
    if progress is None:
        receipt = job.office.order_target.read(office_id)
        return {"number": receipt.number, "total": receipt.total, "tax": receipt.tax}
    found = next((each for each in progress.read([office_id]) if each.id == office_id), None)
    if found is None:
        return None
    return {"number": found.number, "total": found.total, "url": found.document_url}


def _told_of(order: Order) -> dict[str, Any]:
    """An order as it stands in the shop, with its lines; nothing of its buyer."""
    return {
        "placed_at": order.placed_at,
        "status": order.shown_status,
        "payment": order.payment.status if order.payment else "none",
        "paid_by": order.payment.method if order.payment else "",
        "total": order.totals.gross,
        "currency": order.currency,
        "lines": [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity, "total": line.total} for line in order.lines
        ],
    }


def _links(job: Job, order_id: str, office_id: str | None) -> dict[str, str]:
    return dict(_pages(job, order_id, office_id))


def _pages(job: Job, order_id: str, office_id: str | None) -> Iterator[tuple[str, str]]:
    platforms, settings = job.bridge.platforms, job.connection.settings
    if page := platforms.order_page(settings, "shop", order_id):
        yield "shop", page
    if office_id and (page := platforms.order_page(settings, "office", office_id)):
        yield "office", page


# --- orders that it never saw -------------------------------------------------------------------------------------


def _unseen_order(job: Job, sighting: Sighting) -> dict[str, Any]:
    order = sighting.order
    group, code, verdict = judged(job, sighting)
    return {
        "order": order.number or order.id,
        "id": order.id,
        "channel": order.channel if isinstance(order, Order) else "",
        "group": group,
        "code": code,
        "since": None,
        **verdict._asdict(),
        "shop": _told_of(order) if isinstance(order, Order) else None,
        "shop_says": "" if isinstance(order, Order) else order.text,
        "document": None,
        "office_says": "",
        "links": _links(job, order.id, None),
    }
