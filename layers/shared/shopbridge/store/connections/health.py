"""How connections do: a small record each, which one conditional-free write keeps up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args

from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Side
from shopbridge.model.ledger import Reason
from shopbridge.model.run import Health, Job, Obstruction, Task, ToldOf
from shopbridge.ports import Clock
from shopbridge.store.items import Item, brief, compact, key, moment, number, plain, read_moment, sentence, text
from shopbridge.store.table import Table

RECORD = "HEALTH"
STACK = ConnectionId("@stack")
"""Under which stands what is of no connection; none may be called so."""
JOBS: tuple[Job, ...] = get_args(Job)
TASKS: tuple[Task, ...] = (*JOBS, "import", "skus")
MOMENTS = ("stopped_at", "resumed_at", "probed_at", "watched_since", "summed_until", "summary_looked_at")
SIDES: tuple[Side, ...] = get_args(Side)
CALLED_EVERY = timedelta(minutes=10)
"""How often a container notes that a platform calls: a shop may do so a hundred times a minute."""


@dataclass(frozen=True)
class DynamoHealth:
    """One record for each connection in the state table: ``<job>_at`` and ``<job>_failure`` by job, and so on."""

    table: Table
    clock: Clock
    noted: dict[tuple[ConnectionId, Side], datetime] = field(default_factory=dict, repr=False)

    def called(self, connection: ConnectionId, side: Side) -> None:
        """Note that a platform called us just now; every ten minutes, however often it does."""
        now, before = self.clock(), self.noted.get((connection, side))
        if before is None or now - before >= CALLED_EVERY:
            self.noted[connection, side] = now
            self.table.update(key(connection, RECORD), f"SET #{side}_called_at = :now", now=moment(now))

    def succeeded(self, connection: ConnectionId, job: Job) -> None:
        """Note that a job came forward just now; what failed before is over."""
        change = f"SET #{job}_at = :now REMOVE #{job}_failure, {_obstruction(job)}"
        self.table.update(key(connection, RECORD), change, now=moment(self.clock()))

    def failed(self, connection: ConnectionId, job: Job, reason: Reason) -> None:
        """Note why the newest try of a job failed."""
        told = {"code": reason.code, "text": sentence(reason.text), "fix": brief(reason.fix)}
        self.table.update(key(connection, RECORD), f"SET #{job}_failure = :reason", reason=compact(told))

    def of(self, connections: Sequence[ConnectionId]) -> Mapping[ConnectionId, Health]:
        """Return what is known of these connections; those that did nothing yet are left out."""
        items = self.table.get_many([key(connection, RECORD) for connection in connections])
        return {ConnectionId(item["connection"]["S"]): _health(item) for item in items}

    def ticked(self, name: str) -> None:
        """Note that a schedule called just now."""
        self.table.update(key(STACK, "TICKS"), f"SET #{name} = :now", now=moment(self.clock()))

    def ticks(self) -> Mapping[str, datetime]:
        """Return when each schedule last called, by the name it was noted under."""
        item = self.table.get(key(STACK, "TICKS")) or {}
        return {name: read_moment(value) for name, value in item.items() if name not in key(STACK, "TICKS")}

    def obstructed(self, connection: ConnectionId, task: Task) -> Obstruction:
        """Count that a task met something else in a platform's place; returns all since it last came through."""
        since, count = f"{task}_obstructed_since", f"{task}_obstructed"
        change = f"SET #{since} = if_not_exists(#{since}, :now) ADD #{count} :one"
        item = self.table.update(key(connection, RECORD), change, now=moment(self.clock()), one=number(1))
        return Obstruction(since=read_moment(item[since]), count=int(item[count]["N"]))

    def unobstructed(self, connection: ConnectionId, task: Task) -> None:
        """Note that a task came through: what it met before is over."""
        self.table.update(key(connection, RECORD), f"REMOVE {_obstruction(task)}")

    def stopped(self, connection: ConnectionId, why: str, *, probes: int) -> None:
        """Note that the connection was stopped just now; ``probes`` counts as asked in vain already."""
        self.table.update(
            key(connection, RECORD),
            "SET #stopped_at = :now, #stopped_for = :why, #probes = :probes "
            f"REMOVE {', '.join(map(_obstruction, TASKS))}",
            now=moment(self.clock()),
            why=text(sentence(why)),
            probes=number(probes),
        )

    def probed(self, connection: ConnectionId) -> None:
        """Note that the bridge is asked to look whether the connection can go on."""
        change = "SET #probed_at = :now ADD #probes :one"
        self.table.update(key(connection, RECORD), change, now=moment(self.clock()), one=number(1))

    def resumed(self, connection: ConnectionId) -> None:
        """Note that the bridge let the connection go on."""
        self.table.update(key(connection, RECORD), "SET #resumed_at = :now", now=moment(self.clock()))

    def watched(self, connection: ConnectionId, since: datetime | None, told: Sequence[str]) -> None:
        """Note since when the watch sees the connection at work (None: it rests), and what it told of."""
        words = compact(list(told))
        if since is None:
            self.table.update(key(connection, RECORD), "SET #told = :told REMOVE #watched_since", told=words)
        else:
            change = "SET #told = :told, #watched_since = :since"
            self.table.update(key(connection, RECORD), change, told=words, since=moment(since))

    def told_people(self, connection: ConnectionId, told_of: Mapping[str, ToldOf]) -> None:
        """Note the kinds of trouble that people were sent a message about."""
        plain_ones = {name: each.model_dump(mode="json") for name, each in told_of.items()}
        self.table.update(key(connection, RECORD), "SET #told_of = :told_of", told_of=compact(plain_ones))

    def held_seen(self, connection: ConnectionId, mark: str, kinds: Sequence[str]) -> None:
        """Note what waits for a person, and its kinds."""
        change = "SET #held_mark = :mark, #held_kinds = :kinds"
        self.table.update(key(connection, RECORD), change, mark=text(mark), kinds=compact(list(kinds)))

    def summed(self, connection: ConnectionId, until: datetime) -> None:
        """Note up to when the summaries tell, and that the watch looked just now whether one is due."""
        change, now = "SET #summed_until = :until, #summary_looked_at = :now", moment(self.clock())
        self.table.update(key(connection, RECORD), change, until=moment(until), now=now)


def _obstruction(task: Task) -> str:
    return f"#{task}_obstructed, #{task}_obstructed_since"


def _health(item: Item) -> Health:
    return Health(
        succeeded={job: read_moment(item[f"{job}_at"]) for job in JOBS if f"{job}_at" in item},
        failures={job: Reason(**plain(item[f"{job}_failure"])) for job in JOBS if f"{job}_failure" in item},
        called={side: read_moment(item[f"{side}_called_at"]) for side in SIDES if f"{side}_called_at" in item},
        told_of=plain(item["told_of"]) if "told_of" in item else {},
        held_mark=item["held_mark"]["S"] if "held_mark" in item else "",
        held_kinds=tuple(plain(item["held_kinds"])) if "held_kinds" in item else (),
        told=tuple(plain(item["told"])) if "told" in item else (),
        stopped_for=item["stopped_for"]["S"] if "stopped_for" in item else "",
        probes=int(item["probes"]["N"]) if "probes" in item else 0,
        **{name: read_moment(item[name]) for name in MOMENTS if name in item},
    )
