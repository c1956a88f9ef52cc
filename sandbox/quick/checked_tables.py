"""DynamoDB where flows make thousands of calls: tables of ours, while moto is asked about every form of call once.

A call costs moto tens of milliseconds. What our tables answer is held against moto by
``tests/sandbox/quick/test_tables.py``; the store's own tests stand on moto itself.
"""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError

from sandbox.platforms.kit import ManualClock
from sandbox.quick.tables import Refused, Tables

FREE = frozenset({"Item", "Key", "Keys", "ExclusiveStartKey", "ClientRequestToken", "Limit", "Parameters", "Statement"})
"""What differs from call to call of a form."""
VALUES = "ExpressionAttributeValues"
UNMET = frozenset({"None", "ConditionalCheckFailed", "ConditionalCheckFailedException", "TransactionCanceledException"})
"""moto's tables stay almost empty, so conditions fail there; all else that it says against a call is meant."""
_heard: set[str] = set()
"""Forms that moto has taken, in this process."""


@contextmanager
def checked_tables(described: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
    """Answer the clients that are made while the ``with`` block runs; moto has the same tables.

    Args:
        described: Properties of the tables as in template.yaml, by name. Nothing is forgotten by itself.
    """
    moto = boto3.client("dynamodb")
    session = boto3.DEFAULT_SESSION
    if session is None:
        raise AssertionError("a client was made a moment ago")
    events = session.events
    kept = {
        name: {part: properties[part] for part in properties if part != "TimeToLiveSpecification"}
        for name, properties in described.items()
    }
    answering = _Answering(moto, Tables(kept, ManualClock(), Random(1)))
    events.register_last("before-call", answering)  # the least specific hook is asked last, so all others hear of it
    try:
        yield
    finally:
        events.unregister("before-call", answering)


class _Answering:
    """Stands for DynamoDB where the SDK would send a call."""

    def __init__(self, moto: Any, tables: Tables) -> None:
        self._moto, self._tables, self._one_at_a_time = moto, tables, Lock()

    def __call__(self, model: Any, params: Mapping[str, Any], **_: Any) -> Any:
        if model.service_model.service_name != "dynamodb":
            return None
        body = params["body"].decode()
        with self._one_at_a_time:
            if model.name == "Scan":
                return _answer(200, self._all_of(json.loads(body)["TableName"]))
            self._ask_moto(model.name, body)
            return self._told(model.name, body)

    def _told(self, operation: str, body: str) -> Any:
        try:
            return _answer(200, self._tables.answer(operation, body))
        except Refused as error:
            return _answer(400, {"Error": {"Code": error.code, "Message": error.code}, **error.told})

    def _all_of(self, table: str) -> Mapping[str, Any]:
        """What a scan finds, which only tests make."""
        items = [item for rows in self._tables._tables[table].rows.values() for item in rows.values()]
        return {"Items": items, "Count": len(items)}

    def _ask_moto(self, operation: str, body: str) -> None:
        """Let moto refuse what is no sentence of DynamoDB's. Raises ClientError."""
        asked = json.loads(body, object_hook=_bytes)
        form = f"{operation} {json.dumps(_form(asked), sort_keys=True)}"
        if form in _heard:
            return
        try:
            getattr(self._moto, xform_name(operation))(**asked)
        except ClientError as error:
            told: Any = error.response
            if not {told["Error"]["Code"], *(each["Code"] for each in told.get("CancellationReasons", ()))} <= UNMET:
                raise
        _heard.add(form)


def _form(asked: Any) -> Any:
    """A call without its values; of many alike, one."""
    if isinstance(asked, list):
        return [_form(part) for part in asked[:1]]
    if not isinstance(asked, dict):
        return asked
    values = {VALUES: {name: list(value) for name, value in asked[VALUES].items()}} if VALUES in asked else {}
    return {**{name: _form(part) for name, part in asked.items() if name not in FREE}, **values}


def _bytes(found: dict[str, Any]) -> Any:
    return {"B": b64decode(found["B"])} if found.keys() == {"B"} else found


def _answer(status: int, told: Mapping[str, Any]) -> Any:
    return AWSResponse("", status, HTTPHeaders(), None), {**told, "ResponseMetadata": {"HTTPStatusCode": status}}
