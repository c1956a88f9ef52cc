"""AWS clients, made once per container when first needed, and what AWS errors mean to us."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore calls it so

from shopbridge.errors import Conflict, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

# AWS answers in milliseconds; botocore would wait for 60 s, longer than most of our functions live. A seventh of each
# call went into a name that the SDK puts together anew twice a call, an eighth into a look at shapes that are ours:
# the tests have that look on.
CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent="Shopbridge",
    parameter_validation=False,
)

READS = ("BatchGetItem", "GetItem", "Query")
BYTES = b'"B":'
REFUSED = 300
SERVER_ERROR = 500
BUSY_SECONDS = 5.0
BUSY = frozenset(
    {
        *("KMSThrottlingException", "KmsThrottled", "LimitExceededException", "OverLimit"),
        *("ProvisionedThroughputExceeded", "ProvisionedThroughputExceededException", "RequestLimitExceeded"),
        *("RequestThrottled", "Throttled", "Throttling", "ThrottlingError", "ThrottlingException", "TooManyUpdates"),
        *("TransactionConflictException", "TransactionInProgressException"),
    }
)
MOVED = frozenset({"ConditionalCheckFailed", "ConditionalCheckFailedException", "TransactionConflict"})


class Aws:
    """The clients of one container. One costs tens of milliseconds, so each is made when first asked for."""

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """For the tables."""
        client = boto3.client("dynamodb", config=CONFIG)
        for operation in READS:
            client.meta.events.register(f"before-parse.dynamodb.{operation}", _read_plainly)
        return client

    @cached_property
    def sqs(self) -> "SQSClient":
        """For the queues."""
        return boto3.client("sqs", config=CONFIG)

    @cached_property
    def ssm(self) -> "SSMClient":
        """For the credentials."""
        return boto3.client("ssm", config=CONFIG)

    @cached_property
    def sns(self) -> Any:
        """For what people are told."""
        return boto3.client("sns", config=CONFIG)

    @cached_property
    def scheduler(self) -> Any:
        """For the schedules, which only an operator asks about; likewise the next two."""
        return boto3.client("scheduler", config=CONFIG)

    @cached_property
    def cloudwatch(self) -> Any:
        """For the age of messages."""
        return boto3.client("cloudwatch", config=CONFIG)

    @cached_property
    def logs(self) -> Any:
        """For how long the log is kept."""
        return boto3.client("logs", config=CONFIG)


def _read_plainly(response_dict: Any, customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take items as they come: the SDK walks through every attribute, and then has what the JSON said.

    Bytes alone it decodes, so an answer that has some is left to it.
    """
    if response_dict["status_code"] < REFUSED and BYTES not in response_dict["body"]:
        customized_response_dict.update(json.loads(response_dict["body"]))
        response_dict["body"] = b""


class ConditionFailed(Conflict):
    """A conditional write found the record otherwise; ``standing`` is the record as it stands, empty when absent."""

    def __init__(self, standing: Mapping[str, Any]) -> None:
        super().__init__("Somebody else changed the record in between", fix="Read it again and repeat.")
        self.standing = standing


@contextmanager
def speaking_to(service: str) -> Iterator[None]:
    """Name AWS errors by consequence. What is left, such as a missing right, is a bug of ours and crashes.

    Raises:
        ConditionFailed: A condition of the write did not hold.
        RetryLater: The service is busy, away, or its answer got lost.
    """
    try:
        yield
    except ClientError as error:
        answer: Mapping[str, Any] = error.response
        codes = _codes(answer)
        if codes & MOVED:
            raise ConditionFailed(answer.get("Item", {})) from error
        if codes & BUSY or _status(answer) >= SERVER_ERROR:
            raise _busy(service, ", ".join(sorted(codes))) from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise _busy(service, type(error).__name__) from error


def _codes(response: Mapping[str, Any]) -> set[str]:
    reasons = response.get("CancellationReasons", ())
    return {response["Error"]["Code"], *(reason.get("Code", "") for reason in reasons)} - {"", "None"}


def _status(response: Mapping[str, Any]) -> int:
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _busy(service: str, detail: str) -> RetryLater:
    return RetryLater(
        f"AWS is busy or cannot be reached ({detail})",
        after=BUSY_SECONDS,
        where=service,
        fix="Try again in a while; if it lasts, see the AWS Health Dashboard.",
    )
