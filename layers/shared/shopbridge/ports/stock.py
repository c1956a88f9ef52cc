"""Capabilities of connectors that the stock flow asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from shopbridge.model.ledger import Reason
from shopbridge.model.stock import ManageStock, OpenOrder, Standing, StockChange, StockLevel, StockPage, StockTraits


class StockSource(Protocol):
    """A platform that says how much is there."""

    @property
    def falls_with_orders(self) -> bool:
        """Return True when an order lowers what it says may be sold; False when goods count until they are booked out.

        The shop's open orders then stay taken off, whether the back office has them or not.
        """

    def page(self, position: str | None) -> StockPage:
        """Return one page of everything that has an SKU, the largest the platform gives; None for the first.

        Raises:
            RetryLater: Also for an answer that is only partly there: nothing may be concluded from it.
        """

    def of(self, skus: Sequence[str]) -> Sequence[StockLevel]:
        """Return orders placed since then with one of these SKUs, but for cancelled ones and long completed ones."""


class StockReader(Protocol):
    """Reads what a target has; made anew for each slice of a comparison, so it may keep what it read."""

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """Read by SKU, or why no figure can be written for what the target has there; unknown ones are left out."""


class StockTarget(Protocol):
    """A platform that is told how much may be sold."""

    @property
    def traits(self) -> StockTraits:
        """How it wants stock written. May ask the platform once."""

    def will_deduct(self, skus: Sequence[str]) -> Mapping[str, Decimal]:
        """Return what its own open orders will still take from the figure that is written.

        No call where it never does.
        """

    def write(self, changes: Sequence[StockChange], *, manage: ManageStock, warehouse: str) -> Mapping[str, Reason]:
        """Write absolute figures, ``traits.batch`` of them at most; returns those not taken, with the reason.

        One that the target does not know must not keep the others from being written. Safe to repeat.
        The reason's code is ``unknown_sku`` for an SKU that the target does not have, ``other_capitals`` where it has
        it in other capitals only, and ``sold_otherwise`` where the record is not sold itself: a figure there would be
        nobody's.

        Raises:
            RetryLater: Some or none were written, also after a lost answer.
        """

    def reader(self) -> StockReader:
        """Return a reader for one slice of a comparison."""


class OpenOrders(Protocol):
    """A shop that can tell which of its orders may not have reached the back office."""

    def of(self, skus: Sequence[str], since: datetime) -> Sequence[OpenOrder]:
        """Return orders placed since then with one of these SKUs, but for cancelled ones and long completed ones.

        Includes orders that were placed a moment ago and never announced.
        """

    def deducts_at_order(self) -> bool:
        """Return True when the shop's figure falls as soon as an order is placed, False when it falls on completion."""
