"""What importing a connection's orders would do: the import's own steps, with nothing written on either side.

Only what was looked up in the back office is remembered, as an import remembers it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shopbridge.errors import BridgeError, Held, Rejected
from shopbridge.flows.bridge import Job
from shopbridge.flows.failures import reason_of
from shopbridge.flows.orders.filter import first_moment, skip_reason
from shopbridge.flows.orders.importing import draft_order
from shopbridge.flows.orders.privacy import without_buyer
from shopbridge.flows.orders.records import by_reason, new_record, order_key
from shopbridge.flows.orders.references import find_created_before
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import LedgerRecord, Reason
from shopbridge.model.office import OrderPage
from shopbridge.model.order import Order

MOST_ORDERS = 200
LONGEST = timedelta(seconds=40)
ENDS_WITH = 30.0
"""Seconds left at which it stops, so that the answer still reaches whoever asked."""
EXAMPLES = 5
"""Order numbers told for each reason."""


def plan(job: Job) -> dict[str, Any]:
    """Judge the orders that a first import takes, oldest change first, as far as time and ``MOST_ORDERS`` reach.

    Returns:
        How many were ``read`` and what would become of them: ``to_import``, ``imported_already``, and by reason
        ``skipped`` and ``held``; ``stopped`` says why not all orders were read, and is empty otherwise.
    """
    return _Plan(replace(job, planning=True)).made()


class _Plan:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._until = job.bridge.clock() + LONGEST
        self._read = self._to_import = self._imported_already = 0
        self._skipped: list[tuple[Reason, str]] = []
        self._held: list[tuple[Reason, str]] = []

    def made(self) -> dict[str, Any]:
        try:
            stopped = self._walk()
        except BridgeError as error:
            stopped = str(error)
        return {
            "read": self._read,
            "to_import": self._to_import,
            "imported_already": self._imported_already,
            "skipped": _described(self._skipped),
            "held": _described(self._held),
            "stopped": stopped,
        }

    def _walk(self) -> str:
        """Page by page; returns why it stopped, or nothing at the end."""
        since, position = first_moment(self._job.connection), None
        while True:
            page = self._job.shop.order_source.changed(since, position)
            stopped = self._judge_page(page)
            position = page.position
            if stopped or position is None:
                return stopped

    def _judge_page(self, page: OrderPage) -> str:
        records = self._job.bridge.ledger.orders(self._job.connection.id, [order.id for order in page.orders])
        for order in page.orders:
            if stopped := self._enough():
                return stopped
            self._judge(order, records)
            self._read += 1
        for broken in page.unreadable:
            reason = Reason(code=broken.code, text=broken.text, fix=broken.fix)
            self._held.append((reason, broken.number or broken.id))
        self._read += len(page.unreadable)
        return ""

    def _enough(self) -> str:
        if self._read >= MOST_ORDERS:
            return f"A plan reads {MOST_ORDERS} orders at the most."
        late = self._job.bridge.clock() >= self._until or self._job.bridge.deadline.remaining() < ENDS_WITH
        return "The time for a plan is up." if late else ""

    def _judge(self, order: Order, records: Mapping[OrderId, LedgerRecord]) -> None:
        record = records.get(order.id)
        if record is not None and record.state in ("DONE", "SENT"):
            self._imported_already += 1
        elif record is not None and record.reason and (record.is_set_aside or record.state == "UNKNOWN"):
            (self._skipped if record.is_set_aside else self._held).append((record.reason, order.number))
        else:
            self._try(order, record)

    def _try(self, order: Order, record: LedgerRecord | None) -> None:
        skipped = skip_reason(self._job.connection, order, "first_import")
        if skipped is not None:
            self._skipped.append((skipped, order.number))
            return
        try:
            is_there = self._is_there(order, record)
        except (Held, Rejected) as error:
            self._held.append((without_buyer(order, reason_of(error)), order.number))
        else:
            self._imported_already += is_there
            self._to_import += not is_there

    def _is_there(self, order: Order, record: LedgerRecord | None) -> bool:
        """Whether another connection brought the order before; if not, it is drafted."""
        bridge, key = self._job.bridge, order_key(self._job.connection.id, order.id)
        record = record or new_record(bridge, key, order.revision, order.number, "first_import")
        if find_created_before(self._job, record, order) is not None:
            return True
        draft_order(self._job, order)
        return False


def _described(found: Sequence[tuple[Reason, str]]) -> list[dict[str, Any]]:
    return [{**shown, "examples": orders[:EXAMPLES]} for shown, orders in by_reason(found)]
