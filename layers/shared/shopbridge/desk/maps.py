"""A map of values, edited in the console: what each side calls its values, tried on real orders before it is saved."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content
from shopbridge.desk.orders import differences
from shopbridge.desk.presses import BLANKS, ENTRIES, entries_typed
from shopbridge.desk.view import Desk, refusal, shown

Row = Mapping[str, Any]
LAST = 5
"""Orders that a change is tried on."""
MAPS = ("status", "payment", "shipping", "tax")
SIDES = {"shop": "In the shop", "office": "In the back office"}
MOST_WORDS = 100
"""Values of one side that are listed."""


def at(settings: Any, path: Sequence[str]) -> Any:
    """Return what stands at a place of the settings; None where nothing does."""
    for name in path:
        if not isinstance(settings, Mapping) or name not in settings:
            return None
        settings = settings[name]
    return settings


def tried(desk: Desk, stored: Row, path: Sequence[str], value: Any) -> Markup:
    """Return what the settings with one of them set would make otherwise of the last orders."""
    change = {"path": tuple(path), "value": value}
    request = {"operation": "preview", "connection": stored["id"], "last": LAST, "hide_buyer": True}
    return shown(desk.request({**request, **change}), differences)


def saved_map(desk: Desk, connection: str) -> Markup:
    """Save a map as it was typed, whole, unless somebody was faster; return what came of it."""
    stored = desk.ask("show", connection=connection, counts=False)
    if not stored["ok"]:
        return refusal(stored)
    path = _path(desk)
    typed = dict(entries_typed(desk.event, _entries(desk, stored["result"])))
    request = {
        "operation": "set",
        "connection": connection,
        "path": path,
        "value": typed,
        "version": desk.event.version,
    }
    return shown(desk.request(request), _told)


def _told(result: Row) -> Markup:
    return html.note("good", f"Saved: {'; '.join(result['changes']) or 'nothing was changed'}.", *result["remarks"])


def _name(desk: Desk) -> str:
    return desk.event.name if desk.event.name in MAPS else MAPS[0]


def _path(desk: Desk) -> tuple[str, ...]:
    return ("orders", "maps", _name(desk), "entries")


def _entries(desk: Desk, stored: Row) -> Mapping[str, str]:
    found: Mapping[str, str] = at(stored["settings"], _path(desk)) or {}
    return found


def map_view(desk: Desk, stored: Row) -> Markup:
    """Show a map; where this dashboard acts, to be edited, tried and saved."""
    entries, head = _entries(desk, stored), html.heading(f"Map: {_name(desk)}")
    if not desk.acts or len(entries) > ENTRIES:
        return html.joined([head, html.table(tuple(SIDES.values()), entries.items())])
    # What was typed fits the rows of the version it was typed for.
    kept = desk.event.version == stored["version"] and (desk.event.also == "trial" or desk.event.do == "save_map")
    trial = tried(desk, stored, _path(desk), dict(entries_typed(desk.event, entries))) if _is_tried(desk) else ""
    return html.joined([head, _form(desk, stored, entries, kept=kept), trial, _words(desk, stored)])


def _is_tried(desk: Desk) -> bool:
    return desk.event.also == "trial"


def _form(desk: Desk, stored: Row, entries: Mapping[str, str], *, kept: bool) -> Markup:
    state = {"view": "map", "connection": stored["id"], "name": _name(desk), "version": stored["version"]}
    question = f"Save the map {_name(desk)} of {stored['id']}? It is verified first."
    return html.form(
        html.table(tuple(SIDES.values()), _rows(desk, entries, kept=kept)),
        desk.press.button(f"Try it on the last {LAST} orders", also="trial", **state),
        desk.press.act("Save", question, do="save_map", **state),
        html.soft("An entry whose field is emptied is removed."),
    )


def _rows(desk: Desk, entries: Mapping[str, str], *, kept: bool) -> Iterator[Sequence[Content]]:
    for number, (key, value) in enumerate([*entries.items(), *[("", "")] * BLANKS]):
        typed = (desk.event.filled(f"key_{number}"), desk.event.filled(f"value_{number}"))
        left, right = typed if kept else (key, value)
        yield html.field(f"key_{number}", "", left), html.field(f"value_{number}", "", right)


def _words(desk: Desk, stored: Row) -> Markup:
    """What both sides call their values, once it is asked for: they are called for it."""
    state = {"view": "map", "connection": stored["id"], "name": _name(desk), "version": stored["version"]}
    if desk.event.also != "words":
        return desk.press.go("What do both sides call their values?", also="words", **state)
    return shown(desk.ask("words", connection=stored["id"]), lambda result: _listed(result, _name(desk)))


def _listed(result: Row, name: str) -> Markup:
    columns = [[*result[side].get(name, {}).items()][:MOST_WORDS] for side in SIDES]
    listings = (html.listing(f"{key}: {title}" for key, title in column) for column in columns)
    return html.table(tuple(SIDES.values()), [tuple(listings)])
