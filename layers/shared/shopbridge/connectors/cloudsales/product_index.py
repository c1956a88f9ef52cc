"""The product list as a whole, in memory, ordered in a way that does not change.

``product/list`` has no numeric id, no filter by code and no known order, and its pages shift whenever a product comes
or goes. A sweep needs ranks that rise from page to page and stay the same from sweep to sweep: entries of a snapshot
are kept by them, and a product that slid into another shard would look deleted in its own. So the list is read whole,
put in order by a hash of the code, and handed out from memory; the rank of a code is a function of the code alone.

What that costs: the whole list for each sweep of stock, and for each slice of a product run in a new container. A read
that a limit broke off goes on where it was, and then reads what changed meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from shopbridge.connectors.cloudsales.products import Found, Products
from shopbridge.ports import Clock

Rows = Mapping[str, Sequence[Found]]
"""By code, by rising rank; rows whose code cannot be read come under the empty one."""
GOES_ON_FOR = timedelta(minutes=15)
"""How long a read that was broken off may be continued."""
WHOLE_EVERY = timedelta(hours=1)
"""How often everything is read where changes are trusted to show movements of stock."""
_BYTES = 7
"""Of the hash: ranks fit in 8 bytes with a sign, and two of 100,000 codes share one in one of 14 million catalogues."""


def rank_of(code: str) -> int:
    """Where a code stands in every sweep, from 1; rows without a code come first."""
    return int.from_bytes(blake2b(code.encode(), digest_size=_BYTES).digest(), "big") + 1 if code else 1


class Listing:
    """What was read of the list, and how far."""

    def __init__(self, products: Products, clock: Clock, *, trust_changes: bool) -> None:
        self._products = products
        self._clock = clock
        self._trust_changes = trust_changes
        self._rows: dict[str, dict[str, Found]] = {}
        self._next: int | None = 1
        self._began: datetime | None = None
        self._as_of: datetime | None = None

    def now(self) -> Rows:
        """Every row by its code, by rising rank, as it is since this call began.

        Raises:
            RetryLater: A limit or the time broke it off; the next call goes on.
        """
        asked = self._clock()
        if self._began is None or not self._may_go_on(asked, self._began):
            self._rows, self._next, self._began, self._as_of = {}, 1, asked, None
        self._read_on()
        known_from = self._as_of or self._began
        if known_from < asked:
            self._take(self._products.changed(known_from))
        self._as_of = asked
        return self._in_order()

    def lately(self, age: timedelta) -> Rows:
        """As ``now``, or as it was at most ``age`` ago."""
        is_young = self._as_of is not None and self._clock() - self._as_of <= age
        return self._in_order() if is_young else self.now()

    def of(self, codes: Iterable[str], since: datetime) -> Rows:
        """The rows of these codes as they are now; unknown ones are left out.

        Those that changed ``since`` are found without reading the whole list, unless several rows are known to have
        the code. Two that came to have the same code are told from each other by the next whole reading.
        """
        wanted = set(codes) - {""}
        found: dict[str, dict[str, Found]] = {}
        for row in self._products.changed(since):
            if row.code in wanted and not row.is_gone:
                found.setdefault(row.code, {})[row.mark] = row
        unsure = (wanted - found.keys()) | {code for code in wanted if len(self._rows.get(code, ())) > 1}
        whole = self.now() if unsure else {}
        changed = {code: list(rows.values()) for code, rows in found.items()}
        return {**changed, **{code: whole[code] for code in wanted & whole.keys()}}

    def _may_go_on(self, asked: datetime, began: datetime) -> bool:
        """Whether what is there can be completed, or brought up to date by what changed."""
        if self._as_of is None:
            return asked - began <= GOES_ON_FOR
        return self._trust_changes and asked - began <= WHOLE_EVERY

    def _read_on(self) -> None:
        if self._next is None:
            return
        for page in self._products.pages(self._next):
            for row in page.rows:
                if not row.is_gone:
                    self._rows.setdefault(row.code, {})[row.mark] = row
            self._next = page.following

    def _take(self, changed: Iterable[Found]) -> None:
        """A changed row takes the place of the only one with its code: its name may have changed, too.

        Deleted ones first: their codes may have been given to others.
        """
        for row in sorted(changed, key=lambda row: not row.is_gone):
            known = self._rows.setdefault(row.code, {})
            if len(known) == 1:
                known.clear()
            known.pop(row.mark, None)
            if not row.is_gone:
                known[row.mark] = row

    def _in_order(self) -> Rows:
        codes = sorted((code for code, rows in self._rows.items() if rows), key=lambda code: (rank_of(code), code))
        return {code: [self._rows[code][mark] for mark in sorted(self._rows[code])] for code in codes}
