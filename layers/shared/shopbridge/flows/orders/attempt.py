"""One try to bring one version of an order into the back office.

The ledger record of a new order begins as SENT, before the creating call leaves us, and is DONE with what follows the
creation. So whatever happens in between, the next try looks in the back office before it creates anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from shopbridge.errors import (
    AlreadyDone,
    AskAPerson,
    BridgeError,
    Held,
    NeedsAttention,
    OutcomeUnknown,
    Rejected,
    RetryLater,
)
from shopbridge.flows.bridge import Job
from shopbridge.flows.failures import reason_of
from shopbridge.flows.orders.bring import created_as
from shopbridge.flows.orders.differences import facts_of
from shopbridge.flows.orders.documents import wants_mail
from shopbridge.flows.orders.drafts import draft_order, forget_used_ids
from shopbridge.flows.orders.filter import order_warnings, skip_reason
from shopbridge.flows.orders.follow_ups import OUTWARD, planned_follow_ups, run_follow_ups
from shopbridge.flows.orders.news import with_differences
from shopbridge.flows.orders.privacy import Discretion, mark_of
from shopbridge.flows.orders.records import (
    LEASE,
    log_held,
    log_skipped,
    log_warning,
    must_settle,
    release,
    settled,
    with_event,
)
from shopbridge.flows.orders.references import (
    check_address,
    doubt,
    find_created_before,
    find_sent,
    reference_of,
    settles_by_itself,
    taken,
)
from shopbridge.flows.orders.steps import ask_stock, wants_stock
from shopbridge.model.base import CLOCKS_APART
from shopbridge.model.ledger import IN_DOUBT, SETTLING, LedgerRecord, LedgerState, Reason
from shopbridge.model.messages import Origin
from shopbridge.model.office import OrderDraft, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Claim

LOOK_BACK = CLOCKS_APART + timedelta(minutes=5)
"""Neither the clock that noted the try nor the back office's own need agree with ours when we search since a moment."""


class Attempt:
    """One try; ``record`` is always what is true now.

    Attributes:
        is_untried: Nothing of it has left us, not even if it is marked.

    Args:
        claim: The record as it was claimed; or as it will be opened, for an order that the ledger does not have.
        stored: The ledger has the record, and it is this worker's.
    """

    def __init__(self, job: Job, order: Order, claim: Claim, origin: Origin, *, stored: bool) -> None:
        self.order = order
        self._discreet = Discretion(order)
        self._job = self._discreet.job(job)
        self._claim = claim
        self._stored = stored
        record = self.record = self._before = claim.record
        self.is_untried = True
        self._is_marked = False
        self._draft: OrderDraft | None = None
        self._receipt: OrderReceipt | None = None
        # An order that a backfill reached for beyond the start date must not be skipped when it is resent.
        found_by = "backfill" if (record.origin, origin) == ("backfill", "resend") else origin
        self._change(
            revision=order.revision,
            reference=order.number,
            origin=found_by,
            source_status=order.status,
            channel=order.channel,
            buyer=mark_of(job.connection, order),
        )

    @property
    def is_ready(self) -> bool:
        """Tell whether the plan came to a creation, or found it made; else the record says why it did not."""
        return self._draft is not None or self._receipt is not None

    @property
    def kept(self) -> LedgerRecord:
        """Return the record as it is opened: it names no buyer."""
        return self._discreet.record(self.record)

    def run(self) -> None:
        """Do what there is to do for a claimed record; whatever stops the order becomes its state."""
        self.plan()
        if self._receipt is None and self._draft is not None:
            self.mark()
            self._job.bridge.ledger.save(self.record, owner=self._job.owner)
        if self.is_ready:
            self.create()

    def plan(self) -> None:
        """Go on as far as the creating call.

        Raises:
            RetryLater, NeedsAttention: As an import does.
        """
        with self._stopping():
            self._advance()

    def mark(self) -> None:
        """Note that the creating call may leave from now on, if there is to be one."""
        self._before = self.record
        if not self.is_ready:
            return
        facts, now = facts_of(self.order, self._job.connection.name_key), self._job.bridge.clock()
        self._change(
            state="SENT",
            sent_at=now,
            sent_total=facts.gross,
            facts=facts,
            lease_owner=self._job.owner,
            lease_until=self.record.lease_until or now + LEASE,
        )
        self._is_marked = True

    def opened(self) -> None:
        """Note that the ledger has the new record; one that is settled already is told."""
        self._stored = True
        if not self.is_ready:
            self._tell_outcome()

    def create(self) -> None:
        """Make the creating call that was marked, and do what follows it. Raises as ``plan``."""
        found, self.is_untried = self._receipt, False
        with self._stopping():
            self._receipt = found or self._send()
            self._created(self._receipt)
        if self.record.state == "DONE":
            with self._discreet.errors():
                self._finish(first_try=found is None)

    def give_back(self) -> None:
        """Release a marked record whose creating call never left."""
        self.record = release(self._job.bridge, self._before, self._job.owner)

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        try:
            with self._discreet.errors():
                yield
        except Held as error:
            self._stop("HELD", error)
        except Rejected as error:
            forget_used_ids(self._job, self.order)
            self._stop("REJECTED", error)
        except NeedsAttention as error:
            self._stop("HELD", error)
            raise
        except RetryLater:
            if self._stored:
                release(self._job.bridge, self.record, self._job.owner)
            raise

    def _advance(self) -> None:
        if self.record.state in IN_DOUBT:
            self._receipt = self._look_up()
            if self._receipt is not None:
                return
        skipped = skip_reason(self._job.connection, self.order, self.record.origin)
        if skipped is not None:
            self._skip(skipped)
            return
        if self.record.may_take_effect:
            must_settle(self._job, self._claim)  # also of one that was skipped while its outcome was open
        self._receipt = find_created_before(self._job, self.record, self.order)
        if self._receipt is not None:
            self._tell("Found in the back office, where it was before this connection: it is not created again.")
            return
        self._name()
        self._draft = draft_order(self._job, self.order, self.record.sent_as)

    def _name(self) -> None:
        """An order that may be there keeps what it was sent as, whatever the settings say by now."""
        if self.record.state not in IN_DOUBT:
            self._change(sent_as=reference_of(self._job, self.order))

    def _look_up(self) -> OrderReceipt | None:
        """After a try whose outcome we do not know: is the order there?"""
        must_settle(self._job, self._claim)
        since = (self.record.sent_at or self.record.updated_at) - LOOK_BACK
        if not self.record.sent_as:
            self._change(sent_as=reference_of(self._job, self.order))
        try:
            found = find_sent(self._job, self.record, self.order, since)
        except AskAPerson as error:
            raise _left_to_a_person(self.record, error) from error
        except OutcomeUnknown:
            check_address(self._job, self.record)
            self._tell("The back office cannot be searched; only creating it once more, or a person, can tell.")
            return None  # still in doubt
        self._tell("Found in the back office after an interrupted try." if found else "Not in the back office.")
        if found is None:
            self._change(state="INTENT", sent_at=None)  # surely not created
        return found

    def _skip(self, reason: Reason) -> None:
        """Not to be imported; what may stand in the back office all the same is left to a person."""
        give_stock_back(self._job, self.order, self.record.origin)
        if error := doubt(self._job, self.record, reason):
            raise error
        self._settle("SKIPPED", reason)

    def _send(self) -> OrderReceipt:
        if self._draft is None:
            raise AssertionError("only what is ready is sent")
        before, doubtful = self._before, self._before.state in IN_DOUBT
        self._change(sent_at=self._job.bridge.clock())  # stock tells by it which figures hold the order already
        try:
            return self._job.office.order_target.create(self._draft, again=doubtful)
        except AlreadyDone as told_there:
            self.record = before.model_copy(update={"state": "INTENT"})  # what is there this call did not make
            raise taken(self._job, self.record, told_there) from told_there
        except OutcomeUnknown as error:
            self._change(sent_at=self._job.bridge.clock())  # from now on it can only end, so settling counts from here
            self._tell("The answer was lost; the back office is searched before anything is created again.")
            raise RetryLater(error.what, after=SETTLING.total_seconds(), where=error.where) from error
        except (RetryLater, Held, Rejected, NeedsAttention):
            if not doubtful:
                self.record = before.model_copy(update={"state": "INTENT"})  # surely not created
            raise

    def _created(self, receipt: OrderReceipt) -> None:
        self._tell(
            f"Created in the back office as {receipt.number or receipt.id}.",
            state="DONE",
            external_id=receipt.id,
            external_number=receipt.number,
            reason=None,
            office=created_as(self._job, self.order),
            follow_ups=planned_follow_ups(self._job, self.record.origin),
            document=receipt.document if wants_mail(self._job, self.record.origin) else None,
            updated_at=self._job.bridge.clock(),  # stock tells by it which figures hold the order already
        )
        if not self._is_marked:  # what is there may be an older version
            self.record = with_differences(self._job, self.order, self.record)
        for warning in order_warnings(self.order):
            self._tell(warning.text)

    def _finish(self, *, first_try: bool) -> None:
        """What follows a creation is stored with it; not where others learn of it, or only a person could find it."""
        if not (settles_by_itself(self._job) and OUTWARD.isdisjoint(self.record.follow_ups)):
            self._job.bridge.ledger.save(self.record, owner=self._job.owner)
        self._job.bridge.activity.info(
            "order_imported",
            self._job.connection.id,
            order=self.order.number,
            office_order=self.record.office_order,
            total=self.order.totals.gross,
            currency=self.order.currency,
            origin=self.record.origin,
        )
        for warning in order_warnings(self.order):
            log_warning(self._job.bridge, self.record, warning)
        receipt = self._receipt if first_try else None
        run_follow_ups(self._job, self.order, self.record, first_try=first_try, receipt=receipt)

    def _stop(self, state: LedgerState, error: BridgeError) -> None:
        self._settle("UNKNOWN" if self.record.state in IN_DOUBT else state, reason_of(error))

    def _settle(self, state: LedgerState, reason: Reason) -> None:
        """Give the record its state; that of a new order is written when it is opened."""
        self._draft = self._receipt = None
        self.record = settled(self._job.bridge, self.record, state, reason)
        if self._stored:
            self.record = release(self._job.bridge, self.record, self._job.owner)
            self._tell_outcome()

    def _tell_outcome(self) -> None:
        if self.record.reason is not None:
            told = log_skipped if self.record.state == "SKIPPED" else log_held
            told(self._job.bridge, self.record, self.record.reason)

    def _change(self, **fields: object) -> None:
        self.record = self.record.model_copy(update=fields)

    def _tell(self, text: str, **fields: object) -> None:
        self.record = with_event(self._job.bridge, self.record, text, **fields)


def give_stock_back(job: Job, order: Order, origin: str) -> None:
    """Ask for the stock of a cancelled order that is not imported: before it is settled, so that no crash loses it."""
    if order.cancelled and wants_stock(job, origin):
        ask_stock(job, order)


def _left_to_a_person(record: LedgerRecord, error: AskAPerson) -> Held:
    sent = (
        f"It was sent as {record.sent_as} at {record.sent_at:%Y-%m-%d %H:%M:%S} UTC"
        if record.sent_at
        else "It was sent"
    )
    total = f", its total {record.sent_total}" if record.sent_total is not None else ""
    return Held(
        f"{sent}{total}, and the answer was lost. {error.what}",
        code="in_doubt",
        where=error.where or f"order {record.reference}",
        fix="Look for it there. If it is there, skip the order here; if it is not, skip it here and then resend it.",
    )
