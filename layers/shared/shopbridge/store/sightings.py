"""What this container saw standing in the tables, and since when by its own clock."""

from dataclasses import dataclass, field
from datetime import datetime

from shopbridge.ports import Clock
from shopbridge.store.items import Item

MOST = 1000
"""Places remembered; a forgotten one is seen for the first time again, which costs its wait once more."""


@dataclass(frozen=True)
class Sightings:
    """Remembers the newest mark of each place. Of use to nobody else: another container has another clock."""

    clock: Clock
    _seen: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)

    def since(self, place: str, mark: str) -> datetime:
        """When this container first saw ``mark`` at ``place``, with no other one there in between."""
        before = self._seen.pop(place, None)
        first = before[1] if before is not None and before[0] == mark else self.clock()
        self._seen[place] = (mark, first)
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return first


def place_of(key: Item) -> str:
    """A record's place by its key."""
    return f"{key['connection']['S']}/{key['record']['S']}"
