"""What an order or a product looks like, in short: the emulator builds Cartum's structures from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Buyer:
    """Who orders; a name is one text. A guest exists only inside his order."""

    name: str = "Ana Exemplu"
    email: str = "ana@example.test"
    phone: str = "+40700000001"
    guest: bool = True


@dataclass(frozen=True)
class Address:
    """Where the goods go.

    Args:
        street: Some carriers' several values are joined with ``@``.
        own_city: The city as the shop's own directory calls it; None is ``city``, the carrier's.
    """

    street: str = "Str. Fictiva 3"
    city: str = "Cluj-Napoca"
    own_city: str | None = None


@dataclass(frozen=True)
class Coupon:
    """A discount on the whole order; a percentage of the lines, or ``value`` where that is 0."""

    code: str
    percent: Decimal = Decimal(0)
    value: Decimal = Decimal(0)


@dataclass(frozen=True)
class Line:
    """A line.

    Args:
        article: A product of the shop gives title and price unless given here.
        price: Of one piece, after its own discount.
        title: Else the product's, in the language of the site where the order is placed.
        parts: Makes it a set; how many of each part go into one of it.
        gifts: Makes it a line that brings gifts.
    """

    article: str = ""
    price: Decimal | None = None
    quantity: Decimal | int = 1
    title: str = ""
    parts: "tuple[Line, ...]" = ()
    gifts: "tuple[Line, ...]" = ()


@dataclass(frozen=True)
class OrderSpec:
    """An order to place.

    Args:
        delivery, payment: Id or title; None is the shop's first.
        delivery_price: None is one that was not calculated.
        discount: What the manager takes off the whole order.
        language: Of the site where it is placed: titles are in it.
        status: Id or title.
        number: None takes the next one.
        placed_at: None is now.
        campaign: ``utm_campaign``, which may be a number; None is direct traffic.
    """

    lines: tuple[Line, ...] = (Line("GIFT-WRAP", Decimal("20.00"), title="Ambalare cadou"),)
    buyer: Buyer = field(default_factory=Buyer)
    address: Address = field(default_factory=Address)
    delivery: int | str | None = None
    delivery_price: Decimal | None = None
    payment: int | str | None = None
    payment_price: Decimal = Decimal(0)
    coupon: Coupon | None = None
    discount: Decimal = Decimal(0)
    paid: bool = False
    comment: str = ""
    currency: str | None = None
    language: str | None = None
    status: int | str = 1
    number: int | None = None
    placed_at: datetime | None = None
    campaign: str | int | None = None


@dataclass(frozen=True)
class ProductSpec:
    """A product, or one variant of a group.

    Args:
        price: What is paid.
        price_old: The higher price it is compared with.
        stock: In the main warehouse, where stock is kept account of.
        presence: What the shop says of it where not; None is by ``stock``.
        title: For all languages; ``titles`` by language beside it.
        parent_article: The article that joins rows to a group; empty is its own.
        mod_title: What the variant is called in its group.
        category: The path of its section's names; what does not exist is made.
        hidden: It is not in the showcase.
    """

    article: str
    price: Decimal = Decimal(0)
    stock: Decimal | int = 0
    title: str = ""
    parent_article: str = ""
    mod_title: str = ""
    price_old: Decimal | None = None
    presence: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    mod_titles: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    category: tuple[str, ...] = ("Catalog",)
    images: tuple[str, ...] = ()
    gtin: str = ""
    mpn: str = ""
    brand: str = ""
    shown_article: str = ""
    characteristics: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    hidden: bool = False
