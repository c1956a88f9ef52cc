"""What runs of products overwrite, told and agreed to before any of them writes."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType

from shopbridge_cli import known
from shopbridge_cli.desk import Desk, at_terminal
from shopbridge_cli.views.show_consent import overwrites, unmet

Record = Mapping[str, Any]
Show = Callable[[Any], RenderableType]

Consent = Annotated[
    str,
    typer.Option(
        metavar="TOKEN",
        help="Products only: agrees to what would be overwritten, by the token that is told with it. Without it, it is "
        "told and nothing started; at a terminal you are asked then.",
    ),
]
Token = Annotated[
    str,
    typer.Argument(
        autocompletion=known.complete, metavar="[TOKEN]", help="Agrees, by what was told. At a terminal you are asked."
    ),
]


def ask_with_consent(desk: Desk, operation: str, token: str, show: Show, **fields: Any) -> None:
    """Ask for something that may need consent; told without it, and ended with 1 unless somebody then agrees.

    Raises:
        typer.Exit: Nobody agreed, or there is nobody to ask.
    """
    result = desk.ask(operation, **fields, consent=token)
    if "consent" in result and _agrees(desk, result):
        result = desk.ask(operation, **fields, consent=result["consent"])
        desk.tell(result, show)
        return
    desk.tell(result, unmet if "consent" in result else show)
    if "consent" in result and not result.get("given"):
        raise typer.Exit(1)


def _agrees(desk: Desk, result: Record) -> bool:
    """Whether somebody at a terminal has read it and agrees."""
    if desk.as_json or result.get("given") or not at_terminal():
        return False
    desk.tell(result, lambda told: Group(*overwrites(told)))
    return typer.confirm("Do you agree?")
