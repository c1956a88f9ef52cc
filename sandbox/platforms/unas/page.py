"""The page a person sees who opens the emulator in a browser."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.unas.inferred import local
from sandbox.platforms.unas.pricing import total
from sandbox.platforms.unas.state import Order, Shop
from sandbox.platforms.unas.wire import below, plain

_HEADINGS = ("Key", "Placed", "Billed to", "Total", "Payment", "Status", "Invoice")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(list(shop.living()))} products"
    rows = (_row(shop, order) for order in reversed(list(shop.orders.values())))
    return table_page("Emulated UNAS", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    nodes = order.nodes
    return (
        order.key,
        f"{local(order.placed):%Y-%m-%d %H:%M}",
        below(nodes, "Customer", "Addresses", "Invoice", "Name"),
        f"{plain(total(order))} {nodes['Currency']}",
        below(nodes, "Payment", "Name"),
        shop.table("OrderStatus")[order.status]["Name"],
        below(nodes, "Invoice", "Number"),
    )
