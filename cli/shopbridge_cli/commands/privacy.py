"""The commands that remove for good what is kept: about a buyer, of a deleted connection."""

import time
from typing import Annotated, Any

import typer

from shopbridge_cli import known
from shopbridge_cli.client import RefusedError
from shopbridge_cli.commands.runs import caller
from shopbridge_cli.desk import Desk, open_desk
from shopbridge_cli.exits import Exit
from shopbridge_cli.options import AsJson, Connection, Function, ItsId
from shopbridge_cli.views import show_privacy

commands = typer.Typer()

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
LONGEST_PAUSE = 30.0
"""Seconds: DynamoDB is busy for a moment, not for minutes."""


@commands.command()
def erase(
    email: Annotated[
        str,
        typer.Argument(autocompletion=known.complete, help="The buyer's e-mail address; left out, it is asked for."),
    ] = "",
    order: Annotated[
        list[str] | None,
        typer.Option(help="An order of this buyer, by number or id; repeatable. Needed for those of earlier releases."),
    ] = None,
    yes: Yes = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Show what is kept about a buyer, and remove it. What keeps orders single stays."""
    with open_desk(connection, function, as_json=as_json) as desk:
        asked = {"email": email or typer.prompt("E-mail address", err=True), "orders": order or (), "by": caller()}
        found = _whole(desk, **asked)
        if not any(found["found"].values()):
            desk.tell(found, show_privacy.about_buyer)
            return
        if not yes:
            typer.echo(show_privacy.plain(show_privacy.about_buyer(found)), err=True)
            typer.confirm("Remove this for good?", abort=True, err=True)
        result = _whole(desk, **asked, confirm=True)
        desk.tell(result, show_privacy.erased)
    if result["left"]:
        raise typer.Exit(Exit.PARTLY)


def _whole(desk: Desk, **asked: Any) -> dict[str, Any]:
    """Ask until all orders were looked at; one answer of all."""
    whole: dict[str, Any] = desk.ask("erase", **asked)
    while whole["next"]:
        part = desk.ask("erase", **asked, after=whole["next"])
        for counts in ("found", "erased"):
            whole[counts] = {kind: whole[counts][kind] + part[counts][kind] for kind in part[counts]}
        lists = {name: [*whole[name], *part[name]] for name in ("orders", "left", "office_customers")}
        whole.update(lists, next=part["next"])
    return whole


@commands.command()
def forget(
    connection: ItsId,
    yes: Yes = False,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Remove for good all that is kept of a deleted connection; its id is free then.

    One made anew between the same accounts would import again what is in its window.
    """
    with open_desk(connection, function, as_json=as_json) as desk:
        found = desk.ask("forget", by=caller())
        if found["done"]:
            desk.tell(found, show_privacy.forgotten)
            return
        if not yes:
            typer.echo(show_privacy.plain(show_privacy.kept(found)), err=True)
            _must_be_repeated(connection)
        desk.tell({**_forgotten(desk, connection), "kept": found["kept"]}, show_privacy.forgotten)


def _must_be_repeated(connection: str) -> None:
    written = typer.prompt("Write the connection's id to remove all of this for good", err=True)
    if written.strip() != connection:
        raise RefusedError("That is another id. Nothing was removed.")


def _forgotten(desk: Desk, connection: str) -> dict[str, Any]:
    """Ask until nothing is left: each call removes what its time allows."""
    removed = 0
    while True:
        result: dict[str, Any] = desk.ask("forget", confirm=connection, by=caller())
        removed += result["removed"]
        if result["done"]:
            return {**result, "removed": removed}
        typer.echo(f"{removed} records removed so far.", err=True)
        time.sleep(min(result["after"], LONGEST_PAUSE))
