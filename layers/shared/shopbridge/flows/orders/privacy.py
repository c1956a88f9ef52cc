"""What an order's buyer is called stays out of log and ledger, and an e-mail address out of our keys.

Whoever quotes the buyer is masked where log and ledger are written. For an address stands a name that nobody can
compute without the connection's own key: we remember every customer of the back office and need nobody's address.
Before, the name was a bare SHA-256, which whoever has the tables can compute for any address he guesses. The keyed name
is made of the bare one, so what is remembered moves to its new names without a call to any platform.
"""

import hmac
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Bridge, Job
from shopbridge.flows.orders.records import LEASE
from shopbridge.mapping.masking import MASK, SENTENCES, Personal
from shopbridge.model.base import ConnectionId, OrderId, in_batches
from shopbridge.model.connection import Connection
from shopbridge.model.ledger import Event, LedgerRecord, Reason
from shopbridge.model.office import DirectoryEntry
from shopbridge.model.order import Address, Order
from shopbridge.ports import Activity, Claim, Ledger

BARE, KEYED = "customer", "customer-keyed"
"""The kinds under which the directory has customers by bare names, and by keyed ones."""
KEY_BYTES = 32
BOTH_FOR = timedelta(days=1)
"""How long a creation is claimed under both names: functions of the former release, which know the bare one alone, end
within minutes of a deployment."""
MOVED_AT_ONCE = 100
MARK_DIGITS = 32
PHONE_END = 6
"""Last digits by which a telephone number is known, however a platform wants it written."""
ENDS_WITH = 15.0
"""Seconds left at which the move stops; the next try goes on with what has not moved."""
Told = TypeVar("Told", Reason, Event)
_BEFORE_NUMBER = re.compile(r"^[^\d]+")


def personal(order: Order) -> Personal:
    """Return what must not be read about the order's buyer and receivers."""
    addresses = (order.billing_address, order.shipping_address, *(each.address for each in order.further_deliveries))
    buyer = order.customer
    words = {word for address in addresses for word in _words_of(address)}
    numbers = {address.phone for address in addresses}
    if buyer:
        words |= {buyer.email, *_name(buyer.first_name, buyer.last_name), buyer.company}
        numbers |= {buyer.vat_id}
    return Personal(frozenset(words), frozenset(numbers), _codes(order))


def _words_of(address: Address) -> set[str]:
    """A platform may quote a street as we split it."""
    lines = (address.street, *address.extra)
    streets = {match[0].strip(" ,") for line in lines if (match := _BEFORE_NUMBER.match(line))}
    # A postcode with letters, as in the Netherlands, is one of a few houses; one of digits alone is of a town.
    postcode = {address.postcode} if any(map(str.isalpha, address.postcode)) else set()
    return {*_name(address.first_name, address.last_name), address.company, *lines, *streets, *postcode}


def _name(first: str, last: str) -> set[str]:
    return {first, last, *first.split(), *last.split()}


def _codes(order: Order) -> frozenset[str]:
    return frozenset({order.id, order.number, *(code for line in order.lines for code in (line.sku, line.ean))})


@contextmanager
def masking_buyer(job: Job, order: Order) -> Iterator[Job]:
    """Yield the job, for everything that is done about this order: what it logs, keeps and raises names no buyer."""
    discreet = Discretion(order)
    with discreet.errors():
        yield discreet.job(job)


class Discretion:
    """Keeps what an order's buyer is called out of whatever is done about the order."""

    def __init__(self, order: Order) -> None:
        self._hidden = personal(order)
        self._kept: dict[str, str] = {}

    def job(self, job: Job) -> Job:
        """Return the job; what it logs and keeps names no buyer."""
        activity, ledger = _MaskedActivity(job.bridge.activity, self._hidden), _MaskedLedger(job.bridge.ledger, self)
        return replace(job, bridge=replace(job.bridge, activity=activity, ledger=ledger))

    def record(self, record: LedgerRecord) -> LedgerRecord:
        """Return the record as it may be kept."""
        kept = {
            "history": tuple(map(self._line, record.history)),
            "reason": record.reason and _masked(record.reason, self._hidden),
            "left": record.left and _masked(record.left, self._hidden),
        }
        is_same = all(getattr(record, name) == value for name, value in kept.items())
        return record if is_same else record.model_copy(update=kept)

    def _line(self, line: Event) -> Event:
        """A record is kept several times, each time with the lines of before."""
        if line.text not in self._kept:
            self._kept[line.text] = self._hidden.mask(line.text)
        return _with_text(line, self._kept[line.text])

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Hold while something may be raised: no error names the buyer."""
        try:
            yield
        except BridgeError as error:
            error.what = self._hidden.mask(error.what)
            error.args = (error.what,)
            raise


def hide_buyer(order: Order, value: Any) -> Any:
    """Return plain data in which nothing can be read of the buyer and the receivers, whatever its fields are called.

    A text that is one of their values goes whole, however short it is, and so does one with the end of a telephone
    number; of longer texts, what sentences are masked by. The order's own number stays: shops count customers like it.
    """
    addresses = (order.billing_address, order.shipping_address, *(each.address for each in order.further_deliveries))
    parts = [each.model_dump(exclude={"country"}) for each in (order.customer, *addresses) if each]
    given = [line for part in parts for line in part.values()]
    lines = [text for line in given for text in (line if isinstance(line, tuple) else (line,)) if isinstance(text, str)]
    whole = frozenset(line.strip().casefold() for line in lines) - {"", order.number.strip().casefold()}
    ends = frozenset(digits[-PHONE_END:] for each in addresses if len(digits := _digits_of(each.phone)) >= PHONE_END)
    places = {line for each in addresses for line in (each.postcode, each.city)}
    known = personal(order)
    return _hidden(value, _Whole(whole, ends), replace(known, words=known.words | places))


@dataclass(frozen=True)
class _Whole:
    """What makes a text go whole: values of people in lower case, and the last digits of their telephones."""

    values: frozenset[str]
    ends: frozenset[str]

    def holds(self, text: str) -> bool:
        return text.strip().casefold() in self.values or any(end in _digits_of(text) for end in self.ends)


def _digits_of(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _hidden(value: Any, whole: _Whole, known: Personal) -> Any:
    if isinstance(value, Mapping):
        return {name: _hidden(part, whole, known) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(part, whole, known) for part in value]
    if not isinstance(value, str):
        return value
    return MASK if whole.holds(value) else known.mask(value)


def without_buyer(order: Order, reason: Reason) -> Reason:
    """Return the reason without the buyer's values; its code and what to do stay as they are."""
    return _masked(reason, personal(order))


def _masked(told: Told, hidden: Personal) -> Told:
    return _with_text(told, hidden.mask(told.text))


def _with_text(told: Told, text: str) -> Told:
    """The same where nothing is to be masked, as in nearly all."""
    return told if text == told.text else told.model_copy(update={"text": text})


@dataclass(frozen=True)
class _MaskedActivity:
    activity: Activity
    hidden: Personal

    def info(self, event: str, connection: ConnectionId, **facts: object) -> None:
        self.activity.info(event, connection, **self._masked(facts))

    def warning(self, event: str, connection: ConnectionId, *, fix: str, **facts: object) -> None:
        self.activity.warning(event, connection, fix=fix, **self._masked(facts))

    def measured(self, event: str, figures: Mapping[ConnectionId, Mapping[str, int]]) -> None:
        self.activity.measured(event, figures)

    def _masked(self, facts: Mapping[str, object]) -> dict[str, object]:
        return {name: self._sentence(fact) if name in SENTENCES else fact for name, fact in facts.items()}

    def _sentence(self, fact: object) -> object:
        if isinstance(fact, str):
            return self.hidden.mask(fact)
        return [self._sentence(part) for part in fact] if isinstance(fact, list | tuple) else fact


@dataclass(frozen=True)
class _MaskedLedger:
    ledger: Ledger
    discreet: Discretion

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        return self.ledger.claim(self.discreet.record(record), owner=owner, lease=lease)

    def open(self, records: Sequence[LedgerRecord]) -> Sequence[bool]:
        return self.ledger.open([self.discreet.record(record) for record in records])

    def save(self, record: LedgerRecord, *, owner: str) -> None:
        self.ledger.save(self.discreet.record(record), owner=owner)

    def __getattr__(self, name: str) -> Any:
        """What is only read passes as it is."""
        return getattr(self.ledger, name)


def new_key() -> str:
    """Return a connection's key, hexadecimal."""
    return os.urandom(KEY_BYTES).hex()


def with_key(bridge: Bridge, connection: Connection) -> Connection:
    """Return the connection with its key; one of before gets it now, once and the same for all who ask."""
    return connection if connection.name_key else bridge.connections.give_key(connection.id, new_key())


def bare_name(match_key: str) -> str:
    """Return the name of before: SHA-256 of the address, hexadecimal."""
    return sha256(match_key.encode()).hexdigest()


def hidden_name(connection: Connection, match_key: str) -> str:
    """Return the address under the connection's key, hexadecimal."""
    return keyed(connection.name_key, bare_name(match_key))


def keyed(name_key: str, name: str) -> str:
    """Return HMAC-SHA-256, hexadecimal. Raises AssertionError without a key: the name would be as good as bare."""
    if not name_key:
        raise AssertionError("a connection has its key before anybody is named")
    return hmac.digest(bytes.fromhex(name_key), name.encode(errors="surrogatepass"), "sha256").hex()


def buyer_mark(name_key: str, order: OrderId, match_key: str) -> str:
    """Return by what an order is found for its buyer's address; of this order alone, so no two seem to share one."""
    return keyed(name_key, f"{order}\n{match_key}")[:MARK_DIGITS]


def mark_of(connection: Connection, order: Order) -> str:
    """Return the mark of an order's buyer; empty where it has none, or no address."""
    match_key = order.customer.match_key if order.customer else ""
    return buyer_mark(connection.name_key, order.id, match_key) if match_key else ""


def bare_names_valid(job: Job) -> bool:
    """Tell whether somebody may still claim by bare names."""
    until = job.connection.bare_until
    return until is None or job.bridge.clock() < until


def move_names(job: Job) -> None:
    """Give all customers that are remembered by bare names their keyed ones, once in a connection's life.

    Nothing is deleted here: bare names run out, so that functions of the former release find them meanwhile, and one
    that is deployed again reads the list anew.

    Raises:
        RetryLater: Another worker is at it, or the time is up.
    """
    if job.connection.bare_until is not None or _is_moved(job.bridge, job.connection.id):
        return
    leases, connection = job.bridge.leases, job.connection.id
    leases.take(connection, KEYED, job.owner, LEASE)
    try:
        _move(job)
    except BridgeError:
        leases.give_back(connection, KEYED, job.owner)
        raise
    leases.give_back(connection, KEYED, job.owner)


def _is_moved(bridge: Bridge, connection: ConnectionId) -> bool:
    """As it stands this moment: the job may have begun before the move."""
    stored = bridge.connections.get(connection)
    return stored is not None and stored.bare_until is not None


def _move(job: Job) -> None:
    bridge, connection = job.bridge, job.connection.id
    # Read before the entries: what is remembered by bare names from now on changed after it, and is read again.
    mark = bridge.directory.mark(connection, BARE)
    for page in in_batches(list(bridge.former_names.entries(connection)), MOVED_AT_ONCE):
        if bridge.deadline.remaining() < ENDS_WITH:
            raise RetryLater("Known customers are being given other names", after=1, where=connection)
        bridge.directory.remember(connection, KEYED, list(_renamed(job, page)))
        bridge.former_names.expire_entries(connection, [entry.key for entry in page], bridge.clock())
    started = bridge.directory.mark(connection, KEYED)
    if mark.value is not None and started.value is None:
        bridge.directory.set_mark(connection, KEYED, started.moved_to(mark.value))
    bridge.former_names.expire_rest(connection, bridge.clock())
    bridge.connections.names_moved(connection, bridge.clock() + BOTH_FOR)


def _renamed(job: Job, page: Sequence[DirectoryEntry]) -> Iterator[DirectoryEntry]:
    for entry in page:
        yield entry.model_copy(update={"key": keyed(job.connection.name_key, entry.key)})
