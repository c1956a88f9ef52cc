"""Functions of a stack on the embedded AWS: invoked as Lambda would, held to their rights."""

import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest

from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.moto import MotoProcess
from tests.sandbox.aws.conftest import SAMPLE

ROOT = Path(__file__).parents[3]
UNPROVEN = {"error": "The call does not prove that it comes from a connected shop"}


def send(aws: EmbeddedAws, queue: str = "Queue", **order: Any) -> None:
    aws.cloud.client("sqs").send_message(
        QueueUrl=aws.stack.names[queue],
        MessageBody=json.dumps(order),
        MessageGroupId="shop",
        MessageAttributes={"colour": {"DataType": "String", "StringValue": "red"}},
    )


# --- direct invocation ------------------------------------------------------------------------------------


def test_a_function_gets_its_resolved_environment_and_a_lambda_context(aws: EmbeddedAws) -> None:
    answer = aws.invoke("Ask", {"a": 1})
    assert answer["event"] == {"a": 1}
    assert (answer["greeting"], answer["sandbox"], answer["memory"]) == ("Hallo", "1", 256)
    assert answer["url"] == f"{aws.api_url}/greet"
    assert answer["function"] == aws.stack.names["Ask"]
    assert 0 < answer["left"] <= 7000


def test_invoking_raises_what_the_handler_raised(aws: EmbeddedAws) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        aws.invoke("Ask", "crash")
    assert [crash.function for crash in aws.crashes] == ["Ask"]


def test_only_json_crosses_the_border_of_a_function(aws: EmbeddedAws) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        aws.invoke("Ask", {1, 2})


@pytest.mark.parametrize("form", ["Ask", "physical name", "arn"])
def test_a_boto3_lambda_client_reaches_the_handler(aws: EmbeddedAws, form: str) -> None:
    physical = aws.stack.names["Ask"]
    name = {"physical name": physical, "arn": f"arn:aws:lambda:eu-central-1:123456789012:function:{physical}"}
    answer = boto3.client("lambda").invoke(FunctionName=name.get(form, form), Payload=b'{"b": 2}')
    assert answer["StatusCode"] == 200
    assert json.load(answer["Payload"])["event"] == {"b": 2}
    assert "FunctionError" not in answer


def test_a_crash_is_an_unhandled_function_error_for_the_client(aws: EmbeddedAws) -> None:
    del aws
    answer = boto3.client("lambda").invoke(FunctionName="Ask", Payload=b'"crash"')
    error = json.load(answer["Payload"])
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "no such thing")


def test_an_unknown_function_is_not_found(aws: EmbeddedAws) -> None:
    del aws
    client = boto3.client("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName="Nobody")


def test_an_event_invocation_only_says_that_it_was_taken(aws: EmbeddedAws) -> None:
    answer = boto3.client("lambda").invoke(FunctionName="Ask", InvocationType="Event", Payload=b'"crash"')
    assert answer["StatusCode"] == 202
    assert len(aws.crashes) == 1


def event(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 202
    found: dict[str, Any] = response.json()
    return found


# --- permissions --------------------------------------------------------------------------------------------------


def test_what_the_role_does_not_allow_is_refused_by_name(aws: EmbeddedAws) -> None:
    send(aws, remove="something")
    aws.drain()
    assert "The role of Work in template.yaml does not allow dynamodb:DeleteItem on arn:aws:dynamodb:" in str(
        aws.crashes[0].error
    )


def test_calls_outside_of_handlers_need_no_role(aws: EmbeddedAws) -> None:
    table, client = aws.stack.names["Table"], boto3.client("dynamodb")
    item = {"id": {"S": "of nobody's role"}}
    client.put_item(TableName=table, Item=item)
    assert client.delete_item(TableName=table, Key=item, ReturnValues="ALL_OLD")["Attributes"] == item
    assert "Item" not in client.get_item(TableName=table, Key=item)


# --- calls, activity, environment --------------------------------------------------------------------------------


def test_exactly_the_handlers_own_calls_are_counted(aws: EmbeddedAws) -> None:
    before = aws.calls
    send(aws, keep="counted", send={"keep": "counted too"})
    aws.drain()
    assert aws.calls - before == {"dynamodb:PutItem": 2, "sqs:SendMessage": 1}


def test_what_handlers_print_is_activity_and_reaches_cloudwatch_logs(
    aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    send(aws, print="for the log")
    aws.drain()
    print("for the terminal")  # noqa: T201 - what the test is about
    aws.publish_activity()
    lines = aws.cloud.client("logs").filter_log_events(logGroupName=aws.stack.names["Log"])["events"]
    assert '{"print": "for the log"}' in [line["message"] for line in lines]
    assert aws.activity.file
    assert '{"print": "for the log"}\n' in aws.activity.file.read_text()
    assert "for the log" not in capsys.readouterr().out


def test_what_is_in_the_log_groups_already_is_not_put_there_again(aws: EmbeddedAws) -> None:
    def logged(stream: str) -> list[str]:
        group = aws.stack.names["Log"]
        events = aws.cloud.client("logs").filter_log_events(logGroupName=group, logStreamNames=[stream])["events"]
        return [event["message"] for event in events if event["message"].startswith('{"print": "line')]

    for number in (1, 2):
        send(aws, print=f"line {number}")
        aws.drain()
        aws.publish_activity("again")
    assert logged("again") == ['{"print": "line 1"}', '{"print": "line 2"}']


def test_in_the_background_activity_is_published_as_it_comes(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    published = threading.Event()
    monkeypatch.setattr("sandbox.aws.embedded.PUBLISHED_EVERY", 0.01)
    monkeypatch.setattr(aws, "publish_activity", published.set)
    aws.start(publish=True)
    try:
        assert published.wait(30)
    finally:
        aws.stop()


def test_a_crash_leaves_an_error_line_in_the_activity(aws: EmbeddedAws) -> None:
    send(aws, crash="loudly")
    aws.drain()
    line = [found for found in aws.activity.events() if found.get("errorMessage") == "loudly"][-1]
    assert (line["level"], line["function"], line["errorType"]) == ("ERROR", "Work", "RuntimeError")


def test_boto3_cannot_reach_the_real_aws(aws: EmbeddedAws) -> None:
    client = boto3.client("sqs")
    assert client.meta.endpoint_url == aws.moto_url
    assert os.environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert boto3.client("lambda").meta.endpoint_url == aws.lambda_url


def test_afterwards_environment_standard_output_and_ports_are_free_again(moto: MotoProcess) -> None:
    environment, stdout, before = dict(os.environ), sys.stdout, own_ports()
    with EmbeddedAws(SAMPLE, f"short-{uuid4().hex[:8]}", moto=moto) as aws:
        assert own_ports() - before == {httpx.URL(url).port for url in (aws.api_url, aws.lambda_url)}
    assert dict(os.environ) == environment
    assert sys.stdout is stdout
    assert own_ports() <= before


def own_ports() -> set[int]:
    """The ports that this process listens on; another one may take a port as soon as it is free."""
    sockets = [found for found in gc.get_objects() if isinstance(found, socket.socket) and found.fileno() >= 0]
    return {
        int(found.getsockname()[1])
        for found in sockets
        if found.family == socket.AF_INET and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    }


# --- the real stack ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bridge(moto: MotoProcess) -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ROOT / "template.yaml", f"bridge-{uuid4().hex[:8]}", moto=moto) as aws:
        yield aws


def test_the_tables_have_their_indexes(bridge: EmbeddedAws) -> None:
    dynamodb = bridge.cloud.client("dynamodb")
    tables = {
        name: dynamodb.describe_table(TableName=bridge.stack.names[name])["Table"]
        for name in ("ConnectionsTable", "StateTable")
    }
    indexes = {
        name: [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] for name, table in tables.items()
    }
    assert indexes == {"ConnectionsTable": ["by-schedule"], "StateTable": ["held", "skipped", "orders"]}


def test_every_queue_a_function_reads_gives_up_to_its_dead_letters(bridge: EmbeddedAws) -> None:
    sqs = bridge.cloud.client("sqs")
    for name in ("Order", "Poll", "Backfill", "Stock", "Product"):
        url = bridge.stack.names[f"{name}Queue"]
        policy = json.loads(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
        )
        assert policy["deadLetterTargetArn"].endswith(bridge.stack.names[f"{name}DeadLetters"].rpartition("/")[2])
        assert int(policy["maxReceiveCount"]) == 20


def test_only_who_subscribes_at_platforms_is_told_the_public_url_and_it_is_the_loopback_one(
    bridge: EmbeddedAws,
) -> None:
    told = {
        function: variables["SHOPBRIDGE_PUBLIC_URL"]
        for function, variables in bridge.stack.environments.items()
        if "SHOPBRIDGE_PUBLIC_URL" in variables
    }
    assert told == {"Operations": bridge.api_url, "DeskWidgets": bridge.api_url}


def test_the_real_handlers_answer(bridge: EmbeddedAws) -> None:
    twice = ["DispatchEveryFiveMinutes", "WatchEveryFiveMinutes"]
    assert sorted(bridge.tick(10)) == sorted([*twice, *twice, "DispatchEveryTenMinutes"])
    assert bridge.invoke("Operations", {"operation": "list"}) == {"ok": True, "result": []}
    for method, path in (("POST", ""), ("POST", "/token/x"), ("GET", "/app/register"), ("POST", "/app/confirm")):
        answer = httpx.request(method, f"{bridge.api_url}/hooks/nobody{path}")
        assert (answer.status_code, answer.json()) == (401, UNPROVEN)
    assert not bridge.crashes
