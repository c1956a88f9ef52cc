"""The products, found by id and by each of their numbers without a scan."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.platforms.salespos.wire import Record

NUMBERS = ("productnumber", "eannumber", "mpnnumber")


class Catalogue:
    """Products by id; the trashed ones are kept apart. Numbers need not be unique."""

    def __init__(self) -> None:
        self._products: dict[int, Record] = {}
        self._by_number: dict[str, defaultdict[str, dict[int, None]]] = {name: defaultdict(dict) for name in NUMBERS}
        self.trashed: dict[int, Record] = {}

    def __len__(self) -> int:
        return len(self._products)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._products.values())

    def get(self, product_id: Any) -> Record | None:
        """The product, unless it is absent or trashed."""
        return self._products.get(product_id)

    def add(self, product: Record) -> None:
        """Take a product in."""
        self._products[product["id"]] = product
        self._index(product)

    def change(self, product: Record, changes: Record) -> None:
        """Change fields and keep the numbers findable."""
        self._forget(product)
        product.update(changes)
        self._index(product)

    def trash(self, product_id: int) -> None:
        """Move a product to the trash."""
        product = self._products.pop(product_id)
        self._forget(product)
        self.trashed[product_id] = product

    def numbered(self, name: str, number: str) -> Iterable[Record]:
        """The products whose number of this kind is ``number``, by id."""
        return [self._products[product_id] for product_id in sorted(self._by_number[name].get(number, ()))]

    def _index(self, product: Record) -> None:
        for name in NUMBERS:
            self._by_number[name][product[name]][product["id"]] = None

    def _forget(self, product: Record) -> None:
        for name in NUMBERS:
            self._by_number[name][product[name]].pop(product["id"], None)
