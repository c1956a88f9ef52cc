"""The queues between the steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, Model
from shopbridge.model.messages import (
    OLD_ORDERS,
    OrderFound,
    OrderMoved,
    OrderNotice,
    PollRequest,
    ProbeRequest,
    ProgressRequest,
    RunRequest,
    StockRequest,
)
from shopbridge.ports import Clock
from shopbridge.store.aws import BUSY_SECONDS, Aws, speaking_to

SERVICE = "SQS"
LARGEST_ORDER = 900_000
"""Bytes of an order that travels whole; a larger one is announced and read again."""
LARGEST_BATCH = 1_000_000
"""Bytes of one call: SQS takes 1 MiB, for a message as for a batch (SQS developer guide, quotas)."""
MOST_ENTRIES = 10
# JSON may hold these two raw, SQS refuses them (SQS API reference, SendMessageBatch).
UNSENDABLE = str.maketrans({"\ufffe": "\\ufffe", "\uffff": "\\uffff"})

NOT_OURS = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})
"""Somebody else has the message, as we were too slow with it: the rest of its batch must not suffer."""

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class SqsOrderQueue:
    """Orders on their way to the import; those of a backfill or a first import take a lane of their own."""

    aws: Aws
    live_url: str
    backfill_url: str
    clock: Clock

    def send(self, messages: Sequence[OrderNotice | OrderFound | OrderMoved]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        _send_all(self.aws, [(self._url(each), each.connection, self._body(each)) for each in messages])

    def _url(self, message: OrderNotice | OrderFound | OrderMoved) -> str:
        is_old = not isinstance(message, OrderMoved) and message.origin in OLD_ORDERS
        return self.backfill_url if is_old else self.live_url

    def _body(self, message: OrderNotice | OrderFound | OrderMoved) -> str:
        body = _sendable(message)
        if not isinstance(message, OrderFound) or len(body.encode()) <= LARGEST_ORDER:
            return body
        notice = OrderNotice(
            connection=message.connection,
            order_id=message.order.id,
            origin=message.origin,
            event="too large for a message",
            received_at=self.clock(),
        )
        return _sendable(notice)


@dataclass(frozen=True)
class SqsPollQueue:
    """Connections on their way to the poll."""

    aws: Aws
    url: str

    def send(self, messages: Sequence[PollRequest | ProbeRequest | ProgressRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        _send_all(self.aws, [(self.url, request.connection, _sendable(request)) for request in messages])


@dataclass(frozen=True)
class SqsRunQueue:
    """Stock and runs on their way to their steps: a catalogue of hours must not hold back a figure."""

    aws: Aws
    stock_url: str
    product_url: str
    poll_url: str

    def send(self, messages: Sequence[StockRequest | RunRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        _send_all(self.aws, [(self._url(each), each.connection, _sendable(each)) for each in messages])

    def _url(self, request: StockRequest | RunRequest) -> str:
        job = request.job if isinstance(request, RunRequest) else "stock"
        return {"products": self.product_url, "orders": self.poll_url}.get(job, self.stock_url)


def _sendable(message: Model) -> str:
    return message.model_dump_json().translate(UNSENDABLE)


def _send_all(aws: Aws, messages: Iterable[tuple[str, ConnectionId, str]]) -> None:
    """Send each body to its queue, for its connection."""
    queues: dict[str, list[tuple[ConnectionId, str]]] = {}
    for url, connection, body in messages:
        queues.setdefault(url, []).append((connection, body))
    for url, bodies in queues.items():
        for batch in _batches(bodies):
            left = _send(aws, url, _send(aws, url, batch))
            if left:
                raise RetryLater(f"The queue took all but {len(left)} messages", after=BUSY_SECONDS, where=SERVICE)


def _batches(bodies: Sequence[tuple[ConnectionId, str]]) -> Iterator[Sequence[Entry]]:
    batch: list[Entry] = []
    size = 0
    for position, (connection, body) in enumerate(bodies):
        weight = len(body.encode())
        if len(batch) == MOST_ENTRIES or (batch and size + weight > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        # On a standard queue the group makes it a fair one: a busy shop does not delay the others.
        batch.append({"Id": str(position), "MessageBody": body, "MessageGroupId": connection})
        size += weight
    if batch:
        yield batch


def _send(aws: Aws, url: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Returns the entries that were not taken."""
    if not entries:
        return ()
    with speaking_to(SERVICE):
        answer = aws.sqs.send_message_batch(QueueUrl=url, Entries=list(entries))  # type: ignore[arg-type]
    failed = {failure["Id"] for failure in answer.get("Failed", ())}
    return [entry for entry in entries if entry["Id"] in failed]


def postpone(aws: Aws, url: str, receipt: str, seconds: int) -> None:
    """Let a message come back after ``seconds``; when SQS does not take that, it comes after the queue's own time."""
    try:
        with suppress(RetryLater), speaking_to(SERVICE):
            aws.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
    except ClientError as error:
        if error.response["Error"]["Code"].rpartition(".")[2] not in NOT_OURS:
            raise
