"""Reading the whole list of products by rising rank, though Gomag does not document in which order it comes.

It comes by rising or by falling ids (the emulated shop and every client's experience are of the kind); which, the
first page shows. A product's rank is its id, counted down in the other case, so it stays the same from sweep to sweep
and rises from page to page. Products that come meanwhile repeat rows, which are dropped; ones that go make the rows
behind them move up, so the page before is read once more when the total has fallen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from shopbridge.connectors.gomag.api import Page
from shopbridge.connectors.gomag.wire import as_text
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import Row
from shopbridge.errors import RetryLater

TOP = 10**15
"""Above every id."""
Way = Literal["up", "down"]


@dataclass(frozen=True)
class Place:
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
        """From a position."""
        if text is None:
            return cls()
        page, way, last, total = text.split(":")
        return cls(int(page), "down" if way == "down" else "up", int(last), int(total))

    def text(self) -> str:
        """As a position."""
        return f"{self.page}:{self.way}:{self.last}:{self.total}"


@dataclass(frozen=True)
class Step:
    """What a page brought: rows by rising rank, with their ranks, and where to go on; None after the last."""

    rows: Sequence[tuple[int, Row]]
    position: str | None


def read_step(read: Callable[[int], Page], position: str | None) -> Step:
    """The next page of a sweep; ``read`` gives the page of a number.

    Raises:
        RetryLater: The list is empty, or not ordered by id: nothing may be concluded from it.
    """
    place = Place.parse(position)
    page = read(place.page)
    rows = list(page.rows)
    if page.number == 1:
        place = Place(way=way_of(rows), total=page.total or 0)
        _refuse_nothing(rows)
    elif (page.total or 0) < place.total:
        rows = [*read(place.page - 1).rows, *rows]
    return _step(place, page, rows)


def _step(place: Place, page: Page, rows: Sequence[Row]) -> Step:
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
    after = Place(page.number + 1, place.way, max([place.last, *ranks]), page.total or 0)
    return Step(new, None if page.is_last else after.text())


def _ranked(rows: Sequence[Row], place: Place) -> list[tuple[int, Row]]:
    """The rows with their ranks, each id once; one without an id stands where the one before it stands."""
    ids = [row_id(row) for row in rows]
    if rows and not any(ids):
        raise RetryLater("Gomag lists products without ids", after=300, where="Gomag products")
    standing = rank_of(next(filter(None, ids), 0), place.way)
    found: dict[tuple[int, int], Row] = {}
    for number, (product, row) in enumerate(zip(ids, rows, strict=True)):
        standing = rank_of(product, place.way) if product else standing
        found[standing, 0 if product else number + 1] = row
    return [(rank, row) for (rank, _), row in found.items()]


def rank_of(product: int, way: Way) -> int:
    """Where a product stands."""
    return product if way == "up" else TOP - product


def row_id(row: Row) -> int:
    """A row's id; 0 when it has none that can be one."""
    text = as_text(row.get("id"))
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()) or not 0 < int(text[:16]) < TOP:
        return 0
    return int(text)


def way_of(rows: Sequence[Row]) -> Way:
    """Whether ids rise or fall along a page."""
    ids = [product for product in map(row_id, rows) if product]
    return "down" if len(ids) > 1 and ids[0] > ids[-1] else "up"


def _refuse_nothing(rows: Sequence[Row]) -> None:
    """A shop without a product is more likely a fault (platform file, quirk 7)."""
    if not rows:
        raise RetryLater(
            "Gomag lists no products at all, from which nothing is concluded",
            after=300,
            where="Gomag products",
            fix="If the shop really has none, switch this flow off until it has.",
        )
