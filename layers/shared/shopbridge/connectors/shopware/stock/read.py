"""Reading stock: sweeps and single SKUs, as a source and as a target (platform file, chapter "Stock")."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.shopware.api import LARGEST_PAGE, AdminApi, by_key, each_alone, next_position, placed
from shopbridge.connectors.shopware.facts import ShopFacts
from shopbridge.connectors.shopware.wire import Number, OddRow, WireKey
from shopbridge.mapping.identity import Name
from shopbridge.mapping.numbers import Whole
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Figures, Standing, StockLevel, StockPage, ambiguous, other_capitals, sold_otherwise

STOCK_PAGE = LARGEST_PAGE

_INCLUDES: Final = {"product": ["id", "productNumber", "stock", "availableStock", "childCount", "autoIncrement"]}


class WireStock(WireKey):
    """A product's or variant's stock.

    Attributes:
        available_stock: A mirror of ``stock`` from 6.6 on.
        child_count: Above 0 on a product with variants, whose own stock means nothing.
    """

    id: Name
    auto_increment: Whole
    product_number: Number = ""
    stock: Whole | None = None
    available_stock: Whole | None = None
    child_count: Whole | None = None


STOCK = each_alone("product", WireStock, OddRow)


@dataclass(frozen=True)
class ShopwareStock:
    """What a shop says is there; a product with variants is left out: it is not sold itself."""

    falls_with_orders = True

    facts: ShopFacts

    def page(self, position: str | None) -> StockPage:
        """Return a page of 500 products and variants, the most the shop gives.

        ``position`` is the last one's ``autoIncrement``.
        """
        rows, most = self.facts.api.page(
            STOCK, STOCK_PAGE, lambda most: {**by_key(position, most), "includes": _INCLUDES}
        )
        levels = self._levels(_read_all(rows))
        return StockPage(levels=tuple(levels), position=next_position(rows, position, most, "products"))

    def of(self, skus: Sequence[str]) -> list[StockLevel]:
        """Return what is sold under these SKUs; a shop has each only once."""
        return self._levels(_rows_of(self.facts.api, skus))

    def _levels(self, rows: Iterable[WireStock]) -> list[StockLevel]:
        net = self.facts.features.stock_falls_at_order
        return [_level(row, net=net) for row in rows if not row.child_count]


def standings(api: AdminApi, skus: Sequence[str], *, net: bool) -> dict[str, Standing | Reason]:
    """Return what the shop has under these SKUs, and what its open orders will still take from it.

    Args:
        net: ``stock`` is already without the shop's open orders.
    """
    found = {sku: _standing(record, net=net) for sku, record in records(api, skus).items()}
    return {sku: standing for sku, standing in found.items() if standing}


def _standing(record: WireStock | Reason, *, net: bool) -> Standing | Reason | None:
    if isinstance(record, Reason) or record.stock is None:
        return record if isinstance(record, Reason) else None
    return Standing(quantity=Decimal(record.stock), will_deduct=reserved_units(record, net=net) or Decimal(0))


@dataclass(frozen=True)
class ShopwareStandings:
    """Reads what the shop has, for a comparison."""

    api: AdminApi
    net: bool

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """Read standings by SKU; one call for 500."""
        return standings(self.api, skus, net=self.net)


def records(api: AdminApi, skus: Sequence[str]) -> dict[str, WireStock | Reason]:
    """Return what is sold under each SKU, or why no figure can be written there.

    Those the shop does not know are left out.
    """
    rows = _alike(api, skus)
    judged = {sku: _judged(sku, [row for row in rows if _folded(row) == sku.casefold()]) for sku in skus if sku}
    return {sku: record for sku, record in judged.items() if record is not None}


def _judged(sku: str, rows: Sequence[WireStock]) -> WireStock | Reason | None:
    same = [row for row in rows if row.product_number == sku]
    if not same:
        return other_capitals("Shopware", sku, (row.product_number for row in rows))
    if len(same) > 1:
        return ambiguous("Shopware", sku)
    return sold_otherwise("Shopware", sku, "as the parent of variants") if same[0].child_count else same[0]


def _folded(row: WireStock) -> str:
    return row.product_number.casefold()


def reserved_units(row: WireStock, *, net: bool) -> Decimal | None:
    """Return what open orders will still take from ``stock``; None when the shop does not say.

    Up to 6.5 ``availableStock`` is stock less open orders. It may be stale after writes without indexing, and then
    above the stock, which would count as less than no reservation.
    """
    if net:
        return Decimal(0)
    if row.stock is None or row.available_stock is None:
        return None
    return Decimal(max(row.stock - row.available_stock, 0))


def _level(row: WireStock, *, net: bool) -> StockLevel:
    figures = Figures(
        on_hand=None if row.stock is None else Decimal(row.stock),
        reserved=reserved_units(row, net=net),
        available=None if row.available_stock is None else Decimal(row.available_stock),
    )
    return StockLevel(
        sku=row.product_number, rank=row.auto_increment, item=ExternalId(row.id), managed=True, figures=(figures,)
    )


def _rows_of(api: AdminApi, skus: Sequence[str]) -> Iterator[WireStock]:
    """What is written with other capitals is another SKU."""
    wanted = set(skus)
    yield from (row for row in _alike(api, skus) if row.product_number in wanted)


def _alike(api: AdminApi, skus: Sequence[str]) -> list[WireStock]:
    """What the shop finds by these SKUs: it compares without regard to capitals and to blanks behind a number."""
    wanted = list(dict.fromkeys(sku for sku in skus if sku))
    rows = api.matching(STOCK, "productNumber", wanted, _INCLUDES)
    return [row for row in rows if isinstance(row, WireStock)]


def _read_all(rows: Sequence[WireStock | OddRow]) -> Iterator[WireStock]:
    """The rows of a page. One that cannot be understood has no figure: it is told, and nothing is written for it."""
    for key, row in placed(rows, "products"):
        if isinstance(row, OddRow):
            yield WireStock(id=row.id, auto_increment=key, product_number=row.product_number)
        else:
            yield row
