"""What a shop says is there (platform file, "Stock"): one figure for each warehouse that was chosen.

UNAS has taken the units of its orders off already, so what it tells may be sold. Where stock lies on combinations of
variants, they are records of their own or added up, as the settings say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import ValidationError

from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.unas.product_index import UnasProductList, in_other_way, row_id, row_sku
from shopbridge.connectors.unas.settings import MAIN_STOCK, UnasSettings
from shopbridge.connectors.unas.wire import MaybePieces, Name, Text, Wire, within
from shopbridge.mapping.identity import sound_id
from shopbridge.model.base import ExternalId
from shopbridge.model.stock import Figures, StockLevel, StockPage

NOTHING = Decimal(0)


class WireStockRow(Wire):
    """A figure: of a warehouse, the main one where none is named, and of a combination where it lies on one."""

    warehouse_id: Text = ""
    qty: MaybePieces = None
    variants: Annotated[tuple[Text, ...], within("Variant")] = ()

    @property
    def warehouse(self) -> str:
        """Its key with us."""
        return self.warehouse_id or MAIN_STOCK


class WireStocked(Wire):
    """A product's stock."""

    sku: Name = ""
    stocks: Annotated[tuple[WireStockRow, ...], within("Stock")] = ()

    @property
    def combinations(self) -> tuple[tuple[str, ...], ...]:
        """The combinations of variants that stock lies on; empty where it lies on the product."""
        return tuple(dict.fromkeys(row.variants for row in self.stocks if row.variants))


@dataclass(frozen=True)
class StockedRecord:
    """What has figures: a product, or one of its combinations.

    Attributes:
        values: Of the combination; empty for a product.
        figures: By warehouse; None where UNAS tells none.
    """

    sku: str
    values: tuple[str, ...]
    figures: Mapping[str, Decimal | None]


def records_of(row: Row, settings: UnasSettings) -> list[StockedRecord]:
    """Return what of a row has stock; of one that is odd its name alone, so that nothing is concluded."""
    try:
        wire = WireStocked.model_validate(row)
    except ValidationError:
        return [StockedRecord(row_sku(row), (), {})]
    if not row_id(row):
        return [StockedRecord(row_sku(row), (), {})]
    if settings.variant_skus == "joined" and wire.combinations:
        return [
            StockedRecord(settings.variant_sku(wire.sku, values), values, _figures(wire, values))
            for values in wire.combinations
        ]
    return [StockedRecord(wire.sku, (), _figures(wire, None))]


def _figures(wire: WireStocked, values: tuple[str, ...] | None) -> dict[str, Decimal | None]:
    """By warehouse, of one combination or of all together; a figure that is missing makes the sum unknown."""
    found: dict[str, Decimal | None] = {}
    for row in wire.stocks:
        if values is None or row.variants == values:
            before = found.get(row.warehouse, NOTHING)
            found[row.warehouse] = None if before is None or row.qty is None else before + row.qty
    return found


@dataclass(frozen=True)
class UnasStock:
    """The stock of one shop."""

    falls_with_orders = True

    stocked: UnasProductList
    settings: UnasSettings

    def page(self, position: str | None) -> StockPage:
        """Return a page of products, by rising rank; it costs one of the rare calls."""
        step = self.stocked.step(position)
        levels = tuple(level for rank, row in step.rows for level in self._levels(row, rank))
        return StockPage(levels=levels, position=step.position)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the records with these SKUs, as they are now."""
        wanted = {sku for sku in skus if sku}
        found = self.stocked.look(name for sku in sorted(wanted) for name in product_skus(sku, self.settings))
        rows = [row for each in found.values() for row in each]
        ranked = in_other_way(rows, self.stocked.way) if rows else []
        return [level for rank, row in ranked for level in self._levels(row, rank) if level.sku in wanted]

    def _levels(self, row: Row, rank: int) -> Iterator[StockLevel]:
        for record in records_of(row, self.settings):
            yield StockLevel(
                sku=record.sku,
                rank=rank,
                item=item_id(row, record.values),
                managed=True,
                figures=tuple(_told(record.figures, self.settings.warehouses)),
            )


def _told(figures: Mapping[str, Decimal | None], warehouses: Iterable[str]) -> Iterator[Figures]:
    """None where UNAS tells no figure of a warehouse: it is never taken for zero."""
    for name in warehouses:
        units = figures.get(name)
        yield Figures(warehouse=name, on_hand=units, reserved=NOTHING, available=units)


def item_id(row: Row, values: Sequence[str]) -> ExternalId:
    """Return what a record is called: the product's id, with the values of a combination."""
    own = str(row_id(row)) if row_id(row) else sound_id(None, row)
    return ExternalId(sound_id("/".join((own, *values))))


def product_skus(sku: str, settings: UnasSettings) -> list[str]:
    """Return the SKUs of products that a record of this SKU may belong to."""
    parts = sku.split(settings.variant_joint) if settings.variant_skus == "joined" else [sku]
    least = max(1, len(parts) - MOST_VARIANTS)
    return [settings.variant_joint.join(parts[:count]) for count in range(len(parts), least - 1, -1)]


MOST_VARIANTS = 3
"""Properties that a product's variants have, at most."""
