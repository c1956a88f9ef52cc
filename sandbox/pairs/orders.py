"""What buyers order in the demo, in words that fit every shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["product", "custom", "bundle"]
Payment = Literal["invoice", "prepaid", "ideal", "paypal"]
Prices = Literal["gross", "net", "tax_free"]
Stage = Literal["new", "working", "sent", "done", "cancelled"]
"""Where an order stands."""


@dataclass(frozen=True)
class Product:
    """What shop and back office sell.

    Attributes:
        price, sale: Gross; ``sale`` is what it costs while it is on sale.
        tax: In percent.
        stock: Of each variant, if there are variants; None where nobody counts.
        options: What variants differ in, such as ``{"Size": ("S", "M")}``; the values end their SKUs.
    """

    sku: str
    name: str
    price: Decimal
    tax: Decimal
    stock: Decimal | None = None
    text: str = ""
    sale: Decimal | None = None
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def skus(self) -> tuple[str, ...]:
        """What is sold: its variants, or the product itself."""
        return tuple(f"{self.sku}-{value}" for values in self.options.values() for value in values) or (self.sku,)


@dataclass(frozen=True)
class Address:
    """Where somebody lives. ``country`` and ``region`` are ISO codes, such as RO and RO-CJ."""

    street: str
    postcode: str
    city: str
    country: str
    extra: str = ""
    region: str = ""


@dataclass(frozen=True)
class Buyer:
    """Who orders."""

    first_name: str
    last_name: str
    email: str
    company: str = ""
    vat_id: str = ""
    guest: bool = False


@dataclass(frozen=True)
class Item:
    """A position. ``price`` is of one piece, in the order's kind of prices; a bundle costs what its parts cost."""

    sku: str
    name: str
    price: Decimal
    tax: Decimal
    quantity: int = 1
    kind: Kind = "product"
    parts: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Order:
    """One order.

    Attributes:
        discount: A promotion in percent of the goods.
        retried: Paid by an older attempt; a newer one, which the shop calls the order's payment, has failed.
        rounded_to: What the total is rounded to for cash, such as 0.05; 0 for nothing.
    """

    number: str
    items: tuple[Item, ...]
    buyer: Buyer
    billing: Address
    delivery: Address | None = None
    shipping: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    payment: Payment = "invoice"
    paid: bool = True
    cancelled: bool = False
    prices: Prices = "gross"
    placed_at: datetime | None = None
    comment: str = ""
    retried: bool = False
    rounded_to: Decimal = Decimal(0)
