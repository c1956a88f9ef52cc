"""The commands about orders: find them, see what became of them, repair what is held."""

from contextlib import nullcontext
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shopbridge_cli import known
from shopbridge_cli.client import RefusedError
from shopbridge_cli.commands.bulk import many
from shopbridge_cli.commands.reconcile import reconcile
from shopbridge_cli.connection_file import naming_lines, read_connection
from shopbridge_cli.desk import ask_secret, open_desk
from shopbridge_cli.options import AsJson, Connection, EveryConnection, Function, asking
from shopbridge_cli.views import show, show_held, show_orders, show_preview, show_skipped, show_why

commands = typer.Typer()


class Group(StrEnum):
    """Where an order is; the values are the bridge's own."""

    IMPORTED = "imported"
    ON_THE_WAY = "on_the_way"
    HELD = "held"
    SKIPPED = "skipped"
    REFUSED = "refused"


NUMBER = "The order's number in the shop, or its id where several have the number."
Number = Annotated[str, typer.Argument(autocompletion=known.complete, help=NUMBER)]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="First or last day (UTC) on which they were first seen."),
]


@commands.command()
def orders(
    state: Annotated[Group | None, typer.Option(help="Only those that are there.")] = None,
    code: Annotated[str, typer.Option(help="Only those that are held, refused or skipped for this reason.")] = "",
    since: Day = None,
    until: Day = None,
    text: Annotated[str, typer.Option(help="Part of their number on either side.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many are shown.")] = 20,
    after: Annotated[str, typer.Option(help="The place that the page before ended with.")] = "",
    connection: EveryConnection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """How many orders are where, of one connection or of all, and the newest of them."""
    asked = {"state": state.value if state else "", "since": since and since.date(), "until": until and until.date()}
    with open_desk(connection, function, as_json=as_json) as desk:
        found = desk.operations.ask(
            "orders", connection=connection, code=code, text=text, limit=limit, after=after, **asked
        )
        desk.tell({**found, "code": code}, show_orders.listed)


@commands.command()
def order(number: Number, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """What became of an order."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("story", order=number), show.story)


@commands.command()
def why(
    number: Annotated[str, typer.Argument(autocompletion=known.complete, help="Its number on either side, or its id.")],
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Why an order is where it is, or why it never came in; what it holds, and where to look at it. Writes nothing."""
    with open_desk(connection, function, as_json=as_json) as desk:
        result = desk.ask("why", order=number)
        desk.tell(result, show_why.told)
        for line in () if as_json else show_why.links(result):
            typer.echo(line)


@commands.command()
def held(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """What waits for a person, orders and products, by reason with the fix."""
    with open_desk(connection, function, as_json=as_json) as desk:
        items = show_held.of_runs(desk.ask("runs") or ())
        desk.tell({"orders": desk.ask("held"), "items": items}, show_held.held)


@commands.command()
def preview(
    number: Annotated[
        str, typer.Argument(autocompletion=known.complete, help=f"{NUMBER} Else the last ones that came in.")
    ] = "",
    last: Annotated[int, typer.Option(min=1, max=20, help="How many of these.")] = 5,
    file: Annotated[
        Path | None, typer.Option("--file", help="Settings as `export` writes them: what would they make otherwise?")
    ] = None,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What would be sent of an order, field by field, and what is in the back office. Nothing is written."""
    with open_desk(connection, function, as_json=as_json) as desk:
        tried = read_connection(file, ask_secret())["settings"] if file else None
        with naming_lines(file) if file else nullcontext():
            desk.tell(desk.ask("preview", order=number, last=last, settings=tried), show_preview.tried)


commands.command()(reconcile)
commands.command("poll", help="Look for changed orders at once.")(asking("poll_now", show.polled))


@commands.command()
def skipped(
    code: Annotated[str, typer.Option(help="Only this reason, with all its orders.")] = "",
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What was left out on purpose, by reason, and what would make it go."""
    with open_desk(connection, function, as_json=as_json) as desk:
        found = {**desk.ask("skipped", code=code), "code": code}
        desk.tell(found, show_skipped.by_code if code else show_skipped.by_reason)


def _is_one(number: str, code: str) -> bool:
    """One order is meant, not all of a reason. Raises RefusedError when both are named, or neither is."""
    if bool(number) == bool(code):
        raise RefusedError("Name one order, or a reason with --code.", kind="usage")
    return bool(number)


@commands.command()
def resend(
    number: Annotated[str, typer.Argument(autocompletion=known.complete, help=NUMBER)] = "",
    code: Annotated[str, typer.Option(help="Or all that are held or were skipped for this reason.")] = "",
    since: Day = None,
    until: Day = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Try a held or skipped order again, or all of one reason: they are counted, and you are asked."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if _is_one(number, code):
            desk.tell(desk.ask("resend", order=number), show.resent)
        else:
            many(desk, "resend", code=code, since=since, until=until, yes=yes)


@commands.command()
def skip(
    remark: Annotated[str, typer.Option(help="Why; it is kept in the order's story.")],
    number: Annotated[str, typer.Argument(autocompletion=known.complete, help=NUMBER)] = "",
    code: Annotated[str, typer.Option(help="Or all that are held for this reason.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Set a held order aside for good, or all of one reason: they are counted, and you are asked."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if _is_one(number, code):
            desk.tell(desk.ask("skip", order=number, remark=remark), show.skipped)
        else:
            many(desk, "skip", code=code, remark=remark, yes=yes)
