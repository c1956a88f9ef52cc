"""Checks requests and answers against Shopware's published Admin API schema (6.7, cut and repaired).

The schema and its licence lie in ``tests/resources/shopware``; ``tools/shopware_schema.py`` made it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

URN = "urn:shopware-admin-api"
DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parent / "resources" / "shopware" / "admin-api-6.7.json").read_text("utf-8")
)
_REGISTRY: Registry[Any] = Registry().with_resource(URN, DRAFT202012.create_resource(DOCUMENT))


def check_request(path: str, method: str, body: Any) -> None:
    """Check the body of a request.

    Partial updates may leave required fields out. The records of a sync are checked as their entities.

    Args:
        path: With or without ``/api``, with real ids.

    Raises:
        AssertionError: One line for each message of the schema.
    """
    template = _template(path)
    if template == "/_action/sync":
        return _check_sync(body)
    operation = ("paths", template, method.lower(), "requestBody", "content", "application/json", "schema")
    messages = _messages(operation, body, partial=method.upper() == "PATCH")
    return _report(f"{method} {path}", messages)


def check_response(path: str, method: str, status: int, body: Any) -> None:
    """Check the body of an answer.

    Raises:
        AssertionError: One line for each message of the schema; or the schema has no such answer.
    """
    template = _template(path)
    answers = DOCUMENT["paths"][template][method.lower()]["responses"]
    if status >= 400:
        pointer: tuple[str, ...] = ("components", "schemas", "failure")
    else:
        assert str(status) in answers, f"The schema has no answer {status} for {method} {path}"
        base = ("paths", template, method.lower(), "responses", str(status))
        pointer = (*base, "content", "application/json", "schema")
    _report(f"{status} of {method} {path}", _messages(pointer, body))


def _check_sync(body: Any) -> None:
    """A natural key in place of an id is not in the schema, and stands for a proper id."""
    operations = _resolved(list(body.values()) if isinstance(body, dict) else body)
    filled = [{"payload": [], **each} for each in operations]
    pointer = ("paths", "/_action/sync", "post", "requestBody", "content", "application/json", "schema")
    messages = [*_messages(pointer, filled)]
    for number, each in enumerate(filled):
        name = "".join(part.title() for part in each["entity"].split("_"))
        if each["action"] == "upsert" and name in DOCUMENT["components"]["schemas"]:
            for record in each["payload"]:
                found = _messages(("components", "schemas", name), record, partial=True)
                messages += [f"{number}: {message}" for message in found]
    _report("POST /_action/sync", messages)


def _resolved(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    return "0" * 32 if {"resolver", "value"} <= node.keys() else {name: _resolved(each) for name, each in node.items()}


def _report(what: str, messages: Iterable[str]) -> None:
    found = list(messages)
    assert not found, "\n".join([f"{what} does not fit Shopware's schema:", *found])


def _messages(pointer: tuple[str, ...], body: Any, *, partial: bool = False) -> Iterator[str]:
    for error in _validator(pointer).iter_errors(body):
        for leaf in _leaves(error):
            if not (partial and leaf.validator == "required"):
                yield f"  {leaf.json_path}: {leaf.message}"


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The messages of the ``anyOf`` alternatives that were meant, as the outer message says nothing."""
    if not error.context:
        yield error
        return
    alternatives = _alternatives(error)
    meant = [each for each in alternatives if not any(map(_is_another_type, each))]
    for child in (child for each in meant or alternatives for child in each):
        yield from _leaves(child)


def _alternatives(error: ValidationError) -> list[list[ValidationError]]:
    grouped: dict[Any, list[ValidationError]] = {}
    for child in error.context:
        grouped.setdefault(child.relative_schema_path[0], []).append(child)
    return list(grouped.values())


def _is_another_type(error: ValidationError) -> bool:
    """Whether the alternative is for another kind of filter."""
    if error.context:
        return all(any(map(_is_another_type, each)) for each in _alternatives(error))
    return error.validator == "enum" and error.absolute_path[-1] == "type"


_FOUND_RIGHT: set[tuple[str, str]] = set()
"""Which bodies fitted which part of the document: the same currencies, states and filters come again and again."""


def _ref(validator: Any, ref: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Check against another part of the document; what fitted it once is not looked at again."""
    known = (ref, json.dumps(instance))
    if known in _FOUND_RIGHT:
        return
    found = list(Draft202012Validator.VALIDATORS["$ref"](validator, ref, instance, schema))
    yield from found
    if not found:
        _FOUND_RIGHT.add(known)


_extended: Any = extend
_Validator = _extended(Draft202012Validator, {"$ref": _ref})


@cache
def _validator(pointer: tuple[str, ...]) -> Any:
    node: Any = DOCUMENT
    for name in pointer:
        node = node[name]
    escaped = "/".join(name.replace("~", "~0").replace("/", "~1") for name in pointer)
    return _Validator({"$ref": f"{URN}#/{escaped}"}, registry=_REGISTRY)


@cache
def _template(path: str) -> str:
    """The path of the document a real path belongs to."""
    bare = path.removeprefix("/api")
    if bare in DOCUMENT["paths"]:
        return bare
    for template in DOCUMENT["paths"]:
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, bare):
            return str(template)
    raise AssertionError(f"The schema has no path {path}")
