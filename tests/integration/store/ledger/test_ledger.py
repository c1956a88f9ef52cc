"""The ledger under moto: records are found by state, by number and by what the back office calls them."""

from collections import Counter
from datetime import timedelta
from itertools import islice
from typing import get_args

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.ledger import FROM_OFFICE, EffectKey, Event, LedgerRecord, OrderGroup, Reason
from shopbridge.ports import OrderSearch, Waiting
from shopbridge.store.bundle import Store
from tests.integration.conftest import Calls
from tests.integration.store.ledger.records import LEASE, NOON, STATES, brought_to, order, resend


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
