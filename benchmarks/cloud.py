"""The bridge's tables in this process, and a meter for what DynamoDB would charge."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from sandbox.aws.moto_partiql import teach_moto
from sandbox.aws.partiql import insertion
from sandbox.aws.template import read_template
from shopbridge.store.bundle import Store
from shopbridge.store.environment import Environment, read_environment

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
TABLE = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "eu-central-1"}
READ_UNIT, WRITE_UNIT = 4096, 1024
"""Bytes of an item that one unit covers (Amazon DynamoDB developer guide, capacity units)."""


@contextmanager
def cloud() -> Iterator[Environment]:
    """The tables of template.yaml, empty, while the ``with`` block runs; queues have names only."""
    teach_moto()
    with patch.dict(os.environ, KEYS), mock_aws():
        client = boto3.client("dynamodb")
        for name, found in read_template(TEMPLATE, {}).of_type("AWS::DynamoDB::Table"):
            wanted = {part: value for part, value in found["Properties"].items() if part in TABLE}
            client.create_table(TableName=name, **wanted)
        yield read_environment(names())


def names() -> dict[str, str]:
    """What template.yaml would tell a function: names of tables and queues."""
    queues = ("ORDER", "POLL", "BACKFILL", "STOCK", "PRODUCT")
    return {
        **{f"SHOPBRIDGE_{name}_QUEUE_URL": f"https://queue.example/{name.lower()}" for name in queues},
        "SHOPBRIDGE_CONNECTIONS_TABLE": "ConnectionsTable",
        "SHOPBRIDGE_STATE_TABLE": "StateTable",
        "SHOPBRIDGE_PARAMETER_PREFIX": "/shopbridge/bench",
        "SHOPBRIDGE_SANDBOX": "1",
    }


class Meter:
    """Counts a store's calls of DynamoDB, and the units that the items they carried come to."""

    def __init__(self, store: Store) -> None:
        self.calls = self.read_units = self.written_units = 0
        events = store.aws.dynamodb.meta.events
        events.register("provide-client-params.dynamodb.*", self._asked)
        events.register("after-call.dynamodb.*", self._answered)

    def taken(self) -> Counter[str]:
        """What was counted since the last look."""
        counted = Counter(calls=self.calls, read=self.read_units, written=self.written_units)
        self.calls = self.read_units = self.written_units = 0
        return counted

    def _asked(self, params: Mapping[str, Any], **_: Any) -> None:
        self.calls += 1
        written = [params["Item"]] if "Item" in params else []
        written += [insertion(statement)[1] for statement in params.get("Statements", ())]
        batches = params.get("RequestItems", {}).values()
        writes = [each for batch in batches if isinstance(batch, list) for each in batch]
        written += [each["PutRequest"]["Item"] for each in writes if "PutRequest" in each]
        self.written_units += sum(units(item, WRITE_UNIT) for item in written)

    def _answered(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        """Updates answer with the whole item, as the store asks; an item that is not there costs a unit as well."""
        self.read_units += int(model.name == "GetItem" and "Item" not in parsed)
        if "Attributes" in parsed:
            self.written_units += units(parsed["Attributes"], WRITE_UNIT)
        read = parsed.get("Responses", {}) if model.name == "BatchGetItem" else {}
        found = [*parsed.get("Items", ()), *(each for batch in read.values() for each in batch)]
        if "Item" in parsed:
            found.append(parsed["Item"])
        self.read_units += sum(units(item, READ_UNIT) for item in found)


def units(item: Mapping[str, Any], size: int) -> int:
    """Units of so many bytes that an item takes, one at least."""
    return max(1, math.ceil(sum(len(name) + _length(value) for name, value in item.items()) / size))


def _length(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_length(part) for part in value.values())
    return len(value if isinstance(value, bytes) else str(value).encode())
