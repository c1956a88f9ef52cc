"""The operator's log: one line of JSON per event on standard output, from where Lambda brings it to the log group.

Plain lines, not a logging library: a logger of Powertools costs 75 ms at every cold start and state for the whole
process. ``level`` and an RFC 3339 ``timestamp`` are what Lambda needs to filter such lines (Lambda developer
guide, log level filtering).
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shopbridge.mapping.masking import EMAIL, MASK, SENTENCES
from shopbridge.model.basics import ConnectionId
from shopbridge.store.items import brief, sentence

if TYPE_CHECKING:
    from shopbridge.ports import Clock

PLAIN = frozenset(
    {
        # What it is about.
        *("bucket", "category", "external_id", "external_number", "field", "kind", "lane", "line", "notice", "office"),
        *("office_order", "order", "order_id", "path", "platform", "product", "reference", "revision", "shop", "side"),
        *("skus", "table", "version"),
        # What happened.
        *("because", "by", "code", "job", "method", "origin", "reason", "reasons", "remarks", "started_by", "state"),
        *("status", "step", "text", "unknown", "where"),
        # How much, how many.
        *("attempt", "calls", "changes", "connections", "count", "created", "currency", "customers", "enqueued"),
        *("failed", "failed_runs", "figures", "found", "held", "hops", "imported", "lag_minutes", "lines"),
        *("oldest_held_minutes", "orders", "pages", "refused", "refused_polls", "skipped", "stale", "stopped", "tax"),
        *("total", "unchanged", "unreadable", "updated"),
        *("events", "value"),
        # When.
        *("after", "minutes", "seconds", "since", "until"),
    }
)
"""What may be read in the log: ids, numbers, counts, sums, states, codes and sentences. Everything else is masked,
so a new fact stays hidden until somebody has decided that it is no personal data."""
LONGEST_TRACE = 10_000
REFUSED_VALUE = re.compile(r"(?<=input_value=).*?(?=, input_type=)", re.DOTALL)
"""Pydantic quotes the value it refuses."""

LIBRARIES = ("boto3", "botocore", "httpcore", "httpx", "urllib3")


def quiet_libraries() -> None:
    """Keep them to warnings: at the function's log level, which Lambda sets, they write answers with secrets."""
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)


def system_clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def to_stdout(line: str) -> None:
    """Write where Lambda listens."""
    sys.stdout.write(line + "\n")


@dataclass(frozen=True)
class Metrics:
    """What becomes a metric of CloudWatch, in its embedded metric format.

    Attributes:
        namespace: Where they are kept; empty for a function that makes none.
        most: How many connections have metrics of their own, the first ones by id; each metric has its price.
    """

    namespace: str = ""
    most: int = 0

    def described(self, names: Iterable[str], dimensions: list[str], at: datetime) -> Mapping[str, Any]:
        """Return what makes metrics of the figures that stand beside it in the line (CloudWatch user guide, EMF)."""
        metrics = [{"Name": name, "Unit": "Count"} for name in names]
        told = {"Namespace": self.namespace, "Dimensions": [dimensions], "Metrics": metrics}
        return {"_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [told]}}


@dataclass(frozen=True)
class JsonActivity:
    """Writes the lines. ``service`` says which function speaks."""

    service: str
    clock: "Clock"
    write: Callable[[str], None] = to_stdout
    metrics: Metrics = field(default_factory=Metrics)

    def info(self, event: str, connection: ConnectionId, **facts: object) -> None:
        """Tell that something happened as it should."""
        self._line("INFO", event, connection, shown(facts))

    def warning(self, event: str, connection: ConnectionId, *, fix: str, **facts: object) -> None:
        """Tell that something needs a person; ``fix`` says what to do."""
        self._line("WARN", event, connection, {**shown(facts), "fix": _sentence(fix)})

    def measured(self, event: str, figures: Mapping[ConnectionId, Mapping[str, int]]) -> None:
        """Tell figures, a line each; those of no connection and of the first ones become metrics as well."""
        now, with_own = self.clock(), 0
        for connection, found in figures.items():
            plain = dict(shown(found))
            with_own += bool(connection)
            if self.metrics.namespace and with_own <= self.metrics.most:
                plain |= self.metrics.described(found, ["connection"] if connection else [], now)
            self._line("INFO", event, connection, plain)

    def bug(self, trace: str) -> None:
        """Tell what nobody expected; ``trace`` is the traceback, whose values from outside are masked."""
        masked = EMAIL.sub(MASK, REFUSED_VALUE.sub(MASK, trace))
        fix = "Report it with this line. What was being done is tried again by itself."
        self._line("ERROR", "bug", ConnectionId(""), {"fix": fix, "trace": masked[-LONGEST_TRACE:]})

    def _line(self, level: str, event: str, connection: ConnectionId, facts: Mapping[str, Any]) -> None:
        line = {
            "text": event.replace("_", " ").capitalize(),
            **facts,
            "timestamp": self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "service": self.service,
            "connection": connection,
            "event": event,
        }
        # What happened has happened, and no order may stand still because nobody can be told.
        with suppress(OSError):
            self.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def shown(facts: Mapping[str, object]) -> Mapping[str, Any]:
    """Return the facts as the log may show them, inner mappings by the same list."""
    return {name: _value(fact, quotes=name in SENTENCES) if name in PLAIN else MASK for name, fact in facts.items()}


def _value(fact: object, *, quotes: bool) -> Any:
    if isinstance(fact, Mapping):
        return shown(fact)
    if isinstance(fact, list | tuple):
        return [_value(part, quotes=quotes) for part in fact]
    return sentence(fact) if quotes and isinstance(fact, str) else _scalar(fact)


def _scalar(fact: object) -> Any:
    if fact is None or isinstance(fact, bool | int):
        return fact
    if isinstance(fact, str):
        return _sentence(fact)
    if isinstance(fact, Decimal | float):
        return str(fact)
    return fact.isoformat() if isinstance(fact, date) else MASK


def _sentence(words: str) -> str:
    return EMAIL.sub(MASK, brief(words))
