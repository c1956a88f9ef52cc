"""What a connector is made of: typed parts, each of which it has or has not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeVar, get_args

from shopbridge.errors import NeedsAttention
from shopbridge.ports import (
    CatalogueSource,
    CatalogueTarget,
    CustomerTarget,
    DocumentSource,
    HookSubscriptions,
    OpenOrders,
    OrderChangeTarget,
    OrderProgressSource,
    OrderSource,
    OrderStatusTarget,
    OrderTarget,
    Pingable,
    ProductTarget,
    ShipmentTarget,
    StockSource,
    StockTarget,
)

Capability = Literal[
    "order_source",
    "order_status",
    "order_target",
    "order_changes",
    "order_progress",
    "document_source",
    "shipments",
    "hook_subscriptions",
    "customers",
    "order_products",
    "open_orders",
    "stock_source",
    "stock_target",
    "catalogue_source",
    "catalogue_target",
]
"""What a connector may be able to do: the names of its optional parts."""

Extra = Literal["document_number", "new_products"]
EXTRAS: Final[tuple[Extra, ...]] = get_args(Extra)
"""What one setting of a connection asks of a side: a document's number or a place for it; making products of orders."""

Part = TypeVar("Part")


@dataclass(frozen=True)
class Connector:
    """One account of a platform. A part that is None is nothing that the platform, or its settings, can do."""

    account: Pingable
    order_source: OrderSource | None = None
    order_status: OrderStatusTarget | None = None
    order_target: OrderTarget | None = None
    order_changes: OrderChangeTarget | None = None
    order_progress: OrderProgressSource | None = None
    document_source: DocumentSource | None = None
    shipments: ShipmentTarget | None = None
    hook_subscriptions: HookSubscriptions | None = None
    customers: CustomerTarget | None = None
    order_products: ProductTarget | None = None
    open_orders: OpenOrders | None = None
    stock_source: StockSource | None = None
    stock_target: StockTarget | None = None
    catalogue_source: CatalogueSource | None = None
    catalogue_target: CatalogueTarget | None = None


@dataclass(frozen=True)
class RequiredParts:
    """A connector of which each part that is asked for has to be there; implements the port ``Parts``.

    Attributes:
        refusal: Why a part is missing, and what to do.
    """

    connector: Connector
    refusal: Callable[[Capability], NeedsAttention]

    @property
    def account(self) -> Pingable:
        """The account behind it."""
        return self.connector.account

    @property
    def order_source(self) -> OrderSource:
        """Reads orders. Raises NeedsAttention, as every part below."""
        return self._there(self.connector.order_source, "order_source")

    @property
    def order_status(self) -> OrderStatusTarget:
        """Is told what became of an order."""
        return self._there(self.connector.order_status, "order_status")

    @property
    def order_target(self) -> OrderTarget:
        """Takes orders."""
        return self._there(self.connector.order_target, "order_target")

    @property
    def order_changes(self) -> OrderChangeTarget | None:
        """Is told what becomes of its orders; None when nothing can be told."""
        return self.connector.order_changes

    @property
    def order_progress(self) -> OrderProgressSource | None:
        """Tells what became of its orders; None when it cannot."""
        return self.connector.order_progress

    @property
    def document_source(self) -> DocumentSource | None:
        """Hands out documents to be mailed; None when there are none."""
        return self.connector.document_source

    @property
    def shipments(self) -> ShipmentTarget | None:
        """Keeps tracking codes of its orders; None when it has no place for them."""
        return self.connector.shipments

    @property
    def hook_subscriptions(self) -> HookSubscriptions | None:
        """Has to be asked to call us; None when it is set up by hand, or never calls."""
        return self.connector.hook_subscriptions

    @property
    def customers(self) -> CustomerTarget | None:
        """Keeps customers; None when buyers travel on their orders only."""
        return self.connector.customers

    @property
    def order_products(self) -> ProductTarget | None:
        """Finds the products of orders; None when their lines travel by SKU and text."""
        return self.connector.order_products

    @property
    def open_orders(self) -> OpenOrders:
        """Tells open orders."""
        return self._there(self.connector.open_orders, "open_orders")

    @property
    def stock_source(self) -> StockSource:
        """Tells stock."""
        return self._there(self.connector.stock_source, "stock_source")

    @property
    def stock_target(self) -> StockTarget:
        """Takes stock."""
        return self._there(self.connector.stock_target, "stock_target")

    @property
    def catalogue_source(self) -> CatalogueSource:
        """Hands out products."""
        return self._there(self.connector.catalogue_source, "catalogue_source")

    @property
    def catalogue_target(self) -> CatalogueTarget:
        """Takes products."""
        return self._there(self.connector.catalogue_target, "catalogue_target")

    def _there(self, part: Part | None, capability: Capability) -> Part:
        if part is None:
            raise self.refusal(capability)
        return part
