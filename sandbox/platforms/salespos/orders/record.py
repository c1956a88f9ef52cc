"""An order as the emulator keeps it."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sandbox.platforms.salespos.orders.totals import Totals
from sandbox.platforms.salespos.wire import Record


@dataclass
class Row:
    """One row; amounts are per unit.

    Args:
        surcharge: What the variant adds to the price.
        original_price: The product's own price, or the sent one of a free row.
        variant: Name and value of each attribute of the combination.
    """

    id: int
    product_type: str
    product_id: int | None
    product_name: str
    product_number: str
    count: Decimal
    price: Decimal
    discount: Decimal
    tax: Decimal
    original_price: Decimal
    surcharge: Decimal = Decimal(0)
    purchase_price: Decimal = Decimal(0)
    unit: str = ""
    weight: Decimal = Decimal(0)
    memo: str = ""
    package_id: int | None = None
    combination: Record | None = None

    @property
    def selling_price(self) -> Decimal:
        """Price less discount."""
        return self.price - self.discount


@dataclass
class Order:
    """One order.

    Args:
        fields: What POST and PATCH set, by the documented names, defaults filled in.
        number: Assigned on completion.
    """

    id: int
    created: datetime
    user_id: int | None
    fields: Record
    customer: Record
    rows: list[Row]
    totals: Totals
    number: int | None = None
    paymethod_id: int | None = None
    transaction_id: str | None = None
    stock_deducted: bool = False
    notes: list[Record] = field(default_factory=list)

    @property
    def is_completed(self) -> bool:
        """Whether the order has left the basket."""
        return self.number is not None

    @property
    def reservationnumber(self) -> str | None:
        """The caller's own number."""
        reference = self.fields["reservationnumber"]
        return reference if isinstance(reference, str) else None
