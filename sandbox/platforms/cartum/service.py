"""One call from its raw request to its reply: faults, plan, body, quota, token, dispatch."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.platforms.cartum import customers, reference, stock, webhooks
from sandbox.platforms.cartum.auth import Access, refusal
from sandbox.platforms.cartum.catalogue import products
from sandbox.platforms.cartum.catalogue import writes as product_writes
from sandbox.platforms.cartum.errors import HTTP_OK, ApiError, Gone, no_json, quota, undefined
from sandbox.platforms.cartum.fields import TEXT, check
from sandbox.platforms.cartum.orders import calls as orders
from sandbox.platforms.cartum.orders import writes as order_writes
from sandbox.platforms.cartum.quota import Quota
from sandbox.platforms.cartum.routing import POST, Answer, Function, Functions
from sandbox.platforms.cartum.state import Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.fields import Shape, required
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt

FUNCTIONS: Functions = {
    **orders.FUNCTIONS,
    **order_writes.FUNCTIONS,
    **products.FUNCTIONS,
    **product_writes.FUNCTIONS,
    **stock.FUNCTIONS,
    **customers.FUNCTIONS,
    **reference.FUNCTIONS,
    **webhooks.FUNCTIONS,
}
NOT_SIMULATED = frozenset({"customer-groups/export", "price-levels/export"})
"""Of shops that sell to firms."""
AUTH = "auth"
_LOGIN: Shape = {"login": required(TEXT), "password": required(TEXT)}
BASE = "/api/"
METHODS = ("POST", "PUT", "GET", "DELETE", "PATCH")
JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
BOT_PAGE = b"<!doctype html><html><script>location.reload()</script></html>"
"""What stands before a shop tells a client that looks like no browser."""
NOT_FOUND_PAGE = b"<!doctype html><html><title>404</title><body>Page not found</body></html>"
TIMED_OUT = 524
TIMED_OUT_PAGE = b"<html><head><title>524: A timeout occurred</title></head><body>524</body></html>"
TIMED_OUT_REPLY = Reply(TIMED_OUT, TIMED_OUT_PAGE, HTML)

_PAGES: Mapping[str, Callable[[Any], Reply]] = {
    "server_error": lambda status: Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML),
    "html_page": lambda _: Reply(HTTP_OK, BOT_PAGE, HTML),
    "empty_body": lambda _: Reply(HTTP_OK, b"", JSON),
    "lost_request": lambda _: LOST_REQUEST,
}
"""Faults that come before anything is looked at."""


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        send: Makes the calls of hooks that are due, when the shop is free again.
    """

    shop: Shop
    access: Access
    quota: Quota
    wait: Callable[[float], object]
    send: Callable[[], object] = field(default=lambda: None)
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, sent: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        name = _name(sent)
        self.calls.add(name)
        if seconds := self.faults.due("slow", name):
            self.wait(float(seconds))
        with self.lock:
            reply = self._instead(name) or self._after(name, self._answer(name, sent))
            reply = replace(reply, headers={**reply.headers, "Date": http_date(self.shop.clock())})
        self.send()
        return reply

    def _instead(self, name: str) -> Reply | None:
        for fault, told in _PAGES.items():
            if detail := self.faults.due(fault, name):
                return told(detail)
        return None

    def _answer(self, name: str, sent: Incoming) -> Reply:
        try:
            return self._call(name, sent)
        except Gone:
            return Reply(404, NOT_FOUND_PAGE, HTML)
        except ApiError as refused:
            return Reply(refused.http, write_json(refused.body()), JSON)

    def _call(self, name: str, sent: Incoming) -> Reply:
        if not self.shop.api:
            raise Gone
        self._refuse_used_up(name)
        function = FUNCTIONS.get(name)
        if function and function.is_import and len(sent.body) > self.shop.assumed.largest_import:
            return LOST_REQUEST if self.shop.assumed.oversized == "silence" else TIMED_OUT_REPLY
        body = _parsed(sent.body)
        answer = self._log_in(sent, body) if name == AUTH else self._work(name, function, sent, body)
        return Reply(answer.http, self.doubles.write(write_json(answer.body())), JSON)

    def _refuse_used_up(self, name: str) -> None:
        """The quota; every call counts, a login too [inferred]."""
        planned = self.faults.due("throttled", name)
        seconds = self.quota.take() if planned is None else (1200 if planned is True else int(planned))
        if seconds:
            raise quota(seconds, self.shop.assumed.quota_status)

    def _log_in(self, sent: Incoming, body: Record) -> Answer:
        _refuse_method(sent, (POST,))
        self._refuse_if_planned(AUTH)
        check(body, _LOGIN)
        return Answer("OK", {"token": self.access.log_in(body["login"], body["password"]).value})

    def _work(self, name: str, function: Function | None, sent: Incoming, body: Record) -> Answer:
        if name in NOT_SIMULATED:
            raise ApiError("ERROR", {"message": f"{name} is real but not emulated"}, 501)
        if function is None or name in self.shop.without:
            raise undefined()
        _refuse_method(sent, function.methods)
        if spelling := self.faults.due("expired", name):
            raise refusal(self.shop.assumed.expired if spelling is True else spelling)
        self.access.require(body.get("token"))
        check(body, function.params)
        self._refuse_if_planned(name)
        self.faults.run("meanwhile", name)
        return self._handled(name, function, body)

    def _refuse_if_planned(self, name: str) -> None:
        if planned := self.faults.due("error", name):
            status, message = planned
            raise ApiError(status, {"message": message})

    def _handled(self, name: str, function: Function, body: Record) -> Answer:
        if self.faults.due("empty", name):
            return Answer("EMPTY", {function.collection: []})
        if function.rows and (message := self.faults.due("record_error", name)):
            return _without_first(self.shop, function, body, str(message))
        return function.handle(self.shop, body)

    def _after(self, name: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        if reply.status >= 300 and reply.status != webhooks.GONE:  # noqa: PLR2004 - HTTP
            return reply
        self.faults.run("afterwards", name)
        if self.faults.due("timed_out", name):
            return TIMED_OUT_REPLY
        return spoilt(self.faults, name, reply)


def _name(sent: Incoming) -> str:
    """The function's name; without the closing slash it is another one, as far as anybody knows [inferred]."""
    path = sent.uri.partition("?")[0].removeprefix(BASE)
    return path[:-1] if path.endswith("/") else f"/{path}"


def _refuse_method(sent: Incoming, methods: tuple[str, ...]) -> None:
    if sent.method not in methods:
        raise ApiError("HTTP_ERROR", {"code": 405, "message": "Method Not Allowed"})


def _parsed(body: bytes) -> Record:
    """The body, which is an object in UTF-8 without a BOM.

    Raises:
        ApiError: It is none.
    """
    try:
        found = read_json(body.decode())
    except (ValueError, RecursionError) as problem:
        raise no_json() from problem
    if not isinstance(found, dict):
        raise no_json()
    return found


def _without_first(shop: Shop, function: Function, body: Record, message: str) -> Answer:
    """A write whose first row is refused for a reason of the shop's own; the others are written."""
    first, *others = body[function.rows]
    refused = [function.refused(shop, first, message)] if function.refused else []
    log = function.handle(shop, {**body, function.rows: others}).response["log"] if others else []
    return Answer("WARNING", {"log": [*refused, *log]})
