"""The calls to SalesPOS."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.salespos.wire import Item
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_RECEIPT

API = "/api/rest/v1"
ACCEPT = {"Accept": "application/vnd.verto.webshop+json"}
"""[inferred] The SalesPOS flavour is only known to matter for till resources, which we do not use (SDK S1)."""


def get(path: str, **params: str) -> Call:
    """Read; ``path`` is below the API's root."""
    return Call("GET", path, params=params, headers=ACCEPT)


def post(path: str, body: Mapping[str, Any]) -> Call:
    """Create: there is no idempotency key, so it is never repeated blindly."""
    return Call("POST", path, json=body, headers=ACCEPT, repeatable=False, largest=LARGEST_RECEIPT)


def patch(path: str, body: Mapping[str, Any]) -> Call:
    """Set fields; a second time changes nothing."""
    return Call("PATCH", path, json=body, headers=ACCEPT, largest=LARGEST_RECEIPT)


def delete(path: str) -> Call:
    """Remove; a second time finds nothing."""
    return Call("DELETE", path, headers=ACCEPT, largest=LARGEST_RECEIPT)


def in_language(call: Call, language: str) -> Call:
    """The same call for one language. The SDK says so on reads and changes, not on creations (S1)."""
    return replace(call, headers={**call.headers, "Accept-Language": language}) if language else call


def created(answer: Answer, shape: TypeAdapter[Item]) -> Item | None:
    """What a creation answers; None when it does not say: it sometimes is 204 without a body (SDK S1)."""
    try:
        return shape.validate_python(answer.json()) if answer.body else None
    except ValidationError:
        return None
