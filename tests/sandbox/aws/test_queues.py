from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.queues import failed_items, finished, record

MESSAGES: list[Any] = [{"MessageId": name, "ReceiptHandle": name.upper()} for name in "abc"]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_lambda_takes_these_answers_as_success_of_the_whole_batch(answer: Any) -> None:
    assert failed_items(answer) == set()


@pytest.mark.parametrize(
    "answer",
    [
        "done",
        [],
        {"failures": []},
        {"batchItemFailures": "a"},
        {"batchItemFailures": ["a"]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": 1}]},
        {"batchItemFailures": [{"messageId": "a"}]},
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"bad": "b"}]},
    ],
)
def test_lambda_takes_these_answers_as_failure_of_the_whole_batch(answer: Any) -> None:
    assert failed_items(answer) is None


@given(st.sets(st.sampled_from("abc")))
def test_exactly_what_is_not_named_as_failed_is_finished(failed: set[str]) -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": name} for name in sorted(failed)]}
    assert {message["MessageId"] for message in finished(MESSAGES, failed_items(answer))} == set("abc") - failed


def test_nothing_is_finished_when_all_failed_or_an_unknown_message_is_named() -> None:
    assert not finished(MESSAGES, None)
    assert not finished(MESSAGES, {"a", "stranger"})


def test_a_record_has_the_fields_lambda_gives_it() -> None:
    message: Any = {
        "MessageId": "m",
        "ReceiptHandle": "r",
        "Body": "b",
        "MD5OfBody": "5",
        "Attributes": {"ApproximateReceiveCount": "2"},
        "MessageAttributes": {"colour": {"StringValue": "red", "DataType": "String"}},
    }
    assert record(message, "arn:aws:sqs:eu-central-1:1:q") == {
        "messageId": "m",
        "receiptHandle": "r",
        "body": "b",
        "attributes": {"ApproximateReceiveCount": "2"},
        "messageAttributes": {
            "colour": {"stringValue": "red", "stringListValues": [], "binaryListValues": [], "dataType": "String"}
        },
        "md5OfBody": "5",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:1:q",
        "awsRegion": "eu-central-1",
    }
