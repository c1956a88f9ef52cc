"""SalesPOS as a target of stock: one PATCH for each product or variant."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from shopbridge.connectors.kit.reasons import no_warehouses, reason_of, unknown_sku
from shopbridge.connectors.kit.sku_index import Met, Standings
from shopbridge.connectors.salespos.api import Sweep, patch, send_change, step
from shopbridge.connectors.salespos.outcomes import is_gone
from shopbridge.connectors.salespos.product_index import ONE_BY_ONE, SalesPosProductIndex
from shopbridge.connectors.salespos.stock.open_orders import NOTHING, OpenOrderRows, OpenRows, Units, reserved, sold_sku
from shopbridge.connectors.salespos.stock.read import sold_items
from shopbridge.connectors.salespos.wire import body_of
from shopbridge.connectors.salespos.wire_products import (
    StockedRead,
    StockInput,
    VariantRead,
    product_sku,
    sold_as_variants,
)
from shopbridge.errors import Held, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import ManageStock, Standing, StockChange, StockTraits, other_capitals, sold_otherwise


class SalesPosStockWriter:
    """Writes stock; the port ``StockTarget`` tells the terms."""

    traits = StockTraits(batch=50, whole_units=False, by_id=True)
    """Each figure is a call of its own, and 100 changes a minute are allowed on each resource: a batch fits in a
    minute, so one that is begun again after a pause gets through."""

    def __init__(self, client: PlatformClient, orders: OpenOrderRows, index: SalesPosProductIndex) -> None:
        self._client = client
        self._orders = orders
        self._index = index
        self._switched: set[tuple[str, ManageStock]] = set()

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return units in orders that are not completed, where those lower the stock only then."""
        wanted = set(skus)
        units: dict[str, Decimal] = {}
        rows = (row for orders in self._orders.read().values() for sold in orders.values() for row in sold)
        for row in rows:
            if (sku := sold_sku(row)) in wanted:
                units[sku] = units.get(sku, NOTHING) + (row.count or NOTHING)
        return units

    def reader(self) -> Standings[tuple[OpenRows, Sweep]]:
        """Read page by page, as far as it is asked for; the open orders once, before the first."""
        return Standings("SalesPOS", self._page)

    def _page(self, place: tuple[OpenRows, Sweep] | None) -> tuple[list[Met], tuple[OpenRows, Sweep] | None]:
        open_rows, sweep = place or (self._orders.read(), Sweep())
        new, after = step(sweep, self._index.page(sweep))
        met: list[Met] = []
        for product in new:
            _, variants = self._index.noted(product)
            met += _met(product, variants, reserved(product.id, variants, open_rows, open_rows))
        return met, (open_rows, after) if after else None

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> Mapping[str, Reason]:
        """Write absolute figures one by one; those refused, with the reason: all of them for a warehouse."""
        if warehouse:
            return {change.sku: no_warehouses("SalesPOS") for change in changes}
        places = {change.sku: int(change.target.partition("/")[0]) for change in changes if change.target}
        self._index.look_at(places.values())
        for sku in [change.sku for change in changes if not change.target][:ONE_BY_ONE]:
            self._index.ask(sku)
        refused: dict[str, Reason] = {}
        for change in changes:
            try:
                problem = self._problem(change, places.get(change.sku))
                if problem:
                    refused[change.sku] = problem
                elif change.target:
                    self._write(change, change.target, manage)
            except Rejected as error:
                refused[change.sku] = unknown_sku("SalesPOS", change.sku) if is_gone(error) else reason_of(error)
            except Held as error:
                refused[change.sku] = reason_of(error)
        return refused

    def _problem(self, change: StockChange, place: int | None) -> Reason | None:
        """Why a figure on the record would be nobody's: its stock lies elsewhere, or nothing has its number."""
        if place is None:
            return _elsewhere(self._index, change.sku) or unknown_sku("SalesPOS", change.sku)
        return not_its_own(change.sku) if self._index.has_stock(change.sku, place) is False else None

    def _write(self, change: StockChange, target: ExternalId, manage: ManageStock) -> None:
        product, _, variant = target.partition("/")
        if not variant:
            self._send(f"/products/{product}/", StockInput(stock=change.quantity, stockenabled=_switch(manage)))
            return
        self._send(f"/attributecombinations/{variant}/", StockInput(stock=change.quantity))
        if manage != "untouched" and (product, manage) not in self._switched:
            self._send(f"/products/{product}/", StockInput(stockenabled=_switch(manage)))
            self._switched.add((product, manage))

    def _send(self, path: str, body: StockInput) -> None:
        send_change(self._client, patch(path, body_of(body)))


def _switch(manage: ManageStock) -> bool | None:
    """Whether stock is kept; whether more may be sold than there is has no published spelling, so it is left alone."""
    return {"managed": True, "unmanaged": False}.get(manage)


def _elsewhere(index: SalesPosProductIndex, sku: str) -> Reason | None:
    """Why a number that has no stock of its own has none; None where nothing like it is there, any more at least."""
    found = [has for place in index.seen.ids(sku) if (has := index.has_stock(sku, place)) is not None]
    if found:
        return None if any(found) else not_its_own(sku)
    return other_capitals("SalesPOS", sku, index.seen.alike(sku))


def not_its_own(sku: str) -> Reason:
    """Tell that SalesPOS keeps the stock of a product either on it or on its variants."""
    return sold_otherwise("SalesPOS", sku, "as one with its variants, or as their parent")


def _met(product: StockedRead, variants: Sequence[VariantRead], units: Units) -> Iterator[Met]:
    for item in sold_items(product, variants, keeps_stock=True):
        if item.shared:
            yield item.sku, not_its_own(item.sku)
        else:
            will_deduct = units.get(item.variant, NOTHING)
            yield item.sku, None if item.stock is None else Standing(quantity=item.stock, will_deduct=will_deduct)
    if sold_as_variants(product, variants):
        yield product_sku(product), not_its_own(product_sku(product))
