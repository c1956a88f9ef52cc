"""Cartum's order as ours; pure. A guest exists only in his order, so who buys comes from there, too."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shopbridge.connectors.cartum.api import moment_of
from shopbridge.connectors.cartum.orders.lines import delivery_costs, shipping_of, sums_of
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.wire import WireOrder, WireOrderHead, title_in
from shopbridge.connectors.kit.loose import as_text
from shopbridge.errors import Held
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, Order, Payment

PAID, OPEN = "paid", "open"
"""The two states of a payment that Cartum's flag tells."""
KEEPS_NO_WORD_OF_GUESTS = False
"""Nearly every order has a user of its own (platform file, K1): nobody counts as a guest, or as a known customer."""
PARTS: Final = "@"
"""What joins the parts of an address that a carrier's form asked for one by one (platform file, "Read")."""
RESTLESS: Final = frozenset({"tnTrackingUpdateDate"})
"""Of a delivery's data: changes when a carrier is asked, though nothing happened."""


def order_id(wire: WireOrderHead) -> OrderId:
    """Return the order's number, which is also what it is read and moved by."""
    return OrderId(wire.order_id)


def to_order(wire: WireOrder, settings: CartumSettings) -> Order:
    """Return the order, whole, without its revision. All amounts include VAT.

    Raises:
        Held: Something a copy needs is missing or unknown, or the sums do not add up.
    """
    sums = sums_of(wire, settings)
    status = status_key(wire)
    address = _address(wire, settings)
    return Order(
        id=order_id(wire),
        number=wire.order_id,
        revision="",
        placed_at=placed_at(wire, settings),
        currency=_currency(wire),
        tax_mode="gross",
        status=status,
        cancelled=settings.is_cancelled(status),
        channel=settings.channel,
        language="",
        comment=wire.comment,
        customer=customer(wire),
        billing_address=address,
        shipping_address=address,
        payment=_payment(wire, settings, free=not sums.totals.gross),
        shipping=shipping_of(wire, sums, settings),
        lines=sums.lines,
        totals=sums.totals,
        extras=_extras(wire),
    )


def status_key(wire: WireOrderHead) -> str:
    """Return the id of the order's status. Raises Held when there is none."""
    if not wire.stat_status:
        raise Held(
            "The order has no status", code="missing_status", fix="Give the order a status in Cartum, then resend it."
        )
    return wire.stat_status


def placed_at(wire: WireOrderHead, settings: CartumSettings) -> datetime:
    """Return when it was placed, on the shop's clock. Raises Held when that is no date."""
    try:
        return moment_of(wire.stat_created, settings.zone)
    except ValueError as error:
        what = f"The order's date {wire.stat_created[:30]!r} cannot be read"
        raise Held(what, code="unexpected_form", fix="Look at the order in Cartum, then resend it.") from error


def _currency(wire: WireOrder) -> str:
    code = wire.currency.upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise Held(
            f"The order's currency {wire.currency[:10]!r} is no currency code",
            code="unknown_currency",
            fix="Give the currency its three-letter code in Cartum, then resend the order.",
        )
    return code


def _payment(wire: WireOrder, settings: CartumSettings, *, free: bool) -> Payment | None:
    way = wire.payment_type
    title = title_in(way.title, settings.language) if way else ""
    keys = tuple(filter(None, (way.id if way else "", title)))
    paid = wire.payed or free  # nothing to pay is paid
    if not keys and not paid:
        return None
    return Payment(method=title, method_keys=keys, status=PAID if paid else OPEN, paid=paid)


def customer(wire: WireOrder) -> Customer | None:
    """Return the buyer; None when the order names nobody. A name is one text in Cartum, and is not taken apart."""
    if not (wire.delivery_email or wire.delivery_name):
        return None
    return Customer(
        id="",
        number="",
        email=wire.delivery_email,
        first_name="",
        last_name=wire.delivery_name,
        company="",
        vat_id="",
        guest=KEEPS_NO_WORD_OF_GUESTS,
    )


def _address(wire: WireOrder, settings: CartumSettings) -> Address:
    """Where the goods go, the only address there is; an order that is fetched has a name and a telephone at most."""
    street, *more = (part.strip() for part in wire.delivery_address.split(PARTS))
    return Address(
        first_name="",
        last_name=wire.delivery_name,
        company="",
        department="",
        street=street,
        extra=tuple(filter(None, more)),
        postcode="",
        city=wire.delivery_city or wire.delivery_city_stable,
        state="",
        country=settings.country,
        phone=wire.delivery_phone,
    )


def _extras(wire: WireOrder) -> dict[str, Any]:
    """Further facts for the merchant's own rules."""
    data = {name: value for name, value in (wire.delivery_data or {}).items() if name not in RESTLESS}
    return {
        "user": wire.user,
        "coupon": wire.coupon_code,
        "cityOfShop": wire.delivery_city_stable,
        "deliveryIsCalculated": wire.delivery_price is not None and delivery_costs(wire) == wire.delivery_price,
        "trackingCode": wire.shipment,
        "deliveryData": _scalars(data),
        "analytics": _scalars(wire.analytics or {}),
    }


def _scalars(data: Mapping[str, Any]) -> dict[str, str]:
    """The plain values of an object as texts: one and the same may come as a number or as a text."""
    texts = {str(name): as_text(value) for name, value in data.items()}
    return {name: text for name, text in texts.items() if isinstance(text, str) and text}
