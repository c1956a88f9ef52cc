"""Follows a run until it is over: a line whenever it came further, and an exit code by how it ended."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import typer

from shopbridge_cli.client import RefusedError
from shopbridge_cli.desk import Desk
from shopbridge_cli.exits import Exit
from shopbridge_cli.views.show_runs import counted, detailed, name, state

Record = Mapping[str, Any]
ACTIVE = "running"
UNDONE = ("held", "failed")
"""Counts of what a run that is done could not do."""


def follow(desk: Desk, kind: str, *, every: float, within: timedelta, silent: bool = False) -> Exit:
    """Tell how far the newest run of a kind comes until it is over; returns how that ends the command.

    Args:
        every: Seconds between two looks.
        silent: Tell only how it ended.

    Raises:
        RefusedError: There is none, or the time is up.
    """
    silent = silent or desk.as_json
    ends, told = datetime.now(UTC) + within, ""
    while True:
        run = _newest(desk, kind)
        if run["state"] != ACTIVE:
            desk.tell(run, lambda over: detailed([over]))
            return ended(run)
        if not silent and (line := _line(run)) != told:
            typer.echo(line, err=True)
            told = line
        if datetime.now(UTC) > ends:
            still = f"The run of {name(run)} is still at work. It goes on by itself; ask again."
            raise RefusedError(still, kind="later")
        time.sleep(every)


def ended(run: Record) -> Exit:
    """What a run that is over comes to."""
    if run["state"] == "failed":
        return Exit.REFUSED
    is_whole = run["state"] == "done" and not any(run["counts"][count] for count in UNDONE)
    return Exit.DONE if is_whole else Exit.PARTLY


def _newest(desk: Desk, kind: str) -> Record:
    for run in desk.ask("runs"):
        if run["kind"] == kind:
            return dict(run)
    raise RefusedError(f"There was no run of {kind} yet. `runs start {kind}` begins one.", kind="not_found")


def _line(run: Record) -> str:
    percent = "" if run["percent"] is None else f" {run['percent']} %"
    return f"{name(run)}: {state(run)}{percent}, {counted(run)}"
