"""The initial sync: a run of everything that a connection carries, products first."""

from typing import Any

from shopbridge.flows import runs
from shopbridge.flows.bridge import Bridge, active
from shopbridge.flows.operations import connections
from shopbridge.flows.operations.runs import described
from shopbridge.model.connection import Connection
from shopbridge.model.operations import InitialSync
from shopbridge.model.run import Run, RunKind

IN_TURN: tuple[RunKind, ...] = ("products", *runs.MAY_WAIT)


def initial_sync(bridge: Bridge, request: InitialSync) -> dict[str, Any]:
    """Verify, then start the runs; stock and orders begin when the products are there.

    Raises:
        BridgeError: One of them is active, or verifying found problems: none is started then.
    """
    connection = active(bridge, request.connection)
    kinds = [kind for kind in IN_TURN if runs.is_wanted(connection, kind)]
    for kind in kinds:
        runs.ended(bridge, connection.id, kind)
    report = connections.check(bridge, connection)
    if report.problems:
        raise connections.NotVerified(report)
    started = [_start(bridge, connection, kind, request.by) for kind in kinds]
    return {"id": connection.id, "runs": [described(run) for run in started], "remarks": report.remarks}


def _start(bridge: Bridge, connection: Connection, kind: RunKind, by: str) -> Run:
    waits = kind in runs.MAY_WAIT and runs.is_wanted(connection, "products")
    return runs.start(bridge, connection, kind, by, after_products=waits)
