"""Each version is handed over, whatever dies or happens meanwhile; and what did not change costs nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.flows.orders.handing_over import KEPT
from shopbridge.flows.orders.poll import poll_orders
from shopbridge.model.base import CLOCKS_APART, ConnectionId, OrderId
from shopbridge.model.handed_over import ENTRY, ID, HandedOver, PageRecord, Version, packed
from shopbridge.model.ledger import LedgerRecord
from shopbridge.model.messages import OrderFound, PollRequest
from shopbridge.model.office import OrderPage, UnreadableOrder
from shopbridge.model.order import Order, version_of
from shopbridge.ports import Claim, KnownRows, none_known
from tests.examples import examples
from tests.unit.flows.orders.memory_records import MemoryCursors, MemoryLedger, Sent
from tests.unit.flows.orders.order_world import OrderWorld, placed

ORDERS, CONTENTS = 3, "abc"
"""Few of both, so that orders change back to what they were."""


class KilledError(BaseException):
    """The process ends here."""


@dataclass
class Moments:
    """Counts what a poll does outside, and lets one thing happen at the n-th, or at one of a name."""

    at: int | str = -1
    happens: Callable[[], None] = lambda: None
    count: int = 0

    def __call__(self, name: str) -> None:
        self.count += 1
        if self.at in (self.count - 1, name):
            self.at = -1
            self.happens()


@dataclass
class DayShop:
    """A shop that shows all of its orders, two a page, whenever it is asked; a row is an order and its content."""

    clock: Callable[[], datetime]
    moment: Moments
    contents: dict[str, str] = field(default_factory=dict)
    template: Order | None = None
    read: int = 0
    reach: timedelta = timedelta(days=2)

    def server_time(self) -> datetime:
        return self.clock()

    def changed(self, _: datetime, position: str | None, known: KnownRows = none_known) -> OrderPage:
        start, shown = int(position or 0), sorted(self.contents)
        rows = {name: f"{name}={self.contents[name]}" for name in shown[start : start + 2]}
        fresh = {name: row for name, row in rows.items() if not known(row)}
        orders, unreadable = self._orders(fresh)
        self.moment("read")
        following = str(start + 2) if start + 2 < len(shown) else None
        return OrderPage(orders=orders, unreadable=unreadable, position=following, rows=fresh)

    def _orders(self, fresh: dict[str, str]) -> tuple[tuple[Order, ...], tuple[UnreadableOrder, ...]]:
        """One whose content is ``c`` cannot be read."""
        assert self.template
        self.read += len(fresh)
        at = {name: f"{self.clock().isoformat(timespec='microseconds')}#{self.contents[name]}" for name in fresh}
        good = [name for name in fresh if self.contents[name] != "c"]
        orders = tuple(
            self.template.model_copy(update={"id": OrderId(name), "number": name, "revision": at[name]})
            for name in good
        )
        odd = {"code": "unexpected_form", "text": "It is odd.", "fix": "Look at it."}
        return orders, tuple(
            UnreadableOrder(id=name, number=name, revision=at[name], **odd) for name in fresh if name not in good
        )


@dataclass
class Told(MemoryCursors):
    """Cursors and the log; each call may be the last, before or after it comes through."""

    moment: Moments = field(default_factory=Moments)
    notes: int = 0

    def note(self, connection: ConnectionId, page: PageRecord, until: datetime) -> None:
        self.moment("before a note")
        self.notes += 1
        super().note(connection, page, until)
        self.moment("noted")


@dataclass
class Queue(Sent):
    """The queue to the import; an order's newest reading counts there, as in the ledger."""

    moment: Moments = field(default_factory=Moments)

    def send(self, messages: Sequence[OrderFound]) -> None:
        self.moment("before it is sent")
        super().send(messages)
        self.moment("sent")


@dataclass
class Holding(MemoryLedger):
    """The ledger as it is asked to hold orders."""

    asked: list[tuple[str, str]] = field(default_factory=list)

    def claim(self, record: LedgerRecord, *, owner: str, lease: timedelta) -> Claim:
        self.asked.append((record.key.id, record.revision))
        return super().claim(record, owner=owner, lease=lease)


class Scene:
    """A shop that is polled, and what the ledger makes of what is handed over."""

    def __init__(self) -> None:
        self.moment, self.world = Moments(), OrderWorld()
        self.shop = DayShop(self.world.clock, self.moment, template=placed(self.world))
        self.cursors, self.queue = Told(moment=self.moment), Queue(moment=self.moment)
        self.world.shop = self.shop  # type: ignore[assignment]
        self.ledger = Holding(self.world.clock)
        self.world.cursors, self.world.orders, self.world.ledger = self.cursors, self.queue, self.ledger

    def put(self, order: int, content: str) -> None:
        self.world.clock.advance(seconds=1)
        self.shop.contents[f"order-{order}"] = content

    def poll(self) -> int:
        """As many orders as were handed over."""
        self.world.clock.advance(seconds=1)
        sight = self.world.before_poll()
        return poll_orders(self.world.bridge, sight, PollRequest(connection=sight.connection.id))

    def put_and_poll(self, order: int, content: str) -> None:
        """Somebody changes an order, and another container polls."""
        self.put(order, content)
        self.poll()

    def poll_until(self, at: int | str, happens: Callable[[], None]) -> None:
        """Poll, while something happens at the n-th call: perhaps the end."""
        self.moment.at, self.moment.count, self.moment.happens = at, 0, happens
        try:
            self.poll()
        except KilledError:
            pass
        finally:
            self.moment.at = -1

    def known(self) -> dict[str, str]:
        """The content that is known of each order behind the queue: what was read last counts, as in the ledger."""
        handed = [*((each.id, each.revision) for each in self.queue.orders), *self.ledger.asked]
        newest: dict[str, str] = {}
        for order, revision in handed:
            newest[order] = max(newest.get(order, ""), revision)
        return {order: version_of(revision) for order, revision in newest.items()}


def die() -> None:
    raise KilledError


STEP = st.tuples(
    st.sampled_from(["put", "poll", "die", "meanwhile"]),
    st.integers(0, ORDERS - 1),
    st.sampled_from(CONTENTS),
    st.integers(0, 12) | st.just("sent"),
)


@settings(max_examples=examples(400))
@given(st.lists(STEP, max_size=25))
def test_whatever_dies_or_happens_meanwhile_the_next_quiet_poll_knows_all_and_the_one_after_costs_nothing(
    steps: list[tuple[str, int, str, int | str]],
) -> None:
    scene = Scene()
    for what, order, content, at in steps:
        if what == "put":
            scene.put(order, content)
        elif what == "poll":
            scene.poll()
        elif what == "die":
            scene.put(order, content)
            scene.poll_until(at, die)
        else:
            scene.poll_until(at, partial(scene.put_and_poll, order, content))
    scene.poll()
    assert scene.known() == scene.shop.contents
    notes, read = scene.cursors.notes, scene.shop.read
    assert scene.poll() == 0
    assert (scene.cursors.notes, scene.shop.read) == (notes, read)


def test_an_order_that_changed_back_after_a_crash_is_handed_over_again() -> None:
    scene = Scene()
    scene.put(0, "a")
    scene.poll()
    scene.put(0, "b")
    scene.poll_until("sent", die)
    assert scene.known() == {"order-0": "b"}
    scene.put(0, "a")
    assert scene.poll() == 1
    assert scene.known() == {"order-0": "a"}


def test_only_what_changed_is_read_handed_over_and_written() -> None:
    scene = Scene()
    for order in range(ORDERS):
        scene.put(order, "a")
    assert scene.poll() == ORDERS
    scene.put(1, "b")
    scene.put(2, "c")
    read, messages = scene.shop.read, len(scene.queue.messages)
    before = set(scene.cursors.log)
    assert scene.poll() == 1
    assert (scene.shop.read - read, len(scene.queue.messages) - messages) == (2, 1)
    new = sorted(scene.cursors.log.keys() - before)
    assert [len(scene.cursors.log[name].handed) for name in new] == [ENTRY, ENTRY]  # a page each


def test_after_a_change_of_settings_rows_are_read_anew_and_what_they_say_is_not_handed_over_again() -> None:
    scene = Scene()
    scene.put(0, "a")
    scene.poll()
    connection = scene.world.connections.connection
    scene.world.connections.connection = connection.model_copy(update={"version": connection.version + 1})
    read = scene.shop.read
    assert scene.poll() == 0
    assert scene.shop.read == read + 1
    assert scene.poll() == 0
    assert scene.shop.read == read + 1


def test_the_log_is_read_as_far_back_as_the_shop_may_tell_of_and_kept_a_week_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    asked: list[datetime] = []
    kept: list[datetime] = []
    handed_over, note = MemoryCursors.handed_over, MemoryCursors.note

    def ask(cursors: MemoryCursors, of: ConnectionId, since: datetime) -> Iterator[PageRecord]:
        asked.append(since)
        return handed_over(cursors, of, since)

    def keep(cursors: MemoryCursors, of: ConnectionId, page: PageRecord, until: datetime) -> None:
        kept.append(until)
        note(cursors, of, page, until)

    monkeypatch.setattr(MemoryCursors, "handed_over", ask)
    monkeypatch.setattr(MemoryCursors, "note", keep)
    scene.put(0, "a")
    scene.poll()
    assert kept == [scene.world.clock() + scene.shop.reach + KEPT]
    scene.poll()
    since = scene.world.clock() - timedelta(seconds=1, minutes=20)
    assert asked[1:] == [since - scene.shop.reach - CLOCKS_APART]


# --- digests --------------------------------------------------------------------------------------------------


def version(order: str, content: str) -> Version:
    return Version.of(order, f"2026-01-01T10:00:00.000Z#{content}", f"{order}={content}")


def test_an_entry_is_twenty_bytes_and_reads_back() -> None:
    versions = [version(f"order-{number}", "a") for number in range(3)]
    assert len(packed(versions)) == 3 * ENTRY == 60
    known = HandedOver.read([PageRecord("1", handed=packed(versions))])
    assert [known.last(each) for each in versions] == versions


def test_the_last_version_counts_and_an_order_in_doubt_is_unknown() -> None:
    old, new, other = version("one", "a"), version("one", "b"), version("two", "a")
    log = [PageRecord("1", handed=packed([old, other])), PageRecord("2", handed=packed([new]))]
    known = HandedOver.read(log)
    assert (known.last(old), known.knows_row("one=a"), known.knows_row("one=b")) == (new, False, True)
    known = HandedOver.read([*log, PageRecord("3", begun=old.id)])
    assert (known.last(old), known.knows_row("one=b"), known.knows_row("two=a")) == (None, False, True)
    assert len(old.id) == ID


@pytest.mark.parametrize("odd", ["", "\ud800", "\0", "a\0b"])
def test_whatever_an_order_is_called_it_has_a_digest(odd: str) -> None:
    assert Version.of(odd, odd, odd) != Version.of(f"{odd} ", odd, odd)


def test_two_orders_of_one_content_are_two_versions() -> None:
    assert version("one", "a").version != version("two", "a").version
