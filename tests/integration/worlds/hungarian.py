"""Shoprenter and InnVoice with a bridge in one process; orders become closed invoices, or pro formas."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from sandbox.platforms.innvoice import Document, InnVoiceEmulator
from sandbox.platforms.kit import in_process
from sandbox.platforms.shoprenter import Address, Line, OrderSpec, Payment, ProductSpec, Shipping, ShoprenterEmulator
from sandbox.platforms.shoprenter.emulator import CLIENT_ID, CLIENT_SECRET, SHOP
from sandbox.platforms.shoprenter.furnish import ON_ITS_WAY, PROCESSING
from tests.integration.world import AnyWorld

MUG, BANK = "MUG", "BANK_TRANSFER"
API, LOGIN, OFFICE = f"{SHOP}.api2.myshoprenter.hu", "oauth.app.shoprenter.net", "api.innvoice.hu"
OFTEN = {"limit_factor": "100"}


@dataclass
class HungarianWorld(AnyWorld):
    """A shop that tells nothing by itself, and a back office that neither finds an order nor knows it again.

    Attributes:
        document: What orders become; pro formas also of orders that are not paid yet.
        mail: Of ``orders.document_mail``; nothing is mailed without.
    """

    document: str = "invoice"
    mail: Mapping[str, Any] = field(default_factory=dict)

    def open_platforms(self) -> dict[str, httpx.BaseTransport]:
        """Both have room for every call; a product is in the shop."""
        self.shop = ShoprenterEmulator(clock=self.clock, per_second=1_000_000)
        self.shop.add_product(ProductSpec(MUG, Decimal(1500), 10_000))
        self.office = InnVoiceEmulator(clock=self.clock, calls_per_minute=1_000_000)
        shop = in_process(self.shop.app)
        return {API: shop, LOGIN: shop, OFFICE: in_process(self.office.app)}

    def settings(self) -> dict[str, Any]:
        """The shop's number stands on the first line; an order in this status is paid."""
        office = {
            "url": f"https://{OFFICE}",
            "company": self.office.company.name,
            "invoice_book": str(self.office.book.id),
            "document": self.document,
            "order_number": "first_line",
            **OFTEN,
        }
        maps = {
            "status": {"entries": {}, "fallback": "document"},
            "payment": {"entries": {BANK: "átutalás"}},
            "shipping": {"entries": {}, "fallback": "="},
            "tax": {"entries": {"27": "27%"}},
        }
        told = {"status": str(ON_ITS_WAY), "document_field": "normal"}
        shop = {"shop": SHOP, "paid_statuses": [str(PROCESSING)], "invoice_url": "https://files.example/{number}.pdf"}
        payments = self._payment_statuses()
        orders = {"maps": maps, "write_back": told, "payment_statuses": payments, "document_mail": dict(self.mail)}
        return {
            "id": self.connection,
            "name": "Test",
            "shop": {"platform": "shoprenter", "settings": {**shop, **OFTEN}},
            "office": {"platform": "innvoice", "settings": office},
            "orders": orders,
        }

    def _payment_statuses(self) -> list[str]:
        return [] if self.document == "proforma" else ["paid"]

    def secrets(self) -> dict[str, dict[str, str]]:
        """The API client of the shop, and the API user of the company."""
        return {
            "shop": {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
            "office": {"user": self.office.user, "password": self.office.password},
        }

    def documents(self, number: int) -> Sequence[Document]:
        """The documents that name an order of the shop."""
        named = re.compile(rf"\({number}\)$")
        return [each for each in self.office.documents if named.search(each.lines[0].name)]


def order_id(number: int) -> str:
    """What the API calls the order of a number."""
    return b64encode(f"order-order_id={number}".encode()).decode()


def an_order(number: int, status: int = PROCESSING) -> OrderSpec:
    """Paid by bank, unless the status says otherwise."""
    return OrderSpec(
        lines=(Line(MUG, quantity=2),),
        billing=Address(),
        shipping=Shipping(gross=Decimal(1490)),
        payment=Payment("Banki átutalás", BANK),
        status=status,
        number=number,
    )
