"""What people do in the shop, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Buyer:
    """Who orders; a guest has no user."""

    email: str = "klant@example.test"
    first_name: str = "Kim"
    last_name: str = "Klant"
    phone: str = ""
    guest: bool = True


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    full_name: str = "Kim Klant"
    street: str = "Teststraat 1"
    city: str = "Gorinchem"
    postcode: str = "4200 AA"
    country: str = "NL"
    company: str = ""
    street2: str = ""
    province: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Line:
    """What is ordered. ``price`` is the channel's own, in cents; None for the variant's."""

    sku: str
    quantity: int = 1
    price: int | None = None


@dataclass(frozen=True)
class Surcharge:
    """What is charged beside the goods, in cents of the channel's own prices."""

    description: str
    price: int
    tax: Decimal = Decimal(21)


@dataclass(frozen=True)
class OrderSpec:
    """An order as it is placed.

    Args:
        code: What people call it; one is made if it is empty.
        percent: An order promotion of so many percent.
        taken_off: An order promotion of so many cents.
        shipping: Cents of the channel's own prices.
        free_shipping: A promotion takes all of it off.
        paid: The payment is settled, and not only authorised.
        channel: The code of the channel it is bought in; empty for the default one.
    """

    lines: tuple[Line, ...]
    code: str = ""
    buyer: Buyer = field(default_factory=Buyer)
    billing: Address | None = field(default_factory=Address)
    delivery: Address | None = None
    percent: int = 0
    taken_off: int = 0
    surcharges: tuple[Surcharge, ...] = ()
    shipping: int = 495
    shipping_tax: Decimal = Decimal(21)
    free_shipping: bool = False
    shipping_method: str = "standard-shipping"
    payment: str = "bank-transfer"
    paid: bool = False
    channel: str = ""
    placed_at: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class ProductSpec:
    """A product with its variants, or the one that it is.

    Args:
        price: Cents, in the default channel's own kind of prices.
        stock: At the first location; of each variant, by its SKU, where there are ``options``.
        options: What makes each variant this one, by its SKU: group to value.
    """

    sku: str
    price: int = 2879
    stock: int = 5
    name: str = ""
    tax: Decimal = Decimal(21)
    description: str = ""
    enabled: bool = True
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stocks: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)
    collections: tuple[str, ...] = ()
    images: int = 0
    track: str = "TRUE"
