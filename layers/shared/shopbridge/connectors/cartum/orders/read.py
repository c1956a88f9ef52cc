"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page.

Cartum cannot be asked what changed, only what was placed (platform file, "Paging and incremental reads"). So a poll
reads the orders of the last day anew, and in turns those of the two months before it (``kit/turns.py``): after them,
RO App's own link looks at an order no more (H1). What did not change has the same digest, and is not handed over again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import ValidationError

from shopbridge.connectors.cartum.api import ORDERS, CartumApi, as_shop_time
from shopbridge.connectors.cartum.orders.map import to_order
from shopbridge.connectors.cartum.outcomes import TITLE
from shopbridge.connectors.cartum.settings import CartumSettings
from shopbridge.connectors.cartum.webhook import is_number
from shopbridge.connectors.cartum.wire import WireOrder, WireOrderHead
from shopbridge.connectors.kit.loose import as_text, writable
from shopbridge.connectors.kit.order_rows import read_orders_page
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart, sightings
from shopbridge.connectors.kit.turns import REACH, digest_of, piece_of, revision_of
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import readable, sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import Model, OrderId, in_batches
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Clock, KnownRows, Sighting, none_known

LATELY = timedelta(days=1)
"""How long after it was placed an order is read by every poll."""
POLL = timedelta(days=4)
"""How far back a poll may ask, once a day with its overlap; whoever asks further is a first import or a run."""
CLOCKS = timedelta(hours=1)
"""How much earlier a reading begins: nobody tells the zone of the filter, and an hour comes twice in autumn."""
OVERLAP = 5
"""Rows that a page repeats of the one before: orders that are deleted meanwhile move the others up."""
ROUND = 50
"""See ``may_go_on``."""
MOST_DIGITS = 15
"""Of an order's number."""


class OrderWalk(Model):
    """Where a reading is.

    Attributes:
        since: The moment from which orders were placed, on the shop's clock; likewise ``until``, empty for no end.
        skip: Orders from there on that were read.
        told: The ids of the last of them, which come once more.
        before: The digest of the page before.
        then: The beginning and the end of the piece that is read afterwards; empty for none.
    """

    since: str
    until: str = ""
    skip: int = 0
    told: tuple[str, ...] = ()
    before: str = ""
    then: tuple[str, ...] = ()

    @classmethod
    def parse(cls, mark: str) -> Self:
        """Read it from a position."""
        return cls.model_validate_json(mark or "{}")

    def text(self) -> str:
        """Write it as a position."""
        return self.model_dump_json(exclude_defaults=True)

    def filters(self, size: int) -> dict[str, Any]:
        """Return what is asked for; an offset counts only beside a limit."""
        window = {"from": self.since, **({"to": self.until} if self.until else {})}
        return {**window, "offset": self.skip, "limit": size}

    def after(self, names: Sequence[str], these: str, size: int) -> "OrderWalk | None":
        """Return where the next page is, behind one with these orders; None after the last."""
        if may_go_on(len(names), size):
            again = min(OVERLAP, len(names) // 2)
            told = tuple(names[len(names) - again :])
            return self.model_copy(update={"skip": self.skip + len(names) - again, "told": told, "before": these})
        return OrderWalk(since=self.then[0], until=self.then[1]) if self.then else None


def may_go_on(rows: int, size: int) -> bool:
    """[inferred] Tell whether more may follow a page: a round number of rows may be a limit of the shop's own."""
    return rows >= size or (rows > 0 and rows % ROUND == 0)


def first_walk(since: datetime, now: datetime, settings: CartumSettings) -> OrderWalk:
    """Return where a reading begins: at a moment, or for a poll a day before it, with a piece of the older orders."""
    if now - since > POLL:
        return OrderWalk(since=as_shop_time(since - CLOCKS, settings.zone))
    start, end = piece_of(now)
    then = (as_shop_time(start - CLOCKS, settings.zone), as_shop_time(end + CLOCKS, settings.zone))
    return OrderWalk(since=as_shop_time(since - LATELY, settings.zone), then=then)


@dataclass(frozen=True)
class CartumOrders:
    """The orders of one shop."""

    api: CartumApi
    clock: Clock
    settings: CartumSettings

    def server_time(self) -> datetime:
        """Return our clock, without a call: what a poll reads overlaps by far more than clocks differ."""
        return self.clock()

    @property
    def reach(self) -> timedelta:
        """Return how far back the oldest piece lies that has its turn."""
        return REACH + LATELY

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return up to 500 of the orders that were placed lately, or whose turn it is; one may come twice.

        Raises:
            RetryLater: Also for the page before once more.
        """
        now = self.clock()
        walk = first_walk(since, now, self.settings) if position is None else OrderWalk.parse(position)
        size = self.settings.page_size
        rows = self.api.rows(ORDERS, "orders", walk.filters(size))
        names = [_name(row) for row in rows]
        these = digest_of(json.dumps(names))
        if rows and these == walk.before:
            raise stands_still(TITLE, "orders")
        fresh = [row for row, name in zip(rows, names, strict=True) if name not in walk.told]
        after = walk.after(names, these, size)
        return read_orders_page(
            each_once(fresh),
            lambda row: read_order(row, self.settings, now),
            after.text() if after else None,
            known,
        )

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, hundreds in one call."""
        now = self.clock()
        known = [order for order in dict.fromkeys(ids) if is_number(order)]
        rows = [row for some in in_batches(known, self.settings.page_size) for row in find_orders(self.api, some)]
        return read_orders(rows, self.settings, now)

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the order of this number, which is its id as well; one call."""
        return sightings(self.read([OrderId(number)]))


def find_orders(api: CartumApi, ids: Sequence[OrderId]) -> list[Row]:
    """Return the rows of these orders; those that the shop does not have are left out.

    Raises:
        RetryLater: What came back are other orders, as when a filter is ignored.
    """
    rows = api.rows(ORDERS, "orders", {"ids": [int(order) for order in ids], "offset": 0, "limit": len(ids)})
    if any(
        row.get("order_id") is not None and _name(row) not in ids and is_number(OrderId(_name(row))) for row in rows
    ):
        raise RetryLater(
            "Asked for some orders, Cartum gave others: it does not look at the filter", after=300, where=TITLE
        )
    return rows


def find_head(api: CartumApi, order: OrderId) -> WireOrderHead | None:
    """Return one order as far as it is needed to write to it; None when the shop does not have it.

    Raises:
        RetryLater: It has an unexpected form.
    """
    rows = find_orders(api, [order]) if is_number(order) else []
    row = next((row for row in rows if _name(row) == order), None)
    try:
        return WireOrderHead.model_validate(row) if row is not None else None
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_error(error)}"
        raise RetryLater(what, after=300, where=f"Cartum order {order}") from error


def read_orders(
    rows: Iterable[Row], settings: CartumSettings, now: datetime
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read."""
    return orders_apart(read_order(row, settings, now) for row in each_once(rows))


def each_once(rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows without those that come once more."""
    return {sound_id(as_text(row.get("order_id")), row): row for row in rows}.values()


def read_order(row: Row, settings: CartumSettings, now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    try:
        order = to_order(WireOrder.model_validate(row), settings)
        check_order(order)
        content = order.model_dump_json()
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        return _unexpected(row, now, f"The order has an unexpected form at {first_error(error)}")
    except ArithmeticError:
        return _unexpected(row, now, "The order's amounts are beyond all measure")
    return order.model_copy(update={"revision": revision_of(now, content)})


def _name(row: Row) -> str:
    text = as_text(row.get("order_id"))
    return text if isinstance(text, str) else ""


def _unexpected(row: Row, now: datetime, text: str) -> UnreadableOrder:
    return _unreadable(row, now, "unexpected_form", text, "Look at the order in Cartum, then resend it.")


def _unreadable(row: Row, now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    number = as_text(row.get("order_id"))
    return UnreadableOrder(
        id=OrderId(sound_name(number) or sound_id(number, row)),
        number=readable(number),
        revision=revision_of(now, json.dumps(row, default=str, sort_keys=True)),
        code=code,
        text=writable(text),
        fix=fix,
    )
