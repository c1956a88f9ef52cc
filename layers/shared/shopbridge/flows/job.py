"""One order on its way through the import: everything its steps need."""

from dataclasses import dataclass, field
from uuid import uuid4

from shopbridge.flows.bridge import Bridge
from shopbridge.model.connection import Connection
from shopbridge.model.settings import OrderSettings
from shopbridge.ports import CustomerTarget, Office, Shop


@dataclass(frozen=True)
class Job:
    """The connection an order belongs to, its two ends, and the name under which this worker claims records.

    Attributes:
        planning: Nothing is written on either side: what an import would make there is taken for made.
    """

    bridge: Bridge
    connection: Connection
    shop: Shop
    office: Office
    owner: str = field(default_factory=lambda: uuid4().hex)
    planning: bool = False

    @property
    def customers(self) -> CustomerTarget | None:
        """The back office as it keeps customers; None when buyers travel on their orders only."""
        return self.bridge.platforms.customers(self.connection)

    @property
    def settings(self) -> OrderSettings:
        """What the operator chose for orders."""
        return self.connection.settings.orders


def open_job(bridge: Bridge, connection: Connection) -> Job:
    """Build both connectors and a fresh owner name."""
    return Job(bridge, connection, bridge.platforms.shop(connection), bridge.platforms.office(connection))
