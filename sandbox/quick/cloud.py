"""What template.yaml tells of tables and queues, and its tables empty in this process."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from sandbox.aws.moto_partiql import teach_moto
from sandbox.aws.template import read_template
from shopbridge.store.environment import Environment, read_environment

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
TABLE = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "eu-central-1"}


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


@cache
def described_tables() -> Mapping[str, Mapping[str, Any]]:
    """Properties of the tables in template.yaml, by name."""
    return {name: found["Properties"] for name, found in read_template(TEMPLATE, {}).of_type("AWS::DynamoDB::Table")}
