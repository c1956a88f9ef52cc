"""Reading SalesPOS' customers and products page by page, so that none is missed while the lists change; pure.

Neither list has a modified-since filter (client S4). Both are read by ascending id; each page begins with the last row
of the page before, so a row that was deleted in between shows, and the reader steps back. Reading on from the end later
finds the new ones. Products change too: those are read newest change first, and all of them once a day, since it is not
known whether a new variant counts as a change of its product [inferred].
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Self, TypeVar

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.salespos.wire import CombinationRead, Page, ProductRead, UserRead
from shopbridge.errors import NeedsAttention
from shopbridge.model.base import ExternalId, Model
from shopbridge.model.office import DirectoryEntry

PAGE = 250
"""The most rows a page may have."""
MOST_IDLE = 3
"""Pages in a row without news: after rows were deleted one may be, and the last one is."""
SETTLED = timedelta(minutes=10)
"""A change that is older than this shows in the list: more than clocks may differ and a call may take."""
SWEEP_EVERY = timedelta(days=1)

FILTERS: Mapping[str, str] = {"sku": "productnumber", "ean": "eannumber", "mpn": "mpnnumber"}
"""What SalesPOS can be asked for one product by."""


class Sweep(Model):
    """How far a list was read by ascending id.

    Attributes:
        start: The offset of the next page: of the last row that was read, to see that it is still there.
        last: The highest id so far; 0 before the first.
        idle: Pages in a row that brought nothing new.
    """

    start: int = 0
    last: int = 0
    idle: int = 0

    @classmethod
    def parse(cls, mark: str | None) -> Self:
        """The place a mark names; a mark that is none of ours starts over."""
        try:
            return cls.model_validate_json(mark or "{}")
        except ValidationError:
            return cls()

    def text(self) -> str:
        """The mark that names this place."""
        return self.model_dump_json()


class ProductPlace(Sweep):
    """How far the products were read: in a sweep by id, then by change.

    Attributes:
        swept_at: When the sweep began, by our clock; None before the first.
        swept: The sweep is through.
        floor: Every change up to this moment (SalesPOS' clock) was read.
        newest: The newest change the running read has seen, and by our clock when it began.
        first: The id that the newest page of the running read began with.
    """

    swept_at: AwareDatetime | None = None
    swept: bool = False
    floor: AwareDatetime | None = None
    newest: AwareDatetime | None = None
    began_at: AwareDatetime | None = None
    first: int = 0

    def is_news(self, product: ProductRead) -> bool:
        """Whether this change may not have been read yet."""
        return self.floor is None or product.modifydate is None or product.modifydate > self.floor


Place = TypeVar("Place", bound=Sweep)


def sweep_step(place: Place, ids: Sequence[int], *, more: bool) -> Place:
    """Where a sweep goes on after a page with these ids.

    Rows before the page were deleted when it does not begin with the last row read: then one page back.

    Args:
        more: The page names a next one; the list's end may be read again and again, and brings nothing new each time.

    Raises:
        RetryLater: Several pages brought nothing new: an account that pays no attention to ``start`` has no end.
    """
    if place.start and (not ids or ids[0] > place.last):
        return place.model_copy(update={"start": max(0, place.start - PAGE)})
    last = max(place.last, *ids, 0)
    idle = place.idle + 1 if more and last == place.last else 0
    if idle > MOST_IDLE:
        raise stands_still("SalesPOS", "a list")
    return place.model_copy(update={"start": place.start + max(0, len(ids) - 1), "last": last, "idle": idle})


def is_due(place: ProductPlace, now: datetime) -> bool:
    """Whether the products are to be swept anew."""
    return place.swept_at is None or (place.swept and now - place.swept_at >= SWEEP_EVERY)


def new_sweep(newest: datetime | None, now: datetime) -> ProductPlace:
    """The first page of all products; what changes meanwhile is read after it, from the newest change so far on."""
    return ProductPlace(swept_at=now, floor=settled_floor(newest, now))


def changes_step(place: ProductPlace, page: Page[ProductRead], now: datetime) -> tuple[ProductPlace, bool]:
    """Where a read by change goes on after a page, and whether it is through. Raises RetryLater for the same page."""
    changes = [product.modifydate for product in page.items if product.modifydate]
    if not place.start:
        place = place.model_copy(update={"began_at": now, "newest": max(changes, default=None)})
    reached = not all(place.is_news(product) for product in page.items)
    if page.next and page.items and not reached:
        first = page.items[0].id
        if place.start and first == place.first:
            raise stands_still("SalesPOS", "changed products")
        return place.model_copy(update={"start": place.start + len(page.items), "first": first}), False
    floor = settled_floor(place.newest, place.began_at or now) or place.floor
    return place.model_copy(update={"start": 0, "first": 0, "floor": floor, "newest": None, "began_at": None}), True


def settled_floor(newest: datetime | None, read_at: datetime) -> datetime | None:
    """Up to where a read that found ``newest`` first has surely seen everything.

    A change of these minutes may still have been on its way into the list; an old one was not, so a whole catalogue
    that was changed in one stroke is not read over and over.
    """
    if newest is None:
        return None
    return newest if read_at - newest >= SETTLED else newest - SETTLED


def customer_entries(users: Sequence[UserRead]) -> tuple[DirectoryEntry, ...]:
    """Each customer under its e-mail, and under its user name where that is another e-mail."""
    return tuple(
        DirectoryEntry(key=key, id=ExternalId(str(user.id))) for user in users for key in dict.fromkeys(_mails(user))
    )


def _mails(user: UserRead) -> Iterator[str]:
    found = (user.userinfo.email if user.userinfo else None, user.username)
    return (mail.strip().casefold() for mail in found if mail and "@" in mail)


def product_entries(
    product: ProductRead, variants: Sequence[CombinationRead], field: str
) -> tuple[DirectoryEntry, ...]:
    """A product and its variants under the value of ``field``.

    A product whose stock lives on its variants is not offered itself: selling it would sell no variant. A variant
    that carries its product's own number is not told apart by it, so it is offered by its other numbers only.
    """
    own = _key(product, field)
    sold = (
        [DirectoryEntry(key=own, id=ExternalId(str(product.id)))]
        if own and not sold_as_variants(product, variants)
        else []
    )
    return (
        *sold,
        *(
            DirectoryEntry(key=key, id=ExternalId(f"{product.id}/{variant.id}"))
            for variant in variants
            if variant.active
            for key in dict.fromkeys(_variant_keys(variant, field))
            if key != own
        ),
    )


def sold_as_variants(product: ProductRead, variants: Sequence[CombinationRead]) -> bool:
    """[inferred] The spelling ``Attribute`` of ``stocktype`` is from a 2017 schema (source S11)."""
    return bool(variants) and (product.stocktype or "").casefold().startswith("attribute")


def filter_name(field: str) -> str:
    """What SalesPOS is asked by for a product. Raises NeedsAttention for a field it has none for."""
    if field not in FILTERS:
        raise NeedsAttention(
            f"SalesPOS finds no products by {field!r}",
            where="orders.products.office_field",
            fix=f"Choose one of: {', '.join(FILTERS)}.",
        )
    return FILTERS[field]


def _key(product: ProductRead, field: str) -> str:
    values = {"sku": product.productnumber, "ean": product.eannumber, "mpn": product.mpnnumber}
    return (values.get(field) or "").strip()


def _variant_keys(variant: CombinationRead, field: str) -> Iterator[str]:
    by_field = {"sku": (variant.product_number, variant.sku_number), "ean": (variant.ean_number,)}
    return (value.strip() for value in by_field.get(field, ()) if value and value.strip())
