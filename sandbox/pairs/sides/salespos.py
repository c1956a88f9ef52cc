"""The emulated SalesPOS as a back office of the demo."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product, Stage
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.salespos import SalesPosEmulator
from sandbox.platforms.salespos.orders.record import Order

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PUBLIC_KEY, SECRET_KEY = "demo-public-key", "demo-secret-key"
STATUSES: Mapping[Stage, str] = {"new": "1", "working": "2", "sent": "5", "done": "7", "cancelled": "8"}
"""SalesPOS's numbers, as maps and settings name them."""
CREATION = "POST /orders"
LOST, LIMIT = "lost_answer", "rate_limit"
TOLD = ["status", "paid", "cancelled"]
_TARIFFS = {
    **dict.fromkeys(("21", "20", "19", "17.5"), "normal"),
    **dict.fromkeys(("11", "9", "7"), "low a"),
    "0": "zero",
}
_TARIFFS_HU = {"27": "normal", "5": "low a", "0": "zero"}


class SalesPosSide:
    """A SalesPOS account."""

    platform = "salespos"
    has_till = True
    keeps = Kept(variants=True, texts=True, sales=True)
    takes_unknown_products = False

    def __init__(self, clock: Callable[[], datetime], currency: str) -> None:
        self._office = SalesPosEmulator(clock=clock, public=PUBLIC_KEY, secret=SECRET_KEY, currency=currency)
        self._till: set[int] = set()
        self._currency = currency

    @property
    def app(self) -> "WSGIApplication":
        """The REST API and a page for people."""
        return self._office.app

    @property
    def calls(self) -> int:
        """Calls of the REST API."""
        return self._office.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for route, count in self._office.calls.by_route.items() if not route.startswith("GET "))

    def shelf(self) -> Sequence[Listed]:
        """All products that are not in the trash; those with combinations as these."""
        return [each for product in list(self._office.shop.catalogue) for each in self._listed(product)]

    def settings(self) -> Mapping[str, Any]:
        """The percentages this shop sells at, and what it is told of its orders later."""
        return {"tax_tariffs": _TARIFFS_HU if self._currency == "HUF" else _TARIFFS, "told": TOLD}

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The account's key; or with a secret that is another's."""
        return {"public_key": PUBLIC_KEY, "secret_key": SECRET_KEY if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' references begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, each with its percentage."""
        for each in products:
            stock = {} if each.stock is None else {"stock": each.stock}
            variants = {name: dict.fromkeys(values, 0) for name, values in each.options.items()}
            self._office.add_product(each.sku, variants=variants, vatrate=each.tax, **stock, **_fields(each))

    def booked(self) -> Sequence[Booked]:
        """All orders, baskets too, but for what was sold at the till."""
        orders = [order for order in self._office.orders if order.id not in self._till]
        return [Booked(order.reservationnumber or "", order.totals.price) for order in orders]

    def receipts(self) -> Sequence[str]:
        """None: it issues no documents by itself."""
        return ()

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A sale over the counter, by product number."""
        self._till.add(self._office.sell_at_till(units).id)

    def sold(self) -> Mapping[str, Decimal]:
        """Units in all orders, by SKU."""
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in (row for order in self._office.orders for row in order.rows if row.product_id):
            sku = row.combination["sku_number"] if row.combination else row.product_number
            taken[sku] += row.count
        return taken

    def drop_variant(self, product: Product, sku: str) -> None:
        """The value that makes the variant is taken from the product."""
        (found,) = self._office.shop.catalogue.numbered("productnumber", product.sku)
        self._office.drop_variant(found["id"], sku)

    def change(self, product: Product) -> None:
        """A person changes name, prices and text."""
        (found,) = self._office.shop.catalogue.numbered("productnumber", product.sku)
        self._office.change_product(found["id"], **_fields(product))

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""
        self._office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with code 429.10, which lasts until the next minute."""
        self._office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self._office.faults.due(name, CREATION) for name in (LOST, LIMIT))

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, reference: str, status: str) -> None:
        """A person gives an order another status."""
        self._office.change_order(self._order(reference).id, status=int(status))

    def send(self, reference: str, code: str) -> None:
        """A person writes the code of its shipment."""
        self._office.change_order(self._order(reference).id, track_and_trace_code=code)

    def status(self, reference: str) -> str:
        """The number of its status."""
        return str(self._order(reference).fields["status"])

    def _order(self, reference: str) -> Order:
        (found,) = self._office.orders_by_reference(reference)
        return found

    def _listed(self, product: Mapping[str, Any]) -> Iterator[Listed]:
        for each in self._office.combinations(product["id"]):
            yield _article(product, each["sku_number"], each["stock"])
        if not self._office.combinations(product["id"]):
            yield _article(product, product["productnumber"], product["stock"])


def _fields(product: Product) -> dict[str, Any]:
    """A sale is a discount in money."""
    return {
        "name": product.name,
        "price": product.price,
        "discount": product.price - product.sale if product.sale else 0,
        "description": product.text,
    }


def _article(product: Mapping[str, Any], sku: str, stock: Any) -> Listed:
    price, discount = Decimal(product["price"]), Decimal(product["discount"])
    return Listed(
        sku=sku,
        product=product["productnumber"],
        name=product["name"],
        text=product["description"],
        price=price - discount,
        list_price=price if discount else None,
        stock=Decimal(stock),
    )
