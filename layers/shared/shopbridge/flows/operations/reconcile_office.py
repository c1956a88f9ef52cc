"""Whether the back office has the orders that we made there, and nothing beside them under the same references.

Where it can be searched by our reference, one search tells both. Elsewhere each order is asked for by what it is called
there; and where not even that is told, nobody can say.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shopbridge.errors import AskAPerson, Held, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Job
from shopbridge.flows.operations.sights import used_up
from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.office import OrderReceipt

IN_A_ROW = 3
"""So often in a row a back office may fail over an order; then it is away, and all wait."""


class OfficeLook:
    """Looks for imported orders, one after the other.

    Attributes:
        gone: Orders that are not there any more.
        doubles: What is there beside an order of ours under its reference.
        there: How many are.
        unclear: How many nobody can say of.
    """

    def __init__(self, job: Job, since: datetime) -> None:
        self.gone: list[dict[str, Any]] = []
        self.doubles: list[dict[str, Any]] = []
        self.there = 0
        self.unclear = 0
        self._job = job
        self._since = since
        self._failed = 0

    def look(self, record: LedgerRecord) -> None:
        """Look for an imported order.

        Raises:
            RetryLater: The back office is away, or its limit is used up.
        """
        try:
            is_there = self._is_there(record)
        except RetryLater:
            self._failed += 1
            if self._failed >= IN_A_ROW or used_up(self._job):
                raise
            self.unclear += 1
            return
        self._failed = 0
        if is_there is None:
            self.unclear += 1
        elif is_there:
            self.there += 1

    def _is_there(self, record: LedgerRecord) -> bool | None:
        """None where nobody can say; what is not there is told."""
        found = self._search(record)
        beside = self._beside(record, found)
        is_ours = any(each.id == record.external_id for each in found)
        if beside and (is_ours or len(found) > 1):
            self.doubles.append(_double(record, beside))
        if is_ours:
            return True
        return self._read(record, beside)

    def _search(self, record: LedgerRecord) -> Sequence[OrderReceipt]:
        """What is there under its reference; nothing where the back office cannot be searched."""
        target = self._job.office.order_target
        reference = record.sent_as or target.reference_of(record.reference)
        try:
            return list(target.find(reference, self._since, afresh=False))
        except OutcomeUnknown:
            return ()

    def _beside(self, record: LedgerRecord, found: Sequence[OrderReceipt]) -> Sequence[OrderReceipt]:
        """What no record of ours made: two orders of the shop may have one number, and so one reference."""
        if [each.id for each in found] in ([], [record.external_id]):
            return ()
        alike = self._job.bridge.ledger.find(self._job.connection.id, record.reference)
        own = Counter(each.external_id for each in alike if each.sent_as in ("", record.sent_as))
        own[record.external_id] = max(own[record.external_id], 1)
        return [*_without(found, own)]

    def _read(self, record: LedgerRecord, beside: Sequence[OrderReceipt]) -> bool | None:
        office_id = record.external_id or ExternalId("")
        progress, target = self._job.office.order_progress, self._job.office.order_target
        if progress is not None:
            if any(each.id == office_id for each in progress.read([office_id])):
                return True
            self.gone.append(_gone(record, "The back office does not have it any more.", beside))
            return False
        try:
            receipt = target.read(office_id)
        except (Held, Rejected) as error:
            self.gone.append(_gone(record, f"The back office does not give it out: {error.what}.", beside))
            return False
        is_told = bool(receipt.number) or receipt.total is not None  # else nobody was asked
        return True if is_told else None


def can_be_searched(job: Job, reference: str) -> bool:
    """Tell whether the import can find an order in the back office before it makes it, or is told that it is there.

    Raises:
        RetryLater: Nobody can say just now.
    """
    try:
        list(job.office.order_target.find(reference, job.bridge.clock(), afresh=False))
    except AskAPerson:
        return False
    except OutcomeUnknown:
        return True
    return True


def _without(found: Iterable[OrderReceipt], own: Counter[ExternalId | None]) -> Iterable[OrderReceipt]:
    """Each of ours once: a back office may call two orders by one id, as SalesAutopilot does."""
    left = own.copy()
    for each in found:
        if left[each.id] > 0:
            left[each.id] -= 1
        else:
            yield each


def _named(receipts: Iterable[OrderReceipt]) -> list[str]:
    return [each.number or each.id for each in receipts]


def _about(record: LedgerRecord) -> dict[str, Any]:
    return {"order": record.reference, "id": record.key.id, "office": record.office_order, "total": record.total}


def _double(record: LedgerRecord, beside: Sequence[OrderReceipt]) -> dict[str, Any]:
    others, reference = _named(beside), record.sent_as or record.reference
    return {
        **_about(record),
        "others": others,
        "text": f"Under its reference {reference} the back office has {', '.join(others)}, too.",
        "fix": f"Compare them there: the bridge made {record.office_order}. Cancel by hand what is there twice.",
    }


def _gone(record: LedgerRecord, text: str, beside: Sequence[OrderReceipt]) -> dict[str, Any]:
    instead = ""
    if beside:
        instead = f" Under its reference there is {', '.join(_named(beside))}, which the bridge did not make."
    return {
        **_about(record),
        "others": _named(beside),
        "text": f"{text}{instead}",
        "fix": "If it was deleted there on purpose, nothing. Else enter it there by hand: it is not made twice.",
    }
