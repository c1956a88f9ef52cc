"""How connections do: a small record each, which one conditional-free write keeps up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from shopbridge.model.base import ConnectionId
from shopbridge.model.health import Health, Job
from shopbridge.model.ledger import Reason
from shopbridge.ports import Clock
from shopbridge.store.items import Item, brief, compact, key, moment, plain, read_moment, sentence
from shopbridge.store.table import Table

RECORD = "HEALTH"
JOBS: tuple[Job, ...] = get_args(Job)


@dataclass(frozen=True)
class DynamoHealth:
    """One record for each connection in the state table: ``<job>_at`` and ``<job>_failure`` by job."""

    table: Table
    clock: Clock

    def succeeded(self, connection: ConnectionId, job: Job) -> None:
        """Note that a job came forward just now; what failed before is over."""
        change = f"SET #{job}_at = :now REMOVE #{job}_failure"
        self.table.update(key(connection, RECORD), change, now=moment(self.clock()))

    def failed(self, connection: ConnectionId, job: Job, reason: Reason) -> None:
        """Note why the newest try of a job failed."""
        told = {"code": reason.code, "text": sentence(reason.text), "fix": brief(reason.fix)}
        self.table.update(key(connection, RECORD), f"SET #{job}_failure = :reason", reason=compact(told))

    def of(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, Health]:
        """Return what is known of these connections; those that did nothing yet are left out."""
        items = self.table.get_many([key(connection, RECORD) for connection in connections])
        return {ConnectionId(item["connection"]["S"]): _health(item) for item in items}

    def watched(self, connection: ConnectionId, since: datetime | None, told: Sequence[str]) -> None:
        """Note since when the watch sees the connection at work (None: it rests), and what it told of."""
        words = compact(list(told))
        if since is None:
            self.table.update(key(connection, RECORD), "SET #told = :told REMOVE #watched_since", told=words)
        else:
            change = "SET #told = :told, #watched_since = :since"
            self.table.update(key(connection, RECORD), change, told=words, since=moment(since))


def _health(item: Item) -> Health:
    return Health(
        succeeded={job: read_moment(item[f"{job}_at"]) for job in JOBS if f"{job}_at" in item},
        failures={job: Reason(**plain(item[f"{job}_failure"])) for job in JOBS if f"{job}_failure" in item},
        watched_since=read_moment(item["watched_since"]) if "watched_since" in item else None,
        told=tuple(plain(item["told"])) if "told" in item else (),
    )
