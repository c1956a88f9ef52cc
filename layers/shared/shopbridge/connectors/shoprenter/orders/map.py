"""Shoprenter's order as ours; pure. All amounts include VAT and are in the order's currency."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from shopbridge.connectors.shoprenter.api import moment_of
from shopbridge.connectors.shoprenter.facts import OrderStatus
from shopbridge.connectors.shoprenter.orders.amounts import (
    Discount,
    OrderSums,
    discount_shares,
    fee_rate,
    gross_price,
    in_currency,
    rate_shares,
    share_of,
    sums_of,
)
from shopbridge.connectors.shoprenter.settings import ShoprenterSettings
from shopbridge.connectors.shoprenter.wire import NOTHING, WireAddon, WireCountry, WireLine, WireOrder
from shopbridge.errors import Held
from shopbridge.mapping.countries import country_code
from shopbridge.mapping.taxes import with_tax
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, LineKind, Order, OrderLine, Payment, Shipping, Totals, sum_by_rate

PLACE = ("firstname", "lastname", "company", "address1", "address2", "postcode", "city", "zone_name", "country_name")
"""What an order has twice, for shipping and for payment."""
PAID, OPEN = "paid", "open"
"""The two payment states there are, see ``ShoprenterSettings.is_paid``."""


def to_order(wire: WireOrder, status: OrderStatus, settings: ShoprenterSettings) -> Order:
    """Return the order, whole, without its revision. ``extras`` are told by ``_extras``.

    Raises:
        Held: Something a copy needs is missing or unknown, or the sums do not add up.
    """
    sums = sums_of(wire)
    lines = (*_lines(wire, sums), *_addons(wire, sums), *_fees_and_discounts(wire, sums))
    shipping = _shipping(wire, sums)
    return Order(
        id=OrderId(wire.id),
        number=wire.inner_id,
        revision="",
        placed_at=_placed_at(wire, ZoneInfo(settings.time_zone)),
        currency=_currency(wire),
        tax_mode="gross",
        status=status.key,
        status_name=status.title,
        cancelled=status.off,
        channel="",
        language=wire.language.code if wire.language else "",
        comment=wire.comment,
        customer=customer(wire),
        billing_address=billing_address(wire, settings.countries),
        shipping_address=shipping_address(wire, settings.countries),
        payment=_payment(wire, status, settings),
        shipping=shipping,
        lines=lines,
        totals=_totals(sums, lines, shipping),
        extras=_extras(wire),
    )


def _totals(sums: OrderSums, lines: Sequence[OrderLine], shipping: Shipping | None) -> Totals:
    taxes = sum_by_rate([share for part in (*lines, *((shipping,) if shipping else ())) for share in part.taxes])
    tax = sum((share.tax for share in taxes), NOTHING)
    return Totals(gross=sums.total, net=sums.total - sums.rounding - tax, taxes=taxes, rounding=sums.rounding)


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(wire: WireOrder, sums: OrderSums) -> list[OrderLine]:
    return [_line(line, total, wire) for line, total in zip(wire.order_products, sums.lines, strict=True)]


def _line(line: WireLine, total: Decimal, wire: WireOrder) -> OrderLine:
    """A line never hangs on its product, which may have been deleted since. Raises Held without a quantity."""
    if not line.quantity:
        raise Held(
            f"The line {line.name!r} does not tell how many pieces were sold",
            code="odd_quantity",
            fix="Enter its quantity once more in the shop's admin, then resend the order.",
        )
    known = {"productId": line.product_inner_id, "modelNumber": line.model_number}
    return OrderLine(
        id=line.id,
        kind="product",
        name=line.name,
        quantity=line.quantity,
        unit_price=gross_price(line, wire),
        total=total,
        taxes=(share_of(total, line.tax_rate),),
        sku=line.sku,
        ean=line.gtin,
        fields={name: value for name, value in known.items() if value},
        options={},
    )


def _addons(wire: WireOrder, sums: OrderSums) -> list[OrderLine]:
    """Fees that come with products, such as a deposit: lines of their own, of nothing that is in stock."""
    pairs = enumerate(zip(wire.order_product_addons, sums.addons, strict=True))
    return [_amount_line(f"addon-{at}", "free", addon.name, total, addon, wire) for at, (addon, total) in pairs]


def _amount_line(
    line_id: str, kind: LineKind, name: str, total: Decimal, addon: WireAddon, wire: WireOrder
) -> OrderLine:
    whole = addon.quantity > 0
    price = in_currency(with_tax(addon.price, addon.tax_rate), wire) if whole else total
    line = _only_amount(line_id, kind, name or addon.sku or "-", total)
    changes = {"quantity": addon.quantity if whole else Decimal(1), "unit_price": price}
    return line.model_copy(update={**changes, "taxes": (share_of(total, addon.tax_rate),)})


def _fees_and_discounts(wire: WireOrder, sums: OrderSums) -> list[OrderLine]:
    goods = rate_shares(wire, sums)
    lines = [_discount(at, each, goods) for at, each in enumerate(sums.discounts)]
    if sums.payment:
        rate = fee_rate(wire.payment_method_tax_rate, "payment")
        fee = _only_amount("payment", "free", wire.payment_method_name or "Payment fee", sums.payment)
        lines.insert(0, fee.model_copy(update={"taxes": (share_of(sums.payment, rate),)}))
    return lines


def _discount(at: int, discount: Discount, goods: Mapping[Decimal, Decimal]) -> OrderLine:
    line = _only_amount(f"discount-{at}", "discount", discount.name, discount.amount)
    return line.model_copy(update={"taxes": discount_shares(discount, goods)})


def _only_amount(line_id: str, kind: LineKind, name: str, total: Decimal) -> OrderLine:
    return OrderLine(
        id=line_id,
        kind=kind,
        name=name,
        quantity=Decimal(1),
        unit_price=total,
        total=total,
        taxes=(),
        sku="",
        ean="",
        fields={},
        options={},
    )


# --- how it travels and is paid ---------------------------------------------------------------------------------------


def _shipping(wire: WireOrder, sums: OrderSums) -> Shipping | None:
    """The localized name is the first key: the other one may hold the address of a parcel point."""
    names = (wire.shipping_method_localized_name, wire.shipping_method_name, wire.shipping_method_extension)
    keys = tuple(dict.fromkeys(filter(None, names)))
    if not keys and not sums.shipping:
        return None
    rate = fee_rate(wire.shipping_method_tax_rate, "shipping") if sums.shipping else NOTHING
    return Shipping(
        method=wire.shipping_method_name or wire.shipping_method_localized_name,
        method_keys=keys,
        total=sums.shipping,
        taxes=(share_of(sums.shipping, rate),) if sums.shipping else (),
    )


def _payment(wire: WireOrder, status: OrderStatus, settings: ShoprenterSettings) -> Payment | None:
    """The code is the first key: it stays when the shop renames the method."""
    keys = tuple(dict.fromkeys(filter(None, (wire.payment_method_code, wire.payment_method_name))))
    paid = not wire.total or settings.is_paid(status.all_names, keys)  # nothing to pay is paid
    if not keys and not paid:
        return None
    name = wire.payment_method_name or wire.payment_method_code
    return Payment(method=name, method_keys=keys, status=PAID if paid else OPEN, paid=paid)


def _placed_at(wire: WireOrder, zone: ZoneInfo) -> Any:
    try:
        return moment_of(wire.date_created, zone)
    except ValueError as error:
        what = f"The order's date {wire.date_created!r} cannot be read"
        raise Held(what, code="unexpected_form", fix="Look at the order in Shoprenter, then resend it.") from error


def _currency(wire: WireOrder) -> str:
    code = wire.currency.code.upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise Held(
            f"The order's currency {wire.currency.code!r} is no currency code",
            code="unknown_currency",
            fix="Give the currency its three-letter code in Shoprenter, then resend the order.",
        )
    return code


# --- who buys, and where it goes --------------------------------------------------------------------------------------


def customer(wire: WireOrder) -> Customer | None:
    """Return the buyer; None when the order names nobody. ``firstname`` is the family name."""
    if not (wire.email or wire.firstname or wire.lastname or wire.payment_company):
        return None
    return Customer(
        id=wire.customer,
        number="",
        email=wire.email,
        first_name=wire.lastname,
        last_name=wire.firstname,
        company=wire.payment_company,
        vat_id=wire.tax_number,
        guest=not wire.customer,
    )


def billing_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """Return the buyer's address; where there is none, the place where the goods go.

    Raises:
        Held: There is no address at all, or its country is not known.
    """
    if not (wire.payment_city or wire.payment_address1):
        if not (wire.shipping_city or wire.shipping_address1):
            raise Held(
                "The order has no address",
                code="missing_address",
                fix="Give the order a billing address in Shoprenter, then resend it.",
            )
        return shipping_address(wire, countries)
    return _address(wire, "payment", wire.payment_country, countries)


def shipping_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """Return where the goods go; the billing address when the order says nothing else. Raises Held likewise."""
    if not (wire.shipping_city or wire.shipping_address1):
        return billing_address(wire, countries)
    return _address(wire, "shipping", wire.shipping_country, countries)


def _address(wire: WireOrder, which: str, country: WireCountry | None, countries: Mapping[str, str]) -> Address:
    """``which``: how the fields of this address begin."""
    field: Mapping[str, str] = {name: getattr(wire, f"{which}_{name}") for name in PLACE}
    named = (country.best if country else "") or field["country_name"]
    return Address(
        first_name=field["lastname"],
        last_name=field["firstname"],
        company=field["company"],
        department="",
        street=field["address1"],
        extra=tuple(filter(None, (field["address2"],))),
        postcode=field["postcode"],
        city=field["city"],
        state=field["zone_name"],
        country=country_code(named, countries, which=which, platform="Shoprenter"),
        phone=wire.phone,
    )


def _extras(wire: WireOrder) -> dict[str, Any]:
    """Further facts by Shoprenter's own names.

    ``couponCode``, ``customerGroupId``, ``shippingMethodExtension``, ``shippingReceivingPointId``,
    ``pickPackPontShopCode``, ``invoiceNumber`` (of an invoice made in the shop), and of an order that came from a
    marketplace ``partnerOrderId`` and ``partnerPrefix``.
    """
    coupon, external = (each if isinstance(each, Mapping) else {} for each in (wire.coupon, wire.external_info))
    own_invoice = wire.invoice_id not in ("", "0")
    return {
        "couponCode": _text(coupon.get("code")),
        "customerGroupId": wire.customer_group,
        "shippingMethodExtension": wire.shipping_method_extension,
        "shippingReceivingPointId": wire.shipping_receiving_point_id,
        "pickPackPontShopCode": wire.pick_pack_pont_shop_code,
        "invoiceNumber": f"{wire.invoice_prefix}{wire.invoice_id}" if own_invoice else "",
        "partnerOrderId": _text(external.get("partner_order_id")),
        "partnerPrefix": _text(external.get("partner_prefix")),
    }


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
