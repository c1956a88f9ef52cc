"""Addresses: ``/app/rest/v1/<account>/<list>/<filter>:<value>/.../`` and ``.../connector/<id>/order/<our id>/``."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.platforms.cloudsales.errors import ApiError
from sandbox.platforms.cloudsales.inferred import NOT_FOUND_STATUS

BASE = "/app/rest/v1"


@dataclass(frozen=True)
class Path:
    """An address taken apart.

    Args:
        account: Digits.
        pattern: What is called, in words such as ``product/list`` or ``connector/{id}/order/{id}``.
        names: The variable parts of a connector's address, decoded.
        segments: What follows a list's name, decoded.
    """

    account: str
    pattern: str
    names: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


def take_apart(uri: str, lists: Collection[str]) -> Path:
    """Read an address as it was sent; a slash inside a segment is encoded.

    Raises:
        ApiError: It has a query, no slash at its end, or nothing this API knows.
    """
    found = re.fullmatch(rf"{BASE}/(\d+)/((?:[^/?#]+/)+)", uri)
    if found is None:
        raise _unknown(uri)
    sent = found[2].rstrip("/").split("/")
    if sent[0] == "connector":
        return _connector_path(found[1], [unquote(part) for part in sent], uri)
    for name in sorted(lists, key=len, reverse=True):
        words = name.split("/")
        if sent[: len(words)] == words:
            return Path(found[1], name, segments=tuple(unquote(part) for part in sent[len(words) :]))
    raise _unknown(uri)


def _connector_path(account: str, parts: list[str], uri: str) -> Path:
    match parts:
        case [_, number, "order", reference] if number.isdecimal():
            return Path(account, "connector/{id}/order/{id}", (number, reference))
        case [_, number, ("stock" | "price") as what] if number.isdecimal():
            return Path(account, f"connector/{{id}}/{what}", (number,))
    raise _unknown(uri)


def _unknown(uri: str) -> ApiError:
    return ApiError(f"unknown address {uri}", status=NOT_FOUND_STATUS)
