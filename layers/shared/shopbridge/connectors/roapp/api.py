"""The calls to RO App, its lists page by page, how often it may be called, and who calls.

Orders, contacts, the catalogue and the company are v2; warehouses, price types, and looking products up are unversioned
(platform file, intro 2, "Known quirks"). Several values of a filter are sent in brackets, one by one.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Self, TypeVar

from shopbridge.connectors.kit.paging import each_page, stands_still
from shopbridge.connectors.kit.rows import Row, odd_form, read_row
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.wire import LISTING, Read, RowsPage
from shopbridge.errors import RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import Limit, PlatformClient, Wiring
from shopbridge.mapping.json_data import plain

log = logging.getLogger(__name__)

PAGE = 50
"""Rows of a page; no other size may be relied on (doc D1)."""
CALLS = 3
"""A second, for the account as a whole (doc D1). [inferred] That all keys share it."""
SECOND = timedelta(seconds=1)
LONGEST_WAIT, WAITS, KEPT_BACK = 20.0, 8, 20.0
"""Seconds and times that the calls of an order wait for their turn, and seconds that must be left behind a wait."""

ORDERS, PEOPLE, ORGANIZATIONS = "/v2/orders", "/v2/contacts/people", "/v2/contacts/organizations"
TYPES, STATUSES, CUSTOM_FIELDS = "/v2/orders/types", "/v2/orders/statuses", "/v2/orders/custom-fields"
COMPANY_PATH, LOCATIONS, EMPLOYEES = "/v2/company", "/v2/company/locations", "/v2/company/employees"
PRODUCTS, CATEGORIES, SERVICES = "/v2/catalog/products", "/v2/catalog/products/categories", "/v2/catalog/services"
LOOKUP, WAREHOUSES, GOODS, PRICE_TYPES = "/products/", "/warehouse/", "/warehouse/goods", "/margins/"
Shape = TypeVar("Shape", bound=Read)
Params = Mapping[str, str | Sequence[str]]


# --- single calls -----------------------------------------------------------------------------------------------------


def get(path: str, params: Params | None = None) -> Call:
    """Read; ``path`` is below the host."""
    return Call("GET", path, params=params or {})


def post(path: str, body: Mapping[str, Any], *, repeatable: bool = False) -> Call:
    """Create: there is no idempotency key, so it is never repeated blindly.

    Raises Held for a number that JSON would bend.
    """
    return Call("POST", path, json=plain(body), repeatable=repeatable, largest=LARGEST_RECEIPT)


def patch(path: str, body: Mapping[str, Any], *, method: str = "PATCH") -> Call:
    """Set fields; a second time changes nothing."""
    return Call(method, path, json=plain(body), largest=LARGEST_RECEIPT)


def order_path(order: object, *below: object) -> str:
    """Return where an order is, or something of it."""
    return "/".join([ORDERS, str(order), *map(str, below)])


def moment_text(moment: datetime) -> str:
    """Return a moment as filters take it: UTC, whole seconds (client L4, L11)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class PatientClient:
    """Waits for its turn: an order that is made in halves costs two calls more, and somebody may see it so."""

    client: PlatformClient
    wiring: Wiring

    def send(self, call: Call) -> Answer:
        """Make a call that surely had no effect again. Raises RetryLater when the wait, or the time, is too long."""
        for _ in range(WAITS):
            try:
                return self.client.send(call)
            except RetryLater as error:
                if error.after > min(LONGEST_WAIT, self.wiring.deadline.remaining() - KEPT_BACK):
                    raise
                self.wiring.sleep(error.after)
        return self.client.send(call)


# --- lists ------------------------------------------------------------------------------------------------------------


def read_page(client: PlatformClient, path: str, number: int, params: Params | None = None) -> RowsPage:
    """Return one page of a list.

    Raises:
        RetryLater: Also for another page than was asked for.
    """
    asked = get(path, {**(params or {}), "page": str(number)})
    listing = client.read(asked, LISTING)
    if listing.paging.page not in (None, number):
        raise stands_still(TITLE, path)
    return listing


def has_more(listing: RowsPage, number: int) -> bool:
    """Tell whether a page follows: the older dialects do not say how many there are (doc L1)."""
    if listing.paging.total_pages is not None:
        return number < listing.paging.total_pages
    return len(listing.data) >= PAGE


def all_rows(client: PlatformClient, path: str, params: Params | None = None) -> Iterator[Row]:
    """Yield every row of a list that nobody changes meanwhile."""

    def read(number: int) -> tuple[Sequence[Row], int | None]:
        listing = read_page(client, path, number, params)
        return listing.data, number + 1 if has_more(listing, number) else None

    return (row for rows, _ in each_page(read, 1, TITLE, path) for row in rows)


def rows_as(shape: type[Shape], rows: Sequence[Row], what: str) -> list[Shape]:
    """Return the rows that have a shape; an odd one is told to the log and hides no other.

    Args:
        what: What a row is, with its article.
    """
    found = []
    for row in rows:
        read = read_row(shape, row)
        if isinstance(read, str):
            log.warning("%s lists %s in an unexpected form at %s", TITLE, what, read)
        else:
            found.append(read)
    return found


def short_list(client: PlatformClient, path: str, shape: type[Shape], params: Params | None = None) -> list[Shape]:
    """Return a list that comes whole, such as the statuses; one odd row makes it a list that cannot be read.

    Raises RetryLater.
    """
    found = []
    for row in client.read(get(path, params), LISTING).data:
        read = read_row(shape, row)
        if isinstance(read, str):
            raise odd_form(TITLE, path, read)
        found.append(read)
    return found


@dataclass(frozen=True)
class Since:
    """A place in a list that is read by the moment of its rows, oldest first.

    A row that changes meanwhile goes to the end, and those behind it move up. So no page is counted on: each asks for
    what is at or after the newest moment that was read; only rows of one and the same second are read by page.

    Attributes:
        moment: Where the page begins, as filters take it.
        number: Which page of that.
        first: What the page before began with; empty before the first.
    """

    moment: str
    number: int = 1
    first: str = ""

    @classmethod
    def parse(cls, position: str | None, since: datetime) -> Self:
        """Return the place that a position names, or the beginning."""
        if position is None:
            return cls(moment_text(since))
        moment, number, first = position.split("|")
        return cls(moment, int(number), first)

    def text(self) -> str:
        """Return the position that names this place."""
        return f"{self.moment}|{self.number}|{self.first}"

    def params(self, field: str) -> Params:
        """Return the filter and the order."""
        return {f"{field}[]": self.moment, "sort": field}

    def after(self, listing: RowsPage, newest: datetime | None) -> Self | None:
        """Return where the next page is; None after the last.

        Args:
            newest: The newest moment of the page's rows.

        Raises:
            RetryLater: It is the page before once more.
        """
        if not listing.data or not has_more(listing, self.number):
            return None
        first = str(listing.data[0].get("id"))
        if first == self.first and self.number > 1:
            raise stands_still(TITLE, "what changed")
        moved = moment_text(newest - SECOND) if newest else self.moment
        if moved > self.moment:
            return replace(self, moment=moved, number=1, first="")
        return replace(self, number=self.number + 1, first=first)


# --- who calls, and how often -----------------------------------------------------------------------------------------


def credentials(secrets: Mapping[str, str]) -> Mapping[str, str]:
    """Return the header that says who calls (doc D1)."""
    return {"Authorization": f"Bearer {secrets['api_key']}"}


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the bucket that every call draws from, with the connection's share of the limit."""
    every = (Limit("calls", max(1, int(CALLS * factor)), 1),)
    return lambda _: every
