"""A second opinion on SalesPOS bodies: JSON schemas written by hand from the platform file's field lists.

They share nothing with the emulator, so a field both sides of a test misread still has to get past them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

_FOLDER = Path(__file__).parent / "resources" / "salespos"


@cache
def _registry() -> Registry[Any]:
    resources = [Resource.from_contents(json.loads(file.read_text())) for file in _FOLDER.glob("*.json")]
    return resources @ Registry()


def _check(name: str, body: Any) -> None:
    """Raise ``jsonschema.ValidationError`` for the most telling fault."""
    schema = _registry().contents(f"salespos:{name}")
    Draft202012Validator(schema, registry=_registry()).validate(body)


def check_order_post(body: Any) -> None:
    """The body of POST /orders."""
    _check("order_post", body)


def check_user_post(body: Any) -> None:
    """The body of POST /users."""
    _check("user_post", body)


def check_product_post(body: Any) -> None:
    """The body of POST /products."""
    _check("product_post", body)


def check_product_patch(body: Any) -> None:
    """The body of PATCH /products/{id}: the fields of a creation, none required, and at least one."""
    known = _registry().contents("salespos:product_post")["properties"]
    schema = {"type": "object", "minProperties": 1, "properties": known, "additionalProperties": False}
    Draft202012Validator(schema, registry=_registry()).validate(body)


def check_catalogue_write(name: str, body: Any) -> None:
    """A body of what makes up a catalogue: ``name`` is resource, in the singular, and method."""
    schema = {"$ref": f"salespos:catalogue_writes#/$defs/{name}"}
    Draft202012Validator(schema, registry=_registry()).validate(body)


def check_collection(body: Any) -> None:
    """The envelope of a collection."""
    _check("collection", body)


def check_error(body: Any) -> None:
    """The body of a refusal."""
    _check("error", body)
