"""Tax rates in percent, what a back office calls a rate of the shop, and sales within the EU's VAT territory; pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from string import ascii_uppercase

from shopbridge.errors import Held, Unmapped

_HUNDRED = Decimal(100)


def with_tax(net: Decimal, rate: Decimal) -> Decimal:
    """Return a net amount with its tax, not rounded."""
    return net * (_HUNDRED + rate) / _HUNDRED


def without_tax(gross: Decimal, rate: Decimal) -> Decimal:
    """Return a gross amount without its tax, not rounded."""
    return gross * _HUNDRED / (_HUNDRED + rate)


def percentage_of(rate: Decimal, taxes: Mapping[Decimal, str], where: str) -> Decimal:
    """Return the back office's percentage for a rate of the shop; what bears no tax needs no entry.

    Args:
        taxes: What the connection's tax map makes of each rate.
        where: The record, for the error.

    Raises:
        Unmapped: The rate has no entry.
        Held: Its entry is no percentage (code ``tax_not_a_percentage``).
    """
    text = taxes.get(rate, None if rate else "0")
    if text is None:
        raise Unmapped("tax", f"{rate.normalize():f}", where=where)
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise Held(
            f"The tax map translates {rate.normalize():f} % to {text!r}, which is no percentage",
            code="tax_not_a_percentage",
            where=where,
            fix="The back office takes percentages such as `21`: correct orders.maps.tax, then resend the order.",
        ) from error


MEMBERS = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""ISO 3166-1 alpha-2."""
GREECE, FRANCE, MONACO, NORTHERN_IRELAND = "GR", "FR", "MC", "XI"
_PREFIXES = {"EL": GREECE}
"""VAT numbers that begin otherwise than their country's code."""
_ULSTER = re.compile(r"BT\d", re.ASCII)
_OUTSIDE: Mapping[str, tuple[str, ...]] = {
    "DE": ("27498", "78266"),
    "ES": ("35", "38", "51", "52"),
    "FI": ("22",),
    "FR": ("97", "984", "986", "987", "988"),
    "GR": ("63086",),
    "IT": ("22061", "23041"),
}
"""How postcodes begin of Heligoland and Büsingen; the Canary Islands, Ceuta and Melilla; Åland; France overseas; Mount
Athos; Campione d'Italia and Livigno."""


def is_intra_community(home: str, country: str, postcode: str, vat_id: str) -> bool:
    """Tell whether goods that go from ``home`` to this address and VAT number are an intra-Community sale.

    What counts is where the goods arrive (directive 2006/112/EC, articles 5 to 8 and 138). Of the places that lie in a
    member's borders and outside that territory those are known that an address tells: by a country code of their own,
    which is none of ``MEMBERS``, or by their postcode.

    Args:
        home: Where they are sold from, ISO 3166-1 alpha-2; likewise ``country``, where they arrive.
        vat_id: As the buyer wrote it. One without letters in front counts as of the country of arrival.
    """
    arrival = vat_country(country, postcode)
    number = "".join(filter(str.isalnum, vat_id.upper()))
    if not (arrival and number) or arrival == home:
        return False
    buyer = number[:2] if number[:2].isalpha() else arrival
    buyer = _PREFIXES.get(buyer, buyer)
    return buyer in MEMBERS | {NORTHERN_IRELAND} and buyer != home


def vat_country(country: str, postcode: str) -> str:
    """Return the country whose VAT an address belongs to, ``XI`` for goods in Northern Ireland.

    Empty outside the EU's.
    """
    code = "".join(filter(str.isalnum, postcode.upper()))
    if country == "GB":
        return NORTHERN_IRELAND if _ULSTER.match(code) else ""
    if country == MONACO:
        return FRANCE
    member = _PREFIXES.get(country, country)
    outside = code.lstrip(ascii_uppercase).startswith(_OUTSIDE.get(member, ()))  # D-78266
    return "" if outside or member not in MEMBERS else member
