"""The emulated InnVoice as a back office of the demo: each order becomes an invoice that is closed at once.

Documents have no field for the shop's number, so it stands behind the name of the first line. Of our own inventions
only the SKU of lines is switched on: without it no document takes anything off the stock.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.innvoice import Document, InnVoiceEmulator, StandIn
from sandbox.platforms.innvoice import Product as Article

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CREATION = "POST invoice"
LOST, LIMIT = "lost_answer", "throttled"
GRANTED = 60
"""How many times as many calls this account was granted, so that its whole list can be read after each order."""
CALLS_PER_MINUTE = 60


class InnVoiceSide:
    """An InnVoice company, with prices of a sale in a price group of their own.

    Args:
        postcode_unknown: As in the settings: for a shop that tells no postcodes.
        writes: Whether it answers our own invention of writing stock and products.
    """

    platform = "innvoice"
    has_till = True
    keeps = Kept(variants=False, texts=False, sales=True, taxes=False)
    takes_unknown_products = True

    def __init__(
        self, clock: Callable[[], datetime], currency: str, *, postcode_unknown: str = "", writes: bool = False
    ) -> None:
        self._writes = writes
        self._office = InnVoiceEmulator(
            clock=clock,
            stand_in=StandIn(line_sku=True, products=writes, stock=writes),
            currencies=frozenset({currency}),
            calls_per_minute=GRANTED * CALLS_PER_MINUTE,
        )
        self._currency, self._postcode_unknown = currency, postcode_unknown
        self._regular, self._sale = self._office.price_group, self._office.add_price_group("Sale")
        self._till: set[int] = set()

    @property
    def app(self) -> "WSGIApplication":
        """The XML API and a page for people."""
        return self._office.app

    @property
    def calls(self) -> int:
        """Calls of the XML API."""
        return self._office.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for route, count in self._office.calls.by_route.items() if not route.startswith("GET "))

    def shelf(self) -> Sequence[Listed]:
        """All products, in all warehouses together."""
        return [self._listed(article) for article in list(self._office.company.products.values())]

    def settings(self) -> Mapping[str, Any]:
        """The company, its invoice book and price groups, and that orders become invoices with SKUs on their lines."""
        return {
            "company": self._office.company.name,
            "invoice_book": str(self._office.book.id),
            "document": "invoice",
            "order_number": "first_line",
            "stand_in_stock_by_sku": True,
            "stand_in_writes": self._writes,
            "stand_in_warehouse": str(self._office.warehouse.id),
            "currencies": {self._currency: self._currency},
            "price_currency": self._currency,
            "regular_price_group": self._regular.name,
            "sale_price_group": self._sale.name,
            "product_tax": "27",
            "rounding_vat": "0% - ÁTK",
            "postcode_unknown": self._postcode_unknown,
            "limit_factor": str(GRANTED),
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The company's API user; or with a password that is another's."""
        return {"user": self._office.user, "password": self._office.password if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' references begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the program."""
        for each in products:
            self._office.add_product(each.sku, self._prices(each), stock=each.stock, name=each.name, vat=f"{each.tax}%")

    def booked(self) -> Sequence[Booked]:
        """All documents but those of sales over the counter."""
        return [Booked(_reference(document), document.total) for document in self._ours()]

    def receipts(self) -> Sequence[str]:
        """None: it issues no documents by itself."""
        return ()

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A sale over the counter."""
        self._till.add(self._office.sell_over_the_counter(units).techid)

    def sold(self) -> Mapping[str, Decimal]:
        """Units on all closed documents, those of the counter too, by SKU."""
        taken: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in (line for document in self._office.documents if document.number for line in document.lines):
            if self._office.company.product(line.sku):
                taken[line.sku] += line.quantity
        return taken

    def drop_variant(self, product: Product, sku: str) -> None:
        """Nothing: it keeps no variants."""

    def change(self, product: Product) -> None:
        """A person changes name and prices; there is no text."""
        self._office.change_product(product.sku, name=product.name)
        for group, price in self._prices(product).items():
            self._office.set_price(product.sku, price, group)

    def lose_the_next_answer(self) -> None:
        """The next document is made, but nobody hears of it."""
        self._office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with a 429."""
        self._office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self._office.faults.due(name, CREATION) for name in (LOST, LIMIT))

    def _ours(self) -> Iterator[Document]:
        return (document for document in self._office.documents if document.techid not in self._till)

    def _prices(self, product: Product) -> Mapping[Any, Decimal]:
        return {self._regular: product.price, **({self._sale: product.sale} if product.sale else {})}

    def _listed(self, article: Article) -> Listed:
        regular, sale = article.prices[self._regular.id], article.prices.get(self._sale.id)
        return Listed(
            sku=article.sku,
            product=article.sku,
            name=article.name,
            text="",
            price=regular if sale is None else sale,
            list_price=None if sale is None else regular,
            stock=article.stock,
        )


def _reference(document: Document) -> str:
    found = re.search(r"\((\S+)\)$", document.lines[0].name)
    return found[1] if found else ""
