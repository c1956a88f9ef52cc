"""Where a command asks and its answer is told: tables for people, JSON for machines, problems on standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console, RenderableType

from shopbridge_cli.client import Operations, RefusedError
from shopbridge_cli.profiles import function_of


@dataclass(frozen=True)
class Desk:
    """One operator's request.

    Args:
        connection: Its id; empty for the only one there is.
    """

    operations: Operations
    connection: str
    as_json: bool

    def ask(self, operation: str, **fields: Any) -> Any:
        """Ask for something about the connection."""
        return self.operations.ask(operation, connection=self.connection or self._only_one(), **fields)

    def tell(self, result: Any, show: Callable[[Any], RenderableType]) -> None:
        """Print a result."""
        if self.as_json:
            typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        else:
            Console(highlight=False).print(show(result))

    def _only_one(self) -> str:
        ids = [str(each["id"]) for each in self.operations.ask("list")]
        if len(ids) != 1:
            known = f"Name one with --connection: {', '.join(ids)}." if ids else "Create one with `create FILE`."
            raise RefusedError(f"There are {len(ids) or 'no'} connections. {known}")
        return ids[0]


@contextmanager
def open_desk(connection: str, function: str, *, as_json: bool) -> Iterator[Desk]:
    """A desk; what is refused there ends the program with 1, its problems one a line on standard error."""
    try:
        yield Desk(Operations(function_of(function)), connection, as_json)
    except RefusedError as error:
        tell_problems(error.problems)
        raise typer.Exit(1) from error


def tell_problems(problems: tuple[str, ...] | list[str]) -> None:
    """Each on a line of its own, in red where there is colour."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in problems:
        console.print(problem, style="red", markup=False)


def ask_secret() -> Callable[[str], str] | None:
    """Asks without showing what is typed; None where nobody sits at a terminal."""
    return (lambda name: str(typer.prompt(name, hide_input=True))) if at_terminal() else None


def at_terminal() -> bool:
    """Somebody sits there who can be asked."""
    return sys.stdin.isatty()
