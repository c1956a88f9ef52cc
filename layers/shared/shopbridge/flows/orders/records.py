"""Setting records and connections aside for a person: nothing is lost, everything says why and what to do."""

from datetime import timedelta
from uuid import uuid4

from shopbridge.errors import BridgeError, Held, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge
from shopbridge.mapping.masking import mask_patterns
from shopbridge.model.base import ConnectionId
from shopbridge.model.health import Health
from shopbridge.model.ledger import IN_DOUBT, EffectKey, Event, LedgerRecord, LedgerState, Reason
from shopbridge.model.messages import Origin
from shopbridge.model.office import UnreadableOrder
from shopbridge.ports import Claim

LEASE = timedelta(seconds=150)
"""How long one worker owns a record: longer than the import function may run."""

WAITING = frozenset({"connection_deleted", "connection_paused", "connection_stopped"})
"""Reasons that a resume of the connection resolves by itself."""

GAVE_UP = "gave_up"
GAVE_UP_AGAIN = "gave_up_again"
"""Codes of what was tried for many hours: the first is taken up by itself once the platforms answer, and only once."""
ONCE_MORE = "once more after giving up"
"""The event of a notice that does so."""

SOON = timedelta(days=1)
"""A connection that is stopped again for the same reason within this time is probed once a day only."""
HOURLY_PROBES = 6
"""Probes in vain before they come once a day: a platform may lock a user whom it refused ten times in a row."""


def order_key(connection: ConnectionId, order_id: str) -> EffectKey:
    """The ledger's name of an order."""
    return EffectKey(connection=connection, kind="order", id=order_id)


def reason_of(error: BridgeError) -> Reason:
    """An error as the ledger keeps it."""
    code = error.code if isinstance(error, Held | Rejected) else "connection_stopped"
    text = f"{error.what} ({error.where})." if error.where else f"{error.what}."
    return Reason(code=code, text=text, fix=error.fix)


def settle(bridge: Bridge, record: LedgerRecord, state: LedgerState, reason: Reason, owner: str) -> LedgerRecord:
    """Give a claimed record its state with the reason, and let go of it."""
    done = told(bridge, record, reason.text).model_copy(update={"state": state, "reason": reason})
    return release(bridge, done, owner)


def leave_rest(bridge: Bridge, record: LedgerRecord, reason: Reason, owner: str) -> LedgerRecord:
    """An imported order waits for nobody any more: what was still to be done after the import is left."""
    rest = told(bridge, record, reason.text).model_copy(update={"reason": None, "follow_ups": ()})
    return release(bridge, rest, owner)


def release(bridge: Bridge, record: LedgerRecord, owner: str) -> LedgerRecord:
    """Store a claimed record and let go of it."""
    free = record.model_copy(update={"lease_owner": None, "lease_until": None, "updated_at": bridge.clock()})
    bridge.ledger.save(free, owner=owner)
    return free


def told(bridge: Bridge, record: LedgerRecord, text: str) -> LedgerRecord:
    """The record with one more line in its story."""
    return record.model_copy(update={"history": (*record.history, Event(at=bridge.clock(), text=text))})


def hold_order(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Set an order aside that nobody has claimed; a record that has nothing open is left alone.

    Raises:
        RetryLater: Another worker has it, or died over it: then nobody else would come back for it.
    """
    owner = uuid4().hex
    claim = bridge.ledger.claim(record, owner=owner, lease=LEASE)
    if not claim.won:
        stand_back(claim)
        return
    newer = claim.record.model_copy(update={"revision": max(record.revision, claim.record.revision)})
    waits_already = claim.record.state == "DONE" and claim.record.waits
    if waits_already or (claim.record.is_set_aside and record.origin != "resend"):
        release(bridge, newer, owner)
        return
    settle(bridge, newer, waiting_state(claim.record), reason, owner)
    log_held(bridge, record, reason)


def stand_back(claim: Claim) -> None:
    """Leave a record alone that is settled already. Raises RetryLater while another worker owns it."""
    wait = claim.busy.total_seconds()
    if wait:
        raise RetryLater("Another worker has the order", after=max(wait, 1), where=f"order {claim.record.reference}")


def waiting_state(record: LedgerRecord) -> LedgerState:
    """How an order waits for a person: what is there, or may be there, must not look as if it were not."""
    if record.state == "DONE":
        return "DONE"
    return "UNKNOWN" if record.state in IN_DOUBT else "HELD"


def hold_unreadable(bridge: Bridge, connection: ConnectionId, order: UnreadableOrder, origin: Origin) -> Reason:
    """An order that we cannot understand waits for a person instead of being left out; returns why.

    Raises:
        RetryLater: As ``hold_order``.
    """
    record = new_record(bridge, order_key(connection, order.id), order.revision, order.number, origin)
    reason = Reason(code=order.code, text=order.text, fix=order.fix)
    hold_order(bridge, record, reason)
    return reason


def new_record(bridge: Bridge, key: EffectKey, revision: str, reference: str, origin: str) -> LedgerRecord:
    """A record as it begins."""
    now = bridge.clock()
    story = (Event(at=now, text=f"Found by {origin.replace('_', ' ')}."),)
    return LedgerRecord(
        key=key,
        state="INTENT",
        revision=revision,
        reference=reference,
        origin=origin,
        history=story,
        updated_at=now,
    )


def stop_connection(bridge: Bridge, connection: ConnectionId, error: BridgeError) -> None:
    """A platform refuses us: no more calls but a probe now and then. Several workers may hear it, and one tells."""
    if not bridge.connections.stop(connection, str(error)):
        return
    health = bridge.health.of([connection]).get(connection, Health())
    bridge.health.stopped(connection, mask_patterns(error.what), probes=_probes_before(bridge, health, error))
    bridge.activity.warning("connection_stopped", connection, fix=error.fix, reason=f"{error.what} ({error.where}).")


def _probes_before(bridge: Bridge, health: Health, error: BridgeError) -> int:
    """What a probe cannot see, such as a right that only work asks for, stops the connection again soon after it."""
    soon = health.resumed_at is not None and bridge.clock() - health.resumed_at < SOON
    return HOURLY_PROBES if soon and health.stopped_for == mask_patterns(error.what) else 0


def log_held(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Tell the operator that an order waits."""
    bridge.activity.warning(
        "order_held",
        record.key.connection,
        fix=reason.fix,
        order=record.reference,
        code=reason.code,
        reason=reason.text,
    )


def log_skipped(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Tell why an order is not taken as it stands."""
    bridge.activity.info(
        "order_skipped", record.key.connection, order=record.reference, code=reason.code, reason=reason.text
    )


def log_warning(bridge: Bridge, record: LedgerRecord, warning: Reason) -> None:
    """Tell the operator what an imported order does not say in the back office; nobody has to act for it to go on."""
    bridge.activity.warning(
        "order_warning",
        record.key.connection,
        fix=warning.fix,
        order=record.reference,
        code=warning.code,
        reason=warning.text,
    )
