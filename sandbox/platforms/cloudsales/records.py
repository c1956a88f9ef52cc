"""What an account keeps: work points, connectors, products, orders and documents."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandbox.platforms.cloudsales.wire import Record


@dataclass(frozen=True)
class WorkPoint:
    """A shop, a warehouse: where goods lie and receipts are issued."""

    id: int
    name: str


@dataclass
class Connector:
    """An order connector, as set up by a person in the back office.

    Args:
        type: ``BOCP REST API`` for one that we call; ``Gomag`` and others fetch orders by themselves.
        work_point: Receives its orders.
        receipts_from: Orders from this day on get a fiscal receipt by themselves; None is never.
    """

    id: int
    type: str
    name: str
    work_point: WorkPoint
    receipts_from: date | None = None


@dataclass(frozen=True)
class Stock:
    """How much of a product is there; ``available`` is what is not reserved."""

    total: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        """For sale."""
        return self.total - self.reserved


@dataclass
class Product:
    """A sellable unit: a product without variants, or one variant.

    Args:
        id: ``product_variant_id`` on documents; a service has a ``service_id`` instead.
        gross: Price with VAT by work point; the others sell at the main one's.
        totals: Stock by work point; None is a product without stock figures.
    """

    id: int
    code: str
    name: str
    percent: Decimal
    gross: dict[int, Decimal]
    totals: dict[int, Decimal] | None
    modified: str
    category: str = ""
    ean: str = ""
    barcode: str = ""
    additional_codes: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    is_service: bool = False
    deleted: bool = False
    archived: bool = False
    delisted: bool = False
    moved: bool = False
    reserved: dict[int, Decimal] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """No flag is set."""
        return not (self.deleted or self.archived or self.delisted)

    def price(self, work_point: int) -> Decimal | None:
        """With VAT; None when there is none."""
        main = next(iter(self.gross), 0)
        return self.gross.get(work_point, self.gross.get(main))

    def stock(self, work_point: int | None = None) -> Stock | None:
        """Of one work point, or of all together."""
        if self.totals is None:
            return None
        if work_point is not None:
            return Stock(self.totals.get(work_point, Decimal(0)), self.reserved.get(work_point, Decimal(0)))
        return Stock(sum(self.totals.values(), Decimal(0)), sum(self.reserved.values(), Decimal(0)))


def net_of(gross: Decimal, percent: Decimal) -> Decimal:
    """The price without VAT, to the cent."""
    return round(gross / (1 + percent / 100), 2)


@dataclass(frozen=True)
class Line:
    """A line of an order or of a document.

    Args:
        product: None for a line that is not in the catalogue, such as a discount.
        value: With VAT.
    """

    name: str
    quantity: Decimal
    value: Decimal
    product: Product | None = None

    @property
    def goods(self) -> Product | None:
        """The product when it has stock figures."""
        return self.product if self.product is not None and self.product.totals is not None else None


@dataclass
class Document:
    """A proforma or an invoice."""

    id: int
    series: str
    number: int
    day: date
    lines: tuple[Line, ...]
    currency: str
    client: Record
    modified: str
    recorded: str
    cancelled: bool = False
    paid: Decimal = Decimal(0)
    last_payment: date | None = None

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return sum((line.value for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Receipt:
    """A fiscal receipt, which nobody can take back.

    Args:
        reference: The order's, or empty for a sale at the till.
    """

    id: int
    number: int
    day: date
    work_point: WorkPoint
    lines: tuple[Line, ...]
    reference: str = ""

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return sum((line.value for line in self.lines), Decimal(0))


@dataclass
class Order:
    """An order of a connector.

    Args:
        reference: The id the connector gave it.
        body: What was sent, PUTs merged in.
        holds_stock: Whether its goods are reserved.
        modified: Wall clock of the last change.
    """

    id: int
    connector: Connector
    reference: str
    body: Record
    lines: tuple[Line, ...]
    contact_id: int
    modified: str
    holds_stock: bool = False
    deleted: bool = False
    proforma: Document | None = None
    invoices: list[Document] = field(default_factory=list)
    receipt: Receipt | None = None

    @property
    def is_voided(self) -> bool:
        """Cancelled."""
        return bool(self.body["order_cancelled"])

    @property
    def day(self) -> date:
        """``order_date``."""
        return date.fromisoformat(self.body["order_date"])

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return sum((line.value for line in self.lines), Decimal(0))


@dataclass
class Contact:
    """A client or a supplier."""

    id: int
    name: str
    vat_id: str
    registration_number: str
    email: str
    address: Record
    modified: str
    pricelist: str = ""
