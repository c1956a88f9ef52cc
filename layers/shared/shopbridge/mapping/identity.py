"""What may be an identity: an id, a number, an SKU. It becomes a key, so it is short and can be written anywhere; pure.

A platform may send anything there: half of a character, control characters, 3,000 letters, a number of 500 KB. A record
with such a name is told under a name of ours, so that a person finds it, and nothing else suffers.
"""

import re
from hashlib import sha256
from typing import Annotated, Any

from pydantic import AfterValidator

LONGEST = 256
"""Bytes of a name, of which a key of ours may hold two; Shopware's numbers have 64 characters, others' fewer."""
LONGEST_MAIL = 320
_MAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_UNSOUND = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]")
"""Control characters, halves of characters, and what stands for something unreadable."""
SHOWN = 60
"""Characters of a name that cannot be one, as people see it."""
_OURS = "unreadable-"
_DIGEST = 32


def is_sound(text: str, longest: int = LONGEST) -> bool:
    """Tell whether a text may be part of a key; an empty one may, for records without a name."""
    return len(text) <= longest and _UNSOUND.search(text) is None and len(text.encode()) <= longest


def sound_id(value: Any, record: Any = None) -> str:
    """Return an id as text; one that is none becomes a name of ours, the same for the same id.

    Args:
        record: What names the record where it has no id at all.
    """
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if text and is_sound(text):
        return text
    named = record if value in (None, "") else value
    return _OURS + sha256(repr(named).encode(errors="surrogatepass")).hexdigest()[:_DIGEST]


def sound_name(value: Any) -> str:
    """Return a number or an SKU as text, empty where there is none; one that is none becomes a name of ours."""
    return "" if value is None or value == "" else sound_id(value)


def readable(value: Any) -> str:
    """Return a name for people: without what cannot be written, and short."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return _UNSOUND.sub("?", text[:SHOWN])


def refuse_unsound(text: str) -> str:
    """Return the same text; raises ValueError for one that may be no name, as pydantic wants it."""
    if not is_sound(text):
        raise ValueError("is too long for a name, or holds characters that are no text")
    return text


def is_mail_address(text: str) -> bool:
    """Tell whether a text is one e-mail address, in the letters that every mail server takes (RFC 5321)."""
    return len(text) <= LONGEST_MAIL and _MAIL.fullmatch(text) is not None


Name = Annotated[str, AfterValidator(refuse_unsound)]
"""A name from outside that becomes part of a key."""
EAN_LENGTHS = (8, 12, 13, 14)


def ean_of(barcode: str) -> str:
    """Return the code, or nothing when it is no EAN: companies keep codes of their own in the same field.

    EANs are GTIN-8, -12, -13 and -14 whose check digit is right.
    """
    code = barcode.strip()
    return code if _is_ean(code) else ""


def _is_ean(code: str) -> bool:
    if len(code) not in EAN_LENGTHS or not (code.isascii() and code.isdigit()) or not code.strip("0"):
        return False
    digits = [int(digit) for digit in reversed(code)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
