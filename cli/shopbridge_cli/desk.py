"""Where a command asks and its answer is told: for people, with a pager where it is long, or as JSON for machines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import typer
from rich.console import RenderableType

from shopbridge_cli import known
from shopbridge_cli.client import Operations, RefusedError
from shopbridge_cli.command import refuse
from shopbridge_cli.lines import tell_problems
from shopbridge_cli.pager import print_paged
from shopbridge_cli.profiles import function_of

__all__ = ["Desk", "ask_secret", "at_terminal", "open_desk", "tell_problems"]


@dataclass(frozen=True)
class Desk:
    """One operator's request.

    Args:
        connection: Its id; empty for the only one there is.
        function: Which one is asked.
    """

    operations: Operations
    connection: str
    as_json: bool
    function: str = ""

    def ask(self, operation: str, **fields: Any) -> Any:
        """Ask for something about the connection."""
        return self.operations.ask(operation, connection=self.connection or self._only_one, **fields)

    def connections(self) -> list[dict[str, Any]]:
        """All connections; their ids are kept, so that a shell completes them."""
        found: list[dict[str, Any]] = self.operations.ask("list")
        known.keep(self.function, [str(each["id"]) for each in found])
        return found

    def tell(self, result: Any, show: Callable[[Any], RenderableType]) -> None:
        """Print a result."""
        if self.as_json:
            typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
        else:
            print_paged(show(result))

    @cached_property
    def _only_one(self) -> str:
        ids = [str(each["id"]) for each in self.connections()]
        if not ids:
            raise RefusedError("There are no connections. Create one with `create FILE`.", kind="not_found")
        if len(ids) > 1:
            some = f"There are {len(ids)} connections. Name one, as the first argument or with -c: {', '.join(ids)}."
            raise RefusedError(some, kind="usage")
        return ids[0]


@contextmanager
def open_desk(connection: str, function: str, *, as_json: bool) -> Iterator[Desk]:
    """A desk; what is refused there ends the program with the code of its kind, and is told."""
    try:
        asked = function_of(function)
        yield Desk(Operations(asked), connection, as_json, asked)
    except RefusedError as error:
        raise typer.Exit(refuse(error, as_json=as_json)) from error


def ask_secret() -> Callable[[str], str] | None:
    """Asks without showing what is typed; None where nobody sits at a terminal."""
    return (lambda name: str(typer.prompt(name, hide_input=True))) if at_terminal() else None


def at_terminal() -> bool:
    """Somebody sits there who can be asked."""
    return sys.stdin.isatty()
