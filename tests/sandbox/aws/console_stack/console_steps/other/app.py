"""A function that wants a right its role does not have."""

import os
from typing import Any

import boto3

QUEUE = os.environ["SAMPLE_QUEUE_URL"]


def handler(_: Any, __: Any) -> str:
    boto3.client("sqs").send_message(QueueUrl=QUEUE, MessageBody="{}")
    return "sent"
