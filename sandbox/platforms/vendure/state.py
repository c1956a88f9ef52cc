"""What a shop holds, all in memory."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.platforms.vendure.specs import OrderSpec

DEFAULT_CHANNEL = "__default_channel__"
DEFAULT_TOKEN = "default-channel-token"
PROCESS: dict[str, tuple[str, ...]] = {
    "Created": ("AddingItems", "Draft"),
    "Draft": ("Cancelled", "ArrangingPayment"),
    "AddingItems": ("ArrangingPayment", "Cancelled"),
    "ArrangingPayment": ("PaymentAuthorized", "PaymentSettled", "AddingItems", "Cancelled"),
    "PaymentAuthorized": ("PaymentSettled", "Cancelled", "Modifying", "ArrangingAdditionalPayment"),
    "PaymentSettled": (
        *("PartiallyDelivered", "Delivered", "PartiallyShipped", "Shipped", "Cancelled", "Modifying"),
        "ArrangingAdditionalPayment",
    ),
    "PartiallyShipped": ("Shipped", "PartiallyDelivered", "Cancelled", "Modifying"),
    "Shipped": ("PartiallyDelivered", "Delivered", "Cancelled", "Modifying"),
    "PartiallyDelivered": ("Delivered", "Cancelled", "Modifying"),
    "Delivered": ("Cancelled",),
    "Modifying": (
        *("PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered"),
        "ArrangingAdditionalPayment",
    ),
    "ArrangingAdditionalPayment": (
        *("PaymentAuthorized", "PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered", "Cancelled"),
    ),
    "Cancelled": (),
}
"""The states of an order and where each leads (platform file, "States")."""


@dataclass
class Channel:
    """A channel; its own prices include tax or not."""

    id: int
    code: str
    token: str
    gross: bool


@dataclass
class Level:
    """What lies at a location, and what placed orders have a claim on."""

    on_hand: int = 0
    allocated: int = 0


@dataclass
class Variant:
    """What is sold; ``price`` in cents of the default channel's own kind."""

    id: int
    sku: str
    name: str
    price: int
    tax: Decimal
    options: dict[str, str]
    levels: dict[int, Level]
    enabled: bool = True
    track: str = "TRUE"


@dataclass
class OptionGroup:
    """What variants differ in; its options by id."""

    id: int
    name: str
    options: dict[int, str] = field(default_factory=dict)


@dataclass
class Product:
    """A product with its variants."""

    id: int
    name: str
    slug: str
    description: str
    enabled: bool
    variants: list[Variant]
    groups: list[OptionGroup] = field(default_factory=list)
    facets: dict[str, str] = field(default_factory=dict)
    collections: list[int] = field(default_factory=list)
    images: int = 0


@dataclass
class OrderLine:
    """A line; ``price`` is the list price in the channel's own kind, ``off`` its share of the discounts."""

    id: int
    variant: Variant
    quantity: int
    price: int
    tax: Decimal
    ordered: int = 0
    off: int = 0


@dataclass
class Payment:
    """A payment."""

    id: int
    method: str
    amount: int
    state: str
    refunds: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Fulfillment:
    """Units by line that travel together."""

    id: int
    state: str
    method: str
    code: str
    units: dict[int, int]


@dataclass
class Order:
    """An order; ``spec`` keeps what does not change by itself. ``notes`` are text and whether the buyer sees it."""

    id: int
    code: str
    state: str
    placed: datetime
    updated: datetime
    channel: Channel
    customer: int
    user: int | None
    spec: OrderSpec
    lines: list[OrderLine]
    shipping: int
    shipping_off: int = 0
    payments: list[Payment] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    notes: list[tuple[str, bool]] = field(default_factory=list)

    def left(self, line: OrderLine) -> int:
        """Units of a line that lie in no fulfillment."""
        taken = (each.units.get(line.id, 0) for each in self.fulfillments if each.state != "Cancelled")
        return line.quantity - sum(taken)


@dataclass
class Collection:
    """A collection; ``parent`` 1 is the one above all others."""

    id: int
    name: str
    parent: int = 1
    private: bool = False


@dataclass
class Shop:
    """All records, by id."""

    clock: Callable[[], datetime]
    currency: str
    gross: bool
    uuids: bool
    track_inventory: bool = True
    channels: dict[str, Channel] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    groups: dict[int, OptionGroup] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    payment_methods: dict[str, str] = field(default_factory=dict)
    shipping_methods: dict[str, str] = field(default_factory=dict)
    taxes: dict[Decimal, str] = field(default_factory=dict)
    transitions: list[dict[str, Any]] = field(default_factory=list)
    _ids: dict[str, Iterator[int]] = field(default_factory=dict)

    def new_id(self, kind: str) -> int:
        """The next id of a kind."""
        return next(self._ids.setdefault(kind, itertools.count(2 if kind == "collection" else 1)))

    def now(self) -> datetime:
        """The present moment, to the millisecond, in UTC."""
        moment = self.clock().astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def shown(self, record: int) -> str:
        """An id as the API writes it."""
        return f"{record:08x}-0000-4000-8000-{record:012x}" if self.uuids else str(record)

    def number(self, shown: str) -> int:
        """The id that the API writes so; -1 for what is none."""
        text = shown[:8] if self.uuids else shown
        digits = "0123456789abcdef" if self.uuids else "0123456789"
        known = text and not set(text) - set(digits) and len(text) < 16  # noqa: PLR2004
        number = int(text, 16 if self.uuids else 10) if known else -1
        return number if self.shown(number) == shown else -1

    @property
    def variants(self) -> list[Variant]:
        """All that is sold."""
        return [variant for product in self.products.values() for variant in product.variants]

    def variant(self, sku: str) -> Variant:
        """The first with an SKU. Raises LookupError where there is none."""
        found = next((each for each in self.variants if each.sku == sku), None)
        if found is None:
            raise LookupError(f"Nothing is sold as {sku!r}")
        return found

    def moved(self, order: Order, state: str) -> None:
        """An order has another state; whoever listens hears of it."""
        before, order.state = order.state, state
        self.transitions.append({"from": before, "to": state, "order": order.id, "code": order.code})
