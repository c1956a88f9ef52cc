"""Set-up: the settings as they are, one of them or a map changed and tried on real orders before it is saved, and back.

Secrets are no settings: they are never shown here, and changed in the wizard.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content
from shopbridge.desk.maps import LAST, MAPS, at, map_view, saved_map, tried
from shopbridge.desk.presses import done, value_typed
from shopbridge.desk.view import Desk, chosen, shown

Row = Mapping[str, Any]
HEADINGS = ("Version", "When", "By", "What was changed", "")


def setup(desk: Desk) -> Markup:
    """Do what was pressed, then show the part that is asked for of one connection's settings."""
    connection, others = chosen(desk)
    if not connection:
        return others
    did = saved_map(desk, connection) if desk.event.do == "save_map" else done(desk)
    stored = desk.ask("show", connection=connection, counts=False)
    view = VIEWS.get(desk.event.view, _settings)
    return html.joined([did, others, _places(desk, connection), shown(stored, lambda result: view(desk, result))])


def _places(desk: Desk, connection: str) -> Markup:
    maps = (desk.press.go(f"Map: {name}", view="map", connection=connection, name=name) for name in MAPS)
    return html.row(
        desk.press.go("Settings", connection=connection),
        *maps,
        desk.press.go("History", view="history", connection=connection),
    )


def _settings(desk: Desk, stored: Row) -> Markup:
    rows = (_setting(desk, stored, path, value) for path, value in leaves(stored["settings"]))
    status = html.line(
        f"{stored['name']} is {stored['status']}. {stored['reason']}", html.soft(f" Version {stored['version']}.")
    )
    return html.joined([status, _rest(desk, stored), html.table(("Setting", "Value", ""), rows)])


def _rest(desk: Desk, stored: Row) -> Markup:
    if not desk.acts:
        return Markup()
    name = stored["id"]
    if stored["status"] == "active":
        return desk.press.act("Pause", f"Pause {name}? Orders that come in wait.", do="pause", connection=name)
    return desk.press.act("Resume", f"Verify {name}, and let it go on?", do="resume", connection=name)


def _setting(desk: Desk, stored: Row, path: Sequence[str], value: Any) -> Sequence[Content]:
    change = desk.press.go("Change", view="edit", connection=stored["id"], path=path) if desk.acts else ""
    return html.code(".".join(path)), html.code(as_json(value)), change


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every setting with its place; a list is one."""
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from leaves(part, (*path, str(name)))
    else:
        yield path, value


def as_json(value: Any) -> str:
    """Return a setting as it is typed."""
    return json.dumps(value, ensure_ascii=False, indent=1 if isinstance(value, list) and value else None)


# --- one setting ----------------------------------------------------------------------------------------------------


def _edit(desk: Desk, stored: Row) -> Markup:
    path = desk.event.path
    state = {"view": "edit", "connection": stored["id"], "path": path, "version": stored["version"]}
    typed = desk.event.filled("value") if desk.event.also == "trial" else as_json(at(stored["settings"], path))
    place = ".".join(path)
    if not desk.acts:
        return html.line(html.code(place), " ", html.code(typed))
    return html.joined(
        [
            html.heading(place),
            html.form(
                html.area(
                    "value", "As JSON: texts in double quotes; null removes it, so that its default counts", typed
                ),
                desk.press.button(f"Try it on the last {LAST} orders", also="trial", **state),
                desk.press.act("Save", f"Save {place} of {stored['id']}? It is verified first.", do="set", **state),
            ),
            _tried_value(desk, stored) if desk.event.also == "trial" else "",
        ]
    )


def _tried_value(desk: Desk, stored: Row) -> Markup:
    try:
        value = value_typed(desk.event)
    except ValueError as error:
        return html.note("bad", f"This is no JSON: {error}. Texts stand in double quotes.")
    return tried(desk, stored, desk.event.path, value)


# --- what it was ----------------------------------------------------------------------------------------------------


def _history(desk: Desk, stored: Row) -> Markup:
    found = desk.ask("history", connection=stored["id"])
    return shown(
        found, lambda result: html.table(HEADINGS, (_version(desk, stored, each) for each in result["versions"]))
    )


def _version(desk: Desk, stored: Row, version: Row) -> Sequence[Content]:
    number = version["version"]
    state = {"connection": stored["id"], "to": number}
    question = f"Bring the settings of version {number} of {stored['id']} back? They are verified first."
    back = desk.press.act("Bring back", question, view="history", do="restore", version=stored["version"], **state)
    return (
        str(number),
        desk.time(version["at"]),
        version["by"],
        html.listing(version["changes"]) if version["changes"] else "",
        html.row(desk.press.go("What is otherwise now", view="diff", **state), back if desk.acts else ""),
    )


def _diff(desk: Desk, stored: Row) -> Markup:
    found = desk.ask("diff", connection=stored["id"], to=desk.event.to)
    head = html.heading(f"From version {desk.event.to} to what is stored")
    return html.joined(
        [head, shown(found, lambda result: html.listing(result["changes"] or ["Nothing is otherwise."]))]
    )


VIEWS: Mapping[str, Callable[[Desk, Row], Markup]] = {
    "edit": _edit,
    "map": map_view,
    "history": _history,
    "diff": _diff,
}
