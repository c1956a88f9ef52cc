"""What an operator does with runs: start, stop, resume, look; and the initial sync, products first."""

from typing import Any, get_args

from shopbridge.errors import BridgeError, RetryLater
from shopbridge.flows import runs, starts
from shopbridge.flows.bridge import Bridge, active, load
from shopbridge.flows.consent import is_given, missing
from shopbridge.flows.operations.connections import basics
from shopbridge.flows.operations.connections.consent import asked
from shopbridge.model.base import ConnectionId
from shopbridge.model.connection import Connection
from shopbridge.model.run import MOST_PROBLEMS, Run, RunKind
from shopbridge.model.run_operations import InitialSync, ResumeRun, StartRun, StopRun

KINDS: tuple[RunKind, ...] = get_args(RunKind)
IN_TURN: tuple[RunKind, ...] = ("products", *runs.MAY_WAIT)


def start(bridge: Bridge, request: StartRun) -> dict[str, Any]:
    """Start a run; one of products once somebody has agreed to what it overwrites, which the answer tells before.

    Raises:
        BridgeError: One of this kind is active, the connection does not carry it, or its day is still to come.
    """
    connection = active(bridge, request.connection)
    if request.since is not None and request.since > bridge.clock():
        raise BridgeError(
            f"{request.since:%Y-%m-%d %H:%M %Z} is still to come, so no order was placed since then",
            where=request.connection,
            fix="Name a day of the past.",
        )
    starts.must_be_startable(bridge, connection, request.job)
    if request.job == "products":
        unmet = asked(bridge, connection, request.consent, request.by, afresh=request.afresh)
        if unmet is not None:
            return unmet
    plan: runs.RunOptions = {"afresh": request.afresh, "since": request.since}
    return described(starts.start(bridge, connection, request.job, request.by, **plan))


def stop(bridge: Bridge, request: StopRun) -> dict[str, Any]:
    """Stop a run. Raises BridgeError when none is active."""
    stopped = starts.stop(bridge, load(bridge, request.connection), request.job)
    bridge.activity.info("run_stop_asked", request.connection, job=request.job, by=request.by)
    return described(stopped)


def resume(bridge: Bridge, request: ResumeRun) -> dict[str, Any]:
    """Start a stopped run again. Raises BridgeError when none is stopped, or nobody agreed to what it overwrites."""
    connection = active(bridge, request.connection)
    if request.job == "products" and not is_given(connection):
        reason = missing(connection)
        raise BridgeError(reason.text.rstrip("."), where=connection.id, fix=reason.fix)
    resumed = starts.resume(bridge, connection, request.job)
    bridge.activity.info("run_resumed", request.connection, job=request.job, by=request.by)
    return described(resumed)


def newest(bridge: Bridge, connection: ConnectionId) -> list[dict[str, Any]]:
    """Return the newest run of each kind, with its problems."""
    load(bridge, connection)
    return [{**described(run), "problems": _problems(run), "more": _more(run)} for run in _all(bridge, connection)]


def briefly(bridge: Bridge, connection: ConnectionId) -> list[dict[str, Any]]:
    """Return the same without the problems."""
    return [described(run) for run in _all(bridge, connection)]


def described(run: Run) -> dict[str, Any]:
    """Return a run in one line."""
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state,
        "stop_asked": run.stop_asked,
        "stage": run.stage,
        "since": run.since,
        "after_products": run.after_products,
        "percent": run.percent,
        "counts": run.counts.model_dump(),
        "started_by": run.started_by,
        "started_at": run.started_at,
        "updated_at": run.updated_at,
        "reason": run.reason.model_dump() if run.reason else None,
    }


def _problems(run: Run) -> list[dict[str, Any]]:
    return [{"item": problem.item, "reason": problem.reason.model_dump()} for problem in run.problems]


def _more(run: Run) -> int:
    """How many were held or failed beyond those that a run has room for. Records that share a problem are told once."""
    is_full = len(run.problems) >= MOST_PROBLEMS
    return max(run.counts.held + run.counts.failed - len(run.problems), 0) if is_full else 0


def _all(bridge: Bridge, connection: ConnectionId) -> list[Run]:
    found = (bridge.runs.load(connection, kind) for kind in KINDS)
    return [run for run in found if run]


def initial_sync(bridge: Bridge, request: InitialSync) -> dict[str, Any]:
    """Verify, then start the runs; stock and orders begin when the products are there.

    What products would overwrite is told first, and nothing started before somebody has agreed to it.

    Raises:
        BridgeError: One of them is active, or verifying found problems: none is started then.
    """
    connection = active(bridge, request.connection)
    kinds = [kind for kind in IN_TURN if runs.is_wanted(connection, kind)]
    for kind in kinds:
        starts.ended(bridge, connection.id, kind)
    unmet = asked(bridge, connection, request.consent, request.by) if "products" in kinds else None
    if unmet is not None:
        return unmet
    report = basics.check(bridge, connection)
    if report.problems:
        raise basics.NotVerified(report)
    started = [_start(bridge, connection, kind, request.by) for kind in kinds]
    return {"id": connection.id, "runs": [described(run) for run in started], "remarks": report.remarks}


def begun(bridge: Bridge, connection: Connection) -> tuple[str, ...]:
    """Start what a connection that was just verified begins by itself; returns remarks for whoever set it up."""
    try:
        kinds = starts.begin(bridge, connection, verified=True)
    except RetryLater:
        return ("What begins by itself begins with the next poll.",)
    return tuple(f"A run of {kind} has begun by itself: `runs show` tells how far it came." for kind in kinds)


def _start(bridge: Bridge, connection: Connection, kind: RunKind, by: str) -> Run:
    waits = kind in runs.MAY_WAIT and runs.is_wanted(connection, "products")
    return starts.start(bridge, connection, kind, by, after_products=waits)
