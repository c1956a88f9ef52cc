"""Answers that a broken or hostile platform gives in the place of its own."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx


@dataclass(frozen=True)
class Genuine:
    """What the platform would have said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Trick = Callable[[Genuine], httpx.Response]
JSON: Final = {"content-type": "application/json"}
NUMBER: Final = re.compile(rb'(?<=[\[:, ])-?\d+(?:\.\d+)?(?=[,}\] ])|"-?\d+(?:\.\d+)?"')
MEGABYTE: Final = 1_000_000


def raw(body: bytes, headers: Mapping[str, str] = JSON, status: int = 200) -> httpx.Response:
    """An answer whose body nobody has unpacked yet."""
    return httpx.Response(status, headers=dict(headers), stream=httpx.ByteStream(body))


def _numbers(bomb: bytes) -> Trick:
    """Every number of the genuine answer becomes this one."""
    return lambda genuine: raw(NUMBER.sub(lambda _: bomb, genuine.body) or bomb)


def _body(made: Callable[[], bytes], **headers: str) -> Trick:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: raw(made(), {**JSON, **named})


@cache
def _blanks() -> bytes:
    """300 MB of blanks, packed bit by bit: making a bomb must not cost what it is to cost."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return b"".join([*(packer.compress(b" " * MEGABYTE) for _ in range(300)), packer.flush()])


@cache
def _stacked() -> bytes:
    return gzip.compress(_blanks(), 9)


def _deep(opening: bytes) -> Callable[[], bytes]:
    return lambda: opening * 200_000


def _recoded(encoding: str) -> Trick:
    """The genuine answer in another encoding than JSON has."""
    return lambda genuine: raw(genuine.body.decode().encode(encoding))


def _redirect(to: str, status: int) -> Trick:
    return lambda _: raw(b"", {"location": to}, status)


def _other_shapes(value: Any) -> Trick:
    return lambda _: raw(json.dumps(value).encode())


TRICKS: Mapping[str, Trick] = {
    "exponent": _numbers(b"1e999999999"),
    "small exponent": _numbers(b"1e-999999999"),
    "digits": _numbers(b"9" * 50_000),
    "exponent in text": _numbers(b'"1e999999999"'),
    "digits in text": _numbers(b'"' + b"9" * 50_000 + b'"'),
    "not a number": _numbers(b"NaN"),
    "infinite": _numbers(b"-Infinity"),
    "half a surrogate": _numbers(b'"\\ud800"'),
    "null": _numbers(b"null"),
    "deep lists": _body(_deep(b"[")),
    "deep objects": _body(_deep(b'{"a":')),
    "many lists": _body(lambda: b"[" + b"[]," * 4_000_000 + b"[]]"),
    "many names": _body(lambda: b"{" + b",".join(b'"%d":0' % at for at in range(900_000)) + b"}"),
    "gzip bomb": _body(_blanks, content_encoding="gzip"),
    "stacked gzip": _body(_stacked, content_encoding="gzip, gzip"),
    "deflate": _body(lambda: zlib.compress(b" " * 50 * MEGABYTE), content_encoding="deflate"),
    "no gzip": _body(lambda: b"plain", content_encoding="gzip"),
    "large": _body(lambda: b'"' + b"a" * 40 * MEGABYTE + b'"'),
    "utf-16": _recoded("utf-16"),
    "utf-32": _recoded("utf-32"),
    "no utf-8": lambda _: raw(b'{"data":"\xff\xfe\x80"}'),
    "entities": lambda _: raw(
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>', {"content-type": "text/xml"}
    ),
    "page": lambda _: raw(b"<html><title>Sign in</title></html>", {"content-type": "text/html"}),
    "empty": lambda _: raw(b""),
    "half": lambda genuine: raw(genuine.body[: len(genuine.body) // 2]),
    "twice": lambda genuine: raw(genuine.body * 2),
    "redirect inside": _redirect("http://169.254.169.254/latest/meta-data", 302),
    "redirect in circles": _redirect("/", 307),
    "a list": _other_shapes([]),
    "an object": _other_shapes({}),
    "a number": _other_shapes(7),
    "a text": _other_shapes("ok"),
    "no status": lambda genuine: raw(genuine.body, JSON, 799),
    "informal": lambda genuine: raw(genuine.body, JSON, 204),
    "odd waits": lambda _: raw(b"{}", {**JSON, "retry-after": "1e400", "date": "yesterday"}, 429),
    "long headers": lambda genuine: raw(genuine.body, {**JSON, "x-a": "a" * 200_000, "date": "9" * 9_000}),
}
"""By name; each is given from some call of a conversation on."""
