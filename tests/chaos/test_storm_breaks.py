"""A bridge that is broken on purpose is told as lost, doubled or of another total by the storm's own report."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from chaos.report import storm_line
from chaos.storm import attack as storm
from sandbox.quick.queues import Message
from sandbox.quick.scenery import Scenery
from shopbridge.flows.bridge import Job
from shopbridge.flows.orders import importing, messages
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import Origin
from shopbridge.model.order import Order
from shopbridge.store.ledger import effects
from shopbridge.store.ledger.items import to_item

ORDERS = 4
PAIRS = ("shopware-salespos", "gomag-cloudsales")


def told() -> Mapping[str, Any]:
    line, facts = storm_line(storm.storm(ORDERS, 7, PAIRS))
    assert line.broken
    return {name: facts[name] for name in ("lost", "doubled", "total_mismatches")}


def test_a_claim_that_is_skipped_is_told_as_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(self: effects.DynamoLedger, record: LedgerRecord) -> None:
        self.table.put(to_item(record))

    monkeypatch.setattr(effects.DynamoLedger, "_open", claim)
    assert told()["doubled"] >= 1


def test_messages_that_are_dropped_are_told_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    deliver = Scenery._deliver

    def drop(self: Scenery, message: Message) -> None:
        # All of them: whatever is left over of an order is found again by the next poll.
        if message.queue == self.environment.order_queue_url:
            self.queues.delete(message)
        else:
            deliver(self, message)

    monkeypatch.setattr(Scenery, "_deliver", drop)
    assert told()["lost"] >= 1


def test_a_cent_that_is_lost_on_the_way_is_told_as_another_total(monkeypatch: pytest.MonkeyPatch) -> None:
    bring = importing.import_orders

    def less(order: Order) -> Order:
        first, *others = order.lines
        cheaper = first.model_copy(update={"total": first.total - Decimal("0.01")})
        totals = order.totals.model_copy(update={"gross": order.totals.gross - Decimal("0.01")})
        return order.model_copy(update={"lines": (cheaper, *others), "totals": totals})

    def bring_less(job: Job, orders: Sequence[Order], origin: Origin, **given: Any) -> Any:
        return bring(job, [less(order) for order in orders], origin, **given)

    monkeypatch.setattr(messages, "import_orders", bring_less)
    assert told()["total_mismatches"] >= 1
