"""Splitting a street line into street, house number and addition, and joining it again.

Shops keep one free-text line; many back offices want a whole number and an addition apart. The reading is by form, not
by a register of streets: a line is cut at its commas, parts that name a flat, a floor or a person are set aside, and
the first part that reads as "street number addition" or, where the country writes so, "number street" wins. A number is
part of a name when it is an ordinal ("2e Hugo de Grootstraat"), a year after a month ("8 mai 1945") or all the street
has for a name ("Plein 1944", "Q 7").

No library does this: the pure Python ones read American lines only (street-address, streetaddress), render instead of
split (postal-address), or bring a geocoder along (pystreet); libpostal needs a C library and 2 GB of data.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shopbridge.mapping import street_words as words

LONGEST_LINE = 250
"""A longer text is no street line; it is kept whole."""


@dataclass(frozen=True)
class Street:
    """The parts of a street line.

    Attributes:
        street: The name; the whole line when it could not be split.
        number: The house number, ASCII digits only; empty when none was found, which says so.
        suffix: What belongs to the number: ``b``, ``bis``, ``bus 3``; a range or second number keeps its sign
            (``-14``, ``/2``), so that it cannot run into the number.
        rest: What else stood there: flat, floor, building, care-of.
    """

    street: str
    number: str = ""
    suffix: str = ""
    rest: str = ""


def split_street(line: str, country: str, *, extra: str = "") -> Street:
    """Split a street line; no letter or digit is lost but a word for "number" before the number.

    Args:
        line: The first address line.
        country: ISO 3166-1 alpha-2, decides which side the number is looked for first; may be empty.
        extra: Further address lines, one a line. They may hold the number, the addition or the street itself.
    """
    first, more = _tidy(line), _tidy(extra)
    if len(first) + len(more) > LONGEST_LINE:
        return Street(first, rest=more)
    parts = _parts(f"{first}\n{more}", number_first=_number_first(country))
    found = _best(parts, country.strip().upper())
    return found if found else Street(first, rest=more)


def join_street(street: Street, country: str) -> str:
    """Write the parts as one line in the country's order."""
    house = street.number + _glue(street.suffix) + street.suffix
    ahead = _number_first(country)
    boxed = words.BOX.match(f"{street.street} {street.number}")
    order = (house, street.street) if ahead and not boxed else (street.street, house)
    line = " ".join(part for part in order if part)
    around = (street.rest, line) if ahead else (line, street.rest)
    return ", ".join(part for part in around if part)


def _number_first(country: str) -> bool:
    return country.strip().upper() in words.NUMBER_FIRST


def _glue(suffix: str) -> str:
    return "" if re.match(r"[-–—/½¼¾+&]|[^\W\d_](?![^\W\d_])", suffix) else " "


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()).strip(" ,;") for line in re.split(r"[\r\n]+", text))
    return ", ".join(line for line in lines if line)
