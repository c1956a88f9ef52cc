"""Ids, numbers and times the way Shopware writes them."""

import hashlib
import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
"""The version id of everything that is not a draft."""
DEFAULT_CURRENCY_ID = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
SYSTEM_LANGUAGE_ID = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"

_ID = re.compile(r"[0-9a-f]{32}")


def make_id(*parts: object) -> str:
    """A 32-hex id that is the same for the same parts."""
    text = "\x1f".join(map(str, parts))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def is_id(value: object) -> bool:
    """Whether the value is 32 lower-case hex characters."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def number(amount: Decimal | float) -> int | float:
    """The amount as PHP puts it into JSON: 119 and 59.5, never 119.00."""
    whole = int(amount)
    return whole if whole == amount else float(amount)


def stamp(moment: datetime) -> str:
    """RFC 3339 with milliseconds in UTC. Equal length, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+00:00"


def parse_stamp(text: object) -> str | None:
    """A time given by a client, in the form of `stamp`; None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def php_json(value: Any) -> bytes:
    r"""JSON as PHP's encoder writes it: no spaces, ``\/`` and ``\uXXXX``."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


def folded(text: str) -> str:
    """[inferred] A text as the database compares it for equality: case and blanks behind it make no difference."""
    return text.casefold().rstrip(" ")
