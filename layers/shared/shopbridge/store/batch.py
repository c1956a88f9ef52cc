"""The messages of a queue's batch: which of them failed, and when they come back."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from botocore.exceptions import ClientError
from pydantic import ValidationError

from shopbridge.errors import AFTER_A_CONFLICT, Conflict, LimitReached, RetryLater, back_off
from shopbridge.mapping.masking import MASK
from shopbridge.store.bundle import Store
from shopbridge.store.messages.sending import postpone

LONGEST_HIDDEN = 43_000.0
"""Seconds for which SQS hides a message: twelve hours from when it was received."""
LAST_TRY = 19
"""One try before SQS would put the message among the dead letters (``maxReceiveCount`` in template.yaml)."""

QUOTES_NO_DATA = (AssertionError, AttributeError, ClientError, ImportError, NameError, TypeError, ValidationError)
"""Errors whose message is about code, or has the values it quotes masked."""


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


def handle_batch(store: Store, event: Mapping[str, Any], work: Callable[[MessageDelivery], None]) -> Mapping[str, Any]:
    """Do ``work`` for every message of a batch and answer which ones failed.

    A message whose work raises RetryLater comes back after the delay it asks for, longer with every try.
    Anything else that ``work`` raises is a bug: it is logged whole and the message comes back by itself.
    """
    failed: list[str] = []
    for record in event["Records"]:
        with _Work(store, record, failed):
            work(_delivery(record))
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _delivery(record: Mapping[str, Any]) -> MessageDelivery:
    return MessageDelivery(record["body"], _tries(record))


def _tries(record: Mapping[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])


def _url(record: Mapping[str, Any]) -> str:
    """The queue a message came from; its ARN is ``arn:aws:sqs:<region>:<account>:<name>``."""
    *_, region, account, name = record["eventSourceARN"].split(":")
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"


@dataclass(frozen=True)
class _Work:
    """Holds for the work on one message: whatever that raises is dealt with, and the others go on.

    Attributes:
        failed: Ids of the messages that failed so far.
    """

    store: Store
    record: Mapping[str, Any]
    failed: list[str]

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.failed.append(self.record["messageId"])
        self._come_back(error)
        return True

    def _come_back(self, error: Exception) -> None:
        """Postpone the message, or log what nobody expected."""
        if isinstance(error, RetryLater | Conflict):
            pause = pause_after(error, _tries(self.record))
            postpone(self.store.aws, _url(self.record), self.record["receiptHandle"], pause)
        else:
            self.store.activity.bug(trace_of(error))


def pause_after(error: RetryLater | Conflict, tries: int) -> int:
    """Return seconds to wait: waiting for a limit is no failure, so it takes no longer than the limit does."""
    if isinstance(error, LimitReached):
        return int(min(max(error.after, 0), LONGEST_HIDDEN)) + 1
    return back_off(error.after if isinstance(error, RetryLater) else AFTER_A_CONFLICT, tries)


def trace_of(error: BaseException) -> str:
    """Return the way an error took through our code, its cause first.

    What it says only where that quotes nobody's data.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{trace_of(cause)}\n\n" if cause else ""
    said = str(error) if isinstance(error, QUOTES_NO_DATA) else MASK
    return f"{before}{''.join(traceback.format_tb(error.__traceback__))}{type(error).__name__}: {said}"
