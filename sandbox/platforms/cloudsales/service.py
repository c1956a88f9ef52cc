"""One call from its raw request to its reply: faults, credentials, limits, dispatch."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.cloudsales import connector_orders, stand_in, wire
from sandbox.platforms.cloudsales.auth import Access, User
from sandbox.platforms.cloudsales.envelope import Answer, refusal, success
from sandbox.platforms.cloudsales.errors import (
    UNAUTHORISED_STATUS,
    ApiError,
    OrderExistsError,
    invalid,
)
from sandbox.platforms.cloudsales.inferred import (
    CALLED_TYPES,
    METHOD_STATUS,
    NOT_FOUND_STATUS,
    THROTTLED,
    THROTTLED_STATUS,
)
from sandbox.platforms.cloudsales.lists import LISTS, Listing, show
from sandbox.platforms.cloudsales.records import Connector
from sandbox.platforms.cloudsales.routing import Path, take_apart
from sandbox.platforms.cloudsales.spelling import Spelling
from sandbox.platforms.cloudsales.stand_in import StandIn
from sandbox.platforms.cloudsales.state import Account
from sandbox.platforms.cloudsales.wire import Record
from sandbox.platforms.kit import CallCount, Faults, Windows
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt

JSON = "application/json"
ERROR_PAGE = b"<html><head><title>Error</title></head><body><h1>An error occurred</h1></body></html>"


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        sleep: Waits, for the fault ``slow``.
    """

    account: Account
    access: Access
    stand_in: StandIn
    windows: Windows
    sleep: Callable[[float], None]
    spellings: Iterator[Spelling] = field(default_factory=lambda: itertools.cycle(Spelling))
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        work_points = stand_in.WORK_POINT_LISTS if self.stand_in.work_points else {}
        self._lists: Mapping[str, Listing] = {**LISTS, **work_points}

    def reply(self, incoming: Incoming) -> Reply:
        """Do what is asked, or refuse it; faults planned for the call happen."""
        path = self._path(incoming.uri)
        route = f"{incoming.method} {'unknown' if isinstance(path, ApiError) else path.pattern}"
        self.calls.add(route)
        if seconds := self.faults.due("slow", route):
            self.sleep(seconds)
        with self._lock:
            instead = self._instead(route)
            return instead or self._after(route, self._answer(incoming, path, route))

    def _path(self, uri: str) -> Path | ApiError:
        try:
            return take_apart(uri, self._lists)
        except ApiError as problem:
            return problem

    def _instead(self, route: str) -> Reply | None:
        """The faults that strike before any work."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(500 if status is True else status, ERROR_PAGE, {"content-type": "text/html"})
        if target := self.faults.due("redirect", route):
            return Reply(302, b"", {"location": "https://secure.bocp.eu/login/" if target is True else target})
        return None

    def _answer(self, incoming: Incoming, path: Path | ApiError, route: str) -> Answer:
        spelling = next(self.spellings)
        try:
            return self._dispatch(incoming, path, route, spelling)
        except ApiError as problem:
            return self._refused(problem, spelling)

    def _refused(self, problem: ApiError, spelling: Spelling) -> Answer:
        assumed = self.account.assumed
        inside = assumed.exists_status if isinstance(problem, OrderExistsError) else assumed.refusal_status
        status = problem.status or inside
        headers: Record = {"www-authenticate": 'Basic realm="BOCP"'} if status == UNAUTHORISED_STATUS else {}
        return Answer(status, refusal(spelling, problem.details), {**headers, **self._retry_after(status)})

    def _retry_after(self, status: int) -> Record:
        seconds = self.account.assumed.retry_after
        return {"retry-after": str(seconds)} if status == THROTTLED_STATUS and seconds else {}

    def _dispatch(self, incoming: Incoming, path: Path | ApiError, route: str, spelling: Spelling) -> Answer:
        if isinstance(path, ApiError):
            self._admit(incoming, None, route)
            raise path
        if path.account != self.account.number:
            raise self.access.refuse()
        user = self._admit(incoming, int(path.names[0]) if path.names else None, route)
        self._take_call(user, route)
        if not path.names:
            return self._show(incoming, path, user, spelling)
        return self._write(incoming, path, route, spelling)

    def _admit(self, incoming: Incoming, connector: int | None, route: str) -> User:
        if self.faults.due("refused_address", route) or self.faults.due("unauthorised", route):
            raise self.access.refuse()
        return self.access.admit(incoming.headers, incoming.address, connector=connector)

    def _take_call(self, user: User, route: str) -> None:
        planned = self.faults.due("throttled", route)
        if planned or not self.windows.take(user.name, self.account.assumed.calls_per_minute):
            raise ApiError(THROTTLED, status=THROTTLED_STATUS)

    def _show(self, incoming: Incoming, path: Path, user: User, spelling: Spelling) -> Answer:
        if incoming.method != "GET":
            raise ApiError(f"{incoming.method} is not allowed here", status=METHOD_STATUS)
        self.access.check_right(user, stand_in.RIGHTS.get(path.pattern, path.pattern))
        _check_accept(incoming)
        self.faults.run("meanwhile", f"GET {path.pattern}")
        return Answer(200, show(self.account, self._lists[path.pattern], path.segments, spelling))

    def _write(self, incoming: Incoming, path: Path, route: str, spelling: Spelling) -> Answer:
        connector = self._connector(path)
        _check_accept(incoming)
        call = (incoming.method, None if incoming.method == "GET" else _body(incoming))
        self.faults.run("meanwhile", route)
        if path.pattern not in stand_in.WRITES:
            data = connector_orders.answer(self.account, connector, path.names[1], call, spelling)
            return Answer(200, success(spelling, data))
        if not self.stand_in.writes:
            raise ApiError(f"unknown address {incoming.uri}", status=NOT_FOUND_STATUS)
        return stand_in.write(self.account, connector, path.pattern, call, spelling)

    def _connector(self, path: Path) -> Connector:
        """The caller was admitted as this connector, so it is there; one that fetches by itself takes no calls."""
        connector = self.account.connectors[int(path.names[0])]
        if connector.type not in CALLED_TYPES:
            raise invalid(f"connector {connector.id} takes no orders from outside")
        return connector

    def _after(self, route: str, answer: Answer) -> Reply:
        """The faults that strike when the work is done, then the reply with the platform's own time."""
        body = dict(answer.body)
        self.faults.run("afterwards", route)
        if self.faults.due("stale_next_page", route):
            body["data_next_page"] = 1
        if self.faults.due("no_data", route):
            body.pop("data", None)
        headers = {"content-type": JSON, "date": http_date(self.account.clock()), **answer.headers}
        if status := self.faults.due("error_afterwards", route):
            return Reply(500 if status is True else status, ERROR_PAGE, {**headers, "content-type": "text/html"})
        return spoilt(self.faults, route, Reply(answer.status, self.doubles.write(write_json(body)), headers))


def _check_accept(incoming: Incoming) -> None:
    if incoming.headers.get("accept") != JSON:
        raise invalid(f"Accept should be {JSON}")


def _body(incoming: Incoming) -> Any:
    if incoming.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise invalid(f"Content-Type should be {JSON}")
    return wire.read(incoming.body)
