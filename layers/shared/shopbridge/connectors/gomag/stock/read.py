"""Stock as a source, and the reading back of a target (platform file, "Stock and prices")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.gomag.product_index import Shelf
from shopbridge.connectors.gomag.seen import Seen
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.sweep import rank_of, read_step
from shopbridge.connectors.gomag.wire_products import WireSold, WireStocked
from shopbridge.connectors.kit.sku_index import Met
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


def standings_page(shelf: Shelf, position: str | None) -> tuple[list[Met], str | None]:
    """What a page of the list has under which SKU, and the position of the next one."""
    step = read_step(shelf.page, position)
    seen = shelf.note([row for _, row in step.rows])
    return [met for each in seen for met in _met(each.sold)], step.position


def _met(product: WireStocked) -> Iterator[Met]:
    for sold in product.sold:
        yield sold.sku, None if sold.stock is None else Standing(quantity=sold.stock, will_deduct=NOTHING)
    if product.versions:
        yield product.sku, _parent(product.sku)


def sold_as(seen: Iterable[Seen], sku: str) -> list[WireSold]:
    """What is sold under an SKU: versions, or products without any."""
    return [sold for each in seen for sold in each.sold.sold if sold.sku == sku]


def problem_of(sku: str, seen: Sequence[Seen]) -> Reason | None:
    """Why no figure can be written for an SKU that is on these products; None where it can, and where it is on none."""
    sold = sold_as(seen, sku)
    if len(sold) > 1:
        return ambiguous("Gomag", sku)
    if not sold and any(sku == each.sold.sku for each in seen):
        return _parent(sku)
    return None if sold else other_capitals("Gomag", sku, (there for each in seen for there in each.sold.skus))


def _parent(sku: str) -> Reason:
    return sold_otherwise("Gomag", sku, "as the parent of versions")


def _once(found: Mapping[str, Sequence[Seen]]) -> list[WireStocked]:
    products = {seen.sold.id: seen.sold for each in found.values() for seen in each}
    return [products[key] for key in sorted(products)]
