"""A shop's order becomes a back office's order, exactly once.

The ledger record walks INTENT → SENT → DONE. It is SENT before the creating call leaves us, so whatever
happens after that, the next try looks in the back office before it creates anything.
"""

from datetime import timedelta

from shopbridge.errors import AlreadyDone, BridgeError, Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.obstructions import enduring
from shopbridge.flows.orders.after_import import after_import, with_differences
from shopbridge.flows.orders.differences import facts_of
from shopbridge.flows.orders.draft import draft_order
from shopbridge.flows.orders.exactly_once import SETTLING, must_settle
from shopbridge.flows.orders.filter import skip_reason
from shopbridge.flows.orders.follow_ups import planned_follow_ups, run_follow_ups
from shopbridge.flows.orders.hidden_names import KEYED, hidden_name, mark_of, with_key
from shopbridge.flows.orders.job import Job, open_job
from shopbridge.flows.orders.lookup import product_kind
from shopbridge.flows.orders.privacy import discreet
from shopbridge.flows.orders.records import (
    GAVE_UP,
    GAVE_UP_AGAIN,
    LEASE,
    ONCE_MORE,
    hold_order,
    hold_unreadable,
    log_held,
    log_skipped,
    log_warning,
    new_record,
    order_key,
    reason_of,
    release,
    settle,
    stand_back,
    stop_connection,
    told,
)
from shopbridge.flows.orders.references import brought_before, check_address, find_sent, reference_of, taken
from shopbridge.flows.orders.resolve import match_value
from shopbridge.flows.orders.stock_request import ask_stock, wants_stock
from shopbridge.flows.orders.warnings import order_warnings
from shopbridge.model.base import OrderId
from shopbridge.model.clocks import CLOCKS_APART
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import IN_DOUBT, LedgerState, Reason
from shopbridge.model.messages import OrderFound, OrderNotice, Origin
from shopbridge.model.office import OrderDraft, OrderReceipt
from shopbridge.model.order import Order
from shopbridge.ports import Claim

GONE = Reason(
    code="gone_from_shop",
    text="The shop does not give out the order any more.",
    fix="Skip it if it was deleted there; else look whether its sales channel still belongs to the connection.",
)
"""Why a resend could do nothing."""

DELETED = Reason(
    code="connection_deleted",
    text="The connection was deleted before the order's turn came.",
    fix="Create the connection anew under the same id: its waiting orders then go on by themselves.",
)
"""Why an order waits that nobody imports any more, for now."""

LOOK_BACK = CLOCKS_APART + timedelta(minutes=5)
"""Neither the clock that noted the try nor the back office's own need agree with ours when we search since a moment."""


def import_message(bridge: Bridge, message: OrderNotice | OrderFound, *, again: bool = False) -> None:
    """Do what one message of the order queue asks for.

    Args:
        again: It was delivered before.

    Raises:
        RetryLater: Try the message again after its delay; every other outcome is in the ledger.
    """
    connection = bridge.connections.get(message.connection)
    if connection is None:
        _wait_for_revival(bridge, message)
        return
    if connection.status != "active":
        _wait_for_connection(bridge, connection, message)
        return
    connection = with_key(bridge, connection)
    try:
        with enduring(bridge, connection, "import", again=again):
            _import(open_job(bridge, connection), message)
    except NeedsAttention as error:
        stop_connection(bridge, connection.id, error)
        _wait_for_connection(bridge, connection, message)


def import_or_hold(bridge: Bridge, message: OrderNotice | OrderFound, *, last_try: bool, again: bool = False) -> None:
    """As ``import_message``; but what fails even at its last try is held for a person instead of going astray.

    Raises:
        RetryLater: There are tries left.
    """
    try:
        import_message(bridge, message, again=again)
    except RetryLater as error:
        if not last_try:
            _tell_waiting(bridge, message, error)
            raise
        _set_aside(bridge, message, _given_up(message, error))


def _given_up(message: OrderNotice | OrderFound, error: RetryLater) -> Reason:
    """A platform that was away gets one more round when it answers; what fails that long twice is the order's own."""
    text = f"Tried for many hours without success: {error.what}."
    if isinstance(message, OrderNotice) and message.event == ONCE_MORE:
        fix = "Both platforms answer, so look what is particular about the order, then resend it."
        return Reason(code=GAVE_UP_AGAIN, text=text, fix=fix)
    fix = "Check that both systems answer; it is sent again by itself within an hour from then."
    return Reason(code=GAVE_UP, text=text, fix=fix)


def _tell_waiting(bridge: Bridge, message: OrderNotice | OrderFound, error: RetryLater) -> None:
    order = message.order.number if isinstance(message, OrderFound) else message.order_id
    where = f" ({error.where})" if error.where else ""
    bridge.activity.info("order_waits", message.connection, order=order, reason=f"{error.what}{where}.")


def _import(job: Job, message: OrderNotice | OrderFound) -> None:
    if isinstance(message, OrderFound) and not _is_from_before(job.connection, message):
        import_order(job, message.order, message.origin)
        return
    order_id = message.order.id if isinstance(message, OrderFound) else message.order_id
    if order_id is not None:
        _read_and_import(job, message, order_id)


def _is_from_before(connection: Connection, message: OrderFound) -> bool:
    """Queued before the connection was made: one that was forgotten had its id, and perhaps another shop.

    Only the shop that is linked now can tell whether it has such an order, and what it is.
    """
    return message.found_at is not None and message.found_at < connection.created_at


def _read_and_import(job: Job, notice: OrderNotice | OrderFound, order_id: OrderId) -> None:
    try:
        orders, unreadable = job.shop.order_source.read([order_id])
    except Rejected as error:
        _set_aside(job.bridge, notice, reason_of(error))
        return
    for order in orders:
        import_order(job, order, notice.origin)
    for broken in unreadable:
        hold_unreadable(job.bridge, job.connection.id, broken, notice.origin)
    if not orders and not unreadable and notice.origin == "resend":
        _set_aside(job.bridge, notice, GONE)


def _wait_for_revival(bridge: Bridge, message: OrderNotice | OrderFound) -> None:
    """The cursor that a revived connection goes on from is past this order; one that is forgotten keeps nothing."""
    gone = bridge.connections.deleted(message.connection)
    if gone is not None and not gone.forgetting:
        _set_aside(bridge, message, DELETED)


def _wait_for_connection(bridge: Bridge, connection: Connection, message: OrderNotice | OrderFound) -> None:
    """The order is set aside; a resume of the connection takes it up again by itself."""
    code = "connection_paused" if connection.status == "paused" else "connection_stopped"
    reason = Reason(
        code=code,
        text="The connection was not active when the order came in.",
        fix="Its waiting orders go on by themselves when the connection does.",
    )
    _set_aside(bridge, message, reason)


def _set_aside(bridge: Bridge, message: OrderNotice | OrderFound, reason: Reason) -> None:
    order_id = message.order.id if isinstance(message, OrderFound) else message.order_id
    number, revision = (message.order.number, message.order.revision) if isinstance(message, OrderFound) else ("", "")
    if order_id is not None:
        key = order_key(message.connection, order_id)
        hold_order(bridge, new_record(bridge, key, revision, number, message.origin), reason)


def import_order(job: Job, order: Order, origin: Origin) -> None:
    """Bring one version of an order as far as it can go, and leave its record telling the truth.

    Raises:
        RetryLater: Something is busy or away; the record is free for the next try.
        NeedsAttention: A platform refuses us; the record is held until the connection is resumed.
    """
    with discreet(job, order) as quiet:
        _import_order(quiet, order, origin)


def _import_order(job: Job, order: Order, origin: Origin) -> None:
    record = new_record(job.bridge, order_key(job.connection.id, order.id), order.revision, order.number, origin)
    claim = job.bridge.ledger.claim(record, owner=job.owner, lease=LEASE)
    if not claim.won:
        stand_back(claim)
        return
    standing = claim.record
    if standing.is_set_aside and origin != "resend":
        _give_stock_back(job, order, origin)
        release(job.bridge, standing.model_copy(update={"revision": order.revision}), job.owner)
        return
    if standing.state == "DONE":
        after_import(job, order, standing, origin)
        return
    _Import(job, order, claim, origin).run()


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
            self._forget_what_we_used()
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
        older = brought_before(self._job, self._record, self._order)
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
        except OutcomeUnknown:
            check_address(self._job, self._record)
            self._tell("The back office cannot be searched; creating the order again makes no second one there.")
            return None  # still in doubt
        self._tell("Found in the back office after an interrupted try." if found else "Not in the back office.")
        if found is None:
            self._change(state="INTENT")  # surely not created
        return found

    def _skip(self, reason: Reason) -> None:
        """Not to be imported; what may stand in the back office all the same is left to a person."""
        _give_stock_back(self._job, self._order, self._record.origin)
        if self._record.state in IN_DOUBT:
            raise Held(
                f"The order may be in the back office after a broken-off try. {reason.text}",
                code="in_doubt",
                where=f"order {self._order.number}",
                fix="Look for it there and cancel it by hand if it is there, then skip the order here.",
            )
        settle(self._job.bridge, self._record, "SKIPPED", reason, self._job.owner)
        log_skipped(self._job.bridge, self._record, reason)

    def _send(self, draft: OrderDraft) -> None:
        doubtful = self._record.state in IN_DOUBT
        facts = facts_of(self._order, self._job.connection.name_key)
        self._change(state="SENT", sent_at=self._job.bridge.clock(), sent_total=facts.gross, facts=facts)
        self._job.bridge.ledger.save(self._record, owner=self._job.owner)
        try:
            receipt = self._job.office.order_target.create(draft, again=doubtful)
        except AlreadyDone as told_there:
            self._change(state="INTENT")  # what is there is not ours
            raise taken(self._job, self._record, told_there) from told_there
        except OutcomeUnknown as error:
            self._change(sent_at=self._job.bridge.clock())  # from now on it can only end, so settling counts from here
            self._tell("The answer was lost; the back office is searched before anything is created again.")
            raise RetryLater(error.what, after=SETTLING.total_seconds(), where=error.where) from error
        except (RetryLater, Held, Rejected, NeedsAttention):
            if not doubtful:
                self._change(state="INTENT")  # surely not created
            raise
        self._first_try = True
        self._created(receipt)

    def _created(self, receipt: OrderReceipt) -> None:
        self._change(
            state="DONE",
            external_id=receipt.id,
            external_number=receipt.number,
            reason=None,
            follow_ups=planned_follow_ups(self._job, self._record.origin),
            updated_at=self._job.bridge.clock(),  # stock tells by it which figures hold the order already
        )
        self._tell(f"Created in the back office as {receipt.number or receipt.id}.")
        self._record = with_differences(self._job, self._order, self._record)  # what is there may be an older version
        warnings = order_warnings(self._order)
        for warning in warnings:
            self._tell(warning.text)
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

    def _forget_what_we_used(self) -> None:
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
        self._record = told(self._job.bridge, self._record, text)
