"""The list of products: read by rising rank, where an SKU is in it, and which products are versions of one.

Shoprenter does not say in which order the list comes; samples rise by id. A product's rank is its number, counted down
where the list falls, so it stays the same from sweep to sweep and rises from page to page.

A version is a product of its own with a parent; a product without one is its own parent (platform file, "Variants").
What versions differ in is told by their class. Whether a parent is sold, too, is one setting of the shop: a fictitious
one only stands for its children.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import Row, read_rows
from shopbridge.connectors.kit.sku_index import SkuIndex
from shopbridge.connectors.shoprenter.api import Request, ShoprenterApi, path_of, read_page
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.outcomes import NO_PAGE, TITLE
from shopbridge.connectors.shoprenter.wire_products import (
    WireClass,
    WireListAttribute,
    WireStocked,
    names_of,
    row_number,
)
from shopbridge.errors import AlreadyDone, Rejected, RetryLater
from shopbridge.model.base import in_batches

PRODUCTS: Final = "productExtend"
CLASSES: Final = "productClasses"
TOP = 10**15
"""Above every number of a product."""
KEPT = timedelta(minutes=10)
ASKED_AT_ONCE = 50
"""Searches in one batch: each answers whole products, and a batch takes as long as all of them."""
Way = Literal["up", "down"]
_CLASSES, _ATTRIBUTES = TypeAdapter(tuple[WireClass, ...]), TypeAdapter(tuple[WireListAttribute, ...])


@dataclass(frozen=True)
class ListPlace:
    """Where a sweep is.

    Attributes:
        page: The next page, from 0.
        last: The rank of the last row that was taken.
        before: The id of the last row of the page before.
    """

    page: int = 0
    way: Way = "up"
    last: int = 0
    before: str = ""

    @staticmethod
    def parse(text: str | None) -> "ListPlace":
        """Read it from a position."""
        if text is None:
            return ListPlace()
        page, way, last, before = text.split(":", 3)
        return ListPlace(int(page), "down" if way == "down" else "up", int(last), before)

    def text(self) -> str:
        """Write it as a position."""
        return f"{self.page}:{self.way}:{self.last}:{self.before}"


@dataclass(frozen=True)
class SeenProduct:
    """A product as it was seen: ``row`` as it came, ``sold`` as far as it is understood."""

    row: Row
    sold: WireStocked


@dataclass(frozen=True)
class ListStep:
    """What a page brought: rows by rising rank, with their ranks, and where to go on; None after the last."""

    rows: Sequence[tuple[int, SeenProduct]]
    position: str | None


class ShoprenterProductIndex:
    """The products of a shop."""

    def __init__(self, facts: ShopFacts) -> None:
        self._facts = facts
        self._api: ShoprenterApi = facts.api
        self._classes = Kept(self._read_classes, facts.clock, KEPT)
        self._attributes = Kept(self._read_attributes, facts.clock, KEPT)
        self._way: Way | None = None
        self._seen = SkuIndex[WireStocked](facts.clock)

    # --- the list -----------------------------------------------------------------------------------------------

    def step(self, position: str | None) -> ListStep:
        """Return the next page of a sweep.

        Raises:
            RetryLater: The list is empty, or not in the order of its numbers: nothing may be concluded from it.
        """
        place = ListPlace.parse(position)
        page = self._api.following(PRODUCTS, place.page, place.before)
        if not place.page:
            _refuse_nothing(page.rows)
            place = ListPlace(way=way_of(page.rows))
            self._way = place.way
        ranked = _ranked(page.rows, place)
        new = [(rank, row) for rank, row in ranked if rank > place.last]
        after = ListPlace(place.page + 1, place.way, max([place.last, *(rank for rank, _ in ranked)]), page.last_id)
        return ListStep(self._noted(new), None if page.is_last else after.text())

    def rank(self, product: WireStocked) -> int:
        """Return where a product stands in a sweep; which way the list goes, its first page tells, once."""
        if self._way is None:
            self.step(None)
        return rank_of(product.number, self._way or "up")

    # --- single ones --------------------------------------------------------------------------------------------

    def look(self, skus: Iterable[str]) -> dict[str, list[SeenProduct]]:
        """Return the products with these SKUs, whatever their capitals, as they are now; those without are left out."""
        wanted = list(dict.fromkeys(sku for sku in skus if sku))
        found = self._search("sku", wanted)
        alike = {sku: [each for each in found[sku] if _is_alike(each.sold.sku, sku)] for sku in wanted}
        return {sku: each for sku, each in alike.items() if each}

    def children(self, parents: Iterable[WireStocked]) -> dict[str, list[SeenProduct]]:
        """Return the versions below each of these products, by its id; those without any are left out."""
        numbers = {str(each.number): each.id for each in parents if each.number and self.may_have_versions(each)}
        found = self._search("parentProductId", list(numbers))
        below = {numbers[key]: [each for each in seen if _is_below(each, numbers[key])] for key, seen in found.items()}
        return {parent: each for parent, each in below.items() if each}

    def read(self, ids: Iterable[str]) -> dict[str, SeenProduct]:
        """Return these products by their ids; those that are gone are left out."""
        wanted = list(dict.fromkeys(each for each in ids if each))
        replies = self._ask([path_of(PRODUCTS, each) for each in wanted])
        return {each: see(row) for each, row in zip(wanted, replies, strict=True) if row is not None and "id" in row}

    def alike(self, sku: str) -> set[str]:
        """Return the SKUs that were seen and differ from this one in capitals at the most."""
        return self._seen.alike(sku)

    def headings(self, products: Iterable[WireStocked]) -> frozenset[str]:
        """Return the ids of those that only stand for their versions, and are not sold themselves."""
        candidates = [each for each in products if each.is_parent and self.may_have_versions(each)]
        if not candidates or self._facts.sells_parents:
            return frozenset()
        return frozenset(self.children(candidates))

    # --- what versions differ in --------------------------------------------------------------------------------

    def may_have_versions(self, product: WireStocked) -> bool:
        """[inferred] Tell whether its class names what versions differ in: without it, nobody could choose one."""
        return bool(product.product_class) and bool(self.parameters(product.product_class))

    def parameters(self, product_class: str) -> tuple[str, ...]:
        """Return the ids of the attributes that the versions of a class differ in: two at most."""
        known = self._classes.value()
        if product_class not in known and not self._classes.is_younger(KEPT / 10):
            known = self._classes.refreshed()
        found = known.get(product_class)
        return found.parameters if found else ()

    @property
    def classes(self) -> Sequence[WireClass]:
        """All classes of products."""
        return list(self._classes.value().values())

    @property
    def attribute_ids(self) -> Mapping[str, str]:
        """The ids of listed attributes by their names: products may tell either. None are asked for without need."""
        return self._attributes.value() if any(each.parameters for each in self.classes) else {}

    def _read_attributes(self) -> Mapping[str, str]:
        rows = read_rows(_ATTRIBUTES, list(self._api.rows("listAttributes")), TITLE, "attributes")
        return {row.name: row.id for row in rows}

    def _noted(self, rows: Sequence[tuple[int, Row]]) -> list[tuple[int, SeenProduct]]:
        """What the list shows is remembered: the search may not find an SKU in other capitals."""
        seen = [(rank, see(row)) for rank, row in rows]
        for rank, each in seen:
            self._seen.note(rank, each.sold, [each.sold.sku])
        return seen

    def _read_classes(self) -> Mapping[str, WireClass]:
        rows = read_rows(_CLASSES, list(self._api.rows(CLASSES)), TITLE, "product classes")
        return {row.id: row for row in rows}

    def _search(self, name: str, values: Sequence[str]) -> dict[str, list[SeenProduct]]:
        """By one filter, for each value; a search without a hit may be answered as a page that is not there."""
        asked = {"full": "1", "limit": "200", "page": "0"}
        replies = self._ask([path_of(PRODUCTS, **asked, **{name: value}) for value in values])
        pages = (read_page(reply or {"items": []}, PRODUCTS, 0, 200) for reply in replies)
        return {value: [see(row) for row in page.rows] for value, page in zip(values, pages, strict=True)}

    def _ask(self, paths: Sequence[str]) -> list[Row | None]:
        """None for what is not there. A single question needs no batch."""
        found: list[Row | None] = []
        for some in in_batches(paths, ASKED_AT_ONCE):
            replies = self._api.batch([Request("GET", path) for path in some])
            found += [_found(reply) for reply in replies]
        return found


def _found(reply: Row | Rejected | AlreadyDone) -> Row | None:
    if isinstance(reply, Rejected) and reply.code not in ("gone", NO_PAGE):
        raise reply
    return None if isinstance(reply, Rejected | AlreadyDone) else reply


def _is_alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _is_below(seen: SeenProduct, parent: str) -> bool:
    return seen.sold.id != parent and seen.sold.parent_product == parent


def see(row: Row) -> SeenProduct:
    """Return a row of the list; of one that cannot be understood no more than its names."""
    try:
        return SeenProduct(row, WireStocked.model_validate(row))
    except ValidationError:
        return SeenProduct(row, names_of(row))


def rank_of(number: int, way: Way) -> int:
    """Return where a product stands."""
    return number if way == "up" else TOP - number


def way_of(rows: Sequence[Row]) -> Way:
    """Tell whether numbers rise or fall along a page."""
    numbers = [number for number in map(row_number, rows) if number]
    return "down" if len(numbers) > 1 and numbers[0] > numbers[-1] else "up"


def _ranked(rows: Sequence[Row], place: ListPlace) -> list[tuple[int, Row]]:
    """The rows with their ranks, each number once; one without a number stands where the one before it stands."""
    numbers = [row_number(row) for row in rows]
    if rows and not any(numbers):
        raise RetryLater(f"{TITLE} lists products without numbers", after=300, where=f"{TITLE} products")
    standing = rank_of(next(filter(None, numbers), 0), place.way)
    found: dict[tuple[int, int], Row] = {}
    for at, (number, row) in enumerate(zip(numbers, rows, strict=True)):
        standing = rank_of(number, place.way) if number else standing
        found[standing, 0 if number else at + 1] = row
    ranks = [rank for rank, _ in found]
    if ranks != sorted(ranks):
        raise RetryLater(
            f"{TITLE} does not list the products by their numbers, so they cannot be read page by page",
            after=300,
            where=f"{TITLE} products",
            fix="Tell our support; orders are not affected.",
        )
    return [(rank, row) for (rank, _), row in found.items()]


def _refuse_nothing(rows: Sequence[Row]) -> None:
    """A shop without a product is more likely a fault."""
    if not rows:
        raise RetryLater(
            f"{TITLE} lists no products at all, from which nothing is concluded",
            after=300,
            where=f"{TITLE} products",
            fix="If the shop really has none, switch this flow off until it has.",
        )
