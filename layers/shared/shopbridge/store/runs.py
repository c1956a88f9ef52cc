"""Runs: the newest of each kind, and what it carries from slice to slice."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shopbridge.model.base import ConnectionId, time_left
from shopbridge.model.ledger import Reason
from shopbridge.model.run import Run, RunKind, RunProblem
from shopbridge.store.aws import ConditionFailed
from shopbridge.store.items import Item, brief, key, number, sentence, text
from shopbridge.store.leases import Sightings, place_of
from shopbridge.store.table import Table

LARGEST_PART = 350_000
"""Bytes of a checkpoint in one item, of the 400 KB it may have."""
WRITE = "SET #id = :id, #state = :state, #version = :next, #run = :run"
AFRESH = f"{WRITE} REMOVE #stop_asked"
SEEN = "#id = :id AND #version = :seen"
AT_WORK = f"{SEEN} AND #state = :running"
VACANT = "attribute_not_exists(#record) OR #state <> :running"
TWO = 2


@dataclass(frozen=True)
class DynamoRuns:
    """One item for each kind of run in the state table; the wish to stop is an attribute that no save overwrites."""

    table: Table
    seen: Sightings

    def load(self, connection: ConnectionId, kind: RunKind) -> Run | None:
        """Return the newest run of this kind, or None."""
        item = self.table.get(run_key(connection, kind))
        return run_of(item) if item else None

    def save(self, connection: ConnectionId, run: Run) -> Run:
        """Store if nobody saved meanwhile (raises Conflict); see the port."""
        try:
            saved = self._written(connection, run)
        except ConditionFailed as error:
            if not error.standing or error.standing["run"] != _body(run):
                raise
            # The client repeats a write whose answer was lost, and then meets its own.
            saved = run_of(error.standing)
        self._lease_seen(connection, saved)
        return saved

    def is_owned(self, connection: ConnectionId, run: Run, lease: timedelta) -> bool:
        """Tell whether another worker may be at the run: until this container has seen that very lease so long."""
        first = self._lease_seen(connection, run)
        if first is None or run.lease_until is None:
            return False
        return time_left(first, lease, run.lease_until, self.seen.clock()) > timedelta(0)

    def _lease_seen(self, connection: ConnectionId, run: Run) -> datetime | None:
        if run.lease_owner is None or run.lease_until is None:
            return None
        mark = f"{run.lease_owner} {run.lease_until.isoformat()}"
        return self.seen.since(place_of(run_key(connection, run.kind)), mark)

    def ask_to_stop(self, connection: ConnectionId, kind: RunKind) -> None:
        """Mark the run, past its version; one that is not running has stopped already."""
        with suppress(ConditionFailed):
            self.table.update(
                run_key(connection, kind),
                "SET #stop_asked = :yes",
                "#state = :running",
                yes={"BOOL": True},
                running=text("running"),
            )

    def checkpoint(self, connection: ConnectionId, kind: RunKind) -> bytes:
        """Return what the slice before left for this one; empty when it left nothing."""
        head = self.table.get(_checkpoint_key(connection, kind))
        if head is None:
            return b""
        keys = _part_keys(connection, kind, _shelf(head), int(head["parts"]["N"]))
        parts = {item["record"]["S"]: item["bytes"]["B"] for item in self.table.get_many(keys)}
        return b"".join(parts[part["record"]["S"]] for part in keys)

    def save_checkpoint(self, connection: ConnectionId, kind: RunKind, checkpoint: bytes) -> None:
        """Keep it for the next slice, replacing what was there.

        It goes to the shelf that is not in use, then the head points there: a crash in between leaves the old one
        whole, and nothing has to be removed.
        """
        head = self.table.get(_checkpoint_key(connection, kind))
        shelf = (_shelf(head) + 1) % TWO if head else 0
        parts = [checkpoint[start : start + LARGEST_PART] for start in range(0, len(checkpoint), LARGEST_PART)]
        keys = _part_keys(connection, kind, shelf, len(parts))
        self.table.put_many([{**place, "bytes": {"B": part}} for place, part in zip(keys, parts, strict=True)])
        self.table.put({**_checkpoint_key(connection, kind), "shelf": number(shelf), "parts": number(len(parts))})

    def _written(self, connection: ConnectionId, run: Run) -> Run:
        if run.version == 0:
            return self._write(connection, run, AFRESH, VACANT, running=text("running"))
        seen = number(run.version)
        if run.state != "running":
            return self._write(connection, run, WRITE, SEEN, seen=seen)
        try:
            return self._write(connection, run, WRITE, AT_WORK, seen=seen, running=text("running"))
        except ConditionFailed as error:
            if not error.standing or error.standing["state"] == text("running"):
                raise
        # It is resumed: whoever asked it to stop got what they wanted.
        return self._write(connection, run, AFRESH, SEEN, seen=seen)

    def _write(self, connection: ConnectionId, run: Run, change: str, only_if: str, **values: Item) -> Run:
        item = self.table.update(
            run_key(connection, run.kind),
            change,
            only_if,
            id=text(run.id),
            state=text(run.state),
            next=number(run.version + 1),
            run=_body(run),
            **values,
        )
        return run_of(item)


def _body(run: Run) -> Item:
    """Everything but what the item itself knows; what is written for people is cut where nobody reads on."""
    problems = tuple(RunProblem(item=brief(each.item), reason=_brief(each.reason)) for each in run.problems)
    kept = {"problems": problems, "reason": run.reason and _brief(run.reason), "stop_asked": False}
    whole = run.model_copy(update={**kept, "version": run.version + 1})
    return text(whole.model_dump_json(exclude_defaults=True))


def _brief(reason: Reason) -> Reason:
    return Reason(code=reason.code, text=sentence(reason.text), fix=brief(reason.fix))


def run_of(item: Item) -> Run:
    """Return the run of a record."""
    return Run.model_validate_json(item["run"]["S"]).model_copy(update={"stop_asked": "stop_asked" in item})


def _shelf(head: Item) -> int:
    return int(head["shelf"]["N"])


def run_key(connection: ConnectionId, kind: RunKind) -> Item:
    """Return the primary key of the newest run of a kind."""
    return key(connection, f"RUN#{kind}")


def _checkpoint_key(connection: ConnectionId, kind: RunKind) -> Item:
    """Named so in every table that is there."""
    return key(connection, f"LUGGAGE#{kind}")


def _part_keys(connection: ConnectionId, kind: RunKind, shelf: int, parts: int) -> Sequence[Item]:
    return [key(connection, f"LUGGAGE#{kind}#{shelf}#{part:03}") for part in range(parts)]
