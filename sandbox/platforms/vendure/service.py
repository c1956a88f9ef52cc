"""One call from its raw request to its reply: faults, document, key, work.

A document is checked against the schema that a real server told by introspection, reduced to what the connector asks
for: whatever else is asked for is refused, as the real server refuses what it does not know.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from sandbox.platforms.kit import CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.faults import GATEWAY_PAGE
from sandbox.platforms.kit.wire import read_json, write_json
from sandbox.platforms.kit.wsgi import LOST_REQUEST, Incoming, Reply, spoilt
from sandbox.platforms.vendure import fulfilling, orders, products, shop_info, writes
from sandbox.platforms.vendure.auth import Access
from sandbox.platforms.vendure.errors import Record
from sandbox.platforms.vendure.state import Shop

SCHEMA = Path(__file__).with_name("admin.graphql")
PATH = "/admin-api"
JSON = {"Content-Type": "application/json; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
OK, BAD_REQUEST, BUSY = 200, 400, 429
_PAGES: Mapping[str, Callable[[Any], Reply]] = {
    "throttled": lambda _: Reply(BUSY, b"Too Many Requests", {**HTML, "Retry-After": "60"}),
    "server_error": lambda status: Reply(502 if status is True else int(status), GATEWAY_PAGE, HTML),
    "html_page": lambda _: Reply(OK, GATEWAY_PAGE, HTML),
    "lost_request": lambda _: LOST_REQUEST,
    "fault": lambda _: _refusal(OK, "Internal server error", "INTERNAL_SERVER_ERROR"),
}
"""Faults that come before anything is looked at; what stands in front of the server limits calls, not Vendure."""


@dataclass
class Service:
    """Answers calls, one at a time.

    Args:
        send: Makes the plugin's calls that are due, when the shop is free again.
    """

    shop: Shop
    access: Access
    send: Callable[[], object] = field(default=lambda: None)
    faults: Faults = field(default_factory=Faults)
    calls: CallCount = field(default_factory=CallCount)
    doubles: Doubles = field(default_factory=Doubles)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def reply(self, sent: Incoming) -> Reply:
        """Do what is asked, or refuse it in the documented way; faults planned for the operation happen."""
        body = _parsed(sent)
        name = str(body.get("operationName") or "unnamed")
        self.calls.add(name)
        with self.lock:
            reply = self._instead(name) or self._after(name, self._answer(sent, body))
            reply = replace(reply, headers={**reply.headers, "Date": http_date(self.shop.clock())})
        self.send()
        return reply

    def _instead(self, name: str) -> Reply | None:
        for fault, told in _PAGES.items():
            if detail := self.faults.due(fault, name):
                return told(detail)
        return None

    def _answer(self, sent: Incoming, body: Record) -> Reply:
        query = body.get("query")
        if not isinstance(query, str) or not query:
            return _refusal(BAD_REQUEST, "GraphQL operations must contain a non-empty `query`.", "BAD_REQUEST")
        document = _document(query)
        if isinstance(document, Reply):
            return document
        return self._run(sent, document, body)

    def _run(self, sent: Incoming, document: DocumentNode, body: Record) -> Reply:
        root = {name: self._guarded(sent, name, work) for name, work in self._fields().items()}
        done: Any = execute_sync(
            schema(),
            document,
            root,
            variable_values=body.get("variables") or {},
            operation_name=body.get("operationName"),
        )
        if done.errors and all(error.path is None for error in done.errors):
            return _refusal(OK, done.errors[0].message, "BAD_USER_INPUT")
        errors = {"errors": [_told(error) for error in done.errors]} if done.errors else {}
        return Reply(OK, self.doubles.write(write_json({**errors, "data": _as_written(done.data)})), JSON)

    def _guarded(self, sent: Incoming, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def resolve(_info: Any, **given: Any) -> Any:
            tokens = {each.token: each.code for each in self.shop.channels.values()}
            self.access.check(sent.headers, name, tokens)
            self.faults.run("meanwhile", name)
            return work(**given)

        return resolve

    def _fields(self) -> Mapping[str, Callable[..., Any]]:
        shop = self.shop
        return {
            **shop_info.fields(shop),
            "orders": lambda options=None: orders.list_orders(shop, options),
            "order": lambda id: _found(shop, id),  # noqa: A006 - the schema's own name
            "productVariants": lambda options=None: products.list_variants(shop, options),
            "products": lambda options=None: products.list_products(shop, options),
            "collections": lambda options=None: products.list_collections(shop, options),
            **writes.fields(shop),
            "settlePayment": lambda id: fulfilling.settle_payment(shop, id),  # noqa: A006
            "addFulfillmentToOrder": lambda input: fulfilling.add_fulfillment(shop, input),  # noqa: A006
            "transitionFulfillmentToState": lambda id, state: fulfilling.move_fulfillment(shop, id, state),  # noqa: A006
            "transitionOrderToState": lambda id, state: fulfilling.move_order(shop, id, state),  # noqa: A006
            "cancelOrder": lambda input: fulfilling.cancel_order(shop, input),  # noqa: A006
            "addNoteToOrder": lambda input: fulfilling.add_note(shop, input),  # noqa: A006
        }

    def _after(self, name: str, reply: Reply) -> Reply:
        self.faults.run("afterwards", name)
        return spoilt(self.faults, name, reply)


@cache
def schema() -> GraphQLSchema:
    """The Admin API's, as far as it is emulated."""
    return build_schema(SCHEMA.read_text())


@cache
def _document(query: str) -> DocumentNode | Reply:
    """A document that fits the schema, or its refusal."""
    try:
        document = parse(query)
    except GraphQLError as problem:
        return _refusal(BAD_REQUEST, problem.message, "GRAPHQL_PARSE_FAILED")
    problems = validate(schema(), document)
    return _refusal(BAD_REQUEST, problems[0].message, "GRAPHQL_VALIDATION_FAILED") if problems else document


def _found(shop: Shop, shown: str) -> Record | None:
    order = shop.orders.get(shop.number(shown))
    return orders.order_view(shop, order) if order else None


def _parsed(sent: Incoming) -> Record:
    try:
        body = read_json(sent.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _told(error: GraphQLError) -> Record:
    code = (error.extensions or {}).get("code", "INTERNAL_SERVER_ERROR")
    return {"message": error.message, "path": error.path, "extensions": {"code": code}}


def _as_written(value: Any) -> Any:
    """Whole numbers without a point, as JavaScript writes them."""
    if isinstance(value, dict):
        return {name: _as_written(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_written(each) for each in value]
    whole = isinstance(value, float | Decimal) and value == int(value)
    return int(value) if whole else value


def _refusal(status: int, message: str, code: str) -> Reply:
    return Reply(status, write_json({"errors": [{"message": message, "extensions": {"code": code}}]}), JSON)
