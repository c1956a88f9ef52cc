"""An order's lines and shipping costs as SalesPOS rows, exact to the cent; pure.

Prices keep the order's tax mode. A line whose total is no multiple of a whole-cent price leaves a rest; the rests
of one tax rate become one row "Rounding", so that tax stays right.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.wire import Row
from shopbridge.errors import Held
from shopbridge.mapping.rounding import cents
from shopbridge.mapping.taxes import percentage_of
from shopbridge.model.base import ExternalId
from shopbridge.model.money import TaxMode, TaxShare
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine, Shipping

ROUNDING = "Rounding"
LONGEST_NAME, LONGEST_PRODUCT_NUMBER = 200, 50
"""Lengths of a 2017 schema (source S11)."""

Amounts = Mapping[Decimal, Decimal]
"""The shop's tax rate in percent to an amount in the order's tax mode."""


@dataclass(frozen=True)
class PlannedRow:
    """A row and the index of the order line it stems from, if it does."""

    row: Row
    line: int | None


@dataclass(frozen=True)
class PlannedRows:
    """All rows of an order, and the shipping costs that are none of them (with tax)."""

    rows: tuple[PlannedRow, ...]
    shipping: Decimal


def plan_rows(order: Order, parts: OrderParts, package_id: int | None, *, shipping_as_row: bool) -> PlannedRows:
    """Every line as one row, or one for each tax rate, then shipping rows and rounding rows.

    Raises:
        Held: A product is sold in a way that SalesPOS cannot express.
        Unmapped: A tax rate has no entry in the map.
    """
    maker = _RowMaker(order, parts, package_id)
    rows = [PlannedRow(row, index) for index, line in enumerate(order.lines) for row in maker.line(line)]
    costs = Decimal(0)
    if order.shipping is not None:
        costs = Decimal(0) if shipping_as_row else _costs(order, order.shipping)
        rows += [PlannedRow(row, None) for row in maker.shipping(order.shipping)] if not costs else []
    rows += [PlannedRow(row, None) for row in maker.rounding()]
    return PlannedRows(tuple(rows), costs)


def amounts_by_rate(total: Decimal, shares: Sequence[TaxShare], mode: TaxMode) -> Amounts:
    """An amount by tax rate, in the order's tax mode, in whole cents that add up to ``total`` in whole cents.

    An order without tax has the one rate 0. Where the shop's shares do not add up to its total, the largest gives way.
    """
    if mode == "tax_free" or not shares:
        return {Decimal(0): cents(total)}
    amounts: dict[Decimal, Decimal] = defaultdict(Decimal)
    for share in shares:
        amounts[share.rate] += cents(share.gross if mode == "gross" else share.net)
    largest = max(amounts, key=lambda rate: (abs(amounts[rate]), rate))
    amounts[largest] += cents(total) - sum(amounts.values())
    return dict(amounts)


def _costs(order: Order, shipping: Shipping) -> Decimal:
    """The shipping costs that fit the order's one figure for them, tax included; 0 when they need rows.

    [inferred] SalesPOS chooses the tax rate of that figure, and in an order with net prices it may mean the figure net
    or not (client S4 says neither). So it is used only where all prices include tax at one and the same rate.
    """
    rates = {share.rate for taxes in (shipping.taxes, *(line.taxes for line in order.lines)) for share in taxes}
    fits = order.tax_mode == "gross" and len(rates) == 1 and shipping.total > 0
    return cents(shipping.total) if fits else Decimal(0)


class _RowMaker:
    """Makes the rows of one order and keeps the rests that whole-cent prices leave."""

    def __init__(self, order: Order, parts: OrderParts, package_id: int | None) -> None:
        self._order = order
        self._parts = parts
        self._package_id = package_id
        self._rests: dict[Decimal, Decimal] = defaultdict(Decimal)

    def line(self, line: OrderLine) -> Iterator[Row]:
        """The rows of a line: a product's one row, or one free row for each tax rate."""
        amounts = amounts_by_rate(line.total, line.taxes, self._order.tax_mode)
        product = self._parts.product_ids.get(line.id) if line.kind == "product" else None
        if product is not None:
            yield self._product(line, product, amounts)
        elif len(amounts) == 1 and line.quantity > 0 and line.kind != "discount":
            (amount,), (rate,) = amounts.values(), amounts
            yield self._free(line.name or line.sku, rate, *self._priced(line, rate, amount), number=line.sku, line=line)
        else:
            yield from self._by_rate(line.name or line.sku, amounts)

    def shipping(self, shipping: Shipping) -> Iterator[Row]:
        """Shipping costs as rows, one for each tax rate."""
        amounts = amounts_by_rate(shipping.total, shipping.taxes, self._order.tax_mode)
        return self._by_rate(shipping.method or "Shipping", {rate: part for rate, part in amounts.items() if part})

    def rounding(self) -> Iterator[Row]:
        """The rests, one row for each tax rate."""
        rests = {rate: rest for rate, rest in self._rests.items() if rest}
        return (self._free(ROUNDING, rate, Decimal(1), rest) for rate, rest in rests.items())

    def _by_rate(self, name: str, amounts: Amounts) -> Iterator[Row]:
        for rate, amount in amounts.items():
            title = f"{name} ({rate.normalize():f} %)" if len(amounts) > 1 else name
            yield self._free(title, rate, Decimal(1), amount)

    def _product(self, line: OrderLine, product: ExternalId, amounts: Amounts) -> Row:
        if line.quantity <= 0 or len(amounts) > 1:
            raise _unsellable(self._order, line, amounts)
        (amount,), (rate,) = amounts.values(), amounts
        count, price = self._priced(line, rate, amount)
        product_id, _, combination = product.partition("/")
        return Row(
            product_id=int(product_id),
            attribute_combination_id=int(combination) if combination else None,
            count=count,
            price=price,
            tax=self._percent(rate),
            memo=None if combination else _options(line),
        )

    def _free(
        self,
        name: str,
        rate: Decimal,
        count: Decimal,
        price: Decimal,
        *,
        number: str = "",
        line: OrderLine | None = None,
    ) -> Row:
        """A row without a product. [inferred] That its price may be negative: discounts rest on it."""
        return Row(
            product_name=cut(name.strip() or "-", LONGEST_NAME),
            product_number=cut(number.strip(), LONGEST_PRODUCT_NUMBER) or None,
            package_id=self._package_id,
            count=count,
            price=price,
            tax=self._percent(rate),
            memo=_options(line) if line else None,
        )

    def _priced(self, line: OrderLine, rate: Decimal, amount: Decimal) -> tuple[Decimal, Decimal]:
        """Quantity and whole-cent price: the shop's own where it makes up the amount, else the nearest."""
        price = cents(line.unit_price)
        if row_total(price, line.quantity) != amount:
            price = cents(amount / line.quantity)
            self._rests[rate] += amount - row_total(price, line.quantity)
        return line.quantity, price

    def _percent(self, rate: Decimal) -> Decimal:
        return percentage_of(rate, self._parts.taxes, f"order {self._order.number}")


def row_total(price: Decimal, count: Decimal) -> Decimal:
    """[inferred] What SalesPOS makes of a row: price times quantity, rounded to cents."""
    return cents(price * count)


def _unsellable(order: Order, line: OrderLine, amounts: Amounts) -> Held:
    why = f"the quantity {line.quantity:f}" if line.quantity <= 0 else f"{len(amounts)} tax rates"
    return Held(
        f"The line {line.name!r} has {why}, which a row of SalesPOS cannot have",
        code="line_not_expressible",
        where=f"order {order.number}",
        fix="Book this order by hand in SalesPOS, then skip it here.",
    )


def _options(line: OrderLine) -> str | None:
    return ", ".join(f"{group}: {option}" for group, option in line.options.items()) or None


def cut(text: str, longest: int) -> str:
    """Text at most this long; an ellipsis shows that something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
