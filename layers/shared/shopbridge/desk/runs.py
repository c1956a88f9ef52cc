"""Runs: the newest of each kind with its progress, to be started, stopped and resumed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content, Kind
from shopbridge.desk.presses import pressed, told
from shopbridge.desk.view import Answer, Desk, chosen, shown

Row = Mapping[str, Any]
KINDS: Mapping[str, str] = {
    "orders": "all orders of the shop are handed to the import",
    "stock": "differences of stock are sent",
    "stock_comparison": "all stock is compared, and repaired",
    "products": "products are brought",
}
STATES: Mapping[str, Kind] = {"running": "info", "done": "good", "stopped": "warn", "failed": "bad"}
HEADINGS = ("Run", "State", "How far", "Found", "Started", "")
MOST_PROBLEMS = 20


def runs(desk: Desk) -> Markup:
    """Do what was pressed, then show the newest run of each kind of one connection."""
    answer = pressed(desk)
    connection, others = chosen(desk)
    if not connection:
        return others
    listed = desk.ask("runs", connection=connection)
    view = shown(listed, lambda result: _view(desk, connection, result))
    return html.joined(
        [told(desk, answer), _consent(desk, connection, answer), others, view, _starts(desk, connection)]
    )


def _consent(desk: Desk, connection: str, answer: Answer | None) -> Markup:
    """What products would overwrite, to be agreed to before anything is started."""
    if not desk.acts or answer is None or not answer["ok"] or "overwrites" not in answer["result"]:
        return Markup()
    result = answer["result"]
    agree = desk.press.act(
        "Agree, and start it",
        f"Agree to what the run overwrites in {connection}, and start it?",
        do="start_run",
        connection=connection,
        job="products",
        token=result["consent"],
    )
    told_first = html.listing([*([result["note"]] if result["note"] else []), *result["overwrites"]])
    return html.joined(
        [html.note("warn", "Nothing is started yet. This is what it would do:", told_first), html.line(agree)]
    )


def _view(desk: Desk, connection: str, found: Sequence[Row]) -> Markup:
    if not found:
        return html.note("info", "There was no run yet.")
    rows = (_row(desk, connection, each) for each in found)
    return html.joined([html.table(HEADINGS, rows), *(part for each in found for part in _problems(each))])


def _row(desk: Desk, connection: str, run: Row) -> Sequence[Content]:
    percent = run["percent"]
    stopping = " and is asked to stop" if run["stop_asked"] and run["state"] == "running" else ""
    return (
        html.joined([html.line(run["kind"]), html.line(html.soft(KINDS.get(run["kind"], "")))]),
        html.badge(STATES.get(run["state"], "info"), f"{run['state']}{stopping}"),
        html.joined([html.bar(percent), f" {percent} %"]) if percent is not None else run["stage"],
        _counts(run["counts"]),
        html.joined([html.line(desk.time(run["started_at"])), html.line(html.soft(f"by {run['started_by']}"))]),
        _press(desk, connection, run),
    )


def _counts(counts: Row) -> Markup:
    return (
        html.listing(f"{count} {name}" for name, count in counts.items() if count) if any(counts.values()) else Markup()
    )


def _press(desk: Desk, connection: str, run: Row) -> Markup:
    """Stop what runs, let go on what was stopped."""
    state = {"connection": connection, "job": run["kind"]}
    if desk.acts and run["state"] == "running" and not run["stop_asked"]:
        return desk.press.act("Stop", f"Stop the run of {run['kind']}? It can go on later.", do="stop_run", **state)
    if desk.acts and run["state"] == "stopped":
        return desk.press.act(
            "Go on", f"Let the run of {run['kind']} go on where it stopped?", do="resume_run", **state
        )
    return Markup()


def _problems(run: Row) -> Iterator[Markup]:
    """What a run could not do, with what to do about it."""
    if run["reason"]:
        yield html.note("bad", html.line(f"{run['kind']}: {run['reason']['text']}"), html.line(run["reason"]["fix"]))
    problems = run["problems"][:MOST_PROBLEMS]
    if problems:
        rows = ((each["item"], each["reason"]["text"], each["reason"]["fix"]) for each in problems)
        left = len(run["problems"]) + run["more"] - len(problems)
        more = html.line(html.soft(f"… and {left} more.")) if left else ""
        yield html.joined(
            [
                html.heading(f"What the run of {run['kind']} could not do"),
                html.table(("What", "Why", "What to do"), rows),
                more,
            ]
        )


def _starts(desk: Desk, connection: str) -> Markup:
    if not desk.acts:
        return Markup()
    buttons = (
        desk.press.act(
            f"Start {kind}", f"Start a run in {connection}: {words}?", do="start_run", connection=connection, job=kind
        )
        for kind, words in KINDS.items()
    )
    poll = desk.press.act(
        "Look for orders now", f"Ask the shop of {connection} for orders now?", do="poll", connection=connection
    )
    return html.row(*buttons, poll)
