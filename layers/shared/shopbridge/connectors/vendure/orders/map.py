"""Vendure's order as ours; pure."""

from decimal import Decimal
from typing import Any

from shopbridge.connectors.vendure.orders.lines import CANCELLED, MinorUnits, VendureSums, sums_of
from shopbridge.connectors.vendure.orders.payments import order_payment
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import WireAddress, WireChannel, WireCustomer, WireOrder
from shopbridge.errors import Held
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, Order, Shipping

DEFAULT_CHANNEL = "__default_channel__"


def to_order(wire: WireOrder, settings: VendureSettings, decimals: int) -> Order:
    """Return the order, whole, without its revision.

    Args:
        decimals: Digits behind the point of an amount.

    Raises:
        Held: Something a copy needs is missing or unknown, or the sums do not add up.
    """
    channel = channel_of(wire)
    sums = sums_of(wire, MinorUnits(decimals, "gross" if channel.prices_include_tax else "net"))
    billing, shipping = _addresses(wire)
    return Order(
        id=OrderId(wire.id),
        number=wire.code,
        revision="",
        placed_at=_placed_at(wire, settings),
        currency=_currency(wire),
        tax_mode="gross" if channel.prices_include_tax else "net",
        status=wire.state,
        cancelled=wire.state == CANCELLED,
        channel=settings.channel_name if channel.code == DEFAULT_CHANNEL else channel.code,
        language="",
        comment="",
        customer=_customer(wire.customer, billing) if wire.customer else None,
        billing_address=billing,
        shipping_address=shipping,
        payment=order_payment(wire, settings.own_payment_states, decimals),
        shipping=_shipping(wire, sums),
        lines=sums.lines,
        totals=sums.totals,
        extras=_extras(wire),
    )


def channel_of(wire: WireOrder) -> WireChannel:
    """Return the channel that it was bought in: every order is in the default one as well.

    Raises:
        Held: It is in none.
    """
    if not wire.channels:
        raise Held(
            "The order is in no channel", code="unexpected_form", fix="Look at the order in Vendure, then resend it."
        )
    return next((each for each in wire.channels if each.code != DEFAULT_CHANNEL), wire.channels[0])


def _placed_at(wire: WireOrder, settings: VendureSettings) -> Any:
    try:
        return wire.order_placed_at.astimezone(settings.zone)
    except OverflowError:  # at an end of the calendar
        return wire.order_placed_at


def _shipping(wire: WireOrder, sums: VendureSums) -> Shipping | None:
    """How it travels; None where there is neither a way nor costs."""
    ways = [line.shipping_method for line in wire.shipping_lines]
    total = _amount(sums, gross=channel_of(wire).prices_include_tax)
    if not ways and not total:
        return None
    first = next(iter(ways), None)
    name = ", ".join(dict.fromkeys(way.name or way.code for way in ways if way.keys))
    return Shipping(method=name, method_keys=first.keys if first else (), total=total, taxes=sums.shipping)


def _amount(sums: VendureSums, *, gross: bool) -> Decimal:
    return sum((share.gross if gross else share.net for share in sums.shipping), Decimal(0))


def _customer(buyer: WireCustomer, billing: Address) -> Customer:
    """Vendure keeps no VAT number, and a company with the address only."""
    return Customer(
        id=buyer.id,
        number="",
        email=buyer.email_address,
        first_name=buyer.first_name,
        last_name=buyer.last_name,
        company=billing.company,
        vat_id="",
        guest=buyer.user is None,
    )


def _addresses(wire: WireOrder) -> tuple[Address, Address]:
    """Where it is billed and where it goes; whichever is not told is the other one."""
    told = [each for each in (wire.billing_address, wire.shipping_address) if each and not each.is_empty]
    if not told:
        raise Held(
            "The order has neither a billing nor a shipping address",
            code="missing_address",
            fix="Give the order an address in Vendure, then resend it.",
        )
    billing = _address(told[0], wire)
    return billing, _address(told[-1], wire)


def _address(address: WireAddress, wire: WireOrder) -> Address:
    first, last = _names(address, wire.customer)
    return Address(
        first_name=first,
        last_name=last,
        company=address.company,
        department="",
        street=address.street_line1,
        extra=(address.street_line2,) if address.street_line2 else (),
        postcode=address.postal_code,
        city=address.city,
        state=address.province,
        country=_country(address),
        phone=address.phone_number or (wire.customer.phone_number if wire.customer else ""),
    )


def _names(address: WireAddress, buyer: WireCustomer | None) -> tuple[str, str]:
    """Names on an address are one text: it is taken apart only where it is the buyer's, whose names are two."""
    if buyer and address.full_name in ("", f"{buyer.first_name} {buyer.last_name}".strip()):
        return buyer.first_name, buyer.last_name
    return "", address.full_name


def _country(address: WireAddress) -> str:
    code = address.country_code.upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise Held(
            "An address of the order has no country code"
            + (f" (its country is {address.country!r})" if address.country else ""),
            code="missing_country",
            fix="Give the address a country in Vendure, then resend the order.",
        )
    return code


def _currency(wire: WireOrder) -> str:
    code = wire.currency_code.upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):  # noqa: PLR2004 - ISO 4217
        raise Held(
            f"The order's currency {code[:10]!r} is no currency code",
            code="unknown_currency",
            fix="Look at the order's currency in Vendure, then resend the order.",
        )
    return code


def _extras(wire: WireOrder) -> dict[str, Any]:
    """``couponCodes``, ``channelCodes``, and ``shippingMethods`` (their codes)."""
    return {
        "couponCodes": list(wire.coupon_codes),
        "channelCodes": [each.code for each in wire.channels],
        "shippingMethods": [line.shipping_method.code for line in wire.shipping_lines],
    }
