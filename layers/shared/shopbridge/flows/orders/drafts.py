"""What is known of orders before anything is asked, and what will be sent of one once all that it names is there."""

from collections.abc import Sequence
from typing import Any

from shopbridge.flows.bridge import Job
from shopbridge.flows.orders.filter import check_order
from shopbridge.flows.orders.office_ids import product_kind
from shopbridge.flows.orders.privacy import KEYED, hidden_name
from shopbridge.flows.orders.resolve import match_value, resolve, wanted_products
from shopbridge.mapping.expressions import as_document
from shopbridge.mapping.rule_engine import apply_rules, compile_rules
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order
from shopbridge.ports import Sight


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
    return draft.with_payload(payload)


def order_document(order: Order) -> dict[str, Any]:
    """Return the order as rules see it: plain data, amounts as Decimal, times as ISO text."""
    document: dict[str, Any] = as_document(order.model_dump())
    return document


def looked_up(job: Job, orders: Sequence[Order]) -> Sight:
    """Return what is known of these orders, and of the products and customers they name, by one call."""
    names: dict[str, Sequence[str]] = {}
    if job.office.order_products is not None:
        wanted = {key for order in orders for key in wanted_products(job, order).values()}
        names[product_kind(job.settings.products.office_field)] = sorted(wanted - {""})
    # Where they may still have their former names they are asked for one by one, once they are moved.
    if job.office.customers is not None and job.connection.bare_until is not None:
        buyers = {order.customer.match_key for order in orders if order.customer} - {""}
        names[KEYED] = sorted(hidden_name(job.connection, key) for key in buyers)
    return job.bridge.sights.look(job.connection.id, [OrderId(order.id) for order in orders], names)


def forget_used_ids(job: Job, order: Order) -> None:
    """Drop what an order was sent with: its refusal may come from a record that is gone; the next try looks anew."""
    products = {match_value(line, job.settings.products.shop_field) for line in order.lines} - {""}
    _forget(job, product_kind(job.settings.products.office_field), sorted(products))
    if order.customer and order.customer.match_key:
        _forget(job, KEYED, [hidden_name(job.connection, order.customer.match_key)])


def _forget(job: Job, kind: str, keys: Sequence[str]) -> None:
    job.bridge.directory.forget(job.connection.id, kind, keys)
    for key in keys:
        job.sight.known.pop((kind, key), None)
