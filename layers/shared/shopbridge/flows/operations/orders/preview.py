"""An order as it would be sent, without sending it; and what other settings would make otherwise of the last ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from shopbridge.errors import Held, NotFound, Rejected
from shopbridge.flows.bridge import Bridge, Job, load, open_job
from shopbridge.flows.failures import reason_of
from shopbridge.flows.operations.connections.basics import NotVerified, stored_secrets
from shopbridge.flows.operations.connections.save import refuse_older
from shopbridge.flows.operations.connections.verify import Report
from shopbridge.flows.operations.connections.versions import version_of, with_one
from shopbridge.flows.orders.drafts import draft_order
from shopbridge.flows.orders.filter import first_moment, skip_reason
from shopbridge.flows.orders.privacy import hide_buyer, with_key
from shopbridge.flows.orders.records import records_of
from shopbridge.flows.orders.references import reference_of
from shopbridge.flows.orders.resolve import translate_values
from shopbridge.model.base import OrderId
from shopbridge.model.connection import SIDES, Connection, ConnectionSettings
from shopbridge.model.desk_operations import Preview
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.order import Order
from shopbridge.ports import OrderSearch

ENDS_WITH = 30.0
"""Seconds left at which no further order is tried; the answer says so."""
FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What would become of an order.

    Attributes:
        becomes: ``sent``, ``skipped`` or ``held``.
        draft: What would be sent, in the back office's own fields.
        note: What would be kept beside it.
    """

    becomes: str
    reason: Reason | None = None
    draft: Mapping[str, Any] | None = None
    note: str = ""


def preview(bridge: Bridge, request: Preview) -> dict[str, Any]:
    """Try one order, or the last ones that came in, as far as the time reaches; nothing is written on either side.

    Where none has come in yet, the shop's newest are tried.

    Returns:
        ``orders``: each with what ``becomes`` of it, and its ``draft`` and ``note`` or its reason; where other settings
        are given, also what they would make of it (``then``) and what is otherwise (``changes``); where the back office
        has it, its number and totals ``there``. ``differ``: how many orders would be otherwise. ``complete``: False
        where the time ended before all were tried.

    Raises:
        NotFound: There is no such connection, order or version.
        Conflict: The settings were made from an older version.
        NotVerified: The settings do not fit the connectors.
    """
    connection = with_key(bridge, load(bridge, request.connection))
    now = replace(open_job(bridge, connection), planning=True)
    other = _other_settings(bridge, connection, request)
    then = _job_of(bridge, connection, other) if other else None
    told: list[dict[str, Any]] = []
    complete = True
    for order, record in _chosen(now, request):
        if bridge.deadline.remaining() < ENDS_WITH:
            complete = False
            break
        each = tried(now, then, order, record)
        told.append(hide_buyer(order, each) if request.hide_buyer else each)
    differ = sum(bool(each["changes"]) for each in told)
    return {"id": connection.id, "orders": told, "differ": differ, "complete": complete}


def _other_settings(bridge: Bridge, connection: Connection, request: Preview) -> ConnectionSettings | None:
    """What is tried beside the stored ones; None where nothing is."""
    if request.settings is not None:
        if request.version is not None:
            refuse_older(connection, request.version)
        return request.settings
    if request.to is not None:
        return version_of(bridge, request.connection, request.to).settings
    return with_one(connection, request.path, request.value) if request.path else None


def _job_of(bridge: Bridge, connection: Connection, settings: ConnectionSettings) -> Job:
    """The same connection with settings that are not stored, and connectors made of them."""
    secrets = stored_secrets(bridge, connection.id)
    problems = [
        each for side in SIDES for each in bridge.platforms.check_settings(settings, side, secrets.get(side, {}))
    ]
    if problems:
        raise NotVerified(Report(tuple(problems), ()))
    shop, office = (bridge.platforms.trial(settings, side, secrets.get(side, {})) for side in ("shop", "office"))
    changed = connection.model_copy(update={"settings": settings})
    return Job(bridge, changed, shop, office, planning=True)


def _chosen(job: Job, request: Preview) -> Iterator[tuple[Order, LedgerRecord | None]]:
    """The orders as they stand in the shop, with what is known of them."""
    records = _records(job, request)
    if not (records or request.order):
        yield from ((order, None) for order in _of_shop(job, request.last))
        return
    ids = list(records) or [OrderId(request.order)]
    orders, unreadable = job.shop.order_source.read(ids)
    if not orders:
        why = unreadable[0].text if unreadable else "The shop has no such order, or does not give it out"
        raise NotFound(why, where=job.connection.id, fix="Name another one, or none for the last that came in.")
    for order in orders:
        yield order, records.get(order.id)


def _records(job: Job, request: Preview) -> Mapping[OrderId, LedgerRecord]:
    connection = job.connection.id
    if request.order:
        found: Sequence[LedgerRecord] = records_of(job.bridge, connection, request.order)
        return {OrderId(each.key.id): each for each in found[: request.last]}
    last = OrderSearch(FIRST_DAY, job.bridge.clock() + timedelta(days=1), few=request.last)
    ids = [each.id for each in islice(job.bridge.ledger.search(connection, last), request.last)]
    known = job.bridge.ledger.orders(connection, ids)
    return {each: known[each] for each in ids if each in known}


def _of_shop(job: Job, last: int) -> Sequence[Order]:
    """Where none has come in yet."""
    if found := newest_in_shop(job, last):
        return found
    fix = "Name one by its id, or wait for the first."
    raise NotFound("No order has come in yet, and the shop has none to import", where=job.connection.id, fix=fix)


def newest_in_shop(job: Job, last: int) -> Sequence[Order]:
    """Return the newest of the first orders that an import reads, at most ``last``, newest first."""
    page = job.shop.order_source.changed(first_moment(job.connection), None)
    newest = sorted(page.orders, key=lambda order: order.placed_at, reverse=True)
    return newest[:last]


def tried(now: Job, then: Job | None, order: Order, record: LedgerRecord | None) -> dict[str, Any]:
    """Return what would become of an order now, and with other settings (``then``)."""
    origin = record.origin if record else "poll"
    first = outcome_of(now, order, origin)
    other = outcome_of(then, order, origin) if then else None
    changes = [*_changes(first, other)] if other else []
    return {
        "order": order.number,
        "id": order.id,
        "state": record.state if record else "",
        **_shown(first),
        **({"then": _shown(other)} if other else {}),
        "changes": changes,
        "there": _there(now, record),
    }


def outcome_of(job: Job, order: Order, origin: str) -> Outcome:
    """Return what the import would make of an order; nothing is written where the job is one of planning."""
    skipped = skip_reason(job.connection, order, origin)
    if skipped is not None:
        return Outcome("skipped", skipped)
    try:
        draft = draft_order(job, order, reference_of(job, order))
        note = job.office.order_target.plan_note(order, translate_values(job.settings.maps, order))
    except (Held, Rejected) as error:
        return Outcome("held", reason_of(error))
    return Outcome("sent", draft=draft.payload, note=note)


def _shown(outcome: Outcome) -> dict[str, Any]:
    reason = outcome.reason or Reason(code="", text="")
    return {
        "becomes": outcome.becomes,
        "code": reason.code,
        "reason": reason.text,
        "fix": reason.fix,
        "draft": outcome.draft,
        "note": outcome.note,
    }


def _there(job: Job, record: LedgerRecord | None) -> dict[str, Any] | None:
    """What the back office has; None where it has nothing, or cannot say."""
    if record is None or record.external_id is None:
        return None
    try:
        receipt = job.office.order_target.read(record.external_id)
    except (Held, Rejected):
        return None
    return {"id": receipt.id, "number": receipt.number, "total": receipt.total, "tax": receipt.tax}


def _changes(before: Outcome, after: Outcome) -> Iterator[str]:
    """What is otherwise: what becomes of it, or each field of the draft, with its place."""
    if before.becomes != after.becomes or before.reason != after.reason:
        yield f"{_told(before)} → {_told(after)}"
    old, new = dict(flat(before.draft or {})), dict(flat(after.draft or {}))
    for place in {**old, **new}:
        if old.get(place) != new.get(place) and before.draft and after.draft:
            yield f"{place}: {_value(old.get(place))} → {_value(new.get(place))}"
    if before.note != after.note and before.becomes == after.becomes == "sent":
        yield "the note beside it"


def _told(outcome: Outcome) -> str:
    return f"{outcome.becomes} ({outcome.reason.code})" if outcome.reason else outcome.becomes


def flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every single value of a draft with its place, such as ``("rows[2].price", "5.00")``."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from flat(part, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value, start=1):
            yield from flat(part, f"{place}[{number}]")
    else:
        yield place, value


def _value(value: object) -> str:
    return "none" if value is None else str(value)
