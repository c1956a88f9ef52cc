"""The ledger's records on their way: opened, set aside for a person, settled; and one outside effect, exactly once.

The ledger decides who makes an effect, and a lost answer is looked up before it is repeated. Nothing is lost, and
everything says why it waits and what to do.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.bridge import Bridge, Job
from shopbridge.model.base import CLOCKS_APART, ConnectionId, ExternalId, OrderId, time_left
from shopbridge.model.ledger import IN_DOUBT, SETTLING, EffectKey, Event, LedgerRecord, LedgerState, Reason
from shopbridge.model.messages import OrderNotice, Origin
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
LISTED_WITHIN = timedelta(minutes=10)
"""How long we trust our own word that something was made, against a list of the target that does not show it; longer by
what two clocks may be apart."""


def order_key(connection: ConnectionId, order_id: str) -> EffectKey:
    """Return the ledger's name of an order."""
    return EffectKey(connection=connection, kind="order", id=order_id)


def records_of(bridge: Bridge, connection: ConnectionId, name: str) -> Sequence[LedgerRecord]:
    """Return the orders with this id, or else with this number, which several may have.

    What the index does not have is looked for among all orders: one that a worker has in hand, or of long ago.
    """
    if by_id := bridge.ledger.get(order_key(connection, name)):
        return [by_id]
    found = [record for record in bridge.ledger.numbered(connection, name) if record.reference == name]
    return found or bridge.ledger.find(connection, name)


def settle(bridge: Bridge, record: LedgerRecord, state: LedgerState, reason: Reason, owner: str) -> LedgerRecord:
    """Give a claimed record its state with the reason, and let go of it."""
    return release(bridge, settled(bridge, record, state, reason), owner)


def settled(bridge: Bridge, record: LedgerRecord, state: LedgerState, reason: Reason) -> LedgerRecord:
    """Return a record in its state, with the reason."""
    return with_event(bridge, record, reason.text, state=state, reason=reason, updated_at=bridge.clock())


def drop_follow_ups(bridge: Bridge, record: LedgerRecord, reason: Reason, owner: str) -> LedgerRecord:
    """Drop what was still to be done after an import: the order waits for nobody any more; returns the record."""
    seen_to = {"facts": record.newer or record.facts, "newer": None}
    rest = with_event(bridge, record, reason.text).model_copy(
        update={"reason": None, "left": None, "follow_ups": (), "undone": (), "trying": "", "document": None, **seen_to}
    )
    return release(bridge, rest, owner)


def release(bridge: Bridge, record: LedgerRecord, owner: str) -> LedgerRecord:
    """Store a claimed record and let go of it."""
    free = record.model_copy(update={"lease_owner": None, "lease_until": None, "updated_at": bridge.clock()})
    bridge.ledger.save(free, owner=owner)
    return free


@contextmanager
def letting_go(bridge: Bridge, record: LedgerRecord, owner: str) -> Iterator[None]:
    """Release a claimed record, as it is, when what has to be looked at first cannot be."""
    try:
        yield
    except (RetryLater, Rejected, NeedsAttention):
        release(bridge, record, owner)
        raise


def with_event(bridge: Bridge, record: LedgerRecord, text: str, **changes: object) -> LedgerRecord:
    """Return the record with one more line in its story, and with these fields changed."""
    told = Event(at=bridge.clock(), text=text)
    return record.model_copy(update={**changes, "history": (*record.history, told)})


def hold_order(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Set an order aside that nobody has claimed; a record that has nothing open is left alone.

    Raises:
        RetryLater: Another worker has it, or died over it: then nobody else would come back for it.
    """
    owner = uuid4().hex
    claim = bridge.ledger.claim(record, owner=owner, lease=LEASE)
    if not claim.won:
        raise_if_busy(claim)
        return
    newer = claim.record.model_copy(update={"revision": max(record.revision, claim.record.revision)})
    waits_already = claim.record.state == "DONE" and claim.record.waits
    if waits_already or (claim.record.is_set_aside and record.origin != "resend"):
        release(bridge, newer, owner)
        return
    settle(bridge, newer, waiting_state(claim.record), reason, owner)
    log_held(bridge, record, reason)


def resend_records(bridge: Bridge, records: Sequence[LedgerRecord], *, by_itself: bool = False) -> int:
    """Hand orders to the import again, in this order; it reads them afresh from the shop.

    Args:
        by_itself: No person asked for it, so what gives up once more waits for one.
    """
    now = bridge.clock()
    bridge.orders.send(
        [
            OrderNotice(
                connection=record.key.connection,
                order_id=OrderId(record.key.id),
                origin="resend",
                event=ONCE_MORE if by_itself and record.reason and record.reason.code == GAVE_UP else "resend",
                received_at=now,
            )
            for record in records
            if record.key.kind == "order"
        ]
    )
    return len(records)


def raise_if_busy(claim: Claim) -> None:
    """Leave a record alone that is settled already. Raises RetryLater while another worker owns it."""
    wait = claim.busy.total_seconds()
    if wait:
        raise RetryLater("Another worker has the order", after=max(wait, 1), where=f"order {claim.record.reference}")


def waiting_state(record: LedgerRecord) -> LedgerState:
    """Return how an order waits for a person: what is there, or may be there, must not look as if it were not."""
    if record.state == "DONE":
        return "DONE"
    return "UNKNOWN" if record.state in IN_DOUBT else "HELD"


def hold_unreadable(bridge: Bridge, connection: ConnectionId, order: UnreadableOrder, origin: Origin) -> Reason:
    """Hold an order that we cannot understand for a person, instead of leaving it out; returns why.

    Raises:
        RetryLater: As ``hold_order``.
    """
    record = new_record(bridge, order_key(connection, order.id), order.revision, order.number, origin)
    reason = Reason(code=order.code, text=order.text, fix=order.fix)
    hold_order(bridge, record, reason)
    return reason


def new_record(bridge: Bridge, key: EffectKey, revision: str, reference: str, origin: str) -> LedgerRecord:
    """Return a record as it begins."""
    now = bridge.clock()
    story = (Event(at=now, text=f"Found by {origin.replace('_', ' ')}."),)
    return LedgerRecord(
        key=key,
        state="INTENT",
        revision=revision,
        reference=reference,
        origin=origin,
        history=story,
        found_at=now,
        updated_at=now,
    )


def log_held(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Tell the operator that an order waits."""
    bridge.activity.warning("order_held", record.key.connection, fix=reason.fix, **_facts(record, reason))


def log_skipped(bridge: Bridge, record: LedgerRecord, reason: Reason) -> None:
    """Tell why an order is not taken as it stands."""
    bridge.activity.info("order_skipped", record.key.connection, **_facts(record, reason))


def log_warning(bridge: Bridge, record: LedgerRecord, warning: Reason) -> None:
    """Tell the operator what an imported order does not say in the back office; nobody has to act for it to go on."""
    bridge.activity.warning("order_warning", record.key.connection, fix=warning.fix, **_facts(record, warning))


def _facts(record: LedgerRecord, reason: Reason) -> dict[str, str]:
    return {"order": record.reference, "code": reason.code, "reason": reason.text}


def once(
    job: Job, key: EffectKey, title: str, find: Callable[[], ExternalId | None], create: Callable[[], ExternalId]
) -> ExternalId:
    """Return the id of the effect ``key``: found, or created exactly once by whoever claims it first.

    Asked only for what the target does not list. So what we made long ago is gone there, and is made anew.

    Args:
        title: What it is, for messages, without personal data.
        find: Looks the effect up in the target, past every cache.
        create: Makes it; called only when nobody else did or may have done so.

    Raises:
        RetryLater: Another worker is creating it, or an earlier try is still settling.
    """
    claim = job.bridge.ledger.claim(_sent(job, key, title), owner=job.owner, lease=LEASE)
    made = claim.record.external_id
    if made and claim.record.state == "DONE" and _is_young(job, claim.record):
        if claim.won:
            release(job.bridge, claim.record, job.owner)
        return made
    if not claim.won:
        raise RetryLater(f"The {title} is being created by another worker", after=15, where=job.connection.id)
    with handing_back(job, claim.record, title):
        found = _found_before(job, claim, find)
    record = claim.record if claim.new or found else _sent_again(job, claim.record)
    with handing_back(job, record, title):
        external_id = found or create()
    done = record.model_copy(update={"state": "DONE", "external_id": external_id})
    release(job.bridge, with_event(job.bridge, done, f"The {title} is {external_id}."), job.owner)
    return external_id


def _is_young(job: Job, record: LedgerRecord) -> bool:
    """Made a moment ago, so the target's list may not show it yet; an older one that it does not show is gone."""
    return job.bridge.clock() - (record.sent_at or record.updated_at) < LISTED_WITHIN + CLOCKS_APART


def must_settle(job: Job, claim: Claim) -> None:
    """Wait until a call whose answer was lost has surely ended, by our own clock from when we first heard of it.

    Raises:
        RetryLater: Until then.
    """
    now, record = job.bridge.clock(), claim.record
    began = record.sent_at or record.updated_at
    wait = time_left(claim.sent_seen or now, SETTLING, began + SETTLING, now)
    if wait > timedelta(0):
        raise RetryLater(
            "An earlier try may still take effect", after=max(wait.total_seconds(), 1), where=job.connection.id
        )


@contextmanager
def handing_back(job: Job, record: LedgerRecord, title: str) -> Iterator[None]:
    """Release the record when the creation does not go through, so that the next try need not wait for the lease."""
    try:
        yield
    except OutcomeUnknown as error:
        # From now on the call can only end, so its settling counts from here.
        release(job.bridge, record.model_copy(update={"sent_at": job.bridge.clock()}), job.owner)
        raise RetryLater(
            f"The answer to creating the {title} was lost", after=SETTLING.total_seconds(), where=error.where
        ) from error
    except (RetryLater, Held, Rejected, NeedsAttention):
        release(job.bridge, record, job.owner)
        raise


def _found_before(job: Job, claim: Claim, find: Callable[[], ExternalId | None]) -> ExternalId | None:
    if claim.new:
        return None
    must_settle(job, claim)
    return find()


def _sent_again(job: Job, record: LedgerRecord) -> LedgerRecord:
    """A repeated creation counts from now: its answer may be lost too, and it may take effect late too."""
    again = record.model_copy(update={"state": "SENT", "sent_at": job.bridge.clock()})
    job.bridge.ledger.save(again, owner=job.owner)
    return again


def _sent(job: Job, key: EffectKey, title: str) -> LedgerRecord:
    # The present moment as revision: whoever asks again, since the target does not list it, may look into a done one.
    record = new_record(job.bridge, key, job.bridge.clock().isoformat(), title, "order import")
    return record.model_copy(update={"state": "SENT", "sent_at": record.updated_at})
