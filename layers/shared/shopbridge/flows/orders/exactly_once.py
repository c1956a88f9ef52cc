"""One outside effect, once: the ledger decides who makes it, and a lost answer is looked up before it is repeated."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.orders.job import Job
from shopbridge.flows.orders.records import LEASE, new_record, release, told
from shopbridge.model.base import ExternalId
from shopbridge.model.clocks import CLOCKS_APART, time_left
from shopbridge.model.ledger import EffectKey, LedgerRecord
from shopbridge.ports import Claim

SETTLING = timedelta(seconds=45)
"""How long a call whose answer was lost may still take effect: longer than any time-out of ours."""

LISTED_WITHIN = timedelta(minutes=10)
"""How long we trust our own word that something was made, against a list of the target that does not show it; longer by
what two clocks may be apart."""


def once(
    job: Job, key: EffectKey, title: str, find: Callable[[], ExternalId | None], create: Callable[[], ExternalId]
) -> ExternalId:
    """The id of the effect ``key``: found, or created exactly once by whoever claims it first.

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
    release(job.bridge, told(job.bridge, done, f"The {title} is {external_id}."), job.owner)
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
    """Let go of the record when the creation does not go through, so that the next try need not wait for the lease."""
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
