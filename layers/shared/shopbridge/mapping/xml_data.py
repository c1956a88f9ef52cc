"""XML from outside, in bounds, and plain data as XML: the one place where such a body becomes plain data.

As with JSON, nothing in somebody else's text may cost more than its length: no document type, no entity, no more
elements and levels than an answer of a platform has. What is wrong with a whole body is refused.

An element is, as plain data, its text when it holds no other element, and else its children by their names; a name
that comes several times holds a list. So one record and many look different: ``Listed`` makes them alike.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 - builds and writes, reads nothing
from xml.parsers.expat import ExpatError  # nosec B407 - only its error

import xmltodict
from pydantic import BeforeValidator

from shopbridge.errors import Held
from shopbridge.mapping.json_data import BodyError, TooManyValues

MOST_ELEMENTS = 400_000
"""Elements and attributes of one body. A page of 500 products is some 100,000."""
DEEPEST = 60
"""Levels of elements; the deepest answer of a platform has nine."""
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write, not even escaped."""
_HAS_TYPE = re.compile(rb"(\s|<\?.*?\?>|<!--.*?-->|\xef\xbb\xbf)*<!DOCTYPE", re.DOTALL)

Item = TypeVar("Item")


def listed(value: Any) -> Any:
    """Return a list of what is none, one or many; an empty text is none."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


Listed = Annotated[list[Item], BeforeValidator(listed)]
"""Elements of one name, however many there are."""


class XmlError(BodyError):
    """A body that is no XML, or none that we take."""


def read_xml(body: bytes | str) -> dict[str, Any]:
    """Return plain data: the root's name and what it holds; texts without the blanks around them.

    Attributes stand under their name with ``@`` before it, and a text beside them or beside children under ``#text``.

    Raises:
        XmlError: It is no XML, too deep, or has a document type.
        TooManyValues: It would take too much memory.
    """
    raw = body.encode() if isinstance(body, str) else body
    if raw.count(b"<") + raw.count(b"=") > 2 * MOST_ELEMENTS:
        raise TooManyValues(f"has more than {MOST_ELEMENTS} values")
    if _HAS_TYPE.match(raw):
        raise XmlError("has a document type")
    try:
        found: dict[str, Any] = xmltodict.parse(raw, postprocessor=_bounded)
    except XmlError:
        raise
    except (ExpatError, ValueError, LookupError) as error:
        raise XmlError("is no XML") from error
    return found


def _bounded(path: Sequence[object], name: str, value: Any) -> tuple[str, Any]:
    """What is kept of a finished element: an empty one is an empty text."""
    if len(path) > DEEPEST:
        raise XmlError(f"is deeper than {DEEPEST} levels")
    return name, "" if value is None else value


def write_xml(name: str, content: Any) -> bytes:
    """Return a document with this root: of mappings, lists, texts and numbers, in the order they are given.

    A list repeats its element; None leaves an element out; an empty text or mapping writes an empty element, which
    some platforms take for "clear it".

    Raises:
        Held: A text has a character that XML cannot hold.
    """
    root = Element(name)
    _fill(root, content)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fill(element: Element, content: Any) -> None:
    if not isinstance(content, Mapping):
        element.text = _text(content, element.tag)
        return
    for name, value in content.items():
        many = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        for each in many:
            if each is not None:
                _fill(SubElement(element, name), each)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str | int | Decimal):
        raise TypeError(f"{name} is to hold a {type(value).__name__}, which XML has no text for")
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if odd := UNWRITABLE.search(text):
        raise Held(
            f"The text of {name} has the character {odd.group()!a}, which cannot be sent",
            code="unexpected_form",
            fix="Take the character out of that text in the shop, then resend the order.",
        )
    return text
