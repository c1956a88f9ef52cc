"""Carries out what an operator asks for; every answer is plain data."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations import connections, orders, runs
from shopbridge.flows.operations.erase import erase
from shopbridge.flows.operations.forget import forget
from shopbridge.flows.operations.initial_sync import initial_sync
from shopbridge.flows.operations.words import words, words_of
from shopbridge.flows.orders.skipped import skipped_orders
from shopbridge.model import operations as asked
from shopbridge.model.base import Model
from shopbridge.model.operations import OPERATION
from shopbridge.model.problems import sentences


def _list_connections(bridge: Bridge, _: asked.ListConnections) -> Any:
    return [connections.described(connection) for connection in bridge.connections.all()]


def _show(bridge: Bridge, request: asked.Show) -> Any:
    shown = connections.show(bridge, request.connection)
    return {**shown, "runs": runs.briefly(bridge, request.connection)}


def _verify(bridge: Bridge, request: asked.Verify) -> Any:
    report = connections.check(bridge, load(bridge, request.connection))
    return {"verified": not report.problems, "problems": report.problems, "remarks": report.remarks}


ACTIONS: Mapping[type[Model], Callable[[Bridge, Any], Any]] = {
    asked.Create: connections.create,
    asked.Change: connections.change,
    asked.Pause: connections.pause,
    asked.Resume: connections.resume,
    asked.Delete: connections.delete,
    asked.Forget: forget,
    asked.Erase: erase,
    asked.ListConnections: _list_connections,
    asked.Show: _show,
    asked.Verify: _verify,
    asked.Plan: lambda bridge, request: connections.planned(bridge, request.connection),
    asked.PollNow: lambda bridge, request: connections.poll_now(bridge, request.connection),
    asked.Words: lambda bridge, request: words(bridge, load(bridge, request.connection)),
    asked.WordsOf: lambda bridge, request: words_of(bridge, request.settings, connections.given(request.secrets)),
    asked.Story: lambda bridge, request: orders.story(bridge, request.connection, request.order),
    asked.ListHeld: lambda bridge, request: orders.held(bridge, request.connection),
    asked.ListSkipped: lambda bridge, request: skipped_orders(bridge, request.connection, request.code),
    asked.Resend: orders.resend,
    asked.Skip: orders.skip,
    asked.StartRun: runs.start,
    asked.StopRun: runs.stop,
    asked.ResumeRun: runs.resume,
    asked.ListRuns: lambda bridge, request: runs.newest(bridge, request.connection),
    asked.InitialSync: initial_sync,
}
"""What carries out each operation."""


def operate(bridge: Bridge, event: Any) -> dict[str, Any]:
    """Answer ``{"ok": true, "result": …}``, or ``{"ok": false, "problems": […]}`` with what to do about each."""
    try:
        request = OPERATION.validate_python(event)
        return {"ok": True, "result": ACTIONS[type(request)](bridge, request)}
    except ValidationError as error:
        return {"ok": False, "problems": sentences(error, skip=1)}
    except connections.NotVerified as error:
        return {"ok": False, "problems": list(error.report.problems)}
    except BridgeError as error:
        return {"ok": False, "problems": [str(error)]}
