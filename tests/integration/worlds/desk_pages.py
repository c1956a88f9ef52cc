"""A widget as its viewer has it: what it shows, what can be pressed, and what stands in its form."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.integration.world import AnyWorld

VOID = {"input"}


@dataclass
class Pressable:
    """Something that can be pressed: what it is called, what it asks before, and what it sends."""

    words: str
    question: str
    sends: dict[str, Any]


class WidgetPage(HTMLParser):
    """Reads a widget's HTML as a browser does; an action belongs to the element in front of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.tree: list[str] = []
        """Every tag with the names of its attributes, in order: what no value may change."""
        self.text = ""
        self.pressables: list[Pressable] = []
        self.fields: dict[str, str] = {}
        self._open: list[str] = []
        self._last = ""
        self._question = ""
        self._collects = ""
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tree.append(f"<{tag} {' '.join(given)}>")
        if tag not in VOID:
            self._open.append(tag)
        if tag == "a":
            self._last = ""
        if tag == "cwdb-action":
            self._question, self._collects = given.get("confirmation", ""), ""
        if tag == "input" and given.get("type") != "checkbox":
            self.fields[given["name"]] = given.get("value", "")
        if tag in ("select", "textarea"):
            self._select, self._collects = given["name"], ""
        if tag == "option" and "selected" in given:
            self.fields[self._select] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self.tree.append(f"</{tag}>")
        assert self._open.pop() == tag, "every element is closed where it was opened"
        if tag == "cwdb-action":
            self.pressables.append(Pressable(self._last, self._question, json.loads(self._collects)))
        if tag == "textarea":
            self.fields[self._select] = self._collects.removeprefix("\n")

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside in ("cwdb-action", "textarea"):
            self._collects += data
        elif inside != "style":
            self.text += data
        if "a" in self._open:
            self._last += data

    def named(self, words: str) -> Pressable:
        """What is called so; one of several is enough."""
        found = [each for each in self.pressables if each.words == words]
        assert found, f"nothing is called {words!r}: {[each.words for each in self.pressables]}"
        return found[0]


@dataclass
class Viewer:
    """Somebody who looks at a dashboard: the desk, or (``watch``) the one without buttons."""

    world: AnyWorld
    step: str = "desk_widgets"
    context: dict[str, Any] = field(default_factory=dict)

    def look(self, widget: str, **state: Any) -> WidgetPage:
        """Open a widget, with what it is configured with."""
        return self._call({"widget": widget, **state}, {})

    def press(self, page: WidgetPage, words: str, **typed: str) -> WidgetPage:
        """Press something, with what was typed into the form before."""
        return self._call(page.named(words).sends, {**page.fields, **typed})

    def _call(self, event: dict[str, Any], filled: dict[str, str]) -> WidgetPage:
        context = {"forms": {"all": filled}, "timezone": {"offsetISO": "+02:00"}, **self.context}
        return WidgetPage(self.world.invoke(self.step, {**event, "widgetContext": context}))
