"""Stock as the bridge sees it: what a platform says of an SKU, and what is to be written."""

from decimal import Decimal

from pydantic import AwareDatetime

from shopbridge.model.base import Code, ExternalId, Model, OrderId


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
