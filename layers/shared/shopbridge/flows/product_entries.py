"""What the bridge keeps of each product and category between two runs: one line of a snapshot; pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from shopbridge.model.base import ExternalId
from shopbridge.model.ledger import Reason
from shopbridge.model.snapshot import Shard

SETTLED, MISSING, TAKEN_OFF, TOLD = "-", "?", "x", "!"
_NONE, _BETWEEN = "-", "\t"


@dataclass(frozen=True)
class Entry:
    """What is known of one record of the source.

    Attributes:
        hash: Of the content that the target was last brought to; empty before that.
        target: The target's id; empty when it is not there.
        state: ``SETTLED``; ``MISSING``: the last reading did not find it; ``TAKEN_OFF``: it does not travel any more
            and was deactivated; ``TOLD`` with a reason's hash: it is held or failed, and that was told.
        rank: Where it stood when it was last read.
        skus: Hash of the SKUs that it is sold under.
        name: What people call it.
    """

    hash: str
    target: ExternalId | None
    state: str
    rank: int
    skus: str
    name: str

    @property
    def digest(self) -> str:
        """What a whole shard is recognised by: equal to the content's hash only when nothing is left to do."""
        return self.hash if self.state == SETTLED else f"{self.state}{self.hash}"

    def now(self, state: str) -> "Entry":
        """The same in another state."""
        return replace(self, state=state)

    def text(self) -> str:
        """As a snapshot keeps it."""
        parts = (self.hash or _NONE, self.target or _NONE, self.state, str(self.rank), self.skus or _NONE, self.name)
        return _BETWEEN.join(parts)


def entry_from(text: str) -> Entry:
    """What ``text`` of an entry gave."""
    digest, target, state, rank, skus, name = text.split(_BETWEEN, 5)
    known = ExternalId(target) if target != _NONE else None
    return Entry("" if digest == _NONE else digest, known, state, int(rank), "" if skus == _NONE else skus, name)


def told(reason: Reason) -> str:
    """The state of what waits for this reason."""
    return TOLD + short_hash([reason.code, reason.text], size=4)


def entries_from(shard: Shard) -> dict[str, Entry]:
    """The entries of a shard, by the source's id."""
    return {key: entry_from(text) for key, text in shard.items()}


def shard_of(entries: Mapping[str, Entry]) -> Shard:
    """The shard that keeps these entries."""
    return {key: entry.text() for key, entry in entries.items()}


def digests(entries: Mapping[str, Entry]) -> Shard:
    """What tells one state of a shard from another; what was taken off counts no more than what is gone."""
    return {key: entry.digest for key, entry in entries.items() if entry.state != TAKEN_OFF}


def skus_hash(skus: Iterable[str]) -> str:
    """Tells whether a product is still sold under the same SKUs."""
    return short_hash(sorted(skus), size=4)


def short_hash(content: Any, *, size: int = 9) -> str:
    """A short text that differs when the content does."""
    return blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=size).hexdigest()
