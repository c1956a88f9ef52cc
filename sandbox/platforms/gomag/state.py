"""What a shop holds, all in memory."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.platforms.gomag.inferred import Assumed
from sandbox.platforms.gomag.specs import OrderSpec
from sandbox.platforms.gomag.wire import Record, Turn

LANGUAGE = "ro"
FIRST_IDS = {
    "order": 901,
    "number": 70_012,
    "line": 3_001,
    "product": 55,
    "category": 7,
    "attribute": 201,
    "customer": 8_001,
    "status": 1,
    "brand": 301,
    "filter": 401,
    "currency": 501,
    "payment": 601,
    "carrier": 701,
    "awb": 4_001,
    "invoice": 5_001,
}
"""Each kind begins at a number of its own, so that ids never fit by accident."""


@dataclass
class Status:
    """An order status of this shop."""

    id: int
    name: str
    color: str = ""
    releases_stock: bool = False


@dataclass
class Category:
    """A category; ``names`` by language."""

    id: int
    names: dict[str, str]
    parent: int | None = None
    position: int = 1
    more: Record = field(default_factory=dict)


@dataclass
class Version:
    """A version of a product."""

    id: int
    sku: str
    price: Decimal | None = None
    stock: Decimal = Decimal(0)
    ean: str = ""
    weight: Decimal | None = None
    special_price: Decimal | None = None


@dataclass
class Product:
    """A product, the ``nth`` that was made; ``own_stock`` counts only without versions. Texts by language."""

    id: int
    sku: str
    names: dict[str, str]
    price: Decimal
    updated: datetime
    vat: Decimal
    descriptions: dict[str, str] = field(default_factory=dict)
    base_price: Decimal | None = None
    special_price: Decimal | None = None
    own_stock: Decimal = Decimal(0)
    ean: str = ""
    brand: str = ""
    currency: str = "RON"
    with_vat: bool = True
    categories: list[tuple[int, ...]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    attributes: list[Record] = field(default_factory=list)
    enabled: bool = True
    hidden: bool = False
    weight: Decimal | None = None
    versions: list[Version] = field(default_factory=list)
    nth: int = 0

    @property
    def stock(self) -> Decimal:
        """What may be sold in all."""
        if self.versions:
            return sum((version.stock for version in self.versions), Decimal(0))
        return self.own_stock


@dataclass
class Sellable:
    """One SKU that can be bought: a simple product, or one version of a product."""

    product: Product
    version: Version | None = None

    @property
    def id(self) -> int:
        """The version's, else the product's."""
        return (self.version or self.product).id

    @property
    def sku(self) -> str:
        """Its SKU."""
        return (self.version or self.product).sku

    @property
    def ean(self) -> str:
        """Its own, else the product's."""
        return (self.version.ean if self.version else "") or self.product.ean

    @property
    def price(self) -> Decimal:
        """What is asked for it: a special price above 0 comes first, a missing one falls back to the parent."""
        own = (self.version.special_price, self.version.price) if self.version else (None, None)
        asked = [price for price in (*own, self.product.special_price) if price is not None]
        return asked[0] if asked else self.product.price

    @property
    def stock(self) -> Decimal:
        """What is there."""
        return self.version.stock if self.version else self.product.own_stock

    @stock.setter
    def stock(self, stock: Decimal) -> None:
        if self.version:
            self.version.stock = stock
        else:
            self.product.own_stock = stock


@dataclass
class OrderLine:
    """A line as it was bought; ``product`` is 0 for one that is no product of the shop."""

    id: int
    product: int
    parent: int
    sku: str
    name: str
    price: Decimal
    vat: Decimal
    quantity: Decimal
    ean: str
    type: str


@dataclass
class Order:
    """An order; ``spec`` keeps what does not change with a status."""

    id: int
    number: str
    placed: datetime
    updated: datetime
    status: int
    spec: OrderSpec
    lines: list[OrderLine]
    customer: int | None = None
    notes: list[Record] = field(default_factory=list)
    files: list[Record] = field(default_factory=list)
    invoice: Record = field(default_factory=dict)
    awbs: dict[int, Record] = field(default_factory=dict)


@dataclass
class Customer:
    """A registered customer."""

    id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    updated: datetime
    newsletter: bool = False


@dataclass
class Shop:
    """All records. Tables are keyed by id, in the order of creation."""

    assumed: Assumed
    clock: Callable[[], datetime]
    statuses: dict[int, Status] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    attributes: dict[int, Record] = field(default_factory=dict)
    plain: dict[str, dict[int, Record]] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)
    _ids: dict[str, Iterator[int]] = field(default_factory=dict)
    _by_sku: dict[str, list[Sellable]] | None = None

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        if kind not in self._ids:
            self._ids[kind] = itertools.count(FIRST_IDS[kind])
        return next(self._ids[kind])

    def now(self) -> datetime:
        """The present moment, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def turn(self, kind: str, record_id: int) -> Turn:
        """The shape this record is written in."""
        return self.nth_turn(record_id - FIRST_IDS[kind])

    def nth_turn(self, nth: int) -> Turn:
        """The shape of the nth record; products count so, for their versions take ids of the same row."""
        return Turn(nth) if self.assumed.varied else Turn()

    def table(self, name: str) -> dict[int, Record]:
        """Records that have no rules of their own: brands, payments, carriers, currencies, filters."""
        return self.plain.setdefault(name, {})

    def sellables(self) -> Iterable[Sellable]:
        """Every SKU that can be bought."""
        for product in self.products.values():
            if product.versions:
                yield from (Sellable(product, version) for version in product.versions)
            else:
                yield Sellable(product)

    def sold_as(self, sku: str) -> list[Sellable]:
        """What is sold under an SKU; several when it was made twice."""
        if self._by_sku is None:
            self._by_sku = {}
            for each in self.sellables():
                self._by_sku.setdefault(each.sku, []).append(each)
        return self._by_sku.get(sku, []) if sku else []

    def catalogue_changed(self) -> None:
        """Products or versions came or went."""
        self._by_sku = None
