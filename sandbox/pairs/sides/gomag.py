"""The emulated Gomag as a shop of the demo: it tells nobody of its orders, so every one is found by a poll."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Address, Buyer, Item, Order, Payment, Product, Stage
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.gomag import Address as ShopAddress
from sandbox.platforms.gomag import Buyer as ShopBuyer
from sandbox.platforms.gomag import Company, Discount, GomagEmulator, Line, OrderSpec, ProductSpec, VersionSpec
from sandbox.platforms.gomag.orders.totals import total
from sandbox.platforms.gomag.reference import STATUSES
from sandbox.platforms.gomag.state import LANGUAGE, Sellable
from sandbox.platforms.gomag.state import Order as ShopOrder

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

SHOP, KEY, OTHER_KEY = "https://www.shop.example", "demo-api-key", "demo-second-key"
NEW, PAID, CANCELLED = "Comanda NEW", "In curs de procesare", "Anulata"
ON_ITS_WAY, DELIVERED = "Comanda in curs de livrare", "Livrata"
STAGES: Mapping[Stage, str] = {
    "new": NEW,
    "working": PAID,
    "sent": ON_ITS_WAY,
    "done": DELIVERED,
    "cancelled": CANCELLED,
}
METHODS: Mapping[Payment, str] = {
    "invoice": "Ordin de Plata",
    "prepaid": "Card online",
    "ideal": "Plata ramburs",
    "paypal": "Plata cu cardul",
}
COUNTRIES = {"RO": "România", "FR": "Franța", "GB": "Marea Britanie"}
REGIONS = {"RO-B": "București", "RO-CJ": "Cluj", "RO-IS": "Iași"}
"""Gomag writes both out."""
CARRIAGE = "Curier rapid"
EVERYTHING = "Produse"
"""The category of what the merchant offers."""
CENT = Decimal("0.01")
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""


def status_key(name: str) -> str:
    """The id of a default status, as maps and settings name it."""
    return str(STATUSES.index(name) + 1)


class GomagSide:
    """A Gomag shop."""

    platform = "gomag"
    whole_units = True
    announces = False
    hints = False
    switches_variants_off = False
    makes_variants = True

    def __init__(self, clock: Callable[[], datetime], currency: str) -> None:
        self._shop = GomagEmulator(clock=clock, shop=SHOP, key=KEY)
        self._currency = currency
        self._ids: dict[str, int] = {}

    @property
    def app(self) -> "WSGIApplication":
        """The public API and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the public API."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for route, count in self._shop.calls.by_route.items() if not route.startswith("GET "))

    def shelf(self) -> Sequence[Listed]:
        """Everything that is sold; products with versions as these."""
        return [_listed(sold) for sold in list(self._shop.shop.sellables())]

    def settings(self) -> Mapping[str, Any]:
        """Gomag has no word for paid: statuses stand for it. No other app wants a share of the shop's limit."""
        paid = [status_key(PAID), status_key(ON_ITS_WAY)]
        return {"shop": SHOP, "paid_statuses": paid, "currency": self._currency, "limit_factor": "1"}

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The shop's key; or one that nobody made."""
        return {"api_key": KEY if right else "mistyped"}

    def another_key(self) -> Mapping[str, str]:
        """A new key."""
        return {"api_key": self._shop.add_key(OTHER_KEY).value}

    def open_at(self, url: str) -> None:
        """Nothing: a shop goes by the name it has at Gomag."""

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Nothing: it has no webhooks."""

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            self._shop.add_product(
                ProductSpec(each.sku, each.price, FIRST_STOCK, each.name, vat=each.tax, currency=self._currency)
            )

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into a category of the catalogue, those with options as versions."""
        for each in products:
            versions = tuple(VersionSpec(sku, stock=FIRST_STOCK) for sku in each.skus) if each.options else ()
            self._shop.add_product(
                ProductSpec(
                    each.sku,
                    each.price,
                    FIRST_STOCK,
                    each.name,
                    versions,
                    vat=each.tax,
                    currency=self._currency,
                    categories=((EVERYTHING,),),
                )
            )

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        self._shop.change_product(sku, name=name, price=price)

    def switch(self, sku: str, *, on: bool) -> None:
        """It is for sale, or not."""
        self._shop.change_product(sku, enabled=on)

    def discard(self, sku: str) -> None:
        """It is deleted; a version is taken out of its product."""
        product = self._shop.product(sku)
        if not product.versions:
            self._shop.delete_product(sku)
            return
        self._shop.change_product(sku, versions=[each for each in product.versions if each.sku != sku])

    def takes(self, order: Order) -> bool:
        """Prices include tax, nothing is a bundle, totals are not rounded, and no single payments are told."""
        if order.retried or order.rounded_to:
            return False
        return order.prices != "net" and not any(item.parts for item in order.items)

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders; nobody hears of it, whether it is to be ``announced`` or not."""
        del announced
        self._ids[order.number] = self._shop.place_order(self._spec(order)).id

    def pay(self, number: str) -> None:
        """The payment arrives, and with it another status."""
        self._shop.pay(self._ids[number], PAID)

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """Nothing is announced, so nothing comes twice."""
        yield

    def placed(self) -> Sequence[Placed]:
        """All orders."""
        return [Placed(order.number, total(self._shop.shop, order)) for order in self._shop.orders]

    def told(self, number: str) -> Told:
        """The status by its id; there is no field for our document number."""
        return Told(str(self._shop.order(self._ids[number]).status), "")

    def cancel(self, number: str) -> None:
        """The order gets the status for it."""
        self._shop.set_status(self._ids[number], CANCELLED)

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order's carriage is written anew."""
        self._shop.edit(self._ids[number], shipping=shipping)

    def sells(self, sku: str) -> bool:
        """It is there, and something is left of it."""
        return self._shop.sold_as(sku).stock > 0

    def ordered(self) -> Sequence[Ordered]:
        """Every order's goods."""
        return [self._ordered(order) for order in self._shop.orders]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._shop.change_product(sku, descriptions={LANGUAGE: text})

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
        self._shop.edit(self._ids[number], lines=tuple(_line(item, taxed=True) for item in items))

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""
        self._shop.edit(self._ids[number], delivery=_address(address))

    def _ordered(self, order: ShopOrder) -> Ordered:
        units: defaultdict[str, Decimal] = defaultdict(Decimal)
        for line in order.lines:
            if line.product:
                units[line.sku] += line.quantity
        return Ordered(order.number, units, self._shop.status_of(order.id) == CANCELLED)

    def _spec(self, order: Order) -> OrderSpec:
        taxed = order.prices != "tax_free"
        return OrderSpec(
            number=order.number,
            lines=tuple(_line(item, taxed=taxed) for item in order.items),
            buyer=_buyer(order.buyer),
            billing=_address(order.billing),
            delivery=_address(order.delivery) if order.delivery else None,
            shipping=order.shipping,
            shipping_name=CARRIAGE,
            discounts=tuple(_discounts(order)),
            payment=METHODS[order.payment],
            status=CANCELLED if order.cancelled else PAID if order.paid else NEW,
            placed_at=order.placed_at,
            currency=self._currency,
        )


def _line(item: Item, *, taxed: bool) -> Line:
    kind = "" if item.kind == "product" else "service"
    return Line(item.sku, item.price, item.quantity, item.name, item.tax if taxed else Decimal(0), kind)


def _discounts(order: Order) -> Iterator[Discount]:
    if order.discount:
        goods = sum((item.price * item.quantity for item in order.items), Decimal(0))
        yield Discount("Reducere", (goods * order.discount / 100).quantize(CENT), voucher="PRIMAVARA")


def _buyer(buyer: Buyer) -> ShopBuyer:
    company = Company(buyer.company, buyer.vat_id) if buyer.company else None
    return ShopBuyer(buyer.first_name, buyer.last_name, buyer.email, company=company, guest=buyer.guest)


def _address(address: Address) -> ShopAddress:
    """A country that the demo has no name for goes by its code."""
    return ShopAddress(
        street=", ".join(filter(None, (address.street, address.extra))),
        city=address.city,
        region=REGIONS.get(address.region, address.region),
        zipcode=address.postcode,
        country=COUNTRIES.get(address.country, address.country),
    )


def _listed(sold: Sellable) -> Listed:
    product, version = sold.product, sold.version
    regular = version.price if version and version.price is not None else product.price
    return Listed(
        sku=sold.sku,
        product=product.sku or str(product.id),
        name=product.names[LANGUAGE],
        text=product.descriptions.get(LANGUAGE, ""),
        price=sold.price,
        list_price=regular if sold.price < regular else None,
        stock=sold.stock,
    )
