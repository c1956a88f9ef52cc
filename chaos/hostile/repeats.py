"""A platform that gives its first page again and again, and always says that there is more."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

PAGING = frozenset({"page", "start", "size", "limit"})
ROWS = 500
"""Rows of a full page of Shopware."""
ANOTHER = "https://another.example/page"


@dataclass
class Repeats(httpx.BaseTransport):
    """Remembers the first page of each list.

    Attributes:
        endless: Raised after ``most`` calls.
    """

    platform: httpx.BaseTransport
    endless: type[BaseException]
    most: int
    calls: int = 0
    played: int = 0
    first: dict[str, httpx.Response] = field(default_factory=dict)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with what the list's first page was."""
        self.calls += 1
        if self.calls > self.most:
            raise self.endless(f"{request.method} {request.url.path}")
        body = request.read()
        name = f"{request.method} {request.url.path} {_filters(request, body)}"
        if name not in self.first:
            self.first[name] = self.platform.handle_request(request)
        answer = self.first[name]
        data = _as_json(answer.read())
        if answer.status_code != 200 or not (isinstance(data, list) or _is_list(data)):  # noqa: PLR2004
            return httpx.Response(answer.status_code, headers=_plain(answer), stream=httpx.ByteStream(answer.content))
        self.played += 1
        more = json.dumps(_with_more(data, request)).encode()
        return httpx.Response(200, headers=_plain(answer), stream=httpx.ByteStream(more))


def _plain(answer: httpx.Response) -> Mapping[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-encoding")}


def _filters(request: httpx.Request, body: bytes) -> str:
    """What is asked for, but for the page."""
    search = _as_json(body) if body else {}
    asked = {key: value for key, value in search.items() if key not in PAGING} if isinstance(search, dict) else search
    query = [pair for pair in parse_qsl(request.url.query.decode()) if pair[0] not in PAGING]
    return json.dumps([query, asked], sort_keys=True)


def _as_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _is_list(data: Any) -> bool:
    return isinstance(data, dict) and any(name in data for name in (*_MORE, "data"))


def _with_more(data: Any, request: httpx.Request) -> Any:
    """The list with the word of its platform for: there is more."""
    if not isinstance(data, dict):
        return data
    for name, add in _MORE.items():
        if name in data:
            return add(dict(data), request)
    if isinstance(data.get("data"), list) and data["data"]:
        rows = data["data"]
        return {**data, "data": (rows * ROWS)[: _limit(request)]}
    return data


def _limit(request: httpx.Request) -> int:
    search = _as_json(request.read())
    return int(search.get("limit", ROWS)) if isinstance(search, dict) else ROWS


def _salespos(data: dict[str, Any], _: httpx.Request) -> Any:
    return {**data, "next": ANOTHER}


def _gomag(data: dict[str, Any], request: httpx.Request) -> Any:
    return {**data, "page": int(request.url.params.get("page", "1")), "pages": 1_000_000}


def _cloudsales(data: dict[str, Any], _: httpx.Request) -> Any:
    return {**data, "data_next_page_exists": True, "data_next_page": 0}


_MORE: Mapping[str, Callable[[dict[str, Any], httpx.Request], Any]] = {
    "next": _salespos,
    "pages": _gomag,
    "data_next_page_exists": _cloudsales,
}
