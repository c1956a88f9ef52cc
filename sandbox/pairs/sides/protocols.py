"""What the demo asks of an emulated platform; each pair names one of each kind."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from sandbox.pairs.orders import Order, Product

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Placed:
    """An order as the shop has it."""

    number: str
    total: Decimal


@dataclass(frozen=True)
class Booked:
    """An order as the back office has it; ``reference`` is the shop's number."""

    reference: str
    total: Decimal


@dataclass(frozen=True)
class Told:
    """What the shop was told after an import."""

    status: str
    document: str


@dataclass(frozen=True)
class Listed:
    """One article as a platform has it.

    Attributes:
        product: The number of the product it is, or is a variant of.
        price: What one costs, tax included.
        list_price: The higher price it is compared with; None when it is not on sale.
        sales: The platform keeps such a price.
        stock: In the shop what it offers, in the back office what lies there.
    """

    sku: str
    product: str
    name: str
    text: str
    price: Decimal
    list_price: Decimal | None
    stock: Decimal
    sales: bool = True


@dataclass(frozen=True)
class Kept:
    """What a back office keeps of products besides SKU, name, price and stock.

    Attributes:
        variants: What belongs to one product.
        texts: Descriptions.
        sales: A lower price beside the usual one.
        taxes: A rate of tax for each; else all have the one that the settings name.
    """

    variants: bool
    texts: bool
    sales: bool
    taxes: bool = True

    def takes(self, product: Product) -> bool:
        """It can keep the product; a text it may leave out."""
        return (self.variants or not product.options) and (self.sales or product.sale is None)


@dataclass(frozen=True)
class Ordered:
    """What an order of the shop takes, by SKU."""

    number: str
    units: Mapping[str, Decimal]
    cancelled: bool


class Side(Protocol):
    """One emulated platform."""

    @property
    def platform(self) -> str:
        """The connector's key."""

    @property
    def app(self) -> "WSGIApplication":
        """What is served."""

    @property
    def calls(self) -> int:
        """How many calls its API got so far."""

    @property
    def writes(self) -> int:
        """How many of these calls were to write something."""

    def shelf(self) -> Sequence[Listed]:
        """Everything it sells, one entry for each record: an SKU that is there twice comes twice."""

    def settings(self) -> Mapping[str, Any]:
        """What an operator sets for it, but for the address."""

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """What an operator enters; wrong ones to see them refused."""

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into its catalogue."""


class ShopSide(Side, Protocol):
    """A shop."""

    @property
    def whole_units(self) -> bool:
        """It counts stock in whole units."""

    @property
    def switches_variants_off(self) -> bool:
        """A single variant can be taken off sale through its API."""

    @property
    def makes_variants(self) -> bool:
        """A product can be made with its variants through its API; else each comes as a product of its own."""

    @property
    def announces(self) -> bool:
        """It tells of orders by webhook; else they are found by polls only."""

    @property
    def hints(self) -> bool:
        """What it announces names no order that anybody could trust: it only brings a poll about."""

    def open_at(self, url: str) -> None:
        """The address is known."""

    def another_key(self) -> Mapping[str, str]:
        """Credentials for one more connection; it hears of orders by polling."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Let the shop call us, if it can: ``hooks`` are the connection's addresses below ``base_url``."""

    def takes(self, order: Order) -> bool:
        """Orders of this kind come into being there."""

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders. Not ``announced``: the webhook is lost on its way."""

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""

    def doubled_and_reordered(self) -> AbstractContextManager[None]:
        """What happens in the block is announced after it, the last first and everything twice."""

    def placed(self) -> Sequence[Placed]:
        """All orders."""

    def told(self, number: str) -> Told:
        """What the bridge wrote back to an order."""

    def cancel(self, number: str) -> None:
        """The merchant cancels an order."""

    def edit(self, number: str, shipping: Decimal) -> None:
        """The merchant changes what an order's shipping costs."""

    def sells(self, sku: str) -> bool:
        """Buyers can buy it."""

    def ordered(self) -> Sequence[Ordered]:
        """What every order takes."""

    def enrich(self, sku: str, text: str) -> None:
        """The merchant writes a better text."""

    def miscount(self, sku: str, stock: int) -> None:
        """Somebody writes another stock by hand."""


class OfficeSide(Side, Protocol):
    """A back office."""

    @property
    def keeps(self) -> Kept:
        """What it keeps of products."""

    @property
    def has_till(self) -> bool:
        """Something can be sold over its counter."""

    @property
    def takes_unknown_products(self) -> bool:
        """An order may name a product that nobody made there."""

    def booked(self) -> Sequence[Booked]:
        """All orders but till sales."""

    def receipts(self) -> Sequence[str]:
        """The references of the orders for which it issued a fiscal receipt by itself, one for each receipt."""

    def apart(self) -> Mapping[str, Any]:
        """What an operator sets so that one more connection's orders are told from the first one's."""

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A sale over the counter, by SKU."""

    def sold(self) -> Mapping[str, Decimal]:
        """Units that its orders have taken so far, till sales too, by SKU."""

    def drop_variant(self, product: Product, sku: str) -> None:
        """A person takes a variant out of its product."""

    def change(self, product: Product) -> None:
        """A person changes name, prices and text of the product with this SKU."""

    def lose_the_next_answer(self) -> None:
        """The next order is created, but nobody hears of it."""

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with: too many calls."""

    def faults_struck(self) -> bool:
        """Everything that was to go wrong has gone wrong."""


@runtime_checkable
class Merchant(Protocol):
    """A shop whose merchant changes the catalogue, for products that come from it."""

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, each in a category, and those with options as variants."""

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """The merchant changes name and price of a product."""

    def switch(self, sku: str, *, on: bool) -> None:
        """The merchant switches a product on or off."""

    def discard(self, sku: str) -> None:
        """The merchant deletes a product, or a variant of one."""


@runtime_checkable
class Catalogue(Protocol):
    """A back office that products come into."""

    def lists(self, sku: str) -> bool:
        """It counts a product as sold."""
