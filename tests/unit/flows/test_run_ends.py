"""How a run ended is told to whoever waits for it, once."""

from contextlib import suppress

import pytest

from shopbridge.errors import Held, NeedsAttention, RetryLater
from shopbridge.flows.runs import LEASE, Slice, run_slice
from shopbridge.flows.starts import resume, start, stop
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import RunRequest
from tests.unit.flows.run_slices import done, failing, more, work
from tests.unit.flows.stock.stock_world import StockWorld
from tests.unit.memory_stores import Killed


def with_problems(turn: Slice) -> bool:
    for sku in ("MUG", "LAMP", "BOOK", "TEE", "HAT", "CAP", "BAG"):
        turn.tell(sku, Reason(code="no_price", text="It has no price in any group " * 6, fix="Give it one."))
    turn.tell("ODD", Reason(code="odd", text="Ask bob@buyers.example about it.", fix=""))
    turn.count(found=120, created=100, updated=4, unchanged=8, held=8)
    return True


def asked_for(world: StockWorld) -> RunRequest:
    """A run that Ann started, and its message."""
    world.start("stock")
    return world.queue.runs.pop()


def test_who_started_a_run_is_told_its_end_with_counts_problems_and_time() -> None:
    world = StockWorld()
    request = asked_for(world)
    world.clock.advance(minutes=62, seconds=5)
    work(world, with_problems, request)
    (notice,) = world.notices.told
    assert (notice.connection, notice.subject) == ("my-shop", "Shopbridge my-shop: run of stock done")
    lines = notice.text.splitlines()
    assert lines[0] == "The run of stock of my-shop is done."
    assert any(line.startswith("Started by Ann at 2026-03-01 10:00 UTC; it took 1 h 2 min ") for line in lines)
    assert "Found 120: 100 created, 4 updated, 8 unchanged, 8 held, 0 failed." in lines
    assert "no_price (7): MUG, LAMP, BOOK, TEE, HAT and 2 more" in lines
    assert "  What to do: Give it one." in lines
    assert lines[-1] == "See more: shopbridge runs show stock -c my-shop"
    assert max(map(len, lines)) <= 80
    assert "bob@" not in notice.text
    assert world.log.of("notice_sent", "notice") == [notice.once]


def test_of_a_failed_run_the_reason_and_what_to_do_are_told() -> None:
    world = StockWorld()
    work(world, failing(Held("The source is empty", code="odd", where="shop", fix="Look.")), asked_for(world))
    (notice,) = world.notices.told
    assert notice.text.startswith(
        "The run of stock of my-shop failed.\n\nThe source is empty (shop).\nWhat to do: Look.\n"
    )
    assert notice.subject.endswith("failed")


def test_a_run_of_orders_says_what_its_counts_mean() -> None:
    world = StockWorld()
    start(world.bridge, world.connection, "orders", "Ann")
    run_slice(world.bridge, world.queue.runs.pop(), done)
    assert "Read 3: 0 handed to the import, 0 placed before its time, 0 that nobody could read." in " ".join(
        world.notices.told[0].text.split()
    )


def test_a_run_of_the_schedule_is_told_to_nobody() -> None:
    world = StockWorld()
    work(world, done)
    work(world, failing(Held("No", code="odd", where="shop", fix="Look.")))
    assert world.notices.told == []


def test_a_run_that_is_stopped_and_resumed_is_told_each_time_it_ends() -> None:
    world = StockWorld()
    work(world, more, asked_for(world))
    for _ in range(2):
        stop(world.bridge, world.connection, "stock")
        resume(world.bridge, world.connection, "stock")
    work(world, done, world.queue.runs.pop())
    assert [notice.subject.split()[-1] for notice in world.notices.told] == ["stopped", "stopped", "done"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(5))
def test_a_worker_that_dies_anywhere_leaves_nobody_untold_and_tells_it_once(at: int, when: str) -> None:
    """Twice only where it died between telling it and noting that, which nobody can tell apart from before it."""
    world = StockWorld()
    request = asked_for(world)
    world.calls.at, world.calls.when = len(world.calls.names) + at, when
    with suppress(Killed):
        work(world, done, request)
    died_telling = (world.calls.names[-1], when) in [("publish", "after"), ("note", "before")]
    for _ in range(3):
        world.clock.advance(seconds=LEASE.total_seconds())
        work(world, done, request)
    ends = [notice.once for notice in world.notices.told]
    assert ends == [ends[0]] * (2 if died_telling else 1)


def test_an_end_that_was_not_told_is_told_before_the_next_run_takes_its_place() -> None:
    world = StockWorld()
    request = asked_for(world)
    world.notices.error = RetryLater("AWS is busy", after=5, where="SNS")
    first = work(world, done, request)
    assert (first.state, world.log.of("notice_not_sent", "reason")) == ("done", ["AWS is busy"])
    world.notices.error = None
    world.clock.advance(minutes=5)
    assert work(world, done).id != first.id
    assert [notice.once.split()[1] for notice in world.notices.told] == [first.id]


def test_a_topic_that_refuses_us_stops_no_run() -> None:
    world = StockWorld()
    world.notices.error = NeedsAttention("SNS says no", where="SNS", fix="Let it publish.")
    assert work(world, done, asked_for(world)).state == "done"
    assert world.log.of("notice_not_sent", "fix") == ["Let it publish."]
