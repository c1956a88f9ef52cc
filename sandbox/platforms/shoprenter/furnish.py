"""What every shop has from the start."""

from decimal import Decimal
from typing import Final

from sandbox.platforms.shoprenter.records import Country, Currency, CustomerGroup, Language, Named, TaxClass
from sandbox.platforms.shoprenter.state import Shop

PENDING, PROCESSING, ON_ITS_WAY, COMPLETED, STORNO = 1, 2, 3, 5, 9
STATUSES: Final = {
    PENDING: ("Függőben lévő", "Pending"),
    PROCESSING: ("Feldolgozás alatt", "Processing"),
    ON_ITS_WAY: ("Átadva a futárnak", "With the courier"),
    COMPLETED: ("Teljesítve", "Completed"),
    STORNO: ("Törölve", "Cancelled"),
}
"""By inner id, in Hungarian and English; 1 and 5 are those of the file's samples."""
COUNTRIES: Final = (
    Country(97, "Magyarország", "HU", "HUN"),
    Country(175, "Románia", "RO", "ROU"),
    Country(81, "Németország", "DE", "DEU"),
    Country(14, "Ausztria", "AT", "AUT"),
    Country(189, "Szlovákia", "SK", "SVK"),
    Country(150, "Hollandia", "NL", "NLD"),
    Country(74, "Franciaország", "FR", "FRA"),
    Country(222, "Egyesült Királyság", "GB", "GBR"),
)


def furnish(shop: Shop, currency: str = "HUF") -> None:
    """Fill a new shop: two languages, two currencies, statuses, groups, one way to ship and to pay, settings.

    Args:
        currency: The shop's own.
    """
    shop.languages = {1: Language(1, "hu", "Magyar"), 2: Language(2, "en", "English")}
    shop.currencies = {each.id: each for each in _currencies(currency)}
    shop.countries = {country.id: country for country in COUNTRIES}
    shop.statuses = {number: Named(number, dict(enumerate(names, 1)), "#33aa33") for number, names in STATUSES.items()}
    shop.customer_groups = {8: CustomerGroup(8, "Alapértelmezett", default=True), 6: CustomerGroup(6, "Viszonteladó")}
    shop.stock_statuses = {
        5: Named(5, {1: "Nincs raktáron", 2: "Out of stock"}),
        6: Named(6, {1: "Raktáron", 2: "In stock"}),
    }
    shop.mode("shippingMode", "GLS csomagpont", "GLSPARCELPOINT")
    shop.mode("paymentMode", "Utánvét", "COD").status = PROCESSING
    tax_class(shop, Decimal(27))
    shop.settings = {
        "config_timezone": shop.assumed.zone,
        "config_stock_count": "1",
        "prior_quantity": "1",
        "config_customer_group_id": "8",
        "storno_order_status_id": str(STORNO),
    }


def _currencies(own: str) -> tuple[Currency, ...]:
    if own == "HUF":
        return Currency(4, "HUF", "Forint", 0, sign="Ft"), Currency(5, "EUR", "Euró", 2, Decimal("0.0025"), "€")
    return (Currency(4, own, own, 2, sign=own),)


def tax_class(shop: Shop, rate: Decimal) -> int:
    """The tax class of a rate in percent; made when there is none."""
    for each in shop.tax_classes.values():
        if each.rate == rate:
            return each.id
    number = shop.new_id("taxClass")
    shop.tax_classes[number] = TaxClass(number, f"{rate:f}%", rate)
    return number
