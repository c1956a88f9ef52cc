"""Which versions of orders were handed to the import lately: a log of short digests, one record for each page read.

A shop that is asked by days, or that cannot be asked what changed, shows the same orders at every poll. What did not
change is known here and goes no further; a poll that finds nothing new writes nothing here, and one that does writes
20 bytes for each order that it hands over.

The log only ever forgets too much: what is not known is handed over once more, and the ledger drops it. The other way
about, a change would be hidden if its version had the 6 bytes of the version that was handed over before it: one
change in 2.8e14. At 15,000 changes a day that is one in fifty million years, and the order's next change brings it,
for a version is only ever compared with the last one. That two orders share the 6 bytes of their ids costs no change,
since a version is digested with its id: both are handed over again at each poll. Among the 10,000 orders of two days
it is one chance in 5.6 million. A row is looked for among all rows, so it has 8 bytes: 10,000 rows in 1.8e19.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from shopbridge.model.base import in_batches
from shopbridge.model.order import version_of

ID: Final = 6
"""Bytes of an order's id; as many of a version."""
VERSION: Final = 6
ROW: Final = 8
"""Bytes of the row that a version was read from."""
ENTRY: Final = ID + VERSION + ROW


def digest(size: int, *texts: str) -> bytes:
    """Return so many bytes that stand for these texts, whatever is in them."""
    return blake2b("\0".join(texts).encode(errors="replace"), digest_size=size).digest()


@dataclass(frozen=True)
class Version:
    """One order as it was read: its id, what it said, and the row that said so."""

    id: bytes
    version: bytes
    row: bytes

    @classmethod
    def of(cls, order: str, revision: str, row: str) -> "Version":
        """Return it for an order's id, its revision, and the mark of its row (empty where there is none)."""
        return cls(digest(ID, order), digest(VERSION, order, version_of(revision)), digest(ROW, row))

    def packed(self) -> bytes:
        """Write it."""
        return self.id + self.version + self.row


@dataclass(frozen=True)
class PageRecord:
    """What was handed over of one page.

    Attributes:
        name: Begins with the moment before it was read, in text of fixed width, so that later readings compare greater.
        handed: Versions, ``ENTRY`` bytes each.
        begun: Ids, ``ID`` bytes each, of orders of which another version was known when the page was about to be
            handed over. As long as it stands, nothing is known of them: that may have come through or not.
    """

    name: str
    handed: bytes = b""
    begun: bytes = b""


@dataclass
class HandedOver:
    """The last version handed over of each order, by digests."""

    _last: dict[bytes, Version] = field(default_factory=dict)
    _rows: set[bytes] = field(default_factory=set)

    @classmethod
    def read(cls, records: Iterable[PageRecord]) -> "HandedOver":
        """Return what the log says, in the order of its names."""
        known = cls()
        for record in records:
            known.forget(bytes(each) for each in in_batches(record.begun, ID))
            known.note(_unpacked(bytes(each)) for each in in_batches(record.handed, ENTRY))
        return known

    def knows_row(self, row: str) -> bool:
        """Tell whether the last version of an order was read from this very row."""
        return digest(ROW, row) in self._rows

    def last(self, version: Version) -> Version | None:
        """Return the last one of the same order."""
        return self._last.get(version.id)

    def note(self, versions: Iterable[Version]) -> None:
        """Take these for the last ones."""
        for each in versions:
            self.forget((each.id,))
            self._last[each.id] = each
            self._rows.add(each.row)

    def forget(self, ids: Iterable[bytes]) -> None:
        """Forget these orders."""
        for each in ids:
            before = self._last.pop(each, None)
            if before is not None:
                self._rows.discard(before.row)


def _unpacked(entry: bytes) -> Version:
    return Version(entry[:ID], entry[ID : ID + VERSION], entry[ID + VERSION :])


def packed(versions: Iterable[Version]) -> bytes:
    """Write versions one behind the other."""
    return b"".join(each.packed() for each in versions)
