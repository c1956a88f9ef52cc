"""Does what the messages say: keep, fail, crash, answer nonsense, feed the queue, print, do what is not allowed."""

import json
import os
from functools import cache
from typing import Any

import boto3

SEEN: list[dict[str, Any]] = []


@cache
def _client(service: str, _url: str) -> Any:
    return boto3.client(service)  # type: ignore[call-overload]  # any service


def client(service: str) -> Any:
    return _client(service, os.environ["AWS_ENDPOINT_URL"])


def handler(event: dict[str, Any], _context: Any) -> Any:
    SEEN.append(event)
    failed = []
    for record in event["Records"]:
        order = json.loads(record["body"])
        if "crash" in order:
            raise RuntimeError(order["crash"])
        if "answer" in order:
            return order["answer"]
        if "fail" in order:
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        _obey(order)
    return {"batchItemFailures": failed}


def _obey(order: dict[str, Any]) -> None:
    if "print" in order:
        print(json.dumps(order))  # noqa: T201 - what the test is about
    if "keep" in order:
        client("dynamodb").put_item(TableName=os.environ["SAMPLE_TABLE"], Item={"id": {"S": order["keep"]}})
    if "remove" in order:
        client("dynamodb").delete_item(TableName=os.environ["SAMPLE_TABLE"], Key={"id": {"S": order["remove"]}})
    if "send" in order:
        client("sqs").send_message(
            QueueUrl=os.environ["SAMPLE_QUEUE_URL"], MessageBody=json.dumps(order["send"]), MessageGroupId="one"
        )
