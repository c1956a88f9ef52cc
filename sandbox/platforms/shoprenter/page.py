"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.shoprenter.orders.totals import text
from sandbox.platforms.shoprenter.records import Order
from sandbox.platforms.shoprenter.state import Shop

_HEADINGS = ("Number", "Placed", "Customer", "Company", "Total", "Payment", "Status")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(shop.products)} products"
    rows = (_row(shop, order) for order in reversed(shop.orders.values()))
    return table_page("Emulated Shoprenter", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    spec = order.spec
    return (
        order.id,
        f"{shop.local(order.created):%Y-%m-%d %H:%M}",
        f"{spec.billing.family_name} {spec.billing.given_name}",
        spec.billing.company,
        text(shop.currency_of(spec.currency), order.total * spec.exchange),
        spec.payment.name,
        next(iter(shop.statuses[order.status].names.values())) if order.status else "unfinished",
    )
