"""Lines of the log as an operator asks for them: of a connection, of an order, of what is grave.

The function reads them, so that nobody needs rights on the log besides; what they say is masked where it was written.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from shopbridge.flows.bridge import Bridge
from shopbridge.model.desk_operations import LogLevel, ReadLog
from shopbridge.ports import LogLine, LogPage

LEVELS: Sequence[LogLevel] = get_args(LogLevel)
ENDS_WITH = 30.0
"""Seconds left at which no further page is asked for."""
MOST_PAGES = 20
PLAIN = re.compile(r"[\w .:/#+-]+")
"""What may stand in a pattern as it is; other names are compared here alone."""
REPORTS = ("platform.report", "platform.initReport")
"""Lines in which the runtime tells how a call, or a cold start, ended (Lambda developer guide, JSON system logs)."""
TIMED_OUT, ENDED = "function_timed_out", "function_died"
WELL = (None, "success")
BROKEN = (
    '(($.type = "platform.report" || $.type = "platform.initReport") && $.record.status != "success") || '
    '($.errorType = "*")'
)
SLOW = "What it worked on is tried again by itself. If it comes again, `health` tells which platform is slow."
DIED = "What it worked on is tried again by itself. If it used all its memory, give the function more; else report it."
Line = dict[str, Any]


def read_log(bridge: Bridge, request: ReadLog) -> dict[str, Any]:
    """Return lines of the log, the oldest first.

    CloudWatch looks through the group piece by piece and answers with empty pages on the way, so it is asked until
    something is found. Lines come from many streams, and one may arrive seconds after a later one: who follows asks
    again from a little before, and tells lines apart by their ``id``.

    Returns:
        ``lines``: each its ``id``, ``at``: when CloudWatch got it, by which ``since`` goes, and what it says
        (``timestamp``, ``level``, ``event``, ``connection``, facts). Where neither a connection nor an order is
        asked for, also what the runtime tells of a function that broke down.
        ``next``: where to go on, empty at the end.

    Raises:
        NeedsAttention: AWS does not let us read it.
    """
    wanted, after, found = pattern(request), request.after, list[Line]()
    for _ in range(MOST_PAGES):
        page = bridge.stack.log_lines(wanted, request.since, after)
        found += _fitting(page, request)
        after = page.next
        if found or not after or bridge.deadline.remaining() < ENDS_WITH:
            break
    return {"lines": found, "next": after}


def pattern(request: ReadLog) -> str:
    """Return what CloudWatch Logs is to look for (user guide, filter pattern syntax for JSON)."""
    parts = ['($.event = "*")']
    if request.connection and PLAIN.fullmatch(request.connection):
        parts.append(f'($.connection = "{request.connection}")')
    if request.order and PLAIN.fullmatch(request.order):
        parts.append(f'(($.order = "{request.order}") || ($.order_id = "{request.order}"))')
    graver = LEVELS[LEVELS.index(request.level) :]
    if len(graver) < len(LEVELS):
        parts.append(f"({' || '.join(f'($.level = {json.dumps(level)})' for level in graver)})")
    ours = " && ".join(parts)
    return f"{{ {ours} }}" if request.connection or request.order else f"{{ ({ours}) || {BROKEN} }}"


def _fitting(page: LogPage, request: ReadLog) -> Iterator[Line]:
    """Lines that are asked for: what the pattern could not say is looked at here."""
    for each in page.lines:
        line = _read(each)
        if line is not None and _fits(line, request):
            yield {**line, "id": each.id, "at": each.at}


def _read(line: LogLine) -> Mapping[str, Any] | None:
    """A line of ours, or what the runtime tells of a function that broke down; the rest of its own are none."""
    try:
        told = json.loads(line.text)
    except ValueError:
        return None
    if not isinstance(told, dict):
        return None
    return told if told.get("event") else _broken(line, told)


def _broken(line: LogLine, told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """As a line of ours; it says nothing of what was worked on. None where nothing broke."""
    record = told.get("record") if told.get("type") in REPORTS else told
    if not isinstance(record, Mapping) or not (record.get("errorType") or record.get("status") not in WELL):
        return None
    timed_out = record.get("status") == "timeout"
    return {
        "timestamp": line.at,
        "level": "ERROR",
        "connection": "",
        "event": TIMED_OUT if timed_out else ENDED,
        "function": _function_of(line.stream),
        "reason": ", ".join(_why(record)) or "it does not say why",
        "fix": SLOW if timed_out else DIED,
    }


def _why(record: Mapping[str, Any]) -> Iterator[str]:
    """The kind of error alone: what an error says may quote data."""
    if kind := record.get("errorType"):
        yield str(kind)
    figures = record.get("metrics")
    if isinstance(figures, Mapping):
        if milliseconds := figures.get("durationMs"):
            yield f"after {milliseconds / 1000:.0f} s"
        if used := figures.get("maxMemoryUsedMB"):
            yield f"with {used} of {figures.get('memorySizeMB')} MB"


def _function_of(stream: str) -> str:
    """The function's name, in a group that several share (Lambda developer guide, log streams)."""
    _, _, name = stream.rpartition("/")
    return name.partition("[")[0]


def _fits(line: Mapping[str, Any], request: ReadLog) -> bool:
    return (
        request.connection in ("", line.get("connection"))
        and request.order in ("", line.get("order"), line.get("order_id"))
        and line.get("level") in LEVELS[LEVELS.index(request.level) :]
    )
