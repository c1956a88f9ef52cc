"""Answers that are XML of an odd kind, or nearly XML; a caller must live with each."""

import re
from collections.abc import Callable, Mapping
from typing import Final

_ENTITIES: Final = (
    b'<?xml version="1.0"?><!DOCTYPE response [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<response><message>&b;</message></response>"
)
_DEEP: Final = 10_000


def _other_root(body: bytes) -> bytes:
    return re.sub(rb"(</?)response(?=>)", rb"\1valasz", body)


def _two_roots(body: bytes) -> bytes:
    return body + b"<response/>"


ODD: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "entities": lambda _: _ENTITIES,
    "deep": lambda _: b"<response>" + b"<a>" * _DEEP + b"</a>" * _DEEP + b"</response>",
    "other_root": _other_root,
    "two_roots": _two_roots,
    "unescaped": lambda _: b"<response><error>500</error><message>a < b & c</message></response>",
    "empty": lambda _: b"",
    "blank": lambda _: b"\n  \n",
    "no_entry": lambda _: b"<response></response>",
}
"""By the fault's detail."""
