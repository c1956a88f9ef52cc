"""CloudSales as a target of stock, by our stand-in only; the port ``StockTarget`` tells the terms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from shopbridge.connectors.cloudsales.product_index import Listing, Rows, spellings
from shopbridge.connectors.cloudsales.stand_in import BATCH, StandIn
from shopbridge.errors import NeedsAttention
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    UNKNOWN_SKU,
    ManageStock,
    Standing,
    StockChange,
    StockTraits,
    ambiguous,
    other_capitals,
)

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

    def reader(self) -> "CloudSalesStandings":
        """Reads the whole list once."""
        return CloudSalesStandings(self._listing)

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
        alike = spellings(self._listing.lately(YOUNG)) if unknown else {}
        return {**refused, **_in_other_capitals(unknown, alike)}


class CloudSalesStandings:
    """What the account has, from one whole reading; a code that is there twice has no figure."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._rows: Rows | None = None

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """By SKU; those that are not there, or without a figure, are left out."""
        self._rows = self._rows or self._listing.now()
        found = {sku: _figure(self._rows, sku) for sku in skus if sku}
        nothing = Decimal(0)
        standings = {
            sku: Standing(quantity=figure, will_deduct=nothing) for sku, figure in found.items() if figure is not None
        }
        several = [sku for sku in skus if len(self._rows.get(sku, ())) > 1]
        unknown = [sku for sku in skus if sku not in self._rows]
        twice = {sku: ambiguous("CloudSales", sku) for sku in several}
        return standings | twice | _in_other_capitals(unknown, spellings(self._rows) if unknown else {})


def _in_other_capitals(skus: Iterable[str], spelt: Mapping[str, Sequence[str]]) -> dict[str, Reason]:
    found = {sku: other_capitals("CloudSales", sku, spelt.get(sku.casefold(), ())) for sku in skus}
    return {sku: reason for sku, reason in found.items() if reason}


def _figure(rows: Rows, sku: str) -> Decimal | None:
    known = rows.get(sku, ())
    row = known[0].row if len(known) == 1 else None
    return row.stock_available if row else None
