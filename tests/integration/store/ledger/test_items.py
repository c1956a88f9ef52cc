"""A record reads back as it was written, and is in the indexes that its state calls for."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.model.base import ConnectionId, ExternalId
from shopbridge.model.ledger import EffectKey, Event, LedgerRecord, OfficeFacts, OrderFacts, PaymentFacts, Reason
from shopbridge.model.office import OfficeDocument
from shopbridge.store.bundle import Store
from shopbridge.store.items import sentence
from shopbridge.store.ledger.items import from_item, to_item
from tests.integration.store.ledger.records import LEASE, NOON, STATES, brought_to, order, resend

DOCUMENT = OfficeDocument(
    id=ExternalId("880002"), kind="invoice", number="EX/2", url="https://print.example/x", doubtful=True
)
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
            "office": OfficeFacts(status="5", shipments=("EX1",), document_url="https://pos.example/7"),
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
