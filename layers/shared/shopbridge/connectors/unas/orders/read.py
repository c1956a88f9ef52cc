"""The orders of a shop: from rows to orders, or to the reasons why they cannot be ones. No order spoils its page.

Changed orders are asked for in the order of their change, each page from where the one before has ended: an order that
changes meanwhile moves behind, and hides no other. A page costs one of the rare calls.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self

from pydantic import ValidationError

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.order_rows import mark_of, read_orders_page
from shopbridge.connectors.kit.paging import stands_still
from shopbridge.connectors.kit.rows import Row, check_order, orders_apart, sightings
from shopbridge.connectors.unas.api import IN_THE_BASE_LANGUAGE, ORDERS, UnasApi
from shopbridge.connectors.unas.limits import Scope
from shopbridge.connectors.unas.orders.map import to_order
from shopbridge.connectors.unas.outcomes import TITLE
from shopbridge.connectors.unas.settings import UnasSettings
from shopbridge.connectors.unas.wire import WireOrder, WireOrderHead, WireStatus, as_text, moment_of
from shopbridge.errors import Held, RetryLater
from shopbridge.mapping.identity import is_sound, readable, sound_id, sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.model.base import OrderId
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order
from shopbridge.ports import Clock, KnownRows, Sighting, none_known

BY_CHANGE = "modify_time_asc"
"""The oldest change first, as clients ask for it (platform file, "Orders")."""
LONGEST_ID = 20
DIGEST = 16
"""Characters of a content's digest: enough that two versions of one order never share it."""
BACK = timedelta(seconds=1)
"""[inferred] How far pages overlap: nobody tells whether a filter takes its own moment in."""
LATELY = timedelta(days=1)
"""Whoever reads what changed before is no poll, but a first import or a run, which may wait for its turn."""
KeptStatuses = Kept[Sequence[WireStatus]]
"""The order statuses of a shop, read again after a while."""


@dataclass(frozen=True)
class ChangePosition:
    """Where a reading of changes is.

    Attributes:
        since: Unix seconds that the page begins with.
        skip: Orders from there on that were read.
        told: The ids of those that were read already and come once more, having changed in that second or the next.
        before: The digest of the page before.
    """

    since: int
    skip: int = 0
    told: tuple[str, ...] = ()
    before: str = ""

    @classmethod
    def parse(cls, text: str | None, since: datetime) -> Self:
        """Read it from a position; without one it begins at a moment."""
        if text is None:
            return cls(int((since - BACK).timestamp()))
        moment, skip, before, told = text.split(":", 3)
        return cls(int(moment), int(skip), tuple(filter(None, told.split(","))), before)

    def text(self) -> str:
        """Write it as a position."""
        return f"{self.since}:{self.skip}:{self.before}:{','.join(self.told)}"


def changed_page(api: UnasApi, place: ChangePosition, scope: Scope) -> tuple[list[Row], ChangePosition | None]:
    """Return a page of the orders that changed since then, and where the next one is; None after the last.

    Raises:
        RetryLater: Also for the page before once more.
    """
    size = api.orders_at_once
    rows = api.read(
        "getOrder",
        ORDERS,
        scope,
        TimeModStart=place.since,
        Order=BY_CHANGE,
        LimitNum=size,
        LimitStart=place.skip,
        Lang=IN_THE_BASE_LANGUAGE,
    )
    these = _digest(json.dumps([[row.get("Id"), row.get("DateMod")] for row in rows], default=str))
    if rows and place.skip and these == place.before:
        raise stands_still(TITLE, "orders")
    fresh = [row for row in rows if not _was_told(row, place)]
    return fresh, _after(rows, place, these) if len(rows) >= size else None


def _was_told(row: Row, place: ChangePosition) -> bool:
    changed = _changed_at(row)
    return _own_id(row) in place.told and changed is not None and changed <= place.since + BACK.seconds


def _after(rows: Sequence[Row], place: ChangePosition, these: str) -> ChangePosition:
    """From the last change on, where the page is in that order and has brought us on; else behind these orders."""
    changes = [moment for row in rows if (moment := _changed_at(row)) is not None]
    in_order = len(changes) == len(rows) and changes == sorted(changes)
    ends = changes[-1] - BACK.seconds if in_order else 0
    if ends <= place.since:
        return ChangePosition(place.since, place.skip + len(rows), place.told, these)
    told = [_own_id(row) for row, moment in zip(rows, changes, strict=True) if moment >= ends]
    return ChangePosition(ends, 0, tuple(told), these)


def _own_id(row: Row) -> str:
    return "".join(filter(str.isalnum, str(as_text(row.get("Id")))))[:LONGEST_ID]


def _changed_at(row: Row) -> int | None:
    """When it was changed, in Unix seconds; None when it does not tell."""
    try:
        return int(moment_of(str(as_text(row.get("DateMod")))).timestamp())
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class UnasOrders:
    """The orders of one shop."""

    api: UnasApi
    clock: Clock
    settings: UnasSettings
    statuses: KeptStatuses

    def server_time(self) -> datetime:
        """Return our clock, without a call: what a poll reads overlaps by far more than clocks differ."""
        return self.clock()

    @property
    def reach(self) -> timedelta:
        """Return how far pages overlap."""
        return BACK

    def changed(self, since: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        """Return up to 500 orders in the order of their change; one may come twice.

        Raises:
            RetryLater: Also for the page before once more.
        """
        now = self.clock()
        scope: Scope = "poll" if now - since < LATELY else "rest"
        rows, after = changed_page(self.api, ChangePosition.parse(position, since), scope)
        types = self._types(rows)
        return read_orders_page(
            each_once(rows),
            lambda row: read_order(row, self.settings, types, now),
            after.text() if after else None,
            known,
            lambda row: mark_of(row, types.get(str(as_text(row.get("StatusID", ""))), "")),
        )

    def read(self, ids: Sequence[OrderId]) -> tuple[Sequence[Order], Sequence[UnreadableOrder]]:
        """Return these orders, one call each. An order that has another's key by now is none of them."""
        now = self.clock()
        rows = [row for order in dict.fromkeys(ids) if (row := find_order(self.api, order)) is not None]
        return self._orders(rows, now)

    def named(self, number: str) -> Sequence[Sighting]:
        """Return the order that has this key now; one call."""
        now = self.clock()
        rows = self.api.order(number) if number and is_sound(number) else []
        return sightings(self._orders(rows, now))

    def _orders(self, rows: Sequence[Row], now: datetime) -> tuple[list[Order], list[UnreadableOrder]]:
        return read_orders(rows, self.settings, self._types(rows), now)

    def _types(self, rows: Sequence[Row]) -> Mapping[str, str]:
        """The types of statuses; no call where the orders tell them."""
        untold = {str(as_text(row.get("StatusID", ""))) for row in rows if not row.get("StatusType")} - {""}
        if not untold:
            return {}
        known = types_of(self.statuses.value())
        return known if untold <= known.keys() else types_of(self.statuses.refreshed())


def types_of(statuses: Iterable[WireStatus]) -> dict[str, str]:
    """Return the type of each status by its id."""
    return {each.id: each.type for each in statuses}


def read_orders(
    rows: Iterable[Row], settings: UnasSettings, types: Mapping[str, str], now: datetime
) -> tuple[list[Order], list[UnreadableOrder]]:
    """Return the rows as orders, each once, and those that could not be read."""
    return orders_apart(read_order(row, settings, types, now) for row in each_once(rows))


def each_once(rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows without those that come once more."""
    return {sound_id(as_text(row.get("Id")), row): row for row in rows}.values()


def read_order(row: Row, settings: UnasSettings, types: Mapping[str, str], now: datetime) -> Order | UnreadableOrder:
    """Return one row; ``now`` is when its reading began."""
    look = "Look at the order in UNAS, then resend it."
    try:
        order = to_order(WireOrder.model_validate(row), settings, types)
        check_order(order)
    except Held as reason:
        return _unreadable(row, now, reason.code, reason.what, reason.fix)
    except ValidationError as error:
        return _unreadable(
            row, now, "unexpected_form", f"The order has an unexpected form at {first_error(error)}", look
        )
    except ArithmeticError:
        return _unreadable(row, now, "unexpected_form", "The order's amounts are beyond all measure", look)
    return order.model_copy(update={"revision": revision(row, now, order.model_dump_json())})


def revision(row: Row, now: datetime, content: str) -> str:
    """Return when it was changed, when it was read, and a digest.

    Nobody tells whether every change moves an order's own moment, which has whole seconds only.
    """
    changed = datetime.fromtimestamp(_changed_at(row) or int(now.timestamp()), UTC)
    read = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{changed:%Y-%m-%dT%H:%M:%S}/{read}#{_digest(content)}"


def find_order(api: UnasApi, order: OrderId) -> Row | None:
    """Return one order by its key, checked by its id; None when the shop does not have it.

    Without an id, as a webhook names it, it is whichever has the key now.
    """
    own, slash, key = order.partition("/")
    if not slash or not key or not is_sound(key):
        return None
    return next((row for row in api.order(key) if not own or as_text(row.get("Id")) == own), None)


def find_head(api: UnasApi, order: OrderId) -> WireOrderHead | None:
    """Return the same, as far as it is needed to write to it. Raises RetryLater for an unexpected form."""
    row = find_order(api, order)
    try:
        return WireOrderHead.model_validate(row) if row is not None else None
    except ValidationError as error:
        what = f"The order has an unexpected form at {first_error(error)}"
        raise RetryLater(what, after=300, where=f"UNAS order {order}") from error


def _digest(content: str) -> str:
    return sha256(content.encode(errors="replace")).hexdigest()[:DIGEST]


def _unreadable(row: Row, now: datetime, code: str, text: str, fix: str) -> UnreadableOrder:
    own, key = sound_id(as_text(row.get("Id")), row), as_text(row.get("Key"))
    return UnreadableOrder(
        id=OrderId(f"{own}/{sound_name(key)}"),
        number=readable(key),
        revision=revision(row, now, json.dumps(row, default=str, sort_keys=True)),
        code=code,
        text=text,
        fix=fix,
    )
