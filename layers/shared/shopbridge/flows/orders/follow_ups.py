"""What is done after an order was created: check its totals, keep a note, tell the shop, send the stock it leaves.

All of it is repeatable. A later version of the order finishes what is open, and what changed in it is told.
"""

from collections.abc import Callable
from functools import partial

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.failures import reason_of
from shopbridge.flows.orders.bring import (
    BRINGING,
    TO_OFFICE,
    TO_SHOP,
    align,
    aligns,
    document_link,
    follows,
    look,
    shipments,
    with_progress,
)
from shopbridge.flows.orders.changes import STEPS as TELLING
from shopbridge.flows.orders.changes import begun, tell
from shopbridge.flows.orders.differences import (
    differences,
    facts_after_write_back,
    merged_facts,
    standing_difference,
)
from shopbridge.flows.orders.documents import MAIL, mail, noted, sent_again, wants_mail
from shopbridge.flows.orders.documents import STEPS as MAILING
from shopbridge.flows.orders.news import brings_news, with_news
from shopbridge.flows.orders.records import letting_go, release, with_event
from shopbridge.flows.orders.resolve import translate_values
from shopbridge.flows.orders.steps import (
    LASTING,
    LINK,
    SHIPMENTS,
    STATUSES,
    TOTALS_DIFFER,
    Done,
    FollowUp,
    ask_stock,
    begun_step,
    given_up,
    news_for_the_shop,
    wants_stock,
)
from shopbridge.mapping.rounding import CENT
from shopbridge.model.ledger import SETTLING, LedgerRecord, Reason
from shopbridge.model.messages import Origin
from shopbridge.model.office import OrderReceipt
from shopbridge.model.order import Order
from shopbridge.model.progress import OrderProgress

STOCK = "stock"
CAREFUL = frozenset({*TELLING, STATUSES, TO_SHOP, TO_OFFICE})
"""Steps whose try is noted before it is made, since what they tell may do harm when it is told twice."""
OUTWARD = frozenset({"document", "status", MAIL, STOCK})
"""What others learn of an import, so that it is stored before: what we write into the shop makes another version of the
order there, by which nobody would import it, and who sends the stock has to find the order imported."""
_NOTED = frozenset({*CAREFUL, *MAILING})
"""Steps that are in doubt from their beginning until their end is stored."""


def planned_follow_ups(job: Job, origin: str) -> tuple[str, ...]:
    """Return the follow-ups of a new order, in order.

    Stock is the last: it is sent when nothing moves the record any more, so nobody can take the import for unfinished.
    """
    write_back = job.settings.write_back
    wanted = {
        "totals": True,
        "note": True,
        "document": write_back.document_field is not None,
        "status": write_back.status is not None,
        MAIL: wants_mail(job, origin),
        STOCK: wants_stock(job, origin),
    }
    return tuple(name for name, on in wanted.items() if on)


def run_follow_ups(
    job: Job,
    order: Order,
    record: LedgerRecord,
    *,
    first_try: bool,
    progress: OrderProgress | None = None,
    receipt: OrderReceipt | None = None,
) -> None:
    """Do what is still open and let go of the record.

    Raises:
        RetryLater, NeedsAttention: What is still open stays on the record for the next try.
    """
    left = _left_of(record)
    for name in record.follow_ups:
        is_first = record.trying != name if name in CAREFUL else first_try
        record = begun(job, record, name) if name in CAREFUL else record
        text, changes = _take_step(name, FollowUp(job, order, record, is_first, progress, receipt), left)
        left = changes.pop("reason", None) or left
        rest = tuple(other for other in record.follow_ups if other != name)
        changes = {**changes, "follow_ups": rest, "trying": ""}
        record = with_event(job.bridge, record, text, **changes) if text else record.model_copy(update=changes)
        record = _waiting(record, left)
        if name in _NOTED:  # it is no more in doubt, whatever becomes of the steps after it
            job.bridge.ledger.save(record, owner=job.owner)
    release(job.bridge, _waiting(record, left), job.owner)


def _take_step(name: str, work: FollowUp, left: Reason | None) -> Done:
    """Do one step; where it cannot be done now, the record is let go of as it stands. Raises as ``run_follow_ups``."""
    job, record = work.job, work.record
    try:
        return _STEPS[name](work)
    except OutcomeUnknown as error:
        release(job.bridge, _waiting(record, left), job.owner)
        raise RetryLater(error.what, after=SETTLING.total_seconds(), where=error.where) from error
    except (RetryLater, NeedsAttention) as error:
        stopped = reason_of(error) if isinstance(error, NeedsAttention) else None
        trying = "" if work.first_try else record.trying  # an earlier one may have had its effect
        release(job.bridge, _waiting(record, left, stopped).model_copy(update={"trying": trying}), job.owner)
        raise
    except (Held, Rejected) as error:
        return given_up(job, record, name, error, again=name if name in TELLING else "")


def _left_of(record: LedgerRecord) -> Reason | None:
    """What was left for a person; records of before have it as their one reason."""
    return record.left or (record.reason if record.reason and record.reason.code in LASTING else None)


def _waiting(record: LedgerRecord, left: Reason | None, stopped: Reason | None = None) -> LedgerRecord:
    """The record with the one reason for which it waits: what was left undone, and what is different by now."""
    record = _told_apart(record)
    apart = standing_difference(record.facts, record.newer, record.office_order)
    reason = stopped or left or apart
    if left and apart and not stopped:
        reason = Reason(code=left.code, text=f"{left.text} {apart.text}", fix=f"{left.fix} {apart.fix}")
    if (left, reason) == (record.left, record.reason):
        return record
    return record.model_copy(update={"left": left, "reason": reason})


def _told_apart(record: LedgerRecord) -> LedgerRecord:
    """An order that is again what the back office has waits for nobody."""
    if record.facts is None or record.newer is None or differences(record.facts, record.newer, record.office_order):
        return record
    return record.model_copy(update={"facts": merged_facts(record.facts, record.newer), "newer": None})


def follow_ups_again(job: Job, record: LedgerRecord, origin: Origin) -> LedgerRecord:
    """Plan what is done after an import once more, for an order that a person sends again because of what was left."""
    if origin != "resend" or _left_of(record) is None:
        return record
    planned = tuple(name for name in planned_follow_ups(job, record.origin) if name != STOCK)
    again = tuple(dict.fromkeys((*begun_step(record), *record.undone, *planned, *record.follow_ups)))
    anew = {"reason": None, "left": None, "undone": (), "document": sent_again(record)}
    return record.model_copy(update={"follow_ups": again, **anew})


def _totals(work: FollowUp) -> Done:
    receipt = work.receipt
    if receipt is None or receipt.total is None or receipt.tax is None:
        receipt = work.job.office.order_target.read(work.office_id)
    wanted, wanted_tax = work.order.totals.gross, work.order.totals.tax
    changes = {"total": receipt.total, "external_number": receipt.number or work.record.external_number}
    if receipt.total is None:
        return "The back office does not tell the total.", changes
    drift = CENT * max(len(work.order.lines), 1)  # one side rounds tax by line, the other by rate
    if abs(receipt.total - wanted) < CENT and (receipt.tax is None or abs(receipt.tax - wanted_tax) <= drift):
        return f"Total read back: {receipt.total} {work.order.currency}, as in the shop.", changes
    text = f"Shop: {wanted} (tax {wanted_tax}); back office: {receipt.total} (tax {receipt.tax})."
    fix = "Compare the two orders and correct the one in the back office by hand."
    work.job.bridge.activity.warning(
        "totals_differ", work.job.connection.id, fix=fix, order=work.order.number, reason=text
    )
    left = f"{fix} Then resend the order, or skip it to leave it so."
    reason = Reason(code=TOTALS_DIFFER, text=f"The totals differ. {text}", fix=left)
    return reason.text, {**changes, "reason": reason}


def _note(work: FollowUp) -> Done:
    values = translate_values(work.job.settings.maps, work.order)
    note = work.job.office.order_target.plan_note(work.order, values)
    if not note:
        return "", {}
    work.job.office.order_target.add_note(work.office_id, note, first=work.first_try)
    return "Note kept with the order.", {}


def _status(work: FollowUp) -> Done:
    status = work.job.settings.write_back.status or ""
    text = work.job.shop.order_status.set_status(work.order.id, status)
    facts = facts_after_write_back(work.record.facts) if work.record.facts else None
    return text, {"source_status": status, "facts": facts}


def _document(work: FollowUp) -> Done:
    field = work.job.settings.write_back.document_field or ""
    return work.job.shop.order_status.set_document(work.order.id, field, work.record.office_order), {}


def _stock(work: FollowUp) -> Done:
    ask_stock(work.job, work.order)
    return "", {}


def _telling(name: str, work: FollowUp) -> Done:
    done = tell(work.job, work.order, work.office_id, name, first=work.first_try)
    number = done.number or work.record.external_number
    return done.text, {"external_number": number, **noted(work.job, work.record, done.document)}


def _mail(step: str, work: FollowUp) -> Done:
    return mail(work.job, work.order, work.record, step)


_STEPS: dict[str, Callable[[FollowUp], Done]] = {
    **{name: partial(_telling, name) for name in TELLING},
    **{name: partial(_mail, name) for name in MAILING},
    "totals": _totals,
    "note": _note,
    "status": _status,
    "document": _document,
    STOCK: _stock,
    STATUSES: partial(align, ""),
    TO_SHOP: partial(align, "shop"),
    TO_OFFICE: partial(align, "office"),
    SHIPMENTS: shipments,
    LINK: document_link,
}


def after_import(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> None:
    """Say what is different in a version of an imported order, and finish what is open.

    Raises:
        RetryLater, NeedsAttention: What is still open stays on the record for the next try.
    """
    progress = None
    if _needs_a_look(job, order, record, origin):
        with letting_go(job.bridge, record, job.owner):
            fresh, progress = look(job, order.id, record.external_id)
        order = fresh or order
    if brings_news(order, record):
        record = with_news(job, order, record, origin)
    if progress is not None:
        record = with_progress(record, progress, news_for_the_shop(job.settings.changes, record, progress))
    run_follow_ups(job, order, follow_ups_again(job, record, origin), first_try=False, progress=progress)


def follow_office(job: Job, order: Order, record: LedgerRecord, progress: OrderProgress) -> None:
    """Bring to the shop what is new of an order in the back office, and finish what is open. Raises as above."""
    steps = news_for_the_shop(job.settings.changes, record, progress)
    run_follow_ups(job, order, with_progress(record, progress, steps), first_try=False, progress=progress)


def _needs_a_look(job: Job, order: Order, record: LedgerRecord, origin: Origin) -> bool:
    """A version may have been read before we moved the order ourselves, and the back office may have moved it too."""
    if not follows(job):
        return False
    is_open = not BRINGING.isdisjoint((*record.follow_ups, *record.undone))
    return origin == "resend" or is_open or (aligns(job) and order.status != record.source_status)
