"""Leases under moto run out by what a container has seen, and in no interleaving has an order two owners."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.store.ledger.records import LEASE, NOON, STATES, brought_to, order


@pytest.mark.parametrize("ahead", [-1200, 1200])
def test_a_lease_is_out_when_another_container_has_seen_it_that_long(
    environment: Environment, store: Store, connection_id: ConnectionId, clock: ManualClock, ahead: float
) -> None:
    other = Store(environment, clock=lambda: clock() + timedelta(seconds=ahead), sleep=clock.sleep).ledger
    store.ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    for passed in (60, 89):
        first = other.claim(order(connection_id), owner="w2", lease=LEASE)
        assert (first.won, first.busy > timedelta(0)) == (False, True)
        clock.advance(passed)
    assert other.claim(order(connection_id), owner="w2", lease=LEASE).busy == timedelta(seconds=1)
    clock.advance(1)
    assert other.claim(order(connection_id), owner="w2", lease=LEASE).won
    with pytest.raises(Conflict):
        store.ledger.save(order(connection_id), owner="w1")


def test_of_two_who_saw_a_lease_run_out_one_takes_the_record(
    store: Store, new_store: Callable[[], Store], connection_id: ConnectionId, clock: ManualClock
) -> None:
    store.ledger.claim(order(connection_id), owner="w1", lease=LEASE)
    others = [new_store().ledger for _ in range(2)]
    for ledger in others:
        ledger.claim(order(connection_id), owner="early", lease=LEASE)
    clock.advance(LEASE.total_seconds())
    won = [ledger.claim(order(connection_id), owner=f"w{n}", lease=LEASE).won for n, ledger in enumerate(others)]
    assert won == [True, False]


def test_a_try_of_unknown_outcome_is_known_since_a_container_first_saw_it(
    environment: Environment, store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    brought_to(store.ledger, order(connection_id), state="SENT", sent_at=clock())
    clock.advance(60)
    ahead = Store(environment, clock=lambda: clock() + timedelta(minutes=20), sleep=clock.sleep).ledger
    claim = ahead.claim(order(connection_id), owner="w2", lease=LEASE)
    assert (claim.won, claim.sent_seen) == (True, NOON + timedelta(minutes=21))
    ahead.save(claim.record.model_copy(update={"lease_owner": None, "lease_until": None}), owner="w2")
    clock.advance(60)
    assert ahead.claim(order(connection_id), owner="w3", lease=LEASE).sent_seen == NOON + timedelta(minutes=21)
    again = claim.record.model_copy(update={"sent_at": clock(), "lease_owner": None, "lease_until": None})
    ahead.save(again, owner="w3")
    assert store.ledger.claim(order(connection_id), owner="w4", lease=LEASE).sent_seen == NOON + timedelta(minutes=2)


def test_a_try_is_known_since_the_container_that_made_it_wrote_it_down(
    store: Store, connection_id: ConnectionId, clock: ManualClock
) -> None:
    brought_to(store.ledger, order(connection_id), state="SENT", sent_at=clock())
    clock.advance(60)
    assert store.ledger.claim(order(connection_id), owner="w2", lease=LEASE).sent_seen == NOON


class Workers(RuleBasedStateMachine):
    """Several workers on one order, in any interleaving of claims, saves, crashes and passing time."""

    store: Store
    clock: ManualClock
    connection: ConnectionId
    runs = 0

    attempts = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        Workers.runs += 1
        self.order_id = f"run-{Workers.runs}"
        self.attempt = 0
        self.owner: str | None = None
        self.standing: LedgerRecord | None = None

    @rule(target=attempts, revision=st.sampled_from("123"), origin=st.sampled_from(["webhook", "poll", "resend"]))
    def claim(self, revision: str, origin: str) -> object:
        self.attempt += 1
        name = f"attempt-{self.attempt}"
        incoming = order(self.connection, self.order_id, revision=revision).model_copy(update={"origin": origin})
        before, busy = self.standing, self.busy
        claim = self.store.ledger.claim(incoming, owner=name, lease=LEASE)
        if not claim.won:
            assert before is not None
            assert busy or before.state not in ("INTENT", "SENT")
            assert claim.record == before
            return multiple()
        assert not busy
        self.check_nothing_settled_was_reopened(before, incoming)
        self.owner, self.standing = name, claim.record
        return name

    def check_nothing_settled_was_reopened(self, before: LedgerRecord | None, incoming: LedgerRecord) -> None:
        if before is None or before.state in ("INTENT", "SENT"):
            return
        if before.state == "DONE":
            assert before.follow_ups or incoming.revision > before.revision
        elif before.state == "UNKNOWN":
            assert incoming.origin == "resend"
        else:
            assert incoming.origin == "resend" or incoming.revision > before.revision

    @rule(
        name=attempts, state=st.sampled_from(STATES), follow_ups=st.sampled_from([(), ("status",)]), ends=st.booleans()
    )
    def save(self, name: str, state: LedgerState, follow_ups: tuple[str, ...], ends: bool) -> None:
        assert self.standing is not None
        lease = (None, None) if ends else (name, self.clock() + LEASE)
        record = self.standing.model_copy(
            update={"state": state, "follow_ups": follow_ups, "lease_owner": lease[0], "lease_until": lease[1]}
        )
        if name != self.owner:
            with pytest.raises(Conflict):
                self.store.ledger.save(record.model_copy(update={"reference": "stale"}), owner=name)
            return
        self.store.ledger.save(record, owner=name)
        self.standing = record
        self.owner = None if ends else name

    @rule(seconds=st.sampled_from([1, 100, 150, 400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @property
    def busy(self) -> bool:
        """Whether somebody owns the record, by the one clock that all have here."""
        until = self.standing.lease_until if self.standing else None
        return until is not None and self.clock() < until

    @invariant()
    def the_ledger_tells_what_the_last_owner_wrote(self) -> None:
        key = EffectKey(connection=self.connection, kind="order", id=self.order_id)
        assert self.store.ledger.get(key) == self.standing


def test_in_any_interleaving_one_worker_owns_the_order_and_nothing_settled_is_reopened(
    store: Store, clock: ManualClock, connection_id: ConnectionId
) -> None:
    Workers.store, Workers.clock, Workers.connection = store, clock, connection_id
    run_state_machine_as_test(
        Workers,
        settings=settings(max_examples=40, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )
