"""The emulated RO App as a back office of the demo: work orders, filled line by line."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product, Stage
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.roapp import Order, RoAppEmulator
from sandbox.platforms.roapp import Product as Article
from sandbox.platforms.roapp.furnish import (
    CANCELLED,
    EXTERNAL_ID,
    MAIN,
    NEW,
    OWNER,
    RETAIL,
    STOCK,
    TRACKING,
    WEB_ORDER,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

IS_NEW, IN_PROGRESS, IS_READY, IS_SHIPPED, COMPLETED, IS_CANCELLED = (
    str(status) for status in range(NEW, CANCELLED + 1)
)
"""The ids of the statuses, as maps and settings name them."""
STATUSES: Mapping[Stage, str] = {
    "new": IS_NEW,
    "working": IN_PROGRESS,
    "sent": IS_SHIPPED,
    "done": COMPLETED,
    "cancelled": IS_CANCELLED,
}
CREATION = "POST /v2/orders"
LOST, LIMIT = "lost_answer", "throttled"
READS = "GET "


class RoAppSide:
    """A RO App account with a field for the shop's number, one for tracking codes, and entries for what is no goods.

    Args:
        writes: Whether the settings let products be made and changed.
    """

    platform = "roapp"
    has_till = True
    keeps = Kept(variants=False, texts=True, sales=False, taxes=False)
    takes_unknown_products = False

    def __init__(self, clock: Callable[[], datetime], currency: str, *, writes: bool = False) -> None:
        self.office = RoAppEmulator(clock=clock, currency=currency)
        kept_in = self.office.add_category("Web shop").id
        self._writes = {"product_writes": "update", "product_category": kept_in} if writes else {}
        self._entries = {
            setting: self.office.add_product("", title=title, kind="service").id
            for setting, title in (("delivery_entry", "Delivery"), ("fee_entry", "Fees"))
        }

    @property
    def app(self) -> "WSGIApplication":
        """The API and a page for people."""
        return self.office.app

    @property
    def calls(self) -> int:
        """Calls of the API, of both dialects."""
        return self.office.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for route, count in self.office.calls.by_route.items() if not route.startswith(READS))

    def shelf(self) -> Sequence[Listed]:
        """All products; services are none."""
        return [_listed(article) for article in self.office.products if article.kind == "product"]

    def settings(self) -> Mapping[str, Any]:
        """Where the orders go, the fields that are chosen for them, and whose orders they are."""
        return {
            "location": MAIN,
            "order_type": WEB_ORDER,
            "managers": [OWNER],
            "reference_field": EXTERNAL_ID,
            "tracking_field": TRACKING,
            "currency": self.office.account.currency,
            "cancelled_statuses": [CANCELLED],
            "warehouses": [STOCK],
            "regular_price_type": str(RETAIL),
            "product_tax": "27" if self.office.account.currency == "HUF" else "21",
            **self._writes,
            **self._entries,
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The API key of an employee; or one that nobody made."""
        return {"api_key": self.office.key if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' numbers begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self.office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            stock = Decimal(0) if each.stock is None else each.stock
            self.office.add_product(each.sku, each.price, stock, title=each.name, description=each.text)

    def booked(self) -> Sequence[Booked]:
        """All work orders."""
        return [_booked(order) for order in self.office.orders]

    def receipts(self) -> Sequence[str]:
        """None: it issues no documents by itself."""
        return ()

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A sale over the counter, by SKU."""
        self.office.sell(units)

    def sold(self) -> Mapping[str, Decimal]:
        """Units that were written off for orders or sold over the counter, by SKU."""
        taken: defaultdict[int, Decimal] = defaultdict(Decimal)
        for item in (item for order in self.office.orders for item in order.items):
            taken[item.product] += item.written_off
        for item in (item for sale in self.office.account.sales.values() for item in sale.items):
            taken[item.product] += item.quantity
        return {self.office.account.products[number].sku: count for number, count in taken.items()}

    def drop_variant(self, product: Product, sku: str) -> None:
        """Nothing: it keeps no variants."""

    def change(self, product: Product) -> None:
        """A person changes name, price and text."""
        fields = {"title": product.name, "prices": {RETAIL: product.price}, "description": product.text}
        self.office.change_product(self.office.product(product.sku), **fields)

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""
        self.office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with a 429."""
        self.office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self.office.faults.due(name, CREATION) for name in (LOST, LIMIT))

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, reference: str, status: str) -> None:
        """A person moves a work order."""
        self.office.set_status(self._order(reference).id, int(status))

    def send(self, reference: str, code: str) -> None:
        """A person writes the tracking code into its field."""
        self.office.set_tracking(self._order(reference).id, code)

    def status(self, reference: str) -> str:
        """The id of its status."""
        return str(self._order(reference).status)

    def words(self, reference: str) -> str:
        """Its feed and its notes."""
        order = self._order(reference)
        return "\n".join([*self.office.comments(order.id), str(order.values.get("manager_notes", ""))])

    def units(self, reference: str) -> Mapping[str, Decimal]:
        """What its lines take, by SKU."""
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        for item in self._order(reference).items:
            taken[self.office.account.products[item.product].sku] += item.quantity
        return {sku: count for sku, count in taken.items() if sku and count}

    def _order(self, reference: str) -> Order:
        (found,) = self.office.orders_by_reference(reference)
        return found


def _booked(order: Order) -> Booked:
    reference = order.values.get("custom_fields", {}).get(f"f{EXTERNAL_ID}", "")
    return Booked(str(reference), order.total)


def _listed(article: Article) -> Listed:
    return Listed(
        sku=article.sku,
        product=article.sku,
        name=article.title,
        text=article.description,
        price=article.prices[RETAIL],
        list_price=None,
        stock=article.stock.get(STOCK, Decimal(0)),
    )
