"""The page about the command line says what its code does."""

import re
from pathlib import Path

from shopbridge_cli.command import UTC, UTC_VARIABLE
from shopbridge_cli.exits import KINDS, Exit
from shopbridge_cli.known import KEPT_FOR, VARIABLE
from shopbridge_cli.pager import VARIABLES

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()


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
