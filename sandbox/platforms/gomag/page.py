"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.gomag.inferred import local
from sandbox.platforms.gomag.orders.totals import total
from sandbox.platforms.gomag.state import Order, Shop
from sandbox.platforms.kit.pages import table_page

_HEADINGS = ("Number", "Placed", "Customer", "Company", "Total", "Payment", "Status")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(shop.products)} products"
    rows = (_row(shop, order) for order in reversed(shop.orders.values()))
    return table_page("Emulated Gomag", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    spec = order.spec
    return (
        order.number,
        f"{local(order.placed):%Y-%m-%d %H:%M}",
        f"{spec.buyer.first_name} {spec.buyer.last_name}",
        spec.buyer.company.name if spec.buyer.company else "",
        f"{total(shop, order):.2f} {spec.currency}",
        spec.payment,
        shop.statuses[order.status].name,
    )
