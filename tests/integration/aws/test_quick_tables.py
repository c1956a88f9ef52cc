"""The tables that flows are tested on: hooks hear of every call, and what is no sentence of DynamoDB's is refused."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from shopbridge.store.environment import Environment

ONE = {"connection": {"S": "one"}, "record": {"S": "A"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"UpdateExpression": "SET name = :n", "ExpressionAttributeValues": {":n": {"S": "1"}}},
        {"UpdateExpression": "SET #n = :n", "ExpressionAttributeNames": {"#n": "n"}},
        {
            "UpdateExpression": "SET #n = :n",
            "ExpressionAttributeNames": {"#n": "n", "#unused": "n"},
            "ExpressionAttributeValues": {":n": {"S": "1"}},
        },
    ],
    ids=["a reserved word", "a value that is not told", "a name that is not used"],
)
def test_a_sentence_that_dynamodb_does_not_understand_is_refused(
    environment: Environment, wrong: dict[str, Any]
) -> None:
    client = boto3.client("dynamodb")
    with pytest.raises(ClientError, match="ValidationException"):
        client.update_item(TableName=environment.state_table, Key=ONE, **wrong)


def test_a_hook_that_ends_the_process_at_a_call_comes_before_the_tables(environment: Environment) -> None:
    client = boto3.client("dynamodb")
    client.meta.events.register("before-call", _die)
    with pytest.raises(KeyboardInterrupt):
        client.put_item(TableName=environment.state_table, Item=ONE)
    assert _found(environment) == 0
    client.meta.events.unregister("before-call", _die)
    client.meta.events.register("after-call", _die)
    with pytest.raises(KeyboardInterrupt):
        client.put_item(TableName=environment.state_table, Item=ONE)
    assert _found(environment) == 1


def _die(**_: object) -> None:
    raise KeyboardInterrupt


def _found(environment: Environment) -> int:
    return boto3.client("dynamodb").scan(TableName=environment.state_table, Select="COUNT")["Count"]
