"""Reading ``product/list``: page by page, whole or only what changed, each row on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.cloudsales.api import listed
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.cloudsales.wall_time import moment_text
from shopbridge.connectors.cloudsales.wire import PAGE, PRODUCT, ProductRow
from shopbridge.connectors.kit.paging import each_page, stands_still
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error

PRODUCTS = "product/list"
MOST_ALIKE = 3
"""Times that a page of one row may come again."""
OVERLAP = timedelta(minutes=90)
"""How much earlier than asked for changes are read. An hour comes twice when summer time ends, and a filter by the wall
clock would pass over what changed in it; the rest is for clocks that differ."""


@dataclass(frozen=True)
class Found:
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
class ReadPage:
    """One page; ``following`` is None on the last."""

    rows: tuple[Found, ...]
    following: int | None


class Products:
    """The product list of one account, with its images or without."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient, *, images: bool = False) -> None:
        self._client = client
        # Our own stand-in, behind its switch: the work point's own stock and prices instead of the totals.
        at = () if settings.work_point is None else (f"workpoint:{settings.work_point}",)
        self._segments = (*(("include:images",) if images else ()), *at)

    def pages(self, start: int = 1, *, since: datetime | None = None) -> Iterator[ReadPage]:
        """The pages of everything, or of what changed ``since``, with some overlap. Raises as ``read_pages``."""
        changed = () if since is None else (f"modifiedafter:{moment_text(since - OVERLAP)}",)
        for page, following in read_pages(self._client, PRODUCTS, *self._segments, *changed, start=start):
            yield ReadPage(tuple(_found(page)), following)

    def changed(self, since: datetime) -> Iterator[Found]:
        """Every row that changed."""
        return (row for page in self.pages(since=since) for row in page.rows)


def read_pages(
    client: PlatformClient, name: str, *segments: str, start: int = 1
) -> Iterator[tuple[Sequence[Any], int | None]]:
    """The pages of a list, each with the number of the next one.

    Raises:
        RetryLater: Also for an answer that is only partly there, and for pages that lead nowhere.
    """

    def read(number: int) -> tuple[Sequence[Any], int | None]:
        page = client.read(listed(name, *segments, page=number), PAGE)
        if page.next_exists and not page.data:
            raise stands_still("BOCP", name)
        return page.data, page.after(number)

    # One row may be like the one before it; a list of such rows has no end.
    return each_page(read, start, "BOCP", name, most_alike=MOST_ALIKE)


def _found(data: Sequence[Any]) -> Iterator[Found]:
    """The rows of a page. Two that are alike are told apart by their order."""
    alike: dict[tuple[str, str], int] = {}
    for raw in data:
        found = read_row(raw)
        number = alike[found.code, found.mark] = alike.get((found.code, found.mark), 0) + 1
        yield replace(found, mark=f"{found.mark}#{number}")


def read_row(raw: Any) -> Found:
    """A row, as far as it can be understood."""
    try:
        row = PRODUCT.validate_python(raw)
    except ValidationError as error:
        return Found(_code(raw), "", None, first_error(error))
    return Found(row.cod_produs, f"{row.product_name}\t{row.custom_barcode}\t{row.barcode}", row)


def _code(raw: Any) -> str:
    code = raw.get("cod_produs") if isinstance(raw, dict) else None
    return sound_name(code.strip() if isinstance(code, str) else code) if isinstance(code, str | int) else ""
