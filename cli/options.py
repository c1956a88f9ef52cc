"""The options that most commands share."""

from typing import Annotated

import typer

from cli.client import FUNCTION_VARIABLE

Connection = Annotated[
    str, typer.Option("--connection", "-c", envvar="SHOPBRIDGE_CONNECTION", help="Its id; else the only one there is.")
]
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
