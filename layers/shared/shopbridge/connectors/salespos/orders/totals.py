"""What an order will add up to in SalesPOS, and the cents that make it equal to the shop's total; pure."""

from collections import defaultdict
from decimal import Decimal

from shopbridge.connectors.salespos.orders.lines import ROUNDING, row_total
from shopbridge.connectors.salespos.wire import OrderInput
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.model.order import Order

NOTHING = Decimal(0)


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


def tolerance(rows: int) -> Decimal:
    """How far rounding alone can drive two totals apart: a cent a row, five cents in any case."""
    return max(Decimal("0.05"), Decimal("0.01") * rows)


def balanced(draft: OrderInput, order: Order) -> OrderInput:
    """The draft with the difference to the shop's total booked as extra costs "Rounding".

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    expected, wanted = predicted_total(draft), cents(order.totals.gross)
    if expected == wanted:
        return draft
    if abs(wanted - expected) > tolerance(len(draft.orderrows)):
        raise Held(
            f"SalesPOS would compute {expected:f} {order.currency} where the shop has {wanted:f}",
            code="totals_differ",
            where=f"order {order.number}",
            fix="Compare lines, discounts and shipping of the order with its total in the shop, and the tax map.",
        )
    return draft.model_copy(update={"extra_costs": wanted - expected, "extra_costs_description": ROUNDING})
