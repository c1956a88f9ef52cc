"""An order's lines, shipping costs, discounts and rounding as BOCP lines that add up to the shop's total; pure.

Every line needs a code that BOCP knows (official B1), so what is no product goes under the code of a service.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from shopbridge.connectors.cloudsales.orders.wire import Item
from shopbridge.connectors.cloudsales.settings import SEEN_LINE_TYPE, CloudSalesSettings
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, whole_cent_prices
from shopbridge.mapping.taxes import percentage_of, with_tax, without_tax
from shopbridge.model.money import TaxMode, TaxShare
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order, OrderLine

NOTHING, ONE = Decimal(0), Decimal(1)
ROUNDING = "Rotunjire"


@dataclass(frozen=True)
class Share:
    """What becomes one line of BOCP.

    Attributes:
        line: Index of the order's line; None for shipping costs.
        percent: VAT.
        value: Gross, of the whole line, in whole cents.
    """

    line: int | None
    type: str
    code: str
    name: str
    quantity: Decimal
    percent: Decimal
    value: Decimal

    def item(self) -> Item:
        """With prices of one, in whole cents: BOCP wants 2 decimals (client B3), so the line's value is exact."""
        gross = self.value / self.quantity
        return Item(
            type=self.type,
            code=self.code,
            item_name=self.name,
            item_quantity=self.quantity,
            item_price=cents(without_tax(gross, self.percent)),
            item_vat_percent=self.percent,
            item_price_with_vat=cents(gross),
            line_value_with_vat=self.value,
        )

    def parts(self) -> "Iterator[Share]":
        """The line; or two with neighbouring prices, where neither of its prices makes up its value to a cent.

        Nobody knows whether BOCP goes by the value or by a price times the quantity: 1000 for 12.50 is both only as
        750 at 0.01 and 250 at 0.02.
        """
        one = self.item()
        by_net = with_tax(one.item_price * self.quantity, self.percent)
        if any(abs(cents(by) - self.value) <= CENT for by in (one.item_price_with_vat * self.quantity, by_net)):
            yield self
            return
        for count, price in whole_cent_prices(self.value, self.quantity):
            yield replace(self, quantity=count, value=cents(price * count))


def plan_shares(order: Order, parts: OrderParts, settings: CloudSalesSettings) -> Sequence[Share]:
    """Every line, or one for each tax rate, then shipping costs and rounding; together exactly the order's total.

    Raises:
        Held: A service code is not set, a line cannot be expressed, or the total is off by more than rounding.
        Unmapped: A tax rate has no entry in the map.
    """
    maker = _Maker(order, parts, settings)
    shares = [share for index, line in enumerate(order.lines) for share in maker.line(index, line)]
    whole = balanced([*shares, *maker.shipping()], order)
    return [*(part for share in whole for part in share.parts()), *maker.rounding()]


def balanced(shares: Sequence[Share], order: Order) -> Sequence[Share]:
    """What is to be paid before rounding to cash; the cents that are left over go to the line of the largest value.

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    wanted, found = cents(order.totals.gross - order.totals.rounding), sum((share.value for share in shares), NOTHING)
    if wanted == found:
        return shares
    if not shares or abs(wanted - found) > max(5 * CENT, CENT * len(shares)):
        raise Held(
            f"The lines come to {found:f} {order.currency} where the shop has {wanted:f}",
            code="totals_differ",
            where=f"order {order.number}",
            fix="Compare lines, discounts and shipping of the order with its total in the shop, and the tax map.",
        )
    largest = max(shares, key=lambda share: abs(share.value))
    corrected = replace(largest, value=largest.value + wanted - found)
    return [corrected if share is largest else share for share in shares]


def gross_by_rate(total: Decimal, shares: Iterable[TaxShare], mode: TaxMode) -> Mapping[Decimal, Decimal]:
    """A line's gross amount by tax rate, in whole cents; with gross prices they add up to the line's total."""
    shares = list(shares)
    if mode == "tax_free" or not shares:
        return {NOTHING: cents(total)}
    amounts: dict[Decimal, Decimal] = defaultdict(Decimal)
    for share in shares:
        amounts[share.rate] += cents(share.gross)
    if mode == "gross":
        largest = max(amounts, key=lambda rate: (abs(amounts[rate]), rate))
        amounts[largest] += cents(total) - sum(amounts.values())
    return dict(amounts)


class _Maker:
    """Makes the lines of one order."""

    def __init__(self, order: Order, parts: OrderParts, settings: CloudSalesSettings) -> None:
        self._order = order
        self._parts = parts
        self._settings = settings

    def line(self, index: int, line: OrderLine) -> Iterator[Share]:
        amounts = gross_by_rate(line.total, line.taxes, self._order.tax_mode)
        name = line.name.strip() or line.sku.strip() or "-"
        code = self._parts.product_ids.get(line.id) if line.kind == "product" else None
        if code is not None:
            yield self._product(index, line, name, code, amounts)
        elif line.kind != "discount" and line.quantity > 0 and len(amounts) == 1:
            yield from self._service(index, "other_code", name, amounts, line.quantity)
        else:
            setting = "discount_code" if line.kind == "discount" else "other_code"
            yield from self._service(index, setting, name, amounts)

    def shipping(self) -> Iterator[Share]:
        shipping = self._order.shipping
        if shipping is not None:
            amounts = gross_by_rate(shipping.total, shipping.taxes, self._order.tax_mode)
            yield from self._service(None, "shipping_code", shipping.method.strip() or "Transport", amounts)

    def rounding(self) -> Iterator[Share]:
        """What rounding to cash added: no tax is on it, whatever the map says of 0 %."""
        value, kind = cents(self._order.totals.rounding), self._settings.service_line_type
        if value:
            yield Share(None, kind, self._service_code("rounding_code", ROUNDING), ROUNDING, ONE, NOTHING, value)

    def _product(self, index: int, line: OrderLine, name: str, code: str, amounts: Mapping[Decimal, Decimal]) -> Share:
        if line.quantity <= 0 or len(amounts) > 1:
            raise self._unsellable(line, amounts)
        ((rate, value),) = amounts.items()
        return Share(index, SEEN_LINE_TYPE, code, name, line.quantity, self._percent(rate), value)

    def _service(
        self,
        index: int | None,
        setting: str,
        name: str,
        amounts: Mapping[Decimal, Decimal],
        quantity: Decimal = ONE,
    ) -> Iterator[Share]:
        """A line for each rate; what costs nothing is no line."""
        for rate, value in amounts.items():
            if value:
                code, kind = self._service_code(setting, name), self._settings.service_line_type
                yield Share(index, kind, code, name, quantity, self._percent(rate), value)

    def _service_code(self, setting: str, name: str) -> str:
        code = str(getattr(self._settings, setting)).strip()
        if not code:
            raise Held(
                f"BOCP needs the code of a service for the line {name!r}",
                code="no_service_code",
                where=f"order {self._order.number}",
                fix=f"Make a service in BOCP and set its code as {setting} in the settings of CloudSales, then resend "
                "the order.",
            )
        return code

    def _percent(self, rate: Decimal) -> Decimal:
        return percentage_of(rate, self._parts.taxes, f"order {self._order.number}")

    def _unsellable(self, line: OrderLine, amounts: Mapping[Decimal, Decimal]) -> Held:
        why = f"the quantity {line.quantity:f}" if line.quantity <= 0 else f"{len(amounts)} tax rates"
        return Held(
            f"The line {line.name!r} has {why}, which a line of BOCP cannot have",
            code="line_not_expressible",
            where=f"order {self._order.number}",
            fix="Book this order by hand in BOCP, then skip it here.",
        )
