"""What a request brings: JSON, bare or below ``data``, or a form whose names are written with brackets."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.platforms.kit.wire import read_json
from sandbox.platforms.shoprenter.errors import BAD_BODY, NO_DATA, bad
from sandbox.platforms.shoprenter.wire import Record

_FORMS = re.compile(r"(multipart/form-data|application/x-www-form-urlencoded)\b")


def read(content_type: str, body: bytes, form: Mapping[str, str]) -> Any:
    """What was sent; None when nothing was.

    Raises:
        ApiError: It is of no kind that is taken, or not what it says.
    """
    if _FORMS.match(content_type):
        return _nested(form).get("data")
    if not body:
        return None
    if not re.match(r"application/json\b", content_type):
        raise bad(BAD_BODY, "Content-Type has to be application/json or multipart/form-data")
    try:
        sent = read_json(body)
    except ValueError as problem:
        raise bad(BAD_BODY, "The body is no JSON") from problem
    return sent["data"] if isinstance(sent, dict) and sent.keys() == {"data"} else sent


def whole(sent: Any) -> Record:
    """An object to be written.

    Raises:
        ApiError: There is none.
    """
    if not isinstance(sent, dict) or not sent:
        raise bad(NO_DATA, "data is missing")
    return dict(sent)


def _nested(form: Mapping[str, str]) -> Record:
    """``data[requests][0][method]`` becomes nested objects; numbered names become lists."""
    found: Record = {}
    for name, value in form.items():
        path = [part for part in re.split(r"[\[\]]+", name) if part]
        at = found
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value
    return {name: _lists(value) for name, value in found.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(each) for name, each in value.items()}
    return list(inner.values()) if inner and all(name.isdecimal() for name in inner) else inner
