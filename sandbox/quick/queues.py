"""SQS in this process, on a clock of our own: delays, visibility and dead letters cost no waiting."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sandbox.aws.queues import record

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MOST_RECEIVES = 20
"""``maxReceiveCount`` of every queue in template.yaml."""
VISIBILITY = timedelta(minutes=12)
"""After so long a message that nobody deleted comes back (template.yaml, the queue of orders)."""


@dataclass
class Message:
    """One message of a queue; ``due`` is when it can be received next."""

    id: str
    queue: str
    body: str
    due: datetime
    receives: int = 0


@dataclass
class Queues:
    """All queues of the stack, by URL.

    Args:
        random: Chooses which of the messages that are due comes first: SQS keeps no order.
    """

    clock: Callable[[], datetime]
    random: Random
    waiting: dict[str, Message] = field(default_factory=dict)
    dead: list[Message] = field(default_factory=list)
    _made: int = 0

    def put(self, url: str, body: str, *, after: timedelta = timedelta(0)) -> None:
        """A message arrives."""
        self._made += 1
        name = f"message-{self._made}"
        self.waiting[name] = Message(name, url, body, self.clock() + after)

    def receive(self) -> Message | None:
        """Hand out a message that is due; None when none is."""
        due = [each for each in self.waiting.values() if each.due <= self.clock()]
        if not due:
            return None
        message = self.random.choice(due)
        message.receives += 1
        message.due = self.clock() + VISIBILITY
        return message

    def delete(self, message: Message) -> None:
        """Its work is done."""
        self.waiting.pop(message.id, None)

    def bury(self) -> None:
        """Move messages that came back too often to the dead letters."""
        worn = [each for each in self.waiting.values() if each.receives >= MOST_RECEIVES and each.due <= self.clock()]
        for message in worn:
            self.delete(message)
            self.dead.append(message)

    def next_due(self) -> datetime | None:
        """When the next message can be received; None when nothing waits."""
        return min((each.due for each in self.waiting.values()), default=None)

    def answer(self, operation: str, body: str, whole: bool = True) -> Mapping[str, Any]:
        """What SQS says to a call of ours, as the SDK parses it; not ``whole``: it takes half of the messages."""
        asked = json.loads(body)
        if operation == "ChangeMessageVisibility":
            self._postpone(asked["ReceiptHandle"], asked["VisibilityTimeout"])
            return {}
        if operation != "SendMessageBatch":
            raise ValueError(f"The bridge is not known to call {operation}")
        entries = asked["Entries"]
        taken = entries if whole else entries[: len(entries) // 2]
        failed = [{"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in entries[len(taken) :]]
        return {"Successful": list(self._taken(asked["QueueUrl"], taken)), "Failed": failed}

    def _taken(self, url: str, entries: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
        for entry in entries:
            self.put(url, entry["MessageBody"], after=timedelta(seconds=entry.get("DelaySeconds", 0)))
            yield {"Id": entry["Id"], "MessageId": f"message-{self._made}", "MD5OfMessageBody": ""}

    def _postpone(self, receipt: str, seconds: int) -> None:
        if receipt in self.waiting:
            self.waiting[receipt].due = self.clock() + timedelta(seconds=seconds)


def event_of(message: Message) -> dict[str, Any]:
    """A message in Lambda's envelope; its receipt is its id."""
    received: MessageTypeDef = {
        "MessageId": message.id,
        "ReceiptHandle": message.id,
        "Body": message.body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": str(message.receives)},
    }
    queue_arn = f"arn:aws:sqs:eu-central-1:123456789012:{message.queue.rpartition('/')[2]}"
    return {"Records": [record(received, queue_arn)]}
