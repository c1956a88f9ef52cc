"""What the flows keep, and where they hand work on to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.connection import Connection, Deleted, Side
from shopbridge.model.handed_over import PageRecord
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import (
    AnyOrderMessage,
    PollRequest,
    ProbeRequest,
    ProgressRequest,
    RunRequest,
    StockRequest,
)
from shopbridge.model.office import DirectoryEntry, DirectoryMark
from shopbridge.model.run import Health, Job, Obstruction, OrderCursor, Run, RunKind, Task, ToldOf
from shopbridge.model.snapshot import Manifest, Shard


@dataclass(frozen=True)
class Scheduled:
    """What an active connection wants of the schedule; minutes, None for what it does not do."""

    connection: ConnectionId
    poll_minutes: int
    stock_minutes: int | None = None
    product_minutes: int | None = None


class Connections(Protocol):
    """Connections with their settings, versioned."""

    def get(self, connection: ConnectionId) -> Connection | None:
        """Return the connection, or None."""

    def anew(self, connection: ConnectionId, /) -> Connection | None:
        """Return the same; where the intake remembers, this does not."""

    def save(self, connection: Connection, *, expected_version: int) -> None:
        """Store; ``expected_version`` 0 creates. Raises Conflict when somebody else saved in between."""

    def delete(self, connection: ConnectionId, at: datetime) -> None:
        """Remove the connection's record, but what is to be known of it later; its ledger stays."""

    def versions(self, connection: ConnectionId) -> Iterator[Connection]:
        """Yield the connection as each save left it, the newest first; without its key."""

    def all(self) -> Sequence[Connection]:
        """Return every connection, by id; not the deleted ones."""

    def deleted(self, connection: ConnectionId) -> Deleted | None:
        """Return what stayed of a deleted connection, or None; one that was revived is not deleted."""

    def forgetting(self, connection: ConnectionId) -> None:
        """Note on what stayed of a deleted connection that the rest is being removed."""

    def all_deleted(self) -> Sequence[Deleted]:
        """Return the same of all, by id."""

    def stop(self, connection: ConnectionId, reason: str) -> bool:
        """Take the connection out of the schedule and say why a platform refuses us; False when it was not active."""

    def reactivate(self, connection: Connection) -> bool:
        """Bring a stopped connection back into the schedule; False when somebody changed it meanwhile."""

    def give_key(self, connection: ConnectionId, name_key: str) -> Connection:
        """Store the key of a connection that has none yet; returns it with the key that counts. Raises Conflict."""

    def names_moved(self, connection: ConnectionId, bare_until: datetime) -> None:
        """Note that addresses have their keyed names, and until when the bare ones count as well."""

    def scheduled(self, lane: int) -> Sequence[Scheduled]:
        """Return active connections of a schedule lane (5 or 10) with their intervals."""

    def resting(self) -> Sequence[Connection]:
        """Return connections that are not at work: paused or stopped."""


class Credentials(Protocol):
    """Secrets of a connection, per side, as flat text values."""

    def read(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Return them cached for a while. Raises NeedsAttention when there are none."""

    def read_again(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Read past the cache: a platform just refused the cached ones."""

    def read_now(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Read past every cache: the calls of a handshake reach different containers within seconds."""

    def read_for_caller(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Return them cached, also that there are none or could not be read, for a caller who has proved nothing."""

    def read_again_for_caller(self, connection: ConnectionId, side: Side) -> Mapping[str, str]:
        """Read past the cache at most once a minute, unless they had changed.

        Whoever forges calls must not cost reads.
        """

    def write(self, connection: ConnectionId, side: Side, values: Mapping[str, str]) -> None:
        """Store them encrypted, replacing what was there."""

    def delete(self, connection: ConnectionId) -> None:
        """Forget all of the connection's secrets."""


class Remains(Protocol):
    """All that is kept under a connection's id, whatever it is."""

    def records(self, connection: ConnectionId) -> Iterator[str]:
        """Yield the names of all records, read as they are asked for."""

    def remove(self, connection: ConnectionId, most: int, lease: str) -> int:
        """Remove some of them, ``most`` at the most; returns how many. Raises RetryLater.

        Returns 0 when nothing is left but what says that the connection is being forgotten, and the lease of that name.
        """

    def end(self, connection: ConnectionId, lease: str) -> None:
        """Remove these as well."""


class Cursors(Protocol):
    """How far sources were read, and what was handed over of it."""

    def load(self, connection: ConnectionId, name: str) -> OrderCursor | None:
        """Return the cursor, or None before the first read."""

    def save(self, connection: ConnectionId, name: str, cursor: OrderCursor) -> OrderCursor:
        """Store if nobody moved it meanwhile (raises Conflict); returns it with its new version."""

    def handed_over(self, connection: ConnectionId, since: datetime) -> Iterator[PageRecord]:
        """Yield what was handed over of pages that were read since then, in the order of their names."""

    def note(self, connection: ConnectionId, page: PageRecord, until: datetime) -> None:
        """Store what was handed over of a page, in the place of what stands under its name; forgotten after a while."""


class HealthRecords(Protocol):
    """How connections do."""

    def succeeded(self, connection: ConnectionId, job: Job) -> None:
        """Note that a job came forward just now."""

    def failed(self, connection: ConnectionId, job: Job, reason: Reason) -> None:
        """Note why the newest try of a job failed."""

    def called(self, connection: ConnectionId, side: Side) -> None:
        """Note that a platform called us just now; not each time, where it does so often."""

    def ticked(self, name: str) -> None:
        """Note that a schedule called just now; ``name`` is of letters, digits and underscores."""

    def ticks(self) -> Mapping[str, datetime]:
        """Return when each schedule last called, by name; those that never did are left out."""

    def obstructed(self, connection: ConnectionId, task: Task) -> Obstruction:
        """Count that a task met something else in a platform's place; returns all since it last came through."""

    def unobstructed(self, connection: ConnectionId, task: Task) -> None:
        """Note that a task came through: what it met before is over."""

    def stopped(self, connection: ConnectionId, why: str, *, probes: int) -> None:
        """Note that the connection was stopped just now; ``probes`` counts as asked in vain already."""

    def probed(self, connection: ConnectionId) -> None:
        """Note that the bridge is asked to look whether the connection can go on."""

    def resumed(self, connection: ConnectionId) -> None:
        """Note that the bridge let the connection go on."""

    def of(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, Health]:
        """Return what is known of these connections; those that did nothing yet are left out."""

    def watched(self, connection: ConnectionId, since: datetime | None, told: Sequence[str]) -> None:
        """Note since when the watch sees the connection at work (None: it rests), and what it told of."""

    def told_people(self, connection: ConnectionId, told_of: Mapping[str, ToldOf]) -> None:
        """Note the kinds of trouble that people were sent a message about."""

    def held_seen(self, connection: ConnectionId, mark: str, kinds: Sequence[str]) -> None:
        """Note what waits for a person, and its kinds."""

    def summed(self, connection: ConnectionId, until: datetime) -> None:
        """Note up to when the summaries tell, and that the watch looked just now whether one is due."""


class Directory(Protocol):
    """What a back office calls the customers and products we looked up: keys to ids."""

    def lookup(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> Mapping[str, tuple[ExternalId, ...]]:
        """Return the known ids by key; several ids mean that the key is ambiguous there."""

    def remember(self, connection: ConnectionId, kind: str, entries: Sequence[DirectoryEntry]) -> None:
        """Add entries; the same key with another id makes it ambiguous."""

    def add(self, connection: ConnectionId, kind: str, entry: DirectoryEntry) -> None:
        """Add one that was surely not there; what is known is not looked at."""

    def forget(self, connection: ConnectionId, kind: str, keys: Sequence[str]) -> None:
        """Drop keys that turned out wrong."""

    def mark(self, connection: ConnectionId, kind: str) -> DirectoryMark:
        """Return how far the back office's list was read."""

    def set_mark(self, connection: ConnectionId, kind: str, mark: DirectoryMark) -> None:
        """Remember how far it was read. Raises Conflict when it is to be read anew, or others came further."""

    def read_anew(self, connection: ConnectionId, kind: str) -> None:
        """Start the list from its beginning, also for whoever is reading it just now."""


class FormerNames(Protocol):
    """Customers by bare hashes of their addresses, as releases of before named them."""

    def entries(self, connection: ConnectionId) -> Iterator[DirectoryEntry]:
        """Yield those of the directory that have no other name yet, one for each id."""

    def expire_entries(self, connection: ConnectionId, names: Sequence[str], now: datetime) -> None:
        """Set them to run out: they have another name now."""

    def expire_rest(self, connection: ConnectionId, now: datetime) -> None:
        """Set the mark and the records of created customers to run out, too: all entries have."""


Sent_contra = TypeVar("Sent_contra", contravariant=True)


class Queue(Protocol[Sent_contra]):
    """Hands work to the next step."""

    def send(self, messages: Sequence[Sent_contra]) -> None:
        """Send all of them. Raises RetryLater unless every one was taken."""


OrderQueue = Queue[AnyOrderMessage]
"""Hands orders to the import."""
PollQueue = Queue[PollRequest | ProbeRequest | ProgressRequest]
"""Hands connections to the poll."""
RunQueue = Queue[StockRequest | RunRequest]
"""Hands stock and runs to their steps, each kind on its own lane."""


class Activity(Protocol):
    """The operator's log: structured lines, personal data masked."""

    def info(self, event: str, connection: ConnectionId, **facts: object) -> None:
        """Tell that something happened as it should."""

    def warning(self, event: str, connection: ConnectionId, *, fix: str, **facts: object) -> None:
        """Tell that something needs a person; ``fix`` says what to do."""

    def measured(self, event: str, figures: Mapping[ConnectionId, Mapping[str, int]]) -> None:
        """Tell the figures of each connection, of which metrics are made; those of no connection are of them all.

        Each metric has its price, so there is a bound to how many connections have some of their own.
        """


@dataclass(frozen=True)
class Notice:
    """What people are told, by e-mail or wherever else they asked for it.

    Attributes:
        once: Names what it is about within the connection: told once, however often somebody tells it.
        subject: One line; the channel may shorten it.
        text: Lines of at most 80 letters, without personal data.
    """

    connection: ConnectionId
    once: str
    subject: str
    text: str


class Notices(Protocol):
    """Tells people who do not look by themselves."""

    def tell(self, notice: Notice) -> bool:
        """Tell it, unless it was told; False when it was, or nobody is to be told.

        A crash between telling it and noting that may tell it once more: rather twice than never.

        Raises:
            RetryLater: It may be told later.
            NeedsAttention: It cannot be told.
        """


class Snapshots(Protocol):
    """What was pushed last, packed by shard. ``name`` is ``stock`` or ``products`` with the direction."""

    def manifest(self, connection: ConnectionId, name: str) -> Manifest:
        """Return the manifest; an empty one before the first save."""

    def shards(self, connection: ConnectionId, name: str, ids: Sequence[int]) -> Mapping[int, Shard]:
        """Return the entries of these shards."""

    def save(self, connection: ConnectionId, name: str, manifest: Manifest, shards: Mapping[int, Shard]) -> Manifest:
        """Store shards, then the manifest that names their digests; returns it with its new version.

        Raises:
            Conflict: Somebody else saved the manifest in between.
        """

    def forget(self, connection: ConnectionId, name: str, ids: Sequence[int]) -> None:
        """Remove shards that no manifest names any more."""


class Runs(Protocol):
    """The newest run of each kind, and what it carries from slice to slice."""

    def load(self, connection: ConnectionId, kind: RunKind) -> Run | None:
        """Return the newest run of this kind, or None."""

    def save(self, connection: ConnectionId, run: Run) -> Run:
        """Store if nobody saved meanwhile (raises Conflict); version 0 takes the place of any run that is not running.

        Returns it with its new version, and with ``stop_asked`` as it stands by then: it is only ever set by
        ``ask_to_stop``, and cleared when a run takes the place of another or is resumed.
        """

    def is_owned(self, connection: ConnectionId, run: Run, lease: timedelta) -> bool:
        """Tell whether another worker may be at the run: until this container has seen that very lease so long."""

    def ask_to_stop(self, connection: ConnectionId, kind: RunKind) -> None:
        """Mark the run, past its version."""

    def checkpoint(self, connection: ConnectionId, kind: RunKind) -> bytes:
        """Return what the slice before left for this one; empty when it left nothing."""

    def save_checkpoint(self, connection: ConnectionId, kind: RunKind, checkpoint: bytes) -> None:
        """Keep it for the next slice, replacing what was there; may be some hundred kilobytes."""


class Leases(Protocol):
    """One worker at a time."""

    def take(self, connection: ConnectionId, name: str, owner: str, lease: timedelta) -> None:
        """Take ``name`` for a while. Raises RetryLater with the time that is left while somebody else has it."""

    def give_back(self, connection: ConnectionId, name: str, owner: str) -> None:
        """Give it back, unless somebody else owns it by now."""
