"""An independent DynamoDB for the store tests: dynalite behind the SDK, the other services as ever in moto."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.aws.moto_partiql import teach_moto
from sandbox.aws.partiql import Item, answers

INSTALLED = "SHOPBRIDGE_DYNALITE"
"""Names the folder that `make dynalite` installs it into; without it DynamoDB is moto's as well."""
SERVE = """
const server = require("dynalite")({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
"""
KEEPS = "ReturnValuesOnConditionCheckFailure"
NAMED: Any = {"ExpressionAttributeNames": {"#r": "record"}}
REFUSED, CANCELLED = "ConditionalCheckFailedException", "TransactionCanceledException"


@contextmanager
def embedded_aws() -> Iterator[None]:
    """AWS in this process while the ``with`` block runs; its DynamoDB may be dynalite, in a process of its own."""
    teach_moto()
    folder = os.environ.get(INSTALLED)
    if not folder:
        with mock_aws():
            yield
        return
    with _serving(Path(folder)) as url, mock_aws(config=_all_but(url)), _reached_by_the_sdk(url):
        yield


def _all_but(url: str) -> Any:
    return {"core": {"passthrough": {"urls": [url]}}}


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    command = ["node", "--eval", SERVE]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as node:  # noqa: S603 - our own words
        try:
            assert node.stdout
            port = int(node.stdout.readline())
            yield f"http://127.0.0.1:{port}"
        finally:
            node.terminate()


@contextmanager
def _reached_by_the_sdk(url: str) -> Iterator[None]:
    """Clients that are made from now on, through a session of their own."""
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION
    events = boto3.DEFAULT_SESSION.events
    events.register_last("before-call.dynamodb", _without_what_it_refuses)
    # The least specific hook is asked last, so all others hear of it.
    events.register_last("before-call", _put_together)
    events.register_last("before-call", _inserted)
    events.register_first("after-call.dynamodb", _with_what_stands)
    try:
        yield
    finally:
        del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        boto3.DEFAULT_SESSION = None


# --- what it lacks ----------------------------------------------------------------------------------------------


def _without_what_it_refuses(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """It does not tell the item that made a condition fail; the item is read afterwards instead."""
    asked = json.loads(params["body"])
    if asked.pop(KEEPS, None) == "ALL_OLD":
        context["asked"] = asked
        params["body"] = json.dumps(asked).encode()


def _with_what_stands(parsed: dict[str, Any], context: Mapping[str, Any], **_: Any) -> None:
    if "asked" in context and parsed.get("Error", {}).get("Code") == REFUSED:
        asked = context["asked"]
        key = asked.get("Key") or {name: asked["Item"][name] for name in ("connection", "record")}
        found = boto3.client("dynamodb").get_item(TableName=asked["TableName"], Key=key, ConsistentRead=True)
        parsed.update({"Item": found["Item"]} if "Item" in found else {})


def _put_together(model: Any, params: dict[str, Any], **_: Any) -> Any:
    """It has no transactions. Ours guard the first item alone, and no test writes at the same moment."""
    if model.name != "TransactWriteItems":
        return None
    first, *others = (each["Put"] for each in json.loads(params["body"])["TransactItems"])
    client = boto3.client("dynamodb")
    try:
        client.put_item(**{name: value for name, value in first.items() if name != KEEPS})
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != REFUSED:
            raise
        reasons = [{"Code": "ConditionalCheckFailed"}, *({"Code": "None"} for _ in others)]
        return _answer(400, {"Error": {"Code": CANCELLED, "Message": CANCELLED}, "CancellationReasons": reasons})
    for other in others:
        client.put_item(**other)
    return _answer(200, {})


def _inserted(model: Any, params: dict[str, Any], **_: Any) -> Any:
    """It has no PartiQL."""
    if model.name != "BatchExecuteStatement":
        return None
    client = boto3.client("dynamodb")

    def put(table: str, item: Item) -> bool:
        try:
            client.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(#r)", **NAMED)
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    return _answer(200, {"Responses": answers(json.loads(params["body"])["Statements"], put)})


def _answer(status: int, told: Mapping[str, Any]) -> Any:
    metadata = {"HTTPStatusCode": status}
    return AWSResponse("", status, HTTPHeaders(), None), {**told, "ResponseMetadata": metadata}
