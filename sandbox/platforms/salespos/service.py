"""One call from its raw request to its signed reply: faults, credentials, limits, dispatch."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sandbox.platforms.kit import LOST_ANSWER, CallCount, Faults, Windows
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply
from sandbox.platforms.salespos import plain, shop_info, users, webhooks
from sandbox.platforms.salespos.auth import Key, check_request, signature
from sandbox.platforms.salespos.catalogue import categories, features, products, variants
from sandbox.platforms.salespos.errors import (
    OUTPUT_MISMATCH,
    PAYLOAD_TOO_BIG,
    RATE_LIMIT,
    RATE_LIMIT_FAILURE,
    RESOURCE_NOT_IMPLEMENTED,
    SCHEMA_MISSING,
    TOTAL_LIMIT,
    UNAUTHORISED,
    ApiError,
    invalid,
)
from sandbox.platforms.salespos.fields import check
from sandbox.platforms.salespos.orders import calls as orders
from sandbox.platforms.salespos.orders import parts as order_parts
from sandbox.platforms.salespos.routing import Answer, Call, Endpoint, Routes, endpoint_for, pattern_of
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record, moment, read

BASE = "/api/rest/v1"
READS_PER_MINUTE = 150
WRITES_PER_MINUTE = 100
TOTAL_PER_MINUTE = 1_000
"""[inferred] There is a total limit; its size is not public."""
LARGEST_BODY = 5_000_000
"""[inferred] Bytes above which 500.80 is answered."""

ACCEPTED = (
    "application/vnd.verto.webshop+json",
    "application/vnd.verto.salespos+json",
    "application/json",
)
CONTENT_TYPES = ("application/json", "text/json")

_NOT_SIMULATED = """
invoices returns cashups terminalreceipts fiscaltransactionsignatures currentuser currentsubscriptions
subscriptionupgrades apicredentialdevices credentials brands suppliers colors conditions apps merchant
quotations productphotos productvariations languages ordermessages ordernotifications
"""
NOT_SIMULATED = frozenset(_NOT_SIMULATED.split())

FAILURES = {
    "unauthorised": UNAUTHORISED,
    "rate_limit": RATE_LIMIT,
    "total_limit": TOTAL_LIMIT,
    "rate_limit_failure": RATE_LIMIT_FAILURE,
}
"""Faults that answer with a code instead of doing the work."""

ROUTES: Routes = {
    **shop_info.ROUTES,
    **products.ROUTES,
    **variants.ROUTES,
    **plain.ROUTES,
    **categories.ROUTES,
    **features.ROUTES,
    **users.ROUTES,
    **orders.ROUTES,
    **order_parts.ROUTES,
    **webhooks.ROUTES,
}


def _show_root(_: Shop, call: Call) -> Answer:
    return shop_info.root_answer(ROUTES, call)


ALL_ROUTES: Routes = {**ROUTES, "/": {"GET": Endpoint(_show_root)}}


@dataclass
class Service:
    """Answers calls, one at a time; its key does not count while it is ``withheld``."""

    shop: Shop
    key: Key
    windows: Windows
    total_limit: int = TOTAL_PER_MINUTE
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    withheld: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, incoming: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        pattern, ids = pattern_of(incoming.uri.partition("?")[0].removeprefix(BASE))
        route = f"{incoming.method} {pattern}"
        self.calls.add(route)
        with self._lock:
            if self.faults.due("lost_request", route):
                return LOST_REQUEST
            if self.faults.due("html_page", route):
                return Reply(502, GATEWAY_PAGE, {"content-type": "text/html"})
            skew = timedelta(seconds=self.faults.due("clock_skew", route) or 0)
            answer = self._answer(incoming, pattern, ids, skew)
            return self._after(incoming, route, answer, skew)

    def _answer(self, incoming: Incoming, pattern: str, ids: tuple[int, ...], skew: timedelta) -> Answer:
        route = f"{incoming.method} {pattern}"
        try:
            now = self.shop.clock() + skew
            self._admit(incoming, now)
            self._fail_if_planned(route)
            self._count(incoming.method, pattern)
            endpoint = _endpoint(incoming.method, pattern)
            call = _call(incoming, endpoint, ids)
            self.faults.run("meanwhile", route)
            return endpoint.handle(self.shop, call)
        except ApiError as refusal:
            return Answer(refusal.status, refusal.body())

    def _admit(self, incoming: Incoming, now: datetime) -> None:
        if self.withheld:
            raise ApiError(UNAUTHORISED, "unknown public key")
        check_request(self.key, incoming.method, incoming.uri, incoming.body, incoming.headers, now)

    def _fail_if_planned(self, route: str) -> None:
        for name, code in FAILURES.items():
            if self.faults.due(name, route):
                raise ApiError(code, f"sandbox fault {name}")

    def _count(self, method: str, pattern: str) -> None:
        if not self.windows.take("total", self.total_limit):
            raise ApiError(TOTAL_LIMIT, "total API limit reached")
        limit = READS_PER_MINUTE if method == "GET" else WRITES_PER_MINUTE
        if not self.windows.take(f"{method} {_resource(pattern)}", limit):
            raise ApiError(RATE_LIMIT, "rate limit of this method reached")

    def _after(self, incoming: Incoming, route: str, answer: Answer, skew: timedelta) -> Reply:
        """The faults that strike when the work is done, then the signed reply."""
        lost = False
        if answer.status < 400:  # noqa: PLR2004 - HTTP: below are the successes
            self.faults.run("afterwards", route)
            lost = bool(self.faults.due("lost_answer", route))
            if self.faults.due("no_content", route):
                answer = Answer(204)
            if self.faults.due("schema_mismatch", route):
                answer = _mismatch()
        now = self.shop.clock() + skew
        reply = self._signed(incoming, answer, moment(now))
        reply.headers["date"] = http_date(now)
        if self.faults.due("bad_hash", route):
            reply.headers["x-hash"] = "0" * 128
        if lost:
            reply.headers[LOST_ANSWER] = "after"
        return reply

    def _signed(self, incoming: Incoming, answer: Answer, date: str) -> Reply:
        """Signed like a request, over the response body; a 401 has no key to sign with, [inferred]."""
        body = b"" if answer.body is None else self.doubles.write(write_json(answer.body))
        headers: Record = {} if answer.body is None else {"content-type": "application/json"}
        if answer.status != 401:  # noqa: PLR2004 - HTTP
            headers["x-date"] = date
            headers["x-hash"] = signature(self.key, incoming.method, incoming.uri, body, date)
        return Reply(answer.status, body, headers)


def _mismatch() -> Answer:
    refusal = ApiError(OUTPUT_MISMATCH, "the output does not match its schema")
    return Answer(refusal.status, refusal.body())


def _resource(pattern: str) -> str:
    return pattern.removesuffix("/{id}").rpartition("/")[2]


def _endpoint(method: str, pattern: str) -> Endpoint:
    if _resource(pattern) in NOT_SIMULATED:
        raise ApiError(RESOURCE_NOT_IMPLEMENTED, f"{_resource(pattern)} is real but not emulated")
    return endpoint_for(ALL_ROUTES, method, pattern)


def _call(incoming: Incoming, endpoint: Endpoint, ids: tuple[int, ...]) -> Call:
    """Take a request apart.

    Raises:
        ApiError: A header, query parameter or body field is not in the contract.
    """
    _check_headers(incoming)
    query = _query(incoming.uri, endpoint)
    body: Any = {}
    if endpoint.shape is not None:
        body = read(incoming.body)
        check(body, endpoint.shape)
    return Call(incoming.method, incoming.uri, incoming.host + BASE, ids, query, body)


def _check_headers(incoming: Incoming) -> None:
    if incoming.headers.get("accept", ACCEPTED[0]) not in ACCEPTED:
        raise ApiError(SCHEMA_MISSING, "no schema for this Accept")
    language = incoming.headers.get("accept-language", "nl")
    if len(language) != 2 or not language.isalpha():  # noqa: PLR2004 - a two-letter code
        raise invalid("Accept-Language should be a two-letter code")
    if len(incoming.body) > LARGEST_BODY:
        raise ApiError(PAYLOAD_TOO_BIG, "the payload is too big")
    kind = incoming.headers.get("content-type", "").partition(";")[0].strip()
    if incoming.body and kind not in CONTENT_TYPES:
        raise invalid("Content-Type should be application/json")


def _query(uri: str, endpoint: Endpoint) -> dict[str, str]:
    pairs = parse_qsl(uri.partition("?")[2], keep_blank_values=True)
    query = dict(pairs)
    if len(query) < len(pairs):
        raise invalid("a query parameter is given twice")
    for name in query:
        if name not in endpoint.query:
            raise invalid(f"unknown query parameter {name}")
    return query
