"""What an order or a product looks like, in short: the emulator builds Shopware's structures from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.shopware.orders.pricing import Taxing

REDUCTIONS = frozenset({"promotion", "credit", "discount"})


@dataclass(frozen=True)
class Address:
    """An address. ``country`` is an ISO code, ``state`` a short code such as US-NY."""

    street: str = "Long Road 1"
    zipcode: str | None = "12345"
    city: str = "Sampletown"
    country: str = "DE"
    state: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    department: str | None = None
    line1: str | None = None
    line2: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Buyer:
    """Who orders. A guest gets a customer record of his own with every order."""

    first_name: str = "Jane"
    last_name: str = "Sample"
    email: str = "jane@example.test"
    company: str | None = None
    vat_ids: tuple[str, ...] = ()
    guest: bool = False
    customer_number: str | None = None
    salutation: str = "not_specified"
    title: str | None = None


@dataclass(frozen=True)
class Line:
    """A line item.

    Args:
        sku: Product number; a registered product gives label, price, tax and ids unless given here.
            A number no product has leaves ``productId`` null, as after the product's deletion.
        price: Unit price in the order's tax status; negative for a reduction.
        tax: Rate in percent. None takes the product's, or for reductions spreads over the goods' rates.
        percent: Instead of ``price``: a reduction of the goods in percent, given positive.
        type: product, promotion, credit, custom, container, discount or a plugin's own.
        children: Lines within; a container's price is the sum of theirs.
        position: The place among its siblings; None counts from 1.
    """

    sku: str = ""
    price: Decimal | None = None
    quantity: int = 1
    label: str = ""
    tax: Decimal | None = None
    type: str = "product"
    percent: Decimal | None = None
    code: str | None = None
    children: tuple["Line", ...] = ()
    payload: Mapping[str, Any] = field(default_factory=dict)
    position: int | None = None


@dataclass(frozen=True)
class Shipping:
    """A delivery. A negative cost is a shipping discount, which Shopware stores as a further delivery.

    ``address`` is where this one goes; None is where the order's deliveries go.
    """

    cost: Decimal = Decimal(0)
    method: str = "Standard"
    state: str = "open"
    tax: Decimal | None = None
    tracking: tuple[str, ...] = ()
    address: Address | None = None


@dataclass(frozen=True)
class Payment:
    """A payment attempt; None for the amount is what the order comes to at that moment."""

    method: str = "Invoice"
    state: str = "open"
    amount: Decimal | None = None


@dataclass(frozen=True)
class OrderSpec:
    """An order to place.

    Args:
        shipping: The deliveries; an empty tuple for a purely digital order.
        primary_payment: Which of ``payments`` the order calls its primary one. Shopware takes the last; a plugin that
            adds one on a retry leaves it where it was.
        number: None takes the next one of the number range.
        placed_at: None is now. Sets ``orderDateTime`` and ``createdAt``.
        sales_channel: By name; the shop creates an unknown one.
    """

    lines: tuple[Line, ...] = (Line("DEMO-1", Decimal("59.50"), tax=Decimal(19)),)
    buyer: Buyer = field(default_factory=Buyer)
    billing: Address = field(default_factory=Address)
    delivery_address: Address | None = None
    shipping: tuple[Shipping, ...] = (Shipping(),)
    payments: tuple[Payment, ...] = (Payment(),)
    primary_payment: int = -1
    taxing: Taxing = field(default_factory=Taxing)
    state: str = "open"
    number: str | None = None
    placed_at: datetime | None = None
    sales_channel: str = "Storefront"
    currency: str | None = None
    comment: str | None = None
    internal_comment: str | None = None
    affiliate_code: str | None = None
    campaign_code: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ProductSpec:
    """A product, or a variant when it has a parent.

    Args:
        price: Gross, in the default currency. None inherits from the parent.
        tax: Rate in percent. None inherits from the parent.
        parent: The parent's product number.
        options: Axis and value of a variant, such as ``{"Size": "M"}``.
        properties: Property groups and values.
        images: How many it has.
    """

    sku: str
    name: str | None = None
    price: Decimal | None = None
    tax: Decimal | None = None
    stock: int = 0
    ean: str | None = None
    parent: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    active: bool | None = None
    closeout: bool | None = None
    custom_fields: Mapping[str, Any] | None = None
    images: int = 0
