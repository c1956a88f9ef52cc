"""The emulated UNAS as one object."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.wsgi import incoming, make_app
from sandbox.platforms.unas import inferred, records, stock
from sandbox.platforms.unas.auth import Access, Key
from sandbox.platforms.unas.catalogue import products
from sandbox.platforms.unas.catalogue.categories import path_id
from sandbox.platforms.unas.catalogue.view import product_view
from sandbox.platforms.unas.customers import register
from sandbox.platforms.unas.fields import listed
from sandbox.platforms.unas.limits import Guard
from sandbox.platforms.unas.orders import placing
from sandbox.platforms.unas.orders.view import order_view
from sandbox.platforms.unas.page import orders_page
from sandbox.platforms.unas.pricing import items_of, paid, price_now, price_row, total
from sandbox.platforms.unas.service import BASE, Service
from sandbox.platforms.unas.specs import Address, Buyer, Line, OrderSpec, ProductSpec, Sale
from sandbox.platforms.unas.state import MAIN, Customer, Order, Product, Shop
from sandbox.platforms.unas.stock import product_of_item
from sandbox.platforms.unas.webhooks import Delivery, Outbox, add_automation
from sandbox.platforms.unas.wire import Record, amount

KEY = "EXAMPLEKEYEXAMPLEKEYEXAMPLEKEYEXAMPLEKEY"
SHOP_ID = "10001"
FOR_SALE = ("1", "2")
"""Base statuses of products that buyers can buy."""
ABOUT: Record = {
    "WebshopName": "Minta bolt",
    "WebshopURL": "https://shop.example.test",
    "Contact": {"Name": "Minta Vera", "Email": "bolt@example.test", "Phone": "", "Mobile": ""},
}


class UnasEmulator:
    """A UNAS shop with the XML API of the platform file, below ``/shop/``.

    Where the file says what is passed over (unknown nodes of a write) it passes over and counts it in ``ignored``;
    where nothing is known it is strict: a read takes the documented nodes and no other. ``app`` is the WSGI app,
    ``faults`` what shall go wrong, ``calls`` what was called, ``guard`` the limits and bans, ``webhooks`` what the
    automations send, ``shop`` all records, ``key`` the key every shop has.

    Limits: ``guard.most`` is the most calls that came within an hour, by function and scope (``getOrder several``),
    ``guard.bans`` how often somebody was banned, ``guard.forgive()`` ends all bans.

    Faults, planned with ``faults.plan(name, "getOrder")``:

    - instead of the work: ``banned`` (the address really is, for an hour), ``throttled`` (429; ``detail`` is
      ``Retry-After``), ``server_error`` (502 or ``detail``), ``html_page`` (200 with a page), ``empty_body`` (200 with
      nothing), ``lost_request`` (time-out, nothing done), ``error`` (a lone ``Error`` with ``detail``),
      ``entity_error`` (a 200 whose first entity fails with ``detail``), ``empty`` (a list with nothing in it);
    - after the work: ``lost_answer`` (time-out, all done), ``cut_body`` (half of the answer is missing);
    - ``meanwhile`` and ``afterwards``: ``detail`` is called just before or after the work, such as to let time pass;
    - on a topic: ``missing_webhook``, ``duplicate_webhook``.

    Not simulated: ``setProductDB``, newsletters' and parameters' writes, coupons, pages, storage, script tags,
    delivery points, parcel offers, reviews, services, stickers, gifts and bundles' own stock (a real 501 for the
    functions), the allow-list of a key's addresses, legacy log-ins, compressed bodies and files, ``xls`` and ``xlsx``
    files, e-mails, abandoned carts, returns, merged orders, points and vouchers as payment, automations that do
    anything but call, product relations, prices of customer groups when a buyer orders, maintenance around midnight.
    What the file leaves open or tags [inferred] is told in ``inferred``, where two answers are likely as a setting.

    Args:
        plan: ``premium``, ``vip``, or a smaller one, which has no API.
        currency: That of all prices.
        hmac_key: Signs webhooks; None is a shop where nobody made one, whose webhooks are unsigned.
        speed: How many platform hours pass in one of the clock's, for limits and bans.
        client: Makes the webhook calls; without it they go out over HTTP.
        assumed: Fields of ``inferred.Assumed``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        plan: str = "premium",
        currency: str = "HUF",
        hmac_key: str | None = "example-key",
        speed: float = 1,
        client: httpx.Client | None = None,
        **assumed: Any,
    ) -> None:
        settings = inferred.Assumed(**assumed)
        self.shop = Shop(settings, clock, SHOP_ID, plan, currency)
        plan_now = partial(getattr, self.shop, "plan")
        access = Access(clock, plan_now, settings)
        self._service = Service(self.shop, access, Guard(clock, plan_now, settings, speed), deepcopy(ABOUT))
        self.webhooks = Outbox(self.shop, self.faults, self._service.lock, client or httpx.Client(), hmac_key)
        self.key = access.add(KEY)
        page, rules = partial(orders_page, self.shop), (f"{BASE}<path:rest>",)
        self.app = make_app("unas", rules, lambda sent: self._service.reply(incoming(sent)), page, ("POST", "GET"))
        self.app.config["MAX_CONTENT_LENGTH"] = inferred.LARGEST_BODY
        records.furnish(self.shop)

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def calls(self) -> CallCount:
        """What was called, by function."""
        return self._service.calls

    @property
    def guard(self) -> Guard:
        """Limits and bans."""
        return self._service.guard

    @property
    def ignored(self) -> Counter[str]:
        """Nodes of writes that were passed over, such as ``Product.Images.Content``."""
        return self.shop.ignored

    @property
    def about(self) -> Record:
        """What ``WebshopInfo`` tells."""
        return self._service.about

    def add_key(self, value: str, forbidden: Iterable[str] = ()) -> Key:
        """A further key; see ``forbid``."""
        return self._service.access.add(value, forbidden)

    def replace_key(self, value: str) -> None:
        """The merchant makes a new key and deletes the first one: its tokens are good for nothing."""
        del self._service.access.keys[self.key.value]
        self.key = self.add_key(value)

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.access.withheld = on

    def forbid(self, *functions: str) -> None:
        """Take functions from the shop's first key."""
        self.key.forbidden.update(function.lower() for function in functions)

    def allow(self, *functions: str) -> None:
        """Give them back."""
        self.key.forbidden.difference_update(function.lower() for function in functions)

    def expire_tokens(self) -> None:
        """No token is good any more, as after a long while."""
        for token in self._service.access.tokens.values():
            token.expires = self.shop.now()

    def add_status(self, name: str, kind: str = "open_normal", invoice: str = "default") -> int:
        """A status of the merchant's own; its id. ``invoice`` is what it says of an order's invoice."""
        return records.add_status(self.shop, name, kind, invoice)

    def rename_status(self, status: int | str, name: str) -> None:
        """The merchant calls a status otherwise."""
        self.shop.table("OrderStatus")[placing.status_of(self.shop, status)]["Name"] = name

    def status_id(self, name: str) -> int:
        """The id of a status."""
        return placing.status_of(self.shop, name)

    def add_method(self, kind: str, name: str, sub_type: str = "", **more: Any) -> int:
        """A ``payment`` or ``shipping`` method; its id."""
        return records.add_method(self.shop, kind, name, sub_type, **more)

    def add_warehouse(self, name: str, *, active: bool = True) -> int:
        """A warehouse beside the main one; its id."""
        return records.add_warehouse(self.shop, name, active=active)

    def add_automation(self, topic: str, address: str, name: str = "") -> int:
        """A person makes an automation that calls an address at once; its id.

        Raises:
            ValueError: Only the larger plan has automations.
        """
        if self.shop.plan != "vip":
            raise ValueError("Only VIP shops have automations")
        operation = {"Type": "webhook", "Config": {"WebhookUrl": address}}
        made = {"Name": name or f"{topic} {address}", "Event": {"Type": topic}, "Operation": operation}
        return add_automation(self.shop, made)

    def delete_automations(self) -> None:
        """A person deletes all automations."""
        self.shop.table("Automatism").clear()

    def add_category(self, *path: str) -> int:
        """The category at the end of a path of names, made where it does not exist; its id."""
        with self._service.lock:
            return path_id(self.shop, path)

    def add_product(self, spec: ProductSpec, **nodes: Any) -> Product:
        """Put a product in the shop, with whatever nodes it should have beside."""
        with self._service.lock:
            return products.add_product(self.shop, spec, nodes)

    def change_product(self, sku: str, **nodes: Any) -> None:
        """Change nodes of a product as the merchant would, such as ``Name`` or ``Description``."""
        with self._service.lock:
            product = self.product(sku)
            product.nodes.update(nodes)
            product.modified = self.shop.now()

    def set_price(self, sku: str, gross: Decimal, sale: Sale | None = None) -> None:
        """The merchant writes a price, with a sale or without."""
        product = self.product(sku)
        rows = [{"Type": "normal", **products.pair(gross, product.vat)}]
        self.change_product(sku, Prices={"Price": rows + ([products.sale_row(sale, product.vat)] if sale else [])})

    def delete_product(self, sku: str) -> None:
        """Delete a product as the merchant would."""
        with self._service.lock:
            products.delete(self.shop, self.product(sku))

    def set_stock(
        self, sku: str, qty: Decimal | int, values: tuple[str, ...] = (), warehouse: int | None = None
    ) -> None:
        """A second writer sets a figure: of a combination, or in a further warehouse."""
        with self._service.lock:
            spot = (MAIN if warehouse is None else str(warehouse), values)
            stock.put(self.shop, self.product(sku), spot, Decimal(qty))

    def stock(self, sku: str, values: tuple[str, ...] = (), warehouse: int | None = None) -> Decimal:
        """What lies on a spot."""
        return self.product(sku).stock[MAIN if warehouse is None else str(warehouse), values].qty

    def is_for_sale(self, sku: str) -> bool:
        """Its base status lets buyers buy it."""
        rows = listed(self.product(sku).nodes, "Statuses", "Status")
        return any(row.get("Type") == "base" and row.get("Value") in FOR_SALE for row in rows)

    def price(self, sku: str) -> Decimal:
        """What one piece costs today, gross."""
        return price_now(self.shop, self.product(sku))

    def regular_price(self, sku: str) -> Decimal:
        """What one piece costs without a sale, gross."""
        return amount((price_row(self.product(sku), "normal") or {}).get("Gross"))

    def product(self, sku: str) -> Product:
        """The product of an SKU.

        Raises:
            LookupError: There is none.
        """
        found = self.shop.product_of(sku)
        if found is None:
            raise LookupError(f"Nothing is sold as {sku!r}")
        return found

    @property
    def products(self) -> Sequence[Product]:
        """All products that are not deleted, by id."""
        return list(self.shop.living())

    def register(self, buyer: Buyer, billing: Address | None = None) -> Customer:
        """Somebody registers."""
        with self._service.lock:
            customer = register(self.shop, buyer, billing or Address())
        self.webhooks.deliver()
        return customer

    def place_order(self, spec: OrderSpec | None = None) -> Order:
        """A buyer orders; the goods leave the stock, and automations call.

        Raises:
            ValueError: The specification names something the shop does not have.
        """
        with self._service.lock:
            order = placing.place(self.shop, spec or OrderSpec())
        self.webhooks.deliver()
        return order

    def sell(self, counts: Mapping[str, Decimal | int]) -> Order:
        """A buyer buys so many pieces of each SKU."""
        return self.place_order(OrderSpec(tuple(Line(sku, quantity=count) for sku, count in counts.items())))

    def edit(self, key: str, **changes: Any) -> None:
        """The merchant changes an order: its ``lines``, ``shipping``, ``buyer`` …, see ``placing.edit``."""
        self._do(placing.edit, key, changes)

    def set_status(self, key: str, status: int | str) -> None:
        """The merchant gives an order another status, by id or name."""
        self._do(placing.set_status, key, placing.status_of(self.shop, status))

    def cancel(self, key: str) -> None:
        """The merchant gives an order the status that puts its goods back."""
        self.set_status(key, "Törölve")

    def pay(self, key: str, money: Decimal | None = None) -> None:
        """The buyer pays through a provider: what is open, or so much."""
        self._do(placing.pay, key, money)

    def delete_order(self, key: str) -> None:
        """The merchant deletes an order; its key may be given again."""
        self._do(placing.delete, key)

    def _do(self, act: Callable[..., None], key: str, *more: Any) -> None:
        with self._service.lock:
            act(self.shop, self.order(key), *more)
        self.webhooks.deliver()

    def deliver(self) -> list[Delivery]:
        """Make the webhook calls that are due by now: those of the API's doings, and further tries."""
        return self.webhooks.deliver()

    def order(self, key: str) -> Order:
        """The order of a key.

        Raises:
            LookupError: There is none.
        """
        found = self.shop.order_of(key)
        if found is None:
            raise LookupError(f"No order has the key {key!r}")
        return found

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, by id."""
        return list(self.shop.orders.values())

    def status_of(self, key: str) -> str:
        """The name of an order's status."""
        return str(self.shop.table("OrderStatus")[self.order(key).status]["Name"])

    def paid(self, key: str) -> Decimal:
        """What arrived for an order."""
        return paid(self.order(key))

    def goods_of(self, order: Order) -> list[tuple[str, Decimal]]:
        """The products of the shop that an order names, and how many of each."""
        found = ((product_of_item(self.shop, item), amount(item["Quantity"])) for item in items_of(order))
        return [(product.sku, count) for product, count in found if product]

    def order_totals(self) -> dict[str, Decimal]:
        """Total per key; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            totals[order.key] = totals.get(order.key, Decimal(0)) + total(order)
        return totals

    def order_as_read(self, key: str) -> Record:
        """An order as the API shows it."""
        return order_view(self.shop, self.order(key))

    def product_as_read(self, sku: str) -> Record:
        """A product as the API shows it in full."""
        return product_view(self.shop, self.product(sku))
