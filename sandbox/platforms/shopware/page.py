"""The page a person sees who opens the emulated shop in a browser."""

from markupsafe import Markup

from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row

SHOWN = 200
_ROW = Markup("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>\n")
_PAGE = Markup(
    "<!DOCTYPE html><html lang=en><meta charset=utf-8><title>{title}</title>"
    "<style>body{{font:15px system-ui;margin:2rem}}td,th{{padding:.3rem .8rem;text-align:left}}"
    "tr:nth-child(even){{background:#f4f4f4}}</style>"
    "<h1>{title}</h1><p>{count} orders, the newest first.</p><table>"
    "<tr><th>Number<th>Placed<th>Customer<th>Company<th>Total<th>Order<th>Payment<th>Delivery</tr>\n"
    "{rows}</table></html>"
)


def orders_page(shop: Shop) -> str:
    """The newest orders with their states."""
    orders = list(shop.store.all("order"))
    rows = Markup("").join(_row(shop, order) for order in reversed(orders[-SHOWN:]))
    title = f"Emulated Shopware {shop.version}"
    return _PAGE.format(title=title, count=len(orders), rows=rows)


def _row(shop: Shop, order: Row) -> Markup:
    customer = shop.store.children("order_customer", "orderId", order.id)[0].values
    currency = shop.store.tables["currency"][order.values["currencyId"]].values["isoCode"]
    return _ROW.format(
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
