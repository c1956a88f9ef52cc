"""The catalogue as it was read last: one answer without pages or filter (client S7, S8), by the products' SKUs.

A run that writes many products looks each of them up here, so the list is read every few minutes only; what this
container writes is noted, and after anything unclear the list is read anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import Row, read_row
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.connectors.salesautopilot.api import products
from shopbridge.connectors.salesautopilot.wire import PRODUCTS, ProductId, ProductRow
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.ports import Clock

YOUNG = timedelta(minutes=10)
"""How old the list may be where SKUs are looked up."""
FRESH = timedelta(minutes=2)
"""How old it may be when a product is made: an order may have made it meanwhile (platform file, "Orders/documents")."""


@dataclass(frozen=True)
class ListedProduct:
    """A product that is there.

    Attributes:
        row: None where it cannot be understood, but for its id and SKU.
        problem: Why it cannot.
    """

    id: int
    sku: str
    row: ProductRow | None
    problem: str = ""


class SalesAutopilotProductIndex:
    """Finds products by SKU, whatever its capitals."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self.forget()

    def find(self, sku: str, age: timedelta = YOUNG) -> Sequence[ListedProduct]:
        """Return every product that has this SKU, also in other capitals.

        Args:
            age: How old the list may be.

        Raises:
            RetryLater: Also for an answer that is no list: nothing is concluded from it.
        """
        return self._lately(age).records(sku)

    def get(self, product: int) -> ListedProduct | None:
        """Return a product by its id; None when it is not there."""
        return self._lately(YOUNG).get(product)

    def note(self, row: ProductRow) -> None:
        """Remember what was written just now, where the list is known."""
        if self._list.is_younger(YOUNG):
            self._list.value().note(row.prod_id, ListedProduct(row.prod_id, row.prod_sku, row), [row.prod_sku])

    def forget(self) -> None:
        """Forget everything."""
        self._list = Kept(self._read, self._clock, YOUNG)

    def _lately(self, age: timedelta) -> SkuIndex[ListedProduct]:
        return self._list.value() if self._list.is_younger(age) else self._list.refreshed()

    def _read(self) -> SkuIndex[ListedProduct]:
        index = SkuIndex[ListedProduct](self._clock)
        rows = self._client.read(products(), PRODUCTS)
        for found in listed(rows):
            index.note(found.id, found, [found.sku])
        return index


def listed(rows: Sequence[Row]) -> Iterator[ListedProduct]:
    """Yield the products that have an id; others can be neither found nor changed."""
    for raw in rows:
        row = read_row(ProductRow, raw)
        if isinstance(row, ProductRow):
            yield ListedProduct(row.prod_id, row.prod_sku, row)
        elif isinstance(known := read_row(ProductId, raw), ProductId):
            yield ListedProduct(known.prod_id, sound_name(raw.get("prod_sku")), None, row)
