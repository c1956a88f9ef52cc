"""An order's lines, shipping costs, fees, discounts and rounding as lines of RO App, to the shop's total; pure.

Every line names something of the catalogue (doc M1): what was bought, or the entry that is set for delivery, fees and
discounts. Prices include tax and are whole cents; what a line comes to is its price times its quantity. Neither a
line's own ``discount`` is used, which may be of one piece or of all [inferred], nor ``tax_ids``, which may add to it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, groupby

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
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import LONGEST_COMMENT
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents, split_by_rate
from shopbridge.mapping.taxes import percentage_of
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order

DECIMALS = 2


@dataclass(frozen=True)
class PlannedItem:
    """A line as it is sent.

    Attributes:
        line: Index of the order's line; None for delivery.
        entity: The product or service, as the connection knows it.
    """

    line: int | None
    entity: ExternalId
    quantity: Decimal
    price: Decimal
    comment: str

    @property
    def total(self) -> Decimal:
        """What it comes to."""
        return row_total(self.price, self.quantity)


def plan_items(order: Order, parts: OrderParts, settings: RoAppSettings, delivery: str) -> Sequence[PlannedItem]:
    """Return the lines of an order; together exactly its total.

    Args:
        delivery: What shipping costs are called where the shop has no name for them.

    Raises:
        Held: A line cannot be expressed, or has no entry in the catalogue (``no_catalogue_entry``).
        Unmapped: A tax rate has no entry in the map.
    """
    rows: Sequence[PlannedRow] = [*_positions(order, parts, delivery)]
    wanted, found = cents(order.totals.gross), sum((row.total for row in rows), NOTHING)
    rounding_left(order, wanted - cents(order.totals.rounding), found, len(rows), "The lines come to")
    rest = wanted - found
    rows = _with_more(rows, max(rest, NOTHING), order)
    kept = [row for row in rows if row.total >= 0 or settings.discount_entry is not None]
    rows = _with_less(kept, min(rest, NOTHING) + sum((row.total for row in rows if row not in kept), NOTHING), order)
    entry = _entries(order, settings)
    items = [item for row in rows for item in _items(row, order, entry)]
    return _balanced(items, wanted - sum((item.total for item in items), NOTHING), order)


def _positions(order: Order, parts: OrderParts, delivery: str) -> Iterator[PlannedRow]:
    """What becomes a line: of what is no product, all tax rates in one, since each line is a call."""
    rows = chain(
        rows_of_lines(order, parts.product_ids, gross=True, platform=TITLE, row="line"),
        rows_of_shipping(order, delivery, gross=True),
    )
    for _, alike in groupby(rows, key=lambda row: row.line):
        found = list(alike)
        for row in found:
            percentage_of(row.rate, parts.taxes, f"order {order.number}")
        total = sum((row.total for row in found), NOTHING)
        if total or found[0].product is not None:
            yield replace(found[0], total=total)


def _with_less(rows: Sequence[PlannedRow], off: Decimal, order: Order) -> Sequence[PlannedRow]:
    """Take an amount below zero off, in proportion to what is bought; off delivery and fees where that is too little.

    No line goes below zero by it.
    """
    if not off:
        return rows
    goods = {Decimal(place): row.total for place, row in enumerate(rows) if row.product is not None and row.total > 0}
    costs = {Decimal(place): row.total for place, row in enumerate(rows) if row.total > 0}
    shares = goods if sum(goods.values(), NOTHING) + off >= 0 else costs
    if sum(shares.values(), NOTHING) + off < 0:
        raise _below_zero(order)
    less = split_by_rate(off, shares)
    return [replace(row, total=row.total + less.get(Decimal(place), NOTHING)) for place, row in enumerate(rows)]


def _with_more(rows: Sequence[PlannedRow], more: Decimal, order: Order) -> Sequence[PlannedRow]:
    """Cents that rounding adds go to the dearest line."""
    if not more:
        return rows
    if not rows:
        raise _no_line(order, more)
    dearest = max(range(len(rows)), key=lambda place: rows[place].total)
    return [replace(row, total=row.total + more) if place == dearest else row for place, row in enumerate(rows)]


def _items(row: PlannedRow, order: Order, entry: Callable[[PlannedRow], ExternalId]) -> Iterator[PlannedItem]:
    """One line, or two with neighbouring prices where one would be finer than a cent."""
    line = order.lines[row.line] if row.line is not None else None
    comment = (line.sku if line and row.product is not None and line.sku else row.name)[:LONGEST_COMMENT]
    pairs, _ = priced(row, DECIMALS)
    for quantity, price in pairs:
        yield PlannedItem(row.line, row.product or entry(row), quantity, price, comment)


def _balanced(items: Sequence[PlannedItem], rest: Decimal, order: Order) -> Sequence[PlannedItem]:
    """Put what parts of a piece leave over into the dearest line of one piece, or into one piece of several."""
    if not rest:
        return items
    able = [place for place, item in enumerate(items) if item.quantity >= ONE and item.price + rest >= 0]
    if not able:
        raise _no_line(order, rest)
    chosen = max(able, key=lambda place: (items[place].quantity == ONE, items[place].price))
    there = items[chosen]
    moved = replace(there, quantity=ONE, price=there.price + rest)
    left = [replace(there, quantity=there.quantity - ONE)] if there.quantity > ONE else []
    return [*items[:chosen], *left, moved, *items[chosen + 1 :]]


def _entries(order: Order, settings: RoAppSettings) -> Callable[[PlannedRow], ExternalId]:
    """Return what tells the catalogue's entry of a line without a product."""

    def entry(row: PlannedRow) -> ExternalId:
        name = "delivery_entry" if row.line is None else "discount_entry" if row.total < 0 else "fee_entry"
        found = settings.entries.get(name)
        if found is None:
            raise Held(
                f"RO App has no line without a product or service, and {name} names none for {row.name!r}",
                code="no_catalogue_entry",
                where=f"order {order.number}",
                fix=f"Make a service for it in RO App and set {name} to its number, then resend the order.",
            )
        return ExternalId(str(found))

    return entry


def _no_line(order: Order, rest: Decimal) -> Held:
    return Held(
        f"No line can take the {rest:f} {order.currency} that rounding leaves over",
        code="line_not_expressible",
        where=f"order {order.number}",
        fix=f"Book this order by hand in {TITLE}, then skip it here.",
    )


def _below_zero(order: Order) -> Held:
    return Held(
        "The order's discounts are more than what it sells",
        code="line_not_expressible",
        where=f"order {order.number}",
        fix=f"Set discount_entry in the settings of {TITLE}, or book this order by hand there and skip it here.",
    )
