"""What a hostile or broken platform answers: poisoned rows, pages without end, bodies that are something else."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import httpx

from shopbridge.errors import BridgeError
from shopbridge.mapping.identity import LONGEST, is_sound
from shopbridge.mapping.xml_data import UNWRITABLE, read_xml, write_xml
from tests.contract.bench import Bench, Row

T = TypeVar("T")

BOMB = "@bomb@"

POISONS: dict[str, Any] = {
    "half a character": "\ud800",
    "3,000 characters": "x" * 3_000,
    "control characters": "a\x00b\x1f",
    "a number of 500 KB": BOMB,
    "no text at all": {"a": []},
}
"""What no key can hold."""
BODIES: tuple[Any, ...] = (
    *(None, True, 7, 7.5, [], {}, [[]], [None, 1, "x"], {"a": {}}, {"data": None}, {"items": [None]}),
    *({"data": [None]}, {"data": {"a": 1}}, {"items": 7}, {"orders": [7]}, {"products": {"1": []}}, {"error": []}),
    *("<html>", '{"data": [', "", '{"items":' * 50_000, "[" * 100_000),
    *({"is_error": 0, "data": "x"}, {"is_error": "0", "data": [[]], "data_next_page_exists": "2"}, {"total": "x"}),
)
"""What is no answer to anything: plain data, and texts that are none."""
XML_BODIES: tuple[bytes, ...] = (
    *(b"", b"<a/>", b"<a>", b"<a/><b/>", b"<a b='c'>d</a>", b"<a>&nbsp;</a>", b"<a>\xff</a>", b"<a>\x00</a>"),
    b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;&d;&d;&d;</a>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b"<a>" * 20_000,
    b"<a>" * 2_000 + b"</a>" * 2_000,
)
"""The same in XML, under its type."""


def is_key(text: str) -> bool:
    """Whether a store's key can hold it, and a log's line."""
    return is_sound(text, 2 * LONGEST)


@contextmanager
def poisoned(bench: Bench, row: Row, name: str, field: str, value: Any) -> Iterator[None]:
    """Give one field of one record another value in all answers to connectors that are made meanwhile."""
    seen: list[str] = []

    def change(body: Any) -> None:
        for each in rows_with(body, row.key):
            if row.is_of(each, name) and field in each:
                each[field] = value
                seen.append(field)

    with laid(bench, partial(Changing, change=change)):
        yield
    assert seen, f"no answer holds {field} of {name}"


def beside_nothing(bench: Bench, row: Row, name: str) -> Any:
    """Put a row that is no object before a record, in all answers to connectors that are made meanwhile."""

    def change(body: Any) -> None:
        for holder in containers(body):
            rows = list(holder.values()) if isinstance(holder, dict) else holder
            if any(isinstance(each, dict) and row.is_of(each, name) for each in rows):
                holder.update({"odd": None}) if isinstance(holder, dict) else holder.insert(0, None)

    return laid(bench, partial(Changing, change=change))


def containers(body: Any) -> Iterator[Any]:
    """Every list and object of an answer, from outside to inside."""
    if isinstance(body, dict | list):
        inner = list(body.values()) if isinstance(body, dict) else list(body)
        yield body
        for each in inner:
            yield from containers(each)


@contextmanager
def laid(bench: Bench, around: Callable[[httpx.BaseTransport], httpx.BaseTransport]) -> Iterator[None]:
    """Lay something between platform and connectors that are made meanwhile."""
    before, bench.around = bench.around, lambda inner: around(before(inner))
    try:
        yield
    finally:
        bench.around = before


def answering(bench: Bench, body: Any, status: int = 200, to: frozenset[str] = frozenset()) -> Any:
    """Let every call but logins be answered by this, whatever it asks.

    Args:
        body: A text is a page; anything else is in the platform's format, bytes as they are.
        to: The methods of the calls that are meant, if they are to change something; all, if empty.
    """
    speaks = bench.facts.format
    content = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else written(body, speaks)
    kind = "text/html" if isinstance(body, str) else f"application/{speaks}"

    def answer(request: httpx.Request) -> httpx.Response | None:
        meant = bench.facts.kind_of(request)
        if meant == "login" or (to and (meant == "read" or request.method not in to)):
            return None
        return httpx.Response(status, content=content, headers={"content-type": kind})

    return laid(bench, partial(Instead, answer=answer))


def hostile_answers(bench: Bench, capability: str) -> Iterator[tuple[Any, Any]]:
    """One odd body after the other, each with the part of a new container that gets nothing else."""
    for body in (*BODIES, *(XML_BODIES if bench.facts.format == "xml" else ())):
        with answering(bench, body):
            yield body, bench.part(capability)
        bench.rest()


@dataclass(frozen=True)
class Noted(Generic[T]):
    """What an attempt gave, or the error that tells a person something; any other error is a bug."""

    given: tuple[T, ...]
    error: BridgeError | None


def noted(attempt: Callable[[], T]) -> Noted[T]:
    """Try something that a broken platform may spoil."""
    try:
        return Noted((attempt(),), None)
    except BridgeError as error:
        return Noted((), error)


@dataclass
class Replay:
    """Gives the first answer to a kind of call for ever, as a server does that ignores where a page begins."""

    first: dict[str, httpx.Response] = field(default_factory=dict)
    left: int = 60

    def __call__(self, inner: httpx.BaseTransport) -> httpx.BaseTransport:
        """Lay it between a container and the platform; all containers get the same answers."""
        return Instead(inner, partial(self._answer, inner))

    def _answer(self, inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        assert self.left > 0, "it asks for ever"
        place = f"{request.method} {re.sub('[0-9]+', '', request.url.path)}"
        if place not in self.first:
            response = inner.handle_request(request)
            response.read()
            if response.is_error:
                return response
            self.first[place] = response
        known = self.first[place]
        kept = {name: value for name, value in known.headers.items() if name != "content-length"}
        return httpx.Response(known.status_code, headers=kept, content=known.content)


@dataclass
class Changing(httpx.BaseTransport):
    """Changes every answer that is data on its way; ``BOMB`` becomes a number of half a megabyte."""

    inner: httpx.BaseTransport
    change: Callable[[Any], None]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        response.read()
        speaks = format_of(response)
        if not speaks:
            return response
        body = read(response.content, speaks)
        self.change(body)
        bomb = f'"{BOMB}"' if speaks == "json" else BOMB
        content = written(body, speaks).replace(bomb.encode(), b"9" * 500_000)
        kept = {name: given for name, given in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=kept, content=content)


@dataclass
class Instead(httpx.BaseTransport):
    """Gives an answer of its own to the calls that are meant."""

    inner: httpx.BaseTransport
    answer: Callable[[httpx.Request], httpx.Response | None]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.answer(request) or self.inner.handle_request(request)


def format_of(response: httpx.Response) -> str:
    """What an answer is written in; empty for a page."""
    kind = response.headers.get("content-type", "")
    return next((name for name in ("json", "xml") if name in kind), "")


def read(content: bytes, speaks: str) -> Any:
    """Plain data of an answer."""
    return read_xml(content) if speaks == "xml" else json.loads(content)


def written(body: Any, speaks: str) -> bytes:
    """Plain data as an answer."""
    if speaks == "json":
        return json.dumps(body).encode()
    root = next(iter(body)) if isinstance(body, dict) and len(body) == 1 else ""
    return write_xml(root or "response", _element(body[root] if root else body))


def _element(value: Any) -> Any:
    """What an element may hold: lists need a name, and what XML cannot write is marked as lost on its way."""
    match value:
        case dict():
            return {name: [*map(_element, as_list(each))] or "" for name, each in value.items()}
        case list():
            return {"item": [*map(_element, value)]}
        case _:
            return "" if value is None else UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(value))


def as_list(value: Any) -> list[Any]:
    """One or many as many."""
    return value if isinstance(value, list) else [value]


def rows_with(body: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every object that has this field, from outside to inside."""
    if isinstance(body, dict):
        if name in body:
            yield body
        for each in body.values():
            yield from rows_with(each, name)
    elif isinstance(body, list):
        for each in body:
            yield from rows_with(each, name)
