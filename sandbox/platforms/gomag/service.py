"""One call from its raw request to its reply: faults, headers, buckets, permission, dispatch."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from flask import Request

from sandbox.platforms.gomag import customers, inferred, inventory, reference
from sandbox.platforms.gomag.auth import Access
from sandbox.platforms.gomag.bucket import Limits
from sandbox.platforms.gomag.catalogue import categories, products
from sandbox.platforms.gomag.catalogue import writes as product_writes
from sandbox.platforms.gomag.errors import ApiError, denied, invalid, no_data
from sandbox.platforms.gomag.orders import calls as orders
from sandbox.platforms.gomag.orders import documents
from sandbox.platforms.gomag.orders import writes as order_writes
from sandbox.platforms.gomag.paging import envelope
from sandbox.platforms.gomag.routing import Call, Endpoint, Routes
from sandbox.platforms.gomag.state import Shop
from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Reply, headers_of, spoilt

ROUTES: Routes = {
    **orders.ROUTES,
    **order_writes.ROUTES,
    **products.ROUTES,
    **product_writes.ROUTES,
    **inventory.ROUTES,
    **categories.ROUTES,
    **customers.ROUTES,
    **reference.ROUTES,
    **documents.ROUTES,
}
_NOT_SIMULATED = """
customer/login customer/passwordchange customer/passwordrecovery customer/deleterequest
wishlist/read wishlist/add wishlist/delete review/read review/write fidelity/read rulecart/add
"""
NOT_SIMULATED = frozenset(f"{name}/json" for name in _NOT_SIMULATED.split())

BASE = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
LOGIN_PAGE = b"<!doctype html><html><title>Gomag</title><body>Va rugam sa va autentificati</body></html>"


@dataclass(frozen=True)
class Incoming:
    """A request as it came; ``path`` is below the base address, header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Request) -> Self:
        """Of a parameter sent twice the last counts, as in PHP.

        A form may be URL-encoded or multipart; a raw body is no form, and so has no ``data``.
        """
        path, query = sent.path.removeprefix(BASE), dict(sent.args.items(multi=True))
        return cls(sent.method, path, query, headers_of(sent), sent.form.to_dict())

    @property
    def route(self) -> str:
        """How faults and counts call it."""
        return f"{self.method} {self.path}"


@dataclass
class Service:
    """Answers calls, one at a time."""

    shop: Shop
    access: Access
    limits: Limits
    wait: Callable[[float], object]
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, incoming: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        self.calls.add(incoming.route)
        if seconds := self.faults.due("slow", incoming.route):
            self.wait(float(seconds))
        with self.lock:
            reply = self._instead(incoming.route) or self._after(incoming.route, self._answer(incoming))
            return replace(reply, headers={**reply.headers, "Date": http_date(self.shop.clock())})

    def _instead(self, route: str) -> Reply | None:
        """The faults that come before anything is looked at."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML)
        if self.faults.due("html_page", route):
            return Reply(200, LOGIN_PAGE, HTML)
        return self._throttled() if self.faults.due("throttled", route) else None

    def _answer(self, incoming: Incoming) -> Reply:
        headers = dict(JSON)
        try:
            key = self.access.caller(incoming.headers)
            kind = "read" if incoming.method == "GET" else "write"
            if not self.limits.of(kind).take():
                return self._throttled()
            headers |= self.limits.headers()
            self._refuse_if_planned(incoming.route)
            endpoint = _endpoint(incoming)
            key.require(endpoint.area, endpoint.kind, incoming.path)
            return Reply(200, self.doubles.write(write_json(self._work(incoming, endpoint))), headers)
        except ApiError as refusal:
            return Reply(refusal.status, write_json(refusal.body()), headers)

    def _work(self, incoming: Incoming, endpoint: Endpoint) -> Any:
        self.faults.run("meanwhile", incoming.route)
        if self.faults.due("empty", incoming.route):
            return envelope(endpoint.collection, 0, 1, 0, [])
        if endpoint.kind == "write":
            return endpoint.handle(self.shop, Call(data=_data(incoming.form)))
        self._note_ignored(incoming, endpoint)
        return endpoint.handle(self.shop, Call(query=incoming.query))

    def _note_ignored(self, incoming: Incoming, endpoint: Endpoint) -> None:
        for name in incoming.query.keys() - endpoint.filters:
            self.shop.ignored[f"{incoming.path}?{name}"] += 1

    def _refuse_if_planned(self, route: str) -> None:
        if self.faults.due("denied", route):
            raise denied()
        if planned := self.faults.due("error", route):
            raise ApiError(*planned)

    def _throttled(self) -> Reply:
        """HTTP 429; the headers are there "until the limit is reached"."""
        headers = self.limits.headers() if self.shop.assumed.headers_when_throttled else {}
        return Reply(429, inferred.THROTTLED_PAGE, {**HTML, **headers})

    def _after(self, route: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        if reply.status != 200:  # noqa: PLR2004 - HTTP
            return reply
        self.faults.run("afterwards", route)
        return spoilt(self.faults, route, reply)


def _endpoint(incoming: Incoming) -> Endpoint:
    if incoming.path in NOT_SIMULATED:
        raise ApiError("501", f"{incoming.path} is real but not emulated", 501)
    endpoint = ROUTES.get(incoming.path)
    if endpoint is None:
        raise ApiError("404", "Not Found", 404)
    if endpoint.method != incoming.method:
        raise no_data()
    return endpoint


def _data(form: Mapping[str, str]) -> Any:
    """The JSON in the form field ``data``.

    Raises:
        ApiError: There is none, as when the JSON itself is the body.
    """
    if "data" not in form:
        raise invalid("the form field data is missing")
    try:
        return read_json(form["data"])
    except ValueError as problem:
        raise invalid("the form field data is not JSON") from problem
