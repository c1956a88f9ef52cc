"""What every view of a widget has in hand, and what views have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.event import WidgetEvent, moment

Answer = Mapping[str, Any]
"""As of the operations: ``ok`` with the ``result``, or the ``problems``."""


@dataclass(frozen=True)
class Desk:
    """One look at a widget.

    Attributes:
        event: What is to be shown.
        press: What can be pressed in it.
        request: Asks the operations, as far as this dashboard may.
        acts: Whether it may do more than look.
        now: By the bridge's own clock.
    """

    event: WidgetEvent
    press: html.Presses
    request: Callable[[Mapping[str, Any]], Answer]
    acts: bool
    now: datetime

    def ask(self, operation: str, **fields: Any) -> Answer:
        """Ask for one operation; fields that are empty or None are left out, so that defaults hold."""
        given = {name: value for name, value in fields.items() if value is not None and value != ""}
        return self.request({"operation": operation, **given})

    def time(self, at: object) -> str:
        """Return a time in the viewer's zone."""
        return moment(at, self.event.zone)

    @property
    def zone(self) -> str:
        """What its times are told in."""
        return f"Times in {self.event.zone.tzname(None)}"


def refusal(answer: Answer) -> Markup:
    """Return why something was refused, with what to do about it."""
    return html.note("bad", html.listing(answer["problems"]))


def shown(answer: Answer, view: Callable[[Any], Markup]) -> Markup:
    """Return the view of a result, or the refusal."""
    return view(answer["result"]) if answer["ok"] else refusal(answer)


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with what it counts."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def chosen(desk: Desk) -> tuple[str, Markup]:
    """Return the connection that is shown, with all there are to choose another one from; empty where there is none."""
    answer = desk.ask("list")
    if not answer["ok"]:
        return "", refusal(answer)
    known = [each["id"] for each in answer["result"]]
    if not known:
        return "", html.note(
            "info", "There is no connection yet. Create the first one with ", html.code("connect"), "."
        )
    shown_one = desk.event.connection or known[0]
    others = (html.badge("info", each) if each == shown_one else desk.press.go(each, connection=each) for each in known)
    return shown_one, html.row(*others) if len(known) > 1 else html.soft(shown_one)
