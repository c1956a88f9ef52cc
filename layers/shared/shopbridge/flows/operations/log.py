"""Lines of the log as an operator asks for them: of a connection, of an order, of what is grave.

The function reads them, so that nobody needs rights on the log besides; what they say is masked where it was written.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from shopbridge.flows.bridge import Bridge
from shopbridge.model.desk_operations import LogLevel, ReadLog
from shopbridge.ports import LogPage

LEVELS: Sequence[LogLevel] = get_args(LogLevel)
ENDS_WITH = 30.0
"""Seconds left at which no further page is asked for."""
MOST_PAGES = 20
PLAIN = re.compile(r"[\w .:/#+-]+")
"""What may stand in a pattern as it is; other names are compared here alone."""
Line = dict[str, Any]


def read_log(bridge: Bridge, request: ReadLog) -> dict[str, Any]:
    """Return lines of the log, the oldest first.

    CloudWatch looks through the group piece by piece and answers with empty pages on the way, so it is asked until
    something is found. Lines come from many streams, and one may arrive seconds after a later one: who follows asks
    again from a little before, and tells lines apart by their ``id``.

    Returns:
        ``lines``: each its ``id``, ``at``: when CloudWatch got it, by which ``since`` goes, and what it says
        (``timestamp``, ``level``, ``event``, ``connection``, facts).
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
    return f"{{ {' && '.join(parts)} }}"


def _fitting(page: LogPage, request: ReadLog) -> Iterator[Line]:
    """Lines that are asked for: what the pattern could not say is looked at here."""
    for name, at, text in page.lines:
        line = _read(text)
        if line is not None and _fits(line, request):
            yield {**line, "id": name, "at": at}


def _read(text: str) -> Mapping[str, Any] | None:
    """A line of ours; the runtime's own are none."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.get("event") else None


def _fits(line: Mapping[str, Any], request: ReadLog) -> bool:
    return (
        request.connection in ("", line.get("connection"))
        and request.order in ("", line.get("order"), line.get("order_id"))
        and line.get("level") in LEVELS[LEVELS.index(request.level) :]
    )
