"""All records of an account, in memory, and what is done to them whoever asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.platforms.kit.ids import Ids
from sandbox.platforms.salesautopilot.errors import failed, unknown, wrong
from sandbox.platforms.salesautopilot.inferred import Assumed, secure_id
from sandbox.platforms.salesautopilot.records import (
    Category,
    Consent,
    Event,
    Form,
    ListKind,
    MailList,
    Product,
    Record,
    ShippingMethod,
)
from sandbox.platforms.salesautopilot.wire import local, money


@dataclass
class Account:
    """Everything by id, in the order of creation.

    Args:
        shop_categories: Ids of categories by the keys that orders have named them by.
        orders_left: How many orders the plan still takes from shops; None is no end.
    """

    clock: Callable[[], datetime]
    assumed: Assumed
    lists: dict[int, MailList] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    shop_categories: dict[str, int] = field(default_factory=dict)
    shipping_methods: dict[int, ShippingMethod] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    orders_left: int | None = None
    new_id: Ids = field(default_factory=lambda: Ids(11_000))
    _skus: dict[str, list[Product]] = field(default_factory=dict)

    def now(self) -> str:
        """The present moment on the wall."""
        return local(self.clock())

    def list_of(self, nl_id: int, kind: ListKind | None = None) -> MailList:
        """A list, perhaps of one type only.

        Raises:
            ApiError: 404.
        """
        found = self.lists.get(nl_id)
        if found is None or kind not in {None, found.kind}:
            raise unknown(f"no such list {nl_id}")
        return found

    def form_of(self, into: MailList, ns_id: int) -> Form:
        """A form of a list, of whatever type.

        Raises:
            ApiError: 404.
        """
        if ns_id not in into.forms:
            raise unknown(f"list {into.id} has no form {ns_id}")
        return into.forms[ns_id]

    def add_record(self, into: MailList, values: dict[str, str], ns_id: int, consent: Consent) -> Record:
        """A new record of a list."""
        number = self.new_id("record")
        own = {"id": str(number), "mssys_secure_id": secure_id(number), "mssys_nsid": str(ns_id)}
        record = Record(number, {"subdate": self.now(), **values, **own})
        self.give(record, consent)
        into.records[number] = record
        return record

    def give(self, record: Record, consent: Consent) -> None:
        """Note what a person has said; only ``active`` shows it."""
        waiting = consent is Consent.WAITING and self.assumed.unconfirmed_is_active
        record.consent = consent
        record.values["active"] = str(int(consent is Consent.GIVEN or waiting))

    def change(self, record: Record, values: dict[str, str]) -> None:
        """Write fields of a record."""
        now = self.now()
        record.values.setdefault("firstupdate", now)
        record.values |= {**values, "lastupdate": now}

    def sum_up(self, record: Record) -> None:
        """Work out the sums of an order again."""
        net, gross = _sum(line.net for line in record.lines), _sum(line.gross for line in record.lines)
        if self.assumed.sums_with_shipping:
            net += _cost(record, "mssys_netto_shipping_cost")
            gross += _cost(record, "mssys_shipping_cost")
        record.values |= {"mssys_order_netto_sum": money(net), "mssys_order_brutto_sum": money(gross)}

    def price(self, value: Any) -> Decimal:
        """A net price as it is kept."""
        return Decimal(value).quantize(Decimal(1).scaleb(-self.assumed.price_places), ROUND_HALF_UP)

    def note(self, kind: str, into: MailList, record: Record, ns_id: int = 0, detail: str = "") -> None:
        """Put down what happened."""
        self.events.append(Event(kind, into.id, record.id, ns_id, detail, self.now()))

    def take_quota(self) -> None:
        """Count one order from a shop.

        Raises:
            ApiError: The plan takes no more.
        """
        if self.orders_left == 0:
            raise failed("the plan's quota of orders is used up", self.assumed.quota_number)
        if self.orders_left is not None:
            self.orders_left -= 1

    def put_product(self, made: Product) -> Product:
        """Add a product to the catalogue."""
        self.products[made.id] = made
        self._skus.setdefault(made.sku, []).append(made)
        return made

    def remove_product(self, gone: Product) -> None:
        """Take a product out of the catalogue; lines of orders keep its id."""
        del self.products[gone.id]
        self._skus[gone.sku].remove(gone)

    def product_by_sku(self, sku: str) -> Product | None:
        """The product with this SKU, the oldest of several."""
        return next(iter(self._skus.get(sku, ())), None)

    def change_product(self, product: Product, **values: object) -> None:
        """Write attributes of a product."""
        before = product.sku
        for name, value in values.items():
            if name not in vars(product):
                raise TypeError(f"a product has no {name}")
            setattr(product, name, value)
        if product.sku != before:
            self._skus[before].remove(product)
            self._skus.setdefault(product.sku, []).append(product)

    def add_category(self, name: str, order: int = 0) -> Category:
        """One more category, even when one is called so."""
        made = Category(self.new_id("category"), name, order)
        self.categories[made.id] = made
        return made

    def known_categories(self, ids: Iterable[int]) -> list[int]:
        """The same ids, each once.

        Raises:
            ApiError: 0 under 200: one of them is no category.
        """
        wanted = list(dict.fromkeys(ids))
        if missing := [each for each in wanted if each not in self.categories]:
            raise failed(f"no such category {missing[0]}")
        return wanted


def direction_of(word: str) -> bool:
    """Whether an order goes down.

    Raises:
        ApiError: 406: neither ``asc`` nor ``desc``.
    """
    if word.lower() not in {"asc", "desc"}:
        raise wrong(f"{word} is no direction")
    return word.lower() == "desc"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _cost(record: Record, name: str) -> Decimal:
    return Decimal(record.values.get(name) or 0)
