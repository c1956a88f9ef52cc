"""The emulated Shopware: one object to talk to, over HTTP or directly."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.shopware import products, seed, stock
from sandbox.platforms.shopware.apps import App, Apps
from sandbox.platforms.shopware.auth import Access, Integration
from sandbox.platforms.shopware.orders import placing as orders
from sandbox.platforms.shopware.orders.parties import address_values
from sandbox.platforms.shopware.orders.pricing import untaxed
from sandbox.platforms.shopware.orders.transitions import Actor, transition
from sandbox.platforms.shopware.search.criteria import Criteria
from sandbox.platforms.shopware.service import Api
from sandbox.platforms.shopware.specs import Address, Buyer, OrderSpec, Payment, ProductSpec
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import make_id
from sandbox.platforms.shopware.versions import Version
from sandbox.platforms.shopware.webhooks import Webhook, Webhooks

SHOP_URL = "https://shop.example.test"


class ShopwareEmulator:
    """A Shopware 6 shop (6.4 to 6.7) with its Admin API, apps and webhooks.

    Written from the platform file. Stricter than a real shop: unknown keys in criteria, bodies and
    queries are refused with a code that begins with ``SANDBOX__``.

    What can be written: orders, their parts and customers are changed (``PATCH``, sync); products with
    variants, visibilities and configurator settings, manufacturers, units, property groups and options,
    categories, taxes and tags are also created and deleted, alone, nested or by ``POST /api/_action/sync``.
    Everything of one request is one transaction, except in the old form of sync (6.4).

    Faults (``shop.faults.plan(name, on, detail=…)``; ``on`` is method and path without ids, such as
    ``POST /api/search/order`` or ``PATCH /api/order``):

    - ``rate_limited``: 429 with ``Retry-After``, as from the cloud or a proxy; detail: seconds
    - ``auth_throttled``: 429 as the token endpoint answers; detail: seconds
    - ``maintenance``: 503 with an HTML page
    - ``too_large``: 413 with an HTML page, as a web server refuses a body
    - ``deadlock``: 500 with the database's text, nothing done
    - ``redirect``: 301; detail: target, else the same address over https
    - ``token_revoked``: the caller's token becomes worthless with this call: 401 code 9
    - ``lost_request``: nothing is done, and no answer arrives
    - ``lost_answer``: the work is done, the answer never arrives
    - ``meanwhile``: detail is called right after the work of this call, for example to place an order
      or to change one between two pages, so that pages shift

    Without a plan: ``shop.clock = …`` (a shop whose time differs; ``Date`` and all timestamps follow),
    ``shop.webhooks.hold()`` with ``release(order=reversed, times=2)`` or ``drop()`` (late, reordered,
    doubled and lost webhooks), ``shop.webhooks.queued``, ``shop.access.cloud`` (ten tokens a minute),
    ``shop.shop.max_limit`` (the largest page, 6.5.5), ``shop.shop.joins`` (what searches were found or sorted by),
    ``shop.shop.doubles`` (how many digits numbers are written with),
    ``shop.shop.largest_body`` (bytes beyond which every call is a 413), ``shop.shop.manages_stock = False``
    (orders leave stock alone), ``shop.shop.handles_stock_early`` (6.5.5 to 6.5 with ``STOCK_HANDLING``).

    Not simulated: creating and deleting orders and customers through the API, the joining entities beyond
    sync and ``DELETE``, reserving a number, documents, media beyond how many a product has, rule prices,
    cross-selling, streams, drafts (``sw-version-id``), ``fields``, ``term``, ``query``, ``grouping`` and
    aggregations, sorting by count, ``GET`` of lists, nested routes beyond ``DELETE``, user logins (the
    password grant always fails), the ``translations`` association and filters over texts of other languages
    than the system's,
    ``sw-currency-id``, mails and flows, payments that change on their own, plugins and commercial
    extensions, the webhook rework of 6.7.12, JSON:API beyond its outline, lengths and formats of texts.
    A queue that indexes (``use-queue-indexing``) is worked off at once; ``disable-indexing`` leaves
    ``available``, counts and trees stale, but id lists such as ``categoryIds`` are always right.
    Field names prefixed with the entity's own name are refused. Rows written in one change share a
    time. Ids a shop makes itself, and order numbers, are not given back by a rollback.

    Args:
        version: The release to be.
        clock: The shop's time.
        currency: The default currency's ISO code.
        speed: How much faster than documented the waits of the token throttle pass.
        client: Calls apps and webhooks; tests pass one with a mock transport.
        name: Ids and credentials are derived from it.
    """

    def __init__(
        self,
        version: str = "6.6.10.0",
        clock: Callable[[], datetime] = wall_clock,
        currency: str = "EUR",
        speed: float = 1.0,
        client: httpx.Client | None = None,
        name: str = "demo",
    ) -> None:
        self.clock = clock
        self._client = client
        self.version = Version(version)
        self.faults, self.calls = Faults(), CallCount()
        self.shop_id = make_id(name, "shop id")[:16]
        self.shop = Shop(self.version, self._now, name, SHOP_URL)
        self.access = Access(self.version, self._now, speed)
        self.webhooks = Webhooks(self.shop, self.shop_id, self._call)
        self.apps = Apps(self.shop, self.shop_id, self.access, self.webhooks, self._call)
        seed.seed(self.shop, currency)
        self.shop.outbox = self.webhooks
        self.integration = self.add_integration()
        self.app = Api(self.shop, self.shop_id, self.access, self.faults, self.calls).create()

    def _now(self) -> datetime:
        return self.clock()

    def _call(self, request: httpx.Request) -> httpx.Response:
        """Call the outside world; a client is costly to make, so only shops that need one have one."""
        self._client = self._client or httpx.Client()
        return self._client.send(request)

    @property
    def access_key(self) -> str:
        """The ``client_id`` of the integration every shop has."""
        return self.integration.access_key

    @property
    def secret_key(self) -> str:
        """Its ``client_secret``."""
        return self.integration.secret_key

    @property
    def url(self) -> str:
        """The address the shop gives for itself to apps; set it once the server's is known."""
        return self.shop.url

    @url.setter
    def url(self, url: str) -> None:
        self.shop.url = url

    def add_integration(self, privileges: Iterable[str] | None = None) -> Integration:
        """Credentials with these rights (``order:read``), or of an administrator."""
        serial = self.shop.count("integration")
        key = f"SWIA{make_id(self.shop.key, 'access key', serial)[:22].upper()}"
        return self.access.add(key, make_id(self.shop.key, "secret", serial), privileges)

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self.access.withheld = on

    def place_order(self, spec: OrderSpec | None = None) -> str:
        """A customer orders; the new order's id.

        Raises:
            ValueError: The specification names something the shop does not have.
        """
        with self.shop.change():
            return orders.place(self.shop, spec or OrderSpec()).id

    def edit(self, order_id: str, spec: OrderSpec) -> None:
        """The merchant edits lines and shipping in the administration: the order is calculated anew.

        Subscribers first hear of a draft version of the order, as the administration makes one.
        """
        self.draft(order_id)
        with self.shop.change():
            orders.edit(self.shop, self._order(order_id), spec)

    def draft(self, order_id: str) -> str:
        """The merchant begins to edit: a draft is written, which only webhooks tell of. Its version id."""
        version_id = self.shop.new_id("version")
        with self.shop.change():
            self.shop.drafted("order", order_id, version_id)
        return version_id

    def touch(self, order_id: str) -> None:
        """Something writes the order row without changing it: ``updatedAt`` moves all the same."""
        with self.shop.change():
            self.shop.update(self._order(order_id), {})

    def delete_order(self, order_id: str) -> None:
        """The order and its parts are gone; from 6.6 the deleted lines give their stock back.

        [inferred]: a cancelled order has given it back already, and does not do so twice.
        """
        with self.shop.change():
            order = self._order(order_id)
            returned = self.shop.stock_falls_when_placed and self.shop.state_name(order) == "cancelled"
            taken = Counter[str]() if returned else stock.quantities(self.shop, order)
            parts = ("order_line_item", "order_delivery", "order_transaction", "order_customer", "order_address")
            for entity in parts:
                for row in list(self.shop.store.children(entity, "orderId", order_id)):
                    self.shop.store.delete(row)
            self.shop.delete(order)
            stock.order_edited(self.shop, taken, Counter())

    def move(self, order_id: str, action: str) -> None:
        """Do a transition of the order, such as ``process``."""
        self._transition("order", order_id, action)

    def cancel(self, order_id: str) -> None:
        """Cancel the order; its payment and delivery stay as they are."""
        self.move(order_id, "cancel")

    def pay(self, order_id: str, action: str = "paid") -> None:
        """Do a transition of the current payment."""
        self._transition("order_transaction", self._parts("order_transaction", order_id)[-1].id, action)

    def ship(self, order_id: str, action: str = "ship") -> None:
        """Do a transition of the first delivery."""
        self._transition("order_delivery", self._parts("order_delivery", order_id)[0].id, action)

    def readdress(self, order_id: str, address: Address, buyer: Buyer) -> None:
        """The merchant corrects the order's addresses; the order's own row stays as it is."""
        with self.shop.change():
            for row in self._parts("order_address", order_id):
                self.shop.update(row, address_values(self.shop, address, buyer))

    def add_payment(self, order_id: str, payment: Payment, *, primary: bool = True) -> str:
        """The customer changes the payment method or tries again: a further transaction, its id.

        ``primary`` is False for a plugin's retry, which leaves the order's primary one where it was.
        """
        with self.shop.change():
            order = self._order(order_id)
            due = untaxed(Decimal(str(order.values["price"]["totalPrice"])))
            made = orders.add_transaction(self.shop, order_id, payment, due, self.shop.now())
            if primary and "primaryOrderTransactionId" in order.values:
                self.shop.update(order, {"primaryOrderTransactionId": made.id})
            return made.id

    def order(self, order_id: str) -> dict[str, Any]:
        """The order with its parts and their states, as the API shows it."""
        state = Criteria(loads={"stateMachineState": Criteria()})
        parts = dict.fromkeys(("transactions", "deliveries"), state)
        loads = {**state.loads, **parts, "lineItems": Criteria(), "addresses": Criteria()}
        with self.shop.reading() as renderer:
            return renderer.record(self._order(order_id), Criteria(loads=loads))

    def add_number_range(self, *channels: str, start: int = seed.FIRST_ORDER, pattern: str = "{n}") -> None:
        """Give sales channels (by name; unknown ones are created) order numbers that others may have, too."""
        with self.shop.change():
            made = seed.number_range(self.shop, start, pattern)
            for name in channels:
                link = {"numberRangeId": made.id, "numberRangeTypeId": made.values["typeId"]}
                channel = seed.sales_channel(self.shop, name)
                self.shop.insert("number_range_sales_channel", {**link, "salesChannelId": channel.id})

    def add_product(self, spec: ProductSpec) -> str:
        """Register a product or variant; its id.

        Raises:
            ValueError: The specification does not fit the shop.
        """
        with self.shop.change():
            return products.add(self.shop, spec).id

    def product(self, sku: str) -> dict[str, Any]:
        """The product of this number, as the API shows it.

        Raises:
            LookupError: There is none.
        """
        with self.shop.reading() as renderer:
            found = self.shop.store.children("product", "productNumber", sku)
            if not found:
                raise LookupError(f"No product has the number {sku!r}")
            return renderer.record(found[0])

    def add_language(self, name: str, code: str, territory: str = "") -> str:
        """A further language, such as German, de-DE; its id."""
        with self.shop.change():
            return seed.language(self.shop, name, code, territory).id

    def add_payment_method(self, name: str, technical_name: str) -> str:
        """A further payment method; its id."""
        with self.shop.change():
            return seed.payment_method(self.shop, name, technical_name).id

    def install_app(
        self,
        name: str,
        secret: str,
        registration_url: str,
        webhooks: Iterable[tuple[str, str]] = (),
        permissions: Iterable[str] | None = None,
    ) -> App:
        """Install an app: handshake, credentials, signed webhooks (pairs of event and URL).

        Raises:
            RegistrationFailedError: The app refused or answered wrongly.
        """
        return self.apps.install(name, secret, registration_url, webhooks, permissions)

    def reregister_app(self, name: str) -> App:
        """Register an app again: an update, a moved shop (set ``url`` before), a rotated secret.

        Raises:
            RegistrationFailedError: The app refused or answered wrongly; the old secrets stay valid.
        """
        return self.apps.reregister(name)

    def subscribe(self, event: str, url: str) -> Webhook:
        """A webhook without an app: not signed."""
        return self.webhooks.subscribe(event, url)

    def _transition(self, entity: str, row_id: str, action: str) -> None:
        with self.shop.change():
            transition(self.shop, entity, row_id, action, Actor())

    def _order(self, order_id: str) -> Row:
        return self.shop.store.tables["order"][order_id]

    def _parts(self, entity: str, order_id: str) -> list[Row]:
        return self.shop.store.children(entity, "orderId", order_id)
