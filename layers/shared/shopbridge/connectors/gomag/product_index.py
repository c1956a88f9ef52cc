"""The list of products: read by rising rank, and where an SKU is in it. Every call counts.

Gomag does not document in which order the list comes. It comes by rising or by falling ids (the emulated shop and every
client's experience are of the kind); which, the first page shows. A product's rank is its id, counted down in the other
case, so it stays the same from sweep to sweep and rises from page to page. Products that come meanwhile repeat rows,
which are dropped; ones that go make the rows behind them move up, so the page before is read once more when the total
has fallen.

A few SKUs are asked for with the filter ``sku``, more of them by reading the whole list. Whether the filter also finds
a product by a version's SKU is not known (platform file, "Products and variants"): until the shop has shown that it
does, what the filter does not find is looked for in the list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Self

from shopbridge.connectors.gomag.api import GomagApi, GomagPage, each_alone
from shopbridge.connectors.gomag.catalogue.map import target_product
from shopbridge.connectors.gomag.wire import TOP
from shopbridge.connectors.gomag.wire_products import ShownProduct, WireStocked, shown_product
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.errors import Held, RetryLater
from shopbridge.model.catalogue import TargetProduct
from shopbridge.ports import Clock

Way = Literal["up", "down"]
PRODUCTS = each_alone("product/read", "products", shown_product)
WITH_VERSIONS: Final = {"addVersions": "true"}
KEPT = timedelta(minutes=5)
"""How long it is believed that an SKU which was seen is still there."""
ASKED_AT_MOST = 30
"""SKUs that are asked for one by one: a minute of our share of the calls."""
PAGES_AT_ONCE = 40
"""Pages that are read on end; a longer list is read on with the next try."""


@dataclass(frozen=True)
class ListPosition:
    """Where a sweep is.

    Attributes:
        page: The next page.
        last: The rank of the last row that was taken.
        total: How many products there were by then.
    """

    page: int = 1
    way: Way = "up"
    last: int = 0
    total: int = 0

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read it from a position."""
        if text is None:
            return cls()
        page, way, last, total = text.split(":")
        return cls(int(page), "down" if way == "down" else "up", int(last), int(total))

    def text(self) -> str:
        """Write it as a position."""
        return f"{self.page}:{self.way}:{self.last}:{self.total}"


@dataclass(frozen=True)
class ListStep:
    """What a page brought: rows by rising rank, with their ranks, and where to go on; None after the last."""

    rows: Sequence[tuple[int, ShownProduct]]
    position: str | None


def read_step(read: Callable[[int], GomagPage[ShownProduct]], position: str | None) -> ListStep:
    """Return the next page of a sweep; ``read`` gives the page of a number.

    Raises:
        RetryLater: The list is empty, or not ordered by id: nothing may be concluded from it.
    """
    place = ListPosition.parse(position)
    page = read(place.page)
    rows = list(page.rows)
    if page.number == 1:
        place = ListPosition(way=way_of(rows), total=page.total or 0)
        _refuse_nothing(rows)
    elif (page.total or 0) < place.total:
        rows = [*read(place.page - 1).rows, *rows]
    return _step(place, page, rows)


def _step(place: ListPosition, page: GomagPage[ShownProduct], rows: Sequence[ShownProduct]) -> ListStep:
    ranked = _ranked(rows, place)
    ranks = [rank for rank, _ in ranked]
    if ranks != sorted(ranks):
        raise RetryLater(
            "Gomag does not list the products by their ids, so they cannot be read page by page",
            after=300,
            where="Gomag products",
            fix="Tell our support; orders are not affected.",
        )
    new = [(rank, row) for rank, row in ranked if rank > place.last]
    if not (new or page.is_last) and (page.total or 0) <= place.total and page.number > 1:
        raise stands_still("Gomag", "products")
    after = ListPosition(page.number + 1, place.way, max([place.last, *ranks]), page.total or 0)
    return ListStep(new, None if page.is_last else after.text())


def _ranked(rows: Sequence[ShownProduct], place: ListPosition) -> list[tuple[int, ShownProduct]]:
    """The rows with their ranks, each id once; one without an id stands where the one before it stands."""
    if rows and not any(row.sold.id for row in rows):
        raise RetryLater("Gomag lists products without ids", after=300, where="Gomag products")
    standing = rank_of(next((row.sold.id for row in rows if row.sold.id), 0), place.way)
    found: dict[tuple[int, int], ShownProduct] = {}
    for number, row in enumerate(rows):
        standing = rank_of(row.sold.id, place.way) if row.sold.id else standing
        found[standing, 0 if row.sold.id else number + 1] = row
    return [(rank, row) for (rank, _), row in found.items()]


def rank_of(product: int, way: Way) -> int:
    """Return where a product stands."""
    return product if way == "up" else TOP - product


def way_of(rows: Sequence[ShownProduct]) -> Way:
    """Tell whether ids rise or fall along a page."""
    ids = [row.sold.id for row in rows if row.sold.id]
    return "down" if len(ids) > 1 and ids[0] > ids[-1] else "up"


def _refuse_nothing(rows: Sequence[ShownProduct]) -> None:
    """A shop without a product is more likely a fault (platform file, quirk 7)."""
    if not rows:
        raise RetryLater(
            "Gomag lists no products at all, from which nothing is concluded",
            after=300,
            where="Gomag products",
            fix="If the shop really has none, switch this flow off until it has.",
        )


@dataclass(frozen=True)
class SeenProduct:
    """A product as it was seen.

    Attributes:
        target: For the product flow; the reason where it is not what we know.
    """

    sold: WireStocked
    target: TargetProduct | Held


def on_sale(found: Mapping[str, Sequence[SeenProduct]]) -> dict[str, bool]:
    """Tell by SKU whether it can be bought: a version cannot be switched off, but one without stock is not sold."""
    exact = {sku: [each for each in seen if sku in each.sold.skus] for sku, seen in found.items()}
    return {sku: any(_is_bought(each, sku) for each in seen) for sku, seen in exact.items() if seen}


def _is_bought(seen: SeenProduct, sku: str) -> bool:
    stock = [version.stock for version in seen.sold.versions if version.sku == sku]
    return seen.sold.enabled != 0 and not (stock and all(each == 0 for each in stock))


def see(row: ShownProduct, language: str) -> SeenProduct:
    """Return a row of the list; one that is odd has its names all the same, so that it is held and not made."""
    return SeenProduct(row.sold, _target(row, language))


def _target(row: ShownProduct, language: str) -> TargetProduct | Held:
    if isinstance(row.product, str):
        return Held(
            f"The product in Gomag has an unexpected form at {row.product}",
            code="unexpected_form",
            fix="Look at the product in Gomag and save it once more.",
        )
    return target_product(row.product, row.terms, language)


ProductsBySku = Mapping[str, Sequence[SeenProduct]]
"""Products by SKU, their own or a version's, whatever its capitals; an SKU that nobody has is left out."""


@dataclass
class GomagProductIndex:
    """The products of a shop; remembers for a while what it saw.

    Attributes:
        finds_versions: The filter has found a product by a version's SKU.
    """

    api: GomagApi
    clock: Clock
    language: str
    finds_versions: bool = False
    _unfinished: "tuple[datetime, GomagPage[ShownProduct], list[SeenProduct]] | None" = field(default=None, repr=False)
    _pages: int | None = None
    _way: Way | None = None
    _tried: bool = False

    def __post_init__(self) -> None:
        self._seen = SkuIndex[SeenProduct](self.clock)

    def page(self, number: int) -> GomagPage[ShownProduct]:
        """Return one page of the list, with versions."""
        page = self.api.page(PRODUCTS, number, view=self.language, **WITH_VERSIONS)
        self._pages = page.pages
        if number == 1:
            self._way = way_of(page.rows)
        return page

    @property
    def way(self) -> Way:
        """Whether ids rise or fall along the list; one call, once."""
        return self._way or way_of(self.page(1).rows)

    def look(self, skus: Iterable[str]) -> ProductsBySku:
        """Return the products that these SKUs are on, as they are now.

        Raises:
            RetryLater: Also while a long list is still being read.
        """
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        if self._takes_list(wanted):
            return _by_sku(self._read_list(), wanted)
        asked = [self._ask(sku) for sku in wanted]
        found = _by_sku([seen for answer in asked for seen in answer or ()], wanted)
        if not self.finds_versions:
            found |= self._where_they_were([sku for sku in wanted if sku not in found])
        if None not in asked and (self.finds_versions or len(found) == len(wanted)):
            return found
        return _by_sku(self._read_list(), wanted)

    def again(self, product: int) -> SeenProduct | None:
        """Return one product, by its id; None when it is gone, or when others come back."""
        page = self.api.page(PRODUCTS, 1, id=str(product), view=self.language, **WITH_VERSIONS)
        return next((seen for seen in self.note(page.rows) if seen.sold.id == product), None)

    def find(self, skus: Iterable[str], kept: timedelta = KEPT) -> ProductsBySku:
        """Return the same, but what was seen within the last minutes is not asked for again."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        known = {sku: seen for sku in wanted if (seen := self._seen.lately(sku, kept))}
        return {**known, **self.look(sku for sku in wanted if sku not in known)}

    def forget(self, products: Iterable[int]) -> None:
        """Ask anew for these, which were changed."""
        self._seen.forget(products)

    def note(self, rows: Iterable[ShownProduct]) -> list[SeenProduct]:
        """Remember the rows of a list. Raises RetryLater when one does not even tell what it is sold as."""
        noted = [see(row, self.language) for row in rows]
        for seen in noted:
            self._seen.note(seen.sold.id, seen, seen.sold.skus)
        return noted

    def _where_they_were(self, skus: Sequence[str]) -> dict[str, list[SeenProduct]]:
        """Versions that were seen on a product once, if they still are on it."""
        products = {product for sku in skus for product in self._seen.ids(sku)}
        return _by_sku([seen for product in sorted(products) if (seen := self.again(product))], skus)

    def _takes_list(self, wanted: Sequence[str]) -> bool:
        """Whether the list is shorter than asking, or too many are wanted."""
        if len(wanted) > ASKED_AT_MOST:
            return True
        return len(wanted) > 1 and self._pages is not None and self._pages <= len(wanted)

    def _ask(self, sku: str) -> list[SeenProduct] | None:
        """By the filter; None where other products come back, too: it was ignored, so it tells nothing."""
        page = self.api.page(PRODUCTS, 1, sku=sku, view=self.language, **WITH_VERSIONS)
        noted = self.note(page.rows)
        if not page.is_last or not all(_is_sold_as(seen, sku) for seen in noted):
            return None
        self.finds_versions = self.finds_versions or any(sku.casefold() != seen.sold.sku.casefold() for seen in noted)
        return noted

    def _read_list(self) -> list[SeenProduct]:
        """All products. Raises RetryLater to be called once more where the list is long."""
        began, page, noted = self._begun()
        for _ in range(PAGES_AT_ONCE):
            if page.is_last:
                self._unfinished = None
                self._try_filter(noted)
                return noted
            page = self.page(page.number + 1)
            noted += self.note(page.rows)
        self._unfinished = (began, page, noted)
        raise RetryLater("The shop has many products, reading them goes on", after=1, where="Gomag products")

    def _begun(self) -> tuple[datetime, GomagPage[ShownProduct], list[SeenProduct]]:
        """Where an earlier call has stopped, if that was lately; else the first page."""
        now = self.clock()
        if self._unfinished and self._unfinished[0] >= now - KEPT:
            return self._unfinished
        page = self.page(1)
        return now, page, self.note(page.rows)

    def _try_filter(self, noted: Sequence[SeenProduct]) -> None:
        """Once, whether the filter finds a version that was seen."""
        versions = ((version.sku, seen.sold.sku) for seen in noted for version in seen.sold.versions)
        sample = next((sku for sku, own in versions if sku and sku != own), None)
        if sample and not self.finds_versions and not self._tried:
            self._tried = True
            self._ask(sample)


def _is_sold_as(seen: SeenProduct, sku: str) -> bool:
    """Without regard to capitals: a shop may look for both."""
    return sku.casefold() in (each.casefold() for each in seen.sold.skus)


def _by_sku(seen: Iterable[SeenProduct], wanted: Sequence[str]) -> dict[str, list[SeenProduct]]:
    found: dict[str, dict[int, SeenProduct]] = {}
    for each in seen:
        for sku in each.sold.skus:
            found.setdefault(sku.casefold(), {})[each.sold.id] = each
    return {sku: list(found[sku.casefold()].values()) for sku in wanted if sku.casefold() in found}
