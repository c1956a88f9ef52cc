"""An order's lines, shipping costs, discounts and rounding as SalesAutopilot keeps them, to the shop's total; pure.

Prices of one are net and have two decimals, as its own plug-in sends them (client S6), so most gross amounts are met to
a cent or so only. What is missing goes into the shipping costs, the one amount that is sent as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    rounding_left,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.connectors.salesautopilot.api import TITLE
from shopbridge.connectors.salesautopilot.settings import SalesAutopilotSettings
from shopbridge.connectors.salesautopilot.wire import OrderItem
from shopbridge.mapping.rounding import CENT, cents
from shopbridge.mapping.taxes import percentage_of, with_tax, without_tax
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order

SHIPPING, ROUNDING = "Szállítási díj", "Kerekítés"
MOST_OFF = 5 * CENT
"""What a line may be off by its rounded price, or else a thousandth of it: one that is more is sent as one piece."""
_THOUSANDTH = Decimal(1000)


@dataclass(frozen=True)
class ItemRow:
    """What becomes one ordered product.

    Attributes:
        line: Index of the order's line; None for rounding.
        price: Net, of one, in whole cents.
    """

    line: int | None
    code: str
    name: str
    quantity: int
    percent: Decimal
    price: Decimal

    @property
    def gross(self) -> Decimal:
        """What the whole row comes to there."""
        return cents(with_tax(self.price * self.quantity, self.percent))

    def item(self) -> OrderItem:
        """Return it as it is sent."""
        return OrderItem(
            prod_id=self.code, prod_name=self.name, qty=self.quantity, tax=self.percent, prod_price=self.price
        )


@dataclass(frozen=True)
class PlannedItems:
    """Ordered products, and what is beside them: shipping costs, fees, and cents that are left over."""

    rows: Sequence[ItemRow]
    net: Decimal
    gross: Decimal


def plan_items(order: Order, parts: OrderParts, settings: SalesAutopilotSettings) -> PlannedItems:
    """Return every line, or one for each tax rate, and the shipping costs; together exactly the order's total.

    Raises:
        Held: A line cannot be expressed, or the shop's total is off by more than rounding.
        Unmapped: A tax rate has no entry in the map.
    """
    planned = [*_planned(order)]
    wanted = cents(order.totals.gross)
    sums = sum((row.total for row in planned), NOTHING)
    rounding_left(order, wanted - cents(order.totals.rounding), sums, len(planned), "The lines come to")
    beside = [row for row in planned if _is_beside(row, order, settings)]
    rows = [_row(row, _percent(row, order, parts), order, settings) for row in planned if row not in beside]
    net = sum((cents(without_tax(row.total, _percent(row, order, parts))) for row in beside), NOTHING)
    gross = sum((row.total for row in beside), NOTHING)
    left = wanted - gross - sum((row.gross for row in rows), NOTHING)
    return _balanced(rows, net + left, gross + left, settings)


def _planned(order: Order) -> Iterator[PlannedRow]:
    """Of what is no product, what costs nothing is no line."""
    products = {line.id: ExternalId(line.sku or line.name) for line in order.lines if line.kind == "product"}
    rows = chain(
        rows_of_lines(order, products, gross=True, platform=TITLE, row="line"),
        rows_of_shipping(order, SHIPPING, gross=True),
    )
    return (row for row in rows if row.total or row.product is not None)


def _is_beside(row: PlannedRow, order: Order, settings: SalesAutopilotSettings) -> bool:
    """Whether it goes with the shipping costs; an order of fees alone needs something that was ordered."""
    if row.line is None:
        return True
    is_fee = order.lines[row.line].kind == "free" and row.total > 0
    return is_fee and settings.fees == "shipping" and any(line.kind == "product" for line in order.lines)


def _percent(row: PlannedRow, order: Order, parts: OrderParts) -> Decimal:
    return percentage_of(row.rate, parts.taxes, f"order {order.number}")


def _row(row: PlannedRow, percent: Decimal, order: Order, settings: SalesAutopilotSettings) -> ItemRow:
    """What is sold; parts of a piece, which would be cut off (client S6), and prices far off become one piece.

    [inferred] Its name then tells the quantity.
    """
    code, pieces = _code(row, order, settings), int(row.quantity)
    if pieces == row.quantity:
        made = ItemRow(row.line, code, row.name, pieces, percent, cents(without_tax(row.total / pieces, percent)))
        if abs(made.gross - row.total) <= max(MOST_OFF, abs(row.total) / _THOUSANDTH):
            return made
    name = row.name if row.quantity == ONE else f"{row.name} ({row.quantity.normalize():f})"
    return ItemRow(row.line, code, name, 1, percent, cents(without_tax(row.total, percent)))


def _code(row: PlannedRow, order: Order, settings: SalesAutopilotSettings) -> str:
    """The SKU; a name where a position has none: SalesAutopilot makes a product of each that it does not know."""
    if row.product is not None:
        return str(row.product)
    line = order.lines[row.line or 0]
    is_discount = line.kind == "discount" or row.total < 0
    return settings.discount_code if is_discount else line.sku or row.name


def _balanced(rows: Sequence[ItemRow], net: Decimal, gross: Decimal, settings: SalesAutopilotSettings) -> PlannedItems:
    """[inferred] Shipping costs are not below zero: what is becomes a discount, as coupons do (client S6)."""
    if gross >= 0 or not rows:
        return PlannedItems(rows, max(net, NOTHING), gross)
    rest = ItemRow(None, settings.discount_code, ROUNDING, 1, NOTHING, gross)
    return PlannedItems([*rows, rest], NOTHING, NOTHING)
