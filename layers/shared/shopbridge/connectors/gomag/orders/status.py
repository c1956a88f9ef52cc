"""The shop's order statuses: every shop has its own, so ids are the keys and names are for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import WireStatus
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.mapping.names import is_among
from shopbridge.model.office import Choice

CANCELLED_NAMES: Final = ("Anulata", "Comanda anulata")
"""[inferred] The default names of what is off, as clients have seen them (platform file, G2)."""
RETURNED_NAMES: Final = ("Retur", "Returnata")
"""[inferred] The default names of what came back."""
FINAL_NAMES: Final = (*CANCELLED_NAMES, "Livrata", "Comanda incheiata", *RETURNED_NAMES)
"""[inferred] The default names of what ends an order: nothing of it is still to be done."""
WRAPPERS: Final = ("statuses", "data")
"""Names under which a client also looks for the list (platform file, G3)."""


_STATUSES = TypeAdapter(tuple[WireStatus, ...])


@dataclass(frozen=True)
class Meaning:
    """What statuses stand for in this shop, by the settings, else by their default names."""

    settings: GomagSettings

    def is_cancelled(self, key: str, name: str) -> bool:
        """The order is off."""
        return is_among(self.settings.cancelled_statuses or CANCELLED_NAMES, key, name)

    def is_final(self, key: str, name: str) -> bool:
        """The order is over: it is never moved again, and its goods are gone or back."""
        return self.is_cancelled(key, name) or is_among(self.settings.final_statuses or FINAL_NAMES, key, name)

    def is_returned(self, name: str) -> bool:
        """The goods came back; only told to people."""
        return is_among(RETURNED_NAMES, name)

    def is_paid(self, key: str, name: str, method: str) -> bool:
        """[inferred] Gomag has no flag for it: a status or a payment method that the settings name."""
        return is_among(self.settings.paid_statuses, key, name) or is_among(self.settings.paid_methods, method)


def read_statuses(body: Any) -> tuple[WireStatus, ...]:
    """The statuses in every shape that clients have met: keyed by id, wrapped, as a list, or as plain pairs.

    Raises:
        RetryLater: It is none of them.
    """
    return read_rows(_STATUSES, list(_rows(_unwrapped(body))), "Gomag", "order statuses")


def choices(statuses: Sequence[WireStatus], meaning: Meaning) -> tuple[Choice, ...]:
    """For maps and settings: the id is the key; a status without a name is called by its id."""
    return tuple(
        Choice(
            key=str(status.id),
            title=status.name or f"Status {status.id}",
            off=meaning.is_cancelled(str(status.id), status.name),
        )
        for status in statuses
    )


def _unwrapped(body: Any) -> Any:
    if isinstance(body, Mapping):
        return next((body[name] for name in WRAPPERS if isinstance(body.get(name), dict | list)), body)
    return body


def _rows(rows: Any) -> Iterator[Any]:
    """A row for each status; [inferred] counters and texts beside keyed statuses are none."""
    if isinstance(rows, Mapping):
        for key, value in rows.items():
            if isinstance(value, Mapping):
                yield {"id": key, **value}
            elif key.isdigit() and isinstance(value, str):
                yield {"id": key, "name": value}
    else:
        yield from rows if isinstance(rows, list) else [rows]
