"""The emulated Shoprenter as one object."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.wsgi import make_app
from sandbox.platforms.shoprenter import furnish, inferred
from sandbox.platforms.shoprenter.apps import Apps, SignedOrder
from sandbox.platforms.shoprenter.auth import EVERY_SCOPE, Access, Client
from sandbox.platforms.shoprenter.catalogue import categories, products
from sandbox.platforms.shoprenter.catalogue.attributes import make_class
from sandbox.platforms.shoprenter.limits import Limits
from sandbox.platforms.shoprenter.orders import placing
from sandbox.platforms.shoprenter.orders.view import order_extend_view
from sandbox.platforms.shoprenter.page import orders_page
from sandbox.platforms.shoprenter.records import Automation, Named, Order, Product
from sandbox.platforms.shoprenter.service import Service
from sandbox.platforms.shoprenter.specs import Line, OrderSpec, ProductSpec, SpecialSpec
from sandbox.platforms.shoprenter.state import Shop
from sandbox.platforms.shoprenter.webhooks import Webhooks
from sandbox.platforms.shoprenter.wire import Record, Renderer

SHOP = "demobolt"
CLIENT_ID, CLIENT_SECRET = "c0ffee01", "s3cr3t-demo"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class ShoprenterEmulator:
    """A Shoprenter shop with the API of the platform file below ``/api/``, and its tokens at ``/{shop}/app/token``.

    It refuses query parameters and fields it does not know, and everything the old host and scheme would get. ``app``
    is the WSGI app, ``faults`` what shall go wrong, ``calls`` what was called (a batch is one call, ``items`` counts
    what is inside), ``webhooks`` the calls of automations, ``shop`` all records, ``leaks`` how often a token was sent
    to the host that links name.

    Faults, planned with ``faults.plan(name, "GET orderExtend")``; the token endpoint is ``POST token``:

    - instead of the work: ``throttled`` (429), ``transient_401`` (of a token that is right, or of a token request),
      ``token_revoked`` (all tokens are worth nothing from now on), ``server_error`` (502 or ``detail``), ``html_page``
      (200 with a page), ``lost_request`` (time-out, nothing done), ``error`` (``detail`` is status, inner number and
      message), ``item_error`` (the same for a request inside a batch, named like a call: ``PUT productExtend``);
    - after the work: ``lost_answer`` (time-out, all done), ``empty_body`` (200 and nothing), ``cut_body`` (the second
      half of the answer is missing);
    - ``slow``: the answer takes ``detail`` seconds, by ``wait``;
    - ``meanwhile`` and ``afterwards``: ``detail`` is called just before or after the work, for example to place an
      order between two pages, so that pages shift.

    Not simulated: creating orders, lines and totals over the API, other fields of an order than its status and invoice
    number, customers' writes, coupons, files, pictures, badges, tags, related products, newsletters (a real 501);
    mails to customers, gift wrappings, marketplace orders, several geo zones of a tax, the browser's part of an app's
    installation, the Payment API, the 308 of plain HTTP. What the file leaves open or tags [inferred] is told in
    ``inferred``, where two answers are likely as a setting.

    Args:
        shop: Its name in addresses.
        currency: The shop's own; orders may be in another one.
        per_second: Requests an application may make.
        wait: Lets time pass for the fault ``slow``; tests move their clock.
        call: Makes the calls of automations and apps.
        assumed: Fields of ``inferred.Assumed``, such as ``missing_scope`` or ``page_count``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        shop: str = SHOP,
        currency: str = "HUF",
        per_second: int = 3,
        wait: Callable[[float], object] = time.sleep,
        call: Callable[[httpx.Request], httpx.Response] | None = None,
        **assumed: Any,
    ) -> None:
        settings = inferred.Assumed(**assumed)
        self.shop = Shop(shop, settings, clock)
        self._call = call or httpx.Client().send
        self.webhooks = Webhooks(self.shop, self._call)
        self.shop.announced = self.webhooks.announce
        limits = Limits(clock, per_second, settings.sliding_window)
        self._service = Service(self.shop, Access(shop, settings, clock), limits, wait, self.webhooks.send)
        self.client = self.add_client(CLIENT_ID, CLIENT_SECRET)
        page = partial(orders_page, self.shop)
        self.app = make_app("shoprenter", ("/<path:rest>",), self._service.reply, page, METHODS)
        self.app.config["MAX_CONTENT_LENGTH"] = self.app.config["MAX_FORM_MEMORY_SIZE"] = inferred.LARGEST_BODY
        furnish.furnish(self.shop, currency)

    # --- the API's surroundings ---------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def calls(self) -> CallCount:
        """What was called, such as ``GET orderExtend``."""
        return self._service.calls

    @property
    def items(self) -> CallCount:
        """What was asked inside batches, such as ``PUT productExtend``."""
        return self._service.items

    @property
    def limits(self) -> Limits:
        """What applications have used up."""
        return self._service.limits

    @property
    def leaks(self) -> int:
        """How often a token was sent to the old host."""
        return self._service.leaks

    @property
    def tokens_issued(self) -> int:
        """How many tokens were asked for with success."""
        return self._service.access.issued

    def add_client(self, client_id: str, secret: str, scopes: Iterable[str] = EVERY_SCOPE) -> Client:
        """A custom API client of the shop; see ``forbid``."""
        return self._service.access.add(client_id, secret, scopes)

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.access.withheld = on

    def forbid(self, *scopes: str) -> None:
        """The shop's administrator takes scopes from the first client; its old tokens end."""
        self.client.scopes.difference_update(scopes)
        self._service.access.revoke(self.client.id)

    def allow(self, *scopes: str) -> None:
        """They are given back; the next token has them."""
        self.client.scopes.update(scopes)
        self._service.access.revoke(self.client.id)

    def add_app(self, client_id: str, secret: str, signed_order: SignedOrder = "text") -> Apps:
        """A platform app that the shop has not installed yet."""
        client = self.add_client(client_id, secret)
        client.installed = False
        return Apps(self.shop, client, self._call, signed_order)

    def add_automation(
        self,
        url: str,
        event: str = placing.CHANGED,
        fields: Sequence[str] | None = None,
        *,
        kind: str = "json",
        delay: timedelta = timedelta(0),
    ) -> Automation:
        """The merchant makes an automation whose action is a webhook."""
        number = self.shop.new_id("webHook")
        made = Automation(number, event, url, kind, f"webhook {number}", fields=fields, delay=delay)
        self.shop.automations[number] = made
        return made

    def set_decimals(self, decimals: int) -> None:
        """The merchant says how many decimals the shop's own currency has."""
        own = self.shop.currency
        self.shop.currencies[own.id] = replace(own, decimals=decimals)

    def add_payment(self, name: str, code: str, paid: int | None = furnish.PROCESSING) -> int:
        """A way to pay, and the status of an order that was paid so; its inner id."""
        mode = self.shop.mode("paymentMode", name, code)
        mode.status = paid
        return mode.id

    def add_shipping(self, name: str, extension: str) -> int:
        """A way to ship; its inner id."""
        return self.shop.mode("shippingMode", name, extension).id

    # --- statuses and orders ------------------------------------------------------------------------------------

    def add_status(self, name: str, number: int | None = None) -> int:
        """A status of the merchant's own; its inner id."""
        inner = number or max(self.shop.statuses) + 1
        self.shop.statuses[inner] = Named(inner, dict.fromkeys(self.shop.languages, name), "#cccccc")
        return inner

    def rename_status(self, status: int | str, name: str) -> None:
        """The merchant calls a status otherwise."""
        number = placing.status_of(self.shop, status)
        self.shop.statuses[number].names[self.shop.language.id] = name

    def place_order(self, spec: OrderSpec | None = None) -> Order:
        """A customer orders; the goods leave the stock, unless the cart is never finished.

        Raises:
            ValueError: The specification names something the shop does not have.
        """
        with self._changing():
            return placing.place(self.shop, spec or OrderSpec())

    def sell(self, counts: Mapping[str, Decimal | int]) -> Order:
        """A customer buys so many pieces of each SKU."""
        return self.place_order(OrderSpec(tuple(Line(sku, quantity=count) for sku, count in counts.items())))

    def finish(self, order_id: int, status: int = furnish.PENDING) -> None:
        """The customer of an unfinished cart orders after all."""
        with self._changing():
            placing.finish(self.shop, self.order(order_id), status)

    def edit(self, order_id: int, **changes: Any) -> None:
        """The merchant changes an order: fields of ``OrderSpec`` but for number, status and date."""
        with self._changing():
            order = self.order(order_id)
            placing.edit(self.shop, order, replace(order.spec, **changes))

    def set_status(self, order_id: int, status: int | str) -> None:
        """The merchant gives an order another status, by inner id or name."""
        with self._changing():
            placing.set_status(self.shop, self.order(order_id), placing.status_of(self.shop, status))

    def cancel(self, order_id: int) -> None:
        """The merchant cancels an order: the status that settings call storno."""
        self.set_status(order_id, self.shop.storno)

    def pay(self, order_id: int) -> None:
        """The money arrives: the order gets the status that its way to pay names."""
        spec = self.order(order_id).spec
        mode = self.shop.mode("paymentMode", spec.payment.name, spec.payment.code)
        self.set_status(order_id, mode.status or furnish.PROCESSING)

    def order(self, order_id: int) -> Order:
        """The order of an inner id."""
        return self.shop.orders[order_id]

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, by inner id; unfinished carts too."""
        return list(self.shop.orders.values())

    def status_of(self, order_id: int) -> str:
        """The name of an order's status, empty for a cart."""
        status = self.order(order_id).status
        return self.shop.statuses[status].names[self.shop.language.id] if status else ""

    def invoices_of(self, order_id: int) -> Sequence[Record]:
        """What was written to ``orderInvoices`` for an order."""
        return [invoice for invoice in self.shop.invoices.values() if invoice["order"] == order_id]

    def order_totals(self) -> dict[str, Decimal]:
        """What is to pay by order number, carts left out."""
        return {str(order.id): order.total for order in self.orders if order.status is not None}

    def order_as_read(self, order_id: int) -> Record:
        """An order as ``orderExtend`` shows it, but for ``href`` and ``id``."""
        render = Renderer(f"https://{self.shop.name}.api.myshoprenter.hu", self.shop.chosen, self.shop.assumed.nothing)
        shown: Record = render(order_extend_view(self.shop, self.order(order_id)))
        return shown

    # --- products -----------------------------------------------------------------------------------------------

    def add_product(self, spec: ProductSpec) -> Product:
        """Put a product in the shop."""
        with self._changing():
            return products.add_product(self.shop, spec)

    def change_product(self, sku: str, /, **changes: Any) -> None:
        """Change a product as the merchant would: fields of ``state.Product``, ``name`` and ``description``."""
        with self._changing():
            products.change(self.shop, self.product(sku), changes)

    def add_special(self, sku: str, spec: SpecialSpec) -> None:
        """The product gets a special price."""
        with self._changing():
            product = self.product(sku)
            products.add_special(self.shop, product, spec)
            product.updated = self.shop.now()

    def add_category(self, name: str, parent: int | None = None, *, enabled: bool = True, **names: str) -> int:
        """A category; its inner id. ``names`` by language code beside ``name``, in the shop's first language."""
        with self._changing():
            texts = {self.shop.language_of(code).id: text for code, text in names.items()}
            first = {self.shop.language.id: name}
            return categories.add_category(self.shop, {**first, **texts}, parent, int(enabled)).id

    def add_product_class(self, name: str, *attributes: str) -> int:
        """What variants of its products differ in: one attribute, or two; its inner id."""
        with self._changing():
            return make_class(self.shop, name, attributes)

    def delete_product(self, sku: str) -> None:
        """Delete a product as the merchant would; orders keep its lines."""
        with self._changing():
            self.shop.drop(self.product(sku))

    def set_stock(self, sku: str, *stock: Decimal | int) -> None:
        """A second writer sets the stock of an SKU, from the first warehouse on."""
        with self._changing():
            product = self.product(sku)
            product.stock[: len(stock)] = map(Decimal, stock)
            product.updated = self.shop.now()

    def product(self, sku: str) -> Product:
        """The product of an SKU.

        Raises:
            LookupError: There is none.
        """
        found = self.shop.product_of(sku)
        if found is None:
            raise LookupError(f"There is no product {sku!r}")
        return found

    @property
    def products(self) -> Sequence[Product]:
        """All products, by inner id."""
        return list(self.shop.products.values())

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change by somebody in the shop; what it causes is told when the shop is free again."""
        with self._service.lock:
            yield
        self.webhooks.send()
