"""Queues that are listed with one look at the clock, and sent to past the wire, tell what moto's own tell."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core.botocore_stubber import BotocoreStubber
from moto.sqs.models import Queue, sqs_backends

from shopbridge.store.environment import Environment
from tests.integration.aws.quick_queues import delayed, ready, taken

Listing = Callable[[Queue], Any]
MOTO: dict[str, Listing] = {
    name: vars(Queue)[name].fget
    for name in ("messages", "approximate_number_of_messages_delayed", "approximate_number_of_messages_not_visible")
}
"""As moto has them; this module is imported before any environment is made."""


@pytest.fixture
def queue(environment: Environment) -> Queue:
    """Two messages that wait, one that is worked on, one that was put back, and one for later."""
    sqs, url = boto3.client("sqs"), environment.backfill_queue_url
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=900)
    for body in ("worked on", "put back", "waits", "waits too"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=900)
    (back,) = sqs.receive_message(QueueUrl=url, VisibilityTimeout=900)["Messages"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=back["ReceiptHandle"], VisibilityTimeout=0)
    return sqs_backends["123456789012"]["eu-central-1"].queues[url.rpartition("/")[2]]


def test_a_queue_tells_what_motos_own_listing_tells(queue: Queue) -> None:
    assert Queue.messages.fget is ready  # type: ignore[attr-defined]
    own = {name: listing(queue) for name, listing in zip(MOTO, (ready, delayed, taken), strict=True)}
    assert own == {name: listing(queue) for name, listing in MOTO.items()}
    assert sorted(each.body for each in ready(queue)) == ["put back", "waits", "waits too"]
    assert (delayed(queue), taken(queue)) == (1, 1)


def test_a_batch_is_taken_as_moto_takes_it_and_refused_as_moto_refuses_it(environment: Environment) -> None:
    url, heard = environment.stock_queue_url, list[str]()
    sqs = boto3.client("sqs")
    sqs.meta.events.register("before-call", lambda model, **_: heard.append(model.name))
    entries: Any = [{"Id": "0", "MessageBody": "now"}, {"Id": "1", "MessageBody": "later", "DelaySeconds": 60}]
    with patch.object(BotocoreStubber, "process_request", side_effect=AssertionError("a request is made")):
        told = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [each["Id"] for each in told["Successful"]] == ["0", "1"]
    assert [each["Body"] for each in sqs.receive_message(QueueUrl=url)["Messages"]] == ["now"]
    assert delayed(sqs_backends["123456789012"]["eu-central-1"].queues[url.rpartition("/")[2]]) == 1
    with pytest.raises(ClientError, match="BatchEntryIdsNotDistinct"):
        sqs.send_message_batch(QueueUrl=url, Entries=[entries[0], entries[0]])
    assert heard == ["SendMessageBatch", "ReceiveMessage", "SendMessageBatch"]
