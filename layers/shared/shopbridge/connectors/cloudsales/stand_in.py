"""OUR OWN INVENTION, not BOCP's API: writing stock and prices. Off unless the settings switch it on.

No call of BOCP that writes stock or prices is known; moving stock may need documents (platform file, "Stock and
prices"). What is here stands in for it until the vendor's own page could be read:

- ``PUT connector/<id>/stock/`` with ``{"items": [{"code": "...", "stock_available": 3}]}``
- ``PUT connector/<id>/price/`` with ``{"items": [{"code": "...", "price_with_vat": "121.00", "vat_percent": 21}]}``

Both take at most 100 items, and name those that they did not write in ``data.errors``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shopbridge.connectors.cloudsales.api import CONNECTOR, put
from shopbridge.connectors.cloudsales.outcomes import envelope_of
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.connectors.kit.reasons import unknown_sku
from shopbridge.connectors.parts import Capability
from shopbridge.errors import NeedsAttention, Rejected, RetryLater
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.json_data import plain
from shopbridge.model.base import in_batches
from shopbridge.model.ledger import Reason

BATCH = 100
_ABSENT = frozenset({"404", "405"})


class StandIn:
    """The two writes. Whoever has not switched them on has no part that makes them."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def write(self, what: Literal["stock", "price"], items: Sequence[Mapping[str, Any]]) -> Mapping[str, Reason]:
        """Write these, a hundred a call; returns the codes that were not, each with the reason."""
        refused: dict[str, Reason] = {}
        for some in in_batches(items, BATCH):
            refused |= self._write(what, some)
        return refused

    def _write(self, what: str, items: Sequence[Mapping[str, Any]]) -> Mapping[str, Reason]:
        path = f"{CONNECTOR}{self._settings.connector_id}/{what}/"
        try:
            return _refused(self._client.send(put(path, plain({"items": items}))))
        except Rejected as error:
            if error.code not in _ABSENT:
                raise
            raise NeedsAttention(
                "The account does not know the stand-in calls",
                where=error.where,
                fix="Switch stand_in_writes off in the settings of CloudSales, and let stock and prices travel to the "
                "shop instead.",
            ) from error


def withheld(settings: CloudSalesSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why what the switch offers is not there; nothing with the switch on."""
    if settings.stand_in_writes:
        return {}
    off = NeedsAttention(
        "No call of BOCP that writes stock or prices is known",
        where="CloudSales, stand_in_writes",
        fix="Let stock and prices travel from the back office to the shop. Only where BOCP's support has confirmed our "
        "stand-in calls for the account, switch stand_in_writes on.",
    )
    return {"stock_target": off, "catalogue_target": off}


def _refused(answer: Answer) -> Mapping[str, Reason]:
    envelope = envelope_of(answer.json())
    if envelope is None or not isinstance(envelope.data, dict):
        raise RetryLater("The answer does not say what was written", after=60, where=answer.where)
    named = [each for each in envelope.errors if isinstance(each, dict)]
    return {str(each.get("code")): _reason(str(each.get("code")), str(each.get("message") or "")) for each in named}


def _reason(code: str, message: str) -> Reason:
    if "unknown" in message.casefold():
        return unknown_sku("BOCP", code)
    return Reason(code="refused", text=f"BOCP does not take it for {code} ({message}).", fix="See the message.")
