"""Which sales go from one country of the EU's VAT territory into another; pure.

What counts is where the goods arrive (directive 2006/112/EC, articles 5 to 8 and 138). Of the places that lie in a
member's borders and outside that territory those are known that an address tells: by a country code of their own,
which is none of ``MEMBERS``, or by their postcode.
"""

import re
from collections.abc import Mapping
from string import ascii_uppercase

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
    """Whether goods that leave ``home`` for this address, to a buyer with this VAT number, are such a sale.

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
    """The country whose VAT an address belongs to, ``XI`` for goods in Northern Ireland; empty outside the EU's."""
    code = "".join(filter(str.isalnum, postcode.upper()))
    if country == "GB":
        return NORTHERN_IRELAND if _ULSTER.match(code) else ""
    if country == MONACO:
        return FRANCE
    member = _PREFIXES.get(country, country)
    outside = code.lstrip(ascii_uppercase).startswith(_OUTSIDE.get(member, ()))  # D-78266
    return "" if outside or member not in MEMBERS else member
