"""What a shop holds: its settings and its records, all in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from sandbox.platforms.kit import wall_clock
from sandbox.platforms.kit.ids import Ids
from sandbox.platforms.salespos.catalogue.index import Catalogue
from sandbox.platforms.salespos.orders.record import Order
from sandbox.platforms.salespos.wire import Record

DUTCH_TARIFFS: Mapping[str, Decimal] = {
    "normal": Decimal(21),
    "low a": Decimal(9),
    "low b": Decimal(9),
    "extra low": Decimal(0),
    "zero": Decimal(0),
}
"""[inferred] Percent per tariff; the platform publishes none."""


@dataclass(frozen=True)
class ShopSettings:
    """How this account is set up.

    Args:
        default_shipping: [inferred] What the server charges when an order leaves out ``total_shipping``.
        stock_deducted_at: [inferred] When an API order lowers the stock: at its creation or its completion.
        stock_moves_modifydate: [inferred] Whether a change of nothing but stock moves ``modifydate`` and
            fires ``products.updated``.
        row_price_decimals: [inferred] How many decimals of an order row's price are kept; None is all.
        surcharge_on_sent_price: [inferred] Whether a variant's surcharge is added to a price the caller sent.
        same_value_refused: Whether a PATCH that changes nothing is answered with 500.50.
        product_limit: Active products of the subscription; -1 is none.
    """

    currency: str = "EUR"
    prices_include_vat: bool = True
    tariffs: Mapping[str, Decimal] = field(default_factory=lambda: DUTCH_TARIFFS)
    default_shipping: Decimal = Decimal("6.95")
    stock: bool = True
    stock_deducted_at: Literal["creation", "completion"] = "creation"
    stock_moves_modifydate: bool = False
    row_price_decimals: int | None = 2
    surcharge_on_sent_price: bool = False
    same_value_refused: bool = False
    product_limit: int = -1
    number_prefix: str = "W"


@dataclass
class Shop:
    """All records. Tables are keyed by id, in the order of creation."""

    settings: ShopSettings = field(default_factory=ShopSettings)
    clock: Callable[[], datetime] = wall_clock
    catalogue: Catalogue = field(default_factory=Catalogue)
    combinations: dict[int, Record] = field(default_factory=dict)
    combination_ids: dict[int, list[int]] = field(default_factory=dict)
    attributes: dict[int, Record] = field(default_factory=dict)
    attribute_values: dict[int, Record] = field(default_factory=dict)
    product_values: dict[int, dict[int, Record]] = field(default_factory=dict)
    users: dict[int, Record] = field(default_factory=dict)
    user_ids: dict[str, int] = field(default_factory=dict)
    usergroups: dict[int, Record] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    row_orders: dict[int, int] = field(default_factory=dict)
    note_orders: dict[int, int] = field(default_factory=dict)
    webhooks: dict[int, Record] = field(default_factory=dict)
    plain: dict[str, dict[int, Record]] = field(default_factory=dict)
    links: dict[tuple[str, int], dict[int, Record]] = field(default_factory=dict)
    events: list[tuple[str, str, int]] = field(default_factory=list)
    new_id: Ids = field(default_factory=lambda: Ids(100_000))

    def now(self) -> datetime:
        """The present moment, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def emit(self, event: str, resource: str, record_id: int) -> None:
        """Note that something happened; webhooks are called after the work is done."""
        self.events.append((event, resource, record_id))

    def table(self, resource: str) -> dict[int, Record]:
        """The records of a resource that has no rules of its own."""
        return self.plain.setdefault(resource, {})

    def tax_of(self, product: Record) -> Decimal:
        """The percentage of a product's tariff, or of its deprecated ``vatrate``."""
        if product["taxtariff"] is None:
            return Decimal(product["vatrate"])
        return self.settings.tariffs[product["taxtariff"]]

    def is_same(self, record: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
        """Whether the account refuses these changes because they change nothing (500.50)."""
        return self.settings.same_value_refused and all(record.get(name) == value for name, value in changes.items())
