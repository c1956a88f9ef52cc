"""Runs as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from shopbridge_cli.lines import Indented, moment, table, texts, trouble

Record = Mapping[str, Any]

COUNTS = ("found", "created", "updated", "unchanged", "held", "failed")
NAMES = {"stock": "stock", "stock_comparison": "stock comparison", "products": "products", "orders": "orders"}
SCHEDULE = "schedule"
"""Who starts what nobody asks for."""
LOOK = "`runs show` tells how far it came."
ORDERS_COUNT = (
    "Of orders, created are those handed to the import, and unchanged those placed before the run's time; "
    "`show` counts what became of them."
)


def started(run: Record) -> RenderableType:
    """That a run began."""
    return Text(f"A run of {name(run)} has begun. {LOOK}")


def synced(result: Record) -> RenderableType:
    """That everything verifies, and which runs began."""
    remarks = (Indented(Text(remark), 2, hanging=2) for remark in result["remarks"])
    return Group(Text("Everything verifies."), *remarks, progress(result["runs"]), Text("`runs show` tells more."))


def stopped(run: Record) -> RenderableType:
    """That a run ends, or is about to."""
    if run["state"] == "stopped":
        return Text(f"The run of {name(run)} is stopped. `runs resume` lets it go on.")
    return Text(f"The run of {name(run)} stops as soon as what it is doing is done. {LOOK}")


def resumed(run: Record) -> RenderableType:
    """That a run goes on."""
    return Text(f"The run of {name(run)} goes on. {LOOK}")


def detailed(runs: Sequence[Record]) -> RenderableType:
    """Progress of each run, and under it what it could not do."""
    if not runs:
        return Text("There was none yet. `runs start` begins one.")
    return Group(progress(runs), *(part for run in runs for part in _troubles(run)))


def progress(runs: Sequence[Record]) -> RenderableType:
    """One line for each run, and what its counts mean where that is not plain."""
    has_orders = any(run["kind"] == "orders" for run in runs)
    return Group(_table(runs), *([Text(ORDERS_COUNT)] if has_orders else []))


def _table(runs: Sequence[Record]) -> Table:
    shown = table("Run", "State", "%", *(count.capitalize() for count in COUNTS), "Started")
    for run in runs:
        percent = "" if run["percent"] is None else str(run["percent"])
        counts = (str(run["counts"][count]) for count in COUNTS)
        shown.add_row(*texts(name(run), _state(run), percent, *counts, _start(run)))
    return shown


def name(run: Record) -> str:
    """A run's kind in an operator's words."""
    since = f" since {moment(run['since']).removesuffix(' 00:00:00')}" if run.get("since") else ""
    return NAMES.get(run["kind"], str(run["kind"])) + since


def _state(run: Record) -> str:
    if run["state"] != "running":
        return str(run["state"])
    if run["stop_asked"]:
        return "stopping"
    return "waits for products" if run["after_products"] else "running"


def _start(run: Record) -> str:
    by = "by the schedule" if run["started_by"] == SCHEDULE else f"by {run['started_by']}"
    return f"{moment(run['started_at'])} {by}"


def _troubles(run: Record) -> Iterable[RenderableType]:
    if run["reason"]:
        yield from _trouble(f"The run of {name(run)} {run['state']}", run["reason"])
    for problem in run["problems"]:
        yield from _trouble(problem["item"], problem["reason"])
    if run["more"]:
        yield Text(f"And {run['more']} more; the log names them all.")


def _trouble(what: str, reason: Record) -> Iterable[RenderableType]:
    return trouble(f"{what}  {reason['code']}", reason["text"], reason["fix"])
