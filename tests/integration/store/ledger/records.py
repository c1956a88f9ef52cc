"""Records of orders for the tests of the ledger."""

from datetime import UTC, datetime, timedelta

from shopbridge.model.base import ConnectionId
from shopbridge.model.ledger import EffectKey, LedgerRecord, LedgerState
from shopbridge.store.ledger.effects import DynamoLedger

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=150)
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
