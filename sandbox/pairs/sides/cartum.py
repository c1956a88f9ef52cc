"""The emulated Cartum as a shop of the demo: the bridge subscribes to its hooks, which it sends without waiting."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.pairs.orders import Address, Buyer, Item, Order, Payment, Product
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.cartum import Address as ShopAddress
from sandbox.platforms.cartum import Buyer as ShopBuyer
from sandbox.platforms.cartum import CartumEmulator, Coupon, Line, OrderSpec, ProductSpec
from sandbox.platforms.cartum import Order as ShopOrder
from sandbox.platforms.cartum import Product as ShopProduct
from sandbox.platforms.cartum import state as records
from sandbox.platforms.cartum.orders.totals import to_pay

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOGIN, PASSWORD, OTHER_LOGIN = "bridge", "demo-password", "second-bridge"
NEW, PROCESSING, DELIVERED, CANCELLED, SHIPPING = (
    str(status) for status in (records.NEW, records.PROCESSING, records.DELIVERED, records.CANCELLED, records.SHIPPING)
)
"""The ids of the built-in statuses, as maps and settings name them."""
METHODS: Mapping[Payment, str] = {"invoice": "14", "prepaid": "13", "ideal": "15", "paypal": "16"}
"""The id of each way to pay; the last is one that the merchant added."""
CARRIAGE = "11"
"""The id of the courier."""
LANGUAGE, USUAL_VAT = "ro", Decimal(21)
EVERYTHING = "Produse"
"""The one section of the shop."""
PER_HOUR = 100_000
"""Calls of an hour: the story plays a day in minutes."""
ANNOUNCED_TWICE = 2
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""
WRITES = frozenset({"orders/update", "catalog/import", "catalog/importResidues", "users/import"})


class CartumSide:
    """A Cartum shop.

    Args:
        client: Makes the hooks' calls; without it they go out over HTTP.
        country, usual_vat: Where the shop is, and the usual percentage there, which Cartum does not tell.
        vat: The percentage of articles that have another one.
    """

    platform = "cartum"
    whole_units = True
    announces = True
    hints = False
    switches_variants_off = True
    makes_variants = True

    def __init__(
        self,
        clock: Callable[[], datetime],
        currency: str,
        client: httpx.Client | None = None,
        country: str = "RO",
        usual_vat: Decimal = USUAL_VAT,
        vat: Mapping[str, Decimal] | None = None,
    ) -> None:
        self._shop = CartumEmulator(
            clock=clock,
            login=LOGIN,
            password=PASSWORD,
            currency=currency,
            per_hour=PER_HOUR,
            cron=0,
            call=client.send if client else None,
        )
        self._shop.add_payment("PayPal", simple=False)
        self._section = str(self._shop.add_category(EVERYTHING))
        self._country, self._usual_vat, self._vat = country, usual_vat, dict(vat or {})

    @property
    def app(self) -> "WSGIApplication":
        """The API and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the API, logins among them."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Every function that changes orders, products or stock."""
        return sum(count for function, count in self._shop.calls.by_route.items() if function in WRITES)

    def shelf(self) -> Sequence[Listed]:
        """All rows of the catalogue."""
        return [self._listed(product) for product in self._shop.products]

    def settings(self) -> Mapping[str, Any]:
        """What Cartum does not tell, taxes and the country of its orders, and where new products go."""
        return {
            "language": LANGUAGE,
            "vat": str(self._usual_vat),
            "other_vat": {article: str(rate) for article, rate in self._vat.items()},
            "country": self._country,
            "currency": self._shop.shop.currency,
            "section": self._section,
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The user that the merchant made for us; or a wrong password."""
        return {"login": LOGIN, "password": PASSWORD if right else "mistyped"}

    def another_key(self) -> Mapping[str, str]:
        """A further user."""
        self._shop.add_user(OTHER_LOGIN, PASSWORD)
        return {"login": OTHER_LOGIN, "password": PASSWORD}

    def open_at(self, url: str) -> None:
        """Its address is that of the settings."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Nothing is to do for a person: the bridge subscribes by itself."""

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            title, text = each.name, each.text
            kept = ProductSpec(each.sku, each.price, FIRST_STOCK, title, description=text, category=(EVERYTHING,))
            self._shop.add_product(kept)

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into the one section, those with options as rows of a group."""
        for each in products:
            titles = [value for values in each.options.values() for value in values] or [""]
            for sku, title in zip(each.skus, titles, strict=True):
                row = ProductSpec(sku, each.price, FIRST_STOCK, each.name, each.sku, title, category=(EVERYTHING,))
                self._shop.add_product(row)

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        self._shop.change_product(sku, title={LANGUAGE: name})
        self._shop.set_price(sku, price)

    def switch(self, sku: str, *, on: bool) -> None:
        """It is in the showcase, or not."""
        self._shop.change_product(sku, shown=on)

    def discard(self, sku: str) -> None:
        """It is deleted."""
        self._shop.delete_product(sku)

    def takes(self, order: Order) -> bool:
        """Prices include tax, all is goods of the catalogue, totals are not rounded; single payments are not told."""
        if order.retried or order.rounded_to or order.prices != "gross":
            return False
        return all(item.kind == "product" for item in order.items)

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders. Not ``announced``: what the shop calls is lost on its way."""
        if not announced:
            self._shop.webhooks.hold()
        self._shop.place_order(_spec(order))
        if not announced:
            self._shop.webhooks.drop()

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""
        self._shop.pay(int(number))

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """What happens in the block is announced after it, the last first and everything twice."""
        self._shop.webhooks.hold()
        try:
            yield
        finally:
            self._shop.webhooks.release(order=reversed, times=ANNOUNCED_TWICE)

    def placed(self) -> Sequence[Placed]:
        """All orders, with what delivery costs."""
        return [Placed(str(order.id), to_pay(order)) for order in self._shop.orders]

    def told(self, number: str) -> Told:
        """The status by its id; Cartum has no place for a document's number."""
        return Told(str(self._shop.order(int(number)).status), "")

    def cancel(self, number: str) -> None:
        """The manager cancels the order and puts its goods back."""
        self._shop.cancel(int(number))

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order's carriage is written anew."""
        self._shop.edit(int(number), delivery_price=shipping)

    def sells(self, sku: str) -> bool:
        """It is in the showcase."""
        return any(product.article == sku and product.shown for product in self._shop.products)

    def ordered(self) -> Sequence[Ordered]:
        """Every order's goods."""
        return [_ordered(order) for order in self._shop.orders]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._shop.change_product(sku, description={LANGUAGE: text})

    def miscount(self, sku: str, stock: int) -> None:
        """The stock is written by hand."""
        self._shop.set_stock(sku, stock)

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, number: str, status: str) -> None:
        """The manager gives an order another status."""
        self._shop.set_status(int(number), int(status))

    def status(self, number: str) -> str:
        """The id of its status."""
        return str(self._shop.order(int(number)).status)

    def shipment(self, number: str) -> str:
        """Its tracking code."""
        return self._shop.order(int(number)).tracking_code

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The manager changes what an order takes."""
        self._shop.edit(int(number), lines=tuple(_line(item) for item in items))

    def redirect(self, number: str, address: Address) -> None:
        """The manager changes where an order goes."""
        self._shop.edit(int(number), address=_address(address))

    def _listed(self, product: ShopProduct) -> Listed:
        return Listed(
            sku=product.article,
            product=product.parent_article,
            name=product.titles.get(LANGUAGE, ""),
            text=product.texts.get("description", {}).get(LANGUAGE, ""),
            price=product.price,
            list_price=product.price_old or None,
            stock=self._shop.stock(product.article),
        )


def _ordered(order: ShopOrder) -> Ordered:
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in order.lines:
        units[line.article] += line.quantity
    return Ordered(str(order.id), units, str(order.status) == CANCELLED)


def _spec(order: Order) -> OrderSpec:
    return OrderSpec(
        number=int(order.number),
        lines=tuple(_line(item) for item in order.items),
        buyer=_buyer(order.buyer),
        address=_address(order.delivery or order.billing),
        delivery=int(CARRIAGE),
        delivery_price=order.shipping,
        payment=int(METHODS[order.payment]),
        coupon=Coupon("PRIMAVARA", order.discount) if order.discount else None,
        paid=order.paid,
        comment=order.comment,
        language=LANGUAGE,
        status=int(CANCELLED if order.cancelled else NEW),
        placed_at=order.placed_at,
    )


def _line(item: Item) -> Line:
    return Line(item.sku, item.price, item.quantity, item.name)


def _buyer(buyer: Buyer) -> ShopBuyer:
    """Cartum keeps a name in one text, and no firms beside it."""
    return ShopBuyer(f"{buyer.first_name} {buyer.last_name}", buyer.email, guest=buyer.guest)


def _address(address: Address) -> ShopAddress:
    return ShopAddress(", ".join(filter(None, (address.street, address.extra))), address.city)
