"""Reading a request and writing an answer."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Request, Response

from sandbox.platforms.shopware.errors import api_error, not_simulated, unknown_key
from sandbox.platforms.shopware.jsonapi import MEDIA_TYPE, to_jsonapi
from sandbox.platforms.shopware.store import Store
from sandbox.platforms.shopware.values import LIVE_VERSION
from sandbox.platforms.shopware.versions import Version

JSON_TYPES = frozenset({"application/json", MEDIA_TYPE})
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
