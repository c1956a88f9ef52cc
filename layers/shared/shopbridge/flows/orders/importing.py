"""A shop's order becomes a back office's order, exactly once.

The ledger record walks INTENT → SENT → DONE. It is SENT before the creating call leaves us, so whatever
happens after that, the next try looks in the back office before it creates anything.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

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
from shopbridge.flows.orders.bring import created_as, follows, look
from shopbridge.flows.orders.differences import facts_of
from shopbridge.flows.orders.documents import wants_mail
from shopbridge.flows.orders.filter import check_order, order_warnings, skip_reason
from shopbridge.flows.orders.follow_ups import after_import, follow_office, planned_follow_ups, run_follow_ups
from shopbridge.flows.orders.news import with_differences
from shopbridge.flows.orders.privacy import KEYED, hidden_name, mark_of, masking_buyer
from shopbridge.flows.orders.records import (
    LEASE,
    letting_go,
    log_held,
    log_skipped,
    log_warning,
    must_settle,
    new_record,
    order_key,
    raise_if_busy,
    release,
    settle,
    with_event,
)
from shopbridge.flows.orders.references import check_address, doubt, find_created_before, find_sent, reference_of, taken
from shopbridge.flows.orders.resolve import match_value, product_kind, resolve
from shopbridge.flows.orders.steps import ask_stock, wants_stock
from shopbridge.mapping.expressions import as_document
from shopbridge.mapping.rule_engine import apply_rules, compile_rules
from shopbridge.model.base import CLOCKS_APART
from shopbridge.model.ledger import FROM_OFFICE, IN_DOUBT, SETTLING, LedgerRecord, LedgerState, Reason
from shopbridge.model.messages import OrderMoved, Origin
from shopbridge.model.office import OrderDraft, OrderParts, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Claim

LOOK_BACK = CLOCKS_APART + timedelta(minutes=5)
"""Neither the clock that noted the try nor the back office's own need agree with ours when we search since a moment."""


def import_order(job: Job, order: Order, origin: Origin, *, by: str = "") -> None:
    """Bring one version of an order as far as it can go, and leave its record telling the truth.

    Args:
        by: Who asked for it, for the order's story; empty for nobody.

    Raises:
        RetryLater: Something is busy or away; the record is free for the next try.
        NeedsAttention: A platform refuses us; the record is held until the connection is resumed.
    """
    with masking_buyer(job, order) as masked:
        _import_order(masked, order, origin, by)


def _import_order(job: Job, order: Order, origin: Origin, by: str) -> None:
    record = new_record(job.bridge, order_key(job.connection.id, order.id), order.revision, order.number, origin)
    claim = job.bridge.ledger.claim(record, owner=job.owner, lease=LEASE)
    if not claim.won:
        raise_if_busy(claim)
        return
    if by:
        claim = replace(claim, record=with_event(job.bridge, claim.record, f"Handed to the import by {by}."))
    standing = claim.record
    if standing.is_set_aside and origin != "resend":
        _give_stock_back(job, order, origin)
        release(job.bridge, standing.model_copy(update={"revision": order.revision}), job.owner)
        return
    if standing.state == "DONE":
        after_import(job, order, standing, origin)
        return
    _Import(job, order, claim, origin).run()


def follow_order(job: Job, message: OrderMoved) -> None:
    """Bring to the shop what became of an imported order in the back office, as both have it this moment.

    Raises:
        RetryLater: Something is busy or away; the record is free for the next try.
        NeedsAttention: A platform refuses us; the record is held until the connection is resumed.
    """
    key = order_key(job.connection.id, message.order_id)
    asked = new_record(job.bridge, key, "", "", FROM_OFFICE)
    standing = job.bridge.ledger.get(key)
    if standing is None or standing.external_id != message.office_id or not follows(job):
        return
    claim = job.bridge.ledger.claim(asked, owner=job.owner, lease=LEASE)
    if not claim.won:
        raise_if_busy(claim)
        return
    with letting_go(job.bridge, claim.record, job.owner):
        order, progress = look(job, message.order_id, claim.record.external_id)
    if order is None or progress is None:
        release(job.bridge, claim.record, job.owner)  # it is gone on one side, so there is nothing to bring
        return
    with masking_buyer(job, order) as masked:
        follow_office(masked, order, claim.record, progress)


def _give_stock_back(job: Job, order: Order, origin: str) -> None:
    """A cancelled order that is not imported: before its record is settled, so that no crash loses it."""
    if order.cancelled and wants_stock(job, origin):
        ask_stock(job, order)


class _Import:
    """One try to bring one version of an order into the back office; ``record`` is always what is true now."""

    def __init__(self, job: Job, order: Order, claim: Claim, origin: Origin) -> None:
        self._job = job
        self._order = order
        self._claim = claim
        record = self._record = claim.record
        self._first_try = False
        # An order that a backfill reached for beyond the start date must not be skipped when it is resent.
        found_by = "backfill" if (record.origin, origin) == ("backfill", "resend") else origin
        self._change(revision=order.revision, reference=order.number, origin=found_by)
        self._change(source_status=order.status, channel=order.channel, buyer=mark_of(job.connection, order))

    def run(self) -> None:
        """Walk on; whatever stops the order becomes its state."""
        try:
            self._advance()
        except Held as error:
            self._settle("HELD", error)
        except Rejected as error:
            self._forget_used_ids()
            self._settle("REJECTED", error)
        except NeedsAttention as error:
            self._settle("HELD", error)
            raise
        except RetryLater:
            release(self._job.bridge, self._record, self._job.owner)
            raise
        if self._record.state == "DONE":
            run_follow_ups(self._job, self._order, self._record, first_try=self._first_try)

    def _advance(self) -> None:
        if self._record.state in IN_DOUBT:
            receipt = self._look_up()
            if receipt is not None:
                self._created(receipt)
                return
        skipped = skip_reason(self._job.connection, self._order, self._record.origin)
        if skipped is not None:
            self._skip(skipped)
            return
        if self._record.may_take_effect:
            must_settle(self._job, self._claim)  # also of one that was skipped while its outcome was open
        older = find_created_before(self._job, self._record, self._order)
        if older is not None:
            self._tell("Found in the back office, where it was before this connection: it is not created again.")
            self._created(older)
            return
        self._name()
        self._send(draft_order(self._job, self._order, self._record.sent_as))

    def _name(self) -> None:
        """An order that may be there keeps what it was sent as, whatever the settings say by now."""
        if self._record.state not in IN_DOUBT:
            self._change(sent_as=reference_of(self._job, self._order))

    def _look_up(self) -> OrderReceipt | None:
        """After a try whose outcome we do not know: is the order there?"""
        must_settle(self._job, self._claim)
        since = (self._record.sent_at or self._record.updated_at) - LOOK_BACK
        if not self._record.sent_as:
            self._change(sent_as=reference_of(self._job, self._order))
        try:
            found = find_sent(self._job, self._record, self._order, since)
        except AskAPerson as error:
            raise _left_to_a_person(self._record, error) from error
        except OutcomeUnknown:
            check_address(self._job, self._record)
            self._tell("The back office cannot be searched; only creating it once more, or a person, can tell.")
            return None  # still in doubt
        self._tell("Found in the back office after an interrupted try." if found else "Not in the back office.")
        if found is None:
            self._change(state="INTENT", sent_at=None)  # surely not created
        return found

    def _skip(self, reason: Reason) -> None:
        """Not to be imported; what may stand in the back office all the same is left to a person."""
        _give_stock_back(self._job, self._order, self._record.origin)
        if error := doubt(self._job, self._record, reason):
            raise error
        settle(self._job.bridge, self._record, "SKIPPED", reason, self._job.owner)
        log_skipped(self._job.bridge, self._record, reason)

    def _send(self, draft: OrderDraft) -> None:
        before, doubtful = self._record, self._record.state in IN_DOUBT
        facts = facts_of(self._order, self._job.connection.name_key)
        self._change(state="SENT", sent_at=self._job.bridge.clock(), sent_total=facts.gross, facts=facts)
        self._job.bridge.ledger.save(self._record, owner=self._job.owner)
        try:
            receipt = self._job.office.order_target.create(draft, again=doubtful)
        except AlreadyDone as told_there:
            self._record = before.model_copy(update={"state": "INTENT"})  # what is there this call did not make
            raise taken(self._job, self._record, told_there) from told_there
        except OutcomeUnknown as error:
            self._change(sent_at=self._job.bridge.clock())  # from now on it can only end, so settling counts from here
            self._tell("The answer was lost; the back office is searched before anything is created again.")
            raise RetryLater(error.what, after=SETTLING.total_seconds(), where=error.where) from error
        except (RetryLater, Held, Rejected, NeedsAttention):
            if not doubtful:
                self._record = before.model_copy(update={"state": "INTENT"})  # surely not created
            raise
        self._first_try = True
        self._created(receipt)

    def _created(self, receipt: OrderReceipt) -> None:
        self._change(
            state="DONE",
            external_id=receipt.id,
            external_number=receipt.number,
            reason=None,
            office=created_as(self._job, self._order),
            follow_ups=planned_follow_ups(self._job, self._record.origin),
            document=receipt.document if wants_mail(self._job, self._record.origin) else None,
            updated_at=self._job.bridge.clock(),  # stock tells by it which figures hold the order already
        )
        self._tell(f"Created in the back office as {receipt.number or receipt.id}.")
        self._record = with_differences(self._job, self._order, self._record)  # what is there may be an older version
        warnings = order_warnings(self._order)
        for warning in warnings:
            self._tell(warning.text)
        if self._record.office is not None:
            self._job.bridge.ledger.name_in_office(self._record)  # before it is done: no crash leaves it without
        self._job.bridge.ledger.save(self._record, owner=self._job.owner)
        self._job.bridge.activity.info(
            "order_imported",
            self._job.connection.id,
            order=self._order.number,
            office_order=receipt.number or receipt.id,
            total=self._order.totals.gross,
            currency=self._order.currency,
            origin=self._record.origin,
        )
        for warning in warnings:
            log_warning(self._job.bridge, self._record, warning)

    def _forget_used_ids(self) -> None:
        """The refusal may come from a record that is gone there: the next try looks it up anew."""
        field = self._job.settings.products.shop_field
        keys = sorted({match_value(line, field) for line in self._order.lines} - {""})
        kind = product_kind(self._job.settings.products.office_field)
        self._job.bridge.directory.forget(self._job.connection.id, kind, keys)
        customer = self._order.customer
        if customer and customer.match_key:
            name = hidden_name(self._job.connection, customer.match_key)
            self._job.bridge.directory.forget(self._job.connection.id, KEYED, [name])

    def _settle(self, state: LedgerState, error: BridgeError) -> None:
        reason = reason_of(error)
        state = "UNKNOWN" if self._record.state in IN_DOUBT else state
        settle(self._job.bridge, self._record, state, reason, self._job.owner)
        log_held(self._job.bridge, self._record, reason)

    def _change(self, **fields: object) -> None:
        self._record = self._record.model_copy(update=fields)

    def _tell(self, text: str) -> None:
        self._record = with_event(self._job.bridge, self._record, text)


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


def draft_order(job: Job, order: Order, reference: str = "") -> OrderDraft:
    """Return what will be sent for an order that is taken: what it refers to is found or made first.

    Args:
        reference: What it is to be called in the back office; empty for its number, where nothing is sent.

    Raises:
        Held: It is no sale, something it needs is missing, it cannot be expressed, or a rule fails on it.
    """
    check_order(job.connection, order)
    return _drafted(job, order, resolve(job, order).model_copy(update={"reference": reference}))


def _drafted(job: Job, order: Order, parts: OrderParts) -> OrderDraft:
    draft = job.office.order_target.plan(order, parts)
    if not job.settings.rules:
        return draft
    rules = compile_rules(job.settings.rules, job.office.order_target.fields())
    payload = apply_rules(rules, draft.payload, order_document(order), source_of_row=draft.line_of_row)
    return draft.model_copy(update={"payload": payload})


def order_document(order: Order) -> dict[str, Any]:
    """Return the order as rules see it: plain data, amounts as Decimal, times as ISO text."""
    document: dict[str, Any] = as_document(order.model_dump())
    return document
