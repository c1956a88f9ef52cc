"""Stock: what lies in each of a shop's warehouses, and figures written in batches (platform file, "Stock")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from shopbridge.connectors.kit.reasons import unknown_sku
from shopbridge.connectors.kit.sku_index import Met, Standings
from shopbridge.connectors.shoprenter.api import Reply, Request, path_of
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.outcomes import GONE, TITLE
from shopbridge.connectors.shoprenter.product_index import PRODUCTS, SeenProduct, ShoprenterProductIndex
from shopbridge.connectors.shoprenter.wire import NOTHING
from shopbridge.connectors.shoprenter.wire_products import WireStocked
from shopbridge.errors import NeedsAttention, Rejected, Unfinished
from shopbridge.mapping.numbers import whole_pieces
from shopbridge.model.base import ExternalId, in_batches
from shopbridge.model.ledger import Reason
from shopbridge.model.stock import (
    Figures,
    ManageStock,
    Standing,
    StockChange,
    StockLevel,
    StockPage,
    StockTraits,
    other_capitals,
    sold_otherwise,
)

NO_SWITCH: Final = Reason(
    code="no_stock_switch",
    text="Whether a product is sold without stock is one setting of the whole shop in Shoprenter",
    fix="Set manage_stock of the connection's stock settings to untouched.",
)


@dataclass(frozen=True)
class ShoprenterStock:
    """What a shop says is there, warehouse by warehouse; a parent that is not sold itself is left out."""

    falls_with_orders = True

    facts: ShopFacts
    index: ShoprenterProductIndex

    def page(self, position: str | None) -> StockPage:
        """Return up to 200 products, versions among them."""
        step = self.index.step(position)
        headings = self.index.headings(each.sold for _, each in step.rows)
        stocks = self.facts.stocks
        levels = (self._level(each.sold, rank, stocks) for rank, each in step.rows if each.sold.id not in headings)
        return StockPage(levels=tuple(levels), position=step.position)

    def of(self, skus: Sequence[str]) -> list[StockLevel]:
        """Return the records with these SKUs, as they are now."""
        found = self.index.look(skus)
        known = {each.sold.id: each.sold for sku, seen in found.items() for each in seen if each.sold.sku == sku}
        headings = self.index.headings(known.values())
        stocks = self.facts.stocks if known else ()
        sold = (known[key] for key in sorted(known) if key not in headings)
        return [self._level(each, self.index.rank(each), stocks) for each in sold]

    def _level(self, sold: WireStocked, rank: int, stocks: Sequence[str]) -> StockLevel:
        return StockLevel(
            sku=sold.sku,
            rank=rank,
            item=ExternalId(sold.id),
            managed=sold.subtract_stock != "0",
            figures=tuple(self._figures(name, sold.stock((name,))) for name in stocks),
        )

    def _figures(self, warehouse: str, units: Decimal | None) -> Figures:
        """Where an order lowers the stock at once, nothing is reserved beside it; else Shoprenter does not say."""
        net = self.facts.settings.orders_lower_stock
        reserved, available = (NOTHING, units) if net else (None, None)
        return Figures(warehouse=warehouse, on_hand=units, reserved=reserved, available=available)


def heading(sku: str) -> Reason:
    """Tell that a parent only stands for its versions in this shop."""
    return sold_otherwise(TITLE, sku, "as the parent of versions")


@dataclass(frozen=True)
class ShoprenterStockWriter:
    """Writes figures by the products' ids, after a look at what is sold under each SKU."""

    facts: ShopFacts
    index: ShoprenterProductIndex

    @property
    def traits(self) -> StockTraits:
        """By SKU, [inferred] whole units, as all samples are."""
        return StockTraits(batch=self.facts.settings.batch, whole_units=True, by_id=False)

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return nothing, without a call: orders take their goods when they are placed, or never."""
        del skus
        return {}

    def reader(self) -> Standings[str]:
        """Read the list page by page."""
        return Standings(TITLE, self._standings)

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> dict[str, Reason]:
        """Write absolute figures, so it may be repeated; a search and a batch.

        Raises:
            NeedsAttention: The shop does not use the warehouse that the settings name.
        """
        if manage != "untouched":
            return {change.sku: NO_SWITCH for change in changes}
        if warehouse not in ("", self.facts.settings.warehouse):
            return {change.sku: _other_warehouse(warehouse, self.facts.settings.warehouse) for change in changes}
        if not changes:
            return {}
        stock = self._chosen()
        found = self.index.look(change.sku for change in changes)
        headings = self.index.headings(each.sold for seen in found.values() for each in seen)
        judged = {change.sku: self._judged(change.sku, found.get(change.sku, ()), headings) for change in changes}
        ids = {sku: each.id for sku, each in judged.items() if isinstance(each, WireStocked)}
        refused = {sku: each for sku, each in judged.items() if isinstance(each, Reason)}
        known = [change for change in changes if change.sku in ids]
        requests = [_written(ids[change.sku], stock, change) for change in known]
        return refused | _refusals(known, send_all(self.facts, requests))

    def _judged(self, sku: str, seen: Sequence[SeenProduct], headings: frozenset[str]) -> WireStocked | Reason:
        """What is sold under an SKU that was looked for, or why no figure can be written."""
        same = next((each.sold for each in seen if each.sold.sku == sku), None)
        if same is not None:
            return heading(sku) if same.id in headings else same
        there = {*self.index.alike(sku), *(each.sold.sku for each in seen)}
        return other_capitals(TITLE, sku, there) or unknown_sku(TITLE, sku)

    def _standings(self, position: str | None) -> tuple[list[Met], str | None]:
        step, stock = self.index.step(position), self._chosen()
        sold = [each.sold for _, each in step.rows]
        headings = self.index.headings(sold)
        return [_met(each, stock, headings) for each in sold], step.position

    def _chosen(self) -> str:
        chosen, used = self.facts.settings.warehouse, self.facts.stocks
        if chosen not in used:
            raise NeedsAttention(
                f"The shop does not use the warehouse {chosen}",
                where=TITLE,
                fix=f"Set warehouse of the connection's Shoprenter side to one of: {', '.join(used)}.",
            )
        return chosen


def send_all(facts: ShopFacts, requests: Sequence[Request]) -> list[Reply]:
    """Send writes that may be repeated, a batch at a time; one that takes too long goes in halves."""
    return [reply for some in in_batches(requests, facts.settings.batch) for reply in _send(facts, some)]


def _send(facts: ShopFacts, some: Sequence[Request]) -> list[Reply]:
    try:
        return facts.api.batch(some)
    except Unfinished:
        if len(some) == 1:
            raise
    middle = len(some) // 2
    return [*_send(facts, some[:middle]), *_send(facts, some[middle:])]


def _written(product: str, stock: str, change: StockChange) -> Request:
    return Request("PUT", path_of(PRODUCTS, product), {stock: str(int(whole_pieces(change.quantity)))})


def _refusals(changes: Sequence[StockChange], replies: Sequence[Reply]) -> dict[str, Reason]:
    pairs = zip(changes, replies, strict=True)
    return {change.sku: _refused(change.sku, reply) for change, reply in pairs if isinstance(reply, Rejected)}


def _met(sold: WireStocked, stock: str, headings: frozenset[str]) -> Met:
    if sold.id in headings:
        return sold.sku, heading(sold.sku)
    units = sold.stock((stock,))
    return sold.sku, None if units is None else Standing(quantity=units, will_deduct=NOTHING)


def _refused(sku: str, error: Rejected) -> Reason:
    if error.code == GONE:
        return unknown_sku(TITLE, sku)
    return Reason(code="refused_by_shop", text=f"{TITLE} refuses the stock of {sku!r}: {error.what}", fix=error.fix)


def _other_warehouse(wanted: str, ours: str) -> Reason:
    return Reason(
        code="no_warehouses",
        text=f"The connection writes to the warehouse {wanted!r}, its Shoprenter side to {ours!r}",
        fix="Set target_warehouse of the stock settings and warehouse of the Shoprenter side to the same one.",
    )
