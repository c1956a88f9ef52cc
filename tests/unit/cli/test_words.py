"""How the command line reads its words and ends: the connection before the arguments, one code for each way to end."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.testing import CliRunner

from shopbridge.errors import BridgeError, Conflict, NotFound, RetryLater
from shopbridge.flows.operations.dispatch import KINDS as KINDS_OF_THE_BRIDGE
from shopbridge_cli import known, pager
from shopbridge_cli.app import app
from shopbridge_cli.command import option
from shopbridge_cli.exits import KINDS, Exit
from tests.unit.cli.fake_lambda import LISTED, RUN, FakeLambda, lambda_, run
from tests.unit.cli.test_commands import HELD

__all__ = ["lambda_"]

FOLDER = Path(__file__).parents[3] / "cli"
OTHER = {**LISTED, "id": "other-shop"}


@pytest.fixture
def two(lambda_: FakeLambda) -> FakeLambda:
    lambda_.results["list"] = [LISTED, OTHER]
    return lambda_


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["order", "other-shop", "10042"], {"operation": "story", "connection": "other-shop", "order": "10042"}),
        (["order", "10042", "-c", "other-shop"], {"operation": "story", "connection": "other-shop", "order": "10042"}),
        (["order", "-cother-shop", "10042"], {"operation": "story", "connection": "other-shop", "order": "10042"}),
        (["order", "--connection=other-shop", "10042"], {"operation": "story", "connection": "other-shop"}),
        (["order", "my-shop", "other-shop"], {"operation": "story", "connection": "my-shop", "order": "other-shop"}),
        (["order", "other-shop", "-c", "my-shop"], {"connection": "my-shop", "order": "other-shop"}),
        (["held", "other-shop"], {"operation": "held", "connection": "other-shop"}),
        (["show", "other-shop", "--function", "my-shop"], {"function": "my-shop", "connection": "other-shop"}),
        (["runs", "start", "other-shop", "stock"], {"connection": "other-shop", "job": "stock"}),
        (["runs", "show", "other-shop"], {"operation": "runs", "connection": "other-shop"}),
        (["runs", "show", "other-shop", "stock"], {"operation": "runs", "connection": "other-shop"}),
        (["skip", "other-shop", "10042", "--remark", "by hand"], {"connection": "other-shop", "order": "10042"}),
        (["preview", "other-shop"], {"operation": "preview", "connection": "other-shop", "order": ""}),
        (["preview", "other-shop", "10042", "--last", "3"], {"connection": "other-shop", "order": "10042", "last": 3}),
        (
            ["settings", "set", "other-shop", "name", "N", "--yes"],
            {"connection": "other-shop", "path": ["name"], "value": "N"},
        ),
        (["map", "set", "other-shop", "payment", "a=b", "--yes"], {"connection": "other-shop", "value": "b"}),
        (["orders", "other-shop", "--text", "my-shop"], {"connection": "other-shop", "text": "my-shop"}),
        (["health", "other-shop"], {"operation": "health", "connection": "other-shop"}),
    ],
)
def test_a_connection_stands_before_a_commands_own_arguments(
    two: FakeLambda, words: list[str], asked: dict[str, Any]
) -> None:
    run(*words)
    last = two.events[-1]
    assert {name: last.get(name) for name in asked} == asked


@pytest.mark.parametrize(
    ("words", "order", "asked"),
    [(["preview", "10042"], "10042", 2), (["preview", "10042", "-c", "my-shop"], "10042", 1), (["preview"], "", 2)],
)
def test_what_is_no_connection_is_the_commands_own_and_the_only_one_is_looked_for_once(
    lambda_: FakeLambda, words: list[str], order: str, asked: int
) -> None:
    run(*words)
    last = lambda_.events[-1]
    assert (last["operation"], last["connection"], last["order"]) == ("preview", "my-shop", order)
    assert len(lambda_.events) == asked


def test_a_plain_connection_goes_before_that_of_the_environment(
    two: FakeLambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPBRIDGE_CONNECTION", "my-shop")
    run("order", "other-shop", "10042")
    assert two.events[-1]["connection"] == "other-shop"
    run("preview", "10042")
    assert (two.events[-1]["connection"], two.events[-1]["order"]) == ("my-shop", "10042")


def test_more_words_than_a_command_knows_are_wrong(two: FakeLambda) -> None:
    assert run("order", "other-shop", "10042", "10043").exit_code == Exit.USAGE
    assert not two.events


def test_who_asks_for_help_asks_nobody_else(two: FakeLambda) -> None:
    told = run("preview", "other-shop", "--help")
    assert (told.exit_code, "field by field" in told.stdout) == (Exit.DONE, True)
    assert not two.events


def test_the_help_shows_where_the_connection_stands() -> None:
    assert "shopbridge order [OPTIONS] [connection] {number}" in CliRunner().invoke(
        app, ["order", "--help"], prog_name="shopbridge"
    ).output.replace("root order", "shopbridge order")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["ordr"], "Did you mean 'order'"),
        (["runs", "start", "stok"], "Did you mean 'stock'?"),
        (["runs", "strat"], "Did you mean 'start'"),
        (["orders", "--state", "hold"], "Did you mean 'held'?"),
        (["orders", "--sinec", "2026-01-01"], "--since"),
    ],
)
def test_a_typing_error_names_what_was_meant(lambda_: FakeLambda, words: list[str], meant: str) -> None:
    told = run(*words)
    assert told.exit_code == Exit.USAGE
    assert meant in told.stderr
    assert "Value error" not in told.stderr
    as_json = run(*words, "--json")
    assert as_json.exit_code == Exit.USAGE
    answer = json.loads(as_json.stdout)
    assert (answer["ok"], answer["exit"], answer["kind"], as_json.stderr) == (False, 2, "usage", "")
    assert meant in answer["problems"][0]
    assert not lambda_.events


# --- how it ends ------------------------------------------------------------------------------------------------------


def test_every_kind_of_the_bridge_has_its_code() -> None:
    assert {"invalid", *KINDS_OF_THE_BRIDGE.values()} <= KINDS.keys()
    named = {NotFound: "not_found", Conflict: "conflict", RetryLater: "later", BridgeError: "refused"}
    assert {error: KINDS_OF_THE_BRIDGE[error] for error in named} == named
    assert len(set(Exit)) == len(Exit.__members__)


@pytest.mark.parametrize(("kind", "code"), [*KINDS.items(), ("of a newer bridge", Exit.REFUSED)])
def test_a_refusal_ends_by_its_kind_and_as_json_is_one_document(lambda_: FakeLambda, kind: str, code: Exit) -> None:
    lambda_.problems, lambda_.kind = ["No [such] thing.", "Nor that."], kind
    told = run("pause", "my-shop")
    assert (told.exit_code, told.stdout, told.stderr.splitlines()) == (code, "", lambda_.problems)
    told = run("pause", "my-shop", "--json")
    assert (told.exit_code, told.stderr) == (code, "")
    assert json.loads(told.stdout) == {"ok": False, "exit": code, "kind": kind, "problems": lambda_.problems}


def test_a_crash_is_json_too(lambda_: FakeLambda) -> None:
    lambda_.crash = {"errorType": "KeyError"}
    told = run("list", "--json")
    assert (told.exit_code, json.loads(told.stdout)["kind"]) == (Exit.CRASHED, "crashed")


def test_who_is_not_logged_in_is_told_so_as_json_before_the_connection_is_looked_for(
    lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SHOPBRIDGE_OPERATIONS_FUNCTION")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    told = run("preview", "10042", "--json")
    assert (told.exit_code, json.loads(told.stdout)["kind"]) == (Exit.LOGIN, "login")
    assert not lambda_.events


def test_who_says_no_is_told_that_nothing_was_done(lambda_: FakeLambda) -> None:
    lambda_.results["show"] = {"settings": {"name": "My shop"}}
    told = run("delete", "my-shop", answers="n\n")
    assert told.exit_code == Exit.REFUSED
    assert told.stderr.endswith("Nothing was done.\n")
    assert [event["operation"] for event in lambda_.events] == ["show"]


def test_nobody_is_asked_about_a_connection_that_is_not_there(lambda_: FakeLambda) -> None:
    lambda_.problems, lambda_.kind = ["There is no connection 'my-shp'."], "not_found"
    told = run("delete", "my-shp", answers="y\n")
    assert (told.exit_code, told.stderr) == (Exit.NOT_FOUND, "There is no connection 'my-shp'.\n")
    assert [event["operation"] for event in lambda_.events] == ["show"]


# --- completion -------------------------------------------------------------------------------------------------------


def completed(words: str, function: str = "operations") -> list[str]:
    told = CliRunner().invoke(
        app,
        [],
        prog_name="shopbridge",
        env={
            "_SHOPBRIDGE_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
            "SHOPBRIDGE_OPERATIONS_FUNCTION": function,
        },
    )
    return told.stdout.split()


@pytest.mark.parametrize("words", [("preview", "10042"), ("list",)], ids=" ".join)
def test_connections_that_were_listed_lately_are_completed_and_nobody_is_asked(
    two: FakeLambda, words: tuple[str, ...]
) -> None:
    assert completed("shopbridge held ") == []
    run(*words)
    two.events.clear()
    assert completed("shopbridge held ") == ["my-shop", "other-shop"]
    assert completed("shopbridge order -c o") == ["other-shop"]
    assert completed("shopbridge delete m") == ["my-shop"]
    assert completed("shopbridge held ", function="of another deployment") == []
    old = time.time() - known.KEPT_FOR - 1
    os.utime(known.cache_file(), (old, old))
    assert completed("shopbridge held ") == []
    assert not two.events


def commands_of_a_connection(group: TyperGroup, words: str = "shopbridge") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands_of_a_connection(command, f"{words} {name}")
        elif isinstance(command, TyperCommand) and option(command, "--connection"):
            yield f"{words} {name}", command


@pytest.mark.usefixtures("two")
def test_a_connection_is_completed_as_the_first_word_of_every_command_about_one() -> None:
    run("preview", "10042")
    seen = 0
    for words, command in commands_of_a_connection(cast("TyperGroup", typer.main.get_command(app))):
        own = [each for each in command.params if isinstance(each, TyperArgument)]
        if not own or own[0].name != "file":  # a file is completed by the shell
            assert completed(f"{words} my") == ["my-shop"], words
            seen += bool(own)
    assert seen > 10
    assert completed("shopbridge runs start st") == ["stock", "stock_comparison"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_the_program(monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda *_: (shell, shell))
    told = CliRunner().invoke(app, ["--show-completion"], prog_name="shopbridge")
    assert told.exit_code == Exit.DONE, told.output
    assert "_SHOPBRIDGE_COMPLETE" in told.stdout
    assert f"complete_{shell}" in told.stdout


def test_commands_are_completed() -> None:
    assert completed("shopbridge resta") == []
    assert completed("shopbridge old") == ["older-orders"]
    assert "start" in completed("shopbridge runs ")


@pytest.mark.parametrize("content", ["{", "[]", '{"function": 1}'])
@pytest.mark.usefixtures("lambda_")
def test_a_spoilt_cache_completes_nothing(content: str) -> None:
    known.keep("operations", ["my-shop"])
    known.cache_file().write_text(content)
    assert completed("shopbridge held ") == []


# --- the terminal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({"PAGER": "cat"}, []),
        ({"SHOPBRIDGE_PAGER": "", "PAGER": "sh"}, []),
        ({"SHOPBRIDGE_PAGER": "sh -x", "PAGER": "cat"}, ["sh", "-x"]),
        ({"PAGER": "no-such-pager"}, []),
    ],
)
def test_the_pager_is_the_operators_own(environment: Mapping[str, str], command: list[str]) -> None:
    assert pager.pager(environment) == command


PRINTS = (
    "from rich.text import Text; from shopbridge_cli.pager import print_paged; "
    "print_paged(Text('\\n'.join(f'line {n}' for n in range(%d)), style='red'))"
)


def at_a_terminal(lines: int, **environment: str) -> str:
    """What somebody at a terminal of 24 lines sees."""
    master, slave = pty.openpty()
    terminal = {"TERM": "xterm", "LINES": "24", "COLUMNS": "80", "PYTHONPATH": str(FOLDER)}
    program = [sys.executable, "-c", PRINTS % lines]
    settings = {**os.environ, **terminal, **environment}
    subprocess.run(program, stdin=slave, stdout=slave, stderr=slave, check=True, env=settings)  # noqa: S603 - ours
    os.close(slave)
    seen = os.read(master, 1 << 16).decode()
    os.close(master)
    return seen


def test_a_long_answer_is_paged_and_a_short_one_is_not() -> None:
    numbering = "sed -n s/^/paged_/p"
    assert "paged_" in at_a_terminal(100, SHOPBRIDGE_PAGER=numbering)
    assert "paged_" not in at_a_terminal(3, SHOPBRIDGE_PAGER=numbering)


def test_colours_end_where_nobody_wants_them() -> None:
    assert "\x1b[31m" in at_a_terminal(1, SHOPBRIDGE_PAGER="cat", NO_COLOR="")
    assert "\x1b[31m" not in at_a_terminal(1, SHOPBRIDGE_PAGER="cat", NO_COLOR="1")


def test_nothing_is_shown_twice_where_a_machine_asks(lambda_: FakeLambda) -> None:
    lambda_.results["story"], lambda_.results["runs"] = [HELD], [RUN]
    for words in (["order", "10042"], ["runs", "show"], ["list"]):
        told = run(*words, "--json")
        assert json.loads(told.stdout)
        assert told.stderr == ""
