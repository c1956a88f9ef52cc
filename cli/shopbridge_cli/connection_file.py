"""Reads and writes a connection as an operator does: a file with ``version``, ``settings`` and ``secrets``."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shopbridge_cli.client import RefusedError
from shopbridge_cli.yaml_text import dumped, line_of, parsed

PARTS = {"version", "settings", "secrets"}
EXPORTED = "# Edit this, then `change` the connection with it. Secrets stay as they are unless you add `secrets`.\n"
Ask = Callable[[str], str]
"""Asks the operator for one secret, by its name."""


def read_connection(path: Path, ask: Ask | None, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The file's ``settings`` and ``secrets``, and its ``version`` if it names one, ready to be sent.

    A secret that the file names but leaves empty comes from the environment variable
    ``SHOPBRIDGE_SECRET_<SIDE>_<NAME>``, else from ``ask``.

    Raises:
        RefusedError: The file cannot be read, or a secret is nowhere to be had.
    """
    content = _content(path)
    secrets = content.get("secrets") or {}
    filled = {side: _filled(side, values or {}, ask, environment) for side, values in secrets.items()}
    version = {"version": content["version"]} if "version" in content else {}
    return {**version, "settings": content["settings"], "secrets": filled}


@contextmanager
def naming_lines(path: Path) -> Iterator[None]:
    """What is refused in the block of a setting in this file names its line there."""
    try:
        yield
    except RefusedError as error:
        if error.kind == "usage":  # said of the file itself, which may not even be there to be read
            raise
        problems = (_with_line(path, problem) for problem in error.problems)
        raise RefusedError(*problems, kind=error.kind) from error


def _with_line(path: Path, problem: str) -> str:
    """A problem that begins with the place of a setting, such as `settings.orders.poll_minutes: …`."""
    place, colon, _ = problem.partition(": ")
    parts = place.split(".")
    text = path.read_text(encoding="utf-8") if colon else ""
    line = line_of(text, parts)
    if not line and line_of(text, ["settings", parts[0]]) != line_of(text, ["settings"]):
        line = line_of(text, ["settings", *parts])  # as the checks of one side name it
    return f"{path}, line {line}: {problem}" if line else problem


def write_connection(shown: Mapping[str, Any], path: Path | None) -> str:
    """The answer of ``show`` as a file to edit, without secrets; what to print about it.

    Raises:
        RefusedError: The file is there already, or cannot be written.
    """
    content = {"version": shown["version"], "settings": shown["settings"]}
    text = EXPORTED + dumped(content)
    if path is None:
        return text
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise RefusedError(
            f"The file {path} is there already. Name a new one, or remove it first.", kind="usage"
        ) from error
    except OSError as error:
        raise RefusedError(f"The file {path} cannot be written: {error.strerror}.", kind="usage") from error
    return f"Written to {path}. Edit it, then `change {path}`."


def write_secretly(path: Path | None, text: str) -> None:
    """Write a text that holds a secret into a new file of the user alone, or print it.

    Raises:
        RefusedError: The file is there already, or cannot be written.
    """
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, encoding="utf-8")
    except FileExistsError as error:
        there = f"The file {path} is there already. Name a new one, or remove it first."
        raise RefusedError(there, kind="usage") from error
    except OSError as error:
        raise RefusedError(f"The file {path} cannot be written: {error.strerror}.", kind="usage") from error


def variable_of(side: str, name: str) -> str:
    """The environment variable of a secret."""
    return f"SHOPBRIDGE_SECRET_{side}_{name}".upper()


def _content(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        # YAML reads JSON as well, but its errors name YAML's rules.
        content = json.loads(text) if path.suffix == ".json" else parsed(text)
        json.dumps(content, default=str)
    except OSError as error:
        raise RefusedError(f"The file {path} cannot be read: {error.strerror}.", kind="usage") from error
    except UnicodeDecodeError as error:
        raise RefusedError(f"The file {path} is not text in UTF-8. Save it as such.", kind="usage") from error
    except (ValueError, TypeError) as error:
        raise RefusedError(f"The file {path} is not well-formed{_fault(error)}.", kind="usage") from error
    return _checked(path, content)


def _fault(error: Exception) -> str:
    """Where and what, without the line itself: a secret may stand in it."""
    match error:
        case json.JSONDecodeError():
            return f" at line {error.lineno}, column {error.colno}: {error.msg}"
        case ValueError() if str(error).startswith((" at line", ": ")):
            return str(error)
        case _:
            return f": {error}"


def _checked(path: Path, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or "settings" not in content or not content.keys() <= PARTS:
        raise RefusedError(
            f"The file {path} needs the part `settings`, may have `secrets` and `version`, and nothing else.",
            kind="usage",
        )
    secrets = content.get("secrets") or {}
    if not isinstance(secrets, dict) or any(not isinstance(each, dict | None) for each in secrets.values()):
        raise RefusedError(
            f"In {path}, `secrets` holds `shop` and `office`, and each of them names with values.", kind="usage"
        )
    return content


def _filled(side: str, values: Mapping[str, Any], ask: Ask | None, environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _text(side, name, value) if value not in (None, "") else _found(side, name, ask, environment)
        for name, value in values.items()
    }


def _text(side: str, name: str, value: Any) -> str:
    """YAML reads 0123 as the number 83, so only what is text for sure is taken."""
    if not isinstance(value, str):
        raise RefusedError(f"The secret {side}.{name} is no text. Put it in quotes.", kind="usage")
    return value


def _found(side: str, name: str, ask: Ask | None, environment: Mapping[str, str]) -> str:
    variable = variable_of(side, name)
    if environment.get(variable):
        return environment[variable]
    if ask is None:
        raise RefusedError(
            f"The secret {side}.{name} is empty. Set {variable}, or run this in a terminal.", kind="usage"
        )
    return ask(f"{side}.{name}")
