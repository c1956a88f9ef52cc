"""Both sides held against each other, part by part until all is told; then repaired, once somebody has agreed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from shopbridge_cli.commands.runs import caller
from shopbridge_cli.desk import Desk, open_desk
from shopbridge_cli.exits import Exit
from shopbridge_cli.lines import orders
from shopbridge_cli.options import AsJson, Connection, Function
from shopbridge_cli.views import show_reconcile

Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DAY", help="First or last day (UTC) on which they were placed."),
]
MERGED, ADDED = ("shop", "ledger"), ("missing", "gone", "doubles")
COUNTED = ("there", "unclear", "unanswered")
AT_ONCE = 25
"""Orders that are handed over in one call: each is looked at again before."""
EXAMPLES = 5


def reconcile(
    since: Day = None,
    until: Day = None,
    after: Annotated[str, typer.Option(help="The place that an earlier answer ended with.")] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Hand missing orders to the import and compare all stock; you are asked.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """What the shop has and what the back office has of some days, the last seven by default: missing, gone, twice.

    Nothing is written without --repair, and nothing is ever cancelled or deleted. Ends with 1 where both sides do not
    agree, with 8 where not all of it could be read, or a side gave no answer for some.
    """
    with open_desk(connection, function, as_json=as_json) as desk:
        found = _all_parts(desk, {"since": since and since.date(), "until": until and until.date()}, after)
        if repair and (found["missing"] or found["stock"]["carried"]):
            if not as_json:
                desk.tell(found, show_reconcile.told)
            found["repair"] = _repaired(desk, found, yes=yes)
            desk.tell(found, lambda result: show_reconcile.repaired(result["repair"]))
        else:
            desk.tell(found, show_reconcile.told)
    if (code := _exit_code(found)) is not Exit.DONE:
        raise typer.Exit(code)


def _exit_code(found: Mapping[str, Any]) -> Exit:
    repaired = found.get("repair")
    if found["next"]:
        return Exit.AGAIN
    if found["gone"] or found["doubles"] or (found["missing"] and repaired is None):
        return Exit.REFUSED
    if repaired is not None and repaired["left"]:
        return Exit.PARTLY
    return Exit.AGAIN if found["unanswered"] else Exit.DONE


def _all_parts(desk: Desk, days: Mapping[str, Any], after: str) -> dict[str, Any]:
    """All that is told until the end, or until a side has to be asked later."""
    whole = dict(desk.ask("reconcile", **days, after=after))
    while whole["next"] and not whole["stops"]:
        typer.echo(f"{orders(len(whole['shop']))} of the shop, {orders(len(whole['ledger']))} looked for …", err=True)
        part = desk.ask("reconcile", since=whole["since"], until=whole["until"], after=whole["next"])
        whole = {**part, **_together(whole, part)}
    return whole


def _together(whole: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """An order that comes twice counts once."""
    merged: dict[str, Any] = {name: {**whole[name], **part[name]} for name in MERGED}
    added = {name: [*{each["id"]: each for each in (*whole[name], *part[name])}.values()] for name in ADDED}
    return {**merged, **added, **{name: whole[name] + part[name] for name in COUNTED}}


def _repaired(desk: Desk, found: Mapping[str, Any], *, yes: bool) -> dict[str, Any]:
    """What became of it, in one answer."""
    missing, stock = found["missing"], found["stock"]["carried"]
    if not yes:
        typer.confirm(_question(missing, stock=stock), abort=True, err=True)
    whole: dict[str, Any] = {"done": 0, "left": [], "waits": False, "stock": ""}
    for batch, is_last in _batches([each["id"] for each in missing]):
        told = desk.ask("repair", orders=batch, stock=stock and is_last, confirm=len(batch), by=caller())
        if told["count"] != len(batch):  # some of them came in meanwhile
            told = desk.ask("repair", orders=batch, stock=stock and is_last, confirm=told["count"], by=caller())
        whole["done"] += told["done"]
        whole["left"] += told["left"]
        whole["waits"] = whole["waits"] or told["waits"]
        whole["stock"] = told["stock"] or whole["stock"]
    return whole


def _batches(ids: Sequence[str]) -> Iterator[tuple[Sequence[str], bool]]:
    for start in range(0, max(len(ids), 1), AT_ONCE):
        yield ids[start : start + AT_ONCE], start + AT_ONCE >= len(ids)


def _question(missing: Sequence[Mapping[str, Any]], *, stock: bool) -> str:
    some = ", ".join(each["order"] or each["id"] for each in missing[:EXAMPLES])
    more = " …" if len(missing) > EXAMPLES else ""
    asked = [f"hand {orders(len(missing))} ({some}{more}) to the import"] if missing else []
    asked += ["compare all stock"] if stock else []
    text = " and ".join(asked)
    return f"{text[:1].upper()}{text[1:]}?"
