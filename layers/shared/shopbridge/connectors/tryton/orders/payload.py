"""A shop's order as the sale that is sent; pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shopbridge.connectors.kit.order_lines import payment_note
from shopbridge.connectors.tryton.customers import address_input, buyer_of
from shopbridge.connectors.tryton.orders.lines import PlannedLine, plan_lines
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.wire import LONGEST_NAME, OrderInput, RowInput
from shopbridge.errors import Held
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.validation import validated
from shopbridge.model.office import PLANNED, OrderDraft, OrderParts
from shopbridge.model.order import Order

NOT_FOR_RULES: Final = frozenset({"party", "reference", "status", "total", "currency"})
"""Whose sale it is, by what it is found again, and what it has to come to; the status has its map."""
_NOT_INSIDE: Final = ("buyer.", "billing.", "delivery.")
_GOAL: Final = re.compile(r"\[(draft|quotation|processing)\]")
_BRACKETS: Final = str.maketrans("[]", "()")
"""No word of a buyer may look like how far the sale goes."""


def order_fields() -> dict[str, TargetField]:
    """Return every field of the sale that a merchant's rule may fill, by its path."""
    found = (field for field in fields_of(OrderInput) if field.path.partition(".")[0] not in NOT_FOR_RULES)
    return {field.path: field for field in found if not field.path.startswith(_NOT_INSIDE)}


def goal_in(comment: str) -> str:
    """Return how far a sale was to go, by its comment; empty where somebody took that out."""
    found = _GOAL.findall(comment)
    return found[-1] if found else ""


def draft_of(order: Order, parts: OrderParts, settings: TrytonSettings) -> OrderDraft:
    """Return the order in Tryton's shape.

    Raises:
        Held: It cannot be expressed, is in another currency than the company's (``currency_not_taken``), or names no
            buyer (``client_without_name``).
    """
    _check_currency(order, settings)
    reference = parts.reference or settings.reference_prefix + order.number
    lines = plan_lines(order, parts, settings.tax_rounding)
    buyer = buyer_of(order)
    body = {
        "party": None if parts.customer_id in (None, PLANNED) else parts.customer_id,
        "buyer": buyer.model_dump() if parts.customer_id in (None, PLANNED) else None,
        "billing": address_input(order.billing_address, buyer.name).model_dump(),
        "delivery": address_input(order.shipping_address, buyer.name).model_dump(),
        "warehouse": settings.warehouse,
        "payment_term": parts.payment,
        "reference": reference,
        "description": f"{settings.shop_name} {reference}"[:LONGEST_NAME],
        "comment": "\n".join(_comment(order, parts, settings)),
        "status": parts.status,
        "total": cents(order.totals.gross),
        "currency": order.currency,
        "rows": [_row(line) for line in lines],
    }
    made, lines_of_rows = ready(body, f"order {order.number}"), tuple(line.line for line in lines)
    return OrderDraft(reference=reference, payload=made.model_dump(), line_of_row=lines_of_rows, checked=made)


def ready(payload: Mapping[str, Any], where: str) -> OrderInput:
    """Return the order as it may be sent. Raises Held with the fields that do not fit (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused=f"{TITLE} cannot take the order as it is mapped",
        where=where,
        fix="The status map says draft, quotation or processing; the maps of payments and taxes and the default "
        "customer are numbers of Tryton, which `words` lists; look at your own rules, too; then resend the order.",
    )


def sale_body(order: OrderInput, party: int, addresses: tuple[int, int], units: Mapping[int, int]) -> dict[str, Any]:
    """Return the body that creates the sale, whole.

    Args:
        addresses: Of the bill, and of the delivery.
        units: In which each product is sold.
    """
    given = {"warehouse": order.warehouse, "payment_term": order.payment_term}
    return {
        "party": party,
        "invoice_address": addresses[0],
        "shipment_address": addresses[1],
        "reference": order.reference,
        "description": order.description,
        "comment": f"{order.comment}\n[{order.status}]".strip(),
        "invoice_method": "order",
        "shipment_method": "order",
        "lines": [["create", [_line_body(row, units) for row in order.rows]]],
        **{name: value for name, value in given.items() if value is not None},
    }


def _line_body(row: RowInput, units: Mapping[int, int]) -> dict[str, Any]:
    product = {"product": row.product, "unit": units[row.product]} if row.product else {"description": row.description}
    return {
        "type": "line",
        **product,
        "quantity": json_number(row.quantity),
        "unit_price": row.unit_price,
        **({"taxes": [["add", [row.tax]]]} if row.tax else {}),
    }


def _row(line: PlannedLine) -> dict[str, Any]:
    return {
        "product": line.product,
        "description": line.name,
        "quantity": line.quantity,
        "unit_price": line.price,
        "tax": line.tax or None,
    }


def _comment(order: Order, parts: OrderParts, settings: TrytonSettings) -> Iterator[str]:
    """What the sale has no field for."""
    if order.payment:
        yield f"Payment: {payment_note(order.payment, order.payment.method)}".translate(_BRACKETS)
    if order.shipping and (parts.shipping or order.shipping.method):
        yield f"Delivery: {parts.shipping or order.shipping.method}".translate(_BRACKETS)
    for further in order.further_deliveries:
        place = address_input(further.address, "")
        where = ", ".join(filter(None, (place.party_name, place.street, f"{place.postal_code} {place.city}".strip())))
        yield f"Also to: {where}".replace("\n", ", ").translate(_BRACKETS)
    if order.customer and order.customer.vat_id and not settings.send_vat_ids:
        yield f"VAT number: {order.customer.vat_id}".translate(_BRACKETS)
    if order.channel:
        yield f"Channel: {order.channel}".translate(_BRACKETS)
    if order.comment.strip():
        yield f"Comment: {order.comment.strip()}".translate(_BRACKETS)


def _check_currency(order: Order, settings: TrytonSettings) -> None:
    if order.currency != settings.currency:
        raise Held(
            f"The order is in {order.currency}, and the company in Tryton keeps {settings.currency}",
            code="currency_not_taken",
            where=f"order {order.number}",
            fix="Book this order by hand, or correct currency in the settings of Tryton.",
        )


def product_ids(order: OrderInput) -> list[int]:
    """Return the products that an order names, each once."""
    return sorted({row.product for row in order.rows if row.product})
