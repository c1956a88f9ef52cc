"""Carries out what an operator asks for; every answer is plain data."""

from typing import Any

from pydantic import ValidationError

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations import connections, orders, runs
from shopbridge.flows.operations.erase import erase
from shopbridge.flows.operations.forget import forget
from shopbridge.flows.operations.initial_sync import initial_sync
from shopbridge.flows.operations.stored import load
from shopbridge.flows.operations.verify import Report
from shopbridge.flows.operations.words import words, words_of
from shopbridge.flows.orders.skipped import skipped_orders
from shopbridge.model import operations as asked
from shopbridge.model.operations import OPERATION, Operation
from shopbridge.model.problems import sentences


def operate(bridge: Bridge, event: Any) -> dict[str, Any]:
    """Answer ``{"ok": true, "result": …}``, or ``{"ok": false, "problems": […]}`` with what to do about each."""
    try:
        return {"ok": True, "result": _carry_out(bridge, OPERATION.validate_python(event))}
    except ValidationError as error:
        return {"ok": False, "problems": sentences(error, skip=1)}
    except connections.NotVerified as error:
        return {"ok": False, "problems": list(error.report.problems)}
    except BridgeError as error:
        return {"ok": False, "problems": [str(error)]}


def _carry_out(bridge: Bridge, request: Operation) -> Any:
    match request:
        case asked.Story() | asked.ListHeld() | asked.ListSkipped() | asked.Resend() | asked.Skip():
            return _orders(bridge, request)
        case asked.StartRun() | asked.StopRun() | asked.ResumeRun() | asked.ListRuns() | asked.InitialSync():
            return _runs(bridge, request)
        case asked.Erase():
            return erase(bridge, request)
        case asked.Forget():
            return forget(bridge, request)
        case _:
            return _manage(bridge, request)


AboutOrders = asked.Story | asked.ListHeld | asked.ListSkipped | asked.Resend | asked.Skip


def _orders(bridge: Bridge, request: AboutOrders) -> Any:
    match request:
        case asked.Story():
            return orders.story(bridge, request.connection, request.order)
        case asked.ListHeld():
            return orders.held(bridge, request.connection)
        case asked.ListSkipped():
            return skipped_orders(bridge, request.connection, request.code)
        case asked.Resend():
            return orders.resend(bridge, request)
        case asked.Skip():
            return orders.skip(bridge, request)


AboutRuns = asked.StartRun | asked.StopRun | asked.ResumeRun | asked.ListRuns | asked.InitialSync


def _runs(bridge: Bridge, request: AboutRuns) -> Any:
    match request:
        case asked.StartRun():
            return runs.start(bridge, request)
        case asked.StopRun():
            return runs.stop(bridge, request)
        case asked.ResumeRun():
            return runs.resume(bridge, request)
        case asked.ListRuns():
            return runs.newest(bridge, request.connection)
        case asked.InitialSync():
            return initial_sync(bridge, request)


def _words(bridge: Bridge, request: asked.Words | asked.WordsOf) -> Any:
    if isinstance(request, asked.WordsOf):
        return words_of(bridge, request.settings, connections.given(request.secrets))
    return words(bridge, load(bridge, request.connection))


def _manage(bridge: Bridge, request: Operation) -> Any:  # noqa: C901, PLR0911 - one line for each operation
    match request:
        case asked.Create():
            return connections.create(bridge, request)
        case asked.Change():
            return connections.change(bridge, request)
        case asked.Pause():
            return connections.pause(bridge, request)
        case asked.Resume():
            return connections.resume(bridge, request)
        case asked.Delete():
            return connections.delete(bridge, request)
        case asked.ListConnections():
            return [connections.described(connection) for connection in bridge.connections.all()]
        case asked.Show():
            shown = connections.show(bridge, request.connection)
            return {**shown, "runs": runs.briefly(bridge, request.connection)}
        case asked.PollNow():
            return connections.poll_now(bridge, request.connection)
        case asked.Verify():
            return _told(connections.check(bridge, load(bridge, request.connection)))
        case asked.Plan():
            return connections.planned(bridge, request.connection)
        case asked.Words() | asked.WordsOf():
            return _words(bridge, request)
        case _:
            raise AssertionError("every operation is carried out above")


def _told(report: Report) -> dict[str, Any]:
    return {"verified": not report.problems, "problems": report.problems, "remarks": report.remarks}
