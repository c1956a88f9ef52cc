"""Reading one part of a street line, number last or number first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shopbridge.mapping import street_words as words


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


def read_trailing(part: str, country: str) -> Street | None:
    """Read "Dorpsstraat 12-b", "Kerkstraat 5 bus 3", "Hauptstr. 5 (Hinterhaus)" or "Postfach 10 20 30"."""
    box = words.BOX.fullmatch(part)
    if box:
        return Street(box["name"], box["digits"].replace(" ", ""))
    french = words.LEADING_NUMBER.match(part) and read_leading(part, country)
    if french and words.FRENCH_STREET.match(french.street):
        return None
    numbers = [found for found in words.HOUSE_NUMBER.finditer(part) if not words.NO_HOUSE.match(part, found.start())]
    return next(_trailing_readings(part, numbers), None)


def read_leading(part: str, country: str) -> Street | None:
    """Read "12 bis rue de la Paix", "221B Baker Street" or "12 High Street Flat 3"."""
    number = words.LEADING_NUMBER.match(part)
    if not number or len(number["digits"]) > _longest(country) or _is_ordinal(part, country):
        return None
    american = country in words.AMERICAN
    end = _follow(part, number.end(), words.LEADING_ADDITION_US if american else words.LEADING_ADDITION)
    between = words.BETWEEN.match(part, end)
    street = part[between.end() :] if between else ""
    if not words.STREET_BEGINS.match(street):
        return None
    unit = words.UNIT_AFTER.search(street)
    name, rest = (street[: unit.start()], unit["unit"]) if unit else (street, "")
    return Street(name.rstrip(" ,"), number["digits"], _suffix(part[number.end() : end]), rest)


def is_house_number(piece: str) -> bool:
    """Tell whether a piece is a house number with its additions and nothing else."""
    number = words.LEADING_NUMBER.match(piece)
    if not number or words.FLOOR_ALONE.match(piece):
        return False
    return _follow(piece, number.end(), words.ADDITION) == len(piece)


def _longest(country: str) -> int:
    """Digits of a number before the name: where the custom is the other way round, four are a postcode."""
    if country in words.AMERICAN:
        return 5
    return 4 if country in words.NUMBER_FIRST else 3


def _is_ordinal(part: str, country: str) -> bool:
    """Tell "2e" and "17." from a house number; the British write "2e" only for a house."""
    french_or_dutch = country not in words.NUMBER_FIRST or country in words.FRENCH
    return bool(words.ORDINAL.match(part) or (french_or_dutch and words.ORDINAL_E.match(part)))


def _trailing_readings(part: str, numbers: list[re.Match[str]]) -> Iterator[Street]:
    """Yield the readings with one of the numbers as house number; a number after "nr." or the like comes first."""
    marked = [found for found in numbers if words.MARKED.fullmatch(part[: found.start()])]
    for number in marked + [found for found in numbers if found not in marked]:
        later = number is not numbers[-1]
        if number in marked or not _in_name(part[: number.start()], number[0], later=later):
            yield from _trailing_reading(part, number)


def _trailing_reading(part: str, number: re.Match[str]) -> Iterator[Street]:
    """Yield the one reading, if there is a name before the number and nothing strange after it."""
    marked = words.MARKED.fullmatch(part[: number.start()])
    street = marked["street"] if marked else part[: number.start()]
    year = words.YEAR.fullmatch(number[0])
    end = _follow(part, number.end(), words.ADDITION if year else words.ADDITION_OR_NUMBER)
    ends_well = not part[end:].strip(" .,") or words.REMARK.match(part, end)
    if ends_well and any(map(str.isalpha, street)):
        suffix = _suffix(part[number.end() : end])
        yield Street(street.rstrip(" ,"), number[0], suffix, part[end:].strip(" .,-\u2013\u2014"))


def _in_name(street: str, number: str, *, later: bool) -> bool:
    """Tell whether a number belongs to the street's name: "8 mai 1945", "Plein 1944", "Q 7" with a number later."""
    year = bool(words.YEAR.fullmatch(number))
    if words.BARE_STREET.fullmatch(street.strip(" ,")):
        return later or year
    return year and bool(words.AFTER_MONTH.fullmatch(street))


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
    if words.SIGN_BEFORE_LETTER.match(tight):
        return tight[1:]
    return f"-{tight}" if words.BARE_NUMBER.match(tight) else tight
