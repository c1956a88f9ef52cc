"""What an automation sends of an order (platform file, "JSON payload"): a tree of its own, unlike the order of the API.

``total`` is the goods net, ``taxPrice`` their tax, ``totalGross`` what is to pay; a line has a quantity, and its
``innerId`` is the line's.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sandbox.platforms.shoprenter.orders.placing import CONFIRMED
from sandbox.platforms.shoprenter.records import History, Order, OrderLine
from sandbox.platforms.shoprenter.specs import Address
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Record, encoded, plain

_FOUR = Decimal("0.0001")
_OWN = {"orderHistory", "orderProducts"}


def payload(shop: Shop, event: str, order: Order, fields: Collection[str] | None) -> Record:
    """The tree of one order; ``fields`` are what the merchant ticked, None is the default set."""
    shown = _order(shop, order)
    history, lines = _history(shop, order), [_line(shop, order, line) for line in order.lines]
    if fields is not None:
        shown = _ticked({**shown, **_order_extras(shop, event, order)}, "order_", fields)
        history = _ticked(history, "orderHistory_", fields)
        more = [_line_extras(event, line) for line in order.lines]
        lines = [_ticked({**one, **two}, "orderProduct_", fields) for one, two in zip(lines, more, strict=True)]
    whole = {**shown, "orderHistory": history, "orderProducts": {"orderProduct": lines}}
    ticked = {
        name: value for name, value in whole.items() if name not in _OWN or fields is None or any([*lines, history])
    }
    return {"orders": {"order": [ticked]}}


def _order(shop: Shop, order: Order) -> Record:
    spec, shop_language = order.spec, shop.language_of(order.spec.language)
    return {
        "storeName": shop.name,
        "innerId": str(order.id),
        "innerResourceId": f"orders/{encoded(Key('order', (order.id,)))}",
        "outerResourceId": "",
        "firstname": spec.billing.family_name,
        "lastname": spec.billing.given_name,
        "phone": spec.phone,
        "fax": "",
        "email": spec.email,
        "cart_token": "tok1",
        **_place(shop, "shipping", spec.shipping_address or spec.billing),
        **_place(shop, "payment", spec.billing),
        "paymentTaxnumber": spec.tax_number,
        **_fees(shop, order),
        "languageId": str(shop_language.id),
        "languageCode": shop_language.code,
        "comment": spec.comment,
        **_sums(shop, order),
        "currency": spec.currency,
    }


def _place(shop: Shop, kind: str, place: Address) -> Record:
    values = {
        "Firstname": place.family_name,
        "Lastname": place.given_name,
        "Company": place.company,
        "Address1": place.street,
        "Address2": place.extra,
        "City": place.city,
        "CountryName": shop.country_of(place.country).name,
        "ZoneName": place.zone,
        "Postcode": place.postcode,
    }
    return {f"{kind}{name}": value for name, value in values.items()}


def _fees(shop: Shop, order: Order) -> Record:
    """Net prices are numbers, the gross one of shipping is a text; the parcel point is not in the name."""
    spec = order.spec
    mode = shop.mode("shippingMode", spec.shipping.name, spec.shipping.extension)
    return {
        "shippingMethodName": spec.shipping.name,
        "shippingNetPrice": _net(spec.shipping.gross, spec.shipping.tax),
        "shippingGrossPrice": plain(spec.shipping.gross),
        "shippingInnerResourceId": f"shippingModeExtend/{encoded(Key('shippingMode', (mode.id,)))}",
        "paymentMethodName": spec.payment.name,
        "paymentNetPrice": _net(spec.payment.gross, spec.payment.tax),
        "paymentGrossPrice": spec.payment.gross,
        "couponCode": spec.coupon.code if spec.coupon else "",
        "couponGrossPrice": plain(-spec.coupon.gross) if spec.coupon else None,
    }


def _net(gross: Decimal, tax: Decimal) -> Decimal:
    return (gross / (1 + tax / 100)).quantize(_FOUR)


def _sums(shop: Shop, order: Order) -> Record:
    values: dict[str, Decimal] = {}
    for row in order.totals:
        values[row.type] = values.get(row.type, Decimal(0)) + row.value
    rounded = {kind: plain(shop.currency.rounded(value)) for kind, value in values.items()}
    return {
        "total": rounded["SUB_TOTAL"],
        "totalGross": rounded["TOTAL"],
        "taxPrice": rounded.get("TAX", "0"),
    }


def _history(shop: Shop, order: Order) -> Record:
    """The status by its inner id and, in the order's language, its name; of a cart nothing."""
    status = shop.statuses.get(order.status or 0)
    if status is None:
        return {}
    language = shop.language_of(order.spec.language).id
    reached = [each for each in shop.histories.values() if each.order == order.id]
    last = reached[-1] if reached else History(0, order.id, status.id, order.updated)
    return {
        "status": str(status.id),
        "statusText": status.names.get(language, next(iter(status.names.values()), "")),
        "comment": last.comment,
        "dateAdded": shop.spaced(last.at),
    }


def _line(shop: Shop, order: Order, line: OrderLine) -> Record:
    language = order.spec.language
    product = shop.products.get(line.product)
    below = [shop.categories[each] for each in product.categories if each in shop.categories] if product else []
    names = [str(next(iter(category.texts.values()), {}).get("name", "")) for category in below]
    return {
        "innerId": str(line.id),
        "innerResourceId": f"orderProducts/{encoded(Key('orderProduct', (line.id,)))}",
        "outerResourceId": "",
        "name": line.name,
        "sku": line.sku,
        "price": plain(line.price),
        "currency": order.spec.currency,
        "taxRate": f"{line.tax:.4f}",
        "quantity": plain(line.quantity),
        "image": f"https://{shop.name}.example.test/mug.jpg",
        "category": ", ".join(names),
        "volume": {**dict.fromkeys(("height", "width", "length"), "0.00"), "volumeUnit": _unit("cm", language)},
        "weight": {"weight": "0.30", "weightUnit": _unit("kg", language)},
    }


def _unit(unit: str, language: str) -> list[Record]:
    return [{"unit": unit, "language": language}]


def _order_extras(shop: Shop, event: str, order: Order) -> Record:
    """What is sent only when it is ticked; the codes and the customer only of a new order."""
    spec = order.spec
    both = {
        "shippingCountryIsoCode2": spec.billing.country,
        "cartAmountDiscount": plain(-spec.cart_discount),
        "loyaltyPointsUsed": plain(spec.points_used),
    }
    new = {
        "shippingMethodCode": spec.shipping.extension,
        "paymentMethodCode": spec.payment.code,
        "customerId": str(order.customer or 0),
    }
    del shop
    return {**both, **(new if event == CONFIRMED else {})}


def _line_extras(event: str, line: OrderLine) -> Record:
    both = {"grossPrice": plain(line.gross), "gtin": line.gtin, "model": line.model}
    return {**both, **({"productId": str(line.product)} if event == CONFIRMED else {})}


def _ticked(values: Mapping[str, Any], prefix: str, fields: Collection[str]) -> Record:
    """[inferred] A field's name is that of the payload behind a prefix."""
    return {name: value for name, value in values.items() if f"{prefix}{name}" in fields}
