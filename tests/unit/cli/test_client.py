import io
import os
import socket
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from mypy_boto3_lambda import LambdaClient

from shopbridge_cli.client import Operations, RefusedError
from shopbridge_cli.exits import Exit


def lambda_client(endpoint: str = "http://127.0.0.1:9") -> LambdaClient:
    return boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name="eu-central-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_a_refused_connection_is_a_sentence_with_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(RefusedError, match=f"Nobody answers at {address}"):
        Operations("operations", lambda_client(address)).ask("list")


def test_an_unknown_function_is_a_sentence() -> None:
    client = lambda_client()
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "ResourceNotFoundException", "Function not found")
        with pytest.raises(RefusedError, match="There is no function 'operations'"):
            Operations("operations", client).ask("list")


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException"])
def test_an_account_that_is_busy_is_asked_again_later(code: str) -> None:
    client = lambda_client()
    with Stubber(client) as stub:
        stub.add_client_error("invoke", code, "Rate Exceeded.")
        with pytest.raises(RefusedError, match=r"nothing was done\. Ask again") as refused:
            Operations("operations", client).ask("list")
    assert refused.value.exit is Exit.AGAIN


def test_missing_credentials_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_credentials(**_request: object) -> None:
        raise NoCredentialsError

    client = lambda_client()
    monkeypatch.setattr(client, "invoke", without_credentials)
    with pytest.raises(RefusedError, match="no AWS credentials"):
        Operations("operations", client).ask("list")


def test_an_answer_of_another_function_is_refused() -> None:
    client = lambda_client()
    with Stubber(client) as stub:
        stub.add_response("invoke", {"StatusCode": 200, "Payload": io.BytesIO(b'"hello"')})
        with pytest.raises(RefusedError, match="not one of the operations function"):
            Operations("operations", client).ask("list")


def test_without_a_function_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOPBRIDGE_OPERATIONS_FUNCTION", raising=False)
    with pytest.raises(RefusedError, match="SHOPBRIDGE_OPERATIONS_FUNCTION"):
        Operations().ask("list")


def test_a_web_server_that_is_not_aws_is_a_sentence() -> None:
    client = lambda_client()
    with Stubber(client) as stub:
        stub.add_client_error("invoke", "404", "<h1>Not Found</h1>")
        with pytest.raises(RefusedError, match="What answers is not AWS Lambda"):
            Operations("operations", client).ask("list")


def test_an_address_that_is_none_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    for name, value in {**made_up, "AWS_ENDPOINT_URL_LAMBDA": "nonsense"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(RefusedError, match=r"Invalid endpoint: nonsense\. Check"):
        Operations("operations").ask("list")


ARN = "arn:aws:lambda:eu-west-3:123456789012:function:shopbridge-Operations-1A2B"


@pytest.mark.parametrize(
    ("function", "environment", "region"),
    [
        (ARN, {}, "eu-west-3"),
        (f"{ARN}:live", {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"}, "eu-west-3"),
        ("operations", {"AWS_REGION": "eu-north-1"}, "eu-north-1"),
        ("operations", {"AWS_DEFAULT_REGION": "eu-south-1"}, "eu-south-1"),
        ("operations", {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-south-1"}, "eu-south-1"),
    ],
)
def test_the_region_is_the_functions_own_else_what_either_variable_says(
    monkeypatch: pytest.MonkeyPatch, function: str, environment: dict[str, str], region: str
) -> None:
    asked: list[str] = []
    no_aws_here(monkeypatch, environment)

    def answer(client: BaseClient, *_request: object) -> dict[str, Any]:
        asked.append(client.meta.region_name)
        return {"Payload": io.BytesIO(b'{"ok": true, "result": []}')}

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    assert Operations(function).ask("list") == []
    assert asked == [region]


def test_without_any_region_the_advice_names_what_works(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws_here(monkeypatch, {})
    with pytest.raises(RefusedError, match="which AWS region") as caught:
        Operations("operations").ask("list")
    assert all(way in str(caught.value) for way in ("ARN", "AWS_REGION or AWS_DEFAULT_REGION", "AWS_PROFILE"))


def no_aws_here(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    made_up = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_CONFIG_FILE": os.devnull}
    for name, value in {**made_up, **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
