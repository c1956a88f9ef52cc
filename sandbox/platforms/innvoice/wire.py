"""XML as it travels: a body into dicts of texts, an answer out of them, days with a closing dot."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from defusedxml import ElementTree

from sandbox.platforms.innvoice.errors import invalid
from sandbox.platforms.innvoice.spelling import Spelling

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Record = dict[str, Any]

DEPTH: Final = 5
"""No documented body is nested deeper."""
_DAY: Final = "%Y.%m.%d."


def read(body: bytes, root: str) -> Record:
    """What is inside the root: texts, dicts, and a list where an element comes more than once.

    Raises:
        ApiError: It is no well-formed XML, has a DTD, attributes or text beside elements, or another root.
    """
    try:
        found = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, LookupError, ValueError) as problem:
        raise invalid(f"the body is no XML: {problem}") from problem
    if found.tag != root:
        raise invalid(f"the root should be {root}, but is {found.tag}")
    inside = _value(found)
    return inside if isinstance(inside, dict) else {}


def rows(inside: Record, name: str) -> list[Any]:
    """The entries of a body: once or more, and nothing else.

    Raises:
        ApiError: There is none, or something beside them.
    """
    if set(inside) != {name}:
        raise invalid(f"the body should hold {name}, but holds {', '.join(sorted(inside)) or 'nothing'}")
    return as_list(inside[name])


def as_list(value: Any) -> list[Any]:
    """A list of one where an element came once."""
    return value if isinstance(value, list) else [value]


def _value(element: "Element", depth: int = 0) -> Any:
    if element.attrib or depth > DEPTH:
        raise invalid(f"{element.tag} has attributes or is nested too deeply")
    children = list(element)
    if not children:
        return element.text or ""
    if any((text or "").strip() for text in (element.text, *(child.tail for child in children))):
        raise invalid(f"{element.tag} has text beside elements")
    made: Record = {}
    for child in children:
        _put(made, child.tag, _value(child, depth + 1))
    return made


def _put(made: Record, name: str, value: Any) -> None:
    made[name] = [*as_list(made[name]), value] if name in made else value


def write(root: str, inside: Mapping[str, Any], spelling: Spelling) -> bytes:
    """An answer; None is left out, a list repeats its element."""
    return spelling.encode(_element(root, inside, spelling))


def _element(name: str, value: Any, spelling: Spelling) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, each, spelling) for each in value)
    if isinstance(value, Mapping):
        inside = "".join(_element(each, inner, spelling) for each, inner in value.items())
        return f"<{name}>{inside}</{name}>"
    return f"<{name}>{spelling.text(str(value))}</{name}>"


def day(text: str) -> date:
    """Read ``YYYY.MM.DD.``.

    Raises:
        ValueError: It is no such day.
    """
    return datetime.strptime(text, _DAY).replace(tzinfo=UTC).date()


def written(moment: date) -> str:
    """``YYYY.MM.DD.``."""
    return moment.strftime(_DAY)
