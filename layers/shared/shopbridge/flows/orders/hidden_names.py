"""What stands for an e-mail address in our keys: a name that nobody can compute without the connection's own key.

We remember every customer of the back office and need nobody's address. Before, the name was a bare SHA-256, which
whoever has the tables can compute for any address he guesses. The keyed name is made of the bare one, so what is
remembered moves to its new names without a call to any platform.
"""

import hmac
import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from hashlib import sha256

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.orders.job import Job
from shopbridge.flows.orders.records import LEASE
from shopbridge.model.base import ConnectionId, OrderId
from shopbridge.model.batches import in_batches
from shopbridge.model.connection import Connection
from shopbridge.model.office import DirectoryEntry
from shopbridge.model.order import Order

BARE, KEYED = "customer", "customer-keyed"
"""The kinds under which the directory has customers by bare names, and by keyed ones."""
KEY_BYTES = 32
BOTH_FOR = timedelta(days=1)
"""How long a creation is claimed under both names: functions of the former release, which know the bare one alone, end
within minutes of a deployment."""
MOVED_AT_ONCE = 100
MARK_DIGITS = 32
ENDS_WITH = 15.0
"""Seconds left at which the move stops; the next try goes on with what has not moved."""


def new_key() -> str:
    """A connection's key, hexadecimal."""
    return os.urandom(KEY_BYTES).hex()


def with_key(bridge: Bridge, connection: Connection) -> Connection:
    """The connection with its key; one of before gets it now, once and the same for all who ask."""
    return connection if connection.name_key else bridge.connections.give_key(connection.id, new_key())


def bare_name(match_key: str) -> str:
    """The name of before: SHA-256 of the address, hexadecimal."""
    return sha256(match_key.encode()).hexdigest()


def hidden_name(connection: Connection, match_key: str) -> str:
    """The address under the connection's key, hexadecimal."""
    return keyed(connection.name_key, bare_name(match_key))


def keyed(name_key: str, name: str) -> str:
    """HMAC-SHA-256, hexadecimal. Raises AssertionError without a key: the name would be as good as bare."""
    if not name_key:
        raise AssertionError("a connection has its key before anybody is named")
    return hmac.new(bytes.fromhex(name_key), name.encode(errors="surrogatepass"), sha256).hexdigest()


def buyer_mark(name_key: str, order: OrderId, match_key: str) -> str:
    """By which an order is found for its buyer's address; of this order alone, so no two seem to share one."""
    return keyed(name_key, f"{order}\n{match_key}")[:MARK_DIGITS]


def mark_of(connection: Connection, order: Order) -> str:
    """The mark of an order's buyer; empty where it has none, or no address."""
    match_key = order.customer.match_key if order.customer else ""
    return buyer_mark(connection.name_key, order.id, match_key) if match_key else ""


def both_count(job: Job) -> bool:
    """Whether somebody may still claim by bare names."""
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
