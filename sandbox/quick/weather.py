"""What goes wrong on the way to AWS and to the platforms, by seed."""

import errno
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MethodType
from typing import Any

import httpx
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from sandbox.quick.tables import Refused

Answer = Callable[[str, str, bool], Mapping[str, Any]]
"""What a service says to an operation with this body, as the SDK parses it; not whole: it takes half of a batch."""
PAGE = b"<!doctype html><title>One moment</title><p>We are checking your browser.</p>"
BUSY = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
    "ssm": "ThrottlingException",
}
AWS_FAULTS = ("throttled", "broken", "timeout_before", "timeout_after", "closed_after")
BATCH_FAULTS = (*AWS_FAULTS, "in_part")
"""Of a batch the rest may be left undone."""
HTTP_FAULTS = (
    *("throttled", "broken", "gateway_before", "gateway_after"),
    *("timeout_before", "timeout_after", "reset", "refused", "cut", "error_body"),
)
PAGE_FAULTS = ("page", "wall")
"""HTML where an API should be: rarer, since such a page is met by every call for a while."""
PAGES_IN = 0.01
ONE_FOR_ALL = ("/rpc/", "/admin-api")
"""Addresses that take every call of a platform: Tryton's JSON-RPC, Vendure's GraphQL."""
_OWN_NAME = re.compile(rb'"(?:method|operationName)": ?"([\w.]+)"')


class Killed(BaseException):
    """The container dies here; no handling of errors sees it."""


@dataclass
class Weather:
    """Decides what becomes of each outside call.

    Attributes:
        rate: The part of all calls that fail.
        deaths: The part of all calls at which the container dies, before or after.
        calls, died: Counted so far, as are the faults by kind.
    """

    random: Random
    rate: float = 0.0
    deaths: float = 0.0
    calls: int = 0
    died: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> int:
        """Calls that failed."""
        return self.kinds.total()

    def fault(self, kinds: tuple[str, ...], where: str) -> str:
        """What happens to the next call; empty when all goes well. Raises Killed."""
        self.calls += 1
        if self.random.random() < self.deaths:
            self.die(where)
        if self.random.random() >= self.rate:
            return ""
        kind = self.random.choice(kinds)
        self.kinds[kind] += 1
        return kind

    def die(self, where: str) -> None:
        """The container dies. Raises Killed."""
        self.died += 1
        raise Killed(where)

    def after(self, where: str) -> None:
        """The call took effect; its caller may not live to hear of it."""
        if self.random.random() < self.deaths:
            self.die(where)

    def over_log(self) -> None:
        """A line of the log meets the weather. Raises OSError."""
        if self.random.random() < self.rate:
            raise OSError(errno.EPIPE, "the log cannot be written")

    def over_aws(self, client: Any, answer: Answer) -> None:
        """Let ``answer`` stand for a client's service, and every call meet the weather below the SDK's own retries."""
        endpoint, service = client._endpoint, client.meta.service_model.service_name

        def sent(_: Any, request: Any, operation: Any, __: Any) -> Any:
            name, where = operation.name, f"{service} {operation.name}"
            kind = self.fault(BATCH_FAULTS if "Batch" in name else AWS_FAULTS, where)
            if kind in _BEFORE:
                return _BEFORE[kind](service, request.url)
            done = _answered(answer, name, request, whole=kind != "in_part")
            self.after(where)
            return _AFTER[kind](request.url) if kind in _AFTER else done

        endpoint._get_response = MethodType(sent, endpoint)
        _off_the_wire(client)


def _off_the_wire(client: Any) -> None:
    """Leave out what only a wire needs: a signature, headers in bytes, and the rules for an address at each call."""
    find_addresses_once(client)
    client._endpoint.create_request = lambda made, _: _Request(made["url"], made["body"])


def find_addresses_once(client: Any) -> None:
    """Let a client walk through AWS's rules for addresses once for each operation: they name one region here."""
    rules = client._ruleset_resolver
    by_rules, found = rules.construct_endpoint, dict[str, Any]()

    def address(operation_model: Any, call_args: Any, request_context: Any) -> Any:
        name = operation_model.name
        if name not in found:
            found[name] = by_rules(operation_model, call_args, request_context)
        return found[name]

    rules.construct_endpoint = address


@dataclass(frozen=True)
class _Request:
    """What is sent, again where it has to be."""

    url: str
    body: bytes | str

    def reset_stream(self) -> None:
        """Nothing was streamed."""


def _answered(answer: Answer, name: str, request: Any, *, whole: bool) -> Any:
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    try:
        return (AWSResponse(request.url, 200, HTTPHeaders(), None), answer(name, body, whole)), None
    except Refused as error:
        return _refused(error.code, 400, request.url, **error.told)


def _refused(code: str, status: int, url: str, **told: Any) -> Any:
    error = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **told}
    return (AWSResponse(url, status, HTTPHeaders(), None), error), None


_BEFORE: Mapping[str, Callable[[str, str], Any]] = {
    "throttled": lambda service, url: _refused(BUSY[service], 400, url),
    "broken": lambda _, url: _refused("InternalServerError", 500, url),
    "timeout_before": lambda _, url: (None, ReadTimeoutError(endpoint_url=url)),
}
_AFTER: Mapping[str, Callable[[str], Any]] = {
    "timeout_after": lambda url: (None, ReadTimeoutError(endpoint_url=url)),
    "closed_after": lambda url: (None, ConnectionClosedError(endpoint_url=url)),
}


@dataclass
class Internet(httpx.BaseTransport):
    """All platforms behind one transport; every call meets the weather.

    Args:
        platforms: How each is reached, by host.
        down: Hosts that do not answer at all.
    """

    platforms: Mapping[str, httpx.BaseTransport]
    weather: Weather
    down: set[str] = field(default_factory=set)
    by_host: Counter[str] = field(default_factory=Counter)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or fail in one of the ways that networks and platforms have."""
        self.by_host[request.url.host] += 1
        where = named(request)
        if request.url.host in self.down:
            raise httpx.ConnectTimeout("the platform is down", request=request)
        kind = self.weather.fault(self._kinds(), where)
        if kind in _UNTOUCHED:
            return _UNTOUCHED[kind](request)
        response = self.platforms[request.url.host].handle_request(request)
        body = response.read()
        self.weather.after(where)
        return _TOUCHED[kind](request, response, body) if kind else response

    def _kinds(self) -> tuple[str, ...]:
        return PAGE_FAULTS if self.weather.random.random() < PAGES_IN else HTTP_FAULTS


def named(request: httpx.Request) -> str:
    """A call by host, method and path; where one address takes them all, also by what its body calls itself."""
    where = f"{request.url.host} {request.method} {request.url.path}"
    own = _OWN_NAME.search(request.read()) if request.url.path.endswith(ONE_FOR_ALL) else None
    return f"{where} {own[1].decode()}" if own else where


def _raised(error: type[httpx.RequestError]) -> Callable[..., httpx.Response]:
    def fail(request: httpx.Request, *_: Any) -> httpx.Response:
        raise error("made up by the weather", request=request)

    return fail


def _cut(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Half of a body, as a proxy leaves it that does not mind."""
    kept = {name: value for name, value in response.headers.items() if name != "content-length"}
    return httpx.Response(response.status_code, headers=kept, content=body[: len(body) // 2], request=request)


_HTML = {"Content-Type": "text/html"}
_UNTOUCHED: Mapping[str, Callable[[httpx.Request], httpx.Response]] = {
    "throttled": lambda request: httpx.Response(429, headers={"Retry-After": "2"}, json={}, request=request),
    "broken": lambda request: httpx.Response(503, json={"error": "maintenance"}, request=request),
    "gateway_before": lambda request: httpx.Response(502, headers=_HTML, content=PAGE, request=request),
    "timeout_before": _raised(httpx.ReadTimeout),
    "refused": _raised(httpx.ConnectError),
    "error_body": lambda request: httpx.Response(200, json={"error": "an error occurred"}, request=request),
    "page": lambda request: httpx.Response(200, headers=_HTML, content=PAGE, request=request),
    "wall": lambda request: httpx.Response(403, headers=_HTML, content=PAGE, request=request),
}
_TOUCHED: Mapping[str, Callable[[httpx.Request, httpx.Response, bytes], httpx.Response]] = {
    "gateway_after": lambda request, *_: httpx.Response(504, headers=_HTML, content=PAGE, request=request),
    "timeout_after": _raised(httpx.ReadTimeout),
    "reset": _raised(httpx.RemoteProtocolError),
    "cut": _cut,
}
