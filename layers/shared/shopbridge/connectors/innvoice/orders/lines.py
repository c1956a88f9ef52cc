"""An order's lines, shipping costs, discounts and rounding as lines of a document that add up to the total; pure.

Prices include VAT: what the buyer paid is then exact, however InnVoice rounds the tax in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from shopbridge.connectors.innvoice.settings import VAT_TEXTS, InnVoiceSettings
from shopbridge.connectors.innvoice.wire import DocumentLine
from shopbridge.connectors.kit.order_lines import (
    NOTHING,
    ONE,
    PlannedRow,
    rounding_left,
    row_total,
    rows_of_lines,
    rows_of_shipping,
)
from shopbridge.errors import Held, Unmapped
from shopbridge.mapping.rounding import cents, split_by_rate, whole_cent_prices
from shopbridge.mapping.taxes import MEMBERS
from shopbridge.model.base import ExternalId
from shopbridge.model.office import OrderParts
from shopbridge.model.order import Order

HOME = "HU"
SHIPPING, ROUNDING = "Szállítási díj", "Kerekítés"


@dataclass(frozen=True)
class DocumentRow:
    """What becomes one line of the document.

    Attributes:
        line: Index of the order's line; None for shipping costs and rounding.
        sku: Empty for what is no product.
        value: Gross, of the whole line, in whole cents.
    """

    line: int | None
    name: str
    sku: str
    quantity: Decimal
    vat: str
    value: Decimal

    def made(self, unit: str) -> DocumentLine:
        """Return it with the price of one, in whole cents."""
        return DocumentLine(
            TetelNev=self.name,
            Mennyiseg=self.quantity,
            MennyisegEgyseg=unit,
            EgysegAr=cents(self.value / self.quantity),
            AfaSzoveg=self.vat,
            CikkSzam=self.sku,
        )

    def exact(self) -> "Iterator[DocumentRow]":
        """Yield the line; or two with neighbouring prices where none makes up its value: 3 for 100 are 2 and 1.

        What is left of a piece cannot be divided so: it becomes one piece whose name tells the quantity.
        """
        if row_total(cents(self.value / self.quantity), self.quantity) == self.value:
            yield self
        elif self.quantity == self.quantity.to_integral_value():
            for count, price in whole_cent_prices(self.value, self.quantity):
                yield replace(self, quantity=count, value=price * count)
        else:
            yield replace(self, name=f"{self.name} ({self.quantity.normalize():f})", sku="", quantity=ONE)


def plan_rows(order: Order, parts: OrderParts, settings: InnVoiceSettings) -> Sequence[DocumentRow]:
    """Return every line, or one for each tax rate, then shipping costs and rounding.

    Together exactly the order's total.

    Raises:
        Held: A line cannot be expressed, a discount is more than what it is on, or the total is off.
        Unmapped: A tax rate has no VAT text.
    """
    products = {line.id: ExternalId(line.sku or line.id) for line in order.lines if line.kind == "product"}
    planned = chain(
        rows_of_lines(order, products, gross=True, platform="InnVoice", row="line"),
        rows_of_shipping(order, SHIPPING, gross=True),
    )
    # Of what is no product, what costs nothing is no line.
    rows = [_row(row, order, parts, settings) for row in planned if row.total or row.product is not None]
    shared = spread(rows, order) if settings.discounts == "spread" else rows
    return [*(part for row in balanced(shared, order) for part in row.exact()), *_rounding(order, settings)]


def _row(row: PlannedRow, order: Order, parts: OrderParts, settings: InnVoiceSettings) -> DocumentRow:
    sku = order.lines[row.line].sku if row.line is not None and row.product is not None else ""
    return DocumentRow(row.line, row.name, sku, row.quantity, vat_text(row.rate, order, parts, settings), row.total)


def spread(rows: Sequence[DocumentRow], order: Order) -> Sequence[DocumentRow]:
    """Return the lines without those below zero, which are taken off the others of the same VAT text, in proportion.

    Raises:
        Held: They are more than those cost (code ``discount_too_large``).
    """
    less: dict[str, Decimal] = {}
    for row in rows:
        less[row.vat] = less.get(row.vat, NOTHING) + min(row.value, NOTHING)
    kept = [row for row in rows if row.value >= 0]
    for vat, amount in less.items():
        if amount:
            kept = _reduced(kept, vat, amount, order)
    return kept


def _reduced(rows: Sequence[DocumentRow], vat: str, amount: Decimal, order: Order) -> list[DocumentRow]:
    shares = {Decimal(place): row.value for place, row in enumerate(rows) if row.vat == vat}
    if -amount > sum(shares.values()):
        raise Held(
            f"The discount of {-amount} {order.currency} is more than what the order has at {vat}",
            code="discount_too_large",
            where=f"order {order.number}",
            fix="Correct the order in the shop; or set discounts of InnVoice to own_line, once a draft has shown that "
            "it takes negative prices. Then resend the order.",
        )
    off = split_by_rate(amount, shares)
    return [replace(row, value=row.value + off.get(Decimal(place), NOTHING)) for place, row in enumerate(rows)]


def balanced(rows: Sequence[DocumentRow], order: Order) -> Sequence[DocumentRow]:
    """Return what is to be paid before rounding to cash; cents that are left over go to the line of the largest value.

    Raises:
        Held: The difference is more than rounding makes (code ``totals_differ``).
    """
    wanted, found = cents(order.totals.gross - order.totals.rounding), sum((row.value for row in rows), NOTHING)
    left = rounding_left(order, wanted, found, len(rows), "The lines come to")
    if not left:
        return rows
    largest = max(rows, key=lambda row: abs(row.value))
    return [replace(row, value=row.value + left) if row is largest else row for row in rows]


def _rounding(order: Order, settings: InnVoiceSettings) -> Iterator[DocumentRow]:
    value = cents(order.totals.rounding)
    if value and not settings.rounding_vat:
        raise Held(
            f"The order's total is rounded to cash by {value} {order.currency}, and no VAT text is set for that",
            code="no_rounding_vat",
            where=f"order {order.number}",
            fix="Set rounding_vat in the settings of InnVoice, then resend the order.",
        )
    if value:
        yield DocumentRow(None, ROUNDING, "", ONE, settings.rounding_vat, value)


# --- VAT --------------------------------------------------------------------------------------------------------------


def vat_text(rate: Decimal, order: Order, parts: OrderParts, settings: InnVoiceSettings) -> str:
    """Return InnVoice's text for a rate of the shop, by the tax map; a mere percentage is its own text.

    Raises:
        Unmapped: There is none. Why nothing is charged, 0 % does not tell: it always needs an entry.
        Held: The entry is none of InnVoice's texts (code ``unknown_vat_text``).
    """
    if not rate and (abroad := _untaxed_abroad(order, settings)):
        return abroad
    entry = parts.taxes.get(rate, "").strip()
    if entry in VAT_TEXTS or f"{entry}%" in VAT_TEXTS:
        return entry if entry in VAT_TEXTS else f"{entry}%"
    if entry in ("", "0"):
        raise Unmapped("tax", f"{rate.normalize():f}", where=f"order {order.number}")
    raise Held(
        f"The tax map translates {rate.normalize():f} % to {entry!r}, which is none of InnVoice's VAT texts",
        code="unknown_vat_text",
        where=f"order {order.number}",
        fix=f"Correct orders.maps.tax of the connection, then resend the order. It may be: {', '.join(VAT_TEXTS)}.",
    )


def _untaxed_abroad(order: Order, settings: InnVoiceSettings) -> str:
    """The text of a sale that crosses a border untaxed, if one is set."""
    if order.is_intra_community(HOME):
        return settings.intra_community_vat
    leaves = order.is_untaxed and order.shipping_address.country not in MEMBERS
    return settings.export_vat if leaves else ""
