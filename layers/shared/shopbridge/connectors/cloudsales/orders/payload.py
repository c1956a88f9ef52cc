"""A shop's order as the body that creates it in BOCP; pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from shopbridge.connectors.cloudsales.orders.clients import check_company, client_of
from shopbridge.connectors.cloudsales.orders.lines import plan_shares
from shopbridge.connectors.cloudsales.orders.wire import OrderInput
from shopbridge.connectors.cloudsales.settings import COD, SEEN_SHIPPING, CloudSalesSettings
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.validation import validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order
from shopbridge.model.payment_notes import payment_note

STATUSES = {"new": "New", "cancelled": "Cancelled"}
"""The statuses that a client was seen to send (client B3)."""

HOME = "RO"
"""Where goods are sold from: BOCP keeps the books of Romanian companies."""


def draft_of(order: Order, parts: OrderParts, settings: CloudSalesSettings) -> OrderDraft:
    """The order in BOCP's shape.

    Raises:
        Held: It cannot be expressed, or its totals would differ.
    """
    reference = parts.reference or settings.reference_prefix + order.number
    shares = plan_shares(order, parts, settings)
    body = {
        "order_reference": reference,
        "order_date": order.placed_at.date().isoformat(),
        "order_status": parts.status,
        "order_mentions": mentions_of(order) if settings.mentions else "",
        "order_currency_code": order.currency,
        "shipping_method": parts.shipping or SEEN_SHIPPING[0],  # nothing travels, so no AWB is made
        **_payment(order, parts, settings),
        "client": client_of(order, settings),
        "items": [share.item() for share in shares],
    }
    payload = checked(body, f"order {order.number}").model_dump()
    return OrderDraft(reference=reference, payload=payload, line_of_row=tuple(share.line for share in shares))


def checked(payload: Mapping[str, Any], where: str) -> OrderInput:
    """The body as BOCP takes it. Raises Held with the fields it would not take (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused="BOCP cannot take the order as it is mapped",
        where=where,
        fix="Look at the maps and the own field rules of the connection, then resend the order.",
    )


def ready(payload: Mapping[str, Any], settings: CloudSalesSettings, where: str) -> OrderInput:
    """As ``checked``, once the merchant's rules have run: a company has all that its invoice needs, too."""
    order = checked(payload, where)
    check_company(order.client, settings, where)
    return order


def mentions_of(order: Order) -> str:
    """What has no field in BOCP: comment, payment, shipping method, sales channel, a sale into another country."""
    return " · ".join(part for part in _mentions(order) if part)


def _mentions(order: Order) -> Iterator[str]:
    yield order.comment.strip()
    if order.payment is not None and order.payment.method:
        yield payment_note(order.payment, order.payment.method)
    if order.shipping is not None and order.shipping.method:
        yield f"shipping: {order.shipping.method}"
    yield f"from {order.channel}" if order.channel else ""
    yield "intra-Community sale" if order.is_intra_community(HOME) else ""


def _payment(order: Order, parts: OrderParts, settings: CloudSalesSettings) -> dict[str, Any]:
    """The method, and what is to be collected at the door: nothing of what is paid already."""
    if parts.payment is None:
        raise Held(
            "The order has no payment method, which BOCP wants",
            code="missing_payment",
            where=f"order {order.number}",
            fix="Give the order one in the shop, then resend it.",
        )
    collected = parts.payment == COD and not (order.payment and order.payment.paid)
    amount = cents(order.totals.gross) if collected else Decimal(0)
    method = settings.cash_on_delivery_as if parts.payment == COD else parts.payment
    return {"payment_method": method, "cod_amount": amount, "cod_currency": order.currency}
