"""The calls of Cartum's API that we make, as plain data in and out, and its times.

Every function is a POST to an address of its own. How many calls an hour allows nobody has published: what is used up,
the envelope says, and all wait then (platform file, "Limits and errors").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from shopbridge.connectors.cartum.auth import HEADERS
from shopbridge.connectors.cartum.outcomes import EMPTY, TITLE
from shopbridge.connectors.cartum.wire import WireEnvelope, WireLog, as_rows
from shopbridge.connectors.kit.rows import AnyRow, Row, odd_form, read_rows
from shopbridge.errors import OutcomeUnknown, RetryLater
from shopbridge.http.answer import Call
from shopbridge.http.bodies import LARGEST_ANSWER, LARGEST_RECEIPT
from shopbridge.http.client import Limit, PlatformClient, shaped

PER_SECOND = 3
"""Calls of ours; the shop's own limit is one of the hour, and not published."""
BUCKET: Final = "calls"
ORDERS, ORDERS_UPDATE, STATUSES = "orders/get", "orders/update", "orders/get_available_statuses"
_ENVELOPE = TypeAdapter(WireEnvelope)
_ROWS, _LOG = TypeAdapter(list[AnyRow]), TypeAdapter(list[WireLog])
Asked = Mapping[str, Any]
NOTHING_ASKED: Final[Asked] = {}


@dataclass(frozen=True)
class CartumApi:
    """Calls below a shop's ``/api``."""

    client: PlatformClient

    def ask(self, function: str, asked: Asked = NOTHING_ASKED, *, repeatable: bool = True) -> WireEnvelope:
        """Make one call and return what stands in its envelope, which is one of success.

        Raises:
            RetryLater: It has an unexpected form; OutcomeUnknown on a call that must not be repeated.
        """
        return shaped(self.client.send(self._call(function, asked, repeatable=repeatable)), _ENVELOPE)

    def rows(self, function: str, name: str, asked: Asked = NOTHING_ASKED) -> list[Row]:
        """Return the records that a function lists; one that is no record is one without any field.

        Raises:
            RetryLater: It is no such list, so nothing may be concluded.
        """
        told = self.ask(function, asked)
        if told.word == EMPTY:
            return []
        if name not in told.told:
            raise odd_form(TITLE, name)
        return read_rows(_ROWS, as_rows(told.told[name]), TITLE, name)

    def write(self, function: str, name: str, records: Sequence[Asked], *, repeatable: bool = True) -> list[WireLog]:
        """Write some records and return what Cartum says of each, in whatever order it says it.

        Raises:
            RetryLater: It does not say it; OutcomeUnknown on a call that must not be repeated.
        """
        told = self.ask(function, {name: list(records)}, repeatable=repeatable)
        try:
            return read_rows(_LOG, as_rows(told.told.get("log")), TITLE, "log lines")
        except RetryLater as error:
            if repeatable:
                raise
            raise OutcomeUnknown(error.what, where=error.where) from error

    def bare(self, function: str, asked: Asked, *, repeatable: bool) -> tuple[int, Any]:
        """Make a call whose answer has no envelope; its code of HTTP and body, whatever they are."""
        answer = self.client.send(self._call(function, asked, repeatable=repeatable))
        return answer.status, answer.json()

    def _call(self, function: str, asked: Asked, *, repeatable: bool) -> Call:
        largest = LARGEST_ANSWER if repeatable else LARGEST_RECEIPT
        return Call(
            "POST", f"/api/{function}/", json=dict(asked), headers=HEADERS, repeatable=repeatable, largest=largest
        )


def limits_of(factor: Decimal) -> Callable[[Call], Sequence[Limit]]:
    """Return the bucket that every call draws from."""
    limit = Limit(BUCKET, max(1, int(PER_SECOND * factor)), 1)
    return lambda _: (limit,)


# --- times: the wall clock of the shop, without a zone ----------------------------------------------------------------


def moment_of(text: str, zone: ZoneInfo) -> datetime:
    """Return a time as Cartum writes it, on the shop's clock, with its zone. Raises ValueError when it is none."""
    moment = datetime.fromisoformat(text)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def as_shop_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as the shop's clock shows it, such as ``2026-01-31 17:05:00``."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
