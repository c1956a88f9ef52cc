"""Reading whole lists of SalesPOS, page by page."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import TypeAdapter

from shopbridge.connectors.kit.paging import each_page
from shopbridge.connectors.salespos.api import get, in_language
from shopbridge.connectors.salespos.lookup import PAGE, Sweep, sweep_step
from shopbridge.connectors.salespos.wire import Identified, Item, Page
from shopbridge.http.client import PlatformClient

SIZE = str(PAGE)


Record = TypeVar("Record", bound=Identified)


def step(place: Sweep, page: Page[Record]) -> tuple[Sequence[Record], Sweep | None]:
    """What a page of a list by ascending id brings that was not read yet, and where to go on; None after the last."""
    after = sweep_step(place, [record.id for record in page.items], more=page.next is not None)
    if after.start < place.start:
        return (), after
    return [record for record in page.items if record.id > place.last], after if page.next else None


def all_by_id(client: PlatformClient, path: str, shape: TypeAdapter[Page[Record]], **params: str) -> Iterator[Record]:
    """Every record of a list that can be ordered by id; none is missed when others leave the list meanwhile."""
    place: Sweep | None = Sweep()
    while place is not None:
        call = get(path, **params, orderby="id", start=str(place.start), size=SIZE)
        new, place = step(place, client.read(call, shape))
        yield from new


def all_pages(client: PlatformClient, path: str, shape: TypeAdapter[Page[Item]], language: str = "") -> Iterator[Item]:
    """Every record of a list that nobody changes meanwhile, in its own order.

    Raises:
        RetryLater: Also for a page that was read already.
    """

    def read(start: int) -> tuple[Sequence[Item], int | None]:
        page = client.read(in_language(get(path, start=str(start), size=SIZE), language), shape)
        return page.items, start + PAGE if page.next and page.items else None

    return (item for items, _ in each_page(read, 0, "SalesPOS", path) for item in items)
