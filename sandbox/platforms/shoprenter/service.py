"""One call from its raw request to its reply: faults, credentials, limit, dispatch."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from flask import Request

from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, incoming, spoilt
from sandbox.platforms.shoprenter import batch, bodies
from sandbox.platforms.shoprenter.auth import Access, Token, TokenRefused
from sandbox.platforms.shoprenter.dispatch import Call, answer
from sandbox.platforms.shoprenter.errors import THROTTLED, ApiError, not_found, unauthorized
from sandbox.platforms.shoprenter.limits import Limits
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Renderer, as_xml

BASE: Final = "/api/"
TOKEN: Final = re.compile(r"/([^/]+)/app/token")
OLD_HOST: Final = re.compile(r"\.api\.(myshoprenter|shoprenter)\.hu$")
HTML: Final = {"Content-Type": "text/html"}
JSON: Final = {"Content-Type": "application/json"}
LOGIN_PAGE: Final = (
    b"<!doctype html><html><title>Shoprenter</title><body>K\xc3\xa9rj\xc3\xbck, l\xc3\xa9pjen be!</body></html>"
)


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        wait: Lets time pass for the fault ``slow``.
        after: Is called when the work is done and the shop is free again: automations make their calls.
        leaks: Tokens that were sent to the old host: whoever follows a link as it is gives them away.
    """

    shop: Shop
    access: Access
    limits: Limits
    wait: Callable[[float], object]
    after: Callable[[], None]
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    items: CallCount = field(default_factory=CallCount)
    leaks: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, sent: Request) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the call happen."""
        form = sent.form.to_dict()
        request = incoming(sent)
        route = route_of(request)
        self.calls.add(route)
        if seconds := self.faults.due("slow", route):
            self.wait(float(seconds))
        with self.lock:
            reply = self._instead(route) or self._spoilt(route, self._answered(request, route, form))
        self.after()
        return replace(reply, headers={**reply.headers, "Date": http_date(self.shop.clock())})

    def _instead(self, route: str) -> Reply | None:
        """The faults that come before anything is looked at."""
        if self.faults.due("lost_request", route):
            return LOST_REQUEST
        if status := self.faults.due("server_error", route):
            return Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML)
        return Reply(200, LOGIN_PAGE, HTML) if self.faults.due("html_page", route) else None

    def _answered(self, request: Incoming, route: str, form: Mapping[str, str]) -> Reply:
        if found := TOKEN.fullmatch(request.uri.partition("?")[0]):
            return self._granted(found.group(1), request, route)
        accepts = request.headers.get("accept", "")
        try:
            self._refuse_if_planned(route)
            token = self._caller(request)
            if not self.limits.take(token.client.id):
                raise _throttled()
            self.faults.run("meanwhile", route)
            status, body = self._work(request, token, form)
        except ApiError as refusal:
            status, body = refusal.status, refusal.body()
        return _written(status, self._rendered(request, body), accepts)

    def _granted(self, shop: str, request: Incoming, route: str) -> Reply:
        if request.method != "POST":
            return Reply(405, b"", HTML)
        if self.faults.due("transient_401", route):
            return Reply(401, write_json({"error": "invalid_client", "error_description": "", "message": ""}), JSON)
        try:
            granted = self.access.grant(shop, request.headers.get("content-type", ""), request.body)
        except TokenRefused as refusal:
            return Reply(refusal.status, write_json(refusal.body), JSON)
        return Reply(200, write_json(granted), JSON)

    def _caller(self, request: Incoming) -> Token:
        host = request.host.partition("://")[2].partition(":")[0]
        if OLD_HOST.search(host) or not request.uri.startswith(BASE):
            self.leaks += request.headers.get("authorization", "").startswith("Bearer ")
            self.access.caller({**request.headers, "authorization": request.headers.get("authorization", "Basic ")})
            raise unauthorized()
        return self.access.caller(request.headers)

    def _work(self, request: Incoming, token: Token, form: Mapping[str, str]) -> tuple[int, Any]:
        sent = None
        if request.method in {"POST", "PUT"}:
            sent = bodies.read(request.headers.get("content-type", ""), request.body, form)
        call = batch.call_of(request.method, request.uri.removeprefix(BASE), sent)
        if call.name != "batch":
            return answer(self.shop, token, call)
        if request.method != "POST":
            raise not_found("Resource")
        handle = partial(self._item, token, request)
        as_text = self.shop.assumed.batch_status_as_text
        return 200, batch.run(sent, f"{request.host}{BASE}".rstrip("/"), handle, status_as_text=as_text)

    def _item(self, token: Token, request: Incoming, call: Call) -> tuple[int, Any]:
        """One request of a batch; ``item_error`` planned for it is its answer."""
        route = f"{call.method} {call.name}"
        self.items.add(route)
        if planned := self.faults.due("item_error", route):
            raise ApiError(*planned)
        if self.shop.assumed.batch_items_count and not self.limits.take(token.client.id):
            raise _throttled()
        status, body = answer(self.shop, token, call)
        return status, self._rendered(request, body)

    def _rendered(self, request: Incoming, body: Any) -> Any:
        old = f"https://{self.shop.name}.api.myshoprenter.hu"
        base = old if self.shop.assumed.old_hrefs else f"{request.host}{BASE}".rstrip("/")
        return Renderer(base, self.shop.chosen, self.shop.assumed.nothing)(body)

    def _refuse_if_planned(self, route: str) -> None:
        """The faults that come with an answer of the API itself."""
        if self.faults.due("throttled", route):
            raise _throttled()
        if self.faults.due("transient_401", route):
            raise unauthorized()
        if self.faults.due("token_revoked", route):
            self.access.revoke()
        if planned := self.faults.due("error", route):
            raise ApiError(*planned)

    def _spoilt(self, route: str, reply: Reply) -> Reply:
        """The faults that strike when the work is done."""
        if reply.status not in {200, 201, 204}:
            return reply
        self.faults.run("afterwards", route)
        if self.faults.due("empty_body", route):
            reply = replace(reply, status=200, body=b"")
        return spoilt(self.faults, route, reply)


def route_of(request: Incoming) -> str:
    """How faults and counts call it: ``GET orderExtend``, ``POST token``."""
    path = request.uri.partition("?")[0]
    if TOKEN.fullmatch(path):
        return f"{request.method} token"
    return f"{request.method} {path.removeprefix(BASE).strip('/').partition('/')[0]}"


def _throttled() -> ApiError:
    return ApiError(429, THROTTLED["error"], THROTTLED["message"])


def _written(status: int, body: Any, accepts: str) -> Reply:
    """JSON for those who ask for it, else XML; of a deletion nothing."""
    if status == 204:  # noqa: PLR2004 - HTTP
        return Reply(204)
    if "application/json" in accepts:
        return Reply(status, write_json(body), JSON)
    return Reply(status, as_xml(body), {"Content-Type": "application/xml"})
