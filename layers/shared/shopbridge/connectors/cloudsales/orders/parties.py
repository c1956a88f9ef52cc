"""Addresses in BOCP's many parts; pure.

Shops keep a Romanian address in one or two lines, such as ``Str. Fictiva nr. 3, bl. B, sc. 1, et. 2, ap. 14``.
"""

import re
from collections.abc import Mapping

from shopbridge.connectors.cloudsales.orders.wire import DeliveryPlace, Place
from shopbridge.mapping.countries import romanian_country, romanian_county
from shopbridge.mapping.street import Street, split_street
from shopbridge.model.party import Address

_VALUE = r"[\s.:]*(?P<value>(?=\w*\d)[\w/-]{1,10}|\w{1,2}|parter|demisol|mansarda)(?![\w.])"
_PARTS = {
    name: re.compile(rf"(?<![\w.])(?:{words}){_VALUE},?", re.IGNORECASE)
    for name, words in {
        "building": r"bloc(?:ul)?\b|bl\b",
        "stair": r"scara\b|sc\b",
        "floor": r"etaj(?:ul)?\b|et\b",
        "apartment": r"apartament(?:ul)?\b|apart\b|ap\b",
    }.items()
}
"""What follows must look like a number or a letter: ``Str. Sf. Ap. Andrei`` names an apostle."""
_SUCH_PARTS = frozenset({"RO", "MD"})


def invoice_place(address: Address, countries: Mapping[str, str]) -> Place:
    """The address of the bill. Raises Held for a country without a name."""
    return Place.model_validate(_parts(address, countries))


def delivery_place(address: Address, countries: Mapping[str, str]) -> DeliveryPlace:
    """Where it goes; the company, which has no field, stands beside the contact's name."""
    person = f"{address.first_name} {address.last_name}".strip()
    contact = ", ".join(part for part in (person, address.company.strip()) if part)
    return DeliveryPlace.model_validate(
        {
            **_parts(address, countries),
            "shipping_contact_name": contact,
            "shipping_contact_phone": address.phone,
        }
    )


def _parts(address: Address, countries: Mapping[str, str]) -> dict[str, str]:
    text = ", ".join(line.strip() for line in (address.street, *address.extra) if line.strip())
    parts, text = _taken_apart(text) if address.country in _SUCH_PARTS else ({}, text)
    found = split_street(text, address.country)
    # What has no field of its own stays with the street, so that nothing is lost.
    street = ", ".join(part for part in (found.street, found.rest, address.department.strip()) if part)
    return {
        **parts,
        "street": street,
        "number": _number(found),
        "city": address.city,
        "county": romanian_county(address.state) if address.country == "RO" else address.state,
        "zip": address.postcode,
        "country": romanian_country(address.country, countries, "CloudSales"),
    }


def _taken_apart(text: str) -> tuple[dict[str, str], str]:
    """Building, stair, floor and apartment, and the text without them."""
    parts: dict[str, str] = {}
    for name, pattern in _PARTS.items():
        if found := pattern.search(text):
            parts[name] = found["value"]
            text = f"{text[: found.start()].rstrip(' ,')}, {text[found.end() :].lstrip(' ,')}"
    return parts, text.strip(" ,")


def _number(found: Street) -> str:
    apart = len(found.suffix) > 1 and found.suffix[0].isalpha()
    return f"{found.number}{' ' if apart else ''}{found.suffix}"
