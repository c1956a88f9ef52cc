"""What a shop holds, all in memory."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from sandbox.platforms.shoprenter.inferred import Assumed
from sandbox.platforms.shoprenter.specs import Addon, OrderSpec
from sandbox.platforms.shoprenter.wire import Key, Record

T = TypeVar("T")
FIRST_IDS = {
    "order": 1042,
    "line": 5511,
    "total": 7001,
    "option": 3,
    "history": 1,
    "invoice": 1,
    "product": 318,
    "special": 9,
    "category": 27,
    "customer": 77,
    "manufacturer": 2,
    "productClass": 1,
    "listAttribute": 2,
    "listValue": 16,
    "shippingMode": 18,
    "paymentMode": 41,
    "taxClass": 10,
    "webHook": 61,
    "coupon": 1,
}
"""Each kind begins at the number of the file's examples, so that ids never fit by accident."""


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


@dataclass
class Shop:
    """All records. Tables are keyed by inner id, in the order of creation."""

    name: str
    assumed: Assumed
    clock: Callable[[], datetime]
    languages: dict[int, Language] = field(default_factory=dict)
    currencies: dict[int, Currency] = field(default_factory=dict)
    countries: dict[int, Country] = field(default_factory=dict)
    tax_classes: dict[int, TaxClass] = field(default_factory=dict)
    customer_groups: dict[int, CustomerGroup] = field(default_factory=dict)
    payment_modes: dict[int, Mode] = field(default_factory=dict)
    shipping_modes: dict[int, Mode] = field(default_factory=dict)
    statuses: dict[int, Named] = field(default_factory=dict)
    stock_statuses: dict[int, Named] = field(default_factory=dict)
    manufacturers: dict[int, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    histories: dict[int, History] = field(default_factory=dict)
    invoices: dict[int, Record] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    list_attributes: dict[int, ListAttribute] = field(default_factory=dict)
    list_values: dict[int, ListValue] = field(default_factory=dict)
    product_classes: dict[int, ProductClass] = field(default_factory=dict)
    automations: dict[int, Automation] = field(default_factory=dict)
    chosen: dict[Key, str] = field(default_factory=dict)
    announced: Callable[[str, Order], None] = lambda _event, _order: None
    _ids: dict[str, Iterator[int]] = field(default_factory=dict)
    _by_sku: dict[str, int] = field(default_factory=dict)

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        if kind not in self._ids:
            self._ids[kind] = itertools.count(FIRST_IDS[kind])
        return next(self._ids[kind])

    def now(self) -> datetime:
        """The present moment, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def local(self, moment: datetime) -> datetime:
        """The shop's wall clock."""
        return moment.astimezone(ZoneInfo(self.assumed.zone))

    def stamp(self, moment: datetime) -> str:
        """A moment as most resources write it."""
        return f"{self.local(moment):%Y-%m-%dT%H:%M:%S}"

    def spaced(self, moment: datetime) -> str:
        """A moment as histories and invoices write it."""
        return f"{self.local(moment):%Y-%m-%d %H:%M:%S}"

    @property
    def language(self) -> Language:
        """The first language."""
        return next(iter(self.languages.values()))

    @property
    def currency(self) -> Currency:
        """The shop's own: the one of value 1."""
        return next(each for each in self.currencies.values() if each.value == 1)

    @property
    def default_group(self) -> CustomerGroup:
        """The customer group of everybody."""
        return next(group for group in self.customer_groups.values() if group.default)

    def country_of(self, code: str) -> Country:
        """A country by its code of two letters."""
        return _first(self.countries.values(), lambda each: each.iso2 == code, f"country {code!r}")

    def currency_of(self, code: str) -> Currency:
        """A currency by its code."""
        return _first(self.currencies.values(), lambda each: each.code == code, f"currency {code!r}")

    def language_of(self, code: str) -> Language:
        """A language by its code."""
        return _first(self.languages.values(), lambda each: each.code == code, f"language {code!r}")

    def mode(self, kind: str, name: str, code: str) -> Mode:
        """A way to pay or to ship; made when the shop does not have it yet."""
        table = self.payment_modes if kind == "paymentMode" else self.shipping_modes
        known = next((mode for mode in table.values() if mode.name == name), None)
        made = known or Mode(self.new_id(kind), name, code)
        return table.setdefault(made.id, made)

    @property
    def storno(self) -> int:
        """The status of a cancelled order."""
        return int(self.settings["storno_order_status_id"])

    def product_of(self, sku: str) -> Product | None:
        """The product of an SKU."""
        return self.products.get(self._by_sku.get(self._folded(sku), 0))

    def put(self, product: Product, old_sku: str = "") -> None:
        """A product comes, or gets another SKU."""
        self._by_sku.pop(self._folded(old_sku), None)
        self.products[product.id] = product
        self._by_sku[self._folded(product.sku)] = product.id

    def drop(self, product: Product) -> None:
        """A product goes; its variants stand alone [inferred]."""
        del self.products[product.id]
        self._by_sku.pop(self._folded(product.sku), None)
        for each in self.products.values():
            each.parent = 0 if each.parent == product.id else each.parent

    def _folded(self, sku: str) -> str:
        return sku.casefold() if self.assumed.sku_any_case else sku


def _first(table: Iterable[T], fits: Callable[[T], bool], what: str) -> T:
    for each in table:
        if fits(each):
            return each
    raise ValueError(f"The shop has no {what}")
