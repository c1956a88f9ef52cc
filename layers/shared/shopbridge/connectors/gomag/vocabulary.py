"""The values a shop knows, for the connection's maps and filters."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.api import GomagApi
from shopbridge.connectors.gomag.catalogue.prices import BASE, REGULAR, SALE
from shopbridge.connectors.gomag.orders.map import OPEN, PAID
from shopbridge.connectors.gomag.orders.status import Meaning, choices, read_statuses
from shopbridge.connectors.gomag.wire import WireNamed, WireStatus
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.ports import Clock

STATUSES, PAYMENTS = "order/status/read", "payment/read"
KEPT = timedelta(minutes=10)
_NAMED = TypeAdapter(list[WireNamed])


KeptStatuses = Kept[Sequence[WireStatus]]
"""The order statuses of a shop, read again after a while."""


def kept_statuses(api: GomagApi, clock: Clock) -> KeptStatuses:
    """Return the order statuses, not read yet."""
    return Kept(lambda: read_statuses(api.get(STATUSES).json()), clock, KEPT)


def read_vocabulary(api: GomagApi, statuses: KeptStatuses, meaning: Meaning) -> Vocabulary:
    """What maps and settings may name; two calls."""
    return {
        "status": choices(statuses.refreshed(), meaning),
        "payment_status": (Choice(key=PAID, title="Paid"), Choice(key=OPEN, title="Not known to be paid")),
        **_payments(api),
        "price_group": (
            Choice(key=REGULAR, title="Price"),
            Choice(key=SALE, title="Special price"),
            Choice(key=BASE, title="Base price"),
        ),
    }


def _payments(api: GomagApi) -> Vocabulary:
    """The names of the payment methods; nothing where the key may not read them: orders do not need it."""
    try:
        names = [
            row.name for row in read_rows(_NAMED, list(api.rows(PAYMENTS, "payments")), "Gomag", "payment methods")
        ]
    except (NeedsAttention, Rejected):
        return {}
    return {"payment": tuple(Choice(key=name, title=name) for name in dict.fromkeys(names) if name)}
