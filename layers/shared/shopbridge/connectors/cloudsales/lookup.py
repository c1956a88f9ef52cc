"""The codes and barcodes of the account's products, read step by step.

A mark says how far: through the whole list by page numbers, then from time to time through what changed. Pages shift
when a product leaves the list, and one may slip through; so everything is read once a day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NoReturn, Self

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.cloudsales.catalogue import ean, not_creatable
from shopbridge.connectors.cloudsales.product_index import MOST_ALIKE, PRODUCTS, ListedPage, ListedProduct, ProductList
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.kit.paging import leads_nowhere, stands_still
from shopbridge.connectors.kit.reasons import check_field
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Order
from shopbridge.ports import Clock

WHOLE_EVERY = timedelta(days=1)
FIELDS = ("sku", "ean")
"""What products are found by."""


class Mark(Model):
    """How far the list was read.

    Attributes:
        page: The next page.
        since: Only changes from then on are being read; None for everything.
        began: When this reading began.
        whole: When the last reading of everything began.
        shown: A digest of the page before: each page may be read in another container, so only the mark can tell that
            a list does not move on.
        repeats: How often that page came again.
    """

    page: int = 1
    since: AwareDatetime | None = None
    began: AwareDatetime
    whole: AwareDatetime
    shown: str = ""
    repeats: int = 0

    @classmethod
    def parse(cls, text: str | None, now: datetime) -> Self:
        """Return the place a mark names; one that is none of ours, or too old, starts over."""
        try:
            mark = cls.model_validate_json(text or "")
        except ValidationError:
            return cls(began=now, whole=now)
        is_due = mark.since is not None and mark.page == 1 and now - mark.whole >= WHOLE_EVERY
        if is_due:
            return cls(began=now, whole=now)
        return mark.model_copy(update={"began": now}) if mark.page == 1 else mark

    def after(self, page: ListedPage) -> Self:
        """Return where the next read goes on. Raises RetryLater when the list does not move on."""
        if page.following is None:
            return self.model_copy(update={"page": 1, "since": self.began, "shown": "", "repeats": 0})
        shown = _digest(page.rows)
        repeats = self.repeats + 1 if shown == self.shown else 0
        if leads_nowhere(repeats, len(page.rows), MOST_ALIKE):
            raise stands_still("BOCP", PRODUCTS)
        return self.model_copy(update={"page": page.following, "shown": shown, "repeats": repeats})


class CloudSalesOrderProducts:
    """The products that orders may name: which codes there are."""

    def __init__(self, products: ProductList, settings: CloudSalesSettings, clock: Clock) -> None:
        self._products = products
        self._settings = settings
        self._clock = clock

    def changed(self, text: str | None, field: str) -> DirectoryPage:
        """Return one page from a mark on, keyed by ``field``: all once a day, in between what changed."""
        check_field("CloudSales", field, FIELDS)
        mark = Mark.parse(text, self._clock())
        page = next(self._products.pages(mark.page, since=mark.since))
        return DirectoryPage(
            entries=tuple(entry for row in page.rows for entry in self._entries(row, field)),
            mark=mark.after(page).model_dump_json(),
            complete=page.following is None,
        )

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Return None, without a call: BOCP cannot be asked for one product, so its list is believed."""
        check_field("CloudSales", field, FIELDS)
        del key
        return ()

    def check(self, order: Order, line_id: str, tax: str) -> NoReturn:
        """Raise Held: nothing is known to create a product in BOCP."""
        del tax
        line = next(line for line in order.lines if line.id == line_id)
        raise not_creatable(line.sku or line.name)

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Raise Held, as ``check``."""
        self.check(order, line_id, tax)

    def _entries(self, found: ListedProduct, field: str) -> Iterator[DirectoryEntry]:
        """[inferred] That a line is refused for an inactive product as it is for an unknown one."""
        if found.row is None or not found.row.is_active:
            return
        key = found.code if field == "sku" else ean(found.row, self._settings)
        if key:
            yield DirectoryEntry(key=key, id=ExternalId(found.code))


def _digest(rows: Sequence[ListedProduct]) -> str:
    text = "\n".join(f"{row.code}\t{row.mark}" for row in rows)
    return blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
