"""Connects by a file, without a question; what is wrong with it is told with the line it stands on."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from shopbridge_cli import show
from shopbridge_cli.client import RefusedError
from shopbridge_cli.connection_file import read_connection
from shopbridge_cli.desk import Desk
from shopbridge_cli.runs import caller

PLACE = re.compile(r"^([a-z_]+(?:\.[^\s:]+)*)[:. ]")
"""How a sentence about a setting begins, such as ``office.settings.location:``."""
NAMED = re.compile(r"\b(?:orders|stock|products)(?:\.[a-z_]+)+")
"""A setting that a sentence names further on."""


def from_file(desk: Desk, file: Path, beside: Sequence[str], *, start: bool) -> None:
    """Create the connection of a file, paused unless it is to start, and tell what importing would do.

    Raises:
        RefusedError: With every problem, and its line in the file.
    """
    content = read_connection(file, None)
    content.pop("version", None)
    try:
        made = desk.operations.ask("create", **content, start=start, beside=tuple(beside), by=caller())
    except RefusedError as error:
        raise RefusedError(*located(file, error.problems)) from error
    desk.tell(made, show.created if "plan" in made else show.changed)


def located(file: Path, problems: Sequence[str]) -> Iterator[str]:
    """Each problem with the file and the line of the setting that it names, where it names one that is there."""
    lines = lines_of(file)
    for problem in problems:
        line = _line(problem, lines)
        yield f"{file}, line {line}: {problem}" if line else f"{file}: {problem}"


def _line(problem: str, lines: dict[str, int]) -> int:
    """Of the place that it begins with or names, or of the nearest one above it that is in the file."""
    named = [found[1] for found in [PLACE.match(problem)] if found] + NAMED.findall(problem)
    for place in named:
        parts = place.split(".")
        while parts:
            if found := lines.get(".".join(parts)):
                return found
            parts.pop()
    return 0


def lines_of(file: Path) -> dict[str, int]:
    """The line of every setting and secret in a file, by its place; JSON is YAML, too."""
    tree = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    found = dict(_places(tree, ""))
    return {place.removeprefix("settings."): line for place, line in found.items()}


def _places(node: Any, above: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = f"{above}.{key.value}" if above else str(key.value)
            yield place, key.start_mark.line + 1
            yield from _places(value, place)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value, start=1):
            yield f"{above}.{number}", value.start_mark.line + 1
            yield from _places(value, f"{above}.{number}")
