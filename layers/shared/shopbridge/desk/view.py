"""What every view of a widget has in hand, and what views have in common."""

from collections.abc import Callable, Iterable, Mapping
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
    """

    event: WidgetEvent
    press: html.Presses
    request: Callable[[Mapping[str, Any]], Answer]
    acts: bool

    def ask(self, operation: str, **fields: Any) -> Answer:
        """Ask for one operation; fields that are empty or None are left out, so that defaults hold."""
        given = {name: value for name, value in fields.items() if value not in ("", None)}
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


def facts(pairs: Iterable[tuple[str, html.Content]]) -> Markup:
    """Return names with their values; those without one are left out."""
    return html.table((), ((html.soft(name), value) for name, value in pairs if value != ""))


def day(at: object) -> str:
    """Return the day of a time; what is none as it is."""
    return f"{at:%Y-%m-%d}" if isinstance(at, datetime) else str(at or "")
