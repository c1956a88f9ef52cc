"""The calls to Tryton: one address, a method's name and its parameters, the last of which is the context.

Lists are read by rising id, each page behind the last id of the one before: nothing slips through, whatever comes and
goes meanwhile.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.paging import each_page, stands_still
from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.tryton.outcomes import TITLE, odd
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.wire import MADE, PREFERENCES, ROWS
from shopbridge.errors import NeedsAttention
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import PlatformClient, shaped
from shopbridge.ports import Clock

RPC: Final = "/rpc/"
PAGE = 100
"""Rows of a page: Tryton has no limit of its own, and works out every figure of a row anew."""
KEPT = timedelta(hours=1)
JSON_BODY: Final = {"Content-Type": "application/json"}
BY_ID: Final = [["id", "ASC"]]
Domain = list[Any]
Context = Mapping[str, Any]


def call_of(method: str, params: Sequence[Any], *, repeatable: bool = True) -> Call:
    """Return a call; exactly these three members make Tryton answer with errors of its own."""
    body = {"id": 1, "method": method, "params": [sent(each) for each in params]}
    return Call("POST", RPC, json=body, repeatable=repeatable, shown=method, headers=JSON_BODY)


def creation(model: str, values: Mapping[str, Any], context: Context) -> Call:
    """Return the call that creates one record; it is never repeated blindly."""
    return call_of(f"model.{model}.create", [[values], context], repeatable=False)


def sent(value: Any) -> Any:
    """Return a value as Tryton takes it: amounts, days and moments say what they are."""
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": f"{value:f}"}
        case datetime():
            moment = value.astimezone(UTC)
            names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{name: getattr(moment, name) for name in names}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case Mapping():
            return {key: sent(each) for key, each in value.items()}
        case list() | tuple():
            return [sent(each) for each in value]
        case _:
            return value


def row_id(row: Row) -> int:
    """Return a row's id; 0 when it has none that can be one."""
    key = row.get("id")
    return key if isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**53 else 0


@dataclass
class TrytonApi:
    """Makes the calls of one company."""

    settings: TrytonSettings
    client: PlatformClient
    clock: Clock

    def __post_init__(self) -> None:
        self._own_company = Kept(self._read_company, self.clock, KEPT)

    @property
    def company(self) -> int:
        """Whose records are meant: as it is set, or our user's own, which is asked for."""
        return self.settings.company or self._own_company.value()

    @property
    def context(self) -> Context:
        """What every call ends with: without a company, values that each company has of its own are empty."""
        return {"company": self.company}

    def search(
        self, model: str, domain: Domain, fields: Sequence[str], *, limit: int = PAGE, **context: Any
    ) -> list[Row]:
        """Return the records of a domain by rising id."""
        params = [domain, 0, limit, BY_ID, list(fields), {**self.context, **context}]
        return self.client.read(call_of(f"model.{model}.search_read", params), ROWS).result

    def page(
        self, model: str, domain: Domain, fields: Sequence[str], after: int, **context: Any
    ) -> tuple[list[Row], int | None]:
        """Return the records behind an id, and behind which the next are; None after the last.

        Raises:
            RetryLater: Also for rows that do not rise.
        """
        rows = self.search(model, [["id", ">", after], *domain], fields, **context)
        ids = [key for row in rows if (key := row_id(row))]
        if ids != sorted(set(ids)) or (ids and ids[0] <= after) or (rows and not ids):
            raise stands_still(TITLE, model)
        return rows, ids[-1] if len(rows) >= PAGE else None

    def all_rows(self, model: str, domain: Domain, fields: Sequence[str]) -> Iterator[Row]:
        """Yield all records of a domain."""

        def read(after: int) -> tuple[Sequence[Row], int | None]:
            return self.page(model, domain, fields, after)

        return (row for rows, _ in each_page(read, 0, TITLE, model) for row in rows)

    def create(self, model: str, values: Mapping[str, Any], *, again: bool = False) -> int:
        """Create one record and return its id.

        Args:
            again: A second one would do no harm.

        Raises:
            Rejected, RetryLater: Surely not created.
            OutcomeUnknown: Maybe created.
        """
        call = creation(model, values, self.context)
        if again:
            call = call_of(f"model.{model}.create", [[values], self.context])
        return made_id(self.client.send(call))

    def write(self, model: str, key: int, values: Mapping[str, Any]) -> None:
        """Set fields of a record."""
        self.client.send(call_of(f"model.{model}.write", [[key], values, self.context]))

    def press(self, model: str, button: str, ids: Sequence[int], *, repeatable: bool = True) -> None:
        """Send the press of a button of records: pressed twice it is refused, and changes nothing."""
        call = call_of(f"model.{model}.{button}", [list(ids), self.context], repeatable=repeatable)
        self.client.send(call)

    def handle(self, wizard: str, key: int, form: Mapping[str, Any]) -> None:
        """Go through a wizard of a record that asks once: three calls."""
        name = f"wizard.{wizard}"
        answer = self.client.send(call_of(f"{name}.create", [self.context]))
        started = answer.json().get("result")
        if not isinstance(started, list) or not started:
            raise odd(answer, "names no wizard")
        about = {**self.context, "active_model": "sale.sale", "active_id": key, "active_ids": [key]}
        self.client.send(call_of(f"{name}.execute", [started[0], {"ask": form}, "handle", about]))
        self.client.send(call_of(f"{name}.delete", [started[0], self.context]))

    def preferences(self) -> Row:
        """Return what our user prefers: its company, and those that it may see."""
        return self.client.read(call_of("model.res.user.get_preferences", [True, {}]), PREFERENCES).result

    def _read_company(self) -> int:
        company = self.preferences().get("company")
        if not isinstance(company, int) or isinstance(company, bool) or company < 1:
            raise NeedsAttention(
                "Our user has no company in Tryton",
                where=f"{TITLE}, company",
                setting="company",
                fix="Give the user a company in Tryton, or set company to its number.",
            )
        return company


def made_id(answer: Answer) -> int:
    """Return the id of what a creation made. Raises OutcomeUnknown when the answer does not name it."""
    result = shaped(answer, MADE).result
    if len(result) != 1 or not 0 < result[0] < 2**53:
        raise odd(answer, "names no id of what was made")
    return result[0]
