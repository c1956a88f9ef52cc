"""The ledger under moto: one owner at a time, nothing settled is reopened, and everything is read back as written."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from shopbridge.errors import Conflict
from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.ledger import (
    FROM_OFFICE,
    EffectKey,
    Event,
    LedgerRecord,
    LedgerState,
    OfficeFacts,
    OrderFacts,
    OrderGroup,
    PaymentFacts,
    Reason,
)
from shopbridge.model.office import OfficeDocument
from shopbridge.ports import OrderSearch, Waiting
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment
from shopbridge.store.items import Item, sentence
from shopbridge.store.ledger import DynamoLedger
from shopbridge.store.ledger_items import from_item, to_item
from shopbridge.store.table import NO_NAMES, Table
from tests.integration.conftest import Calls, ManualClock

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=150)
DOCUMENT = OfficeDocument(
    id=ExternalId("880002"), kind="invoice", number="EX/2", url="https://print.example/x", doubtful=True
)
STATES: tuple[LedgerState, ...] = ("INTENT", "SENT", "DONE", "SKIPPED", "HELD", "REJECTED", "UNKNOWN")


def order(
    connection: ConnectionId, order_id: str = "a1", *, revision: str = "1", state: LedgerState = "INTENT"
) -> LedgerRecord:
    return LedgerRecord(
        key=EffectKey(connection=connection, kind="order", id=order_id),
        state=state,
        revision=revision,
        reference="10042",
        origin="poll",
        updated_at=NOON,
    )


def resend(record: LedgerRecord) -> LedgerRecord:
    return record.model_copy(update={"origin": "resend"})


def brought_to(ledger: DynamoLedger, record: LedgerRecord, **changes: object) -> LedgerRecord:
    """Claim a new record, bring it to a state and let go of it."""
    ledger.claim(record, owner="earlier", lease=LEASE)
    record = record.model_copy(update=changes)
    ledger.save(record, owner="earlier")
    return record


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


FACTS = OrderFacts(
    currency="EUR",
    gross=Decimal("28.79"),
    tax=Decimal("4.60"),
    payment=PaymentFacts(standing="paid", captured=Decimal("28.79")),
    positions=1,
    pieces=Decimal(2),
    lines="0a",
    billing="1b",
    shipping="2c",
    buyer="3d",
    deliveries="4e",
    returned="no",
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
sentences = texts.map(sentence)  # in which nothing is left to mask
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone is given
records = st.builds(
    LedgerRecord,
    key=st.builds(EffectKey, connection=st.just("shop"), kind=st.sampled_from(["order", "customer"]), id=texts),
    state=st.sampled_from(STATES),
    revision=texts,
    reference=texts,
    origin=texts,
    source_status=texts,
    sent_at=st.none() | moments,
    external_id=st.none() | texts.filter(bool).map(ExternalId),
    external_number=texts,
    total=st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    reason=st.none() | st.builds(Reason, code=texts, text=sentences, fix=texts),
    facts=st.none() | st.just(FACTS),
    follow_ups=st.lists(texts, max_size=3).map(tuple),
    document=st.none() | st.just(DOCUMENT),
    mailed=st.lists(texts, max_size=2).map(tuple),
    history=st.lists(st.builds(Event, at=moments, text=sentences), max_size=3).map(tuple),
    found_at=moments,
    updated_at=moments,
)


@given(records, st.none() | st.tuples(texts, moments))
@settings(max_examples=60)
def test_a_record_reads_back_as_it_was_written(record: LedgerRecord, lease: tuple[str, datetime] | None) -> None:
    owner, until = lease or (None, None)
    record = record.model_copy(update={"lease_owner": owner, "lease_until": until})
    assert from_item(to_item(record)) == record


def test_no_field_of_a_record_is_left_out(connection_id: ConnectionId) -> None:
    full = order(connection_id).model_copy(
        update={
            "source_status": "open",
            "lease_owner": "w1",
            "lease_until": NOON,
            "sent_at": NOON,
            "external_id": ExternalId("7"),
            "external_number": "SO-7",
            "total": Decimal("119.00"),
            "reason": Reason(code="code", text="text", fix="fix"),
            "follow_ups": ("status",),
            "trying": "tell_paid",
            "undone": ("tell_status",),
            "document": DOCUMENT,
            "mailed": ("880001",),
            "history": (Event(at=NOON, text="Found."),),
            "channel": "Storefront",
            "sent_as": "SW-10001",
            "sent_total": Decimal("28.79"),
            "facts": FACTS,
            "newer": FACTS.model_copy(update={"cancelled": True}),
            "office": OfficeFacts(status="5", parcels=("EX1",), document_url="https://pos.example/7"),
            "moved_at": NOON,
            "left": Reason(code="left", text="text", fix="fix"),
            "buyer": "5a" * 16,
            "found_at": NOON,
        }
    )
    left_empty = [name for name in LedgerRecord.model_fields if not getattr(full, name)]
    assert left_empty == []
    assert from_item(to_item(full)) == full


def test_a_record_of_before_was_found_when_its_story_began(connection_id: ConnectionId) -> None:
    story = (Event(at=NOON, text="Found."), Event(at=NOON + LEASE, text="Held."))
    item = dict(to_item(order(connection_id).model_copy(update={"history": story})))
    assert "orders_of" not in item
    assert from_item(item).found_at == NOON
    assert to_item(from_item(item))["orders_of"] == {"S": connection_id}


def test_an_order_is_listed_once_it_is_settled_or_waits_and_never_while_a_worker_has_it(
    connection_id: ConnectionId,
) -> None:
    found = order(connection_id).model_copy(update={"found_at": NOON})
    mine = {"lease_owner": "w1", "lease_until": NOON + LEASE}
    for state, lease, listed in [
        ("INTENT", mine, False),
        ("SENT", mine, False),
        ("INTENT", {}, True),
        ("DONE", mine, True),
        ("HELD", {}, True),
    ]:
        assert ("orders_of" in to_item(found.model_copy(update={"state": state, **lease}))) is listed


def test_facts_of_another_form_are_as_good_as_none(connection_id: ConnectionId) -> None:
    item = to_item(order(connection_id).model_copy(update={"facts": FACTS}))
    other = {**item, "facts": {"S": '{"form":0,"gross":"28.79","nobody":"knows"}'}}
    assert from_item(item).facts == FACTS
    assert from_item(other).facts is None


def test_an_imported_order_with_an_open_reason_waits_too(store: Store, connection_id: ConnectionId) -> None:
    brought_to(store.ledger, order(connection_id), state="DONE", reason=Reason(code="x", text="Refused."))
    assert [record.key.id for record in store.ledger.held(connection_id)] == ["a1"]


def test_a_total_keeps_its_trailing_zeros(connection_id: ConnectionId) -> None:
    record = order(connection_id).model_copy(update={"total": Decimal("119.00")})
    assert str(from_item(to_item(record)).total) == "119.00"


def test_the_story_keeps_its_last_forty_lines_and_cuts_endless_ones(connection_id: ConnectionId) -> None:
    story = tuple(Event(at=NOON, text=str(line) + "x" * 2000) for line in range(50))
    kept = from_item(to_item(order(connection_id).model_copy(update={"history": story}))).history
    assert [event.text[:2] for event in kept] == [str(line) for line in range(10, 50)]
    assert {len(event.text) for event in kept} == {1000}


def test_only_skipped_records_are_ever_forgotten_and_a_claim_ends_that(
    store: Store, connection_id: ConnectionId
) -> None:
    forgotten = {state for state in STATES if "forget_at" in to_item(order(connection_id, state=state))}
    assert forgotten == {"SKIPPED"}
    record = brought_to(store.ledger, order(connection_id), state="SKIPPED")
    key = {name: to_item(record)[name] for name in ("connection", "record")}
    assert "forget_at" in (store.ledger.table.get(key) or {})
    store.ledger.claim(resend(record), owner="w2", lease=LEASE)
    assert "forget_at" not in (store.ledger.table.get(key) or {})


def test_what_waits_for_a_person_is_listed_oldest_first_until_it_moves_on(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    for minutes, (order_id, state) in enumerate(
        {"a": "UNKNOWN", "b": "DONE", "c": "HELD", "d": "SKIPPED", "e": "REJECTED"}.items()
    ):
        later = NOON - timedelta(minutes=minutes)
        brought_to(store.ledger, order(connection_id, order_id), state=state, updated_at=later)
    calls.taken()
    assert [record.key.id for record in store.ledger.held(connection_id)] == ["e", "c", "a"]
    assert calls.taken() == {"Query": 1, "BatchGetItem": 1}
    claim = store.ledger.claim(resend(order(connection_id, "c")), owner="w2", lease=LEASE)
    store.ledger.save(claim.record.model_copy(update={"state": "DONE"}), owner="w2")
    assert [record.key.id for record in store.ledger.held(connection_id)] == ["e", "a"]


def test_what_was_left_out_is_listed_from_the_index_alone_until_it_moves_on(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    reason = Reason(code="payment_not_taken", text="Not paid yet.", fix="Wait.")
    by_operator = Reason(code="skipped_by_operator", text="Booked by hand.")
    for minutes, (order_id, state, why) in enumerate(
        [("a", "SKIPPED", reason), ("b", "HELD", reason), ("c", "SKIPPED", by_operator), ("d", "DONE", None)]
    ):
        later = NOON - timedelta(minutes=minutes)
        brought_to(store.ledger, order(connection_id, order_id), state=state, reason=why, updated_at=later)
    calls.taken()
    listed = store.ledger.skipped(connection_id)
    assert calls.taken() == {"Query": 1}
    assert [(each.id, each.reason) for each in listed] == [("c", by_operator), ("a", reason)]
    assert listed[1].since == NOON
    assert store.ledger.summary(connection_id) == {"SKIPPED": 2, "HELD": 1, "DONE": 1}
    claim = store.ledger.claim(resend(order(connection_id, "a")), owner="w2", lease=LEASE)
    store.ledger.save(claim.record.model_copy(update={"state": "DONE", "reason": None}), owner="w2")
    assert [each.id for each in store.ledger.skipped(connection_id)] == ["c"]


def test_orders_are_found_by_number_and_counted_by_state_page_by_page(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    story = tuple(Event(at=NOON, text="x" * 1000) for _ in range(40))
    for number in range(30):
        record = order(connection_id, f"id-{number}").model_copy(
            update={"reference": str(number % 29), "history": story}
        )
        brought_to(store.ledger, record, state="HELD" if number < 4 else "DONE")
    customer = order(connection_id).model_copy(
        update={"key": EffectKey(connection=connection_id, kind="customer", id="0"), "reference": "0"}
    )
    brought_to(store.ledger, customer, state="DONE")
    calls.taken()
    assert [record.key.id for record in store.ledger.find(connection_id, "0")] == ["id-0", "id-29"]
    assert calls.taken() == {"Query": 2}
    assert store.ledger.find(connection_id, "nobody") == []
    assert store.ledger.summary(connection_id) == {"HELD": 4, "DONE": 26}


def test_a_number_is_looked_for_in_the_index_on_either_side(
    store: Store, connection_id: ConnectionId, calls: Calls
) -> None:
    for effect, reference, office in (("a1", "1001", "7"), ("a2", "1002", "1001"), ("a3", "10011", "71")):
        made = order(connection_id, effect).model_copy(update={"reference": reference})
        done = {"external_id": ExternalId(office), "external_number": office, "found_at": NOON}
        brought_to(store.ledger, made, state="DONE", **done)
    in_hand = order(connection_id, "a4").model_copy(update={"reference": "1001"})
    store.ledger.claim(in_hand, owner="w1", lease=LEASE)
    calls.taken()
    assert {record.key.id for record in store.ledger.numbered(connection_id, "1001")} == {"a1", "a2"}
    assert calls.taken() == {"Query": 1, "BatchGetItem": 1}
    assert store.ledger.numbered(connection_id, "nobody") == []
    assert calls.taken() == {"Query": 1}


def test_a_search_reads_on_only_until_enough_is_found(store: Store, connection_id: ConnectionId, calls: Calls) -> None:
    for number in range(30):
        made = order(connection_id, f"a{number:02}").model_copy(update={"reference": f"SO-{number:02}"})
        brought_to(store.ledger, made, state="DONE", found_at=NOON + timedelta(minutes=number // 2))
    day = (NOON - timedelta(days=1), NOON + timedelta(days=1))
    calls.taken()
    few = store.ledger.search(connection_id, OrderSearch(*day, few=10))
    assert [each.id for each in islice(few, 5)] == ["a29", "a28", "a27", "a26", "a25"]
    assert calls.taken() == {"Query": 1}
    for named, found in (("so-2", 10), ("SO-07", 1), ("o-", 30), ("s", 30), ("so-30", 0)):
        assert len([*store.ledger.search(connection_id, OrderSearch(*day, named=named, few=10))]) == found, named
    stopped = OrderSearch(*day, few=10, go_on=iter([True, False]).__next__)
    assert len([*store.ledger.search(connection_id, stopped)]) == 10


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


# --- by what the back office calls them ---------------------------------------------------------------------------


def made(store: Store, connection: ConnectionId, order_id: str, office_id: str, **changes: object) -> LedgerRecord:
    """An order that is in the back office."""
    done = {"state": "DONE", "external_id": ExternalId(office_id), "lease_owner": None, "lease_until": None}
    record = brought_to(store.ledger, order(connection, order_id), **{**done, **changes})
    store.ledger.name_in_office([record])
    return record


IDS = [ExternalId(each) for each in ("700", "PF-1|22", "701", "9", "700")]


def test_imported_orders_are_found_by_what_the_office_calls_them(store: Store, connection_id: ConnectionId) -> None:
    first, second = made(store, connection_id, "a1", "700"), made(store, connection_id, "a2", "PF-1|22")
    made(store, ConnectionId(f"{connection_id}-x"), "a1", "701")
    assert store.ledger.of_office(connection_id, IDS) == {ExternalId("700"): first, ExternalId("PF-1|22"): second}


def test_orders_of_before_are_found_too_once_the_office_is_followed(store: Store, connection_id: ConnectionId) -> None:
    done = {"state": "DONE", "lease_owner": None, "lease_until": None}
    recent = brought_to(store.ledger, order(connection_id, "a1"), external_id=ExternalId("700"), **done)
    old = {"external_id": ExternalId("701"), "updated_at": NOON - timedelta(days=91)}
    brought_to(store.ledger, order(connection_id, "a2"), **done, **old)
    assert store.ledger.of_office(connection_id, IDS) == {}
    store.ledger.name_all_in_office(connection_id, NOON - timedelta(days=90))
    assert store.ledger.of_office(connection_id, IDS) == {ExternalId("700"): recent}


def test_a_customer_of_that_id_and_an_order_that_is_not_imported_are_no_order_of_the_office(
    store: Store, connection_id: ConnectionId
) -> None:
    customer = order(connection_id).model_copy(
        update={"key": EffectKey(connection=connection_id, kind="customer", id="c")}
    )
    brought_to(store.ledger, customer, state="DONE", external_id=ExternalId("700"))
    made(store, connection_id, "a2", "701", state="HELD")
    assert store.ledger.of_office(connection_id, [ExternalId("700"), ExternalId("701")]) == {}


def test_what_changed_in_the_office_concerns_only_what_is_there(store: Store, connection_id: ConnectionId) -> None:
    done = made(store, connection_id, "a1", "700", revision="2")
    held = made(store, connection_id, "a2", "701", state="HELD")
    for standing, wins in ((done, True), (held, False)):
        news = standing.model_copy(update={"revision": "", "origin": FROM_OFFICE})
        assert store.ledger.claim(news, owner=f"w-{standing.key.id}", lease=LEASE).won is wins


def test_orders_are_counted_by_the_index_as_the_list_shows_them(store: Store, connection_id: ConnectionId) -> None:
    reason, until = Reason(code="x", text="y."), NOON + timedelta(minutes=9)
    for number, state in enumerate((*STATES, "DONE", "DONE")):
        waits = state in ("HELD", "UNKNOWN", "REJECTED") or number == len(STATES)
        made = order(connection_id, f"a{number}").model_copy(update={"found_at": NOON + timedelta(minutes=number)})
        brought_to(store.ledger, made, state=state, reason=reason if waits or state == "SKIPPED" else None)
    early = order(connection_id, "early").model_copy(update={"found_at": NOON - timedelta(seconds=1)})
    brought_to(store.ledger, early, state="DONE")
    listed = [*store.ledger.listed(connection_id, NOON, until)]
    groups: tuple[OrderGroup, ...] = get_args(OrderGroup)
    counts = {group: store.ledger.counted(connection_id, group, NOON, until) for group in groups}
    assert counts == {"imported": 2, "on_the_way": 2, "held": 3, "skipped": 1, "refused": 1}
    assert counts == {**dict.fromkeys(groups, 0), **Counter(each.group for each in listed)}
    newest = store.ledger.newest_imported(connection_id)
    assert newest is not None
    assert newest.id == "a8"


def test_what_waits_is_counted_with_since_when(store: Store, connection_id: ConnectionId) -> None:
    assert store.ledger.waiting(connection_id).total == 0
    reason = Reason(code="x", text="y.")
    for number, state in enumerate(("HELD", "UNKNOWN", "REJECTED")):
        moment = NOON + timedelta(hours=number)
        brought_to(store.ledger, order(connection_id, f"a{number}"), state=state, reason=reason, updated_at=moment)
    found = store.ledger.waiting(connection_id)
    assert found == Waiting({"HELD": 1, "UNKNOWN": 1, "REJECTED": 1}, NOON, NOON + timedelta(hours=2))


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
