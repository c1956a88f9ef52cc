"""Records by model: what fields each has, how they are read through relations, and which a domain means.

A field is stored, or worked out when it is read; a relation leads to one record or to many. Nothing else is known:
another name is an error, as it is in Tryton.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.platforms.kit.ids import Ids
from sandbox.platforms.tryton.errors import unknown_field, user_error

Values = dict[str, Any]
Context = Mapping[str, Any]


@dataclass
class Record:
    """A record; ``values`` holds its stored fields."""

    model: str
    id: int
    created_at: datetime
    values: Values
    changed_at: datetime | None = None

    @property
    def last_modified_at(self) -> datetime:
        """When it was made or changed last."""
        return self.changed_at or self.created_at


Worked = Callable[["Database", Record, Context], Any]


@dataclass(frozen=True)
class Kind:
    """A field.

    Attributes:
        to: The model that it leads to; empty for none.
        by: The field there that leads back; the field then holds many records, and nothing is stored here.
        many: It holds many records by their ids.
        work: Works it out.
    """

    to: str = ""
    by: str = ""
    many: bool = False
    work: Worked | None = None
    boolean: bool = False


STORED = Kind()
BOOLEAN = Kind(boolean=True)
ALWAYS: Mapping[str, Kind] = {
    "id": Kind(work=lambda _, record, __: record.id),
    "rec_name": Kind(work=lambda _, record, __: str(record.values.get("name") or record.id)),
    "create_date": Kind(work=lambda _, record, __: record.created_at),
    "write_date": Kind(work=lambda _, record, __: record.changed_at),
    "last_modified_at": Kind(work=lambda _, record, __: record.last_modified_at),
}
Model = Mapping[str, Kind]


@dataclass
class Database:
    """All records, in memory."""

    clock: Callable[[], datetime]
    models: Mapping[str, Model]
    tables: dict[str, dict[int, Record]] = field(default_factory=dict)
    ids: Ids = field(default_factory=lambda: Ids(100))

    def model(self, name: str) -> Model:
        """The fields of a model. Raises UncaughtError."""
        if name not in self.models:
            raise unknown_field(name)
        return {**ALWAYS, **self.models[name]}

    def table(self, model: str) -> dict[int, Record]:
        """All records of a model, by id."""
        return self.tables.setdefault(model, {})

    def add(self, model: str, **values: Any) -> Record:
        """A new record, with stored values as they are."""
        made = Record(model, self.ids(model), self.clock(), values)
        self.table(model)[made.id] = made
        return made

    def change(self, record: Record, **values: Any) -> None:
        """Set stored fields."""
        record.values |= values
        record.changed_at = self.clock()

    def get(self, model: str, key: int | None) -> Record | None:
        """A record by its id."""
        return self.table(model).get(key) if key is not None else None

    def behind(self, model: str, by: str, key: int) -> list[Record]:
        """The records of a model that lead to another one, in their order."""
        return [each for each in self.table(model).values() if each.values.get(by) == key]

    # --- reading ------------------------------------------------------------------------------------------------------

    def value(self, record: Record, name: str, context: Context) -> Any:
        """A field of a record: ids where it leads somewhere. Raises UncaughtError."""
        kind = self.model(record.model).get(name)
        if kind is None:
            raise unknown_field(name)
        if kind.work is not None:
            return kind.work(self, record, context)
        if kind.by:
            return [each.id for each in self.behind(kind.to, kind.by, record.id)]
        found = record.values.get(name)
        return int(bool(found)) if kind.boolean else found if found is not None or not kind.many else []

    def row(self, record: Record, fields: Sequence[str], context: Context) -> Values:
        """These fields of a record; what is read through a relation stands under its name with a dot."""
        row: Values = {"id": record.id}
        inner: dict[str, list[str]] = {}
        for name in fields:
            first, dot, rest = name.partition(".")
            if dot:
                inner.setdefault(first, []).append(rest)
            else:
                row[name] = self.value(record, name, context)
        for relation, names in inner.items():
            row[f"{relation}."] = self._inner(record, relation, names, context)
        return row

    def _inner(self, record: Record, name: str, fields: Sequence[str], context: Context) -> Any:
        found = list(self.related(record, name, context))
        rows = [self.row(each, fields, context) for each in found]
        is_many = isinstance(self.value(record, name, context), list)
        return rows if is_many else next(iter(rows), None)

    def related(self, record: Record, name: str, context: Context) -> Iterator[Record]:
        """The records that a field leads to. Raises UncaughtError where it leads nowhere."""
        value = self.value(record, name, context)
        to = self.model(record.model)[name].to
        if not to:
            raise unknown_field(name)
        for key in value if isinstance(value, list) else [value]:
            if found := self.get(to, key):
                yield found

    # --- domains ------------------------------------------------------------------------------------------------------

    def search(self, model: str, domain: Any, context: Context) -> list[Record]:
        """The records that a domain means, by rising id; those switched off only where it names that."""
        hidden = "active" in self.model(model) and not _names(domain, "active")
        return [
            each
            for each in self.table(model).values()
            if not (hidden and not each.values.get("active", True)) and self.fits(each, domain, context)
        ]

    def fits(self, record: Record, domain: Any, context: Context) -> bool:
        """Whether a record is meant. Raises UncaughtError or TrytonError for what is no domain."""
        if not isinstance(domain, list):
            raise user_error(f"Invalid domain {domain!r}")
        if _is_clause(domain):
            return self._clause(record, domain, context)
        either = domain[:1] == ["OR"]
        parts = domain[1:] if domain[:1] in (["OR"], ["AND"]) else domain
        fit = (self.fits(record, part, context) for part in parts)
        return any(fit) if either else all([*fit])

    def _clause(self, record: Record, clause: list[Any], context: Context) -> bool:
        name, operator, wanted = clause
        first, dot, rest = str(name).partition(".")
        if dot:
            inner = [rest, operator, wanted]
            return any(self.fits(each, inner, context) for each in self.related(record, first, context))
        if operator == "where":
            return any(self.fits(each, wanted, context) for each in self.related(record, first, context))
        value = self.value(record, first, context)
        many = isinstance(value, list)
        return any(_compared(each, operator, wanted) for each in (value if many else [value]))


def _is_clause(domain: list[Any]) -> bool:
    return len(domain) == 3 and isinstance(domain[0], str) and domain[0] not in ("OR", "AND")  # noqa: PLR2004 - a clause


def _names(domain: Any, name: str) -> bool:
    if not isinstance(domain, list):
        return False
    return domain[:1] == [name] or any(_names(part, name) for part in domain)


def _compared(value: Any, operator: str, wanted: Any) -> bool:
    compared: Mapping[str, Callable[[], bool]] = {
        "=": lambda: bool(value == wanted),
        "!=": lambda: bool(value != wanted),
        "in": lambda: value in wanted,
        "not in": lambda: value not in wanted,
        "ilike": lambda: value is not None and _like(str(value).casefold(), str(wanted).casefold()),
        "like": lambda: value is not None and _like(str(value), str(wanted)),
        "<": lambda: _both(value, wanted) and value < wanted,
        ">": lambda: _both(value, wanted) and value > wanted,
        "<=": lambda: _both(value, wanted) and value <= wanted,
        ">=": lambda: _both(value, wanted) and value >= wanted,
    }
    if operator not in compared:
        raise user_error(f'Invalid operator "{operator}"')
    return compared[operator]()


def _both(*values: Any) -> bool:
    return all(value is not None for value in values)


def _like(text: str, pattern: str) -> bool:
    """SQL's LIKE: ``%`` is anything, ``_`` one letter, a backslash before one of them takes its meaning."""
    if not pattern:
        return not text
    head, rest = pattern[0], pattern[1:]
    if head == "%":
        return any(_like(text[at:], rest) for at in range(len(text) + 1))
    if head == "\\" and rest:
        head, rest = rest[0], rest[1:]
    elif head == "_":
        return bool(text) and _like(text[1:], rest)
    return text[:1] == head and _like(text[1:], rest)


def ids_of(records: Iterable[Record]) -> list[int]:
    """Their ids."""
    return [each.id for each in records]
