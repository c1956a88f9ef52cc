"""A shop's order as the body that creates it in SalesPOS, and the texts that have no field there; pure.

Prices keep the order's tax mode. A line whose total is no multiple of a price leaves a rest of a cent at most; the
rests of one tax rate become one row "Rounding", so that tax stays right. Where it would leave more, it becomes two rows
with neighbouring prices: what SalesPOS makes of a price finer than ``price_decimals`` nobody has published.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any

from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    payment_note,
    priced,
    rounding_left,
    row_total,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.connectors.salespos.customers import buyer, with_blanks
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import OrderInput, Row
from shopbridge.connectors.salespos.wire_products import LONGEST_NAME, LONGEST_NUMBER, cut
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.rules import TargetField, fields_of
from shopbridge.mapping.taxes import percentage_of
from shopbridge.mapping.validation import validated
from shopbridge.model.office import OrderDraft, OrderParts
from shopbridge.model.order import Order, OrderLine

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
NOT_FOR_RULES = frozenset({"reservationnumber", "orderrows[].auto_create_deposit_rows"})
"""The number an order is found again by, and the switch that adds rows nobody ordered."""
ROUNDING = "Rounding"
Figures = tuple[Decimal, Decimal, Decimal]
"""Quantity, price and tax percentage."""


@dataclass(frozen=True)
class PlannedRows:
    """An order's rows, for each the index of its line, and the shipping costs that are none of them (with tax)."""

    rows: tuple[Row, ...]
    line_of_row: tuple[int | None, ...]
    shipping: Decimal


def draft_of(order: Order, parts: OrderParts, settings: SalesPosSettings) -> OrderDraft:
    """Return the order in SalesPOS' shape, with totals that meet.

    Raises:
        Held: It cannot be expressed, or its totals would differ.
    """
    rows = plan_rows(order, parts, settings)
    body = balanced(checked(_body(order, parts, rows, settings), f"order {order.number}"), order)
    payload = body.model_dump(exclude_none=True)
    return OrderDraft(reference=order.number, payload=payload, line_of_row=rows.line_of_row, checked=body)


def checked(payload: Mapping[str, Any], where: str) -> OrderInput:
    """Return the body as SalesPOS takes it. Raises Held with the fields it would not take (code ``invalid_draft``)."""
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
        "customer": with_blanks(customer) if parts.customer_id else customer,
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
    """Return what has no field in SalesPOS: day, payment and shipping method, sales channel, the buyer's comment."""
    return " · ".join(part for part in _remarks(order, parts) if part)


def _remarks(order: Order, parts: OrderParts) -> Iterator[str]:
    yield f"Order {order.number} of {order.placed_at.date()}" + (f" from {order.channel}" if order.channel else "")
    if order.payment is not None:
        yield payment_note(order.payment, parts.payment or order.payment.method)
    if order.shipping is not None and order.shipping.method:
        yield f"shipping: {order.shipping.method}"
    if order.comment.strip():
        yield f"comment: {order.comment.strip()}"


def order_fields() -> dict[str, TargetField]:
    """Return every field of the order that a merchant's rule may fill, by its path."""
    return {field.path: field for field in fields_of(OrderInput) if field.path not in NOT_FOR_RULES}


def plan_rows(order: Order, parts: OrderParts, settings: SalesPosSettings) -> PlannedRows:
    """Return every line as one row, two, or one for each tax rate, then shipping rows and rounding rows.

    Raises:
        Held: A product is sold in a way that SalesPOS cannot express.
        Unmapped: A tax rate has no entry in the map.
    """
    gross, costs, package = order.tax_mode == "gross", _shipping_costs(order, settings), settings.package_id
    planned = rows_of_lines(order, parts.product_ids, gross=gross, platform="SalesPOS", row="row")
    rows: list[tuple[Row, int | None]] = []
    rests: dict[Decimal, Decimal] = defaultdict(Decimal)
    for each in chain(planned, () if costs else rows_of_shipping(order, "Shipping", gross=gross)):
        percent = percentage_of(each.rate, parts.taxes, f"order {order.number}")
        pairs, rest = priced(each, settings.price_decimals)
        rests[percent] += rest
        rows += [(_row(each, package, (count, price, percent)), each.line) for count, price in pairs]
    # What rounding to cash added bears no tax.
    for percent, rest in (*rests.items(), (NOTHING, cents(order.totals.rounding))):
        if rest:
            rows.append((_free(ROUNDING, package, (ONE, rest, percent)), None))
    return PlannedRows(tuple(row for row, _ in rows), tuple(line for _, line in rows), costs)


def _shipping_costs(order: Order, settings: SalesPosSettings) -> Decimal:
    """The shipping costs that fit the order's one figure for them, tax included; 0 when they need rows.

    [inferred] SalesPOS chooses the tax rate of that figure, and in an order with net prices it may mean the figure net
    or not (client S4 says neither). So it is used only where all prices include tax at one and the same rate, which
    rounding to cash, a row without tax, has not.
    """
    shipping = order.shipping
    if shipping is None or settings.shipping_as == "row":
        return NOTHING
    rates = {share.rate for taxes in (shipping.taxes, *(line.taxes for line in order.lines)) for share in taxes}
    fits = order.tax_mode == "gross" and len(rates) == 1 and shipping.total > 0 and not order.totals.rounding
    return cents(shipping.total) if fits else NOTHING


def _row(planned: PlannedRow, package_id: int | None, figures: Figures) -> Row:
    sold = planned.sold
    if planned.product is None or sold is None:
        name = planned.name if planned.one_rate else f"{planned.name} ({planned.rate.normalize():f} %)"
        return _free(name, package_id, figures, sold)
    product_id, _, combination = planned.product.partition("/")
    count, price, tax = figures
    return Row(
        product_id=int(product_id),
        attribute_combination_id=int(combination) if combination else None,
        count=count,
        price=price,
        tax=tax,
        memo=None if combination else _options(sold),
    )


def _free(name: str, package_id: int | None, figures: Figures, sold: OrderLine | None = None) -> Row:
    """A row without a product. [inferred] That its price may be negative: discounts rest on it."""
    count, price, tax = figures
    return Row(
        product_name=cut(name, LONGEST_NAME),
        product_number=(cut(sold.sku.strip(), LONGEST_NUMBER) or None) if sold else None,
        package_id=package_id,
        count=count,
        price=price,
        tax=tax,
        memo=_options(sold) if sold else None,
    )


def _options(line: OrderLine) -> str | None:
    return ", ".join(f"{group}: {option}" for group, option in line.options.items()) or None


def predicted_total(draft: OrderInput) -> Decimal:
    """[inferred] Return the gross total SalesPOS will compute: no source gives its rounding.

    Rows are rounded to cents each. Net rows get their tax on the sum of a rate's rows, rounded to cents. Shipping
    costs and extra costs count as they are: with gross rows they include tax, with net rows they are only rounding,
    and ``shipping_taxes_included`` is off. An intra-Community sale has no tax on any row (client S4).
    """
    by_rate: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in draft.orderrows:
        by_rate[row.tax] += row_total(row.price - row.discount, row.count)
    on_top = not (draft.order_row_taxes_included or draft.is_intra_community_order)
    rows = sum((amount + cents(amount * rate / 100) * on_top for rate, amount in by_rate.items()), NOTHING)
    return rows + draft.total_shipping + (draft.paymethod_costs or NOTHING) + (draft.extra_costs or NOTHING)


def balanced(draft: OrderInput, order: Order) -> OrderInput:
    """Return the draft with the difference to the shop's total booked as extra costs "Rounding".

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    wanted, found = cents(order.totals.gross), predicted_total(draft)
    left = rounding_left(order, wanted, found, len(draft.orderrows), "SalesPOS would compute")
    return draft.model_copy(update={"extra_costs": left, "extra_costs_description": ROUNDING}) if left else draft
