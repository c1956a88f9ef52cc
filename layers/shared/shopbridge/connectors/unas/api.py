"""The calls of UNAS' API that we make, as plain data in and out.

Every function is one address, and what a call asks for stands in its body. ``InvoiceAutoSet``, a filter of orders that
marks whatever it finds as billed, is none of those here, nor are the lines of an order ever written: that replaces all
of them (platform file, "Known quirks").
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shopbridge.connectors.kit.rows import Row
from shopbridge.connectors.unas.limits import Scope, limits_of
from shopbridge.connectors.unas.outcomes import REFUSED, TITLE, WireDone, done_in, refused_record, rows_in
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.errors import OutcomeUnknown, Rejected, RetryLater
from shopbridge.http.answer import Answer, Call
from shopbridge.http.bodies import LARGEST_ANSWER, LARGEST_RECEIPT
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.xml_data import write_xml

HEADERS: Final = {"Content-Type": "application/xml", "Accept": "application/xml"}
ORDERS: Final = ("Orders", "Order")
PRODUCTS: Final = ("Products", "Product")
CATEGORIES: Final = ("Categories", "Category")
STATUSES: Final = ("OrderStatuses", "OrderStatus")
METHODS: Final = ("Methods", "Method")
WAREHOUSES: Final = ("Warehouses", "Warehouse")
Kind = tuple[str, str]
"""What an answer lists: its root, and the element of each record."""
LARGEST_ORDERS = 500
"""Orders in one answer, at most and unless fewer are asked for."""
LARGEST_WRITE = 100
"""Records in one write: more of them count as a rare call."""
MOST_REFUSED = 10
"""Records of a write that may fail one after the other: after 20 failed calls in a row UNAS bans us."""
IN_THE_BASE_LANGUAGE: Final = "base"


@dataclass(frozen=True)
class UnasApi:
    """Calls below ``/shop``."""

    client: PlatformClient
    settings: UnasSettings

    @property
    def orders_at_once(self) -> int:
        """How many orders a page has."""
        return min(LARGEST_ORDERS, self.settings.page_size)

    def read(self, function: str, kind: Kind, scope: Scope, /, **asked: str | int) -> list[Row]:
        """Return the records that a read finds; none is no error.

        Raises:
            RetryLater: It has an unexpected form, so nothing may be concluded.
        """
        answer = self._send(Call("POST", f"/{function}", content=write_xml("Params", asked), headers=HEADERS), scope)
        return rows_in(answer, *kind)

    def write(self, function: str, kind: Kind, records: Sequence[Mapping[str, Any]], *, repeatable: bool) -> Answer:
        """Write up to ``LARGEST_WRITE`` records, in their order; each has an ``Action``, and says what became of it."""
        content = write_xml(kind[0], {kind[1]: list(records)})
        call = Call(
            "POST",
            f"/{function}",
            content=content,
            headers=HEADERS,
            repeatable=repeatable,
            largest=LARGEST_RECEIPT,
        )
        return self._send(call, "write")

    def order(self, key: str) -> list[Row]:
        """Return the order that is called so; none when there is none.

        Raises:
            RetryLater: What came back are other orders.
        """
        rows = self.read("getOrder", ORDERS, "one", Key=key, Lang=IN_THE_BASE_LANGUAGE)
        return _only(rows, "Key", key)

    def statuses(self) -> list[Row]:
        """Return the shop's order statuses."""
        return self.read("getOrderStatus", STATUSES, "list")

    def _send(self, call: Call, scope: Scope) -> Answer:
        limits = limits_of(self.settings, call.path.strip("/"), scope)
        largest = call.largest or LARGEST_ANSWER
        return replace(self.client, limits=lambda _: limits).send(replace(call, largest=largest))


def _only(rows: Sequence[Row], name: str, value: str) -> list[Row]:
    """The rows, none of which is another record than was asked for."""
    if any(row.get(name) not in (value, None) for row in rows):
        raise RetryLater(
            f"Asked for {name} {value}, UNAS gave others: it does not look at the filter", after=300, where=TITLE
        )
    return list(rows)


# --- a batch is written up to the first record that fails -------------------------------------------------------------

Record = Mapping[str, Any]
Write = Callable[[Sequence[Record]], Answer]


def write_all(
    records: Sequence[Record], send: Write, kind: Kind, name: Callable[[Record], str], size: int = LARGEST_WRITE
) -> "WriteOutcome":
    """Write every record, though UNAS stops at the first that fails: what comes behind it is sent again.

    After ``MOST_REFUSED`` that failed one after the other the rest is left, for more would be a ban.

    Args:
        send: Writes some of them in one call.
        name: What a record is called, for people and to find it in the answer.
        size: Records in one call.

    Raises:
        RetryLater: Some or none were written; OutcomeUnknown of a write that must not be repeated.
    """
    done: dict[int, WireDone] = {}
    refused: dict[int, Rejected] = {}
    start = in_a_row = 0
    while start < len(records) and in_a_row < MOST_REFUSED:
        some = records[start : start + size]
        told, failed = _told(send(some), kind, some, name)
        done |= {start + place: each for place, each in told.items()}
        refused |= {start + failed[0]: failed[1]} if failed else {}
        in_a_row = in_a_row + 1 if failed else 0
        start += failed[0] + 1 if failed else len(some)
    return WriteOutcome(done, {**refused, **{at: _left(name(records[at])) for at in range(start, len(records))}})


def _left(what: str) -> Rejected:
    return Rejected(
        f"UNAS refused {MOST_REFUSED} records one after the other, so {what} was not tried",
        code=REFUSED,
        where=what,
        fix="Look why it refused those before this one; the next run tries again.",
    )


@dataclass(frozen=True)
class WriteOutcome:
    """What became of records, by their place.

    Attributes:
        done: What UNAS told of those that were written.
        refused: Why the others were not.
    """

    done: Mapping[int, WireDone]
    refused: Mapping[int, Rejected]


def _told(
    answer: Answer, kind: Kind, sent: Sequence[Record], name: Callable[[Record], str]
) -> tuple[dict[int, WireDone], tuple[int, Rejected] | None]:
    """What an answer says of the records in order, and the first that failed."""
    rows = done_in(answer, *kind)
    for place, row in enumerate(rows):
        if not row.is_ok:
            at = _place_of(row, place, sent, name, alone=len(rows) == 1)
            return {each: rows[each] for each in range(min(place, at))}, (at, refused_record(row, name(sent[at])))
    if len(rows) != len(sent):
        raise _unclear(answer, f"UNAS tells of {len(rows)} records of the {len(sent)} that were written")
    return dict(enumerate(rows)), None


def _place_of(row: WireDone, place: int, sent: Sequence[Record], name: Callable[[Record], str], *, alone: bool) -> int:
    """[inferred] An answer holds the records up to the one that failed, or that one alone."""
    if alone:
        named = (at for at, record in enumerate(sent) if name(record) in (row.key, row.sku, row.id))
        return next(named, 0)
    return min(place, len(sent) - 1)


def _unclear(answer: Answer, what: str) -> RetryLater | OutcomeUnknown:
    if answer.call.repeatable:
        return RetryLater(what, after=300, where=answer.where)
    return OutcomeUnknown(what, where=answer.where)
