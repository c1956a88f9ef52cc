"""The lists of products and of their stock: read by rising rank, and where an SKU is in them. Lists are rare calls.

[inferred] Nobody documents in which order a list comes. It is read as one by rising or falling ids; which, the first
page shows, and a list in another order is refused. A product's rank is its id, counted down in the other case. There is
no total either, so a page begins within the one before it: where products went meanwhile, the rows behind them have
moved up, and the page is read from further ahead until it meets what was read.

A few SKUs are asked for one by one, more of them in one call with all of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Self

from shopbridge.connectors.kit.paging import MOST_PAGES, stands_still
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.connectors.unas.api import PRODUCTS, UnasApi
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.wire import as_text
from shopbridge.errors import RetryLater
from shopbridge.mapping.identity import sound_name
from shopbridge.model.base import in_batches
from shopbridge.ports import Clock

TOP = 10**15
"""Above every id."""
OVERLAP = 20
"""Rows that a page begins within the one before: so many may go meanwhile without another call."""
FEW = 10
"""SKUs that are asked for one by one."""
SKUS_AT_ONCE = 100
"""SKUs in one call, as a client limits itself (platform file, "Stock")."""
KEPT = timedelta(minutes=5)
"""How long it is believed that an SKU which was seen is still there."""
Way = Literal["up", "down"]
_SKU = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
"""What an SKU may be in UNAS; whatever is none, no product has."""


@dataclass(frozen=True)
class SweepPosition:
    """Where a sweep is.

    Attributes:
        start: Rows before the next page.
        last: The rank of the last row that was taken.
    """

    start: int = 0
    way: Way = "up"
    last: int = 0

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read it from a position."""
        if text is None:
            return cls()
        start, way, last = text.split(":")
        return cls(int(start), "down" if way == "down" else "up", int(last))

    def text(self) -> str:
        """Write it as a position."""
        return f"{self.start}:{self.way}:{self.last}"


@dataclass(frozen=True)
class SweepStep:
    """What a page brought: rows by rising rank, with their ranks, and where to go on; None after the last."""

    rows: Sequence[tuple[int, Row]]
    position: str | None


def is_unas_sku(sku: str) -> bool:
    """Tell whether a product of UNAS may have this SKU."""
    return _SKU.fullmatch(sku) is not None


def rank_of(product: int, way: Way) -> int:
    """Return where a product stands."""
    return product if way == "up" else TOP - product


def row_id(row: Row) -> int:
    """Return a row's id; 0 when it has none that can be one."""
    text = as_text(row.get("Id"))
    if not isinstance(text, str) or not re.fullmatch("[0-9]{1,15}", text, re.ASCII):
        return 0
    return int(text)


def row_sku(row: Row) -> str:
    """Return a row's SKU; what cannot be one is called by a name of ours."""
    return sound_name(as_text(row.get("Sku"))).strip()


@dataclass
class UnasProductList:
    """A list of products, or of their stock; remembers for a while what it saw.

    Attributes:
        function: Which list it is.
        asked: What every call of it asks for.
    """

    api: UnasApi
    clock: Clock
    function: Literal["getProduct", "getStock"]
    asked: Mapping[str, str] = field(default_factory=dict)
    _way: Way | None = None

    def __post_init__(self) -> None:
        self._seen = SkuIndex[Row](self.clock)

    def step(self, position: str | None) -> SweepStep:
        """Return the next page of a sweep.

        Raises:
            RetryLater: The list is empty, in another order, or stands still: nothing may be concluded from it.
        """
        place, size = SweepPosition.parse(position), self.api.settings.page_size
        start, rows = self._page_that_meets(place, size)
        if position is None:
            _refuse_nothing(rows)
            place = SweepPosition(way=way_of(rows))
            self._way = place.way
        ranked = _ranked(rows, place.way)
        new = [(rank, row) for rank, row in ranked if rank > place.last]
        if len(rows) < size:
            return SweepStep(new, None)
        if not new:
            raise stands_still(TITLE, "products")
        last = new[-1][0]
        return SweepStep(new, SweepPosition(max(start + size - _overlap(size), start + 1), place.way, last).text())

    def _page_that_meets(self, place: SweepPosition, size: int) -> tuple[int, list[Row]]:
        """A page that begins with rows that were taken already, so that none is missing between."""
        start, back = place.start, _overlap(size)
        for _ in range(MOST_PAGES):
            rows = self._page(start, size)
            if start == 0 or (rows and _begins_before(rows, place)):
                return start, rows
            start, back = max(start - back, 0), min(back * 2, size - _overlap(size))
        raise stands_still(TITLE, "products")

    def _page(self, start: int, size: int) -> list[Row]:
        rows = self.api.read(self.function, PRODUCTS, "list", **self.asked, LimitNum=size, LimitStart=start)
        self.note(rows)
        return rows

    def note(self, rows: Iterable[Row]) -> None:
        """Remember the rows of a list."""
        for row in rows:
            if product := row_id(row):
                self._seen.note(product, row, [row_sku(row)])

    @property
    def way(self) -> Way:
        """Whether ids rise or fall along the list; one call, once."""
        if self._way is None:
            self._way = way_of(self._page(0, self.api.settings.page_size))
        return self._way

    def look(self, skus: Iterable[str]) -> dict[str, list[Row]]:
        """Return the products with these SKUs, whatever their capitals, as they are now."""
        wanted = list(dict.fromkeys(sku for sku in skus if is_unas_sku(sku)))
        rows: list[Row] = []
        if len(wanted) <= FEW:
            rows = [row for sku in wanted for row in self._ask(sku)]
        else:
            for some in in_batches(wanted, SKUS_AT_ONCE):
                joined = ",".join(some)
                rows += self.api.read(self.function, PRODUCTS, "list", **self.asked, Sku=joined)
        self.note(rows)
        return _by_sku(rows, wanted)

    def find(self, skus: Iterable[str], kept: timedelta = KEPT) -> dict[str, list[Row]]:
        """Return the same, but what was seen within a while is not asked for again."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        known = {sku: seen for sku in wanted if (seen := self._seen.lately(sku, kept))}
        return {**known, **self.look(sku for sku in wanted if sku not in known)}

    def alike(self, sku: str) -> set[str]:
        """Return the SKUs that were seen and differ from this one in capitals at the most."""
        return self._seen.alike(sku)

    def forget(self, products: Iterable[int]) -> None:
        """Ask anew for these, which were changed."""
        self._seen.forget(products)

    def _ask(self, sku: str) -> list[Row]:
        """One SKU. Raises RetryLater where other products come back: the filter was ignored."""
        rows = self.api.read(self.function, PRODUCTS, "one", **self.asked, Sku=sku)
        if any(row_sku(row).casefold() != sku.casefold() for row in rows):
            raise RetryLater(
                f"Asked for the SKU {sku}, UNAS gave others: it does not look at the filter", after=300, where=TITLE
            )
        return rows


def way_of(rows: Sequence[Row]) -> Way:
    """Tell whether ids rise or fall along a page."""
    ids = [product for product in map(row_id, rows) if product]
    return "down" if len(ids) > 1 and ids[0] > ids[-1] else "up"


def in_other_way(rows: Iterable[Row], way: Way) -> list[tuple[int, Row]]:
    """Return rows that were asked for by SKU with their ranks, in their order."""
    once = {product: row for row in rows if (product := row_id(row))}
    return sorted(((rank_of(product, way), row) for product, row in once.items()), key=lambda pair: pair[0])


def _overlap(size: int) -> int:
    """Less than a small page, or no page would go on."""
    return min(OVERLAP, size // 2)


def _begins_before(rows: Sequence[Row], place: SweepPosition) -> bool:
    """Whether its first row is one that was taken."""
    first = next((product for product in map(row_id, rows) if product), 0)
    return not first or rank_of(first, place.way) <= place.last


def _ranked(rows: Sequence[Row], way: Way) -> list[tuple[int, Row]]:
    """The rows with their ranks; one without an id stands where the one before it stands."""
    ids = [row_id(row) for row in rows]
    if rows and not any(ids):
        raise RetryLater("UNAS lists products without ids", after=300, where=TITLE)
    standing = rank_of(next(filter(None, ids), 0), way)
    found: list[tuple[int, Row]] = []
    for product, row in zip(ids, rows, strict=True):
        standing = rank_of(product, way) if product else standing
        found.append((standing, row))
    ranks = [rank for rank, _ in found]
    if ranks != sorted(ranks):
        raise RetryLater(
            "UNAS does not list the products by their ids, so they cannot be read page by page",
            after=300,
            where=TITLE,
            fix="Tell our support; orders are not affected.",
        )
    return found


def _refuse_nothing(rows: Sequence[Row]) -> None:
    """A shop without a product is more likely a fault."""
    if not rows:
        raise RetryLater(
            "UNAS lists no products at all, from which nothing is concluded",
            after=300,
            where=TITLE,
            fix="If the shop really has none, switch this flow off until it has.",
        )


def _by_sku(rows: Iterable[Row], wanted: Sequence[str]) -> dict[str, list[Row]]:
    found: dict[str, dict[int, Row]] = {}
    for row in rows:
        found.setdefault(row_sku(row).casefold(), {})[row_id(row)] = row
    return {sku: list(found[sku.casefold()].values()) for sku in wanted if sku.casefold() in found}
