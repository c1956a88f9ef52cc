"""What an account holds, all in memory."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sandbox.platforms.kit.ids import Ids
from sandbox.platforms.roapp.inferred import Assumed
from sandbox.platforms.roapp.wire import CENT

APART = 1_000
"""How far the ids of two kinds of records are from each other."""
FIRST_NUMBER = 107
NOTHING = Decimal(0)


@dataclass
class Branch:
    """A location."""

    id: int
    name: str
    archived: bool = False
    timezone: str = "Europe/Bucharest"


@dataclass
class OrderType:
    """What an order is of; the status it begins with."""

    id: int
    name: str
    first_status: int


@dataclass
class Status:
    """A status of orders; ``group`` is one of the fixed stages."""

    id: int
    name: str
    group: int
    color: str = "#00aa00"


@dataclass
class Employee:
    """Somebody who works there."""

    id: int
    first_name: str
    last_name: str
    email: str
    login: str
    position: str = "Manager"
    active: bool = True


@dataclass
class CustomField:
    """A field that the account has made; ``type`` 1 is a text, 0 a box, 4 a date, 6 a number (L11)."""

    id: int
    name: str
    type: int = 1


@dataclass
class Contact:
    """A person or an organization, with what a call may write as it was written."""

    id: int
    organization: bool
    values: dict[str, Any]
    created: datetime
    modified: datetime

    @property
    def name(self) -> str:
        """What people call it."""
        if self.organization:
            return str(self.values["name"])
        return " ".join(filter(None, (self.values["first_name"], self.values.get("last_name", "")))).strip()

    @property
    def phones(self) -> list[str]:
        """The numbers, as they were written."""
        return [str(each["phone"]) for each in self.values.get("phones", ())]


@dataclass
class Category:
    """A category of products or services."""

    id: int
    title: str
    parent: int | None = None


@dataclass
class Product:
    """Something that is sold: ``kind`` tells products from services. No two need differ in code or SKU (L3)."""

    id: int
    kind: Literal["product", "service"]
    title: str
    code: str = ""
    sku: str = ""
    description: str = ""
    category: int | None = None
    barcodes: tuple[str, ...] = ()
    prices: dict[int, Decimal] = field(default_factory=dict)
    cost: Decimal = NOTHING
    hidden: bool = False
    serial: bool = False
    custom: dict[str, Any] = field(default_factory=dict)
    stock: dict[int, Decimal] = field(default_factory=dict)
    """By warehouse."""


@dataclass
class Item:
    """A line of an order. ``discount`` and ``warranty`` as they were written."""

    id: int
    product: int
    assignee: int
    quantity: Decimal
    price: Decimal
    cost: Decimal
    discount: dict[str, Any]
    warranty: dict[str, Any]
    created: datetime
    comment: str = ""
    taxes: tuple[int, ...] = ()
    written_off: Decimal = NOTHING
    warehouse: int = 0

    @property
    def off(self) -> Decimal:
        """What the discount takes."""
        full = self.price * self.quantity
        if self.discount["type"] == "percentage":
            return (full * Decimal(self.discount["percentage"]) / 100).quantize(CENT)
        return min(Decimal(self.discount["amount"]), full)

    @property
    def total(self) -> Decimal:
        """What the line costs."""
        return (self.price * self.quantity).quantize(CENT) - self.off


@dataclass
class Comment:
    """A line of an order's event feed."""

    text: str
    private: bool
    at: datetime


@dataclass
class Order:
    """A work order. ``values`` are what a call may write, as it was written."""

    id: int
    number: str
    status: int
    values: dict[str, Any]
    created: datetime
    modified: datetime
    created_by: int
    items: list[Item] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    paid: Decimal = NOTHING
    done: datetime | None = None
    closed: datetime | None = None
    closed_by: int | None = None

    @property
    def total(self) -> Decimal:
        """What all lines cost."""
        return sum((item.total for item in self.items), NOTHING)

    @property
    def client(self) -> int:
        """The contact it is for."""
        return int(self.values["client_id"])

    @property
    def written_off(self) -> bool:
        """Goods of it have left the stock."""
        return any(item.written_off for item in self.items)


@dataclass
class Sale:
    """A sale over the counter."""

    id: int
    at: datetime
    items: list[Item]


@dataclass
class Warehouse:
    """Where goods lie."""

    id: int
    title: str
    branch: int
    is_global: bool = False


@dataclass
class Document:
    """A posting or a write-off, which is how stock changes."""

    id: int
    kind: Literal["posting", "outcome"]
    warehouse: int
    rows: list[dict[str, Any]]
    at: datetime


@dataclass
class Endpoint:
    """Where webhooks are sent to. ``failures`` counts those in a row that nobody took."""

    id: int
    url: str
    secret: str
    events: frozenset[str]
    on: bool = True
    failures: int = 0


@dataclass
class Event:
    """Something that webhooks tell of."""

    id: str
    name: str
    order: int | None
    contact: int | None
    employee: int
    at: datetime
    metadata: dict[str, Any]


@dataclass
class Account:
    """One company.

    Attributes:
        key_owner: Whose rights the calls have, and who is named in the events they raise.
        removed: Products that a person deleted; orders that have them still show them.
        opened: Since when there is the account.
    """

    assumed: Assumed
    clock: Callable[[], datetime]
    currency: str = "RON"
    name: str = "Demo Repairs"
    key_owner: int = 0
    branches: dict[int, Branch] = field(default_factory=dict)
    order_types: dict[int, OrderType] = field(default_factory=dict)
    statuses: dict[int, Status] = field(default_factory=dict)
    employees: dict[int, Employee] = field(default_factory=dict)
    custom_fields: dict[int, CustomField] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    service_categories: dict[int, Category] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    removed: dict[int, Product] = field(default_factory=dict)
    price_types: dict[int, str] = field(default_factory=dict)
    campaigns: dict[int, str] = field(default_factory=dict)
    taxes: dict[int, tuple[str, Decimal]] = field(default_factory=dict)
    warehouses: dict[int, Warehouse] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    sales: dict[int, Sale] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    endpoints: dict[int, Endpoint] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    new_id: Ids = field(default_factory=lambda: Ids(APART))
    opened: datetime = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_NUMBER))

    def __post_init__(self) -> None:
        self.opened = self.now()

    def article(self, number: int) -> Product:
        """What a line is of, also when it was deleted since."""
        return self.products.get(number) or self.removed[number]

    def now(self) -> datetime:
        """The present moment; times of the API have no fractions."""
        return self.clock().replace(microsecond=0)

    def new_number(self) -> str:
        """The next number of an order, which is no mere number (L4)."""
        return f"A{next(self._numbers):04}"

    def touch(self, order: Order) -> None:
        """Any change of an order, its lines and its status bumps its time."""
        order.modified = self.now()
