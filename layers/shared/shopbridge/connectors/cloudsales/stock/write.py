"""CloudSales as a target of stock, by our stand-in only; the port ``StockTarget`` tells the terms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from shopbridge.connectors.cloudsales.product_index import Listing, Rows
from shopbridge.connectors.cloudsales.stand_in import BATCH, StandIn
from shopbridge.connectors.kit.sku_index import Met, Standings, spellings
from shopbridge.errors import NeedsAttention
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import UNKNOWN_SKU, ManageStock, Standing, StockChange, StockTraits, other_capitals

TRAITS = StockTraits(batch=BATCH, whole_units=False, by_id=False)
"""What is written is ``stock_available``: reserved units come on top, so open orders take nothing off it any more."""

YOUNG = timedelta(hours=1)
"""How old the list may be in which a code that BOCP does not know is looked for in other capitals."""


class CloudSalesStockWriter:
    """Writes what may be sold."""

    def __init__(self, stand_in: StandIn, listing: Listing) -> None:
        self._stand_in = stand_in
        self._listing = listing

    @property
    def traits(self) -> StockTraits:
        """By code, a hundred at once, fractions are kept."""
        return TRAITS

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Nothing, and no call: what is written are units for sale, beside what orders have reserved."""
        del skus
        return {}

    def reader(self) -> Standings[None]:
        """Reads the whole list once, as one page."""
        return Standings("CloudSales", lambda _: (_met(self._listing.now()), None))

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
        spelt = spellings(self._listing.lately(YOUNG)) if unknown else {}
        alike = {sku: other_capitals("CloudSales", sku, spelt.get(sku.casefold(), ())) for sku in unknown}
        return {**refused, **{sku: reason for sku, reason in alike.items() if reason}}


def _met(rows: Rows) -> Iterator[Met]:
    for code, found in rows.items():
        for each in found:
            figure = each.row.stock_available if each.row else None
            yield code, None if figure is None else Standing(quantity=figure, will_deduct=Decimal(0))
