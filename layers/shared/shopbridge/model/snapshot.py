"""What was pushed last, packed by shard, so that only differences are sent.

A snapshot holds one short text for each key (an SKU or a product): the figure or the content's hash. Shards follow the
rank of a sweep: each holds what lies behind the shard before it, up to its own last rank. So a sweep completes one
shard after another, and an unchanged one is recognised by its digest in the manifest, without being read.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from pydantic import Field

from shopbridge.model.base import Model

SHARD_SIZE = 500
"""Entries after which a shard is closed: about 12 KB, so a hundred thousand entries make a manifest of 10 KB."""
NO_END = 2**63 - 1
"""The rank up to which the last shard reaches."""

Shard = dict[str, str]
"""The entries of one shard."""


class ShardMark(Model):
    """One shard in the manifest.

    Attributes:
        id: Names its record; never used again.
        upto: The last rank that belongs to it.
        digest: Of its entries.
        looked_at: When the target was last asked whether it still has all of them, in seconds since 1970.
    """

    id: int
    upto: int
    digest: str
    looked_at: int = 0


class Manifest(Model):
    """All shards of a snapshot, by rank.

    Attributes:
        seed: What the figures depend on besides the source (the connection's settings, hashed): entries that were
            written under another seed count as changed.
        refused: SKUs that the source had more than once when it was last read to its end.
        complete: The source was read to its end at least once.
        version: Rises with every save; a save names the version it saw.
    """

    shards: tuple[ShardMark, ...] = ()
    seed: str = ""
    refused: tuple[str, ...] = Field(default=())
    complete: bool = False
    version: int = 0

    def covering(self, rank: int) -> ShardMark | None:
        """Return the shard that a rank belongs to; None when no shard reaches that far."""
        return next((mark for mark in self.shards if rank <= mark.upto), None)


def digest_of(entries: Mapping[str, str], seed: str) -> str:
    """Return a short text that differs when any entry or the seed differs."""
    return _hashed([seed, *(f"{key}={entries[key]}" for key in sorted(entries))])


def _hashed(lines: Iterable[str]) -> str:
    return blake2b("\n".join(lines).encode(), digest_size=9).hexdigest()
