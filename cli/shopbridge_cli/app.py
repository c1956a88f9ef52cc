"""All commands together; each module of them asks the operations function and shows its answers."""

from typing import Annotated

import typer

from shopbridge_cli.command import EPILOG, Command, Root
from shopbridge_cli.commands import connections, deployments, logs, orders, privacy, runs, settings, tokens
from shopbridge_cli.wizard import connect

app = typer.Typer(
    cls=Root,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
SECTIONS = {
    "Orders": orders.commands,
    "Set up": connect.commands,
    "Connections": connections.commands,
    "Runs": runs.commands,
    "Buyers and what is kept": privacy.commands,
    "The deployment": deployments.commands,
    "The log": logs.commands,
}
GROUPS = {
    "runs": ("Runs", runs.runs),
    "token": ("Connections", tokens.tokens),
    "settings": ("Settings", settings.settings),
    "map": ("Settings", settings.maps),
}
UNINSTALLED = "from a folder, not installed"


def tell_version(wanted: bool) -> None:
    """Print the version and end."""
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("shopbridge-cli")
    except PackageNotFoundError:
        found = UNINSTALLED
    typer.echo(f"shopbridge {found}")
    raise typer.Exit


@app.callback()
def shopbridge(
    version: Annotated[
        bool, typer.Option("--version", callback=tell_version, is_eager=True, help="Tell the version and end.")
    ] = False,
) -> None:
    """Shopbridge for operators: set connections up, see what became of orders, repair what is held, start runs."""


for section, commands in SECTIONS.items():
    for each in commands.registered_commands:
        each.cls, each.rich_help_panel = Command, section
    app.add_typer(commands)
for name, (section, commands) in GROUPS.items():
    for each in commands.registered_commands:
        each.cls = Command
    app.add_typer(commands, name=name, rich_help_panel=section)
