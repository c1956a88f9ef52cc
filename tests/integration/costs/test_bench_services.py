"""The services that benchmarks are measured with: over the wire they answer as moto does, and charge as AWS does."""

import json
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from benchmarks.orders.aws_server import AwsServer, aws_server
from benchmarks.orders.charges import CHUNK, INDEX, READ, WRITE, ChargedQueues, ChargedTables
from benchmarks.orders.clock import SharedClock
from sandbox.quick.cloud import KEYS, cloud, described_tables
from sandbox.quick.queues import Queues
from sandbox.quick.tables import Refused, Tables

STATE = "StateTable"
KEY = {"connection": {"S": "one"}, "record": {"S": "1"}}
OTHER = {"connection": {"S": "one"}, "record": {"S": "2"}}
HELD = {"held_in": {"S": "one"}, "held_at": {"S": "2026-01-31"}}
ITEM = {**KEY, "packed": {"B": b"\x00\xff"}, "names": {"SS": ["a"]}, "count": {"N": "2"}, **HELD}
NEW = {"ConditionExpression": "attribute_not_exists(#r)", "ExpressionAttributeNames": {"#r": "record"}}
TOLD = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
COUNT_UP: dict[str, Any] = {
    "UpdateExpression": "ADD #c :one",
    "ExpressionAttributeNames": {"#c": "count"},
    "ExpressionAttributeValues": {":one": {"N": "1"}},
    "ReturnValues": "ALL_NEW",
}
HELD_ONES: dict[str, Any] = {
    "IndexName": "held",
    "KeyConditionExpression": "#h = :connection",
    "ExpressionAttributeNames": {"#h": "held_in"},
    "ExpressionAttributeValues": {":connection": {"S": "one"}},
}
SAID: tuple[tuple[str, dict[str, Any]], ...] = (
    ("put_item", {"TableName": STATE, "Item": ITEM}),
    ("put_item", {"TableName": STATE, "Item": KEY, **NEW, **TOLD}),
    ("get_item", {"TableName": STATE, "Key": KEY, "ConsistentRead": True}),
    ("get_item", {"TableName": STATE, "Key": OTHER}),
    ("update_item", {"TableName": STATE, "Key": KEY, **COUNT_UP}),
    ("batch_get_item", {"RequestItems": {STATE: {"Keys": [KEY, OTHER], "ConsistentRead": True}}}),
    ("query", {"TableName": STATE, **HELD_ONES}),
    (
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": STATE, "Item": each, **NEW}} for each in (KEY, OTHER)]},
    ),
    ("transact_write_items", {"TransactItems": [{"Put": {"TableName": STATE, "Item": OTHER, **NEW}}]}),
    ("delete_item", {"TableName": STATE, "Key": KEY}),
    ("batch_write_item", {"RequestItems": {STATE: [{"PutRequest": {"Item": KEY}}, {"DeleteRequest": {"Key": OTHER}}]}}),
    ("get_item", {"TableName": STATE, "Key": OTHER}),
)
SECRETS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("put_parameter", {"Name": "/a/b", "Value": "s", "Type": "SecureString"}),
    ("get_parameters", {"Names": ["/a/b", "/a/c"], "WithDecryption": True}),
    ("delete_parameters", {"Names": ["/a/b", "/a/c"]}),
    ("get_parameters", {"Names": ["/a/b"], "WithDecryption": True}),
)
KEPT = ("Item", "Items", "Attributes", "Responses", "Count", "Parameters", "InvalidParameters", "DeletedParameters")


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsServer]:
    with aws_server(SharedClock()) as served:
        yield served


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(("service", "calls"), [("dynamodb", SAID), ("ssm", SECRETS)])
def test_moto_answers_alike(aws: AwsServer, service: Any, calls: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    client = boto3.client(service, endpoint_url=aws.url)
    ours = [said(client, *call) for call in calls]
    with cloud():
        client = boto3.client(service)
        assert ours == [said(client, *call) for call in calls]


def said(client: Any, call: str, asked: dict[str, Any]) -> Any:
    try:
        told = getattr(client, call)(**asked)
    except ClientError as error:
        response: Any = error.response
        reasons = [reason["Code"] for reason in response.get("CancellationReasons", ())]
        return response["Error"]["Code"], response.get("Item"), reasons
    kept = {name: value for name, value in told.items() if name in KEPT}
    if "Parameters" in kept:
        kept["Parameters"] = [(each["Name"], each["Value"]) for each in kept["Parameters"]]
    return kept


def test_what_is_sent_is_delivered_when_it_is_due(aws: AwsServer) -> None:
    client, began = boto3.client("sqs", endpoint_url=aws.url), aws.clock()
    entries: Any = [{"Id": "0", "MessageBody": "now"}, {"Id": "1", "MessageBody": "later", "DelaySeconds": 60}]
    told = client.send_message_batch(QueueUrl="https://queue.example/order", Entries=entries)
    assert [each["Id"] for each in told["Successful"]] == ["0", "1"]
    assert [message.body for message in aws.receive(10)] == ["now"]
    assert (aws.clock() - began).total_seconds() == 0
    assert [message.body for message in aws.receive(10)] == ["later"]
    assert (aws.clock() - began).total_seconds() == 60
    assert aws.receive(10) == []


# --- what is charged ----------------------------------------------------------------------------------------------


@pytest.fixture
def tables() -> ChargedTables:
    return ChargedTables(Tables(described_tables(), SharedClock(), Random(1)))  # noqa: S311 - nothing is forgotten


def charged(tables: ChargedTables, operation: str, asked: dict[str, Any]) -> tuple[float, float, float]:
    before = dict(tables.charged)
    with suppress(Refused):
        tables.answer(operation, json.dumps(asked))
    written, index, read = (tables.charged[kind] - before[kind] for kind in (WRITE, INDEX, READ))
    return written, index, read


def test_a_write_costs_its_kilobytes_and_one_that_is_refused_what_stands_there(tables: ChargedTables) -> None:
    large = {**KEY, "text": {"S": "x" * 2500}}
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": large}) == (3, 0, 0)
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": KEY, **NEW, **TOLD}) == (3, 0, 0)
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": KEY}) == (3, 0, 0), "the larger of both counts"
    assert charged(tables, "DeleteItem", {"TableName": STATE, "Key": KEY}) == (1, 0, 0)
    assert charged(tables, "DeleteItem", {"TableName": STATE, "Key": KEY}) == (1, 0, 0), "nothing there costs one"


def test_a_transaction_costs_twice_as_much(tables: ChargedTables) -> None:
    put = {"TransactItems": [{"Put": {"TableName": STATE, "Item": each, **NEW}} for each in (KEY, OTHER)]}
    assert charged(tables, "TransactWriteItems", put) == (4, 0, 0)
    assert charged(tables, "TransactWriteItems", put) == (4, 0, 0)


def test_a_statement_of_a_batch_that_is_refused_is_charged(
    tables: ChargedTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    responses = [{"TableName": STATE}, {"Error": {"Code": "DuplicateItem"}}]
    monkeypatch.setattr(tables.tables, "answer", lambda *_: {"Responses": responses})
    assert charged(tables, "BatchExecuteStatement", {"Statements": []}) == (1, 0, 0)


def test_an_index_is_charged_when_what_it_holds_changes_and_twice_when_the_row_moves_there(
    tables: ChargedTables,
) -> None:
    held = {**KEY, **HELD}
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": held}) == (1, 1, 0)
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": {**held, "elsewhere": {"S": "x"}}}) == (1, 0, 0)
    moved = {**held, "held_at": {"S": "2026-02-01"}}
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": moved}) == (1, 2, 0)
    assert charged(tables, "PutItem", {"TableName": STATE, "Item": KEY}) == (1, 1, 0)


def test_a_read_that_may_be_old_costs_half(tables: ChargedTables) -> None:
    charged(tables, "PutItem", {"TableName": STATE, "Item": {**KEY, "text": {"S": "x" * 5000}}})
    assert charged(tables, "GetItem", {"TableName": STATE, "Key": KEY, "ConsistentRead": True}) == (0, 0, 2)
    assert charged(tables, "GetItem", {"TableName": STATE, "Key": KEY}) == (0, 0, 1)
    batch = {"RequestItems": {STATE: {"Keys": [KEY, OTHER], "ConsistentRead": True}}}
    assert charged(tables, "BatchGetItem", batch) == (0, 0, 3), "one that is not there costs a unit as well"


def test_a_queue_is_paid_for_every_64_kilobytes_and_for_the_deletion() -> None:
    queues = ChargedQueues(Queues(SharedClock(), Random(1)))  # noqa: S311 - order does not matter
    entry = {"Id": "0", "MessageBody": "x" * 2 * CHUNK}
    queues.answer("SendMessageBatch", json.dumps({"QueueUrl": "https://queue.example/order", "Entries": [entry]}))
    sent = queues.charged
    queues.take(10)
    assert (sent, queues.charged - sent) == (3, 3)
