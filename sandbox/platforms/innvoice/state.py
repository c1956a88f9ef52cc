"""A company: all records, in memory."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sandbox.platforms.innvoice.inferred import Assumed, StandIn, document_number
from sandbox.platforms.innvoice.records import Book, Document, Group, Partner, PriceGroup, Product, Warehouse
from sandbox.platforms.kit.ids import Ids

ZONE = ZoneInfo("Europe/Budapest")
TECHID, TABLE_ID = 880_000, 5_000
"""Below the first ones."""


@dataclass
class Company:
    """All records, by id, in the order of creation.

    Args:
        name: The registration name, which is part of every address.
    """

    clock: Callable[[], datetime]
    assumed: Assumed
    stand_in: StandIn
    name: str = "exampleco"
    books: dict[int, Book] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    price_groups: dict[int, PriceGroup] = field(default_factory=dict)
    warehouses: dict[int, Warehouse] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    partners: dict[int, Partner] = field(default_factory=dict)
    new_id: Ids = field(default_factory=lambda: Ids(1_000))
    _running: Counter[tuple[int, int]] = field(default_factory=Counter)

    @property
    def main(self) -> Warehouse:
        """The first one: what is sold leaves it."""
        return next(iter(self.warehouses.values()))

    def today(self) -> date:
        """The present day on the wall."""
        return self.clock().astimezone(ZONE).date()

    def new_ids(self) -> tuple[int, int]:
        """``techid`` and ``TABLE_ID`` of one more document."""
        count = len(self.documents) + 1
        return TECHID + count, TABLE_ID + count

    def next_number(self, book: Book, day: date) -> str:
        """Take the next number of an invoice book; a year begins anew."""
        self._running[book.id, day.year] += 1
        return document_number(book.prefix, day, self._running[book.id, day.year])

    def by_table_id(self, table_id: int) -> Document | None:
        """The document with this row id."""
        return next((each for each in self.documents.values() if each.table_id == table_id), None)

    def by_token(self, token: str) -> Document | None:
        """The document behind a link."""
        return next((each for each in self.documents.values() if each.token == token), None)

    def product(self, sku: str) -> Product | None:
        """The first product with this SKU."""
        return next((each for each in self.products.values() if sku and each.sku == sku), None)

    def file_group(self, name: str) -> Group:
        """The product group of this name, made if there is none."""
        if name not in self.groups:
            self.groups[name] = Group(self.new_id("group"), name)
        return self.groups[name]
