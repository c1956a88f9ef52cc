"""The converters a field rule may name: a closed set of small pure functions from one value to another.

A value is plain data: text, int, decimal, boolean, list or dict. A converter raises ``ConversionError`` when the
value makes no sense to it, and returns None when the value holds nothing of the kind asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from shopbridge.mapping.street import Street

FieldType = Literal["text", "integer", "decimal", "boolean", "date"]


class ConversionError(ValueError):
    """A value that a converter cannot take; the text follows "The value … "."""


class ConverterName(StrEnum):
    """The names for ``convert`` in a field rule."""

    TEXT = "text"
    TRIM = "trim"
    UPPER = "upper"
    LOWER = "lower"
    CAPITALIZE = "capitalize"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DIGITS = "digits"
    FIRST_WORD = "first_word"
    LAST_WORD = "last_word"
    INITIALS = "initials"
    STREET = "street"
    HOUSE_NUMBER = "house_number"
    HOUSE_SUFFIX = "house_suffix"
    COUNTRY_UPPER = "country_upper"
    JOIN_COMMA = "join_comma"
    JOIN_SPACE = "join_space"
    STRIP_HTML = "strip_html"


@dataclass(frozen=True)
class Converter:
    """One converter: what it does, what it gives, and how."""

    help: str
    gives: FieldType
    run: Callable[[Any], Any]


def converter_help() -> list[tuple[str, str]]:
    """Return the name and one line about each converter, for generated docs."""
    return [(str(name), converter.help) for name, converter in CONVERTERS.items()]


def to_text(value: Any) -> str:
    """Return text as it is and numbers in plain digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    raise ConversionError("is neither a text nor a number; name one of its fields, or join a list first")


def to_integer(value: Any) -> int:
    """Return a whole number; 12.0 is one, 12.5 is not."""
    number = to_decimal(value)
    if number != number.to_integral_value():
        raise ConversionError("is no whole number")
    return int(number)


_PLAIN = re.compile(r"(?P<whole>[+-]?[0-9]+)(?:[.,](?P<fraction>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[+-]?[0-9]{1,3}(?P<sign>[.,' ])[0-9]{3}(?:(?P=sign)[0-9]{3})*)"
    r"(?:(?!(?P=sign))[.,](?P<fraction>[0-9]+))?"
)
_UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def to_decimal(value: Any) -> Decimal:
    """Read a number: "1234.5", "1.234,50", "1,234.50", "12,5".

    A single point is a decimal point, as systems write it. A single comma with three digits after it may be meant
    either way, so "1,234" is refused.
    """
    text = _one_line(to_text(value))
    if isinstance(value, str) and _UNCLEAR.fullmatch(text):
        raise ConversionError("could be thousands or a fraction; write it with a decimal point")
    number = _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)
    if not number:
        raise ConversionError("is no number")
    whole = re.sub("[^0-9+-]", "", number["whole"])
    return Decimal(f"{whole}.{number['fraction'] or ''}")


_BOOLEANS = dict.fromkeys(("true", "yes", "on", "1", "ja", "oui"), True) | dict.fromkeys(
    ("false", "no", "off", "0", "nee", "nein", "non"), False
)


def to_boolean(value: Any) -> bool:
    """Read true, yes, on, 1, ja, oui and their opposites."""
    word = str(value).lower() if isinstance(value, bool) else _one_line(to_text(value)).lower()
    if word not in _BOOLEANS:
        raise ConversionError("is neither yes nor no")
    return _BOOLEANS[word]


def to_date(value: Any) -> str:
    """Return the day of an ISO date or time, in the time's own zone."""
    try:
        return datetime.fromisoformat(_one_line(to_text(value))).date().isoformat()
    except ValueError as error:
        raise ConversionError("is no ISO date") from error


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _capitalize(value: Any) -> str:
    text = to_text(value).strip()
    return text[:1].upper() + text[1:]


def _digits(value: Any) -> str:
    return re.sub("[^0-9]", "", to_text(value))


def _word(value: Any, index: int) -> str | None:
    words = to_text(value).split()
    return words[index] if words else None


def _initials(value: Any) -> str:
    return "".join(f"{word[0].upper()}." for word in re.findall(r"[^\W\d_]+", to_text(value)))


def _country(value: Any) -> str:
    code = to_text(value).strip().upper()
    if not re.fullmatch("[A-Z]{2}", code):
        raise ConversionError("is no country code of two letters")
    return code


def _join(value: Any, separator: str) -> str:
    items = value if isinstance(value, list) else [value]
    texts = (to_text(item).strip() for item in items if item is not None)
    return separator.join(text for text in texts if text)


def _strip_html(value: Any) -> str:
    from html import unescape

    return _one_line(unescape(re.sub(r"<[/!a-zA-Z][^<>]*>", " ", to_text(value))))


def _split(value: Any) -> "Street":
    """Split a street line, or an address with ``street``, ``country`` and perhaps ``extra`` (a text or a list)."""
    from shopbridge.mapping.street import split_street

    if not isinstance(value, dict):
        return split_street(to_text(value), "")
    line, country, extra = (value.get(key) or "" for key in ("street", "country", "extra"))
    return split_street(to_text(line), to_text(country), extra=_join(extra, "\n"))


def _house_number(value: Any) -> int | None:
    number = _split(value).number
    return int(number) if number else None


_ADDRESS = "of an address (`order.billing_address`) or a street line"

CONVERTERS: dict[ConverterName, Converter] = {
    ConverterName.TEXT: Converter("A text or number as text, unchanged.", "text", to_text),
    ConverterName.TRIM: Converter("Without spaces at both ends.", "text", lambda value: to_text(value).strip()),
    ConverterName.UPPER: Converter("In capitals.", "text", lambda value: to_text(value).upper()),
    ConverterName.LOWER: Converter("In small letters.", "text", lambda value: to_text(value).lower()),
    ConverterName.CAPITALIZE: Converter("The first letter a capital, the rest as it is.", "text", _capitalize),
    ConverterName.INTEGER: Converter("A whole number; 12.5 is refused.", "integer", to_integer),
    ConverterName.DECIMAL: Converter("A number with decimal point or comma.", "decimal", to_decimal),
    ConverterName.BOOLEAN: Converter("Yes or no, from true, yes, on, 1 and the like.", "boolean", to_boolean),
    ConverterName.DATE: Converter("The day of an ISO date or time, as YYYY-MM-DD.", "date", to_date),
    ConverterName.DIGITS: Converter("Only the digits.", "text", _digits),
    ConverterName.FIRST_WORD: Converter("The first word.", "text", lambda value: _word(value, 0)),
    ConverterName.LAST_WORD: Converter("The last word.", "text", lambda value: _word(value, -1)),
    ConverterName.INITIALS: Converter("The first letters of all words: Jan Peter is J.P.", "text", _initials),
    ConverterName.STREET: Converter(f"The street's name {_ADDRESS}.", "text", lambda value: _split(value).street),
    ConverterName.HOUSE_NUMBER: Converter(f"The house number {_ADDRESS}.", "integer", _house_number),
    ConverterName.HOUSE_SUFFIX: Converter(
        f"The addition to the house number {_ADDRESS}; empty when there is none.",
        "text",
        lambda value: _split(value).suffix,
    ),
    ConverterName.COUNTRY_UPPER: Converter("A country code of two letters, in capitals.", "text", _country),
    ConverterName.JOIN_COMMA: Converter(
        "The items of a list with commas between.", "text", lambda value: _join(value, ", ")
    ),
    ConverterName.JOIN_SPACE: Converter(
        "The items of a list with spaces between.", "text", lambda value: _join(value, " ")
    ),
    ConverterName.STRIP_HTML: Converter("Without HTML tags, on one line.", "text", _strip_html),
}
