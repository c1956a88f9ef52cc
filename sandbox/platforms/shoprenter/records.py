"""What there is in a shop, one class for each kind of record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sandbox.platforms.shoprenter.specs import Addon, OrderSpec
from sandbox.platforms.shoprenter.wire import Record


@dataclass
class Named:
    """A record with a name in each language."""

    id: int
    names: dict[int, str]
    color: str = ""


@dataclass(frozen=True)
class Language:
    """A language of the shop."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Currency:
    """A currency; ``value`` of them are one of the shop's."""

    id: int
    code: str
    name: str
    decimals: int
    value: Decimal = Decimal(1)
    sign: str = ""

    def rounded(self, value: Decimal) -> Decimal:
        """An amount in its decimals."""
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


@dataclass(frozen=True)
class Country:
    """A country."""

    id: int
    name: str
    iso2: str
    iso3: str


@dataclass(frozen=True)
class TaxClass:
    """A tax class with its one rate, in percent."""

    id: int
    name: str
    rate: Decimal


@dataclass
class CustomerGroup:
    """A customer group."""

    id: int
    name: str
    percent: Decimal = Decimal(0)
    default: bool = False


@dataclass
class Mode:
    """A way to pay or to ship; ``status`` is what an order gets when it is paid so."""

    id: int
    name: str
    code: str
    status: int | None = None


@dataclass
class Customer:
    """Somebody who is registered."""

    id: int
    family_name: str
    given_name: str
    email: str
    phone: str
    created: datetime
    updated: datetime


@dataclass
class OrderLine:
    """A line as it was bought: prices net, of one piece; ``product`` is 0 for one that is no product of the shop.

    Args:
        taken: From each of the four warehouses.
        quantity: What was put into the cart.
    """

    id: int
    order: int
    product: int
    parent: int
    sku: str
    name: str
    price: Decimal
    original: Decimal
    gross: Decimal
    original_gross: Decimal
    tax: Decimal
    quantity: Decimal
    taken: list[Decimal]
    gtin: str
    model: str
    subtracts: bool
    options: list[tuple[int, Record]]


@dataclass
class OrderTotal:
    """A row of totals; a total that is to be read only."""

    id: int
    order: int
    name: str
    value: Decimal
    sort: int
    type: str
    at: datetime
    key: str = ""


@dataclass
class Order:
    """An order; ``spec`` keeps what the buyer entered."""

    id: int
    spec: OrderSpec
    created: datetime
    updated: datetime
    status: int | None
    lines: list[OrderLine]
    totals: list[OrderTotal]
    customer: int | None = None
    invoice_id: str = "0"
    invoice_prefix: str = ""

    @property
    def total(self) -> Decimal:
        """Gross, to pay."""
        return next(row.value for row in self.totals if row.type == "TOTAL")

    @property
    def addons(self) -> tuple[Addon, ...]:
        """Deposit fees and the like."""
        return self.spec.addons


@dataclass
class History:
    """An order came into a status."""

    id: int
    order: int
    status: int
    at: datetime
    comment: str = ""


@dataclass
class Automation:
    """What the shop calls when something happens; ``fields`` None is the default set."""

    id: int
    event: str
    url: str
    type: str = "json"
    label: str = ""
    active: bool = True
    fields: Sequence[str] | None = None
    delay: timedelta = timedelta(0)


@dataclass
class Special:
    """A special price of a product; net."""

    id: int
    product: int
    price: Decimal
    group: int | None
    begins: str
    ends: str
    priority: int
    least: int
    most: int


@dataclass
class ListAttribute:
    """An attribute whose values come from a list."""

    id: int
    name: str


@dataclass
class ListValue:
    """A value of such an attribute; ``names`` by language."""

    id: int
    attribute: int
    names: dict[int, str]


@dataclass
class ProductClass:
    """What variants of its products differ in: one attribute, two, or none."""

    id: int
    name: str
    first: int | None = None
    second: int | None = None

    @property
    def attributes(self) -> set[int]:
        """The variant parameters."""
        return {each for each in (self.first, self.second) if each is not None}


@dataclass
class Product:
    """A product; ``stock`` in each of the four warehouses, ``texts`` by language, ``fields`` what is kept as sent."""

    id: int
    sku: str
    price: Decimal
    tax_class: int
    created: datetime
    updated: datetime
    stock: list[Decimal]
    fields: Record = field(default_factory=dict)
    texts: dict[int, Record] = field(default_factory=dict)
    parent: int = 0
    status: int = 1
    subtracts: bool = True
    manufacturer: int | None = None
    product_class: int | None = None
    categories: list[int] = field(default_factory=list)
    specials: dict[int, Special] = field(default_factory=dict)
    group_prices: dict[int, Decimal] = field(default_factory=dict)
    values: list[int] = field(default_factory=list)


@dataclass
class Category:
    """A category; ``texts`` by language."""

    id: int
    texts: dict[int, Record]
    created: datetime
    updated: datetime
    parent: int | None = None
    status: int = 1
    fields: Record = field(default_factory=dict)
