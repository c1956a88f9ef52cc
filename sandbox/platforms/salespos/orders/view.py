"""An order as a read shows it (SDK S1, generated client S4)."""

from sandbox.platforms.salespos.orders.record import Order
from sandbox.platforms.salespos.people import shown
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record, moment

_COLLECTIONS = (
    "orderrows",
    "ordernotes",
    "ordermessages",
    "ordernotifications",
    "invoices",
    "terminalreceipts",
    "fiscaltransactionsignatures",
)


def order_view(shop: Shop, root: str, order: Order) -> Record:
    """The order; rows and notes are links."""
    href = f"{root}/orders/{order.id}/"
    return {
        "href": href,
        "id": order.id,
        "create_date": moment(order.created),
        **order.fields,
        **_numbers(shop, order),
        **_sums(order),
        **_payment(shop, order),
        "is_completed": order.is_completed,
        "basket_href": None if order.is_completed else f"{root}/basket/{order.id}",
        "checkout_href": None if order.is_completed else f"{root}/checkout/{order.id}",
        "user": None if order.user_id not in shop.users else {"href": f"{root}/users/{order.user_id}/"},
        "customer": shown(order.customer),
        "discountcoupon": None,
        "pickup_address": None,
        **{name: {"href": f"{href}{name}/"} for name in _COLLECTIONS},
    }


def _numbers(shop: Shop, order: Order) -> Record:
    """All null until the order is completed."""
    if order.number is None:
        names = ("ordernumber_prefix", "ordernumber", "ordernumber_full", "invoicenumber")
        return dict.fromkeys(names)
    prefix = shop.settings.number_prefix
    return {
        "ordernumber_prefix": prefix,
        "ordernumber": order.number,
        "ordernumber_full": f"{prefix}-{order.number}",
    }


def _sums(order: Order) -> Record:
    return {
        "total_orderrow_price": order.totals.orderrows,
        "total_discounts": order.totals.discounts,
        "total_price": order.totals.price,
        "total_tax": order.totals.tax,
        "shipping_tax_percentage": order.totals.fee_tax_rate,
        "total_weight": sum(row.count * row.weight for row in order.rows),
    }


def _payment(shop: Shop, order: Order) -> Record:
    method = shop.table("paymethods").get(order.paymethod_id or 0, {})
    return {
        "transaction_id": order.transaction_id,
        "paymethod_id": order.paymethod_id,
        "paymethod": method.get("combined_name"),
        "paymethod_label": method.get("label"),
    }
