"""Is all well? Every connection in a row: what it does, what waits, what came through when, and what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content, Kind
from shopbridge.desk.view import Desk, count_of, shown

Row = Mapping[str, Any]
STATUS: Mapping[str, Kind] = {"active": "good", "paused": "warn", "stopped": "bad"}
HEADINGS = ("Connection", "State", "How it is", "Waits for you", "On the way", "Came through last")


def health(desk: Desk) -> Markup:
    """Show how all connections do, or the one that the widget is for."""
    return shown(desk.ask("health", connection=desk.event.connection), _view)


def _view(result: Row) -> Markup:
    connections: Sequence[Row] = result["connections"]
    if not connections:
        return html.note("info", "There is no connection yet. Create the first one with ", html.code("connect"), ".")
    return html.joined([_summary(result), html.table(HEADINGS, map(_row, connections)), *_troubles(connections)])


def _summary(result: Row) -> Markup:
    connections = result["connections"]
    if result["well"]:
        return html.note("good", "All is well: ", count_of(len(connections), "connection"), ".")
    troubled = sum(not each["well"] for each in connections)
    held = sum(each["held"] for each in connections)
    waits = f" {count_of(held, 'order waits', 'orders wait')} for you." if held else ""
    return html.note("warn", f"To be looked at: {troubled} of {count_of(len(connections), 'connection')}.", waits)


def _row(each: Row) -> Sequence[Content]:
    return (
        html.joined(
            [html.line(each["name"]), html.line(html.soft(f"{each['id']}: {each['shop']} → {each['office']}"))]
        ),
        html.badge(STATUS.get(each["status"], "info"), each["status"]),
        each["verdict"],
        html.badge("warn", each["held"]) if each["held"] else "",
        each["backlog"],
        html.joined(map(_job, each["jobs"])),
    )


def _job(job: Row) -> Markup:
    failed = html.badge("bad", f" {job['failure']}") if job["failure"] else ""
    return html.line(f"{job['what']} {job['ago']}", failed)


def _troubles(connections: Sequence[Row]) -> Iterator[Markup]:
    """What is wrong, with what to do about it."""
    for each in connections:
        for trouble in each["troubles"]:
            yield html.note("bad", html.line(f"{each['id']}: {trouble['reason']}"), html.line(trouble["fix"]))
