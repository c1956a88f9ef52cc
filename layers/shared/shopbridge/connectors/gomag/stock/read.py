"""Stock as a source, and the reading back of a target (platform file, "Stock and prices")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shopbridge.connectors.gomag.product_index import Shelf
from shopbridge.connectors.gomag.seen import Seen
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.sweep import rank_of, read_step
from shopbridge.connectors.gomag.wire_products import WireSold, WireStocked
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Figures, Standing, StockLevel, StockPage, ambiguous, other_capitals, sold_otherwise

NOTHING = Decimal(0)


@dataclass(frozen=True)
class GomagStock:
    """What a shop says is there: one figure for each SKU, of one warehouse."""

    shelf: Shelf
    settings: GomagSettings

    def page(self, position: str | None) -> StockPage:
        """Up to 100 products with their versions; a product with versions is not sold itself."""
        step = read_step(self.shelf.page, position)
        seen = self.shelf.note([row for _, row in step.rows])
        pairs = zip(step.rows, seen, strict=True)
        levels = tuple(level for (rank, _), each in pairs for level in self._levels(each.sold, rank))
        return StockPage(levels=levels, position=step.position)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """The records with these SKUs, as they are now."""
        wanted = {sku for sku in skus if sku}
        products, way = _once(self.shelf.look(wanted)), self.shelf.way
        levels = (level for product in products for level in self._levels(product, rank_of(product.id, way)))
        return [level for level in levels if level.sku in wanted]

    def _levels(self, product: WireStocked, rank: int) -> Iterator[StockLevel]:
        return (
            StockLevel(
                sku=sold.sku,
                rank=rank,
                item=ExternalId(str(product.id) if sold is product else f"{product.id}/{sold.id}"),
                managed=True,
                figures=(self._figures(sold),),
            )
            for sold in product.sold
        )

    def _figures(self, sold: WireSold) -> Figures:
        """Where an order lowers the stock at once, nothing is reserved beside it; else Gomag does not say."""
        net = self.settings.orders_lower_stock
        return Figures(on_hand=sold.stock, reserved=NOTHING if net else None, available=sold.stock if net else None)


@dataclass
class GomagStandings:
    """What a shop has, for a comparison: read page by page, as far as it is asked for.

    An SKU that is there twice has no figure, for nobody can say which of them a write reaches.
    """

    shelf: Shelf
    _next: str | None = None
    _ended: bool = False
    _figures: dict[str, Decimal] = field(default_factory=dict, repr=False)
    _twice: set[str] = field(default_factory=set, repr=False)
    _alike: dict[str, list[Seen]] = field(default_factory=dict, repr=False)

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """By SKU; pages are read until every SKU was met, or to the end."""
        wanted = set(skus)
        while not self._ended and not wanted <= self._figures.keys():
            self._read_page()
        standings = {
            sku: Standing(quantity=self._figures[sku], will_deduct=NOTHING)
            for sku in wanted & self._figures.keys() - self._twice
        }
        refused = {sku: problem_of(sku, self._alike.get(sku.casefold(), ())) for sku in wanted - standings.keys()}
        return standings | {sku: reason for sku, reason in refused.items() if reason}

    def _read_page(self) -> None:
        step = read_step(self.shelf.page, self._next)
        for seen in self.shelf.note([row for _, row in step.rows]):
            for sku in seen.sold.skus:
                self._alike.setdefault(sku.casefold(), []).append(seen)
            for sold in seen.sold.sold:
                self._take(sold)
        self._next, self._ended = step.position, step.position is None

    def _take(self, sold: WireSold) -> None:
        if not sold.sku or sold.stock is None:
            return
        if sold.sku in self._figures:
            self._twice.add(sold.sku)
        self._figures[sold.sku] = sold.stock


def sold_as(seen: Iterable[Seen], sku: str) -> list[WireSold]:
    """What is sold under an SKU: versions, or products without any."""
    return [sold for each in seen for sold in each.sold.sold if sold.sku == sku]


def problem_of(sku: str, seen: Sequence[Seen]) -> Reason | None:
    """Why no figure can be written for an SKU that is on these products; None where it can, and where it is on none."""
    sold = sold_as(seen, sku)
    if len(sold) > 1:
        return ambiguous("Gomag", sku)
    if not sold and any(sku == each.sold.sku for each in seen):
        return sold_otherwise("Gomag", sku, "as the parent of versions")
    return None if sold else other_capitals("Gomag", sku, (there for each in seen for there in each.sold.skus))


def _once(found: Mapping[str, Sequence[Seen]]) -> list[WireStocked]:
    products = {seen.sold.id: seen.sold for each in found.values() for seen in each}
    return [products[key] for key in sorted(products)]
