"""Somebody who subscribed to a topic: what arrives, as a mail program would show it."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox.aws.stack import Cloud

AT_ONCE = 10
"""Messages of one look at SQS."""


class Told(NamedTuple):
    """One message."""

    subject: str
    text: str


@dataclass(frozen=True)
class Inbox:
    """A queue behind the topic: nobody on this machine can click the link of a mail."""

    sqs: Any
    queue: str

    def new(self) -> list[Told]:
        """What arrived since the last look."""
        found: list[Told] = []
        while messages := self._some():
            found += [Told(body["Subject"], body["Message"]) for body in messages]
        return found

    def _some(self) -> list[dict[str, Any]]:
        received = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=AT_ONCE).get("Messages", [])
        for message in received:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in received]


def subscribe(cloud: Cloud, topic: str, name: str) -> Inbox:
    """Subscribe to a topic, by its ARN, under a name that no other inbox has."""
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return Inbox(sqs, queue)
