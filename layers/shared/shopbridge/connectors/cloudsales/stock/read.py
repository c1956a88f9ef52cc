"""CloudSales as a source of stock."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from shopbridge.connectors.cloudsales.product_index import Listing, Rows, rank_of
from shopbridge.connectors.cloudsales.products import Found
from shopbridge.model.base import ExternalId
from shopbridge.model.stock import Figures, StockLevel, StockPage
from shopbridge.ports import Clock

JUST_SOLD = timedelta(minutes=30)
"""What is asked for at once was sold some minutes ago, so it is among the changes of this time. [inferred] That BOCP
counts a movement of stock as a change: if not, the whole list is read for it, which is dear but right."""


class CloudSalesStock:
    """What an account says is there; the port ``StockSource`` tells the terms."""

    def __init__(self, listing: Listing, clock: Clock, warehouse: str) -> None:
        self._listing = listing
        self._clock = clock
        self._warehouse = warehouse

    def page(self, position: str | None) -> StockPage:
        """The whole list, as one page: see ``listing``. Its figures are read within this call."""
        del position
        return StockPage(levels=tuple(self._levels(self._listing.now())), position=None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """The records with these codes: one call for what just changed; else the whole list is read."""
        return list(self._levels(self._listing.of(skus, self._clock() - JUST_SOLD)))

    def _levels(self, rows: Rows) -> Iterator[StockLevel]:
        for code, found in rows.items():
            for number, each in enumerate(found, 1):
                yield level_of(each, item_id(code, number), self._warehouse)


def item_id(code: str, number: int) -> ExternalId:
    """BOCP's lists have no id of a product: its code stands for it, and a number where several rows have the code."""
    return ExternalId(code if number == 1 else f"{code}#{number}")


def level_of(found: Found, item: ExternalId, warehouse: str) -> StockLevel:
    """The stock of one row. One that cannot be read has no figures, and so nothing is written for it.

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
