"""The emulated SalesAutopilot as a back office of the demo: it takes orders, and counts no stock."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.salesautopilot import Event, SalesAutopilotEmulator
from sandbox.platforms.salesautopilot import Product as Article

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CREATION = "POST processWebshopOrder/{nl_id}/ns_id/{ns_id}"
LOST, LIMIT = "lost_answer", "throttled"
FORMS = {"order_form": "Order", "status_form": "Status change", "paid_form": "Paid"}
"""Settings, and what the forms that they name are called in the account."""
READS = ("GET list", "GET getlists", "GET getforms", "GET zapier", "GET getproduct", "POST list/")
"""How routes begin that change nothing; other GETs do."""


class SalesAutopilotSide:
    """A SalesAutopilot account with a list for orders and its three forms."""

    platform = "salesautopilot"
    has_till = False
    keeps = Kept(variants=False, texts=False, sales=False)
    takes_unknown_products = True

    def __init__(self, clock: Callable[[], datetime], currency: str) -> None:
        self._office = SalesAutopilotEmulator(clock=clock)
        self._currency = currency

    @property
    def app(self) -> "WSGIApplication":
        """The classic API and a page for people."""
        return self._office.app

    @property
    def calls(self) -> int:
        """Calls of the API."""
        return self._office.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for route, count in self._office.calls.by_route.items() if not route.startswith(READS))

    def shelf(self) -> Sequence[Listed]:
        """All products; nothing lies anywhere."""
        return [_listed(article) for article in self._office.products]

    def settings(self) -> Mapping[str, Any]:
        """The list that takes orders, with a form for each purpose."""
        forms = {form.name: form.id for form in self._office.order_list.forms.values()}
        return {
            "order_list": self._office.order_list.id,
            "currency": self._currency,
            **{name: forms[called] for name, called in FORMS.items()},
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The API key pair; or with a password that is another's."""
        return {"user": self._office.user, "password": self._office.password if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' numbers begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, at net prices."""
        for each in products:
            net = each.price / (1 + each.tax / 100)
            self._office.add_product(each.sku, net, percent=each.tax, name=each.name, currency=self._currency)

    def booked(self) -> Sequence[Booked]:
        """All orders."""
        return [Booked(order.number, order.total) for order in self._office.orders]

    def events(self) -> Sequence[Event]:
        """What its forms led to, such as letters and invoices."""
        return self._office.events

    def receipts(self) -> Sequence[str]:
        """None: it issues no documents by itself."""
        return ()

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """Nothing: it has no till."""

    def sold(self) -> Mapping[str, Decimal]:
        """Units in all orders, by SKU."""
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in (line for order in self._office.orders for line in order.lines):
            taken[line.sku] += line.quantity
        return taken

    def drop_variant(self, product: Product, sku: str) -> None:
        """Nothing: it keeps no variants."""

    def change(self, product: Product) -> None:
        """A person changes name and price."""
        net = product.price / (1 + product.tax / 100)
        self._office.change_product(product.sku, name=product.name, price=net)

    def lists(self, sku: str) -> bool:
        """A product in no category is one that the shop sells no more."""
        return bool(self._office.product(sku).categories)

    def status(self, reference: str) -> str:
        """The shop's status, in the map's word."""
        (found,) = self._office.orders_by_number(reference)
        return found.values.get("mssys_webshop_status", "")

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""
        self._office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with a 429."""
        self._office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self._office.faults.due(name, CREATION) for name in (LOST, LIMIT))


def _listed(article: Article) -> Listed:
    return Listed(
        sku=article.sku,
        product=article.sku,
        name=article.name,
        text="",
        price=round(article.price * (1 + article.percent / 100), 2),
        list_price=None,
        stock=Decimal(0),
    )
