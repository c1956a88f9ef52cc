"""The emulated SalesPOS as a back office of the demo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.demo.orders import Product
from sandbox.demo.sides import Booked
from sandbox.platforms.salespos import SalesPosEmulator

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PUBLIC_KEY, SECRET_KEY = "demo-public-key", "demo-secret-key"
CREATION = "POST /orders"
LOST, LIMIT = "lost_answer", "rate_limit"


class SalesPosSide:
    """A SalesPOS account."""

    platform = "salespos"

    def __init__(self, clock: Callable[[], datetime], currency: str) -> None:
        self._office = SalesPosEmulator(clock=clock, public=PUBLIC_KEY, secret=SECRET_KEY, currency=currency)

    @property
    def app(self) -> "WSGIApplication":
        """The REST API and a page for people."""
        return self._office.app

    @property
    def calls(self) -> int:
        """Calls of the REST API."""
        return self._office.calls.total

    def settings(self) -> Mapping[str, Any]:
        """The percentages this shop sells at."""
        tariffs = {"21": "normal", "19": "normal", "20": "normal", "17.5": "normal", "9": "low a", "7": "low a"}
        return {"tax_tariffs": {**tariffs, "0": "zero"}}

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The account's key; or with a secret that is another's."""
        return {"public_key": PUBLIC_KEY, "secret_key": SECRET_KEY if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' references begin otherwise."""
        return {"reference_prefix": "B-"}

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, each with its percentage."""
        for each in products:
            self._office.add_product(each.sku, each.price, name=each.name, vatrate=each.tax)

    def booked(self) -> Sequence[Booked]:
        """All orders, baskets too."""
        return [Booked(order.reservationnumber or "", order.totals.price) for order in self._office.orders]

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""
        self._office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with code 429.10, which lasts until the next minute."""
        self._office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self._office.faults.due(name, CREATION) for name in (LOST, LIMIT))
