"""The clients of AWS: made once a container, and cheap to call."""

import runpy
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from shopbridge.model.base import ConnectionId
from shopbridge.store import aws as store_aws
from shopbridge.store.aws import Aws, speaking_to
from shopbridge.store.bundle import Store
from shopbridge.store.items import key, text
from shopbridge.store.table import Table


def a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


def test_a_container_makes_each_client_once(monkeypatch: pytest.MonkeyPatch) -> None:
    a_region(monkeypatch)
    aws = Aws()
    with patch.object(boto3, "client", wraps=boto3.client) as made:
        assert aws.dynamodb is aws.dynamodb
        assert aws.sqs is aws.sqs
        assert [call.args for call in made.call_args_list] == [("dynamodb",), ("sqs",)]


def test_calls_go_under_our_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would put its own together anew for each call, of 30 parts."""
    a_region(monkeypatch)
    assert vars(Aws().dynamodb.meta.config)["user_agent"].startswith("Shopbridge Botocore/")


def test_shapes_are_looked_at_in_tests_and_cost_nothing_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    a_region(monkeypatch)
    with pytest.raises(ParamValidationError), speaking_to("DynamoDB"):
        Table(Aws(), "Table").put({**key(SHOP, "ORDER#1"), "version": {"N": 1}})
    shipped = runpy.run_path(store_aws.__file__)["CONFIG"]
    assert shipped.parameter_validation is False


SHOP = ConnectionId("shop")
PLAIN = {**key(SHOP, "1"), "n": {"N": "1.50"}, "m": {"M": {"l": {"L": [{"BOOL": True}, {"NULL": True}]}}}}
QUOTED = {**key(SHOP, "2"), "s": {"S": 'a word, "B": and ü'}}
IN_BYTES = {**key(SHOP, "3"), "b": {"B": b"\x00\xff"}}
READS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("get_item", {"TableName": "state", "Key": key(SHOP, "1")}, True),
    ("get_item", {"TableName": "state", "Key": key(SHOP, "2")}, True),
    ("get_item", {"TableName": "state", "Key": key(SHOP, "3")}, False),
    ("get_item", {"TableName": "state", "Key": key(SHOP, "none")}, True),
    ("batch_get_item", {"RequestItems": {"state": {"Keys": [key(SHOP, "1"), key(SHOP, "2")]}}}, True),
    ("query", {"TableName": "state", "Limit": 1}, True),
    ("query", {"TableName": "state", "Select": "COUNT"}, True),
    ("query", {"TableName": "state"}, False),
)
"""What is asked, and whether the answer is taken as it comes."""


def in_order(answer: dict[str, Any]) -> dict[str, Any]:
    """A batch comes in an order of DynamoDB's own."""
    answer.get("Responses", {}).get("state", []).sort(key=lambda item: item["record"]["S"])
    return answer


def test_items_are_taken_as_they_come_and_are_what_the_sdk_would_make_of_them(store: Store) -> None:
    ours, theirs, plainly = store.aws.dynamodb, boto3.client("dynamodb"), list[bool]()
    for item in (PLAIN, QUOTED, IN_BYTES):
        ours.put_item(TableName="state", Item=item)
    ours.meta.events.register_last("before-parse", lambda response_dict, **_: plainly.append(not response_dict["body"]))
    for operation, asked, _ in READS:
        if operation == "query":
            names, values = {"#c": "connection"}, {":c": text(SHOP)}  # a word that DynamoDB keeps for itself
            asked |= {"KeyConditionExpression": "#c = :c"}
            asked |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        answers = [getattr(client, operation)(**asked) for client in (ours, theirs)]
        assert [answer.pop("ResponseMetadata")["HTTPStatusCode"] for answer in answers] == [200, 200]
        assert in_order(answers[0]) == in_order(answers[1])
    assert plainly == [as_it_comes for _, _, as_it_comes in READS]
