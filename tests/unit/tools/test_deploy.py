"""`make deploy`: three questions, the commands of sam, and what is said at the end."""

import json
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from tools.deploy import __main__ as program
from tools.deploy.answers import AnswerError, Answers, ask, checked, keep, read
from tools.deploy.commands import commands
from tools.deploy.ending import ending, next_steps
from tools.deploy.stack import Identity, NotAnsweredError, identity

SOUND = Answers("shopbridge", "eu-central-1", "ann@example.com", "111111111111")
FUNCTION = "arn:aws:lambda:eu-central-1:111111111111:function:shopbridge-Operations-1"
Asked = list[tuple[str, str]]


def an_empty_answer(asked: Asked) -> Any:
    def question(text: str, default: str) -> str:
        asked.append((text, default))
        return default

    return question


# --- questions ----------------------------------------------------------------------------------------------------


def test_three_questions_are_asked_with_what_is_likely() -> None:
    asked: Asked = []
    found = ask("dev", Answers(), {}, "eu-west-1", an_empty_answer(asked))
    assert [default for _, default in asked] == ["shopbridge-dev", "eu-west-1", ""]
    assert (found.stack, found.region, found.email) == ("shopbridge-dev", "eu-west-1", "")


def test_what_is_kept_is_offered_again_and_what_is_given_is_not_asked() -> None:
    asked: Asked = []
    found = ask("prod", SOUND, {"stack": "other", "email": "-"}, "us-east-1", an_empty_answer(asked))
    assert [default for _, default in asked] == ["eu-central-1"]
    assert (found.stack, found.region, found.email, found.account) == ("other", "eu-central-1", "", "111111111111")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stack", "1shop"),
        ("stack", "shop_bridge"),
        ("stack", "s" * 41),
        ("region", "frankfurt"),
        ("region", "eu-central-1; rm"),
        ("email", "ann"),
        ("email", "ann@example.com bob@example.com"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(AnswerError, match=f"is no {field}"):
        checked(Answers(**{**vars(SOUND), field: value}))


def test_each_environment_keeps_its_own(tmp_path: Path) -> None:
    file = tmp_path / "deployments.json"
    keep("prod", SOUND, file)
    keep("dev", Answers("shopbridge-dev", "eu-west-1"), file)
    assert (read("prod", file), read("dev", file).stack) == (SOUND, "shopbridge-dev")
    assert read("staging", file) == Answers()


@pytest.mark.parametrize("text", ["{", "[]", '{"prod": {"name": "x"}}'])
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "deployments.json"
    file.write_text(text)
    with pytest.raises(AnswerError, match=r"deployments\.json cannot be read"):
        read("prod", file)


# --- commands -----------------------------------------------------------------------------------------------------


def test_sam_is_told_everything_it_would_ask() -> None:
    validate, build, deploy = commands("prod", SOUND)
    assert validate[:3] == ("sam", "validate", "--lint")
    assert build == ("sam", "build", "--config-env", "prod")
    assert deploy == (
        *("sam", "deploy", "--config-env", "prod", "--stack-name", "shopbridge", "--region", "eu-central-1"),
        *("--parameter-overrides", "AlarmEmail=ann@example.com"),
    )


def test_what_samconfig_sets_of_parameters_stays_and_what_is_kept_counts_more() -> None:
    answers = Answers("s", "eu-central-1", parameters={"LogLevel": "WARN", "MailIdentity": "example.com"})
    *_, deploy = commands("dev", answers)
    overrides = deploy[deploy.index("--parameter-overrides") + 1 :]
    assert overrides == ("ActivityRetentionDays=14", "LogLevel=WARN", "MailIdentity=example.com", 'AlarmEmail=""')


# --- the whole ----------------------------------------------------------------------------------------------------


class Machine:
    """AWS, sam and the person, as far as a deployment meets them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run: list[str] = []
        self.account, self.confirmed, self.code = "111111111111", True, 0
        monkeypatch.setattr(program, "default_region", lambda: "eu-central-1")
        monkeypatch.setattr(program, "identity", lambda _: Identity(self.account, "arn:aws:iam::1:user/ann"))
        monkeypatch.setattr(program, "outputs", lambda *_: {"OperationsFunction": FUNCTION, "PublicUrl": "https://a"})
        monkeypatch.setattr(typer, "confirm", lambda _: self.confirmed)
        monkeypatch.setattr(subprocess, "run", self._run)

    def _run(self, command: Sequence[str], **_: Any) -> Any:
        self.run.append(" ".join(command[command.index("-m") + 1 :] if "-m" in command else command))
        return subprocess.CompletedProcess(command, self.code)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_deployment_ends_with_login_and_doctor(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "deployments.json"
    program.deploy("staging", {"email": "ann@example.com"}, file)
    assert [command.split(" --")[0] for command in machine.run] == [
        *("sam validate", "sam build", "sam deploy", "shopbridge_cli login", "shopbridge_cli doctor"),
    ]
    said = capsys.readouterr().out
    assert f"export SHOPBRIDGE_OPERATIONS_FUNCTION={FUNCTION}\n" in said
    assert "AWS sends a mail to ann@example.com" in said
    assert said.endswith("Next: SHOPBRIDGE_PROFILE=staging shopbridge connect\n")
    assert json.loads(file.read_text())["staging"]["account"] == "111111111111"


def test_a_step_that_fails_ends_it(machine: Machine, tmp_path: Path) -> None:
    machine.code = 1
    with pytest.raises(program.StoppedError, match="`sam validate` ended with 1"):
        program.deploy("dev", {}, tmp_path / "deployments.json")
    assert len(machine.run) == 1


def test_a_network_that_does_not_reach_aws_is_no_matter_of_logging_in(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1"}
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    for name, value in {**made_up, "AWS_ENDPOINT_URL_STS": address}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotAnsweredError, match="AWS cannot be reached: "):
        identity("eu-central-1")


def test_another_account_needs_a_yes(machine: Machine, tmp_path: Path) -> None:
    file = tmp_path / "deployments.json"
    keep("prod", SOUND, file)
    machine.account, machine.confirmed = "222222222222", False
    with pytest.raises(program.StoppedError, match="AWS_PROFILE"):
        program.deploy("prod", {}, file)
    assert (machine.run, read("prod", file)) == ([], SOUND)
    machine.confirmed = True
    program.deploy("prod", {}, file)
    assert read("prod", file).account == "222222222222"


def test_nobody_who_is_told_is_said() -> None:
    said = "\n".join(ending(Answers("s", "eu-central-1"), {"OperationsFunction": FUNCTION}))
    assert "Nobody is told when an alarm rings" in said
    assert list(next_steps("default"))[-1] == "Next: shopbridge connect"
