"""Tables of ours against moto's: whatever the bridge says to DynamoDB is answered alike."""

import json
from base64 import b64decode
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chaos.buyers import orders
from sandbox.pairs import catalogue
from sandbox.platforms.kit import ManualClock
from sandbox.quick.cloud import cloud, described_tables
from sandbox.quick.expressions import change, condition
from sandbox.quick.scenery import scenery
from sandbox.quick.tables import PAGE, Refused, Tables

Heard = list[tuple[str, str, Any]]
CALL = {
    "GetItem": "get_item",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "Query": "query",
    "BatchGetItem": "batch_get_item",
    "BatchWriteItem": "batch_write_item",
    "TransactWriteItems": "transact_write_items",
    "BatchExecuteStatement": "batch_execute_statement",
}
PAIR = "shopware-salespos"
AS_THE_STORE_ASKS = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


@pytest.fixture(scope="module")
def heard() -> Heard:
    """Everything that is said while a connection is made, orders are imported and runs are done."""
    said: Heard = []
    answer = Tables.answer

    def listen(tables: Tables, operation: str, body: str, whole: bool = True) -> Any:
        told: Any
        try:
            told = answer(tables, operation, body, whole)
        except Refused as error:
            said.append((operation, body, error))
            raise
        said.append((operation, body, told))
        return told

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tables, "answer", listen)
        _play()
    return said


def _play() -> None:
    with scenery(1) as stage:
        link = stage.link("one", PAIR)
        products = [link.pair.market.product(product) for product in catalogue.PRODUCTS]
        link.shop.add_products(products)
        link.office.add_products(products)
        stage.connect(link)
        for order in islice(orders(Random(3), 10_000), 6):  # noqa: S311 - chooses buyers
            link.shop.place(link.pair.market.order(order))
        stage.settle()
        stage.clock.moment += timedelta(minutes=10)
        for text in ("1", "so-", "nobody"):
            stage.ask("orders", connection=link.id, text=text, state="imported", limit=1)
        for operation in ("show", "held", "skipped", "delete"):
            stage.ask(operation, connection=link.id)


def test_moto_answers_alike(heard: Heard) -> None:
    with cloud():
        client = boto3.client("dynamodb")
        for operation, body, told in heard:
            assert _said(client, operation, _asked(body)) == _plain(told), (operation, body)
    assert {operation for operation, _, _ in heard} >= set(CALL) - {"BatchWriteItem", "BatchExecuteStatement"}
    assert any(isinstance(told, Refused) for _, _, told in heard)


def _said(client: Any, operation: str, asked: Any) -> Any:
    try:
        return _plain(getattr(client, CALL[operation])(**asked))
    except ClientError as error:
        response: Any = error.response
        return (response["Error"]["Code"], response.get("Item"), _codes(response))


def _plain(told: Any) -> Any:
    if isinstance(told, Refused):
        return (told.code, told.told.get("Item"), _codes(told.told))
    left = ("ResponseMetadata", "Count", "ScannedCount", "ConsumedCapacity", "ItemCollectionMetrics")
    return {name: _sorted(value) for name, value in told.items() if name not in left}


def _codes(told: Any) -> list[str]:
    return [reason["Code"] for reason in told.get("CancellationReasons", ())]


def _sorted(value: Any) -> Any:
    """Sets and batches come in no order."""
    if isinstance(value, dict):
        return {name: sorted(part) if name == "SS" else _sorted(part) for name, part in value.items()}
    return value


def _asked(body: str) -> Any:
    return json.loads(body, object_hook=lambda found: {"B": b64decode(found["B"])} if found.keys() == {"B"} else found)


def key(record: str) -> dict[str, Any]:
    return {"connection": {"S": "one"}, "record": {"S": record}}


def tables(clock: ManualClock) -> Tables:
    return Tables(described_tables(), clock, Random(1))  # noqa: S311 - chooses when rows go


def put(made: Tables, record: str, **values: Any) -> None:
    made.answer("PutItem", json.dumps({"TableName": "StateTable", "Item": {**key(record), **values}}))


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("UpdateItem", {"UpdateExpression": "SET #a = :a", "ConditionExpression": "attribute_exists(#a)"}),
        ("UpdateItem", {"UpdateExpression": "SET #a = :a", "ConditionExpression": "attribute_not_exists(#a)"}),
        ("UpdateItem", {"UpdateExpression": "SET #a = :a", "ConditionExpression": "#a BETWEEN :a AND :b"}),
        ("DeleteItem", {"ConditionExpression": "#a = :a"}),
        ("DeleteItem", {"ConditionExpression": "#a <> :a"}),
    ],
)
def test_a_condition_is_met_or_not_as_in_moto(operation: str, said: dict[str, Any]) -> None:
    """Of records without the attribute, and with values before, at, between and after the two that are asked for."""
    made, values = tables(ManualClock()), {":a": {"S": "2"}, ":b": {"S": "4"}}
    there = {"TableName": "StateTable", "Key": key("1")}
    used = {name: value for name, value in values.items() if any(name in text for text in said.values())}
    asked: dict[str, Any] = {**there, **said, **AS_THE_STORE_ASKS, "ExpressionAttributeNames": {"#a": "a"}}
    asked |= {"ExpressionAttributeValues": used} if used else {}
    asked |= {"ReturnValues": "ALL_NEW"} if operation == "UpdateItem" else {}
    with cloud():
        client = boto3.client("dynamodb")
        for item in ({}, *({"a": {"S": number}} for number in "12345")):
            client.put_item(TableName="StateTable", Item={**key("1"), **item})
            put(made, "1", **item)
            assert _told(made, operation, asked) == _said(client, operation, asked), item
            assert _told(made, "GetItem", there) == _said(client, "GetItem", there), item


@pytest.mark.parametrize("change", ["SET #a = :a", "ADD #b :a", "SET #c = :a ADD #b :a"])
def test_of_a_record_whose_change_asks_for_less_only_that_is_told_as_in_moto(change: str) -> None:
    made, values = tables(ManualClock()), {":a": {"N": "2"}}
    names = {name: name[1:] for name in ("#a", "#b", "#c") if name in change}
    asked: dict[str, Any] = {"TableName": "StateTable", "Key": key("1"), "UpdateExpression": change}
    asked |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values, "ReturnValues": "UPDATED_NEW"}
    refused = {**asked, "ConditionExpression": f"attribute_not_exists({next(iter(names))})"}
    quiet = {**asked, "ReturnValues": "NONE"}
    with cloud():
        client = boto3.client("dynamodb")
        client.put_item(TableName="StateTable", Item={**key("1"), "a": {"N": "1"}, "d": {"S": "kept"}})
        put(made, "1", a={"N": "1"}, d={"S": "kept"})
        for request in (asked, refused, quiet):
            assert _told(made, "UpdateItem", request) == _said(client, "UpdateItem", request)


def _told(made: Tables, operation: str, asked: dict[str, Any]) -> Any:
    try:
        told = made.answer(operation, json.dumps(asked))
    except Refused as error:
        return _plain(error)
    return _plain(told)


def test_what_is_to_be_forgotten_goes_at_its_end_or_two_days_late() -> None:
    clock = ManualClock()
    made, end = tables(clock), {"N": str(int(clock().timestamp()) + 60)}
    for number in range(100):
        put(made, f"{number}", forget_at=end)
    left = []
    for hours in (0, 1, 24, 49):
        clock.advance(hours=hours)
        left.append(len(list(made.records("StateTable", "one", ""))))
    assert (left[0], left[3]) == (100, 0)
    assert 60 > left[1] > 40 > left[2] > 10


def test_what_is_set_only_when_missing_stays_and_counts_go_up() -> None:
    item: dict[str, Any] = {}
    for moment in ("noon", "one"):
        values = {"#a": "since", "#b": "count", ":now": {"S": moment}, ":one": {"N": "1"}}
        change("SET #a = if_not_exists(#a, :now) ADD #b :one")(item, values)
    assert item == {"since": {"S": "noon"}, "count": {"N": "2"}}


def test_long_answers_come_in_pages() -> None:
    made = tables(ManualClock())
    asked: dict[str, Any] = {"TableName": "StateTable", "KeyConditionExpression": "#c = :connection"}
    for number in range(PAGE + 1):
        put(made, f"{number:03}")
    asked |= {
        "ExpressionAttributeNames": {"#c": "connection"},
        "ExpressionAttributeValues": {":connection": {"S": "one"}},
    }
    page = made.answer("Query", json.dumps(asked))
    rest = made.answer("Query", json.dumps({**asked, "ExclusiveStartKey": page["LastEvaluatedKey"]}))
    assert (len(page["Items"]), len(rest["Items"])) == (PAGE, 1)
    assert "LastEvaluatedKey" not in rest


def test_half_of_a_batch_can_be_left_undone() -> None:
    made = tables(ManualClock())
    for number in range(4):
        put(made, f"{number}")
    asked = {"StateTable": {"Keys": [key(f"{number}") for number in range(4)], "ConsistentRead": True}}
    told = made.answer("BatchGetItem", json.dumps({"RequestItems": asked}), False)
    assert len(told["Responses"]["StateTable"]) == 2
    assert [each["record"]["S"] for each in told["UnprocessedKeys"]["StateTable"]["Keys"]] == ["2", "3"]


def test_a_transaction_whose_answer_was_lost_is_not_done_twice() -> None:
    made = tables(ManualClock())
    put_ = {
        "Item": key("1"),
        "ConditionExpression": "attribute_not_exists(#r)",
        "ExpressionAttributeNames": {"#r": "record"},
    }
    asked = json.dumps({"TransactItems": [{"Put": {"TableName": "StateTable", **put_}}], "ClientRequestToken": "a"})
    assert made.answer("TransactWriteItems", asked) == made.answer("TransactWriteItems", asked)
    with pytest.raises(Refused):
        made.answer("TransactWriteItems", asked.replace('"a"', '"b"'))


@pytest.mark.parametrize("expression", ["size(#a) > :b", "#a = :b #c", "attribute_type(#a, :b)", "(#a = :b"])
def test_words_that_the_store_never_says_are_refused(expression: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        condition(expression)


@pytest.mark.parametrize("expression", ["SET #a = list_append(#a, :b)", "DELETE #a :b", "SET #a = #b + :c"])
def test_changes_that_the_store_never_makes_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="Nothing is known"):
        change(expression)


def test_what_stands_is_kept_by_the_change_that_wants_it_kept() -> None:
    values = {"#since": "since", "#count": "count", ":now": {"S": "10:00"}, ":one": {"N": "1"}}
    update = change("SET #since = if_not_exists(#since, :now), #at = :now ADD #count :one")
    item: dict[str, Any] = {}
    update(item, {**values, "#at": "at"})
    update(item, {**values, "#at": "at", ":now": {"S": "10:05"}})
    assert item == {"since": {"S": "10:00"}, "at": {"S": "10:05"}, "count": {"N": "2"}}
