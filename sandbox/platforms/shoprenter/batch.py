"""``/batch``: up to 200 calls in one, each with a status of its own, below a 200 in any case."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.platforms.shoprenter import inferred
from sandbox.platforms.shoprenter.bodies import whole
from sandbox.platforms.shoprenter.dispatch import Call
from sandbox.platforms.shoprenter.errors import WRONG_DATA, ApiError, bad, not_found
from sandbox.platforms.shoprenter.wire import Record

TOO_LONG = 40013
Handle = Callable[[Call], tuple[int, Any]]


def run(sent: Any, base: str, handle: Handle, *, status_as_text: bool) -> Record:
    """Work off the requests in their order.

    Args:
        base: Where the API is: absolute addresses below it are taken and no others.
        handle: Answers one call.

    Raises:
        ApiError: The batch itself is none.
    """
    requests = whole(sent).get("requests")
    if not isinstance(requests, list) or not requests:
        raise bad(WRONG_DATA, "requests is no list")
    if len(requests) > inferred.LARGEST_BATCH:
        raise bad(TOO_LONG, f"A batch has at most {inferred.LARGEST_BATCH} requests")
    return {"requests": {"request": [_item(each, base, handle, status_as_text) for each in requests]}}


def _item(asked: Any, base: str, handle: Handle, status_as_text: bool) -> Record:
    if not isinstance(asked, dict):
        raise bad(WRONG_DATA, "A request is no object")
    try:
        status, body = handle(_call(asked, base))
    except ApiError as refusal:
        status, body = refusal.status, refusal.body()
    code = str(status) if status_as_text else status
    response = {"header": {"statusCode": code}, "body": body}
    return {"method": asked.get("method"), "uri": asked.get("uri"), "response": response}


def _call(asked: Record, base: str) -> Call:
    """One request. What stands in another field than ``data``, such as ``body``, is not looked at."""
    method, uri = asked.get("method"), asked.get("uri")
    if method not in {"GET", "POST", "PUT", "DELETE"} or not isinstance(uri, str):
        raise bad(WRONG_DATA, "A request needs method and uri")
    if not uri.startswith(f"{base}/"):
        raise not_found("Resource")
    return call_of(method, uri.removeprefix(f"{base}/"), asked.get("data") if method in {"POST", "PUT"} else None)


def call_of(method: str, below_base: str, sent: Any) -> Call:
    """A call by what stands behind the API's base address. Of a parameter sent twice the last counts."""
    parts = urlsplit(below_base)
    name, _, resource_id = parts.path.partition("/")
    return Call(method, name, unquote(resource_id), dict(parse_qsl(parts.query, keep_blank_values=True)), sent)
