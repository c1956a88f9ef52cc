"""Cartum and RO App with a bridge in one process; RO App lets three calls a second pass, on the world's own clock."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.cartum import LOGIN, PASSWORD, Buyer, CartumEmulator, Coupon, Line, OrderSpec, ProductSpec
from sandbox.platforms.cartum import Order as ShopOrder
from sandbox.platforms.cartum.orders.totals import to_pay
from sandbox.platforms.kit import in_process
from sandbox.platforms.roapp import Order, RoAppEmulator
from sandbox.platforms.roapp.furnish import CANCELLED, EXTERNAL_ID, MAIN, OWNER, STOCK, TRACKING, WEB_ORDER
from tests.integration.conftest import ManualClock
from tests.integration.world import AnyWorld

MUG, SOAP = "MUG", "SOAP"
SHOP, OFFICE = "shop.example", "api.roapp.io"
STATUSES = {"1": "51", "2": "52", "6": "54", "3": "55", "4": "56"}
"""The shop's, and what they are in RO App."""
DELIVERY = Decimal("19.99")


@dataclass(frozen=True)
class Passing(httpx.BaseTransport):
    """Lets time pass before each call, so that the limit holds nobody up."""

    inner: httpx.BaseTransport
    clock: ManualClock
    seconds: float

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.clock.advance(self.seconds)
        return self.inner.handle_request(request)


@dataclass
class RoAppWorld(AnyWorld):
    """A shop that cannot be asked what changed, and a back office whose orders are filled line by line.

    Attributes:
        orders: Replaces the order settings of those names.
        seconds: How long a call of RO App takes.
    """

    orders: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Both have two products; the office has an entry for delivery, and one for fees."""
        self.shop = CartumEmulator(clock=self.clock, per_hour=1_000_000, call=lambda _: httpx.Response(200))
        self.office = RoAppEmulator(clock=self.clock, call=lambda _: httpx.Response(200))
        for sku, price in ((MUG, Decimal("33.33")), (SOAP, Decimal("7.45"))):
            self.shop.add_product(ProductSpec(sku, price, 1_000_000, sku))
            self.office.add_product(sku, price, 1_000_000)
        self.entries = {
            name: self.office.add_product("", title=name, kind="service").id for name in ("delivery_entry", "fee_entry")
        }
        office = Passing(in_process(self.office.app), self.clock, self.seconds)
        return {SHOP: in_process(self.shop.app), OFFICE: office}

    def settings(self) -> dict[str, Any]:
        """Statuses go both ways; orders are taken paid or not."""
        office = {
            "location": MAIN,
            "order_type": WEB_ORDER,
            "managers": [OWNER],
            "reference_field": EXTERNAL_ID,
            "tracking_field": TRACKING,
            "currency": "RON",
            "cancelled_statuses": [CANCELLED],
            "warehouses": [STOCK],
            **self.entries,
        }
        same = {"entries": {}, "fallback": "="}
        back = {office: shop for shop, office in STATUSES.items() if shop not in ("1", "4")}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {
                "platform": "cartum",
                "settings": {"url": f"https://{SHOP}", "vat": "21", "country": "RO", "limit_factor": "100"},
            },
            "office": {"platform": "roapp", "settings": office},
            "orders": {
                "payment_statuses": [],
                "maps": {
                    "status": {"entries": STATUSES},
                    "payment": same,
                    "shipping": same,
                    "tax": {"entries": {"21": "21"}},
                },
                "write_back": {"status": "2"},
                "changes": {"statuses": back, "cancelled": "4", "shipments": True},
                **self.orders,
            },
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        """A user of the shop's admin, and the key of an employee."""
        return {"shop": {"login": LOGIN, "password": PASSWORD}, "office": {"api_key": self.office.key}}

    def place(self, spec: OrderSpec | None = None) -> ShopOrder:
        """A buyer orders two kinds of goods with a coupon; each order is somebody else's."""
        number = len(self.shop.orders) + 1
        spec = spec or OrderSpec(
            (Line(MUG, quantity=2), Line(SOAP, quantity=3)),
            coupon=Coupon("TEN", Decimal(10)),
            delivery_price=DELIVERY,
        )
        buyer = Buyer(f"Ana Exemplu {number}", f"ana{number}@posta.example", f"+407000{number:05}", guest=True)
        return self.shop.place_order(replace(spec, buyer=buyer))

    def copies(self, of: ShopOrder) -> Sequence[Order]:
        """The work orders of a shop's order."""
        return self.office.orders_by_reference(str(of.id))

    def check(self, of: ShopOrder, context: str = "") -> Order:
        """The one work order, with each line once, one contact, and the shop's total to the cent."""
        copies, record = self.copies(of), self.record(str(of.id))
        assert len(copies) == 1, f"{context}: {len(copies)} work orders"
        (copy,) = copies
        assert (record.state, record.follow_ups, record.lease_owner) == ("DONE", (), None), f"{context}: {record}"
        assert record.reason is None, f"{context}: {record.reason}"
        assert record.external_id == str(copy.id), context
        assert self.units(copy) == {line.article: line.quantity for line in of.lines}, context
        assert Counter(item.product for item in copy.items)[self.entries["delivery_entry"]] == 1, context
        assert copy.total == to_pay(of), context
        contacts = [each for each in self.office.contacts if each.values.get("email") == of.spec.buyer.email]
        assert len(contacts) == 1, f"{context}: {len(contacts)} contacts"
        assert copy.client == contacts[0].id, context
        return copy

    def units(self, of: Order) -> dict[str, Decimal]:
        """What a work order's goods come to, by SKU."""
        units: Counter[str] = Counter()
        for item in of.items:
            product = self.office.account.products[item.product]
            units.update({product.sku: item.quantity} if product.kind == "product" else {})
        return {sku: Decimal(count) for sku, count in units.items()}
