"""The commands about a deployment as a whole: which one is asked, and whether all is well there."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.console import Board, address
from shopbridge_cli.desk import open_desk
from shopbridge_cli.explain import explained, reasons
from shopbridge_cli.options import AsJson, EveryConnection, Function
from shopbridge_cli.profiles import DEFAULT, PROFILE_VARIABLE, log_in
from shopbridge_cli.views import show_health

commands = typer.Typer()
SCREENS = {"DISPLAY", "WAYLAND_DISPLAY"}
"""Variables of a desktop."""


@commands.command()
def login(
    stack: Annotated[str, typer.Option(help="The stack's name.")] = "",
    function: Annotated[str, typer.Option(help="Or its operations function's ARN.")] = "",
    region: Annotated[str, typer.Option(help="Of AWS; an ARN has it.")] = "",
    profile: Annotated[str, typer.Option(envvar=PROFILE_VARIABLE, help="Under which name it is kept.")] = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Remember which deployment to ask, once it has answered. Credentials stay those of AWS.

    `SHOPBRIDGE_PROFILE` chooses among several.
    """
    with open_desk("", function or "-", as_json=as_json) as desk:
        kept, count = log_in(profile, stack, function, region)
        desk.tell({"profile": profile, "connections": count, **asdict(kept)}, logged_in)


CONFIRM = "Mails of alarms come once the link in AWS' mail (Subscription Confirmation) is clicked; `doctor` tells."


def logged_in(result: Mapping[str, Any]) -> RenderableType:
    """Where to, and that it answered."""
    count = f"{result['connections']} connection{'' if result['connections'] == 1 else 's'}"
    told = Text(f"Logged in to {result['function']}, as the profile {result['profile']}. It has {count}.")
    return Group(told, Text(CONFIRM))


@commands.command()
def health(connection: EveryConnection = "", function: Function = "", as_json: AsJson = False) -> None:
    """How connections do: what came through when, what waits, what is wrong. Ends with 1 unless all is well."""
    with open_desk(connection, function, as_json=as_json) as desk:
        result = desk.operations.ask("health", connection=connection)
        desk.tell(result, show_health.told)
    if not result["well"]:
        raise typer.Exit(1)


@commands.command()
def doctor(function: Function = "", as_json: AsJson = False) -> None:
    """Whether the deployment stands as it was made, and all connections do well. Ends with 1 when anything is bad."""
    with open_desk("", function, as_json=as_json) as desk:
        result = desk.operations.ask("doctor")
        desk.tell(result, show_health.examined)
    if not result["well"]:
        raise typer.Exit(1)


@commands.command()
def explain(
    code: Annotated[str, typer.Argument(help="As `held`, `skipped` or the log tell it.")], as_json: AsJson = False
) -> None:
    """What a reason or an event means, and what to do about it. Asks nobody."""
    text = explained(code)
    typer.echo(json.dumps({"code": code, **reasons()[code]}, indent=2, ensure_ascii=False) if as_json else text)


@commands.command("open")
def open_console(
    board: Annotated[Board, typer.Argument(help="`desk` acts, `watch` only shows.")] = Board.DESK,
    show_only: Annotated[bool, typer.Option("--print", help="Print the address, and open nothing.")] = False,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Open a dashboard of the deployment in the browser; its address is printed."""
    with open_desk("", function, as_json=as_json) as desk:
        url = address(desk.function, board)
        desk.tell({"url": url}, lambda told: Text(told["url"], overflow="fold", no_wrap=True))
    if not show_only and not as_json and has_browser():
        typer.launch(url)


def has_browser() -> bool:
    """Whether somebody sits before a screen."""
    return sys.stdout.isatty() and (sys.platform in ("darwin", "win32") or bool(SCREENS & os.environ.keys()))
