"""How orders move the stock. The platform file does not say when it falls: ``Assumed`` does."""

from collections.abc import Iterable

from sandbox.platforms.gomag.state import Order, OrderLine, Product, Shop, Status


def order_placed(shop: Shop, order: Order) -> None:
    """The goods leave the stock, unless the order was cancelled from the start."""
    if _holds(shop, shop.statuses[order.status]):
        move(shop, order.lines, -1)


def order_moved(shop: Shop, order: Order, old: Status, new: Status) -> None:
    """A cancelled order gives its goods back, a revived one takes them again."""
    if _holds(shop, old) and not _holds(shop, new):
        move(shop, order.lines, 1)
    if not _holds(shop, old) and _holds(shop, new):
        move(shop, order.lines, -1)


def order_edited(shop: Shop, order: Order, old: Iterable[OrderLine]) -> None:
    """The old lines give back, the new ones take."""
    if _holds(shop, shop.statuses[order.status]):
        move(shop, old, 1)
        move(shop, order.lines, -1)


def move(shop: Shop, lines: Iterable[OrderLine], sign: int) -> None:
    """Change the stock of what the lines name; it may fall below 0."""
    if not shop.assumed.stock_falls_at_placement:
        return
    for line in lines:
        for each in shop.sold_as(line.sku)[:1]:
            each.stock += sign * line.quantity
            stock_changed(shop, each.product)


def stock_changed(shop: Shop, product: Product) -> None:
    """A change of nothing but stock."""
    if shop.assumed.stock_moves_updated:
        product.updated = shop.now()


def _holds(shop: Shop, status: Status) -> bool:
    """Whether an order of this status keeps its goods."""
    return not (status.releases_stock and shop.assumed.cancelled_returns_stock)
