"""The messages of a queue's batch: which of them failed, and when they come back.

A module of its own, since Powertools' batches cost a tenth of a second that only two functions need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from shopbridge.errors import Conflict, LimitReached, RetryLater
from shopbridge.store.activity import trace_of
from shopbridge.store.bundle import Store
from shopbridge.store.queues import postpone

LONGEST_PAUSE = 3600.0
"""Seconds between two tries at the most."""
LONGEST_HIDDEN = 43_000.0
"""Seconds for which SQS hides a message: twelve hours from when it was received."""
AFTER_A_CONFLICT = 5.0
"""Seconds after which a message whose record somebody else wrote is looked at anew."""
LAST_TRY = 19
"""One try before SQS would put the message among the dead letters (``maxReceiveCount`` in template.yaml)."""


@dataclass(frozen=True)
class MessageDelivery:
    """One message of a queue as the handler sees it.

    Attributes:
        tries: How often it was delivered, this time included.
    """

    body: str
    tries: int

    def after(self, tries: int) -> "MessageDelivery":
        """Return it as of a message that was tried so often before it was sent anew."""
        return replace(self, tries=self.tries + tries)

    @property
    def again(self) -> bool:
        """It failed before."""
        return self.tries > 1

    @property
    def last(self) -> bool:
        """This failing would put the message among the dead letters."""
        return self.tries >= LAST_TRY


def handle_batch(
    store: Store, event: Mapping[str, Any], context: Any, work: Callable[[MessageDelivery], None]
) -> Mapping[str, Any]:
    """Do ``work`` for every message of a batch and answer which ones failed.

    A message whose work raises RetryLater comes back after the delay it asks for, longer with every try.
    Anything else that ``work`` raises is a bug: it is logged whole and the message comes back by itself.
    """
    answer: Mapping[str, Any] = process_partial_response(
        event=dict(event),
        record_handler=lambda record: work(_delivery(record)),
        processor=_Processor(store),
        context=context,
    )
    return answer


def _delivery(record: Mapping[str, Any]) -> MessageDelivery:
    return MessageDelivery(record["body"], int(record["attributes"]["ApproximateReceiveCount"]))


class _Processor(BatchProcessor):
    """Powertools' partial batches with our back-off, and with bugs that are heard."""

    def __init__(self, store: Store) -> None:
        super().__init__(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        self._store = store

    def failure_handler(self, record: Any, exception: Any) -> Any:
        """Postpone, or log what nobody expected."""
        error = exception[1]
        if isinstance(error, RetryLater | Conflict):
            pause = pause_after(error, int(record.attributes.approximate_receive_count))
            postpone(self._store.aws, record.queue_url, record.receipt_handle, pause)
        else:
            self._store.activity.bug(trace_of(error))
        return super().failure_handler(record, exception)


def pause_after(error: RetryLater | Conflict, tries: int) -> int:
    """Return seconds to wait: waiting for a limit is no failure, so it takes no longer than the limit does."""
    if isinstance(error, LimitReached):
        return int(min(max(error.after, 0), LONGEST_HIDDEN)) + 1
    return back_off(error.after if isinstance(error, RetryLater) else AFTER_A_CONFLICT, tries)


def back_off(after: float, tries: int) -> int:
    """Return seconds to wait: what was asked for at first, then doubling, an hour at the most."""
    return int(min(max(after, 1) * 2 ** min(max(tries - 3, 0), 12), LONGEST_PAUSE)) + 1
