"""What an order or a product looks like, in short: the emulator builds Shoprenter's structures from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Address:
    """Where somebody lives; ``country`` is its code of two letters, ``zone`` is written out."""

    family_name: str = "Minta"
    given_name: str = "Vera"
    company: str = ""
    street: str = "Próba utca 7."
    extra: str = ""
    city: str = "Szeged"
    postcode: str = "6720"
    country: str = "HU"
    zone: str = ""


@dataclass(frozen=True)
class Option:
    """What was chosen of a line: a size, an engraving; ``price`` is net and is in the line's price already."""

    name: str
    value: str
    price: Decimal = Decimal(0)


@dataclass(frozen=True)
class Line:
    """A line.

    Args:
        sku: A product of the shop gives name, price, tax and ids unless given here.
        price: Net, of one piece, after the discount, in the shop's currency.
        original: Net, before it; None is ``price``.
        tax: Percent.
        quantity: From one warehouse, or how many of each of the four.
    """

    sku: str = ""
    price: Decimal | None = None
    quantity: Decimal | int | Sequence[Decimal | int] = 1
    name: str = ""
    tax: Decimal | None = None
    original: Decimal | None = None
    options: tuple[Option, ...] = ()
    gtin: str = ""


@dataclass(frozen=True)
class Addon:
    """A deposit fee or the like that goes with a line; ``price`` is net, of one piece."""

    name: str
    price: Decimal
    quantity: int = 1
    tax: Decimal = Decimal(27)
    sku: str = ""
    kind: str = "DEPOSIT_FEE"


@dataclass(frozen=True)
class Shipping:
    """How it travels.

    Args:
        gross: What it costs.
        point: The parcel point's address, which the shop writes behind the name.
    """

    name: str = "GLS csomagpont"
    gross: Decimal = Decimal(0)
    tax: Decimal = Decimal(27)
    extension: str = "GLSPARCELPOINT"
    point: str = ""


@dataclass(frozen=True)
class Payment:
    """How it is paid; ``gross`` is the fee for it, ``later`` whether it is paid after delivery."""

    name: str = "Utánvét"
    code: str = "COD"
    gross: Decimal = Decimal(0)
    tax: Decimal = Decimal(27)
    later: bool = True


@dataclass(frozen=True)
class Coupon:
    """A coupon; ``gross`` is what it takes off, positive, ``tax`` percent or None where the shop says nothing."""

    code: str
    gross: Decimal
    tax: Decimal | None = None


@dataclass(frozen=True)
class OrderSpec:
    """An order to place.

    Args:
        shipping_address: None is the billing address.
        points_used: What loyalty points take off, gross, positive.
        cart_discount: What a discount of the whole cart takes off, gross, positive.
        status: Its inner id or a name; None is a cart that was never finished.
        exchange: What one unit of the shop's currency is in the order's.
        guest: Nobody who is registered.
        number: Its inner id; None takes the next one.
        placed_at: None is now.
    """

    lines: tuple[Line, ...] = (Line(name="Ajándékcsomagolás", sku="GIFT", price=Decimal(1000), tax=Decimal(27)),)
    billing: Address = field(default_factory=Address)
    shipping_address: Address | None = None
    email: str = "vera.minta@example.test"
    phone: str = "+36301112233"
    tax_number: str = ""
    comment: str = ""
    shipping: Shipping = field(default_factory=Shipping)
    payment: Payment = field(default_factory=Payment)
    coupon: Coupon | None = None
    points_used: Decimal = Decimal(0)
    points_tax: Decimal | None = None
    cart_discount: Decimal = Decimal(0)
    addons: tuple[Addon, ...] = ()
    status: int | str | None = 1
    currency: str = "HUF"
    exchange: Decimal = Decimal(1)
    language: str = "hu"
    guest: bool = True
    number: int | None = None
    placed_at: datetime | None = None


@dataclass(frozen=True)
class SpecialSpec:
    """A special price: net, for a group of customers or for all of them (None), with dates as the shop writes them."""

    price: Decimal
    group: int | None = None
    begins: str = "0000-00-00"
    ends: str = "0000-00-00"
    priority: int = 1
    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class ProductSpec:
    """A product.

    Args:
        price: Net.
        tax: Percent; its tax class is made where there is none.
        stock: In the first warehouse, or in each of the four.
        parent: The SKU of the product it is a variant of.
        names: By language code, beside ``name``, which is in the shop's first language.
        categories: Ids of categories.
        group_prices: Net, by customer group.
        options: Attributes of the kind list, by name: what variants differ in.
        fields: Further plain fields, as they are read: ``gtin``, ``weight`` and the like.
    """

    sku: str
    price: Decimal = Decimal(0)
    stock: Decimal | int | Sequence[Decimal | int] = 0
    name: str = ""
    tax: Decimal = Decimal(27)
    parent: str = ""
    description: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[int, ...] = ()
    manufacturer: str = ""
    specials: tuple[SpecialSpec, ...] = ()
    group_prices: Mapping[int, Decimal] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    status: int = 1
    subtracts: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


def by_warehouse(quantity: Decimal | int | Sequence[Decimal | int]) -> list[Decimal]:
    """How many of each of the four warehouses.

    Raises:
        ValueError: There are more than four.
    """
    given = list(quantity) if isinstance(quantity, Sequence) else [quantity]
    if len(given) > 4:  # noqa: PLR2004 - stock1 to stock4
        raise ValueError("A shop has four warehouses")
    return [*map(Decimal, given), *[Decimal(0)] * (4 - len(given))]
