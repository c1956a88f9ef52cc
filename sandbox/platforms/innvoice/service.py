"""One call from its raw request to its reply: faults, credentials, limits, dispatch."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sandbox.platforms.innvoice import documents, partners, products, stock, wire
from sandbox.platforms.innvoice.auth import Access
from sandbox.platforms.innvoice.errors import (
    UNAUTHORISED_STATUS,
    ApiError,
    invalid,
    not_allowed,
    not_found,
    throttled,
    unauthorised,
)
from sandbox.platforms.innvoice.inferred import THROTTLED_STATUS
from sandbox.platforms.innvoice.odd import ODD
from sandbox.platforms.innvoice.pdf import printed
from sandbox.platforms.innvoice.routing import BY_TECHID, PRINT, Path, take_apart
from sandbox.platforms.innvoice.spelling import Spelling
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.views import book_row, document_row, made_row
from sandbox.platforms.innvoice.wire import Record
from sandbox.platforms.kit import CallCount, Faults, Windows
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt

XML, HTML, PDF = "text/xml", "text/html", "application/pdf"
LOGIN_PAGE = b"<!doctype html><html><title>InnVoice</title><body>Bejelentkez\xc3\xa9s</body></html>"
ROOT = "response"


@dataclass(frozen=True)
class Call:
    """What a call asks beside its address.

    Args:
        value: The address's variable part.
        host: Where links lead to.
    """

    body: bytes
    value: str
    host: str


@dataclass(frozen=True)
class Content:
    """An answer before it is spelt."""

    inside: Record
    root: str = ROOT


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        windows: Minutes, for the limit of calls; ``lists`` are those between two lists of products.
        sleep: Waits, for the fault ``slow``.
    """

    company: Company
    access: Access
    windows: Windows
    lists: Windows
    sleep: Callable[[float], None]
    spellings: Iterator[Spelling] = field(default_factory=lambda: itertools.cycle(Spelling))
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, incoming: Incoming) -> Reply:
        """Do what is asked, or refuse it; faults planned for the call happen."""
        path = take_apart(incoming.uri)
        route = f"{incoming.method} {path.pattern}"
        self.calls.add(route)
        if seconds := self.faults.due("slow", route):
            self.sleep(float(seconds))
        with self._lock:
            reply = self._instead(route) or self._after(route, self._answer(incoming, path, route))
            return replace(reply, headers={**reply.headers, "date": http_date(self.company.clock())})

    def _instead(self, route: str) -> Reply | None:
        """The faults that strike before any work."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(502 if status is True else int(status), GATEWAY_PAGE, {"content-type": HTML})
        if self.faults.due("html_page", route):
            return Reply(200, LOGIN_PAGE, {"content-type": HTML})
        if target := self.faults.due("redirect", route):
            return Reply(302, b"", {"location": "https://innvoice.example/login" if target is True else target})
        return None

    def _answer(self, incoming: Incoming, path: Path, route: str) -> Reply:
        spelling = next(self.spellings)
        try:
            if path.pattern == PRINT:
                return self._print(incoming, path)
            content = self._dispatch(incoming, path, route)
            if self.faults.due("no_techid", route):
                content = _without_techid(content)
            return Reply(200, wire.write(content.root, content.inside, spelling), _typed(XML))
        except ApiError as problem:
            return self._refused(problem, spelling)

    def _refused(self, problem: ApiError, spelling: Spelling) -> Reply:
        assumed, headers = self.company.assumed, _typed(XML)
        status = problem.status or assumed.refusal_status
        if status == UNAUTHORISED_STATUS:
            headers["www-authenticate"] = 'Basic realm="InnVoice"'
        if status == THROTTLED_STATUS and assumed.retry_after:
            headers["retry-after"] = str(assumed.retry_after)
        return Reply(status, wire.write(ROOT, {"error": problem.code, "message": problem.message}, spelling), headers)

    def _print(self, incoming: Incoming, path: Path) -> Reply:
        """A printed document: whoever has the link has the file, so no credentials belong here."""
        if self.faults.due("throttled", f"GET {PRINT}"):
            raise throttled()
        document = self.company.by_token(path.value)
        if incoming.method != "GET":
            raise not_allowed(incoming.method)
        if document is None:
            raise not_found("document")
        if "authorization" in incoming.headers and self.company.assumed.print_refuses_credentials:
            raise invalid("credentials are not for this address")
        return Reply(200, printed(document), _typed(PDF))

    def _dispatch(self, incoming: Incoming, path: Path, route: str) -> Content:
        if self.faults.due("unauthorised", route):
            raise unauthorised()
        self.access.admit(path.company, incoming.headers)
        work = self._work(incoming, path, route)
        self._take_call(route)
        if incoming.method == "POST" and _media_type(incoming) != XML:
            raise invalid(f"Content-Type should be {XML}")
        self.faults.run("meanwhile", route)
        return work(self.company, Call(incoming.body, path.value, incoming.host))

    def _work(self, incoming: Incoming, path: Path, route: str) -> "Work":
        known = {name.partition(" ")[2] for name in _WORK if self._is_on(name)}
        if path.pattern not in known:
            raise not_found(f"address {incoming.uri}")
        if route not in _WORK or not self._is_on(route):
            raise not_allowed(incoming.method)
        return _WORK[route]

    def _is_on(self, route: str) -> bool:
        switch = _SWITCHES.get(route)
        return switch is None or bool(getattr(self.company.stand_in, switch))

    def _take_call(self, route: str) -> None:
        assumed = self.company.assumed
        if self.faults.due("throttled", route) or not self.windows.take("calls", assumed.calls_per_minute):
            raise throttled()
        if route == "GET product" and assumed.product_list_every and not self.lists.take("lists", 1):
            raise throttled()

    def _after(self, route: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        self.faults.run("afterwards", route)
        if odd := self.faults.due("odd_xml", route):
            reply = replace(reply, body=ODD[odd](reply.body))
        if self.faults.due("html_afterwards", route):
            reply = Reply(200, LOGIN_PAGE, _typed(HTML))
        if status := self.faults.due("error_afterwards", route):
            reply = Reply(502 if status is True else int(status), GATEWAY_PAGE, _typed(HTML))
        return spoilt(self.faults, route, reply)


def _typed(kind: str) -> dict[str, str]:
    return {"content-type": kind}


def _media_type(incoming: Incoming) -> str:
    return incoming.headers.get("content-type", "").partition(";")[0].strip().lower()


def _without_techid(content: Content) -> Content:
    """Whatever was done, nobody is told its technical id."""
    kept = {
        name: [{key: value for key, value in row.items() if key != "techid"} for row in wire.as_list(entry)]
        for name, entry in content.inside.items()
    }
    return Content(kept, content.root)


def _books(company: Company, _: Call) -> Content:
    root, entry = company.assumed.book_names
    return Content({entry: [book_row(book) for book in company.books.values()]}, root)


def _create(company: Company, call: Call) -> Content:
    made = documents.create(company, call.body)
    return Content({made.kind: made_row(made, _print_host(company, call))})


def _turn(company: Company, call: Call) -> Content:
    """The answer's element is still that of a pro forma, and tells no number (client S1)."""
    made = documents.turn(company, call.body)
    return Content({"proforma_invoice": made_row(made, _print_host(company, call), numbered=False)})


def _by_techid(company: Company, call: Call) -> Content:
    found = documents.by_techid(company, call.value)
    return Content({"invoice": document_row(company, found, _print_host(company, call))})


def _print_host(company: Company, call: Call) -> str:
    return company.assumed.print_host or call.host


Work = Callable[[Company, Call], Content]
_WORK: Mapping[str, Work] = {
    "GET tomb_invoice": _books,
    "POST invoice": _create,
    "POST proforma_invoice": _turn,
    f"GET {BY_TECHID}": _by_techid,
    "GET product": lambda company, _: Content(products.listed(company)),
    "POST product": lambda company, call: Content(products.write(company, call.body)),
    "GET product_group": lambda company, _: Content(products.groups(company)),
    "POST stock": lambda company, call: Content(stock.write(company, call.body)),
    "GET customer": lambda company, _: Content(partners.listed(company)),
    "POST customer": lambda company, call: Content(partners.write(company, call.body)),
}
_SWITCHES: Mapping[str, str] = {
    "POST product": "products",
    "GET product_group": "groups",
    "POST stock": "stock",
    "GET customer": "customers",
    "POST customer": "customers",
}
"""What is answered only where a field of ``StandIn`` says so."""
