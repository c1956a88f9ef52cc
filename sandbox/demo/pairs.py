"""Which shops and back offices the demo can link. A new pair is an entry here and two sides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.demo.side_salespos import SalesPosSide
from sandbox.demo.side_shopware import DOCUMENT_FIELD, ShopwareSide
from sandbox.demo.sides import OfficeSide, ShopSide

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Pair:
    """A shop, a back office, and how the shop's words are called in the back office.

    Attributes:
        maps: ``orders.maps`` of the connection, but for the payment that comes last.
        forgotten_payment: The map entry an operator forgets at first.
        write_back: ``orders.write_back``.
        stock, products: What these two of the connection's parts need besides what the story sets; None where the
            pair does not carry them from the back office to the shop.
    """

    shop: Callable[[Clock, str], ShopSide]
    office: Callable[[Clock, str], OfficeSide]
    maps: Mapping[str, Mapping[str, str]]
    forgotten_payment: Mapping[str, str]
    write_back: Mapping[str, Any]
    stock: Mapping[str, Any] | None = None
    products: Mapping[str, Any] | None = None

    @property
    def carries_goods(self) -> bool:
        """Stock, prices and products travel, so their scenes are played."""
        return self.stock is not None and self.products is not None


_RATES = {rate: rate for rate in ("21", "20", "19", "17.5", "9", "7", "0")}

PAIRS: Mapping[str, Pair] = {
    "shopware-salespos": Pair(
        shop=ShopwareSide,
        office=SalesPosSide,
        maps={
            "status": {"open": "1", "in_progress": "2", "completed": "7"},
            "payment": {
                "payment_invoicepayment": "Cash",
                "payment_prepayment": "Pin",
                "payment_demo_ideal": "Ideal",
            },
            "shipping": {"shipping_standard": "shipping"},
            "tax": _RATES,
        },
        forgotten_payment={"payment_demo_paypal": "Ideal"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        stock={},
        products={},
    ),
}
