"""JSON from outside, in bounds, and plain data as JSON has it: the one place where a body becomes plain data.

A body is somebody else's text, so nothing in it may cost more than its length: no number may take for ever to compute
with, no structure may be deeper than the stack, and a small body may not become much memory. What is wrong with a whole
body is refused; a number that nobody can use is kept as the text it is, so that only the field that needed it is
refused, and with it one row instead of its page.
"""

import json
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from shopbridge.errors import Held
from shopbridge.mapping.numbers import shortest, unusable

MOST_VALUES = 500_000
"""Values of one body. An order of Shopware has 500 to 2,000, and a page 50 orders."""
DEEPEST = 60
"""Levels of lists and objects; the deepest answer of a platform has nine."""
MOST_DIGITS = 38
"""Of a whole number: no id and no amount has more."""

_STRUCTURE = b'"[]{},'
_REST = bytes(set(range(256)) - set(_STRUCTURE))


class BodyError(ValueError):
    """A body that cannot be taken for what it should be. The message holds none of its content."""


class JsonError(BodyError):
    """A body that is no JSON, or more of it than a body may be."""


class TooManyValues(JsonError):  # noqa: N818 - named by what it is, as its parent's cases are
    """More values than a body may have, in whatever format; asking for less may help."""


def read_json(body: bytes | str) -> Any:
    """Return plain data: whole numbers as int, others as the shortest Decimal of the double they stand for.

    Of two values under one key the last counts, as in PHP, JavaScript and .NET. A number out of bounds, NaN and
    Infinity become texts that no field of a number takes, see ``numbers.unusable``.

    Raises:
        JsonError: It is no JSON, or too deep.
        TooManyValues: It would take too much memory.
    """
    raw = body.encode(errors="surrogatepass") if isinstance(body, str) else body
    _refuse_bombs(raw)
    try:
        # In UTF-8 only: in other encodings a letter may hold the byte of a bracket or of a quote.
        text = raw.decode("utf-8-sig", "surrogatepass")
        return json.loads(text, parse_float=_fraction, parse_int=_whole, parse_constant=unusable)
    except (ValueError, RecursionError) as error:
        raise JsonError("is no JSON") from error


def _refuse_bombs(raw: bytes) -> None:
    """Count and measure before anything is built: reading takes many times the memory of the text."""
    structure = _without_texts(raw)
    if structure.count(b",") + structure.count(b"[") + structure.count(b"{") > MOST_VALUES:
        raise TooManyValues(f"has more than {MOST_VALUES} values")
    if _is_deeper(structure.replace(b",", b""), DEEPEST):
        raise JsonError(f"is deeper than {DEEPEST} levels")


def _without_texts(raw: bytes) -> bytes:
    """Brackets and commas that stand outside of texts.

    Two quotes side by side can always go: whether a place is inside of a text hangs on whether an even number of quotes
    stands before it. So few are left to split at.
    """
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in raw else raw
    quoted = plain.translate(None, _REST).replace(b'""', b"")
    return b"".join(quoted.split(b'"')[::2])


def _is_deeper(brackets: bytes, levels: int) -> bool:
    """Whether brackets are left when as many levels were taken off from inside; unpaired ones are for the parser."""
    for _ in range(levels):
        if not brackets:
            return False
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(brackets):
            return False
        brackets = shorter
    return bool(brackets)


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= MOST_DIGITS else unusable(text)


def _fraction(text: str) -> Decimal | str:
    number = shortest(text)
    return unusable(text) if number is None else number


def plain(value: Any) -> Any:
    """Return plain data with its decimals as numbers. Raises Held for one with more digits than a JSON number keeps."""
    match value:
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case Decimal():
            return _number(value)
        case _:
            return value


def json_number(value: Decimal) -> int | float:
    """Return a number that we computed.

    JSON's 15 digits are enough for any amount, and nobody computes with it further.
    """
    whole = int(value)
    return whole if whole == value else float(value)


def _number(value: Decimal) -> int | float:
    """An int or a float whose text is the decimal's own: a float keeps 15 digits, which the text shows."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if Decimal(repr(number)) != value:
        raise Held(
            f"The number {value} has more digits than can be sent",
            code="number_too_long",
            fix="Look at the connection's own rules: a computed value needs rounding.",
        )
    return number


def short_hash(content: Any, *, size: int = 9) -> str:
    """Return a short text that differs when the content does."""
    return blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=size).hexdigest()
