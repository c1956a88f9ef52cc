"""How orders look, wherever they are shown: in a list, with their story, and as they would be sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content, Kind
from shopbridge.desk.view import Desk, count_of

Row = Mapping[str, Any]
GROUPS: Mapping[str, tuple[Kind, str]] = {
    "imported": ("good", "imported"),
    "on_the_way": ("info", "on the way"),
    "held": ("warn", "waits for you"),
    "skipped": ("info", "left out"),
    "refused": ("bad", "refused"),
}
BECOMES: Mapping[str, Kind] = {"sent": "good", "skipped": "info", "held": "warn"}
MOST_FIELDS = 80
"""Fields of a draft that are shown of one order."""
HEADINGS = ("Order", "Connection", "Where it is", "Reason", "In the back office", "First seen")


def group(name: str) -> Markup:
    """Return where an order is, in a word."""
    kind, words = GROUPS.get(name, ("info", name))
    return html.badge(kind, words)


def order_link(desk: Desk, order: Row) -> Markup:
    """Return an order's number, which leads to its story."""
    return desk.press.go(order["order"] or order["id"], view="order", connection=order["connection"], order=order["id"])


def order_table(desk: Desk, orders: Sequence[Row]) -> Markup:
    """Return orders of a list, the shop's number first."""
    return html.table(HEADINGS, (_row(desk, each) for each in orders))


def _row(desk: Desk, order: Row) -> Sequence[Content]:
    return (
        order_link(desk, order),
        order["connection"],
        group(order["group"]),
        html.joined([html.line(order["reason"]), html.line(html.soft(order["fix"]))]) if order["reason"] else "",
        _office(order),
        desk.time(order["found_at"]),
    )


def _office(order: Row) -> str:
    total = f", {order['total']}" if order["total"] is not None else ""
    return f"{order['office_order']}{total}" if order["office_order"] else ""


def story(desk: Desk, order: Row) -> Markup:
    """Return everything that is known of one order, oldest line first."""
    state = html.badge("info", order["state"])
    facts = [_office(order), f"from {order['channel']}" if order["channel"] else ""]
    lines = ((html.soft(desk.time(event["at"])), event["text"]) for event in order["story"])
    return html.joined(
        [
            html.heading(f"Order {order['order'] or order['id']}"),
            html.line(state, " ", ", ".join(filter(None, facts)), " ", html.soft(html.code(order["id"]))),
            html.note("warn", html.line(order["reason"]), html.line(order["fix"])) if order["reason"] else "",
            html.table(("When", "What happened"), lines),
        ]
    )


def preview_of(result: Row) -> Markup:
    """Return what would become of orders; nothing tells who bought."""
    orders: Sequence[Row] = result["orders"]
    early = "" if result["complete"] else html.note("info", "The time ended before all of them were tried.")
    return html.joined([early, *map(_previewed, orders)])


def _previewed(order: Row) -> Markup:
    there = order["there"]
    has = f"The back office has it as {there['number'] or there['id']}, total {there['total']}." if there else ""
    fields = [*_flat(order["draft"] or {})]
    more = html.line(html.soft(f"… and {len(fields) - MOST_FIELDS} more fields.")) if len(fields) > MOST_FIELDS else ""
    return html.joined(
        [
            html.line(html.badge(BECOMES.get(order["becomes"], "info"), order["becomes"]), f" {order['order']} ", has),
            html.note("warn", html.line(order["reason"]), html.line(order["fix"])) if order["reason"] else "",
            html.table(
                ("Field", "Would be sent"), ((html.code(place), value) for place, value in fields[:MOST_FIELDS])
            ),
            more,
        ]
    )


def differences(result: Row) -> Markup:
    """Return what a change of the settings would make otherwise of real orders."""
    orders: Sequence[Row] = result["orders"]
    kind: Kind = "warn" if result["differ"] else "good"
    head = f"{result['differ']} of the last {count_of(len(orders), 'order')} would be otherwise. Nothing is saved yet."
    rows = (
        (each["order"], each["becomes"], html.listing(each["changes"]) if each["changes"] else "") for each in orders
    )
    return html.joined([html.note(kind, head), html.table(("Order", "Now", "What would change"), rows)])


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every single value of a draft with its place."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _flat(part, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value, start=1):
            yield from _flat(part, f"{place}[{number}]")
    elif value not in (None, ""):
        yield place, str(value)
