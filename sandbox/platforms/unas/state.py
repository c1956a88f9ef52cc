"""What a shop holds, all in memory: records are kept in the nodes that UNAS shows them in."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.platforms.unas.inferred import Assumed
from sandbox.platforms.unas.wire import Record

LANGUAGE = "hu"
MAIN = ""
"""The main warehouse has no id."""
FIRST_IDS = {
    "order": 555_000_042,
    "number": 100_042,
    "product": 318,
    "category": 20,
    "customer": 7001,
    "status": 41_001,
    "type": 51,
    "payment": 100,
    "shipping": 200,
    "warehouse": 4_500_001,
    "group": 31,
    "parameter": 1001,
    "automation": 1245,
    "transaction": 1,
}
"""Each kind begins at a number of its own, so that ids never fit by accident."""

Spot = tuple[str, tuple[str, ...]]
"""Where stock lies: a warehouse, and the values of a combination."""


@dataclass
class Lot:
    """What lies on a spot; ``price`` is what it was bought for."""

    qty: Decimal = Decimal(0)
    price: Decimal | None = None


@dataclass
class Product:
    """A product; ``texts`` holds other languages than the shop's first."""

    id: int
    sku: str
    created: datetime
    modified: datetime
    nodes: Record
    vat: Decimal
    stock: dict[Spot, Lot] = field(default_factory=dict)
    moved: datetime | None = None
    deleted: datetime | None = None
    history: list[Record] = field(default_factory=list)
    texts: dict[str, Record] = field(default_factory=dict)

    @property
    def by_variant(self) -> bool:
        """Stock is kept of each combination."""
        return bool(self.flag("Variant"))

    def flag(self, name: str) -> bool:
        """One of ``Stocks`` > ``Status``."""
        return bool(self.nodes.get("Stocks", {}).get("Status", {}).get(name) == "1")


@dataclass
class Taken:
    """What an order took from where."""

    product: int
    spot: Spot
    quantity: Decimal


@dataclass
class Order:
    """An order; ``nodes`` is what is written into it, and ``source`` who made it.

    Attributes:
        internal_key: The shop's own number of an order from a marketplace.
        taken: What it took from the stock; nothing while its status holds nothing.
        mails: What was mailed to the buyer: names of statuses, ``order`` for a confirmation.
    """

    id: int
    key: str
    placed: datetime
    modified: datetime
    status: int
    status_changed: datetime
    nodes: Record
    source: str = "shop"
    internal_key: str = ""
    taken: list[Taken] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)


@dataclass
class Customer:
    """A registered customer."""

    id: int
    nodes: Record
    registered: datetime
    modified: datetime
    logged_in: datetime


@dataclass
class Category:
    """A category; a parent of 0 is the top."""

    id: int
    nodes: Record
    created: datetime
    modified: datetime
    parent: int = 0
    deleted: datetime | None = None


@dataclass
class Shop:
    """All records. Tables are keyed by id, in the order of creation.

    Attributes:
        skus: Products that are not deleted, by SKU.
        events: What happened, by topic.
    """

    assumed: Assumed
    clock: Callable[[], datetime]
    shop_id: str
    plan: str
    currency: str
    url: str = "https://api.example.test"
    orders: dict[int, Order] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    skus: dict[str, Product] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    tables: dict[str, dict[int, Record]] = field(default_factory=dict)
    subscribers: list[Record] = field(default_factory=list)
    files: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)
    events: list[tuple[str, Record, str]] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    _ids: dict[str, Iterator[int]] = field(default_factory=dict)

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        if kind not in self._ids:
            self._ids[kind] = itertools.count(FIRST_IDS[kind])
        return next(self._ids[kind])

    def now(self) -> datetime:
        """The present moment, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def table(self, name: str) -> dict[int, Record]:
        """Records without rules of their own, by the name of their node, such as ``OrderStatus``."""
        return self.tables.setdefault(name, {})

    def new_key(self) -> str:
        """The key of a new order: the shop's id and a number."""
        if not self.assumed.keys_are_reissued:
            return f"{self.shop_id}-{self.new_id('number')}"
        numbers = [int(own.rpartition("-")[2]) for order in self.orders.values() if (own := self._own(order))]
        return f"{self.shop_id}-{max(numbers, default=FIRST_IDS['number'] - 1) + 1}"

    def _own(self, order: Order) -> str:
        """The shop's own key of an order; nothing for one that was given another."""
        key = order.internal_key or order.key
        return key if key.removeprefix(f"{self.shop_id}-").isdigit() else ""

    def order_of(self, key: str) -> Order | None:
        """The order of a key."""
        return next((order for order in self.orders.values() if order.key == key), None)

    def living(self) -> Iterable[Product]:
        """The products that are not deleted."""
        return (product for product in self.products.values() if product.deleted is None)

    def product_of(self, sku: str) -> Product | None:
        """The product of an SKU."""
        return self.skus.get(sku)

    def product_named(self, row: Record) -> Product | None:
        """The product that a row of a write names: its ``Id`` wins over its ``Sku``."""
        if not row.get("Id"):
            return self.product_of(row.get("Sku", ""))
        known = self.products.get(int(row["Id"])) if str(row["Id"]).isdigit() else None
        return known if known and known.deleted is None else None
