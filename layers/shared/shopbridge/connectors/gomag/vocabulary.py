"""The values a shop knows, for the connection's maps and filters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.gomag.api import GomagApi
from shopbridge.connectors.gomag.maps import OPEN, PAID
from shopbridge.connectors.gomag.product_prices import BASE, REGULAR, SALE
from shopbridge.connectors.gomag.statuses import Meaning, choices, read_statuses
from shopbridge.connectors.gomag.wire import WireNamed, WireStatus
from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.ports import Clock

STATUSES, PAYMENTS = "order/status/read", "payment/read"
KEPT = timedelta(minutes=10)
_NAMED = TypeAdapter(list[WireNamed])


@dataclass
class KeptStatuses:
    """The order statuses of a shop, read again after a while."""

    api: GomagApi
    clock: Clock
    _read: "tuple[datetime, Sequence[WireStatus]] | None" = field(default=None, repr=False)

    def all(self) -> Sequence[WireStatus]:
        """As they were some minutes ago at the most."""
        if self._read is None or self.clock() - self._read[0] > KEPT:
            return self.refreshed()
        return self._read[1]

    def refreshed(self) -> Sequence[WireStatus]:
        """As they are now."""
        self._read = (self.clock(), read_statuses(self.api.get(STATUSES).json()))
        return self._read[1]


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
        names = [row.name for row in _NAMED.validate_python(list(api.rows(PAYMENTS, "payments")))]
    except (NeedsAttention, Rejected):
        return {}
    except ValidationError as error:
        what = "Gomag lists its payment methods in an unexpected form"
        raise RetryLater(what, after=300, where="Gomag payment methods") from error
    return {"payment": tuple(Choice(key=name, title=name) for name in dict.fromkeys(names) if name)}
