"""Every product that the snapshot knows, by its name and by the target's id.

A source may give a product a new id (deleted and made again, or sold under another record from now on): what the old
record leaves behind in the target is then not gone, and must not be taken off sale. Read only when a product is new or
seems to be gone, and once in a slice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from shopbridge.flows.products.entries import MISSING, REPORTED, TAKEN_OFF, Entry

GONE = frozenset({MISSING, TAKEN_OFF, REPORTED})
"""States of records that are not offered."""
MANY = 20
"""So many products and variants may be gone at once without further questions."""
LARGE_SHARE = 5
"""Above that, one in so many that the target has is more than anybody deletes between two runs."""


class Register:
    """Knows all entries, and what has become of them in this slice."""

    def __init__(self, read: Callable[[], Iterable[Mapping[str, Entry]]]) -> None:
        self._read = read
        self._all: dict[str, Entry] | None = None
        self._alike: dict[str, set[str]] = defaultdict(set)

    def read_all(self) -> dict[str, Entry]:
        """All entries by the source's id; read the first time only."""
        if self._all is None:
            self._all = {}
            for entries in self._read():
                self._add(self._all, entries)
        return self._all

    def note(self, before: Mapping[str, Entry], now: Mapping[str, Entry]) -> None:
        """What was kept of a shard until now, and what is from now on."""
        if self._all is None:
            return
        for key in before.keys() - now.keys():
            self._all.pop(key, None)
        self._add(self._all, now)

    def is_offered_elsewhere(self, key: str, entry: Entry) -> bool:
        """Another record of the source is, or is to become, the same product in the target."""
        return any(other.state not in GONE for other in self._others(key, entry))

    def sells(self, sku: str, *, but: str) -> bool:
        """Another record of the source than ``but`` is offered under this SKU."""
        offered = (other for other in self._with(sku, but) if other.state not in GONE)
        return any(sku.casefold() in map(str.casefold, (other.name, *other.sold)) for other in offered)

    def was_taken_off(self, key: str, name: str, skus: Iterable[str]) -> bool:
        """The product, or something it sells now, was taken off sale when another record ceased to offer it."""
        sought = Entry("", None, TAKEN_OFF, 0, name)
        if any(other.state == TAKEN_OFF for other in self._others(key, sought)):
            return True
        return any(sku in other.has_taken_off for sku in skus for other in self._with(sku, key))

    def too_many_are_gone(self) -> bool:
        """So many that a source which hides its products is likelier than one that deleted them."""
        entries = [entry for entry in self.read_all().values() if entry.target and entry.state != TAKEN_OFF]
        gone = sum(_skus(entry) if entry.state in GONE else _waiting(entry) for entry in entries)
        return gone > MANY and gone * LARGE_SHARE > sum(_skus(entry) + _waiting(entry) for entry in entries)

    def _others(self, key: str, entry: Entry) -> Iterator[Entry]:
        known, marks = self.read_all(), _marks(entry)
        for other in set().union(*(self._alike[mark] for mark in marks)) - {key}:
            if other in known and marks & _marks(known[other]):
                yield known[other]

    def _with(self, sku: str, but: str) -> Iterator[Entry]:
        """Every other record that has something to do with an SKU, or once had."""
        known, folded = self.read_all(), sku.casefold()
        keys = self._alike[f"named {folded}"] | self._alike[f"sells {folded}"] | self._alike[f"left {folded}"]
        return (known[key] for key in keys - {but} if key in known)

    def _add(self, known: dict[str, Entry], entries: Mapping[str, Entry]) -> None:
        for key, entry in entries.items():
            known[key] = entry
            sells = (f"sells {sku.casefold()}" for sku in entry.sold)
            for mark in (*_marks(entry), *sells, *(f"left {each.sku.casefold()}" for each in entry.left)):
                self._alike[mark].add(key)


def _skus(entry: Entry) -> int:
    """What of it has an SKU of its own."""
    return max(len(entry.sold), 1)


def _waiting(entry: Entry) -> int:
    """What it offers no more, while it is offered itself."""
    return sum(each.waits for each in entry.left)


def _marks(entry: Entry) -> set[str]:
    """What two records of one product have in common."""
    return {f"named {entry.name.casefold()}", *({f"is {entry.target}"} if entry.target else ())}
