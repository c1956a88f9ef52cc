"""The emulated Vendure as a shop of the demo: our plugin in its server tells of orders."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.pairs.orders import Address, Item, Order, Payment, Product
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.vendure import OTHER_CHANNEL, Buyer, Line, OrderSpec, ProductSpec, Surcharge, VendureEmulator
from sandbox.platforms.vendure import Address as ShopAddress
from sandbox.platforms.vendure import state as records
from sandbox.platforms.vendure.products import price_with_tax

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

API_KEY, OTHER_KEY = "71f82e5d050537fc:demo-key-of-the-bridge", "1e0ec0db1441390c:demo-key-of-a-second-bridge"
WEBHOOK_SECRET = "demo-secret-of-the-plugin"
PROMISED, PAID, SHIPPED, DELIVERED, CANCELLED = (
    *("PaymentAuthorized", "PaymentSettled", "Shipped", "Delivered", "Cancelled"),
)
METHODS: Mapping[Payment, str] = {"invoice": "invoice", "prepaid": "bank-transfer", "ideal": "card", "paypal": "paypal"}
CARRIAGE = "standard-shipping"
DOCUMENT_KIND = "invoice"
"""What the note with a document's number begins with."""
EVERYTHING = "Everything"
"""The one collection of the shop."""
ANNOUNCED_TWICE = 2
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""
READS = frozenset(
    {
        *("account", "orders", "openOrders", "orderToTell", "variants", "products", "collections"),
        *("productsBySku", "onSale", "begunProducts", "catalogueFacts"),
    }
)


class VendureSide:
    """A Vendure shop.

    Args:
        client: Makes the plugin's calls; without it they go out over HTTP.
        taxes: Percentages that the shop has a tax for, as products that come into it need one.
    """

    platform = "vendure"
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
        *,
        taxes: Iterable[str] = (),
    ) -> None:
        self._shop = VendureEmulator(
            clock=clock, api_key=API_KEY, currency=currency, call=client.send if client else None
        )
        for code in METHODS.values():
            self._shop.add_payment_method(code, code.title())
        for rate in taxes:
            self._shop.shop.taxes.setdefault(Decimal(rate), f"VAT {rate} %")

    @property
    def app(self) -> "WSGIApplication":
        """The API and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the API."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Every operation that changes orders or stock."""
        words = {"paymentMethods", "shippingMethods", "taxRates", "stockLocations", "channel", "channels", "states"}
        return sum(count for name, count in self._shop.calls.by_route.items() if name not in READS | words)

    def shelf(self) -> Sequence[Listed]:
        """All variants."""
        return [
            self._listed(product, variant)
            for product in self._shop.shop.products.values()
            for variant in product.variants
        ]

    def settings(self) -> Mapping[str, Any]:
        """Nothing but its address."""
        return {}

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The key that the merchant made for us, and the plugin's secret; or a mistyped key."""
        return {"api_key": API_KEY if right else "mistyped:key", "webhook_secret": WEBHOOK_SECRET}

    def another_key(self) -> Mapping[str, str]:
        """A further key."""
        self._shop.add_key(OTHER_KEY)
        return {"api_key": OTHER_KEY}

    def open_at(self, url: str) -> None:
        """Its address is that of the settings."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """The merchant gives our plugin the address and the secret."""
        self._shop.install_plugin(base_url + hooks["signed"], WEBHOOK_SECRET)

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue, each as its only variant."""
        for each in products:
            self._shop.add_product(_product(each))

    def takes(self, order: Order) -> bool:
        """No bundles, nothing free of tax, no totals rounded for cash, and a payment that failed leaves no order."""
        if order.retried or order.rounded_to or order.prices == "tax_free":
            return False
        return all(item.kind != "bundle" for item in order.items)

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders. Not ``announced``: what the plugin calls is lost on its way."""
        if not announced:
            self._shop.webhooks.hold()
        self._shop.place_order(_spec(order))
        if not announced:
            self._shop.webhooks.drop()

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""
        self._shop.pay(self._number(number))

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """What happens in the block is announced after it, the last first and everything twice."""
        self._shop.webhooks.hold()
        try:
            yield
        finally:
            self._shop.webhooks.release(order=reversed, times=ANNOUNCED_TWICE)

    def placed(self) -> Sequence[Placed]:
        """All orders; one that was cancelled comes to nothing there, so what was to be paid for it tells its total."""
        return [Placed(order.code, self._total(order)) for order in self._shop.orders]

    def told(self, number: str) -> Told:
        """The state, and the number in the note that only the shop sees."""
        order = self._shop.numbered(number)
        noted = [note.removeprefix(f"{DOCUMENT_KIND}: ") for note, public in order.notes if not public]
        return Told(order.state, noted[-1] if noted else "")

    def cancel(self, number: str) -> None:
        """The merchant cancels the order."""
        self._shop.cancel(self._number(number))

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order's shipping is written anew."""
        self._shop.edit(self._number(number), shipping=_cents(shipping))

    def sells(self, sku: str) -> bool:
        """It and its product are enabled."""
        found = self._shop.shop.products.values()
        return any(each.enabled and any(one.sku == sku and one.enabled for one in each.variants) for each in found)

    def ordered(self) -> Sequence[Ordered]:
        """Every order's goods; one that was cancelled has none any more."""
        return [_ordered(order) for order in self._shop.orders]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._shop.change_product(sku, description=text)

    def miscount(self, sku: str, stock: int) -> None:
        """The stock is written by hand."""
        self._shop.set_stock(sku, stock)

    # --- products that come from here -----------------------------------------------------------------------------

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into the collection, those with options with their variants."""
        for each in products:
            self._shop.add_product(_product(each))

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        self._shop.change_product(sku, name=name)
        self._shop.set_price(sku, _cents(price))

    def switch(self, sku: str, *, on: bool) -> None:
        """It is enabled, or not."""
        self._shop.change_product(sku, enabled=on)

    def discard(self, sku: str) -> None:
        """The product is deleted, or the variant of one."""
        self._shop.delete_variant(sku)

    # --- an order's life ------------------------------------------------------------------------------------------

    def move(self, number: str, status: str) -> None:
        """The merchant moves an order."""
        self._shop.move(self._number(number), status)

    def status(self, number: str) -> str:
        """Its state."""
        return self._shop.numbered(number).state

    def shipment(self, number: str) -> str:
        """The tracking codes of its fulfillments, and those that were noted for the buyer."""
        order = self._shop.numbered(number)
        noted = [note.removeprefix("Tracking code: ") for note, public in order.notes if public]
        return ", ".join([*(each.code for each in order.fulfillments if each.code), *noted])

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The merchant changes what an order takes."""
        self._shop.edit(self._number(number), lines=tuple(_line(item) for item in items))

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""
        spec = self._shop.numbered(number).spec
        name = f"{spec.buyer.first_name} {spec.buyer.last_name}"
        self._shop.edit(self._number(number), delivery=_address_of(name, "", address))

    def _total(self, order: records.Order) -> Decimal:
        paid = Decimal(order.payments[0].amount) / 100
        return paid if order.state == CANCELLED else self._shop.total(order.id)

    def _number(self, code: str) -> int:
        return self._shop.numbered(code).id

    def _listed(self, product: records.Product, variant: records.Variant) -> Listed:
        level = self._shop.stock(variant.sku)
        return Listed(
            sku=variant.sku,
            product=variant.sku if len(product.variants) == 1 else product.name,
            name=product.name,
            text=product.description,
            price=price_with_tax(self._shop.shop, variant),
            list_price=None,
            stock=Decimal(level.on_hand - level.allocated),
            sales=False,
        )


def _product(product: Product) -> ProductSpec:
    options = {f"{product.sku}-{value}": {name: value} for name, values in product.options.items() for value in values}
    return ProductSpec(
        product.sku,
        _cents(product.sale or product.price),
        FIRST_STOCK,
        product.name,
        product.tax,
        product.text,
        options=options,
        collections=(EVERYTHING,),
    )


def _ordered(order: records.Order) -> Ordered:
    units: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in order.lines:
        units[line.variant.sku] += line.ordered
    return Ordered(order.code, units, order.state == CANCELLED)


def _cents(amount: Decimal) -> int:
    return int(amount * 100)


def _spec(order: Order) -> OrderSpec:
    """Prices that are not those of the default channel are of the other one."""
    buyer = order.buyer
    custom = [item for item in order.items if item.kind == "custom"]
    delivery = _address(order, order.delivery) if order.delivery else None
    return OrderSpec(
        lines=tuple(_line(item) for item in order.items if item.kind == "product"),
        code=order.number,
        buyer=Buyer(buyer.email, buyer.first_name, buyer.last_name, guest=buyer.guest),
        billing=_address(order, order.billing),
        delivery=delivery,
        percent=int(order.discount),
        surcharges=tuple(Surcharge(item.name, _cents(item.price) * item.quantity, item.tax) for item in custom),
        shipping=_cents(order.shipping),
        shipping_tax=max(item.tax for item in order.items),
        shipping_method=CARRIAGE,
        payment=METHODS[order.payment],
        paid=order.paid or order.discount == 100,  # noqa: PLR2004 - percent
        channel=OTHER_CHANNEL if order.prices == "net" else "",
        placed_at=order.placed_at,
        cancelled=order.cancelled,
    )


def _line(item: Item) -> Line:
    return Line(item.sku, item.quantity, _cents(item.price))


def _address(order: Order, address: Address) -> ShopAddress:
    buyer = order.buyer
    return _address_of(f"{buyer.first_name} {buyer.last_name}", buyer.company, address)


def _address_of(name: str, company: str, address: Address) -> ShopAddress:
    return ShopAddress(
        full_name=name,
        street=address.street,
        city=address.city,
        postcode=address.postcode,
        country=address.country,
        company=company,
        street2=address.extra,
    )
