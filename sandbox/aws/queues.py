"""Event source mappings: hands messages to functions and deletes what they finished, as Lambda does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.aws.functions import Function
from sandbox.aws.moto import REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_SQS_AT_MOST = 10
"""Messages SQS hands out or deletes in one call."""


class Depth(NamedTuple):
    """How many messages a queue holds: ready, being worked on or backing off, and sent with a delay."""

    visible: int
    in_flight: int
    delayed: int


@dataclass(frozen=True)
class Poller:
    """Serves one event source mapping."""

    sqs: "SQSClient"
    queue_url: str
    function: Function
    batch_size: int
    partial_answers: bool

    @property
    def queue_arn(self) -> str:
        """The ARN events name as their source."""
        account, name = self.queue_url.split("/")[-2:]
        return f"arn:aws:sqs:{REGION}:{account}:{name}"

    def deliver(self) -> int:
        """Hand one batch to the function, if there is one; returns how many messages it had."""
        messages = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(self.batch_size, _SQS_AT_MOST),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self._delete(finished(messages, self._invoke(messages)))
        return len(messages)

    def _invoke(self, messages: Sequence["MessageTypeDef"]) -> "set[str] | None":
        outcome = self.function.run({"Records": [record(message, self.queue_arn) for message in messages]})
        if outcome.crash:
            return None
        return failed_items(outcome.result) if self.partial_answers else set()

    def _delete(self, messages: Sequence["MessageTypeDef"]) -> None:
        if messages:
            self.sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages
                ],
            )


def finished(messages: Sequence["MessageTypeDef"], failed: "set[str] | None") -> Sequence["MessageTypeDef"]:
    """The messages Lambda deletes. ``failed`` None, or naming a message that is not there, means all failed."""
    if failed is None or not failed <= {message["MessageId"] for message in messages}:
        return ()
    return [message for message in messages if message["MessageId"] not in failed]


def failed_items(answer: Any) -> "set[str] | None":
    """What a partial batch answer names as failed; None when Lambda takes the whole batch as failed.

    As Lambda's documentation on SQS error handling says: null, an empty object and an empty or null list are
    success; an empty or null identifier, a wrong key or another shape fail the whole batch.
    """
    if answer is None or answer == {}:
        return set()
    if not isinstance(answer, dict) or "batchItemFailures" not in answer:
        return None
    items = answer["batchItemFailures"]
    if not items:
        return set()
    return _identifiers(items) if isinstance(items, list) else None


def _identifiers(items: Iterable[Any]) -> "set[str] | None":
    found = {item.get("itemIdentifier") if isinstance(item, dict) else None for item in items}
    names = {name for name in found if isinstance(name, str) and name}
    return names if names == found else None


def record(message: "MessageTypeDef", queue_arn: str) -> dict[str, Any]:
    """One record of the event Lambda makes of SQS messages."""
    optional = {"md5OfMessageAttributes": message.get("MD5OfMessageAttributes")}
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message["MD5OfBody"],
        **{key: value for key, value in optional.items() if value},
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    lists: dict[str, Any] = {"stringListValues": [], "binaryListValues": []}
    return {"stringValue": value.get("StringValue"), **lists, "dataType": value["DataType"]}


def depth(sqs: "SQSClient", queue_url: str) -> Depth:
    """Count a queue's messages."""
    found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    return Depth(
        int(found["ApproximateNumberOfMessages"]),
        int(found["ApproximateNumberOfMessagesNotVisible"]),
        int(found["ApproximateNumberOfMessagesDelayed"]),
    )
