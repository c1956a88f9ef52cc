"""UNAS and SalesAutopilot with a bridge in one process; orders run a letter, and payments an invoice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.kit import in_process
from sandbox.platforms.salesautopilot import Record, SalesAutopilotEmulator
from sandbox.platforms.unas import Line, Order, OrderSpec, ProductSpec, UnasEmulator
from tests.integration.world import AnyWorld

MUG = "MUG"
API, OFFICE = "api.unas.eu", "api.salesautopilot.com"
ON_ITS_WAY, SENT = "41002", "41004"
OFTEN = {"limit_factor": "100"}


@dataclass
class UnasWorld(AnyWorld):
    """A shop that tells nothing by itself, and a back office that takes an order's number for its own."""

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Both have room for every call; a product is in the shop, and the office knows none."""
        self.shop = UnasEmulator(clock=self.clock, plan="vip", speed=1_000)
        self.shop.add_product(ProductSpec(MUG, Decimal(1990), 10_000, "Bögre"))
        self.office = SalesAutopilotEmulator(clock=self.clock, repeated_order_is_found=False)
        return {API: in_process(self.shop.app), OFFICE: in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        """Orders are taken once they are paid, and that is told; what becomes of them has a form of its own."""
        office = {
            "url": f"https://{OFFICE}",
            "order_list": self.office.order_list.id,
            "order_form": 70002,
            "paid_form": 70003,
            "status_form": 70004,
            "paid_at_import": True,
            **OFTEN,
        }
        shop = {
            "url": f"https://{API}/shop",
            "shop": "https://shop.example.test",
            "plan": "vip",
            "category": str(next(iter(self.shop.shop.categories))),
            **OFTEN,
        }
        same = {"entries": {}, "fallback": "="}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {"platform": "unas", "settings": shop},
            "office": {"platform": "salesautopilot", "settings": office},
            "orders": {
                "maps": {"status": same, "payment": same, "shipping": same, "tax": {"entries": {"27": "27"}}},
                "write_back": {"status": ON_ITS_WAY},
                "payment_statuses": ["paid"],
            },
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        """The shop's key, and the API key pair of the account."""
        return {
            "shop": {"api_key": self.shop.key.value},
            "office": {"user": self.office.user, "password": self.office.password},
        }

    def place(self) -> Order:
        """A paid order of two mugs with shipping."""
        return self.shop.place_order(OrderSpec((Line(MUG, quantity=2),), shipping=Decimal(1490), paid=True))

    def copies(self, of: Order) -> list[Record]:
        """What the office has of an order."""
        return self.office.orders_by_number(of.key)


def record_of(order: Order) -> str:
    """What the ledger calls it."""
    return f"{order.id}/{order.key}"
