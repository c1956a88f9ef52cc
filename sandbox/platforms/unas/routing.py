"""What a function of the API is: the root of its requests, the filters it knows, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.unas.errors import invalid
from sandbox.platforms.unas.limits import Scope
from sandbox.platforms.unas.state import Shop
from sandbox.platforms.unas.wire import Record, rows

PARAMS = "Params"
FEW = 100
"""Entities up to which a write counts as small."""
Handle = Callable[[Shop, Record], Any]
"""A read: the nodes of ``Params`` in, what stands below the answer's root out."""


@dataclass(frozen=True)
class Function:
    """One function.

    Args:
        root: The root of what is sent.
        answers: The root of the answer.
        entity: The node of one entity in a write.
        filters: The nodes a read knows.
        one: Filters that ask for one entity, and those that may stand beside; nothing where the limit is flat.
        vip: Only the larger plan has it.
    """

    handle: Handle
    root: str
    answers: str
    entity: str = ""
    filters: frozenset[str] = frozenset()
    one: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    flat: bool = False
    vip: bool = False

    def scope(self, content: Any) -> Scope | None:
        """Under which limit a call counts, by what it asks for: a comma list or any other filter is several."""
        if self.flat:
            return None
        if self.entity:
            return "one" if len(rows(content, self.entity)) <= FEW else "several"
        named = {name for name, value in _nodes(content).items() if value != ""}
        asked = named & self.one
        lists = any("," in str(content[name]) for name in asked)
        return "one" if asked and not lists and named <= self.one | self.beside else "several"


Functions = Mapping[str, Function]


def reading(handle: Handle, answers: str, filters: str, one: str = "", **more: Any) -> Function:
    """A read, with its filters in one text; it takes nothing that is not documented."""

    def answer(shop: Shop, content: Record) -> Any:
        params = _nodes(content)
        if unknown := params.keys() - known:
            raise invalid(f"unknown node {', '.join(sorted(unknown))}")
        return handle(shop, {name: value for name, value in params.items() if value != ""})

    known = frozenset(filters.split())
    beside = frozenset(more.pop("beside", "Lang ContentType LimitNum LimitStart").split())
    return Function(answer, PARAMS, answers, filters=known, one=frozenset(one.split()), beside=beside, **more)


def writing(handle: Handle, plural: str, entity: str, **more: Any) -> Function:
    """A write of a batch."""
    return Function(handle, plural, plural, entity, **more)


def _nodes(content: Any) -> Record:
    return content if isinstance(content, dict) else {}


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for: without ``LimitNum`` all, and then ``LimitStart`` says nothing."""

    start: int = 0
    size: int | None = None

    @classmethod
    def of(cls, params: Record, largest: int | None = None) -> "Page":
        """Read both nodes; a page is never larger than the largest.

        Raises:
            ApiError: One is no whole number.
        """
        size = whole(params, "LimitNum")
        start = whole(params, "LimitStart") if size is not None else 0
        sizes = [each for each in (size, largest) if each is not None]
        return cls(start or 0, min(sizes) if sizes else None)

    def cut(self, found: list[Any]) -> list[Any]:
        """The part."""
        return found[self.start :][: self.size]


def whole(params: Record, name: str) -> int | None:
    """A whole number; None when it is not sent.

    Raises:
        ApiError: It is none.
    """
    value = params.get(name)
    if value is None:
        return None
    if not (isinstance(value, str) and value.strip().isdigit()):
        raise invalid(f"{name} should be a whole number")
    return int(value)
