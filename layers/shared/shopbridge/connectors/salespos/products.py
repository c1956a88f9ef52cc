"""The products of orders: which there are, and creating missing ones."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shopbridge.connectors.salespos import lookup, wire
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import created, get, post
from shopbridge.connectors.salespos.lookup import ProductPlace
from shopbridge.connectors.salespos.orders.create import ONLY_ONCE
from shopbridge.connectors.salespos.orders.payload import product_input
from shopbridge.connectors.salespos.paging import SIZE, all_pages
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Order
from shopbridge.ports import Clock

EXPANDED = "attributecombinations"


class SalesPosOrderProducts:
    """The products that an account's orders may name."""

    def __init__(
        self, settings: SalesPosSettings, client: PlatformClient, account: SalesPosAccount, clock: Clock
    ) -> None:
        self._settings = settings
        self._account = account
        self._client = client
        self._clock = clock

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """One page from ``mark`` on, keyed by ``field``: all by ascending id once a day, then the newest changes."""
        lookup.filter_name(field)
        place = ProductPlace.parse(mark)
        if lookup.is_due(place, self._clock()):
            place = lookup.new_sweep(self._newest_change(), self._clock())
        return self._changes(place, field) if place.swept else self._sweep(place, field)

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for the products with this number, and their variants with it. One call.

        A variant whose product has another number is only found by ``changed``.
        """
        name = lookup.filter_name(field)
        page = self._client.read(get("/products/", **{name: key}, expand=EXPANDED, size=SIZE), wire.PRODUCTS)
        return [entry for entry in self._entries(page.items, field) if entry.key == key]

    def check(self, order: Order, line_id: str, tax: str) -> wire.ProductInput:
        """The product that would be created. Raises Held when the line does not say enough for one."""
        return product_input(
            order,
            next(line for line in order.lines if line.id == line_id),
            tax,
            settings=self._settings,
            package_id=self._account.package_id,
            prices_with_tax=self._account.prices_include_tax,
        )

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product a line sells, without stock keeping.

        Raises:
            Held: It cannot be created from what the line says.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check(order, line_id, tax)
        try:
            product = created(self._client.send(post("/products/", wire.body_of(body))), wire.CREATED)
        except AlreadyDone as clash:
            raise Rejected(clash.what, code="500.40", where=clash.where, fix=ONLY_ONCE) from clash
        if product is None:
            raise OutcomeUnknown(
                "SalesPOS created the product without naming its id", where=f"product {body.productnumber}"
            )
        return ExternalId(str(product.id))

    def _newest_change(self) -> datetime | None:
        """SalesPOS' own time of the newest change."""
        newest = self._client.read(get("/products/", orderby="modifydate_desc", size="1"), wire.PRODUCT_SWEEP).items
        return newest[0].modifydate if newest else None

    def _sweep(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("id", place.start)
        after = lookup.sweep_step(place, [product.id for product in page.items], more=page.next is not None)
        if after.start < place.start:
            return DirectoryPage(entries=(), mark=after.text(), complete=False)
        new = [product for product in page.items if product.id > place.last]
        if page.next is None:
            after = after.model_copy(update={"swept": True, "start": 0})
        return DirectoryPage(entries=tuple(self._entries(new, field)), mark=after.text(), complete=after.swept)

    def _changes(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("modifydate_desc", place.start)
        after, complete = lookup.changes_step(place, page, self._clock())
        changed = [product for product in page.items if place.is_news(product)]
        return DirectoryPage(entries=tuple(self._entries(changed, field)), mark=after.text(), complete=complete)

    def _page(self, orderby: str, start: int) -> wire.Page[wire.ProductRead]:
        call = get("/products/", orderby=orderby, expand=EXPANDED, start=str(start), size=SIZE)
        return self._client.read(call, wire.PRODUCT_SWEEP)

    def _entries(self, products: Sequence[wire.ProductRead], field: str) -> Iterator[DirectoryEntry]:
        for product in products:
            yield from lookup.product_entries(product, self._variants(product), field)

    def _variants(self, product: wire.ProductRead) -> Sequence[wire.CombinationRead]:
        """All variants; those that the product's page has no room for are read."""
        inline = product.attributecombinations
        if inline is None:
            return ()
        if inline.items is not None and inline.next is None:
            return inline.items
        path = f"/products/{product.id}/attributecombinations/"
        return tuple(all_pages(self._client, path, wire.COMBINATIONS))
