"""What can be pressed: each deed is one request to the operations, and a sentence about what came of it.

A deed may be asked for twice, as Lambda may run a call more than once: what it asks for is refused then, or does
nothing more.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.event import WidgetEvent
from shopbridge.desk.view import Answer, Desk, count_of, refusal

ENTRIES = 200
"""Entries of a map that can be edited in a widget."""
BLANKS = 3
"""Rows for new entries."""
Request = Mapping[str, Any]


@dataclass(frozen=True)
class Deed:
    """Something that can be done.

    Attributes:
        request: What is asked of the operations for it.
        told: What came of it, for people.
    """

    request: Callable[[WidgetEvent], Request]
    told: Callable[[Any], str]


def _of_order(operation: str) -> Callable[[WidgetEvent], Request]:
    def request(event: WidgetEvent) -> Request:
        remark = {"remark": event.filled("remark")} if operation == "skip" else {}
        return {"operation": operation, "connection": event.connection, "order": event.order, **remark}

    return request


def _of_reason(action: str) -> Callable[[WidgetEvent], Request]:
    def request(event: WidgetEvent) -> Request:
        remark = {"remark": event.filled("remark")} if action == "skip" else {}
        wanted = {"connection": event.connection, "code": event.code, "confirm": event.count}
        return {"operation": "bulk", "action": action, **wanted, **remark}

    return request


def _of_run(operation: str) -> Callable[[WidgetEvent], Request]:
    def request(event: WidgetEvent) -> Request:
        agreed = {"consent": event.token} if event.token else {}
        return {"operation": operation, "connection": event.connection, "job": event.job, **agreed}

    return request


def _of_connection(operation: str) -> Callable[[WidgetEvent], Request]:
    return lambda event: {"operation": operation, "connection": event.connection}


def _setting(event: WidgetEvent) -> Request:
    return {
        "operation": "set",
        "connection": event.connection,
        "path": event.path,
        "value": value_typed(event),
        "version": event.version,
    }


def _restore(event: WidgetEvent) -> Request:
    return {"operation": "restore", "connection": event.connection, "to": event.to, "version": event.version}


def value_typed(event: WidgetEvent) -> Any:
    """Return what a setting is to be, of the text of JSON in the form. Raises ValueError with what is wrong."""
    try:
        return json.loads(event.filled("value"))
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error


def entries_typed(event: WidgetEvent, stored: Mapping[str, str]) -> Mapping[str, str]:
    """Return a map as the form has it; what was left as it was shown stays as it is stored, escapes and all."""
    made: dict[str, str] = {}
    for number, (key, value) in enumerate([*stored.items(), *[("", "")] * BLANKS]):
        new_key = _unless_left(event.filled(f"key_{number}"), key)
        new_value = _unless_left(event.filled(f"value_{number}"), value)
        if new_key and new_value:
            made[new_key] = new_value
    return made


def _unless_left(typed: str, stored: str) -> str:
    return stored if typed == html.visible(stored).strip() else typed


def _bulk(result: Any) -> str:
    if result["count"] and not result["done"] and not result["left"]:
        return f"Nothing was done: by now it is {count_of(result['count'], 'order')}. Look at them once more."
    left = f" {count_of(result['left'], 'order')} could not be reached: ask again." if result["left"] else ""
    return f"Done for {count_of(result['done'], 'order')}.{left}"


def _run(result: Any) -> str:
    return f"The run of {result['kind']} is {result['state']}." if "kind" in result else ""


def _saved(result: Any) -> str:
    changes = "; ".join(result["changes"]) or "nothing was changed"
    return " ".join([f"Saved as version {result['version']}: {changes}.", *result["remarks"]])


DEEDS: Mapping[str, Deed] = {
    "resend": Deed(_of_order("resend"), lambda result: f"It is tried again. {result['note']}".strip()),
    "skip": Deed(_of_order("skip"), lambda _: "It is set aside."),
    "resend_all": Deed(_of_reason("resend"), _bulk),
    "skip_all": Deed(_of_reason("skip"), _bulk),
    "start_run": Deed(_of_run("start_run"), _run),
    "stop_run": Deed(_of_run("stop_run"), lambda _: "The run is asked to stop; it ends what it is just doing."),
    "resume_run": Deed(_of_run("resume_run"), _run),
    "poll": Deed(_of_connection("poll_now"), lambda _: "The shop is asked for orders now."),
    "pause": Deed(_of_connection("pause"), lambda _: "The connection is paused: orders that come in wait."),
    "resume": Deed(_of_connection("resume"), lambda _: "The connection goes on."),
    "set": Deed(_setting, _saved),
    "restore": Deed(_restore, _saved),
}
"""What can be done by pressing; entries of a map are saved as ``set`` by the view that has the map at hand."""


def done(desk: Desk) -> Markup:
    """Do what was pressed, if anything was, and return what came of it."""
    return told(desk, pressed(desk))


def pressed(desk: Desk) -> Answer | None:
    """Do what was pressed; None where nothing was."""
    deed = DEEDS.get(desk.event.do)
    if deed is None:
        unknown = f"There is nothing called {html.visible(desk.event.do, 40)!r} to be done here."
        return {"ok": False, "problems": [unknown]} if desk.event.do else None
    try:
        return desk.request(deed.request(desk.event))
    except ValueError as error:
        return {"ok": False, "problems": [f"This is no JSON: {error}. Texts stand in double quotes."]}


def told(desk: Desk, answer: Answer | None) -> Markup:
    """Return what came of a deed."""
    if answer is None:
        return Markup()
    if not answer["ok"]:
        return refusal(answer)
    deed = DEEDS.get(desk.event.do)
    words = deed.told(answer["result"]) if deed else ""
    return html.note("good", words) if words else Markup()
