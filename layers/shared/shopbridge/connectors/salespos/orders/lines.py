"""An order's lines and shipping costs as SalesPOS rows, exact to the cent; pure.

Prices keep the order's tax mode. A line whose total is no multiple of a price leaves a rest of a cent at most; the
rests of one tax rate become one row "Rounding", so that tax stays right. Where it would leave more, it becomes two rows
with neighbouring prices: what SalesPOS makes of a price finer than ``price_decimals`` nobody has published.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    priced,
    rounding_left,
    row_total,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import OrderInput, Row
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import percentage_of
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine

ROUNDING = "Rounding"
LONGEST_NAME, LONGEST_PRODUCT_NUMBER = 200, 50
"""Lengths of a 2017 schema (source S11)."""


@dataclass(frozen=True)
class PlannedRows:
    """An order's rows, for each the index of its line, and the shipping costs that are none of them (with tax)."""

    rows: tuple[Row, ...]
    line_of_row: tuple[int | None, ...]
    shipping: Decimal


def plan_rows(order: Order, parts: OrderParts, settings: SalesPosSettings) -> PlannedRows:
    """Every line as one row, two, or one for each tax rate, then shipping rows and rounding rows.

    Raises:
        Held: A product is sold in a way that SalesPOS cannot express.
        Unmapped: A tax rate has no entry in the map.
    """
    gross, costs = order.tax_mode == "gross", _shipping_costs(order, settings)
    planned = rows_of_lines(order, parts.product_ids, gross=gross, platform="SalesPOS", row="row")
    rows: list[tuple[Row, int | None]] = []
    rests: dict[Decimal, Decimal] = defaultdict(Decimal)
    for each in chain(planned, () if costs else rows_of_shipping(order, "Shipping", gross=gross)):
        percent = percentage_of(each.rate, parts.taxes, f"order {order.number}")
        pairs, rest = priced(each, settings.price_decimals)
        rests[percent] += rest
        rows += [(_row(each, count, price, percent, settings.package_id), each.line) for count, price in pairs]
    # What rounding to cash added bears no tax.
    for percent, rest in (*rests.items(), (NOTHING, cents(order.totals.rounding))):
        if rest:
            rows.append((_free(ROUNDING, ONE, rest, percent, settings.package_id), None))
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


def _row(planned: PlannedRow, count: Decimal, price: Decimal, percent: Decimal, package_id: int | None) -> Row:
    sold = planned.sold
    if planned.product is None or sold is None:
        name = planned.name if planned.alone else f"{planned.name} ({planned.rate.normalize():f} %)"
        return _free(name, count, price, percent, package_id, sold=sold)
    product_id, _, combination = planned.product.partition("/")
    return Row(
        product_id=int(product_id),
        attribute_combination_id=int(combination) if combination else None,
        count=count,
        price=price,
        tax=percent,
        memo=None if combination else _options(sold),
    )


def _free(
    name: str,
    count: Decimal,
    price: Decimal,
    percent: Decimal,
    package_id: int | None,
    *,
    sold: OrderLine | None = None,
) -> Row:
    """A row without a product. [inferred] That its price may be negative: discounts rest on it."""
    return Row(
        product_name=cut(name, LONGEST_NAME),
        product_number=(cut(sold.sku.strip(), LONGEST_PRODUCT_NUMBER) or None) if sold else None,
        package_id=package_id,
        count=count,
        price=price,
        tax=percent,
        memo=_options(sold) if sold else None,
    )


def _options(line: OrderLine) -> str | None:
    return ", ".join(f"{group}: {option}" for group, option in line.options.items()) or None


def cut(text: str, longest: int) -> str:
    """Text at most this long; an ellipsis shows that something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def predicted_total(draft: OrderInput) -> Decimal:
    """[inferred] The gross total SalesPOS will compute: no source gives its rounding.

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
    """The draft with the difference to the shop's total booked as extra costs "Rounding".

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    wanted, found = cents(order.totals.gross), predicted_total(draft)
    left = rounding_left(order, wanted, found, len(draft.orderrows), "SalesPOS would compute")
    return draft.model_copy(update={"extra_costs": left, "extra_costs_description": ROUNDING}) if left else draft
