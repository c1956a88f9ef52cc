"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from pydantic import ValidationError

from shopbridge.connectors.kit.loose import as_text, writable
from shopbridge.connectors.kit.order_rows import mark_of, read_orders_page
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart, sightings
from shopbridge.connectors.shoprenter.api import OVERLAP, filter_since
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.orders.map import to_order
from shopbridge.connectors.shoprenter.wire import WireOrder, link_id
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import readable, sound_id
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.ledger import Reason
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import KnownRows, Sighting, none_known

ORDERS: Final = "orderExtend"
"""Whole orders, with lines, totals, currency and countries; it is read only."""
ORDERED: Final = {"excludeAbandonedCart": "1"}
MOST_DIGITS = 10
"""Of an order's number: a signed number of 32 bits (platform file)."""
NOT_ORDERED = Reason(
    code="not_ordered",
    text="It is a cart that nobody has ordered.",
    fix="Nothing: it comes in once the buyer orders.",
)
CART = (NOT_ORDERED.code, NOT_ORDERED.text, NOT_ORDERED.fix)
DIGEST = 16
"""Characters of a content's digest: enough that two versions of one order never share it."""


@dataclass(frozen=True)
class ShoprenterOrders:
    """The orders of one shop."""

    facts: ShopFacts

    def server_time(self) -> datetime:
        """Return our clock, without a call: changes are read with hours of overlap."""
        return self.facts.clock()

    @property
    def reach(self) -> timedelta:
        """Return how much earlier changes are asked for."""
        return OVERLAP

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return a page of the orders that changed since some hours before.

        ``position`` is its number and the last order of the page before, so an order may come twice.

        Raises:
            RetryLater: Also for the page before once more.
        """
        now = self.facts.clock()
        number, _, before = (position or "0:").partition(":")
        filters = {**ORDERED, "updatedAtMin": filter_since(since, self.facts.zone)}
        page = self.facts.api.following(ORDERS, int(number), before, filters)
        following = None if page.is_last else f"{page.number + 1}:{page.last_id}"
        rows = each_once(filter(is_order, page.rows))
        return read_orders_page(rows, lambda row: read_order(row, self.facts, now), following, known, self._mark)

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, one call each; a cart that nobody ordered is none."""
        now = self.facts.clock()
        rows = (self.facts.api.record(ORDERS, order) for order in dict.fromkeys(ids))
        return self._read([row for row in rows if row is not None and is_order(row)], now)

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the order of this number, also a cart that nobody ordered; one call.

        Raises:
            RetryLater: What came back are other orders.
        """
        if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
            return ()
        now = self.facts.clock()
        rows = self.facts.api.page(ORDERS, 0, {"innerId": number}, limit=1).rows
        if any(_scalar(row.get("innerId")) not in (number, "") for row in rows):
            what = f"Asked for order {number}, Shoprenter gave others: it does not look at the filter"
            raise RetryLater(what, after=300, where=f"Shoprenter order {number}")
        carts = [row for row in rows if not is_order(row)]
        found = sightings(self._read([row for row in rows if is_order(row)], now))
        return [*found, *(Sighting(_unreadable(row, now, *CART), NOT_ORDERED) for row in carts)]

    def _read(self, rows: Iterable[Row], now: datetime) -> tuple[list[Order], list[UnreadableOrder]]:
        """Without any order the shop's statuses are not asked for."""
        return orders_apart(read_order(row, self.facts, now) for row in each_once(rows))

    def _mark(self, row: Row) -> str:
        """An order names its status, and the shop's list says what that is."""
        return mark_of(row, repr(self.facts.known_status(link_id(row.get("orderStatus")))))


def each_once(rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows without those that come once more."""
    return {sound_id(row.get("id"), row): row for row in rows}.values()


def is_order(row: Row) -> bool:
    """Tell an order from a cart that nobody ordered: that one has no status. What cannot be told is an order."""
    return "id" not in row or "orderStatus" not in row or link_id(row["orderStatus"]) != ""


def read_order(row: Row, facts: ShopFacts, now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    try:
        wire = WireOrder.model_validate(row)
        order = to_order(wire, facts.status(wire.order_status), facts.settings)
        check_order(order)
        content = order.model_dump_json()
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_error(error)}"
        return _unreadable(row, now, "unexpected_form", what, "Look at the order in Shoprenter, then resend it.")
    except ArithmeticError:
        what = "The order's amounts are beyond all measure"
        return _unreadable(row, now, "unexpected_form", what, "Look at the order in Shoprenter, then resend it.")
    return order.model_copy(update={"revision": revision(now, content)})


def revision(now: datetime, content: str) -> str:
    """Return the moment of reading, and a digest of what was read.

    Nobody knows whether ``dateUpdated`` moves with everything that matters, such as a status that is set by the API.
    """
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{moment}#{sha256(content.encode(errors='replace')).hexdigest()[:DIGEST]}"


def _unreadable(row: Row, now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    content = json.dumps(row, default=str, sort_keys=True)
    return UnreadableOrder(
        id=sound_id(row.get("id"), row),
        number=readable(_scalar(row.get("innerId"))),
        revision=revision(now, content),
        code=code,
        text=writable(text),
        fix=fix,
    )


def _scalar(value: Any) -> str:
    text = as_text(value)
    return text if isinstance(text, str) else ""
