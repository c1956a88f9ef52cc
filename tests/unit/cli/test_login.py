"""Logging in: what answered is remembered, in the user's own folder, and nothing else."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from shopbridge_cli.exits import Exit
from shopbridge_cli.profiles import config_file, function_of
from tests.unit.cli.fake_lambda import FakeLambda, lambda_, run

__all__ = ["lambda_"]

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:shop-Operations"


class FakeStacks:
    """CloudFormation with one stack of ours and one of somebody else's."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        outputs = {"shop": [{"OutputKey": "OperationsFunction", "OutputValue": ARN}], "other": []}
        if StackName not in outputs:
            raise ValueError("Stack with id x does not exist")
        return {"Stacks": [{"Outputs": outputs[StackName]}]}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lambda_: FakeLambda) -> FakeLambda:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    for name in ("SHOPBRIDGE_OPERATIONS_FUNCTION", "SHOPBRIDGE_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    clients = {"lambda": lambda_, "cloudformation": FakeStacks()}
    monkeypatch.setattr(boto3, "client", lambda service, **_options: clients[service])
    return lambda_


def test_a_stack_is_found_asked_once_and_remembered(home: FakeLambda) -> None:
    told = run("login", "--stack", "shop")
    assert told.exit_code == 0, told.output
    first, *hint = told.stdout.splitlines()
    assert first == f"Logged in to {ARN}, as the profile default. It has 1 connection."
    assert "Subscription Confirmation" in " ".join(hint)
    assert config_file().stat().st_mode & 0o777 == 0o600
    assert json.loads(config_file().read_text()) == {"default": {"function": ARN, "region": ""}}
    run("list")
    assert [event["function"] for event in home.events] == [ARN, ARN]


def test_several_deployments_are_chosen_by_name(home: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    run("login", "--stack", "shop")
    run("login", "--function", "plain-name", "--region", "eu-north-1", "--profile", "test")
    monkeypatch.setenv("SHOPBRIDGE_PROFILE", "test")
    run("list")
    assert home.events[-1]["function"] == "plain-name"
    monkeypatch.setenv("SHOPBRIDGE_PROFILE", "prod")
    told = run("list")
    assert told.exit_code == Exit.LOGIN
    assert "There are: default, test." in told.stderr
    monkeypatch.setenv("SHOPBRIDGE_OPERATIONS_FUNCTION", "by-hand")
    run("list")
    assert home.events[-1]["function"] == "by-hand"


def test_what_does_not_answer_is_not_remembered(home: FakeLambda) -> None:
    home.crash = {"errorType": "KeyError", "errorMessage": "'x'"}
    assert run("login", "--stack", "shop").exit_code == Exit.CRASHED
    assert not config_file().exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], Exit.USAGE, "Say which deployment"),
        (["--stack", "shop", "--function", ARN], Exit.USAGE, "Say which deployment"),
        (["--stack", "nobody"], Exit.LOGIN, "cannot be asked"),
        (["--stack", "other"], Exit.LOGIN, "has no output OperationsFunction"),
    ],
)
def test_a_login_that_cannot_be_says_why(arguments: list[str], code: Exit, said: str) -> None:
    told = run("login", *arguments)
    assert told.exit_code == code
    assert said in told.stderr


def test_who_is_not_logged_in_is_told_how() -> None:
    assert "Log in with `login --stack NAME`" in run("list").stderr


def test_a_spoilt_file_is_told_and_not_overwritten() -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text("{")
    assert "Mend the file, or remove it" in run("list").stderr
    assert run("login", "--stack", "shop").exit_code == Exit.LOGIN
    assert config_file().read_text() == "{"
    assert function_of("given") == "given"
