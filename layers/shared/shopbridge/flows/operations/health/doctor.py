"""Whether the deployment stands as template.yaml makes it, and its connections do well: one check after another.

Nothing is changed, and no platform is called. A check that AWS does not answer is told as such, and the others go on.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from shopbridge import __version__
from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.health.connections import health
from shopbridge.flows.operations.health.facts import ago, span
from shopbridge.model.connection import SIDES
from shopbridge.model.desk_operations import HowAll

State = Literal["ok", "warn", "bad"]
Check = dict[str, str]
Checks = Iterator[Check]
TICKS: Mapping[str, int] = {"watch": 5, "dispatch_5": 5, "dispatch_10": 10}
"""What the schedules call, by the name under which it is noted, with the minutes between two ticks."""
MISSED = 3
SLOW: Mapping[str, timedelta] = {
    "orders": timedelta(minutes=15),
    "stock": timedelta(minutes=30),
    "products": timedelta(hours=2),
}
"""How old a message may get, as the alarms have it."""
SKEW, LARGEST_SKEW = timedelta(seconds=30), timedelta(minutes=4)
"""AWS refuses what is signed by a clock that is five minutes off."""
CONFIRM = "AWS sent a mail, AWS Notification - Subscription Confirmation: click its link, else nothing arrives."
SUBSCRIBE = "Set the stack's parameter AlarmEmail, or subscribe to its output AlarmTopicArn in the SNS console."
REDRIVE = "Run the saved query of errors, deploy the repair, then start a redrive in the SQS console: always safe."
DEPLOY = "Deploy template.yaml anew."


def doctor(bridge: Bridge) -> dict[str, Any]:
    """Look at everything.

    Returns:
        ``well``: whether nothing is bad; ``version``; and ``checks``, each with its ``name``, a ``state`` (``ok``,
        ``warn`` or ``bad``), a ``text`` and, where something is to be done, a ``fix``.
    """
    checks = [each for name, look in LOOKS.items() for each in _looked(bridge, name, look)]
    return {"well": all(each["state"] != "bad" for each in checks), "version": __version__, "checks": checks}


def _looked(bridge: Bridge, name: str, look: Callable[[Bridge], Checks]) -> Sequence[Check]:
    try:
        return [*look(bridge)]
    except BridgeError as error:
        return [_check(name, "warn", f"{error.what} ({error.where}).", error.fix)]


def _check(name: str, state: State, text: str, fix: str = "") -> Check:
    return {"name": name, "state": state, "text": text, "fix": fix}


def _version(_: Bridge) -> Checks:
    yield _check("version", "ok", f"Shopbridge {__version__}.")


def _tables(bridge: Bridge) -> Checks:
    for table in bridge.stack.tables():
        where = f"The table {table.name}"
        if not table.active:
            yield _check("tables", "bad", f"{where} cannot be used now.", "Look at it in the DynamoDB console.")
        elif not table.protected:
            fix = "Switch deletion protection on in the DynamoDB console: what it holds keeps orders single."
            yield _check("tables", "bad", f"{where} may be deleted by mistake.", fix)
        elif not table.restorable:
            fix = "Switch point-in-time recovery on in the DynamoDB console."
            yield _check("tables", "bad", f"{where} cannot be restored to an earlier moment.", fix)
        else:
            yield _check("tables", "ok", f"{where} can be used, is protected, and can be restored.")


def _queues(bridge: Bridge) -> Checks:
    for queue in bridge.stack.queues():
        oldest = f", the oldest for {span(queue.oldest)}" if queue.oldest else ""
        text = f"{queue.name}: {queue.waiting} messages wait{oldest}, {queue.taken} are in hand or wait for a next try."
        if queue.dead:
            yield _check("queues", "bad", f"{queue.name}: {queue.dead} messages were given up.", REDRIVE)
        elif queue.oldest and queue.name in SLOW and queue.oldest > SLOW[queue.name]:
            fix = "See what is slow with `shopbridge health`; a platform that is away clears by itself."
            yield _check("queues", "warn", text, fix)
        else:
            yield _check("queues", "ok", text)


def _schedules(bridge: Bridge) -> Checks:
    found = bridge.stack.schedules()
    off = sorted(name for name, enabled in found.items() if not enabled)
    if off:
        fix = "Enable them in the EventBridge Scheduler console."
        yield _check("schedules", "bad", f"Switched off: {', '.join(off)}.", fix)
    elif len(found) < len(TICKS):
        yield _check("schedules", "bad", f"There are {len(found)} of {len(TICKS)} schedules.", DEPLOY)
    else:
        yield _check("schedules", "ok", f"All {len(found)} schedules are enabled.")


def _ticks(bridge: Bridge) -> Checks:
    now, ticks = bridge.clock(), bridge.health.ticks()
    for name, minutes in TICKS.items():
        last = ticks.get(name)
        if last is None:
            yield _check("ticks", "warn", f"{name} was not called yet.", f"Wait {minutes} minutes and look again.")
        elif now - last > MISSED * timedelta(minutes=minutes):
            fix = "Look whether its schedule is enabled, then run the saved query of errors for its service."
            yield _check("ticks", "bad", f"{name} last ended well {ago(last, now)}.", fix)
        else:
            yield _check("ticks", "ok", f"{name} last ended well {ago(last, now)}.")


def told(bridge: Bridge) -> Checks:
    """Tell whether anybody is told of troubles by message."""
    found = bridge.stack.subscriptions()
    if found is None:
        yield _check("messages", "warn", "There is no topic, so nobody is told by message.", DEPLOY)
    elif found.pending:
        unconfirmed = f"{len(found.pending)} of {len(found.pending) + len(found.confirmed)} subscriptions"
        yield _check("messages", "warn", f"{unconfirmed} to alarms and messages are not confirmed.", CONFIRM)
    elif not found.confirmed:
        yield _check("messages", "warn", "Nobody is told of alarms and troubles by message.", SUBSCRIBE)
    else:
        ways = (f"{count} by {way}" for way, count in sorted(Counter(found.confirmed).items()))
        yield _check("messages", "ok", f"Who subscribed is told by message: {', '.join(ways)}.")


def _log(bridge: Bridge) -> Checks:
    days = bridge.stack.log_days()
    if days is None:
        yield _check("log", "warn", "The log of activity is kept for ever.", "Set ActivityRetentionDays, and deploy.")
    else:
        yield _check("log", "ok", f"The log of activity is kept for {days} days.")


def _clock(bridge: Bridge) -> Checks:
    ahead = bridge.clock() - bridge.stack.clock()
    if abs(ahead) <= SKEW:
        yield _check("clock", "ok", "Our clock and that of AWS agree.")
    else:
        direction = "ahead of" if ahead > timedelta(0) else "behind"
        state: State = "bad" if abs(ahead) > LARGEST_SKEW else "warn"
        fix = "Nothing can be done about it but waiting; if it lasts, report it to AWS."
        yield _check("clock", state, f"Our clock is {span(abs(ahead))} {direction} that of AWS.", fix)


def _connections(bridge: Bridge) -> Checks:
    found = health(bridge, HowAll(operation="health"))["connections"]
    if not found:
        yield _check("connections", "warn", "There are no connections yet.", "Make one with `shopbridge connect`.")
    for each in found:
        yield _check("connections", *_of(each))


def _of(each: Mapping[str, Any]) -> tuple[State, str, str]:
    text = f"{each['id']}: {each['verdict']}"
    if each["troubles"]:
        return "bad", text, each["troubles"][0]["fix"]
    if each["held"]:
        return "warn", text, f"See them with `shopbridge held -c {each['id']}`."
    if each["status"] != "active":
        return "warn", text, f"Let it go on with `shopbridge resume -c {each['id']}`."
    return "ok", text, ""


def _credentials(bridge: Bridge) -> Checks:
    connections = bridge.connections.all()
    for connection in connections:
        for side in SIDES:
            try:
                bridge.credentials.read(connection.id, side)
            except BridgeError as error:
                yield _check("credentials", "bad", f"{connection.id}, {side}: {error.what}.", error.fix)
    if connections:
        several = "1 connection" if len(connections) == 1 else f"{len(connections)} connections"
        yield _check("credentials", "ok", f"Looked at those of {several}.")


LOOKS: Mapping[str, Callable[[Bridge], Checks]] = {
    "version": _version,
    "tables": _tables,
    "queues": _queues,
    "schedules": _schedules,
    "ticks": _ticks,
    "messages": told,
    "log": _log,
    "clock": _clock,
    "connections": _connections,
    "credentials": _credentials,
}
"""The looks, in the order in which they are told."""
