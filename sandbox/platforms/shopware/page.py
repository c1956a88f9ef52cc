"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row

_HEADINGS = ("Number", "Placed", "Customer", "Company", "Total", "Order", "Payment", "Delivery")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    orders = list(shop.store.all("order"))
    rows = (_row(shop, order) for order in reversed(orders))
    return table_page(f"Emulated Shopware {shop.version}", f"{len(orders)} orders", _HEADINGS, rows)


def _row(shop: Shop, order: Row) -> tuple[object, ...]:
    customer = shop.store.children("order_customer", "orderId", order.id)[0].values
    currency = shop.store.tables["currency"][order.values["currencyId"]].values["isoCode"]
    return (
        order.values["orderNumber"],
        order.values["orderDateTime"][:16].replace("T", " "),
        f"{customer['firstName']} {customer['lastName']}",
        customer["company"] or "",
        f"{order.values['amountTotal']:.2f} {currency}",
        shop.state_name(order),
        _states(shop, "order_transaction", order),
        _states(shop, "order_delivery", order),
    )


def _states(shop: Shop, entity: str, order: Row) -> str:
    return ", ".join(shop.state_name(row) for row in shop.store.children(entity, "orderId", order.id))
