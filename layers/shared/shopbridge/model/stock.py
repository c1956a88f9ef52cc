"""Stock as the bridge sees it: what a platform says of an SKU, what is to be written, and what an operator may set."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, Field

from shopbridge.model.base import Code, ExternalId, Model, OrderId
from shopbridge.model.ledger import Reason
from shopbridge.model.settings import EveryMinutes


class Figures(Model):
    """The stock of one SKU in one warehouse, in units; None where the platform does not say.

    Attributes:
        warehouse: The platform's key; empty where it has only one.
        on_hand: What lies there.
        reserved: What open orders will still take from ``on_hand``.
        available: The platform's own figure of what may be sold.
    """

    warehouse: str = ""
    on_hand: Decimal | None
    reserved: Decimal | None
    available: Decimal | None


class StockLevel(Model):
    """What a platform says of one record that has an SKU.

    Attributes:
        sku: Empty when the record has none.
        rank: Where the record stands in a sweep, from 1: it rises from page to page, and stays the same from sweep to
            sweep. Variants of one product may share it.
        item: The product or variant there.
        managed: False when the platform keeps no stock for it; its figures then mean nothing.
    """

    sku: Code
    rank: int
    item: ExternalId
    managed: bool
    figures: tuple[Figures, ...]


class StockPage(Model):
    """One page of a sweep over everything that has stock, by rising rank.

    Attributes:
        position: Where the next page goes on; None after the last. Opaque outside the connector.
    """

    levels: tuple[StockLevel, ...]
    position: str | None


class StockTraits(Model):
    """How a platform wants stock written.

    Attributes:
        batch: SKUs it takes in one call.
        whole_units: It knows no halves: what is left of a unit is not for sale.
        by_id: It must be given its own id of each record, not the SKU.
    """

    batch: int
    whole_units: bool
    by_id: bool


class StockChange(Model):
    """A figure to be written.

    Attributes:
        quantity: Absolute, in units.
        target: The target's record, when its traits ask for ids; None when it is not known there.
    """

    sku: Code
    quantity: Decimal
    target: ExternalId | None = None


class Standing(Model):
    """What a target has for an SKU right now.

    Attributes:
        quantity: The figure that a write would replace.
        will_deduct: What the target's own open orders will still take from that figure.
    """

    quantity: Decimal
    will_deduct: Decimal


class OpenOrder(Model):
    """An order of the shop that may still hold units.

    Attributes:
        units: By SKU.
    """

    id: OrderId
    placed_at: AwareDatetime
    units: dict[str, Decimal]


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


# --- why no figure can be written for an SKU, in the same words for every platform ------------------------------------

# Platforms compare SKUs in ways of their own: some find ``LAMP`` by ``lamp``, none writes it so. An SKU is the target's
# only when it is written there in the same way, blanks around it apart.
UNKNOWN_SKU = "unknown_sku"
AT_THE_TARGET = frozenset({UNKNOWN_SKU, "ambiguous_product", "sold_otherwise", "other_capitals"})
"""Codes of what waits for a person at the target; what else is not written has failed."""


def ambiguous(platform: str, sku: str) -> Reason:
    """Tell that nobody knows which of several records is meant."""
    return Reason(
        code="ambiguous_product",
        text=f"Several records of {platform} have the SKU {sku!r}",
        fix="Let only one of them keep it; blanks around it make no difference.",
    )


def sold_otherwise(platform: str, sku: str, how: str) -> Reason:
    """Tell that the target has the SKU on a record that nobody buys. ``how`` it is sold: "with variants"."""
    return Reason(
        code="sold_otherwise",
        text=f"{platform} sells {sku!r} {how}: a figure on that record would sell nothing",
        fix="Build the product in the same way on both sides, or give the record there another SKU.",
    )


def other_capitals(platform: str, sku: str, there: Iterable[str]) -> Reason | None:
    """Tell that the target has the SKU, but not in these capitals; None when what is ``there`` is something else.

    Args:
        there: SKUs that the target has.
    """
    alike = sorted({each for each in there if each.casefold() == sku.casefold() and each != sku})
    if not alike:
        return None
    return Reason(
        code="other_capitals",
        text=f"{platform} has the SKU {sku!r} in other capitals: {', '.join(map(repr, alike))}",
        fix="Write the SKU in the same way on both sides.",
    )
