"""The calls of Gomag's API that we make, as plain data in and out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.outcomes import NO_DATA
from shopbridge.connectors.gomag.wire import WirePage, as_rows
from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.kit.rows import AnyRow, Row, read_rows
from shopbridge.errors import Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import PlatformClient, shaped

ROOT = "/api/v1"
LARGEST_PAGE = 100
TRIES = 3
"""A call that found the bucket full was not done, so it waits and goes again."""
MOST_PAGES = 2_000
"""No list is as long; one that never ends must not be read for ever."""
HEADERS: Final = {"User-Agent": "Shopbridge/1", "Accept": "*/*"}
"""A name of our own: ``PostmanRuntime`` is refused (platform file, G1); the rest as in what ran live (G2)."""

_BODY, _COUNTERS = TypeAdapter[Any](dict[str, Any] | list[Any]), TypeAdapter(WirePage)
_ROWS = TypeAdapter(list[AnyRow])


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        rows: In the order they came.
        total: How many rows all pages have; None when the answer does not say.
        pages: How many pages there are, at least.
    """

    number: int
    rows: Sequence[Row]
    total: int | None
    pages: int

    @property
    def is_last(self) -> bool:
        """Nothing comes after it."""
        return not self.rows or self.number >= min(self.pages, MOST_PAGES)


@dataclass(frozen=True)
class GomagApi:
    """Calls below ``/api/v1``."""

    client: PlatformClient

    def get(self, path: str, /, **params: str) -> Answer:
        """Read."""
        return self._send(Call("GET", f"/{path}/json", params=params, headers=HEADERS))

    def page(self, path: str, name: str, number: int, /, **filters: str) -> Page:
        """One page of the list ``name``, as large as it may be. Raises RetryLater for an unexpected form."""
        try:
            answer = self.get(path, page=str(number), limit=str(LARGEST_PAGE), **filters)
        except Rejected as error:
            return _nothing_for_no_data(error, number)
        return read_page(answer, name, number)

    def rows(self, path: str, name: str, /, **filters: str) -> Iterator[Row]:
        """Every row of a list; rows that shift meanwhile may come twice. Raises RetryLater for a page once more."""

        def read(number: int) -> tuple[Sequence[Row], int | None]:
            page = self.page(path, name, number, **filters)
            return page.rows, None if page.is_last else number + 1

        return (row for rows, _ in each_page(read, 1, "Gomag", name) for row in rows)

    def post(self, path: str, data: Any, *, repeatable: bool) -> None:
        """Write: one form field that holds JSON. Raises Rejected with the code ``NO_DATA`` when it matches nothing."""
        form = {"data": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}
        self._send(
            Call("POST", f"/{path}/json", form=form, headers=HEADERS, repeatable=repeatable, largest=LARGEST_RECEIPT)
        )

    def _send(self, call: Call) -> Answer:
        """Where the bucket is full, the limiter makes the next try wait."""
        for _ in range(TRIES - 1):
            try:
                return self.client.send(call)
            except Throttled:
                continue
        return self.client.send(call)


def read_page(answer: Answer, name: str, number: int) -> Page:
    """A page of an answer; an object keyed by id and a list mean the same (platform file, G2 and others).

    Raises:
        RetryLater: It is no page, or another one than was asked for.
    """
    body = shaped(answer, _BODY)
    rows = read_rows(_ROWS, as_rows(body.get(name)) if isinstance(body, dict) else body, "Gomag", name)
    counters = shaped(answer, _COUNTERS) if isinstance(body, dict) else WirePage()
    if rows and counters.page not in (None, number):
        raise RetryLater(f"Gomag gives page {counters.page} instead of {number}", after=300, where=answer.where)
    return Page(number, rows, counters.total, _pages(counters, number, len(rows)))


def _pages(counters: WirePage, number: int, rows: int) -> int:
    """The last page, by the counter, else by the total, else by whether this one is full (platform file, G3)."""
    if counters.pages is not None:
        return counters.pages
    if counters.total is not None:
        return -(-counters.total // LARGEST_PAGE)
    return number + 1 if rows == LARGEST_PAGE else number


def _nothing_for_no_data(error: Rejected, number: int) -> Page:
    """[inferred] A read that matches nothing may say so as writes do."""
    if error.code != NO_DATA:
        raise error
    return Page(number, (), 0, 0)
