"""What changed in Tryton's lists, read step by step; and the codes and barcodes of its products.

A mark says how far: through the whole list by rising ids, then from time to time through what changed since the reading
before began, with some minutes of overlap: a record's moment is that of a transaction, which may end later (platform
file, "Changes").
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn, Protocol, Self, TypeVar

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.kit.reasons import check_field
from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.wire import ProductRow
from shopbridge.errors import Held
from shopbridge.mapping.identity import ean_of, is_sound
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Order

PRODUCT = "product.product"
SALABLE = ["salable", "=", True]
OVERLAP = timedelta(minutes=5)
WHOLE_EVERY = timedelta(days=1)
MOST_TOLD = 200
FIELDS = ("sku", "ean")
"""What products are found by."""
NAMES = ("code", "identifiers.code", "last_modified_at")


class Dated(Protocol):
    """A row that tells when it changed."""

    @property
    def id(self) -> int:
        """Of the record."""

    @property
    def last_modified_at(self) -> datetime | None:
        """When it was made or changed last."""


DatedRow = TypeVar("DatedRow", bound=Dated)


def since_in(*fields: str, since: datetime) -> list[Any]:
    """Return the part of a domain that one of these moments is not before."""
    parts = [[field, ">=", since] for field in fields]
    return parts[0] if len(parts) == 1 else ["OR", *([part] for part in parts)]


class ListMark(Model):
    """How far a list was read.

    Attributes:
        after: The last id that was read.
        since: Only changes from then on are being read; None for everything.
        began: When this reading began.
        whole: When the last reading of everything began.
        told: What the latest rows said, which come again within the overlap.
    """

    after: int = 0
    since: AwareDatetime | None = None
    began: AwareDatetime
    whole: AwareDatetime
    told: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str | None, now: datetime, *, every: timedelta | None) -> Self:
        """Return the place a mark names; one that is none of ours, or older than ``every``, starts over."""
        try:
            mark = cls.model_validate_json(text or "")
        except ValidationError:
            return cls(began=now, whole=now)
        if mark.after:
            return mark
        if every is not None and now - mark.whole >= every:
            return cls(began=now, whole=now)
        return mark.model_copy(update={"began": now})

    def domain(self, *fields: str) -> list[Any]:
        """Return what of the list is to be read."""
        return [since_in(*(fields or ("last_modified_at",)), since=self.since)] if self.since else []

    def moved(self, rows: Sequence[DatedRow], after: int | None) -> tuple[Self, Sequence[DatedRow]]:
        """Return the place behind a page, and those of its rows that were not told in the same version before."""
        news = [row for row in rows if _version(row) not in self.told]
        late = [_version(row) for row in news if row.last_modified_at and row.last_modified_at >= self.began - OVERLAP]
        told = (*self.told, *late)[-MOST_TOLD:]
        if after is not None:
            return self.model_copy(update={"after": after, "told": told}), news
        return self.model_copy(update={"after": 0, "since": self.began - OVERLAP, "told": told}), news


def _version(row: Dated) -> str:
    return f"{row.id} {row.last_modified_at:%s%f}" if row.last_modified_at else str(row.id)


class TrytonOrderProducts:
    """The products that orders may name."""

    def __init__(self, api: TrytonApi) -> None:
        self._api = api

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """Return one page from a mark on, keyed by ``field``: all once a day, in between what changed."""
        check_field(TITLE, field, FIELDS)
        place = ListMark.parse(mark, self._api.clock(), every=WHOLE_EVERY)
        domain = [SALABLE, *place.domain("last_modified_at", "template.last_modified_at")]
        rows, after = self._api.page(PRODUCT, domain, NAMES, place.after)
        read = [row for each in rows if isinstance(row := read_row(ProductRow, each), ProductRow)]
        moved, news = place.moved(read, after)
        entries = tuple(entry for row in news for entry in _entries(row, field))
        return DirectoryPage(entries=entries, mark=moved.model_dump_json(), complete=after is None)

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for one product: one call."""
        check_field(TITLE, field, FIELDS)
        name = "code" if field == "sku" else "identifiers.code"
        rows = (read_row(ProductRow, row) for row in self._api.search(PRODUCT, [SALABLE, [name, "=", key]], NAMES))
        found = (entry for row in rows if isinstance(row, ProductRow) for entry in _entries(row, field))
        return [entry for entry in found if entry.key == key]

    def check(self, order: Order, line_id: str, tax: str) -> NoReturn:
        """Raise Held: what a product is booked as in Tryton is for a person to say."""
        del tax
        line = next(line for line in order.lines if line.id == line_id)
        raise Held(
            f"The product {line.sku or line.name!r} cannot be created: its account category and unit are not known",
            code="product_not_creatable",
            where=f"order {order.number}",
            fix="Make the product in Tryton, salable and with this code, then resend the order.",
        )

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Raise Held, as ``check``."""
        self.check(order, line_id, tax)


def _entries(row: ProductRow, field: str) -> Iterator[DirectoryEntry]:
    codes = [row.code] if field == "sku" else [ean_of(each.code) for each in row.identifiers]
    for code in dict.fromkeys(codes):
        if code and is_sound(code):
            yield DirectoryEntry(key=code, id=ExternalId(str(row.id)))
