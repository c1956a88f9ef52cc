"""What an operator may set for stock."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from shopbridge.model.base import Model
from shopbridge.model.settings import EveryMinutes

Direction = Literal["office_to_shop", "shop_to_office"]
ManageStock = Literal["untouched", "managed", "unmanaged"]
Formula = Literal["on_hand_minus_reserved", "on_hand", "available"]


class StockSettings(Model):
    """How stock travels."""

    active: bool = Field(default=False, title="Carry stock")
    direction: Direction = Field(
        default="office_to_shop",
        title="Direction",
        description="`office_to_shop`: the back office knows what is there. `shop_to_office`: the shop does.",
    )
    every_minutes: EveryMinutes = Field(
        default=10, title="Send differences every … minutes", description="A multiple of 5."
    )
    at_once: bool = Field(
        default=True,
        title="At once after an order",
        description="The SKUs of an imported or cancelled order are sent right away.",
    )
    formula: Formula = Field(
        default="on_hand_minus_reserved",
        title="What may be sold",
        description="`on_hand_minus_reserved`: what lies there less what open orders will still take; `on_hand`; or "
        "`available`, the platform's own figure.",
    )
    safety_buffer: Decimal = Field(
        default=Decimal(0),
        ge=0,
        title="Safety buffer",
        description="Units of every SKU that are never offered. It also covers what is sold on both sides at the same "
        "moment.",
    )
    warehouses: tuple[str, ...] = Field(
        default=(), title="Warehouses to add up", description="The source's keys. Left empty, all of them."
    )
    target_warehouse: str = Field(
        default="", title="Warehouse to write to", description="The target's key, where it has several."
    )
    manage_stock: ManageStock = Field(
        default="untouched",
        title="Manage stock in the target",
        description="`managed`: the target sells only what is in stock (in Shopware: clearance sale). `unmanaged`: it "
        "sells without stock. `untouched`: as each product is set there.",
    )
