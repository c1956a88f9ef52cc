"""An order as a read shows it (platform file, "Orders")."""

from decimal import Decimal

from sandbox.platforms.cartum.orders.totals import coupon_discount, line_total, total_default, total_sum
from sandbox.platforms.cartum.specs import OrderSpec
from sandbox.platforms.cartum.state import FIRST_IDS, Order, OrderLine, Shop
from sandbox.platforms.cartum.wire import Record, Turn, time_text

NOT_CALCULATED = Decimal(-1)


def order_view(shop: Shop, order: Order, *, additional: bool = False) -> Record:
    """One order.

    Args:
        additional: What ``additionalData`` adds to the older block of one carrier.
    """
    turn, spec = shop.turn(order.id - FIRST_IDS["order"]), order.spec
    return {
        "order_id": order.id,
        "user": order.user,
        **_buyer(spec),
        **_delivery(shop, order, turn),
        "additional_data": {"recipient_warehouse_ref": ""} if additional else {},
        **({"comment": spec.comment} if shop.assumed.comment_told else {}),
        **_payment(shop, order, turn),
        **_money(order, turn),
        "stat_status": order.status,
        "stat_created": time_text(order.placed),
        "analytics": _analytics(spec, turn),
        "products": [_line(line, turn) for line in order.lines],
    }


def _buyer(spec: OrderSpec) -> Record:
    return {
        "delivery_name": spec.buyer.name,
        "delivery_email": spec.buyer.email,
        "delivery_phone": spec.buyer.phone,
        "delivery_city": spec.address.city,
        "delivery_city_stable": spec.address.city if spec.address.own_city is None else spec.address.own_city,
        "delivery_address": spec.address.street,
    }


def _named(table: dict[int, Record], wanted: object, language: str | None) -> Record:
    """A way to deliver or to pay, called as on the site where the order was placed; one that is gone has no title."""
    found = table.get(wanted) if isinstance(wanted, int) else None
    return {"id": wanted, "title": found["title"].get(language, "") if found else ""}


def _delivery(shop: Shop, order: Order, turn: Turn) -> Record:
    spec = order.spec
    price = NOT_CALCULATED if spec.delivery_price is None else spec.delivery_price
    return {
        "delivery_type": _named(shop.deliveries, spec.delivery, spec.language),
        "delivery_price": turn.number(price),
        "delivery_data": delivery_data(order),
    }


def delivery_data(order: Order) -> Record:
    """The block of the waybill, which is there without one too (K1)."""
    unset = dict.fromkeys(("deliveryOperatorType", "tnNumber", "tnId", "tnStatusName", "tnTrackingUpdateDate"))
    return {
        **unset,
        **order.waybill,
        "estimatedDeliveryDate": None,
        "ownTTNPicked": False,
        "departure": {},
        "destination": {},
    }


def _payment(shop: Shop, order: Order, turn: Turn) -> Record:
    return {
        "payment_type": _named(shop.payments, order.spec.payment, order.spec.language),
        "payment_price": turn.number(order.spec.payment_price),
        "payed": turn.number(int(order.paid)),
        "currency": order.spec.currency,
    }


def _money(order: Order, turn: Turn) -> Record:
    coupon = order.spec.coupon
    return {
        "total_default": turn.number(total_default(order)),
        "total_sum": turn.number(total_sum(order)),
        "total_quantity": turn.number(sum((line.quantity for line in order.lines if line.counts), Decimal(0))),
        "discount_value": turn.number(order.spec.discount),
        "coupon_code": coupon.code if coupon else "",
        "coupon_percent": turn.number(coupon.percent if coupon else 0),
        "coupon_discount_value": turn.number(coupon_discount(order)),
    }


def _analytics(spec: OrderSpec, turn: Turn) -> Record:
    """Where the buyer came from: direct traffic has several spellings, and a campaign may be a number (K1)."""
    direct = {"utm_source": turn.pick("", "(direct)"), "utm_medium": turn.pick("", "(none)"), "utm_campaign": ""}
    told = direct if spec.campaign is None else {"utm_source": "google", "utm_medium": "cpc"}
    campaign = {} if spec.campaign is None else {"utm_campaign": spec.campaign}
    return {**told, **campaign, "utm_term": "", "utm_content": "", "google_client_id": ""}


def _line(line: OrderLine, turn: Turn) -> Record:
    return {
        "article": line.article,
        "title": line.title,
        "price": turn.number(line.price),
        "quantity": turn.number(line.quantity),
        "total_price": turn.number(line_total(line)),
        "discount_marker": line.marker,
        "type": line.type,
    }
