"""The body of a search, parsed strictly into what to find and what to load along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.platforms.shopware.errors import ApiError, api_error, not_simulated, unknown_key
from sandbox.platforms.shopware.schema.model import Entity, words
from sandbox.platforms.shopware.search.filters import Clock, FilterParser, Test
from sandbox.platforms.shopware.search.narrowing import Narrowing, narrowing
from sandbox.platforms.shopware.search.paths import parse_path
from sandbox.platforms.shopware.store import Row, Store
from sandbox.platforms.shopware.values import is_id
from sandbox.platforms.shopware.versions import Version

KEYS = words(
    "page limit ids filter post-filter sort associations includes fields total-count-mode term query"
    " grouping aggregations"
)
NOT_SIMULATED = ("fields", "term", "query", "grouping", "aggregations")
_COUNTING = {"none": 0, "exact": 1, "next-pages": 2, "0": 0, "1": 1, "2": 2}


@dataclass(frozen=True)
class Order:
    """One key to sort by: ``key`` is comparable, nulls come first when ascending."""

    key: Callable[[Row], Any]
    descending: bool


@dataclass(frozen=True)
class Criteria:
    """What a search asks for.

    Args:
        count: 0 counts the page only, 1 everything, 2 some pages ahead.
        loads: The associations to load, each with criteria of its own.
        includes: Fields to keep, by ``apiAlias``; None keeps all.
        narrowing: Where the rows can be found without walking the table.
    """

    page: int = 1
    limit: int | None = None
    ids: tuple[str, ...] | None = None
    tests: tuple[Test, ...] = ()
    orders: tuple[Order, ...] = ()
    count: int = 0
    loads: Mapping[str, "Criteria"] = field(default_factory=dict)
    includes: Mapping[str, frozenset[str]] | None = None
    narrowing: Narrowing = Narrowing()  # noqa: RUF009 - frozen

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.limit if self.limit else 0


@dataclass
class CriteriaParser:
    """Parses criteria and remembers every entity they reach, since each needs the right to read.

    Args:
        clock: The shop's clock, for relative filters.
        max_limit: The largest page of this shop; None: its release's.

    Attributes:
        to_many: The fields that rows are found or sorted by and that lie behind an association to many rows; the
            associations that are loaded along do not count, they are read apart.
    """

    store: Store
    version: Version
    clock: Clock
    max_limit: int | None = None
    entities: set[str] = field(default_factory=set)
    to_many: set[str] = field(default_factory=set)

    def parse(self, entity: Entity, body: Any) -> Criteria:
        """The criteria of a whole request.

        Raises:
            ApiError: Something in it is malformed, unknown or not simulated.
        """
        self.entities.add(entity.name)
        found = self._criteria(entity, body)
        self.to_many = self._found_by(entity, body)
        limit = self._allowed_limit(found)
        ignored = found.ids is not None or (self.version.page_needs_limit and found.limit is None)
        page = 1 if ignored else found.page
        return replace(found, limit=limit, page=page)

    def _criteria(self, entity: Entity, body: Any) -> Criteria:
        if not isinstance(body, dict):
            raise api_error(400, "0", "The criteria have to be an object")
        _refuse_unknown(body)
        tests = self._tests(entity, body)
        return Criteria(
            page=_positive(body, "page", "FRAMEWORK__INVALID_PAGE_QUERY") or 1,
            limit=_positive(body, "limit", "FRAMEWORK__INVALID_LIMIT_QUERY"),
            ids=_ids(body.get("ids")),
            tests=tuple(tests),
            orders=tuple(self._orders(entity, body.get("sort"))),
            count=_COUNTING.get(str(body.get("total-count-mode", 0)), 0),
            loads=self._loads(entity, body.get("associations")),
            includes=_includes(body.get("includes")),
            narrowing=narrowing(self.store, entity.name, body),
        )

    def _found_by(self, entity: Entity, body: dict[str, Any]) -> set[str]:
        filters = FilterParser(self.store, entity, self.clock)
        filters.parse(body.get("filter") or [], "/filter")
        keys = [each["field"] for each in body.get("sort") or () if isinstance(each, dict)]
        return filters.to_many | {name for name in keys if parse_path(self.store, entity, name).to_many}

    def _tests(self, entity: Entity, body: dict[str, Any]) -> list[Test]:
        filters = FilterParser(self.store, entity, self.clock)
        tests = [
            *filters.parse(body.get("filter") or [], "/filter"),
            *filters.parse(body.get("post-filter") or [], "/post-filter"),
        ]
        filters.finish()
        self.entities |= filters.entities
        return tests

    def _orders(self, entity: Entity, given: Any) -> list[Order]:
        if given is None:
            return []
        if isinstance(given, str):
            given = [
                {"field": name.lstrip("-"), "order": "DESC" if name.startswith("-") else "ASC"}
                for name in given.split(",")
            ]
        if not isinstance(given, list):
            raise _bad_sort("/sort", "The sorting has to be a list or a text")
        return [self._order(entity, entry, f"/sort/{number}") for number, entry in enumerate(given)]

    def _order(self, entity: Entity, entry: Any, pointer: str) -> Order:
        if not isinstance(entry, dict) or not isinstance(entry.get("field"), str) or not entry["field"]:
            raise _bad_sort(f"{pointer}/field", "The sorting needs a field")
        if unknown := sorted(set(entry) - {"field", "order", "naturalSorting", "type"}):
            raise unknown_key(unknown[0], "a sorting")
        if entry.get("type") == "count":
            raise not_simulated("Sorting by count")
        path = parse_path(self.store, entity, entry["field"])
        self.entities.update(path.entities)
        descending = str(entry.get("order", "ASC")).upper() == "DESC"
        natural = bool(entry.get("naturalSorting"))
        return Order(lambda row: _sort_key(path.read(row), descending, natural), descending)

    def _loads(self, entity: Entity, given: Any) -> dict[str, Criteria]:
        if not isinstance(given, dict):
            return {}
        wanted = {name: body for name, body in given.items() if isinstance(body, (dict, list))}
        return {name: self._load(entity, name, body or {}) for name, body in wanted.items()}

    def _load(self, entity: Entity, name: str, body: Any) -> Criteria:
        way = entity.associations.get(name)
        if name in entity.beyond:
            raise not_simulated(f"The association {name} of {entity.name}")
        if way is None:
            detail = f"Can not find association by name {name}"
            raise api_error(500, "FRAMEWORK__ASSOCIATION_NOT_FOUND", detail, association=name)
        self.entities.add(way.target)
        return self._criteria(self.store.schema[way.target], body)

    def _allowed_limit(self, found: Criteria) -> int | None:
        if found.ids is not None:
            return None
        maximum = self.max_limit or self.version.maximum_limit
        if maximum is None or found.limit is None:
            return found.limit or maximum
        if found.limit > maximum:
            raise _limit_exceeded(found.limit, maximum)
        return found.limit


def _limit_exceeded(limit: int, maximum: int) -> ApiError:
    detail = f"The limit must be lower than or equal to {maximum}. Given: {limit}"
    code = "FRAMEWORK__QUERY_LIMIT_EXCEEDED"
    return api_error(400, code, detail, pointer="/limit", maxLimit=maximum, limit=limit)


def _refuse_unknown(body: dict[str, Any]) -> None:
    for key in body:
        if key not in KEYS:
            raise unknown_key(key, "the criteria")
    for key in NOT_SIMULATED:
        if body.get(key):
            raise not_simulated(f"The criteria key {key!r}")


def _positive(body: dict[str, Any], key: str, code: str) -> int | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdigit() or int(value) < 1:
        detail = f"The {key} must be a positive integer. Given: {value}"
        raise api_error(400, code, detail, pointer=f"/{key}")
    return int(value)


def _ids(given: Any) -> tuple[str, ...] | None:
    if not given:
        return None
    ids = given.split("|") if isinstance(given, str) else given
    for value in ids:
        if not is_id(value):
            raise api_error(400, "FRAMEWORK__INVALID_UUID", f"Value is not a valid UUID: {value}")
    return tuple(ids)


def _includes(given: Any) -> dict[str, frozenset[str]] | None:
    if not given:
        return None
    if not isinstance(given, dict):
        raise unknown_key("includes", "the criteria, where an object is needed")
    return {alias: frozenset(names) for alias, names in given.items()}


def _sort_key(values: list[Any], descending: bool, natural: bool) -> Any:
    """A to-many association sorts by its lowest value ascending, by its highest descending."""
    keys = [(value is not None, len(str(value)) if natural else 0, _plain(value)) for value in values]
    return max(keys) if descending else min(keys)


def _plain(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return str(value)
    return value.casefold() if isinstance(value, str) else (value or 0)


def _bad_sort(pointer: str, detail: str) -> ApiError:
    return api_error(400, "FRAMEWORK__INVALID_SORT_QUERY", detail, pointer=pointer)
