"""What an order's buyer is called stays out of log and ledger, whoever quotes it: masked where both are written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from shopbridge.errors import BridgeError
from shopbridge.flows.orders.job import Job
from shopbridge.mapping.masking import SENTENCES, Personal
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState, Reason, SkippedOrder
from shopbridge.model.order import Order
from shopbridge.model.party import Address
from shopbridge.ports import Activity, Claim, Ledger

_BEFORE_NUMBER = re.compile(r"^[^\d]+")


def personal(order: Order) -> Personal:
    """What must not be read about the order's buyer and receivers."""
    addresses = (order.billing_address, order.shipping_address, *(each.address for each in order.further_deliveries))
    buyer = order.customer
    words = {word for address in addresses for word in _words_of(address)}
    numbers = {address.phone for address in addresses}
    if buyer:
        words |= {buyer.email, *_name(buyer.first_name, buyer.last_name), buyer.company}
        numbers |= {buyer.vat_id}
    return Personal(frozenset(words), frozenset(numbers), _things(order))


def _words_of(address: Address) -> set[str]:
    """A platform may quote a street as we split it."""
    lines = (address.street, *address.extra)
    streets = {match[0].strip(" ,") for line in lines if (match := _BEFORE_NUMBER.match(line))}
    return {*_name(address.first_name, address.last_name), address.company, *lines, *streets}


def _name(first: str, last: str) -> set[str]:
    return {first, last, *first.split(), *last.split()}


def _things(order: Order) -> frozenset[str]:
    return frozenset({order.id, order.number, *(code for line in order.lines for code in (line.sku, line.ean))})


@contextmanager
def discreet(job: Job, order: Order) -> Iterator[Job]:
    """The job, for everything that is done about this order: what it logs, keeps and raises names no buyer."""
    hidden = personal(order)
    bridge = replace(
        job.bridge,
        activity=_DiscreetActivity(job.bridge.activity, hidden),
        ledger=_DiscreetLedger(job.bridge.ledger, hidden),
    )
    try:
        yield replace(job, bridge=bridge)
    except BridgeError as error:
        error.what = hidden.mask(error.what)
        error.args = (error.what,)
        raise


def without_buyer(order: Order, reason: Reason) -> Reason:
    """The reason without the buyer's values; its code and what to do stay as they are."""
    return _masked(reason, personal(order))


def _masked(reason: Reason, hidden: Personal) -> Reason:
    return reason.model_copy(update={"text": hidden.mask(reason.text)})


@dataclass(frozen=True)
class _DiscreetActivity:
    activity: Activity
    hidden: Personal

    def info(self, event: str, connection: ConnectionId, **facts: object) -> None:
        self.activity.info(event, connection, **self._masked(facts))

    def warning(self, event: str, connection: ConnectionId, *, fix: str, **facts: object) -> None:
        self.activity.warning(event, connection, fix=fix, **self._masked(facts))

    def _masked(self, facts: Mapping[str, object]) -> dict[str, object]:
        return {name: self._sentence(fact) if name in SENTENCES else fact for name, fact in facts.items()}

    def _sentence(self, fact: object) -> object:
        if isinstance(fact, str):
            return self.hidden.mask(fact)
        return [self._sentence(part) for part in fact] if isinstance(fact, list | tuple) else fact


@dataclass(frozen=True)
class _DiscreetLedger:
    ledger: Ledger
    hidden: Personal

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        return self.ledger.claim(self._masked(record), owner=owner, lease=lease)

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        self.ledger.save(self._masked(record), owner=owner)

    def get(self, key: EffectKey) -> LedgerRecord | None:
        return self.ledger.get(key)

    def orders(self, connection: ConnectionId, ids: Sequence[OrderId]) -> Mapping[OrderId, LedgerRecord]:
        return self.ledger.orders(connection, ids)

    def held(self, connection: ConnectionId) -> Sequence[LedgerRecord]:
        return self.ledger.held(connection)

    def skipped(self, connection: ConnectionId) -> Sequence[SkippedOrder]:
        return self.ledger.skipped(connection)

    def waiting(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        return self.ledger.waiting(connection)

    def summary(self, connection: ConnectionId) -> Mapping[LedgerState, int]:
        return self.ledger.summary(connection)

    def find(self, connection: ConnectionId, reference: str) -> Sequence[LedgerRecord]:
        return self.ledger.find(connection, reference)

    def _masked(self, record: LedgerRecord) -> LedgerRecord:
        story = tuple(line.model_copy(update={"text": self.hidden.mask(line.text)}) for line in record.history)
        reason = _masked(record.reason, self.hidden) if record.reason else None
        return record.model_copy(update={"history": story, "reason": reason})
