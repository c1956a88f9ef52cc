"""The product list: read page by page, whole or only what changed; and as a whole, in memory, in a lasting order.

``product/list`` has no numeric id, no filter by code and no known order, and its pages shift whenever a product comes
or goes. So the list is read whole and handed out from memory, as ``kit/whole_list`` does.

What that costs: the whole list for each sweep of stock, and for each slice of a product run in a new container. A read
that a limit broke off goes on where it was, and then reads what changed meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.cloudsales.api import listed, moment_text
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import PAGE, ProductRow
from shopbridge.connectors.kit.paging import MOST_PAGES, each_page, stands_still
from shopbridge.connectors.kit.whole_list import in_order
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.ports import Clock

PRODUCTS = "product/list"
MOST_ALIKE = 3
"""Times that a page of one row may come again."""
OVERLAP = timedelta(minutes=90)
"""How much earlier than asked for changes are read. An hour comes twice when summer time ends, and a filter by the wall
clock would pass over what changed in it; the rest is for clocks that differ."""
GOES_ON_FOR = timedelta(minutes=15)
"""How long a read that was broken off may be continued."""
WHOLE_EVERY = timedelta(hours=1)
"""How often everything is read where changes are trusted to show movements of stock."""


@dataclass(frozen=True)
class ListedProduct:
    """One row of the list.

    Attributes:
        code: The SKU; empty when even that cannot be read.
        mark: Tells rows of the same code apart, whatever their figures and prices.
        row: None when it cannot be understood.
        problem: Why it cannot.
    """

    code: str
    mark: str
    row: ProductRow | None
    problem: str = ""

    @property
    def is_gone(self) -> bool:
        """Deleted: BOCP lists it all the same."""
        return self.row is not None and self.row.is_gone


@dataclass(frozen=True)
class ListedPage:
    """One page; ``following`` is None on the last."""

    rows: tuple[ListedProduct, ...]
    following: int | None


class ProductList:
    """The product list of one account, with its images or without."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient, *, images: bool = False) -> None:
        self._client = client
        # Our own stand-in, behind its switch: the work point's own stock and prices instead of the totals.
        at = () if settings.work_point is None else (f"workpoint:{settings.work_point}",)
        self._segments = (*(("include:images",) if images else ()), *at)

    def pages(self, start: int = 1, *, since: datetime | None = None) -> Iterator[ListedPage]:
        """Yield the pages of everything, or of what changed ``since``, with some overlap. Raises as ``read_pages``."""
        changed = () if since is None else (f"modifiedafter:{moment_text(since - OVERLAP)}",)
        for page, following in read_pages(self._client, PRODUCTS, *self._segments, *changed, start=start):
            yield ListedPage(tuple(_found(page)), following)

    def changed(self, since: datetime) -> Iterator[ListedProduct]:
        """Yield every row that changed."""
        return (row for page in self.pages(since=since) for row in page.rows)


def read_pages(
    client: PlatformClient, name: str, *segments: str, start: int = 1
) -> Iterator[tuple[Sequence[Any], int | None]]:
    """Yield the pages of a list, each with the number of the next one.

    Raises:
        RetryLater: Also for an answer that is only partly there, and for pages that lead nowhere.
    """

    def read(number: int) -> tuple[Sequence[Any], int | None]:
        if number > MOST_PAGES:
            raise stands_still("BOCP", name)
        page = client.read(listed(name, *segments, page=number), PAGE)
        if page.next_exists and not page.data:
            raise stands_still("BOCP", name)
        return page.data, page.after(number)

    # One row may be like the one before it; a list of such rows has no end.
    return each_page(read, start, "BOCP", name, most_alike=MOST_ALIKE)


def _found(data: Sequence[Any]) -> Iterator[ListedProduct]:
    """The rows of a page. Two that are alike are told apart by their order."""
    alike: dict[tuple[str, str], int] = {}
    for raw in data:
        found = read_row(raw)
        number = alike[found.code, found.mark] = alike.get((found.code, found.mark), 0) + 1
        yield replace(found, mark=f"{found.mark}#{number}")


def read_row(raw: Any) -> ListedProduct:
    """Return a row, as far as it can be understood."""
    try:
        row = ProductRow.model_validate(raw)
    except ValidationError as error:
        return ListedProduct(_code(raw), "", None, first_error(error))
    return ListedProduct(row.cod_produs, f"{row.product_name}\t{row.custom_barcode}\t{row.barcode}", row)


def _code(raw: Any) -> str:
    code = raw.get("cod_produs") if isinstance(raw, dict) else None
    return sound_name(code.strip() if isinstance(code, str) else code) if isinstance(code, str | int) else ""


Rows = Mapping[str, Sequence[ListedProduct]]
"""By code, by rising rank; rows whose code cannot be read come under the empty one."""


# --- the whole list ---------------------------------------------------------------------------------------------------


class CloudSalesProductIndex:
    """What was read of the list, and how far."""

    def __init__(self, products: ProductList, clock: Clock, *, trust_changes: bool) -> None:
        self._products = products
        self._clock = clock
        self._trust_changes = trust_changes
        self._rows: dict[str, dict[str, ListedProduct]] = {}
        self._next: int | None = 1
        self._began: datetime | None = None
        self._as_of: datetime | None = None

    def now(self) -> Rows:
        """Return every row by its code, by rising rank, as it is since this call began.

        Raises:
            RetryLater: A limit or the time broke it off; the next call goes on.
        """
        asked = self._clock()
        if self._began is None or not self._may_go_on(asked, self._began):
            self._rows, self._next, self._began, self._as_of = {}, 1, asked, None
        self._read_on()
        known_from = self._as_of or self._began
        if known_from < asked:
            self._take(self._products.changed(known_from))
        self._as_of = asked
        return self._in_order()

    def lately(self, age: timedelta) -> Rows:
        """Do as ``now``, or as it was at most ``age`` ago."""
        is_young = self._as_of is not None and self._clock() - self._as_of <= age
        return self._in_order() if is_young else self.now()

    def of(self, codes: Iterable[str], since: datetime) -> Rows:
        """Return the rows of these codes as they are now; unknown ones are left out.

        Those that changed ``since`` are found without reading the whole list, unless several rows are known to have
        the code. Two that came to have the same code are told from each other by the next whole reading.
        """
        wanted = set(codes) - {""}
        found: dict[str, dict[str, ListedProduct]] = {}
        for row in self._products.changed(since):
            if row.code in wanted and not row.is_gone:
                found.setdefault(row.code, {})[row.mark] = row
        unsure = (wanted - found.keys()) | {code for code in wanted if len(self._rows.get(code, ())) > 1}
        whole = self.now() if unsure else {}
        changed = {code: list(rows.values()) for code, rows in found.items()}
        return {**changed, **{code: whole[code] for code in wanted & whole.keys()}}

    def _may_go_on(self, asked: datetime, began: datetime) -> bool:
        """Whether what is there can be completed, or brought up to date by what changed."""
        if self._as_of is None:
            return asked - began <= GOES_ON_FOR
        return self._trust_changes and asked - began <= WHOLE_EVERY

    def _read_on(self) -> None:
        if self._next is None:
            return
        for page in self._products.pages(self._next):
            for row in page.rows:
                if not row.is_gone:
                    self._rows.setdefault(row.code, {})[row.mark] = row
            self._next = page.following

    def _take(self, changed: Iterable[ListedProduct]) -> None:
        """A changed row takes the place of the only one with its code: its name may have changed, too.

        Deleted ones first: their codes may have been given to others.
        """
        for row in sorted(changed, key=lambda row: not row.is_gone):
            known = self._rows.setdefault(row.code, {})
            if len(known) == 1:
                known.clear()
            known.pop(row.mark, None)
            if not row.is_gone:
                known[row.mark] = row

    def _in_order(self) -> Rows:
        codes = in_order(code for code, rows in self._rows.items() if rows)
        return {code: [self._rows[code][mark] for mark in sorted(self._rows[code])] for code in codes}
