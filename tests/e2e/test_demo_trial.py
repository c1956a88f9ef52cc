"""A world to try things in: what its files promise, typed into a shell as a person would."""

import io
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.aws.environment import FOREIGN
from sandbox.demo.keep import note_messages, reached, staying
from sandbox.demo.run import Choice
from sandbox.demo.screen import Screen
from sandbox.demo.trial import SPEED, trial

SHELLS = [shell for shell in ("bash", "zsh") if shutil.which(shell)]


@dataclass
class Tried:
    """What was seen of a world that stays up."""

    screen: str = ""
    told: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)


def typed(env: Path, command: str, shell: str) -> str:
    """What a command says in a shell that has sourced the file, and that led elsewhere before."""
    foreign = dict.fromkeys(FOREIGN, "http://127.0.0.1:9") | {"SHOPBRIDGE_PROFILE": "mine"}
    ended = subprocess.run(  # noqa: S603 - our own words
        [shell, "-c", f"alias shopbridge=false; source {env}; {command}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **foreign, "PYTHONPATH": ""},
    )
    return ended.stdout + ended.stderr


def tried(build: Path, *, empty: bool) -> Tried:
    seen, result, env = io.StringIO(), Tried(), build / "env.sh"
    choice = Choice(("shopware-salespos",), None, SPEED, build)
    with (
        trial(choice, Screen(Console(file=seen, width=200)), empty=empty) as world,
        staying(world, build, connected=not empty) as console,
    ):
        result.told = list(reached(world, build, console, connected=not empty))
        result.said = {f"list {shell}": typed(env, "shopbridge list", shell) for shell in SHELLS}
        command = f"shopbridge create {build / 'connection.yaml'}" if empty else "shopbridge held"
        result.said["more"] = typed(env, command, "bash")
        result.said["doctor"] = "" if empty else typed(env, "shopbridge doctor", "bash")
        topic = world.aws.stack.names["AlarmTopic"]
        world.aws.cloud.client("sns").publish(TopicArn=topic, Subject="Shopbridge demo: stopped", Message="It is.")
        note_messages(world, build)
        result.logs = {file.name: file.read_text() for file in (build / "logs").iterdir()}
    result.screen = seen.getvalue()
    return result


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    build = tmp_path_factory.mktemp("connected")
    (build / "logs").mkdir()
    (build / "logs" / "shop.log").write_text("of an earlier run")
    return tried(build, empty=False)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("empty"), empty=True)


def test_the_first_lines_say_what_comes_up_and_where(connected: Tried, empty: Tried) -> None:
    assert "Shopware as shop, CCV SalesPOS as back office, connected, with one payment" in connected.screen
    assert "nothing connects them yet" in empty.screen
    assert "runs on 127.0.0.1, AWS too" in connected.screen
    assert "5 times as fast as yours" in connected.screen


def test_one_line_is_to_be_pasted(connected: Tried) -> None:
    assert [line for line in connected.told if line.startswith(("source", "export"))] == [
        line for line in connected.told if line.endswith("env.sh")
    ]
    assert sum(line.startswith("source ") for line in connected.told) == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_after_that_line_the_command_line_reaches_this_world_whatever_was_set_before(
    connected: Tried, empty: Tried, shell: str
) -> None:
    assert "demo" in connected.said[f"list {shell}"]
    assert "active" in connected.said[f"list {shell}"]
    assert "active" not in empty.said[f"list {shell}"]
    assert "There are no connections yet." in empty.said[f"list {shell}"]
    assert "Nothing waits for you." in connected.said["more"]


def test_aws_tells_the_time_of_this_world_however_fast_its_clock_is(connected: Tried) -> None:
    assert "ok    Our clock and that of AWS agree." in connected.said["doctor"]


def test_an_empty_world_takes_the_connection_of_its_file(empty: Tried) -> None:
    assert "Connection demo is paused." in empty.said["more"]


def test_each_service_has_a_log_of_its_own_emptied_before(connected: Tried) -> None:
    assert set(connected.logs) == {
        "activity.jsonl",
        "aws.log",
        "console.log",
        "invocations.log",
        "office.log",
        "messages.log",
        "shop.log",
        "webhooks.log",
    }
    assert "Subject: Shopbridge demo: stopped\n\nIt is.\n" in connected.logs["messages.log"]
    assert "earlier run" not in connected.logs["shop.log"]
    assert "POST /2015-03-31/functions/shopware-salespos-Operations" in connected.logs["invocations.log"]
    assert connected.logs["office.log"].splitlines()[0].split()[1:4] == ["GET", "/api/rest/v1/", "200"]
