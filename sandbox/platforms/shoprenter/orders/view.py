"""An order as a read shows it (platform file, "Orders"): embedded, or with every relation as a link."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.shoprenter.orders.totals import text
from sandbox.platforms.shoprenter.records import Currency, Order, OrderLine, OrderTotal
from sandbox.platforms.shoprenter.specs import Addon, Address, by_warehouse
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Key, Nothing, Record, below, link, money, plain

NO_RATE = "-1.0000"


def order_view(shop: Shop, order: Order) -> Record:
    """``/orders``: totals, lines, currency and countries are links."""
    spec = order.spec
    return {
        **_plain(shop, order),
        "shippingCountry": _country_link(shop, (spec.shipping_address or spec.billing).country),
        "paymentCountry": _country_link(shop, spec.billing.country),
        "language": link("languages", "language", shop.language_of(spec.language).id),
        "currency": link("currencies", "currency", _currency(shop, order).id),
        "shippingMode": link("shippingModes", "shippingMode", mode_of(shop, order)),
        "coupon": Nothing(),
        "orderTotals": below("orderTotals", "orderId", "order", order.id),
        "orderProducts": below("orderProducts", "orderId", "order", order.id),
    }


def order_extend_view(shop: Shop, order: Order) -> Record:
    """``/orderExtend``: the order with all that belongs to it, but for the options of its lines."""
    spec, currency = order.spec, _currency(shop, order)
    mode = mode_of(shop, order)
    return {
        **_plain(shop, order),
        "shippingCountry": _country(shop, (spec.shipping_address or spec.billing).country),
        "paymentCountry": _country(shop, spec.billing.country),
        "language": {"id": Key("language", (shop.language_of(spec.language).id,)), "code": spec.language},
        "currency": _currency_view(currency, spec.exchange),
        "shippingMode": {"id": Key("shippingMode", (mode,)), "innerId": str(mode)},
        "coupon": {"code": spec.coupon.code} if spec.coupon else Nothing(),
        "orderTotals": [embedded_total(shop, order, row) for row in order.totals],
        "orderProducts": [embedded_line(shop, order, line) for line in order.lines],
        "orderProductAddons": [_addon(order, addon) for addon in order.addons],
        "orderGiftWrappings": [],
        "orderAddressIdentifications": [],
        "externalInfo": Nothing(),
        "orderCreditCards": [],
    }


def _plain(shop: Shop, order: Order) -> Record:
    spec, customer = order.spec, order.customer
    return {
        "innerId": str(order.id),
        "invoiceId": order.invoice_id,
        "invoicePrefix": order.invoice_prefix,
        "firstname": spec.billing.family_name,
        "lastname": spec.billing.given_name,
        "phone": spec.phone,
        "fax": "",
        "email": spec.email,
        **_place(shop, "shipping", spec.shipping_address or spec.billing),
        **_shipping(order),
        **_place(shop, "payment", spec.billing),
        **_payment(order),
        "taxNumber": spec.tax_number,
        "comment": spec.comment,
        "total": money(order.total),
        "value": f"{spec.exchange:.8f}",
        "couponTaxRate": _rate(spec.coupon.tax if spec.coupon else None),
        "loyaltyPointsTaxRate": _rate(spec.points_tax),
        "dateCreated": shop.stamp(order.created),
        "dateUpdated": shop.stamp(order.updated),
        "ip": "203.0.113.9",
        "pickPackPontShopCode": "",
        "customer": link("customers", "customer", customer) if customer else Nothing(),
        "customerGroup": link("customerGroups", "customerGroup", shop.default_group.id),
        "shippingZone": Nothing(),
        "paymentZone": Nothing(),
        "orderStatus": link("orderStatuses", "orderStatus", order.status) if order.status else Nothing(),
    }


def _place(shop: Shop, kind: str, place: Address) -> Record:
    """An address; the family name stands in ``…Firstname``."""
    values = {
        "Firstname": place.family_name,
        "Lastname": place.given_name,
        "Company": place.company,
        "Address1": place.street,
        "Address2": place.extra,
        "City": place.city,
        "Postcode": place.postcode,
        "CountryName": shop.country_of(place.country).name,
        "ZoneName": place.zone,
        "AddressFormat": "",
    }
    return {f"{kind}{name}": value for name, value in values.items()}


def _shipping(order: Order) -> Record:
    shipping = order.spec.shipping
    return {
        "shippingMethodName": f"{shipping.name} ({shipping.point})" if shipping.point else shipping.name,
        "shippingMethodLocalizedName": shipping.name,
        "shippingMethodTaxRate": money(shipping.tax),
        "shippingMethodTaxName": f"{plain(shipping.tax)} %",
        "shippingMethodExtension": shipping.extension,
        "shippingReceivingPointId": "0",
    }


def _payment(order: Order) -> Record:
    payment = order.spec.payment
    return {
        "paymentMethodName": payment.name,
        "paymentMethodCode": payment.code,
        "paymentMethodTaxRate": money(payment.tax),
        "paymentMethodTaxName": f"{plain(payment.tax)} %",
        "paymentMethodAfter": str(int(payment.later)),
    }


def _rate(rate: Decimal | None) -> str:
    return NO_RATE if rate is None else money(rate)


def embedded_total(shop: Shop, order: Order, row: OrderTotal) -> Record:
    """A row of totals inside its order."""
    shown = row.value * (order.spec.exchange if shop.assumed.totals_in_base else 1)
    return {
        "id": Key("orderTotal", (row.id,)),
        "name": row.name,
        "value": money(row.value),
        "valueText": text(_currency(shop, order), shown),
        "sortOrder": str(row.sort),
        "type": row.type,
        "key": row.key or Nothing(),
    }


def embedded_line(shop: Shop, order: Order, line: OrderLine) -> Record:
    """A line inside its order: no ``innerId`` and no ``quantity``; its options are a link."""
    rate, told = order.spec.exchange, line.taken if shop.assumed.taken_is_told else by_warehouse(0)
    return {
        "id": Key("orderProduct", (line.id,)),
        "name": line.name,
        "sku": line.sku,
        "productInnerId": str(line.product),
        "modelNumber": line.model or Nothing(),
        "gtin": line.gtin or Nothing(),
        "originalPrice": money(line.original),
        "price": money(line.price),
        "total": money(line.price * line.quantity),
        "taxRate": money(line.tax),
        "grossPrice": money(line.gross),
        "originalGrossPrice": money(line.original_gross),
        "priceCurrency": money(line.price * rate),
        "originalPriceCurrency": money(line.original * rate),
        "grossPriceCurrency": money(line.gross * rate),
        "originalGrossPriceCurrency": money(line.original_gross * rate),
        **{f"stock{at}": plain(taken) for at, taken in enumerate(told, 1)},
        "subtractStock": str(int(line.subtracts)),
        **dict.fromkeys(("width", "height", "length", "weight"), "0.00"),
        "durableMediaDevice": "0",
        "product": _product(shop, line.product),
        "parentProduct": _product(shop, line.parent),
        "orderProductOptions": below("orderProductOptions", "orderProductId", "orderProduct", line.id),
    }


def _product(shop: Shop, product: int) -> Any:
    """A deleted product's link leads nowhere, or is not there [inferred]."""
    is_linked = product and (product in shop.products or shop.assumed.deleted_product_href)
    return link("products", "product", product) if is_linked else Nothing()


def _addon(order: Order, addon: Addon) -> Record:
    return {
        "name": addon.name,
        "sku": addon.sku,
        "type": addon.kind,
        "price": money(addon.price),
        "quantity": str(addon.quantity),
        "total": money(addon.price * addon.quantity),
        "taxRate": money(addon.tax),
        "orderInnerId": str(order.id),
        "productInnerId": "0",
        "productAddonInnerId": "0",
    }


def mode_of(shop: Shop, order: Order) -> int:
    """The way it is shipped; 0 for one the shop does not have any more."""
    modes = (mode.id for mode in shop.shipping_modes.values() if mode.name == order.spec.shipping.name)
    return next(modes, 0)


def _country(shop: Shop, code: str) -> Record:
    country = shop.country_of(code)
    return {"name": country.name, "isoCode2": country.iso2, "isoCode3": country.iso3, "status": "1"}


def _country_link(shop: Shop, code: str) -> Any:
    return link("countries", "country", shop.country_of(code).id)


def _currency(shop: Shop, order: Order) -> Currency:
    return shop.currency_of(order.spec.currency)


def _currency_view(currency: Currency, rate: Decimal) -> Record:
    return {
        "id": Key("currency", (currency.id,)),
        "code": currency.code,
        "decimalPlace": str(currency.decimals),
        "value": f"{rate:.8f}",
    }
