"""UNAS' order as ours; pure. A guest exists only in his order, so who buys comes from there, too."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.unas.orders.lines import NOTHING, shipping_of, sums_of, totals_of
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import (
    WireAddress,
    WireContact,
    WireCustomer,
    WireOrder,
    WireOrderHead,
    WireParam,
    WirePayment,
    moment_of,
)
from shopbridge.errors import Held
from shopbridge.mapping.countries import country_code
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, Order, Payment, PaymentStanding

OPEN, PREPARED, DONE, CANCELLED = "open_normal", "open_prepare", "close_ok", "close_fault"
"""The types of a status: the order holds its goods, does not hold them yet, is over, or is off."""
TYPES: Final = frozenset({OPEN, PREPARED, DONE, CANCELLED})
PAYMENTS: Final[Mapping[str, PaymentStanding]] = {
    "unpaid": "open",
    "partly paid": "paid_in_part",
    "paid": "paid",
    "overpaid": "paid",
}
"""The states of a payment, and what they come to."""
FOR_THE_OFFICE: Final = ("customer", "customer_shipping")
"""Comments of the buyer; the admin's are for the shop's own people."""
COMPANY: Final = "company"


def order_id(wire: WireOrderHead) -> OrderId:
    """Return both names of an order: only the key finds it, and only the id is its own for good."""
    return OrderId(f"{wire.id}/{wire.key}")


def to_order(wire: WireOrder, settings: UnasSettings, types: Mapping[str, str]) -> Order:
    """Return the order, whole, without its revision. All amounts include VAT.

    Args:
        types: Of the shop's statuses by their ids, for orders that do not tell it.

    Raises:
        Held: Something a copy needs is missing or unknown, the sums do not add up, or it was made from other orders.
    """
    if not settings.take_linked_orders:
        _refuse_linked(wire)
    sums = sums_of(wire, settings)
    return Order(
        id=order_id(wire),
        number=wire.key,
        revision="",
        placed_at=placed_at(wire),
        currency=_currency(wire),
        tax_mode="gross",
        status=status_key(wire),
        status_name=wire.status,
        cancelled=status_type(wire, types) == CANCELLED,
        channel=wire.type,
        language=wire.lang,
        comment="\n".join(each.text for each in wire.comments if each.type in FOR_THE_OFFICE and each.text),
        customer=customer(wire, settings),
        billing_address=_address(wire, _place(wire), "billing", settings),
        shipping_address=_shipping_address(wire, settings),
        payment=payment_of(wire.payment, wire.sum_price_gross),
        shipping=shipping_of(wire, sums),
        lines=sums.lines,
        totals=totals_of(wire, sums),
        extras=_extras(wire),
    )


def status_key(wire: WireOrderHead) -> str:
    """Return the id of the order's status. Raises Held when there is none: a name may be another status's tomorrow."""
    if not wire.status_id:
        raise Held(
            f"The order has no status id (its status is {wire.status!r})",
            code="missing_status",
            fix="Give the order a status in UNAS, then resend it.",
        )
    return wire.status_id


def status_type(wire: WireOrderHead, types: Mapping[str, str]) -> str:
    """Return what the order's status means. Raises Held when neither the order nor the shop's list tells."""
    told = wire.status_type or types.get(wire.status_id, "")
    if told not in TYPES:
        raise Held(
            f"Nobody tells whether the status {wire.status or wire.status_id!r} is open, done or cancelled ({told!r})",
            code="unknown_status_type",
            fix="Give the status a type in UNAS' admin, and the API key the permission for getOrderStatus; then resend "
            "the order.",
        )
    return told


def placed_at(wire: WireOrderHead) -> datetime:
    """Return when it was placed, on the shop's clock. Raises Held when that is no date."""
    try:
        return moment_of(wire.date)
    except ValueError as error:
        what = f"The order's date {wire.date[:30]!r} cannot be read"
        raise Held(what, code="unexpected_form", fix="Look at the order in UNAS, then resend it.") from error


def payment_of(wire: WirePayment | None, total: Decimal) -> Payment | None:
    """Return how it is paid, and how much came in. Raises Held for a state that nobody knows."""
    if wire is None or not any((wire.id, wire.name, wire.status)):
        return None
    standing = PAYMENTS.get(wire.status)
    if standing is None:
        raise Held(
            f"UNAS has a payment state that the bridge does not know: {wire.status!r}",
            code="unknown_payment_state",
            fix="Look at the order's payment in UNAS, and tell our support what the state means.",
        )
    back = sum((each.amount_refund or NOTHING for each in wire.transactions), NOTHING)
    paid = standing == "paid" or not total
    return Payment(
        method=wire.name,
        method_keys=tuple(filter(None, (wire.id, wire.name, wire.type))),
        status=wire.status,
        paid=paid,
        standing=_given_back(back, wire.paid) if paid and back else "paid" if paid else standing,
        captured=wire.paid,
        refunded=back or None,
    )


def _given_back(back: Decimal, captured: Decimal | None) -> PaymentStanding:
    return "refunded" if captured is not None and back >= captured else "refunded_in_part"


def _currency(wire: WireOrder) -> str:
    if not re.fullmatch("[A-Z]{3}", wire.currency):
        raise Held(
            f"The order's currency {wire.currency[:10]!r} is no currency code",
            code="unknown_currency",
            fix="Look at the order in UNAS, then resend it.",
        )
    return wire.currency


def _refuse_linked(wire: WireOrder) -> None:
    """Their goods are those of other orders, which may be in the back office."""
    links = wire.info
    told = {
        "merged from": links.merged_from if links else (),
        "separated from": links.separated_from if links else (),
        "a return of": links.returned_from if links else (),
    }
    for how, keys in told.items():
        if keys:
            raise Held(
                f"The order is {how} {', '.join(keys)[:200]}, which may be in the back office already",
                code="linked_order",
                fix="Settle it in the back office by hand, then skip it; or set take_linked_orders of the connection's "
                "UNAS side, then resend it.",
            )


# --- who buys, and where it goes --------------------------------------------------------------------------------------


def customer(wire: WireOrder, settings: UnasSettings) -> Customer | None:
    """Return the buyer; None when the order names nobody. Whoever has a tax number is a company (C3)."""
    buyer, place = wire.customer, _place(wire)
    if buyer is None or not (buyer.email or place.name):
        return None
    contact = buyer.contact or WireContact()
    taxed = tax_number(wire, settings)
    is_company = bool(taxed) or place.customer_type == COMPANY
    return Customer(
        id=buyer.id,
        number="",
        email=buyer.email,
        first_name="",
        last_name=contact.name or place.name,
        company=place.name if is_company else "",
        vat_id=taxed,
        guest=not buyer.id,
    )


def tax_number(wire: WireOrder, settings: UnasSettings) -> str:
    """Return the buyer's: of the EU where there is one, else the national one, else what the parameter holds."""
    place = _place(wire)
    return place.eu_tax_number or place.tax_number or _answer(wire, settings.tax_number_param)


def _answer(wire: WireOrder, param: str) -> str:
    asked: tuple[WireParam, ...] = (*wire.params, *(wire.customer.params if wire.customer else ()))
    return next((each.value for each in asked if param and each.id == param), "")


def _place(wire: WireOrder) -> WireAddress:
    """The invoice address; where it leads nowhere, the place where the goods go."""
    found = _addresses(wire)
    return next((each for each in found if each is not None and each.is_there), next(filter(None, found), None)) or (
        WireAddress()
    )


def _addresses(wire: WireOrder) -> tuple[WireAddress | None, WireAddress | None]:
    buyer = wire.customer or WireCustomer()
    return (buyer.addresses.invoice, buyer.addresses.shipping) if buyer.addresses else (None, None)


def _shipping_address(wire: WireOrder, settings: UnasSettings) -> Address:
    """Where the goods go; the billing address when the order says nothing else."""
    _, receiver = _addresses(wire)
    there = receiver if receiver is not None and receiver.is_there else _place(wire)
    return _address(wire, there, "shipping", settings)


def _address(wire: WireOrder, place: WireAddress, which: str, settings: UnasSettings) -> Address:
    """A name is one text in UNAS, family name first or last as the buyer wrote it: it is not taken apart.

    At a parcel point the address is the point's, with its name, and somebody else receives.
    """
    if not place.is_there:
        raise Held(
            "The order has no address",
            code="missing_address",
            fix="Give the order an invoice address in UNAS, then resend it.",
        )
    contact = (wire.customer.contact if wire.customer else None) or WireContact()
    is_company = which == "billing" and bool(tax_number(wire, settings) or place.customer_type == COMPANY)
    person = place.recipient_name or (contact.name if is_company else "") or place.name
    return Address(
        first_name="",
        last_name=person,
        company=place.name if is_company else "",
        department="",
        street=place.line,
        extra=(place.name,) if place.recipient_name and place.recipient_name != place.name and place.name else (),
        postcode=place.zip,
        city=place.city,
        state=place.county,
        country=_country(place, settings.countries, which),
        phone=contact.mobile or contact.phone,
    )


def _country(place: WireAddress, further: Mapping[str, str], which: str) -> str:
    code = place.country_code.upper()
    if re.fullmatch("[A-Z]{2}", code):
        return code
    return country_code(place.country or place.country_code, further, which=which, platform="UNAS")


def _extras(wire: WireOrder) -> dict[str, Any]:
    """Further facts for the merchant's own rules."""
    buyer, (_, receiver) = wire.customer or WireCustomer(), _addresses(wire)
    place, point = _place(wire), receiver or WireAddress()
    return {
        "statusName": wire.status,
        "internalKey": wire.internal_key,
        "taxNumber": place.tax_number,
        "euTaxNumber": place.eu_tax_number,
        "customerType": place.customer_type,
        "customerGroup": buyer.group.name if buyer.group else "",
        "deliveryPoint": point.delivery_point_id,
        "deliveryPointGroup": point.delivery_point_group,
        "invoiceNumber": wire.invoice.number if wire.invoice else "",
        "coupon": wire.coupon,
        "referer": wire.referer,
        "params": {each.id: each.value for each in (*buyer.params, *wire.params) if each.id},
    }
