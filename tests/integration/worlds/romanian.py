"""Gomag and CloudSales with a bridge in one process; orders get a proforma and a fiscal receipt by themselves."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.cloudsales import CloudSalesEmulator
from sandbox.platforms.gomag import Buyer, Company, GomagEmulator, Line, OrderSpec, ProductSpec
from sandbox.platforms.gomag.emulator import KEY, PAID, SHOP
from sandbox.platforms.kit import in_process
from tests.integration.world import AnyWorld

MUG, TRANSPORT = "MUG", "TRANSPORT"
AT_FIRST = 10_000
"""Pieces of the product in stock."""
ON_ITS_WAY, CANCELLED = "Comanda in curs de livrare", "Anulata"


@dataclass
class RomanianWorld(AnyWorld):
    """A shop without webhooks, and a back office that cannot be searched for an order."""

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Both have room for every call; a product and a service are in the catalogue."""
        self.shop = GomagEmulator(clock=self.clock, rate="1000", read_burst=100_000, write_burst=100_000)
        self.shop.add_product(ProductSpec(MUG, Decimal("59.50"), AT_FIRST, vat=Decimal(21)))
        self.office = CloudSalesEmulator(clock=self.clock, calls_per_minute=100_000)
        self.office.connector.receipts_from = self.clock().date()
        self.office.add_product(MUG, Decimal("59.50"), stock=AT_FIRST)
        self.office.add_service(TRANSPORT, "Transport")
        return {"api.gomag.ro": in_process(self.shop.app), "secure.bocp.eu": in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        """As the merchant's guide asks for; orders are to be found by polls alone."""
        new, paid, told = (str(self.shop.status_id(name)) for name in ("Comanda NEW", PAID, ON_ITS_WAY))
        office = {
            "account_number": self.office.account.number,
            "connector_id": self.office.connector.id,
            "documents": "receipt",
            "receipts_from": self.office.connector.receipts_from,
            "shipping_code": TRANSPORT,
        }
        maps = {
            "status": {"entries": {new: "new", paid: "new"}},
            "payment": {"entries": {"Ordin de Plata": "bank_transfer"}},
            "shipping": {"entries": {"Curier rapid": "personal_pickup"}},
            "tax": {"entries": {"21": "="}},
        }
        return {
            "id": self.connection,
            "name": "Test",
            "shop": _side("gomag", "https://api.gomag.ro", shop=SHOP, paid_statuses=[paid]),
            "office": _side("cloudsales", "https://secure.bocp.eu", **office),
            "orders": {"maps": maps, "write_back": {"status": told}},
        }

    def secrets(self) -> dict[str, dict[str, str]]:
        """The shop's key, and both users of the account."""
        office = self.office
        return {
            "shop": {"api_key": KEY},
            "office": {
                "user": office.user,
                "password": office.password,
                "connector_user": office.connector_user,
                "connector_password": office.connector_password,
            },
        }


def an_order(number: int) -> OrderSpec:
    """Paid by bank, by a company that the back office does not know yet."""
    company = Company(f"Exemplu {number} SRL", f"RO{number:08}")
    return OrderSpec(
        lines=(Line(MUG, quantity=2),),
        buyer=Buyer(email=f"buyer-{number}@example.test", company=company),
        shipping=Decimal("19.99"),
        payment="Ordin de Plata",
        status=PAID,
        number=str(number),
    )


def _side(platform: str, url: str, **settings: Any) -> dict[str, Any]:
    return {"platform": platform, "settings": {"url": url, "limit_factor": "100", **settings}}
