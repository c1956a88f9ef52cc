"""What a shop is furnished with, for reading: languages, currencies, countries, taxes, groups, modes, texts, settings.

[inferred]: the fields of customer groups beyond those the file names, and those of ``shippingModes``, whose Extend twin
is documented.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.platforms.shoprenter.records import (
    Country,
    Currency,
    Customer,
    CustomerGroup,
    Language,
    Mode,
    Named,
    TaxClass,
)
from sandbox.platforms.shoprenter.routing import Numbers, Resource, Resources, parent, same, single
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Href, Key, Link, Nothing, Record, below, link, money

_INNER = {"innerId": same(lambda record: record.id)}


def _language_view(_: Shop, language: Language) -> Record:
    return {"innerId": str(language.id), "name": language.name, "code": language.code, "status": "1"}


def _currency_view(_: Shop, currency: Currency) -> Record:
    return {
        "innerId": str(currency.id),
        "name": currency.name,
        "code": currency.code,
        "symbolLeft": "",
        "symbolRight": f" {currency.sign}",
        "decimalPlace": str(currency.decimals),
        "value": f"{currency.value:.8f}",
        "status": "1",
    }


def _country_view(_: Shop, country: Country) -> Record:
    return {
        "innerId": str(country.id),
        "name": country.name,
        "isoCode2": country.iso2,
        "isoCode3": country.iso3,
        "status": "1",
    }


def _tax_class_view(_: Shop, tax: TaxClass) -> Record:
    rates = below("taxRates", "taxClassId", "taxClass", tax.id)
    return {"name": tax.name, "description": "", "taxRates": rates}


def _tax_class_extend_view(shop: Shop, tax: TaxClass) -> Record:
    rate = {"id": Key("taxRate", (tax.id,)), **_tax_rate_view(shop, tax)}
    return {**_tax_class_view(shop, tax), "taxRates": [rate]}


def _tax_rate_view(_: Shop, tax: TaxClass) -> Record:
    return {
        "rate": money(tax.rate),
        "priority": "1",
        "description": tax.name,
        "taxClass": link("taxClasses", "taxClass", tax.id),
        "geoZone": Nothing(),
    }


def _group_view(_: Shop, group: CustomerGroup) -> Record:
    return {"innerId": str(group.id), "name": group.name, "percentDiscount": money(group.percent)}


def _payment_view(shop: Shop, mode: Mode) -> Record:
    """Its name is in a list whose own name has no plural."""
    status = link("orderStatuses", "orderStatus", mode.status) if mode.status else Nothing()
    return {
        "innerId": str(mode.id),
        "code": mode.code.lower(),
        "status": "1",
        "sortOrder": "1",
        "geoZone": Nothing(),
        "orderStatus": status,
        "paymentDescription": [_payment_text(mode, language) for language in shop.languages],
    }


def _payment_text(mode: Mode, language: int) -> Record:
    key = Key("language", (language,))
    spoken = {"href": Href(Link("languages", key)), "id": key}
    return {"name": mode.name, "description": "", "language": spoken}


def _shipping_view(_: Shop, mode: Mode) -> Record:
    return {
        "innerId": str(mode.id),
        "sortOrder": "1",
        "enabled": "1",
        "type": mode.code,
        "extension": mode.code,
        "geoZone": Nothing(),
    }


def _shipping_extend_view(shop: Shop, mode: Mode) -> Record:
    texts = [_shipping_text(mode, language) for language in shop.languages]
    return {**_shipping_view(shop, mode), "shippingModeDescriptions": texts, "shippingLanes": []}


def _shipping_text(mode: Mode, language: int) -> Record:
    key = Key("shippingModeDescription", (mode.id, language))
    return {
        "href": Href(Link("shippingModeDescriptions", key)),
        "id": key,
        "name": mode.name,
        "description": "",
        "shippingMode": link("shippingModes", "shippingMode", mode.id),
        "language": link("languages", "language", language),
    }


def _stock_status_view(_: Shop, status: Named) -> Record:
    parts = below("stockStatusDescriptions", "stockStatusId", "stockStatus", status.id)
    return {"innerId": str(status.id), "stockStatusDescriptions": parts}


def _stock_texts(shop: Shop) -> Mapping[Numbers, tuple[Named, int]]:
    return {(each.id, language): (each, language) for each in shop.stock_statuses.values() for language in each.names}


def _stock_text_view(_: Shop, text: tuple[Named, int]) -> Record:
    status, language = text
    return {
        "name": status.names[language],
        "stockStatus": link("stockStatuses", "stockStatus", status.id),
        "language": link("languages", "language", language),
    }


def _settings(shop: Shop) -> Mapping[Numbers, Record]:
    rows = enumerate(shop.settings.items(), 1)
    return {(at,): {"group": "config", "key": key, "value": value} for at, (key, value) in rows}


def _customer_view(shop: Shop, customer: Customer) -> Record:
    """``firstname`` is the family name, as everywhere."""
    return {
        "innerId": str(customer.id),
        "firstname": customer.family_name,
        "lastname": customer.given_name,
        "email": customer.email,
        "telephone": customer.phone,
        "dateCreated": shop.stamp(customer.created),
        "dateUpdated": shop.stamp(customer.updated),
        "customerGroup": link("customerGroups", "customerGroup", shop.default_group.id),
    }


def _table(name: str) -> Any:
    """A table of the shop, by the name of its field."""
    return single(lambda shop: getattr(shop, name))


RESOURCES: Resources = {
    "languages": Resource("language", "localization.language", _table("languages"), _language_view, _INNER),
    "currencies": Resource("currency", "localization.currency", _table("currencies"), _currency_view, _INNER),
    "countries": Resource("country", "localization.location", _table("countries"), _country_view, _INNER),
    "taxClasses": Resource("taxClass", "taxClass.taxClass", _table("tax_classes"), _tax_class_view, _INNER),
    "taxClassExtend": Resource("taxClass", "taxClass.taxClass", _table("tax_classes"), _tax_class_extend_view, _INNER),
    "taxRates": Resource(
        "taxRate",
        "taxClass.taxClass",
        _table("tax_classes"),
        _tax_rate_view,
        {"taxClassId": parent("taxClass", lambda tax: tax.id)},
    ),
    "customerGroups": Resource(
        "customerGroup", "customer.customerGroup", _table("customer_groups"), _group_view, _INNER
    ),
    "customers": Resource(
        "customer",
        "customer.customer",
        _table("customers"),
        _customer_view,
        {**_INNER, "email": same(lambda customer: customer.email)},
    ),
    "paymentModes": Resource("paymentMode", "payment.paymentMethod", _table("payment_modes"), _payment_view, _INNER),
    "shippingModes": Resource(
        "shippingMode", "shipping.shippingMethod", _table("shipping_modes"), _shipping_view, _INNER
    ),
    "shippingModeExtend": Resource(
        "shippingMode", "shipping.shippingMethod", _table("shipping_modes"), _shipping_extend_view, _INNER
    ),
    "stockStatuses": Resource(
        "stockStatus", "product.stockStatus", _table("stock_statuses"), _stock_status_view, _INNER
    ),
    "stockStatusDescriptions": Resource(
        "stockStatusDescription",
        "product.stockStatus",
        _stock_texts,
        _stock_text_view,
        {"stockStatusId": parent("stockStatus", lambda text: text[0].id)},
    ),
    "settings": Resource(
        "setting",
        "store.setting",
        _settings,
        lambda _, setting: setting,
        {"group": same(lambda setting: setting["group"]), "key": same(lambda setting: setting["key"])},
    ),
}
