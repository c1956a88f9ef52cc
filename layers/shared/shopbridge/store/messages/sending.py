"""Messages on their way into the queues, in batches; without pydantic, as all of the intake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from shopbridge.errors import RetryLater
from shopbridge.model.basics import ConnectionId
from shopbridge.store.aws import BUSY_SECONDS, Aws, speaking_to

SERVICE = "SQS"
LARGEST_BATCH = 1_000_000
"""Bytes of one call: SQS takes 1 MiB, for a message as for a batch (SQS developer guide, quotas)."""
MOST_ENTRIES = 10
ABREAST = 10
"""Calls made at once of a tick's hundreds: as many as the SDK keeps connections."""

NOT_OURS = frozenset({"InvalidParameterValue", "MessageNotInflight", "ReceiptHandleIsInvalid"})
"""Somebody else has the message, as we were too slow with it: the rest of its batch must not suffer."""

Entry = Mapping[str, Any]


def sendable(body: str) -> str:
    """Return JSON as SQS takes it: it refuses two signs that JSON may hold raw (API reference, SendMessageBatch)."""
    # Translated, each letter of a text would be looked up that holds one that is not ASCII.
    return body.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to a queue, for its connection; ``delay`` in seconds."""

    url: str
    connection: ConnectionId
    body: str
    delay: int = 0


def send_all(aws: Aws, messages: Iterable[Outgoing]) -> None:
    """Send all of them. Raises RetryLater unless every one was taken."""
    queues: dict[str, list[Outgoing]] = {}
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


def _batches(sent: Sequence[Outgoing]) -> Iterator[Sequence[Entry]]:
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


def _entry(position: int, sent: Outgoing) -> Entry:
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
    """Hold a message back for ``seconds``; when SQS does not take that, it comes after the queue's own time."""
    try:
        with suppress(RetryLater), speaking_to(SERVICE):
            aws.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
    except ClientError as error:
        if error.response["Error"]["Code"].rpartition(".")[2] not in NOT_OURS:
            raise
