"""Paths about single records of any entity, and the bulk writes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Request, Response, g, request

from sandbox.platforms.shopware.auth import Integration
from sandbox.platforms.shopware.errors import ApiError, api_error, unknown_key
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.render import Renderer
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID
from sandbox.platforms.shopware.wire import (
    answer,
    entity_of,
    json_body,
    no_route,
    records_answer,
    refuse_query,
    valid_id,
)
from sandbox.platforms.shopware.writing import indexing, sync, sync_old
from sandbox.platforms.shopware.writing.batch import Batch
from sandbox.platforms.shopware.writing.removal import delete, delete_nested
from sandbox.platforms.shopware.writing.writes import create, not_created, patch, writable

RESPONSES = ("", "basic", "detail")
"""What ``_response`` may ask for; the record is the same for all."""
View = Callable[..., Response]


def renderer(asked: Request, shop: Shop, includes: Mapping[str, frozenset[str]] | None = None) -> Renderer:
    """Renders as the headers of a request ask for."""
    inherit = "sw-inheritance" in asked.headers
    return Renderer(shop.store, shop.version, includes, inherit, _language(asked))


def _language(asked: Request) -> str:
    return asked.headers.get("sw-language-id") or SYSTEM_LANGUAGE_ID


@dataclass
class Records:
    """The paths that read and write single records, and many."""

    shop: Shop

    def views(self) -> Iterable[tuple[str, str, View]]:
        """Rule, method and view of each."""
        yield "/api/<name>", "POST", self.create
        yield "/api/<name>/<row_id>", "GET", self.read
        yield "/api/<name>/<row_id>", "PATCH", self.update
        yield "/api/<name>/<row_id>", "DELETE", self.delete
        yield "/api/<name>/<row_id>/<association>/<other_id>", "DELETE", self.delete_nested
        yield "/api/_action/sync", "POST", self.sync

    def read(self, name: str, row_id: str) -> Response:
        """``GET /api/{entity}/{id}``."""
        refuse_query(request)
        entity = entity_of(request, self.shop.store, name)
        self._caller.require([f"{entity.name}:read"])
        with self.shop.reading():
            return self._shown(self._row(entity, row_id))

    def create(self, name: str) -> Response:
        """``POST /api/{entity}``: 204 with the new record's address, or the record when ``_response`` asks for it."""
        entity = self._written_entity(name)
        if not entity.creatable:
            raise not_created(entity)
        with self._batch() as batch:
            row_id = create(batch, entity, json_body(request))
        answered = self._written(entity, row_id)
        answered.headers["Location"] = f"{request.host_url}api/{name}/{row_id}"
        return answered

    def update(self, name: str, row_id: str) -> Response:
        """``PATCH /api/{entity}/{id}``: 204, or the record when ``_response`` asks for it."""
        entity = self._written_entity(name)
        body = json_body(request)
        with self._batch() as batch:
            batch.rights.add(f"{entity.name}:update")
            patch(batch, entity, valid_id(row_id), body)
        return self._written(entity, row_id)

    def delete(self, name: str, row_id: str) -> Response:
        """``DELETE /api/{entity}/{id}``: 204."""
        entity = self._written_entity(name)
        with self._batch() as batch:
            delete(batch, self._row(entity, row_id))
        return Response(status=204)

    def delete_nested(self, name: str, row_id: str, association: str, other_id: str) -> Response:
        """``DELETE /api/{entity}/{id}/{association}/{otherId}``: 204; removes a join, or a record one owns."""
        entity = self._written_entity(name)
        head, *tail = association.split("-")
        way = head + "".join(part.title() for part in tail)
        if way not in entity.nested or entity.associations[way].kind == "one":
            raise no_route(request)
        with self._batch() as batch:
            owner = self._row(entity, row_id)
            if not delete_nested(batch, entity, owner.id, way, valid_id(other_id)):
                raise _missing(entity.associations[way].target, other_id)
        return Response(status=204)

    def sync(self) -> Response:
        """``POST /api/_action/sync``."""
        refuse_query(request)
        operations = sync.parse(self.shop, json_body(request))
        one = self.shop.version.syncs_in_one_transaction
        if not one and not sync_old.asked_for(request.headers, "single-operation", default=False):
            alone = sync_old.EachAlone(self.shop, self._new_batch, self._caller.require)
            strict = sync_old.asked_for(request.headers, "fail-on-error", default=True)
            return answer(*alone.run(operations, fail_on_error=strict))
        with self.shop.change():
            body = sync.run(self.shop, operations, self._new_batch(), self._caller.require)
        return answer(body if one else {"success": bool(body["data"] or body["deleted"]), **body})

    @property
    def _caller(self) -> Integration:
        caller: Integration = g.caller
        return caller

    def _new_batch(self) -> Batch:
        wanted = indexing.requested(request.headers, self.shop.version)
        return Batch(self.shop, _language(request), wanted, in_sync=request.path.endswith("/_action/sync"))

    @contextmanager
    def _batch(self) -> Iterator[Batch]:
        """What a single write writes, in a transaction."""
        with self.shop.change():
            batch = self._new_batch()
            yield batch
            batch.finish(self._caller.require)

    def _written_entity(self, name: str) -> Entity:
        refuse_query(request, "_response")
        if request.args.get("_response", "") not in RESPONSES:
            raise unknown_key("_response", "the query, with this value")
        entity = entity_of(request, self.shop.store, name)
        if not writable(entity):
            raise no_route(request)
        return entity

    def _written(self, entity: Entity, row_id: str | None) -> Response:
        if "_response" not in request.args:
            return Response(status=204)
        with self.shop.reading():
            return self._shown(self.shop.store.tables[entity.name][str(row_id)])

    def _shown(self, row: Row) -> Response:
        record: dict[str, Any] = renderer(request, self.shop).record(row)
        return records_answer(request, {"data": record})

    def _row(self, entity: Entity, row_id: str) -> Row:
        row = self.shop.store.get(entity.name, valid_id(row_id))
        if row is None:
            raise _missing(entity.name, row_id)
        return row


def _missing(entity: str, row_id: str) -> ApiError:
    detail = f"The {entity} resource with the following primary key was not found: id({row_id})"
    return api_error(404, "FRAMEWORK__RESOURCE_NOT_FOUND", detail, type=entity)
