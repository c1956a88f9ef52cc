"""An order's lines, shipping costs, discounts and rounding as BOCP lines that add up to the shop's total; pure.

Every line needs a code that BOCP knows (official B1), so what is no product goes under the code of a service.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from shopbridge.connectors.cloudsales.settings import SEEN_LINE_TYPE, CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import Item
from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    rounding_left,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.errors import Held
from shopbridge.mapping.rounding import CENT, cents, whole_cent_prices
from shopbridge.mapping.taxes import percentage_of, with_tax, without_tax
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order

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
        """Return it with prices of one, in whole cents.

        BOCP wants 2 decimals (client B3), so the line's value is exact.
        """
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
        """Yield the line; or two with neighbouring prices, where neither of its prices makes up its value to a cent.

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
    """Return every line, or one for each tax rate, then shipping costs and rounding.

    Together exactly the order's total.

    Raises:
        Held: A service code is not set, a line cannot be expressed, or the total is off by more than rounding.
        Unmapped: A tax rate has no entry in the map.
    """
    rows = chain(
        rows_of_lines(order, parts.product_ids, gross=True, platform="BOCP", row="line"),
        rows_of_shipping(order, "Transport", gross=True),
    )
    # Of what is no product, what costs nothing is no line.
    shares = [_share(row, order, parts, settings) for row in rows if row.total or row.product is not None]
    whole = balanced(shares, order)
    return [*(part for share in whole for part in share.parts()), *_rounding(order, settings)]


def balanced(shares: Sequence[Share], order: Order) -> Sequence[Share]:
    """Return what is to be paid before rounding to cash.

    The cents that are left over go to the line of the largest value.

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    wanted, found = cents(order.totals.gross - order.totals.rounding), sum((share.value for share in shares), NOTHING)
    left = rounding_left(order, wanted, found, len(shares), "The lines come to")
    if not left:
        return shares
    largest = max(shares, key=lambda share: abs(share.value))
    return [replace(share, value=share.value + left) if share is largest else share for share in shares]


def _share(row: PlannedRow, order: Order, parts: OrderParts, settings: CloudSalesSettings) -> Share:
    kind, code = SEEN_LINE_TYPE, str(row.product)
    if row.product is None:
        kind, code = settings.service_line_type, _service_code(_setting_of(row, order), row.name, order, settings)
    percent = percentage_of(row.rate, parts.taxes, f"order {order.number}")
    return Share(row.line, kind, code, row.name, row.quantity, percent, row.total)


def _setting_of(row: PlannedRow, order: Order) -> str:
    """The setting that names the service of a row without a product."""
    if row.line is None:
        return "shipping_code"
    return "discount_code" if order.lines[row.line].kind == "discount" else "other_code"


def _rounding(order: Order, settings: CloudSalesSettings) -> Iterator[Share]:
    """What rounding to cash added: no tax is on it, whatever the map says of 0 %."""
    if value := cents(order.totals.rounding):
        code = _service_code("rounding_code", ROUNDING, order, settings)
        yield Share(None, settings.service_line_type, code, ROUNDING, ONE, NOTHING, value)


def _service_code(setting: str, name: str, order: Order, settings: CloudSalesSettings) -> str:
    code = str(getattr(settings, setting)).strip()
    if not code:
        raise Held(
            f"BOCP needs the code of a service for the line {name!r}",
            code="no_service_code",
            where=f"order {order.number}",
            fix=f"Make a service in BOCP and set its code as {setting} in the settings of CloudSales, then resend "
            "the order.",
        )
    return code
