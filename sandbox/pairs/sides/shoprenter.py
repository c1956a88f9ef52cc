"""The emulated Shoprenter as a shop of the demo: its automations call the unsigned address that the merchant typed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.pairs import orders
from sandbox.pairs.orders import Address, Buyer, Item, Order, Product
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.shoprenter import (
    Addon,
    Coupon,
    Line,
    OrderSpec,
    Payment,
    ProductSpec,
    Shipping,
    ShoprenterEmulator,
    furnish,
)
from sandbox.platforms.shoprenter import Address as ShopAddress
from sandbox.platforms.shoprenter.catalogue.prices import gross, original, special
from sandbox.platforms.shoprenter.emulator import SHOP
from sandbox.platforms.shoprenter.orders.placing import CHANGED, CONFIRMED
from sandbox.platforms.shoprenter.records import Order as ShopOrder
from sandbox.platforms.shoprenter.records import Product as ShopProduct

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

APP_ID, APP_SECRET = "5h0p8r1d9e", "demo-app-secret"
OTHER_ID, OTHER_SECRET = "c0ffee02", "demo-second-secret"
METHODS: Mapping[orders.Payment, tuple[str, str]] = {
    "invoice": ("Banki átutalás", "BANK_TRANSFER"),
    "prepaid": ("Bankkártya", "BARION"),
    "ideal": ("Utánvét", "COD"),
    "paypal": ("PayPal", "PAYPAL"),
}
"""Name and code of each way to pay; maps go by the code."""
NEW, PAID, ON_ITS_WAY, DONE, CANCELLED = (
    str(status)
    for status in (furnish.PENDING, furnish.PROCESSING, furnish.ON_ITS_WAY, furnish.COMPLETED, furnish.STORNO)
)
"""The ids of the statuses, as maps and settings name them."""
CARRIAGE, EXTENSION = "Futárszolgálat", "WSESHIP"
EVERYTHING = "Termékek"
"""The category of what the merchant offers."""
DOCUMENT_KIND = "normal"
LARGEST_NUMBER = 2**31 - 1
ANNOUNCED_TWICE = 2
FOUR, CENT = Decimal("0.0001"), Decimal("0.01")
DIFFER_IN = ("Size", "Scent")
"""What the shop's product classes let variants differ in: these are made in its admin."""
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""


class ShoprenterSide:
    """A Shoprenter shop.

    Args:
        client: Makes the automations' calls; without it they go out over HTTP.
    """

    platform = "shoprenter"
    whole_units = True
    announces = True
    hints = True
    switches_variants_off = True
    makes_variants = True

    def __init__(self, clock: Callable[[], datetime], currency: str, client: httpx.Client | None = None) -> None:
        self._shop = ShoprenterEmulator(clock=clock, currency=currency, call=client.send if client else None)
        self._shop.set_decimals(2)  # also of forints: the story's amounts have two
        self._shop.add_shipping(CARRIAGE, EXTENSION)
        for name, code in METHODS.values():
            self._shop.add_payment(name, code)
        for attribute in DIFFER_IN:
            self._shop.add_product_class(attribute, attribute)
        self._app = self._shop.add_app(APP_ID, APP_SECRET)
        self._url = ""
        self._ids: dict[str, int] = {}
        self._buyers: dict[str, Buyer] = {}

    @property
    def app(self) -> "WSGIApplication":
        """The API, its tokens and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the API and for tokens; a batch is one."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads and tokens, each request of a batch by itself."""
        alone = {route: count for route, count in self._shop.calls.by_route.items() if route not in _NO_WRITES}
        routes = [*alone.items(), *self._shop.items.by_route.items()]
        return sum(count for route, count in routes if not route.startswith("GET "))

    def shelf(self) -> Sequence[Listed]:
        """All products but those that only hold variants."""
        products = self._shop.products
        parents = {product.parent for product in products}
        return [self._listed(product) for product in products if product.id not in parents]

    def settings(self) -> Mapping[str, Any]:
        """Nothing says that an order is paid: statuses stand for it. Tokens come from the same address here."""
        return {
            "login_url": self._url,
            "shop": SHOP,
            "paid_statuses": [PAID, ON_ITS_WAY, DONE],
            "invoice_url": "https://files.shop.example/{number}.pdf",
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """An app that the shop will install; or an API client nobody made."""
        if right:
            return {"app_client_id": APP_ID, "app_secret": APP_SECRET}
        return {"client_id": OTHER_ID, "client_secret": "mistyped"}

    def another_key(self) -> Mapping[str, str]:
        """An API client that the shop's administrator makes."""
        made = self._shop.add_client(OTHER_ID, OTHER_SECRET)
        return {"client_id": made.id, "client_secret": made.secret}

    def open_at(self, url: str) -> None:
        """API and login are reached at one address."""
        self._url = url

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """The shop installs our app; then the merchant makes two automations and types the address with the token."""
        self._app.install(base_url + hooks["app_registration"])
        for event in (CONFIRMED, CHANGED):
            self._shop.add_automation(base_url + hooks["unsigned"], event)

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            net = _net(each.price, each.tax)
            self._shop.add_product(ProductSpec(each.sku, net, FIRST_STOCK, each.name, each.tax, description=each.text))

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into a category of the catalogue, those with options as versions of a product of their class."""
        category = self._shop.add_category(EVERYTHING)
        for each in products:
            net = _net(each.price, each.tax)
            basis = ProductSpec(
                each.sku, net, FIRST_STOCK, each.name, each.tax, description=each.text, categories=(category,)
            )
            made = self._shop.add_product(basis)
            for attribute, values in each.options.items():
                for value in values:
                    options = {attribute: value}
                    child = replace(basis, sku=f"{each.sku}-{value}", parent=each.sku, options=options)
                    made.product_class = self._shop.add_product(child).product_class

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        shop = self._shop.shop
        rate = shop.tax_classes[self._shop.product(sku).tax_class].rate
        self._shop.change_product(sku, name=name, price=_net(price, rate))

    def switch(self, sku: str, *, on: bool) -> None:
        """It is for sale, or not."""
        self._shop.change_product(sku, status=int(on))

    def discard(self, sku: str) -> None:
        """It is deleted."""
        self._shop.delete_product(sku)

    def takes(self, order: Order) -> bool:
        """Buyers see prices with tax, nothing is a bundle, totals are not rounded, and no single payments are told."""
        if order.retried or order.rounded_to or order.prices != "gross":
            return False
        return not any(item.parts for item in order.items)

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders. Not ``announced``: what the shop calls is lost on its way."""
        if not announced:
            self._shop.webhooks.hold()
        self._buyers[order.number] = order.buyer
        self._ids[order.number] = self._shop.place_order(_spec(order, self._shop.shop.currency.code)).id
        if not announced:
            self._shop.webhooks.drop()

    def pay(self, number: str) -> None:
        """The payment arrives, and with it another status."""
        self._shop.set_status(self._ids[number], int(PAID))

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """What happens in the block is announced after it, the last first and everything twice."""
        self._shop.webhooks.hold()
        try:
            yield
        finally:
            self._shop.webhooks.release(reversed, ANNOUNCED_TWICE)

    def placed(self) -> Sequence[Placed]:
        """All orders."""
        return [Placed(str(order.id), order.total) for order in self._shop.orders]

    def told(self, number: str) -> Told:
        """The status by its id, and the number of our document among the order's invoices."""
        order = self._shop.order(self._ids[number])
        invoices = [str(invoice["invoiceId"]) for invoice in self._shop.invoices_of(order.id)]
        return Told(str(order.status), ", ".join(invoices))

    def cancel(self, number: str) -> None:
        """The order gets the status that the shop's settings call cancelled."""
        self._shop.cancel(self._ids[number])

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order's carriage is written anew."""
        order = self._shop.order(self._ids[number])
        self._shop.edit(order.id, shipping=_carriage(shipping, order.spec.shipping.tax))

    def sells(self, sku: str) -> bool:
        """It is there and switched on, and what it is a variant of is."""
        product = self._shop.shop.product_of(sku)
        if product is None:
            return False
        parent = self._shop.shop.products.get(product.parent, product)
        return product.status == parent.status == 1

    def ordered(self) -> Sequence[Ordered]:
        """Every order's goods that are in the catalogue."""
        return [self._ordered(order) for order in self._shop.orders]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._shop.change_product(sku, description=text)

    def miscount(self, sku: str, stock: int) -> None:
        """The stock is written by hand."""
        self._shop.set_stock(sku, stock)

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, number: str, status: str) -> None:
        """The merchant gives an order another status."""
        self._shop.set_status(self._ids[number], int(status))

    def status(self, number: str) -> str:
        """The id of its status."""
        return str(self._shop.order(self._ids[number]).status)

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The merchant changes what an order takes."""
        self._shop.edit(self._ids[number], lines=tuple(_line(item) for item in items))

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""
        self._shop.edit(self._ids[number], shipping_address=_address(self._buyers[number], address))

    def _ordered(self, order: ShopOrder) -> Ordered:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in order.lines:
            if line.product:
                units[line.sku] += line.quantity
        return Ordered(str(order.id), units, str(order.status) == CANCELLED)

    def _listed(self, product: ShopProduct) -> Listed:
        """As everybody sees it; ``name`` and ``text`` in the shop's first language."""
        shop = self._shop.shop
        texts = product.texts.get(shop.language.id, {})
        usual, lower = original(product, shop.default_group), special(shop, product, shop.default_group)
        price, list_price = (usual, None) if lower is None else (lower, usual)
        return Listed(
            sku=product.sku,
            product=shop.products.get(product.parent, product).sku,
            name=texts.get("name", ""),
            text=texts.get("description", ""),
            price=shop.currency.rounded(gross(shop, product, price)),
            list_price=None if list_price is None else shop.currency.rounded(gross(shop, product, list_price)),
            stock=sum(product.stock, Decimal(0)),
        )


_NO_WRITES = frozenset({"POST token", "POST batch"})


def _spec(order: Order, currency: str) -> OrderSpec:
    name, code = METHODS[order.payment]
    number = int(order.number) if order.number.isdecimal() else LARGEST_NUMBER + 1
    return OrderSpec(
        number=number if number <= LARGEST_NUMBER else None,
        lines=tuple(_line(item) for item in order.items if item.kind != "custom"),
        addons=tuple(_addon(item) for item in order.items if item.kind == "custom"),
        billing=_address(order.buyer, order.billing),
        shipping_address=_address(order.buyer, order.delivery) if order.delivery else None,
        email=order.buyer.email,
        tax_number=order.buyer.vat_id,
        comment=order.comment,
        shipping=_carriage(order.shipping, max(item.tax for item in order.items)),
        payment=Payment(name, code),
        coupon=_coupon(order),
        status=int(CANCELLED if order.cancelled else PAID if order.paid else NEW),
        currency=currency,
        guest=order.buyer.guest,
        placed_at=order.placed_at,
    )


def _line(item: Item) -> Line:
    """Shoprenter's prices are net."""
    return Line(item.sku, _net(item.price, item.tax), item.quantity, item.name, item.tax)


def _addon(item: Item) -> Addon:
    """What is no product goes with one."""
    return Addon(item.name, _net(item.price, item.tax), item.quantity, item.tax, kind="OTHER")


def _net(gross_price: Decimal, tax: Decimal) -> Decimal:
    return (gross_price / (1 + tax / 100)).quantize(FOUR)


def _carriage(price: Decimal, tax: Decimal) -> Shipping:
    return Shipping(CARRIAGE, price, tax, extension=EXTENSION)


def _coupon(order: Order) -> Coupon | None:
    if not order.discount:
        return None
    goods = sum((item.price * item.quantity for item in order.items), Decimal(0))
    return Coupon("TAVASZ", (goods * order.discount / 100).quantize(CENT))


def _address(buyer: Buyer, address: Address) -> ShopAddress:
    return ShopAddress(
        family_name=buyer.last_name,
        given_name=buyer.first_name,
        company=buyer.company,
        street=address.street,
        extra=address.extra,
        city=address.city,
        postcode=address.postcode,
        country=address.country,
        zone=address.region,
    )
