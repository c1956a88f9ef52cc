"""CloudSales as a source of stock, and as a target of it by our stand-in only."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from shopbridge.connectors.cloudsales.product_index import CloudSalesProductIndex, ListedProduct, Rows
from shopbridge.connectors.cloudsales.stand_in import BATCH, StandIn
from shopbridge.connectors.kit.sku_index import Met, Standings, spellings
from shopbridge.connectors.kit.whole_list import item_id, rank_of
from shopbridge.errors import NeedsAttention
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    UNKNOWN_SKU,
    Figures,
    ManageStock,
    Standing,
    StockChange,
    StockLevel,
    StockPage,
    StockTraits,
    other_capitals,
)
from shopbridge.ports import Clock

JUST_SOLD = timedelta(minutes=30)
"""What is asked for at once was sold some minutes ago, so it is among the changes of this time. [inferred] That BOCP
counts a movement of stock as a change: if not, the whole list is read for it, which is dear but right."""
YOUNG = timedelta(hours=1)
"""How old the list may be in which a code that BOCP does not know is looked for in other capitals."""


class CloudSalesStock:
    """What an account says is there; the port ``StockSource`` tells the terms."""

    falls_with_orders = True

    def __init__(self, index: CloudSalesProductIndex, clock: Clock, warehouse: str) -> None:
        self._index = index
        self._clock = clock
        self._warehouse = warehouse

    def page(self, position: str | None) -> StockPage:
        """Return the whole list, as one page: see ``product_index``. Its figures are read within this call."""
        del position
        return StockPage(levels=tuple(self._levels(self._index.now())), position=None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the records with these codes: one call for what just changed; else the whole list is read."""
        return list(self._levels(self._index.of(skus, self._clock() - JUST_SOLD)))

    def _levels(self, rows: Rows) -> Iterator[StockLevel]:
        for code, found in rows.items():
            for number, each in enumerate(found, 1):
                yield level_of(each, item_id(code, number), self._warehouse)


def level_of(found: ListedProduct, item: ExternalId, warehouse: str) -> StockLevel:
    """Return the stock of one row. One that cannot be read has no figures, and so nothing is written for it.

    [inferred] That a row without any figure is kept without stock, and that ``stoc_global`` is the total.
    """
    row = found.row
    figures = Figures(
        warehouse=warehouse,
        on_hand=row.stoc_global if row else None,
        reserved=row.stock_reserved if row else None,
        available=row.stock_available if row else None,
    )
    is_kept = row is None or any(
        figure is not None for figure in (figures.on_hand, figures.reserved, figures.available)
    )
    return StockLevel(sku=found.code, rank=rank_of(found.code), item=item, managed=is_kept, figures=(figures,))


class CloudSalesStockWriter:
    """Writes what may be sold."""

    traits = StockTraits(batch=BATCH, whole_units=False, by_id=False)
    """What is written is ``stock_available``: reserved units come on top, so open orders take nothing off it."""

    def __init__(self, stand_in: StandIn, index: CloudSalesProductIndex) -> None:
        self._stand_in = stand_in
        self._index = index

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, and no call: what is written are units for sale, beside what orders have reserved."""
        del skus
        return {}

    def reader(self) -> Standings[None]:
        """Read the whole list once, as one page."""
        return Standings("CloudSales", lambda _: (_met(self._index.now()), None))

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> Mapping[str, Reason]:
        """Write absolute figures in one call; those not taken, with the reason.

        Raises:
            NeedsAttention: The settings ask for what even the stand-in cannot do.
        """
        if manage != "untouched" or warehouse:
            raise NeedsAttention(
                "CloudSales has no switch for keeping stock, and writes to the order connector's work point only",
                where="stock.manage_stock, stock.target_warehouse",
                fix="Set manage_stock to untouched and leave target_warehouse empty.",
            )
        items = [{"code": change.sku, "stock_available": change.quantity} for change in changes]
        refused = self._stand_in.write("stock", items)
        unknown = [sku for sku, reason in refused.items() if reason.code == UNKNOWN_SKU]
        spelt = spellings(self._index.lately(YOUNG)) if unknown else {}
        alike = {sku: other_capitals("CloudSales", sku, spelt.get(sku.casefold(), ())) for sku in unknown}
        return {**refused, **{sku: reason for sku, reason in alike.items() if reason}}


def _met(rows: Rows) -> Iterator[Met]:
    for code, found in rows.items():
        for each in found:
            figure = each.row.stock_available if each.row else None
            yield code, None if figure is None else Standing(quantity=figure, will_deduct=Decimal(0))
