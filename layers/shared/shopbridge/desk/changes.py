"""Activity and changes: who changed which settings, and who started which run, the newest first."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.html import Content
from shopbridge.desk.view import Desk, chosen, refusal

Row = Mapping[str, Any]
HEADINGS = ("When", "Who", "Connection", "What")
MOST = 60
"""Lines that are shown."""
MOST_CHANGES = 8
"""Changed settings that are named in one line."""
BEFORE = "a release of before"


def changes(desk: Desk) -> Markup:
    """Show what people did with one connection, from the versions of its settings and from its runs."""
    connection, others = chosen(desk)
    if not connection:
        return others
    versions = desk.ask("history", connection=connection)
    started = desk.ask("runs", connection=connection)
    if not (versions["ok"] and started["ok"]):
        return html.joined([others, refusal(versions if started["ok"] else started)])
    found = [*_versions(versions["result"]["versions"]), *_runs(started["result"])]
    newest = sorted(found, key=_moment, reverse=True)[:MOST]
    return html.joined([others, html.table(HEADINGS, (_row(desk, connection, each) for each in newest)), _note()])


def _versions(versions: Sequence[Row]) -> Iterator[Row]:
    for each in versions:
        changed = each["changes"]
        more = [f"… and {len(changed) - MOST_CHANGES} more"] if len(changed) > MOST_CHANGES else []
        first = f"version {each['version']} of the settings"
        what = [first, *changed[:MOST_CHANGES], *more]
        yield {"at": each["at"], "by": each["by"] or BEFORE, "what": what}


def _runs(runs: Sequence[Row]) -> Iterator[Row]:
    for each in runs:
        what = [f"started a run of {each['kind']}, which is {each['state']}"]
        yield {"at": each["started_at"], "by": each["started_by"], "what": what}


def _moment(each: Row) -> float:
    at = each["at"]
    return at.timestamp() if isinstance(at, datetime) else 0.0


def _row(desk: Desk, connection: str, each: Row) -> Sequence[Content]:
    return desk.time(each["at"]), each["by"], connection, html.listing(each["what"])


def _note() -> Markup:
    return html.line(html.soft("What was pressed here is by its request: CloudTrail knows whose it was."))
