"""A shop's order as the body that creates it in BOCP; pure.

BOCP keeps no clients of ours: buyers travel on their orders. Shops keep a Romanian address in one or two lines, such as
``Str. Fictiva nr. 3, bl. B, sc. 1, et. 2, ap. 14``, where BOCP has many parts.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shopbridge.connectors.cloudsales.api import moment_text
from shopbridge.connectors.cloudsales.orders.lines import plan_shares
from shopbridge.connectors.cloudsales.settings import COD, SEEN_SHIPPING, CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import BocpAddress, BocpDeliveryAddress, Client, OrderInput
from shopbridge.connectors.kit.order_lines import payment_note
from shopbridge.errors import Held
from shopbridge.mapping.countries import romanian_country, romanian_county
from shopbridge.mapping.json_data import plain
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.street import Street, split_street
from shopbridge.mapping.validation import validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Address, Order

STATUSES = {"new": "New", "cancelled": "Cancelled"}
"""The statuses that a client was seen to send (client B3)."""

HOME = "RO"
"""Where goods are sold from: BOCP keeps the books of Romanian companies."""
_VALUE = r"[\s.:]*(?P<value>(?=\w*\d)[\w/-]{1,10}|\w{1,2}|parter|demisol|mansarda)(?![\w.])"
_PARTS = {
    name: re.compile(rf"(?<![\w.])(?:{words}){_VALUE},?", re.IGNORECASE)
    for name, words in {
        "building": r"bloc(?:ul)?\b|bl\b",
        "stair": r"scara\b|sc\b",
        "floor": r"etaj(?:ul)?\b|et\b",
        "apartment": r"apartament(?:ul)?\b|apart\b|ap\b",
    }.items()
}
"""What follows must look like a number or a letter: ``Str. Sf. Ap. Andrei`` names an apostle."""
_SUCH_PARTS = frozenset({"RO", "MD"})
NOT_FOR_RULES = frozenset({"order_reference"})
"""The order's address: another one would be another order."""


def order_fields() -> dict[str, TargetField]:
    """Return every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(OrderInput) if field.path not in NOT_FOR_RULES}


def draft_of(order: Order, parts: OrderParts, settings: CloudSalesSettings) -> OrderDraft:
    """Return the order in BOCP's shape.

    Raises:
        Held: It cannot be expressed, or its totals would differ.
    """
    reference = parts.reference or settings.reference_prefix + order.number
    shares = plan_shares(order, parts, settings)
    body = {
        "order_reference": reference,
        "order_date": order.placed_at.date().isoformat(),
        "order_status": parts.status,
        "order_mentions": " · ".join(filter(None, _mentions(order))) if settings.mentions else "",
        "order_currency_code": order.currency,
        "shipping_method": parts.shipping or SEEN_SHIPPING[0],  # nothing travels, so no AWB is made
        **_payment(order, parts, settings),
        "client": client_of(order, settings),
        "items": [share.item() for share in shares],
    }
    made, lines_of_rows = checked(body, f"order {order.number}"), tuple(share.line for share in shares)
    return OrderDraft(reference=reference, payload=made.model_dump(), line_of_row=lines_of_rows, checked=made)


def checked(payload: Mapping[str, Any], where: str) -> OrderInput:
    """Return the body as BOCP takes it. Raises Held with the fields it would not take (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused="BOCP cannot take the order as it is mapped",
        where=where,
        fix="Look at the maps and the own field rules of the connection, then resend the order.",
    )


def ready(draft: OrderDraft, settings: CloudSalesSettings) -> OrderInput:
    """Do as ``checked``, once the merchant's rules have run: a company has all that its invoice needs, too."""
    where = f"order {draft.reference}"
    order: OrderInput = draft.checked or checked(draft.payload, where)
    check_company(order.client, settings, where)
    return order


def body_of(order: OrderInput, now: datetime) -> dict[str, Any]:
    """Return the JSON body, with what follows from the rest. Raises Held for a number that JSON would bend."""
    body: dict[str, Any] = plain(order.model_dump())
    del body["client"]["is_company"]
    return body | {
        "order_unique_id": order.order_reference,
        "order_updated_at": moment_text(now),
        "order_cancelled": int(order.order_status == "cancelled"),
        "payments": [],
    }


def _mentions(order: Order) -> Iterator[str]:
    """What has no field in BOCP: comment, payment, shipping method, sales channel, a sale into another country."""
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


# --- the client -------------------------------------------------------------------------------------------------------


def client_of(order: Order, settings: CloudSalesSettings) -> Client:
    """Return the company that buys, represented by a person; or the person.

    Raises:
        Held: There is no name at all (code ``client_without_name``), or a country without one.
    """
    person, company, buyer = _person(order), _company(order), order.customer
    name = company or person
    if not name:
        raise Held(
            "The order names neither a person nor a company",
            code="client_without_name",
            where=f"order {order.number}",
            fix="Enter a name in the billing address in the shop, then resend the order.",
        )
    return Client(
        name=name,
        is_company=bool(company),
        representative=person,
        email=buyer.email if buyer else "",
        phone=order.billing_address.phone or order.shipping_address.phone,
        vat_id=buyer.vat_id if buyer and company else "",
        invoice_address=invoice_address_of(order.billing_address, settings.countries),
        delivery_address=delivery_address_of(order.shipping_address, settings.countries),
    )


def check_company(client: Client, settings: CloudSalesSettings, where: str) -> None:
    """Raise Held when a company lacks what its invoice needs (code ``company_incomplete``)."""
    missing = client.missing(romanian_country("RO", settings.countries, "CloudSales"))
    if missing:
        raise Held(
            f"The order is a company's, and its {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            code="company_incomplete",
            where=where,
            fix="Enter it in the shop, or let an own rule of the connection fill client.vat_id and client.invoice_"
            "address, or set client.is_company to false; then resend the order.",
        )


def _person(order: Order) -> str:
    address, buyer = order.billing_address, order.customer
    name = f"{address.first_name} {address.last_name}".strip()
    return name or (f"{buyer.first_name} {buyer.last_name}".strip() if buyer else "")


def _company(order: Order) -> str:
    return order.billing_address.company.strip() or (order.customer.company.strip() if order.customer else "")


# --- addresses --------------------------------------------------------------------------------------------------------


def invoice_address_of(address: Address, countries: Mapping[str, str]) -> BocpAddress:
    """Return the address of the bill. Raises Held for a country without a name."""
    return BocpAddress.model_validate(_parts(address, countries))


def delivery_address_of(address: Address, countries: Mapping[str, str]) -> BocpDeliveryAddress:
    """Return where it goes; the company, which has no field, stands beside the contact's name."""
    person = f"{address.first_name} {address.last_name}".strip()
    contact = ", ".join(part for part in (person, address.company.strip()) if part)
    return BocpDeliveryAddress.model_validate(
        {**_parts(address, countries), "shipping_contact_name": contact, "shipping_contact_phone": address.phone}
    )


def _parts(address: Address, countries: Mapping[str, str]) -> dict[str, str]:
    text = ", ".join(line.strip() for line in (address.street, *address.extra) if line.strip())
    parts, text = _taken_apart(text) if address.country in _SUCH_PARTS else ({}, text)
    found = split_street(text, address.country)
    # What has no field of its own stays with the street, so that nothing is lost.
    street = ", ".join(part for part in (found.street, found.rest, address.department.strip()) if part)
    return {
        **parts,
        "street": street,
        "number": _number(found),
        "city": address.city,
        "county": romanian_county(address.state) if address.country == "RO" else address.state,
        "zip": address.postcode,
        "country": romanian_country(address.country, countries, "CloudSales"),
    }


def _taken_apart(text: str) -> tuple[dict[str, str], str]:
    """Building, stair, floor and apartment, and the text without them."""
    parts: dict[str, str] = {}
    for name, pattern in _PARTS.items():
        if found := pattern.search(text):
            parts[name] = found["value"]
            text = f"{text[: found.start()].rstrip(' ,')}, {text[found.end() :].lstrip(' ,')}"
    return parts, text.strip(" ,")


def _number(found: Street) -> str:
    apart = len(found.suffix) > 1 and found.suffix[0].isalpha()
    return f"{found.number}{' ' if apart else ''}{found.suffix}"
