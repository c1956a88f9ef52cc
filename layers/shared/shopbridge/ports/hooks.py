"""What the intake of webhooks works with: less than a flow, so that it starts with less."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.connection import Side
from shopbridge.model.webhook import Door, WebhookEvent
from shopbridge.ports.orders import WebhookReceiver
from shopbridge.ports.platforms import Clock
from shopbridge.ports.stores import Activity, Credentials


class Doors(Protocol):
    """The connections, as far as the intake reads them."""

    def get(self, connection: ConnectionId, /) -> Door | None:
        """Return the connection, or None; what it said a moment ago may be remembered."""

    def anew(self, connection: ConnectionId, /) -> Door | None:
        """Return the connection as it stands, or None."""


class HookQueue(Protocol):
    """Takes what webhooks tell; each method returns only when it was taken and raises RetryLater otherwise."""

    def notify(self, connection: ConnectionId, events: Sequence[WebhookEvent], at: datetime) -> None:
        """Ask the import to look at the orders that were told of."""

    def ask_shop(self, connection: ConnectionId, at: datetime) -> None:
        """Ask the poll to look at the shop now."""

    def ask_office(self, connection: ConnectionId, at: datetime) -> None:
        """Ask the poll to look at what became of orders in the back office."""


class Receivers(Protocol):
    """Who reads the calls of a connection's platforms."""

    def webhook(self, connection: Door, side: Side, /) -> WebhookReceiver | None:
        """Read a side's webhook calls; None when the platform cannot sign."""

    def hinted(self, connection: Door, raw: bytes, /) -> OrderId | None:
        """Return the order that an unsigned call of the shop says it is about; None when it says nothing."""


class Gate(Protocol):
    """Where webhooks come in; a ``Bridge`` is one."""

    @property
    def connections(self) -> Doors:
        """The connections."""

    @property
    def credentials(self) -> Credentials:
        """Their secrets."""

    @property
    def hooks(self) -> HookQueue:
        """Where what was told goes."""

    @property
    def platforms(self) -> Receivers:
        """Who reads the calls."""

    @property
    def activity(self) -> Activity:
        """The operator's log."""

    @property
    def clock(self) -> Clock:
        """The present moment."""
