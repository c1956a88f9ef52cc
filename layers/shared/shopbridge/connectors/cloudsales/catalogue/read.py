"""CloudSales as a source of products."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from shopbridge.connectors.cloudsales.catalogue.map import categories_of, product_of
from shopbridge.connectors.cloudsales.product_index import Listing, rank_of
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.stock.read import item_id
from shopbridge.connectors.kit.rows import products_page
from shopbridge.model.catalogue import Category, ProductPage

CODES = 250
"""Codes on a page that is handed out."""
STILL_GOOD = timedelta(minutes=30)
"""How old the list may be while a sweep goes on; when one begins it is as it is now, which costs a page of changes."""


class CloudSalesProducts:
    """The products of an account; the port ``CatalogueSource`` tells the terms."""

    def __init__(self, listing: Listing, settings: CloudSalesSettings) -> None:
        self._listing = listing
        self._settings = settings

    def page(self, position: str | None) -> ProductPage:
        """The products behind the rank that ``position`` names; the list is brought up to date before the first."""
        after = int(position) if position and position.isdecimal() else 0
        rows = self._listing.lately(STILL_GOOD) if after else self._listing.now()
        rest = ((code, found) for code, found in rows.items() if rank_of(code) > after)
        page = dict(islice(rest, CODES + 1))
        codes = list(page)[:CODES]
        read = [
            product_of(each, item_id(code, number), self._settings)
            for code in codes
            for number, each in enumerate(page[code], 1)
        ]
        return products_page(read, str(rank_of(codes[-1])) if len(page) > CODES else None)

    def categories(self) -> Sequence[Category]:
        """The categories that products name."""
        rows = self._listing.now()
        return categories_of(each for found in rows.values() for each in found)
