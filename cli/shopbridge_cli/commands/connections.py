"""The commands about a connection: set it up, look at it, let it work or rest, remove it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from shopbridge_cli import lines
from shopbridge_cli.client import RefusedError
from shopbridge_cli.commands.runs import caller
from shopbridge_cli.commands.trial import Yes, agree_to, named
from shopbridge_cli.connection_file import naming_lines, read_connection, variable_of, write_connection, write_secretly
from shopbridge_cli.desk import Desk, ask_secret, open_desk, tell_problems
from shopbridge_cli.options import AsJson, Beside, Connection, Function, ItsId, asking
from shopbridge_cli.views import show, show_preview
from shopbridge_cli.views.show_plan import planned

commands = typer.Typer()
NEWEST = 2
"""Orders that are shown as they would be sent once a connection is made."""

SettingsFile = Annotated[Path, typer.Argument(help="YAML or JSON with `settings` and `secrets`.")]
StoredFile = Annotated[
    Path, typer.Argument(help="YAML or JSON with `version` and `settings`, as `export` writes them, and `secrets`.")
]


@commands.command()
def create(
    file: SettingsFile,
    start: Annotated[bool, typer.Option("--start", help="Go to work at once, without a plan.")] = False,
    beside: Beside = None,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Create a connection, paused, and tell what importing would do, to the newest orders field by field.

    Nothing is stored unless everything verifies. The id of a deleted connection revives it.
    """
    with open_desk("", function, as_json=as_json) as desk, naming_lines(file):
        made = desk.operations.ask("create", **_new_connection(file), start=start, beside=beside or (), by=caller())
        desk.tell(made, show.created)
        if not (start or as_json):
            _show_newest(desk, made["id"])


def _show_newest(desk: Desk, connection: str) -> None:
    """Show what would be sent of the shop's newest orders; nothing while the shop has not installed its app."""
    try:
        found = desk.operations.ask("preview", connection=connection, last=NEWEST)
    except RefusedError:
        return
    if found["orders"]:
        desk.tell(found, show_preview.tried)


def _new_connection(file: Path) -> dict[str, Any]:
    """What a file says of a connection that is not stored yet, and so has no version."""
    content = read_connection(file, ask_secret())
    content.pop("version", None)
    return content


@commands.command()
def change(
    file: StoredFile, yes: Yes = False, beside: Beside = None, function: Function = "", as_json: AsJson = False
) -> None:
    """Replace a connection's settings, and the secrets of the sides that the file names; verified first.

    What it would make of the last orders is told, and you are asked. Refused when somebody changed
    them since the file's `version`.
    """
    with open_desk("", function, as_json=as_json) as desk, naming_lines(file):
        content = read_connection(file, ask_secret())
        agree_to(named(desk, content), yes=yes, settings=content["settings"], version=content.get("version"))
        desk.tell(desk.operations.ask("change", **content, beside=beside or (), by=caller()), show.changed_by_file)


@commands.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; else it is printed.")] = None,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Write a connection's settings with their version, to edit them and `change` it."""
    with open_desk(connection, function, as_json=as_json) as desk:
        shown = desk.ask("show")
        text = write_connection(shown, file)
        if as_json:
            desk.tell({"version": shown["version"], "settings": shown["settings"]}, show.changed)
            return
    typer.echo(text, nl=file is not None)


commands.command(
    "plan",
    help="What importing the orders would do: how many are imported, skipped and held, and why. Nothing is written.",
)(asking("plan", planned))


@commands.command()
def verify(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Check addresses, credentials, rights, maps and rules."""
    with open_desk(connection, function, as_json=as_json) as desk:
        result = desk.ask("verify")
        desk.tell(result, show.verified)
    if not result["verified"]:
        tell_problems(result["problems"])
        raise typer.Exit(1)


commands.command("pause", help="Stop polling; orders that come in meanwhile wait.")(
    asking("pause", show.changed, by=caller)
)


@commands.command()
def resume(
    connection: Connection = "", beside: Beside = None, function: Function = "", as_json: AsJson = False
) -> None:
    """Verify, then go on; orders that waited are taken up again."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("resume", beside=beside or (), by=caller()), show.changed)


commands.command("subscribe", help="Ask the platforms that have to be asked to call us when an order changes, anew.")(
    asking("subscribe", show.changed, by=caller)
)


@commands.command("app-manifest")
def app_manifest(
    connection: ItsId,
    file: Annotated[Path | None, typer.Argument(help="Where to write it; else it is printed.")] = None,
    platform: Annotated[str, typer.Option(help="Of the shop.")] = "shopware",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """The file by which a shop installs our app, filled in for a connection that is there or is to be.

    Its secret is made anew each time, and told only here: the connection is created with it.
    """
    with open_desk("", function, as_json=as_json) as desk:
        made = desk.operations.ask("app_manifest", connection=connection, platform=platform)
        if as_json:
            desk.tell(made, show.changed)
            return
        write_secretly(file, made["text"])
    lines.tell_aside("Create the connection with this, and with an empty `secrets.shop.app_secret` in its file:")
    typer.echo(f"{variable_of('shop', 'app_secret')}={made['app_secret']}", err=True)
    lines.tell_aside("Then install the app in the shop.")


@commands.command()
def delete(
    connection: ItsId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Remove a connection and its secrets. What became of its orders stays known."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if not yes:
            name = desk.ask("show", counts=False)["settings"]["name"]
            typer.confirm(f"Remove the connection {connection} ({name}) and its credentials?", abort=True, err=True)
        desk.tell(desk.ask("delete", by=caller()), show.changed)


@commands.command("list")
def list_connections(function: Function = "", as_json: AsJson = False) -> None:
    """All connections."""
    with open_desk("", function, as_json=as_json) as desk:
        desk.tell(desk.connections(), show.connections)


commands.command("show", help="One connection: status, how many orders stand where, its runs, settings.")(
    asking("show", show.connection)
)


@commands.command()
def words(
    file: Annotated[Path | None, typer.Argument(help="Of a connection that is not created yet.")] = None,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What both sides call things, to fill the maps with."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if file is None:
            desk.tell(desk.ask("words"), show.words)
            return
        with naming_lines(file):
            desk.tell(desk.operations.ask("words_of", **_new_connection(file)), show.words)
