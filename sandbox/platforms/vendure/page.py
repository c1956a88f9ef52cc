"""A page for people who explore the sandbox: the orders as a shopkeeper would see them."""

from sandbox.platforms.kit.pages import table_page
from sandbox.platforms.vendure.pricing import goods_of, shipping_of
from sandbox.platforms.vendure.state import Order, Shop

_HEADINGS = ("Code", "Placed", "Customer", "Total", "Payment", "State", "Tracking", "Notes")


def orders_page(shop: Shop) -> str:
    """HTML with the newest orders first."""
    summary = f"{len(shop.orders)} orders, {len(shop.products)} products"
    rows = (_row(shop, order) for order in reversed(shop.orders.values()))
    return table_page("Emulated Vendure", summary, _HEADINGS, rows)


def _row(shop: Shop, order: Order) -> tuple[object, ...]:
    buyer = order.spec.buyer
    return (
        order.code,
        f"{order.placed:%Y-%m-%d %H:%M}",
        f"{buyer.first_name} {buyer.last_name}",
        f"{(goods_of(order) + shipping_of(order)).gross / 100:.2f} {shop.currency}",
        ", ".join(f"{each.method} ({each.state})" for each in order.payments),
        order.state,
        ", ".join(each.code for each in order.fulfillments if each.code),
        "; ".join(note for note, _ in order.notes),
    )
