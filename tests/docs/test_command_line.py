"""The page about the command line says what its code does."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from shopbridge_cli.app import app
from shopbridge_cli.command import UTC, UTC_VARIABLE
from shopbridge_cli.exits import KINDS, Exit
from shopbridge_cli.known import KEPT_FOR, VARIABLE
from shopbridge_cli.pager import VARIABLES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "command-line.md").read_text()


def test_every_exit_code_is_in_the_table() -> None:
    rows = re.findall(r"^\| (\d+) \| ([a-z ]+) \|", PAGE, re.MULTILINE)
    assert {name.replace(" ", "_").upper(): int(code) for code, name in rows} == dict(Exit.__members__)


def test_every_kind_of_a_refusal_is_told() -> None:
    finer = set(KINDS) - {code.name.casefold() for code in Exit}
    assert finer == {"invalid", "not_verified", "conflict", "later"}
    assert [kind for kind in finer if f"`{kind}`" not in PAGE] == []


def test_what_an_operator_may_set_is_told() -> None:
    assert [name for name in (UTC, UTC_VARIABLE, VARIABLE, *VARIABLES) if f"`{name}" not in PAGE] == []
    assert KEPT_FOR == 600, "the page says ten minutes"


def paths() -> Iterator[tuple[str, ...]]:
    """Every command, with its group where it is in one."""
    for name, command in vars(typer.main.get_command(app))["commands"].items():
        inner = vars(command).get("commands")
        yield from ((name, each) for each in inner) if inner else [(name,)]


@cache
def written() -> str:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "operations").glob("*.md")]
    return "\n".join(page.read_text() for page in pages)


@cache
def run_by_tests() -> str:
    folders = (ROOT / "tests" / name for name in ("unit", "integration", "sandbox", "e2e"))
    texts = (path.read_text() for folder in folders for path in folder.rglob("*.py"))
    return "\n".join(text for text in texts if "shopbridge" in text)


@pytest.mark.parametrize("path", list(paths()), ids=" ".join)
def test_every_command_stands_in_the_docs_and_is_run_by_a_test(path: tuple[str, ...]) -> None:
    assert re.search(rf"\bshopbridge {' '.join(path)}\b", written()), "docs/operations/daily.md has a row for each"
    words = ", ".join(f'"{word}"' for word in path)
    assert re.search(rf"[(\[]\s*{words}|shopbridge {' '.join(path)}\b", run_by_tests()), "no test runs it"


@pytest.mark.parametrize("path", list(paths()), ids=" ".join)
def test_every_command_answers_machines_too(path: tuple[str, ...]) -> None:
    command: Any = typer.main.get_command(app)
    for name in path:
        command = vars(command)["commands"][name]
    assert "--json" in {option for parameter in command.params for option in parameter.opts}
