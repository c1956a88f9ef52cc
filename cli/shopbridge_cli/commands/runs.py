"""The commands about runs: jobs over all stock, products or orders; and agreeing to what they overwrite."""

import getpass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from shopbridge_cli import known
from shopbridge_cli.commands.consent import Consent, Token, ask_with_consent
from shopbridge_cli.commands.follow import follow
from shopbridge_cli.desk import open_desk
from shopbridge_cli.options import AsJson, Connection, Function
from shopbridge_cli.views import show_runs
from shopbridge_cli.views.show_consent import agreed

NOBODY = "operator"

commands = typer.Typer()
runs = typer.Typer(no_args_is_help=True, help="Jobs over all stock, products or orders: start, stop, resume, look.")


class Kind(StrEnum):
    """What a run does; the values are the bridge's own."""

    STOCK = "stock"
    COMPARISON = "stock_comparison"
    PRODUCTS = "products"
    ORDERS = "orders"


Wanted = Annotated[
    Kind,
    typer.Argument(
        autocompletion=known.beside(*Kind),
        help="`stock` sends what changed; `stock_comparison` reads both sides and repairs; "
        "`products` imports products; `orders` hands over all orders.",
    ),
]
ShownKind = Annotated[
    Kind | None, typer.Argument(autocompletion=known.beside(*Kind), help="Only this kind, with what it could not do.")
]
Afresh = Annotated[bool, typer.Option("--afresh", help="Take everything for changed, whatever was sent before.")]


def _moment(text: str) -> datetime:
    """A day, or a time; in UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day. Write it as 2026-10-01.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Since = Annotated[
    datetime | None,
    typer.Option(
        parser=_moment,
        metavar="DAY",
        help="Orders only: those placed since then, such as 2026-10-01, in UTC. Else what a first import takes.",
    ),
]


def caller() -> str:
    """Who asks: the system user, for the record that others read."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return NOBODY  # a container may run under a number that no user has


@commands.command()
def consent(token: Token = "", connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """What runs of products overwrite with the present settings; and your consent, without which none begins."""
    with open_desk(connection, function, as_json=as_json) as desk:
        ask_with_consent(desk, "consent", token, agreed, by=caller())


@commands.command("initial-sync")
def initial_sync(
    consent: Consent = "", connection: Connection = "", function: Function = "", as_json: AsJson = False
) -> None:
    """Verify, then start a run of everything that the connection carries, products first.

    What products overwrite is told before, and nothing begins until you agree.
    """
    with open_desk(connection, function, as_json=as_json) as desk:
        ask_with_consent(desk, "initial_sync", consent, show_runs.synced, by=caller())


@runs.command()
def start(
    kind: Wanted,
    afresh: Afresh = False,
    since: Since = None,
    consent: Consent = "",
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Start a run at once. Refused while one of the same kind is active.

    One of products tells first what it overwrites, and begins once you agree.
    """
    plan = {"afresh": afresh, "since": since and since.isoformat()}
    with open_desk(connection, function, as_json=as_json) as desk:
        ask_with_consent(desk, "start_run", consent, show_runs.started, job=kind.value, by=caller(), **plan)


@commands.command("older-orders")
def older_orders(
    since: Annotated[
        datetime,
        typer.Argument(
            autocompletion=known.complete, parser=_moment, metavar="DAY", help="Such as 2026-01-01, in UTC."
        ),
    ],
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Bring all orders placed since a day, also those before the first import's; none comes twice, no new one waits."""
    with open_desk(connection, function, as_json=as_json) as desk:
        asked = {"job": Kind.ORDERS.value, "by": caller(), "since": since.isoformat()}
        desk.tell(desk.ask("start_run", **asked), show_runs.started)


@runs.command()
def stop(kind: Wanted, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Let a run stop after what it is just doing."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("stop_run", job=kind.value), show_runs.stopped)


@runs.command()
def resume(kind: Wanted, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Let a stopped run go on where it stopped."""
    with open_desk(connection, function, as_json=as_json) as desk:
        desk.tell(desk.ask("resume_run", job=kind.value), show_runs.resumed)


Minutes = Annotated[float, typer.Option(min=0, help="How long at the most; the run goes on in any case.")]
Every = Annotated[float, typer.Option(min=1, help="Seconds between two looks.")]


@runs.command()
def wait(
    kind: Wanted,
    minutes: Minutes = 120,
    every: Every = 5,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Say nothing until the newest run is over, for scripts. Ends as `watch` does."""
    with open_desk(connection, function, as_json=as_json) as desk:
        code = follow(desk, kind.value, every=every, within=timedelta(minutes=minutes), silent=True)
    raise typer.Exit(code)


@runs.command()
def watch(
    kind: Wanted,
    minutes: Minutes = 120,
    every: Every = 5,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Tell how far the newest run comes until it is over. Ends with 7 where something was left, with 1 if it failed."""
    with open_desk(connection, function, as_json=as_json) as desk:
        code = follow(desk, kind.value, every=every, within=timedelta(minutes=minutes))
    raise typer.Exit(code)


@runs.command()
def show(kind: ShownKind = None, connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """The newest run of each kind: how far it came, and what it could not do, with the fix."""
    with open_desk(connection, function, as_json=as_json) as desk:
        found = [run for run in desk.ask("runs") if kind is None or run["kind"] == kind.value]
        desk.tell(found, show_runs.detailed)
