"""A shop's order as the body of ``processWebshopOrder``; pure. Buyers travel on their orders, and on nothing else.

What SalesAutopilot does with a buyer's address is decided by the form that takes the order. Whether the buyer agreed to
letters nobody assumes: only a rule of the merchant's says so, from what the shop knows of it.
"""

from collections.abc import Mapping
from typing import Any

from shopbridge.connectors.salesautopilot.api import TITLE
from shopbridge.connectors.salesautopilot.orders.lines import plan_items
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import OrderInput
from shopbridge.errors import Held
from shopbridge.mapping.json_data import plain
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.validation import validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Address, Order

INTEGRATION = "shopbridge"
"""[inferred] Any name will do; ``woocommerce`` and ``opencart`` were seen (client S5, S6, S18)."""
NOT_FOR_RULES = frozenset({"order_id", "mssys_integration_type"})
"""The order's number: by another one it would be another order. And who sends it."""
PAID = "It is paid in the shop."


def order_fields() -> dict[str, TargetField]:
    """Return every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(OrderInput) if field.path not in NOT_FOR_RULES}


def reference_of(name: str, settings: SalesAutopilotSettings) -> str:
    """Return an order's number as it is sent.

    [inferred] One with a slash may not be found again, since its place is in an address (platform file, "Known quirks"
    6), so a hyphen takes its place.
    """
    return (settings.reference_prefix + name).replace("/", "-")


def draft_of(order: Order, parts: OrderParts, settings: SalesAutopilotSettings) -> OrderDraft:
    """Return the order in SalesAutopilot's shape.

    Raises:
        Held: It cannot be expressed, its totals would differ, or it names no e-mail (code ``missing_email``).
    """
    reference = parts.reference or reference_of(order.number, settings)
    planned = plan_items(order, parts, settings)
    body = {
        "order_id": reference,
        **_buyer(order),
        "mssys_comment": order.comment.strip(),
        **_terms(order, parts),
        **_address("bill", order.billing_address, order),
        **_address("postal", order.shipping_address, order),
        "netshippingcost": planned.net,
        "grossshippingcost": planned.gross,
        "mssys_integration_type": INTEGRATION,
        "products": [row.item() for row in planned.rows],
    }
    made, lines_of_rows = ready(body, f"order {order.number}"), tuple(row.line for row in planned.rows)
    return OrderDraft(reference=reference, payload=made.model_dump(), line_of_row=lines_of_rows, checked=made)


def ready(payload: Mapping[str, Any], where: str) -> OrderInput:
    """Return the body as it may be sent. Raises Held with the fields that do not fit (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused=f"{TITLE} cannot take the order as it is mapped",
        where=where,
        fix="Look at the maps and the own field rules of the connection, then resend the order.",
    )


def body_of(order: OrderInput) -> dict[str, Any]:
    """Return the JSON body; fields without content stay out. Raises Held for a number that JSON would bend."""
    fields = order.model_dump(exclude={"consent"})
    body: dict[str, Any] = plain({name: value for name, value in fields.items() if value != ""})
    return body


def form_of(order: OrderInput, settings: SalesAutopilotSettings) -> int:
    """Return the form that takes the order."""
    return settings.consent_form if order.consent and settings.consent_form else settings.order_form


def is_paid_already(order: Order, settings: SalesAutopilotSettings) -> bool:
    """Tell whether its payment is to be told right after the import."""
    return settings.paid_at_import and order.payment is not None and order.payment.standing == "paid"


def _buyer(order: Order) -> dict[str, str]:
    buyer, billing = order.customer, order.billing_address
    if buyer is None or not buyer.email.strip():
        raise Held(
            f"The order names no e-mail, by which {TITLE} keeps people",
            code="missing_email",
            where=f"order {order.number}",
            fix="Enter the buyer's e-mail in the shop, then resend the order; or skip it here.",
        )
    first, last = (buyer.first_name, buyer.last_name) if buyer.last_name else (billing.first_name, billing.last_name)
    return {
        "email": buyer.email,
        "mssys_firstname": first,
        "mssys_lastname": last,
        "mssys_phone": billing.phone or order.shipping_address.phone,
        "mssys_vat_number": buyer.vat_id,
    }


def _terms(order: Order, parts: OrderParts) -> dict[str, str]:
    """How it is paid and sent, by the maps' words; beside it the shop's own key of the payment method."""
    keys = order.payment.method_keys if order.payment else ()
    return {
        "payment_method": parts.payment or "",
        "payment_code": next(iter(keys), ""),
        "shipping_method": parts.shipping or "",
        "currency": order.currency,
        "order_status_id": parts.status,
    }


def _address(kind: str, address: Address, order: Order) -> dict[str, str]:
    """The address has no field for a name: another person's stands in the company's place."""
    lines = (address.street, *address.extra, address.department)
    values = {
        "company": address.company.strip() or _other_name(address, order),
        "country": address.country.lower(),
        "state": address.state,
        "zip": address.postcode,
        "city": address.city,
        "address": ", ".join(line.strip() for line in lines if line.strip()),
    }
    return {f"mssys_{kind}_{name}": value for name, value in values.items()}


def _other_name(address: Address, order: Order) -> str:
    name, buyer = f"{address.first_name} {address.last_name}".strip(), order.customer
    names = {f"{buyer.first_name} {buyer.last_name}".strip()} if buyer else set()
    return "" if name in names else name
