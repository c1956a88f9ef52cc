"""The emulated Shopware as a shop of the demo: installed as an app, so that its webhooks are signed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.pairs.orders import Address, Buyer, Item, Order, Product
from sandbox.pairs.sides.protocols import Listed, Ordered, Placed, Told
from sandbox.platforms.shopware import (
    Address as ShopAddress,
)
from sandbox.platforms.shopware import (
    Buyer as ShopBuyer,
)
from sandbox.platforms.shopware import (
    Line,
    OrderSpec,
    Payment,
    ProductSpec,
    Rounding,
    Shipping,
    ShopwareEmulator,
    Taxing,
)
from sandbox.platforms.shopware.stock import inherited, quantities
from sandbox.platforms.shopware.store import Row
from shopbridge.connectors.shopware.connector import PRODUCT_RIGHTS, PRODUCT_WRITE_RIGHTS, READ_RIGHTS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

APP_NAME, APP_SECRET = "ShopbridgeDemo", "demo-app-secret"
DOCUMENT_FIELD = "office_order"
EVENTS = (
    "checkout.order.placed",
    "state_enter.order.state.cancelled",
    "state_enter.order_transaction.state.paid",
)
RIGHTS = (
    *(f"{entity}:read" for entity in (*READ_RIGHTS.split(", "), *PRODUCT_RIGHTS.split(", "))),
    *(f"{entity}:{write}" for entity in PRODUCT_WRITE_RIGHTS.split(", ") for write in ("create", "update", "delete")),
    "order:update",
    "order_delivery:update",
    "state_machine_history:create",
)
"""What the connector says it needs, and no more."""
METHODS = {"invoice": "Invoice", "prepaid": "Paid in advance", "ideal": "iDEAL", "paypal": "PayPal"}
STATUSES = {"gross": "gross", "net": "net", "tax_free": "tax-free"}
EVERYTHING = "Everything"
"""The category of what the merchant offers."""
ACTIONS = {"completed": "complete", "in_progress": "process", "cancelled": "cancel"}
"""What leads to a state."""
ANNOUNCED_TWICE = 2
NO_WRITES = ("GET ", "POST /api/search", "POST /api/oauth/")
FIRST_STOCK = 1000
"""What the shop offers of everything before it is told."""


class ShopwareSide:
    """A Shopware shop.

    Args:
        client: Makes the webhook calls; without it they go out over HTTP.
    """

    platform = "shopware"
    whole_units = True
    announces = True
    hints = False
    switches_variants_off = True
    makes_variants = True

    def __init__(self, clock: Callable[[], datetime], currency: str, client: httpx.Client | None = None) -> None:
        self._shop = ShopwareEmulator(clock=clock, currency=currency, client=client)
        self._ids: dict[str, str] = {}
        self._orders: dict[str, Order] = {}

    @property
    def app(self) -> "WSGIApplication":
        """The Admin API and a page for people."""
        return self._shop.app

    @property
    def calls(self) -> int:
        """Calls of the Admin API."""
        return self._shop.calls.total

    @property
    def writes(self) -> int:
        """Calls that are no reads, searches or logins."""
        return sum(count for route, count in self._shop.calls.by_route.items() if not route.startswith(NO_WRITES))

    def shelf(self) -> Sequence[Listed]:
        """All products but those that only hold variants."""
        rows = list(self._shop.shop.store.all("product"))
        return [self._listed(row) for row in rows if not row.values["childCount"]]

    def settings(self) -> Mapping[str, Any]:
        """Nothing but the address."""
        return {}

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """An app that will register; or an integration nobody made."""
        if right:
            return {"app_name": APP_NAME, "app_secret": APP_SECRET}
        return {"client_id": "SWIAMISTYPED", "client_secret": "mistyped"}

    def another_key(self) -> Mapping[str, str]:
        """A new integration's."""
        made = self._shop.add_integration(RIGHTS)
        return {"client_id": made.access_key, "client_secret": made.secret_key}

    def open_at(self, url: str) -> None:
        """The shop names itself by this address when it registers."""
        self._shop.url = url

    def install(self, base_url: str, hooks: Mapping[str, str]) -> None:
        """Install the app: the real handshake, then webhooks signed with the secret it agreed on."""
        events = [(event, base_url + hooks["signed"]) for event in EVENTS]
        self._shop.install_app(APP_NAME, APP_SECRET, base_url + hooks["app_registration"], events, RIGHTS)

    def withhold(self, *, on: bool) -> None:
        """No key counts any more, or all of them again."""
        self._shop.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue."""
        for each in products:
            self._shop.add_product(ProductSpec(each.sku, each.name, each.price, each.tax, stock=FIRST_STOCK))

    def offer(self, products: Iterable[Product]) -> None:
        """Put products into a category of the catalogue, those with options with their variants."""
        for each in products:
            self._shop.add_product(
                ProductSpec(each.sku, each.name, each.price, each.tax, stock=FIRST_STOCK, categories=(EVERYTHING,))
            )
            for attribute, values in each.options.items():
                for value in values:
                    options = {attribute: value}
                    child = ProductSpec(f"{each.sku}-{value}", stock=FIRST_STOCK, parent=each.sku, options=options)
                    self._shop.add_product(child)

    def reprice(self, sku: str, name: str, price: Decimal) -> None:
        """Name and price are written anew."""
        (found,) = self._shop.shop.store.children("product", "productNumber", sku)
        (before,) = found.values["price"]
        net = round(float(before["net"]) * float(price) / float(before["gross"]), 2)
        self._write(sku, {"name": name, "price": [{**before, "gross": float(price), "net": net}]})

    def switch(self, sku: str, *, on: bool) -> None:
        """It is active, or not."""
        self._write(sku, {"active": on})

    def discard(self, sku: str) -> None:
        """It is deleted."""
        (found,) = self._shop.shop.store.children("product", "productNumber", sku)
        with self._shop.shop.change():
            self._shop.shop.store.delete(found)

    def takes(self, order: Order) -> bool:
        """Every kind."""
        del order
        return True

    def place(self, order: Order, *, announced: bool = True) -> None:
        """A buyer orders; a cancelled order is cancelled before anybody hears of it."""
        if not announced:
            self._shop.webhooks.hold()
        with self._shop.shop.change():
            self._ids[order.number] = self._shop.place_order(spec_of(order))
            self._orders[order.number] = order
            if order.cancelled:
                self.cancel(order.number)
        if not announced:
            self._shop.webhooks.drop()

    def pay(self, number: str) -> None:
        """The payment of an order arrives."""
        self._shop.pay(self._ids[number])

    @contextmanager
    def doubled_and_reordered(self) -> Iterator[None]:
        """What happens in the block is announced after it, the last first and everything twice."""
        self._shop.webhooks.hold()
        try:
            yield
        finally:
            self._shop.webhooks.release(order=reversed, times=ANNOUNCED_TWICE)

    def placed(self) -> Sequence[Placed]:
        """All orders, as they are stored."""
        rows = list(self._shop.shop.store.all("order"))  # at once: buyers go on ordering
        return [Placed(row.values["orderNumber"], Decimal(str(row.values["amountTotal"]))) for row in rows]

    def told(self, number: str) -> Told:
        """The order's state and our document number."""
        order = self._shop.order(self._ids[number])
        fields = order["customFields"] or {}
        return Told(order["stateMachineState"]["technicalName"], str(fields.get(DOCUMENT_FIELD, "")))

    def cancel(self, number: str) -> None:
        """The order is cancelled; its payment stays as it is."""
        self._shop.cancel(self._ids[number])

    def edit(self, number: str, shipping: Decimal) -> None:
        """The order is calculated anew; its payments stay."""
        self._shop.edit(self._ids[number], spec_of(replace(self._orders[number], shipping=shipping)))

    def sells(self, sku: str) -> bool:
        """It is switched on, and its product is."""
        shop = self._shop.shop
        (found,) = shop.store.children("product", "productNumber", sku)
        parent = shop.store.get("product", found.values["parentId"]) or found
        return bool(inherited(shop, found, "active") and parent.values["active"])

    def ordered(self) -> Sequence[Ordered]:
        """Every order's products that are in the catalogue."""
        return [self._ordered(row) for row in list(self._shop.shop.store.all("order"))]

    def enrich(self, sku: str, text: str) -> None:
        """The description is written anew."""
        self._write(sku, {"description": text})

    def miscount(self, sku: str, stock: int) -> None:
        """The stock is written by hand."""
        self._write(sku, {"stock": stock})

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, number: str, status: str) -> None:
        """The merchant gives an order another state, by the action that leads there."""
        self._shop.move(self._ids[number], ACTIONS[status])

    def status(self, number: str) -> str:
        """The technical name of its state."""
        return str(self._shop.order(self._ids[number])["stateMachineState"]["technicalName"])

    def shipment(self, number: str) -> str:
        """The tracking codes of its first delivery."""
        (delivery, *_) = self._shop.order(self._ids[number])["deliveries"]
        return ", ".join(delivery["trackingCodes"])

    def reorder(self, number: str, items: Iterable[Item]) -> None:
        """The merchant changes what an order takes."""
        self._shop.edit(self._ids[number], spec_of(replace(self._orders[number], items=tuple(items))))

    def redirect(self, number: str, address: Address) -> None:
        """The merchant changes where an order goes."""
        self._shop.readdress(self._ids[number], _address(address), _buyer(self._orders[number].buyer))

    def _write(self, sku: str, fields: Mapping[str, Any]) -> None:
        (found,) = self._shop.shop.store.children("product", "productNumber", sku)
        with self._shop.shop.change():
            self._shop.shop.update(found, fields)

    def _ordered(self, order: Row) -> Ordered:
        shop = self._shop.shop
        numbers = {product: self._number(product) for product in quantities(shop, order)}
        units = {numbers[product]: Decimal(count) for product, count in quantities(shop, order).items()}
        return Ordered(order.values["orderNumber"], units, shop.state_name(order) == "cancelled")

    def _number(self, product_id: str) -> str:
        found = self._shop.shop.store.get("product", product_id)
        return str(found.values["productNumber"]) if found else ""

    def _listed(self, product: Row) -> Listed:
        shop = self._shop.shop
        parent = shop.store.get("product", product.values["parentId"]) or product
        (price,) = inherited(shop, product, "price")
        compared = price.get("listPrice")
        return Listed(
            sku=product.values["productNumber"],
            product=parent.values["productNumber"],
            name=inherited(shop, product, "name"),
            text=inherited(shop, product, "description") or "",
            price=Decimal(str(price["gross"])),
            list_price=Decimal(str(compared["gross"])) if compared else None,
            stock=Decimal(product.values["stock"]),
        )


def spec_of(order: Order) -> OrderSpec:
    """An order as the emulator takes it."""
    promotion = Line(type="promotion", label="Spring sale", percent=order.discount, code="SPRING")
    return OrderSpec(
        number=order.number,
        lines=(*(_line(item) for item in order.items), *([promotion] if order.discount else [])),
        buyer=_buyer(order.buyer),
        billing=_address(order.billing),
        delivery_address=_address(order.delivery) if order.delivery else None,
        shipping=(Shipping(order.shipping),),
        payments=_payments(order),
        taxing=_taxing(order),
        placed_at=order.placed_at,
        comment=order.comment or None,
    )


def _payments(order: Order) -> tuple[Payment, ...]:
    first = Payment(METHODS[order.payment], "paid" if order.paid else "open")
    return (first, replace(first, state="failed")) if order.retried else (first,)


def _taxing(order: Order) -> Taxing:
    status = STATUSES[order.prices]
    return Taxing(status, total=Rounding(interval=order.rounded_to)) if order.rounded_to else Taxing(status)


def _line(item: Item) -> Line:
    kind = "container" if item.kind == "bundle" else item.kind
    price = None if item.parts else item.price
    parts = tuple(_line(part) for part in item.parts)
    return Line(item.sku, price, item.quantity, item.name, item.tax, kind, children=parts)


def _buyer(buyer: Buyer) -> ShopBuyer:
    vat_ids = (buyer.vat_id,) if buyer.vat_id else ()
    return ShopBuyer(buyer.first_name, buyer.last_name, buyer.email, buyer.company or None, vat_ids, buyer.guest)


def _address(address: Address) -> ShopAddress:
    return ShopAddress(
        address.street,
        address.postcode,
        address.city,
        address.country,
        address.region or None,
        line1=address.extra or None,
    )
