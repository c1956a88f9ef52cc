"""What a back office makes of its orders after they were created there."""

from decimal import Decimal

from pydantic import AwareDatetime

from shopbridge.model.base import ExternalId, Model


class Shipment(Model):
    """What a carrier brings of an order, followed by its code.

    Attributes:
        carrier: Who carries it, as the back office calls it; empty where it does not tell.
        code: The tracking code.
        url: Where the buyer follows it; empty where there is none.
    """

    code: str
    carrier: str = ""
    url: str = ""


class OrderProgress(Model):
    """An order as the back office has it by now.

    Attributes:
        reference: What it was sent as; empty where the back office does not tell it.
        number: What people call it there; empty while it has none.
        status: The back office's own key of its state.
        status_name: What people call that; empty where the key says it.
        cancelled: What ``status`` means in the one case every flow must know: this order is off.
        changed_at: When it changed last, by the back office's own clock.
        document_url: Where its document is; empty where there is none.
        total: Its gross total; None where the back office does not tell it.
    """

    id: ExternalId
    status: str
    changed_at: AwareDatetime
    reference: str = ""
    number: str = ""
    status_name: str = ""
    cancelled: bool = False
    shipments: tuple[Shipment, ...] = ()
    document_url: str = ""
    total: Decimal | None = None

    @property
    def shown_status(self) -> str:
        """The status for people: its name, with the key that settings name it by."""
        return f"{self.status_name} ({self.status})" if self.status_name else self.status


class ProgressPage(Model):
    """One page of orders that changed in the back office.

    Attributes:
        position: Where the next page goes on; None after the last.
    """

    orders: tuple[OrderProgress, ...]
    position: str | None
