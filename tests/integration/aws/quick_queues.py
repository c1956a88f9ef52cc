"""moto's queues for the tests of flows, listed with one look at the clock, and sent to past the wire.

moto lists a whole queue several times for each message that is sent or taken, and asks the clock twice about each
message in it: at five thousand that is an hour. For each message it spells the names of a queue's attributes anew, and
a call takes it as long as a step of the bridge. What is told is moto's own, see ``test_quick_queues.py``.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSResponse, HTTPHeaders
from moto.core.exceptions import ServiceException
from moto.core.utils import camelcase_to_underscores, unix_time_millis
from moto.sqs import models
from moto.sqs.models import Message, Queue, sqs_backends


@contextmanager
def quick_queues() -> Iterator[None]:
    """Let queues be listed so while the ``with`` block runs."""
    quick = {
        "messages": ready,
        "approximate_number_of_messages_delayed": delayed,
        "approximate_number_of_messages_not_visible": taken,
    }
    with ExitStack() as stack:
        stack.enter_context(patch.object(models, "camelcase_to_underscores", cache(camelcase_to_underscores)))
        for name, listing in quick.items():
            stack.enter_context(patch.object(Queue, name, property(listing)))
        yield


def ready(queue: Queue) -> list[Message]:
    """Messages that may be taken now."""
    now = unix_time_millis()
    return [each for each in queue._messages if each.visible_at < now >= each.delayed_until]


def delayed(queue: Queue) -> int:
    """How many were sent for later."""
    now = unix_time_millis()
    return sum(now < each.delayed_until for each in queue._messages)


def taken(queue: Queue) -> int:
    """How many somebody is working on, or has put off."""
    now = unix_time_millis()
    return sum(now <= each.visible_at for each in queue._messages)


@contextmanager
def quick_sending() -> Iterator[None]:
    """Let clients that are made while the ``with`` block runs hand messages to moto's queues without a request."""
    session = boto3.DEFAULT_SESSION
    if session is None:
        raise AssertionError("a client was made a moment ago")
    # The least specific hook is asked last, so all others hear of it.
    session.events.register_last("before-call", _sent)
    try:
        yield
    finally:
        session.events.unregister("before-call", _sent)


def _sent(model: Any, params: Mapping[str, Any], **_: Any) -> Any:
    """What moto says to a batch that it takes; one that it refuses, it refuses itself."""
    asked = json.loads(params["body"]) if model.name == "SendMessageBatch" else {}
    if not asked.get("Entries"):
        return None
    name, backend = asked["QueueUrl"].rpartition("/")[2], sqs_backends["123456789012"]["eu-central-1"]
    entries = [{"MessageAttributes": {}, "DelaySeconds": None, **each} for each in asked["Entries"]]
    try:
        taken, failed = backend.send_message_batch(name, {str(at): each for at, each in enumerate(entries)})
    except ServiceException:
        return None
    told = [{"Id": vars(each)["user_id"], "MessageId": each.id, "MD5OfMessageBody": each.body_md5} for each in taken]
    metadata = {"ResponseMetadata": {"HTTPStatusCode": 200}}
    return AWSResponse("", 200, HTTPHeaders(), None), {"Successful": told, "Failed": failed, **metadata}
