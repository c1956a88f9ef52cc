"""The products of orders: which there are, so that none is missed while they change, and creating missing ones.

The list has no modified-since filter (client S4). It is read newest change first, and once a day all of it by ascending
id, since it is not known whether a new variant counts as a change of its product [inferred].
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import AwareDatetime, ValidationError

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.reasons import check_field
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.api import SIZE, Sweep, create, get, members, new_records
from shopbridge.connectors.salespos.settings import SalesPosSettings, TaxTariff
from shopbridge.connectors.salespos.wire import (
    COMBINATIONS,
    CREATED,
    PRODUCT_SWEEP,
    PRODUCTS,
    CombinationRead,
    Page,
    ProductInput,
    ProductRead,
    body_of,
)
from shopbridge.connectors.salespos.wire_products import LONGEST_NAME, cut, item_id, sold_as_variants
from shopbridge.errors import Held, OutcomeUnknown
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.rounding import rounded
from shopbridge.mapping.taxes import with_tax, without_tax
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryEntry, DirectoryPage
from shopbridge.model.order import Order, OrderLine
from shopbridge.ports import Clock

EXPANDED = "attributecombinations"
SETTLED = timedelta(minutes=10)
"""A change that is older than this shows in the list: more than clocks may differ and a call may take."""
SWEEP_EVERY = timedelta(days=1)
FILTERS: Mapping[str, str] = {"sku": "productnumber", "ean": "eannumber", "mpn": "mpnnumber"}
"""What SalesPOS can be asked for one product by, and its field."""
_VARIANT_FIELDS = {"sku": ("product_number", "sku_number"), "ean": ("ean_number",)}


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
        """Tell whether this change may not have been read yet."""
        return self.floor is None or product.modifydate is None or product.modifydate > self.floor


def is_due(place: ProductPlace, now: datetime) -> bool:
    """Tell whether the products are to be swept anew."""
    return place.swept_at is None or (place.swept and now - place.swept_at >= SWEEP_EVERY)


def new_sweep(newest: datetime | None, now: datetime) -> ProductPlace:
    """Return the first page of all products.

    What changes meanwhile is read after it, from the newest change so far on.
    """
    return ProductPlace(swept_at=now, floor=settled_floor(newest, now))


def changes_step(place: ProductPlace, page: Page[ProductRead], now: datetime) -> tuple[ProductPlace, bool]:
    """Return where a read by change goes on after a page, and whether it is through.

    Raises RetryLater for the same page.
    """
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
    """Return up to where a read that found ``newest`` first has surely seen everything.

    A change of these minutes may still have been on its way into the list; an old one was not, so a whole catalogue
    that was changed in one stroke is not read over and over.
    """
    if newest is None:
        return None
    return newest if read_at - newest >= SETTLED else newest - SETTLED


def product_entries(product: ProductRead, variants: Sequence[CombinationRead], field: str) -> Iterator[DirectoryEntry]:
    """Yield a product and its variants under the value of ``field``.

    A product whose stock lives on its variants is not offered itself: selling it would sell no variant. A variant
    that carries its product's own number is not told apart by it, so it is offered by its other numbers only.
    """
    own = (getattr(product, FILTERS[field]) or "").strip()
    if own and not sold_as_variants(product, variants):
        yield DirectoryEntry(key=own, id=item_id(product.id, None))
    for variant in variants if field in _VARIANT_FIELDS else ():
        numbers = (getattr(variant, name) for name in _VARIANT_FIELDS[field])
        for key in dict.fromkeys((number or "").strip() for number in numbers):
            if key and key != own and variant.active:
                yield DirectoryEntry(key=key, id=item_id(product.id, variant.id))


def filter_name(field: str) -> str:
    """Return what SalesPOS is asked by for a product. Raises NeedsAttention for a field it has none for."""
    check_field("SalesPOS", field, FILTERS)
    return FILTERS[field]


class SalesPosOrderProducts:
    """The products that an account's orders may name."""

    def __init__(
        self, settings: SalesPosSettings, client: PlatformClient, account: SalesPosAccount, clock: Clock
    ) -> None:
        self._settings = settings
        self._account = account
        self._client = client
        self._clock = clock

    def changed(self, mark: str | None, field: str) -> DirectoryPage:
        """Return one page from ``mark`` on, keyed by ``field``.

        All by ascending id once a day, then the newest changes.
        """
        filter_name(field)
        place = ProductPlace.parse(mark)
        if is_due(place, self._clock()):
            place = new_sweep(self._newest_change(), self._clock())
        return self._changes(place, field) if place.swept else self._sweep(place, field)

    def find(self, field: str, key: str) -> Sequence[DirectoryEntry]:
        """Ask for the products with this number, and their variants with it. One call.

        A variant whose product has another number is only found by ``changed``.
        """
        name = filter_name(field)
        page = self._client.read(get("/products/", **{name: key}, expand=EXPANDED, size=SIZE), PRODUCTS)
        return [entry for entry in self._entries(page.items, field) if entry.key == key]

    def check(self, order: Order, line_id: str, tax: str) -> ProductInput:
        """Return the product that would be created. Raises Held when the line does not say enough for one."""
        return product_input(
            order,
            next(line for line in order.lines if line.id == line_id),
            tax,
            settings=self._settings,
            package_id=self._account.package_id,
            prices_with_tax=self._account.prices_include_tax,
        )

    def create(self, order: Order, line_id: str, tax: str) -> ExternalId:
        """Create the product a line sells, without stock keeping.

        Raises:
            Held: It cannot be created from what the line says.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check(order, line_id, tax)
        product = create(self._client, "/products/", body_of(body), CREATED)
        if product is None:
            raise OutcomeUnknown(
                "SalesPOS created the product without naming its id", where=f"product {body.productnumber}"
            )
        return ExternalId(str(product.id))

    def _newest_change(self) -> datetime | None:
        """SalesPOS' own time of the newest change."""
        newest = self._client.read(get("/products/", orderby="modifydate_desc", size="1"), PRODUCT_SWEEP).items
        return newest[0].modifydate if newest else None

    def _sweep(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("id", place.start)
        new, after = new_records(place, page)
        if page.next is None and after.start >= place.start:
            after = after.model_copy(update={"swept": True, "start": 0})
        return DirectoryPage(entries=tuple(self._entries(new, field)), mark=after.text(), complete=after.swept)

    def _changes(self, place: ProductPlace, field: str) -> DirectoryPage:
        page = self._page("modifydate_desc", place.start)
        after, complete = changes_step(place, page, self._clock())
        changed = [product for product in page.items if place.is_news(product)]
        return DirectoryPage(entries=tuple(self._entries(changed, field)), mark=after.text(), complete=complete)

    def _page(self, orderby: str, start: int) -> Page[ProductRead]:
        call = get("/products/", orderby=orderby, expand=EXPANDED, start=str(start), size=SIZE)
        return self._client.read(call, PRODUCT_SWEEP)

    def _entries(self, products: Sequence[ProductRead], field: str) -> Iterator[DirectoryEntry]:
        for product in products:
            path = f"/products/{product.id}/attributecombinations/"
            variants = members(self._client, product.attributecombinations, path, COMBINATIONS)
            yield from product_entries(product, variants, field)


def product_input(
    order: Order, line: OrderLine, tax: str, *, settings: SalesPosSettings, package_id: int, prices_with_tax: bool
) -> ProductInput:
    """Return the body that creates the product a line sells, at the line's price.

    Raises:
        Held: Its tax has no tariff, a number is too long to be kept whole, or its price too small.
    """
    tariff = _tariff(order, tax, settings)
    gross, decimals = order.tax_mode == "gross", settings.price_decimals
    price = _price(line.unit_price, Decimal(tax), decimals, had_tax=gross, wants_tax=prices_with_tax)
    if line.unit_price and not price:
        raise _not_creatable(order, line, f"its price {line.unit_price:f} is too small to be kept")
    try:
        return ProductInput(
            name=cut(line.name or line.sku, LONGEST_NAME),
            productnumber=line.sku or None,
            eannumber=line.ean or None,
            price=price,
            taxtariff=tariff,
            package_id=package_id,
        )
    except ValidationError as error:
        raise _not_creatable(order, line, first_error(error)) from error


def _not_creatable(order: Order, line: OrderLine, why: str) -> Held:
    return Held(
        f"The product {line.sku or line.name!r} cannot be created: {why}",
        code="product_not_creatable",
        where=f"order {order.number}",
        fix="Create it in SalesPOS by hand, then resend the order.",
    )


def _tariff(order: Order, tax: str, settings: SalesPosSettings) -> TaxTariff:
    tariff = settings.tax_tariffs.get(tax)
    if tariff is None:
        raise Held(
            f"The tax {tax!r} has no tariff for a new product",
            code="no_tax_tariff",
            where=f"order {order.number}",
            fix=f"Add the key {tax!r} to tax_tariffs in the settings of SalesPOS, then resend the order.",
        )
    return tariff


def _price(price: Decimal, percent: Decimal, decimals: int, *, had_tax: bool, wants_tax: bool) -> Decimal:
    if had_tax != wants_tax:
        price = (without_tax if had_tax else with_tax)(price, percent)
    return rounded(price, decimals)
