"""Gomag's order as ours; pure. A guest exists only in his order, so who buys comes from there, too."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopbridge.connectors.gomag.api import moment_of
from shopbridge.connectors.gomag.orders import amounts
from shopbridge.connectors.gomag.orders.amounts import Sums, sums_of
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireBilling, WireLine, WireOrder, WireOrderHead, WireParty, WireShipping
from shopbridge.errors import Held
from shopbridge.mapping.countries import country_code
from shopbridge.mapping.taxes import with_tax
from shopbridge.model.base import OrderId
from shopbridge.model.order import Address, Customer, LineKind, Order, OrderLine, Payment, Shipping, Totals, sum_by_rate

PAID, OPEN = "paid", "open"
"""The two payment states there are, see ``Meaning.is_paid``."""
_LEI = {"LEI": "RON", "LEU": "RON"}
KEEPS_NO_WORD_OF_GUESTS = False
"""[inferred] An order does not tell whether its buyer has an account: nobody counts as a guest."""


def order_id(wire: WireOrderHead) -> OrderId:
    """Return both names of an order: only the number finds it, only the internal id moves it (platform file, G2)."""
    return OrderId(f"{wire.id}/{wire.number}")


def to_order(wire: WireOrder, settings: GomagSettings) -> Order:
    """Return the order, whole, without its revision. All amounts include VAT.

    Raises:
        Held: Something a copy needs is missing or unknown, or the sums do not add up.
    """
    sums = sums_of(wire, prices_include_vat=settings.prices_include_vat)
    lines = (*_lines(wire, sums), *_discounts(wire, sums))
    shipping = _shipping(wire, sums, settings.delivery_vat)
    key = status_key(wire)
    return Order(
        id=order_id(wire),
        number=wire.number,
        revision="",
        placed_at=_placed_at(wire),
        currency=_currency(wire),
        tax_mode="gross",
        status=key,
        status_name=wire.status,
        cancelled=settings.is_cancelled(key, wire.status),
        channel=wire.sales_channel or wire.source,
        language="",
        comment="",
        customer=customer(wire),
        billing_address=billing_address(wire, settings.countries),
        shipping_address=shipping_address(wire, settings.countries),
        payment=_payment(wire, settings, key),
        shipping=shipping,
        lines=lines,
        totals=_totals(wire.total, lines, shipping),
        returned="all" if settings.is_returned(wire.status) else "no",
        extras=_extras(wire),
    )


def _totals(total: Decimal, lines: Sequence[OrderLine], shipping: Shipping | None) -> Totals:
    taxes = sum_by_rate([share for part in (*lines, *((shipping,) if shipping else ())) for share in part.taxes])
    return Totals(gross=total, net=total - sum((share.tax for share in taxes), Decimal(0)), taxes=taxes)


def status_key(wire: WireOrder) -> str:
    """Return the id of the order's status. Raises Held when there is none: a name may be another status's tomorrow."""
    if not wire.status_key:
        raise Held(
            f"The order has no status id (its status is {wire.status!r})",
            code="missing_status",
            fix="Give the order a status in Gomag, then resend it.",
        )
    return wire.status_key


def product_id(line: WireLine) -> int:
    """[inferred] Return the product or version a line sells; 0 for none.

    ``product`` where it is there, else ``id`` (G3).
    """
    return line.product or line.id or 0


def line_kind(line: WireLine, total: Decimal) -> LineKind:
    """Return a product, unless it is marked as none or names none."""
    if not line.is_service and (line.sku or product_id(line)):
        return "product"
    return "discount" if total < 0 else "free"


def _lines(wire: WireOrder, sums: Sums) -> list[OrderLine]:
    pairs = zip(wire.items, sums.lines, strict=True)
    return [_line(at, line, total, net_prices=sums.net_prices) for at, (line, total) in enumerate(pairs)]


def _line(at: int, line: WireLine, total: Decimal, *, net_prices: bool) -> OrderLine:
    rate, kind = amounts.rate_of(line), line_kind(line, total)
    return OrderLine(
        id=str(at),
        kind=kind,
        name=line.name,
        quantity=line.quantity,
        unit_price=with_tax(line.price, rate) if net_prices else line.price,
        total=total,
        taxes=(amounts.share_of(total, rate),),
        sku=line.sku,
        ean=line.ean,
        fields={"productId": str(product_id(line))} if kind == "product" and product_id(line) else {},
        options={},
    )


def _discounts(wire: WireOrder, sums: Sums) -> list[OrderLine]:
    rows = [each for each in wire.discounts if each.value]
    shares = amounts.rate_shares(wire, sums)
    return [
        OrderLine(
            id=f"discount-{at}",
            kind="discount",
            name=" ".join(filter(None, (row.name, f"({row.voucher})" if row.voucher else ""))) or "Discount",
            quantity=Decimal(1),
            unit_price=amount,
            total=amount,
            taxes=amounts.spread(amount, shares),
            sku="",
            ean="",
            fields={},
            options={},
        )
        for at, (row, amount) in enumerate(zip(rows, sums.discounts, strict=True))
    ]


def _shipping(wire: WireOrder, sums: Sums, vat: Decimal | None) -> Shipping | None:
    """[inferred] Its VAT is that of most of the goods, unless the settings name one."""
    name = wire.delivery.name if wire.delivery else ""
    if not name and not sums.delivery:
        return None
    rate = vat if vat is not None else amounts.main_rate(amounts.rate_shares(wire, sums))
    return Shipping(
        method=name,
        method_keys=(name,) if name else (),
        total=sums.delivery,
        taxes=(amounts.share_of(sums.delivery, rate),),
    )


def _payment(wire: WireOrder, settings: GomagSettings, key: str) -> Payment | None:
    method = wire.payment.name if wire.payment else ""
    paid = not wire.total or settings.is_paid(key, wire.status, method)  # nothing to pay is paid
    if not method and not paid:
        return None
    keys = (method,) if method else ()
    return Payment(method=method, method_keys=keys, status=PAID if paid else OPEN, paid=paid)


def _placed_at(wire: WireOrder) -> Any:
    try:
        return moment_of(wire.date)
    except ValueError as error:
        what = f"The order's date {wire.date!r} cannot be read"
        raise Held(what, code="unexpected_form", fix="Look at the order in Gomag, then resend it.") from error


def _currency(wire: WireOrder) -> str:
    code = wire.currency.upper()
    code = _LEI.get(code, code)
    if not re.fullmatch("[A-Z]{3}", code):
        raise Held(
            f"The order's currency {wire.currency!r} is no currency code",
            code="unknown_currency",
            fix="Give the currency its three-letter code in Gomag, then resend the order.",
        )
    return code


def _extras(wire: WireOrder) -> dict[str, Any]:
    """Further facts for the merchant's own rules.

    ``statusName``, ``source``, ``salesChannel``, ``salesAgent``, ``vouchers``, and of a firm ``companyRegistration``,
    ``companyBank``, ``companyIban``.
    """
    company = wire.billing.company if wire.billing else None
    return {
        "statusName": wire.status,
        "source": wire.source,
        "salesChannel": wire.sales_channel,
        "salesAgent": wire.sales_agent,
        "vouchers": [each.voucher for each in wire.discounts if each.voucher],
        "companyRegistration": company.reg if company else "",
        "companyBank": company.bank if company else "",
        "companyIban": company.iban if company else "",
    }


# --- who buys, and where it goes --------------------------------------------------------------------------------------


def customer(wire: WireOrder) -> Customer | None:
    """Return the buyer; None when the order names nobody."""
    buyer = wire.billing
    if buyer is None or not (buyer.email or buyer.firstname or buyer.lastname or buyer.company):
        return None
    company = buyer.company
    return Customer(
        id="",
        number="",
        email=buyer.email,
        first_name=buyer.firstname,
        last_name=buyer.lastname,
        company=buyer.company_name,
        vat_id=company.code if company else "",
        guest=KEEPS_NO_WORD_OF_GUESTS,
    )


def billing_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """Return the buyer's address; where the buyer has none, the place where the goods go.

    Raises:
        Held: There is no address at all, or its country is not known.
    """
    buyer, receiver = wire.billing, wire.shipping
    if buyer is not None and _has_place(buyer):
        return _address(buyer, buyer, countries, "billing")
    if receiver is None or not _has_place(receiver):
        raise Held(
            "The order has no address",
            code="missing_address",
            fix="Give the order a billing address in Gomag, then resend it.",
        )
    who = buyer or receiver
    return _address(who, receiver, countries, "shipping")


def shipping_address(wire: WireOrder, countries: Mapping[str, str]) -> Address:
    """Return where the goods go; the billing address when the order says nothing else."""
    receiver = wire.shipping
    if receiver is None or not _has_place(receiver):
        return billing_address(wire, countries)
    return _address(receiver, receiver, countries, "shipping")


def _has_place(party: WireParty) -> bool:
    return bool(party.city or party.address)


def _address(who: WireBilling | WireShipping, place: WireParty, countries: Mapping[str, str], which: str) -> Address:
    return Address(
        first_name=who.firstname,
        last_name=who.lastname,
        company=who.company_name,
        department="",
        street=place.address,
        extra=(),
        postcode=place.zipcode,
        city=place.city,
        state=place.region,
        country=country_code(place.country, countries, which=which, platform="Gomag"),
        phone=who.phone,
    )
