"""Hands the orders of a poll to the import, each version once: what was handed over is kept in a log of digests.

A version is noted after it was handed over, so a crash in between hands it over again, which the ledger drops. Where an
order is known as another version, that one is taken back before: else an order that is changed, handed over, and
changed back would be taken for known if the note of the change never came.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Final
from uuid import uuid4

from shopbridge.flows.bridge import Bridge
from shopbridge.flows.orders.records import hold_unreadable
from shopbridge.flows.orders.turns import send_in_turn
from shopbridge.model.base import CLOCKS_APART, OrderId
from shopbridge.model.connection import Connection
from shopbridge.model.handed_over import HandedOver, PageRecord, Version, packed
from shopbridge.model.messages import LONGEST_DELAY, OrderFound, Origin
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order, same_version
from shopbridge.model.run import OrderCursor
from shopbridge.ports import OrderSource

AnyOrder = Order | UnreadableOrder
KEPT: Final = timedelta(days=7)
"""How much longer than a poll may reach back the log is kept: so long a connection may rest without forgetting it."""


@dataclass(frozen=True)
class HandOver:
    """One slice of a poll.

    Args:
        since: What the slice reads from; a shop may begin earlier, by its reach.
        before: The cursor as it was loaded: releases of before kept there what was handed over.
    """

    bridge: Bridge
    connection: Connection
    shop: OrderSource
    since: datetime
    before: OrderCursor
    _poll: str = field(default_factory=lambda: uuid4().hex[:8])
    _lines: list[timedelta] = field(default_factory=list)
    _pages: Iterator[int] = field(default_factory=count)

    @cached_property
    def _known(self) -> HandedOver:
        """Read when the first row asks for it: a poll that finds no orders costs nothing."""
        since = self.since - self.shop.reach - CLOCKS_APART
        return HandedOver.read(self.bridge.cursors.handed_over(self.connection.id, since))

    def knows(self, row: str) -> bool:
        """Tell whether a row needs no reading: what it says was handed over, under the settings of today."""
        return self._known.knows_row(self._mark(row))

    @property
    def line_is_long(self) -> bool:
        """Tell whether the last order waits longer than the queue keeps it back, so that it is sent again and again."""
        return bool(self._lines) and self._lines[-1] > LONGEST_DELAY

    def take(self, page: OrderPage, read_at: datetime, origin: Origin) -> int:
        """Hand over what is not known of a page; returns how many orders that were.

        Args:
            read_at: A moment before the page was read.

        Raises:
            RetryLater: Not all was taken.
        """
        name = f"{read_at.astimezone(UTC).isoformat(timespec='microseconds')}#{self._poll}#{next(self._pages):06}"
        orders = {self._version(each, page): each for each in page.orders}
        unreadable = {self._version(each, page): each for each in page.unreadable}
        found: dict[Version, AnyOrder] = {**orders, **unreadable}
        news = {version for version, each in found.items() if self._is_news(version, each)}
        self._begin(name, news)
        wanted = [each for version, each in orders.items() if version in news]
        self._lines.append(send(self.bridge, self.connection, wanted, origin))
        for version in news & unreadable.keys():
            hold_unreadable(self.bridge, self.connection.id, unreadable[version], origin)
        self._note(name, found)
        return len(news & orders.keys())

    def _version(self, order: AnyOrder, page: OrderPage) -> Version:
        return Version.of(order.id, order.revision, self._mark(page.rows.get(order.id, "")))

    def _mark(self, row: str) -> str:
        """What a row says may hang on settings."""
        return f"{self.connection.version} {row}"

    def _is_news(self, version: Version, order: AnyOrder) -> bool:
        last = self._known.last(version)
        if last is not None:
            return last.version != version.version
        before = (kept.get(OrderId(order.id)) for kept in (self.before.seen, self.before.found))
        return not any(same_version(order.revision, revision) for revision in before if revision)

    def _begin(self, name: str, news: Iterable[Version]) -> None:
        """Take back what is known of orders that changed."""
        ids = [each.id for each in news if self._known.last(each) is not None]
        if ids:
            self._store(PageRecord(name, begun=b"".join(ids)))
            self._known.forget(ids)

    def _note(self, name: str, found: Iterable[Version]) -> None:
        versions = [each for each in found if self._known.last(each) != each]
        if versions:
            self._store(PageRecord(name, handed=packed(versions)))
            self._known.note(versions)

    def _store(self, page: PageRecord) -> None:
        until = self.bridge.clock() + self.shop.reach + KEPT
        self.bridge.cursors.note(self.connection.id, page, until)


def send(bridge: Bridge, connection: Connection, orders: Sequence[Order], origin: Origin) -> timedelta:
    """Hand orders to the import; returns how long the last one waits. Raises RetryLater when not all were taken."""
    now = bridge.clock()
    found = [OrderFound(connection=connection.id, order=each, origin=origin, found_at=now) for each in orders]
    return send_in_turn(bridge, connection.id, found)
