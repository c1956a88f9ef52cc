"""What an order or a product looks like, in short: the emulator builds UNAS' nodes from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Address:
    """Where somebody lives; the country's code is written in lower case, its name in the shop's language."""

    street: str = "Próba utca 7."
    city: str = "Szeged"
    zipcode: str = "6720"
    county: str = ""
    country_code: str = "hu"
    country: str = "Magyarország"
    name: str = ""


@dataclass(frozen=True)
class Buyer:
    """Who orders. A guest exists only inside the order.

    Args:
        company: Billed in its name; the address's ``name`` comes first.
        tax_number, eu_tax_number: Of a firm.
        customer_type: Told only where the shop asks for it.
    """

    name: str = "Minta Vera"
    email: str = "vera.minta@example.test"
    phone: str = ""
    mobile: str = "+36301112233"
    company: str = ""
    tax_number: str = ""
    eu_tax_number: str = ""
    customer_type: str = ""
    guest: bool = True


@dataclass(frozen=True)
class Line:
    """Goods.

    Args:
        sku: A registered product gives id, name, unit, price and VAT unless given here.
        price: Gross, of one piece, in the order's currency.
        vat: Percent.
        variants: The chosen values in the order of the product's properties.
    """

    sku: str = ""
    price: Decimal | None = None
    quantity: Decimal | int = 1
    name: str = ""
    vat: Decimal | None = None
    variants: tuple[str, ...] = ()
    unit: str = "db"


@dataclass(frozen=True)
class DeliveryPoint:
    """A parcel point; the address is the point's."""

    id: str
    group: str
    recipient: str
    sub_group: str = ""


@dataclass(frozen=True)
class OrderSpec:
    """An order to place.

    Args:
        delivery: Where the goods go; None is the billing address.
        shipping, handling: Gross fees; 0 makes no line.
        discount_percent: Of the goods, as one line with the VAT of the first one.
        discount_amount: What is taken off, positive and gross.
        fee_vat: Percent of fees and of a discount without goods.
        payment, shipping_method: Id or name of a method.
        status: Id or name; None is the first one that is open.
        key: The order's key; None is the next one. With ``marketplace`` the outside system's.
        marketplace: Where it comes from, such as ``emag_api``; it then has an ``InternalKey`` of the shop's.
        placed_at: None is now.
        paid: The money came with it.
        currency: Nothing is the shop's own; ``exchange_value`` is that of another one.
        params: Answers to the shop's questions, by id: question and answer.
    """

    lines: tuple[Line, ...] = (Line(name="Ajándékcsomagolás", price=Decimal(635), vat=Decimal(27)),)
    buyer: Buyer = field(default_factory=Buyer)
    billing: Address = field(default_factory=Address)
    delivery: Address | None = None
    point: DeliveryPoint | None = None
    shipping: Decimal = Decimal(0)
    handling: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    fee_vat: Decimal = Decimal(27)
    payment: int | str = 100
    shipping_method: int | str = 200
    status: int | str | None = None
    key: str | None = None
    marketplace: str = ""
    placed_at: datetime | None = None
    paid: bool = False
    currency: str = ""
    exchange_value: Decimal | None = None
    vat_country: str = "hu"
    lang: str = "hu"
    comment: str = ""
    admin_comment: str = ""
    coupon: str = ""
    params: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sale:
    """A lower price on the days from ``start`` to ``end``; None is open."""

    gross: Decimal
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class ProductSpec:
    """A product.

    Args:
        price: Gross.
        variants: Up to three properties with their values.
        stock: In the main warehouse; of every combination when there are variants and ``stock_by_variant``.
        stocks: In the main warehouse, by the values of a combination.
        categories: Paths of names, the first the base; what does not exist is made.
        base_status: 0 inactive, 1 active, 2 active and new, 3 active and not for sale.
        counted: Stock is kept.
        sold_at_zero: It may be bought when nothing is left.
        parent: The SKU of a product that this one is merged under.
    """

    sku: str
    price: Decimal = Decimal(0)
    stock: Decimal | int = 0
    name: str = ""
    vat: Decimal = Decimal(27)
    unit: str = "db"
    sale: Sale | None = None
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stock_by_variant: bool = True
    stocks: Mapping[tuple[str, ...], Decimal | int] = field(default_factory=dict)
    categories: tuple[tuple[str, ...], ...] = (("Termékek",),)
    base_status: int = 1
    short: str = ""
    long: str = ""
    images: tuple[str, ...] = ()
    weight: Decimal | None = None
    counted: bool = True
    sold_at_zero: bool = False
    parent: str = ""
