"""One call from its raw request to its reply: faults, address, body, session, dispatch."""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt
from sandbox.platforms.tryton import sales
from sandbox.platforms.tryton.auth import Access
from sandbox.platforms.tryton.errors import HTML, PageError, TrytonError, UncaughtError, gone
from sandbox.platforms.tryton.inferred import THROTTLE_SECONDS
from sandbox.platforms.tryton.records import Context, Database
from sandbox.platforms.tryton.wire import MEMBERS, taken, told
from sandbox.platforms.tryton.writes import create, write

JSON = {"content-type": "application/json"}
PAGE = b"<!doctype html><html><title>Tryton</title><body>Sign in</body></html>"
LOGIN, VERSION, PREFERENCES = "common.db.login", "common.server.version", "model.res.user.get_preferences"
WIZARD = "wizard.sale.handle."
SEARCH_PARAMS, WRITE_PARAMS = 5, 2


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        sleep: Waits, for the fault ``slow``.
        company: The one that our user has.
    """

    name: str
    database: Database
    access: Access
    company: int
    sleep: Callable[[float], object]
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _wizards: dict[int, str] = field(default_factory=dict)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def reply(self, sent: Incoming) -> Reply:
        """Do what is asked, or refuse it in Tryton's way; faults planned for the method happen."""
        try:
            body = self._body(sent)
        except PageError as problem:
            return problem.reply()
        method = str(body["method"])
        if method != LOGIN:
            self.calls.add(method)
        if seconds := self.faults.due("slow", method):
            self.sleep(float(seconds))
        with self.lock:
            return self._instead(method) or self._after(method, self._answer(sent, body))

    def _body(self, sent: Incoming) -> dict[str, Any]:
        """What is asked: exactly three members, or the answer would be another one."""
        if sent.uri.partition("?")[0] not in ("/rpc/", f"/{self.name}/rpc/"):
            raise PageError(404, "Not Found")
        if sent.method != "POST":
            raise PageError(405, "Method Not Allowed")
        try:
            body = read_json(sent.body) if "json" in sent.headers.get("content-type", "") else None
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict) or body.keys() != MEMBERS or not isinstance(body["params"], list):
            raise PageError(400, "Unable to get RPC method")
        return body

    def _instead(self, method: str) -> Reply | None:
        """The faults that strike before any work."""
        if self.faults.due("lost_request", method):
            return LOST_REQUEST
        if self.faults.due("throttled", method):
            return Reply(429, b"Too Many Requests", {**HTML, "retry-after": str(THROTTLE_SECONDS)})
        if status := self.faults.due("server_error", method):
            return Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML)
        if self.faults.due("html_page", method):
            return Reply(200, PAGE, HTML)
        return None

    def _answer(self, sent: Incoming, body: dict[str, Any]) -> Reply:
        method, answer = body["method"], {"id": body["id"]}
        try:
            if self.faults.due("unauthorised", method):
                raise PageError(401)  # noqa: TRY301 - as if the session had ended
            if planned := self.faults.due("error", method):
                raise TrytonError(*planned)  # noqa: TRY301 - as if the program had refused
            self.faults.run("meanwhile", method)
            answer["result"] = told(self._dispatch(sent, method, taken(body["params"])))
        except PageError as problem:
            return problem.reply()
        except (TrytonError, UncaughtError) as problem:
            answer["error"] = problem.told
        return Reply(200, self.doubles.write(write_json(answer)), JSON)

    def _after(self, method: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        self.faults.run("afterwards", method)
        if status := self.faults.due("error_afterwards", method):
            return Reply(500 if status is True else int(status), GATEWAY_PAGE, HTML)
        return spoilt(self.faults, method, reply)

    # --- dispatch -----------------------------------------------------------------------------------------------------

    def _dispatch(self, sent: Incoming, method: str, params: list[Any]) -> Any:
        if method == VERSION:
            return "8.2"
        if sent.uri.partition("?")[0] != f"/{self.name}/rpc/":
            raise PageError(404, "Not Found")
        if method == LOGIN:
            return self.access.log_in(sent, params)
        self.access.admit(sent)
        if not params or not isinstance(params[-1], dict):
            raise PageError(422, "Missing context argument")
        *given, context = params
        if method == PREFERENCES:
            return {"company": self.company, "companies": [self.company], "language": "en"}
        if method.startswith(WIZARD):
            return self._wizard(method.removeprefix(WIZARD), given, context)
        kind, _, rest = method.partition(".")
        model, _, name = rest.rpartition(".")
        if kind != "model":
            raise PageError(403, "Forbidden")
        return self._model(model, name, given, context)

    def _model(self, model: str, name: str, given: list[Any], context: Context) -> Any:
        if name == "search_read" and len(given) == SEARCH_PARAMS:
            return self._search(model, given, context)
        if name == "create" and len(given) == 1:
            return [create(self.database, model, values, context) for values in given[0]]
        if name == "write" and len(given) == WRITE_PARAMS:
            for key in given[0]:
                record = self.database.get(model, key)
                if record is None:
                    raise gone(key, model)
                write(self.database, record, given[1], context)
            return None
        if len(given) != 1 or not isinstance(given[0], list):
            raise PageError(403, f"{model}.{name} is not exposed, or not emulated")
        sales.press(self.database, model, name, given[0])
        return None

    def _search(self, model: str, given: list[Any], context: Context) -> list[dict[str, Any]]:
        domain, offset, limit, order, fields = given
        found = self.database.search(model, domain, context)
        for name, direction in reversed(order or []):
            found.sort(
                key=lambda each, name=name: self.database.value(each, name, context),  # type: ignore[misc]
                reverse=direction == "DESC",
            )
        end = offset + limit if limit is not None else None
        return [self.database.row(each, fields, context) for each in found[offset:end]]

    def _wizard(self, name: str, given: list[Any], context: Context) -> Any:
        """Three calls: one begins, one answers what is asked, one ends."""
        what, _, step = name.removesuffix(".").partition(".exception.")
        if what not in ("shipment", "invoice"):
            raise PageError(403, "Forbidden")
        if step == "create":
            number = next(self._ids)
            self._wizards[number] = what
            return [number, "ask", "end"]
        if self._wizards.get(given[0]) != what:
            raise gone(given[0], "Wizard Session")
        if step == "delete":
            del self._wizards[given[0]]
            return None
        sale = self.database.get("sale.sale", context.get("active_id"))
        if sale is None or given[2] != "handle":
            raise PageError(403, "Forbidden")
        sales.ignore(self.database, sale, what, given[1]["ask"])
        return {}
