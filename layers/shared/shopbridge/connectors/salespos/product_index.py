"""Which product each number is sold at.

SalesPOS can be asked for a product by its own number, but not for a variant by its (client S4). So every page that is
read anyway is remembered, and where that is not enough all products are read: 250 a call, again after ten minutes at
the earliest. What is remembered only says where to look, whatever the capitals: figures and fields are always read
afresh.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.connectors.salespos.api import SIZE, Sweep, get, members, read_if_there, step
from shopbridge.connectors.salespos.wire import Page
from shopbridge.connectors.salespos.wire_products import (
    STOCKED,
    STOCKED_PAGE,
    VARIANTS,
    StockedRead,
    VariantRead,
    product_sku,
    sold_as_variants,
    variant_sku,
)
from shopbridge.http.client import PlatformClient
from shopbridge.ports import Clock

FRESH = timedelta(minutes=10)
SEEN_FOR = timedelta(hours=1)
"""How long it is believed that a product keeps its stock where it was seen to."""
ONE_BY_ONE = 10
"""Products that are read one by one; more of them by reading all."""
EXPANDED = "attributecombinations"

Found = tuple[StockedRead, Sequence[VariantRead]]
"""A product with its variants."""


class SoldAs(NamedTuple):
    """How a number is sold at a product."""

    own_stock: bool
    on_sale: bool
    is_variant: bool


class SalesPosProductIndex:
    """The numbers of an account, as far as they were read.

    Attributes:
        seen: How each product's numbers are sold, by their spelling.
    """

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self.seen = SkuIndex[Mapping[str, SoldAs]](clock)
        self._doubted: set[str] = set()
        self._place: Sweep | None = Sweep()
        self._read_at: datetime | None = None
        self._began = clock()

    def note(self, product: StockedRead, variants: Sequence[VariantRead]) -> None:
        """Remember where these are, and which of them have stock of their own."""
        on_variants, on = sold_as_variants(product, variants), product.is_active is not False
        sold = {product_sku(product): SoldAs(own_stock=not on_variants, on_sale=on, is_variant=False)} | {
            variant_sku(product, each): SoldAs(own_stock=on_variants, on_sale=on and each.active, is_variant=True)
            for each in variants
        }
        self.seen.note(product.id, sold, sold)

    def of_variant(self, sku: str) -> set[int]:
        """Return products that have a variant with this number, as they were seen last."""
        alike = self.seen.alike(sku)
        sold = {place: self.seen.get(place) or {} for place in self.seen.ids(sku)}
        return {at for at, numbers in sold.items() if any(numbers[each].is_variant for each in alike & numbers.keys())}

    def is_for_sale(self, sku: str) -> bool | None:
        """Tell whether it is a number that can be bought, by the last reading of all; None when nothing had it then."""
        on = [sold[sku].on_sale for sold in self.seen.records(sku, self._began) if sku in sold]
        return any(on) if on else None

    def has_stock(self, sku: str, place: int) -> bool | None:
        """Tell whether the number has stock of its own on this product.

        None when it is not on it, as far as was seen.
        """
        sold = self.seen.get(place)
        return sold[sku].own_stock if sold and sku in sold else None

    def look_at(self, places: Iterable[int]) -> None:
        """Read these products unless that was done lately; where many are to be read, all are, a page a call."""
        unseen = sorted(place for place in set(places) if self.seen.get(place, SEEN_FOR) is None)
        if len(unseen) > ONE_BY_ONE:
            self.read_all()
            return
        for place in unseen:
            self.read(place)

    def read(self, place: int) -> Found | None:
        """Return one product as it is now; None when it is gone."""
        product = read_if_there(self._client, get(f"/products/{place}/", expand=EXPANDED), STOCKED)
        return self.noted(product) if product is not None else None

    def ask(self, sku: str) -> Sequence[Found]:
        """Return the products with this number of their own."""
        call = get("/products/", productnumber=sku, expand=EXPANDED, size=SIZE)
        return [self.noted(product) for product in self._client.read(call, STOCKED_PAGE).items]

    def read_all(self) -> None:
        """Read all products unless that was done lately; goes on where a limit broke it off."""
        fresh = self._read_at is not None and self._clock() - self._read_at < FRESH
        if not fresh:
            self._place, self._began = Sweep(), self._clock()
        while self._place is not None:
            new, place = step(self._place, self.page(self._place))
            for product in new:
                self.noted(product)
            self._place, self._read_at = place, self._clock()

    def doubt(self, number: str) -> None:
        """Remember that a product with this number may have been created without our knowing."""
        self._doubted.add(number)

    def doubted(self, numbers: Iterable[str]) -> frozenset[str]:
        """Return those that are to be asked for once more; after that they are doubted no longer."""
        doubted = frozenset(self._doubted.intersection(numbers))
        self._doubted -= doubted
        return doubted

    def page(self, place: Sweep) -> Page[StockedRead]:
        """Return one page of products with their variants, by ascending id."""
        call = get("/products/", orderby="id", expand=EXPANDED, start=str(place.start), size=SIZE)
        return self._client.read(call, STOCKED_PAGE)

    def noted(self, product: StockedRead) -> Found:
        """Return a product that was just read, remembered; variants that its page has no room for are read."""
        path = f"/products/{product.id}/attributecombinations/"
        variants = members(self._client, product.attributecombinations, path, VARIANTS)
        self.note(product, variants)
        return product, variants
