"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from html import escape

from sandbox.platforms.salespos.order import Order
from sandbox.platforms.salespos.people import display_name
from sandbox.platforms.salespos.shop_info import STATUS_NAMES
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import moment

SHOWN = 500
_HEADINGS = ("Number", "Reference", "Created", "Customer", "Rows", "Total", "VAT", "Paid", "Status")
_STYLE = (
    "body{font-family:sans-serif;margin:2em}"
    "td,th{padding:.3em .8em;text-align:left}"
    "tr:nth-child(even){background:#f4f4f4}"
)


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    newest = list(reversed(shop.orders.values()))[:SHOWN]
    rows = "".join(_row(shop, order) for order in newest)
    head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Emulated SalesPOS</title><style>{_STYLE}</style>"
        f"<h1>Emulated SalesPOS</h1><p>{len(shop.orders)} orders, {len(shop.catalogue)} products, "
        f"{len(shop.users)} users</p><table><tr>{head}</tr>{rows}</table></html>"
    )


def _row(shop: Shop, order: Order) -> str:
    number = f"{shop.settings.number_prefix}-{order.number}" if order.is_completed else "(basket)"
    cells = (
        number,
        order.reservationnumber or "",
        moment(order.created),
        display_name(order.customer),
        len(order.rows),
        f"{order.fields['currency']} {order.totals.price:.2f}",
        f"{order.totals.tax:.2f}",
        "yes" if order.fields["paid"] else "no",
        STATUS_NAMES.get(order.fields["status"], ""),
    )
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
