"""The commands about a deployment as a whole: which one is asked, and whether all is well there."""

from typing import Annotated

import typer

from shopbridge_cli import show_health
from shopbridge_cli.desk import open_desk
from shopbridge_cli.explain import explained
from shopbridge_cli.options import AsJson, EveryConnection, Function
from shopbridge_cli.profiles import DEFAULT, PROFILE_VARIABLE, log_in

commands = typer.Typer()


@commands.command()
def login(
    stack: Annotated[str, typer.Option(help="The stack's name.")] = "",
    function: Annotated[str, typer.Option(help="Or its operations function's ARN.")] = "",
    region: Annotated[str, typer.Option(help="Of AWS; an ARN has it.")] = "",
    profile: Annotated[str, typer.Option(envvar=PROFILE_VARIABLE, help="Under which name it is kept.")] = DEFAULT,
) -> None:
    """Remember which deployment to ask, once it has answered. Credentials stay those of AWS.

    `SHOPBRIDGE_PROFILE` chooses among several.
    """
    with open_desk("", function or "-", as_json=False):
        kept, count = log_in(profile, stack, function, region)
        typer.echo(f"Logged in to {kept.function}, as the profile {profile}. It has {count} connections.")


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
def explain(code: Annotated[str, typer.Argument(help="As `held`, `skipped` or the log tell it.")]) -> None:
    """What a reason or an event means, and what to do about it. Asks nobody."""
    with open_desk("", "", as_json=False):
        typer.echo(explained(code))
