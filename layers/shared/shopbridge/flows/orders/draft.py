"""The order in the back office's own shape, with the merchant's rules applied."""

from typing import Any

from shopbridge.flows.orders.filter import check_order
from shopbridge.flows.orders.job import Job
from shopbridge.flows.orders.resolve import resolve
from shopbridge.mapping.expressions import as_document
from shopbridge.mapping.rule_engine import apply_rules, compile_rules
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order


def draft_order(job: Job, order: Order, reference: str = "") -> OrderDraft:
    """What will be sent for an order that is taken: what it refers to is found or made first.

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
    """The order as rules see it: plain data, amounts as Decimal, times as ISO text."""
    document: dict[str, Any] = as_document(order.model_dump())
    return document
