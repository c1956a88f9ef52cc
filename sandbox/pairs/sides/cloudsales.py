"""The emulated CloudSales as a back office of the demo, with nothing of our own inventions switched on by itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.cloudsales import CloudSalesEmulator, StandIn
from sandbox.platforms.cloudsales import Product as Article

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CREATION = "POST connector/{id}/order/{id}"
LOST, LIMIT = "lost_answer", "throttled"
SERVICES = {
    "shipping_code": "TRANSPORT",
    "discount_code": "REDUCERE",
    "other_code": "DIVERSE",
    "rounding_code": "ROTUNJIRE",
}
"""Settings, and the services of the account that they name."""


class CloudSalesSide:
    """A CloudSales account, with one order connector of ours.

    Args:
        receipts: Whether it is set up to issue a fiscal receipt for every order from yesterday on.
        writes: Whether it answers our own invention of writing stock and prices.
    """

    platform = "cloudsales"
    has_till = True
    keeps = Kept(variants=False, texts=False, sales=False)
    takes_unknown_products = False

    def __init__(
        self, clock: Callable[[], datetime], currency: str, *, receipts: bool = False, writes: bool = False
    ) -> None:
        self._office, self._writes = CloudSalesEmulator(clock=clock, stand_in=StandIn(writes=writes)), writes
        self._currency = currency
        self._receipts_from = clock().date() - timedelta(days=1) if receipts else None
        self._office.connector.receipts_from = self._receipts_from
        for code in SERVICES.values():
            self._office.add_service(code, code.capitalize())

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
        """All products; what lies there is what is not reserved by an order."""
        return [self._listed(article) for article in list(self._office.account.products.values())]

    def settings(self) -> Mapping[str, Any]:
        """The account, its order connector, its services, and what is set up for receipts."""
        receipts = {"documents": "receipt", "receipts_from": str(self._receipts_from)} if self._receipts_from else {}
        return {
            "account_number": self._office.account.number,
            "connector_id": self._office.connector.id,
            "order_work_point": self._office.work_point.name,
            "currency": self._currency,
            "stand_in_writes": self._writes,
            **SERVICES,
            **receipts,
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """Both users; or the account's with another's password."""
        return {
            "user": self._office.user,
            "password": self._office.password if right else "mistyped",
            "connector_user": self._office.connector_user,
            "connector_password": self._office.connector_password,
        }

    def apart(self) -> Mapping[str, Any]:
        """Its orders' references begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            self._office.add_product(each.sku, each.price, percent=each.tax, stock=each.stock, name=each.name)

    def booked(self) -> Sequence[Booked]:
        """All orders; what is sold at the till makes none."""
        return [Booked(order.reference, order.total) for order in self._office.orders]

    def receipts(self) -> Sequence[str]:
        """Of orders; those of the till have no reference."""
        return [receipt.reference for receipt in self._office.receipts if receipt.reference]

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A sale over the counter."""
        self._office.sell_at_till(units)

    def sold(self) -> Mapping[str, Decimal]:
        """Units in all orders and in all receipts of the till, by SKU."""
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        tills = [receipt.lines for receipt in self._office.receipts if not receipt.reference]
        for line in (line for lines in (*tills, *(order.lines for order in self._office.orders)) for line in lines):
            if line.goods is not None:
                taken[line.goods.code] += line.quantity
        return taken

    def drop_variant(self, product: Product, sku: str) -> None:
        """Nothing: it keeps no variants."""

    def change(self, product: Product) -> None:
        """A person changes name and price; there is no text."""
        self._office.change_product(product.sku, name=product.name)
        self._office.set_price(product.sku, product.price)

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""
        self._office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with a 429."""
        self._office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self._office.faults.due(name, CREATION) for name in (LOST, LIMIT))

    def _listed(self, article: Article) -> Listed:
        stock = article.stock()
        return Listed(
            sku=article.code,
            product=article.code,
            name=article.name,
            text="",
            price=article.price(self._office.work_point.id) or Decimal(0),
            list_price=None,
            stock=stock.available if stock else Decimal(0),
        )
