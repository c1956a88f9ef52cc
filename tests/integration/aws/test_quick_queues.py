"""Queues that are listed with one look at the clock tell what moto's own listing tells."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
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
