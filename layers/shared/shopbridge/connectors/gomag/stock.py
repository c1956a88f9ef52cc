"""Stock: read, and written with prices in bulk by SKU (platform file, "Stock and prices").

Gomag passes over an SKU it does not know without a word. So what is written is looked for first, and one row is read
back: a shop that takes a field's name for another one says that all went well, too (names, answer and batch are not
verified).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal

from shopbridge.connectors.gomag.api import NO_DATA, GomagApi
from shopbridge.connectors.gomag.product_index import GomagProductIndex, ProductsBySku, SeenProduct, rank_of, read_step
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire_products import WireSold, WireStocked
from shopbridge.connectors.kit.batches import Refused, settle
from shopbridge.connectors.kit.reasons import no_warehouses, unknown_sku
from shopbridge.connectors.kit.sku_index import Met, Standings
from shopbridge.errors import Rejected
from shopbridge.mapping.json_data import json_number
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    Figures,
    ManageStock,
    Standing,
    StockChange,
    StockLevel,
    StockPage,
    StockTraits,
    ambiguous,
    other_capitals,
    sold_otherwise,
)

NOTHING = Decimal(0)
INVENTORY = "product/inventory"
SNAKE: Final = {"stock": "quantity", "specialPrice": "special_price"}
"""The second source's names (platform file, G2)."""
NO_SWITCH = Reason(
    code="no_stock_switch",
    text="Gomag's API has no switch for whether a product is sold without stock",
    fix="Set manage_stock of the connection's stock settings to untouched.",
)
KEPT = timedelta(hours=1)
"""How long an SKU is believed to be there that was seen: a comparison finds the few that went meanwhile."""


@dataclass(frozen=True)
class GomagStock:
    """What a shop says is there: one figure for each SKU, of one warehouse."""

    falls_with_orders = True

    index: GomagProductIndex
    settings: GomagSettings

    def page(self, position: str | None) -> StockPage:
        """Return up to 100 products with their versions; a product with versions is not sold itself."""
        step = read_step(self.index.page, position)
        seen = self.index.note([row for _, row in step.rows])
        pairs = zip(step.rows, seen, strict=True)
        levels = tuple(level for (rank, _), each in pairs for level in self._levels(each.sold, rank))
        return StockPage(levels=levels, position=step.position)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the records with these SKUs, as they are now."""
        wanted = {sku for sku in skus if sku}
        products, way = _once(self.index.look(wanted)), self.index.way
        levels = (level for product in products for level in self._levels(product, rank_of(product.id, way)))
        return [level for level in levels if level.sku in wanted]

    def _levels(self, product: WireStocked, rank: int) -> Iterator[StockLevel]:
        return (
            StockLevel(
                sku=sold.sku,
                rank=rank,
                item=ExternalId(str(product.id) if sold is product else f"{product.id}/{sold.id}"),
                managed=True,
                figures=(self._figures(sold),),
            )
            for sold in product.sold
        )

    def _figures(self, sold: WireSold) -> Figures:
        """Where an order lowers the stock at once, nothing is reserved beside it; else Gomag does not say."""
        net = self.settings.orders_lower_stock
        return Figures(on_hand=sold.stock, reserved=NOTHING if net else None, available=sold.stock if net else None)


def standings_page(index: GomagProductIndex, position: str | None) -> tuple[list[Met], str | None]:
    """Return what a page of the list has under which SKU, and the position of the next one."""
    step = read_step(index.page, position)
    seen = index.note([row for _, row in step.rows])
    return [met for each in seen for met in _met(each.sold)], step.position


def _met(product: WireStocked) -> Iterator[Met]:
    for sold in product.sold:
        yield sold.sku, None if sold.stock is None else Standing(quantity=sold.stock, will_deduct=NOTHING)
    if product.versions:
        yield product.sku, _parent(product.sku)


def sold_as(seen: Iterable[SeenProduct], sku: str) -> list[WireSold]:
    """Return what is sold under an SKU: versions, or products without any."""
    return [sold for each in seen for sold in each.sold.sold if sold.sku == sku]


def _parent(sku: str) -> Reason:
    return sold_otherwise("Gomag", sku, "as the parent of versions")


def _once(found: Mapping[str, Sequence[SeenProduct]]) -> list[WireStocked]:
    products = {seen.sold.id: seen.sold for each in found.values() for seen in each}
    return [products[key] for key in sorted(products)]


@dataclass(frozen=True)
class Inventory:
    """The call for stock and prices of many SKUs."""

    api: GomagApi
    names: Literal["camel", "snake"]
    batch: int

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write absolute figures, so it may be repeated. Raises Rejected for all of a call's rows together."""
        for some in in_batches(rows, self.batch):
            self.api.post(INVENTORY, [self._named(row) for row in some], repeatable=True)

    def _named(self, row: Mapping[str, Any]) -> dict[str, Any]:
        names = SNAKE if self.names == "snake" else {}
        return {names.get(name, name): _out(value) for name, value in row.items()}


@dataclass(frozen=True)
class GomagStockWriter:
    """Writes figures by SKU."""

    index: GomagProductIndex
    inventory: Inventory

    @property
    def traits(self) -> StockTraits:
        """By SKU, whole units."""
        return StockTraits(batch=self.inventory.batch, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, without a call: orders take their goods when they are placed, or never."""
        del skus
        return {}

    def reader(self) -> Standings[str]:
        """Read the list page by page."""
        return Standings("Gomag", partial(standings_page, self.index))

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Write absolute figures, so it may be repeated. Raises Rejected for all of a call's rows together."""
        if warehouse or manage != "untouched":
            return {change.sku: no_warehouses("Gomag") if warehouse else NO_SWITCH for change in changes}
        found = self.index.find([change.sku for change in changes], KEPT)
        refused = {
            change.sku: reason for change in changes if (reason := _problem(found.get(change.sku, ()), change.sku))
        }
        known = [change for change in changes if change.sku not in refused]
        refused |= self._write(known) if known else {}
        written = [change for change in known if change.sku not in refused]
        return refused | (self._unless_arrived(written, found) if written else {})

    def _write(self, changes: Sequence[StockChange]) -> dict[str, Reason]:
        """All at once; where they are refused together, in halves, so that one keeps no other from being written."""
        problems = settle(changes, self._send)
        return {changes[at].sku: _refused(changes[at].sku, error) for at, error in problems.items()}

    def _send(self, changes: Sequence[StockChange]) -> Refused[Rejected] | None:
        try:
            self.inventory.write([{"sku": change.sku, "stock": units(change.quantity)} for change in changes])
        except Rejected as error:
            return Refused(error)
        return None

    def _unless_arrived(self, changes: Sequence[StockChange], found: ProductsBySku) -> dict[str, Reason]:
        """Nothing, unless a figure that was to change is still the old one; then nothing else arrived either."""
        old = {change.sku: sold_as(found[change.sku], change.sku)[0].stock for change in changes}
        self.index.forget(seen.sold.id for change in changes for seen in found[change.sku])
        sample = next((each for each in changes if old[each.sku] not in (None, units(each.quantity))), None)
        if sample is None:
            return {}
        product = self.index.again(found[sample.sku][0].sold.id)
        now = [sold.stock for sold in sold_as([product] if product else [], sample.sku)]
        return {change.sku: _not_arrived(sample.sku) for change in changes} if old[sample.sku] in now else {}


def units(quantity: Decimal) -> Decimal:
    """[inferred] Count whole units, as Gomag's stock does: what is left of one is not for sale."""
    return whole_pieces(quantity)


def _out(value: Any) -> Any:
    return json_number(value) if isinstance(value, Decimal) else value


def _problem(seen: Sequence[SeenProduct], sku: str) -> Reason | None:
    """Why no figure can be written for an SKU that was looked for and is on these products, or on none."""
    sold = sold_as(seen, sku)
    if sold:
        return ambiguous("Gomag", sku) if len(sold) > 1 else None
    if any(sku == each.sold.sku for each in seen):
        return _parent(sku)
    return other_capitals("Gomag", sku, (there for each in seen for there in each.sold.skus)) or unknown_sku(
        "Gomag", sku
    )


def _refused(sku: str, error: Rejected) -> Reason:
    if error.code == NO_DATA:
        return unknown_sku("Gomag", sku)
    return Reason(code="refused_by_shop", text=f"Gomag refuses the stock of {sku!r}: {error.what}", fix=error.fix)


def _not_arrived(sku: str) -> Reason:
    return Reason(
        code="not_written",
        text=f"Gomag says that the stock was written, but {sku!r} still has the old one",
        fix="Set field_names of the connection's Gomag side to the other choice; if it stays so, look whether another "
        "app writes the stock, too.",
    )
