"""One call from its raw request to its reply: faults, credentials, limits, dispatch."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.kit import CallCount, Faults, Windows
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt
from sandbox.platforms.salesautopilot import categories, lists, order_lines, orders, products, subscribers, wire
from sandbox.platforms.salesautopilot.auth import Access
from sandbox.platforms.salesautopilot.errors import ApiError, failed, wrong
from sandbox.platforms.salesautopilot.inferred import NOT_EMULATED_STATUS, REFUSED_BODY, THROTTLED_STATUS
from sandbox.platforms.salesautopilot.routing import Addresses, Call, Routes, Target
from sandbox.platforms.salesautopilot.state import Account

ROUTES: Routes = {
    **orders.ROUTES,
    **order_lines.ROUTES,
    **subscribers.ROUTES,
    **lists.ROUTES,
    **products.ROUTES,
    **categories.ROUTES,
}
NOT_SIMULATED = frozenset(
    {
        "couponcheck",
        "couponcheck/{nl_id}",
        "sendmail",
        "filteredlist/{nl_id}",
        "filteredlist/{nl_id}/order/{field}/{direction}",
        "getsegmentnum/{segment}",
        "getsegmentincome/{segment}",
        "closeevent/{event}",
    }
)
"""Documented by clients, and answered with a 501."""
JSON, HTML = {"content-type": "application/json"}, {"content-type": "text/html"}
LOGIN_PAGE = b"<!doctype html><html><title>SalesAutopilot</title><body>Bejelentkez\xc3\xa9s</body></html>"


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        sleep: Waits, for the fault ``slow``.
        throttles: The switch that answers every call with a 429.
        refused: Why the last calls were refused; no answer tells it.
    """

    account: Account
    access: Access
    windows: Windows
    sleep: Callable[[float], None]
    throttles: bool = False
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    refused: deque[str] = field(default_factory=lambda: deque(maxlen=50))
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        splits = self.account.assumed.encoded_slash_splits
        self._addresses = Addresses([*ROUTES, *NOT_SIMULATED], slash_splits=splits)

    def reply(self, incoming: Incoming) -> Reply:
        """Do what is asked, or refuse it; faults planned for the call happen."""
        target = self._target(incoming.uri)
        route = f"{incoming.method} {'unknown' if isinstance(target, ApiError) else target.pattern}"
        self.calls.add(route)
        if seconds := self.faults.due("slow", route):
            self.sleep(seconds)
        with self._lock:
            return self._instead(route) or self._after(route, self._answer(incoming, target, route))

    def _target(self, uri: str) -> Target | ApiError:
        try:
            return self._addresses.find(uri)
        except ApiError as problem:
            return problem

    def _instead(self, route: str) -> Reply | None:
        """The faults that strike before any work."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(500 if status is True else status, GATEWAY_PAGE, HTML)
        if self.faults.due("html_page", route):
            return Reply(200, LOGIN_PAGE, HTML)
        if target := self.faults.due("redirect", route):
            return Reply(302, b"", {"location": "https://www.salesautopilot.com/" if target is True else target})
        return None

    def _answer(self, incoming: Incoming, target: Target | ApiError, route: str) -> Reply:
        try:
            answer = self._dispatch(incoming, target, route)
        except ApiError as problem:
            self.refused.append(f"{route}: {problem}")
            return self._refusal(problem)
        told = self.account.assumed.answered(answer) if isinstance(answer, int) else answer
        return Reply(200, self.doubles.write(write_json(told)), JSON)

    def _refusal(self, problem: ApiError) -> Reply:
        assumed = self.account.assumed
        body = REFUSED_BODY if problem.number is None else write_json(assumed.answered(problem.number))
        is_throttled = problem.status == THROTTLED_STATUS and assumed.retry_after
        wait = {"retry-after": str(assumed.retry_after)} if is_throttled else {}
        return Reply(problem.status, body, {**JSON, **wait, **problem.headers})

    def _dispatch(self, incoming: Incoming, target: Target | ApiError, route: str) -> Any:
        if self.faults.due("unauthorised", route):
            raise self.access.refuse()
        self.access.admit(incoming.headers)
        self._take_call(route)
        if isinstance(target, ApiError):
            raise target
        if target.pattern in NOT_SIMULATED:
            raise ApiError(f"{target.pattern} is real but not emulated", NOT_EMULATED_STATUS)
        handler = ROUTES[target.pattern].get(incoming.method)
        if handler is None:
            raise ApiError(f"{incoming.method} is not allowed here", 405)
        call = Call(target.names, _body(incoming))
        if number := self.faults.due("number", route):
            raise failed("a planned fault", int(number))
        self.faults.run("meanwhile", route)
        return handler(self.account, call)

    def _take_call(self, route: str) -> None:
        limit = self.account.assumed.calls_per_second
        planned = self.faults.due("throttled", route) or self.throttles
        if planned or (limit and not self.windows.take("account", limit)):
            raise ApiError("too many calls", THROTTLED_STATUS)

    def _after(self, route: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done, then the reply with the platform's own time."""
        self.faults.run("afterwards", route)
        headers = {**reply.headers, "date": http_date(self.account.clock())}
        if status := self.faults.due("error_afterwards", route):
            return Reply(500 if status is True else status, GATEWAY_PAGE, {**headers, **HTML})
        if self.faults.due("page_afterwards", route):
            return Reply(200, LOGIN_PAGE, {**headers, **HTML})
        body = b"" if self.faults.due("empty_body", route) else reply.body
        return spoilt(self.faults, route, Reply(reply.status, body, headers))


def _body(incoming: Incoming) -> Any:
    """What a POST or PUT sends; others have nothing to send."""
    if incoming.method not in {"POST", "PUT"} or not incoming.body:
        return None
    if incoming.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise wrong("Content-Type should be application/json")
    return wire.read(incoming.body)
