"""The calls of Vendure's Admin API that we make, and lists page by page.

Every call is a POST of a document to one address. A document's name says in messages what was asked. Lists are sorted
by id, which never changes, and skipped through: nothing asks for ids above one (platform file, "Lists").
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pydantic import Field, TypeAdapter

from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import AnyRow, Row, read_rows
from shopbridge.connectors.vendure.outcomes import TITLE, check_result
from shopbridge.connectors.vendure.settings import VendureSettings
from shopbridge.connectors.vendure.wire import Wire
from shopbridge.errors import OutcomeUnknown, RetryLater
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient

BY_ID: Final = {"id": "ASC"}
MOST = 1000
"""Rows that a list gives at most in one call; more is an error."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.ASCII)
_LEADING = 14
"""Hexadecimal digits of a UUID that make a rank of 8 bytes."""
MOST_DIGITS = 18


class _List(Wire):
    items: list[AnyRow]
    total_items: int = Field(ge=0, lt=10**9)


class _Server(Wire):
    money_strategy_precision: int = Field(default=2, ge=0, le=8)


class VendureFacts(Wire):
    """What holds for the whole shop, told beside every list.

    Attributes:
        track_inventory: Whether stock is kept of variants that leave it to the shop.
    """

    track_inventory: bool = True
    server_config: _Server = Field(default_factory=_Server)

    @property
    def decimals(self) -> int:
        """How many decimals an amount has: it comes in its smallest units."""
        return self.server_config.money_strategy_precision


class VendureChannel(Wire):
    """The channel that is asked.

    Attributes:
        prices_include_tax: What was entered, and is exact, are prices with tax.
    """

    code: str = ""
    token: str = ""
    default_currency_code: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    prices_include_tax: bool = False


_LIST, _FACTS, _CHANNEL = TypeAdapter(_List), TypeAdapter(VendureFacts), TypeAdapter(VendureChannel)
_ROW = TypeAdapter(AnyRow)


@dataclass(frozen=True)
class Document:
    """What is asked.

    Attributes:
        name: Of the operation.
        field: The field of the answer's data that holds what was asked for.
        changes: It changes something, so it must not be repeated blindly.
    """

    name: str
    field: str
    text: str
    changes: bool = False


class Listing(NamedTuple):
    """Rows of a list, how many there are, and what holds for the shop."""

    rows: Sequence[Row]
    total: int
    facts: VendureFacts
    channel: VendureChannel


@dataclass(frozen=True)
class VendureApi:
    """One shop's Admin API."""

    client: PlatformClient
    settings: VendureSettings

    def ask(self, document: Document, **variables: Any) -> Mapping[str, Any]:
        """Return the data of an answer. Raises as ``outcomes.judge``."""
        body = {"query": document.text, "operationName": document.name, "variables": variables}
        channel, language = self.settings.channel, self.settings.language
        call = Call(
            "POST",
            f"/{self.settings.admin_path}",
            params={"languageCode": language} if language else {},
            json=body,
            headers={"vendure-token": channel} if channel else {},
            repeatable=not document.changes,
            shown=f"/{self.settings.admin_path} {document.name}",
        )
        data: Mapping[str, Any] = self.client.send(call).json()["data"]
        return data

    def listed(self, document: Document, options: Mapping[str, Any]) -> Listing:
        """Return one page of a list.

        Raises:
            RetryLater: It has an unexpected form.
        """
        return listing_in(self.ask(document, options=options), document)

    def found(self, document: Document, **variables: Any) -> Row | None:
        """Return one record; None where the shop has none."""
        row = self.ask(document, **variables).get(document.field)
        return None if row is None else read_rows(_ROW, row, TITLE, document.name)

    def change(self, document: Document, good: str, where: str, **variables: Any) -> None:
        """Change something; it may be told once more after it was looked at.

        Args:
            good: The type of the result of a change that was made.

        Raises:
            RetryLater: The answer was lost, or the record changed meanwhile.
            Rejected: Vendure refuses it.
        """
        try:
            result = self.ask(document, **variables).get(document.field)
        except OutcomeUnknown as error:
            raise RetryLater(error.what, after=30, where=where) from error
        check_result(result if isinstance(result, Mapping) else {}, good, where)


def listing_in(data: Mapping[str, Any], document: Document) -> Listing:
    """Return the list that an answer holds. Raises RetryLater for an unexpected form."""
    found = read_rows(_LIST, data.get(document.field), TITLE, document.name)
    facts = read_rows(_FACTS, data.get("globalSettings") or {}, TITLE, document.name)
    channel = read_rows(_CHANNEL, data.get("activeChannel") or {}, TITLE, document.name)
    return Listing(found.items, found.total_items, facts, channel)


def is_id(text: str) -> bool:
    """Tell whether a record could be called so: others are not asked for."""
    return _ID.fullmatch(text) is not None


def rank_of_id(value: Any) -> int:
    """Return where a record stands in a list that is sorted by ids; 0 where its id is none that can be sorted.

    Ids are numbers, or UUIDs where the server is set so; both rise as the database sorts them.
    """
    if not isinstance(value, str):
        return 0
    if value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return int(value.replace("-", "")[:_LEADING], 16) + 1 if _UUID.fullmatch(value) else 0


class VendurePlace(NamedTuple):
    """Where a list is read on.

    Attributes:
        skip: Rows that lie before.
        rank: Of the last row that was handed out.
    """

    skip: int = 0
    rank: int = 0

    @classmethod
    def parse(cls, position: str | None) -> "VendurePlace":
        """Read it from a page's position; the beginning for None or for what is none."""
        skip, _, rank = (position or "").partition(":")
        known = skip.isdecimal() and rank.isdecimal() and len(skip) <= MOST_DIGITS
        return cls(int(skip), int(rank)) if known else cls()

    def text(self) -> str:
        """Write it as a position."""
        return f"{self.skip}:{self.rank}"


def page_from(
    place: VendurePlace, size: int, read: Callable[[int, int], Listing], what: str
) -> tuple[Listing, VendurePlace | None]:
    """Return the rows behind a place, and where the next page is; None after the last.

    A page begins with the last row of the one before. Where that is not there rows have gone meanwhile, and those
    behind moved up: then it goes back until it is behind what was read, so that none is missed. Rows that came before
    the place make some come twice, which are left out.

    Raises:
        RetryLater: The list gives the same rows again.
    """
    back = min(place.skip, 1)
    while True:
        skip = max(place.skip - back, 0)
        found = read(skip, size)
        if skip == 0 or (found.rows and rank_of_id(found.rows[0].get("id")) <= place.rank):
            break
        back *= size
    fresh = [row for row in found.rows if not 0 < rank_of_id(row.get("id")) <= place.rank]
    if found.rows and not fresh and place.skip and back == 1 and len(found.rows) > 1:
        raise stands_still(TITLE, what)
    reached = skip + len(found.rows)
    rank = max((rank_of_id(row.get("id")) for row in found.rows), default=place.rank)
    more = bool(found.rows) and reached < found.total
    return found._replace(rows=fresh), VendurePlace(reached, max(rank, place.rank)) if more else None
