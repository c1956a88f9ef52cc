"""Runs under moto: one of a kind, a wish to stop that no save overwrites, a checkpoint that is never half of two."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from botocore.exceptions import EndpointConnectionError

from shopbridge.errors import Conflict, RetryLater
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import Reason
from shopbridge.model.run import MOST_PROBLEMS, Counts, Run, RunKind, RunProblem, RunState
from shopbridge.store.bundle import Store
from shopbridge.store.runs import LARGEST_PART
from tests.integration.conftest import Calls

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
REASON = Reason(code="unmapped_attribute", text="The attribute 'Size' has no entry", fix="Add the key.")


def run(name: str = "r1", *, kind: RunKind = "stock", state: RunState = "running", **fields: object) -> Run:
    fresh = Run(id=name, kind=kind, state=state, started_by="Ann", started_at=NOON, updated_at=NOON, stage="items")
    return fresh.model_copy(update=fields)


def stopped(run: Run) -> Run:
    return run.model_copy(update={"state": "stopped"})


def going(run: Run) -> Run:
    return run.model_copy(update={"state": "running"})


def saved(store: Store, connection: ConnectionId, wanted: Run) -> Run:
    return store.runs.save(connection, wanted)


def test_before_the_first_run_there_is_none(store: Store, connection_id: ConnectionId) -> None:
    assert store.runs.load(connection_id, "stock") is None
    assert store.runs.checkpoint(connection_id, "stock") == b""


def test_a_run_reads_back_as_it_was_saved_with_its_version(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    whole = run(
        position="a/b",
        rank=77,
        expected=100,
        counts=Counts(found=9, held=1),
        problems=(RunProblem(item="MUG", reason=REASON),),
        reason=REASON,
        lease_owner="w1",
        lease_until=NOON,
    )
    first = saved(store, connection_id, whole)
    assert first == whole.model_copy(update={"version": 1})
    second = saved(store, connection_id, first.model_copy(update={"expected": 200}))
    assert second.version == 2
    assert calls.taken() == {"UpdateItem": 2}
    assert store.runs.load(connection_id, "stock") == second


def test_each_kind_has_a_run_of_its_own(store: Store, connection_id: ConnectionId) -> None:
    kinds: tuple[RunKind, ...] = ("stock", "stock_comparison", "products")
    wanted = {kind: saved(store, connection_id, run(f"of-{kind}", kind=kind)) for kind in kinds}
    assert {kind: store.runs.load(connection_id, kind) for kind in kinds} == wanted


def test_a_save_that_saw_another_version_is_a_conflict(store: Store, connection_id: ConnectionId) -> None:
    first = saved(store, connection_id, run())
    second = saved(store, connection_id, first)
    for state in ("running", "stopped", "done"):
        with pytest.raises(Conflict):
            saved(store, connection_id, first.model_copy(update={"state": state, "stage": "survey"}))
    assert store.runs.load(connection_id, "stock") == second


def test_a_new_run_takes_the_place_of_one_that_ended_but_not_of_one_that_goes_on(
    store: Store, connection_id: ConnectionId
) -> None:
    first = saved(store, connection_id, run())
    with pytest.raises(Conflict):
        saved(store, connection_id, run("r2"))
    ended: tuple[RunState, ...] = ("done", "failed", "stopped")
    for state in ended:
        saved(store, connection_id, first.model_copy(update={"state": state}))
        first = saved(store, connection_id, run(f"after-{state}"))
        assert store.runs.load(connection_id, "stock") == first


def test_a_worker_of_a_replaced_run_cannot_write_over_the_new_one(store: Store, connection_id: ConnectionId) -> None:
    late = saved(store, connection_id, stopped(run()))
    new = saved(store, connection_id, run("r2"))
    assert new.version == late.version
    with pytest.raises(Conflict):
        saved(store, connection_id, late)
    assert store.runs.load(connection_id, "stock") == new


def test_a_wish_to_stop_is_kept_by_saves_that_did_not_see_it_and_told_by_each(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId
) -> None:
    seen = saved(store, connection_id, run())
    new_store().runs.ask_to_stop(connection_id, "stock")
    assert (new_store().runs.load(connection_id, "stock") or seen).stop_asked
    for _ in range(2):
        seen = saved(store, connection_id, seen.model_copy(update={"stop_asked": False}))
        assert seen.stop_asked
    assert saved(store, connection_id, stopped(seen)).stop_asked


@pytest.mark.parametrize("again", ["resumed", "replaced"])
def test_a_wish_to_stop_ends_when_the_run_is_resumed_or_another_takes_its_place(
    store: Store, connection_id: ConnectionId, again: str
) -> None:
    first = saved(store, connection_id, run())
    store.runs.ask_to_stop(connection_id, "stock")
    halted = saved(store, connection_id, stopped(first))
    next_one = saved(store, connection_id, going(halted) if again == "resumed" else run("r2"))
    assert not next_one.stop_asked
    assert store.runs.load(connection_id, "stock") == next_one


def test_only_a_run_that_goes_on_can_be_asked_to_stop(store: Store, connection_id: ConnectionId) -> None:
    store.runs.ask_to_stop(connection_id, "stock")
    assert store.runs.load(connection_id, "stock") is None
    halted = saved(store, connection_id, stopped(run()))
    store.runs.ask_to_stop(connection_id, "stock")
    assert not saved(store, connection_id, going(halted)).stop_asked


def test_of_two_who_resume_one_wins(store: Store, new_store: Callable[[], Store], connection_id: ConnectionId) -> None:
    halted = saved(store, connection_id, stopped(run()))
    resumed = saved(new_store(), connection_id, going(halted))
    with pytest.raises(Conflict):
        saved(store, connection_id, going(halted.model_copy(update={"lease_owner": "w2"})))
    assert store.runs.load(connection_id, "stock") == resumed


@pytest.mark.parametrize("before", ["none", "running", "stopped"])
def test_a_save_repeated_after_a_lost_answer_is_a_success(
    store: Store, connection_id: ConnectionId, before: str
) -> None:
    wanted = run(lease_owner="w1")
    if before != "none":
        standing = saved(store, connection_id, run(state="running" if before == "running" else "stopped"))
        wanted = wanted.model_copy(update={"version": standing.version})
    first, again = (saved(store, connection_id, wanted) for _ in range(2))
    assert first == again == store.runs.load(connection_id, "stock")


def test_problems_are_cut_so_that_a_run_stays_small(store: Store, connection_id: ConnectionId) -> None:
    endless = Reason(code="rejected", text="x" * 50_000, fix="y" * 50_000)
    problem = RunProblem(item="z" * 50_000, reason=endless)
    kept = saved(store, connection_id, run(problems=(problem,) * MOST_PROBLEMS, reason=endless))
    assert len(kept.problems) == MOST_PROBLEMS
    assert len(kept.model_dump_json()) < 200_000


@pytest.mark.parametrize("size", [0, 1, LARGEST_PART, 3 * LARGEST_PART + 1])
def test_a_checkpoint_of_any_size_is_handed_on_whole(store: Store, connection_id: ConnectionId, size: int) -> None:
    checkpoint = bytes(number % 251 for number in range(size))
    store.runs.save_checkpoint(connection_id, "products", checkpoint)
    assert store.runs.checkpoint(connection_id, "products") == checkpoint
    assert store.runs.checkpoint(connection_id, "stock") == b""


def test_a_checkpoint_replaces_what_was_there_whichever_was_larger(store: Store, connection_id: ConnectionId) -> None:
    for checkpoint in (b"a" * (LARGEST_PART + 1), b"b", b"c" * (2 * LARGEST_PART + 1), b"", b"d" * LARGEST_PART):
        store.runs.save_checkpoint(connection_id, "stock", checkpoint)
        assert store.runs.checkpoint(connection_id, "stock") == checkpoint


def test_a_crash_while_a_checkpoint_is_saved_keeps_the_old_one_whole(
    store: Store, connection_id: ConnectionId, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = b"o" * (LARGEST_PART + 5), b"n" * (LARGEST_PART + 5)
    store.runs.save_checkpoint(connection_id, "stock", old)
    with monkeypatch.context() as patch:
        patch.setattr(store.aws.dynamodb, "put_item", _unreachable)
        with pytest.raises(RetryLater):
            store.runs.save_checkpoint(connection_id, "stock", new)
    assert store.runs.checkpoint(connection_id, "stock") == old
    store.runs.save_checkpoint(connection_id, "stock", new)
    assert store.runs.checkpoint(connection_id, "stock") == new


def _unreachable(**_: object) -> None:
    raise EndpointConnectionError(endpoint_url="https://dynamodb.example")
