"""An order's lines and shipping costs as SalesPOS rows, exact to the cent; pure.

Prices keep the order's tax mode. A line whose total is no multiple of a price leaves a rest of a cent at most; the
rests of one tax rate become one row "Rounding", so that tax stays right. Where it would leave more, it becomes two rows
with neighbouring prices: what SalesPOS makes of a price finer than ``price_decimals`` nobody has published.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire import Row
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, rounded, whole_cent_prices
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


def plan_rows(order: Order, parts: OrderParts, settings: SalesPosSettings) -> PlannedRows:
    """Every line as one row, two, or one for each tax rate, then shipping rows and rounding rows.

    Raises:
        Held: A product is sold in a way that SalesPOS cannot express.
        Unmapped: A tax rate has no entry in the map.
    """
    maker = _RowMaker(order, parts, settings)
    rows = [PlannedRow(row, index) for index, line in enumerate(order.lines) for row in maker.line(line)]
    costs = Decimal(0)
    if order.shipping is not None:
        costs = Decimal(0) if settings.shipping_as == "row" else _costs(order, order.shipping)
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
    or not (client S4 says neither). So it is used only where all prices include tax at one and the same rate, which
    rounding to cash, a row without tax, has not.
    """
    rates = {share.rate for taxes in (shipping.taxes, *(line.taxes for line in order.lines)) for share in taxes}
    fits = order.tax_mode == "gross" and len(rates) == 1 and shipping.total > 0 and not order.totals.rounding
    return cents(shipping.total) if fits else Decimal(0)


class _RowMaker:
    """Makes the rows of one order and keeps the rests that prices leave."""

    def __init__(self, order: Order, parts: OrderParts, settings: SalesPosSettings) -> None:
        self._order = order
        self._parts = parts
        self._settings = settings
        self._rests: dict[Decimal, Decimal] = defaultdict(Decimal)

    def line(self, line: OrderLine) -> Iterator[Row]:
        """The rows of a line: a product's, or one free row for each tax rate."""
        amounts = amounts_by_rate(line.total, line.taxes, self._order.tax_mode)
        product = self._parts.product_ids.get(line.id) if line.kind == "product" else None
        if product is not None:
            yield from self._product(line, product, amounts)
        elif len(amounts) == 1 and line.quantity > 0 and line.kind != "discount":
            ((rate, amount),) = amounts.items()
            for count, price in self._priced(line, rate, amount):
                yield self._free(line.name or line.sku, self._percent(rate), count, price, line=line)
        else:
            yield from self._by_rate(line.name or line.sku, amounts)

    def shipping(self, shipping: Shipping) -> Iterator[Row]:
        """Shipping costs as rows, one for each tax rate."""
        amounts = amounts_by_rate(shipping.total, shipping.taxes, self._order.tax_mode)
        return self._by_rate(shipping.method or "Shipping", {rate: part for rate, part in amounts.items() if part})

    def rounding(self) -> Iterator[Row]:
        """The rests, one row for each tax rate, and what rounding to cash added, which bears no tax."""
        rests = [(self._percent(rate), rest) for rate, rest in self._rests.items()]
        for percent, rest in (*rests, (Decimal(0), cents(self._order.totals.rounding))):
            if rest:
                yield self._free(ROUNDING, percent, Decimal(1), rest)

    def _by_rate(self, name: str, amounts: Amounts) -> Iterator[Row]:
        for rate, amount in amounts.items():
            title = f"{name} ({rate.normalize():f} %)" if len(amounts) > 1 else name
            yield self._free(title, self._percent(rate), Decimal(1), amount)

    def _product(self, line: OrderLine, product: ExternalId, amounts: Amounts) -> Iterator[Row]:
        if line.quantity <= 0 or len(amounts) > 1:
            raise _unsellable(self._order, line, amounts)
        ((rate, amount),) = amounts.items()
        product_id, _, combination = product.partition("/")
        for count, price in self._priced(line, rate, amount):
            yield Row(
                product_id=int(product_id),
                attribute_combination_id=int(combination) if combination else None,
                count=count,
                price=price,
                tax=self._percent(rate),
                memo=None if combination else _options(line),
            )

    def _free(
        self, name: str, percent: Decimal, count: Decimal, price: Decimal, *, line: OrderLine | None = None
    ) -> Row:
        """A row without a product. [inferred] That its price may be negative: discounts rest on it."""
        return Row(
            product_name=cut(name.strip() or "-", LONGEST_NAME),
            product_number=(cut(line.sku.strip(), LONGEST_PRODUCT_NUMBER) or None) if line else None,
            package_id=self._settings.package_id,
            count=count,
            price=price,
            tax=percent,
            memo=_options(line) if line else None,
        )

    def _priced(self, line: OrderLine, rate: Decimal, amount: Decimal) -> Sequence[tuple[Decimal, Decimal]]:
        """Quantities and prices: the shop's own price where it makes up the amount, else the nearest, or two."""
        nearest = amount / line.quantity
        for price in (rounded(exact, self._settings.price_decimals) for exact in (line.unit_price, nearest)):
            if row_total(price, line.quantity) == amount:
                return ((line.quantity, price),)
        pairs: Sequence[tuple[Decimal, Decimal]] = ((line.quantity, cents(nearest)),)
        if abs(amount - row_total(cents(nearest), line.quantity)) > CENT:
            pairs = whole_cent_prices(amount, line.quantity)
        self._rests[rate] += amount - sum(row_total(price, count) for count, price in pairs)
        return pairs

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
