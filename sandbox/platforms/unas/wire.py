"""XML as it travels: a body becomes dicts and lists, and is written from them.

A node with nodes below is a dict, a repeated one a list, any other its text; an empty one is the empty text, which is
how a write clears a value. A single row looks like no list, so rows are always taken with ``rows``.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sandbox.platforms.unas.inferred import from_local, local

Record = dict[str, Any]

PROLOG = b'<?xml version="1.0" encoding="UTF-8" ?>\n'
DEEPEST = 40
"""No documented body comes near to it."""
_PLAIN = re.compile(r"[\w.,:;/@+\- ]*", re.ASCII)
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TIME = "%Y.%m.%d %H:%M:%S"
_DAY = "%Y.%m.%d"


def read_xml(body: bytes) -> tuple[str, Any]:
    """The root's name and what it holds.

    Raises:
        ValueError: It is not well-formed, declares a document type or entities, or is nested beyond reason.
    """
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as problem:
        raise ValueError(f"the body is no XML that is taken here: {problem}") from problem
    return root.tag, _content(root, DEEPEST)


def _content(node: Element, deepest: int) -> Any:
    if deepest == 0:
        raise ValueError("the body is nested too deep")
    found: Record = {}
    for child in node:
        found.setdefault(child.tag, []).append(_content(child, deepest - 1))
    if found:
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
    text = node.text or ""
    return text if text.strip() else ""


def rows(holder: Any, name: str) -> list[Any]:
    """The nodes of a name below another one: none, one or many."""
    found = holder.get(name, []) if isinstance(holder, dict) else []
    return found if isinstance(found, list) else [found]


def below(record: Any, *path: str) -> Any:
    """What stands at the end of a path; an empty text when nothing does."""
    for name in path:
        record = record.get(name, "") if isinstance(record, dict) else ""
    return record


def write_xml(root: str, content: Any) -> bytes:
    """Render an answer; nodes of None are left out."""
    return PROLOG + _node(root, content).encode()


def _node(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_node(name, each) for each in value)
    if value is None:
        return ""
    inner = "".join(_node(*each) for each in value.items()) if isinstance(value, dict) else _text(plain(value))
    return f"<{name}>{inner}</{name}>"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    allowed = _NO_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{allowed}]]>"


def plain(value: Any) -> str:
    """A value as text: numbers with a point, without grouping, exponent or zeros at the end."""
    if not isinstance(value, Decimal):
        return str(value)
    return f"{value.normalize():f}" if value else "0"


def number(text: Any) -> Decimal | None:
    """What a number says, with a point; None when it is none."""
    if isinstance(text, Decimal | int):
        return Decimal(text)
    if not isinstance(text, str) or not re.fullmatch(r"-?\d+(\.\d+)?", text.strip()):
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def amount(text: Any) -> Decimal:
    """A number that was checked before; nothing is 0."""
    return number(text) or Decimal(0)


def time_text(moment: datetime) -> str:
    """The shop's wall clock, to the second."""
    return local(moment).strftime(_TIME)


def day_text(moment: datetime) -> str:
    """The shop's day."""
    return local(moment).strftime(_DAY)


def unix(moment: datetime) -> str:
    """Seconds since 1970."""
    return str(int(moment.timestamp()))


def moment_of(text: str) -> datetime:
    """A moment that was written as ``YYYY.MM.DD HH:MM:SS`` or ``YYYY.MM.DD``, by the shop's wall clock; in UTC.

    Raises:
        ValueError: It is neither.
    """
    return from_local(datetime.strptime(text, _TIME if " " in text.strip() else _DAY))  # noqa: DTZ007 - a wall clock


def is_time(text: Any) -> bool:
    """Whether a text is such a moment."""
    try:
        return isinstance(text, str) and bool(moment_of(text))
    except ValueError:
        return False
