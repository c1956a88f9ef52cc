"""What a shop holds, all in memory."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sandbox.platforms.shoprenter.inferred import Assumed
from sandbox.platforms.shoprenter.records import (
    Automation,
    Category,
    Country,
    Currency,
    Customer,
    CustomerGroup,
    History,
    Language,
    ListAttribute,
    ListValue,
    Mode,
    Named,
    Order,
    Product,
    ProductClass,
    TaxClass,
)
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
