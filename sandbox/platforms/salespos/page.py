"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.salespos.orders.record import Order
from sandbox.platforms.salespos.people import display_name
from sandbox.platforms.salespos.shop_info import STATUS_NAMES
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import moment

_HEADINGS = ("Number", "Reference", "Created", "Customer", "Rows", "Total", "VAT", "Paid", "Status")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(shop.catalogue)} products, {len(shop.users)} users"
    rows = (_row(shop, order) for order in reversed(shop.orders.values()))
    return table_page("Emulated SalesPOS", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    return (
        f"{shop.settings.number_prefix}-{order.number}" if order.is_completed else "(basket)",
        order.reservationnumber or "",
        moment(order.created),
        display_name(order.customer),
        len(order.rows),
        f"{order.fields['currency']} {order.totals.price:.2f}",
        f"{order.totals.tax:.2f}",
        "yes" if order.fields["paid"] else "no",
        STATUS_NAMES.get(order.fields["status"], ""),
    )
