"""Pages: ``page`` from 0, ``limit`` up to 200, and the envelope around the items."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sandbox.platforms.shoprenter import inferred
from sandbox.platforms.shoprenter.errors import OUT_OF_RANGE, UNKNOWN_PARAMETER, WRONG_DATA, bad
from sandbox.platforms.shoprenter.routing import Numbers, Resource
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.wire import Href, Key, Link, Record

LARGEST: Final = 200
PAGING: Final = frozenset({"page", "limit", "full"})


def collection(shop: Shop, name: str, resource: Resource, query: Mapping[str, str]) -> Record:
    """One page of what every filter leaves.

    Raises:
        ApiError: A parameter is unknown or wrong, or there is no such page.
    """
    found = _found(shop, resource, query)
    limit, page = _limit(query), _whole(query, "page", 0)
    last = max(0, -(-len(found) // limit) - 1)
    if page > last or (not found and shop.assumed.empty_is_40008):
        raise bad(OUT_OF_RANGE, f"page is out of range: minimum 0, maximum {last}")
    shown = found[page * limit : (page + 1) * limit]
    full = full_of(query)
    items: Any = [entry(shop, name, resource, *each) if full else _linked(name, resource, each[0]) for each in shown]
    if shop.assumed.collapse_single and len(items) == 1:
        items = items[0]
    return {**_envelope(shop, name, query, (page, limit, len(found))), **resource.beside(shop), "items": items}


def entry(shop: Shop, name: str, resource: Resource, numbers: Numbers, record: Any) -> Record:
    """One record as it is read."""
    key = Key(resource.entity, numbers)
    return {"href": Href(Link(name, key)), "id": key, **resource.view(shop, record)}


def full_of(query: Mapping[str, str]) -> bool:
    """Whether items are to be expanded.

    Raises:
        ApiError: ``full`` is neither 0 nor 1.
    """
    if query.get("full", "0") not in {"0", "1"}:
        raise bad(WRONG_DATA, "full is neither 0 nor 1")
    return query.get("full") == "1"


def refuse_unknown(query: Mapping[str, str], known: frozenset[str]) -> None:
    """Nothing, when the resource has all these parameters.

    Raises:
        ApiError: 40010.
    """
    if unknown := sorted(query.keys() - known):
        raise bad(UNKNOWN_PARAMETER, f"The query parameter {unknown[0]} is not available on this resource")


def _found(shop: Shop, resource: Resource, query: Mapping[str, str]) -> list[tuple[Numbers, Any]]:
    refuse_unknown(query, PAGING | resource.filters.keys())
    used = [(each, query[name]) for name, each in resource.filters.items() if name in query]
    for name in resource.filters.keys() & query.keys():
        resource.filters[name].check(name, query[name])
    rows = resource.rows(shop).items()
    found = [row for row in rows if all(each.keeps(shop, row[1], wanted) for each, wanted in used)]
    return found[::-1] if shop.assumed.newest_first else found


def _linked(name: str, resource: Resource, numbers: Numbers) -> Link:
    return Link(name, Key(resource.entity, numbers))


def _envelope(shop: Shop, name: str, query: Mapping[str, str], counts: tuple[int, int, int]) -> Record:
    page, limit, total = counts
    pages = -(-total // limit)
    last = max(0, pages - 1)
    counted = {
        "always": True,
        "full": query.get("full") == "1",
        "never": False,
    }[shop.assumed.page_count]

    def number(value: int) -> Any:
        return str(value) if shop.assumed.numbers_as_text else value

    def at(which: int) -> Link:
        """[inferred] The page's own parameters and no filter, as in the file's example."""
        full = f"full={query['full']}&" if "full" in query else ""
        return Link(name, page=f"{full}page={which}&limit={limit}")

    return {
        "href": Href(at(page)),
        "page": number(page),
        **({"pageCount": number(pages)} if counted else {}),
        "limit": number(limit),
        "first": at(0),
        "previous": at(page - 1) if page else None,
        "next": at(page + 1) if page < last else None,
        "last": at(last),
    }


def _limit(query: Mapping[str, str]) -> int:
    """[inferred] More than the largest is refused like any other wrong number."""
    limit = _whole(query, "limit", inferred.DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST:
        raise bad(WRONG_DATA, f"limit has to be from 1 to {LARGEST}")
    return limit


def _whole(query: Mapping[str, str], name: str, otherwise: int) -> int:
    text = query.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,9}", text):
        raise bad(WRONG_DATA, f"{name} is not an int")
    return int(text)
