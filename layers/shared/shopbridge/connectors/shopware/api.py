"""The calls of the Admin API that we make, and its searches (platform file, "Search, paging and incremental reads")."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter

from shopbridge.connectors.kit.paging import each_page, stands_still
from shopbridge.connectors.kit.rows import AnyRow, Row, odd_form, read_each, read_rows
from shopbridge.connectors.shopware.outcomes import GONE, PageTooLarge
from shopbridge.connectors.shopware.wire import Named, OddRow, Text, Wire, WireKey
from shopbridge.errors import Rejected, RetryLater
from shopbridge.http.answer import Answer, Call, parse_http_date
from shopbridge.http.bodies import LARGEST_RECEIPT
from shopbridge.http.client import PlatformClient, shaped
from shopbridge.model.base import OrderId
from shopbridge.ports import Clock

Shape = TypeVar("Shape")
Whole = TypeVar("Whole", bound=Wire)
Odd = TypeVar("Odd", bound=OddRow)
KeyedRow = TypeVar("KeyedRow", bound=WireKey)

_BY_ID: Final = {"field": "id", "order": "ASC"}
NEVER: Final = datetime.min.replace(tzinfo=UTC)
BELIEVED: Final = timedelta(minutes=10)
"""How long a clock is believed: past the next poll, within the minutes by which polls overlap."""
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class WireFound(Wire):
    """The answer of a search."""

    data: list[AnyRow]


class WireState(Wire):
    """A state with the machine it belongs to."""

    technical_name: str
    name: Text = ""
    state_machine: Named | None = None


class WireOffer(Wire):
    """A transition that is possible from a row's present state."""

    action_name: str
    from_state_name: str
    to_state_name: str


class WireOffers(Wire):
    """What is possible from an order's present state."""

    transitions: tuple[WireOffer, ...]


class WireVersion(Wire):
    """The answer of ``/_info/version``."""

    version: str


_STATE, _VERSION = TypeAdapter(WireState), TypeAdapter(WireVersion)
_FOUND, _OFFERS = TypeAdapter(WireFound), TypeAdapter(WireOffers)


@dataclass(frozen=True)
class About:
    """What a shop says of itself.

    Attributes:
        version: The release, such as ``6.6.10.0``.
        now: The shop's clock, from the ``Date`` header, to the second.
    """

    version: str
    now: datetime


@dataclass(frozen=True)
class Entity(Generic[Shape]):
    """What a search is about, and what its rows are: none leaves this module that was not read into a model.

    Attributes:
        path: Its name in paths.
        read: Reads the rows of an answer.
    """

    path: str
    read: Callable[[Sequence[Row]], list[Shape]]


def strict(path: str, rows: TypeAdapter[list[Shape]], what: str) -> Entity[Shape]:
    """Return an entity of which nothing may be concluded when a row is odd: it raises RetryLater."""
    return Entity(path, lambda listed: read_rows(rows, listed, "Shopware", what))


def each_alone(path: str, whole: type[Whole], odd: type[Odd]) -> Entity[Whole | Odd]:
    """Return an entity of which an odd row spoils no other."""
    return Entity(path, lambda listed: read_each(whole, listed, odd.of))


LARGEST_PAGE = 500
"""The most rows every release gives (6.4.0 to 6.4.4, and again from 6.6); a shop may allow fewer from 6.5.5 on."""


@dataclass
class PageLimit:
    """The most rows this shop gives, as far as it was told: only its refusal of a larger page names it."""

    most: int = LARGEST_PAGE


@dataclass
class ShopClock:
    """The shop's clock: ours, and how far that of the shop was ahead when it last answered a search."""

    clock: Clock
    told: str = ""
    heard_at: datetime = NEVER

    def hear(self, answer: Answer) -> None:
        """Remember when the shop says that it answered."""
        self.told, self.heard_at = answer.headers.get("date", ""), self.clock()

    def now(self) -> datetime | None:
        """Return the shop's time; None when it told none within ten minutes."""
        moment, passed = parse_http_date(self.told), self.clock() - self.heard_at
        return moment + passed if moment is not None and passed <= BELIEVED else None


@dataclass(frozen=True)
class AdminApi:
    """Calls below ``/api``; every one but a cancellation may be repeated."""

    client: PlatformClient
    heard: ShopClock
    limit: PageLimit = field(default_factory=PageLimit)

    def about(self) -> About:
        """Release and clock in one cheap call. Raises RetryLater when the answer has no ``Date``."""
        answer = self.client.send(Call("GET", "/_info/version"))
        moment, version = parse_http_date(answer.headers.get("date", "")), shaped(answer, _VERSION).version
        if moment is None:
            raise RetryLater("The shop's answer carries no time", after=60, where=answer.where)
        return About(version, moment.astimezone(UTC))

    def now(self) -> datetime:
        """Return the shop's clock as its last search told it; where that is long ago, ask. Raises as ``about``."""
        return self.heard.now() or self.about().now

    def search(
        self, entity: Entity[Shape], search: Mapping[str, Any], headers: Mapping[str, str] = NO_HEADERS
    ) -> list[Shape]:
        """Return the rows a search finds. Raises RetryLater for an unexpected form."""
        call = Call("POST", f"/search/{entity.path}", json=dict(search), headers=headers)
        answer = self.client.send(call)
        self.heard.hear(answer)
        return entity.read(shaped(answer, _FOUND).data)

    def page(
        self,
        entity: Entity[Shape],
        wanted: int,
        search: Callable[[int], Mapping[str, Any]],
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> tuple[list[Shape], int]:
        """Return a page of ``wanted`` rows, or as many as the shop gives at most; returns the rows and that number.

        Args:
            search: Makes the criteria for a number of rows.
        """
        while True:
            most = min(wanted, self.limit.most)
            try:
                return self.search(entity, search(most), headers), most
            except PageTooLarge as error:
                if error.most >= most:
                    raise
                self.limit.most = error.most

    def listing(self, entity: Entity[Shape], headers: Mapping[str, str] = NO_HEADERS, **more: Any) -> Iterator[Shape]:
        """Yield all rows of a short list. Raises RetryLater for a page that was read already."""

        def read(number: int) -> tuple[list[Shape], int | None]:
            rows, most = self.page(
                entity, LARGEST_PAGE, lambda most: {"page": number, "limit": most, "sort": [_BY_ID], **more}, headers
            )
            return rows, number + 1 if len(rows) >= most else None

        return (row for rows, _ in each_page(read, 1, "Shopware", entity.path) for row in rows)

    def matching(
        self, entity: Entity[Shape], name: str, values: Sequence[str], includes: Mapping[str, Any]
    ) -> Iterator[Shape]:
        """Yield all rows whose unique field ``name`` has one of these values, as many at once as the shop gives."""
        left = list(values)

        def search(most: int) -> Mapping[str, Any]:
            return {"page": 1, "limit": most, "filter": [any_of(name, left[:most])], "includes": includes}

        while left:
            rows, most = self.page(entity, LARGEST_PAGE, search)
            yield from rows
            left = left[most:]

    def sweep(
        self,
        entity: Entity[KeyedRow],
        filters: Sequence[Mapping[str, Any]],
        *,
        page: int = LARGEST_PAGE,
        headers: Mapping[str, str] = NO_HEADERS,
        **more: Any,
    ) -> Iterator[KeyedRow]:
        """Yield all rows by their key, ``autoIncrement``, which ``includes`` have to name."""
        position: str | None = None

        def search(most: int) -> Mapping[str, Any]:
            return {**by_key(position, most, filters), **more}

        while True:
            rows, most = self.page(entity, page, search, headers)
            yield from rows
            position = next_position(rows, position, most, entity.path)
            if position is None:
                return

    def offers(self, order: OrderId) -> list[WireOffer]:
        """Return the transitions that are possible now.

        Raises:
            Rejected: The order is gone.
            RetryLater: The answer is none: it must not be taken for a state that allows no change.
        """
        call = Call("GET", f"/_action/state-machine/order/{order}/state")
        return list(self.client.read(call, _OFFERS).transitions)

    def transition(self, order: OrderId, action: str, *, send_mail: bool, repeatable: bool) -> str:
        """Send a transition; returns the technical name of the state it led to."""
        path = f"/_action/order/{order}/state/{action}"
        call = Call("POST", path, json={"sendMail": send_mail}, repeatable=repeatable, largest=LARGEST_RECEIPT)
        return self.client.read(call, _STATE).technical_name

    def create(self, entity: str, record: Mapping[str, Any]) -> bool:
        """Create a record under an id of ours; False when the shop has that id already, and nothing was done."""
        try:
            self.client.send(Call("POST", f"/{entity}", json=dict(record), largest=LARGEST_RECEIPT))
        except Rejected as error:
            if error.code != GONE:
                raise
            return False
        return True

    def patch(self, entity: str, row: str, change: Mapping[str, Any]) -> None:
        """Change some fields. Raises Rejected when the record is gone."""
        self.client.send(Call("PATCH", f"/{entity}/{row}", json=dict(change), largest=LARGEST_RECEIPT))


def any_of(field: str, values: Sequence[str]) -> dict[str, Any]:
    """Return a filter; Shopware refuses an empty list of values (C4)."""
    return {"type": "equalsAny", "field": field, "value": list(values)}


def equals(field: str, value: Any) -> dict[str, Any]:
    """Return a filter; null is a value, an empty text is refused (C4)."""
    return {"type": "equals", "field": field, "value": value}


def either(queries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Ask for at least one of these filters."""
    return {"type": "multi", "operator": "or", "queries": list(queries)}


def by_key(position: str | None, limit: int, filters: Sequence[Mapping[str, Any]] = (), of: str = "") -> dict[str, Any]:
    """Return the part of a search that makes it the page behind ``position``.

    Args:
        of: The way to the record whose key it is, with its dot.
    """
    key = f"{of}autoIncrement"
    behind = [{"type": "range", "field": key, "parameters": {"gt": int(position)}}] if position else []
    return {
        "page": 1,
        "limit": limit,
        "total-count-mode": "none",
        "filter": [*filters, *behind],
        "sort": [{"field": key, "order": "ASC"}],
    }


def next_position(rows: Sequence[WireKey], position: str | None, limit: int, what: str) -> str | None:
    """Return the key of the last row that has one, None after the last page.

    Raises RetryLater when it does not move on.
    """
    if len(rows) < limit:
        return None
    last = next(filter(None, map(key_of, reversed(rows))), 0)
    if last <= int(position or 0):
        raise stands_still("Shopware", what)
    return str(last)


def placed(rows: Sequence[KeyedRow], what: str) -> Iterator[tuple[int, KeyedRow]]:
    """Yield the rows with their keys; one without a key stands where the one before it stands.

    Raises:
        RetryLater: No row has one, so nothing may be concluded from the page.
    """
    key = next(filter(None, map(key_of, rows)), 0)
    if rows and not key:
        raise odd_form("Shopware", what)
    for row in rows:
        key = key_of(row) or key
        yield key, row


def key_of(row: WireKey) -> int:
    """Return a row's key; 0 when it has none that can be one."""
    return row.auto_increment if 0 < row.auto_increment < 2**63 else 0
