"""What concerns a deployment as a whole: its dashboards, a token made anew, and answers for machines."""

import json
import re
from typing import Any

import boto3
import pytest

from shopbridge_cli.commands import deployments
from shopbridge_cli.console import OUTPUTS, VARIABLE
from shopbridge_cli.exits import Exit
from tests.unit.cli.fake_lambda import LISTED, FakeLambda, lambda_, run
from tests.unit.cli.test_package import FOLDER

__all__ = ["lambda_"]

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:shop-Operations-1A"
DESK, WATCH = "https://console.example/#desk", "https://console.example/#watch"


class FakeStacks:
    """CloudFormation with one stack, and a function of it."""

    def __init__(self) -> None:
        self.outputs = [("DeskDashboardLink", DESK), ("WatchDashboardLink", WATCH)]

    def describe_stack_resources(self, PhysicalResourceId: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        if PhysicalResourceId != "shop-Operations-1A":
            raise ValueError(f"Stack for {PhysicalResourceId} does not exist")
        return {"StackResources": [{"StackName": "shop"}]}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == "shop"
        return {"Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs]}]}


@pytest.fixture
def stacks(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> FakeStacks:
    fake = FakeStacks()
    clients = {"lambda": lambda_, "cloudformation": fake}
    monkeypatch.setattr(boto3, "client", lambda service, **_options: clients[service])
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", ARN)
    return fake


@pytest.mark.usefixtures("stacks")
def test_a_dashboard_is_found_by_the_stack_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("open").stdout == f"{DESK}\n"
    assert run("open", "watch", "--print").stdout == f"{WATCH}\n"
    assert json.loads(run("open", "--json").stdout) == {"url": DESK}
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:9/")
    assert run("open").stdout == "http://127.0.0.1:9/\n"


@pytest.mark.usefixtures("stacks")
def test_it_opens_in_a_browser_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    run("open")
    monkeypatch.setattr(deployments, "has_browser", lambda: True)
    run("open", "--print")
    run("open", "--json")
    assert opened == []
    assert run("open", "watch").exit_code == Exit.DONE
    assert opened == [WATCH]


def test_a_deployment_without_dashboards_or_stack_says_what_to_do(
    stacks: FakeStacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks.outputs = []
    told = run("open")
    assert (told.exit_code, "Deploy it anew" in told.stderr) == (Exit.NOT_FOUND, True)
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", "made-by-hand")
    told = run("open")
    assert (told.exit_code, "to which stack made-by-hand belongs" in told.stderr) == (Exit.LOGIN, True)


def test_the_dashboards_are_outputs_of_the_template() -> None:
    outputs = (FOLDER.parent / "template.yaml").read_text().partition("\nOutputs:\n")[2]
    assert set(OUTPUTS.values()) <= set(re.findall(r"^  (\w+):$", outputs, re.MULTILINE))


def test_a_reason_is_told_to_machines_and_nobody_is_asked(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPBRIDGE_PROFILE", "none of these")
    monkeypatch.delenv("SHOPBRIDGE_OPERATIONS_FUNCTION")
    assert json.loads(run("explain", "unmapped_payment", "--json").stdout)["about"] == "Held: waiting for a person"
    told = run("explain", "unmaped_payment", "--json")
    assert (told.exit_code, json.loads(told.stdout)["kind"]) == (Exit.NOT_FOUND, "not_found")
    assert not lambda_.events


# --- a token made anew ------------------------------------------------------------------------------------------------

ROTATED = {
    **LISTED,
    "public_url": "https://bridge.example",
    "hooks": {"signed": "/hooks/my-shop", "unsigned": "/hooks/my-shop/token/t", "office_unsigned": "/o/token/t"},
    "former_until": "2026-12-06T10:00:00Z",
    "remarks": ["Enter the new address where the one before stands."],
}


def test_a_token_made_anew_is_told_with_where_it_is_to_be_entered(lambda_: FakeLambda) -> None:
    lambda_.results["rotate_token"] = ROTATED
    told = run("token", "rotate", "my-shop", "--overlap", "3").stdout
    assert "for the shop: https://bridge.example/hooks/my-shop/token/t\n" in told
    assert "for the back office: https://bridge.example/o/token/t\n" in told
    assert "Enter the new address" in told
    event = lambda_.events[-1]
    assert (event["operation"], event["overlap_days"]) == ("rotate_token", 3)


def test_who_ends_the_former_token_at_once_is_asked(lambda_: FakeLambda) -> None:
    lambda_.results["rotate_token"] = ROTATED
    assert run("token", "rotate", "my-shop", "--overlap", "0", answers="n\n").exit_code == Exit.REFUSED
    assert not lambda_.events
    assert run("token", "rotate", "my-shop", "--overlap", "0", "--yes").exit_code == Exit.DONE
    assert lambda_.events[-1]["overlap_days"] == 0
