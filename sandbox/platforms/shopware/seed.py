"""What a freshly installed shop already contains."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware.orders.pricing import Rounding
from sandbox.platforms.shopware.orders.states import MACHINES
from sandbox.platforms.shopware.schema.model import words
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import (
    DEFAULT_CURRENCY_ID,
    SYSTEM_LANGUAGE_ID,
    make_id,
    number,
)

COUNTRIES = {
    "AE": ("ARE", "United Arab Emirates"),
    "AT": ("AUT", "Austria"),
    "AU": ("AUS", "Australia"),
    "BE": ("BEL", "Belgium"),
    "BG": ("BGR", "Bulgaria"),
    "BH": ("BHR", "Bahrain"),
    "BR": ("BRA", "Brazil"),
    "CA": ("CAN", "Canada"),
    "CH": ("CHE", "Switzerland"),
    "CY": ("CYP", "Cyprus"),
    "CZ": ("CZE", "Czech Republic"),
    "DE": ("DEU", "Germany"),
    "DK": ("DNK", "Denmark"),
    "EE": ("EST", "Estonia"),
    "ES": ("ESP", "Spain"),
    "FI": ("FIN", "Finland"),
    "FR": ("FRA", "France"),
    "GB": ("GBR", "United Kingdom"),
    "GR": ("GRC", "Greece"),
    "HK": ("HKG", "Hong Kong"),
    "HR": ("HRV", "Croatia"),
    "HU": ("HUN", "Hungary"),
    "IE": ("IRL", "Ireland"),
    "IL": ("ISR", "Israel"),
    "IS": ("ISL", "Iceland"),
    "IT": ("ITA", "Italy"),
    "JP": ("JPN", "Japan"),
    "LB": ("LBN", "Lebanon"),
    "LT": ("LTU", "Lithuania"),
    "LU": ("LUX", "Luxembourg"),
    "LV": ("LVA", "Latvia"),
    "MT": ("MLT", "Malta"),
    "NL": ("NLD", "Netherlands"),
    "NO": ("NOR", "Norway"),
    "PL": ("POL", "Poland"),
    "PT": ("PRT", "Portugal"),
    "RO": ("ROU", "Romania"),
    "SA": ("SAU", "Saudi Arabia"),
    "SE": ("SWE", "Sweden"),
    "SG": ("SGP", "Singapore"),
    "SI": ("SVN", "Slovenia"),
    "SK": ("SVK", "Slovakia"),
    "US": ("USA", "United States of America"),
    "ZA": ("ZAF", "South Africa"),
}
EU = words("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
STATES = {
    "US-NY": ("US", "New York"),
    "US-CA": ("US", "California"),
    "DE-BY": ("DE", "Bavaria"),
    "RO-B": ("RO", "București"),
    "RO-CJ": ("RO", "Cluj"),
    "RO-IS": ("RO", "Iași"),
}

CURRENCIES: Mapping[str, tuple[str, str, Decimal]] = {
    "EUR": ("€", "Euro", Decimal(1)),
    "USD": ("$", "US-Dollar", Decimal("1.17")),
    "GBP": ("£", "Pound", Decimal("0.89")),
    "CHF": ("Fr", "Swiss francs", Decimal("1.1")),
    "RON": ("lei", "Romanian leu", Decimal("4.97")),
    "HUF": ("Ft", "Forint", Decimal(400)),
    "CZK": ("Kč", "Czech koruna", Decimal("24.3")),
    "SEK": ("kr", "Swedish krona", Decimal("10.9")),
    "NOK": ("kr", "Norwegian krone", Decimal("11.7")),
    "DKK": ("kr", "Danish krone", Decimal("7.46")),
}
"""Symbol, name, and units for a euro; made-up rates."""

PAYMENT_METHODS = {
    "Invoice": "payment_invoicepayment",
    "Paid in advance": "payment_prepayment",
    "Cash on delivery": "payment_cashpayment",
    "Direct Debit": "payment_debitpayment",
    "iDEAL": "payment_demo_ideal",
    "PayPal": "payment_demo_paypal",
}
SHIPPING_METHODS = {
    "Standard": "shipping_standard",
    "Express": "shipping_express",
    "Pickup": "shipping_demo_pickup",
}
FIRST_ORDER = 10_001
TAX_RATES = (Decimal(19), Decimal(7), Decimal(21), Decimal(9), Decimal(20), Decimal(5), Decimal(0))
_LABELS = {
    "in_progress": "In progress",
    "paid_partially": "Paid (partially)",
    "shipped_partially": "Shipped (partially)",
}


def seed(shop: Shop, currency: str) -> None:
    """Fill a new shop."""
    _machines(shop)
    _languages(shop)
    _currencies(shop, currency)
    _countries(shop)
    _people(shop)
    for name, technical in PAYMENT_METHODS.items():
        payment_method(shop, name, technical)
    for name, technical in SHIPPING_METHODS.items():
        shipping_method(shop, name, technical)
    for rate in TAX_RATES:
        tax(shop, rate)
    sales_channel(shop, "Storefront")
    order_type = {"id": make_id(shop.key, "number range type"), "technicalName": "order", "typeName": "Order"}
    shop.insert("number_range_type", {**order_type, "global": False})
    number_range(shop, FIRST_ORDER, is_global=True)


def payment_method(shop: Shop, name: str, technical_name: str) -> Row:
    """A new payment method."""
    values = {
        "name": name,
        "distinguishableName": name,
        "technicalName": technical_name,
        "handlerIdentifier": f"Demo\\{technical_name}",
        "formattedHandlerIdentifier": f"handler_demo_{technical_name}",
        "shortName": technical_name,
        "active": True,
        "afterOrderEnabled": True,
        "position": shop.count("payment method"),
    }
    return shop.insert("payment_method", values)


def shipping_method(shop: Shop, name: str, technical_name: str) -> Row:
    """A new shipping method."""
    values = {
        "name": name,
        "technicalName": technical_name,
        "active": True,
        "taxType": "auto",
        "deliveryTimeId": make_id(shop.key, "delivery time"),
        "position": shop.count("shipping method"),
    }
    return shop.insert("shipping_method", values)


def tax(shop: Shop, rate: Decimal) -> Row:
    """The tax with this rate; a new one if there is none."""
    found = shop.store.find("tax", taxRate=number(rate))
    values = {"taxRate": number(rate), "name": f"{rate} %", "position": shop.count("tax")}
    return found or shop.insert("tax", values)


def tag(shop: Shop, name: str) -> Row:
    """The tag of this name; a new one if there is none."""
    return shop.store.find("tag", name=name) or shop.insert("tag", {"name": name})


def sales_channel(shop: Shop, name: str) -> Row:
    """The sales channel of this name; a new one if there is none."""
    return shop.store.find("sales_channel", name=name) or shop.insert(
        "sales_channel",
        {
            "name": name,
            "typeId": make_id("sales channel type storefront"),
            "languageId": SYSTEM_LANGUAGE_ID,
            "currencyId": DEFAULT_CURRENCY_ID,
            "customerGroupId": make_id(shop.key, "customer group"),
            "paymentMethodId": _first(shop, "payment_method"),
            "shippingMethodId": _first(shop, "shipping_method"),
            "countryId": make_id(shop.key, "country", "DE"),
            "navigationCategoryId": make_id(shop.key, "category root"),
            "navigationCategoryDepth": 2,
            "accessKey": f"SWSC{make_id(shop.key, name)[:22].upper()}",
            "taxCalculationType": "horizontal",
            "active": True,
            "maintenance": False,
            "homeEnabled": True,
        },
    )


def number_range(shop: Shop, start: int, pattern: str = "{n}", *, is_global: bool = False) -> Row:
    """A range of order numbers; one that is not global counts for the sales channels it is linked to."""
    values = {"typeId": make_id(shop.key, "number range type"), "pattern": pattern, "start": start}
    return shop.insert("number_range", {**values, "name": f"Orders from {start}", "global": is_global})


def range_of(shop: Shop, channel_id: str) -> Row:
    """Where the next order of a sales channel gets its number from."""
    link = shop.store.find("number_range_sales_channel", salesChannelId=channel_id)
    ranges = shop.store.tables["number_range"]
    return ranges[link.values["numberRangeId"]] if link else next(iter(ranges.values()))


def language(shop: Shop, name: str, code: str, territory: str, language_id: str | None = None) -> Row:
    """A new language with the locale of this code."""
    locale = make_id(shop.key, "locale", code)
    shop.insert("locale", {"id": locale, "code": code, "name": name, "territory": territory})
    row_id = language_id or make_id(shop.key, "language", code)
    return shop.insert("language", {"id": row_id, "name": name, "localeId": locale, "translationCodeId": locale})


def _first(shop: Shop, entity: str) -> str:
    return next(iter(shop.store.tables[entity]))


def _machines(shop: Shop) -> None:
    for entity, machine in MACHINES.items():
        machine_id = make_id(shop.key, "machine", entity)
        initial = shop.state_id(entity, "open")
        values = {"id": machine_id, "technicalName": machine.name, "name": machine.label}
        shop.insert("state_machine", {**values, "initialStateId": initial})
        for state in machine.states:
            _state(shop, entity, machine_id, state)


def _state(shop: Shop, entity: str, machine_id: str, state: str) -> None:
    values: dict[str, Any] = {"id": shop.state_id(entity, state), "stateMachineId": machine_id}
    name = _LABELS.get(state, state.replace("_", " ").capitalize())
    shop.insert("state_machine_state", {**values, "technicalName": state, "name": name})


def _languages(shop: Shop) -> None:
    language(shop, "English", "en-GB", "United Kingdom", SYSTEM_LANGUAGE_ID)


def _currencies(shop: Shop, default: str) -> None:
    base = CURRENCIES[default][2]
    rounding = Rounding().to_json()
    for code, (symbol, name, rate) in CURRENCIES.items():
        values = {
            "id": DEFAULT_CURRENCY_ID if code == default else make_id(shop.key, "currency", code),
            "isoCode": code,
            "shortName": code,
            "symbol": symbol,
            "name": name,
            "factor": number(round(rate / base, 6)),
            "isSystemDefault": code == default,
            "position": 1,
            "itemRounding": rounding,
            "totalRounding": rounding,
        }
        shop.insert("currency", values)


def _countries(shop: Shop) -> None:
    free = {"enabled": False, "currencyId": DEFAULT_CURRENCY_ID, "amount": 0}
    for position, (iso, (iso3, name)) in enumerate(COUNTRIES.items(), 1):
        values = {
            "id": make_id(shop.key, "country", iso),
            "iso": iso,
            "iso3": iso3,
            "name": name,
            "position": position,
            "active": True,
            "shippingAvailable": True,
            "isEu": iso in EU,
            "addressFormat": [],
            "customerTax": free,
            "companyTax": free,
        }
        shop.insert("country", values)
    for code, (iso, name) in STATES.items():
        values = {"id": make_id(shop.key, "state of", code), "shortCode": code, "name": name}
        shop.insert("country_state", {**values, "countryId": make_id(shop.key, "country", iso)})


def _people(shop: Shop) -> None:
    group = {"id": make_id(shop.key, "customer group"), "name": "Standard customer group"}
    shop.insert("customer_group", {**group, "displayGross": True})
    for key, name in {"mr": "Mr.", "mrs": "Mrs.", "not_specified": "Not specified"}.items():
        values = {"salutationKey": key, "displayName": name, "letterName": f"Dear {name}"}
        shop.insert("salutation", {"id": make_id(shop.key, "salutation", key), **values})
