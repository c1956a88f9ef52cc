"""The calls of Shoprenter's API that we make, as plain data in and out: lists page by page, single records, batches.

Lists are cut by an offset and come in no order that anybody promises (platform file, "Collection envelope and paging").
So a page that is not the first is checked by the record before it: where that is no longer the last one of the page
before, rows have moved meanwhile, and the page before is read once more. No list is narrowed by an upper bound: what
changes while it is read would leave it, and what stands behind would move up.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shopbridge.connectors.kit.paging import MOST_PAGES, each_page, stands_still
from shopbridge.connectors.kit.rows import AnyRow, Row, read_rows
from shopbridge.connectors.shoprenter.outcomes import GONE, NO_CONTENT, NO_PAGE, TITLE, UNKNOWN_IDS, refusal
from shopbridge.connectors.shoprenter.wire import as_list, link_id
from shopbridge.errors import AlreadyDone, OutcomeUnknown, Rejected, RetryLater, Unfinished
from shopbridge.http.answer import Answer, Call
from shopbridge.http.client import Limit, PlatformClient, shaped
from shopbridge.mapping.identity import is_sound

LARGEST_PAGE = 200
PER_SECOND = 3
"""Calls of one client to one shop (platform file, "Request limits"); [inferred] a batch counts as one."""
BUCKET = "calls"
OVERLAP = timedelta(hours=3)
"""[inferred] How much earlier a reading begins: nobody knows in which zone times are filtered, and UTC is two hours
behind the wall clock in summer."""
FULL: Final = {"full": "1"}
_BODY = TypeAdapter[Any](dict[str, Any] | list[Any])
_ROWS = TypeAdapter(list[AnyRow])
Params = Mapping[str, str]
NONE: Final[Params] = {}


@dataclass(frozen=True)
class ShoprenterPage:
    """One page of a list.

    Attributes:
        first: How many records stand before it.
    """

    number: int
    rows: Sequence[Row]
    first: int
    is_last: bool

    @property
    def last_id(self) -> str:
        """What tells whether the next page follows on it."""
        return str(link_id(self.rows[-1])) if self.rows else ""


@dataclass(frozen=True)
class Request:
    """One request of a batch; ``path`` stands below the API's address and holds its query."""

    method: str
    path: str
    data: Mapping[str, Any] | None = None


Reply = Row | Rejected | AlreadyDone
"""What a request of a batch was answered with; a refusal that a repeat cannot cure is one record's own."""


@dataclass(frozen=True)
class ShoprenterApi:
    """Calls below a shop's ``/api``.

    Attributes:
        address: Where that is: requests of a batch name it in full.
    """

    client: PlatformClient
    address: str

    def page(self, resource: str, number: int, filters: Params = NONE, *, limit: int = LARGEST_PAGE) -> ShoprenterPage:
        """Return one page, counted from 0.

        Raises:
            RetryLater: It has an unexpected form, is another page, or there are more than any list has.
        """
        if number > MOST_PAGES:
            raise stands_still(TITLE, resource)
        params = {**FULL, "limit": str(limit), "page": str(number), **filters}
        try:
            answer = self.client.send(Call("GET", f"/{resource}", params=params))
        except Rejected as error:
            if error.code != NO_PAGE:
                raise
            return ShoprenterPage(number, (), number * limit, is_last=True)
        return read_page(unwrapped(shaped(answer, _BODY)), resource, number, limit)

    def following(self, resource: str, number: int, before: str, filters: Params = NONE) -> ShoprenterPage:
        """Return a page with all that may have come between it and the page before, which may repeat rows.

        Args:
            before: The ``last_id`` of the page before; empty for the first page.

        Raises:
            RetryLater: Likewise, also for the page before once more.
        """
        page = self.page(resource, number, filters)
        if not number:
            return page
        if page.rows and page.last_id == before:
            raise stands_still(TITLE, resource)
        edge = self.page(resource, page.first - 1, {**filters, "full": "0"}, limit=1).rows[:1]
        if edge and link_id(edge[0]) == before:
            return page
        rows = [*self.page(resource, number - 1, filters).rows, *page.rows]
        return ShoprenterPage(number, rows, page.first, page.is_last)

    def rows(self, resource: str, filters: Params = NONE) -> Iterator[Row]:
        """Yield every row of a list; rows that shift meanwhile may come twice."""

        def read(place: str) -> tuple[Sequence[Row], str | None]:
            number, _, before = place.partition(":")
            page = self.following(resource, int(number), before, filters)
            return page.rows, None if page.is_last else f"{page.number + 1}:{page.last_id}"

        return (row for rows, _ in each_page(read, "0:", TITLE, resource) for row in rows)

    def record(self, resource: str, record: str) -> Row | None:
        """Return one record, whole; None when the shop does not have it. Raises RetryLater for another one."""
        if not record or not is_sound(record):
            return None
        try:
            answer = self.client.send(Call("GET", path_of(resource, record)))
        except Rejected as error:
            if error.code == GONE or error.code in UNKNOWN_IDS:
                return None
            raise
        return self._row(answer)

    def put(self, resource: str, record: str, data: Mapping[str, Any], *, repeatable: bool = True) -> Row:
        """Change a record; what is not named stays as it is."""
        return self._row(self.client.send(Call("PUT", path_of(resource, record), json=data, repeatable=repeatable)))

    def post(self, resource: str, data: Mapping[str, Any]) -> Row:
        """Make a record. Raises AlreadyDone where it is there, OutcomeUnknown after a lost answer."""
        return self._row(self.client.send(Call("POST", f"/{resource}", json=data, repeatable=False)))

    def batch(self, requests: Sequence[Request], *, repeatable: bool = True) -> list[Reply]:
        """Return what each request was answered with, in the same order; in one call.

        Raises:
            Throttled, RetryLater, NeedsAttention: Any of them was; some or none were done.
        """
        sent = [self._sent(request) for request in requests]
        call = Call("POST", "/batch", json={"data": {"requests": sent}}, repeatable=repeatable)
        answer = self.client.send(call)
        listed = as_list(_within(unwrapped(shaped(answer, _BODY)), "requests", "request"))
        if not isinstance(listed, list) or len(listed) != len(requests):
            raise _odd_batch(answer)
        return [_reply(answer, request, item) for request, item in zip(requests, listed, strict=True)]

    def _sent(self, request: Request) -> dict[str, Any]:
        sent = {"method": request.method, "uri": f"{self.address}{request.path}"}
        return sent if request.data is None else {**sent, "data": dict(request.data)}

    def _row(self, answer: Answer) -> Row:
        if answer.status == NO_CONTENT:
            return {}
        body = unwrapped(shaped(answer, _BODY))
        if isinstance(body, dict) and body:
            return body
        what = f"{TITLE} answers with no record"
        if not answer.call.repeatable:
            raise OutcomeUnknown(what, where=answer.where)
        raise RetryLater(what, after=300, where=answer.where)


def unwrapped(body: Any) -> Any:
    """Return what an answer holds: some samples lay it into ``response`` (platform file, "Headers")."""
    inner = body.get("response") if isinstance(body, dict) and len(body) == 1 else None
    return inner if isinstance(inner, dict) else body


def read_page(body: Any, resource: str, number: int, limit: int) -> ShoprenterPage:
    """Return a page of an answer: it goes on where ``next`` names an address; counters may be missing, or texts.

    Raises:
        RetryLater: It is no page, or another one than was asked for.
    """
    items = as_list(body.get("items")) if isinstance(body, dict) and "items" in body else None
    rows = read_rows(_ROWS, items, TITLE, resource)
    told = _count(body.get("page"))
    if rows and told not in (None, number):
        raise RetryLater(f"{TITLE} gives page {told} instead of {number}", after=300, where=f"{TITLE} {resource}")
    size = _count(body.get("limit")) or limit
    return ShoprenterPage(number, rows, number * size, is_last=not rows or not body.get("next"))


def _count(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - of no list


def path_of(resource: str, record: str = "", **query: str) -> str:
    """Return the path of a record or a list with its query; ids end with ``=``, which addresses write otherwise."""
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"/{resource}" + (f"/{quote(record, safe='')}" if record else "") + (f"?{asked}" if asked else "")


def _within(body: Any, *names: str) -> Any:
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _reply(answer: Answer, request: Request, item: Any) -> Reply:
    """One request's: its own status counts, since a batch is answered with 200 though every request failed."""
    status = _count(_within(item, "response", "header", "statusCode"))
    body = unwrapped(_within(item, "response", "body"))
    if status is None:
        raise _odd_batch(answer)
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own class of success
        return body if isinstance(body, dict) else {}
    if status >= 500:  # noqa: PLR2004
        raise Unfinished(f"{TITLE} breaks down over a batch ({status})", after=60, where=answer.where)
    error = refusal(answer, status, body, request.path)
    if isinstance(error, Rejected | AlreadyDone):
        return error
    raise error


def _odd_batch(answer: Answer) -> RetryLater:
    return RetryLater(f"{TITLE} answers a batch in an unexpected form", after=300, where=answer.where)


# --- how many calls there may be, and times ---------------------------------------------------------------------------


def limits_of(share: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the one bucket that all calls draw from, with the connection's share of it."""
    calls = int(PER_SECOND * share)
    seconds = 1 if calls else int((1 / (PER_SECOND * share)).to_integral_value(ROUND_CEILING))
    return lambda _: (Limit(BUCKET, max(calls, 1), seconds),)


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """[inferred] Return a time as Shoprenter writes it, on the shop's own clock, with its zone.

    Raises ValueError when it is none.
    """
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def filter_since(since: datetime, zone: ZoneInfo) -> str:
    """Return the time from which to read so that nothing since a moment is missed: no fraction, no zone."""
    return (since - OVERLAP).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
