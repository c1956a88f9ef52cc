"""Shopware's order as ours, and what tells one version of it from another; pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.shopware.orders.lines import order_lines, tax_mode, tax_shares, totals
from shopbridge.connectors.shopware.orders.payments import order_payment
from shopbridge.connectors.shopware.wire import WireAddress, WireCustomer, WireDelivery, WireOrder
from shopbridge.errors import Held
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, Delivery, Order, Returned, Shipping

CANCELLED = "cancelled"
"""The state of an order that is off."""
RETURNED = "returned"
"""The state of a delivery whose goods came back; ``returned_partially`` of one of which a part did."""
TO_ONE = ("orderCustomer", "billingAddress", "shippingOrderAddress")
TO_MANY = ("transactions", "deliveries", "lineItems")
"""Where an order has its own rows."""
MARKING = ("id", "createdAt", "updatedAt", "stateId")
"""What of each row a mark is made of: every write moves a row's time, and its state is what changes most."""
_NESTED = (dict, list)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def to_order(wire: WireOrder, revision: str, own_payment_states: Mapping[str, bool]) -> Order:
    """Return the order, whole.

    ``currencyFactor`` is left out on purpose: the amounts are in the order's currency already. ``extras`` holds
    what rules may want beyond the common fields, see ``_extras``.

    ``own_payment_states`` are the shop's additional payment states, and whether they mean "paid".

    Raises:
        Held: Something a copy needs is missing or unknown: an address, a country, a payment state.
    """
    delivery = real_delivery(wire)
    billing = _billing(wire)
    home = _shipping_address(delivery) or billing
    return Order(
        id=OrderId(wire.id),
        number=wire.order_number,
        revision=revision,
        placed_at=wire.order_date_time,
        currency=_currency(wire),
        tax_mode=tax_mode(wire.price),
        status=wire.state_machine_state.technical_name,
        cancelled=wire.state_machine_state.technical_name == CANCELLED,
        channel=wire.sales_channel.title if wire.sales_channel else "",
        language=wire.language.locale.code if wire.language and wire.language.locale else "",
        comment=wire.customer_comment,
        customer=_customer(wire.order_customer, wire.billing_address) if wire.order_customer else None,
        billing_address=billing,
        shipping_address=home,
        payment=order_payment(wire, own_payment_states),
        shipping=_shipping(wire, delivery),
        lines=order_lines(wire.line_items, tax_mode(wire.price)),
        totals=totals(wire.price, wire.total_rounding),
        further_deliveries=tuple(_further_deliveries(wire, delivery, home)),
        returned=_returned(wire),
        extras=_extras(wire, delivery),
    )


def real_delivery(wire: WireOrder) -> WireDelivery | None:
    """Return the delivery that goods travel with; the others are discounts on shipping (platform file, C6, D22)."""
    named = (row for row in wire.deliveries if row.id == wire.primary_order_delivery_id)
    dearest = max(wire.deliveries, key=lambda row: row.shipping_costs.unit_price, default=None)
    return next(named, dearest)


def _further_deliveries(wire: WireOrder, real: WireDelivery | None, home: Address) -> Iterator[Delivery]:
    """The other deliveries that goods travel with: a discount on shipping is one of negative cost."""
    for row in wire.deliveries:
        if row is not real and row.shipping_costs.total_price >= 0:
            method = row.shipping_method.title if row.shipping_method else ""
            yield Delivery(method=method, address=_shipping_address(row) or home)


def _returned(wire: WireOrder) -> Returned:
    """By the states of the deliveries that goods travel with."""
    rows = [row for row in wire.deliveries if row.shipping_costs.total_price >= 0]
    states = {row.state_machine_state.technical_name for row in rows}
    if states == {RETURNED}:
        return "all"
    return "in_part" if states & {RETURNED, f"{RETURNED}_partially"} else "no"


def _shipping(wire: WireOrder, delivery: WireDelivery | None) -> Shipping | None:
    if delivery is None and not wire.shipping_costs.total_price:
        return None
    method = delivery.shipping_method if delivery else None
    return Shipping(
        method=method.title if method else "",
        method_keys=method.keys if method else (),
        total=wire.shipping_costs.total_price,
        taxes=tax_shares(wire.shipping_costs, tax_mode(wire.price)),
    )


def _customer(buyer: WireCustomer, billing: WireAddress | None) -> Customer:
    """A buyer whose record was deleted counts as a guest: there is no account any more."""
    vat_ids = buyer.vat_ids or (billing.vat_id if billing else "",)
    return Customer(
        id=buyer.customer_id,
        number=buyer.customer_number,
        email=buyer.email,
        first_name=buyer.first_name,
        last_name=buyer.last_name,
        company=buyer.company,
        vat_id=vat_ids[0],
        guest=buyer.customer.guest if buyer.customer else True,
    )


def _billing(wire: WireOrder) -> Address:
    if wire.billing_address is None:
        raise Held(
            "The order has no billing address",
            code="missing_address",
            fix="Give the order a billing address in Shopware, then resend it.",
        )
    return _address(wire.billing_address, "billing")


def _shipping_address(delivery: WireDelivery | None) -> Address | None:
    address = delivery.shipping_order_address if delivery else None
    return _address(address, "shipping") if address else None


def _address(wire: WireAddress, which: str) -> Address:
    lines = (wire.additional_address_line1, wire.additional_address_line2)
    state = wire.country_state
    return Address(
        first_name=wire.first_name,
        last_name=wire.last_name,
        company=wire.company,
        department=wire.department,
        street=wire.street,
        extra=tuple(line for line in lines if line),
        postcode=wire.zipcode,
        city=wire.city,
        state=(state.short_code or state.name) if state else "",
        country=_country(wire, which),
        phone=wire.phone_number,
    )


def _country(wire: WireAddress, which: str) -> str:
    code = wire.country.iso.strip().upper() if wire.country else ""
    if not _COUNTRY.fullmatch(code):
        name = wire.country.name if wire.country else ""
        raise Held(
            f"The {which} address has no country code" + (f" (its country is {name!r})" if name else ""),
            code="missing_country",
            fix="Give the country its two-letter code in Shopware under Settings, Countries; then resend the order.",
        )
    return code


def _currency(wire: WireOrder) -> str:
    code = wire.currency.iso_code
    if not _CURRENCY.fullmatch(code):
        raise Held(
            f"The order's currency {code!r} is no currency code",
            code="unknown_currency",
            fix="Give the currency its three-letter ISO code in Shopware, then resend the order.",
        )
    return code


def _extras(wire: WireOrder, delivery: WireDelivery | None) -> dict[str, Any]:
    """Further facts by Shopware's own names; numbers with a point are text, so that no queue bends them.

    ``customFields``, ``internalComment``, ``affiliateCode``, ``campaignCode``, ``source``, ``salesChannelId``,
    ``tags`` (names), ``salutation`` (its key), ``salutationName``, ``title``, ``vatIds``, ``deliveryState``,
    ``shippingDateEarliest``, ``shippingDateLatest``, ``trackingCodes`` (of the real delivery), and
    ``lineCustomFields`` (by line id, only where there are any).
    """
    buyer = wire.order_customer
    salutation = buyer.salutation if buyer else None
    lines = {line.id: line.custom_fields for line in wire.line_items if line.custom_fields}
    facts = {
        "customFields": wire.custom_fields,
        "internalComment": wire.internal_comment,
        "affiliateCode": wire.affiliate_code,
        "campaignCode": wire.campaign_code,
        "source": wire.source,
        "salesChannelId": wire.sales_channel_id,
        "tags": [tag.title for tag in wire.tags or ()],
        "salutation": salutation.salutation_key if salutation else "",
        "salutationName": salutation.display_name if salutation else "",
        "title": buyer.title if buyer else "",
        "vatIds": list(buyer.vat_ids or ()) if buyer else [],
        "deliveryState": delivery.state_machine_state.technical_name if delivery else "",
        "shippingDateEarliest": delivery.shipping_date_earliest if delivery else "",
        "shippingDateLatest": delivery.shipping_date_latest if delivery else "",
        "trackingCodes": delivery.tracking_codes if delivery else None,
        "lineCustomFields": lines,
    }
    return {name: plain(value) for name, value in facts.items()}


def plain(value: Any) -> Any:
    """Return plain data: numbers with a point as text, lists for every sequence."""
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case str():
            return value
        case Sequence():
            return [plain(inner) for inner in value]
        case _:
            return value


def mark_of(order: Row) -> str:
    """Return what stands for the row of an order, the same whether it was read whole or only listed.

    It changes with every write of the order's own rows. A second write of a row within one millisecond is not told from
    the first, but for a state: the revision does that, for which an order has to be read.
    """
    rows = sorted(repr([row.get(name) for name in MARKING]) for row in _rows(order))
    return sha256("".join(rows).encode(errors="replace")).hexdigest()


def revision(order: Row) -> str:
    """Return a text such as ``2026-03-01T10:00:00.000Z-1a2b3c4d``, from an order as read (any shape is taken).

    The time is the newest ``createdAt`` or ``updatedAt`` of the order and of the rows that belong to it alone,
    since ``order.updatedAt`` stays when only a payment, delivery, line or address row is written (platform file,
    C12, C20). It has a fixed width, so texts compare by time first.

    The suffix hashes the rows' plain columns: two changes within a millisecond still get different revisions,
    though which of the two is the greater is then up to chance.
    """
    rows = _rows(order)
    newest = max(_moments(rows), default=_NEVER)
    content = json.dumps([_columns(row) for row in rows], default=str, sort_keys=True)
    return f"{_milliseconds(newest)}-{sha256(content.encode()).hexdigest()[:8]}"


def _rows(row: Row) -> list[Row]:
    """The row and its own rows; not what it shares with others (a product, a sales channel)."""
    ones = [child for key in TO_ONE if isinstance(child := row.get(key), dict)]
    lists = [children for key in TO_MANY if isinstance(children := row.get(key), list)]
    many = [child for children in lists for child in children if isinstance(child, dict)]
    return [row, *ones, *(inner for child in many for inner in _rows(child))]


def _moments(rows: Iterable[Row]) -> Iterator[datetime]:
    """Most rows of an order are of the same moment."""
    for text in {str(row.get(key)) for row in rows for key in ("createdAt", "updatedAt")}:
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                yield moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _columns(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, _NESTED)}
