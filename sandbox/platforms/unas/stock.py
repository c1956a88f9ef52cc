"""Stock moves with orders: statuses that hold goods take them, others give them back (platform file, "Orders")."""

from decimal import Decimal

from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.orders.lines import is_goods
from sandbox.platforms.unas.pricing import items_of
from sandbox.platforms.unas.state import MAIN, Lot, Order, Product, Shop, Spot, Taken
from sandbox.platforms.unas.wire import Record, amount

HOLDING = ("open_normal", "close_ok")
"""``close_fault`` puts the goods back, ``open_prepare`` does not hold them yet."""


def holds(shop: Shop, status: int) -> bool:
    """Whether orders of a status have their goods."""
    return shop.table("OrderStatus")[status]["Type"] in HOLDING


def settle(shop: Shop, order: Order) -> None:
    """Give back what an order took, and take what it holds now, if it holds anything."""
    give_back(shop, order)
    if holds(shop, order.status):
        order.taken = [each for item in items_of(order) if (each := _wanted(shop, item))]
        for each in order.taken:
            _move(shop, each, -each.quantity)


def give_back(shop: Shop, order: Order) -> None:
    """Put an order's goods back."""
    for each in order.taken:
        _move(shop, each, each.quantity)
    order.taken = []


def _wanted(shop: Shop, item: Record) -> Taken | None:
    """[inferred] Goods come from the main stock."""
    product = product_of_item(shop, item) if is_goods(item) else None
    if product is None or not product.flag("Active"):
        return None
    chosen = sorted(listed(item, "Variants", "Variant"), key=lambda each: str(each.get("Id", "")))
    values = tuple(each["Value"] for each in chosen) if product.by_variant else ()
    return Taken(product.id, (MAIN, values), amount(item["Quantity"]))


def product_of_item(shop: Shop, item: Record) -> Product | None:
    """The product of a line: by its id, and else by its SKU."""
    known = shop.products.get(int(item["Id"])) if str(item.get("Id", "")).isdigit() else None
    return known or shop.product_of(item.get("Sku", ""))


def _move(shop: Shop, taken: Taken, by: Decimal) -> None:
    product = shop.products[taken.product]
    put(shop, product, taken.spot, product.stock.get(taken.spot, Lot()).qty + by)


def put(shop: Shop, product: Product, spot: Spot, qty: Decimal) -> None:
    """Write a figure."""
    product.stock.setdefault(spot, Lot()).qty = qty
    product.moved = shop.now()
    if shop.assumed.stock_moves_last_mod:
        product.modified = shop.now()
