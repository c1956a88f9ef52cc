"""What an operator asks for while a connection is set up: what there is to fill in, one side tried, all of it tried."""

from typing import Any, Literal

from pydantic import Field, SecretStr

from shopbridge.model.base import Model, Slug
from shopbridge.model.connection import ConnectionSettings, Side

NOT_YET = "setting-up"
"""An id for a connection that has none yet."""


class DescribePlatforms(Model):
    """Every platform with what it can do and what its forms ask for, and the settings that every connection has."""

    operation: Literal["platforms"]


class TrySide(Model):
    """Log in to one side and tell what it calls things; nothing is stored.

    Attributes:
        connection: Its id, also of one that is not created yet. Where it is stored, secrets that are not given are
            those that are kept.
        settings: Of the connector; what is chosen from the platform's own lists may still be open.
    """

    operation: Literal["try_side"]
    connection: Slug = NOT_YET
    side: Side
    platform: str
    settings: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, SecretStr] = Field(default_factory=dict)


class Rehearse(Model):
    """Verify a connection that is not created yet, and tell what importing its orders would do; nothing is stored.

    Attributes:
        last: How many of the shop's newest orders are shown as they would be sent.
    """

    operation: Literal["rehearse"]
    settings: ConnectionSettings
    secrets: dict[Side, dict[str, SecretStr]]
    last: int = Field(default=1, ge=0, le=20)
    beside: tuple[Slug, ...] = ()


class PlatformFlow(Model):
    """Something that a connection may carry, and what it asks of both sides.

    Attributes:
        direction: Of stock and products, where there are two; empty otherwise.
        shop, office: Capabilities that the side needs for it.
    """

    key: Literal["orders", "write_back", "order_statuses", "shipments", "stock", "products"]
    direction: str = ""
    title: str
    shop: tuple[str, ...] = ()
    office: tuple[str, ...] = ()


FLOWS = (
    PlatformFlow(
        key="orders", title="Orders, from the shop to the back office", shop=("order_source",), office=("order_target",)
    ),
    PlatformFlow(key="write_back", title="What became of an import, back to the shop", shop=("order_status",)),
    PlatformFlow(
        key="order_statuses",
        title="The back office's statuses, back to the shop",
        shop=("order_status",),
        office=("order_progress",),
    ),
    PlatformFlow(
        key="shipments", title="Tracking codes, back to the shop", shop=("shipments",), office=("order_progress",)
    ),
    PlatformFlow(
        key="stock",
        direction="office_to_shop",
        title="Stock, from the back office to the shop",
        shop=("stock_target", "open_orders"),
        office=("stock_source",),
    ),
    PlatformFlow(
        key="stock",
        direction="shop_to_office",
        title="Stock, from the shop to the back office",
        shop=("stock_source", "open_orders"),
        office=("stock_target",),
    ),
    PlatformFlow(
        key="products",
        direction="office_to_shop",
        title="Products and prices, from the back office to the shop",
        shop=("catalogue_target",),
        office=("catalogue_source",),
    ),
    PlatformFlow(
        key="products",
        direction="shop_to_office",
        title="Products and prices, from the shop to the back office",
        shop=("catalogue_source",),
        office=("catalogue_target",),
    ),
)
"""All there are; a pair carries those whose needs both sides meet."""
