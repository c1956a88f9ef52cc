"""Carries out what an operator asks for; every answer is plain data."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from shopbridge.errors import BridgeError, Conflict, NotFound, RetryLater, Senseless
from shopbridge.flows.bridge import Bridge, load
from shopbridge.flows.operations.connections import basics, lifecycle, versions
from shopbridge.flows.operations.connections import consent as consents
from shopbridge.flows.operations.connections.basics import NotVerified, lets_the_app_register
from shopbridge.flows.operations.connections.forget import forget
from shopbridge.flows.operations.connections.hooks import make_manifest, rotate_token, subscribe
from shopbridge.flows.operations.connections.save import change, create
from shopbridge.flows.operations.connections.set_up import platforms, rehearse, try_side
from shopbridge.flows.operations.connections.verify import Report, Secrets
from shopbridge.flows.operations.health import runs
from shopbridge.flows.operations.health.connections import health
from shopbridge.flows.operations.health.doctor import doctor
from shopbridge.flows.operations.health.log import read_log
from shopbridge.flows.operations.health.runs import initial_sync
from shopbridge.flows.operations.orders import single
from shopbridge.flows.operations.orders.bulk import bulk, repair
from shopbridge.flows.operations.orders.erase import erase
from shopbridge.flows.operations.orders.order_list import list_orders
from shopbridge.flows.operations.orders.preview import preview
from shopbridge.flows.operations.orders.reasons import reasons
from shopbridge.flows.operations.orders.reconcile import reconcile
from shopbridge.flows.operations.orders.single import skipped_orders
from shopbridge.flows.operations.orders.why import why
from shopbridge.model import desk_operations as desk
from shopbridge.model import operations as asked
from shopbridge.model import run_operations as asked_of_runs
from shopbridge.model import set_up_operations as asked_first
from shopbridge.model.base import Model
from shopbridge.model.connection import SIDES, Connection, ConnectionSettings
from shopbridge.model.office import Vocabulary
from shopbridge.model.operations import OPERATION
from shopbridge.model.problems import sentences
from shopbridge.ports import Parts

Words = dict[str, dict[str, str]]
"""By map, what a side calls each key."""


def _list_connections(bridge: Bridge, _: asked.ListConnections) -> Any:
    return [basics.described(connection) for connection in bridge.connections.all()]


def _show(bridge: Bridge, request: asked.Show) -> Any:
    shown = basics.show(bridge, request.connection)
    if not request.counts:
        return shown
    return {
        **shown,
        **basics.progress(bridge, request.connection),
        "runs": runs.briefly(bridge, request.connection),
    }


def _verify(bridge: Bridge, request: asked.Verify) -> Any:
    report = basics.check(bridge, load(bridge, request.connection))
    return {"verified": not report.problems, "problems": report.problems, "remarks": report.remarks}


ACTIONS: Mapping[type[Model], Callable[[Bridge, Any], Any]] = {
    asked.Create: create,
    asked.Change: change,
    asked.Pause: lifecycle.pause,
    asked.Resume: lifecycle.resume,
    asked.Subscribe: subscribe,
    asked.RotateToken: rotate_token,
    asked.MakeManifest: make_manifest,
    asked.Delete: lifecycle.delete,
    asked.Forget: forget,
    asked.Erase: erase,
    asked.ListConnections: _list_connections,
    asked.Show: _show,
    desk.HowAll: health,
    desk.ReadLog: read_log,
    desk.Doctor: lambda bridge, _: doctor(bridge),
    asked.Verify: _verify,
    asked.Plan: lambda bridge, request: basics.planned(bridge, request.connection),
    asked.PollNow: lambda bridge, request: basics.poll_now(bridge, request.connection),
    desk.Preview: preview,
    desk.SetOne: versions.set_one,
    desk.History: lambda bridge, request: versions.history(bridge, request.connection),
    desk.Diff: versions.diff,
    desk.Restore: versions.restore,
    asked.Words: lambda bridge, request: words(bridge, load(bridge, request.connection)),
    asked.WordsOf: lambda bridge, request: words_of(bridge, request.settings, basics.given(request.secrets)),
    asked_first.DescribePlatforms: platforms,
    asked_first.TrySide: try_side,
    asked_first.Rehearse: rehearse,
    desk.ListOrders: list_orders,
    desk.ListReasons: reasons,
    desk.Bulk: bulk,
    desk.Why: why,
    desk.Reconcile: reconcile,
    desk.Repair: repair,
    asked.Story: lambda bridge, request: single.story(bridge, request.connection, request.order),
    asked.ListHeld: lambda bridge, request: single.held(bridge, request.connection),
    asked.ListSkipped: lambda bridge, request: skipped_orders(bridge, request.connection, request.code),
    asked.Resend: single.resend,
    asked.Skip: single.skip,
    asked_of_runs.StartRun: runs.start,
    asked_of_runs.StopRun: runs.stop,
    asked_of_runs.ResumeRun: runs.resume,
    asked_of_runs.ListRuns: lambda bridge, request: runs.newest(bridge, request.connection),
    asked_of_runs.InitialSync: initial_sync,
    asked_of_runs.GiveConsent: consents.give,
}
"""What carries out each operation."""


KINDS: Mapping[type[BridgeError], str] = {
    NotVerified: "not_verified",
    NotFound: "not_found",
    Conflict: "conflict",
    RetryLater: "later",
    BridgeError: "refused",
}
"""What a refusal is, by the first of these that its error is; a request that makes no sense is ``invalid``."""


def operate(bridge: Bridge, event: Any) -> dict[str, Any]:
    """Answer ``{"ok": true, "result": …}``, or with ``kind`` and ``problems``, each with what to do about it."""
    try:
        request = OPERATION.validate_python(event)
        return {"ok": True, "result": ACTIONS[type(request)](bridge, request)}
    except ValidationError as error:
        return _refusal("invalid", sentences(error, model=_asked_for(event), skip=1))
    except Senseless as error:
        return _refusal("invalid", error.problems)
    except NotVerified as error:
        return _refusal("not_verified", error.report.problems)
    except BridgeError as error:
        return _refusal(next(kind for each, kind in KINDS.items() if isinstance(error, each)), [str(error)])


def _asked_for(event: Any) -> type[Model] | None:
    """The request that an event names, however wrong the rest of it is."""
    name = event.get("operation") if isinstance(event, Mapping) else None
    return next((each for each in ACTIONS if get_args(each.model_fields["operation"].annotation) == (name,)), None)


def _refusal(kind: str, problems: Sequence[str]) -> dict[str, Any]:
    return {"ok": False, "kind": kind, "problems": list(problems)}


def words(bridge: Bridge, connection: Connection) -> dict[str, Any]:
    """Return the keys by side and map, with what people call them."""
    return {
        "shop": _titles(bridge.platforms.parts(connection, "shop").account.vocabulary()),
        "office": _titles(bridge.platforms.parts(connection, "office").account.vocabulary()),
    }


def words_of(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets) -> dict[str, Any]:
    """Return the same before the connection is created: maps and rules may still be empty or wrong.

    Raises:
        NotVerified: Address, credentials or settings of a side are wrong; those of both sides are told.
    """
    problems = [
        each for side in SIDES for each in bridge.platforms.check_settings(settings, side, secrets.get(side, {}))
    ]
    if problems:
        raise NotVerified(Report(tuple(problems), ()))
    trial = bridge.platforms.trial
    told: dict[str, Any] = {"shop": {}, "remarks": []}
    if lets_the_app_register(secrets):
        told["remarks"].append("The shop's values are known once its app is installed: create the connection first.")
    else:
        told["shop"] = _asked(problems, lambda: trial(settings, "shop", secrets.get("shop", {})))
    told["office"] = _asked(problems, lambda: trial(settings, "office", secrets.get("office", {})))
    if problems:
        raise NotVerified(Report(tuple(problems), ()))
    return told


def _asked(problems: list[str], build: Callable[[], Parts]) -> Words:
    """A side's words, after it has let us in; a refusal goes to the problems."""
    try:
        account = build().account
        account.ping()
        return _titles(account.vocabulary())
    except BridgeError as error:
        problems.append(str(error))
        return {}


def _titles(vocabulary: Vocabulary) -> Words:
    return {name: {choice.key: choice.title for choice in choices} for name, choices in vocabulary.items()}
