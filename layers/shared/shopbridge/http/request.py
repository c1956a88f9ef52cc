"""A call as the library's request, with its head written here.

The library would look for each header among the others, and for what kind of body it is: half of what a request costs.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from shopbridge.http.answer import Call
from shopbridge.http.exchange import HEADERS

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods that say how long their body is, also where they have none (RFC 9110, 8.6)."""
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def request_of(call: Call, url: httpx.URL, extensions: Mapping[str, Any]) -> httpx.Request:
    """Return the request that makes a call. Raises ValueError for what no JSON can say."""
    kind, body = _body(call)
    request = httpx.Request(
        call.method,
        url,
        params=dict(call.params) or None,
        headers={"Host": url.netloc.decode("ascii"), **HEADERS, **kind, **call.headers, **_length(call, body)},
        stream=httpx.ByteStream(body),
        extensions=dict(extensions),
    )
    request.read()  # who signs it asks for its content
    return request


def _body(call: Call) -> tuple[Mapping[str, str], bytes]:
    """What kind it is, as a header, and the body; as it is, of a form, or JSON."""
    if call.content:
        return {}, call.content
    if call.form:
        return {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(call.form).encode()
    if call.json is not None:
        return {"Content-Type": "application/json"}, _JSON.encode(call.json).encode()
    return {}, b""


def _length(call: Call, body: bytes) -> Mapping[str, str]:
    return {"Content-Length": str(len(body))} if body or call.method in WITH_BODY else {}
