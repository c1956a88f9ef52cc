"""The emulated UNAS as a shop of the demo: a VIP shop, whose automations call signed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.pairs.orders import Address, Buyer, Item, Order, Payment, Product
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.unas import Address as ShopAddress
from sandbox.platforms.unas import Buyer as ShopBuyer
from sandbox.platforms.unas import Line, OrderSpec, ProductSpec, UnasEmulator
from sandbox.platforms.unas import Order as ShopOrder
from sandbox.platforms.unas import Product as ShopProduct

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OTHER_KEY, HMAC_KEY = "DEMOKEY2" * 5, "demo-hmac-key"
GRANTED = 20
"""How many of its hours pass in one of the demo's clock: its limits are by the hour, and the story takes minutes."""
NEW, IN_PROGRESS, DONE, CANCELLED = "Feldolgozásra vár", "Feldolgozás alatt", "Teljesítve", "Törölve"
STATUS_KEYS = {NEW: "41001", IN_PROGRESS: "41002", DONE: "41004", CANCELLED: "41005"}
"""Their ids, as maps and settings name them."""
METHODS: Mapping[Payment, str] = {
    "invoice": "Átutalás",
    "prepaid": "Készpénz",
    "ideal": "Utánvét",
    "paypal": "Bankkártya",
}
METHOD_KEYS: Mapping[Payment, str] = {"invoice": "101", "prepaid": "103", "ideal": "102", "paypal": "100"}
CARRIAGE, CARRIAGE_KEY = "Futárszolgálat", "201"
TOPICS = ("order_send", "order_status_modify", "order_modify_admin", "successful_payment")
ANNOUNCED_TWICE = 2
COUNTRIES = {"HU": "Magyarország", "FR": "Franciaország", "GB": "Egyesült Királyság"}
EVERYTHING = "Termékek"
"""The one category of the shop."""
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""


class UnasSide:
    """A UNAS shop.

    Args:
        client: Makes the automations' calls; without it they go out over HTTP.
    """

    platform = "unas"
    whole_units = False
    announces = True
    hints = False
    switches_variants_off = False
    makes_variants = False

    def __init__(self, clock: Callable[[], datetime], currency: str, client: httpx.Client | None = None) -> None:
        self._shop = UnasEmulator(
            clock=clock, plan="vip", currency=currency, hmac_key=HMAC_KEY, speed=GRANTED, client=client
        )
        self._category = self._shop.add_category(EVERYTHING)
        self._currency, self._url = currency, ""

    @property
    def app(self) -> "WSGIApplication":
        """The XML API and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the XML API."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Every function that sets something."""
        return sum(count for function, count in self._shop.calls.by_route.items() if function.startswith("set"))

    def shelf(self) -> Sequence[Listed]:
        """All products."""
        return [self._listed(product) for product in self._shop.products]

    def settings(self) -> Mapping[str, Any]:
        """The API below the shop's address, its plan and currency, where new products go, and how often we may call."""
        return {
            "url": f"{self._url}/shop",
            "shop": "https://shop.example",
            "plan": "vip",
            "currency": self._currency,
            "category": str(self._category),
            "limit_factor": str(GRANTED),
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The shop's keys; or one that nobody made."""
        return {"api_key": self._shop.key.value if right else "mistyped", "webhook_key": HMAC_KEY}

    def another_key(self) -> Mapping[str, str]:
        """A new key."""
        return {"api_key": self._shop.add_key(OTHER_KEY).value}

    def open_at(self, url: str) -> None:
        """The API is below this address."""
        self._url = url

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """A person makes an automation for each topic, in the place of those that were there."""
        self._shop.delete_automations()
        for topic in TOPICS:
            self._shop.add_automation(topic, base_url + hooks["signed"])

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            kept = ProductSpec(each.sku, each.price, FIRST_STOCK, each.name, vat=each.tax, categories=((EVERYTHING,),))
            self._shop.add_product(kept)

    def offer(self, products: Iterable[Product]) -> None:
        """As ``add_products``, which puts each into the one category; UNAS has no SKUs of variants."""
        self.add_products(products)

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        self._shop.change_product(sku, Name=name)
        self._shop.set_price(sku, price)

    def switch(self, sku: str, *, on: bool) -> None:
        """Its base status is another."""
        self._shop.change_product(sku, Statuses={"Status": [{"Type": "base", "Value": "1" if on else "0"}]})

    def discard(self, sku: str) -> None:
        """It is deleted."""
        self._shop.delete_product(sku)

    def takes(self, order: Order) -> bool:
        """Prices include tax, nothing is a bundle, totals are not rounded, and no attempts at paying are told."""
        if order.retried or order.rounded_to:
            return False
        return order.prices != "net" and not any(item.parts for item in order.items)

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders, and may pay at once; a cancelled order is cancelled before anybody hears of it."""
        if not announced:
            self._shop.webhooks.hold()
        self._shop.place_order(_spec(order))
        if not announced:
            self._shop.webhooks.drop()

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""
        self._shop.pay(number)

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """What happens in the block is announced after it, the last first and everything twice."""
        self._shop.webhooks.hold()
        try:
            yield
        finally:
            self._shop.webhooks.release(order=reversed, times=ANNOUNCED_TWICE)

    def placed(self) -> Sequence[Placed]:
        """All orders."""
        return [Placed(number, total) for number, total in self._shop.order_totals().items()]

    def told(self, number: str) -> Told:
        """The status by its id, and the number of the invoice."""
        order = self._shop.order(number)
        return Told(str(order.status), str(order.nodes["Invoice"].get("Number", "")))

    def cancel(self, number: str) -> None:
        """The order gets the status for it."""
        self._shop.set_status(number, CANCELLED)

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order's carriage is written anew."""
        self._shop.edit(number, shipping=shipping)

    def sells(self, sku: str) -> bool:
        """It is for sale, and something is left of it."""
        return self._shop.is_for_sale(sku) and self._shop.stock(sku) > 0

    def ordered(self) -> Sequence[Ordered]:
        """Every order's goods."""
        return [self._ordered(order) for order in self._shop.orders]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._shop.change_product(sku, Description={"Long": text})

    def miscount(self, sku: str, stock: int) -> None:
        """The stock is written by hand."""
        self._shop.set_stock(sku, stock)

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, number: str, status: str) -> None:
        """The merchant gives an order another status."""
        self._shop.set_status(number, int(status))

    def status(self, number: str) -> str:
        """The id of its status."""
        return str(self._shop.order(number).status)

    def shipment(self, number: str) -> str:
        """Its package number."""
        return str(self._shop.order(number).nodes["Shipping"].get("PackageNumber", ""))

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The merchant changes what an order takes."""
        self._shop.edit(number, lines=tuple(_line(item, taxed=True) for item in items))

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""
        self._shop.edit(number, delivery=_address(address))

    def _ordered(self, order: ShopOrder) -> Ordered:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for sku, count in self._shop.goods_of(order):
            units[sku] += count
        return Ordered(order.key, units, self._shop.status_of(order.key) == CANCELLED)

    def _listed(self, product: ShopProduct) -> Listed:
        regular, asked = self._shop.regular_price(product.sku), self._shop.price(product.sku)
        return Listed(
            sku=product.sku,
            product=product.sku,
            name=product.nodes["Name"],
            text=product.nodes.get("Description", {}).get("Long", ""),
            price=asked,
            list_price=regular if asked < regular else None,
            stock=self._shop.stock(product.sku),
        )


def _spec(order: Order) -> OrderSpec:
    taxed = order.prices != "tax_free"
    delivery = order.delivery or order.billing
    return OrderSpec(
        key=order.number,
        lines=tuple(_line(item, taxed=taxed) for item in order.items),
        buyer=_buyer(order.buyer),
        billing=_address(order.billing),
        delivery=_address(delivery),
        shipping=order.shipping,
        fee_vat=order.items[0].tax if taxed else Decimal(0),
        discount_percent=order.discount,
        payment=METHODS[order.payment],
        shipping_method=CARRIAGE,
        status=CANCELLED if order.cancelled else NEW,
        paid=order.paid,
        placed_at=order.placed_at,
        comment=order.comment,
    )


def _line(item: Item, *, taxed: bool) -> Line:
    return Line(item.sku, item.price, item.quantity, item.name, item.tax if taxed else Decimal(0))


def _buyer(buyer: Buyer) -> ShopBuyer:
    """UNAS keeps a name in one text; a Hungarian one begins with the family."""
    return ShopBuyer(
        f"{buyer.last_name} {buyer.first_name}",
        buyer.email,
        company=buyer.company,
        tax_number=buyer.vat_id,
        guest=buyer.guest,
    )


def _address(address: Address) -> ShopAddress:
    return ShopAddress(
        street=", ".join(filter(None, (address.street, address.extra))),
        city=address.city,
        zipcode=address.postcode,
        county=address.region,
        country_code=address.country.lower(),
        country=COUNTRIES.get(address.country, address.country),
    )
