"""The calls of Gomag's API that we make, as plain data in and out; how many there may be; and its dates.

Gomag has a leaky bucket, which all apps of a shop pour into: we take our share of it, and leave the room that others
need. The shared limiter keeps all containers within the share of the settings. How full the bucket really is, only
Gomag's answers tell (``Api-RateLimit-*``, platform file, "Rate limit"): when less is left than the part that is not
ours, the next call waits as long as our share takes to leak out of the bucket.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shopbridge.connectors.gomag.wire import WirePage, as_rows
from shopbridge.connectors.kit.paging import MOST_PAGES, each_page, stands_still
from shopbridge.connectors.kit.rows import AnyRow, Row, read_rows
from shopbridge.errors import BridgeError, Rejected, RetryLater, Throttled
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import Limit, PlatformClient, shaped
from shopbridge.ports import Deadline, Limiter

TITLE = "Gomag"
ROOT = "/api/v1"
LARGEST_PAGE = 100
TRIES = 3
"""A call that found the bucket full was not done, so it waits and goes again."""
NO_DATA = "404"
"""``NO DATA``: what a write names matches nothing (platform file, G2, measured 2026-10)."""
HEADERS: Final = {"User-Agent": "Shopbridge/1", "Accept": "*/*"}
"""A name of our own: ``PostmanRuntime`` is refused (platform file, G1); the rest as in what ran live (G2)."""
PER_MINUTE = 60
"""Reads, and writes as many: what Gomag allows unless it granted more."""
READS, WRITES = "reads", "writes"
_HEADERS = {READS: "api-ratelimit-read", WRITES: "api-ratelimit-write"}
PATIENCE = 20.0
"""Seconds a call waits for its turn: where calls are two seconds apart, every list of some pages takes that long."""
KEPT_BACK = 15.0
"""Seconds that must be left of the invocation once the wait is over."""
SHORTEST = 0.05
LONGEST_PAUSE = 60.0
BEYOND_REASON = 10**6
ZONE = ZoneInfo("Europe/Bucharest")
"""[inferred] Whose wall clock the dates show (platform file, quirk 9)."""
OVERLAP = timedelta(days=1)
"""How much earlier a day filter begins: it knows whole days only, [inferred] of this zone, and pages shift."""
_BODY, _COUNTERS = TypeAdapter[Any](dict[str, Any] | list[Any]), TypeAdapter(WirePage)
_ROWS = TypeAdapter(list[AnyRow])
Shape = TypeVar("Shape")


@dataclass(frozen=True)
class Listing(Generic[Shape]):
    """A list, and what its rows are: none leaves this module that was not read into a shape of its own.

    Attributes:
        path: Where it is read.
        name: Of the field that holds the rows.
        read: Reads the rows of a page, each of them.
    """

    path: str
    name: str
    read: Callable[[Sequence[Row]], Sequence[Shape]]


def strict(path: str, name: str, rows: TypeAdapter[list[Shape]], what: str) -> Listing[Shape]:
    """Return a list of which nothing may be concluded when a row is odd: it raises RetryLater."""
    return Listing(path, name, lambda listed: read_rows(rows, listed, TITLE, what))


def each_alone(path: str, name: str, read: Callable[[Row], Shape]) -> Listing[Shape]:
    """Return a list of which an odd row spoils no other: ``read`` takes whatever comes."""
    return Listing(path, name, lambda listed: [read(row) for row in listed])


@dataclass(frozen=True)
class GomagPage(Generic[Shape]):
    """One page of a list.

    Attributes:
        rows: In the order they came.
        total: How many rows all pages have; None when the answer does not say.
        pages: How many pages there are, at least.
    """

    number: int
    rows: Sequence[Shape]
    total: int | None
    pages: int

    @property
    def is_last(self) -> bool:
        """Nothing comes after it."""
        return not self.rows or self.number >= self.pages


@dataclass(frozen=True)
class GomagApi:
    """Calls below ``/api/v1``."""

    client: PlatformClient

    def get(self, path: str, /, **params: str) -> Answer:
        """Read."""
        return self._send(Call("GET", f"/{path}/json", params=params, headers=HEADERS))

    def page(self, listing: Listing[Shape], number: int, /, **filters: str) -> GomagPage[Shape]:
        """Return one page of a list, as large as it may be.

        Raises:
            RetryLater: It has an unexpected form, or there are more pages than any list has.
        """
        if number > MOST_PAGES:
            raise stands_still(TITLE, listing.name)
        try:
            answer = self.get(listing.path, page=str(number), limit=str(LARGEST_PAGE), **filters)
        except Rejected as error:
            if error.code != NO_DATA:
                raise
            return GomagPage(number, (), 0, 0)  # [inferred] a read that matches nothing may say so as writes do
        return read_page(answer, listing, number)

    def rows(self, listing: Listing[Shape], /, **filters: str) -> Iterator[Shape]:
        """Yield every row of a list; rows that shift meanwhile may come twice.

        Raises RetryLater for a page once more.
        """

        def read(number: int) -> tuple[Sequence[Shape], int | None]:
            page = self.page(listing, number, **filters)
            return page.rows, None if page.is_last else number + 1

        return (row for rows, _ in each_page(read, 1, TITLE, listing.name) for row in rows)

    def post(self, path: str, data: Any, *, repeatable: bool) -> None:
        """Write: one form field that holds JSON. Raises Rejected with the code ``NO_DATA`` when it matches nothing."""
        form = {"data": json.dumps(data, ensure_ascii=False, separators=(",", ":"))}
        self._send(
            Call("POST", f"/{path}/json", form=form, headers=HEADERS, repeatable=repeatable, largest=LARGEST_RECEIPT)
        )

    def _send(self, call: Call) -> Answer:
        """Where the bucket is full, the limiter makes the next try wait."""
        for _ in range(TRIES - 1):
            try:
                return self.client.send(call)
            except Throttled:
                continue
        return self.client.send(call)


def read_page(answer: Answer, listing: Listing[Shape], number: int) -> GomagPage[Shape]:
    """Return a page of an answer; an object keyed by id and a list mean the same (platform file, G2 and others).

    Raises:
        RetryLater: It is no page, or another one than was asked for.
    """
    body = shaped(answer, _BODY)
    listed = as_rows(body.get(listing.name)) if isinstance(body, dict) else body
    rows = read_rows(_ROWS, listed, TITLE, listing.name)
    counters = shaped(answer, _COUNTERS) if isinstance(body, dict) else WirePage()
    if rows and counters.page not in (None, number):
        raise RetryLater(f"Gomag gives page {counters.page} instead of {number}", after=300, where=answer.where)
    return GomagPage(number, listing.read(rows), counters.total, _pages(counters, number, len(rows)))


def _pages(counters: WirePage, number: int, rows: int) -> int:
    """The last page, by the counter, else by the total, else by whether this one is full (platform file, G3)."""
    if counters.pages is not None:
        return counters.pages
    if counters.total is not None:
        return -(-counters.total // LARGEST_PAGE)
    return number + 1 if rows == LARGEST_PAGE else number


# --- how many calls there may be --------------------------------------------------------------------------------------


def bucket_of(call: Call) -> str:
    """Return what a call is counted with: reads and writes are counted apart."""
    return READS if call.method == "GET" else WRITES


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the bucket a call draws from, with the connection's share of it."""
    per_minute = max(1, int(PER_MINUTE * factor))
    return lambda call: (Limit(bucket_of(call), per_minute),)


@dataclass(frozen=True)
class Gauge:
    """What an answer tells of a bucket.

    Attributes:
        rate: Calls that leak out in a second.
        burst: Calls the bucket holds.
        remaining: Calls that still fit.
    """

    rate: Decimal
    burst: int
    remaining: int

    def pause(self, share: Decimal) -> float:
        """Hold all calls back for these seconds, as Gomag itself asked."""
        ours = min(share, Decimal(1))
        for_others = min(int((self.burst * (1 - ours)).to_integral_value(ROUND_CEILING)), self.burst - 1)
        if self.remaining > for_others:
            return 0.0
        calls = 1 if self.remaining > 0 else 2
        return min(float(calls / (self.rate * ours)), LONGEST_PAUSE)


def read_gauge(headers: Mapping[str, str], bucket: str) -> Gauge | None:
    """Return the three headers of a bucket; None when they are not there or odd.

    They may be left out when it is full.
    """
    name = _HEADERS[bucket]
    texts = [headers.get(name + part, "") for part in ("", "-burst", "-remaining")]
    try:
        rate, burst, remaining = (Decimal(text) for text in texts)
    except InvalidOperation:
        return None
    if not all(number.is_finite() and abs(number) < BEYOND_REASON for number in (rate, burst, remaining)):
        return None
    whole = [int(number.to_integral_value(ROUND_FLOOR)) for number in (burst, remaining)]
    return Gauge(rate, whole[0], whole[1]) if rate > 0 and burst >= 1 else None


@dataclass(frozen=True)
class RoomForOthers:
    """The shared limiter, with more patience, and with an ear for what Gomag's answers tell.

    Args:
        share: Of the bucket, as set.
        others: Who also wants to see each answer.
    """

    inner: Limiter
    share: Decimal
    deadline: Deadline
    sleep: Callable[[float], None]
    others: Callable[[Answer], None]

    def take(self, bucket: str, calls: int, seconds: int) -> None:
        """Wait for the right to make one call. Raises RetryLater when that would take too long."""
        waited = 0.0
        while True:
            try:
                self.inner.take(bucket, calls, seconds)
            except RetryLater as error:
                wait = max(error.after, SHORTEST)
                waited += wait
                if waited > PATIENCE or self.deadline.remaining() < wait + KEPT_BACK:
                    raise
                self.sleep(wait)
            else:
                return

    def pause(self, bucket: str, seconds: float) -> None:
        """Hold all calls back for these seconds, as Gomag itself asked."""
        self.inner.pause(bucket, seconds)

    def observe(self, answer: Answer) -> None:
        """Slow everybody down when little is left. A call that was answered never fails for that."""
        self.others(answer)
        bucket = bucket_of(answer.call)
        gauge = read_gauge(answer.headers, bucket)
        seconds = gauge.pause(self.share) if gauge else 0.0
        if seconds:
            with suppress(BridgeError):
                self.inner.pause(bucket, seconds)


# --- dates: the wall clock of the shop, without a zone, and days to filter by -----------------------------------------


def moment_of(text: str) -> datetime:
    """Return a date or a time as Gomag writes it, on the shop's clock, with its zone.

    Raises ValueError when it is none.
    """
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZONE)).astimezone(UTC).astimezone(ZONE)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def day_of(moment: datetime) -> str:
    """Return the day of a moment in the shop, such as ``2026-01-31``."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d")


def first_day(since: datetime) -> str:
    """Return the day from which to read so that nothing since a moment is missed."""
    return day_of(since - OVERLAP)
