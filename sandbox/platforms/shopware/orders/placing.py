"""Placing and editing orders: complete Shopware structures from a short specification."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware import seed, stock
from sandbox.platforms.shopware.orders.lines import Priced, add_lines, price_lines
from sandbox.platforms.shopware.orders.parties import (
    Places,
    add_order_address,
    add_order_addresses,
    add_order_customer,
    customer_of,
)
from sandbox.platforms.shopware.orders.pricing import (
    HUNDRED,
    CartPrice,
    Price,
    calculate,
    cart_price,
    merged,
    shares_of,
    untaxed,
)
from sandbox.platforms.shopware.specs import REDUCTIONS, OrderSpec, Payment, Shipping
from sandbox.platforms.shopware.state import PART_OF_ORDER, Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID, make_id, number, stamp


@dataclass(frozen=True)
class Bill:
    """Everything of an order that was calculated."""

    lines: Sequence[Priced]
    shipping: Sequence[Price]
    cart: CartPrice

    @property
    def shipping_total(self) -> Price:
        """The sum over all deliveries, negative ones included."""
        total = sum((price.total for price in self.shipping), Decimal(0))
        return Price(total, 1, total, merged(self.shipping), shares_of(self.shipping))

    @property
    def amount(self) -> Price:
        """What is to be paid."""
        taxes = self.cart.taxes
        return Price(self.cart.total, 1, self.cart.total, taxes, dict.fromkeys(taxes, HUNDRED))

    def to_row(self) -> dict[str, Any]:
        """The order's fields that come from the calculation."""
        return {
            "price": self.cart.to_json(),
            "amountTotal": number(self.cart.total),
            "amountNet": number(self.cart.net),
            "positionPrice": number(self.cart.positions),
            "taxStatus": self.cart.taxing.status,
            "taxCalculationType": self.cart.taxing.calculation,
            "shippingCosts": self.shipping_total.to_json(),
            "shippingTotal": number(self.shipping_total.total),
            "itemRounding": self.cart.taxing.item.to_json(),
            "totalRounding": self.cart.taxing.total.to_json(),
        }


def calculate_bill(shop: Shop, spec: OrderSpec) -> Bill:
    """Calculate an order.

    Raises:
        ValueError: A line cannot be priced.
    """
    lines = price_lines(shop, spec.lines, spec.taxing)
    goods = shares_of(priced.price for priced in lines if priced.line.type not in REDUCTIONS)
    shipping = [
        calculate(each.cost, 1, goods if each.tax is None else {each.tax: HUNDRED}, spec.taxing)
        for each in spec.shipping
    ]
    return Bill(lines, shipping, cart_price([priced.price for priced in lines], shipping, spec.taxing))


def place(shop: Shop, spec: OrderSpec) -> Row:
    """Write a new order with everything that belongs to it."""
    bill = calculate_bill(shop, spec)
    channel = seed.sales_channel(shop, spec.sales_channel)
    customer = customer_of(shop, spec, channel.id)
    order_id = shop.new_id("order")
    places = add_order_addresses(shop, order_id, spec)
    add_order_customer(shop, order_id, spec.buyer, customer)
    lines = add_lines(shop, order_id, bill.lines)
    deliveries = _add_deliveries(shop, order_id, spec, bill, places)
    _add_positions(shop, deliveries[:1], lines)
    payments = [
        add_transaction(shop, order_id, payment, bill.amount, _placed(shop, spec, number_))
        for number_, payment in enumerate(spec.payments)
    ]
    links = {
        "primaryOrderDeliveryId": _primary(deliveries),
        "primaryOrderTransactionId": _named(payments, spec.primary_payment),
    }
    values = _order_values(shop, spec, bill) | links
    ids = {"id": order_id, "salesChannelId": channel.id, "billingAddressId": places.billing}
    tags = [seed.tag(shop, name).id for name in spec.tags]
    order = shop.insert("order", values | ids, tagIds=tags)
    _made_together(shop, order)
    _count_order(shop, customer, bill.cart.total)
    stock.order_placed(shop, order)
    shop.happened("checkout.order.placed", order.id)
    return order


def _made_together(shop: Shop, order: Row) -> None:
    """An order and its parts are written in one go; further payments a moment later, each."""
    for entity in PART_OF_ORDER - {"order_transaction"}:
        for row in shop.store.children(entity, "orderId", order.id):
            row.values["createdAt"] = order.values["createdAt"]


def edit(shop: Shop, order: Row, spec: OrderSpec) -> None:
    """Calculate the order anew, as the administration does when lines are edited, and write it.

    Lines, prices and shipping costs change; customer, addresses, payments and states stay. A line keeps
    its id when one stands at the same place.
    """
    bill = calculate_bill(shop, spec)
    before = stock.quantities(shop, order)
    for row in list(shop.store.children("order_line_item", "orderId", order.id)):
        for position in list(shop.store.children("order_delivery_position", "orderLineItemId", row.id)):
            shop.store.delete(position)
        shop.delete(row)
    lines = add_lines(shop, order.id, bill.lines)
    deliveries = shop.store.children("order_delivery", "orderId", order.id)
    for delivery, price in zip(deliveries, bill.shipping, strict=False):
        shop.update(delivery, {"shippingCosts": price.to_json()})
    _add_positions(shop, deliveries[:1], lines)
    shop.update(order, bill.to_row())
    stock.order_edited(shop, before, stock.quantities(shop, order))


def add_transaction(shop: Shop, order_id: str, payment: Payment, due: Price, created_at: str) -> Row:
    """Write a payment attempt, over what is due unless it says another amount; no later edit changes that.

    Raises:
        ValueError: The shop does not know the payment method or the state.
    """
    method = shop.store.find("payment_method", name=payment.method)
    if method is None:
        raise ValueError(f"The shop has no payment method {payment.method!r}")
    amount = due if payment.amount is None else untaxed(payment.amount)
    values = {
        "orderId": order_id,
        "paymentMethodId": method.id,
        "amount": amount.to_json(),
        "stateId": shop.state_id("order_transaction", payment.state),
        "createdAt": created_at,
    }
    return shop.insert("order_transaction", values)


def _order_values(shop: Shop, spec: OrderSpec, bill: Bill) -> dict[str, Any]:
    serial = shop.count("order")
    placed = _placed(shop, spec)
    currency = _currency(shop, spec)
    return bill.to_row() | {
        "autoIncrement": serial,
        "orderNumber": spec.number or _next_number(shop, spec),
        "orderDateTime": placed,
        "orderDate": f"{placed[:10]}T00:00:00.000+00:00",
        "createdAt": placed,
        "currencyId": currency.id,
        "currencyFactor": currency.values["factor"],
        "languageId": SYSTEM_LANGUAGE_ID,
        "stateId": shop.state_id("order", spec.state),
        "deepLinkCode": make_id(shop.key, "deep link", serial),
        "customerComment": spec.comment,
        "internalComment": spec.internal_comment,
        "affiliateCode": spec.affiliate_code,
        "campaignCode": spec.campaign_code,
        "source": spec.source,
        "customFields": dict(spec.custom_fields) if spec.custom_fields is not None else None,
        "ruleIds": [],
    }


def _next_number(shop: Shop, spec: OrderSpec) -> str:
    used = seed.range_of(shop, seed.sales_channel(shop, spec.sales_channel).id)
    number_ = used.values["start"] - 1 + shop.count(f"number of {used.id}")
    return str(used.values["pattern"]).replace("{n}", str(number_))


def _placed(shop: Shop, spec: OrderSpec, after: int = 0) -> str:
    moment = (spec.placed_at or shop.clock()).astimezone(UTC)
    return stamp(moment + timedelta(milliseconds=after))


def _currency(shop: Shop, spec: OrderSpec) -> Row:
    wanted = {"isoCode": spec.currency} if spec.currency else {"isSystemDefault": True}
    found = shop.store.find("currency", **wanted)
    if found is None:
        raise ValueError(f"The shop has no currency {spec.currency!r}")
    return found


def _add_deliveries(shop: Shop, order_id: str, spec: OrderSpec, bill: Bill, places: Places) -> list[Row]:
    made: list[Row] = []
    for each, price in zip(spec.shipping, bill.shipping, strict=True):
        own = add_order_address(shop, order_id, each.address, spec.buyer) if each.address else places.shipping
        made.append(_add_delivery(shop, order_id, each, price, own))
    return made


def _add_delivery(shop: Shop, order_id: str, each: Shipping, price: Price, address_id: str) -> Row:
    method = shop.store.find("shipping_method", name=each.method)
    if method is None:
        raise ValueError(f"The shop has no shipping method {each.method!r}")
    today = shop.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    values = {
        "orderId": order_id,
        "shippingMethodId": method.id,
        "shippingOrderAddressId": address_id,
        "shippingDateEarliest": stamp(today + timedelta(days=1)),
        "shippingDateLatest": stamp(today + timedelta(days=3)),
        "trackingCodes": list(each.tracking),
        "shippingCosts": price.to_json(),
        "stateId": shop.state_id("order_delivery", each.state),
    }
    return shop.insert("order_delivery", values)


def _add_positions(shop: Shop, deliveries: Sequence[Row], lines: Sequence[Row]) -> None:
    for delivery in deliveries:
        for line in lines:
            copied = {name: line.values[name] for name in ("price", "unitPrice", "totalPrice", "quantity")}
            owner = {"orderDeliveryId": delivery.id, "orderLineItemId": line.id}
            shop.insert("order_delivery_position", owner | copied)


def _primary(deliveries: Sequence[Row]) -> str | None:
    """The real delivery: the one with the highest cost, discounts being negative."""
    costs = {row.id: row.values["shippingCosts"]["unitPrice"] for row in deliveries}
    return max(costs, key=lambda row_id: costs[row_id]) if costs else None


def _named(rows: Sequence[Row], at: int) -> str | None:
    return rows[at].id if rows else None


def _count_order(shop: Shop, customer: Row, total: Decimal) -> None:
    """The customer's sums are kept by SQL, so they move neither ``updatedAt`` nor raise an event."""
    spent = Decimal(str(customer.values["orderTotalAmount"])) + total
    sums = {"orderCount": customer.values["orderCount"] + 1, "orderTotalAmount": number(spent)}
    shop.store.write(customer, sums)
