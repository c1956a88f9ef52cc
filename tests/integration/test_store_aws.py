"""The clients of AWS: made once a container, and cheap to call."""

import runpy
from unittest.mock import patch

import boto3
import pytest
from botocore.exceptions import ParamValidationError

from shopbridge.store import aws as store_aws
from shopbridge.store.aws import Aws, speaking_to
from shopbridge.store.items import key
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
        Table(Aws(), "Table").put({**key("shop", "ORDER#1"), "version": {"N": 1}})  # type: ignore[arg-type]
    shipped = runpy.run_path(store_aws.__file__)["CONFIG"]
    assert shipped.parameter_validation is False
