"""The emulated Vendure as one object."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wsgi import incoming, make_app
from sandbox.platforms.vendure import placing, products
from sandbox.platforms.vendure.auth import ANYTHING, Access
from sandbox.platforms.vendure.orders import order_view
from sandbox.platforms.vendure.page import orders_page
from sandbox.platforms.vendure.pricing import goods_of, shipping_of
from sandbox.platforms.vendure.service import PATH, Service
from sandbox.platforms.vendure.specs import Line, OrderSpec, ProductSpec
from sandbox.platforms.vendure.state import DEFAULT_CHANNEL, DEFAULT_TOKEN, Channel, Level, Order, Product, Shop
from sandbox.platforms.vendure.webhooks import Delivery, Outbox

API_KEY = "71f82e5d050537fc19acee7f:5b8967cab8fef1f0"
"""Of a key with every right."""
OTHER_CHANNEL = "second"


class VendureEmulator:
    """A Vendure 3.7 server with the Admin API of the platform file, below ``/admin-api``.

    It is strict: a document is checked against the part of the real schema that is emulated, lists filter and sort only
    by what is known, and a change that is real but not built says so. ``app`` is the WSGI app, ``faults`` what shall go
    wrong, ``calls`` what was called, ``webhooks`` what our plugin sends, ``shop`` all records.

    Faults, planned with ``faults.plan(name, "orders")`` by the name of an operation:

    - instead of the work: ``throttled`` (429 of a proxy), ``server_error`` (502 or ``detail``), ``html_page`` (200 with
      a page), ``lost_request`` (time-out, nothing done), ``fault`` (an internal error);
    - after the work: ``lost_answer`` (time-out, all done), ``cut_body`` (half of the answer is missing);
    - ``meanwhile`` (by the name of a field) and ``afterwards``: ``detail`` is called just before or after the work.

    Not simulated: the Shop API, carts, draft orders, several sellers, custom fields, parts of orders that are
    cancelled, refunds and modifications by the API, sessions and logins, prices of single channels and customer groups,
    promotions on single lines, languages. What the file leaves open or tags [inferred] is told in ``inferred``.

    Args:
        gross: Prices of the default channel include tax; there is a second channel, ``second``, of the other kind.
        uuids: Ids are UUIDs and no numbers.
        call: Makes the plugin's calls; without it they go out over HTTP.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        api_key: str = API_KEY,
        currency: str = "EUR",
        gross: bool = True,
        uuids: bool = False,
        call: Callable[[httpx.Request], httpx.Response] | None = None,
    ) -> None:
        self.shop = Shop(clock, currency, gross, uuids)
        self.shop.channels[DEFAULT_CHANNEL] = Channel(1, DEFAULT_CHANNEL, DEFAULT_TOKEN, gross)
        self.shop.channels[OTHER_CHANNEL] = Channel(2, OTHER_CHANNEL, "second-token", not gross)
        self.shop.locations[1] = "Default Stock Location"
        self.shop.payment_methods.update(
            {"bank-transfer": "Bank transfer", "card": "Card", "cash-on-delivery": "Cash on delivery"}
        )
        self.shop.shipping_methods.update({"standard-shipping": "Standard Shipping"})
        self.shop.taxes.update({Decimal(21): "Standard Tax", Decimal(9): "Reduced Tax"})
        self._service = Service(self.shop, Access({api_key: ANYTHING}))
        self.webhooks = Outbox(self.shop, self.faults, call or httpx.Client().send)
        self._service.send = self.webhooks.deliver
        page = partial(orders_page, self.shop)
        self.app = make_app("vendure", (PATH,), lambda sent: self._service.reply(incoming(sent)), page, ("POST",))

    # --- the API's surroundings ---------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self._service.faults

    @property
    def calls(self) -> CallCount:
        """What was called, by operation."""
        return self._service.calls

    @property
    def doubles(self) -> Doubles:
        """How numbers are written."""
        return self._service.doubles

    @doubles.setter
    def doubles(self, doubles: Doubles) -> None:
        self._service.doubles = doubles

    def add_key(self, key: str, *rights: str) -> None:
        """A further key, whose role has these rights; none named, it has all."""
        self._service.access.keys[key] = frozenset(rights) or ANYTHING

    def remove_key(self, key: str = API_KEY) -> None:
        """A key is deleted."""
        del self._service.access.keys[key]

    def withhold(self, *, on: bool) -> None:
        """Let no key count any more, or all of them again."""
        self._service.access.withheld = on

    def install_plugin(self, address: str, secret: str) -> None:
        """The merchant puts our plugin into the server."""
        self.webhooks.address, self.webhooks.secret = address, secret

    def deliver(self) -> list[Delivery]:
        """Make the plugin's calls that wait."""
        return self.webhooks.deliver()

    # --- what the shop has --------------------------------------------------------------------------------------

    def add_payment_method(self, code: str, name: str) -> None:
        """A way to pay."""
        self.shop.payment_methods[code] = name

    def add_location(self, name: str) -> str:
        """A further stock location; its id."""
        number = len(self.shop.locations) + 1
        self.shop.locations[number] = name
        return self.shop.shown(number)

    def add_product(self, spec: ProductSpec) -> Product:
        """Put a product in the shop."""
        with self._changing():
            return products.add_product(self.shop, spec)

    def delete_product(self, sku: str) -> None:
        """Delete the product that is sold under an SKU."""
        with self._changing():
            number = next(each.id for each in self.shop.products.values() if sku in [one.sku for one in each.variants])
            del self.shop.products[number]

    def delete_variant(self, sku: str) -> None:
        """Delete a variant, and with its last one the product."""
        with self._changing():
            for product in list(self.shop.products.values()):
                product.variants = [each for each in product.variants if each.sku != sku]
                if not product.variants:
                    del self.shop.products[product.id]

    def change_product(self, sku: str, **changes: Any) -> None:
        """Change name, description or enabled of the product that is sold under an SKU."""
        with self._changing():
            product = next(each for each in self.shop.products.values() if sku in [one.sku for one in each.variants])
            for name, value in changes.items():
                setattr(product, name, value)

    def set_price(self, sku: str, price: int) -> None:
        """Write a price in cents, in the default channel's own kind."""
        with self._changing():
            self.shop.variant(sku).price = price

    def set_stock(self, sku: str, on_hand: int, location: int = 1) -> None:
        """Somebody writes a figure by hand."""
        with self._changing():
            self.shop.variant(sku).levels.setdefault(location, Level()).on_hand = on_hand

    def stock(self, sku: str, location: int = 1) -> Level:
        """What lies at a location."""
        return self.shop.variant(sku).levels.get(location, Level())

    # --- orders -------------------------------------------------------------------------------------------------

    def place_order(self, spec: OrderSpec) -> Order:
        """A buyer orders."""
        with self._changing():
            return placing.place(self.shop, spec)

    def sell(self, counts: Mapping[str, int]) -> Order:
        """A buyer buys so many pieces of each SKU."""
        return self.place_order(OrderSpec(tuple(Line(sku, count) for sku, count in counts.items())))

    def pay(self, order: int) -> None:
        """What was promised arrives."""
        with self._changing():
            placing.settle(self.shop, self.shop.orders[order])

    def refund(self, order: int, amount: int, state: str = "Settled") -> None:
        """Give some of the first payment back."""
        with self._changing():
            self.shop.orders[order].payments[0].refunds.append((amount, state))

    def cancel(self, order: int) -> None:
        """The merchant cancels an order."""
        with self._changing():
            placing.cancel(self.shop, self.shop.orders[order])

    def edit(self, order: int, **changes: Any) -> None:
        """The merchant changes an order: fields of ``OrderSpec``."""
        with self._changing():
            found = self.shop.orders[order]
            placing.edit(self.shop, found, replace(found.spec, **changes))

    def move(self, order: int, state: str) -> None:
        """The merchant moves an order."""
        with self._changing():
            self.shop.moved(self.shop.orders[order], state)

    def delete_order(self, order: int) -> None:
        """Delete an order."""
        with self._changing():
            del self.shop.orders[order]

    def numbered(self, code: str) -> Order:
        """An order by its code. Raises LookupError where there is none."""
        found = next((each for each in self.shop.orders.values() if each.code == code), None)
        if found is None:
            raise LookupError(f"There is no order {code}")
        return found

    def total(self, order: int) -> Decimal:
        """What the buyer pays."""
        found = self.shop.orders[order]
        return Decimal((goods_of(found) + shipping_of(found)).gross) / 100

    def order_as_read(self, order: int) -> dict[str, Any]:
        """An order as the API shows it."""
        return order_view(self.shop, self.shop.orders[order])

    @property
    def orders(self) -> Sequence[Order]:
        """All orders, by id."""
        return list(self.shop.orders.values())

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A change by somebody in the shop; what is due is sent when the shop is free again."""
        with self._service.lock:
            yield
        self.webhooks.deliver()
