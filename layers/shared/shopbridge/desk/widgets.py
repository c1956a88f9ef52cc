"""Answers a custom widget: what its function may ask for, which view shows it, and refusals that a person can read.

What may be asked for is decided by the function that is invoked, in its code and by its role; never by the event.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup
from pydantic import ValidationError

from shopbridge.desk import html
from shopbridge.desk.changes import changes
from shopbridge.desk.event import WidgetEvent, WidgetName
from shopbridge.desk.health import health
from shopbridge.desk.runs import runs
from shopbridge.desk.setup import setup
from shopbridge.desk.view import Desk
from shopbridge.desk.work import work
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.problems import sentences

LOOKS = frozenset({"diff", "health", "history", "list", "orders", "reasons", "runs", "show", "story"})
"""Operations that only read our own tables: what the dashboard for viewers may ask for."""
TRIES = frozenset({"preview", "why", "words"})
"""Those that call platforms, and change nothing on either side."""
DEEDS = frozenset(
    {
        *("bulk", "pause", "poll_now", "resend", "restore", "resume", "resume_run", "set", "skip", "start_run"),
        "stop_run",
    }
)
"""Those that do something, and note who asked for it."""
ACTS = LOOKS | TRIES | DEEDS
"""What the dashboard for operators may ask for; no secret passes through it."""
VIEWS: Mapping[WidgetName, Callable[[Desk], Markup]] = {
    "health": health,
    "work": work,
    "runs": runs,
    "setup": setup,
    "changes": changes,
}
DESCRIBE = """# Shopbridge

A part of the dashboards that come with the stack. `widget` is one of: {widgets}. `connection` is the id of one
connection; without it all are shown.

``` yaml
widget: health
connection: ""
```
"""
ELSEWHERE = "This dashboard only shows: what you asked for belongs to the operator's desk."


class Invocation(Protocol):
    """What we use of the context that Lambda hands to a handler."""

    @property
    def aws_request_id(self) -> str:
        """Of this call, also in CloudTrail's events."""

    @property
    def invoked_function_arn(self) -> str:
        """As it was called: with the alias, where there is one."""


@dataclass(frozen=True)
class Widgets:
    """The widgets of one dashboard: the bridge behind them, and what they may ask of it."""

    bridge: Bridge
    may: frozenset[str]

    def answer(self, event: Any, context: Invocation) -> Any:
        """Return a widget's HTML, or Markdown about it where CloudWatch asks for that."""
        if isinstance(event, Mapping) and "describe" in event:
            return {"markdown": DESCRIBE.format(widgets=", ".join(VIEWS))}
        try:
            asked = WidgetEvent.model_validate(event)
        except ValidationError as error:
            return str(html.page(html.note("bad", "This cannot be shown."), html.listing(sentences(error))))
        presses = html.Presses(context.invoked_function_arn, asked.widget)
        desk = Desk(
            asked, presses, lambda request: self._ask(request, context), acts=self.may > LOOKS, now=self.bridge.clock()
        )
        return str(html.page(VIEWS[asked.widget](desk)))

    def _ask(self, request: Mapping[str, Any], context: Invocation) -> Mapping[str, Any]:
        if request["operation"] not in self.may:
            return {"ok": False, "problems": [ELSEWHERE]}
        return operate(self.bridge, {**request, **_signed(request, context)})


def _signed(request: Mapping[str, Any], context: Invocation) -> Mapping[str, str]:
    """Who asks, where that is noted: nothing tells who the viewer is, but CloudTrail knows whose request it was."""
    return {"by": f"console, request {context.aws_request_id}"} if request["operation"] in DEEDS else {}
