"""The emulated Cartum as one object."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.cartum import inferred, reference, webhooks
from sandbox.platforms.cartum.auth import Access
from sandbox.platforms.cartum.catalogue import products
from sandbox.platforms.cartum.catalogue.view import product_view
from sandbox.platforms.cartum.customers import register
from sandbox.platforms.cartum.hook_bodies import announce_user, user_view
from sandbox.platforms.cartum.orders import placing
from sandbox.platforms.cartum.orders.totals import total_sum
from sandbox.platforms.cartum.orders.view import order_view
from sandbox.platforms.cartum.page import orders_page
from sandbox.platforms.cartum.quota import Quota
from sandbox.platforms.cartum.service import BASE, METHODS, Service
from sandbox.platforms.cartum.specs import Buyer, Line, OrderSpec, ProductSpec
from sandbox.platforms.cartum.state import OFFICE, Hook, Order, Product, Section, Shop, Status, User
from sandbox.platforms.cartum.webhooks import Delivery, Outbox
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wsgi import incoming, make_app

LOGIN, PASSWORD = "roapp", "demo-pass"
CRON = 300
"""Seconds between two rounds of the hooks' queue (C11)."""


class CartumEmulator:
    """A Cartum shop with the API of the platform file, below ``/api/``.

    Where the file says what is passed over (unknown names of ``includedParams``, characteristics, languages that are
    off, ``quantity``) it passes over; where nothing is known it is strict: a call takes the documented parameters and
    no other, and an order's row the writable fields. ``app`` is the WSGI app, ``faults`` what shall go wrong, ``calls``
    what was called, ``quota`` the calls of an hour, ``webhooks`` the queue of hooks, ``shop`` all records.

    Faults, planned with ``faults.plan(name, "orders/get")``:

    - instead of the work: ``throttled`` (the quota's envelope; ``detail`` is its seconds), ``server_error`` (502 or
      ``detail``), ``html_page`` (200 with a page), ``empty_body`` (200 with nothing), ``lost_request`` (time-out,
      nothing done), ``expired`` (the token is refused, in the spelling of ``detail``), ``error`` (``detail`` is the
      envelope's status and a message), ``empty`` (a list with nothing in it);
    - ``record_error``: the first row of a write is refused with ``detail``, the others are written;
    - after the work: ``lost_answer`` (time-out, all done), ``cut_body`` (half of the answer is missing),
      ``timed_out`` (a gateway's page, all done);
    - ``slow``: the answer takes ``detail`` seconds, by ``wait``;
    - ``meanwhile`` and ``afterwards``: ``detail`` is called just before or after the work;
    - on an event: ``missing_webhook``, ``duplicate_webhook``.

    Without a plan: ``doubles`` (how many digits numbers are written with).

    Not simulated: shops that sell to firms (``customer-groups/export`` and ``price-levels/export`` are a real 501),
    bodies sent as forms or in other charsets, ``orders/get`` by GET, sets as products of the catalogue, wholesale
    prices, icons, reviews and requests for a call, what a status change mails to the buyer, the filter against clients
    that look like no browser (``html_page`` is its page), tracking of waybills. What the file leaves open or tags
    [inferred] is told in ``inferred``, where two answers are likely as a setting.

    Args:
        login: The user name of the shop's first user.
        currency: That of all prices.
        languages: Of the shop, the first that of new orders and of names given in one language.
        switched_off: Languages that are told empty, and dropped when written.
        stock_accounting: Stock is kept by warehouse; else products only say whether they are there.
        per_hour: Calls of an hour.
        speed: How many platform hours pass in one of the clock's, for the quota.
        cron: Seconds between two rounds of the hooks' queue; 0 sends at once.
        without: Functions that this version of the shop does not have yet.
        wait: Lets time pass for the fault ``slow``; tests move their clock.
        call: Makes the calls of hooks; without it they go out over HTTP.
        assumed: Fields of ``inferred.Assumed``, such as ``expired`` or ``sorting``.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each trait of a shop
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        login: str = LOGIN,
        password: str = PASSWORD,
        currency: str = "RON",
        languages: Sequence[str] = ("ro", "en"),
        switched_off: Sequence[str] = (),
        stock_accounting: bool = True,
        per_hour: int = inferred.PER_HOUR,
        speed: float = 1,
        cron: float = CRON,
        without: Sequence[str] = (),
        wait: Callable[[float], object] = time.sleep,
        call: Callable[[httpx.Request], httpx.Response] | None = None,
        **assumed: Any,
    ) -> None:
        settings = inferred.Assumed(**assumed)
        self.shop = Shop(settings, clock, tuple(languages), tuple(switched_off), currency, stock_accounting)
        self.shop.without.update(without)
        access = Access(clock, settings, {login: password})
        self._service = Service(self.shop, access, Quota(clock, per_hour, speed), wait)
        self.webhooks = Outbox(self.shop, self.faults, self._service.lock, call or httpx.Client().send, cron)
        self._service.send = self.webhooks.deliver
        page, rules = partial(orders_page, self.shop), (f"{BASE}<path:rest>",)
        self.app = make_app("cartum", rules, lambda sent: self._service.reply(incoming(sent)), page, METHODS)
        self.app.config["MAX_CONTENT_LENGTH"] = inferred.LARGEST_BODY
        reference.furnish(self.shop)

    # --- the API's surroundings ---------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def calls(self) -> CallCount:
        """What was called, by function."""
        return self._service.calls

    @property
    def doubles(self) -> Doubles:
        """How numbers are written."""
        return self._service.doubles

    @doubles.setter
    def doubles(self, doubles: Doubles) -> None:
        self._service.doubles = doubles

    @property
    def quota(self) -> Quota:
        """The calls of this hour: ``used``, ``refused``, and ``use_up`` for what others do."""
        return self._service.quota

    @property
    def tokens_issued(self) -> int:
        """How many log-ins there were."""
        return self._service.access.issued

    def add_user(self, login: str, password: str) -> None:
        """A further user of the admin."""
        self._service.access.users[login] = password

    def change_password(self, password: str, login: str = LOGIN) -> None:
        """A user has another password; tokens live on [inferred]."""
        self._service.access.users[login] = password

    def remove_user(self, login: str = LOGIN) -> None:
        """A user is gone, and his tokens with him [inferred]."""
        del self._service.access.users[login]

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.access.withheld = on

    def expire_tokens(self) -> None:
        """No token is good any more, as after ten minutes."""
        self._service.access.end_tokens()

    def set_plan(self, *, api: bool) -> None:
        """The merchant changes to a plan with or without the API."""
        self.shop.api = api

    # --- what the shop has --------------------------------------------------------------------------------------

    def add_status(self, title: str, *, successful: bool = False, number: int | None = None, **titles: str) -> int:
        """A status of the merchant's own; its id. ``titles`` by language beside ``title``."""
        status_id = number or self.shop.new_id("status")
        self.shop.statuses[status_id] = Status(status_id, self.shop.all_languages(title, **titles), successful)
        return status_id

    def rename_status(self, status: int | str, title: str, **titles: str) -> None:
        """The merchant calls a status otherwise."""
        found = self.shop.statuses[placing.status_of(self.shop, status)]
        found.titles = self.shop.all_languages(title, **titles)

    def status_id(self, title: str) -> int:
        """The id of a status."""
        return placing.status_of(self.shop, title)

    def add_delivery(self, title: str, **titles: str) -> int:
        """A way to deliver; its id."""
        return reference.add_delivery(self.shop, self.shop.all_languages(title, **titles))

    def add_payment(self, title: str, *, simple: bool = True, **titles: str) -> int:
        """A way to pay; its id. One that is not ``simple`` leads to a gateway."""
        return reference.add_payment(self.shop, self.shop.all_languages(title, **titles), simple=simple)

    def add_currency(self, iso: str, *, enabled: bool = True) -> int:
        """A further currency; its id."""
        return reference.add_currency(self.shop, iso, enabled=enabled)

    def add_category(self, *path: str) -> int:
        """The section at the end of a path of names, made where it does not exist; its id."""
        with self._service.lock:
            return reference.made_section(self.shop, path).id

    def add_page(self, title: str, parent: int = 0) -> int:
        """A page with content, which lies in the same tree; its id."""
        return reference.add_section(self.shop, self.shop.all_languages(title), parent, content=True).id

    def add_warehouse(self, code: str) -> None:
        """A warehouse beside the main one."""
        self.shop.warehouses.add(code)

    def add_characteristic(self, name: str) -> None:
        """A characteristic that products of every section have."""
        self.shop.template.add(name)

    def set_stock_accounting(self, *, on: bool) -> None:
        """The merchant switches stock accounting on or off."""
        self.shop.stock_accounting = on

    @property
    def categories(self) -> Sequence[Section]:
        """All sections of the catalogue, by id."""
        return [section for section in self.shop.sections.values() if not section.content]

    # --- products -----------------------------------------------------------------------------------------------

    def add_product(self, spec: ProductSpec) -> Product:
        """Put a product, or a variant of a group, in the shop."""
        with self._service.lock:
            return products.add_product(self.shop, spec)

    def change_product(self, article: str, /, **changes: Any) -> None:
        """Change a product as the merchant would: fields of ``state.Product``, and texts."""
        with self._service.lock:
            products.change(self.shop, self.product(article), changes)

    def set_price(self, article: str, price: Decimal, price_old: Decimal | None = None) -> None:
        """The merchant writes a price, and the higher one it is compared with."""
        self.change_product(article, price=price, price_old=price_old or Decimal(0))

    def delete_product(self, article: str) -> None:
        """Delete a product as the merchant would; orders keep its lines."""
        with self._service.lock:
            del self.shop.products[self.product(article).article]

    def set_stock(self, article: str, quantity: Decimal | int, warehouse: str = OFFICE) -> None:
        """A second writer sets a figure."""
        with self._service.lock:
            self.product(article).stock[warehouse] = Decimal(quantity)

    def stock(self, article: str, warehouse: str = OFFICE) -> Decimal:
        """What lies in a warehouse."""
        return self.product(article).stock.get(warehouse, Decimal(0))

    def price(self, article: str) -> Decimal:
        """What one piece costs."""
        return self.product(article).price

    def is_for_sale(self, article: str) -> bool:
        """It is in the showcase."""
        return self.product(article).shown

    def product(self, article: str) -> Product:
        """The row of an article.

        Raises:
            LookupError: There is none.
        """
        found = self.shop.products.get(article)
        if found is None:
            raise LookupError(f"Nothing is sold as {article!r}")
        return found

    @property
    def products(self) -> Sequence[Product]:
        """All rows, in the order of their creation."""
        return list(self.shop.products.values())

    def product_as_read(self, article: str) -> Record:
        """A product as an export shows it in full."""
        return product_view(self.shop, self.product(article))

    # --- buyers and orders --------------------------------------------------------------------------------------

    def register(self, buyer: Buyer) -> User:
        """Somebody registers."""
        with self._changing():
            return register(self.shop, buyer)

    def change_user(self, user_id: int, **changes: Any) -> None:
        """A registered buyer changes his data: fields of ``state.User``."""
        with self._changing():
            user = self.shop.users[user_id]
            for name, value in changes.items():
                setattr(user, name, value)
            announce_user(self.shop, "user_update", user)

    def user_as_read(self, user_id: int) -> Record:
        """A registered buyer as an export shows him."""
        return user_view(self.shop.users[user_id])

    def place_order(self, spec: OrderSpec | None = None) -> Order:
        """A buyer orders, or the manager makes an order: the goods leave the stock, and hooks are told.

        Raises:
            ValueError: The specification names something the shop does not have.
        """
        with self._changing():
            return placing.place(self.shop, spec or OrderSpec())

    def sell(self, counts: Mapping[str, Decimal | int]) -> Order:
        """A buyer buys so many pieces of each article."""
        return self.place_order(OrderSpec(tuple(Line(article, quantity=count) for article, count in counts.items())))

    def edit(self, order_id: int, **changes: Any) -> None:
        """The manager changes an order: fields of ``OrderSpec`` but for number, status, paid and date.

        Raises:
            ValueError: It is cancelled and locked, or there is no such thing to change.
        """
        self._do(lambda order: placing.edit(self.shop, order, changes), order_id)

    def set_status(self, order_id: int, status: int | str) -> None:
        """The manager gives an order another status, by id or title."""
        self._do(lambda order: placing.set_status(self.shop, order, placing.status_of(self.shop, status)), order_id)

    def cancel(self, order_id: int, *, restock: bool = True) -> None:
        """The manager cancels an order, and puts its goods back or not."""
        self._do(lambda order: placing.cancel(self.shop, order, restock=restock), order_id)

    def pay(self, order_id: int) -> None:
        """The money arrives."""
        self._do(lambda order: placing.set_paid(self.shop, order, paid=True), order_id)

    def unpay(self, order_id: int) -> None:
        """The manager takes it back that an order is paid."""
        self._do(lambda order: placing.set_paid(self.shop, order, paid=False), order_id)

    def set_waybill(self, order_id: int, number: str, status: str = "", operator: str = "NovaPoshta") -> None:
        """The manager makes a waybill; an empty number takes it away."""
        self._do(lambda order: placing.set_waybill(self.shop, order, number, status, operator), order_id)

    def delete_order(self, order_id: int) -> None:
        """The manager deletes an order."""
        self._do(lambda order: placing.delete(self.shop, order), order_id)

    def _do(self, act: Callable[[Order], None], order_id: int) -> None:
        with self._changing():
            act(self.order(order_id))

    def order(self, order_id: int) -> Order:
        """The order of a number.

        Raises:
            LookupError: There is none.
        """
        return self.shop.orders[order_id]

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, in the order of their making."""
        return list(self.shop.orders.values())

    def status_of(self, order_id: int) -> str:
        """The title of an order's status, in the shop's first language."""
        return self.shop.statuses[self.order(order_id).status].titles[self.shop.languages[0]]

    def order_totals(self) -> dict[str, Decimal]:
        """What the goods cost after all discounts, by order number."""
        return {str(order.id): total_sum(order) for order in self.orders}

    def order_as_read(self, order_id: int) -> Record:
        """An order as the API shows it."""
        return order_view(self.shop, self.order(order_id))

    # --- hooks --------------------------------------------------------------------------------------------------

    @property
    def hooks(self) -> Mapping[int, Hook]:
        """The subscriptions, which the API does not list."""
        return self.shop.hooks

    def remove_hook(self, hook_id: int) -> Delivery:
        """A person removes a subscription in the admin; its address is told so.

        Raises:
            LookupError: There is none.
        """
        return self.webhooks.farewell(webhooks.removed(self.shop, hook_id))

    def deliver(self) -> list[Delivery]:
        """Make the hooks' calls that are due by now."""
        return self.webhooks.deliver()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change by somebody in the shop; what is due is sent when the shop is free again."""
        with self._service.lock:
            yield
        self.webhooks.deliver()
