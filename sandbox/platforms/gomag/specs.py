"""What an order or a product looks like, in short: the emulator builds Gomag's structures from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Address:
    """Where somebody lives; Gomag writes country and region out."""

    street: str = "Str. Fictiva 3"
    city: str = "Cluj-Napoca"
    region: str = "Cluj"
    zipcode: str = "400000"
    country: str = "Romania"


@dataclass(frozen=True)
class Company:
    """A firm; ``code`` is its fiscal code (CUI)."""

    name: str
    code: str = ""


@dataclass(frozen=True)
class Buyer:
    """Who orders. A guest exists only inside his order."""

    first_name: str = "Ana"
    last_name: str = "Exemplu"
    email: str = "ana@example.test"
    phone: str = "0700000001"
    company: Company | None = None
    guest: bool = False


@dataclass(frozen=True)
class Line:
    """A line.

    Args:
        sku: A registered product or version gives name, price, VAT and ids unless given here.
        price: Of one piece, with or without VAT as the shop has it.
        vat: Percent.
        type: ``service`` marks a line that is no product.
    """

    sku: str = ""
    price: Decimal | None = None
    quantity: Decimal | int = 1
    name: str = ""
    vat: Decimal | None = None
    type: str = ""


@dataclass(frozen=True)
class Discount:
    """A discount or voucher; ``value`` is what it takes off, positive."""

    name: str
    value: Decimal
    voucher: str = ""


@dataclass(frozen=True)
class OrderSpec:
    """An order to place.

    Args:
        delivery: Where the goods go; None is the billing address.
        shipping_company: Who receives them, when it is a firm.
        status: Name or id; None is the first status of the shop.
        number: None takes the next one.
        placed_at: None is now.
    """

    lines: tuple[Line, ...] = (Line(name="Ambalare cadou", price=Decimal("20.00"), vat=Decimal(21), type="service"),)
    buyer: Buyer = field(default_factory=Buyer)
    billing: Address = field(default_factory=Address)
    delivery: Address | None = None
    shipping_company: str = ""
    shipping: Decimal = Decimal(0)
    shipping_name: str = "Curier rapid"
    discounts: tuple[Discount, ...] = ()
    payment: str = "Plata ramburs"
    status: int | str | None = None
    number: str | None = None
    placed_at: datetime | None = None
    currency: str = "RON"
    source: str = "site"
    sales_channel: str = ""
    sales_agent: str = ""


@dataclass(frozen=True)
class VersionSpec:
    """A version of a product; a price of None is the parent's."""

    sku: str
    price: Decimal | None = None
    stock: Decimal | int = 0
    ean: str = ""
    weight: Decimal | None = None


@dataclass(frozen=True)
class ProductSpec:
    """A product.

    Args:
        price: What is paid, unless there is a ``special_price``.
        base_price: Before reductions; None is ``price``.
        vat: Percent; None is the shop's usual one.
        with_vat: Its price includes VAT; None is as the shop's do.
        stock: Without versions; with versions it is their sum.
        names: By language code, beside ``name``, which is in Romanian.
        categories: Paths of names; what does not exist is made.
        hidden: The paged list leaves it out; reads by id or SKU find it.
    """

    sku: str
    price: Decimal = Decimal(0)
    stock: Decimal | int = 0
    name: str = ""
    versions: tuple[VersionSpec, ...] = ()
    base_price: Decimal | None = None
    special_price: Decimal | None = None
    vat: Decimal | None = None
    ean: str = ""
    brand: str = ""
    currency: str = "RON"
    with_vat: bool | None = None
    description: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[tuple[str, ...], ...] = ()
    images: tuple[str, ...] = ()
    attributes: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    enabled: bool = True
    hidden: bool = False
    weight: Decimal | None = None
