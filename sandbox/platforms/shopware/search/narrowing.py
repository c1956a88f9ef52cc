"""Finding the rows a search is about without walking the whole table, as a database's indexes do.

A shop of 100,000 products is paged by its growing number, or asked for some hundred product numbers or ids. What
is left over is still tested row by row, so that this decides about speed alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.shopware.store import NUMBER, Row, Store
from sandbox.platforms.shopware.values import folded


@dataclass(frozen=True)
class Narrowing:
    """Where to look.

    Args:
        field: An indexed field, or ``id``; None: it does not matter.
        values: What that field may hold.
        after: The lowest growing number.
        in_order: Whether the rows are wanted by growing number, ascending.
    """

    field: str | None = None
    values: tuple[str, ...] = ()
    after: float | None = None
    in_order: bool = False

    def rows(self, store: Store, entity: str) -> Iterable[Row]:
        """The rows to test; by growing number if that is the order wanted, else the oldest first."""
        if self.field is not None:
            return sorted(self._looked_up(store, entity), key=lambda row: row.serial)
        if self.after is not None or self.in_order:
            return store.from_number(entity, self.after or 0)
        return store.all(entity)

    def _looked_up(self, store: Store, entity: str) -> Iterator[Row]:
        for value in {folded(each) for each in self.values}:
            if self.field == "id":
                found = store.get(entity, value)
                yield from [found] if found else []
            else:
                yield from store.children(entity, str(self.field), value)


def narrowing(store: Store, entity: str, body: dict[str, Any]) -> Narrowing:
    """What a criteria body, already checked, says about where to look."""
    found = Narrowing()
    for each in _filters(body.get("filter")):
        name, values = each.get("field"), _values(each)
        if values and (name == "id" or store.is_indexed(entity, str(name))):
            return Narrowing(name, values)
        if name == NUMBER and each.get("type") == "range":
            bounds = [float(each["parameters"][key]) for key in ("gt", "gte") if key in each["parameters"]]
            found = Narrowing(after=max([*bounds, found.after or 0]))
    in_order = NUMBER in store.schema[entity].fields and _sorted_by_number(body.get("sort"))
    return Narrowing(after=found.after, in_order=in_order)


def _filters(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, dict):
        return [{"type": "equals", "field": name, "value": value} for name, value in given.items()]
    return list(given or [])


def _values(each: dict[str, Any]) -> tuple[str, ...]:
    value = each.get("value")
    if each.get("type") == "equals":
        return (value,) if isinstance(value, str) else ()
    if each.get("type") != "equalsAny":
        return ()
    values = value.split("|") if isinstance(value, str) else value or []
    return tuple(values) if all(isinstance(one, str) for one in values) else ()


def _sorted_by_number(given: Any) -> bool:
    if isinstance(given, str):
        return given.split(",")[0] == NUMBER
    if not given or given[0].get("field") != NUMBER:
        return False
    return str(given[0].get("order", "ASC")).upper() != "DESC"
