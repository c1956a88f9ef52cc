"""The HTTP surface: which path does what, who may, and the faults on the way."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from sandbox.platforms.kit import LOST_ANSWER, CallCount, Faults
from sandbox.platforms.kit.clocks import http_date
from sandbox.platforms.shopware import faults as planned
from sandbox.platforms.shopware.auth import Access, Integration
from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.orders.states import MACHINES
from sandbox.platforms.shopware.orders.transitions import Actor, check_action, possible, stateful, transition
from sandbox.platforms.shopware.page import orders_page
from sandbox.platforms.shopware.records import Records, renderer
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.criteria import Criteria, CriteriaParser
from sandbox.platforms.shopware.search.matching import search
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.values import make_id
from sandbox.platforms.shopware.wire import (
    CONTEXT_HEADERS,
    answer,
    check_context,
    entity_of,
    json_body,
    no_route,
    records_answer,
    refuse_query,
    token_body,
    too_large,
    valid_id,
)

OPEN = frozenset({"token", "health", "page"})
"""Endpoints that need no token."""
FIRST_MIGRATION = "2025-01-01T12:00:00.000Z"
_ID_SEGMENT = re.compile(r"/[0-9a-f]{32}(?=/|$)")


@dataclass
class Api:
    """The Admin API of one shop."""

    shop: Shop
    shop_id: str
    access: Access
    faults: Faults
    calls: CallCount

    def create(self) -> Flask:
        """The WSGI app."""
        app = Flask("shopware")
        for rule, method, view in self._views():
            app.add_url_rule(rule, endpoint=view.__name__, methods=[method], view_func=view)
        app.before_request(self._before)
        app.after_request(self._after)
        app.register_error_handler(ApiError, lambda error: answer(error.to_json(), error.status, error.headers))
        app.register_error_handler(HTTPException, _framework_error)
        return app

    def _views(self) -> Iterable[tuple[str, str, Callable[..., Response]]]:
        action = "/api/_action"
        yield "/", "GET", self.page
        yield "/api/oauth/token", "POST", self.token
        yield "/api/_info/version", "GET", self.version
        yield "/api/_info/config", "GET", self.config
        yield "/api/_info/health-check", "GET", self.health
        yield "/api/search/<name>", "POST", self.search
        yield "/api/search-ids/<name>", "POST", self.search_ids
        yield from Records(self.shop).views()
        yield f"{action}/<entity>/<row_id>/state/<name>", "POST", self.move
        yield f"{action}/state-machine/<entity>/<row_id>/state", "GET", self.transitions
        yield f"{action}/state-machine/<entity>/<row_id>/state/<name>", "POST", self.move_generic

    def page(self) -> Response:
        """The orders, for people."""
        with self.shop.reading():
            return Response(orders_page(self.shop), mimetype="text/html")

    def token(self) -> Response:
        """``POST /api/oauth/token``."""
        address = request.remote_addr or ""
        issued = self.access.token(token_body(request), request.headers.get("Authorization"), address)
        return answer(issued, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    def version(self) -> Response:
        """``GET /api/_info/version``."""
        return answer({"version": str(self.shop.version)})

    def config(self) -> Response:
        """``GET /api/_info/config``, reduced to what a connector reads."""
        worker = {"enableAdminWorker": True, "enableNotificationWorker": True, "transports": ["async"]}
        body = {
            "version": str(self.shop.version),
            "versionRevision": make_id("revision", self.shop.version),
            "adminWorker": worker,
            "bundles": {},
            "settings": {"firstMigrationDate": FIRST_MIGRATION, "appUrlReachable": True},
            "inAppPurchases": [],
            "shopId": self.shop_id,
        }
        return answer(body)

    def health(self) -> Response:
        """``GET /api/_info/health-check``, from 6.5 on, without a token."""
        if not self.shop.version.at_least("6.5"):
            raise no_route(request)
        return Response("", 200)

    def search(self, name: str) -> Response:
        """``POST /api/search/{entity}``."""
        entity, body = entity_of(request, self.shop.store, name), json_body(request)
        with self.shop.reading():
            criteria = self._criteria(entity, body)
            found = search(self.shop.store, entity.name, criteria)
            data = renderer(request, self.shop, criteria.includes).records(found.rows, criteria)
            return records_answer(request, {"total": found.total, "data": data, "aggregations": []})

    def _criteria(self, entity: Entity, body: Any) -> Criteria:
        parser = CriteriaParser(self.shop.store, self.shop.version, self.shop.clock, self.shop.max_limit)
        criteria = parser.parse(entity, body)
        self._caller.require(f"{reached}:read" for reached in parser.entities)
        self.shop.joins.update({(entity.name, field): 1 for field in parser.to_many})
        return criteria

    def search_ids(self, name: str) -> Response:
        """``POST /api/search-ids/{entity}``."""
        entity, body = entity_of(request, self.shop.store, name), json_body(request)
        with self.shop.reading():
            criteria = self._criteria(entity, body)
            found = search(self.shop.store, entity.name, criteria)
            return answer({"total": found.total, "data": [row.id for row in found.rows]})

    def move(self, entity: str, row_id: str, name: str) -> Response:
        """``POST /api/_action/{order|order_transaction|order_delivery}/{id}/state/{transition}``."""
        if entity not in MACHINES:
            raise no_route(request)
        return answer(self._transition(entity, row_id, name))

    def move_generic(self, entity: str, row_id: str, name: str) -> Response:
        """The same through the state machine's own path, which wraps the state in ``data``."""
        return answer({"data": self._transition(entity.replace("-", "_"), row_id, name)})

    def transitions(self, entity: str, row_id: str) -> Response:
        """``GET /api/_action/state-machine/{entity}/{id}/state``."""
        refuse_query(request)
        name = entity.replace("-", "_")
        self._caller.require([f"{name}:read"])
        with self.shop.reading():
            return answer({"transitions": possible(self.shop, stateful(self.shop, name, valid_id(row_id)))})

    @property
    def _caller(self) -> Integration:
        caller: Integration = g.caller
        return caller

    def _transition(self, entity: str, row_id: str, name: str) -> dict[str, Any]:
        """[inferred]: the rights a transition needs, from the platform file's list for connectors."""
        refuse_query(request)
        self._caller.require([f"{entity}:update", "state_machine_history:create"])
        body = json_body(request)
        with self.shop.change():
            actor = Actor(self._caller.id, check_action(self.shop, body).comment)
            state = transition(self.shop, entity, valid_id(row_id), name, actor)
            return renderer(request, self.shop).record(state)

    def _before(self) -> Response | None:
        g.route = f"{request.method} {_ID_SEGMENT.sub('', request.path)}"
        self.calls.add(g.route)
        hit = planned.before(self.faults, g.route, request, self.access) or too_large(request, self.shop.largest_body)
        if hit is not None or request.endpoint in OPEN:
            return hit
        g.caller = self.access.integration(request.headers.get("Authorization"))
        check_context(request, self.shop.store, self.shop.version)
        return None

    def _after(self, response: Response) -> Response:
        response.headers["Date"] = http_date(self.shop.clock())
        if response.is_json:
            response.set_data(self.shop.doubles.write(response.get_data()))
        for name in CONTEXT_HEADERS:
            if name in request.headers:
                response.headers[name] = request.headers[name]
        if planned.after(self.faults, g.route):
            response.headers[LOST_ANSWER] = "1"
        return response


def _framework_error(error: HTTPException) -> Response:
    failure = api_error(error.code or 500, "0", f'No route found for "{request.method} {request.url}"')
    return answer(failure.to_json(), failure.status)
