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
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from shopbridge.mapping import street_patterns as patterns

LONGEST_TEXT = 250
"""A longer text is no street line; it is kept whole."""
LAST = 2
"""Lines whose reading is kept: the bill's address and the delivery's are mostly the same."""
LONGEST_ADDITION = 3
"""Characters of a number after a comma that may still be an addition, and not a postcode."""


@dataclass(frozen=True)
class Street:
    """The parts of a street line.

    Attributes:
        street: The name; the whole line when it could not be split.
        number: The house number, ASCII digits only. Empty says that none was found.
        suffix: What belongs to the number, such as ``b``, ``bis`` or ``bus 3``. A range or a second number keeps a
            sign (``-14``, ``/2``), so that it cannot run into the number.
        rest: What else stood there: flat, floor, building, care-of.
    """

    street: str
    number: str = ""
    suffix: str = ""
    rest: str = ""


@lru_cache(maxsize=LAST)
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
    return country.strip().upper() in patterns.NUMBER_FIRST


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
    if _set_aside(before) or patterns.BOX.fullmatch(before):
        return False
    house = read_trailing(before, country)
    if house:
        return not house.suffix and len(piece) <= LONGEST_ADDITION
    return not read_leading(before, country) and (last or not _number_first(country))


def _set_aside(part: str) -> bool:
    """Tell whether a part names a flat, a floor or a person instead of a street."""
    return any(pattern.match(part) for pattern in (patterns.UNIT, patterns.FLOOR_ALONE, patterns.CARE_OF))


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
    if house.suffix or house.rest or not after or not patterns.ADDITION.fullmatch(f" {after[0]}"):
        return house, after
    return replace(house, suffix=after[0]), after[1:]


def _take_unit(part: str) -> tuple[str, str]:
    """Take a flat that is named before the street without a comma: "Unit 5 Park Road 7"."""
    unit = patterns.UNIT_BEFORE.match(part)
    return (unit["unit"], part[unit.end() :]) if unit else ("", part)


# --- one part of the line, number last or number first ---------------------------------------------------------------


def read_trailing(part: str, country: str) -> Street | None:
    """Read "Dorpsstraat 12-b", "Kerkstraat 5 bus 3", "Hauptstr. 5 (Hinterhaus)" or "Postfach 10 20 30"."""
    box = patterns.BOX.fullmatch(part)
    if box:
        return Street(box["name"], box["digits"].replace(" ", ""))
    french = patterns.LEADING_NUMBER.match(part) and read_leading(part, country)
    if french and patterns.FRENCH_STREET.match(french.street):
        return None
    numbers = [
        found for found in patterns.HOUSE_NUMBER.finditer(part) if not patterns.NO_HOUSE.match(part, found.start())
    ]
    return next(_trailing_readings(part, numbers), None)


def read_leading(part: str, country: str) -> Street | None:
    """Read "12 bis rue de la Paix", "221B Baker Street" or "12 High Street Flat 3"."""
    number = patterns.LEADING_NUMBER.match(part)
    if not number or len(number["digits"]) > _longest(country) or _is_ordinal(part, country):
        return None
    american = country in patterns.AMERICAN
    end = _follow(part, number.end(), patterns.LEADING_ADDITION_US if american else patterns.LEADING_ADDITION)
    between = patterns.BETWEEN.match(part, end)
    street = part[between.end() :] if between else ""
    if not patterns.STREET_BEGINS.match(street):
        return None
    unit = patterns.UNIT_AFTER.search(street)
    name, rest = (street[: unit.start()], unit["unit"]) if unit else (street, "")
    return Street(name.rstrip(" ,"), number["digits"], _suffix(part[number.end() : end]), rest)


def is_house_number(piece: str) -> bool:
    """Tell whether a piece is a house number with its additions and nothing else."""
    number = patterns.LEADING_NUMBER.match(piece)
    if not number or patterns.FLOOR_ALONE.match(piece):
        return False
    return _follow(piece, number.end(), patterns.ADDITION) == len(piece)


def _longest(country: str) -> int:
    """Digits of a number before the name: where the custom is the other way round, four are a postcode."""
    if country in patterns.AMERICAN:
        return 5
    return 4 if country in patterns.NUMBER_FIRST else 3


def _is_ordinal(part: str, country: str) -> bool:
    """Tell "2e" and "17." from a house number; the British write "2e" only for a house."""
    french_or_dutch = country not in patterns.NUMBER_FIRST or country in patterns.FRENCH
    return bool(patterns.ORDINAL.match(part) or (french_or_dutch and patterns.ORDINAL_E.match(part)))


def _trailing_readings(part: str, numbers: list[re.Match[str]]) -> Iterator[Street]:
    """Yield the readings with one of the numbers as house number; a number after "nr." or the like comes first."""
    marked = [found for found in numbers if patterns.MARKED.fullmatch(part[: found.start()])]
    for number in marked + [found for found in numbers if found not in marked]:
        later = number is not numbers[-1]
        if number in marked or not _in_name(part[: number.start()], number[0], later=later):
            yield from _trailing_reading(part, number)


def _trailing_reading(part: str, number: re.Match[str]) -> Iterator[Street]:
    """Yield the one reading, if there is a name before the number and nothing strange after it."""
    marked = patterns.MARKED.fullmatch(part[: number.start()])
    street = marked["street"] if marked else part[: number.start()]
    year = patterns.YEAR.fullmatch(number[0])
    end = _follow(part, number.end(), patterns.ADDITION if year else patterns.ADDITION_OR_NUMBER)
    ends_well = not part[end:].strip(" .,") or patterns.REMARK.match(part, end)
    if ends_well and any(map(str.isalpha, street)):
        suffix = _suffix(part[number.end() : end])
        yield Street(street.rstrip(" ,"), number[0], suffix, part[end:].strip(" .,-\u2013\u2014"))


def _in_name(street: str, number: str, *, later: bool) -> bool:
    """Tell whether a number belongs to the street's name: "8 mai 1945", "Plein 1944", "Q 7" with a number later."""
    year = bool(patterns.YEAR.fullmatch(number))
    if patterns.BARE_STREET.fullmatch(street.strip(" ,")):
        return later or year
    return year and bool(patterns.AFTER_MONTH.fullmatch(street))


def _follow(text: str, start: int, addition: re.Pattern[str]) -> int:
    """Return where the additions to a house number end."""
    end = start
    while found := addition.match(text, end):
        end = found.end()
    return end


def _suffix(text: str) -> str:
    """Tidy an addition: "-b" is ``b``, " - 14" is ``-14``, " 3" is ``-3``."""
    tight = re.sub(r"\s*[-\u2013\u2014]\s*", "-", text.strip())
    tight = re.sub(r"\s*([/+&])\s*", r"\1", tight)
    if patterns.SIGN_BEFORE_LETTER.match(tight):
        return tight[1:]
    return f"-{tight}" if patterns.BARE_NUMBER.match(tight) else tight
