"""Holds the settings of stock against what both sides say of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from shopbridge.flows.stock.figures import sellable
from shopbridge.model.connection import SIDES_OF, ConnectionSettings, Side
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.model.stock import StockLevel, StockSettings
from shopbridge.ports import OpenOrders, StockSource

Words = Mapping[Side, Vocabulary]


def stock_problems(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """Warehouses that a side does not have; a side that names none proves nothing. Pure."""
    stock = settings.stock
    if not stock.active:
        return
    source, target = (words.get(side, {}).get("warehouse", ()) for side in SIDES_OF[stock.direction])
    for name in stock.warehouses:
        if source and name not in _keys(source):
            yield f"stock.warehouses: the source has no warehouse {name!r}. Choose one of: {_listed(source)}."
    if stock.target_warehouse and target and stock.target_warehouse not in _keys(target):
        yield (
            f"stock.target_warehouse: the target has no warehouse {stock.target_warehouse!r}. "
            f"Choose one of: {_listed(target)}."
        )
    if not stock.target_warehouse and len(target) > 1:
        yield f"stock.target_warehouse: the target has several. Choose one of: {_listed(target)}."


def stock_remarks(settings: ConnectionSettings, words: Words) -> Iterator[str]:
    """What an operator should know of the direction and the warehouse that were chosen. Pure."""
    stock, matched = settings.stock, settings.orders.products
    if not stock.active:
        return
    if stock.direction == "shop_to_office":
        yield (
            "Stock travels from the shop to the back office: what is sold at the till lowers the back office's figure "
            "only, the shop goes on selling it, and the shop's next figure takes the sale back."
        )
    target = words.get(SIDES_OF[stock.direction][1], {})
    if stock.target_warehouse and target and not target.get("warehouse"):
        yield (
            "stock.target_warehouse: the target names no warehouses, so it may take no stock for "
            f"{stock.target_warehouse!r}. Leave the setting empty unless you know better."
        )
    if (matched.shop_field, matched.office_field) != ("sku", "sku"):
        yield "Stock is matched by SKU, though products of orders are matched by other fields."


def page_problems(settings: StockSettings, source: StockSource) -> Iterator[str]:
    """Whether the source says what the formula needs, by its first page.

    Raises:
        BridgeError: The source cannot be read.
    """
    managed = [level for level in source.page(None).levels if level.sku and level.managed]
    if managed and not any(isinstance(sellable(level, settings), Decimal) for level in managed):
        yield _strange_warehouses(settings, managed) or (
            f"stock.formula: none of the first {len(managed)} records of the source says what {settings.formula!r} "
            "needs. Choose another formula."
        )


def _strange_warehouses(settings: StockSettings, levels: Sequence[StockLevel]) -> str:
    """Warehouses of the settings in which the source has none of the records; empty when each of them is there."""
    seen = {figures.warehouse for level in levels for figures in level.figures}
    strange = [name for name in settings.warehouses if name not in seen]
    if not strange:
        return ""
    named = sorted(seen - {""})
    choice = f"Choose one of: {', '.join(named)}." if named else "The source names none: leave the setting empty."
    return (
        f"stock.warehouses: none of the first {len(levels)} records of the source tells its stock in "
        f"{', '.join(strange)}. {choice}"
    )


def formula_remarks(settings: StockSettings, shop: OpenOrders) -> Iterator[str]:
    """A shop's figure that still holds what it has sold.

    Raises:
        BridgeError: The shop cannot be asked.
    """
    if settings.direction == "shop_to_office" and settings.formula == "on_hand" and not shop.deducts_at_order():
        yield (
            "stock.formula: this shop takes an order's units off when it is completed, so `on_hand` counts units that "
            "are sold already; the back office would get those of imported orders back. Use `on_hand_minus_reserved`."
        )


def _keys(choices: tuple[Choice, ...]) -> list[str]:
    return [choice.key for choice in choices]


def _listed(choices: tuple[Choice, ...]) -> str:
    return ", ".join(_keys(choices))
