"""Tryton as a source of stock, by warehouse: what lies there, and what is left of it when planned moves are made.

A figure is worked out for the warehouse that the context names; without one it is zero (platform file, "Stock").
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import Row, read_row
from shopbridge.connectors.tryton.api import KEPT, PAGE, TrytonApi, row_id
from shopbridge.connectors.tryton.lookup import PRODUCT, SALABLE
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.wire import NamedRow, ProductRow
from shopbridge.errors import NeedsAttention
from shopbridge.mapping.identity import is_sound
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.stock import Figures, StockLevel, StockPage

LOCATION, IS_WAREHOUSE = "stock.location", ["type", "=", "warehouse"]
NAMES = ("code", "type", "quantity", "forecast_quantity")
GOODS = "goods"
"""The type of a product that stock is kept of; services and assets have none."""
NOTHING = Decimal(0)
Read = ProductRow | str | None
"""A row, or where it is odd; None where a warehouse does not list the product any more."""


class TrytonStock:
    """What a company has; the port ``StockSource`` tells the terms."""

    falls_with_orders = True
    """A sale that is processed has moves planned, which the forecast takes off."""

    def __init__(self, settings: TrytonSettings, api: TrytonApi) -> None:
        self._settings = settings
        self._api = api
        self._warehouses = Kept(self._read_warehouses, api.clock, KEPT)

    def page(self, position: str | None) -> StockPage:
        """Return a page of salable products, with a call for each warehouse."""
        after = int(position) if position and position.isdecimal() else 0
        rows, stock, following = self.products(after, NAMES)
        levels = tuple(_level(row, stock) for row in rows if row_id(row))
        return StockPage(levels=levels, position=str(following) if following else None)

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return the products with these SKUs: a call for each warehouse and a hundred of them."""
        wanted = [sku for sku in dict.fromkeys(skus) if sku]
        levels = [level for batch in in_batches(wanted, PAGE) for level in self._levels(batch)]
        return [level for level in levels if level.sku in wanted]

    def products(
        self, after: int, names: Sequence[str]
    ) -> tuple[list[Row], Mapping[int, Mapping[int, Read]], int | None]:
        """Return a page of rows, what each warehouse says of them by warehouse and product, and where the next is."""
        first, *others = self.chosen()
        rows, following = self._api.page(PRODUCT, [SALABLE], names, after, **self._about(first))
        stock = {first: _by_id(rows)}
        ids = [key for row in rows if (key := row_id(row))]
        for warehouse in others:
            stock[warehouse] = self._beside(warehouse, [["id", "in", ids]]) if ids else {}
        return rows, stock, following

    def chosen(self) -> Sequence[int]:
        """Return the warehouses that are set, or all. Raises NeedsAttention where there is none."""
        chosen = self._settings.stock_warehouses or self._warehouses.value()
        if not chosen:
            raise NeedsAttention(
                "Tryton names no warehouse to our user",
                where=f"{TITLE} warehouses",
                fix="Give the user the group Stock, or make a warehouse in Tryton.",
            )
        return chosen

    def _levels(self, skus: Sequence[str]) -> Iterator[StockLevel]:
        domain = [["code", "in", list(skus)]]
        stock = {warehouse: self._beside(warehouse, domain) for warehouse in self.chosen()}
        rows = next(iter(stock.values()))
        return (_level({"id": key}, stock) for key in sorted(rows))

    def _beside(self, warehouse: int, domain: list[Any]) -> Mapping[int, Read]:
        return _by_id(self._api.search(PRODUCT, [SALABLE, *domain], NAMES, limit=2 * PAGE, **self._about(warehouse)))

    def _about(self, warehouse: int) -> Mapping[str, Any]:
        """The context that makes figures: of one warehouse, with what is planned until then."""
        until = (self._api.clock() + timedelta(days=self._settings.forecast_days)).date()
        return {"locations": [warehouse], "stock_date_end": until}

    def _read_warehouses(self) -> Sequence[int]:
        rows = (read_row(NamedRow, row) for row in self._api.search(LOCATION, [IS_WAREHOUSE], ["name"]))
        return [row.id for row in rows if isinstance(row, NamedRow)]


def on_hand_in_all(key: int, stock: Mapping[int, Mapping[int, Read]]) -> Decimal | None:
    """Return what all warehouses have of a product; None where one of them does not tell, or it is kept without."""
    rows = [rows.get(key) for rows in stock.values()]
    figures = [row.quantity for row in rows if isinstance(row, ProductRow) and row.type == GOODS]
    told = [each for each in figures if each is not None]
    return sum(told, NOTHING) if len(told) == len(rows) else None


def _by_id(rows: Sequence[Row]) -> Mapping[int, Read]:
    return {key: read_row(ProductRow, row) for row in rows if (key := row_id(row))}


def _level(row: Row, stock: Mapping[int, Mapping[int, Read]]) -> StockLevel:
    """A product that cannot be read has no figures, and so nothing is written for it."""
    key = row_id(row)
    read = [rows.get(key) for rows in stock.values()]
    known = [each for each in read if isinstance(each, ProductRow)]
    code = row.get("code")
    sku = known[0].code if known else code if isinstance(code, str) and is_sound(code) else ""
    return StockLevel(
        sku=sku,
        rank=key,
        item=ExternalId(str(key)),
        managed=not known or known[0].type == GOODS,
        figures=tuple(_figures(warehouse, each) for warehouse, each in zip(stock, read, strict=True)),
    )


def _figures(warehouse: int, row: Read) -> Figures:
    """What is to arrive makes up for what is sold, though nothing more than lies there is ever free."""
    if not isinstance(row, ProductRow) or row.quantity is None:
        return Figures(warehouse=str(warehouse), on_hand=None, reserved=None, available=None)
    reserved = None if row.forecast is None else max(row.quantity - row.forecast, NOTHING)
    return Figures(warehouse=str(warehouse), on_hand=row.quantity, reserved=reserved, available=row.forecast)
