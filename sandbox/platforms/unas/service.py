"""One call from its raw request to its reply: faults, bans, token, limits, permission, dispatch."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt
from sandbox.platforms.unas import customers, records, stock_calls, webhooks
from sandbox.platforms.unas.auth import Access, Stranger, Token
from sandbox.platforms.unas.catalogue import categories
from sandbox.platforms.unas.catalogue import files as product_files
from sandbox.platforms.unas.catalogue import view as product_view
from sandbox.platforms.unas.catalogue import writes as product_writes
from sandbox.platforms.unas.errors import ApiError, invalid
from sandbox.platforms.unas.limits import LOGIN, Guard
from sandbox.platforms.unas.orders import calls as orders
from sandbox.platforms.unas.orders import writes as order_writes
from sandbox.platforms.unas.routing import PARAMS, Function, Functions
from sandbox.platforms.unas.state import Shop
from sandbox.platforms.unas.wire import Record, read_xml, rows, time_text, unix, write_xml

FUNCTIONS: Functions = {
    **orders.FUNCTIONS,
    **order_writes.FUNCTIONS,
    **customers.FUNCTIONS,
    **records.FUNCTIONS,
    **categories.FUNCTIONS,
    **product_view.FUNCTIONS,
    **product_writes.FUNCTIONS,
    **product_files.FUNCTIONS,
    **stock_calls.FUNCTIONS,
    **webhooks.FUNCTIONS,
}
_NOT_SIMULATED = """
checkCustomer setCustomerGroup setNewsletter getScriptTag setScriptTag getPage setPage getPageContent setPageContent
getStorage setStorage setOrderStatus getCoupon setCoupon setMethod setOrderType setWarehouse setSetting
setProductParameter setProductDB getDeliveryPoint setDeliveryPoint getDeliveryPointGroup setDeliveryPointGroup
getPackageOffer setPackageOffer getProductReview setProductReview getProductService setProductService getSticker
setSticker getGift setGift getBogo setBogo
"""
NOT_SIMULATED = frozenset(_NOT_SIMULATED.split())
BASE = "/shop/"
FILES = f"{BASE}temp/"
XML = {"Content-Type": "text/xml; charset=UTF-8"}
HTML = {"Content-Type": "text/html"}
LOGIN_PAGE = b"<!doctype html><html><title>UNAS</title><body>Karbantart\xc3\xa1s</body></html>"
THROTTLED_PAGE = b"<html><body><h1>429 Too Many Requests</h1></body></html>"
OK = 200


def _throttled(seconds: Any) -> Reply:
    return Reply(429, THROTTLED_PAGE, {**HTML, **({} if seconds is True else {"Retry-After": str(seconds)})})


_PAGES: Mapping[str, Callable[[Any], Reply]] = {
    "server_error": lambda status: Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML),
    "html_page": lambda _: Reply(OK, LOGIN_PAGE, HTML),
    "empty_body": lambda _: Reply(OK, b"", XML),
    "throttled": _throttled,
}


@dataclass
class Service:
    """Answers calls, one at a time."""

    shop: Shop
    access: Access
    guard: Guard
    about: Record
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, sent: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        function = sent.uri.partition("?")[0].removeprefix(BASE)
        self.calls.add(function)
        with self.lock:
            self.shop.url = sent.host
            if self.guard.is_silent(sent.address):
                return LOST_REQUEST
            reply = self._instead(function, sent) or self._after(function, self._answer(function, sent))
            return replace(reply, headers={**reply.headers, "Date": http_date(self.shop.clock())})

    def _instead(self, function: str, sent: Incoming) -> Reply | None:
        """The faults that come before anything is looked at."""
        if self.faults.due("lost_request", function):
            return LOST_REQUEST
        if self.faults.due("banned", function):
            return _refusal(self.guard.ban(sent.address, function))
        for fault, told in _PAGES.items():
            if detail := self.faults.due(fault, function):
                return told(detail)
        return None

    def _answer(self, function: str, sent: Incoming) -> Reply:
        if sent.method == "GET":
            return self._file(sent)
        try:
            self.guard.refuse_banned(sent.address)
            return self._log_in(sent) if function == LOGIN else self._call(function, sent)
        except ApiError as refusal:
            return _refusal(refusal)

    def _log_in(self, sent: Incoming) -> Reply:
        try:
            params = self._params(sent)
            token = self.access.log_in(str(params.get("ApiKey", "")))
            self.guard.take(sent.address, LOGIN)
            return Reply(OK, write_xml("Login", self._login(token, params)), XML)
        except Stranger as stranger:
            self.guard.stranger(sent.address)
            self.guard.failed_login(sent.address)
            raise stranger.refusal from None
        except ApiError as refusal:
            self.guard.failed_login(sent.address)
            raise refusal from None

    def _params(self, sent: Incoming) -> Record:
        root, content = _parsed(sent.body)
        if root != PARAMS or not isinstance(content, dict):
            raise invalid("the root should be Params")
        return content

    def _login(self, token: Token, params: Record) -> Record:
        asked = params.get("WebshopInfo") == "true"
        return {
            "Token": token.value,
            "Expire": time_text(token.expires),
            "ExpireTime": unix(token.expires) if self.shop.assumed.expire_time_shown else None,
            "ShopId": self.shop.shop_id,
            "Subscription": self.shop.plan,
            "Permissions": {"Permission": token.key.permissions},
            "WebshopInfo": self.about if asked else None,
            "Status": "ok",
        }

    def _call(self, function: str, sent: Incoming) -> Reply:
        try:
            token = self.access.caller(sent.headers)
        except Stranger as stranger:
            self.guard.stranger(sent.address)
            raise stranger.refusal from None
        except ApiError:
            self.guard.failed(sent.address, function)
            raise
        known, content = self._known(function, sent)
        self.guard.take(sent.address, function, known.scope(content) or "")
        return self._counted(function, sent, lambda: self._work(function, known, token, content))

    def _known(self, name: str, sent: Incoming) -> tuple[Function, Any]:
        """The function, and what stands below the root it takes; every malformed body counts as a failure."""
        try:
            return self._read(name, sent)
        except ApiError:
            self.guard.failed(sent.address, name)
            raise

    def _read(self, name: str, sent: Incoming) -> tuple[Function, Any]:
        if name in NOT_SIMULATED:
            raise ApiError(f"example: {name} is real but not emulated", 501)
        known = FUNCTIONS.get(name)
        if known is None:
            raise invalid(f"unknown function {name}")
        if known.vip and self.shop.plan != "vip":
            raise invalid("VIP package needed")
        root, content = _parsed(sent.body)
        if root != known.root and not (known.root == PARAMS and self.shop.assumed.any_root_reads):
            raise invalid(f"the root should be {known.root}")
        return known, content

    def _counted(self, function: str, sent: Incoming, work: Callable[[], Reply]) -> Reply:
        try:
            reply = work()
        except ApiError:
            self.guard.failed(sent.address, function)
            raise
        if self.shop.assumed.failed_entity_counts and b"<Status>error</Status>" in reply.body:
            self.guard.failed(sent.address, function)
        else:
            self.guard.succeeded(sent.address, function)
        return reply

    def _work(self, name: str, function: Function, token: Token, content: Any) -> Reply:
        self.access.require(token, name)
        self.faults.run("meanwhile", name)
        if text := self.faults.due("error", name):
            raise ApiError(str(text))
        if text := self.faults.due("entity_error", name):
            return Reply(OK, write_xml(function.answers, _failing(function, content, str(text))), XML)
        if self.faults.due("empty", name):
            return Reply(OK, write_xml(function.answers, ""), XML)
        return Reply(OK, write_xml(function.answers, function.handle(self.shop, content)), XML)

    def _file(self, sent: Incoming) -> Reply:
        """A product file: fetched without a token while it lasts."""
        until, body = self.shop.files.get(sent.uri.removeprefix(FILES), (self.shop.now(), b""))
        if until <= self.shop.now():
            return Reply(404, b"<html><body><h1>404 Not Found</h1></body></html>", HTML)
        return Reply(OK, body, {"Content-Type": "text/csv; charset=UTF-8"})

    def _after(self, function: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        if reply.status != OK:
            return reply
        self.faults.run("afterwards", function)
        return spoilt(self.faults, function, reply)


def _parsed(body: bytes) -> tuple[str, Any]:
    try:
        return read_xml(body)
    except ValueError as problem:
        raise invalid(str(problem)) from problem


def _failing(function: Function, content: Any, text: str) -> Record:
    """A batch whose first entity is refused."""
    row: Record = next(iter(rows(content, function.entity)), {})
    told = {name: row[name] for name in ("Key", "Id", "Sku", "Action") if row.get(name)}
    return {function.entity: [{**told, "Status": "error", "Error": text}]}


def _refusal(refusal: ApiError) -> Reply:
    return Reply(refusal.status, write_xml("Error", refusal.text), XML)
