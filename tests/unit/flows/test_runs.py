"""Runs: one of a kind at a time, in slices, with progress that outlives every worker."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shopbridge.errors import Conflict, Held, NeedsAttention, RetryLater
from shopbridge.flows.operations.health.runs import briefly, described, newest
from shopbridge.flows.runs import LEASE, LONGEST_CHAIN, SAVE_EVERY, Slice, run_or_leave, run_slice
from shopbridge.flows.starts import resume, start, stop
from shopbridge.model.ledger import Reason
from shopbridge.model.messages import RunRequest
from shopbridge.model.run import MOST_PROBLEMS, Counts, Run
from tests.unit.flows.run_slices import done, failing, more, the_run, work
from tests.unit.flows.stock.stock_world import StockWorld, problem_of

REASON = Reason(code="odd", text="It is odd.", fix="Look at it.")


def test_a_tick_starts_a_run_and_its_end_is_told() -> None:
    world = StockWorld()
    run = work(world, done)
    assert (run.state, run.started_by, run.percent, run.lease_owner) == ("done", "schedule", 100, None)
    assert world.log.of("run_done", "found") == [3]


def test_the_next_run_expects_what_the_one_before_found() -> None:
    world = StockWorld()
    first = work(world, done)
    run = work(world, more)
    assert (run.expected, run.percent, run.id != first.id) == (3, 33, True)


@pytest.mark.parametrize(("found", "percent"), [(0, 0), (99, 49), (199, 99), (210, 99), (220, 99), (221, None)])
def test_no_percentage_is_told_once_far_more_came_than_was_expected(found: int, percent: int | None) -> None:
    run = work(StockWorld(), more)
    assert run.model_copy(update={"expected": 200, "counts": Counts(found=found)}).percent == percent


def test_a_slice_that_ends_in_time_goes_on_in_a_message() -> None:
    world = StockWorld()
    run = work(world, more)
    assert (run.state, run.position, run.rank, run.lease_owner) == ("running", "page 2", 7, None)
    (request,) = world.queue.runs
    assert (request.run, request.hops) == (run.id, 1)
    assert work(world, done, request).counts.found == 4


def test_the_longest_chain_of_messages_ends_and_the_next_tick_goes_on() -> None:
    world = StockWorld()
    work(world, more)
    world.queue.runs.clear()
    last = RunRequest(connection=world.connection.id, job="stock", run=the_run(world).id, hops=LONGEST_CHAIN)
    assert work(world, more, last).state == "running"
    assert world.queue.runs == []
    assert work(world, done).counts.found == 5


def test_a_message_of_a_run_that_is_over_does_nothing() -> None:
    world = StockWorld()
    work(world, more)
    old = world.queue.runs[0]
    work(world, done)
    assert work(world, failing(AssertionError("never called")), old).state == "done"


def test_a_run_whose_worker_died_is_left_alone_until_its_lease_is_out_and_then_continued() -> None:
    world = StockWorld()
    with pytest.raises(ZeroDivisionError):
        work(world, failing(ZeroDivisionError()))
    assert work(world, done).state == "running"
    world.clock.advance(seconds=LEASE.total_seconds())
    assert work(world, done).state == "done"
    assert timedelta(minutes=15) < LEASE


def comparison(world: StockWorld) -> Run:
    run = world.runs.of("stock_comparison")
    assert run is not None
    return run


def break_off(world: StockWorld) -> None:
    with pytest.raises(ZeroDivisionError):
        work(world, failing(ZeroDivisionError()))
    request = RunRequest(connection=world.connection.id, job="stock_comparison")
    with pytest.raises(ZeroDivisionError):
        run_slice(world.bridge, request, failing(ZeroDivisionError()))


def test_a_comparison_that_broke_off_goes_on_at_the_next_tick_and_not_a_day_later() -> None:
    world = StockWorld()
    break_off(world)
    assert work(world, done).state == "running"
    assert comparison(world).state == "running"
    world.clock.advance(seconds=LEASE.total_seconds())
    assert work(world, done).state == "running"
    assert comparison(world).state == "done"
    assert work(world, done).state == "done"


def test_a_comparison_that_broke_off_and_has_more_to_do_goes_on_in_a_message_of_its_own() -> None:
    world = StockWorld()
    break_off(world)
    work(world, done)
    world.clock.advance(seconds=LEASE.total_seconds())
    work(world, more)
    (request,) = world.queue.runs
    assert (request.job, request.run) == ("stock_comparison", comparison(world).id)
    run_slice(world.bridge, request, done)
    assert comparison(world).state == "done"


def test_a_comparison_that_is_at_work_keeps_no_differences_back() -> None:
    world = StockWorld()

    def compare(turn: Slice) -> bool:
        assert work(world, done).state == "done"
        return done(turn)

    run_slice(world.bridge, RunRequest(connection=world.connection.id, job="stock_comparison"), compare)
    assert comparison(world).state == "done"


@pytest.mark.parametrize("by_name", [False, True])
def test_a_busy_platform_leaves_the_run_to_the_next_tick_or_to_its_own_message(by_name: bool) -> None:
    world = StockWorld()
    work(world, more)
    request = world.queue.runs.pop() if by_name else None
    busy = failing(RetryLater("Busy", after=9, where="shop"))
    if by_name:
        with pytest.raises(RetryLater):
            work(world, busy, request)
    else:
        work(world, busy)
    run = the_run(world)
    assert (run.state, run.counts.found, run.lease_owner) == ("running", 2, None)
    assert world.log.of("run_waits", "reason") == ["Busy (shop)."]


@pytest.mark.parametrize("by_name", [False, True])
def test_a_refused_login_stops_the_connection_and_the_run_goes_on_when_the_connection_does(by_name: bool) -> None:
    world = StockWorld()
    work(world, more)
    request = world.queue.runs.pop() if by_name else None
    run = work(world, failing(NeedsAttention("No", where="shop", fix="Look.")), request)
    assert (run.state, run.lease_owner, run.reason, world.connection.status) == ("running", None, None, "stopped")
    assert world.log.of("run_waits", "reason") == ["No (shop)."]
    assert work(world, failing(AssertionError("never called"))).state == "running"
    world.connections.connection = world.connection.model_copy(update={"status": "active"})
    assert work(world, done).counts.found == 5


def test_what_fails_at_its_last_try_is_left_to_the_next_tick_instead_of_going_to_the_dead_letters() -> None:
    world = StockWorld()
    work(world, more)
    request, busy = world.queue.runs.pop(), failing(RetryLater("Busy", after=9, where="shop"))
    with pytest.raises(RetryLater):
        run_or_leave(world.bridge, request, busy, last_try=False)
    run_or_leave(world.bridge, request, busy, last_try=True)
    assert work(world, done).state == "done"


def test_what_cannot_go_on_fails_the_run_and_the_next_tick_begins_anew() -> None:
    world = StockWorld()
    run = work(world, failing(Held("No", code="odd", where="shop", fix="Look.")))
    assert (run.state, run.reason and run.reason.code) == ("failed", "odd")
    assert world.log.of("run_failed", "fix") == ["Look."]
    assert work(world, done).counts.found == 3


def test_who_lost_the_run_to_another_worker_just_ends() -> None:
    world = StockWorld()
    assert work(world, failing(Conflict("taken"))).state == "running"


def test_progress_is_saved_now_and_then() -> None:
    world = StockWorld()
    saved: list[int] = []

    def do(turn: Slice) -> bool:
        for _ in range(4):
            turn.count(found=1)
            turn.pulse()
            saved.append(the_run(world).counts.found)
            world.clock.advance(seconds=SAVE_EVERY.total_seconds() / 2)
        return True

    work(world, do)
    assert saved == [0, 0, 3, 3]


def test_only_the_first_problems_are_kept() -> None:
    def do(turn: Slice) -> bool:
        for number in range(MOST_PROBLEMS + 10):
            turn.tell(f"S{number}", REASON)
        return True

    assert len(work(StockWorld(), do).problems) == MOST_PROBLEMS


# --- what operators ask for -------------------------------------------------------------------------------------


def test_a_started_run_is_in_the_queue_and_a_second_one_is_refused() -> None:
    world = StockWorld()
    world.start("stock")
    said = problem_of(lambda: world.start("stock"))
    assert "A run of stock is active already: 0 found, started by Ann at 2026-03-01" in said
    assert said.endswith("Wait for its end, or stop it first.")
    run = work(world, done, world.queue.runs.pop())
    assert (run.started_by, run.state) == ("Ann", "done")
    start(world.bridge, world.connection, "stock_comparison", "Ann")


def test_an_active_run_stops_at_its_next_save_and_goes_on_when_it_is_resumed() -> None:
    world = StockWorld()

    def asked(turn: Slice) -> bool:
        assert stop(world.bridge, world.connection, "stock").stop_asked
        turn.count(found=2)
        turn.save()
        raise AssertionError("it went on")

    assert work(world, asked).state == "stopped"
    assert work(world, done).state == "stopped"  # the schedule leaves it alone
    assert resume(world.bridge, world.connection, "stock").state == "running"
    run = work(world, done, world.queue.runs.pop())
    assert (run.state, run.counts.found, run.stop_asked) == ("done", 5, False)


def test_a_run_that_lies_between_two_slices_stops_at_once() -> None:
    world = StockWorld()
    work(world, more)
    assert stop(world.bridge, world.connection, "stock").state == "stopped"
    assert work(world, done, world.queue.runs.pop()).state == "stopped"


def test_a_wish_to_stop_that_comes_at_the_end_of_a_slice_is_heard_at_the_next_ones_beginning() -> None:
    world = StockWorld()

    def asked(turn: Slice) -> bool:
        world.runs.ask_to_stop(turn.connection.id, "stock")
        return False

    assert work(world, asked).state == "running"
    assert work(world, failing(AssertionError("never called")), world.queue.runs.pop()).state == "stopped"


@pytest.mark.parametrize(("ask", "said"), [(stop, "is running: there was none yet"), (resume, "is stopped: there was")])
def test_what_is_not_there_cannot_be_stopped_or_resumed(ask: Callable[..., object], said: str) -> None:
    world = StockWorld()
    assert said in problem_of(lambda: ask(world.bridge, world.connection, "stock"))


def test_runs_are_told_as_plain_data_with_their_problems() -> None:
    world = StockWorld()

    def do(turn: Slice) -> bool:
        turn.tell("MUG", REASON)
        return done(turn)

    run = work(world, do)
    (told,) = newest(world.bridge, world.connection.id)
    assert told == {**described(run), "problems": [{"item": "MUG", "reason": REASON.model_dump()}], "more": 0}
    assert briefly(world.bridge, world.connection.id) == [described(run)]
    assert (told["percent"], told["counts"]["updated"], told["reason"]) == (100, 1, None)


@pytest.mark.parametrize(("kept", "counted", "more"), [(1, 2, 0), (MOST_PROBLEMS, MOST_PROBLEMS + 3, 3)])
def test_more_is_told_only_of_what_a_run_had_no_room_for(kept: int, counted: int, more: int) -> None:
    world = StockWorld()

    def do(turn: Slice) -> bool:
        for number in range(kept):
            turn.tell(f"S{number}", REASON)
        turn.count(held=counted)
        return True

    work(world, do)
    (told,) = newest(world.bridge, world.connection.id)
    assert told["more"] == more
