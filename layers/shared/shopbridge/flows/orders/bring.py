"""What is new of an order in the back office is brought to the shop, and both sides' statuses into line.

Both sides are looked at right before anything is written, so a hint that is late, comes twice or was overtaken does no
harm, and neither does a crash: who comes next looks again. What we wrote is read back, so what comes of it is no news.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from shopbridge.errors import Held, Rejected, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.changes import CANCELLED, STATUS, tell
from shopbridge.flows.orders.differences import facts_after_write_back
from shopbridge.flows.orders.resolve import value
from shopbridge.flows.orders.statuses import Life, OrderSide, Verdict, judge
from shopbridge.flows.orders.steps import (
    DOCUMENT,
    LINK,
    SHIPMENTS,
    STATUSES,
    STATUSES_DIFFER,
    Done,
    FollowUp,
    ask_stock,
    given_up,
    wants_stock,
)
from shopbridge.mapping.names import folded
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.ledger import LedgerRecord, OfficeFacts, OrderFacts, Reason
from shopbridge.model.order import Order
from shopbridge.model.progress import OrderProgress

TO_SHOP, TO_OFFICE = "status_to_shop", "status_to_office"
"""A status that one side refused, as a resend takes it up again."""
BRINGING = frozenset({STATUSES, SHIPMENTS, LINK, TO_SHOP, TO_OFFICE})
"""Steps that need a look at the back office."""


def follows(job: Job) -> bool:
    """Tell whether the shop is told what becomes of an order in the back office."""
    return job.settings.changes.follows and job.office.order_progress is not None


def aligns(job: Job) -> bool:
    """Tell whether both sides' statuses are kept in line: the shop's follows the back office's."""
    progress = job.office.order_progress
    return job.settings.changes.moves and progress is not None and bool(progress.tells & {"status", "cancelled"})


def look(job: Job, order_id: OrderId, office_id: ExternalId | None) -> tuple[Order | None, OrderProgress | None]:
    """Return the order as both sides have it this moment; None where one does not have it, or cannot be understood.

    Raises:
        RetryLater, NeedsAttention, Rejected: A side cannot be asked.
    """
    progress = progress_of(job, office_id) if office_id is not None else None
    found, _ = job.shop.order_source.read([order_id])
    return next((each for each in found if each.id == order_id), None), progress


def progress_of(job: Job, office_id: ExternalId) -> OrderProgress | None:
    """Return the order as the back office has it; None where it does not have it, or tells nothing."""
    source = job.office.order_progress
    found = source.read([office_id]) if source else ()
    return next((each for each in found if each.id == office_id), None)


def with_progress(record: LedgerRecord, progress: OrderProgress, steps: tuple[str, ...]) -> LedgerRecord:
    """Plan these steps; a new number is known from now on."""
    number = progress.number if DOCUMENT in steps else record.external_number
    planned = tuple(dict.fromkeys((*record.follow_ups, *steps)))
    return record.model_copy(update={"follow_ups": planned, "external_number": number})


def created_as(job: Job, order: Order) -> OfficeFacts | None:
    """Return how the back office has an order that was just made there; None where it tells nothing of it later."""
    if job.office.order_progress is None:
        return None
    return OfficeFacts(status=office_word(job, order) or "")


def office_word(job: Job, order: Order, status: str | None = None) -> str | None:
    """Return the back office's word for the order's status, or for another one of the shop; None where it has none."""
    with suppress(Held):
        return value(job.settings.maps.status, "status", [status or order.status], f"order {order.number}")
    return None


# --- statuses -----------------------------------------------------------------------------------------------------


def align(owed: str, work: FollowUp) -> Done:
    """Bring both sides' statuses into line: nothing, or one write.

    Args:
        owed: The side that a person sends again what it refused before (``shop``, ``office``); empty for neither.
    """
    if work.progress is None or not aligns(work.job):
        return "", {"moved_at": None}
    shop, office = _shop_standing(work, owed), _office_standing(work, work.progress, owed)
    verdict = judge(shop, office, *_lives(work.job))
    moves = [
        f"The shop's status is now {work.order.shown_status!r}." if shop.moved and owed != "office" else "",
        f"The back office's status is now {work.progress.shown_status!r}." if office.moved and owed != "shop" else "",
    ]
    text, done = _ACTS[verdict.act](work, verdict)
    return " ".join(filter(None, (*moves, text))), {**_settled(work), **done}


def _shop_standing(work: FollowUp, owed: str) -> OrderSide:
    order, record = work.order, work.record
    return OrderSide(
        was="" if owed == "office" else record.source_status,
        now=order.status,
        at=order.status_at or record.moved_at or work.job.bridge.clock(),
        leads_to=_told_as(work),
        cancelled=order.cancelled,
    )


def _told_as(work: FollowUp) -> str | None:
    """The word by which the back office would be told; None where it takes neither the status nor the end."""
    changes = work.job.office.order_changes
    takes = changes.takes if changes else frozenset()
    if "status" in takes or (work.order.cancelled and "cancelled" in takes):
        return office_word(work.job, work.order) or work.order.status
    return None


def _office_standing(work: FollowUp, progress: OrderProgress, owed: str) -> OrderSide:
    seen = work.record.office
    was = seen.status if seen else office_word(work.job, work.order, work.record.source_status) or ""
    return OrderSide(
        was="" if owed == "shop" else was,
        now=progress.status,
        at=progress.changed_at,
        leads_to=_leads_to(work.job, progress),
        cancelled=progress.cancelled,
        was_cancelled=seen.cancelled if seen else False,
    )


def _leads_to(job: Job, progress: OrderProgress) -> str | None:
    changes = job.settings.changes
    named = {folded(key): status for key, status in changes.statuses.items()}
    if progress.cancelled and changes.cancelled:
        return changes.cancelled
    return named.get(folded(progress.status))


def _lives(job: Job) -> tuple[Life, Life]:
    changes = job.settings.changes
    back = changes.may_go_back
    return Life.of(changes.statuses.values(), back), Life.of(changes.statuses, back)


def _settled(work: FollowUp) -> dict[str, Any]:
    """What both sides were seen to be: nothing of it is news from now on."""
    facts, progress = work.record.facts, work.progress
    seen: dict[str, Any] = {"source_status": work.order.status, "moved_at": None}
    if progress is not None:
        seen["office"] = _office(work.record, progress)
        if facts and progress.cancelled == work.order.cancelled:
            seen["facts"] = facts.model_copy(update={"cancelled": progress.cancelled})
    return seen


def _office(record: LedgerRecord, progress: OrderProgress) -> OfficeFacts:
    seen = record.office or OfficeFacts()
    return seen.model_copy(update={"status": progress.status, "cancelled": progress.cancelled})


def _nothing(_: FollowUp, verdict: Verdict) -> Done:
    return verdict.why, {}


def _to_office(work: FollowUp, verdict: Verdict) -> Done:
    job, order = work.job, work.order
    takes = job.office.order_changes.takes if job.office.order_changes else frozenset()
    step = CANCELLED if order.cancelled and "cancelled" in takes else STATUS
    try:
        done = tell(job, order, work.office_id, step, first=work.first_try)
    except (Held, Rejected) as error:
        return given_up(job, work.record, step, error, again=TO_OFFICE)
    told: dict[str, Any] = {"external_number": done.number or work.record.external_number}
    told["office"] = _office_after(work, verdict.status)
    if step == CANCELLED:
        told["facts"] = _cancelled(work.record.facts)
    return done.text, told


def _office_after(work: FollowUp, status: str) -> OfficeFacts:
    """How the office has it now: as it was told, or as it was. Anything else is a move of somebody there, and news."""
    before, now = work.progress, None
    with suppress(RetryLater):
        now = progress_of(work.job, work.office_id)
    seen = work.record.office or OfficeFacts()
    if before and now and now.status == before.status and now.cancelled <= before.cancelled:
        return _office(work.record, now)
    if now and now.cancelled and work.order.cancelled:
        return _office(work.record, now)
    return seen.model_copy(update={"status": status, "cancelled": bool(now and now.cancelled)})


def _to_shop(work: FollowUp, verdict: Verdict) -> Done:
    job, order = work.job, work.order
    try:
        text = job.shop.order_status.set_status(order.id, verdict.status)
    except (Held, Rejected) as error:
        return given_up(job, work.record, TO_SHOP, error, again=TO_SHOP)
    job.bridge.activity.info(
        "order_followed", job.connection.id, order=order.number, step=STATUSES, status=verdict.status
    )
    now = _shop_after(work, verdict.status)
    facts = facts_after_write_back(work.record.facts) if work.record.facts else None
    done: dict[str, Any] = {"source_status": now.status, "facts": facts}
    if now.cancelled and work.progress and work.progress.cancelled:
        if wants_stock(job, work.record.origin):
            ask_stock(job, order)
        return text, {**done, "facts": _cancelled(facts)}
    if now.cancelled:
        apart, left = _apart(work, Verdict("apart", why=_TAKEN_UP))
        return f"{text} {apart}", {**done, **left}
    return text, done


_TAKEN_UP = "The back office took the order up again, and the shop keeps it cancelled."


def _shop_after(work: FollowUp, status: str) -> Order:
    """As of the office: the shop may have left the order where it was."""
    found: Sequence[Order] = ()
    with suppress(RetryLater):
        found, _ = work.job.shop.order_source.read([work.order.id])
    now = next((each for each in found if each.id == work.order.id), work.order)
    is_ours = now.status in (status, work.order.status)
    return now if found and is_ours else work.order.model_copy(update={"status": status, "cancelled": now.cancelled})


def _cancelled(facts: OrderFacts | None) -> OrderFacts | None:
    return facts.model_copy(update={"cancelled": True}) if facts else None


def _apart(work: FollowUp, verdict: Verdict) -> Done:
    reason = _reason(work, verdict.why)
    job = work.job
    job.bridge.activity.warning(
        STATUSES_DIFFER, job.connection.id, fix=reason.fix, order=work.record.reference, reason=reason.text
    )
    return reason.text, {"reason": reason}


def _reason(work: FollowUp, why: str) -> Reason:
    there = work.progress.shown_status if work.progress else ""
    text = f"{why} Shop: {work.order.shown_status!r}; back office, order {work.record.office_order}: {there!r}."
    fix = "Decide which of the two is right and set the other one by hand, then skip the order here."
    return Reason(code=STATUSES_DIFFER, text=text, fix=fix)


_ACTS: Mapping[str, Callable[[FollowUp, Verdict], Done]] = {
    "nothing": _nothing,
    "to_shop": _to_shop,
    "to_office": _to_office,
    "apart": _apart,
}


# --- shipments and documents --------------------------------------------------------------------------------------


def shipments(work: FollowUp) -> Done:
    """Write the tracking codes into the shop's order."""
    job, progress = work.job, work.progress
    target = job.shop.shipments
    if progress is None or not progress.shipments or target is None:
        return "", {}
    codes = tuple(shipment.code for shipment in progress.shipments)
    seen = {"office": (work.record.office or OfficeFacts()).model_copy(update={"shipments": codes})}
    try:
        text = target.set_shipments(work.order.id, progress.shipments)
    except (Held, Rejected) as error:
        text, left = given_up(job, work.record, SHIPMENTS, error, again=SHIPMENTS)
        return text, {**seen, **left}
    job.bridge.activity.info("order_followed", job.connection.id, order=work.order.number, step=SHIPMENTS)
    return text, seen


def document_link(work: FollowUp) -> Done:
    """Write the address of the back office's document into the shop's order."""
    job, progress, field = work.job, work.progress, work.job.settings.changes.document_link_field
    if progress is None or not progress.document_url or not field:
        return "", {}
    seen = {"office": (work.record.office or OfficeFacts()).model_copy(update={"document_url": progress.document_url})}
    try:
        text = job.shop.order_status.set_document(work.order.id, field, progress.document_url)
    except (Held, Rejected) as error:
        text, left = given_up(job, work.record, LINK, error, again=LINK)
        return text, {**seen, **left}
    job.bridge.activity.info("order_followed", job.connection.id, order=work.order.number, step=LINK)
    return text, seen
