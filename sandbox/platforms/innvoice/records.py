"""What a company keeps: invoice books, documents, products with prices and stock, partners."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from sandbox.platforms.innvoice import wire
from sandbox.platforms.innvoice.inferred import NEW_PRODUCT_VAT, line_total
from sandbox.platforms.innvoice.wire import Record

Kind = Literal["invoice", "proforma_invoice"]


@dataclass(frozen=True)
class Book:
    """An invoice book; ``id`` is its ``TABLE_ID``, and numbers begin with ``prefix``."""

    id: int
    name: str
    prefix: str


@dataclass(frozen=True)
class PriceGroup:
    """A list of prices, with or without VAT; a sale price is one more of them."""

    id: int
    name: str
    is_gross: bool = True


@dataclass(frozen=True)
class Warehouse:
    """Where goods lie."""

    id: int
    name: str


@dataclass
class Group:
    """A product group; ``excluded`` ones are left out of InnVoice's own upload to a shop."""

    id: int
    name: str
    excluded: bool = False


@dataclass
class Product:
    """A product.

    Attributes:
        sku: May be empty.
        prices: By price group.
        totals: Stock by warehouse; empty where nobody counts.
    """

    id: int
    sku: str
    name: str
    ean: str = ""
    group: str = ""
    vat: str = NEW_PRODUCT_VAT
    prices: dict[int, Decimal] = field(default_factory=dict)
    totals: dict[int, Decimal] = field(default_factory=dict)

    @property
    def stock(self) -> Decimal:
        """In all warehouses."""
        return sum(self.totals.values(), Decimal(0))


@dataclass(frozen=True)
class Line:
    """A line of a document; ``sku`` is empty where none was told."""

    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    is_gross: bool
    vat: str
    sku: str = ""

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return line_total(self.quantity, self.price, Decimal(self.vat.partition("%")[0]), is_gross=self.is_gross)


@dataclass
class Document:
    """An invoice, set aside or closed, or a pro forma.

    Attributes:
        header: As it was sent, without lines.
        token: The secret part of its link.
        number: Only of what is closed.
        turned_into: The invoice a pro forma became.
        cancels, cancelled_by: The two sides of a cancellation.
    """

    techid: int
    table_id: int
    kind: Kind
    book: Book
    header: Record
    lines: tuple[Line, ...]
    token: str
    set_aside: bool
    number: str = ""
    turned_into: "Document | None" = None
    cancels: "Document | None" = None
    cancelled_by: "Document | None" = None

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def is_paid(self) -> bool:
        """``Fizetve``."""
        return bool(self.header["Fizetve"] == "1")

    @property
    def day(self) -> date:
        """``SzamlaKelte``."""
        return wire.day(self.header["SzamlaKelte"])


@dataclass
class Partner:
    """A buyer or supplier on file."""

    id: int
    fields: dict[str, str]
