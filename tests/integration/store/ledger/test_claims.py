"""The ledger under moto: one owner at a time, and nothing settled is reopened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerState, Reason
from shopbridge.store.bundle import Store
from shopbridge.store.items import Item
from shopbridge.store.ledger.effects import DynamoLedger
from shopbridge.store.table import NO_NAMES, Table
from tests.integration.conftest import Calls, ManualClock
from tests.integration.store.ledger.records import LEASE, NOON, brought_to, order, resend


def test_a_new_record_is_claimed_with_one_write(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    claim = store.ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    assert claim.won
    assert (claim.record.lease_owner, claim.record.lease_until) == ("w1", NOON + LEASE)
    assert calls.taken() == {"PutItem": 1}
    assert store.ledger.get(claim.record.key) == claim.record


def test_a_claimed_record_is_lost_to_others_in_one_write_without_a_read(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    first = store.ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    calls.taken()
    second = store.ledger.claim(order(connection_id, revision="9"), owner="w2", lease=LEASE)
    assert not second.won
    assert second.record == first.record
    assert calls.taken() == {"PutItem": 1}


def test_begun_work_goes_on_after_its_lease_ran_out_and_the_late_worker_cannot_write(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    first = store.ledger.claim(order(connection_id), owner="w1", lease=LEASE).record
    sent = first.model_copy(update={"state": "SENT", "sent_at": clock()})
    store.ledger.save(sent, owner="w1")
    clock.advance(LEASE.total_seconds())
    second = store.ledger.claim(order(connection_id), owner="w2", lease=LEASE)
    assert second.won
    assert second.record == sent.model_copy(update={"lease_owner": "w2", "lease_until": clock() + LEASE})
    with pytest.raises(Conflict):
        store.ledger.save(sent, owner="w1")


def test_a_worker_may_save_after_its_lease_ran_out_while_nobody_took_over(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    record = store.ledger.claim(order(connection_id), owner="w1", lease=LEASE).record
    clock.advance(LEASE.total_seconds() + 1)
    done = record.model_copy(update={"state": "DONE", "lease_owner": None, "lease_until": None})
    store.ledger.save(done, owner="w1")
    assert store.ledger.get(record.key) == done


@pytest.mark.parametrize(
    ("state", "revision", "origin", "won"),
    [
        ("DONE", "2", "poll", False),
        ("DONE", "1", "poll", False),
        ("DONE", "3", "poll", True),
        ("DONE", "2", "resend", False),
        ("SKIPPED", "2", "webhook", False),
        ("SKIPPED", "3", "webhook", True),
        ("SKIPPED", "2", "resend", True),
        ("SKIPPED", "2", "backfill", True),
        ("SKIPPED", "2", "first_import", True),
        ("SKIPPED", "1", "first_import", False),
        ("HELD", "2", "poll", False),
        ("HELD", "1", "backfill", False),
        ("HELD", "2", "backfill", False),
        ("HELD", "2", "first_import", False),
        ("HELD", "3", "poll", True),
        ("HELD", "1", "resend", True),
        ("REJECTED", "2", "poll", False),
        ("REJECTED", "2", "backfill", False),
        ("REJECTED", "2", "first_import", False),
        ("REJECTED", "3", "poll", True),
        ("REJECTED", "2", "resend", True),
        ("UNKNOWN", "2", "poll", False),
        ("UNKNOWN", "3", "poll", False),
        ("UNKNOWN", "2", "resend", True),
        ("INTENT", "1", "poll", True),
        ("SENT", "1", "poll", True),
    ],
)
def test_a_free_record_of_revision_two_is_won_by(
    store: Store, connection_id: ConnectionId, state: LedgerState, revision: str, origin: str, won: bool
) -> None:
    standing = brought_to(store.ledger, order(connection_id, revision="2"), state=state)
    incoming = order(connection_id, revision=revision).model_copy(update={"origin": origin})
    claim = store.ledger.claim(incoming, owner="w2", lease=LEASE)
    assert claim.won is won
    lease = {"lease_owner": "w2", "lease_until": NOON + LEASE} if won else {}
    assert claim.record == standing.model_copy(update=lease)


def test_a_done_record_with_open_follow_ups_is_won_again(store: Store, connection_id: ConnectionId) -> None:
    brought_to(store.ledger, order(connection_id), state="DONE", follow_ups=("status",))
    assert store.ledger.claim(order(connection_id), owner="w2", lease=LEASE).won


@pytest.mark.parametrize(
    ("origin", "open_reason", "won"),
    [("resend", True, True), ("resend", False, False), ("poll", True, False), ("backfill", True, False)],
)
def test_a_done_record_that_waits_for_a_person_is_won_by_a_resend_alone(
    store: Store, connection_id: ConnectionId, origin: str, open_reason: bool, won: bool
) -> None:
    reason = Reason(code="totals_differ", text="The totals differ.") if open_reason else None
    brought_to(store.ledger, order(connection_id), state="DONE", reason=reason)
    incoming = order(connection_id).model_copy(update={"origin": origin})
    assert store.ledger.claim(incoming, owner="w2", lease=LEASE).won is won


@pytest.mark.parametrize("state", ["DONE", "HELD", "REJECTED", "SKIPPED"])
def test_a_settled_record_whose_lease_ran_out_is_settled_and_nobody_waits_for_it(
    store: Store, connection_id: ConnectionId, clock: ManualClock, state: LedgerState
) -> None:
    """Its worker died between the last write and letting go."""
    claimed = store.ledger.claim(order(connection_id), owner="dead", lease=LEASE).record
    left = claimed.model_copy(update={"state": state})
    store.ledger.save(left, owner="dead")
    busy = store.ledger.claim(order(connection_id), owner="w2", lease=LEASE)
    assert (busy.won, busy.busy) == (False, LEASE)
    clock.advance(LEASE.total_seconds())
    again = store.ledger.claim(order(connection_id), owner="w3", lease=LEASE)
    assert (again.won, again.busy, again.record) == (False, timedelta(0), left)
    assert store.ledger.get(left.key) == left


def test_a_settled_record_whose_lease_ran_out_moves_with_a_newer_version(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    claimed = store.ledger.claim(order(connection_id), owner="dead", lease=LEASE).record
    store.ledger.save(claimed.model_copy(update={"state": "HELD"}), owner="dead")
    clock.advance(LEASE.total_seconds())
    assert store.ledger.claim(order(connection_id, revision="2"), owner="w2", lease=LEASE).won


def test_a_write_repeated_after_a_lost_answer_meets_itself_and_counts_as_done(
    store: Store, connection_id: ConnectionId
) -> None:
    again = [store.ledger.claim(order(connection_id), owner="w1", lease=LEASE) for _ in range(2)]
    assert [(claim.won, claim.new) for claim in again] == [(True, True), (True, True)]
    released = again[0].record.model_copy(update={"state": "HELD", "lease_owner": None, "lease_until": None})
    for _ in range(2):
        store.ledger.save(released, owner="w1")
    resent = store.ledger.claim(resend(order(connection_id)), owner="w2", lease=LEASE)
    assert (resent.won, resent.new) == (True, False)
    assert store.ledger.get(released.key) == resent.record


@dataclass(frozen=True)
class InterruptedTable(Table):
    """Lets somebody else work between our failed put and our update."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def update(
        self, key: Item, change: str, only_if: str = "", names: Mapping[str, str] = NO_NAMES, /, **values: Item
    ) -> Item:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().update(key, change, only_if, names, **values)


def interrupted(store: Store, meanwhile: Callable[[], object]) -> DynamoLedger:
    table = store.ledger.table
    return replace(store.ledger, table=InterruptedTable(table.aws, table.name, table.sleep, [meanwhile]))


def test_of_two_workers_that_saw_the_same_free_record_one_wins(store: Store, connection_id: ConnectionId) -> None:
    brought_to(store.ledger, order(connection_id), state="SENT")
    ledger = interrupted(store, lambda: store.ledger.claim(order(connection_id), owner="w2", lease=LEASE))
    claim = ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    assert not claim.won
    assert claim.record.lease_owner == "w2"


def test_a_record_that_was_settled_between_look_and_take_is_judged_anew(
    store: Store, connection_id: ConnectionId
) -> None:
    def finish() -> None:
        record = store.ledger.claim(order(connection_id), owner="w2", lease=LEASE).record
        done = record.model_copy(update={"state": "DONE", "lease_owner": None, "lease_until": None})
        store.ledger.save(done, owner="w2")

    brought_to(store.ledger, order(connection_id), state="SENT")
    claim = interrupted(store, finish).claim(order(connection_id), owner="w1", lease=LEASE)
    assert not claim.won
    assert (claim.record.state, claim.record.lease_owner) == ("DONE", None)


def test_a_take_whose_answer_was_lost_is_recognised_as_ours(store: Store, connection_id: ConnectionId) -> None:
    brought_to(store.ledger, order(connection_id), state="SENT")
    ledger = interrupted(store, lambda: store.ledger.claim(order(connection_id), owner="w1", lease=LEASE))
    claim = ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    assert claim.won
    assert claim.record.lease_owner == "w1"


# --- several together ---------------------------------------------------------------------------------------------


def test_new_records_are_opened_together_each_for_itself(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    first, second, third = (
        order(connection_id).model_copy(update={"key": EffectKey(connection=connection_id, kind="order", id=name)})
        for name in ("a", 'it\'s "b"', "c")
    )
    store.ledger.claim(second, owner="another", lease=LEASE)
    calls.taken()
    leased = {"lease_owner": "w1", "lease_until": NOON + LEASE}
    mine = [each.model_copy(update=leased) for each in (first, second, third)]
    assert store.ledger.open(mine) == [True, False, True]
    assert calls.taken() == {"BatchExecuteStatement": 1, "BatchGetItem": 1}, "what is taken is looked at"
    assert [store.ledger.get(each.key) for each in (first, third)] == [mine[0], mine[2]]
    standing = store.ledger.get(second.key)
    assert standing
    assert standing.lease_owner == "another"
    assert store.ledger.open([mine[0], mine[2]]) == [True, True], "the client may repeat a call whose answer was lost"
