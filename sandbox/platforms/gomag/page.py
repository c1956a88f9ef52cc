"""The page a person sees who opens the emulated shop in a browser."""

from markupsafe import Markup

from sandbox.platforms.gomag.inferred import local
from sandbox.platforms.gomag.state import Order, Shop
from sandbox.platforms.gomag.totals import total

SHOWN = 200
_ROW = Markup("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n")
_PAGE = Markup(
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Emulated Gomag</title>"
    "<style>body{{font:15px system-ui;margin:2rem}}td,th{{padding:.3rem .8rem;text-align:left}}"
    "tr:nth-child(even){{background:#f4f4f4}}</style>"
    "<h1>Emulated Gomag</h1><p>{orders} orders, the newest first; {products} products.</p><table>"
    "<tr><th>Number<th>Placed<th>Customer<th>Company<th>Total<th>Payment<th>Status</tr>\n"
    "{rows}</table></html>"
)


def orders_page(shop: Shop) -> str:
    """The newest orders with their statuses."""
    newest = list(reversed(list(shop.orders.values())))[:SHOWN]
    rows = Markup("").join(_row(shop, order) for order in newest)
    return _PAGE.format(orders=len(shop.orders), products=len(shop.products), rows=rows)


def _row(shop: Shop, order: Order) -> Markup:
    spec = order.spec
    return _ROW.format(
        order.number,
        f"{local(order.placed):%Y-%m-%d %H:%M}",
        f"{spec.buyer.first_name} {spec.buyer.last_name}",
        spec.buyer.company.name if spec.buyer.company else "",
        f"{total(shop, order):.2f} {spec.currency}",
        spec.payment,
        shop.statuses[order.status].name,
    )
