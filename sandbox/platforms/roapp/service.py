"""One call from its raw request to its reply: faults, key, limit, body, dispatch."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.platforms.kit import CallCount, Faults, Windows
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt
from sandbox.platforms.roapp import catalogue, company, contacts, items, orders, stock
from sandbox.platforms.roapp.errors import ApiError, forbidden, invalid, too_many, unauthorised
from sandbox.platforms.roapp.fields import check
from sandbox.platforms.roapp.inferred import NOT_EMULATED, PER_SECOND
from sandbox.platforms.roapp.query import read_query
from sandbox.platforms.roapp.routing import Addresses, Call, Route, Routes, Target
from sandbox.platforms.roapp.state import Account

ROUTES: Routes = {
    **orders.ROUTES,
    **items.ROUTES,
    **contacts.ROUTES,
    **catalogue.ROUTES,
    **company.ROUTES,
    **stock.ROUTES,
}
NOT_SIMULATED = (
    "/v2/invoices/statuses",
    "/v2/estimates/statuses",
    "/v2/leads/statuses",
    "/v2/orders/{id}/public-url",
    "/v2/orders/{id}/public_url",
    "/warehouse/goods/{id}/{good}",
    "/warehouse/{id}/cells",
    "/warehouse/moves/",
)
"""Real, and answered with a 501."""
JSON, HTML = {"content-type": "application/json"}, {"content-type": "text/html"}
PAGE = b"<!doctype html><html><title>RO App</title><body>Checking your browser</body></html>"


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        keys: API keys, by the employee whose rights they have.
        forbidden: Patterns that the keys' employees may not call.
        withheld: No key counts.
        sleep: Waits, for the fault ``slow``.
        send: Makes the calls of webhooks, when the account is free again.
    """

    account: Account
    windows: Windows
    sleep: Callable[[float], object]
    keys: dict[str, int] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    throttles: bool = False
    withheld: bool = False
    send: Callable[[], object] = field(default=lambda: None)
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _addresses: Addresses = field(
        default_factory=lambda: Addresses(
            dict.fromkeys([*(key.partition(" ")[2] for key in sorted(ROUTES, key=_variables)), *NOT_SIMULATED])
        )
    )

    def reply(self, sent: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        path, _, query = sent.uri.partition("?")
        target = self._target(path)
        route = f"{sent.method} {'unknown' if isinstance(target, ApiError) else target.pattern}"
        self.calls.add(route)
        if seconds := self.faults.due("slow", route):
            self.sleep(float(seconds))
        with self.lock:
            reply = self._instead(route) or self._after(route, self._answer(sent, target, route, query))
            reply = replace(reply, headers={**reply.headers, "date": http_date(self.account.clock())})
        self.send()
        return reply

    def _target(self, path: str) -> Target | ApiError:
        try:
            return self._addresses.find(path)
        except ApiError as problem:
            return problem

    def _instead(self, route: str) -> Reply | None:
        """The faults that strike before any work."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML)
        if self.faults.due("html_page", route):
            return Reply(200, PAGE, HTML)
        if self.faults.due("empty_body", route):
            return Reply(200, b"", JSON)
        return None

    def _answer(self, sent: Incoming, target: Target | ApiError, route: str, query: str) -> Reply:
        try:
            answer = self._dispatch(sent, target, route, query)
        except ApiError as problem:
            return self._refusal(problem)
        return Reply(200, self.doubles.write(write_json(answer)), JSON)

    def _refusal(self, problem: ApiError) -> Reply:
        wait = self.account.assumed.retry_after
        told = {"retry-after": str(wait)} if wait and problem.status == too_many().status else {}
        if problem.status == invalid().status and isinstance(problem.message, dict):
            problem = ApiError(self.account.assumed.invalid, problem.message)
        return Reply(problem.status, write_json(problem.body()), {**JSON, **told})

    def _dispatch(self, sent: Incoming, target: Target | ApiError, route: str, query: str) -> Any:
        owner = self._admit(sent, route)
        self._take_call(route)
        if isinstance(target, ApiError):
            raise target
        if target.pattern in NOT_SIMULATED:
            raise ApiError(NOT_EMULATED, f"{target.pattern} is real but not emulated")
        found = ROUTES.get(route)
        if found is None:
            raise ApiError(405, "Method Not Allowed")
        if route in self.forbidden:
            raise forbidden(route)
        if planned := self.faults.due("error", route):
            status, message = planned
            raise ApiError(int(status), message)
        call = Call(target.ids, read_query(query, found.params), _body(sent, found))
        self.faults.run("meanwhile", route)
        self.account.key_owner = owner
        return found.handle(self.account, call)

    def _admit(self, sent: Incoming, route: str) -> int:
        """Whose key it is; no token but a Bearer one counts (D1)."""
        scheme, _, key = sent.headers.get("authorization", "").partition(" ")
        owner = self.keys.get(key) if scheme.lower() == "bearer" else None
        if owner is None or self.withheld or self.faults.due("unauthorised", route):
            raise unauthorised()
        return owner

    def _take_call(self, route: str) -> None:
        planned = self.faults.due("throttled", route) or self.throttles
        if planned or not self.windows.take("account", PER_SECOND):
            raise too_many()

    def _after(self, route: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        if reply.status >= 300:  # noqa: PLR2004 - HTTP
            return reply
        self.faults.run("afterwards", route)
        if status := self.faults.due("error_afterwards", route):
            return Reply(500 if status is True else int(status), GATEWAY_PAGE, HTML)
        return spoilt(self.faults, route, reply)


def _variables(route: str) -> tuple[int, str]:
    """Addresses without variable parts are looked for first."""
    return route.count("{"), route


def _body(sent: Incoming, route: Route) -> Any:
    """What is sent, checked; a call that reads sends nothing.

    Raises:
        ApiError: 400.
    """
    if route.shape is None:
        return {}
    if sent.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ApiError(415, "Content-Type should be application/json")
    try:
        found = read_json(sent.body.decode())
    except (ValueError, RecursionError) as problem:
        raise ApiError(400, "The body is no JSON") from problem
    return check(found, route.shape)
