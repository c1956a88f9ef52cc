"""Runs as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, below, head, moment, trouble, when

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
    """A few lines for each run, and what its counts mean where that is not plain."""
    has_orders = any(run["kind"] == "orders" for run in runs)
    lines = [part for run in runs for part in _run(run)]
    return Group(*lines, *([Text(ORDERS_COUNT)] if has_orders else []))


def _run(run: Record) -> Iterable[RenderableType]:
    percent = "" if run["percent"] is None else f", {run['percent']} %"
    yield head(f"{name(run)}  {state(run)}{percent}")
    yield from below(counted(run), _start(run))


def counted(run: Record) -> str:
    """What was done so far; what is none is left out."""
    found, *rest = COUNTS
    counts = ", ".join(f"{run['counts'][each]} {each}" for each in rest if run["counts"][each])
    return f"{run['counts'][found]} {found}" + (f": {counts}" if counts else "")


def name(run: Record) -> str:
    """A run's kind in an operator's words."""
    since = f" since {moment(run['since']).removesuffix(' 00:00:00')}" if run.get("since") else ""
    return NAMES.get(run["kind"], str(run["kind"])) + since


def state(run: Record) -> str:
    """Where it stands, in an operator's words."""
    if run["state"] != "running":
        return str(run["state"])
    if run["stop_asked"]:
        return "stopping"
    return "waits for products" if run["after_products"] else "running"


def _start(run: Record) -> str:
    by = "by the schedule" if run["started_by"] == SCHEDULE else f"by {run['started_by']}"
    return f"started {when(run['started_at'])} {by}"


def _troubles(run: Record) -> Iterable[RenderableType]:
    if run["reason"]:
        yield from _trouble(f"The run of {name(run)} {run['state']}", run["reason"])
    for problem in run["problems"]:
        yield from _trouble(problem["item"], problem["reason"])
    if run["more"]:
        yield Text(f"And {run['more']} more; the log names them all.")


def _trouble(what: str, reason: Record) -> Iterable[RenderableType]:
    return trouble(f"{what}  {reason['code']}", reason["text"], reason["fix"])
