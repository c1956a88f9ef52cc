"""What a flow works with: the stores, the queues and the connectors behind ports, and the connections by their ids."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from uuid import uuid4

from shopbridge.errors import BridgeError, NotFound
from shopbridge.model.base import ConnectionId, is_slug
from shopbridge.model.connection import Connection
from shopbridge.model.settings import OrderSettings
from shopbridge.ports import (
    Activity,
    Clock,
    Connections,
    Credentials,
    Cursors,
    Deadline,
    Directory,
    Erasure,
    FormerNames,
    HealthRecords,
    HookQueue,
    Leases,
    Ledger,
    Limits,
    Mail,
    Notices,
    OrderQueue,
    Parts,
    Platforms,
    PollQueue,
    Remains,
    RunQueue,
    Runs,
    Sight,
    Sights,
    Snapshots,
    Stack,
    Turns,
)


@dataclass(frozen=True)
class Bridge:
    """One container's view of the world.

    Attributes:
        public_url: Where platforms reach our webhooks; only where an operator works it is told, others have it empty.
    """

    connections: Connections
    credentials: Credentials
    cursors: Cursors
    ledger: Ledger
    health: HealthRecords
    directory: Directory
    sights: Sights
    former_names: FormerNames
    erasure: Erasure
    orders: OrderQueue
    polls: PollQueue
    hooks: HookQueue
    work: RunQueue
    snapshots: Snapshots
    runs: Runs
    leases: Leases
    notices: Notices
    mail: Mail
    remains: Remains
    limits: Limits
    stack: Stack
    turns: Turns
    platforms: Platforms
    activity: Activity
    clock: Clock
    deadline: Deadline
    public_url: str = ""


@dataclass(frozen=True)
class Job:
    """The connection an order belongs to, its two ends, and the name under which this worker claims records.

    Attributes:
        planning: Nothing is written on either side: what an import would make there is taken for made.
        sight: What was known when the work began; what is found or made since is added.
    """

    bridge: Bridge
    connection: Connection
    shop: Parts
    office: Parts
    owner: str = field(default_factory=lambda: uuid4().hex)
    planning: bool = False
    sight: Sight = field(default_factory=Sight)

    @property
    def settings(self) -> OrderSettings:
        """What the operator chose for orders."""
        return self.connection.settings.orders


def open_job(bridge: Bridge, connection: Connection) -> Job:
    """Build both connectors and a fresh owner name."""
    shop, office = (bridge.platforms.parts(connection, side) for side in ("shop", "office"))
    return Job(bridge, connection, shop, office)


MOST_NAMED = 20


def load(bridge: Bridge, connection: ConnectionId) -> Connection:
    """Return the connection. Raises NotFound when there is none, with those there are."""
    # What is no id at all may be no key of the table either.
    found = bridge.connections.get(connection) if is_slug(connection) else None
    if found is None:
        raise _unknown(bridge, connection)
    return found


def _unknown(bridge: Bridge, connection: ConnectionId) -> NotFound:
    gone = bridge.connections.deleted(connection) if is_slug(connection) else None
    if gone is not None:
        return NotFound(
            f"There is no connection {connection!r}: it was deleted on {gone.deleted_at:%Y-%m-%d}",
            where="connections",
            fix="What became of its orders is kept: created anew under this id, between the same accounts, it goes on.",
        )
    fix = " ".join(_advice(bridge, connection))
    return NotFound(f"There is no connection {connection!r}", where="connections", fix=fix)


def active(bridge: Bridge, connection: ConnectionId) -> Connection:
    """Return the connection, if it is at work. Raises BridgeError otherwise: what is asked of it would not happen."""
    found = load(bridge, connection)
    if found.status != "active":
        raise BridgeError(
            f"The connection is {found.status}: {found.status_reason.rstrip('.')}",
            where=connection,
            fix="Resume it first.",
        )
    return found


def _advice(bridge: Bridge, connection: ConnectionId) -> Iterator[str]:
    known = [each.id for each in bridge.connections.all()]
    close = get_close_matches(connection, known, n=1)
    if close:
        yield f"Did you mean {close[0]!r}?"
    if known:
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        yield f"There are: {', '.join(known[:MOST_NAMED])}{more}."
    else:
        yield "There are none yet: create one."
