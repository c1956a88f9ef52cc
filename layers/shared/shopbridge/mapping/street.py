"""Splitting a street line into street, house number and addition.

Shops keep one free-text line; many back offices want a whole number and an addition apart. The reading goes by form,
not by a register of streets: the line is cut at its commas, parts that name a flat, a floor or a person are set aside,
and the first part that reads as "street number addition" or "number street" wins; which of the two is tried first is
the country's custom. A number belongs to the name when it is an ordinal ("2e Hugo de Grootstraat"), a year after a
month ("8 mai 1945") or all the name there is ("Plein 1944", the square "Q 7" in Mannheim).

No library does this well enough to ship: the pure Python ones read American lines only (street-address, streetaddress,
theaddressor), check and render instead of splitting (postal-address), or bring a geocoder along (pystreet); libpostal
is a C library with gigabytes of data.
"""

import re
from dataclasses import replace

from shopbridge.mapping import street_words as words
from shopbridge.mapping.street_reading import Street, is_house_number, read_leading, read_trailing

__all__ = ["Street", "split_street"]

LONGEST_TEXT = 250
"""A longer text is no street line; it is kept whole."""

LONGEST_ADDITION = 3
"""Characters of a number after a comma that may still be an addition, and not a postcode."""


def split_street(line: str, country: str, *, extra: str = "") -> Street:
    """Split a street line. No letter or digit is lost, but for a word that means "number" before the number.

    Args:
        line: The first address line.
        country: ISO 3166-1 alpha-2; decides which side the number is looked for first. May be empty.
        extra: Further address lines, separated by line breaks. They may hold the number, the addition or the street.
    """
    first, more = _tidy(line), _tidy(extra)
    if len(first) + len(more) > LONGEST_TEXT:
        return Street(first, rest=more)
    land = country.strip().upper()
    pieces = [piece for piece in re.split(r"\s*[,;]+\s*", f"{first},{more}") if piece]
    return _best(_gather(pieces, land), land) or Street(first, rest=more)


def _join(separator: str, *parts: str) -> str:
    return separator.join(part for part in parts if part)


def _number_first(country: str) -> bool:
    return country.strip().upper() in words.NUMBER_FIRST


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()).strip(" ,;") for line in text.splitlines())
    return _join(", ", *lines)


def _gather(pieces: list[str], country: str) -> list[str]:
    """Put a number that stands alone between commas back to its street: "10, rue X", "Calle Mayor, 12"."""
    parts: list[str] = []
    ahead = ""
    for index, piece in enumerate(pieces):
        last = index + 1 == len(pieces)
        alone = is_house_number(piece) and not _set_aside(piece)
        if alone and parts and not ahead and _lacks_number(parts[-1], piece, country, last=last):
            parts[-1] += f" {piece}"
        elif alone and not last:
            ahead += f"{piece} "
        else:
            parts.append(ahead + piece)
            ahead = ""
    return parts


def _lacks_number(before: str, piece: str, country: str, *, last: bool) -> bool:
    """Tell whether a lone number belongs to the part before it, as house number or as addition to one."""
    if _set_aside(before) or words.BOX.fullmatch(before):
        return False
    house = read_trailing(before, country)
    if house:
        return not house.suffix and len(piece) <= LONGEST_ADDITION
    return not read_leading(before, country) and (last or not _number_first(country))


def _set_aside(part: str) -> bool:
    """Tell whether a part names a flat, a floor or a person instead of a street."""
    return any(pattern.match(part) for pattern in (words.UNIT, words.FLOOR_ALONE, words.CARE_OF))


def _best(parts: list[str], country: str) -> Street | None:
    readers = (read_leading, read_trailing) if _number_first(country) else (read_trailing, read_leading)
    for reader in readers:
        for index, part in enumerate(parts):
            unit, line = _take_unit(part)
            found = None if _set_aside(line) else reader(line, country)
            if found:
                house, after = _take_addition(found, parts[index + 1 :])
                return replace(house, rest=_join(", ", *parts[:index], unit, house.rest, *after))
    return None


def _take_addition(house: Street, after: list[str]) -> tuple[Street, list[str]]:
    """Take an addition that stands alone after the street: "Kerkstraat 5, bus 3"."""
    if house.suffix or house.rest or not after or not words.ADDITION.fullmatch(f" {after[0]}"):
        return house, after
    return replace(house, suffix=after[0]), after[1:]


def _take_unit(part: str) -> tuple[str, str]:
    """Take a flat that is named before the street without a comma: "Unit 5 Park Road 7"."""
    unit = words.UNIT_BEFORE.match(part)
    return (unit["unit"], part[unit.end() :]) if unit else ("", part)
