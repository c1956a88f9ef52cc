"""Capabilities of connectors for what becomes of an order after its import, from the back office to the shop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.progress import OrderProgress, ProgressPage, Shipment

ProgressFact = Literal["status", "cancelled", "shipments", "number", "document_url"]
"""What a back office tells of its orders after their creation."""


class OrderProgressSource(Protocol):
    """A back office that tells what became of its orders."""

    @property
    def tells(self) -> frozenset[ProgressFact]:
        """Return what of an order it tells, as the connector's settings are; no call."""

    def server_time(self) -> datetime:
        """Return the back office's own clock: windows are cut by it, since ours may differ."""

    def changed(self, since: datetime, position: str | None) -> ProgressPage:
        """Return one page of the orders that changed at or after ``since``; ``position`` None for the first page.

        Also orders that did not come through us; the flow knows its own.

        Raises:
            RetryLater: Also for an answer that is only partly there.
        """

    def read(self, ids: Sequence[ExternalId]) -> Sequence[OrderProgress]:
        """Read these orders; ids the back office does not know are left out."""


class ShipmentTarget(Protocol):
    """A shop that keeps the tracking codes of an order."""

    def set_shipments(self, order: OrderId, shipments: Sequence[Shipment]) -> str:
        """Bring the order's shipments to these, all that are known; returns what was done, for the story.

        Nothing is written that is there already, so repeating is harmless.

        Raises:
            Held, Rejected: It cannot be kept there; a person does it by hand.
            RetryLater, OutcomeUnknown: It is told again.
        """


class HookSubscriptions(Protocol):
    """A platform that has to be asked to call us when something changes."""

    def subscribe(self, url: str, known: Mapping[str, str]) -> Mapping[str, str]:
        """Ask for calls to ``url`` and return what is to be kept to end them: by event the subscription's id.

        Args:
            known: What an earlier try returned: those are there, as far as we know, and are not made again.

        An event that the platform does not know, or has no room for, is left out: its calls are hints only.
        """

    def unsubscribe(self, url: str, known: Mapping[str, str]) -> None:
        """End them; one that is gone already is no problem."""
