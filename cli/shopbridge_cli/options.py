"""The options that most commands share, and the commands that take no others."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from shopbridge_cli import known
from shopbridge_cli.client import FUNCTION_VARIABLE
from shopbridge_cli.desk import open_desk

Connection = Annotated[
    str,
    typer.Option(
        "--connection",
        "-c",
        envvar=known.VARIABLE,
        autocompletion=known.complete,
        help="Its id, also as the first plain argument; else the only one there is.",
    ),
]
EveryConnection = Annotated[
    str,
    typer.Option(
        "--connection",
        "-c",
        autocompletion=known.complete,
        help="Its id, also as the first plain argument; else all there are.",
    ),
]
ItsId = Annotated[str, typer.Argument(autocompletion=known.complete, help="Its id.")]
Function = Annotated[
    str,
    typer.Option(
        envvar=FUNCTION_VARIABLE, help="The operations function's ARN or name: the stack's output OperationsFunction."
    ),
]
Beside = Annotated[
    list[str] | None,
    typer.Option("--beside", help="A connection that may link the same two accounts, also a deleted one; repeatable."),
]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]


def asking(
    operation: str, show: Callable[[Any], RenderableType], by: Callable[[], str] | None = None
) -> Callable[..., None]:
    """Return a command that asks for one thing about a connection and shows the answer.

    Args:
        by: Tells who asks, where the log is to say it.
    """

    def command(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
        with open_desk(connection, function, as_json=as_json) as desk:
            desk.tell(desk.ask(operation, **({"by": by()} if by else {})), show)

    return command
