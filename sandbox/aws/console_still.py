"""What stands in the place of a widget that no function draws, in Markdown: CloudWatch shows more of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.aws.console_logs import UnknownQueryError, rows_of
from sandbox.aws.console_metrics import values
from sandbox.aws.embedded import EmbeddedAws

ELSEWHERE = "Shown in CloudWatch only."
LONGEST = 120
"""Letters of a value in a table."""


def drawn(aws: EmbeddedAws, kind: str, properties: Mapping[str, Any]) -> str:
    """Markdown for a widget of this kind."""
    match kind:
        case "text":
            return str(properties.get("markdown", ""))
        case "metric":
            return _metrics(values(aws, properties))
        case "log":
            return _log(aws, str(properties.get("query", "")))
        case "alarm":
            alarms = (arn.rpartition(":")[2] for arn in properties.get("alarms", ()))
            return f"{ELSEWHERE}\n\n" + "\n".join(f"- `{alarm}`" for alarm in alarms)
    return ELSEWHERE


def _metrics(found: Mapping[str, float]) -> str:
    """Their newest values."""
    return _table(("now", ""), ([label, f"{value:g}"] for label, value in found.items())) if found else ELSEWHERE


def _log(aws: EmbeddedAws, query: str) -> str:
    try:
        columns, rows = rows_of(query, list(aws.activity.lines))
    except UnknownQueryError:
        return f"{ELSEWHERE}\n\n```\n{query}\n```"
    return _table(columns, rows) if rows else "Nothing yet."


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join("|" + "|".join(map(_cell, line)) + "|" for line in lines)


def _cell(text: str) -> str:
    """What would end a cell, or begin something else, is only itself."""
    plain = " ".join(text[:LONGEST].split())
    return "".join(f"\\{sign}" if sign in "\\|`*_[]<>!#" else sign for sign in plain)
