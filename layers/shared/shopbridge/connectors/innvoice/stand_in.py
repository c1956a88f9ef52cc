"""OUR OWN INVENTION, not InnVoice's API: writing products and stock. Off unless the settings switch it on.

No call of InnVoice that writes either is known (platform file, "Products" and "Stock and prices"). What is here is the
contract that the platform file proposes until the vendor's own page could be read:

- ``POST stock`` with ``stocks`` > ``stock`` of ``CikkSzam``, ``RaktarID`` and ``Raktar_Keszlet``, the new quantity
- ``POST product`` with ``products`` > ``product``, made or changed by its ``CikkSzam``

Both answer each row with its ``CikkSzam``, and ``techid`` or ``error``.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shopbridge.connectors.innvoice.api import posted
from shopbridge.connectors.innvoice.outcomes import odd, said
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.wire import collapsed, elements, text_of
from shopbridge.connectors.parts import Capability
from shopbridge.errors import NeedsAttention, Rejected
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import in_batches

BATCH = 100
_ABSENT = frozenset({"404", "405"})


class StandIn:
    """The two writes. Whoever has not switched them on has no part that makes them."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    def write(self, what: Literal["stock", "product"], rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Write these, a hundred a call; returns the SKUs that were not, each with what InnVoice says.

        Raises:
            RetryLater: Some or none were written.
            NeedsAttention: InnVoice does not know the call.
        """
        refused: dict[str, str] = {}
        for some in in_batches(rows, BATCH):
            refused |= self._write(what, some)
        return refused

    def _write(self, what: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        call = posted(f"/{what}", f"{what}s", {what: list(rows)}, repeatable=True)
        try:
            return _refused(self._client.send(call), [str(row["CikkSzam"]) for row in rows])
        except Rejected as error:
            if error.code not in _ABSENT:
                raise
            raise NeedsAttention(
                "InnVoice does not know the stand-in calls",
                where=error.where,
                fix="Switch stand_in_writes off in the settings of InnVoice, and let stock and products travel to the "
                "shop instead.",
            ) from error


def without_writes(settings: InnVoiceSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why what the switch offers is not there; nothing with the switch on."""
    if settings.stand_in_writes:
        return {}
    off = NeedsAttention(
        "No call of InnVoice that writes stock or products is known",
        where="InnVoice, stand_in_writes",
        fix="Let stock and products travel from the back office to the shop. Only where InnVoice's support has "
        "confirmed our stand-in calls for the account, switch stand_in_writes on.",
    )
    return {"stock_target": off, "catalogue_target": off}


def _refused(answer: Answer, sent: Sequence[str]) -> dict[str, str]:
    """What was not taken. Each SKU has to be told: what is not named may not have been written."""
    told: dict[str, str | None] = {}
    for row in elements(answer.xml(), "CikkSzam"):
        sku = collapsed(row["CikkSzam"])
        if isinstance(sku, str):
            told[sku] = None if text_of(row, "techid") else said(row) or text_of(row, "error") or "it does not say why"
    if any(collapsed(sku) not in told for sku in sent):
        raise odd(answer, "does not say what became of each SKU")
    return {sku: why for sku in sent if (why := told[collapsed(sku)]) is not None}
