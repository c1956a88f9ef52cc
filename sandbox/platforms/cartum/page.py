"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.cartum.inferred import local
from sandbox.platforms.cartum.orders.totals import to_pay
from sandbox.platforms.cartum.state import Order, Shop
from sandbox.platforms.kit.pages import table_page

_HEADINGS = ("Number", "Placed", "Customer", "To pay", "Payment", "Paid", "Status", "Tracking")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(shop.products)} products"
    rows = (_row(shop, order) for order in reversed(shop.orders.values()))
    return table_page("Emulated Cartum", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    spec = order.spec
    language = spec.language or shop.languages[0]
    payment = shop.payments.get(spec.payment) if isinstance(spec.payment, int) else None
    return (
        order.id,
        f"{local(order.placed):%Y-%m-%d %H:%M}",
        spec.buyer.name,
        f"{to_pay(order):.2f} {spec.currency}",
        payment["title"].get(language, "") if payment else "",
        "yes" if order.paid else "",
        shop.statuses[order.status].titles.get(language, order.status),
        order.tracking_code,
    )
