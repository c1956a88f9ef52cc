"""Orders as the API shows them."""

from datetime import datetime
from typing import Any

from sandbox.platforms.vendure.errors import Record
from sandbox.platforms.vendure.filters import listed
from sandbox.platforms.vendure.pricing import (
    Amount,
    goods_of,
    line_of,
    prorated,
    shipping_of,
    surcharges,
    tax_rows,
    unit_of,
)
from sandbox.platforms.vendure.specs import Address
from sandbox.platforms.vendure.state import DEFAULT_CHANNEL, PROCESS, Channel, Order, OrderLine, Payment, Shop


def list_orders(shop: Shop, options: Record | None) -> Record:
    """The orders every filter leaves; one that was bought in a channel is in the default one as well."""

    def columns(order: Order) -> Record:
        return {
            "id": shop.shown(order.id),
            "code": order.code,
            "state": order.state,
            "active": False,
            "type": "Regular",
            "orderPlacedAt": order.placed,
            "updatedAt": order.updated,
        }

    found, count = listed(list(shop.orders.values()), options, columns)
    return {"items": [order_view(shop, order) for order in found], "totalItems": count}


def order_view(shop: Shop, order: Order) -> Record:
    """An order whole."""
    return {
        "__typename": "Order",
        "id": shop.shown(order.id),
        "code": order.code,
        "state": order.state,
        "nextStates": list(PROCESS[order.state]),
        "orderPlacedAt": moment(order.placed),
        "updatedAt": moment(order.updated),
        "currencyCode": shop.currency,
        "couponCodes": [],
        "channels": [channel_view(shop, each) for each in _channels(shop, order)],
        **_totals(order),
        "customer": _customer(shop, order),
        "billingAddress": _address(order.spec.billing),
        "shippingAddress": _address(order.spec.delivery or order.spec.billing),
        "lines": [_line(shop, order, line) for line in order.lines],
        "surcharges": [_surcharge(shop, order, *each) for each in enumerate(surcharges(order))],
        "shippingLines": [{"shippingMethod": _way(shop, order.spec.shipping_method)}],
        "payments": [_payment(shop, each) for each in order.payments],
        "fulfillments": [fulfillment_view(shop, order, each.id) for each in order.fulfillments],
        "history": lambda _info, **_: _history(order),
    }


def _totals(order: Order) -> Record:
    goods, shipping = goods_of(order), shipping_of(order)
    return {
        "total": (goods + shipping).net,
        "totalWithTax": (goods + shipping).gross,
        "shipping": shipping.net,
        "shippingWithTax": shipping.gross,
        "taxSummary": [
            {"description": name, "taxRate": rate, "taxBase": amount.net, "taxTotal": amount.gross - amount.net}
            for name, rate, amount in tax_rows(order)
        ],
    }


def _payment(shop: Shop, payment: Payment) -> Record:
    return {
        "id": shop.shown(payment.id),
        "method": payment.method,
        "amount": payment.amount,
        "state": payment.state,
        "refunds": [{"total": amount, "state": state} for amount, state in payment.refunds],
    }


def moment(at: datetime) -> str:
    """A moment as the API writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def channel_view(shop: Shop, channel: Channel) -> Record:
    """A channel."""
    return {
        "code": channel.code,
        "token": channel.token,
        "defaultCurrencyCode": shop.currency,
        "pricesIncludeTax": channel.gross,
    }


def fulfillment_view(shop: Shop, order: Order, number: int) -> Record:
    """A fulfillment."""
    found = next(each for each in order.fulfillments if each.id == number)
    return {
        "__typename": "Fulfillment",
        "id": shop.shown(found.id),
        "state": found.state,
        "trackingCode": found.code,
        "method": found.method,
    }


def _channels(shop: Shop, order: Order) -> list[Channel]:
    default = shop.channels[DEFAULT_CHANNEL]
    return [default] if order.channel is default else [default, order.channel]


def _customer(shop: Shop, order: Order) -> Record:
    buyer = order.spec.buyer
    return {
        "id": shop.shown(order.customer),
        "emailAddress": buyer.email,
        "firstName": buyer.first_name,
        "lastName": buyer.last_name,
        "phoneNumber": buyer.phone or None,
        "user": None if order.user is None else {"id": shop.shown(order.user)},
    }


def _address(address: Address | None) -> Record:
    """Nothing is null in every field, as of an order that nobody gave an address (platform file, "Orders")."""
    told = address or Address(full_name="", street="", city="", postcode="", country="")
    fields = {
        "fullName": told.full_name,
        "company": told.company,
        "streetLine1": told.street,
        "streetLine2": told.street2,
        "city": told.city,
        "province": told.province,
        "postalCode": told.postcode,
        "country": told.country,
        "countryCode": told.country,
        "phoneNumber": told.phone,
    }
    return {name: value or None for name, value in fields.items()}


def _line(shop: Shop, order: Order, line: OrderLine) -> Record:
    unit, price, after = unit_of(order, line), line_of(order, line), prorated(order, line)
    return {
        "id": shop.shown(line.id),
        "quantity": line.quantity,
        "orderPlacedQuantity": line.ordered,
        "unitPrice": unit.net,
        "unitPriceWithTax": unit.gross,
        "linePrice": price.net,
        "linePriceWithTax": price.gross,
        "proratedLinePrice": after.net,
        "proratedLinePriceWithTax": after.gross,
        "taxRate": line.tax,
        "discounts": [{"description": "Promotion"}] if line.off else [],
        "productVariant": {
            "id": shop.shown(line.variant.id),
            "sku": line.variant.sku,
            "name": line.variant.name,
            "options": options_view(line.variant.options),
        },
        "fulfillmentLines": [
            {"quantity": each.units[line.id], "fulfillment": {"state": each.state}}
            for each in order.fulfillments
            if each.units.get(line.id)
        ],
    }


def options_view(options: dict[str, str]) -> list[Record]:
    """What makes a variant this one."""
    return [{"name": value, "group": {"code": group.lower(), "name": group}} for group, value in options.items()]


def _surcharge(shop: Shop, order: Order, place: int, amount: Amount) -> Record:
    told = order.spec.surcharges[place]
    return {
        "id": shop.shown(order.id * 100 + place),
        "description": told.description,
        "sku": "",
        "price": amount.net,
        "priceWithTax": amount.gross,
        "taxRate": told.tax,
    }


def _way(shop: Shop, code: str) -> Record:
    return {"code": code, "name": shop.shipping_methods.get(code, code)}


def _history(order: Order) -> Record:
    notes: list[Any] = [{"isPublic": public, "data": {"note": note}} for note, public in order.notes]
    return {"items": notes}
