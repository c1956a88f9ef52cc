"""Reading a request and writing an answer."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response

from sandbox.platforms.shopware.errors import (
    INVALID_UUID,
    ApiError,
    api_error,
    not_found,
    not_simulated,
    unknown_key,
)
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.search.jsonapi import MEDIA_TYPE, to_jsonapi
from sandbox.platforms.shopware.store import Store
from sandbox.platforms.shopware.values import LIVE_VERSION, is_id
from sandbox.platforms.shopware.versions import Version

JSON_TYPES = frozenset({"application/json", MEDIA_TYPE})
TOO_LARGE = "<html><head><title>413 Request Entity Too Large</title></head></html>"
"""As a web server says it in front of the shop."""
CONTEXT_HEADERS = ("sw-language-id", "sw-currency-id", "sw-version-id", "sw-inheritance")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, dict(headers or {}), mimetype="application/json")


def records_answer(request: Request, body: dict[str, Any]) -> Response:
    """Records, in the shape the client accepts.

    Raises:
        ApiError: 415, it accepts neither.
    """
    accepted = [media.partition(";")[0].strip() for media in request.headers.get("Accept", "*/*").split(",")]
    if "application/json" in accepted:
        return answer(body)
    if not {MEDIA_TYPE, "*/*", "application/*"} & set(accepted):
        raise api_error(415, "0", "All requested media types are unsupported")
    return Response(json.dumps(to_jsonapi(body)), 200, mimetype=MEDIA_TYPE)


def json_body(request: Request) -> Any:
    """The parsed body; an empty one counts as ``{}``.

    Raises:
        ApiError: 415 for another content type, 400 for a body that is no JSON.
    """
    raw = request.get_data()
    if not raw:
        return {}
    if request.mimetype not in JSON_TYPES:
        raise api_error(415, "0", f"The Content-Type {request.mimetype!r} is not supported")
    try:
        return json.loads(raw)
    except ValueError as error:
        raise api_error(400, "0", "The JSON payload is malformed.") from error


def token_body(request: Request) -> dict[str, Any]:
    """The body of a token request: a form or JSON."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    body = json_body(request)
    return body if isinstance(body, dict) else {}


def refuse_query(request: Request, *allowed: str) -> None:
    """No query parameters but these.

    Raises:
        ApiError: 400, there is another.
    """
    for name in request.args:
        if name not in allowed:
            raise unknown_key(name, "the query")


def check_context(request: Request, store: Store, version: Version) -> None:
    """Check the context headers.

    Raises:
        ApiError: 412 for an unknown language, 501 for another version than the live one.
    """
    absent = ("", None) if version.at_least("6.7.12") else (None,)
    language = request.headers.get("sw-language-id")
    if language not in absent and language not in store.tables["language"]:
        raise api_error(412, "FRAMEWORK__LANGUAGE_NOT_FOUND", "The language was not found.", languageId=language)
    if request.headers.get("sw-version-id") not in {*absent, LIVE_VERSION}:
        raise not_simulated("Reading or writing a draft (sw-version-id)")


def too_large(request: Request, largest: int | None) -> Response | None:
    """The web server's refusal of a body that is larger than it allows."""
    if largest is None or (request.content_length or 0) <= largest:
        return None
    return Response(TOO_LARGE, 413, mimetype="text/html")


def entity_of(request: Request, store: Store, name: str) -> Entity:
    """The entity of a path in kebab case.

    Raises:
        ApiError: 404, there is none.
    """
    entity = store.schema.get(name.replace("-", "_")) if "_" not in name else None
    if entity is None:
        raise no_route(request)
    return entity


def valid_id(row_id: str) -> str:
    """The id of a path.

    Raises:
        ApiError: 400, it is none.
    """
    if not is_id(row_id):
        raise api_error(400, INVALID_UUID, f"Value is not a valid UUID: {row_id}")
    return row_id


def no_route(request: Request) -> ApiError:
    """The path is unknown."""
    return not_found(f'No route found for "{request.method} {request.url}"')
