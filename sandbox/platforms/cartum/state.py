"""What a shop holds, all in memory."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sandbox.platforms.cartum.inferred import IN_STOCK, OUT_OF_STOCK, Assumed
from sandbox.platforms.cartum.specs import OrderSpec
from sandbox.platforms.cartum.wire import Record, Turn

OFFICE = "office"
"""The main warehouse, the only one that is documented (C8)."""
NEW, PROCESSING, DELIVERED, CANCELLED, SHIPPING = 1, 2, 3, 4, 6
"""The built-in statuses (C5)."""
PRODUCT, GIFT, GIFT_PARENT, SET_MAIN, SET_ITEM = "product", "gift", "gift_parent", "set_main", "set_item"
FIRST_IDS = {
    "order": 1041,
    "user": 77,
    "status": 7,
    "section": 5,
    "delivery": 11,
    "payment": 13,
    "hook": 1,
    "currency": 1,
    "waybill": 90_001,
    "product": 0,
}
"""Most kinds begin at a number of their own, so that ids never fit by accident."""


@dataclass
class Status:
    """An order status; ``successful`` counts as delivered."""

    id: int
    titles: dict[str, str]
    successful: bool = False


@dataclass
class Section:
    """A section of the catalogue, or a page with content, which lie in one tree."""

    id: int
    titles: dict[str, str]
    parent: int = 0
    content: bool = False


@dataclass
class User:
    """A registered buyer; ``more`` holds what only imports name."""

    id: int
    title: str
    email: str
    phone: str
    registered: datetime
    more: Record = field(default_factory=dict)


@dataclass
class Product:
    """A row of the catalogue, the ``nth`` that was made. Texts by language; ``stock`` by warehouse."""

    nth: int
    article: str
    parent_article: str
    created: datetime
    section: int
    titles: dict[str, str]
    currency: str
    mod_titles: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    price: Decimal = Decimal(0)
    price_old: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    shown: bool = False
    presence: str = ""
    stock: dict[str, Decimal] = field(default_factory=dict)
    pictures: dict[str, list[str]] = field(default_factory=dict)
    plain: Record = field(default_factory=dict)
    characteristics: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """What lies in all warehouses."""
        return sum(self.stock.values(), Decimal(0))


@dataclass
class OrderLine:
    """A line as it was bought; ``price`` is what it tells, ``counts`` whether a total adds it."""

    article: str
    title: str
    price: Decimal
    quantity: Decimal
    type: str
    marker: str
    counts: bool = True


@dataclass
class Order:
    """An order; ``spec`` keeps what does not change by itself. ``id`` is its number."""

    id: int
    user: int
    placed: datetime
    status: int
    paid: bool
    spec: OrderSpec
    lines: list[OrderLine]
    tracking_code: str = ""
    waybill: Record = field(default_factory=dict)
    holds_goods: bool = False
    locked: bool = False


@dataclass
class Hook:
    """A subscription."""

    id: int
    event: str
    target_url: str


@dataclass
class Event:
    """What happened, and what is told of it."""

    name: str
    body: Record
    at: datetime


@dataclass
class Shop:
    """All records. Tables are keyed by id, products by article, in the order of creation."""

    assumed: Assumed
    clock: Callable[[], datetime]
    languages: tuple[str, ...]
    switched_off: tuple[str, ...]
    currency: str
    stock_accounting: bool = True
    api: bool = True
    without: set[str] = field(default_factory=set)
    statuses: dict[int, Status] = field(default_factory=dict)
    sections: dict[int, Section] = field(default_factory=dict)
    deliveries: dict[int, Record] = field(default_factory=dict)
    payments: dict[int, Record] = field(default_factory=dict)
    currencies: dict[int, Record] = field(default_factory=dict)
    warehouses: set[str] = field(default_factory=lambda: {OFFICE})
    words: tuple[str, str] = (IN_STOCK, OUT_OF_STOCK)
    template: set[str] = field(default_factory=set)
    products: dict[str, Product] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    _ids: dict[str, Iterator[int]] = field(default_factory=dict)

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        if kind not in self._ids:
            self._ids[kind] = itertools.count(FIRST_IDS[kind])
        return next(self._ids[kind])

    def now(self) -> datetime:
        """The present moment, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def turn(self, nth: int) -> Turn:
        """The shape that the nth record is written in."""
        return Turn(nth) if self.assumed.varied else Turn()

    def all_languages(self, text: str, **others: str) -> dict[str, str]:
        """A text in every language the shop uses, with what some call otherwise."""
        return {language: others.get(language, text) for language in self.languages}

    def shown(self, texts: dict[str, str]) -> dict[str, str]:
        """Texts as they are told: of a language that is off an empty one (K1)."""
        return {language: texts.get(language, "") for language in (*self.languages, *self.switched_off)}
