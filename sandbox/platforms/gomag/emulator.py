"""The emulated Gomag as one object."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.platforms.gomag import inferred, reference
from sandbox.platforms.gomag.auth import Access, Key
from sandbox.platforms.gomag.bucket import Bucket, Limits
from sandbox.platforms.gomag.catalogue import products
from sandbox.platforms.gomag.catalogue.view import product_view
from sandbox.platforms.gomag.orders import placing
from sandbox.platforms.gomag.orders.totals import total
from sandbox.platforms.gomag.orders.view import order_view
from sandbox.platforms.gomag.page import orders_page
from sandbox.platforms.gomag.routing import Call
from sandbox.platforms.gomag.service import BASE, METHODS, Incoming, Service
from sandbox.platforms.gomag.specs import Line, OrderSpec, ProductSpec
from sandbox.platforms.gomag.state import Category, Order, Product, Sellable, Shop, Status
from sandbox.platforms.gomag.stock import stock_changed
from sandbox.platforms.gomag.wire import Record
from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wsgi import make_app

SHOP = "https://www.shop.example.test"
KEY = "gomag-key-01"
PAID = "In curs de procesare"


class GomagEmulator:
    """A Gomag shop with the public API of the platform file, below ``/api/v1/``.

    As documented it ignores query parameters it does not know (``ignored`` counts them, so that a test can tell a
    caller of its typo) and answers refusals inside a 200. It is strict where nothing is known: a written body may
    hold the documented fields and no other. ``app`` is the WSGI app, ``faults`` what shall go wrong, ``calls`` what
    was called, ``limits`` the two leaky buckets, ``shop`` all records.

    Other apps of the shop: ``limits.others_take(reads=5)`` fills the bucket at once, ``limits.others_pace(reads=0.5)``
    steadily from now on; ``limits.read.refused`` and ``.others_refused`` count what either was refused.

    Faults, planned with ``faults.plan(name, "GET order/read/json")``:

    - instead of the work: ``throttled`` (429), ``server_error`` (502 or ``detail``), ``html_page`` (200 with a page),
      ``lost_request`` (time-out, nothing done), ``denied`` (331), ``error`` (``detail`` is ``error`` and ``message``,
      in a 200), ``empty`` (a list with nothing in it);
    - after the work: ``lost_answer`` (time-out, all done), ``cut_body`` (the second half of the answer is missing);
    - ``slow``: the answer takes ``detail`` seconds, by ``wait``;
    - ``meanwhile`` and ``afterwards``: ``detail`` is called just before or after the work, for example to place an
      order between two pages, so that pages shift.

    Without a plan: ``doubles`` (how many digits numbers are written with).

    Not simulated: what the file names without a body (customer log-in, passwords and GDPR requests, wish lists,
    reviews, fidelity points, vouchers: a real 501), product feeds as CSV, files, videos and promotion tags of
    products, tier prices, customer mails, that ``updateOrderStatus`` of an AWB moves the order, an AWB's print, the
    shop's own address as a base address, ``Api-RateLimit-*`` of refused credentials, other languages of anything but
    names and descriptions. What the file leaves open or tags [inferred] is told in ``inferred``, where two answers are
    likely as a setting.

    Args:
        shop: What ``ApiShop`` must say, to the letter.
        key: The key every shop has.
        rate: Calls a second that leak, of reads and of writes.
        wait: Lets time pass for the fault ``slow``; tests move their clock.
        assumed: Fields of ``inferred.Assumed``, such as ``read_burst`` or ``snake_case_writes``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        shop: str = SHOP,
        key: str = KEY,
        rate: Decimal | str = "1.0",
        wait: Callable[[float], object] = time.sleep,
        **assumed: Any,
    ) -> None:
        settings = inferred.Assumed(**assumed)
        self.shop = Shop(settings, clock)
        buckets = (Bucket(Decimal(rate), burst, clock) for burst in (settings.read_burst, settings.write_burst))
        access = Access(shop, settings.wrong_key_is_401)
        self._service = Service(self.shop, access, Limits(*buckets), wait)
        self.key = access.add(key)
        page, rules = partial(orders_page, self.shop), (f"{BASE}<path:rest>",)
        self.app = make_app("gomag", rules, lambda sent: self._service.reply(Incoming.of(sent)), page, METHODS)
        self.app.config["MAX_CONTENT_LENGTH"] = self.app.config["MAX_FORM_MEMORY_SIZE"] = inferred.LARGEST_BODY
        self._furnish()

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def doubles(self) -> Doubles:
        """How numbers are written."""
        return self._service.doubles

    @doubles.setter
    def doubles(self, doubles: Doubles) -> None:
        self._service.doubles = doubles

    @property
    def calls(self) -> CallCount:
        """What was called, such as ``GET order/read/json``."""
        return self._service.calls

    @property
    def limits(self) -> Limits:
        """The buckets of the shop."""
        return self._service.limits

    @property
    def ignored(self) -> Counter[str]:
        """Query parameters that were ignored, such as ``order/read/json?order_id``."""
        return self.shop.ignored

    def add_key(self, value: str, forbidden: Iterable[str] = ()) -> Key:
        """A further key; see ``forbid``."""
        return self._service.access.add(value, forbidden)

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.access.withheld = on

    def forbid(self, *what: str) -> None:
        """Take permissions from the shop's first key: ``order``, ``order:write`` or ``order/status/json``."""
        self.key.forbidden.update(what)

    def allow(self, *what: str) -> None:
        """Give them back."""
        self.key.forbidden.difference_update(what)

    def add_status(self, name: str, *, color: str = "", releases_stock: bool = False) -> int:
        """A status of the merchant's own; its id. The name may be empty, as some are."""
        status = Status(self.shop.new_id("status"), name, color, releases_stock)
        self.shop.statuses[status.id] = status
        return status.id

    def rename_status(self, status: int | str, name: str) -> None:
        """The merchant calls a status otherwise."""
        placing.status_of(self.shop, status).name = name

    def status_id(self, name: str) -> int:
        """The id of a status."""
        return placing.status_of(self.shop, name).id

    def add_product(self, spec: ProductSpec) -> Product:
        """Put a product in the shop."""
        with self._service.lock:
            return products.add_product(self.shop, spec)

    def change_product(self, sku: str, **changes: Any) -> None:
        """Change a product as the merchant would: fields of ``state.Product``, and ``name``.

        Raises:
            LookupError: There is none.
        """
        with self._service.lock:
            product = self.product(sku)
            if "name" in changes:
                product.names["ro"] = changes.pop("name")
            if unknown := changes.keys() - {field.name for field in fields(product)}:
                raise ValueError(f"A product has no {', '.join(sorted(unknown))}")
            for name, value in changes.items():
                setattr(product, name, value)
            product.updated = self.shop.now()
            self.shop.catalogue_changed()

    def delete_product(self, sku: str) -> None:
        """Delete a product as the merchant would."""
        with self._service.lock:
            del self.shop.products[self.product(sku).id]
            self.shop.catalogue_changed()

    def set_stock(self, sku: str, stock: Decimal | int) -> None:
        """A second writer sets the stock of an SKU."""
        with self._service.lock:
            sold = self.sold_as(sku)
            sold.stock = Decimal(stock)
            stock_changed(self.shop, sold.product)

    def sold_as(self, sku: str) -> Sellable:
        """What is sold under an SKU: a simple product or a version, with ``stock`` and ``price``.

        Raises:
            LookupError: Nothing is.
        """
        found = self.shop.sold_as(sku)
        if not found:
            raise LookupError(f"Nothing is sold as {sku!r}")
        return found[0]

    def product(self, sku: str) -> Product:
        """The product that has this SKU, itself or as a version's.

        Raises:
            LookupError: There is none.
        """
        own = (product for product in self.shop.products.values() if product.sku == sku)
        return next(own, None) or self.sold_as(sku).product

    @property
    def products(self) -> Sequence[Product]:
        """All products, by id."""
        return list(self.shop.products.values())

    @property
    def categories(self) -> Sequence[Category]:
        """All categories, by id."""
        return list(self.shop.categories.values())

    def place_order(self, spec: OrderSpec | None = None) -> Order:
        """A customer orders; the goods leave the stock.

        Raises:
            ValueError: The specification names something the shop does not have.
        """
        with self._service.lock:
            return placing.place(self.shop, spec or OrderSpec())

    def sell(self, counts: Mapping[str, Decimal | int]) -> Order:
        """A customer buys so many pieces of each SKU."""
        return self.place_order(OrderSpec(tuple(Line(sku, quantity=count) for sku, count in counts.items())))

    def edit(self, order_id: int, **changes: Any) -> None:
        """The merchant changes an order: fields of ``OrderSpec`` but for number, status and date."""
        with self._service.lock:
            order = self.order(order_id)
            placing.edit(self.shop, order, replace(order.spec, **changes))

    def set_status(self, order_id: int, status: int | str) -> None:
        """The merchant gives an order another status, by id or name."""
        with self._service.lock:
            placing.set_status(self.shop, self.order(order_id), placing.status_of(self.shop, status))

    def pay(self, order_id: int, status: int | str = PAID) -> None:
        """The money arrives: the order's status moves on, for there is no flag that says paid."""
        self.set_status(order_id, status)

    def order(self, order_id: int) -> Order:
        """The order of an internal id."""
        return self.shop.orders[order_id]

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, by id."""
        return list(self.shop.orders.values())

    def status_of(self, order_id: int) -> str:
        """The name of an order's status."""
        return self.shop.statuses[self.order(order_id).status].name

    def order_totals(self) -> dict[str, Decimal]:
        """Total per order number; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            totals[order.number] = totals.get(order.number, Decimal(0)) + total(self.shop, order)
        return totals

    def order_as_read(self, order_id: int) -> Record:
        """An order as the API shows it."""
        return order_view(self.shop, self.order(order_id))

    def product_as_read(self, sku: str) -> Record:
        """A product with its versions as the API shows it."""
        return product_view(self.shop, Call({"addVersions": "true"}), self.product(sku))

    def _furnish(self) -> None:
        for name in reference.STATUSES:
            self.add_status(name, releases_stock=name in inferred.RELEASING)
        for code, name in reference.PAYMENTS.items():
            self._add("payments", "payment", code=code, name=name)
        self._add("currencies", "currency", code="RON", name="Leu")
        self._add("carriers", "carrier", name="Curier rapid")

    def _add(self, table: str, kind: str, **record: str) -> None:
        record_id = self.shop.new_id(kind)
        self.shop.table(table)[record_id] = {"id": record_id, **record}
