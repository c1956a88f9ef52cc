"""What a method of the API is: a call in, a body out, and which permission, bucket and filters it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.platforms.gomag.state import Shop

PAGING = frozenset({"page", "limit"})
Kind = Literal["read", "write"]


@dataclass(frozen=True)
class Call:
    """One request: its query, and the JSON of its ``data`` field."""

    query: Mapping[str, str] = field(default_factory=dict)
    data: Any = None


@dataclass(frozen=True)
class Endpoint:
    """One method of one path.

    Args:
        area: The permission it needs.
        filters: Query parameters it honours; every other one is ignored without a word, as documented.
        collection: Under which name a paged list comes.
    """

    handle: Callable[[Shop, Call], Any]
    area: str
    kind: Kind = "read"
    filters: frozenset[str] = frozenset()
    collection: str = ""

    @property
    def method(self) -> str:
        """GET for reads, POST for writes."""
        return "GET" if self.kind == "read" else "POST"


Routes = Mapping[str, Endpoint]
"""Path below the base address, such as ``order/read/json``, to endpoint."""


def reading(
    handle: Callable[[Shop, Call], Any], area: str, filters: frozenset[str] | set[str] = PAGING, collection: str = ""
) -> Endpoint:
    """A read."""
    return Endpoint(handle, area, "read", frozenset(filters), collection)


def writing(handle: Callable[[Shop, Call], Any], area: str) -> Endpoint:
    """A write."""
    return Endpoint(handle, area, "write")
