"""One order on its way through the import: everything its steps need."""

from dataclasses import dataclass, field
from uuid import uuid4

from shopbridge.flows.bridge import Bridge
from shopbridge.model.connection import Connection
from shopbridge.model.settings import OrderSettings
from shopbridge.ports import CustomerTarget, Parts


@dataclass(frozen=True)
class Job:
    """The connection an order belongs to, its two ends, and the name under which this worker claims records.

    Attributes:
        planning: Nothing is written on either side: what an import would make there is taken for made.
    """

    bridge: Bridge
    connection: Connection
    shop: Parts
    office: Parts
    owner: str = field(default_factory=lambda: uuid4().hex)
    planning: bool = False

    @property
    def customers(self) -> CustomerTarget | None:
        """The back office as it keeps customers; None when buyers travel on their orders only."""
        return self.office.customers

    @property
    def settings(self) -> OrderSettings:
        """What the operator chose for orders."""
        return self.connection.settings.orders


def open_job(bridge: Bridge, connection: Connection) -> Job:
    """Build both connectors and a fresh owner name."""
    shop, office = (bridge.platforms.parts(connection, side) for side in ("shop", "office"))
    return Job(bridge, connection, shop, office)
