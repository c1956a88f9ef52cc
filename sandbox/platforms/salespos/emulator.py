"""The emulated SalesPOS as one object."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
from flask import Request

from sandbox.platforms.kit import CallCount, Faults, Windows, wall_clock
from sandbox.platforms.kit.wsgi import Reply, incoming, make_app
from sandbox.platforms.salespos import plain
from sandbox.platforms.salespos.auth import Key
from sandbox.platforms.salespos.catalogue import links
from sandbox.platforms.salespos.catalogue.products import change_product, create_product, trash_product
from sandbox.platforms.salespos.catalogue.variants import (
    combinations_of,
    create_attribute,
    create_link,
    create_value,
    drop_value,
    regenerate,
)
from sandbox.platforms.salespos.fields import check
from sandbox.platforms.salespos.orders.calls import change, complete, create_order
from sandbox.platforms.salespos.orders.record import Order
from sandbox.platforms.salespos.page import orders_page
from sandbox.platforms.salespos.service import BASE, TOTAL_PER_MINUTE, Service
from sandbox.platforms.salespos.shapes import ORDER_POST, PRODUCT_POST, USER_POST
from sandbox.platforms.salespos.state import Shop, ShopSettings
from sandbox.platforms.salespos.users import create_group, create_user
from sandbox.platforms.salespos.webhooks import Delivery, deliver
from sandbox.platforms.salespos.wire import Record

COMPLETED = 7


class SalesPosEmulator:
    """A SalesPOS shop with the REST API of the platform file, strict about everything it does not know.

    ``app`` is the WSGI app, ``faults`` what shall go wrong, ``calls`` what was called, ``deliveries`` which
    webhooks went out. Records made through the methods below pass the same checks as those made by the API.

    Faults, planned with ``faults.plan(name, "POST /orders")`` or ``"GET /products/{id}"``:

    - instead of the work: ``unauthorised`` (401.10), ``rate_limit`` (429.10), ``total_limit`` (429.11),
      ``rate_limit_failure`` (500.10), ``html_page`` (a gateway's 502 page), ``lost_request`` (time-out, nothing
      done);
    - after the work: ``no_content`` (204 although created), ``lost_answer`` (time-out, all done),
      ``schema_mismatch`` (500.20: the record was made, its answer was not), ``bad_hash`` (response hash wrong);
    - ``clock_skew``: the server's clock is off by ``detail`` seconds for this call;
    - ``meanwhile`` and ``afterwards``: ``detail`` is called just before or after the work. A product deleted
      between look-up and order is ``meanwhile`` on ``POST /orders`` with ``trash_product``; combinations made
      anew with other ids, the same with ``regenerate_combinations``; a page shift is ``afterwards`` on
      ``GET /products`` with ``trash_product``, or on ``GET /orders`` with ``sell_at_till``;
    - ``missing_webhook`` and ``duplicate_webhook``, planned on an event's name.

    Without a plan: ``service.doubles`` (how numbers are written, and which are the result of computing).

    Not simulated: rights of a key, other languages, images (only how many a product has), brands, suppliers,
    colours, invoices, returns, discount coupons, credit points, quotations, take-out slots, cash-ups, terminal
    receipts and fiscal signatures (501.20), multishop, product variations (style B), staggered and group prices,
    shipping costs by package, restocking of cancelled orders, basket and checkout pages, e-mails, refusal of
    orders without stock, webhook retries, ``orders.deleted``. What the platform file tags [inferred] is tagged so
    here, each in one place: error codes in ``errors``, spellings in ``shapes``, sums in ``totals``, account
    behaviour in ``ShopSettings``, limits in ``service`` and ``paging``, deliveries in ``webhooks``, what exists
    once in ``links``.

    Args:
        speed: How many platform minutes pass in a real one, for the limits.
        total_limit: Calls a minute before 429.11.
        webhook_client: Calls the webhooks as soon as something happened; without one, nothing is delivered.
        account: The fields of ``ShopSettings``, such as ``currency`` or ``prices_include_vat``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        public: str = "pub_emul_01",
        secret: str = "sec_emul_01",  # noqa: S107 - the test vectors' made-up key
        speed: float = 1.0,
        total_limit: int = TOTAL_PER_MINUTE,
        webhook_client: httpx.Client | None = None,
        **account: Any,
    ) -> None:
        self.shop = Shop(settings=ShopSettings(**account), clock=clock)
        self.service = Service(self.shop, Key(public, secret), Windows(clock, speed), total_limit)
        self.webhook_client = webhook_client
        self.deliveries: list[Delivery] = []
        self._root = f"http://localhost{BASE}"
        rules = (BASE, f"{BASE}/", f"{BASE}/<path:rest>")
        self.app = make_app("salespos", rules, self._reply, partial(orders_page, self.shop))
        self._furnish()

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.service.faults

    @property
    def calls(self) -> CallCount:
        """What was called."""
        return self.service.calls

    @property
    def orders(self) -> list[Order]:
        """All orders, by id."""
        return list(self.shop.orders.values())

    @property
    def package_id(self) -> int:
        """The package every shop has."""
        return next(iter(self.shop.table("packages")))

    def orders_by_reference(self, reservationnumber: str) -> list[Order]:
        """The orders that carry the caller's number: more than one is a duplicate."""
        return [order for order in self.orders if order.reservationnumber == reservationnumber]

    def order_totals(self) -> dict[str, Decimal]:
        """Total price per caller's number; duplicates add up, so that they show."""
        totals: dict[str, Decimal] = {}
        for order in self.orders:
            if order.reservationnumber is not None:
                totals[order.reservationnumber] = totals.get(order.reservationnumber, Decimal(0)) + order.totals.price
        return totals

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self.service.withheld = on

    def add_product(
        self,
        productnumber: str,
        price: Decimal | int,
        *,
        variants: Mapping[str, Mapping[str, Decimal | int]] | None = None,
        **fields: Any,
    ) -> Record:
        """Put a product in the shop.

        Args:
            variants: Attribute name to value name to surcharge; ``fields["stock"]`` is then each combination's.
            fields: Any field of a product POST; the tariff is ``normal`` unless said otherwise.
        """
        body = {
            "productnumber": productnumber,
            "name": productnumber,
            "price": price,
            "discount": 0,
            "package_id": self.package_id,
            "stockenabled": "stock" in fields,
            **({} if "vatrate" in fields else {"taxtariff": "normal"}),
            **({"stocktype": "Attribute"} if variants else {}),
            **fields,
        }
        check(body, PRODUCT_POST)
        product = create_product(self.shop, body)
        for name, values in (variants or {}).items():
            self._add_values(product["id"], name, values, fields.get("stock", 0))
        self._number_combinations(product)
        return product

    def combinations(self, product_id: int) -> list[Record]:
        """The variants of a product."""
        return combinations_of(self.shop, product_id)

    def change_product(self, product_id: int, **fields: Any) -> None:
        """Change a product as a person in the back office would."""
        product = self.shop.catalogue.get(product_id)
        if product is None:
            raise KeyError(product_id)
        change_product(self.shop, product, fields)
        self.deliver_webhooks()

    def trash_product(self, product_id: int) -> None:
        """Delete a product as a person in the back office would."""
        trash_product(self.shop, product_id)

    def drop_variant(self, product_id: int, sku: str) -> None:
        """Take the last value that makes a variant from its product, as a person would; its combinations go with it."""
        combination = next(each for each in self.combinations(product_id) if each["sku_number"] == sku)
        value = combination["combination"][-1]["attribute_value"]["id"]
        drop_value(self.shop, product_id, value)

    def add_photo(self, product_id: int) -> Record:
        """Hang a photo on a product."""
        return links.add(self.shop, "productphotos", {"product_id": product_id})

    def regenerate_combinations(self, product_id: int) -> None:
        """Make the product's combinations anew, with other ids."""
        regenerate(self.shop, product_id, keep=False)

    def add_user(self, username: str, **fields: Any) -> Record:
        """Register a user.

        Args:
            fields: Any field of a user POST, and ``approval_status``.
        """
        status = fields.pop("approval_status", "accepted")
        body = {"username": username, "password": "secret", **fields}
        check(body, USER_POST)
        user = create_user(self.shop, body)
        user["approval_status"] = status
        return user

    def sell_at_till(self, counts: Mapping[str, Decimal | int], paymethod: str = "cash") -> Order:
        """Sell products, by number, in the store: a paid order of nobody, stock lowered at once."""
        rows = [
            {"product_id": self._id_of(number), "count": count, "auto_create_deposit_rows": False}
            for number, count in counts.items()
        ]
        body = {"customer": {}, "orderrows": rows, "paid": True, "status": COMPLETED, "total_shipping": 0}
        check(body, ORDER_POST)
        order = create_order(self.shop, body)
        methods = self.shop.table("paymethods").values()
        order.paymethod_id = next(each["id"] for each in methods if each["method"] == paymethod)
        self.deliver_webhooks()
        return order

    def complete_order(self, order_id: int) -> None:
        """Let the consumer finish an order that was left open."""
        complete(self.shop, self.shop.orders[order_id])

    def change_order(self, order_id: int, **fields: Any) -> None:
        """Let people change an order: its status, or the code and the carrier of its shipment."""
        change(self.shop, self.shop.orders[order_id], fields)
        self.deliver_webhooks()

    def deliver_webhooks(self) -> None:
        """Call the webhooks of what happened; done after every call of the API by itself."""
        if self.webhook_client is not None:
            self.deliveries += deliver(self.shop, self.webhook_client, self.faults, self._root)

    def _reply(self, request: Request) -> Reply:
        call = incoming(request)
        self._root = call.host + BASE
        reply = self.service.reply(call)
        self.deliver_webhooks()
        return reply

    def _furnish(self) -> None:
        plain.add(self.shop, "packages", {"name": "Standard"})
        create_group(self.shop, {"groupname": "Customers"})
        for method in ("cash", "pin", "ideal"):
            plain.add(self.shop, "paymethods", _paymethod(method))

    def _add_values(
        self, product_id: int, name: str, values: Mapping[str, Decimal | int], stock: Decimal | int
    ) -> None:
        attribute = create_attribute(self.shop, {"name": name, "type": "option_menu_required"})
        for value_name, price in values.items():
            value = create_value(self.shop, attribute["id"], {"name": value_name, "default_price": price})
            create_link(self.shop, product_id, {"optionvalue": value["id"], "price": price, "stock": stock})

    def _number_combinations(self, product: Record) -> None:
        for combination in self.combinations(product["id"]):
            names = [part["attribute_value"]["name"] for part in combination["combination"]]
            number = "-".join([product["productnumber"], *names])
            combination.update(product_number=number, sku_number=number)

    def _id_of(self, productnumber: str) -> int:
        product = next(iter(self.shop.catalogue.numbered("productnumber", productnumber)))
        return int(product["id"])


def _paymethod(method: str) -> Record:
    return {
        "psp": "ccv",
        "method": method,
        "combined_name": f"ccv_{method}",
        "label": method.capitalize(),
        "extra_costs": False,
        "extra_costs_fixed": 0,
        "extra_costs_percentage": 0,
    }
