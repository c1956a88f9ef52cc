"""The list of products, page by page by rising id, which is a product's rank.

[inferred] Nobody documents in which order the list comes. It is read as one by rising ids; where the first page shows
another order, it is asked for with ``sort``, which other lists of v2 take, and a list in another order all the same is
refused. Where fewer products are left than a page before, rows have moved up, and earlier pages are read until one
meets what was read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.connectors.kit.paging import MOST_PAGES, stands_still
from shopbridge.connectors.kit.rows import Row, odd_form, read_row
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.connectors.roapp.api import PRODUCTS, Params, has_more, read_page
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.wire import ProductRow, RowsPage
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import is_sound
from shopbridge.model.base import Model
from shopbridge.ports import Clock

TOP = 10**15
"""Above every id."""
YOUNG = timedelta(minutes=10)
"""How old the list may be where SKUs are looked up."""
IN_ORDER: Params = {"sort": "id"}


@dataclass(frozen=True)
class ListedProduct:
    """A product as it is listed; its id is its rank.

    Attributes:
        row: None where it cannot be read: ``problem`` then tells where it is odd.
    """

    id: int
    row: ProductRow | None
    problem: str = ""
    sku: str = ""


class SweptPage(Model):
    """Where a sweep is.

    Attributes:
        number: The next page.
        last: The id of the last product that was read.
        count: How many there were then; None where RO App does not say.
        sort: The list comes in order only when it is asked to.
    """

    number: int = 1
    last: int = 0
    count: int | None = None
    sort: bool = False

    @classmethod
    def parse(cls, mark: str | None) -> "SweptPage":
        """Return the place that a position names, or the beginning."""
        return cls.model_validate_json(mark or "{}")


@dataclass(frozen=True)
class ProductStep:
    """What a page brings that is new, and where the next one is; None after the last."""

    products: Sequence[ListedProduct]
    following: SweptPage | None


def product_step(client: PlatformClient, place: SweptPage) -> ProductStep:
    """Read the next page, and those before it where products went meanwhile.

    Raises:
        RetryLater: Also for a list in no order by id, from which nothing may be concluded.
    """
    place, listing = _in_order(client, place)
    number, found = place.number, _listed(listing.data)
    moved_up = place.count is not None and (count_of(listing) or 0) < place.count
    while moved_up and number > 1 and all(each.id > place.last for each in found):
        number -= 1
        found = [*_listed(_read(client, number, sort=place.sort).data), *found]
    news = {each.id: each for each in found if each.id > place.last}
    changes = {"number": place.number + 1, "last": max(news, default=place.last), "count": count_of(listing)}
    after = place.model_copy(update=changes) if has_more(listing, place.number) else None
    return ProductStep([news[key] for key in sorted(news)], after)


def _in_order(client: PlatformClient, place: SweptPage) -> tuple[SweptPage, RowsPage]:
    """The page, and the place with how the list is asked for."""
    listing = _read(client, place.number, sort=place.sort)
    if place.number > 1 or place.sort or _is_rising(listing.data):
        return place, listing
    return place.model_copy(update={"sort": True}), _read(client, place.number, sort=True)


def _read(client: PlatformClient, number: int, *, sort: bool) -> RowsPage:
    return read_page(client, PRODUCTS, number, IN_ORDER if sort else None)


def count_of(listing: RowsPage) -> int | None:
    """Return how many there are in all, where the answer tells."""
    return listing.paging.count if listing.paging.count is not None else listing.count


def product_id(row: Row) -> int:
    """Return a row's id; 0 when it has none that can be one."""
    key = row.get("id")
    return key if isinstance(key, int) and not isinstance(key, bool) and 0 < key < TOP else 0


def _is_rising(rows: Sequence[Row]) -> bool:
    ids = [key for row in rows if (key := product_id(row))]
    return ids == sorted(set(ids))


def _listed(rows: Sequence[Row]) -> list[ListedProduct]:
    """A row without an id has no rank, and so no place in a sweep."""
    found = [_product(row, key) for row in rows if (key := product_id(row))]
    if not _is_rising(rows) or (rows and not found):
        raise odd_form(TITLE, "products", "their ids: they are in no order")
    return found


def _product(row: Row, key: int) -> ListedProduct:
    read = read_row(ProductRow, row)
    if isinstance(read, str):
        sku = row.get("sku")
        return ListedProduct(key, None, read, sku.strip() if isinstance(sku, str) and is_sound(sku) else "")
    return ListedProduct(key, read, sku=read.sku)


def identifiers(row: ProductRow, field: str) -> Sequence[str]:
    """Return what a product is called by in a field; several for barcodes."""
    known: Mapping[str, Sequence[str]] = {
        "sku": [row.sku],
        "code": [row.code],
        "barcode": row.barcodes,
        "ean": row.barcodes,
        "name": [row.title],
    }
    return [text.strip() for text in dict.fromkeys(known[field]) if text.strip() and is_sound(text)]


class RoAppProductIndex:
    """Finds products by SKU, whatever its capitals; a reading that breaks off goes on where it was."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Forget everything."""
        self._found = SkuIndex[ListedProduct](self._clock)
        self._place: SweptPage | None = SweptPage()
        self._begun: datetime | None = None

    def find(self, sku: str) -> Sequence[ListedProduct]:
        """Return every product that has this SKU, also in other capitals. Raises RetryLater."""
        if self._begun is not None and self._clock() - self._begun >= YOUNG:
            self.forget()
        self._begun = self._begun or self._clock()
        for _ in range(MOST_PAGES):
            if self._place is None:
                return self._found.records(sku)
            step = product_step(self._client, self._place)
            for product in step.products:
                self._found.note(product.id, product, [product.sku])
            self._place = step.following
        raise stands_still(TITLE, "products")
