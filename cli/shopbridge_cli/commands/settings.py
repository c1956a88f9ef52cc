"""The commands about settings: one of them at a time, their versions, and the maps."""

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

from shopbridge_cli import known
from shopbridge_cli.client import RefusedError
from shopbridge_cli.commands.runs import caller
from shopbridge_cli.commands.trial import Yes, agree_to, with_value
from shopbridge_cli.connection_file import EXPORTED, read_connection
from shopbridge_cli.desk import Desk, ask_secret, open_desk
from shopbridge_cli.options import AsJson, Connection, Function
from shopbridge_cli.views import show, show_settings
from shopbridge_cli.yaml_text import dumped

settings = typer.Typer(no_args_is_help=True, help="Single settings of a connection, and their versions.")
maps = typer.Typer(no_args_is_help=True, help="How values of the shop are called in the back office.")

Place = Annotated[
    str,
    typer.Argument(
        autocompletion=known.complete, help="Its place, such as `orders.poll_minutes`; `.` in a name is written `\\.`."
    ),
]
Version = Annotated[
    int, typer.Argument(autocompletion=known.complete, help="The version, as `settings history` tells it.")
]
MapName = Annotated[
    str,
    typer.Argument(
        autocompletion=known.beside("status", "payment", "shipping", "tax"),
        help="`status`, `payment`, `shipping` or `tax`.",
    ),
]
FALLBACK_EDITOR = "vi"


def path_of(place: str) -> list[str]:
    """The parts of a place; a point that belongs to a name is escaped."""
    marked = place.replace("\\.", "\0")
    return [part.replace("\0", ".") for part in marked.split(".")]


def value_of(text: str) -> Any:
    """What is meant: JSON where it is some (10, true, null, [..]), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


@settings.command("get")
def get(
    place: Annotated[str, typer.Argument(autocompletion=known.complete, help="Only what is below this place.")] = "",
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What is set, all of it or one place."""
    with open_desk(connection, function, as_json=as_json) as desk:
        found = _below(desk.ask("show")["settings"], path_of(place) if place else [])
        desk.tell(found, show_settings.value)


def _below(found: Any, path: list[str]) -> Any:
    for part in path:
        if not isinstance(found, Mapping) or part not in found:
            known = f" There is: {', '.join(found)}." if isinstance(found, Mapping) else ""
            close = get_close_matches(part, found, n=1) if isinstance(found, Mapping) else ()
            known = f" Did you mean {close[0]!r}?{known}" if close else known
            nothing = f"Nothing is set at {'.'.join(path)}: {part!r} is not there.{known}"
            raise RefusedError(nothing, kind="not_found")
        found = found[part]
    return found


@settings.command("set")
def set_(
    place: Place,
    value: Annotated[str, typer.Argument(help="Its value; `null` lets the default count.")],
    yes: Yes = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Set one setting. Nothing is stored unless everything verifies.

    What it would make of the last orders is told, and you are asked.
    """
    with open_desk(connection, function, as_json=as_json) as desk:
        _set(desk, path_of(place), value_of(value), yes=yes)


@settings.command()
def history(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Versions of the settings: when, by whom, and what was changed."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("history"), show_settings.history)


@settings.command()
def diff(to: Version, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """What has become otherwise since a version."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("diff", to=to), show_settings.differences)


@settings.command()
def restore(
    to: Version, yes: Yes = False, connection: Connection = "", function: Function = "", as_json: AsJson = False
) -> None:
    """Bring an earlier version back. Secrets stay as they are."""
    with open_desk(connection, function, as_json=as_json) as desk:
        agree_to(desk, yes=yes, to=to)
        desk.tell(desk.ask("restore", to=to, by=caller()), show.changed)


@settings.command()
def edit(yes: Yes = False, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Open the settings in your editor, and change the connection to what you leave there."""
    with open_desk(connection, function, as_json=as_json) as desk:
        shown = desk.ask("show")
        content = {"version": shown["version"], "settings": shown["settings"]}
        before = EXPORTED + dumped(content)
        after = _edited(before)
        if after is None:
            raise RefusedError("Nothing was changed in the editor, so nothing is different.")
        agree_to(desk, yes=yes, settings=after["settings"], version=after.get("version"))
        desk.tell(desk.operations.ask("change", **after, by=caller()), show.changed)


def _edited(text: str) -> dict[str, Any] | None:
    """What an operator makes of it; None for nothing. The file is removed, for secrets may be written into it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "connection.yaml"
        path.write_text(text, encoding="utf-8")
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK_EDITOR
        subprocess.run([*shlex.split(command), str(path)], check=True)  # noqa: S603 - the operator's own editor
        if path.read_text(encoding="utf-8") == text:
            return None
        return read_connection(path, ask_secret())


@maps.command("set")
def map_set(
    name: MapName,
    entry: Annotated[str, typer.Argument(help="`the shop's value=what the back office calls it`.")],
    yes: Yes = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Add an entry, or replace it."""
    key, sign, value = entry.rpartition("=")
    with open_desk(connection, function, as_json=as_json) as desk:
        if not sign or not key:
            raise RefusedError(
                f"{entry!r} is no entry. Write it as `paypal=PayPal`; `paypal==` keeps the shop's value.",
                kind="usage",
            )
        key, value = (key.removesuffix("="), "=") if entry.endswith("==") else (key, value)
        _set(desk, ["orders", "maps", name, "entries", key], value, yes=yes)


@maps.command("unset")
def map_unset(
    name: MapName,
    key: Annotated[str, typer.Argument(help="The shop's value.")],
    yes: Yes = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Remove an entry."""
    with open_desk(connection, function, as_json=as_json) as desk:
        _set(desk, ["orders", "maps", name, "entries", key], None, yes=yes)


def _set(desk: Desk, path: list[str], value: Any, *, yes: bool) -> None:
    shown = {} if yes else desk.ask("show")
    if shown:
        agree_to(desk, yes=yes, settings=with_value(shown["settings"], path, value))
    desk.tell(desk.ask("set", path=path, value=value, version=shown.get("version"), by=caller()), show.changed)
