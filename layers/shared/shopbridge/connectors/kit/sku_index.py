"""Where an SKU is: what was seen of a platform's records, and what a target has, for a comparison.

Most platforms are asked for a few SKUs badly and for many not at all, so what is read anyway is remembered. An SKU is
met whatever its capitals, since some platforms find ``LAMP`` by ``lamp``; whether it is the one that is meant, the way
decides in which it is written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from shopbridge.model.ledger import Reason
from shopbridge.model.stock import Standing, ambiguous, other_capitals
from shopbridge.ports import Clock

Record = TypeVar("Record")
Place = TypeVar("Place")

Met = tuple[str, Standing | Reason | None]
"""An SKU that is on a page, and its figures; None where there are none, a reason where they would sell nothing."""


def spellings(skus: Iterable[str]) -> dict[str, list[str]]:
    """Return every way in which SKUs are written, by the SKU without regard to capitals."""
    found: dict[str, list[str]] = {}
    for sku in skus:
        found.setdefault(sku.casefold(), []).append(sku)
    return found


class _Seen(NamedTuple, Generic[Record]):
    at: datetime
    record: Record
    skus: frozenset[str]

    def has(self, sku: str) -> bool:
        return sku.casefold() in map(str.casefold, self.skus)


@dataclass
class SkuIndex(Generic[Record]):
    """The records of a platform as they were seen last, by their ids and by their SKUs."""

    clock: Clock
    _seen: dict[int, _Seen[Record]] = field(default_factory=dict, repr=False)
    _ids: dict[str, set[int]] = field(default_factory=dict, repr=False)

    def note(self, key: int, record: Record, skus: Iterable[str]) -> None:
        """Remember a record as it is now, and its SKUs."""
        self._seen[key] = _Seen(self.clock(), record, frozenset(filter(None, skus)))
        for sku in self._seen[key].skus:
            self._ids.setdefault(sku.casefold(), set()).add(key)

    def forget(self, keys: Iterable[int]) -> None:
        """Forget what is known of these, but for which SKUs they had."""
        for key in keys:
            self._seen.pop(key, None)

    def ids(self, sku: str) -> list[int]:
        """Return the ids of the records that had this SKU at any time."""
        return sorted(self._ids.get(sku.casefold(), ()))

    def get(self, key: int, age: timedelta | None = None) -> Record | None:
        """Return a record; None when it was not seen, or not within ``age``."""
        seen = self._seen.get(key)
        return seen.record if seen and (age is None or seen.at >= self.clock() - age) else None

    def records(self, sku: str, since: datetime | None = None) -> list[Record]:
        """Return the records that had this SKU when they were seen last, if that was not before ``since``."""
        known = (seen for key in self.ids(sku) if (seen := self._seen.get(key)))
        return [seen.record for seen in known if seen.has(sku) and (since is None or seen.at >= since)]

    def lately(self, sku: str, age: timedelta) -> list[Record]:
        """Return the same; none, unless all that had the SKU at any time were seen within ``age``."""
        return self.records(sku) if all(self.get(key, age) is not None for key in self.ids(sku)) else []

    def alike(self, sku: str) -> set[str]:
        """Return the SKUs that were seen and differ from this one in capitals at the most."""
        known = (seen for key in self.ids(sku) if (seen := self._seen.get(key)))
        return {each for seen in known for each in seen.skus if each.casefold() == sku.casefold()}


@dataclass
class Standings(Generic[Place]):
    """What a target has, for a comparison: its list is read page by page, as far as it is asked for.

    An SKU that is there twice has no figure, for nobody can say which of them a write reaches.

    Attributes:
        page: Gives what is on the page at a place (None: the first), and where the next one is; None after the last.
    """

    platform: str
    page: Callable[[Place | None], tuple[Iterable[Met], Place | None]]
    _place: Place | None = None
    _ended: bool = False
    _met: dict[str, list[Standing | Reason | None]] = field(default_factory=dict, repr=False)
    _spelt: Mapping[str, Sequence[str]] | None = field(default=None, repr=False)

    def read(self, skus: Sequence[str]) -> Mapping[str, Standing | Reason]:
        """Return the figures by SKU, or why there are none; an SKU that is not there, or without figures, is left out.

        Pages are read until every SKU was met, or to the end. A page that cannot be read is read with the next call.
        """
        wanted = {sku for sku in skus if sku}
        while not self._ended and not all(any(isinstance(each, Standing) for each in self._at(sku)) for sku in wanted):
            met, place = self.page(self._place)
            for sku, figures in met:
                self._met.setdefault(sku, []).append(figures)
            self._place, self._ended = place, place is None
        told = {sku: self._told(sku) for sku in wanted}
        return {sku: each for sku, each in told.items() if each is not None}

    def _at(self, sku: str) -> Sequence[Standing | Reason | None]:
        return self._met.get(sku, ())

    def _told(self, sku: str) -> Standing | Reason | None:
        sold = [each for each in self._at(sku) if not isinstance(each, Reason)]
        if len(sold) > 1:
            return ambiguous(self.platform, sku)
        if sold or self._at(sku):
            return (*sold, *self._at(sku))[0]
        self._spelt = spellings(self._met) if self._spelt is None else self._spelt  # all was read by now
        return other_capitals(self.platform, sku, self._spelt.get(sku.casefold(), ()))
