"""The queues between the steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shopbridge.errors import RetryLater
from shopbridge.model.base import ConnectionId, Model
from shopbridge.model.messages import (
    LONGEST_DELAY,
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
ABREAST = 10
"""Calls made at once of a tick's hundreds: as many as the SDK keeps connections."""
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
        _send_all(
            self.aws,
            [_Sent(self._url(each), each.connection, self._body(each), self._delay(each)) for each in messages],
        )

    def _delay(self, message: OrderNotice | OrderFound | OrderMoved) -> int:
        """Until its turn, in whole seconds: rather a moment early than late, since a platform's time is lost then."""
        wait = (message.turn.at - self.clock()).total_seconds() if message.turn else 0
        return int(min(max(wait, 0), LONGEST_DELAY.total_seconds()))

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
            turn=message.turn,
        )
        return _sendable(notice)


@dataclass(frozen=True)
class SqsPollQueue:
    """Connections on their way to the poll."""

    aws: Aws
    url: str

    def send(self, messages: Sequence[PollRequest | ProbeRequest | ProgressRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        _send_all(self.aws, [_Sent(self.url, request.connection, _sendable(request)) for request in messages])


@dataclass(frozen=True)
class SqsRunQueue:
    """Stock and runs on their way to their steps: a catalogue of hours must not hold back a figure."""

    aws: Aws
    stock_url: str
    product_url: str
    poll_url: str

    def send(self, messages: Sequence[StockRequest | RunRequest]) -> None:
        """Return only when every message was taken; raises RetryLater otherwise."""
        _send_all(self.aws, [_Sent(self._url(each), each.connection, _sendable(each)) for each in messages])

    def _url(self, request: StockRequest | RunRequest) -> str:
        job = request.job if isinstance(request, RunRequest) else "stock"
        return {"products": self.product_url, "orders": self.poll_url}.get(job, self.stock_url)


def _sendable(message: Model) -> str:
    return message.model_dump_json().translate(UNSENDABLE)


@dataclass(frozen=True)
class _Sent:
    """A message on its way to a queue, for its connection; ``delay`` in seconds."""

    url: str
    connection: ConnectionId
    body: str
    delay: int = 0


def _send_all(aws: Aws, messages: Iterable[_Sent]) -> None:
    queues: dict[str, list[_Sent]] = {}
    for each in messages:
        queues.setdefault(each.url, []).append(each)
    batches = [(url, batch) for url, sent in queues.items() for batch in _batches(sent)]
    # The client is made by the first call: threads must not make one at the same time.
    one_by_one = batches[:1] if len(batches) > ABREAST else batches
    for url, batch in one_by_one:
        _send_batch(aws, url, batch)
    with ThreadPoolExecutor(ABREAST) as threads:
        rest = [threads.submit(_send_batch, aws, url, batch) for url, batch in batches[len(one_by_one) :]]
    for sending in rest:
        sending.result()


def _send_batch(aws: Aws, url: str, batch: Sequence[Entry]) -> None:
    left = _send(aws, url, _send(aws, url, batch))
    if left:
        raise RetryLater(f"The queue took all but {len(left)} messages", after=BUSY_SECONDS, where=SERVICE)


def _batches(sent: Sequence[_Sent]) -> Iterator[Sequence[Entry]]:
    batch: list[Entry] = []
    size = 0
    for position, each in enumerate(sent):
        weight = len(each.body.encode())
        if len(batch) == MOST_ENTRIES or (batch and size + weight > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(_entry(position, each))
        size += weight
    if batch:
        yield batch


def _entry(position: int, sent: _Sent) -> Entry:
    # On a standard queue the group makes it a fair one: a busy shop does not delay the others.
    entry = {"Id": str(position), "MessageBody": sent.body, "MessageGroupId": sent.connection}
    return {**entry, "DelaySeconds": sent.delay} if sent.delay else entry


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
