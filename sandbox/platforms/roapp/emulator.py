"""The emulated RO App as one object."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import CallCount, Faults, Windows, wall_clock
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wsgi import incoming, make_app
from sandbox.platforms.roapp import contacts, desk, furnish, order_view
from sandbox.platforms.roapp.catalogue import product_view
from sandbox.platforms.roapp.inferred import LARGEST_BODY, Assumed
from sandbox.platforms.roapp.page import orders_page
from sandbox.platforms.roapp.service import Service
from sandbox.platforms.roapp.state import (
    Account,
    Category,
    Contact,
    Endpoint,
    Item,
    Order,
    Product,
    Status,
    Warehouse,
)
from sandbox.platforms.roapp.webhooks import EVENTS, Webhooks
from sandbox.platforms.roapp.wire import Record

KEY = "roapp-key-emul-01"
HOOK_SECRET = "hook-secret"
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


class RoAppEmulator:
    """A RO App account: v2 below ``/v2/``, the unversioned API of stock and products beside it, strict in both.

    ``app`` is the WSGI app, ``key`` the API key of Max, ``faults`` what shall go wrong, ``calls`` what was called,
    ``webhooks`` what is sent, ``account`` all records. It has the location 11, the order types 21 (begins as New) and
    22, the statuses 51 New, 52 In progress, 53 Ready, 54 Shipped, 55 Completed and 56 Cancelled, the employees 31, 32
    and 33 (who has left), the fields 123 External ID and 124 Tracking number, the warehouses 61 and 62, the price types
    81 and 82, the category 91 of goods and 95 of services, the tax 101 and the advertising source 111.

    Faults, planned with ``faults.plan(name, on)``, where ``on`` is method and pattern as ``service.ROUTES`` has them,
    such as ``POST /v2/orders/{id}/items`` or ``GET /warehouse/goods/{id}``, or ``unknown`` for an address that is none:

    - ``slow``: waits ``detail`` seconds first (``sleep`` says how)
    - instead of the work: ``lost_request`` (time-out, nothing done), ``server_error`` (502 or detail), ``html_page``
      (a page under 200), ``empty_body`` (200 with nothing), ``unauthorised`` (401), ``throttled`` (429), ``error``
      (detail: status and message, a sentence or ``{"validation": ..}``)
    - after the work: ``lost_answer`` (time-out, all done), ``error_afterwards`` (500 although done; detail: status),
      ``cut_body`` (half of the answer is missing)
    - ``meanwhile`` and ``afterwards``: detail is called just before or after the work
    - on an event, such as ``Order.Updated``: ``missing_webhook``, ``duplicate_webhook``, ``wrong_signature``

    Without a plan: ``throttle`` answers every call with a 429 until it is told to stop, ``doubles`` says how numbers
    are written.

    Not simulated: invoices, estimates, leads and their statuses, assets, resources, payments as records, serial
    numbers, bins, moves, the dialect of the old host with its tokens, management calls for webhooks. What the platform
    file tags [inferred] or leaves open is in ``inferred``, and only there.

    Args:
        currency: Of the company.
        speed: How many platform seconds pass in a real one, for the limit.
        sleep: Waits for ``slow``.
        call: Makes the calls of webhooks; without it they go out over HTTP.
        assumed: The fields of ``Assumed``, such as ``prices`` or ``comments``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        currency: str = "RON",
        speed: float = 1,
        sleep: Callable[[float], object] = time.sleep,
        call: Callable[[httpx.Request], httpx.Response] | None = None,
        **assumed: Any,
    ) -> None:
        self.account = Account(Assumed(**assumed), clock, currency)
        furnish.furnish(self.account)
        self.key = KEY
        self._service = Service(self.account, Windows(clock, speed, seconds=1), sleep, {KEY: furnish.OWNER})
        self.webhooks = Webhooks(self.account, self.faults, call or httpx.Client().send)
        self._service.send = self.webhooks.deliver
        page = partial(orders_page, self.account)
        self.app = make_app("roapp", ("/<path:rest>",), lambda sent: self._service.reply(incoming(sent)), page, METHODS)
        self.app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    # --- the API's surroundings ---------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def calls(self) -> CallCount:
        """What was called, by method and pattern."""
        return self._service.calls

    @property
    def doubles(self) -> Doubles:
        """How numbers are written."""
        return self._service.doubles

    @doubles.setter
    def doubles(self, doubles: Doubles) -> None:
        self._service.doubles = doubles

    def throttle(self, *, on: bool = True) -> None:
        """Answer every call with a 429, or end it."""
        self._service.throttles = on

    def replace_key(self, key: str) -> None:
        """A person withdraws the API key and makes another."""
        self._service.keys = {key: furnish.OWNER}
        self.key = key

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.withheld = on

    def forbid(self, *routes: str) -> None:
        """The key's employee may not make these calls, which are method and pattern; none takes it back."""
        self._service.forbidden = set(routes)

    def add_endpoint(self, url: str, secret: str = HOOK_SECRET, events: Sequence[str] = EVENTS) -> Endpoint:
        """A person sets a webhook up."""
        number = self.account.new_id("endpoint")
        self.account.endpoints[number] = Endpoint(number, url, secret, frozenset(events))
        return self.account.endpoints[number]

    # --- what the account has -----------------------------------------------------------------------------------

    def add_status(self, name: str, group: int = 2) -> Status:
        """One more status of a stage."""
        number = self.account.new_id("status")
        self.account.statuses[number] = Status(number, name, group)
        return self.account.statuses[number]

    def add_warehouse(self, title: str, branch: int = furnish.MAIN) -> Warehouse:
        """One more warehouse."""
        number = self.account.new_id("warehouse")
        self.account.warehouses[number] = Warehouse(number, title, branch)
        return self.account.warehouses[number]

    def add_category(self, title: str, parent: int | None = None) -> Category:
        """One more category of products."""
        number = self.account.new_id("category")
        self.account.categories[number] = Category(number, title, parent)
        return self.account.categories[number]

    # --- contacts -----------------------------------------------------------------------------------------------

    def add_person(self, first_name: str, last_name: str = "", *, phone: str = "", **values: Any) -> Contact:
        """A person, with the values that a call may write."""
        phones = {"phones": [{"phone": phone}]} if phone else {}
        given = {"first_name": first_name, "last_name": last_name, **phones, **values}
        with self._changing():
            return contacts.add_contact(self.account, given, furnish.SECOND, organization=False)

    def add_organization(self, name: str, *, phone: str = "", **values: Any) -> Contact:
        """An organization, with the values that a call may write."""
        phones = {"phones": [{"phone": phone}]} if phone else {}
        with self._changing():
            given = {"name": name, **phones, **values}
            return contacts.add_contact(self.account, given, furnish.SECOND, organization=True)

    @property
    def contacts(self) -> Sequence[Contact]:
        """All of them, oldest first."""
        return list(self.account.contacts.values())

    # --- products and stock -------------------------------------------------------------------------------------

    def add_product(
        self,
        sku: str,
        price: Decimal | int = 10,
        stock: Decimal | int = 0,
        *,
        title: str = "",
        warehouse: int = furnish.STOCK,
        **fields: Any,
    ) -> Product:
        """Put a product in the catalogue, at a retail price and in a warehouse; an SKU that is there is put in twice.

        Args:
            fields: Others of ``Product``, such as ``code``, ``barcodes`` (a tuple) or ``kind`` (``service``).
        """
        prices = {furnish.RETAIL: Decimal(price)}
        with self._changing():
            made = desk.add_product(self.account, title or sku, sku=sku, prices=prices, **fields)
            made.category = fields.get("category", furnish.GOODS if made.kind == "product" else furnish.WORKS)
            if made.kind == "product":
                made.stock[warehouse] = Decimal(stock)
            return made

    def change_product(self, product: Product, **fields: Any) -> None:
        """A person changes a product: fields of ``Product``."""
        with self._changing():
            desk.change_product(product, **fields)

    def delete_product(self, product: Product) -> None:
        """A person deletes a product; orders that have it still show it."""
        with self._changing():
            self.account.removed[product.id] = self.account.products.pop(product.id)

    def products_by_sku(self, sku: str) -> Sequence[Product]:
        """All products with an SKU: there may be several."""
        return [each for each in self.account.products.values() if each.sku == sku]

    def product(self, sku: str) -> Product:
        """The one product with an SKU. Raises LookupError."""
        found = self.products_by_sku(sku)
        if len(found) != 1:
            raise LookupError(f"{len(found)} products have the SKU {sku!r}")
        return found[0]

    @property
    def products(self) -> Sequence[Product]:
        """All products and services."""
        return list(self.account.products.values())

    def set_stock(self, sku: str, quantity: Decimal | int, warehouse: int = furnish.STOCK) -> None:
        """A person counts, and books the difference."""
        with self._changing():
            self.product(sku).stock[warehouse] = Decimal(quantity)

    def stock(self, sku: str, warehouse: int = furnish.STOCK) -> Decimal:
        """What lies in a warehouse."""
        return self.product(sku).stock.get(warehouse, Decimal(0))

    def sell(self, counts: Mapping[str, Decimal | int], warehouse: int = furnish.STOCK) -> None:
        """Somebody buys over the counter: pieces by SKU."""
        with self._changing():
            pieces = {self.product(sku).id: Decimal(count) for sku, count in counts.items()}
            desk.sell(self.account, pieces, warehouse, furnish.SECOND)

    def product_as_read(self, product: Product) -> Record:
        """A product as v2 shows it."""
        return product_view(self.account, product)

    # --- orders -------------------------------------------------------------------------------------------------

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, oldest first."""
        return list(self.account.orders.values())

    def order(self, order_id: int | str) -> Order:
        """The order with an id or a number. Raises LookupError."""
        for order in self.account.orders.values():
            if order_id in (order.id, str(order.id), order.number):
                return order
        raise LookupError(f"There is no order {order_id!r}")

    def orders_by_reference(self, reference: str, field: int = furnish.EXTERNAL_ID) -> Sequence[Order]:
        """The orders with this text in a field of the account's own: more than one is a duplicate."""
        return [each for each in self.orders if each.values.get("custom_fields", {}).get(f"f{field}") == reference]

    def order_totals(self, field: int = furnish.EXTERNAL_ID) -> dict[str, Decimal]:
        """Total by the text in that field; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            reference = str(order.values.get("custom_fields", {}).get(f"f{field}", ""))
            totals[reference] = totals.get(reference, Decimal(0)) + order.total
        return totals

    def status_of(self, order_id: int | str) -> str:
        """The name of an order's status."""
        return self.account.statuses[self.order(order_id).status].name

    def set_status(self, order_id: int | str, status: int | str, employee: int = furnish.SECOND) -> None:
        """A person moves an order to a status, by id or name."""
        with self._changing():
            desk.set_status(self.account, self.order(order_id), status, employee)

    def cancel(self, order_id: int | str, employee: int = furnish.SECOND) -> None:
        """A person cancels an order."""
        with self._changing():
            desk.cancel(self.account, self.order(order_id), employee)

    def write(self, order_id: int | str, employee: int = furnish.SECOND, **values: Any) -> None:
        """A person writes other values, such as ``custom_fields={"f124": "TRACK-1"}``."""
        with self._changing():
            desk.write(self.account, self.order(order_id), values, employee)

    def set_tracking(self, order_id: int | str, code: str) -> None:
        """A person writes a tracking number into its field."""
        self.write(order_id, custom_fields={f"f{furnish.TRACKING}": code})

    def add_comment(self, order_id: int | str, text: str, employee: int = furnish.SECOND) -> None:
        """A person writes into the feed."""
        with self._changing():
            desk.add_comment(self.account, self.order(order_id), text, employee)

    def comments(self, order_id: int | str) -> list[str]:
        """The feed's texts."""
        return [each.text for each in self.order(order_id).comments]

    def change_item(self, order_id: int | str, item: Item, employee: int = furnish.SECOND, **values: Any) -> None:
        """A person changes a line: ``quantity``, ``price`` and others as a call writes them."""
        with self._changing():
            desk.change_item(self.account, self.order(order_id), item, values, employee)

    def add_item(
        self, order_id: int | str, sku: str, quantity: Decimal | int = 1, employee: int = furnish.SECOND
    ) -> Item:
        """A person adds a line at the retail price."""
        with self._changing():
            product = self.product(sku)
            return desk.add_item(self.account, self.order(order_id), product, Decimal(quantity), employee)

    def remove_item(self, order_id: int | str, item: Item, employee: int = furnish.SECOND) -> None:
        """A person takes a line away, which no call can."""
        with self._changing():
            desk.remove_item(self.account, self.order(order_id), item, employee)

    def write_off(self, order_id: int | str, warehouse: int = furnish.STOCK, employee: int = furnish.SECOND) -> None:
        """A person writes the goods of an order off."""
        with self._changing():
            desk.write_off(self.account, self.order(order_id), warehouse, employee)

    def pay(self, order_id: int | str, amount: Decimal | None = None, employee: int = furnish.SECOND) -> None:
        """A person takes money for an order; without an amount all that is open."""
        with self._changing():
            desk.pay(self.account, self.order(order_id), amount, employee)

    def delete_order(self, order_id: int | str, employee: int = furnish.SECOND) -> None:
        """A person deletes an order."""
        with self._changing():
            desk.delete_order(self.account, self.order(order_id), employee)

    def order_as_read(self, order_id: int | str) -> Record:
        """An order as v2 shows it."""
        return order_view.order_view(self.account, self.order(order_id))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change by a person; what it raises is sent when the account is free again."""
        with self._service.lock:
            yield
        self.webhooks.deliver()
