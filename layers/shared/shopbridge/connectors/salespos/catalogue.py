"""Reading SalesPOS' products with their variants."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shopbridge.connectors.salespos import directory, wire
from shopbridge.connectors.salespos.calls import get
from shopbridge.connectors.salespos.directory import ProductPlace
from shopbridge.connectors.salespos.paging import SIZE, all_pages
from shopbridge.http.client import PlatformClient
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.ports import Clock

EXPANDED = "attributecombinations"


class Catalogue:
    """The products of an account."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """One page from ``mark`` on, keyed by ``field``; a sweep by id, or the newest changes."""
        directory.filter_name(field)
        place = ProductPlace.parse(mark)
        if directory.is_due(place, self._clock()):
            place = directory.new_sweep(self._newest_change(), self._clock())
        return self._changes(place, field) if place.swept else self._sweep(place, field)

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """The products with this number, and their variants with it."""
        name = directory.filter_name(field)
        page = self._client.read(get("/products/", **{name: key}, expand=EXPANDED, size=SIZE), wire.PRODUCTS)
        return [entry for entry in self._entries(page.items, field) if entry.key == key]

    def _newest_change(self) -> datetime | None:
        """SalesPOS' own time of the newest change."""
        newest = self._client.read(get("/products/", orderby="modifydate_desc", size="1"), wire.PRODUCT_SWEEP).items
        return newest[0].modifydate if newest else None

    def _sweep(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("id", place.start)
        after = directory.sweep_step(place, [product.id for product in page.items], more=page.next is not None)
        if after.start < place.start:
            return DirectoryPage(entries=(), mark=after.text(), complete=False)
        new = [product for product in page.items if product.id > place.last]
        if page.next is None:
            after = after.model_copy(update={"swept": True, "start": 0})
        return DirectoryPage(entries=tuple(self._entries(new, field)), mark=after.text(), complete=after.swept)

    def _changes(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("modifydate_desc", place.start)
        after, complete = directory.changes_step(place, page, self._clock())
        changed = [product for product in page.items if place.is_news(product)]
        return DirectoryPage(entries=tuple(self._entries(changed, field)), mark=after.text(), complete=complete)

    def _page(self, orderby: str, start: int) -> wire.Page[wire.ProductRead]:
        call = get("/products/", orderby=orderby, expand=EXPANDED, start=str(start), size=SIZE)
        return self._client.read(call, wire.PRODUCT_SWEEP)

    def _entries(self, products: Sequence[wire.ProductRead], field: str) -> Iterator[DirectoryEntry]:
        for product in products:
            yield from directory.product_entries(product, self._variants(product), field)

    def _variants(self, product: wire.ProductRead) -> Sequence[wire.CombinationRead]:
        """All variants; those that the product's page has no room for are read."""
        inline = product.attributecombinations
        if inline is None:
            return ()
        if inline.items is not None and inline.next is None:
            return inline.items
        path = f"/products/{product.id}/attributecombinations/"
        return tuple(all_pages(self._client, path, wire.COMBINATIONS))
