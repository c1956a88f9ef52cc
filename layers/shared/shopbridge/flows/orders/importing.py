"""Shop's orders become a back office's orders, each exactly once.

Orders that come together are looked up and opened together, and what becomes of one touches no other: each has its own
record, its own creating call, and its own reason to come back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from shopbridge.errors import BridgeError, Conflict, LimitReached, NeedsAttention, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.attempt import Attempt, give_stock_back
from shopbridge.flows.orders.bring import follows, look
from shopbridge.flows.orders.drafts import looked_up
from shopbridge.flows.orders.follow_ups import after_import, follow_office
from shopbridge.flows.orders.privacy import masking_buyer
from shopbridge.flows.orders.records import (
    LEASE,
    letting_go,
    new_record,
    order_key,
    raise_if_busy,
    release,
    with_event,
)
from shopbridge.flows.orders.references import settles_by_itself
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import FROM_OFFICE, LedgerRecord, is_settled
from shopbridge.model.messages import OrderMoved, Origin
from shopbridge.model.order import Order
from shopbridge.ports import Claim

CREATION_TAKES = 40.0
"""Seconds left at which no further order of several is begun: a call may take 30, and what follows it some more."""
IN_A_ROW = 2
"""Orders that found a platform busy or away, one behind the other: the next ones would only wait for it as well."""


@dataclass(frozen=True)
class Failure:
    """An order that has to be tried again, and why; LimitReached where it was not even begun."""

    order: Order
    error: RetryLater | Conflict


def import_order(job: Job, order: Order, origin: Origin, *, by: str = "") -> None:
    """Bring one version of an order as far as it can go, and leave its record telling the truth.

    Args:
        by: Who asked for it, for the order's story; empty for nobody.

    Raises:
        RetryLater, Conflict: Something is busy or away; the record is free for the next try.
        NeedsAttention: A platform refuses us; the record is held until the connection is resumed.
    """
    for failure in import_orders(job, [order], origin, by=by):
        raise failure.error


def import_orders(
    job: Job, orders: Sequence[Order], origin: Origin, *, by: str = "", again: bool = False
) -> Sequence[Failure]:
    """Import several orders of one connection; returns those that have to be tried again.

    Args:
        again: A try before may have broken off after an order was done, and before it was named in the back office.

    Raises:
        RetryLater: AWS is busy; all are tried again.
        NeedsAttention: A platform refuses us.
    """
    firsts = {order.id: order for order in reversed(orders)}
    parcel = _Parcel(replace(job, sight=looked_up(job, list(firsts.values()))), origin, by, again)
    try:
        parcel.bring([order for order in orders if firsts[order.id] is order])
        for order in orders:  # a later version of one and the same order finds the first one's record
            if firsts[order.id] is not order:
                parcel.bring_claimed(order)
    except BridgeError:
        parcel.name_in_office()
        raise
    parcel.name_in_office()
    return parcel.failures


@dataclass
class _Parcel:
    """Orders that came together.

    Attributes:
        job: With the sight of all of them.
        stopped: Why no further one is begun.
    """

    job: Job
    origin: Origin
    by: str
    again: bool
    failures: list[Failure] = field(default_factory=list)
    imported: list[LedgerRecord] = field(default_factory=list)
    stopped: LimitReached | None = None
    several: bool = False
    _in_a_row: int = 0

    def bring(self, orders: Sequence[Order]) -> None:
        """Bring them, each as far as it can go: those that the ledger has, then the new ones."""
        self.several = len(orders) > 1
        left = [order for order in orders if not self._is_settled(order)]
        self.job.bridge.turns.expect(self.job.connection.id, len(left))
        for order in left:
            if self._standing(order):
                self.bring_claimed(order)
        self._open_and_create(self._planned([order for order in left if not self._standing(order)]))

    def bring_claimed(self, order: Order) -> None:
        """Bring an order that the ledger has: its record is claimed first."""
        self._try(order, lambda: self._import_claimed(order))

    def name_in_office(self) -> None:
        """Note what the back office calls those that are done, where the shop is told what becomes of them."""
        done = [record for record in self.imported if record.state == "DONE" and record.external_id]
        if done and follows(self.job):
            self.job.bridge.ledger.name_in_office(done)

    def _standing(self, order: Order) -> LedgerRecord | None:
        return self.job.sight.records.get(OrderId(order.id))

    def _is_settled(self, order: Order) -> bool:
        """As a claim would say, without its write."""
        standing = self._standing(order)
        if standing is None or standing.lease_owner or not is_settled(standing, self._new_record(order)):
            return False
        self.imported += [standing] if self.again else []
        return True

    def _try(self, order: Order, work: Callable[[], None]) -> bool:
        """Do the work for an order unless no further one is begun; tell whether it came to its end."""
        if self._is_over():
            self.failures += [Failure(order, self.stopped)] if self.stopped else []
            return False
        try:
            work()
        except (RetryLater, Conflict) as error:
            self._failed(order, error)
            return False
        self._in_a_row = 0
        return True

    def _is_over(self) -> bool:
        if self.several and self.stopped is None and self.job.bridge.deadline.remaining() < CREATION_TAKES:
            self.stopped = LimitReached("The time of this invocation is used up", after=1)
        return self.stopped is not None

    def _failed(self, order: Order, error: RetryLater | Conflict) -> None:
        self.failures.append(Failure(order, error))
        self._in_a_row += 1
        if isinstance(error, LimitReached):
            self.stopped = error
        elif isinstance(error, RetryLater) and self._in_a_row >= IN_A_ROW:
            self.stopped = LimitReached(error.what, after=error.after, where=error.where)

    def _import_claimed(self, order: Order) -> None:
        # An owner names one attempt: what this worker opened a moment ago is not taken for this one's.
        job = replace(self.job, owner=uuid4().hex)
        with masking_buyer(job, order) as masked:
            claim = masked.bridge.ledger.claim(self._new_record(order), owner=job.owner, lease=LEASE)
            if not claim.won:
                raise_if_busy(claim)
                return
            if self.by and not claim.new:
                claim = replace(claim, record=_handed(masked, claim.record, self.by))
            if self._is_after_import(masked, order, claim.record):
                return
        attempt = Attempt(job, order, claim, self.origin, stored=True)
        attempt.run()
        self.imported.append(attempt.record)

    def _is_after_import(self, job: Job, order: Order, standing: LedgerRecord) -> bool:
        """Do what there is to do for an order that is not to be created, and tell whether it is none."""
        if standing.is_set_aside and self.origin != "resend":
            give_stock_back(job, order, self.origin)
            release(job.bridge, standing.model_copy(update={"revision": order.revision}), job.owner)
            return True
        if standing.state == "DONE":
            self.imported += [standing] if self.again else []
            after_import(job, order, standing, self.origin)
            return True
        return False

    def _new_record(self, order: Order) -> LedgerRecord:
        key = order_key(self.job.connection.id, order.id)
        record = new_record(self.job.bridge, key, order.revision, order.number, self.origin)
        return _handed(self.job, record, self.by) if self.by else record

    def _planned(self, orders: Sequence[Order]) -> Sequence[Attempt]:
        """Those that are to be opened: ready to be sent, or settled already."""
        planned: list[Attempt] = []
        for order in orders:
            claim = Claim(won=True, record=self._new_record(order), new=True)
            attempt = Attempt(self.job, order, claim, self.origin, stored=False)
            try:
                planned += [attempt] if self._try(order, attempt.plan) else []
            except NeedsAttention:
                self.job.bridge.ledger.open([attempt.kept])
                raise
        return planned

    def _open_and_create(self, attempts: Sequence[Attempt]) -> None:
        """What is ready is SENT before its call leaves: all at once, unless a person had to look for each of them."""
        ahead = settles_by_itself(self.job)
        opened = self._opened([each for each in attempts if ahead or not each.is_ready])
        left = [each for each in (opened if ahead else attempts) if each.is_ready]
        while left:
            attempt = left.pop(0)
            try:
                self._create(attempt, opened=ahead)
            except NeedsAttention:
                for other in left if ahead else ():
                    other.give_back()
                raise

    def _opened(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """Open their records, and return those that are ours; the others are claimed as they stand."""
        if not attempts:
            return ()
        for each in attempts:
            each.mark()
        ours = self.job.bridge.ledger.open([each.kept for each in attempts])
        mine = [each for each, is_ours in zip(attempts, ours, strict=True) if is_ours]
        for each in mine:
            each.opened()
        for each, is_ours in zip(attempts, ours, strict=True):
            if not is_ours:
                self.bring_claimed(each.order)
        return mine

    def _create(self, attempt: Attempt, *, opened: bool) -> None:
        if not opened and not self._is_over() and not self._opened([attempt]):
            return
        if self._try(attempt.order, attempt.create):
            self.imported.append(attempt.record)
        elif opened and attempt.is_untried:
            attempt.give_back()


def _handed(job: Job, record: LedgerRecord, by: str) -> LedgerRecord:
    return with_event(job.bridge, record, f"Handed to the import by {by}.")


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
