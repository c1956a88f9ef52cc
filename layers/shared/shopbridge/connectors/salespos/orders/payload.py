"""A shop's order as the body that creates it in SalesPOS, and the texts that have no field there; pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.salespos.orders.lines import LONGEST_NAME, PlannedRows, balanced, cut, plan_rows
from shopbridge.connectors.salespos.orders.people import buyer, over_user
from shopbridge.connectors.salespos.settings import SalesPosSettings, TaxTariff
from shopbridge.connectors.salespos.wire import OrderInput, ProductInput, UserInput
from shopbridge.errors import Held
from shopbridge.mapping.rounding import rounded
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.mapping.validation import first_error, validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order, OrderLine
from shopbridge.model.party import Address, Customer
from shopbridge.model.payment_notes import payment_note

STATUSES = (
    "New",
    "In process",
    "Waiting for manufacturer",
    "Waiting for payment",
    "Sent",
    "Delivered",
    "Completed",
    "Cancelled",
    "Waiting for supplier",
    "Being packaged",
    "Ready for collection",
    "Being assembled",
    "Backorder",
    "Reserved",
)
"""Order statuses 1 to 14; merchants may rename them (client S4)."""
DELIVER_METHODS = {"shipping": "Shipping", "delivery": "Delivery by the shop", "pickup": "Pick-up"}


def draft_of(order: Order, parts: OrderParts, settings: SalesPosSettings) -> OrderDraft:
    """The order in SalesPOS' shape, with totals that meet.

    Raises:
        Held: It cannot be expressed, or its totals would differ.
    """
    rows = plan_rows(order, parts, settings)
    body = balanced(checked(_body(order, parts, rows, settings), f"order {order.number}"), order)
    return OrderDraft(
        reference=order.number,
        payload=body.model_dump(exclude_none=True),
        line_of_row=rows.line_of_row,
    )


def checked(payload: Mapping[str, Any], where: str) -> OrderInput:
    """The body as SalesPOS takes it. Raises Held with the fields it would not take (code ``invalid_draft``)."""
    return validated(
        OrderInput,
        payload,
        refused="SalesPOS cannot take the order as it is mapped",
        where=where,
        fix="Look at the maps and the own field rules of the connection, then resend the order.",
    )


def _body(order: Order, parts: OrderParts, rows: PlannedRows, settings: SalesPosSettings) -> dict[str, Any]:
    customer = buyer(order.customer, order.billing_address, order.shipping_address)
    return {
        "user_id": parts.customer_id,
        "customer": over_user(customer) if parts.customer_id else customer,
        "reservationnumber": parts.reference or settings.reference_prefix + order.number,
        "status": parts.status,
        "paid": order.payment is not None and order.payment.paid,
        "currency": order.currency,
        "order_row_taxes_included": order.tax_mode == "gross",
        "shipping_taxes_included": rows.shipping > 0,
        "total_shipping": rows.shipping,
        "is_intra_community_order": order.is_intra_community(settings.country) or None,
        "deliver_method": parts.shipping if parts.shipping in DELIVER_METHODS else None,
        "orderrows": list(rows.rows),
    }


def note_of(order: Order, parts: OrderParts) -> str:
    """What has no field in SalesPOS: day, payment and shipping method, sales channel, the buyer's comment."""
    return " · ".join(part for part in _remarks(order, parts) if part)


def _remarks(order: Order, parts: OrderParts) -> Iterator[str]:
    yield f"Order {order.number} of {order.placed_at.date()}" + (f" from {order.channel}" if order.channel else "")
    if order.payment is not None:
        yield payment_note(order.payment, parts.payment or order.payment.method)
    if order.shipping is not None and order.shipping.method:
        yield f"shipping: {order.shipping.method}"
    if order.comment.strip():
        yield f"comment: {order.comment.strip()}"


def user_input(customer: Customer, billing: Address, shipping: Address, group: int | None, password: str) -> UserInput:
    """The body that creates a customer; the unique user name is the e-mail in lower case.

    Raises:
        Held: The customer has no e-mail (code ``customer_without_email``).
    """
    if not customer.match_key:
        raise Held(
            "The customer has no e-mail address",
            code="customer_without_email",
            fix="Enter one in the shop, or use the default customer for such orders; then resend the order.",
        )
    return UserInput(
        username=customer.match_key,
        password=password,
        group_id=group,
        userinfo=buyer(customer, billing, shipping),
    )


def product_input(
    order: Order, line: OrderLine, tax: str, *, settings: SalesPosSettings, package_id: int, prices_with_tax: bool
) -> ProductInput:
    """The body that creates the product a line sells, at the line's price.

    Raises:
        Held: Its tax has no tariff, a number is too long to be kept whole, or its price too small.
    """
    tariff = _tariff(order, tax, settings)
    gross, decimals = order.tax_mode == "gross", settings.price_decimals
    price = _price(line.unit_price, Decimal(tax), decimals, had_tax=gross, wants_tax=prices_with_tax)
    if line.unit_price and not price:
        raise _not_creatable(order, line, f"its price {line.unit_price:f} is too small to be kept")
    try:
        return ProductInput(
            name=cut(line.name or line.sku, LONGEST_NAME),
            productnumber=line.sku or None,
            eannumber=line.ean or None,
            price=price,
            taxtariff=tariff,
            package_id=package_id,
        )
    except ValidationError as error:
        raise _not_creatable(order, line, first_error(error)) from error


def _not_creatable(order: Order, line: OrderLine, why: str) -> Held:
    return Held(
        f"The product {line.sku or line.name!r} cannot be created: {why}",
        code="product_not_creatable",
        where=f"order {order.number}",
        fix="Create it in SalesPOS by hand, then resend the order.",
    )


def _tariff(order: Order, tax: str, settings: SalesPosSettings) -> TaxTariff:
    tariff = settings.tax_tariffs.get(tax)
    if tariff is None:
        raise Held(
            f"The tax {tax!r} has no tariff for a new product",
            code="no_tax_tariff",
            where=f"order {order.number}",
            fix=f"Add the key {tax!r} to tax_tariffs in the settings of SalesPOS, then resend the order.",
        )
    return tariff


def _price(price: Decimal, percent: Decimal, decimals: int, *, had_tax: bool, wants_tax: bool) -> Decimal:
    if had_tax == wants_tax:
        return rounded(price, decimals)
    return rounded((without_tax if had_tax else with_tax)(price, percent), decimals)
