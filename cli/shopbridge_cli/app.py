"""The commands: each asks the operations function for one thing and shows the answer."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from shopbridge_cli import privacy, show, show_health, show_orders, show_preview, show_runs, show_skipped
from shopbridge_cli.bulk import many
from shopbridge_cli.client import RefusedError
from shopbridge_cli.connection_file import read_connection, write_connection
from shopbridge_cli.consent import Consent, ask_with_consent
from shopbridge_cli.desk import ask_secret, open_desk, tell_problems
from shopbridge_cli.explain import explained
from shopbridge_cli.options import AsJson, Beside, Connection, Function, asking
from shopbridge_cli.profiles import DEFAULT, PROFILE_VARIABLE, log_in
from shopbridge_cli.runs import caller, consent, older_orders, runs
from shopbridge_cli.settings import maps, settings
from shopbridge_cli.show_plan import planned

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Shopbridge for operators: set connections up, see what became of orders, repair what is held, start runs.",
)
app.add_typer(runs, name="runs")
app.add_typer(settings, name="settings")
app.add_typer(maps, name="map")
app.command()(consent)
app.command()(privacy.erase)
app.command()(privacy.forget)


class Group(StrEnum):
    """Where an order is; the values are the bridge's own."""

    IMPORTED = "imported"
    ON_THE_WAY = "on_the_way"
    HELD = "held"
    SKIPPED = "skipped"
    REFUSED = "refused"


SettingsFile = Annotated[Path, typer.Argument(help="YAML or JSON with `settings` and `secrets`.")]
StoredFile = Annotated[
    Path, typer.Argument(help="YAML or JSON with `version` and `settings`, as `export` writes them, and `secrets`.")
]
NUMBER = "The order's number in the shop, or its id where several have the number."
Number = Annotated[str, typer.Argument(help=NUMBER)]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="First or last day (UTC) on which they were first seen."),
]
EveryConnection = Annotated[str, typer.Option("--connection", "-c", help="Its id; else all there are.")]


@app.command()
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


@app.command()
def create(
    file: SettingsFile,
    start: Annotated[bool, typer.Option("--start", help="Go to work at once, without a plan.")] = False,
    beside: Beside = None,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Create a connection, paused, and tell what importing would do. Nothing is stored unless everything verifies.

    The id of a deleted connection revives it.
    """
    with open_desk("", function, as_json=as_json) as desk:
        desk.tell(
            desk.operations.ask("create", **_new_connection(file), start=start, beside=beside or (), by=caller()),
            show.created,
        )


def _new_connection(file: Path) -> dict[str, Any]:
    """What a file says of a connection that is not stored yet, and so has no version."""
    content = read_connection(file, ask_secret())
    content.pop("version", None)
    return content


@app.command()
def change(file: StoredFile, beside: Beside = None, function: Function = "", as_json: AsJson = False) -> None:
    """Replace a connection's settings, and the secrets of the sides that the file names; verified first.

    Refused when somebody changed them since the file's `version`.
    """
    with open_desk("", function, as_json=as_json) as desk:
        content = read_connection(file, ask_secret())
        desk.tell(desk.operations.ask("change", **content, beside=beside or (), by=caller()), show.changed)


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; else it is printed.")] = None,
    connection: Connection = "",
    function: Function = "",
) -> None:
    """Write a connection's settings with their version, to edit them and `change` it."""
    with open_desk(connection, function, as_json=False) as desk:
        text = write_connection(desk.ask("show"), file)
    typer.echo(text, nl=file is not None)


app.command(
    "plan",
    help="What importing the orders would do: how many are imported, skipped and held, and why. Nothing is written.",
)(asking("plan", planned))


@app.command()
def preview(
    number: Annotated[str, typer.Argument(help=f"{NUMBER} Else the last ones that came in.")] = "",
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
        desk.tell(desk.ask("preview", order=number, last=last, settings=tried), show_preview.tried)


@app.command()
def verify(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Check addresses, credentials, rights, maps and rules."""
    with open_desk(connection, function, as_json=as_json) as desk:
        result = desk.ask("verify")
        desk.tell(result, show.verified)
    if not result["verified"]:
        tell_problems(result["problems"])
        raise typer.Exit(1)


app.command("pause", help="Stop polling; orders that come in meanwhile wait.")(asking("pause", show.changed, by=caller))


@app.command()
def resume(
    connection: Connection = "", beside: Beside = None, function: Function = "", as_json: AsJson = False
) -> None:
    """Verify, then go on; orders that waited are taken up again."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("resume", beside=beside or (), by=caller()), show.changed)


app.command("subscribe", help="Ask the platforms that have to be asked to call us when an order changes, anew.")(
    asking("subscribe", show.changed, by=caller)
)


@app.command()
def delete(
    connection: Annotated[str, typer.Argument(help="Its id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Remove a connection and its secrets. What became of its orders stays known."""
    if not yes:
        typer.confirm(f"Remove the connection {connection} and its credentials?", abort=True)
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("delete", by=caller()), show.changed)


@app.command()
def health(connection: EveryConnection = "", function: Function = "", as_json: AsJson = False) -> None:
    """How connections do: what came through when, what waits, what is wrong. Ends with 1 unless all is well."""
    with open_desk(connection, function, as_json=as_json) as desk:
        result = desk.operations.ask("health", connection=connection)
        desk.tell(result, show_health.told)
    if not result["well"]:
        raise typer.Exit(1)


@app.command("list")
def list_connections(function: Function = "", as_json: AsJson = False) -> None:
    """All connections."""
    with open_desk("", function, as_json=as_json) as desk:
        desk.tell(desk.operations.ask("list"), show.connections)


app.command("show", help="One connection: status, how many orders stand where, its runs, settings.")(
    asking("show", show.connection)
)


@app.command()
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
        else:
            desk.tell(desk.operations.ask("words_of", **_new_connection(file)), show.words)


app.command("poll", help="Look for changed orders at once.")(asking("poll_now", show.polled))


@app.command("initial-sync")
def initial_sync(
    consent: Consent = "", connection: Connection = "", function: Function = "", as_json: AsJson = False
) -> None:
    """Verify, then start a run of everything that the connection carries, products first.

    What products overwrite is told before, and nothing begins until you agree.
    """
    with open_desk(connection, function, as_json=as_json) as desk:
        ask_with_consent(desk, "initial_sync", consent, show_runs.synced, by=caller())


@app.command()
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
        desk.tell(found, show_orders.listed)


app.command("older-orders")(older_orders)


@app.command()
def order(number: Number, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """What became of an order."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("story", order=number), show.story)


app.command("held", help="What waits for a person, with reason and fix.")(asking("held", show.held))


@app.command()
def explain(code: Annotated[str, typer.Argument(help="As `held`, `skipped` or the log tell it.")]) -> None:
    """What a reason or an event means, and what to do about it. Asks nobody."""
    with open_desk("", "", as_json=False):
        typer.echo(explained(code))


@app.command()
def skipped(
    code: Annotated[str, typer.Option(help="Only this reason, with all its orders.")] = "",
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What was left out on purpose, by reason, and what would make it go."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("skipped", code=code), show_skipped.by_code if code else show_skipped.by_reason)


@app.command()
def resend(
    number: Annotated[str, typer.Argument(help=NUMBER)] = "",
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
        if bool(number) == bool(code):
            raise RefusedError("Name one order, or a reason with --code.")
        if number:
            desk.tell(desk.ask("resend", order=number), show.resent)
        else:
            many(desk, "resend", code=code, since=since, until=until, yes=yes)


@app.command()
def skip(
    remark: Annotated[str, typer.Option(help="Why; it is kept in the order's story.")],
    number: Annotated[str, typer.Argument(help=NUMBER)] = "",
    code: Annotated[str, typer.Option(help="Or all that are held for this reason.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Set a held order aside for good, or all of one reason: they are counted, and you are asked."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if bool(number) == bool(code):
            raise RefusedError("Name one order, or a reason with --code.")
        if number:
            desk.tell(desk.ask("skip", order=number, remark=remark), show.skipped)
        else:
            many(desk, "skip", code=code, remark=remark, yes=yes)
